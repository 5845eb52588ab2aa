// The analysis against asking every point of a small space one by one, and its words on tables made by hand.
#include "infrastructure/dmn/analysis.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "ground/base/check.h"
#include "ground/base/random.h"
#include "infrastructure/feel/expression.h"

namespace puhui::dmn {
namespace {

using feel::Value;
using Strings = std::vector<std::string>;

struct Column {
  std::string name;
  std::string type;
  std::string allowed;
};

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '<' ? "&lt;" : std::string(1, c);
  return out;
}

std::string element(const std::string& tag, const std::string& text) {
  return "<" + tag + "><text>" + escaped(text) + "</text></" + tag + ">";
}

// Each rule: its cells, then its output.
std::string xml_of(const std::string& hit_policy, const std::vector<Column>& columns,
                   const std::vector<Strings>& rules) {
  std::string out =
      R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="m" id="m">)";
  std::string needs;
  std::string inputs;
  for (const Column& c : columns) {
    out += "<inputData id='" + c.name + "' name='" + c.name + "'><variable name='" + c.name + "' typeRef='" + c.type +
           "'/></inputData>";
    needs += "<informationRequirement><requiredInput href='#" + c.name + "'/></informationRequirement>";
    inputs += "<input>" + element("inputExpression", c.name) +
              (c.allowed.empty() ? "" : element("inputValues", c.allowed)) + "</input>";
  }
  out += "<decision id='d' name='D'><variable name='D'/>" + needs + "<decisionTable id='t' hitPolicy='" + hit_policy +
         "'>" + inputs + "<output>" + element("outputValues", "3, 2, 1") + "</output>";
  for (size_t r = 0; r < rules.size(); ++r) {
    out += "<rule id='r" + std::to_string(r + 1) + "'>";
    for (size_t i = 0; i < rules[r].size(); ++i) {
      out += element(i < columns.size() ? "inputEntry" : "outputEntry", rules[r][i]);
    }
    out += "</rule>";
  }
  return out + "</decisionTable></decision></definitions>";
}

Policy policy_of(const std::string& xml) {
  static const NoFunctions kHost;
  auto policy = Policy::compile(xml, kHost);
  CHECK(policy.has_value(), policy ? "" : policy.error().text().c_str());
  return *std::move(policy);
}

TableReport report_of(const std::string& hit_policy, const std::vector<Column>& columns,
                      const std::vector<Strings>& rules, const AnalysisLimits& limits = {}) {
  return analyse(policy_of(xml_of(hit_policy, columns, rules)), limits).at(0);
}

Strings texts(const std::vector<Gap>& gaps) {
  Strings out;
  for (const Gap& gap : gaps) out.push_back(gap.text);
  return out;
}

const Column kScore{"score", "number", ""};
const Column kGrade{"grade", "string", ""};

TEST(Analysis, TellsTheGapBetweenTwoBands) {
  const auto report = report_of("UNIQUE", {kScore}, {{"< 600", "1"}, {"[650..700)", "2"}, {">= 700", "3"}});
  EXPECT_EQ(texts(report.gaps), Strings{"score: [600..650)"});
  EXPECT_TRUE(report.overlaps.empty());
  EXPECT_TRUE(report.dead.empty());
  EXPECT_TRUE(report.exact);
}

TEST(Analysis, GapsSpeakOfAllowedValuesAndOfAnyOtherText) {
  const Column allowed{"grade", "string", R"("A","B","C")"};
  EXPECT_EQ(texts(report_of("UNIQUE", {allowed}, {{R"("A","B")", "1"}}).gaps), Strings{R"(grade: "C")"});
  EXPECT_EQ(texts(report_of("UNIQUE", {kGrade}, {{R"("A","B")", "1"}}).gaps), Strings{"grade: any other text"});
}

TEST(Analysis, NullIsAGapOnlyWhereARuleSpeaksOfIt) {
  EXPECT_TRUE(report_of("UNIQUE", {kScore}, {{"< 5", "1"}, {">= 5", "2"}}).gaps.empty());
  EXPECT_EQ(texts(report_of("FIRST", {kScore}, {{"null", "1"}, {">= 5", "2"}}).gaps), Strings{"score: < 5"});
  EXPECT_EQ(texts(report_of("FIRST", {kScore}, {{"not(null)", "1"}}).gaps), Strings{"score: null"});
}

TEST(Analysis, GapsOfTwoColumnsAreMergedIntoBoxes) {
  const auto report = report_of("FIRST", {kScore, {"vip", "boolean", ""}},
                                {{"< 600", "true", "1"}, {">= 700", "true", "2"}, {">= 600", "false", "3"}});
  const std::set<std::string> came = [&] {
    const Strings gaps = texts(report.gaps);
    return std::set<std::string>(gaps.begin(), gaps.end());
  }();
  EXPECT_EQ(came, (std::set<std::string>{"score: < 600, vip: false", "score: [600..700), vip: true"}));
}

TEST(Analysis, DatesHaveNothingBetweenTwoDays) {
  const Column day{"day", "date", ""};
  EXPECT_TRUE(report_of("UNIQUE", {day}, {{"<= @\"2024-02-28\"", "1"}, {">= @\"2024-02-29\"", "2"}}).gaps.empty());
  EXPECT_EQ(texts(report_of("UNIQUE", {day}, {{"< @\"2024-02-28\"", "1"}, {"> @\"2024-02-28\"", "2"}}).gaps),
            Strings{"day: @\"2024-02-28\""});
}

TEST(Analysis, OverlapsOfAUniqueTableAreErrorsWithAnExample) {
  const auto report = report_of("UNIQUE", {kScore, kGrade}, {{"< 700", "\"A\"", "1"}, {">= 650", "-", "2"}});
  ASSERT_EQ(report.overlaps.size(), 1u);
  const Overlap& overlap = report.overlaps[0];
  EXPECT_EQ(overlap.weight, Overlap::Weight::error);
  EXPECT_EQ(overlap.first, (RuleName{1, "r1"}));
  EXPECT_EQ(overlap.second, (RuleName{2, "r2"}));
  EXPECT_EQ(overlap.example, (Strings{"650", "\"A\""}));
  EXPECT_EQ(overlap.text, "rule 1 (r1) and rule 2 (r2) both match, for example at score = 650, grade = \"A\"");
}

TEST(Analysis, AnyMayOverlapWhereOutputsAgree) {
  const auto report = report_of("ANY", {kScore}, {{"< 700", "1"}, {">= 650", "1"}, {"> 690", "2"}});
  ASSERT_EQ(report.overlaps.size(), 2u);
  EXPECT_EQ(report.overlaps[0].second.number, 3u);
  EXPECT_EQ(report.overlaps[1].second.number, 3u);
}

TEST(Analysis, FirstTellsWhatIsHiddenButNotAnExceptionBeforeItsRule) {
  EXPECT_TRUE(report_of("FIRST", {kScore}, {{"[600..650]", "1"}, {"-", "2"}}).overlaps.empty());
  const auto report = report_of("FIRST", {kScore}, {{"[600..650]", "1"}, {"[640..700]", "2"}});
  ASSERT_EQ(report.overlaps.size(), 1u);
  EXPECT_EQ(report.overlaps[0].weight, Overlap::Weight::notice);
  EXPECT_EQ(report.overlaps[0].text, "rule 1 (r1) hides a part of rule 2 (r2), for example at score = 640");
}

TEST(Analysis, RulesCoveredByOneOrByManyAreDead) {
  const auto report = report_of("FIRST", {kScore}, {{"< 10", "1"}, {"< 5", "2"}, {">= 10", "3"}, {"[8..12]", "2"}});
  ASSERT_EQ(report.dead.size(), 2u);
  EXPECT_EQ(report.dead[0].rule.number, 2u);
  EXPECT_EQ(report.dead[0].why, "rule 1 (r1) always answers before it");
  EXPECT_EQ(report.dead[1].rule.number, 4u);
  EXPECT_EQ(report.dead[1].why, "rules 1, 3 together always answer before it");
}

TEST(Analysis, PriorityIsByOutputsAndNotByTheOrderOfRules) {
  const auto report = report_of("PRIORITY", {kScore}, {{"[5..8]", "1"}, {"< 10", "3"}});
  ASSERT_EQ(report.dead.size(), 1u);
  EXPECT_EQ(report.dead[0].rule.number, 1u);
}

TEST(Analysis, CellsThatHoldNothingAreDead) {
  const Column allowed{"grade", "string", R"("A","B")"};
  const auto report =
      report_of("COLLECT", {kScore, allowed}, {{"[5..3]", "-", "1"}, {"-", "\"C\"", "2"}, {"-", "\"A\"", "3"}});
  ASSERT_EQ(report.dead.size(), 2u);
  EXPECT_EQ(report.dead[0].why, "its cell for 'score' holds no value");
  EXPECT_EQ(report.dead[1].why, "its cell for 'grade' holds no allowed value");
}

TEST(Analysis, RulesWithOtherTestsAreLeftOutAndNamed) {
  const auto report =
      report_of("UNIQUE", {kScore, {"limit", "number", ""}}, {{"? > limit", "-", "1"}, {"< 5", "-", "2"}});
  EXPECT_EQ(report.left_out, (std::vector<RuleName>{{1, "r1"}}));
  EXPECT_FALSE(report.exact);
  ASSERT_FALSE(report.notes.empty());
  EXPECT_EQ(texts(report.gaps), Strings{"score: >= 5"});
}

TEST(Analysis, ATableWithFaultsIsNamedAndNotAnalysed) {
  static const NoFunctions kHost;
  std::string xml = xml_of("COLLECT", {kScore}, {{"< 600", "1"}});
  xml.replace(xml.find("hitPolicy='COLLECT'"), 19, "hitPolicy='COLLECT' aggregation='SUM'");
  xml.replace(xml.find("<output>"), 8, "<output name='x'/><output name='y'>");
  xml.replace(xml.find("<outputEntry>"), 13, "<outputEntry><text>1</text></outputEntry><outputEntry>");
  const auto policy = Policy::compile(xml, kHost, {.on_fault = CompileOptions::OnFault::null_with_cause});
  ASSERT_TRUE(policy.has_value()) << policy.error().text();
  const auto reports = analyse(*policy);
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_FALSE(reports[0].exact);
  EXPECT_EQ(reports[0].notes, Strings{"the table has faults and was not analysed"});
}

TEST(Analysis, SaysWhenItWasCutShort) {
  std::vector<Strings> rules;
  for (int r = 0; r < 30; ++r) rules.push_back({std::to_string(2 * r), std::to_string(3 * r), "1"});
  AnalysisLimits few;
  few.gaps_max = 3;
  const std::vector<Column> columns{kScore, {"limit", "number", ""}};
  const auto told = report_of("FIRST", columns, rules, few);
  EXPECT_EQ(told.gaps.size(), 3u);
  EXPECT_TRUE(told.cut_short);
  AnalysisLimits hasty;
  hasty.steps_max = 10;
  const auto cut = report_of("FIRST", columns, rules, hasty);
  EXPECT_TRUE(cut.cut_short);
  EXPECT_FALSE(cut.exact);
  EXPECT_FALSE(report_of("FIRST", columns, rules, {.gaps_max = 1000}).cut_short);
}

// --- every point of a small space

// A value of every segment that the cells below can make.
const std::vector<std::pair<Column, Strings>>& spaces() {
  static const std::vector<std::pair<Column, Strings>> kSpaces{
      {{"n", "number", ""}, {"-1", "0", "0.5", "1", "1.5", "2", "2.5", "3", "3.5"}},
      {{"m", "number", "[0..3)"}, {"0", "0.5", "1", "1.5", "2", "2.5"}},
      {{"s", "string", ""}, {R"("a")", R"("b")", R"("c")", R"("zz")"}},
      {{"t", "string", R"("a","b","c","d")"}, {R"("a")", R"("b")", R"("c")", R"("d")"}},
      {{"b", "boolean", ""}, {"true", "false"}}};
  return kSpaces;
}

std::string random_cell(RandomStream& random, const std::string& type) {
  const auto number = [&] { return std::to_string(random.below(4)); };
  const auto word = [&] { return "\"" + std::string(1, static_cast<char>('a' + random.below(3))) + "\""; };
  if (random.below(4) == 0) return "-";
  if (type == "boolean") return random.below(2) == 0 ? "true" : "not(true)";
  if (type == "string") {
    const std::string words = random.below(2) == 0 ? word() : word() + ", " + word();
    return random.below(4) == 0 ? "not(" + words + ")" : words;
  }
  switch (random.below(6)) {
    case 0: return "< " + number();
    case 1: return ">= " + number();
    case 2: return "(" + number() + "..3]";
    case 3: return number() + ", > " + number();
    case 4: return "not(" + number() + ")";
    default: return "[" + number() + "..3)";
  }
}

bool holds(const std::string& tests, const std::string& value) {
  std::string text = tests;
  if (const size_t at = text.find("any other text"); at != std::string::npos) text.replace(at, 14, "\"zz\"");
  if (text == "-") return true;
  std::string source = value + " in (" + text + ")";
  if (text.starts_with("not(")) source = "not(" + value + " in (" + text.substr(4) + ")";
  const auto compiled = feel::Expression::compile(source, {});
  EXPECT_TRUE(compiled.has_value()) << source;
  feel::Arena arena;
  return compiled->evaluate(arena, {}).is_true();
}

// A small table, and what asking each point of its space finds.
class EveryPoint {
 public:
  explicit EveryPoint(uint64_t table) {
    static constexpr const char* kPolicies[] = {"UNIQUE", "FIRST", "ANY"};
    RandomStream random(Random(5), 1, table);
    hit_policy = kPolicies[table % std::size(kPolicies)];
    for (const auto& [column, points] : spaces()) {
      if (random.below(2) != 0 || columns.size() == 3) continue;
      columns.push_back(column);
      values_.push_back(&points);
    }
    if (columns.empty()) columns.push_back(spaces()[0].first), values_.push_back(&spaces()[0].second);
    for (size_t r = 1 + random.below(8); r > 0; --r) {
      Strings& rule = rules.emplace_back();
      for (const Column& column : columns) rule.push_back(random_cell(random, column.type));
      rule.push_back(std::to_string(1 + random.below(3)));
    }
  }
  std::string where() const { return "\nseed 5, " + xml_of(hit_policy, columns, rules); }
  size_t points() const {
    size_t count = 1;
    for (const Strings* column : values_) count *= column->size();
    return count;
  }
  Strings point(size_t number) const {
    Strings values;
    for (const Strings* column : values_) {
      values.push_back((*column)[number % column->size()]);
      number /= column->size();
    }
    return values;
  }
  bool inside(const Strings& tests, const Strings& point) {
    for (size_t c = 0; c < columns.size(); ++c) {
      if (!held(tests[c], point[c])) return false;
    }
    return true;
  }
  // Parsing is slow: each test of each value once.
  bool held(const std::string& tests, const std::string& value) {
    const auto [at, is_new] = asked_.try_emplace({tests, value});
    if (is_new) at->second = holds(tests, value);
    return at->second;
  }
  // 1-based.
  std::vector<size_t> matched(const Strings& point) {
    std::vector<size_t> found;
    for (size_t r = 0; r < rules.size(); ++r) {
      if (inside(rules[r], point)) found.push_back(r + 1);
    }
    return found;
  }
  // A gap names the texts that rules or allowed values name; the others are one to it.
  Strings as_gaps_name_it(Strings point) const {
    for (size_t c = 0; c < columns.size(); ++c) {
      const auto names = [&](const Strings& rule) { return rule[c].find(point[c]) != std::string::npos; };
      const bool named = columns[c].allowed.find(point[c]) != std::string::npos || std::ranges::any_of(rules, names);
      if (columns[c].type == "string" && !named) point[c] = "\"zz\"";
    }
    return point;
  }

  std::string hit_policy;
  std::vector<Column> columns;
  std::vector<Strings> rules;

 private:
  std::vector<const Strings*> values_;
  std::map<std::pair<std::string, std::string>, bool> asked_;
};

constexpr uint64_t kTables = 150;
constexpr AnalysisLimits kAll{.gaps_max = 10'000, .overlaps_max = 10'000};

TEST(Analysis, GapsAreThePointsNoRuleAnswersEachOnce) {
  for (uint64_t t = 0; t < kTables; ++t) {
    EveryPoint table(t);
    const TableReport report = report_of(table.hit_policy, table.columns, table.rules, kAll);
    ASSERT_TRUE(report.exact) << table.where();
    for (size_t p = 0; p < table.points(); ++p) {
      const Strings point = table.point(p);
      const Strings named = table.as_gaps_name_it(point);
      const auto gaps =
          std::ranges::count_if(report.gaps, [&](const Gap& gap) { return table.inside(gap.tests, named); });
      ASSERT_EQ(gaps, table.matched(point).empty() ? 1 : 0) << ::testing::PrintToString(point) << table.where();
    }
  }
}

TEST(Analysis, DeadRulesAreThoseNoPointIsAnsweredBy) {
  for (uint64_t t = 0; t < kTables; ++t) {
    EveryPoint table(t);
    std::set<size_t> answering;
    for (size_t p = 0; p < table.points(); ++p) {
      std::vector<size_t> matched = table.matched(table.point(p));
      if (table.hit_policy == "FIRST" && !matched.empty()) matched.resize(1);
      answering.insert(matched.begin(), matched.end());
    }
    std::set<size_t> dead;
    for (const DeadRule& rule : report_of(table.hit_policy, table.columns, table.rules, kAll).dead) {
      dead.insert(rule.rule.number);
    }
    for (size_t r = 1; r <= table.rules.size(); ++r)
      ASSERT_NE(dead.contains(r), answering.contains(r)) << table.where();
  }
}

TEST(Analysis, OverlapsAreThePairsSomePointMatchesAndTheExampleIsOne) {
  for (uint64_t t = 0; t < kTables; t += 3) {  // those that are UNIQUE
    EveryPoint table(t);
    std::set<std::pair<size_t, size_t>> meetings;
    for (size_t p = 0; p < table.points(); ++p) {
      const std::vector<size_t> matched = table.matched(table.point(p));
      for (const size_t a : matched) {
        for (const size_t b : matched) {
          if (a < b) meetings.insert({a, b});
        }
      }
    }
    std::set<std::pair<size_t, size_t>> overlaps;
    for (const Overlap& overlap : report_of(table.hit_policy, table.columns, table.rules, kAll).overlaps) {
      overlaps.insert({overlap.first.number, overlap.second.number});
      for (const RuleName* rule : {&overlap.first, &overlap.second}) {
        for (size_t c = 0; c < table.columns.size(); ++c) {
          const std::string& value = overlap.example[c];
          if (value == "-" || value == "any other text") continue;
          ASSERT_TRUE(table.held(table.rules[rule->number - 1][c], value)) << overlap.text << table.where();
        }
      }
    }
    ASSERT_EQ(overlaps, meetings) << table.where();
  }
}

// Ranges that overlap in every column: the states of a full search would not fit any machine.
TEST(Analysis, EndsWithinItsBudgetWhereAFullSearchWouldNot) {
  std::vector<Column> columns;
  for (int c = 0; c < 8; ++c) columns.push_back({"fact " + std::to_string(c), "number", ""});
  std::vector<Strings> rules;
  for (uint64_t r = 0; r < 400; ++r) {
    RandomStream random(Random(6), 1, r);
    Strings& rule = rules.emplace_back();
    for (int c = 0; c < 8; ++c) {
      const uint64_t low = random.below(1000);
      rule.push_back("[" + std::to_string(low) + ".." + std::to_string(low + 200) + ")");
    }
    rule.push_back("1");
  }
  const auto report = report_of("RULE ORDER", columns, rules, {.steps_max = 2'000'000, .states_max = 10'000});
  EXPECT_TRUE(report.cut_short);
  EXPECT_FALSE(report.gaps.empty());
}

TEST(Analysis, ReadsAPriceListOf16369RulesWithOneMissing) {
  std::vector<Strings> rules;
  const std::vector<Column> columns{{"product", "string", ""}, kScore, {"amount", "number", ""}};
  for (int p = 0; p < 128; ++p) {
    for (int s = 0; s < 8; ++s) {
      for (int a = 0; a < 16; ++a) {
        if (p == 77 && s == 3 && a == 11) continue;
        const auto band = [](int at, int count) {
          if (at == 0) return std::string("< 1");
          if (at == count - 1) return ">= " + std::to_string(at);
          return "[" + std::to_string(at) + ".." + std::to_string(at + 1) + ")";
        };
        rules.push_back({"\"p" + std::to_string(p) + "\"", band(s, 8), band(a, 16), "1"});
      }
    }
  }
  rules.push_back({"not(\"p0\")", "< 0", "-", "1"});
  const auto report = report_of("FIRST", columns, rules);
  EXPECT_FALSE(report.cut_short);
  const Strings gaps = texts(report.gaps);
  EXPECT_NE(std::ranges::find(gaps, "product: \"p77\", score: [3..4), amount: [11..12)"), gaps.end())
      << ::testing::PrintToString(gaps);
  EXPECT_EQ(gaps.size(), 2u);  // and every product that is not listed, from 0 on
}

}  // namespace
}  // namespace puhui::dmn
