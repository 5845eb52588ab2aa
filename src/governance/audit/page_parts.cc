// The way through the policy's tables and the models' contributions, as a decision's page tells them.
#include <algorithm>
#include <set>

#include "governance/audit/make_page.h"
#include "ground/base/text.h"
#include "infrastructure/dmn/policy_inside.h"

namespace puhui::audit {

namespace {

std::string shown(std::string_view text) {
  text = trim(text);
  if (text.size() <= kCellBytesShownMax) return std::string(text);
  return std::string(cut_utf8(text, kCellBytesShownMax)) + "…";
}

// Of a long table those that hit, then their neighbours, nearest first, while there is room.
std::set<size_t> rows_shown(size_t rules, const std::set<size_t>& hits) {
  std::set<size_t> out;
  if (rules <= kTableRowsShownMax) {
    for (size_t i = 0; i < rules; ++i) out.insert(i);
    return out;
  }
  constexpr size_t kNeighbours = 3;
  for (size_t distance = 0; distance <= kNeighbours; ++distance) {
    for (const size_t hit : hits) {
      if (out.size() >= kTableRowsShownMax) return out;
      if (hit >= distance) out.insert(hit - distance);
      if (hit + distance < rules) out.insert(hit + distance);
    }
  }
  return out;
}

PageTable told_table(const dmn::Policy& policy, const dmn::CompiledTable& table, const std::vector<uint32_t>& hits) {
  const dmn::Table& source = *table.source;
  PageTable out;
  out.name = table.owner;
  out.hit_policy = dmn::name_of(table.hit_policy, table.aggregation);
  for (const dmn::TableInput& input : source.inputs) out.inputs.push_back(shown(input.expression.text));
  for (const dmn::TableOutput& output : source.outputs)
    out.outputs.push_back(output.name.empty() ? table.owner : output.name);
  out.rules_total = static_cast<int64_t>(table.rules);
  std::set<size_t> hit_rows;
  for (const uint32_t rule : hits) {
    if (!hit_rows.insert(rule - table.first_rule).second) continue;
    if (out.in_words.size() < kTableRowsShownMax) {
      out.in_words.push_back(rule_name(table.owner, rule - table.first_rule + 1) + ": " + policy.rule_in_words(rule));
    }
  }
  for (const size_t i : rows_shown(source.rules.size(), hit_rows)) {
    PageRule row{static_cast<int64_t>(i) + 1, {}, hit_rows.contains(i)};
    for (const dmn::Text& cell : source.rules[i].inputs) row.cells.push_back(shown(cell.text));
    for (const dmn::Text& cell : source.rules[i].outputs) row.cells.push_back(shown(cell.text));
    out.rules.push_back(std::move(row));
  }
  return out;
}

std::string_view name_of(models::ContributionUnit unit) {
  return unit == models::ContributionUnit::points ? "points" : "micro_log_odds";
}

// The sentence of a feature says why it weighed against the person, so it is told only where it did: by its sign, or,
// in points (which are measured from the best attribute), where the decision gave it as a reason.
bool weighed_against(const OpenedDecision& decision, const models::Explanation& explanation,
                     const models::Contribution& one, const std::string& code) {
  if (explanation.unit == models::ContributionUnit::micro_log_odds) return one.amount > 0;
  const auto& reasons = decision.judgement.reasons;
  return std::any_of(reasons.begin(), reasons.end(), [&](const evidence::Reason& r) { return r.code == code; });
}

void add_contributions(const OpenedDecision& decision, const models::Model& model,
                       const models::Explanation& explanation, Language language, PageModel& out) {
  out.kind = models::name_of(model.kind());
  out.unit = name_of(explanation.unit);
  out.base = explanation.base;
  out.total = explanation.total;
  for (const models::Contribution& one : explanation.contributions) {
    const std::string& feature = model.features()[one.feature];
    const std::string code = "feature:" + feature;
    const kernel::ReasonText* text =
        weighed_against(decision, explanation, one, code) ? decision.version->reasons().find(code) : nullptr;
    out.contributions.push_back({feature, text ? (language == Language::en ? text->en : text->zh) : "", one.amount});
  }
}

std::string why_unexplained(const kernel::Version::NamedModel& model, Language language) {
  const std::string format(models::name_of(model.predictor->format()));
  return language == Language::en
             ? "This model was brought as a " + format + " file; such a file does not say what each field weighs."
             : "该模型以" + format + "文件引入，此类文件不提供各变量的贡献值。";
}

}  // namespace

std::vector<PageTable> told_path(const OpenedDecision& decision) {
  const dmn::Policy& policy = decision.version->policy();
  const auto& tables = policy.compiled().tables;
  std::vector<size_t> order;
  std::map<size_t, std::vector<uint32_t>> hits;
  for (const uint32_t rule : decision.judgement.rules_hit) {
    if (rule >= policy.rules().size()) continue;
    const auto after = std::ranges::upper_bound(tables, rule, {}, &dmn::CompiledTable::first_rule);
    const auto table = static_cast<size_t>(std::prev(after) - tables.begin());
    auto& of_table = hits[table];
    if (of_table.empty()) order.push_back(table);
    of_table.push_back(rule);
  }
  std::vector<PageTable> out;
  for (const size_t table : order) out.push_back(told_table(policy, tables[table], hits[table]));
  return out;
}

// What a model weighed follows from the facts; it is told only where the decision, taken again, is the same one.
Result<std::vector<PageModel>> told_models(const AuditNeeds& needs, const OpenedDecision& decision, Language language) {
  std::vector<PageModel> out;
  for (const kernel::ModelView& model : decision.view.models) {
    out.push_back({model.name, model.digest, "", "", model.probability, model.score, 0, 0, {}, ""});
  }
  if (out.empty()) return out;
  kernel::Workspace workspace;
  const auto again = TRY(needs.kernel.replay(decision.record, workspace));
  if (!again.identical) {
    const std::string note =
        again.erased ? (language == Language::en ? "Its facts are erased." : "事实数据已删除。")
                     : (language == Language::en ? "Taken again the decision differs: " : "重新计算的结果不一致：") +
                           again.difference;
    for (PageModel& model : out) model.note = note;
    return out;
  }
  const auto payload = TRY(evidence::decode_facts(*decision.record.facts));
  const auto explained = TRY(decision.version->explain(payload.facts, workspace));
  for (size_t i = 0; i < std::min(out.size(), explained.size()); ++i) {
    const auto& named = decision.version->models()[explained[i].model];
    if (explained[i].explanation) {
      add_contributions(decision, *named.model, *explained[i].explanation, language, out[i]);
    } else {
      out[i].kind = models::name_of(named.predictor->format());
      out[i].note = why_unexplained(named, language);
    }
  }
  return out;
}

}  // namespace puhui::audit
