// The JSON door against the way round it: parse_json, from_json, Policy::evaluate, to_json, print_json.
#include "infrastructure/dmn/json_door.h"

#include <gtest/gtest.h>

#include "ground/base/random.h"
#include "infrastructure/feel/run.h"
#include "infrastructure/feel/type.h"

namespace puhui::dmn {
namespace {

using feel::Kind;
using feel::Value;

const NoFunctions kNone;

// Answers what it was given.
const Policy& echo() {
  static const Policy policy = [] {
    std::string inputs, needs, entries;
    for (const auto& [name, type] : {std::pair("x", "Any"),
                                     {"n", "number"},
                                     {"s", "string"},
                                     {"d", "date"},
                                     {"t", "date and time"},
                                     {"l", "tNumbers"},
                                     {"c", "tLoan"},
                                     {"two words", "boolean"}}) {
      const std::string id = "i" + std::to_string(inputs.size());
      inputs += "<inputData id='" + id + "' name='" + name + "'><variable name='" + name + "' typeRef='" + type +
                "'/></inputData>";
      needs += "<informationRequirement><requiredInput href='#" + id + "'/></informationRequirement>";
      entries += (entries.empty() ? "" : ", ") + std::string("\"") + name + "\": " + name;
    }
    auto made = Policy::compile(
        "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' namespace='m' id='m'>"
        "<itemDefinition name='tNumbers' isCollection='true'><typeRef>number</typeRef></itemDefinition>"
        "<itemDefinition name='tLoan'><itemComponent name='amount'><typeRef>number</typeRef></itemComponent>"
        "<itemComponent name='since'><typeRef>date</typeRef></itemComponent></itemDefinition>" +
            inputs + "<decision id='e' name='Echo'><variable name='Echo'/>" + needs + "<literalExpression><text>{" +
            entries +
            "}</text></literalExpression></decision>"
            "<decision id='r' name='Rules'><variable name='Rules'/>" +
            needs +
            "<decisionTable hitPolicy='COLLECT'><input><inputExpression><text>n</text></inputExpression></input>"
            "<output/><rule id='low'><inputEntry><text>&lt; "
            "10</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>"
            "<rule id='any'><inputEntry><text>-</text></inputEntry><outputEntry><text>2</text></outputEntry></rule>"
            "</decisionTable></decision></definitions>",
        kNone);
    EXPECT_TRUE(made.has_value()) << made.error().text();
    return *std::move(made);
  }();
  return policy;
}

std::string through(std::string_view json, const JsonDoorOptions& options = {}) {
  const JsonDoor door(echo(), options);
  Scratch scratch;
  std::string out;
  const auto done = door.evaluate(json, out, scratch);
  return done ? out : "fault: " + done.error().text();
}

// Converts by the declared type as the door promises to; nullopt where it must refuse.
std::optional<Value> typed(const Json& json, const feel::Type& type, feel::Run& run) {
  if (const Json::List* list = json.list()) {
    std::vector<Value> items;
    const feel::Type* item = type.is(Kind::list) ? type.element : &type;
    for (const Json& one : *list) {
      const auto value = item == nullptr ? typed(one, feel::Type(), run) : typed(one, *item, run);
      if (!value) return std::nullopt;
      items.push_back(*value);
    }
    return run.list(items, {});
  }
  const feel::Type* one = type.is(Kind::list) && type.element != nullptr ? type.element : &type;
  if (const Json::Object* object = json.object()) {
    std::vector<feel::Entry> entries;
    for (const auto& [name, member] : *object) {
      const feel::Type::Field* field = one->is(Kind::context) ? one->field(name) : nullptr;
      const auto value = typed(member, field == nullptr ? feel::Type() : *field->type, run);
      if (!value) return std::nullopt;
      entries.push_back({run.arena.copy(name), *value});
    }
    return run.context(entries, {});
  }
  if (json.number() != nullptr && !feel::Decimal::parse(json.number()->text)) return std::nullopt;
  const std::string* text = json.text();
  if (text != nullptr && one->is(Kind::date)) {
    const auto date = feel::parse_date(*text);
    return date ? std::optional(Value::date(*date)) : std::nullopt;
  }
  if (text != nullptr && one->is(Kind::date_time)) {
    if (const auto date = feel::parse_date(*text)) return Value::date(*date);
    const auto at = feel::parse_date_time(*text);
    return at ? std::optional(Value::date_time(*at)) : std::nullopt;
  }
  return from_json(json, run.arena);
}

// "" when the text must be refused.
std::string reference(std::string_view text, std::span<const feel::Type* const> types) {
  const auto json = parse_json(text);
  if (!json || json->object() == nullptr) return "";
  Scratch scratch;
  scratch.begin();
  feel::Run run(scratch.arena());
  run.begin({});
  std::vector<Value> inputs(echo().inputs().size(), Value::missing());
  for (const auto& [name, member] : *json->object()) {
    const auto at = echo().input(name);
    if (!at) return "";
    const auto value = typed(member, *types[*at], run);
    if (!value || !coerce(*value, *types[*at], run, {})) return "";
    inputs[*at] = *value;
  }
  const auto values = echo().evaluate(inputs, scratch);
  Json out;
  for (size_t d = 0; d < values.size(); ++d) out.set(echo().decisions()[d].name, to_json(values[d]));
  return print_json(out);
}

TEST(JsonDoor, ReadsByNameAndPrintsWhatToJsonPrints) {
  EXPECT_EQ(
      through(R"( {"n": 1.50, "two words": true, "s": "a\"b\\\u00e9\n"} )"),
      R"({"Echo":{"x":null,"n":1.5,"s":"a\"b\\é\n","d":null,"t":null,"l":null,"c":null,"two words":true},"Rules":[1,2]})");
  EXPECT_EQ(through(R"({"d":"2024-02-29","t":"2024-02-29T10:00:00Z","l":7,"c":{"amount":0.1,"since":"2020-01-01"}})"),
            R"({"Echo":{"x":null,"n":null,"s":null,"d":"2024-02-29","t":"2024-02-29T10:00:00Z","l":[7],)"
            R"("c":{"amount":0.1,"since":"2020-01-01"},"two words":null},"Rules":[2]})");
  EXPECT_EQ(
      through(R"({"n":12345678901234567890.12345678901234})", {.decisions = {0}}),
      R"({"Echo":{"x":null,"n":12345678901234567890.12345678901234,"s":null,"d":null,"t":null,"l":null,"c":null,"two words":null}})");
}

TEST(JsonDoor, NamesTheRulesHit) {
  EXPECT_EQ(through(R"({"n":3})", {.decisions = {1}, .output = JsonDoorOptions::Output::values_and_rules}),
            R"({"outputs":{"Rules":[1,2]},"rules":["low","any"]})");
}

TEST(JsonDoor, ReportsEveryFaultWithItsPath) {
  EXPECT_EQ(through(R"({"n":"much","who":1,"c":{"amount":1,"since":"yesterday"},"n":2})"),
            "fault: invalid: n: expected number, came string; who: is no input of this policy; "
            "c/since: expected a text that is a date, came another; n: expected each input once, came twice");
  EXPECT_EQ(through("{\"n\":\n 01}"), "fault: invalid: line 2, column 3: expected JSON: ',' or '}'");
  EXPECT_EQ(through("[1]"), "fault: invalid: line 1, column 1: expected JSON: an object");
  EXPECT_EQ(through(R"({"n":1e9999})"),
            "fault: invalid: n: expected a number between -10^6145 and 10^6145, came one beyond");
  EXPECT_NE(through("{\"x\":" + std::string(64, '[') + std::string(64, ']') + "}").find("fault"), std::string::npos);
  EXPECT_EQ(through("{\"x\":" + std::string(63, '[') + std::string(63, ']') + "}").find("fault"), std::string::npos);
}

// A random JSON text, mostly of the inputs' shapes.
std::string random_value(RandomStream& random, int depth) {
  static constexpr const char* kScalars[] = {"null",
                                             "true",
                                             "false",
                                             "0",
                                             "-0",
                                             "1",
                                             "-12.50",
                                             "1e3",
                                             "1E-3",
                                             "0.00010",
                                             "123456789012345678",
                                             "1234567890123456789",
                                             "99999999999999999999999999999999999999",
                                             "1e6144",
                                             "1e6145",
                                             "1.5e+2",
                                             "\"\"",
                                             "\"a\"",
                                             "\"2024-02-29\"",
                                             "\"2024-02-29T10:00:00Z\"",
                                             "\"\\u00e9\\ud83d\\ude00\\n\\/\"",
                                             "\"\xC3\xA9\"",
                                             "\"a longer text \\\\ with more\""};
  const uint64_t kind = depth == 0 ? 0 : random.below(6);
  if (kind <= 3) return kScalars[random.below(std::size(kScalars))];
  std::string out(1, kind == 4 ? '[' : '{');
  for (uint64_t i = random.below(4); i > 0; --i) {
    if (kind == 5) out += "\"" + std::string(i == 1 ? "amount" : i == 2 ? "since" : "z") + "\" :";
    out += random_value(random, depth - 1) + (i > 1 ? ", " : "");
  }
  return out + (kind == 4 ? "]" : "}");
}

std::string random_text(RandomStream& random) {
  std::string out = "{";
  for (uint64_t i = random.below(5); i > 0; --i) {
    const auto inputs = echo().inputs();
    out += "\"" + inputs[random.below(inputs.size())].name + "\": " + random_value(random, 3) + (i > 1 ? "," : "");
  }
  out += "}";
  static constexpr std::string_view kBytes = "{}[]\",:\\u0019.eE+- \n\t\x01\x7F\x80\xC3\xED\xA0tfn";
  for (uint64_t i = random.below(3); i > 0; --i) {
    const size_t at = random.below(out.size() + 1);
    if (random.below(2) == 0 && at < out.size())
      out.erase(at, 1);
    else
      out.insert(at, 1, kBytes[random.below(kBytes.size())]);
  }
  return out;
}

TEST(JsonDoor, AgreesWithTheLongWayRoundOnRandomTexts) {
  feel::Types basic;
  feel::Type loan{.any = false,
                  .kind = Kind::context,
                  .fields = {{"amount", basic.of(Kind::number)}, {"since", basic.of(Kind::date)}}};
  const std::map<std::string, const feel::Type*> declared{{"x", basic.any()},
                                                          {"n", basic.of(Kind::number)},
                                                          {"s", basic.of(Kind::string)},
                                                          {"d", basic.of(Kind::date)},
                                                          {"t", basic.of(Kind::date_time)},
                                                          {"l", basic.list_of(basic.of(Kind::number))},
                                                          {"c", &loan},
                                                          {"two words", basic.of(Kind::boolean)}};
  std::vector<const feel::Type*> types;
  for (const Variable& input : echo().inputs()) types.push_back(declared.at(input.name));
  const Random seed(7);
  int taken = 0;
  for (uint64_t round = 0; round < 20'000; ++round) {
    RandomStream random(seed, 0, round);
    const std::string text = random_text(random);
    const std::string expected = reference(text, types);
    const std::string came = through(text);
    taken += expected.empty() ? 0 : 1;
    if (expected.empty())
      ASSERT_TRUE(came.starts_with("fault: ")) << "round " << round << ": " << text << "\n" << came;
    else
      ASSERT_EQ(came, expected) << "round " << round << ": " << text;
  }
  EXPECT_GT(taken, 2'000);
}

}  // namespace
}  // namespace puhui::dmn
