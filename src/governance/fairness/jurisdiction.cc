#include "governance/fairness/jurisdiction.h"

#include <algorithm>

#include "ground/base/text.h"

namespace puhui::fairness {

void fields(Shape& shape, AttributeRule& rule) {
  shape.field("attribute", rule.attribute, {.min = 1, .max = 128});
  shape.field("facts", rule.facts, {.min = 1, .max = 32});
  shape.field("bands", rule.bands, {.max = 32, .optional = true});
}

void fields(Shape& shape, MeasureRule& rule) {
  shape.field("measure", rule.measure);
  shape.field("limit", rule.limit);
  shape.field("rows_min", rule.rows_min, {.min = 1});
  shape.field("binding", rule.binding);
  shape.field("rule", rule.rule, {.min = 1, .max = 512});
}

void fields(Shape& shape, Rules& rules) {
  shape.field("effective_from", rules.effective_from);
  shape.field("title", rules.title, {.min = 1, .max = 256});
  shape.field("source", rules.source, {.min = 1, .max = 512});
  shape.field("attributes", rules.attributes, {.max = 32});
  shape.field("measures", rules.measures, {.max = 8});
  shape.field("duties", rules.duties, {.max = 64});
}

void fields(Shape& shape, Jurisdiction& jurisdiction) {
  shape.field("jurisdiction", jurisdiction.name, {.min = 1, .max = 16});
  shape.field("measured_nightly", jurisdiction.measured_nightly);
  shape.field("versions", jurisdiction.versions, {.min = 1, .max = kRuleVersionsMax});
}

namespace {

constexpr std::string_view kEnding = ".json";

void check(const Rules& rules, const std::string& where, Faults& faults) {
  for (const AttributeRule& rule : rules.attributes) {
    if (!std::is_sorted(rule.bands.begin(), rule.bands.end(), std::less_equal<>())) {
      faults.add(where + "/attributes/" + rule.attribute, "expected bands that rise");
    }
  }
  for (const MeasureRule& rule : rules.measures) {
    if (!(rule.limit > 0 && rule.limit <= 1)) {
      faults.add(where + "/measures", "expected a limit above 0 and up to 1, came " + format_double(rule.limit));
    }
  }
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 16 &&
         std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

}  // namespace

const Rules* Jurisdiction::at(Date day) const {
  const Rules* out = nullptr;
  for (const Rules& rules : versions) {
    if (rules.effective_from <= day) out = &rules;
  }
  return out;
}

const Rules* Jurisdiction::after(const Rules& rules) const {
  for (const Rules& other : versions) {
    if (other.effective_from > rules.effective_from) return &other;
  }
  return nullptr;
}

Result<Jurisdiction> parse_jurisdiction(std::string_view text) {
  const Json json = TRY(parse_json(text, {.bytes_max = kJurisdictionBytesMax}));
  Jurisdiction out = TRY(read_json<Jurisdiction>(json));
  out.digest = sha256(text);
  Faults faults;
  for (size_t i = 0; i < out.versions.size(); ++i) {
    check(out.versions[i], "versions/" + std::to_string(i), faults);
    if (i > 0 && out.versions[i - 1].effective_from >= out.versions[i].effective_from) {
      faults.add("versions/" + std::to_string(i), "expected a later day than the version before it");
    }
  }
  TRY(std::move(faults).result());
  return out;
}

Result<Jurisdiction> read_jurisdiction(const Files& files, const std::string& folder, const std::string& name) {
  const std::string path = folder + "/" + name + std::string(kEnding);
  if (!is_name(name) || !files.exists(path)) {
    std::vector<std::string> names;
    for (const Jurisdiction& each : TRY(read_jurisdictions(files, folder))) names.push_back(each.name);
    return fail(ErrorCode::not_found, "jurisdiction", "'" + name + "' is none of " + join(names, ", "));
  }
  auto out = parse_jurisdiction(TRY(files.read(path, kJurisdictionBytesMax)));
  if (!out) return fail(at(path, out.error()));
  if (out->name != name)
    return fail(ErrorCode::invalid, path, "expected jurisdiction '" + name + "', came '" + out->name + "'");
  return out;
}

Result<std::vector<Jurisdiction>> read_jurisdictions(const Files& files, const std::string& folder) {
  std::vector<Jurisdiction> out;
  for (const std::string& file : TRY(files.list(folder))) {
    if (!file.ends_with(kEnding) || out.size() == kJurisdictionsMax) continue;
    out.push_back(TRY(read_jurisdiction(files, folder, file.substr(0, file.size() - kEnding.size()))));
  }
  return out;
}

std::string band_of(const std::string& group, const std::vector<int64_t>& bands) {
  const auto number = parse_int64(group);
  if (bands.empty() || !number) return group;
  const auto next = std::upper_bound(bands.begin(), bands.end(), *number);
  if (next == bands.begin()) return "under " + std::to_string(bands.front());
  const std::string from = std::to_string(*std::prev(next));
  return next == bands.end() ? from + " and over" : from + "-" + std::to_string(*next - 1);
}

}  // namespace puhui::fairness
