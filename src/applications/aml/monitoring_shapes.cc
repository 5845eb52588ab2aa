#include "applications/aml/monitoring_shapes.h"

namespace puhui::aml {

std::span<const std::string_view> names_of(const ReportState*) {
  static constexpr std::string_view kNames[] = {"draft", "submitted", "approved"};
  return kNames;
}

std::span<const std::string_view> names_of(const CitationKind*) {
  static constexpr std::string_view kNames[] = {"transfer", "finding", "decision", "note"};
  return kNames;
}

namespace {
constexpr int64_t kCountriesMax = 8;
constexpr int64_t kPathBytesMax = 4096, kListMax = 1000, kCursorBytesMax = 64;
constexpr Note kLimit{.help = "how many at most", .min = 1, .max = kListMax, .optional = true};
constexpr Note kAfter{.help = "`next` of the page before", .max = kCursorBytesMax, .optional = true};
constexpr Note kNext{.help = "ask with it as `after` for what follows; absent: that was all"};
constexpr Note kAt{.help = "the moment this speaks of"};
}  // namespace

void fields(Shape& shape, TransferRequest& request) {
  shape.field(
      "key", request.key,
      {.help = "the client's own key of the transfer, for good", .min = 1, .max = int64_t{kTransferKeyBytesMax}});
  shape.field("at", request.at, {.help = "when it happened"});
  shape.field("from", request.from,
              {.help = "the account it left", .min = 1, .max = int64_t{kAccountBytesMax}, .personal = true});
  shape.field("to", request.to,
              {.help = "the account it reached", .min = 1, .max = int64_t{kAccountBytesMax}, .personal = true});
  shape.field("amount_minor", request.amount_minor,
              {.help = "in minor units of the currency", .min = 1, .max = kTransferMinorMax});
  shape.field("currency", request.currency,
              {.help = "ISO 4217; one that the settings give a rate for", .min = 3, .max = 3, .optional = true});
  shape.field("purpose", request.purpose,
              {.help = "as the sender wrote it", .max = int64_t{kPurposeBytesMax}, .optional = true, .personal = true});
  shape.field("countries", request.countries,
              {.help = "ISO 3166 two-letter codes it touches beside the own", .max = kCountriesMax, .optional = true});
}

void fields(Shape& shape, AmlReasonLine& line) {
  shape.field("code", line.code);
  shape.field("en", line.en);
  shape.field("zh", line.zh);
}

void fields(Shape& shape, FindingLine& line) {
  shape.field("id", line.id);
  shape.field("typology", line.typology);
  shape.field("account", line.account, {.help = "who it is about", .personal = true});
  shape.field("from", line.from, {.help = "the pattern's first transfer"});
  shape.field("to", line.to, {.help = "its last one"});
  shape.field("amount_minor", line.amount_minor, {.help = "moved in the pattern, in the settings' currency"});
  shape.field("currency", line.currency);
  shape.field("counterparties", line.counterparties);
  shape.field("transfers", line.transfers);
  shape.field("strength_ppm", line.strength_ppm, {.help = "how far beyond its bound, 0 to 1 000 000"});
  shape.field("outcome", line.outcome, {.help = "approve: kept without an alert; alert"});
  shape.field("decision", line.decision, {.help = "its evidence"});
  shape.field("alert", line.alert);
  shape.field("in_case", line.in_case);
  shape.field("refreshed", line.refreshed, {.help = "how often the pattern grew since it was found"});
}

void fields(Shape& shape, TransferAnswer& answer) {
  shape.field("key", answer.key);
  shape.field("seq", answer.seq, {.help = "its place in the log"});
  shape.field("outcome", answer.outcome, {.help = "approve, or alert when a finding raised one"});
  shape.field("late", answer.late, {.help = "too far out of order: kept, and in no pattern"});
  shape.field("repeated", answer.repeated, {.help = "this key was answered before; this is that answer"});
  shape.field("findings", answer.findings);
}

void fields(Shape& shape, FindingsRequest& request) {
  shape.field("typology", request.typology);
  shape.field(
      "account", request.account,
      {.help = "only about this account", .max = int64_t{kAccountBytesMax}, .optional = true, .personal = true});
  shape.field("from", request.from, {.help = "patterns that end at this moment or later"});
  shape.field("to", request.to, {.help = "patterns that began before this moment"});
  shape.field("outcome", request.outcome, {.help = "approve or alert", .max = 16, .optional = true});
  shape.field("limit", request.limit, kLimit);
  shape.field("after", request.after, kAfter);
}

void fields(Shape& shape, FindingsAnswer& answer) {
  shape.field("findings", answer.findings, {.help = "the newest first"});
  shape.field("next", answer.next, kNext);
  shape.field("at", answer.at, kAt);
}

void fields(Shape& shape, FindingRequest& request) { shape.field("id", request.id, {.help = "the finding"}); }

void fields(Shape& shape, TransferLine& line) {
  shape.field("seq", line.seq);
  shape.field("key", line.key);
  shape.field("at", line.at);
  shape.field("from", line.from, {.help = "", .personal = true});
  shape.field("to", line.to, {.help = "", .personal = true});
  shape.field("amount_minor", line.amount_minor);
  shape.field("currency", line.currency);
  shape.field("purpose", line.purpose, {.help = "", .personal = true});
  shape.field("countries", line.countries);
}

void fields(Shape& shape, GraphNode& node) {
  shape.field("id", node.id, {.help = "the account", .personal = true});
  shape.field("kind", node.kind, {.help = "subject or counterparty"});
  shape.field("in_minor", node.in_minor);
  shape.field("out_minor", node.out_minor);
}

void fields(Shape& shape, GraphEdge& edge) {
  shape.field("from", edge.from, {.help = "", .personal = true});
  shape.field("to", edge.to, {.help = "", .personal = true});
  shape.field("transfers", edge.transfers);
  shape.field("amount_minor", edge.amount_minor);
  shape.field("first", edge.first);
  shape.field("last", edge.last);
}

void fields(Shape& shape, FindingGraph& graph) {
  shape.field("nodes", graph.nodes);
  shape.field("edges", graph.edges);
}

void fields(Shape& shape, FindingView& view) {
  shape.field("finding", view.finding);
  shape.field("reasons", view.reasons, {.help = "of its decision"});
  shape.field("transfers", view.transfers, {.help = "it stands on, in time order"});
  shape.field("graph", view.graph, {.help = "the same, to be drawn"});
}

void fields(Shape& shape, AmlSimulateRequest& request) {
  shape.field("transfers", request.transfers,
              {.help = "how many of ordinary life, about", .min = 1000, .max = 100'000'000, .optional = true});
  shape.field("accounts", request.accounts, {.help = "how many", .min = 500, .max = 10'000'000, .optional = true});
  shape.field(
      "injections", request.injections,
      {.help = "patterns of each typology, and look-alikes of each", .min = 0, .max = 100'000, .optional = true});
  shape.field("seed", request.seed, {.help = "the same seed gives the same stream", .min = 0, .optional = true});
  shape.field("out", request.out, {.help = "the CSV of transfers to write", .min = 1, .max = kPathBytesMax});
  shape.field("truth_out", request.truth_out, {.help = "the CSV of what was injected", .min = 1, .max = kPathBytesMax});
}

void fields(Shape& shape, AmlSimulateAnswer& answer) {
  shape.field("out", answer.out);
  shape.field("truth_out", answer.truth_out);
  shape.field("transfers", answer.transfers);
  shape.field("patterns", answer.patterns, {.help = "of laundering"});
  shape.field("decoys", answer.decoys, {.help = "legitimate look-alikes"});
  shape.field("bytes", answer.bytes);
}

std::string tell(const AmlSimulateAnswer& answer) {
  return std::to_string(answer.transfers) + " transfers written to " + answer.out + "; " +
         std::to_string(answer.patterns) + " patterns and " + std::to_string(answer.decoys) + " look-alikes to " +
         answer.truth_out + "\n";
}

void fields(Shape& shape, AmlReplayRequest& request) {
  shape.field(
      "transfers", request.transfers,
      {.help = "a CSV of transfers in the order they came; may be .gz or .zst", .min = 1, .max = kPathBytesMax});
  shape.field("mapping", request.mapping,
              {.help = "JSON: which column is which; absent: as `aml simulate` writes them",
               .max = kPathBytesMax,
               .optional = true});
  shape.field(
      "truth", request.truth,
      {.help = "the CSV of what was injected: adds recall and precision", .max = kPathBytesMax, .optional = true});
  shape.field("policies", request.policies,
              {.help = "the folder of policy, facts, reasons and typologies", .max = kPathBytesMax, .optional = true});
}

void fields(Shape& shape, TypologyFigures& figures) {
  shape.field("typology", figures.typology);
  shape.field("findings", figures.findings);
  shape.field("alerts", figures.alerts);
  shape.field("injected", figures.injected, {.help = "patterns of this typology in the truth"});
  shape.field("found", figures.found, {.help = "of them, with a finding on one of their accounts in their time"});
  shape.field("right", figures.right, {.help = "findings that lie on an injected pattern of this shape"});
  shape.field("recall_ppm", figures.recall_ppm, {.help = "found / injected"});
  shape.field("precision_ppm", figures.precision_ppm, {.help = "right / findings"});
}

void fields(Shape& shape, AmlReplayReport& report) {
  shape.field("transfers", report.transfers);
  shape.field("late", report.late, {.help = "too far out of order: kept, and in no pattern"});
  shape.field("repeated", report.repeated, {.help = "keys that were there already"});
  shape.field("self_transfers", report.self_transfers);
  shape.field("skipped", report.skipped, {.help = "rows that were refused"});
  shape.field("findings", report.findings);
  shape.field("alerts", report.alerts);
  shape.field("transfers_per_second", report.transfers_per_second, {.help = "durable"});
  shape.field("p50_us", report.p50_us);
  shape.field("p99_us", report.p99_us);
  shape.field("typologies", report.typologies);
  shape.field("faults", report.faults, {.help = "the first rows that were refused"});
  shape.field("store", report.store);
}

void fields(Shape& shape, Citation& citation) {
  shape.field("kind", citation.kind);
  shape.field("id", citation.id);
}

void fields(Shape& shape, ReportSentence& sentence) {
  shape.field("part", sentence.part, {.help = "subject, pattern, transfers, suspicion, review or missing"});
  shape.field("en", sentence.en);
  shape.field("zh", sentence.zh);
  shape.field("citations", sentence.citations, {.help = "what it stands on", .min = 1});
}

void fields(Shape& shape, ReportLine& line) {
  shape.field("id", line.id);
  shape.field("in_case", line.in_case);
  shape.field("state", line.state);
  shape.field("subject", line.subject, {.help = "the account; masked without the right to see it", .personal = true});
  shape.field("drafted_at", line.drafted_at);
  shape.field("drafted_by", line.drafted_by);
  shape.field("submitted_by", line.submitted_by, {.help = "", .optional = true});
  shape.field("approved_by", line.approved_by, {.help = "", .optional = true});
  shape.field("digest", line.digest, {.help = "SHA-256 of an approved report, as it stands in the evidence"});
}

void fields(Shape& shape, ReportView& view) {
  shape.field("report", view.report);
  shape.field("sentences", view.sentences);
}

void fields(Shape& shape, ReportDraftRequest& request) {
  shape.field("in_case", request.in_case, {.help = "the case it reports"});
}

void fields(Shape& shape, ReportRequest& request) { shape.field("id", request.id, {.help = "the report"}); }

void fields(Shape& shape, ReportsRequest& request) {
  shape.field("state", request.state);
  shape.field("in_case", request.in_case);
  shape.field("limit", request.limit, kLimit);
  shape.field("after", request.after, kAfter);
}

void fields(Shape& shape, ReportsAnswer& answer) {
  shape.field("reports", answer.reports, {.help = "the newest first"});
  shape.field("next", answer.next, kNext);
  shape.field("at", answer.at, kAt);
}

void fields(Shape&, TypologiesRequest&) {}

void fields(Shape& shape, TypologiesAnswer& answer) {
  shape.field("permit", answer.permit, {.help = "which names them"});
  shape.field("settings", answer.settings, {.help = "SHA-256 of the file"});
  shape.field("typologies", answer.typologies, {.help = "the settings in force"});
}

}  // namespace puhui::aml
