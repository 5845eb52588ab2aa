// How a rule reads: what it asks and what it answers, in its author's own texts.
#include "ground/base/text.h"
#include "infrastructure/dmn/policy_inside.h"

namespace puhui::dmn {

namespace {

// Line ends and runs of blanks inside a cell become one blank; what stands in quotes is left alone.
std::string on_one_line(std::string_view text) {
  std::string out;
  bool quoted = false;
  for (const char c : trim(text)) {
    const bool blank = !quoted && (c == ' ' || c == '\n' || c == '\t' || c == '\r');
    if (blank && out.ends_with(' ')) continue;
    if (c == '"' && !out.ends_with('\\')) quoted = !quoted;
    out += blank ? ' ' : c;
  }
  return out;
}

bool has_any_of(std::string_view text, std::string_view characters) {
  return text.find_first_of(characters) != std::string_view::npos;
}

std::string test_in_words(const std::string& input, const std::string& test) {
  if (has_any_of(test.substr(0, 1), "<>=")) return input + " " + test;
  const bool several = has_any_of(test.substr(0, 1), "[](") || test.find(',') != std::string::npos;
  return input + (several ? " in " : test.starts_with("not(") ? " is " : " = ") + test;
}

}  // namespace

std::string Policy::rule_in_words(size_t rule) const {
  const auto after = std::ranges::upper_bound(compiled_->tables, rule, {}, &CompiledTable::first_rule);
  const CompiledTable& table = *std::prev(after);
  const Table& source = *table.source;
  const TableRule& row = source.rules[rule - table.first_rule];
  std::vector<std::string> asks, answers;
  for (size_t i = 0; i < source.inputs.size(); ++i) {
    const std::string test = on_one_line(row.inputs[i].text);
    if (test != "-" && !test.empty())
      asks.push_back(test_in_words(on_one_line(source.inputs[i].expression.text), test));
  }
  for (size_t o = 0; o < source.outputs.size(); ++o) {
    const std::string& name = source.outputs[o].name;
    answers.push_back((name.empty() || source.outputs.size() == 1 ? "" : name + " ") +
                      on_one_line(row.outputs[o].text));
  }
  return (asks.empty() ? "always" : join(asks, ", ")) + " -> " + join(answers, ", ");
}

}  // namespace puhui::dmn
