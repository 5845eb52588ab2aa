// Tables against a reference that reads each cell anew with the FEEL evaluator, row by row: no keys, no index.
#include <gtest/gtest.h>

#include <set>

#include "ground/base/random.h"
#include "infrastructure/dmn/cell.h"
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

std::vector<Key> random_keys(RandomStream& random, size_t columns) {
  std::vector<Key> keys;
  for (size_t c = 0; c < columns; ++c) {
    const uint64_t kind = random.below(12);
    keys.push_back(kind == 0   ? kNullKey
                   : kind == 1 ? kMismatchKey
                   : kind == 2 ? (random.below(2) == 0 ? kKeyMin : kKeyMax)
                               : static_cast<Key>(random.below(60)) - 30);
  }
  return keys;
}

std::vector<uint32_t> found_by(const Matcher& matcher, std::span<const Key> keys) {
  std::vector<uint32_t> found;
  matcher.each(keys, [&](size_t rule) { return found.push_back(static_cast<uint32_t>(rule)), true; });
  return found;
}

TEST(Matcher, EveryStrategyFindsTheRulesWhoseCellsHoldTheKeys) {
  for (uint64_t t = 0; t < 400; ++t) {
    RandomStream random(Random(7), 2, t);
    const size_t rules = random.below(t % 20 == 0 ? 3000 : 200);
    std::vector<std::vector<Intervals>> cells(1 + random.below(5));
    const bool named = random.below(2) == 0;  // mostly single keys, so that there is something to hash by
    for (auto& column : cells) {
      for (size_t r = 0; r < rules; ++r) {
        Intervals cell = random_intervals(random);
        const bool single = named && random.below(8) != 0;
        if (single) cell.assign(1 + random.below(3), Interval{});
        for (Interval& interval : cell) {
          if (single) interval.low = interval.high = static_cast<Key>(random.below(50)) - 25;
        }
        column.push_back(std::move(cell));
      }
    }
    const Matcher matchers[] = {Matcher(rules, cells), Matcher(rules, cells, Matcher::Strategy::scan),
                                Matcher(rules, cells, Matcher::Strategy::index),
                                Matcher(rules, cells, Matcher::Strategy::hash)};
    for (int row = 0; row < 50; ++row) {
      const std::vector<Key> keys = random_keys(random, cells.size());
      std::vector<uint32_t> expected;
      for (size_t r = 0; r < rules; ++r) {
        bool holds = true;
        for (size_t c = 0; c < cells.size(); ++c) {
          holds = holds && std::ranges::any_of(cells[c][r], [&](const Interval& interval) {
                    return interval.low <= keys[c] && keys[c] <= interval.high;
                  });
        }
        if (holds) expected.push_back(static_cast<uint32_t>(r));
      }
      for (const Matcher& matcher : matchers) {
        const auto where = [&] {
          return std::string(name_of(matcher.strategy())) + ", seed 7, table " + std::to_string(t) + ", row " +
                 std::to_string(row);
        };
        ASSERT_EQ(found_by(matcher, keys), expected) << where();
        ASSERT_EQ(matcher.first(keys), expected.empty() ? rules : expected[0]) << where();
        std::vector<uint32_t> two(2);
        two.resize(matcher.take(keys, two));
        ASSERT_EQ(
            two, std::vector<uint32_t>(expected.begin(),
                                       expected.begin() + static_cast<ptrdiff_t>(std::min<size_t>(2, expected.size()))))
            << where();
      }
    }
  }
}

TEST(RuleIndex, JoinedSegmentsOfASmallBudgetFindTheSameRules) {
  RandomStream random(Random(9), 2, 0);
  std::vector<std::vector<Intervals>> cells(2);
  const size_t rules = 2000;
  for (auto& column : cells) {
    for (size_t r = 0; r < rules; ++r) {
      const auto low = static_cast<Key>(random.below(10'000));
      column.push_back({{low, low + static_cast<Key>(random.below(300))}, {low + 500, low + 501}});
    }
  }
  const RuleCells packed(rules, cells);
  const RuleIndex small(packed, 20'000);
  const RuleIndex large(packed, 100'000'000);
  EXPECT_LT(small.bytes(), 40'000u);
  EXPECT_GT(large.bytes(), 1'000'000u);
  for (int row = 0; row < 2000; ++row) {
    const Key keys[] = {static_cast<Key>(random.below(11'000)), static_cast<Key>(random.below(11'000))};
    std::vector<size_t> found[3];
    small.each(packed, keys, [&](size_t rule) { return found[0].push_back(rule), true; });
    large.each(packed, keys, [&](size_t rule) { return found[1].push_back(rule), true; });
    for (size_t r = 0; r < rules; ++r) {
      if (packed.holds(r, keys)) found[2].push_back(r);
    }
    ASSERT_EQ(found[0], found[2]);
    ASSERT_EQ(found[1], found[2]);
  }
}

TEST(KeyMap, EveryTextHasAKeyOfItsOwnAndNumbersKeepTheirOrder) {
  feel::Types types;
  std::vector<Cell> words(1);
  std::vector<Cell> numbers(1);
  const std::string long_text(40, 'x');
  const std::string longer_text = long_text + "x";
  static constexpr std::string_view kWords[] = {"",     "a",        "ab",        "abc",
                                                "abcd", "abcdefgh", "abcdefghi", "0123456789abcdef"};
  for (const std::string_view word : kWords) words[0].simple.push_back({.value = Value::string(word)});
  words[0].simple.push_back({.value = Value::string(long_text)});
  for (const int64_t number : {-5, 0, 7}) {
    numbers[0].simple.push_back({.value = Value::number(feel::Decimal::scaled(number, -2))});
  }
  const std::string_view others[] = {"b", "abcdefgha", "0123456789abcdeg", longer_text};
  const KeyMap by_word(words, *types.any());
  std::set<Key> different;
  for (const SimpleTest& test : words[0].simple) different.insert(by_word.key(test.value));
  EXPECT_EQ(different.size(), words[0].simple.size());
  EXPECT_FALSE(different.contains(0));
  for (const std::string_view other : others) EXPECT_EQ(by_word.key(Value::string(other)), 0) << other;
  // The key keeps the order of the numbers, and what lies between two of them is odd.
  const KeyMap by_number(numbers, *types.any());
  for (const std::string_view other : others) EXPECT_EQ(by_number.key(Value::string(other)), kMismatchKey) << other;
  const auto key = [&](const char* text) { return by_number.key(Value::number(*feel::Decimal::parse(text))); };
  EXPECT_EQ(key("0.07"), 14);
  EXPECT_EQ(key("0.0700001"), 15);
  EXPECT_EQ(key("-0.05"), -10);
  EXPECT_EQ(key("-0.051"), -11);
  EXPECT_EQ(key("0E+40"), 0);
  EXPECT_EQ(key("1E+30"), kKeyMax);
  EXPECT_EQ(key("-1E+30"), kKeyMin);
}

TEST(RuleIndex, WideAndPlainBlocksAreTheSame) {
  RandomStream random(Random(11), 2, 0);
  for (int t = 0; t < 500; ++t) {
    std::vector<std::vector<uint64_t>> masks(1 + random.below(9), std::vector<uint64_t>(3 * RuleIndex::kBlockWords));
    std::vector<const uint64_t*> rows;
    for (auto& mask : masks) {
      for (uint64_t& word : mask) word = random.next() | (random.below(4) == 0 ? 0 : random.next());
      rows.push_back(mask.data());
    }
    uint64_t wide[RuleIndex::kBlockWords];
    uint64_t plain[RuleIndex::kBlockWords];
    const size_t word = random.below(3) * RuleIndex::kBlockWords;
    EXPECT_EQ(RuleIndex::and_block(rows, word, wide), RuleIndex::and_block_plain(rows, word, plain));
    EXPECT_TRUE(std::ranges::equal(wide, plain));
  }
}

// Equal keys in two columns and a band in the third, as in a price list.
std::vector<std::vector<Intervals>> price_list(size_t products, size_t regions, size_t bands) {
  std::vector<std::vector<Intervals>> cells(3);
  for (size_t p = 0; p < products; ++p) {
    for (size_t r = 0; r < regions; ++r) {
      for (size_t b = 0; b < bands; ++b) {
        cells[0].push_back({{static_cast<Key>(p), static_cast<Key>(p)}});
        cells[1].push_back({{static_cast<Key>(r), static_cast<Key>(r)}});
        cells[2].push_back({{static_cast<Key>(b * 100), static_cast<Key>(b * 100 + 99)}});
      }
    }
  }
  return cells;
}

TEST(Matcher, TakesTheWayThatIsEstimatedCheapest) {
  using Strategy = Matcher::Strategy;
  const auto prices = price_list(8000, 2, 1);
  const Matcher hashed(16'000, prices);
  EXPECT_EQ(hashed.strategy(), Strategy::hash);
  std::vector<std::vector<Intervals>> ranges(4);
  RandomStream random(Random(10), 2, 0);
  for (auto& column : ranges) {
    for (size_t r = 0; r < 4000; ++r) {
      const auto low = static_cast<Key>(random.below(500));
      column.push_back({{low, low + 100}});
    }
  }
  const Matcher indexed(4000, ranges);
  EXPECT_EQ(indexed.strategy(), Strategy::index);
  EXPECT_FALSE(indexed.costs().hash.has_value());
  std::vector<std::vector<Intervals>> two(8, std::vector<Intervals>{{{0, 5}}, {{6, 9}}});
  const Matcher scanned(2, two, Strategy::automatic, Matcher::Wanted::first);
  EXPECT_EQ(scanned.strategy(), Strategy::scan);
  for (const Matcher* matcher : {&hashed, &indexed, &scanned}) {
    const auto& costs = matcher->costs();
    const uint64_t none = ~uint64_t{0};
    const uint64_t least = std::min({costs.scan.value_or(none), costs.index.value_or(none), costs.hash.value_or(none)});
    const auto chosen = matcher->strategy() == Strategy::scan    ? costs.scan
                        : matcher->strategy() == Strategy::index ? costs.index
                                                                 : costs.hash;
    EXPECT_EQ(chosen, least);
  }
}

TEST(Matcher, AStrategyThatIsNotOpenBecomesAScan) {
  const std::vector<std::vector<Intervals>> ranges(1, std::vector<Intervals>{{{0, 5}}, {{6, 9}}});
  EXPECT_EQ(Matcher(2, ranges, Matcher::Strategy::hash).strategy(), Matcher::Strategy::scan);
  EXPECT_EQ(Matcher(0, {}, Matcher::Strategy::index).strategy(), Matcher::Strategy::scan);
}

TEST(Matcher, MemoryOfAnIndexIsBounded) {
  const auto prices = price_list(16'369, 1, 1);  // as many keys as rules
  const Matcher indexed(16'369, prices, Matcher::Strategy::index);
  EXPECT_LE(indexed.bytes(), RuleIndex::kBytesMax * 5 / 4);
  EXPECT_EQ(indexed.first(std::vector<Key>{12'345, 0, 50}), 12'345u);
}

}  // namespace
}  // namespace puhui::dmn
