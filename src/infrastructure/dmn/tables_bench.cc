// How long one decision takes in tables of 30 to 16,369 rules, by each way of finding rules and by the one chosen at
// load, and how long each file takes to load, in CPU time. Every way's answers are compared with the scan's first.
//   tables_bench [FORM]
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "ground/base/check.h"
#include "ground/base/random.h"
#include "infrastructure/dmn/analysis.h"
#include "infrastructure/dmn/policy.h"

namespace puhui::dmn {
namespace {

using feel::Value;

struct Column {
  std::string name;
  std::string type;
};

// A table as text, and the rows to ask it.
struct Form {
  std::string name;
  std::string hit_policy;
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rules;  // cells of the columns
  std::vector<std::vector<std::string>> words;  // what texts a column is asked for
  std::vector<int64_t> numbers_below;           // what numbers
};

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c;
  }
  return out;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  return out.append(text).append("\"");
}

// As modellers write it: an id for every entry, line by line.
std::string xml_of(const Form& form) {
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<definitions "
      "xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" name=\"bench\" namespace=\"bench\" id=\"bench\">\n";
  std::string needs;
  std::string inputs;
  for (const Column& c : form.columns) {
    out += "  <inputData id='" + c.name + "' name='" + c.name + "'><variable name='" + c.name + "' typeRef='" + c.type +
           "'/></inputData>\n";
    needs += "    <informationRequirement><requiredInput href='#" + c.name + "'/></informationRequirement>\n";
    inputs += "      <input id='in_" + c.name + "'><inputExpression typeRef='" + c.type + "'><text>" + c.name +
              "</text></inputExpression></input>\n";
  }
  out += "  <decision id='d' name='Price'>\n    <variable name='Price'/>\n" + needs +
         "    <decisionTable id='t' hitPolicy='" + form.hit_policy + "'>\n" + inputs +
         "      <output id='o1' name='rate' typeRef='number'/><output id='o2' name='limit' typeRef='number'/>"
         "<output id='o3' name='path' typeRef='string'/><output id='o4' name='manual' typeRef='boolean'/>\n";
  size_t entry = 0;
  const auto id = [&](const char* kind) { return " id=" + quoted(kind + std::to_string(++entry)); };
  for (size_t r = 0; r < form.rules.size(); ++r) {
    out += "      <rule id=\"DecisionRule_" + std::to_string(r) + "\">\n";
    for (const std::string& cell : form.rules[r]) {
      out += "        <inputEntry" + id("UnaryTests_") + ">\n          <text>" + escaped(cell) +
             "</text>\n        </inputEntry>\n";
    }
    const std::string outputs[] = {std::to_string(r % 24) + "." + std::to_string(100 + r % 900), std::to_string(r * 10),
                                   quoted("path " + std::to_string(r % 7)), r % 3 == 0 ? "true" : "false"};
    for (const std::string& text : outputs) {
      out += "        <outputEntry" + id("LiteralExpression_") + ">\n          <text>" + text +
             "</text>\n        </outputEntry>\n";
    }
    out += "      </rule>\n";
  }
  return out + "    </decisionTable>\n  </decision>\n</definitions>\n";
}

std::string band(int64_t low, int64_t width) {
  return "[" + std::to_string(low) + ".." + std::to_string(low + width) + ")";
}

// A price list: product × region × amount × term × grade, and columns that few rules look at.
Form price_list(size_t rules) {
  Form form{.name = "price list", .hit_policy = "FIRST", .columns = {}, .rules = {}, .words = {}, .numbers_below = {}};
  form.columns = {{"product", "string"}, {"region", "string"},  {"amount", "number"}, {"term", "number"},
                  {"grade", "string"},   {"channel", "string"}, {"age", "number"},    {"employee", "boolean"}};
  form.words.resize(8);
  form.numbers_below = {0, 0, 500'000, 60, 0, 0, 90, 0};
  const size_t products = rules > 5000 ? 48 : 12;
  for (size_t p = 0; p < products; ++p) form.words[0].push_back("product " + std::to_string(1000 + p));
  form.words[1] = {"north", "south", "east", "west", "abroad"};
  form.words[4] = {"A", "B", "C", "D"};
  form.words[5] = {"branch", "app", "partner"};
  for (size_t r = 0; r < rules; ++r) {
    size_t rest = r;
    const auto next = [&](size_t count) { return std::exchange(rest, rest / count) % count; };
    const size_t grade = next(4);
    const size_t term = next(3);
    const size_t amount = next(5);
    const size_t region = next(5);
    const size_t product = next(products);
    form.rules.push_back({quoted(form.words[0][product]), quoted(form.words[1][region]),
                          band(static_cast<int64_t>(amount) * 100'000, 100'000),
                          band(static_cast<int64_t>(term) * 20, 20), quoted(form.words[4][grade]),
                          r % 11 == 0 ? "\"branch\", \"app\"" : "-", r % 17 == 0 ? ">= 25" : "-",
                          r % 13 == 0 ? "not(true)" : "-"});
  }
  return form;
}

// The hard case: ranges that overlap in every column, in no order, so that no one column says much.
Form overlapping(size_t rules) {
  Form form{
      .name = "overlapping", .hit_policy = "RULE ORDER", .columns = {}, .rules = {}, .words = {}, .numbers_below = {}};
  form.words.resize(8);
  for (size_t c = 0; c < 8; ++c) {
    form.columns.push_back({"fact " + std::to_string(c), "number"});
    form.numbers_below.push_back(100'000);
  }
  for (size_t r = 0; r < rules; ++r) {
    RandomStream random(Random(1), 1, r);
    auto& cells = form.rules.emplace_back();
    for (size_t c = 0; c < 8; ++c) {
      const auto low = static_cast<int64_t>(random.below(90'000));
      cells.push_back(random.below(7) == 0 ? "-" : band(low, 5'000 + static_cast<int64_t>(random.below(30'000))));
    }
  }
  return form;
}

// As many codes as rules, in no order: a merchant list.
Form code_list(size_t rules) {
  Form form{.name = "code list", .hit_policy = "UNIQUE", .columns = {}, .rules = {}, .words = {}, .numbers_below = {}};
  form.columns = {{"code", "string"}, {"amount", "number"}};
  form.words.resize(2);
  form.numbers_below = {0, 10'000};
  for (size_t r = 0; r < rules; ++r) {
    form.words[0].push_back("MERCHANT-" + std::to_string(100'000 + r * 7919 % 900'000));
    form.rules.push_back({quoted(form.words[0].back()), r % 5 == 0 ? "< 5000" : "-"});
  }
  return form;
}

Form approval(size_t rules) {
  Form form{.name = "approval", .hit_policy = "FIRST", .columns = {}, .rules = {}, .words = {}, .numbers_below = {}};
  form.columns = {{"age", "number"},    {"score", "number"},   {"income", "number"},   {"debt", "number"},
                  {"region", "string"}, {"product", "string"}, {"blocked", "boolean"}, {"months", "number"}};
  form.words.resize(8);
  form.words[4] = {"north", "south", "east", "west"};
  form.words[5] = {"card", "cash", "car", "home"};
  form.numbers_below = {90, 850, 60'000, 100, 0, 0, 0, 240};
  for (size_t r = 0; r + 1 < rules; ++r) {
    RandomStream random(Random(2), 1, r);
    const auto maybe = [&](std::string cell) { return random.below(3) == 0 ? std::string("-") : std::move(cell); };
    const auto below = [&](uint64_t bound) { return static_cast<int64_t>(random.below(bound)); };
    form.rules.push_back({maybe(">= " + std::to_string(18 + below(30))), maybe(band(400 + below(40) * 10, 60)),
                          maybe("> " + std::to_string(below(40) * 1000)), maybe("< " + std::to_string(20 + below(60))),
                          maybe(quoted(form.words[4][random.below(4)])),
                          maybe(quoted(form.words[5][random.below(4)]) + ", \"card\""), maybe("false"),
                          maybe(">= " + std::to_string(below(60)))});
  }
  form.rules.push_back(std::vector<std::string>(8, "-"));
  return form;
}

// Rows in Policy::inputs() order.
std::vector<std::vector<Value>> rows_of(const Form& form, const Policy& policy, size_t rows) {
  std::vector<std::vector<Value>> out;
  std::vector<size_t> place;
  for (const Column& c : form.columns) place.push_back(*policy.input(c.name));
  for (size_t row = 0; row < rows; ++row) {
    RandomStream random(Random(3), 2, row);
    auto& values = out.emplace_back(form.columns.size());
    for (size_t c = 0; c < form.columns.size(); ++c) {
      Value& value = values[place[c]];
      if (form.columns[c].type == "number")
        value = Value::number(static_cast<int64_t>(random.below(static_cast<uint64_t>(form.numbers_below[c]))));
      else if (form.columns[c].type == "boolean")
        value = Value::boolean(random.below(2) == 0);
      else
        value = Value::string(form.words[c][random.below(form.words[c].size())]);
    }
  }
  return out;
}

// Of this process alone: neighbours on the machine count less than on the wall's clock.
int64_t ns_now() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

void report(const Policy& policy, const std::string& way, int64_t decision_ns, int64_t load_ns) {
  const int64_t begin = ns_now();
  const auto reports = analyse(policy);
  std::printf("  chosen %s %lld ns, load %lld ms; analysed in %lld ms: %zu gaps, %zu overlaps, %zu dead%s\n",
              way.c_str(), static_cast<long long>(decision_ns), static_cast<long long>(load_ns / 1'000'000),
              static_cast<long long>((ns_now() - begin) / 1'000'000), reports[0].gaps.size(),
              reports[0].overlaps.size(), reports[0].dead.size(), reports[0].cut_short ? ", cut short" : "");
}

void measure(const Form& form) {
  using Strategy = CompileOptions::TableStrategy;
  const std::string xml = xml_of(form);
  const NoFunctions host;
  std::vector<std::vector<Value>> rows;
  std::vector<std::string> expected;
  std::printf("%-12s %6zu rules × %zu, %-10s %5.1f MB:", form.name.c_str(), form.rules.size(), form.columns.size(),
              form.hit_policy.c_str(), static_cast<double>(xml.size()) / 1e6);
  for (const auto strategy : {Strategy::scan, Strategy::index, Strategy::hash, Strategy::automatic}) {
    CompileOptions options;
    options.table_strategy = strategy;
    const int64_t begin = ns_now();
    const auto policy = Policy::compile(xml, host, options);
    const int64_t loaded = ns_now();
    CHECK(policy.has_value(), policy ? "" : policy.error().text().c_str());
    Scratch scratch;
    if (rows.empty()) {
      rows = rows_of(form, *policy, 20'000);
      for (size_t i = 0; i < 2000; ++i) expected.push_back(text_of(policy->evaluate_one(0, rows[i], scratch)));
    }
    for (size_t i = 0; i < expected.size(); ++i) {
      CHECK(text_of(policy->evaluate_one(0, rows[i], scratch)) == expected[i], "every way gives the scan's answer");
    }
    constexpr int64_t kEnough = 200'000'000;
    int64_t best = INT64_MAX;
    const int64_t until = ns_now() + kEnough;
    do {
      const size_t some = strategy == Strategy::scan && form.rules.size() > 1000 ? 2000 : rows.size();
      const int64_t start = ns_now();
      for (size_t i = 0; i < some; ++i) policy->evaluate_one(0, rows[i], scratch);
      best = std::min(best, (ns_now() - start) / static_cast<int64_t>(some));
    } while (ns_now() < until);
    const std::string way = policy->tables()[0].strategy;
    if (strategy == Strategy::automatic)
      report(*policy, way, best, loaded - begin);
    else
      std::printf(" %s %lld", way.c_str(), static_cast<long long>(best));
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace puhui::dmn

int main(int argc, char** argv) {
  using namespace puhui::dmn;
  const std::string only = argc > 1 ? argv[1] : "";
  for (const Form& form : {approval(30), approval(300), price_list(3700), price_list(16'369), overlapping(3700),
                           overlapping(16'369), code_list(3700), code_list(16'369)}) {
    if (only.empty() || only == form.name) measure(form);
  }
  return 0;
}
