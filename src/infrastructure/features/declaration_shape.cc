// The wire form of declarations: names and fields.
#include "infrastructure/features/declaration.h"

namespace puhui::features {

std::span<const std::string_view> names_of(const FieldType*) {
  static constexpr std::string_view kNames[] = {"key", "number", "text", "boolean"};
  return kNames;
}

std::span<const std::string_view> names_of(const Aggregate*) {
  static constexpr std::string_view kNames[] = {"count",    "sum",  "mean",       "min",        "max",  "stddev",
                                                "distinct", "last", "time_since", "first_seen", "ewma", "ratio",
                                                "zscore",   "risk", "bad",        "expression", "graph"};
  return kNames;
}

std::span<const std::string_view> names_of(const GraphMeasure*) {
  static constexpr std::string_view kNames[] = {"none",   "sharers", "reach",        "component",
                                                "fan_in", "fan_out", "pass_through", "cycle"};
  return kNames;
}

void fields(Shape& shape, Field& field) {
  shape.field("name", field.name, {.help = "as facts and features call it", .min = 1, .max = 64});
  shape.field("type", field.type, {.help = "key, number, text or boolean"});
  shape.field("places", field.places, {.help = "decimals of a number", .min = 0, .max = 6, .optional = true});
  shape.field("required", field.required, {.help = "an event without it is refused", .optional = true});
  shape.field("personal", field.personal, {.help = "masked without the right to see it", .optional = true});
  shape.field("sealed", field.sealed, {.help = "for fairness alone", .optional = true});
  shape.field("help", field.help, {.help = "what it is, in a sentence", .max = 400, .optional = true});
}

void fields(Shape& shape, Feature& feature) {
  shape.field("name", feature.name, {.help = "as facts call it", .min = 1, .max = 64});
  shape.field("aggregate", feature.aggregate, {.help = "what is computed"});
  shape.field("entity", feature.entity, {.help = "the key field it is of", .max = 64, .optional = true});
  shape.field("of", feature.of, {.help = "the field aggregated", .max = 64, .optional = true});
  shape.field("where", feature.where,
              {.help = "FEEL over the event's fields: which events", .max = 2000, .optional = true});
  shape.field("window", feature.window, {.help = "60s, 10m, 1h, 7d or all", .max = 16, .optional = true});
  shape.field("hop", feature.hop, {.help = "by what its older edge moves", .max = 16, .optional = true});
  shape.field("exact", feature.exact, {.help = "edges to the microsecond", .optional = true});
  shape.field("delay", feature.delay, {.help = "how long before the event it ends", .max = 16, .optional = true});
  shape.field("half_life", feature.half_life, {.help = "of an ewma", .max = 16, .optional = true});
  shape.field("includes_current", feature.includes_current, {.help = "the event itself too", .optional = true});
  shape.field("empty", feature.empty, {.help = "a number instead of absent", .max = 32});
  shape.field("expression", feature.expression, {.help = "FEEL", .max = 2000, .optional = true});
  shape.field("measure", feature.measure, {.help = "of the graph", .optional = true});
  shape.field("link", feature.link, {.help = "the key field shared", .max = 64, .optional = true});
  shape.field("hops", feature.hops, {.help = "how far it reaches", .min = 1, .max = 3, .optional = true});
  shape.field("help", feature.help, {.help = "what it is, in a sentence", .max = 400, .optional = true});
}

void fields(Shape& shape, FeatureSet& set) {
  shape.field("name", set.name, {.help = "of the set", .min = 1, .max = 64});
  shape.field("event", set.event, {.help = "what one event is called", .min = 1, .max = 64});
  shape.field("lateness", set.lateness, {.help = "how far out of order events may come", .max = 16, .optional = true});
  shape.field("ahead", set.ahead, {.help = "how far beyond the clock", .max = 16, .optional = true});
  shape.field("utc_offset_minutes", set.utc_offset_minutes, {.min = -840, .max = 840, .optional = true});
  shape.field("account", set.account, {.help = "the graphs' entity field", .max = 64, .optional = true});
  shape.field("counterparty", set.counterparty, {.help = "whom it pays", .max = 64, .optional = true});
  shape.field("amount", set.amount, {.help = "what it pays", .max = 64, .optional = true});
  shape.field("links", set.links, {.help = "key fields that tie accounts together", .max = 8, .optional = true});
  shape.field("fields", set.fields, {.help = "of one event", .min = 1, .max = static_cast<int64_t>(kFieldsMax)});
  shape.field("features", set.features, {.help = "what is computed", .max = static_cast<int64_t>(kFeaturesMax)});
}

}  // namespace puhui::features
