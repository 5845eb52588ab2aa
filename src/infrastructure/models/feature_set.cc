#include "infrastructure/models/feature_set.h"

#include <algorithm>

namespace puhui::models {

namespace {

std::vector<std::string> names_of(const Json& json, std::string_view member, Faults& faults) {
  std::vector<std::string> out;
  const Json* list = json.find(member);
  if (list == nullptr) return out;
  if (list->list() == nullptr) {
    faults.add(std::string(member), "expected a list of names, came " + std::string(list->kind()));
    return out;
  }
  for (const Json& name : *list->list()) {
    if (name.text() != nullptr) {
      out.push_back(*name.text());
    } else {
      faults.add(std::string(member), "expected names, came " + std::string(name.kind()));
    }
  }
  return out;
}

std::string text_of(const Json& json, std::string_view member, std::string otherwise, Faults& faults) {
  const Json* text = json.find(member);
  if (text == nullptr) return otherwise;
  if (text->text() != nullptr) return *text->text();
  faults.add(std::string(member), "expected a text, came " + std::string(text->kind()));
  return otherwise;
}

std::vector<std::pair<std::string, int>> signs_of(const Json& json, Faults& faults) {
  std::vector<std::pair<std::string, int>> out;
  const Json* signs = json.find("monotone");
  if (signs == nullptr) return out;
  if (signs->object() == nullptr) {
    faults.add("monotone", "expected an object of names with 1 or -1, came " + std::string(signs->kind()));
    return out;
  }
  for (const auto& [name, sign] : *signs->object()) {
    const auto number = sign.as_int64();
    if (number == 1 || number == -1) {
      out.emplace_back(name, static_cast<int>(*number));
    } else {
      faults.add("monotone/" + name, "expected 1 (risk rises with it) or -1 (risk falls)");
    }
  }
  return out;
}

}  // namespace

Result<FeatureSet> parse_feature_set(const Json& json) {
  if (json.object() == nullptr) return fail(ErrorCode::invalid, "expected an object, came " + std::string(json.kind()));
  Faults faults;
  static const std::vector<std::string> kMembers = {"target", "positive", "features", "excluded",
                                                    "sealed", "derived",  "monotone"};
  for (const auto& [member, value] : *json.object()) {
    if (std::find(kMembers.begin(), kMembers.end(), member) == kMembers.end()) faults.add(member, "no such field");
  }
  FeatureSet out;
  out.target = text_of(json, "target", "", faults);
  if (out.target.empty()) faults.add("target", "expected the name of the column with the outcome");
  out.positive = text_of(json, "positive", "1", faults);
  out.features = names_of(json, "features", faults);
  out.excluded = names_of(json, "excluded", faults);
  out.sealed = names_of(json, "sealed", faults);
  out.monotone = signs_of(json, faults);
  if (const Json* derived = json.find("derived")) {
    auto parsed = parse_derived(*derived);
    if (parsed) {
      out.derived = *std::move(parsed);
    } else {
      faults.add("derived", std::move(parsed).error());
    }
  }
  TRY(std::move(faults).result());
  return out;
}

TrainRequest request_of(const FeatureSet& set) {
  TrainRequest out;
  out.target = set.target;
  out.positive = set.positive;
  out.features = set.features;
  out.excluded = set.excluded;
  out.sealed = set.sealed;
  out.derived = set.derived;
  out.boosting.monotone = set.monotone;
  return out;
}

}  // namespace puhui::models
