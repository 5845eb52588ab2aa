// FeatureSet: features as data. One declaration is read by the online engine, the batch and the replay; its digest is
// what a permit names. README.md of this folder defines what each feature sees.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/hash.h"
#include "ground/base/result.h"
#include "ground/base/shape.h"

namespace puhui::features {

inline constexpr size_t kFieldsMax = 64, kEntitiesMax = 8, kFeaturesMax = 512;
inline constexpr size_t kDeclarationBytesMax = size_t{1} << 20;
inline constexpr int64_t kDurationMax = int64_t{36'525} * 86'400 * 1'000'000;  // a hundred years
inline constexpr int64_t kAgesMax = 4096;                                      // tiles that an ewma looks back
inline constexpr int kMeanPlaces = 8;  // decimals that a mean, ewma, deviation or ratio has beyond its field's own
// Decimals of a share (risk, pass_through): never above 1, so that there is room for more than an oracle prints.
inline constexpr int kSharePlaces = 12;

enum class FieldType : uint8_t {
  key,     // names an entity: customer, terminal, device; text of at most kKeyBytesMax bytes, empty: none
  number,  // an integer of 10^-places of its unit
  text,    // a category
  boolean,
};
std::span<const std::string_view> names_of(const FieldType*);

struct Field {
  std::string name;
  FieldType type = FieldType::number;
  int places = 0;  // decimals of a number, 0 to 6
  bool required = false;
  bool personal = false;  // masked for those without the right to see it
  bool sealed = false;    // in the log for fairness; no feature, filter or expression may read it
  std::string help;
};
void fields(Shape& shape, Field& field);

enum class Aggregate : uint8_t {
  count,
  sum,
  mean,
  min,
  max,
  stddev,      // of a sample: divided by n − 1; absent below two events
  distinct,    // values of a key or text field; exact to kDistinctExactMax, estimated beyond
  last,        // value of the event before (the latest (at, seq) in the window)
  time_since,  // whole seconds since that event
  first_seen,  // whole seconds since the key's first event; window `all`
  ewma,        // mean weighted by 2^(−age / half_life), age in tiles
  ratio,       // the current value over the mean of the events before it
  zscore,      // (current value − mean) / stddev, of the events before it
  risk,        // share of the labelled-bad events; see `delay`
  bad,         // their number
  expression,  // FEEL over the event's fields (not keys) and the features declared before it; `at` is the time of day
               // and date of the event in the set's own offset
  graph,       // see GraphMeasure
};
std::span<const std::string_view> names_of(const Aggregate*);

// What the stream's graph says. Sharing: two entities that used the same link. Transfers: entity → counterparty.
enum class GraphMeasure : uint8_t {
  none,
  sharers,       // other values of `entity` that used this event's `link` value in the window
  reach,         // entities within `hops` steps over all links of the set, itself not counted
  component,     // entities connected to this one over all links, itself counted
  fan_in,        // distinct sources of this account in the window
  fan_out,       // distinct targets
  pass_through,  // share of what came in during the window that went out again, 0 to 1
  cycle,  // length of the shortest cycle of at most 6 transfers, in time order in the window, that this event closes; 0: none
};
std::span<const std::string_view> names_of(const GraphMeasure*);

struct Feature {
  std::string name;
  Aggregate aggregate = Aggregate::count;
  std::string entity;  // a key field; not of an expression
  std::string of;      // the field aggregated, where the aggregate has one
  std::string where;   // FEEL over the event's fields; empty: all
  std::string window;  // "60s", "10m", "1h", "7d", "all"
  // The saw's tooth; empty: window / 60 rounded down to whole seconds, at least 1s. Of window `all` half_life stands for
  // the window, and without one it is 1s.
  std::string hop;
  bool exact = false;                // edges to the microsecond, no hop
  std::string delay;                 // what happened later than this before the event is not looked at
  std::string half_life;             // of ewma
  bool includes_current = true;      // last, time_since, ratio and zscore never do
  std::optional<std::string> empty;  // a number instead of absent where nothing is in the window
  std::string expression;            // of aggregate `expression`
  GraphMeasure measure = GraphMeasure::none;
  std::string link;  // key field of `sharers`
  int hops = 2;      // of `reach`, 1 to 3
  std::string help;
};
void fields(Shape& shape, Feature& feature);

struct FeatureSet {
  std::string name;                           // "card_payment"
  std::string event;                          // what one event is called: "payment"
  std::string lateness = "1h";                // how far out of order events may come
  std::string ahead = "5m";                   // how far beyond the clock
  int utc_offset_minutes = 0;                 // of the times of day that expressions see
  std::string account, counterparty, amount;  // the transfer graph's fields; empty: no such graph
  std::vector<std::string> links;             // key fields of the sharing graph, which tie values of `account` together
  std::vector<Field> fields;
  std::vector<Feature> features;

  // Every fault of the text, with its place. What comes back is checked: names resolve, windows parse, types fit,
  // nothing reads a sealed field.
  static Result<FeatureSet> parse(std::string_view json);
  Digest digest() const;  // SHA-256 of its canonical JSON
  std::optional<size_t> find_field(std::string_view name) const;
  std::optional<size_t> find_feature(std::string_view name) const;
};
void fields(Shape& shape, FeatureSet& set);

// When a feature looks, in microseconds, defaults filled in. Of a feature that FeatureSet::parse has checked.
struct Timing {
  int64_t window_us = INT64_MAX;  // that: all
  int64_t hop_us = 1;
  int64_t delay_us = 0;
  int64_t half_life_us = 0;
};
Timing timing_of(const Feature& feature);

// Microseconds of "90s", "10m", "1h", "30d", at most kDurationMax; nullopt of anything else. "all" is INT64_MAX.
std::optional<int64_t> parse_duration(std::string_view text);

}  // namespace puhui::features
