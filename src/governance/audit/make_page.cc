#include "governance/audit/make_page.h"

#include "governance/audit/review_log.h"
#include "ground/base/text.h"

namespace puhui::audit {

namespace {

std::string in(Language language, std::string_view en, std::string_view zh) {
  return std::string(language == Language::en ? en : zh);
}

std::string summary_of(const DecisionPage& page, Language language) {
  const std::string day = date_of(page.at).text();
  std::string out = language == Language::en ? "On " + day + " (UTC) this was decided: " + page.outcome_words + "."
                                             : "本次申请于" + day + "（UTC）作出决定：" + page.outcome_words + "。";
  out += page.human == "none" ? in(language, " It was decided automatically.", "该决定由系统自动作出。")
                              : in(language, " A person had a part in it.", "该决定有人工参与。");
  if (page.reasons.empty()) return out;
  out += in(language, " The reasons, the most important first:", "主要原因依次为：");
  for (size_t i = 0; i < page.reasons.size(); ++i) {
    out += language == Language::en ? " (" + std::to_string(i + 1) + ") " : "（" + std::to_string(i + 1) + "）";
    out += page.reasons[i].words;
  }
  return out;
}

PagePermit told_permit(const evidence::Permit& permit) {
  const evidence::Manifest& manifest = permit.manifest;
  PagePermit out{manifest.digest(),
                 manifest.tier,
                 manifest.author,
                 manifest.build,
                 manifest.conditions,
                 manifest.made_at,
                 manifest.expires_at,
                 {},
                 {}};
  for (const evidence::Approval& approval : permit.approvals) out.signed_by.push_back({approval.person, approval.at});
  for (const evidence::Threshold& threshold : manifest.thresholds)
    out.thresholds.push_back({threshold.name, threshold.value});
  return out;
}

// The records right after a decision are what was judged beside it.
Result<std::vector<PageShadow>> told_shadows(const AuditNeeds& needs, const OpenedDecision& decision) {
  constexpr uint64_t kBesideMax = 4;
  std::vector<PageShadow> out;
  bool beside = true;
  TRY(needs.evidence.each(decision.record.id, kBesideMax, [&](const evidence::StoredRecord& record) -> Result<void> {
    beside = beside && record.kind == evidence::RecordKind::shadow;
    if (!beside) return {};
    const auto judgement = TRY(evidence::decode_judgement(record.judgement));
    PageShadow shadow{record.id, judgement.permit, std::string(kernel::outcome_of(judgement)), {}, false};
    for (const evidence::Reason& reason : judgement.reasons) shadow.reasons.push_back(reason.code);
    shadow.agrees = shadow.outcome == decision.view.outcome;
    out.push_back(std::move(shadow));
    return {};
  }));
  return out;
}

Result<PageChain> told_chain(const AuditNeeds& needs, const evidence::StoredRecord& record) {
  PageChain out{record.id.node(), static_cast<int64_t>(record.id.sequence()), record.link, std::nullopt};
  if (record.id.sequence() == 1) return out;
  out.link_before = TRY(record_numbered(needs.evidence, record.id.sequence() - 1)).link;
  return out;
}

}  // namespace

std::string outcome_in_words(std::string_view outcome, Language language) {
  if (outcome == "approve") return in(language, "approved", "已通过");
  if (outcome == "refuse") return in(language, "refused", "未通过");
  if (outcome == "refer") return in(language, "referred to a person", "转人工审核");
  return std::string(outcome);
}

Result<OpenedDecision> open_decision(const AuditNeeds& needs, evidence::StoredRecord record,
                                     kernel::PersonalFacts personal) {
  OpenedDecision out;
  out.judgement = TRY(evidence::decode_judgement(record.judgement));
  out.circumstances = TRY(evidence::decode_circumstances(record.circumstances));
  out.version = TRY(needs.kernel.find_version(out.judgement.permit));
  out.view = TRY(kernel::view_of(record, *out.version, personal));
  out.record = std::move(record);
  return out;
}

std::vector<PageReason> told_reasons(const OpenedDecision& decision, Language language) {
  std::vector<PageReason> out;
  for (const kernel::ReasonView& reason : decision.view.reasons) {
    out.push_back({reason.code, reason.source, language == Language::en ? reason.en : reason.zh, reason.amount});
  }
  return out;
}

std::vector<PageFact> told_facts(const OpenedDecision& decision, kernel::PersonalFacts personal) {
  std::vector<PageFact> out;
  for (const kernel::NamedText& fact : decision.view.facts) {
    const auto place = decision.version->facts().find(fact.name);
    const evidence::FactSpec spec = place ? decision.version->facts().facts[*place] : evidence::FactSpec{};
    const bool masked = spec.personal && personal == kernel::PersonalFacts::masked;
    out.push_back({fact.name, spec.help, fact.value, spec.sealed ? "sealed" : masked ? "masked" : "plain"});
  }
  return out;
}

std::vector<PageOutput> told_outputs(const OpenedDecision& decision) {
  std::vector<PageOutput> out;
  for (const kernel::NamedText& output : decision.view.outputs) out.push_back({output.name, output.value});
  return out;
}

Result<std::vector<PageLabel>> told_labels(Reader& reader, evidence::RecordId id) {
  std::vector<PageLabel> out;
  for (const evidence::Outcome& outcome : TRY(evidence::outcomes_of(reader, id))) {
    out.push_back({outcome.name, outcome.value, outcome.known_at});
  }
  return out;
}

Result<std::string> arm_of(const AuditNeeds& needs, const OpenedDecision& decision) {
  const evidence::Judgement& judgement = decision.judgement;
  const bool stopped = std::any_of(judgement.reasons.begin(), judgement.reasons.end(),
                                   [](const evidence::Reason& r) { return r.code == kernel::kStoppedReason; });
  if (stopped) return "fallback";
  const auto plans = needs.kernel.fallback_plans();
  const bool declared = std::any_of(plans.begin(), plans.end(), [&](const kernel::FallbackPlan& plan) {
    return plan.rules_permit == judgement.permit && plan.use_case == judgement.use_case;
  });
  std::optional<std::string> champion;
  std::optional<int64_t> was_champion;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    const int64_t at = decision.circumstances.at.microseconds;
    champion =
        TRY(reader.bytes("SELECT digest FROM kernel_permit WHERE use_case = ? AND standing = 1 AND "
                         "granted_at <= ? ORDER BY granted_at DESC LIMIT 1",
                         {judgement.use_case, at}));
    was_champion =
        TRY(reader.integer("SELECT 1 FROM kernel_permit WHERE use_case = ? AND standing = 1 AND "
                           "granted_at <= ? AND digest = ? LIMIT 1",
                           {judgement.use_case, at, BytesView{judgement.permit.view()}}));
    return {};
  }));
  if (!champion || *champion == judgement.permit.view()) return "champion";
  return declared || was_champion ? "fallback" : "challenger";
}

Result<DecisionPage> make_page(const AuditNeeds& needs, const Id128& id, Language language,
                               kernel::PersonalFacts personal) {
  const auto decision = TRY(open_decision(needs, TRY(decision_record(needs, id)), personal));
  const kernel::DecisionView& view = decision.view;
  DecisionPage page;
  page.id = view.id;
  page.at = view.at;
  page.use_case = view.use_case;
  page.outcome = view.outcome;
  page.outcome_words = outcome_in_words(view.outcome, language);
  page.reasons = told_reasons(decision, language);
  page.facts = told_facts(decision, personal);
  page.facts_state = view.facts_state;
  page.outputs = told_outputs(decision);
  page.path = told_path(decision);
  page.models = TRY(told_models(needs, decision, language));
  page.cpu_ns = decision.circumstances.cpu_ns;
  page.overhead_ns = decision.circumstances.overhead_ns;
  page.permit = told_permit(decision.version->permit());
  page.arm = TRY(arm_of(needs, decision));
  page.human = view.human;
  page.caller = view.caller;
  page.entity = view.entity;
  page.summary = summary_of(page, language);
  page.shadows = TRY(told_shadows(needs, decision));
  page.chain = TRY(told_chain(needs, decision.record));
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    page.labels = TRY(told_labels(reader, decision.record.id));
    page.reviews = TRY(reviews_of(reader, decision.record.id));
    return {};
  }));
  page.read_at = needs.clock.now();
  return page;
}

}  // namespace puhui::audit
