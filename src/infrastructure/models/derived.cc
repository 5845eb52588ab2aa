#include "infrastructure/models/derived.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "ground/base/check.h"
#include "ground/base/text.h"

namespace puhui::models {

namespace {

struct KindInfo {
  std::string_view name;
  size_t operands_min, operands_max;
  bool has_threshold;
};

constexpr std::array<KindInfo, 10> kKinds = {{
    {"ratio", 2, 2, false},
    {"difference", 2, 2, false},
    {"sum", 1, kDerivedOperandsMax, false},
    {"mean", 1, kDerivedOperandsMax, false},
    {"minimum", 1, kDerivedOperandsMax, false},
    {"maximum", 1, kDerivedOperandsMax, false},
    {"count_at_least", 1, kDerivedOperandsMax, true},
    {"count_at_most", 1, kDerivedOperandsMax, true},
    {"first_at_least", 1, kDerivedOperandsMax, true},
    {"slope", 2, kDerivedOperandsMax, false},
}};

const KindInfo& info(DerivedKind kind) { return kKinds[static_cast<size_t>(kind)]; }

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

double slope(std::span<const double> places, std::span<const uint32_t> of) {
  double n = 0, sum_t = 0, sum_x = 0;
  for (size_t t = 0; t < of.size(); ++t) {
    if (std::isnan(places[of[t]])) continue;
    n += 1, sum_t += static_cast<double>(t), sum_x += places[of[t]];
  }
  if (n < 2) return kNone;
  double top = 0, bottom = 0;
  for (size_t t = 0; t < of.size(); ++t) {
    if (std::isnan(places[of[t]])) continue;
    const double distance = static_cast<double>(t) - sum_t / n;
    top += distance * (places[of[t]] - sum_x / n);
    bottom += distance * distance;
  }
  return top / bottom;
}

double evaluate(const Derived& derived, std::span<const double> places, std::span<const uint32_t> of) {
  if (derived.kind == DerivedKind::ratio) {
    const double bottom = places[of[1]];
    return bottom == 0 ? kNone : places[of[0]] / bottom;
  }
  if (derived.kind == DerivedKind::difference) return places[of[0]] - places[of[1]];
  if (derived.kind == DerivedKind::slope) return slope(places, of);
  double sum = 0, count = 0, low = INFINITY, high = -INFINITY, at_least = 0, at_most = 0;
  double first = static_cast<double>(of.size());
  for (size_t i = of.size(); i-- > 0;) {
    const double x = places[of[i]];
    if (std::isnan(x)) continue;
    sum += x, count += 1;
    low = std::min(low, x), high = std::max(high, x);
    at_most += x <= derived.at ? 1 : 0;
    if (x >= derived.at) at_least += 1, first = static_cast<double>(i);
  }
  if (count == 0) return kNone;
  switch (derived.kind) {
    case DerivedKind::sum: return sum;
    case DerivedKind::mean: return sum / count;
    case DerivedKind::minimum: return low;
    case DerivedKind::maximum: return high;
    case DerivedKind::count_at_least: return at_least;
    case DerivedKind::count_at_most: return at_most;
    default: return first;
  }
}

Result<Derived> parse_one(const Json& json, const std::string& where) {
  Faults faults;
  Derived out;
  if (json.object() == nullptr) {
    return fail(ErrorCode::invalid, where,
                "expected an object with name, kind and of, came " + std::string(json.kind()));
  }
  const Json* name = json.find("name");
  if (name != nullptr && name->text() != nullptr && !name->text()->empty())
    out.name = *name->text();
  else
    faults.add(where + "/name", "expected the name of the new feature");

  const Json* kind = json.find("kind");
  const KindInfo* found = nullptr;
  std::vector<std::string> names;
  for (const auto& known : kKinds) {
    names.emplace_back(known.name);
    if (kind != nullptr && kind->text() != nullptr && *kind->text() == known.name) found = &known;
  }
  if (found != nullptr)
    out.kind = static_cast<DerivedKind>(found - kKinds.data());
  else
    faults.add(where + "/kind", "expected one of " + join(names, ", "));

  const Json* of = json.find("of");
  if (of != nullptr && of->list() != nullptr) {
    for (const Json& operand : *of->list()) {
      if (operand.text() != nullptr)
        out.of.push_back(*operand.text());
      else
        faults.add(where + "/of", "expected names of columns, came " + std::string(operand.kind()));
    }
  } else {
    faults.add(where + "/of", "expected a list of names of columns");
  }
  const Json* at_value = json.find("at");
  if (found != nullptr && found->has_threshold != (at_value != nullptr)) {
    faults.add(where + "/at",
               found->has_threshold ? "expected the threshold, a number" : "this kind has no threshold; leave it out");
  } else if (at_value != nullptr) {
    const auto number = at_value->as_double();
    if (number)
      out.at = *number;
    else
      faults.add(where + "/at", "expected a number, came " + std::string(at_value->kind()));
  }
  for (const auto& [member, value] : *json.object()) {
    if (member != "name" && member != "kind" && member != "of" && member != "at") {
      faults.add(where + "/" + member, "no such field; expected name, kind, of, at");
    }
  }
  TRY(std::move(faults).result());
  return out;
}

}  // namespace

std::string_view name_of(DerivedKind kind) { return info(kind).name; }

Result<std::vector<Derived>> parse_derived(const Json& json) {
  if (json.list() == nullptr)
    return fail(ErrorCode::invalid, "expected a list of derived features, came " + std::string(json.kind()));
  if (json.list()->size() > kDerivedMax)
    return fail(ErrorCode::exhausted, "expected at most " + std::to_string(kDerivedMax) + " derived features");
  std::vector<Derived> out;
  Faults faults;
  for (size_t i = 0; i < json.list()->size(); ++i) {
    auto one = parse_one((*json.list())[i], std::to_string(i));
    if (one)
      out.push_back(*std::move(one));
    else
      faults.add("", std::move(one).error());
  }
  TRY(std::move(faults).result());
  return out;
}

Json to_json(const std::vector<Derived>& derived) {
  Json::List out;
  for (const auto& one : derived) {
    Json json;
    json.set("name", one.name);
    json.set("kind", info(one.kind).name);
    Json::List of;
    for (const auto& operand : one.of) of.emplace_back(operand);
    json.set("of", std::move(of));
    if (info(one.kind).has_threshold) json.set("at", one.at);
    out.push_back(std::move(json));
  }
  return out;
}

Result<DerivedProgram> DerivedProgram::bind(std::vector<Derived> derived, const std::vector<std::string>& inputs) {
  DerivedProgram out;
  out.input_count_ = inputs.size();
  std::vector<std::string> names = inputs;
  std::map<std::string, uint32_t> places;
  for (size_t i = 0; i < inputs.size(); ++i) places.emplace(inputs[i], static_cast<uint32_t>(i));
  Faults faults;
  for (const auto& one : derived) {
    const auto& kind = info(one.kind);
    const std::string where = "derived/" + one.name;
    if (one.of.size() < kind.operands_min || one.of.size() > kind.operands_max) {
      faults.add(where, "expected " + std::to_string(kind.operands_min) + " to " + std::to_string(kind.operands_max) +
                            " operands, came " + std::to_string(one.of.size()));
    }
    std::vector<uint32_t> of;
    for (const auto& operand : one.of) {
      const auto place = places.find(operand);
      if (place != places.end()) {
        of.push_back(place->second);
      } else {
        const std::string near = nearest(operand, names);
        faults.add(where, "no numeric column or earlier derived feature '" + operand + "'" +
                              (near.empty() ? "" : "; did you mean '" + near + "'?"));
      }
    }
    if (!places.emplace(one.name, static_cast<uint32_t>(names.size())).second) {
      faults.add(where, "the name is taken; choose another");
    }
    names.push_back(one.name);
    out.places_.push_back(std::move(of));
  }
  TRY(std::move(faults).result());
  out.derived_ = std::move(derived);
  return out;
}

void DerivedProgram::run(std::span<double> places) const {
  CHECK(places.size() == input_count_ + derived_.size(), "room for inputs and derived features");
  for (size_t i = 0; i < derived_.size(); ++i) {
    const double value = evaluate(derived_[i], places, places_[i]);
    places[input_count_ + i] = std::isfinite(value) ? value : kNone;
  }
}

}  // namespace puhui::models
