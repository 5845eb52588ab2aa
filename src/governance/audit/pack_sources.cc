#include "governance/audit/pack_sources.h"

#include "governance/audit/nightly.h"
#include "governance/incidents/incident.h"
#include "ground/base/text.h"
#include "infrastructure/evidence/outcome.h"

namespace puhui::audit {

namespace {

// Lists that a person reads end after so many.
constexpr size_t kListedMax = 200;

std::string lines(const std::vector<std::string>& parts) {
  std::vector<std::string> shown(parts.begin(),
                                 parts.begin() + static_cast<ptrdiff_t>(std::min(parts.size(), kListedMax)));
  std::string out = join(shown, "\n");
  if (parts.size() > kListedMax) out += "\n(+" + std::to_string(parts.size() - kListedMax) + ")";
  return out;
}

std::string joined(const std::vector<std::string>& parts) { return join(parts, ", "); }

// A card's member as it stands there.
std::string of_card(const Json& card, std::string_view name) {
  const Json* found = card.find(name);
  if (!found || found->is_null()) return "";
  if (const std::string* text = found->text()) return *text;
  if (const Json::List* list = found->list(); list && list->empty()) return "";
  return print_json(*found);
}

std::string of_data(const Json& card, std::string_view name) {
  const Json* data = card.find("data");
  return data ? of_card(*data, name) : "";
}

}  // namespace

void PackSources::set(std::string source, std::string value) {
  if (!value.empty()) values_[std::move(source)] = std::move(value);
}

std::optional<std::string> PackSources::value(std::string_view source) const {
  const auto found = values_.find(source);
  return found == values_.end() ? std::nullopt : std::optional(found->second);
}

Result<PackSources> PackSources::gather(const AuditNeeds& needs, const std::string& use_case) {
  PackSources out;
  out.use_case_ = use_case;
  out.at_ = needs.clock.now();
  out.version_ = TRY(needs.kernel.in_force(use_case));
  out.outcome_name_ = evidence::outcome_name_of(needs.kernel.use_cases(), use_case);
  out.chain_records_ = static_cast<int64_t>(needs.evidence.records());
  if (out.chain_records_ > 0) {
    out.chain_head_ = TRY(record_numbered(needs.evidence, static_cast<uint64_t>(out.chain_records_))).link;
  }
  out.add_use_case(needs);
  out.add_policy();
  out.add_facts();
  out.add_models();
  out.add_system();
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    TRY(out.add_permit(reader));
    TRY(out.add_operation(needs, reader));
    return out.add_decisions(reader);
  }));
  if (!needs.reports) return out;
  for (const std::string_view source :
       {"inventory.documents", "inventory.validation", "inventory.risks", "inventory.purpose", "drift.latest",
        "fairness.eu", "fairness.cn", "experiments.script", "experiments.operator", "experiments.iterations"}) {
    if (auto value = needs.reports(source, use_case)) out.set(std::string(source), *std::move(value));
  }
  return out;
}

void PackSources::add_use_case(const AuditNeeds& needs) {
  const std::string_view plain = std::string_view(use_case_).substr(0, use_case_.find('/'));
  for (const evidence::UseCase& use_case : needs.kernel.use_cases()) {
    if (use_case.name != plain) continue;
    set("use_case.title", use_case.title + " (" + use_case_ + ")");
    set("use_case.owner", use_case.owner);
    set("use_case.tier", std::to_string(version_->permit().manifest.tier) + " (1 high, 2 medium, 3 low); block " +
                             std::to_string(use_case.domain) + use_case.kind);
  }
}

Result<void> PackSources::add_permit(Reader& reader) {
  const evidence::Manifest& manifest = version_->permit().manifest;
  const Digest digest = version_->digest();
  citations_.push_back({"permit", digest});
  std::vector<std::string> artefacts, thresholds, signatures, history;
  for (const evidence::NamedDigest& artefact : manifest.artefacts) {
    citations_.push_back({artefact.name, artefact.digest});
    artefacts.push_back(artefact.name + " " + artefact.digest.hex());
  }
  for (const evidence::Threshold& threshold : manifest.thresholds)
    thresholds.push_back(threshold.name + " = " + threshold.value);
  for (const evidence::Approval& approval : version_->permit().approvals)
    signatures.push_back(approval.person + ", " + text_of(approval.at));
  TRY(reader.each("SELECT digest, granted_at, standing FROM kernel_permit WHERE use_case = ? ORDER BY granted_at",
                  {use_case_}, [&](const Row& row) -> Result<void> {
                    history.push_back(text_of(Timestamp{row.integer(1)}) + " " + to_hex(row.bytes(0)) +
                                      (row.integer(2) == 1 ? " champion" : " admitted"));
                    return {};
                  }));
  set("permit.version", digest.hex() + "; " + manifest.build + "; No. " + std::to_string(history.size()) + "; made " +
                            text_of(manifest.made_at) + ", expires " + text_of(manifest.expires_at));
  set("permit.history", lines(history));
  if (!history.empty()) set("permit.granted_at", history.back());
  set("permit.signatures", lines(signatures));
  set("permit.thresholds", lines(thresholds));
  set("permit.conditions", manifest.conditions);
  set("permit.configuration", manifest.build + "\n" + lines(artefacts));
  set("build.version", manifest.build);
  return {};
}

void PackSources::add_policy() {
  const dmn::Policy& policy = version_->policy();
  std::vector<std::string> decisions, tables, called;
  for (const dmn::Variable& decision : policy.decisions()) decisions.push_back(decision.name);
  for (const dmn::TableInfo& table : policy.tables())
    tables.push_back(table.owner + ": " + table.hit_policy + ", " + std::to_string(table.rules) + " rules");
  for (const auto& model : version_->models()) called.push_back(std::string(kernel::kModelPrefix) + model.name);
  set("policy.summary", policy.name() + " " + policy.digest().hex() + "; decisions: " + joined(decisions));
  set("policy.architecture", lines(tables));
  set("policy.models_called", joined(called));
}

void PackSources::add_facts() {
  std::vector<std::string> listed, sealed;
  for (const evidence::FactSpec& fact : version_->facts().facts) {
    const auto type = std::string(names_of(&fact.type)[static_cast<size_t>(fact.type)]);
    (fact.sealed ? sealed : listed)
        .push_back(fact.name + " (" + type + (fact.required ? ", required" : "") + (fact.personal ? ", personal" : "") +
                   ")" + (fact.help.empty() ? "" : ": " + fact.help));
  }
  set("facts.list", lines(listed));
  set("facts.sealed", lines(sealed));
}

void PackSources::add_models() {
  std::map<std::string, std::vector<std::string>> gathered;
  const auto add = [&](const std::string& source, const std::string& model, const std::string& value) {
    if (!value.empty()) gathered[source].push_back(model + ": " + value);
  };
  for (const auto& named : version_->models()) {
    if (named.predictor) {
      add("models.list", named.name, std::string(models::name_of(named.predictor->format())));
      add("models.brought", named.name, std::string(models::name_of(named.predictor->format())));
      continue;
    }
    const Json& card = named.model->card();
    add("models.list", named.name, std::string(models::name_of(named.model->kind())) + " " + named.model->hash().hex());
    add("models.method", named.name,
        std::string(models::name_of(named.model->kind())) + " " + of_card(card, "parameters"));
    add("models.data", named.name, of_card(card, "data"));
    add("models.data_rows", named.name, of_data(card, "rows"));
    add("models.data_digest", named.name, of_data(card, "sha256"));
    add("models.data_source", named.name, of_data(card, "source"));
    add("models.split", named.name, of_card(card, "split"));
    add("models.quality", named.name, of_card(card, "test"));
    add("models.calibration", named.name, of_card(card, "calibration"));
    add("models.stability", named.name, of_card(card, "psi"));
    add("models.features", named.name, of_card(card, "features"));
    add("models.libraries", named.name, of_card(card, "libraries"));
    if (const Json* parameters = card.find("parameters")) {
      add("models.iterations", named.name, of_card(*parameters, "rounds"));
    }
  }
  for (auto& [source, parts] : gathered) set(source, lines(parts));
}

Result<void> PackSources::add_operation(const AuditNeeds& needs, Reader& reader) {
  if (const auto night = TRY(last_night(reader))) {
    set("audit.nights", text_of(night->at) + ": " + (night->good ? "good" : "not good") + "; " +
                            std::to_string(night->replay.replayed) + " decisions taken again, " +
                            std::to_string(night->replay.different) + " different; SHA-256 " +
                            night->replay.digest.hex());
  }
  set("audit.chain", std::to_string(chain_records_) + " records, last link " + chain_head_.hex());
  std::vector<std::string> alerts, incidents, stops;
  for (const auto& alert : TRY(incidents::open_alerts(reader))) {
    if (alert.use_case.empty() || alert.use_case == use_case_)
      alerts.push_back(alert.kind + " (severity " + std::to_string(alert.severity) + "): " + alert.en);
  }
  for (const auto& incident : TRY(incidents::find_incidents(reader, {.use_case = use_case_, .limit = 100})))
    incidents.push_back(text_of(incident.opened_at) + ": " + incident.what_happened);
  set("alerts.open", lines(alerts));
  set("incidents.list", lines(incidents));
  set("oversight.fallback", "human (nothing else is declared)");
  for (const kernel::FallbackPlan& plan : needs.kernel.fallback_plans()) {
    if (plan.use_case == use_case_)
      set("oversight.fallback", std::string(names_of(&plan.fallback)[static_cast<size_t>(plan.fallback)]));
  }
  return {};
}

Result<void> PackSources::add_decisions(Reader& reader) {
  std::vector<std::string> counts;
  for (const std::string_view outcome : {"approve", "refuse", "refer"}) {
    const auto found = TRY(find_places(reader, {.use_case = use_case_, .outcome = std::string(outcome)}, 0, 0));
    if (found.matches > 0) counts.push_back(std::string(outcome) + " " + std::to_string(found.matches));
  }
  set("decisions.counts", joined(counts));
  const auto ours = TRY(places_of(reader, {.use_case = use_case_}));
  int64_t reviews = 0, changed = 0, known = 0, bad = 0;
  TRY(reader.each("SELECT sequence, verdict FROM audit_review WHERE node = ?", {int64_t{kIndexNode}},
                  [&](const Row& row) -> Result<void> {
                    if (!holds(ours, static_cast<uint64_t>(row.integer(0)))) return {};
                    ++reviews;
                    changed += row.integer(1) == static_cast<int64_t>(Verdict::change);
                    return {};
                  }));
  TRY(evidence::each_outcome(reader, outcome_name_, kIndexNode, 0, INT64_MAX,
                             [&](const evidence::Outcome& outcome) -> Result<void> {
                               if (!holds(ours, outcome.decision.sequence())) return {};
                               ++known;
                               bad += outcome.value;
                               return {};
                             }));
  if (reviews > 0) {
    set("oversight.reviews",
        std::to_string(reviews) + " reviews by people, " + std::to_string(changed) + " found another outcome right");
  }
  if (known > 0) {
    set("labels.counts", std::to_string(known) + " decisions whose '" + outcome_name_ + "' is known, " +
                             std::to_string(bad) + " of them 1");
  }
  return {};
}

// What the program is, not what anybody says of it.
void PackSources::add_system() {
  set("system.forms", "HTTP API (/openapi.json), command line, web console");
  set("system.integrity",
      "permits load only by SHA-256 with Ed25519 signatures; evidence is a SHA-256 chain; sealed facts never reach a "
      "model");
  set("reasons.list", "every reason code has a sentence in English and Chinese; artefact 'reasons'");
}

}  // namespace puhui::audit
