// The applications of the policy bench: made from a seed, as plain integers for the references and as FEEL values.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/random.h"
#include "infrastructure/feel/value.h"

namespace puhui::dmn::bench {

constexpr std::array<std::string_view, 6> kRegions{"north", "south", "east", "west", "centre", "abroad"};
constexpr std::array<std::string_view, 5> kEmployments{"employed", "self-employed", "public", "retired", "none"};
constexpr std::array<std::string_view, 4> kProducts{"cash", "car", "card", "study"};

struct Application {
  int64_t age = 0;
  int64_t income_cents = 0;  // a month
  int64_t debt_cents = 0;    // paid a month
  int64_t amount_cents = 0;
  int64_t term_months = 0;
  int64_t months_on_book = 0;
  int64_t delinquencies = 0;
  int64_t index_rate_bp = 0;
  size_t region = 0;
  size_t employment = 0;
  size_t product = 0;
  bool existing = false;
};

inline Application make_application(Random seed, uint64_t row) {
  RandomStream random(seed, 0, row);
  Application made;
  made.age = 18 + static_cast<int64_t>(random.below(60));
  made.income_cents = 90'000 + static_cast<int64_t>(random.below(900'000));
  made.debt_cents = static_cast<int64_t>(random.below(200'000));
  made.amount_cents = 50'000 + static_cast<int64_t>(random.below(5'000'000));
  made.term_months = 6 + static_cast<int64_t>(random.below(55));
  made.existing = random.below(3) == 0;
  made.months_on_book = made.existing ? 1 + static_cast<int64_t>(random.below(120)) : 0;
  made.delinquencies = random.below(4) == 0 ? static_cast<int64_t>(random.below(6)) : 0;
  made.index_rate_bp = 200 + static_cast<int64_t>(random.below(150));
  made.region = random.below(kRegions.size());
  made.employment = random.below(kEmployments.size());
  made.product = random.below(kProducts.size());
  return made;
}

// Inputs by name, sorted as Policy::inputs() sorts them.
constexpr std::array<std::string_view, 12> kInputNames{
    "age",    "amount",     "debt",           "delinquencies", "employment", "existing",
    "income", "index rate", "months on book", "product",       "region",     "term"};

inline feel::Value value_of(const Application& a, size_t input) {
  using feel::Decimal;
  using feel::Value;
  const auto money = [](int64_t cents) { return Value::number(Decimal::scaled(cents, -2)); };
  switch (input) {
    case 0: return Value::number(a.age);
    case 1: return money(a.amount_cents);
    case 2: return money(a.debt_cents);
    case 3: return Value::number(a.delinquencies);
    case 4: return Value::string(kEmployments[a.employment]);
    case 5: return Value::boolean(a.existing);
    case 6: return money(a.income_cents);
    case 7: return money(a.index_rate_bp);
    case 8: return Value::number(a.months_on_book);
    case 9: return Value::string(kProducts[a.product]);
    case 10: return Value::string(kRegions[a.region]);
    default: return Value::number(a.term_months);
  }
}

// The columns of a table, or nothing: indices into kInputNames.
inline std::string json_of(const Application& a, std::span<const size_t> inputs) {
  std::string json;
  for (const size_t input : inputs) {
    json += json.empty() ? "{\"" : ",\"";
    json += std::string(kInputNames[input]) + "\":" + text_of(value_of(a, input));
  }
  return json + "}";
}

inline std::string_view type_of(size_t input) {
  return input == 5 ? "boolean" : input == 4 || input == 9 || input == 10 ? "string" : "number";
}

inline std::string id_of(std::string_view name) {
  std::string id(name);
  std::ranges::replace(id, ' ', '_');
  return id;
}

// <inputData> elements, and the requirements of a decision that reads them.
inline std::string input_data(std::span<const size_t> inputs) {
  std::string xml;
  for (const size_t i : inputs) {
    const std::string name(kInputNames[i]);
    xml += "<inputData id='" + id_of(name) + "' name='" + name + "'><variable name='" + name + "' typeRef='" +
           std::string(type_of(i)) + "'/></inputData>\n";
  }
  return xml;
}

}  // namespace puhui::dmn::bench
