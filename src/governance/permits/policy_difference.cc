// What differs between two policies: rows of their tables and the expressions beside them.
#include <algorithm>
#include <map>

#include "governance/permits/difference.h"
#include "infrastructure/dmn/policy_inside.h"

namespace puhui::permits {

namespace {

// One table's rules in words, by the name of its decision; a second table of one decision is "Name (2)".
struct Rows {
  std::string hit_policy;
  std::vector<std::string> words, ids;
};

std::map<std::string, Rows> tables_of(const dmn::Policy& policy) {
  std::map<std::string, Rows> out;
  for (const dmn::TableInfo& table : policy.tables()) {
    std::string name = table.owner;
    for (int number = 2; out.contains(name); ++number) name = table.owner + " (" + std::to_string(number) + ")";
    Rows& rows = out[name];
    rows.hit_policy = table.hit_policy;
    for (size_t rule = table.first_rule; rule < table.first_rule + table.rules; ++rule) {
      rows.words.push_back(policy.rule_in_words(rule));
      const dmn::RuleInfo& info = policy.rules()[rule];
      rows.ids.push_back(info.id == info.table_id ? "" : info.id);  // a rule without one has the table's
    }
  }
  return out;
}

TableChange whole_table(const std::string& name, const Rows& rows, std::string what) {
  TableChange out{name, std::move(what), false, {}, {}, {}};
  std::vector<TableRow>& to = out.what == "added" ? out.rows_added : out.rows_removed;
  for (size_t i = 0; i < rows.words.size(); ++i) to.push_back({static_cast<int64_t>(i) + 1, rows.words[i]});
  return out;
}

std::string_view asked(std::string_view rule) { return rule.substr(0, rule.rfind(" -> ")); }

// Pairs rows of the two tables that nothing is paired with yet and that `alike` holds for.
template <class Alike>
void pair_rows(std::vector<std::optional<size_t>>& then_to_now, std::vector<bool>& taken, const Alike& alike) {
  for (size_t then = 0; then < then_to_now.size(); ++then) {
    for (size_t now = 0; now < taken.size() && !then_to_now[then]; ++now) {
      if (taken[now] || !alike(then, now)) continue;
      then_to_now[then] = now;
      taken[now] = true;
    }
  }
}

std::optional<TableChange> changed_table(const std::string& name, const Rows& then, const Rows& now) {
  std::vector<std::optional<size_t>> now_of(then.words.size());
  std::vector<bool> taken(now.words.size(), false);
  pair_rows(now_of, taken, [&](size_t a, size_t b) { return then.words[a] == now.words[b]; });
  TableChange out{name, "changed", false, {}, {}, {}};
  size_t furthest = 0;
  for (const auto& paired : now_of) {
    if (!paired) continue;
    out.reordered |= *paired < furthest;
    furthest = std::max(furthest, *paired);
  }
  pair_rows(now_of, taken, [&](size_t a, size_t b) { return !then.ids[a].empty() && then.ids[a] == now.ids[b]; });
  pair_rows(now_of, taken, [&](size_t a, size_t b) { return asked(then.words[a]) == asked(now.words[b]); });
  for (size_t i = 0; i < now_of.size(); ++i) {
    const auto number = static_cast<int64_t>(i) + 1;
    if (!now_of[i]) {
      out.rows_removed.push_back({number, then.words[i]});
    } else if (then.words[i] != now.words[*now_of[i]]) {
      out.rows_changed.push_back({number, static_cast<int64_t>(*now_of[i]) + 1, then.words[i], now.words[*now_of[i]]});
    }
  }
  for (size_t i = 0; i < taken.size(); ++i) {
    if (!taken[i]) out.rows_added.push_back({static_cast<int64_t>(i) + 1, now.words[i]});
  }
  const bool none = !out.reordered && out.rows_added.empty() && out.rows_removed.empty() && out.rows_changed.empty();
  return none ? std::nullopt : std::optional(std::move(out));
}

void add_tables(const dmn::Policy& before, const dmn::Policy& after, Difference& out) {
  const auto then = tables_of(before), now = tables_of(after);
  for (const auto& [name, rows] : then) {
    const auto found = now.find(name);
    if (found == now.end()) {
      out.tables.push_back(whole_table(name, rows, "removed"));
      continue;
    }
    if (auto change = changed_table(name, rows, found->second)) out.tables.push_back(*std::move(change));
    if (rows.hit_policy != found->second.hit_policy) {
      const std::string change = rows.hit_policy + " → " + found->second.hit_policy;
      out.other.push_back({"The hit policy of table " + name + " changes: " + change + ".",
                           "决策表 " + name + " 的命中策略变更：" + change + "。"});
    }
  }
  for (const auto& [name, rows] : now) {
    if (!then.contains(name)) out.tables.push_back(whole_table(name, rows, "added"));
  }
}

// A boxed expression as one text. Tables are told row by row elsewhere; here only that one stands there.
std::string words_of(const dmn::Boxed& boxed) {
  if (boxed.kind == dmn::Boxed::Kind::table) return "(table)";
  if (boxed.kind == dmn::Boxed::Kind::literal) return boxed.text.text;
  std::string out;
  for (const auto& parameter : boxed.parameters) out += (out.empty() ? "function(" : ", ") + parameter.name;
  if (!boxed.parameters.empty()) out += ") ";
  out += "{";
  for (size_t i = 0; i < boxed.children.size(); ++i) {
    if (i > 0) out += "; ";
    if (i < boxed.names.size() && !boxed.names[i].empty()) out += boxed.names[i] + ": ";
    if (boxed.children[i]) out += words_of(*boxed.children[i]);
  }
  return out + "}";
}

std::map<std::string, std::string> expressions_of(const dmn::Policy& policy) {
  std::map<std::string, std::string> out;
  const dmn::Model& model = policy.compiled().models.front();
  for (const dmn::Decision& decision : model.decisions) {
    if (decision.logic) out[decision.name] = words_of(*decision.logic);
  }
  for (const dmn::KnowledgeModel& function : model.knowledge_models) {
    if (function.logic) out[function.name] = words_of(*function.logic);
  }
  return out;
}

void add_expressions(const dmn::Policy& before, const dmn::Policy& after, Difference& out) {
  const auto then = expressions_of(before), now = expressions_of(after);
  for (const auto& [name, words] : then) {
    const auto found = now.find(name);
    if (found == now.end()) {
      out.expressions.push_back({name, words, std::nullopt});
    } else if (found->second != words) {
      out.expressions.push_back({name, words, found->second});
    }
  }
  for (const auto& [name, words] : now) {
    if (!then.contains(name)) out.expressions.push_back({name, std::nullopt, words});
  }
}

std::map<std::string, std::string> inputs_of(const dmn::Policy& policy) {
  std::map<std::string, std::string> out;
  for (const dmn::Variable& input : policy.inputs()) out[input.name] = input.type;
  return out;
}

void add_inputs(const dmn::Policy& before, const dmn::Policy& after, Difference& out) {
  const auto then = inputs_of(before), now = inputs_of(after);
  for (const auto& [name, type] : then) {
    const auto found = now.find(name);
    if (found == now.end()) {
      out.other.push_back({"The policy reads '" + name + "' no more.", "策略不再读取“" + name + "”。"});
    } else if (found->second != type) {
      const std::string change = type + " → " + found->second;
      out.other.push_back({"The policy's input '" + name + "' changes its type: " + change + ".",
                           "策略输入“" + name + "”的类型变更：" + change + "。"});
    }
  }
  for (const auto& [name, type] : now) {
    if (then.contains(name)) continue;
    out.other.push_back(
        {"The policy newly reads '" + name + "' (" + type + ").", "策略新增读取“" + name + "”（" + type + "）。"});
  }
}

}  // namespace

void add_policy_difference(const dmn::Policy& before, const dmn::Policy& after, Difference& out) {
  if (before.digest() == after.digest()) return;
  const size_t said = out.tables.size() + out.expressions.size() + out.other.size();
  add_tables(before, after, out);
  add_expressions(before, after, out);
  add_inputs(before, after, out);
  if (said == out.tables.size() + out.expressions.size() + out.other.size()) {
    out.other.push_back(
        {"The policy file is another, but its rules, expressions and inputs are the same: layout, "
         "descriptions or type definitions differ.",
         "策略文件不同，但规则、表达式与输入相同：差异在版面、说明或类型定义。"});
  }
}

}  // namespace puhui::permits
