// The table of the policy bench: 30 rules × 8 inputs × 4 outputs, FIRST. Written out as DMN for us, as a JDM graph for
// the peer, and judged by a plain loop over integers that knows neither.
#pragma once

#include "ground/base/json.h"
#include "infrastructure/dmn/policy_bench_application.h"

namespace puhui::dmn::bench {

constexpr size_t kRules = 30;
// age, amount, employment, existing, income, months on book, product, region
constexpr std::array<size_t, 8> kTableInputs{0, 1, 4, 5, 6, 8, 9, 10};
constexpr std::array<std::string_view, 4> kOutputNames{"grade", "limit", "rate", "reason"};

struct TableCell {
  enum class Kind { any, less, at_least, range, texts, boolean } kind = Kind::any;
  int64_t low = 0;  // in hundredths
  int64_t high = 0;
  std::vector<size_t> texts;  // allowed ones
  bool boolean = false;
};

class BenchTable {
 public:
  explicit BenchTable(uint64_t seed) {
    for (size_t r = 0; r < kRules; ++r) {
      RandomStream random(Random(seed), 1, r);
      for (size_t c = 0; c < kTableInputs.size(); ++c)
        cells_[r][c] = make_cell(random, kTableInputs[c], r + 1 == kRules);
    }
  }

  // The first rule that matches; the last one always does.
  size_t rule_for(const Application& a) const {
    for (size_t r = 0; r < kRules; ++r) {
      bool all = true;
      for (size_t c = 0; c < kTableInputs.size() && all; ++c) all = matches(cells_[r][c], a, kTableInputs[c]);
      if (all) return r;
    }
    return kRules;
  }
  // As JSON text by kOutputNames.
  static std::string output(size_t rule, size_t o) {
    switch (o) {
      case 0: return "\"G" + std::to_string(rule % 7) + "\"";
      case 1: return std::to_string(1000 * (rule + 1));
      case 2: return std::to_string(3 + rule / 4) + "." + std::to_string(1 + rule % 9);
      default: return "\"rule " + std::to_string(rule + 1) + " of the table\"";
    }
  }

  std::string dmn() const {
    std::string xml =
        "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='bench' namespace='b' id='b'>";
    xml += input_data(kTableInputs) + "<decision id='d' name='Grade'><variable name='Grade'/>";
    std::string columns;
    for (const size_t i : kTableInputs) {
      const std::string name(kInputNames[i]);
      xml += "<informationRequirement><requiredInput href='#" + id_of(name) + "'/></informationRequirement>";
      columns += "<input id='c_" + id_of(name) + "'><inputExpression typeRef='" + std::string(type_of(i)) + "'><text>" +
                 name + "</text></inputExpression></input>";
    }
    for (size_t o = 0; o < kOutputNames.size(); ++o) {
      columns += "<output name='" + std::string(kOutputNames[o]) + "' typeRef='" +
                 (o == 1 || o == 2 ? "number" : "string") + "'/>";
    }
    xml += "<decisionTable id='t' hitPolicy='FIRST'>" + columns;
    for (size_t r = 0; r < kRules; ++r) {
      xml += "<rule id='r" + std::to_string(r + 1) + "'>";
      for (size_t c = 0; c < kTableInputs.size(); ++c) {
        std::string cell = text_of(cells_[r][c], kTableInputs[c]);
        if (cell.starts_with("<")) cell = "&lt;" + cell.substr(1);
        xml += "<inputEntry><text>" + (cell.empty() ? "-" : cell) + "</text></inputEntry>";
      }
      for (size_t o = 0; o < kOutputNames.size(); ++o) {
        xml += "<outputEntry><text>" + output(r, o) + "</text></outputEntry>";
      }
      xml += "</rule>\n";
    }
    return xml + "</decisionTable></decision></definitions>";
  }

  // The same as a JDM graph: request → table → response. Names have no spaces there.
  std::string jdm() const {
    Json inputs, outputs, rules;
    for (const size_t i : kTableInputs) {
      const std::string name = id_of(kInputNames[i]);
      inputs.push(Json::Object{{"id", name}, {"name", name}, {"field", name}});
    }
    for (const std::string_view name : kOutputNames) {
      outputs.push(Json::Object{{"id", name}, {"name", name}, {"field", name}});
    }
    for (size_t r = 0; r < kRules; ++r) {
      Json rule = Json::Object{{"_id", "r" + std::to_string(r + 1)}};
      for (size_t c = 0; c < kTableInputs.size(); ++c) {
        rule.set(id_of(kInputNames[kTableInputs[c]]), text_of(cells_[r][c], kTableInputs[c]));
      }
      for (size_t o = 0; o < kOutputNames.size(); ++o) rule.set(kOutputNames[o], output(r, o));
      rules.push(std::move(rule));
    }
    const Json table = Json::Object{{"hitPolicy", "first"}, {"inputs", inputs}, {"outputs", outputs}, {"rules", rules}};
    const Json nodes =
        Json::List{Json::Object{{"id", "in"}, {"name", "request"}, {"type", "inputNode"}},
                   Json::Object{{"id", "table"}, {"name", "grade"}, {"type", "decisionTableNode"}, {"content", table}},
                   Json::Object{{"id", "out"}, {"name", "response"}, {"type", "outputNode"}}};
    const Json edges =
        Json::List{Json::Object{{"id", "e1"}, {"type", "edge"}, {"sourceId", "in"}, {"targetId", "table"}},
                   Json::Object{{"id", "e2"}, {"type", "edge"}, {"sourceId", "table"}, {"targetId", "out"}}};
    return print_json(Json::Object{{"nodes", nodes}, {"edges", edges}});
  }

 private:
  static TableCell make_cell(RandomStream& random, size_t input, bool last) {
    TableCell cell;
    if (last || random.below(2) == 0) return cell;
    if (type_of(input) == "boolean") {
      cell.kind = TableCell::Kind::boolean;
      cell.boolean = random.below(2) == 0;
    } else if (type_of(input) == "string") {
      cell.kind = TableCell::Kind::texts;
      const size_t known = input == 4 ? kEmployments.size() : input == 9 ? kProducts.size() : kRegions.size();
      for (size_t t = 0; t < known; ++t) {
        if (random.below(2) == 0) cell.texts.push_back(t);
      }
      if (cell.texts.empty()) cell.texts.push_back(random.below(known));
    } else {
      const int64_t span = input == 0 ? 6'000 : input == 8 ? 12'000 : input == 1 ? 5'000'000 : 900'000;
      const int64_t first = static_cast<int64_t>(random.below(static_cast<uint64_t>(span)));
      const int64_t second = static_cast<int64_t>(random.below(static_cast<uint64_t>(span)));
      cell.kind = std::array{TableCell::Kind::less, TableCell::Kind::at_least, TableCell::Kind::range}[random.below(3)];
      cell.low = std::min(first, second);
      cell.high = std::max(first, second) + span / 10;
    }
    return cell;
  }

  static int64_t hundredths(const Application& a, size_t input) {
    switch (input) {
      case 0: return a.age * 100;
      case 1: return a.amount_cents;
      case 6: return a.income_cents;
      default: return a.months_on_book * 100;
    }
  }

  static bool matches(const TableCell& cell, const Application& a, size_t input) {
    const size_t text = input == 4 ? a.employment : input == 9 ? a.product : a.region;
    switch (cell.kind) {
      case TableCell::Kind::any: return true;
      case TableCell::Kind::less: return hundredths(a, input) < cell.high;
      case TableCell::Kind::at_least: return hundredths(a, input) >= cell.low;
      case TableCell::Kind::range: return cell.low <= hundredths(a, input) && hundredths(a, input) <= cell.high;
      case TableCell::Kind::texts: return std::ranges::find(cell.texts, text) != cell.texts.end();
      case TableCell::Kind::boolean: return cell.boolean == a.existing;
    }
    return false;
  }

  // The cell in the syntax FEEL and the peer share; "" for any.
  static std::string text_of(const TableCell& cell, size_t input) {
    const auto number = [](int64_t n) { return feel::Decimal::scaled(n, -2).text(); };
    switch (cell.kind) {
      case TableCell::Kind::any: return "";
      case TableCell::Kind::less: return "< " + number(cell.high);
      case TableCell::Kind::at_least: return ">= " + number(cell.low);
      case TableCell::Kind::range: return "[" + number(cell.low) + ".." + number(cell.high) + "]";
      case TableCell::Kind::boolean: return cell.boolean ? "true" : "false";
      case TableCell::Kind::texts: break;
    }
    std::string list;
    for (const size_t t : cell.texts) {
      const std::string_view text = input == 4 ? kEmployments[t] : input == 9 ? kProducts[t] : kRegions[t];
      list += (list.empty() ? "\"" : ", \"") + std::string(text) + "\"";
    }
    return list;
  }

  std::array<std::array<TableCell, kTableInputs.size()>, kRules> cells_;
};

}  // namespace puhui::dmn::bench
