// Our own table corpus: tables made from a seed, of every hit policy, aggregation and type of input, asked for rows around
// the ends of their cells. The compiled table by scan, index and hash must say, to the byte and with the same trace,
// what a plain reference says that reads every cell with FEEL's ordinary parser and nodes.
//   PUHUI_CORPUS_ROWS=5000000 for a long run, PUHUI_CORPUS_SEED for another.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "ground/base/random.h"
#include "infrastructure/dmn/policy.h"
#include "infrastructure/feel/compile.h"
#include "infrastructure/feel/operators.h"
#include "infrastructure/feel/parser.h"

namespace puhui::dmn {
namespace {

using feel::Kind;
using feel::Value;
using Strings = std::vector<std::string>;

constexpr std::string_view kPolicies[] = {"UNIQUE",      "FIRST",        "ANY",          "PRIORITY",
                                          "RULE ORDER",  "OUTPUT ORDER", "COLLECT",      "COLLECT SUM",
                                          "COLLECT MIN", "COLLECT MAX",  "COLLECT COUNT"};

struct CorpusColumn {
  std::string name;
  std::string type;      // FEEL's name of the kind
  bool declared = true;  // on the input data
  bool declared_on_input = false;
  std::string allowed;  // input values, or ""
  Strings constants;
};

struct CorpusOutput {
  std::string name;
  std::string type;
  std::string values;
  std::string otherwise;
};

struct CorpusTable {
  std::string hit_policy;
  std::vector<CorpusColumn> columns;
  std::vector<CorpusOutput> outputs;
  std::vector<Strings> cells;    // [rule][column]
  std::vector<Strings> entries;  // [rule][output]
};

template <size_t N>
std::string pick(RandomStream& random, const std::string_view (&from)[N]) {
  return std::string(from[random.below(N)]);
}
const std::string& pick(RandomStream& random, const Strings& from) { return from[random.below(from.size())]; }

// --- constants, as FEEL text

std::string number_constant(RandomStream& random) {
  static constexpr std::string_view kTails[] = {"",    "",    "",     "",           ".5",
                                                ".25", ".05", ".125", ".000000001", ".0000000000001"};
  static constexpr std::string_view kOdd[] = {"0",
                                              "-0.0",
                                              "1E+30",
                                              "-4E+25",
                                              "1E-20",
                                              "2305843009213693951",
                                              "1152921504606846976",
                                              "123456789012345678901234567890"};
  if (random.below(15) == 0) return pick(random, kOdd);
  const auto whole = static_cast<int64_t>(random.below(random.below(3) == 0 ? 2'000'000 : 30)) - 10;
  return std::to_string(whole) + pick(random, kTails);
}

std::string constant(RandomStream& random, const std::string& type) {
  static constexpr std::string_view kWords[] = {
      R"("")",          R"("a")",    R"("b")",           R"("ab")",    R"("abcdefgh")",
      R"("abcdefghi")", R"("普惠")", R"("a \"b\" <c>")", R"("north")", R"("north-east region 12")",
      R"("B")",         R"("null")"};
  const auto two = [&](uint64_t from, uint64_t below) {
    const uint64_t number = from + random.below(below);
    return (number < 10 ? "0" : "") + std::to_string(number);
  };
  const auto day = [&] { return "2024-0" + std::to_string(1 + random.below(3)) + "-" + two(1, 28); };
  const auto clock = [&] {
    static constexpr std::string_view kZones[] = {"", "", "Z", "+01:00", "-05:30"};
    static constexpr std::string_view kFractions[] = {"", "", "", ".5", ".000000001"};
    return two(0, 24) + ":" + two(0, 60) + ":0" + std::to_string(random.below(3)) + pick(random, kFractions) +
           pick(random, kZones);
  };
  if (type == "number") return number_constant(random);
  if (type == "string") return pick(random, kWords);
  if (type == "boolean") return random.below(2) == 0 ? "true" : "false";
  if (type == "date") return (random.below(2) == 0 ? "date(\"" + day() + "\")" : "@\"" + day() + "\"");
  if (type == "time") return "time(\"" + clock() + "\")";
  if (type == "date and time") return "@\"" + day() + "T" + (random.below(4) == 0 ? "00:00:00" : clock()) + "\"";
  if (type == "years and months duration") return "duration(\"P" + std::to_string(random.below(40)) + "M\")";
  static constexpr std::string_view kSeconds[] = {"", "T1S", "T0.5S", "T3600S", "T1H"};
  return "@\"P" + std::to_string(random.below(5)) + "D" + pick(random, kSeconds) + "\"";
}

// --- cells

std::string range_text(RandomStream& random, const CorpusColumn& column) {
  static constexpr std::string_view kOpen[] = {"[", "(", "]"};
  static constexpr std::string_view kClose[] = {"]", ")", "["};
  return pick(random, kOpen) + pick(random, column.constants) + ".." + pick(random, column.constants) +
         pick(random, kClose);
}

std::string comparison_text(RandomStream& random, const CorpusColumn& column) {
  static constexpr std::string_view kOperators[] = {"<", "<=", ">", ">=", "= ", "!= "};
  return pick(random, kOperators) + pick(random, column.constants);
}

std::string test_text(RandomStream& random, const CorpusColumn& column) {
  switch (random.below(8)) {
    case 0:
    case 1: return comparison_text(random, column);
    case 2: return column.type == "boolean" ? pick(random, column.constants) : range_text(random, column);
    case 3: return random.below(3) == 0 ? "null" : pick(random, column.constants);
    default: return pick(random, column.constants);
  }
}

std::string general_text(RandomStream& random, const CorpusTable& table, const CorpusColumn& column) {
  const std::string& other = table.columns[random.below(table.columns.size())].name;
  switch (random.below(6)) {
    case 0: return "? > " + other;
    case 1: return other;
    case 2: return "not(" + other + ")";
    case 3: return "[" + pick(random, column.constants) + ", " + pick(random, column.constants) + "]";
    case 4: return "if ? = null then true else ? != " + pick(random, column.constants);
    default: return "string(?) = string(" + other + "), " + pick(random, column.constants);
  }
}

std::string cell_text(RandomStream& random, const CorpusTable& table, const CorpusColumn& column, bool plain) {
  if (plain && random.below(6) != 0) return pick(random, column.constants);
  const uint64_t form = random.below(20);
  if (form < 4) return "-";
  if (form == 4) return general_text(random, table, column);
  if (form == 5) return random.below(2) == 0 ? "" : "null";
  const size_t tests = random.below(3) == 0 ? 1 + random.below(4) : 1;
  std::string text;
  for (size_t i = 0; i < tests; ++i) text += (i == 0 ? "" : ", ") + test_text(random, column);
  if (form < 9) return random.below(8) == 0 ? "not(null)" : "not(" + text + ")";
  return text;
}

// --- tables

void add_columns(RandomStream& random, CorpusTable& table) {
  static constexpr std::string_view kTypes[] = {"number",
                                                "number",
                                                "string",
                                                "string",
                                                "boolean",
                                                "date",
                                                "time",
                                                "date and time",
                                                "years and months duration",
                                                "days and time duration"};
  const size_t columns = 1 + random.below(5);
  for (size_t c = 0; c < columns; ++c) {
    CorpusColumn& column = table.columns.emplace_back();
    column.name = std::string(1, static_cast<char>('p' + c)) + (random.below(2) == 0 ? " of it" : "");
    column.type = pick(random, kTypes);
    column.declared = random.below(3) != 0;
    column.declared_on_input = random.below(4) == 0;
    const size_t constants = 2 + random.below(random.below(4) == 0 ? 30 : 6);
    for (size_t i = 0; i < constants; ++i) column.constants.push_back(constant(random, column.type));
    if (random.below(5) == 0) {
      for (size_t i = 0; i < 3; ++i) column.allowed += (i == 0 ? "" : ", ") + test_text(random, column);
    }
  }
}

void add_outputs(RandomStream& random, CorpusTable& table) {
  const bool aggregated = table.hit_policy.starts_with("COLLECT ");
  const size_t outputs = aggregated || random.below(2) == 0 ? 1 : 2 + random.below(2);
  for (size_t o = 0; o < outputs; ++o) {
    CorpusOutput& output = table.outputs.emplace_back();
    if (outputs > 1 || random.below(2) == 0) output.name = "out " + std::to_string(o);
    if (random.below(3) == 0) output.type = "number";
    if (random.below(4) == 0) output.otherwise = random.below(3) == 0 ? "null" : "-1.50";
    if (random.below(2) == 0) output.values = "3, 7.5, 1, \"x\", 2";
  }
}

CorpusTable corpus_table(uint64_t seed, uint64_t number) {
  RandomStream random(Random(seed), 1, number);
  CorpusTable table;
  table.hit_policy = kPolicies[number % std::size(kPolicies)];
  add_columns(random, table);
  add_outputs(random, table);
  const bool plain = random.below(3) == 0;  // equalities, for the hash
  const size_t rules = random.below(25) == 0 ? 100 + random.below(1200) : random.below(14);
  for (size_t r = 0; r < rules; ++r) {
    Strings& cells = table.cells.emplace_back();
    for (const CorpusColumn& column : table.columns) cells.push_back(cell_text(random, table, column, plain));
    static constexpr std::string_view kEntries[] = {"1", "2", "3", "3", "7.5", "\"x\"", "null", "0.1 + 0.2"};
    Strings& entries = table.entries.emplace_back();
    for (size_t o = 0; o < table.outputs.size(); ++o) {
      entries.push_back(random.below(12) == 0 ? table.columns[0].name : pick(random, kEntries));
    }
  }
  return table;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '&': out += "&amp;"; break;
      case '\'': out += "&apos;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string attribute(const char* name, const std::string& value) {
  return value.empty() ? "" : std::string(" ") + name + "='" + escaped(value) + "'";
}

std::string element(const char* tag, const std::string& text) {
  return std::string("<") + tag + "><text>" + escaped(text) + "</text></" + tag + ">";
}

std::string xml_of(const CorpusTable& table) {
  std::string out =
      R"(<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="m" id="m">)";
  std::string needs;
  std::string inputs;
  for (size_t c = 0; c < table.columns.size(); ++c) {
    const CorpusColumn& column = table.columns[c];
    const std::string id = "i" + std::to_string(c);
    out += "<inputData id='" + id + "' name='" + column.name + "'><variable name='" + column.name + "'" +
           attribute("typeRef", column.declared ? column.type : "") + "/></inputData>";
    needs += "<informationRequirement><requiredInput href='#" + id + "'/></informationRequirement>";
    inputs += "<input><inputExpression" + attribute("typeRef", column.declared_on_input ? column.type : "") +
              "><text>" + column.name + "</text></inputExpression>" +
              (column.allowed.empty() ? "" : element("inputValues", column.allowed)) + "</input>";
  }
  const size_t space = table.hit_policy.starts_with("COLLECT ") ? 7 : std::string::npos;
  out += "<decision id='d' name='D'><variable name='D'/>" + needs + "<decisionTable id='t'" +
         attribute("hitPolicy", table.hit_policy.substr(0, space)) +
         (space == std::string::npos ? "" : attribute("aggregation", table.hit_policy.substr(space + 1))) + ">" +
         inputs;
  for (const CorpusOutput& output : table.outputs) {
    out += "<output" + attribute("name", output.name) + attribute("typeRef", output.type) + ">" +
           (output.values.empty() ? "" : element("outputValues", output.values)) +
           (output.otherwise.empty() ? "" : element("defaultOutputEntry", output.otherwise)) + "</output>";
  }
  for (size_t r = 0; r < table.cells.size(); ++r) {
    out += "<rule id='r" + std::to_string(r) + "'>";
    for (const std::string& cell : table.cells[r]) out += element("inputEntry", cell);
    for (const std::string& entry : table.entries[r]) out += element("outputEntry", entry);
    out += "</rule>";
  }
  return out + "</decisionTable></decision></definitions>";
}

// --- the reference

struct Answer {
  Value value;
  std::vector<uint32_t> hits;
};

class Reference {
 public:
  explicit Reference(const CorpusTable& table) : table_(table) {
    for (const CorpusColumn& column : table.columns) {
      const feel::Type* type = column.declared ? type_named(column.type) : unit_.types.any();
      types_.push_back(type);
      scope_.declare(unit_.make_symbol(feel::normalized_name(column.name), type, globals_));
    }
    for (size_t c = 0; c < table.columns.size(); ++c) {
      allowed_.push_back(table.columns[c].allowed.empty() ? Code{} : tests_of(table.columns[c].allowed));
    }
    for (size_t r = 0; r < table.cells.size(); ++r) {
      for (size_t c = 0; c < table.columns.size(); ++c) cells_.push_back(tests_of(table.cells[r][c]));
      for (size_t o = 0; o < table.outputs.size(); ++o) entries_.push_back(expression_of(table.entries[r][o]));
    }
    for (const CorpusOutput& output : table.outputs) {
      defaults_.push_back(output.otherwise.empty() ? Code{} : expression_of(output.otherwise));
      order_.push_back(output.values.empty() ? Code{} : expression_of("[" + output.values + "]"));
    }
  }

  Answer answer(std::span<const Value> inputs, feel::Arena& arena) const {
    feel::Run run(arena, 256);
    run.begin({});
    std::vector<Value> values;
    for (size_t c = 0; c < inputs.size(); ++c) values.push_back(fitted(inputs[c], *types_[c], run));
    run.globals = values.data();
    std::vector<Value> asked = values;
    for (size_t c = 0; c < asked.size(); ++c) {
      if (table_.columns[c].declared_on_input) asked[c] = fitted(asked[c], *type_named(table_.columns[c].type), run);
      if (allowed_[c].node && !asked[c].is_null() && !test(allowed_[c], asked[c], run)) return {};
    }
    Answer answer;
    std::vector<size_t> matched;
    for (size_t r = 0; r < table_.cells.size(); ++r) {
      bool holds = true;
      for (size_t c = 0; holds && c < asked.size(); ++c) holds = test(cells_[r * asked.size() + c], asked[c], run);
      if (holds) matched.push_back(r);
    }
    if (table_.hit_policy == "FIRST" && matched.size() > 1) matched.resize(1);
    if (table_.hit_policy == "PRIORITY" && !matched.empty()) matched = {by_priority(matched, run)[0]};
    for (const size_t rule : matched) answer.hits.push_back(static_cast<uint32_t>(rule));
    answer.value = matched.empty() ? nothing(run) : yield(matched, run);
    return answer;
  }

 private:
  struct Code {
    feel::NodePtr node;
    uint32_t slots = 0;
  };

  const feel::Type* type_named(const std::string& name) const {
    return feel::parse_type(name, const_cast<feel::Unit&>(unit_));
  }
  Code tests_of(const std::string& text) {
    feel::Layout layout;
    const feel::Symbol* tested = unit_.make_symbol("?", unit_.types.any(), layout);
    const auto parsed = feel::parse_unary_tests({.text = text.empty() ? "-" : text}, unit_, scope_, layout, *tested);
    EXPECT_TRUE(parsed.has_value()) << text << ": " << parsed.error().text();
    Code code;
    code.node = feel::compile(*parsed->expr, unit_, layout);
    code.slots = layout.slots;
    return code;
  }
  Code expression_of(const std::string& text) {
    feel::Layout layout;
    const auto parsed = feel::parse_expression({.text = text}, unit_, scope_, layout);
    EXPECT_TRUE(parsed.has_value()) << text << ": " << parsed.error().text();
    Code code;
    code.node = feel::compile(*parsed->expr, unit_, layout);
    code.slots = layout.slots;
    return code;
  }
  static bool test(const Code& code, const Value& value, feel::Run& run) {
    std::vector<Value> slots(code.slots);
    slots[0] = value;
    feel::Frame frame{run, slots.data(), nullptr};
    return code.node->eval(frame).is_true();
  }
  static Value evaluate(const Code& code, feel::Run& run) { return feel::evaluate(run, *code.node, code.slots); }
  // As the type has it, or null.
  static Value fitted(const Value& value, const feel::Type& type, feel::Run& run) {
    if (type.any || feel::conforms(value, type)) return value;
    return feel::coerce(value, type, run, {}).value_or(Value::null());
  }

  Value entry(size_t rule, size_t output, feel::Run& run) const {
    const Value value = evaluate(entries_[rule * table_.outputs.size() + output], run);
    const std::string& type = table_.outputs[output].type;
    return type.empty() ? value : fitted(value, *type_named(type), run);
  }
  Value row(size_t rule, feel::Run& run) const {
    if (table_.outputs.size() == 1) return entry(rule, 0, run);
    std::vector<feel::Entry> entries;
    for (size_t o = 0; o < table_.outputs.size(); ++o) entries.push_back({table_.outputs[o].name, entry(rule, o, run)});
    return run.context(entries, {});
  }
  Value rows(std::span<const size_t> rules, feel::Run& run) const {
    std::vector<Value> items;
    for (const size_t rule : rules) items.push_back(row(rule, run));
    return run.list(items, {});
  }
  // The place of each output in its list of values; what is not listed comes last; then the rule's own place.
  std::vector<size_t> by_priority(const std::vector<size_t>& matched, feel::Run& run) const {
    std::vector<std::vector<size_t>> ranked;
    for (const size_t rule : matched) {
      std::vector<size_t>& rank = ranked.emplace_back();
      for (size_t o = 0; o < table_.outputs.size(); ++o) {
        if (!order_[o].node) continue;
        const Value listed = evaluate(order_[o], run);
        const Value value = entry(rule, o, run);
        size_t place = 0;
        while (place < listed.as_list().size() && !identical(listed.as_list()[place], value)) ++place;
        rank.push_back(place);
      }
      rank.push_back(rule);
    }
    std::ranges::sort(ranked);
    std::vector<size_t> rules;
    for (const auto& rank : ranked) rules.push_back(rank.back());
    return rules;
  }
  Value yield(const std::vector<size_t>& matched, feel::Run& run) const {
    const std::string& policy = table_.hit_policy;
    if (policy == "UNIQUE") return matched.size() == 1 ? row(matched[0], run) : Value::null();
    if (policy == "FIRST" || policy == "PRIORITY") return row(matched[0], run);
    if (policy == "ANY") {
      for (const size_t rule : matched) {
        if (!identical(row(rule, run), row(matched[0], run))) return Value::null();
      }
      return row(matched[0], run);
    }
    if (policy == "RULE ORDER" || policy == "COLLECT") return rows(matched, run);
    if (policy == "OUTPUT ORDER") return rows(by_priority(matched, run), run);
    if (policy == "COLLECT COUNT") return Value::number(static_cast<int64_t>(matched.size()));
    Value result = entry(matched[0], 0, run);
    for (size_t i = 1; i < matched.size(); ++i) {
      const Value next = entry(matched[i], 0, run);
      if (policy == "COLLECT SUM") {
        result = feel::apply(feel::Arithmetic::add, result, next, run, {});
        continue;
      }
      const auto found = feel::order(next, result);
      if (!found) return Value::null();
      if (policy == "COLLECT MIN" ? *found < 0 : *found > 0) result = next;
    }
    return result;
  }
  Value nothing(feel::Run& run) const {
    std::vector<feel::Entry> entries;
    bool any = false;
    for (size_t o = 0; o < table_.outputs.size(); ++o) {
      any = any || defaults_[o].node != nullptr;
      entries.push_back({table_.outputs[o].name, defaults_[o].node ? evaluate(defaults_[o], run) : Value::null()});
    }
    if (any) return entries.size() == 1 ? entries[0].value : run.context(entries, {});
    const std::string& policy = table_.hit_policy;
    if (policy == "COLLECT" || policy == "RULE ORDER" || policy == "OUTPUT ORDER") return Value::list({});
    return policy == "COLLECT COUNT" ? Value::number(0) : Value::null();
  }

  const CorpusTable& table_;
  mutable feel::Unit unit_;
  feel::Layout globals_{.is_global = true};
  feel::Scope scope_;
  std::vector<const feel::Type*> types_;
  std::vector<Code> allowed_;
  std::vector<Code> cells_;
  std::vector<Code> entries_;
  std::vector<Code> defaults_;
  std::vector<Code> order_;
};

// --- rows

// The constants of each column as values, and what lies close to them.
class Rows {
 public:
  explicit Rows(const CorpusTable& table) {
    for (const CorpusColumn& column : table.columns) {
      auto& near = near_.emplace_back();
      static constexpr std::string_view kOthers[] = {
          "null",     "5",        "\"a\"", "true", "[1]", "{a: 1}", "@\"2024-01-15\"", "@\"2024-01-15T00:00:00\"",
          "@\"P1M\"", "@\"PT1H\""};
      for (const std::string& text : column.constants) {
        near.push_back(value_of(text));
        for (const char* nudge : nudges(column.type)) near.push_back(value_of(text + nudge));
      }
      if (column.type == "string") near.push_back(value_of("\"abcdefgi\"")), near.push_back(value_of("\"A\""));
      for (const std::string_view other : kOthers) others_.push_back(value_of(std::string(other)));
    }
  }
  std::vector<Value> row(RandomStream& random) const {
    std::vector<Value> values;
    for (const auto& near : near_) {
      const uint64_t kind = random.below(20);
      values.push_back(kind == 0   ? Value::missing()
                       : kind == 1 ? others_[random.below(others_.size())]
                                   : near[random.below(near.size())]);
    }
    return values;
  }

 private:
  static std::vector<const char*> nudges(const std::string& type) {
    if (type == "number") return {" + 1", " - 1", " + 0.00000000001", " - 0.00000000001", " * -1"};
    if (type == "string") return {" + \"a\""};
    if (type == "date") return {" + @\"P1D\"", " - @\"P1D\""};
    if (type == "boolean") return {" = false"};
    if (type == "years and months duration") return {" + @\"P1M\"", " - @\"P1M\""};
    return {" + @\"PT0.000000001S\"", " - @\"PT0.000000001S\"", " + @\"PT1S\"", " - @\"PT1S\""};
  }
  Value value_of(const std::string& text) {
    feel::Layout layout;
    const feel::Scope scope;
    const auto parsed = feel::parse_expression({.text = text}, unit_, scope, layout);
    EXPECT_TRUE(parsed.has_value()) << text;
    feel::Run run(unit_.constants, 64);
    run.begin({});
    return feel::evaluate(run, *nodes_.emplace_back(feel::compile(*parsed->expr, unit_, layout)), layout.slots);
  }

  feel::Unit unit_;
  std::vector<feel::NodePtr> nodes_;
  std::vector<std::vector<Value>> near_;
  std::vector<Value> others_;
};

std::string causes_of(const Value& value) {
  return value.is_null() ? std::string(value.cause().message) : std::string();
}

uint64_t number_from(const char* variable, uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::vector<Policy> every_way(const std::string& xml, std::map<std::string, size_t>& ways) {
  using Strategy = CompileOptions::TableStrategy;
  const static NoFunctions kHost;
  std::vector<Policy> policies;
  for (const auto strategy : {Strategy::scan, Strategy::index, Strategy::hash, Strategy::automatic}) {
    CompileOptions options;
    options.table_strategy = strategy;
    auto policy = Policy::compile(xml, kHost, options);
    EXPECT_TRUE(policy.has_value()) << policy.error().text() << "\n" << xml;
    if (!policy) return {};
    ++ways[policy->tables()[0].strategy];
    policies.push_back(*std::move(policy));
  }
  return policies;
}

TEST(TableCorpus, EveryWayOfFindingRulesAnswersAsThePlainReferenceDoes) {
  const uint64_t rows_wanted = number_from("PUHUI_CORPUS_ROWS", 25'000);
  const uint64_t seed = number_from("PUHUI_CORPUS_SEED", 20261122);
  const uint64_t rows_a_table = rows_wanted > 1'000'000 ? 300 : 40;
  std::map<std::string, size_t> ways;
  size_t matched = 0;
  size_t nulls = 0;
  Scratch scratch;
  for (uint64_t t = 0; t < (rows_wanted + rows_a_table - 1) / rows_a_table; ++t) {
    const CorpusTable table = corpus_table(seed, t);
    const std::string xml = xml_of(table);
    const std::vector<Policy> policies = every_way(xml, ways);
    ASSERT_FALSE(policies.empty());
    const Reference reference(table);
    const Rows rows(table);
    std::vector<size_t> place;
    for (const CorpusColumn& column : table.columns) place.push_back(*policies[0].input(column.name));
    for (uint64_t r = 0; r < rows_a_table; ++r) {
      RandomStream random(Random(seed), 2, t * rows_a_table + r);
      const std::vector<Value> row = rows.row(random);
      std::vector<Value> inputs(row.size());
      for (size_t c = 0; c < row.size(); ++c) inputs[place[c]] = row[c];
      feel::Arena arena;
      const Answer expected = reference.answer(row, arena);
      const std::string expected_text = text_of(expected.value);
      matched += expected.hits.empty() ? 0 : 1;
      nulls += expected.value.is_null() ? 1 : 0;
      std::string cause;
      for (size_t p = 0; p < policies.size(); ++p) {
        Trace trace;
        const Value came = policies[p].evaluate_one(0, inputs, scratch, &trace);
        const auto where = [&] {
          return "seed " + std::to_string(seed) + ", table " + std::to_string(t) + ", row " + std::to_string(r) +
                 ", inputs " + text_of(Value::list(row)) + ", by " + policies[p].tables()[0].strategy + "\n" + xml;
        };
        ASSERT_EQ(text_of(came), expected_text) << where();
        ASSERT_EQ(trace.hits, expected.hits) << where();
        if (p == 0) cause = causes_of(came);
        ASSERT_EQ(causes_of(came), cause) << where();
      }
    }
  }
  // The corpus is worth its name: every way is taken, rules match, and some answers are null.
  for (const char* way : {"scan", "index", "hash"}) EXPECT_GT(ways[way], 0u) << way;
  EXPECT_GT(matched, rows_wanted / 10);
  EXPECT_GT(nulls, rows_wanted / 100);
  RecordProperty("matched", static_cast<int>(matched));
  RecordProperty("nulls", static_cast<int>(nulls));
}

}  // namespace
}  // namespace puhui::dmn
