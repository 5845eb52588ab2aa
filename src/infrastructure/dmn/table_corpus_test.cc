// Our own table corpus: tables made from a seed, of every hit policy, aggregation and type of input, asked for rows around
// the ends of their cells. The compiled table by scan, index and hash, row by row and in a batch, must say, to the byte
// and with the same trace, what a plain reference says that reads every cell with FEEL's ordinary parser and nodes.
//   PUHUI_CORPUS_ROWS=5000000 for a long run, PUHUI_CORPUS_SEED for another.
#include "infrastructure/dmn/table_corpus.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <map>

#include "ground/base/random.h"
#include "infrastructure/dmn/batch.h"
#include "infrastructure/dmn/policy.h"
#include "infrastructure/feel/compile.h"
#include "infrastructure/feel/operators.h"
#include "infrastructure/feel/parser.h"

namespace puhui::dmn {
namespace {

using feel::Kind;
using feel::Value;

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

struct Said {
  std::string value;
  std::string cause;  // of a null
  std::vector<uint32_t> hits;
  bool operator==(const Said&) const = default;
};
Said said(const Value& value, std::span<const uint32_t> hits) {
  return {text_of(value), value.is_null() ? std::string(value.cause().message) : "", {hits.begin(), hits.end()}};
}
void PrintTo(const Said& what, std::ostream* out) {
  *out << what.value << " (" << what.cause << ") by rules " << ::testing::PrintToString(what.hits);
}

// All rows at once, column by column, against what each said alone.
void expect_same_in_a_batch(const Policy& policy, const std::vector<std::vector<Value>>& rows,
                            const std::vector<Said>& alone, const std::function<std::string(size_t)>& where) {
  std::vector<std::vector<Value>> columns(policy.inputs().size());
  for (const auto& row : rows) {
    for (size_t c = 0; c < row.size(); ++c) columns[c].push_back(row[c]);
  }
  const std::vector<std::span<const Value>> views(columns.begin(), columns.end());
  Batch batch(policy, {.decisions = {0}, .row_hits = BatchOptions::RowHits::kept});
  batch.evaluate(views, rows.size());
  for (size_t r = 0; r < rows.size(); ++r) {
    ASSERT_EQ(said(batch.values(0)[r], batch.row_hits(r)), alone[r]) << "in a batch, " << where(r);
  }
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
    std::vector<std::vector<Value>> asked;
    std::vector<Said> alone;
    const auto where = [&](size_t r) {
      return "seed " + std::to_string(seed) + ", table " + std::to_string(t) + ", row " + std::to_string(r) +
             ", inputs " + text_of(Value::list(asked[r])) + "\n" + xml;
    };
    for (uint64_t r = 0; r < rows_a_table; ++r) {
      RandomStream random(Random(seed), 2, t * rows_a_table + r);
      const std::vector<Value> row = rows.row(random);
      std::vector<Value>& inputs = asked.emplace_back(row.size());
      for (size_t c = 0; c < row.size(); ++c) inputs[place[c]] = row[c];
      feel::Arena arena;
      const Answer expected = reference.answer(row, arena);
      const std::string expected_text = text_of(expected.value);
      matched += expected.hits.empty() ? 0 : 1;
      nulls += expected.value.is_null() ? 1 : 0;
      for (const Policy& policy : policies) {
        const std::string& way = policy.tables()[0].strategy;
        Trace trace;
        const Value value = policy.evaluate_one(0, inputs, scratch, &trace);
        const Said came = said(value, trace.hits);
        ASSERT_EQ(came.value, expected_text) << way << ", " << where(r);
        ASSERT_EQ(came.hits, expected.hits) << way << ", " << where(r);
        if (&policy == &policies[0]) alone.push_back(came);
        ASSERT_EQ(came.cause, alone[r].cause) << way << ", " << where(r);
      }
    }
    for (const Policy& policy : policies) expect_same_in_a_batch(policy, asked, alone, where);
    if (HasFatalFailure()) return;
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
