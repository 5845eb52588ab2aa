// The tables of the corpus: what a seed makes of every hit policy, aggregation, type of input and form of cell.
#include "ground/base/random.h"
#include "infrastructure/dmn/table_corpus.h"

namespace puhui::dmn {
namespace {

using Strings = std::vector<std::string>;

constexpr std::string_view kPolicies[] = {"UNIQUE",      "FIRST",        "ANY",          "PRIORITY",
                                          "RULE ORDER",  "OUTPUT ORDER", "COLLECT",      "COLLECT SUM",
                                          "COLLECT MIN", "COLLECT MAX",  "COLLECT COUNT"};

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

}  // namespace

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

namespace {

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

}  // namespace

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

}  // namespace puhui::dmn
