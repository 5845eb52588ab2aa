#include <map>

#include "applications/aml/report.h"

namespace puhui::aml {

namespace {

struct ProposeMonitoringRequest {
  std::string folder = "policies/aml_transfers", author, out, conditions;
  int64_t valid_days = 365;
};
void fields(Shape& shape, ProposeMonitoringRequest& request) {
  shape.field("folder", request.folder,
              {.help = "of policy, facts, reasons, typologies, thresholds", .max = 4096, .optional = true});
  shape.field("author", request.author, {.help = "who proposes it", .min = 1, .max = 64});
  shape.field("out", request.out, {.help = "the permit file to write, for signing", .min = 1, .max = 4096});
  shape.field("conditions", request.conditions, {.help = "for those who sign", .max = 4096, .optional = true});
  shape.field("valid_days", request.valid_days, {.help = "until it expires", .min = 1, .max = 1098, .optional = true});
}

struct ProposeMonitoringAnswer {
  std::string out, use_case;
  Digest permit;
  int64_t approvals_needed = 0;
};
void fields(Shape& shape, ProposeMonitoringAnswer& answer) {
  shape.field("out", answer.out, {.help = "the file"});
  shape.field("use_case", answer.use_case);
  shape.field("permit", answer.permit, {.help = "what is signed"});
  shape.field("approvals_needed", answer.approvals_needed, {.help = "people other than the author"});
}

FindingLine line_for(const Caller& caller, FindingLine line) {
  line.account = shown(caller, line.account);
  return line;
}

Result<TransferAnswer> transfer(const MonitoringVerbNeeds& needs, const VerbCall& call,
                                const TransferRequest& request) {
  const Watched watched = TRY(needs.monitor.transfer(request, call.caller.name));
  TransferAnswer out;
  out.key = request.key;
  out.seq = watched.seq;
  out.late = watched.standing == Standing::late;
  out.repeated = watched.repeated;
  out.outcome = kernel::kApprove;
  for (const FindingRow& row : watched.findings) {
    if (row.line.outcome != kernel::kApprove) out.outcome = kAlert;
    out.findings.push_back(line_for(call.caller, row.line));
  }
  return out;
}

Result<FindingsAnswer> findings(const MonitoringVerbNeeds& needs, const VerbCall& call,
                                const FindingsRequest& request) {
  FindingsAnswer out;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    out = FindingsAnswer();
    for (FindingRow& row : TRY(find_findings(reader, request))) {
      if (static_cast<int64_t>(out.findings.size()) == request.limit) {
        out.next = out.findings.back().id.text();
        break;
      }
      out.findings.push_back(line_for(call.caller, std::move(row.line)));
    }
    return {};
  }));
  out.at = needs.clock.now();
  return out;
}

// What flowed between two accounts is one edge; the subject is drawn in the middle.
FindingGraph graph_of(const std::vector<TransferLine>& transfers, std::string_view subject) {
  std::map<std::string, GraphNode> nodes;
  std::map<std::pair<std::string, std::string>, GraphEdge> edges;
  for (const TransferLine& one : transfers) {
    nodes[one.from].out_minor += one.amount_minor;
    nodes[one.to].in_minor += one.amount_minor;
    GraphEdge& edge = edges[{one.from, one.to}];
    if (edge.transfers == 0) edge.first = one.at;
    edge.last = one.at;
    ++edge.transfers;
    edge.amount_minor += one.amount_minor;
  }
  FindingGraph out;
  for (auto& [id, node] : nodes) {
    node.id = id;
    node.kind = id == subject ? "subject" : "counterparty";
    out.nodes.push_back(node);
  }
  for (auto& [ends, edge] : edges) {
    edge.from = ends.first;
    edge.to = ends.second;
    out.edges.push_back(edge);
  }
  return out;
}

Result<FindingView> finding(const MonitoringVerbNeeds& needs, const VerbCall& call, const FindingRequest& request) {
  FindingView out;
  std::string account;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    auto row = TRY(find_finding(reader, request.id));
    if (!row) return fail(ErrorCode::not_found, "id", "there is no such finding; 'aml findings' lists them");
    out.finding = std::move(row->line);
    out.transfers = TRY(find_transfers(reader, row->seqs));
    return {};
  }));
  out.reasons = TRY(reasons_of(needs, out.finding.decision));
  for (TransferLine& one : out.transfers) {
    one.from = shown(call.caller, one.from);
    one.to = shown(call.caller, one.to);
    if (!call.caller.may(kSeesAccounts)) one.purpose.clear();
  }
  out.finding.account = shown(call.caller, out.finding.account);
  out.graph = graph_of(out.transfers, out.finding.account);
  return out;
}

Result<TypologiesAnswer> typologies(const MonitoringVerbNeeds& needs) {
  const Watch watch = TRY(needs.monitor.watch());
  return TypologiesAnswer{watch.choice.version->digest(), watch.settings_digest, to_json(*watch.settings)};
}

Result<ProposeMonitoringAnswer> propose_folder(const MonitoringVerbNeeds& needs,
                                               const ProposeMonitoringRequest& request) {
  const auto folder = TRY(read_monitoring_folder(needs.files, request.folder));
  const MonitoringProposal proposal{request.author, static_cast<int>(request.valid_days), request.conditions};
  evidence::Permit permit;
  permit.manifest = TRY(propose(needs.kernel, folder, proposal, needs.clock.now()));
  TRY(needs.files.write(request.out, print_json_pretty(to_json(permit)) + "\n"));
  return ProposeMonitoringAnswer{request.out, permit.manifest.use_case, permit.manifest.digest(),
                                 evidence::approvals_needed(permit.manifest.tier)};
}

}  // namespace

Result<std::vector<AmlReasonLine>> reasons_of(const MonitoringVerbNeeds& needs, const Id128& decision) {
  std::vector<AmlReasonLine> out;
  const auto record = TRY(needs.evidence.find(evidence::RecordId(decision)));
  if (record.kind != evidence::RecordKind::decision) return out;
  const auto judgement = TRY(evidence::decode_judgement(record.judgement));
  const auto version = TRY(needs.kernel.find_version(judgement.permit));
  for (const evidence::Reason& reason : judgement.reasons) {
    const auto* text = version->reasons().find(reason.code);
    out.push_back({reason.code, text ? text->en : "", text ? text->zh : ""});
  }
  return out;
}

std::string shown(const Caller& caller, std::string_view account) {
  constexpr size_t kShownBytes = 3;
  if (caller.may(kSeesAccounts)) return std::string(account);
  const size_t hidden = account.size() > kShownBytes ? account.size() - kShownBytes : account.size();
  std::string out = "***";
  // Never half of a character.
  size_t at = hidden;
  while (at < account.size() && (static_cast<unsigned char>(account[at]) & 0xC0) == 0x80) ++at;
  return out += account.substr(at);
}

std::vector<Verb> monitoring_verbs(const MonitoringVerbNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<TransferRequest, TransferAnswer>(
      {.noun = "aml",
       .verb = "transfer",
       .help =
           "Watch one transfer: it enters the log and the detectors; what it completes is judged and may raise alerts.",
       .effect = Effect::write,
       .repeat_key = "key"},
      [needs](const VerbCall& call, const TransferRequest& request) { return transfer(*needs, call, request); }));
  verbs.push_back(make_verb<FindingsRequest, FindingsAnswer>(
      {.noun = "aml", .verb = "findings", .help = "List the patterns found in the transfers, the newest first."},
      [needs](const VerbCall& call, const FindingsRequest& request) { return findings(*needs, call, request); }));
  verbs.push_back(make_verb<FindingRequest, FindingView>(
      {.noun = "aml",
       .verb = "finding",
       .help = "Show one pattern: why it was found, the transfers it stands on, and its graph.",
       .words = {"id"}},
      [needs](const VerbCall& call, const FindingRequest& request) { return finding(*needs, call, request); }));
  verbs.push_back(make_verb<TypologiesRequest, TypologiesAnswer>(
      {.noun = "aml", .verb = "typologies", .help = "Show the bounds that the detectors look by, as signed."},
      [needs](const VerbCall&, const TypologiesRequest&) { return typologies(*needs); }));
  verbs.push_back(make_verb<ProposeMonitoringRequest, ProposeMonitoringAnswer>(
      {.noun = "aml",
       .verb = "propose",
       .help = "Make a permit of the monitoring policy's folder, for people to sign.",
       .effect = Effect::write,
       .local_only = true},
      [needs](const VerbCall&, const ProposeMonitoringRequest& request) { return propose_folder(*needs, request); }));
  return verbs;
}

}  // namespace puhui::aml
