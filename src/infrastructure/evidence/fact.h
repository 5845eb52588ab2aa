// Facts: what is known of an applicant, a payment, a document when a decision is taken. Numbers are exact
// decimals, so that what is stored is what was decided on, to the digit.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ground/base/bytes.h"
#include "ground/base/date.h"
#include "ground/base/json.h"
#include "ground/base/shape.h"

namespace puhui::evidence {

// coefficient · 10^-places, canonical: no trailing zero in a coefficient with places above 0.
struct Number {
  int64_t coefficient = 0;
  int8_t places = 0;
  bool operator==(const Number&) const = default;
  double as_double() const;  // correctly rounded while |coefficient| < 2^53
  std::string text() const;
  // At most 18 digits, an exponent allowed ("1e-3"); nullopt beyond that and for anything else.
  static std::optional<Number> parse(std::string_view text);
  static Number whole(int64_t value) { return {value, 0}; }
};

// Absent is a value of its own: a thin-file applicant lacks facts, and the policy must say what that means.
using FactValue = std::variant<std::monostate, bool, Number, std::string, Date>;
enum class FactType : uint8_t { boolean, number, text, date };
std::span<const std::string_view> names_of(const FactType*);

std::string text_of(const FactValue& value);  // "absent", "true", "12.5", the text, "2026-02-28"
void write(ByteWriter& to, const FactValue& value);
FactValue read_fact(ByteReader& from);

// A fact that another house is asked for before the judgement (kernel/inquiry.h); its answer is kept like any fact, so a
// replay needs nobody. Absent when nobody answered: the policy says what that means.
struct AskedFact {
  std::string model;  // the permit's federated model that reads it: "registry_pd" for "model:registry_pd"
  std::string party;  // who is asked, as the model calls it
  std::string by;     // the fact that names the subject to that party
  bool operator==(const AskedFact&) const = default;
};
void fields(Shape& shape, AskedFact& asked);

struct FactSpec {
  std::string name;
  FactType type = FactType::number;
  bool required = false;  // absent is a fault
  bool personal = false;  // masked for everybody without the right to see it
  bool sealed = false;    // sex, age, ethnicity …: never reaches policy or model; read by fairness alone
  std::string help;
  std::optional<AskedFact> asked;
  bool operator==(const FactSpec&) const = default;
};
void fields(Shape& shape, FactSpec& spec);

// The facts of one use case, in the order their values are kept.
struct FactSchema {
  std::vector<FactSpec> facts;
  bool operator==(const FactSchema&) const = default;

  std::optional<size_t> find(std::string_view name) const;
  // Types one text as this fact's type; an empty text is absent.
  Result<FactValue> parse(const FactSpec& spec, std::string_view text) const;
  // Values in schema order from a JSON object; reports every unknown name, wrong type and missing fact.
  Result<std::vector<FactValue>> read(const Json& from) const;
  // Every name once, at most kFactsMax, a sealed fact is never required.
  Result<void> check() const;
};
void fields(Shape& shape, FactSchema& schema);

inline constexpr size_t kFactsMax = 512;
inline constexpr size_t kFactTextBytesMax = 1024;

}  // namespace puhui::evidence
