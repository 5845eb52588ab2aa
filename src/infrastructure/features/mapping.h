// EventMapping: how the columns of a CSV file become the events of one FeatureSet, as data, so that another bank's table
// needs no code. Read by `puhui features`, `fraud replay` and `aml replay` alike.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/files.h"
#include "ground/base/shape.h"
#include "infrastructure/evidence/fact.h"
#include "infrastructure/features/batch.h"
#include "infrastructure/models/byte_source.h"
#include "infrastructure/models/table.h"

namespace puhui::features {

inline constexpr size_t kEventMappingBytesMax = size_t{1} << 20;
inline constexpr size_t kMissingTextsMax = 16, kExtraColumnsMax = 64;
inline constexpr size_t kEventKeyBytesMax = 256;    // of the id column
inline constexpr size_t kBadEventsListedMax = 100;  // the rest are counted
inline constexpr uint64_t kMappedEventsMax = 200'000'000;

enum class TimeUnit : uint8_t {
  text,  // "2018-04-01T00:00:31Z"
  microsecond,
  millisecond,
  second,
  minute,
  hour,
  day,
};
std::span<const std::string_view> names_of(const TimeUnit*);

struct TimeSource {
  std::string column;
  TimeUnit unit = TimeUnit::text;
  Timestamp origin;  // what 0 stands for, of a unit other than text
  bool operator==(const TimeSource&) const = default;
};

// Where a field comes from: a column or a constant. A field without a source is read from the column of its own name, and
// is absent when there is none, unless it is required.
struct FieldSource {
  std::string field;
  std::optional<std::string> column;
  std::optional<std::string> constant;
  std::optional<std::string> multiplier;  // exact, of a number: "100" makes minor units of whole ones
  bool operator==(const FieldSource&) const = default;
};

// A cell that is missing is an event whose end is not known.
struct LabelSource {
  std::string column;
  std::string bad;                  // the text that means bad
  std::optional<std::string> good;  // any other text is a bad row; absent: all but `bad` is good
  std::string delay = "0s";         // how long after the event it becomes known
  bool operator==(const LabelSource&) const = default;
};

// Which column of an oracle table is which feature.
struct OracleColumn {
  std::string feature, column;
  std::string divisor = "1";             // ours is divided by it: "100" compares cents with units
  std::optional<std::string> tolerance;  // absent: 0 of count, bad and distinct, 1e-9 of all others
  bool operator==(const OracleColumn&) const = default;
};
struct OracleMapping {
  std::string id;      // its column with the events' own keys
  int64_t digits = 0;  // significant digits its numbers were rounded to; 0: they are exact
  // A feature, a running count, whose column tells in which order the oracle took events of one key at one instant; empty: in
  // the file's. Their time does not say, and it had to take one first.
  std::string order;
  std::string events;  // name of the events' file, looked for beside the oracle's when nobody says which
  std::vector<OracleColumn> columns;
  bool operator==(const OracleMapping&) const = default;
};

struct EventMapping {
  std::string title;  // for people
  std::string id;     // column of the event's own key
  TimeSource time;
  std::vector<std::string> missing;  // cells that mean "absent" beside the empty one
  std::vector<FieldSource> fields;
  std::optional<LabelSource> label;
  std::vector<std::string> extra;  // columns handed through as they are: a scenario, a typology
  std::optional<OracleMapping> oracle;
  bool operator==(const EventMapping&) const = default;
};
void fields(Shape& shape, TimeSource& source);
void fields(Shape& shape, FieldSource& source);
void fields(Shape& shape, LabelSource& source);
void fields(Shape& shape, OracleColumn& column);
void fields(Shape& shape, OracleMapping& oracle);
void fields(Shape& shape, EventMapping& mapping);

// Every fault of the text, with its place; with `set` also every name that it does not know.
Result<EventMapping> parse_event_mapping(std::string_view json);
Result<void> check(const EventMapping& mapping, const FeatureSet& set);
Result<EventMapping> read_event_mapping(const Files& files, const std::string& path, const FeatureSet& set);
Result<FeatureSet> read_feature_set(const Files& files, const std::string& path);

// The event id of a client's own key: the first 16 bytes of its SHA-256.
Id128 event_id(std::string_view key);

// One row, reused for its memory; views hold until the next row.
struct MappedEvent {
  uint64_t row = 0;  // 1 is the first after the header
  std::string_view key;
  BatchEvent event;                     // its label known `delay` after it happened; no label_at: its end is not known
  std::vector<std::string_view> extra;  // the mapping's, in its order
};

struct MappedOptions {
  models::BadRows bad_rows = models::BadRows::refuse;
  bool ids = true;  // false leaves event.id zero, for who needs none: a hash a row
};

struct MappedRows {
  uint64_t rows = 0;          // given
  uint64_t labelled = 0;      // of them
  uint64_t bad = 0;           // of the labelled
  uint64_t skipped = 0;       // bad rows, with BadRows::skip
  std::vector<Fault> faults;  // of the skipped, the first kBadEventsListedMax
};

// Every event of a file (plain, gzip or zstd), in its order. With BadRows::refuse a bad row ends the giving, the rest is only
// looked through, and the answer is `invalid` with every bad row by number: act on nothing before that. An error of
// `visit` ends it. The file is read on the calling thread.
using MappedVisit = std::function<Result<void>(const MappedEvent&)>;
Result<MappedRows> each_mapped_event(std::unique_ptr<models::ByteSource> source, const EventMapping& mapping,
                                     const FeatureSet& set, const MappedOptions& options, const MappedVisit& visit);
Result<MappedRows> each_mapped_event(const std::string& path, const EventMapping& mapping, const FeatureSet& set,
                                     const MappedOptions& options, const MappedVisit& visit);

}  // namespace puhui::features
