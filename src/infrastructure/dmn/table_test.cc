// Tables against a reference that reads each cell anew with the FEEL evaluator, row by row: no keys, no index.
#include <gtest/gtest.h>

#include "ground/base/random.h"
#include "infrastructure/dmn/matcher.h"
#include "infrastructure/dmn/policy.h"
#include "infrastructure/feel/expression.h"

namespace puhui::dmn {
namespace {

using feel::Value;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
  return out;
}

struct Column {
  std::string name;
  std::string type;
};

struct RandomTable {
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rules;  // cells, then the output
  std::string hit_policy;

  std::string xml() const {
    std::string out =
        R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="m" id="m">)";
    std::string needs;
    std::string inputs;
    for (const Column& c : columns) {
      out += "<inputData id='" + c.name + "' name='" + c.name + "'><variable name='" + c.name + "' typeRef='" + c.type +
             "'/></inputData>";
      needs += "<informationRequirement><requiredInput href='#" + c.name + "'/></informationRequirement>";
      inputs += "<input id='in_" + c.name + "'><inputExpression><text>" + c.name + "</text></inputExpression></input>";
    }
    out += "<decision id='d' name='D'><variable name='D'/>" + needs + "<decisionTable id='t' hitPolicy='" + hit_policy +
           "'>" + inputs + "<output id='o'><outputValues><text>9,8,7,6,5,4,3,2,1,0</text></outputValues></output>";
    for (const auto& rule : rules) {
      out += "<rule>";
      for (size_t i = 0; i < rule.size(); ++i) {
        const std::string tag = i < columns.size() ? "inputEntry" : "outputEntry";
        out += "<" + tag + "><text>" + escaped(rule[i]) + "</text></" + tag + ">";
      }
      out += "</rule>";
    }
    return out + "</decisionTable></decision></definitions>";
  }
};

std::string number_text(RandomStream& random) {
  const auto whole = static_cast<int64_t>(random.below(12)) - 4;
  static constexpr const char* kTails[] = {"", "", "", ".5", ".25", ".125", ".000000000001"};
  return std::to_string(whole) + kTails[random.below(std::size(kTails))];
}

std::string number_cell(RandomStream& random) {
  const std::string a = number_text(random);
  switch (random.below(10)) {
    case 0: return "< " + a;
    case 1: return "<= " + a;
    case 2: return "> " + a;
    case 3: return ">= " + a;
    case 4: return a;
    case 5: return "[-2.." + std::to_string(random.below(6)) + ")";
    case 6: return "(" + std::to_string(random.below(3)) + "..7]";
    case 7: return a + ", " + number_text(random) + ", > 6";
    case 8: return random.below(2) == 0 ? "not(" + a + ")" : "not(< " + a + ", 5)";
    default: return random.below(3) == 0 ? "null" : random.below(2) == 0 ? "? * 2 > 3" : "-";
  }
}

std::string text_cell(RandomStream& random) {
  const auto word = [&] { return "\"" + std::string(1, static_cast<char>('a' + random.below(9))) + "\""; };
  switch (random.below(6)) {
    case 0: return word();
    case 1: return word() + ", " + word();
    case 2: return "not(" + word() + ", " + word() + ")";
    case 3: return random.below(2) == 0 ? "starts with(?, " + word() + ")" : "null, " + word();
    case 4: return "<= " + word();
    default: return "-";
  }
}

std::string cell(RandomStream& random, const std::string& type) {
  if (random.below(4) == 0) return "-";
  if (type == "number") return number_cell(random);
  if (type == "string") return text_cell(random);
  if (type == "date") {
    const std::string day = "date(\"2024-01-0" + std::to_string(1 + random.below(9)) + "\")";
    return random.below(2) == 0 ? ">= " + day : random.below(2) == 0 ? "< " + day : day;
  }
  return random.below(2) == 0 ? "true" : "not(true)";
}

Value random_value(RandomStream& random, const std::string& type) {
  static constexpr const char* kWords[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "zz", ""};
  if (random.below(12) == 0) return Value::missing();
  if (type == "number") return Value::number(*feel::Decimal::parse(number_text(random)));
  if (type == "string") return Value::string(kWords[random.below(std::size(kWords))]);
  if (type == "date") return Value::date(feel::CivilDate{2024, 1, static_cast<uint8_t>(1 + random.below(11))});
  return Value::boolean(random.below(2) == 0);
}

RandomTable random_table(RandomStream& random) {
  static constexpr const char* kTypes[] = {"number", "number", "string", "boolean", "date"};
  static constexpr const char* kPolicies[] = {"UNIQUE",     "FIRST",        "ANY",    "PRIORITY",
                                              "RULE ORDER", "OUTPUT ORDER", "COLLECT"};
  RandomTable table;
  table.hit_policy = kPolicies[random.below(std::size(kPolicies))];
  const size_t columns = 1 + random.below(4);
  for (size_t c = 0; c < columns; ++c) {
    table.columns.push_back({std::string(1, static_cast<char>('p' + c)), kTypes[random.below(std::size(kTypes))]});
  }
  const size_t rules = 1 + random.below(random.below(10) == 0 ? 150 : 12);
  for (size_t r = 0; r < rules; ++r) {
    auto& rule = table.rules.emplace_back();
    for (const Column& c : table.columns) rule.push_back(cell(random, c.type));
    rule.push_back(std::to_string(random.below(10)));
  }
  return table;
}

// The hit policies over the outputs of matching rules, in words of the standard.
class Reference {
 public:
  explicit Reference(const RandomTable& table) : table_(table) {
    for (const auto& rule : table.rules) {
      auto& tests = tests_.emplace_back();
      for (size_t c = 0; c < table.columns.size(); ++c) tests.push_back(test_of(rule[c]));
    }
  }
  std::string answer(std::span<const Value> inputs) const {
    std::vector<int> outputs;
    for (size_t r = 0; r < tests_.size(); ++r) {
      if (matches(r, inputs)) outputs.push_back(std::stoi(table_.rules[r].back()));
    }
    const std::string& policy = table_.hit_policy;
    const bool lists = policy == "COLLECT" || policy == "RULE ORDER" || policy == "OUTPUT ORDER";
    if (policy == "OUTPUT ORDER" || policy == "PRIORITY") std::ranges::sort(outputs, std::greater<>());
    if (lists) return list(outputs);
    if (outputs.empty()) return "null";
    if (policy == "UNIQUE" && outputs.size() > 1) return "null";
    const bool agree = std::ranges::all_of(outputs, [&](int output) { return output == outputs[0]; });
    if (policy == "ANY" && !agree) return "null";
    return std::to_string(outputs[0]);
  }

 private:
  // "v in (…)" by FEEL's own operator; not(…) and ? need writing out.
  static feel::Expression test_of(const std::string& text) {
    static const std::vector<std::string> kNames{"v"};
    std::string source = "v in (" + text + ")";
    if (text == "-") source = "true";
    if (text.starts_with("not(")) source = "not(v in (" + text.substr(4) + ")";
    if (const size_t at = text.find('?'); at != std::string::npos)
      source = text.substr(0, at) + "v" + text.substr(at + 1);
    auto compiled = feel::Expression::compile(source, kNames);
    EXPECT_TRUE(compiled.has_value()) << source << ": " << compiled.error().text();
    return *std::move(compiled);
  }
  bool matches(size_t rule, std::span<const Value> inputs) const {
    for (size_t c = 0; c < inputs.size(); ++c) {
      feel::Arena arena;
      if (!tests_[rule][c].evaluate(arena, inputs.subspan(c, 1)).is_true()) return false;
    }
    return true;
  }
  static std::string list(const std::vector<int>& outputs) {
    std::string text = "[";
    for (const int output : outputs) text += (text.size() > 1 ? ", " : "") + std::to_string(output);
    return text + "]";
  }
  const RandomTable& table_;
  std::vector<std::vector<feel::Expression>> tests_;
};

TEST(Table, CompiledTablesAnswerLikeTheNaiveReference) {
  const NoFunctions host;
  constexpr uint64_t kTables = 150;
  constexpr int kRows = 40;
  for (uint64_t t = 0; t < kTables; ++t) {
    RandomStream random(Random(20261122), 1, t);
    const RandomTable table = random_table(random);
    const auto policy = Policy::compile(table.xml(), host);
    ASSERT_TRUE(policy.has_value()) << policy.error().text() << table.xml();
    const Reference reference(table);
    Scratch scratch;
    for (int row = 0; row < kRows; ++row) {
      std::vector<Value> inputs;
      for (const Column& c : table.columns) inputs.push_back(random_value(random, c.type));
      const std::string came = text_of(policy->evaluate(inputs, scratch)[0]);
      ASSERT_EQ(came, reference.answer(inputs))
          << "table " << t << " row " << row << " inputs " << text_of(Value::list(inputs)) << "\n"
          << table.xml();
    }
  }
}

TEST(Table, PolicyTellsWhatTablesItHas) {
  const NoFunctions host;
  RandomTable table;
  table.hit_policy = "FIRST";
  table.columns = {{"score", "number"}, {"grade", "string"}};
  table.rules = {{"> 600", "\"A\"", "1"}, {"-", "starts with(?, \"B\")", "2"}};
  const auto policy = Policy::compile(table.xml(), host);
  ASSERT_TRUE(policy.has_value()) << policy.error().text();
  ASSERT_EQ(policy->tables().size(), 1u);
  const TableInfo& info = policy->tables()[0];
  EXPECT_EQ(info.id, "t");
  EXPECT_EQ(info.owner, "D");
  EXPECT_EQ(info.hit_policy, "FIRST");
  EXPECT_EQ(info.inputs, (std::vector<std::string>{"score", "grade"}));
  EXPECT_EQ(info.outputs, (std::vector<std::string>{""}));
  EXPECT_EQ(info.first_rule, 0u);
  EXPECT_EQ(info.rules, 2u);
  EXPECT_EQ(info.general_cells, 1u);
  EXPECT_FALSE(info.strategy.empty());
}

Intervals random_intervals(RandomStream& random) {
  if (random.below(4) == 0) return kAnyKey;
  Intervals cell;
  for (size_t i = random.below(4); i > 0; --i) {
    const auto low = static_cast<Key>(random.below(40)) - 20;
    cell.push_back({low, low + static_cast<Key>(random.below(10))});
  }
  if (random.below(5) == 0) cell.push_back({kNullKey, kNullKey});
  return cell;
}

TEST(Matcher, IndexAndScanFindTheSameRules) {
  for (uint64_t t = 0; t < 300; ++t) {
    RandomStream random(Random(7), 2, t);
    const size_t rules = random.below(200);
    std::vector<std::vector<Intervals>> cells(1 + random.below(5));
    for (auto& column : cells) {
      for (size_t r = 0; r < rules; ++r) column.push_back(random_intervals(random));
    }
    const Matcher index(rules, cells, Matcher::Strategy::index);
    const Matcher scan(rules, cells, Matcher::Strategy::scan);
    for (int row = 0; row < 50; ++row) {
      std::vector<Key> keys;
      for (size_t c = 0; c < cells.size(); ++c) {
        const uint64_t kind = random.below(10);
        keys.push_back(kind == 0 ? kNullKey : kind == 1 ? kMismatchKey : static_cast<Key>(random.below(50)) - 25);
      }
      std::vector<size_t> found[2];
      index.each(keys, [&](size_t rule) { return found[0].push_back(rule), true; });
      scan.each(keys, [&](size_t rule) { return found[1].push_back(rule), true; });
      ASSERT_EQ(found[0], found[1]) << "seed 7, table " << t << ", row " << row;
    }
  }
}

}  // namespace
}  // namespace puhui::dmn
