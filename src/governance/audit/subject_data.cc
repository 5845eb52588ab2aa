#include "governance/audit/subject_data.h"

namespace puhui::audit {

using kernel::PersonalFacts;

namespace {

Result<void> record_act(const AuditNeeds& needs, const Id128& entity, const Caller& caller, const std::string& words) {
  evidence::Circumstances by;
  by.at = needs.clock.now();
  by.entity = entity;
  by.caller = caller.name;
  by.human = evidence::HumanRole::in_the_loop;
  return needs.store.write([&](Transaction&) -> Result<void> {
    needs.evidence.append_act(evidence::RecordKind::review, words, by);
    return {};
  });
}

Result<SubjectDecision> told(const AuditNeeds& needs, const evidence::StoredRecord& record, PersonalFacts personal,
                             Reader& reader) {
  const auto decision = TRY(open_decision(needs, record, personal));
  return SubjectDecision{record.id,
                         decision.circumstances.at,
                         decision.view.use_case,
                         decision.view.outcome,
                         decision.view.human,
                         told_reasons(decision, Language::zh),
                         told_facts(decision, personal),
                         decision.view.facts_state,
                         told_outputs(decision),
                         TRY(told_labels(reader, record.id))};
}

}  // namespace

// The tail that the index has not seen is walked: a person's data must be all of it.
Result<std::vector<evidence::RecordId>> decisions_about(const AuditNeeds& needs, const Id128& entity) {
  constexpr uint64_t kTailPage = 4096;
  std::vector<uint64_t> known;
  uint64_t cursor = 0;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    known = TRY(find_all_places(reader, {.entity = entity}, kSubjectDecisionsMax));
    cursor = TRY(kernel::followed_to(reader, kIndexProjection));
    return {};
  }));
  std::vector<evidence::RecordId> out;
  for (const uint64_t sequence : known) out.push_back(TRY(record_numbered(needs.evidence, sequence)).id);
  for (const uint64_t records = needs.evidence.records(); cursor < records;) {
    uint64_t read = 0;
    const auto after = cursor == 0 ? std::nullopt : std::optional(evidence::RecordId::make({}, kIndexNode, cursor));
    TRY(needs.evidence.each(after, kTailPage, [&](const evidence::StoredRecord& record) -> Result<void> {
      ++read;
      cursor = record.id.sequence();
      if (record.kind != evidence::RecordKind::decision) return {};
      if (TRY(evidence::decode_circumstances(record.circumstances)).entity == entity) out.push_back(record.id);
      return {};
    }));
    if (read == 0) break;
  }
  if (out.size() > kSubjectDecisionsMax) {
    return fail(ErrorCode::exhausted, "entity",
                "expected at most " + std::to_string(kSubjectDecisionsMax) + " decisions, came " +
                    std::to_string(out.size()) + ": export them with 'decision export'");
  }
  return out;
}

Result<SubjectData> subject_data(const AuditNeeds& needs, const Id128& entity, const Caller& caller) {
  const PersonalFacts personal = caller.may(kPersonalPermission) ? PersonalFacts::shown : PersonalFacts::masked;
  SubjectData out;
  out.entity = entity;
  out.at = needs.clock.now();
  std::vector<evidence::StoredRecord> records;
  for (const evidence::RecordId& id : TRY(decisions_about(needs, entity)))
    records.insert(records.begin(), TRY(needs.evidence.find(id)));
  for (const evidence::StoredRecord& record : records) {
    // Loaded ahead: a read inside a read may wait for ever.
    TRY(needs.kernel.find_version(TRY(evidence::decode_judgement(record.judgement)).permit));
  }
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    for (const evidence::StoredRecord& record : records)
      out.decisions.push_back(TRY(told(needs, record, personal, reader)));
    out.requests = TRY(requests_of(reader, entity, out.at));
    return {};
  }));
  TRY(record_act(
      needs, entity, caller,
      "data of subject " + entity.text() + " handed out: " + std::to_string(out.decisions.size()) + " decisions"));
  return out;
}

namespace {

std::string list_of(const std::vector<PageReason>& reasons) {
  std::string out;
  for (size_t i = 0; i < reasons.size(); ++i) out += std::to_string(i + 1) + ". " + reasons[i].words + "\n";
  return out;
}

std::string letter_zh(const OpenedDecision& decision) {
  const auto& view = decision.view;
  const bool automatic = view.human == "none";
  std::string out = "尊敬的客户：\n\n您的申请已于" + date_of(view.at).text() + "（UTC）作出决定，结果为：" +
                    outcome_in_words(view.outcome, Language::zh) + "。记录编号：" + view.id.text() + "。\n\n";
  out += automatic ? "该决定由系统依据事先经人工签署批准的规则与模型自动作出。\n"
                   : "该决定由系统依据事先经人工签署批准的规则与模型得出，并有工作人员参与。\n";
  if (!view.reasons.empty()) out += "\n主要原因（按影响大小排列）：\n" + list_of(told_reasons(decision, Language::zh));
  out +=
      "\n您有权：\n"
      "一、要求我们说明该决定，并拒绝仅由自动化决策作出的决定、要求人工复核（《个人信息保护法》第二十四条）；\n"
      "二、查阅、复制您的个人信息（第四十五条）；\n"
      "三、要求更正、补充不准确或不完整的信息（第四十六条）；\n"
      "四、在法定情形下要求删除（第四十七条）。\n"
      "向任一网点或客服提出并告知上述记录编号即可，我们将在" +
      std::to_string(kPiplAnswerDays) + "日内答复。\n";
  return out;
}

std::string letter_en(const OpenedDecision& decision) {
  const auto& view = decision.view;
  const bool automatic = view.human == "none";
  std::string out = "Dear customer,\n\nYour application was decided on " + date_of(view.at).text() +
                    " (UTC): " + outcome_in_words(view.outcome, Language::en) + ". Record: " + view.id.text() + ".\n\n";
  out += automatic ? "The decision was made automatically, by rules and models that people had signed beforehand.\n"
                   : "The decision was made by rules and models that people had signed beforehand, and a person had a "
                     "part in it.\n";
  if (!view.reasons.empty())
    out += "\nThe principal reasons, the most important first:\n" + list_of(told_reasons(decision, Language::en));
  out +=
      "\nYou may\n"
      "1. have a person review the decision, say how you see it and contest it (GDPR Article 22(3));\n"
      "2. ask what data about you we hold and how the decision came about (Article 15);\n"
      "3. have data corrected that is wrong or incomplete (Article 16);\n"
      "4. have data erased where the law provides for it (Article 17).\n"
      "Tell any branch or our customer service the record above; we answer within one month (Article 12(3)).\n";
  return out;
}

}  // namespace

Result<Letter> explanation_letter(const AuditNeeds& needs, const ExplainRequest& request, const Caller& caller) {
  const auto decision = TRY(open_decision(needs, TRY(decision_record(needs, request.decision)), PersonalFacts::masked));
  Letter out{request.decision, request.language,
             request.language == Language::zh ? letter_zh(decision) : letter_en(decision), needs.clock.now()};
  TRY(record_act(needs, decision.circumstances.entity, caller,
                 "decision " + request.decision.text() + " explained in a letter"));
  return out;
}

}  // namespace puhui::audit
