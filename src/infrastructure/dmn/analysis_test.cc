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

TEST(Analysis, AgreesWithAskingEveryPoint) {
  static constexpr const char* kPolicies[] = {"UNIQUE", "FIRST", "ANY"};
  for (uint64_t t = 0; t < 150; ++t) {
    RandomStream random(Random(5), 1, t);
    std::vector<Column> columns;
    std::vector<const Strings*> values;
    for (const auto& [column, points] : spaces()) {
      if (random.below(2) != 0 || columns.size() == 3) continue;
      columns.push_back(column);
      values.push_back(&points);
    }
    if (columns.empty()) continue;
    std::vector<Strings> rules;
    for (size_t r = 1 + random.below(8); r > 0; --r) {
      Strings& rule = rules.emplace_back();
      for (const Column& column : columns) rule.push_back(random_cell(random, column.type));
      rule.push_back(std::to_string(1 + random.below(3)));
    }
    const std::string hit_policy = kPolicies[t % std::size(kPolicies)];
    const TableReport report = report_of(hit_policy, columns, rules, {.gaps_max = 10'000, .overlaps_max = 10'000});
    const auto where = [&] { return "seed 5, table " + std::to_string(t) + "\n" + xml_of(hit_policy, columns, rules); };
    ASSERT_TRUE(report.exact) << where();
    std::map<std::pair<std::string, std::string>, bool> asked;  // tests and value: parsing is slow
    const auto held = [&](const std::string& tests, const std::string& value) {
      const auto [at, is_new] = asked.try_emplace({tests, value});
      if (is_new) at->second = holds(tests, value);
      return at->second;
    };
    std::set<size_t> answers;
    std::set<std::pair<size_t, size_t>> meetings;
    size_t points = 1;
    for (const Strings* column : values) points *= column->size();
    for (size_t p = 0; p < points; ++p) {
      Strings point;
      size_t rest = p;
      for (const Strings* column : values)
        point.push_back((*column)[std::exchange(rest, rest / column->size()) % column->size()]);
      const auto inside = [&](const Strings& tests) {
        for (size_t c = 0; c < columns.size(); ++c) {
          if (!held(tests[c], point[c])) return false;
        }
        return true;
      };
      std::vector<size_t> matched;
      for (size_t r = 0; r < rules.size(); ++r) {
        if (inside(rules[r])) matched.push_back(r + 1);
      }
      if (!matched.empty()) answers.insert(hit_policy == "FIRST" ? matched[0] : 0);
      for (const size_t rule : matched) {
        if (hit_policy != "FIRST") answers.insert(rule);
      }
      for (const size_t a : matched) {
        for (const size_t b : matched) {
          if (a < b) meetings.insert({a, b});
        }
      }
      // A gap names the texts that rules or allowed values name; the others are one to it.
      for (size_t c = 0; c < columns.size(); ++c) {
        const bool named = columns[c].allowed.find(point[c]) != std::string::npos ||
                           std::ranges::any_of(rules, [&](const Strings& rule) {
                             return rule[c].find(point[c]) != std::string::npos;
                           });
        if (columns[c].type == "string" && !named) point[c] = "\"zz\"";
      }
      size_t in_gaps = 0;
      for (const Gap& gap : report.gaps) in_gaps += inside(gap.tests) ? 1 : 0;
      ASSERT_EQ(in_gaps, matched.empty() ? 1u : 0u) << ::testing::PrintToString(point) << where();
    }
    std::set<size_t> dead;
    for (const DeadRule& rule : report.dead) dead.insert(rule.rule.number);
    for (size_t r = 1; r <= rules.size(); ++r) ASSERT_EQ(dead.contains(r), !answers.contains(r)) << r << where();
    if (hit_policy != "UNIQUE") continue;
    std::set<std::pair<size_t, size_t>> overlaps;
    for (const Overlap& overlap : report.overlaps) {
      overlaps.insert({overlap.first.number, overlap.second.number});
      for (const RuleName* rule : {&overlap.first, &overlap.second}) {
        for (size_t c = 0; c < columns.size(); ++c) {
          const std::string& value = overlap.example[c];
          if (value == "-" || value == "any other text") continue;
          ASSERT_TRUE(held(rules[rule->number - 1][c], value)) << overlap.text << where();
        }
      }
    }
    ASSERT_EQ(overlaps, meetings) << where();
  }
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
