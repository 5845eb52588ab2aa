// Event: one payment, application or transfer as features see it, typed by its FeatureSet. FeatureValue: what comes out.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/clock.h"
#include "ground/base/id.h"
#include "ground/base/json.h"
#include "infrastructure/evidence/fact.h"
#include "infrastructure/features/declaration.h"

namespace puhui::features {

inline constexpr size_t kKeyBytesMax = 64, kTextBytesMax = 256;
inline constexpr int64_t kValueMax = 1'000'000'000'000;  // of a number's integer, either sign: squares stay exact

// When an event may happen: years 0001 to 9999, as parse_timestamp reads them. Windows reach a hundred years further.
inline constexpr Timestamp kEventTimeMin{-62'135'596'800'000'000}, kEventTimeMax{253'402'300'799'999'999};

// One field's value. Which member holds it is the field's type; absent: none of them.
struct FieldValue {
  bool present = false;
  int64_t number = 0;  // number, or boolean as 0 and 1
  std::string text;    // key or text
  bool operator==(const FieldValue&) const = default;
};

struct Event {
  Id128 id;                        // the caller's own, hashed: who asks twice is known by it
  Timestamp at;                    // when it happened
  std::vector<FieldValue> values;  // one a field, in the set's order
  bool operator==(const Event&) const = default;
};

// A number leaves as coefficient · 10^-places, exact to the bit on every path.
struct FeatureValue {
  bool present = false;
  evidence::Number number;
  bool operator==(const FeatureValue&) const = default;
};
evidence::FactValue fact_of(const FeatureValue& value);

// From a JSON object of the fields by name ("amount_minor": 4200). Names every unknown field, wrong type, missing
// required field and value out of range. `id` and `at` are the caller's to set.
Result<Event> read_event(const FeatureSet& set, const Json& from);
// The same from one text a field, empty: absent (a CSV row).
Result<Event> read_event(const FeatureSet& set, std::span<const std::string_view> texts);
// The field's value as a fact: number with its places, text, boolean; absent.
evidence::FactValue fact_of(const Field& field, const FieldValue& value);

// Compact bytes for the log; `corrupt` for anything else. A set that has more fields behind those it had when the event
// was written reads them as absent.
std::string encode(const FeatureSet& set, const Event& event);
Result<Event> decode_event(const FeatureSet& set, std::string_view bytes);

}  // namespace puhui::features
