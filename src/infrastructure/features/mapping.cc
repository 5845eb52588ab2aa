#include "infrastructure/features/mapping.h"

#include <algorithm>
#include <set>

#include "ground/base/text.h"

namespace puhui::features {

using evidence::Number;

namespace {

std::string quoted(std::string_view text) { return "'" + std::string(cut_utf8(text, 60)) + "'"; }

std::string suggestion(std::string_view wrong, const std::vector<std::string>& names) {
  const std::string meant = nearest(wrong, names);
  return meant.empty() ? "" : "; did you mean " + quoted(meant) + "?";
}

}  // namespace

std::span<const std::string_view> names_of(const TimeUnit*) {
  static constexpr std::string_view kNames[] = {"text",   "microsecond", "millisecond", "second",
                                                "minute", "hour",        "day"};
  return kNames;
}

void fields(Shape& shape, TimeSource& source) {
  shape.field("column", source.column, {.help = "the column with the event's time", .min = 1, .max = 256});
  shape.field("unit", source.unit, {.help = "text, or what its number counts", .optional = true});
  shape.field("origin", source.origin, {.help = "the moment that 0 stands for", .optional = true});
}

void fields(Shape& shape, FieldSource& source) {
  shape.field("field", source.field, {.help = "which field it fills", .min = 1, .max = 64});
  shape.field("column", source.column, {.help = "the column it is read from", .min = 1, .max = 256});
  shape.field("constant", source.constant, {.help = "the same for every row", .max = 256});
  shape.field("multiplier", source.multiplier,
              {.help = "what the column's number is multiplied by", .min = 1, .max = 32, .example = "100"});
}

void fields(Shape& shape, LabelSource& source) {
  shape.field("column", source.column, {.help = "the column that tells what became of it", .min = 1, .max = 256});
  shape.field("bad", source.bad, {.help = "the text that means bad", .min = 1, .max = 256});
  shape.field("good", source.good, {.help = "the text that means good; all but bad when absent", .min = 1, .max = 256});
  shape.field("delay", source.delay, {.help = "how long after the event it is known", .max = 16, .optional = true});
}

void fields(Shape& shape, OracleColumn& column) {
  shape.field("feature", column.feature, {.help = "our feature", .min = 1, .max = 64});
  shape.field("column", column.column, {.help = "the oracle's column", .min = 1, .max = 256});
  shape.field(
      "divisor", column.divisor,
      {.help = "ours is divided by it before comparing", .min = 1, .max = 32, .optional = true, .example = "100"});
  shape.field("tolerance", column.tolerance, {.help = "how far apart they may be", .min = 1, .max = 32});
}

void fields(Shape& shape, OracleMapping& oracle) {
  shape.field("id", oracle.id, {.help = "the oracle's column with the events' keys", .min = 1, .max = 256});
  shape.field(
      "digits", oracle.digits,
      {.help = "significant digits that its numbers were rounded to; 0: none", .min = 0, .max = 17, .optional = true});
  shape.field(
      "order", oracle.order,
      {.help = "a counting feature that tells the order of events at one instant", .max = 64, .optional = true});
  shape.field("events", oracle.events, {.help = "name of the events' file beside it", .max = 256, .optional = true});
  shape.field("columns", oracle.columns,
              {.help = "what is compared", .min = 1, .max = static_cast<int64_t>(kFeaturesMax)});
}

void fields(Shape& shape, EventMapping& mapping) {
  shape.field("title", mapping.title, {.help = "what the table is, for people", .max = 256, .optional = true});
  shape.field("id", mapping.id, {.help = "column with the event's own key", .min = 1, .max = 256});
  shape.field("time", mapping.time, {.help = "when it happened"});
  shape.field("missing", mapping.missing,
              {.help = "texts that mean absent, beside the empty cell", .max = kMissingTextsMax, .optional = true});
  shape.field("fields", mapping.fields,
              {.help = "sources of the fields that have no column of their name", .max = kFieldsMax, .optional = true});
  shape.field("label", mapping.label, {.help = "what became of it; absent in a table without ends"});
  shape.field("extra", mapping.extra,
              {.help = "columns handed through", .max = static_cast<int64_t>(kExtraColumnsMax), .optional = true});
  shape.field("oracle", mapping.oracle, {.help = "which column of an oracle table is which feature"});
}

Result<EventMapping> parse_event_mapping(std::string_view json) {
  return read_json<EventMapping>(TRY(parse_json(json, {.bytes_max = kEventMappingBytesMax})));
}

namespace {

std::optional<Number> parse_positive(std::string_view text) {
  auto number = Number::parse(text);
  if (!number || number->coefficient <= 0) return std::nullopt;
  return number;
}

void check_source(const FieldSource& source, const FeatureSet& set, const std::string& where, Faults& faults) {
  const auto field = set.find_field(source.field);
  if (!field) {
    std::vector<std::string> names;
    for (const Field& known : set.fields) names.push_back(known.name);
    faults.add(where + "/field", "the set has no field " + quoted(source.field) + suggestion(source.field, names));
  }
  if (source.column.has_value() == source.constant.has_value()) {
    faults.add(where, source.column ? "expected a column or a constant, came both"
                                    : "expected a column or a constant, came neither");
  }
  if (!source.multiplier) return;
  if (!Number::parse(*source.multiplier)) {
    faults.add(where + "/multiplier", "expected a number of at most 18 digits, came " + quoted(*source.multiplier));
  }
  if (field && set.fields[*field].type != FieldType::number) {
    faults.add(where + "/multiplier", "only a number can be multiplied; " + quoted(source.field) + " is none");
  }
}

void check_oracle(const OracleMapping& oracle, const FeatureSet& set, Faults& faults) {
  std::vector<std::string> names;
  for (const Feature& known : set.features) names.push_back(known.name);
  const auto order = oracle.order.empty() ? std::nullopt : set.find_feature(oracle.order);
  const bool has_column =
      std::ranges::find(oracle.columns, oracle.order, &OracleColumn::feature) != oracle.columns.end();
  if (!oracle.order.empty() && (!order || !has_column || set.features[*order].aggregate != Aggregate::count)) {
    faults.add("oracle/order",
               "expected a count that one of the columns is held against, came " + quoted(oracle.order));
  }
  for (size_t i = 0; i < oracle.columns.size(); ++i) {
    const OracleColumn& column = oracle.columns[i];
    const std::string where = "oracle/columns/" + std::to_string(i);
    if (!set.find_feature(column.feature)) {
      faults.add(where + "/feature",
                 "the set has no feature " + quoted(column.feature) + suggestion(column.feature, names));
    }
    if (!parse_positive(column.divisor)) {
      faults.add(where + "/divisor", "expected a number above 0, came " + quoted(column.divisor));
    }
    const auto tolerance = column.tolerance ? Number::parse(*column.tolerance) : Number{};
    if (!tolerance || tolerance->coefficient < 0) {
      faults.add(where + "/tolerance", "expected a number of 0 or more, came " + quoted(*column.tolerance));
    }
  }
}

}  // namespace

Result<void> check(const EventMapping& mapping, const FeatureSet& set) {
  Faults faults;
  std::set<std::string_view> seen;
  for (size_t i = 0; i < mapping.fields.size(); ++i) {
    const std::string where = "fields/" + std::to_string(i);
    if (!seen.insert(mapping.fields[i].field).second) {
      faults.add(where + "/field", quoted(mapping.fields[i].field) + " has a source already");
    }
    check_source(mapping.fields[i], set, where, faults);
  }
  if (mapping.label) {
    const auto delay = parse_duration(mapping.label->delay);
    if (!delay || *delay == INT64_MAX) {
      faults.add("label/delay", "expected a duration like 7d or 12h, came " + quoted(mapping.label->delay));
    }
  }
  if (mapping.oracle) check_oracle(*mapping.oracle, set, faults);
  return std::move(faults).result();
}

Result<EventMapping> read_event_mapping(const Files& files, const std::string& path, const FeatureSet& set) {
  auto mapping = parse_event_mapping(TRY(files.read(path, kEventMappingBytesMax)));
  if (!mapping) return fail(at(path, std::move(mapping).error()));
  if (auto checked = check(*mapping, set); !checked) return fail(at(path, std::move(checked).error()));
  return mapping;
}

Result<FeatureSet> read_feature_set(const Files& files, const std::string& path) {
  auto set = FeatureSet::parse(TRY(files.read(path, kDeclarationBytesMax)));
  if (!set) return fail(at(path, std::move(set).error()));
  return set;
}

Id128 event_id(std::string_view key) {
  const Digest digest = sha256(key);
  return *Id128::from_bytes(digest.view().substr(0, 16));
}

}  // namespace puhui::features
