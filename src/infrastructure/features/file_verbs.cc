// check and table: features over files, without a store.
#include <algorithm>
#include <fstream>

#include "ground/base/date.h"
#include "ground/base/text.h"
#include "infrastructure/features/comparison.h"
#include "infrastructure/features/features_verbs.h"

namespace puhui::features {

namespace {

constexpr std::string_view kHandbookSet = "policies/card_payment/features_handbook.json";

std::string mapping_beside(const std::string& set) {
  return (set.ends_with(".json") ? set.substr(0, set.size() - 5) : set) + ".mapping.json";
}

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

// What both verbs are told of the events.
struct EventFile {
  std::string set{kHandbookSet}, events, mapping;
  models::BadRows bad_rows = models::BadRows::refuse;
};

struct Opened {
  std::shared_ptr<const FeatureSet> set;
  EventMapping mapping;
};

Result<Opened> open(const VerbCall& call, const EventFile& file) {
  if (call.files == nullptr) return fail(ErrorCode::forbidden, "this verb reads the caller's own files");
  Opened out;
  out.set = std::make_shared<const FeatureSet>(TRY(read_feature_set(*call.files, file.set)));
  const std::string path = file.mapping.empty() ? mapping_beside(file.set) : file.mapping;
  out.mapping = TRY(read_event_mapping(*call.files, path, *out.set));
  return out;
}

// ---- check

struct CheckRequest {
  EventFile file;
  std::string against;
  bool skip_bad_rows = false;
};
void fields(Shape& shape, CheckRequest& request) {
  shape.field("against", request.against,
              {.help = "the oracle's table: CSV, plain, gzip or zstd", .min = 1, .max = 4096});
  shape.field("set", request.file.set, {.help = "the feature set", .min = 1, .max = 4096, .optional = true});
  shape.field("events", request.file.events,
              {.help = "the events: CSV; beside the oracle, as the mapping calls it, when absent",
               .max = 4096,
               .optional = true});
  shape.field("mapping", request.file.mapping,
              {.help = "how its columns become events; SET.mapping.json when absent", .max = 4096, .optional = true});
  shape.field("skip_bad_rows", request.skip_bad_rows,
              {.help = "count bad rows instead of refusing the file", .optional = true});
}

struct CheckAnswer {
  std::string set, digest;
  int64_t rows = 0, rows_compared = 0, rows_skipped = 0, reordered = 0;
  std::vector<ColumnResult> columns;
  int64_t events = 0, late = 0, values = 0, restored_after = 0, snapshot_bytes = 0, memory_bytes = 0;
  bool bit_equal = false;
  double engine_events_per_second = 0, batch_seconds = 0;
};
void fields(Shape& shape, CheckAnswer& answer) {
  shape.field("set", answer.set);
  shape.field("digest", answer.digest, {.help = "of the set"});
  shape.field("rows", answer.rows, {.help = "of the oracle"});
  shape.field("rows_compared", answer.rows_compared, {.help = "those whose events were there"});
  shape.field("rows_skipped", answer.rows_skipped, {.help = "bad rows of the events"});
  shape.field(
      "reordered", answer.reordered,
      {.help = "pairs of events of one key at one instant that the oracle took in another order than the file"});
  shape.field("columns", answer.columns);
  shape.field("events", answer.events, {.help = "computed online and offline"});
  shape.field("late", answer.late, {.help = "of them beyond the set's lateness"});
  shape.field("values", answer.values, {.help = "held against each other, one an event and feature"});
  shape.field("bit_equal", answer.bit_equal, {.help = "online = offline, every one"});
  shape.field("restored_after", answer.restored_after,
              {.help = "events after which the engine went on from its snapshot"});
  shape.field("snapshot_bytes", answer.snapshot_bytes, {.help = "of that snapshot"});
  shape.field("memory_bytes", answer.memory_bytes, {.help = "the engine held at the end, about"});
  shape.field("engine_events_per_second", answer.engine_events_per_second);
  shape.field("batch_seconds", answer.batch_seconds);
}

std::string tell(const CheckAnswer& answer) {
  std::string out = answer.set + ": " + with_thousands(answer.rows_compared) + " of " + with_thousands(answer.rows) +
                    " rows compared, " + std::to_string(answer.columns.size()) + " columns" +
                    (answer.reordered == 0
                         ? ""
                         : "; pairs at one instant taken in the oracle's order: " + std::to_string(answer.reordered)) +
                    "\n";
  for (const ColumnResult& column : answer.columns) {
    out += "  " + column.feature + "  " + std::to_string(column.unequal) + " unequal, worst difference " +
           format_double(column.worst) + "\n";
  }
  out += with_thousands(answer.events) + " events, " + with_thousands(answer.late) + " late: online = offline, " +
         with_thousands(answer.values) + " values bit-equal";
  if (answer.restored_after > 0) {
    out += ", after a restore from a snapshot at event " + with_thousands(answer.restored_after) + " too";
  }
  return out + "\n";
}

// Where an event's row of the oracle is, while the events are read.
struct Matched {
  size_t event = 0, row = 0;
  std::string key;
};

struct Read {
  std::vector<BatchEvent> events;
  std::vector<Matched> matched;
  MappedRows rows;
};

Result<Read> read_events(const VerbCall& call, const Opened& opened, const std::string& path, models::BadRows bad_rows,
                         const Oracle& oracle) {
  constexpr size_t kEventsPerStep = 100'000;
  Read out;
  out.rows = TRY(each_mapped_event(path, opened.mapping, *opened.set, {.bad_rows = bad_rows, .ids = false},
                                   [&](const MappedEvent& event) -> Result<void> {
                                     if (const auto row = oracle.find(event.key)) {
                                       out.matched.push_back({out.events.size(), *row, std::string(event.key)});
                                     }
                                     out.events.push_back(event.event);
                                     if (out.events.size() % kEventsPerStep == 0) {
                                       call.progress.step("events read", out.events.size(), 0);
                                     }
                                     return {};
                                   }));
  return out;
}

// Events of one key at one instant, in the order in which the oracle counted them. Answers how many pairs changed places.
int64_t take_order(const Opened& opened, const Oracle& oracle, Read& read) {
  const OracleMapping& mapping = *opened.mapping.oracle;
  if (mapping.order.empty()) return 0;
  const auto column = static_cast<size_t>(std::ranges::find(mapping.columns, mapping.order, &OracleColumn::feature) -
                                          mapping.columns.begin());
  const size_t entity = *opened.set->find_field(opened.set->features[*opened.set->find_feature(mapping.order)].entity);
  const auto event_of = [&](const Matched& one) -> BatchEvent& { return read.events[one.event]; };
  int64_t changed = 0;
  for (auto first = read.matched.begin(); first != read.matched.end(); ++first) {
    const Timestamp at = event_of(*first).event.at;
    for (auto other = first + 1; other != read.matched.end() && event_of(*other).event.at == at; ++other) {
      if (event_of(*first).event.values[entity] != event_of(*other).event.values[entity]) continue;
      if (oracle.value(first->row, column).number.as_double() <= oracle.value(other->row, column).number.as_double())
        continue;
      std::swap(event_of(*first), event_of(*other));
      std::swap(first->row, other->row);
      std::swap(first->key, other->key);
      ++changed;
    }
  }
  return changed;
}

// Everything that is not as it must be, as one error.
Result<void> refuse_differences(const Oracle& oracle, const EngineAgainstBatch& run) {
  Faults faults;
  if (oracle.rows_compared() < oracle.rows()) {
    faults.add("rows", "expected an event for each of " + std::to_string(oracle.rows()) + " rows, came " +
                           std::to_string(oracle.rows_compared()));
  }
  for (const ColumnResult& column : oracle.columns()) {
    if (column.unequal == 0) continue;
    faults.add(column.column, std::to_string(column.unequal) + " of " + std::to_string(column.compared) +
                                  " rows are beyond the tolerance of " + column.feature + ", by at most " +
                                  format_double(column.worst));
  }
  for (const DifferingCell& cell : oracle.differing()) {
    faults.add("id " + cell.id, cell.feature + ": ours " + cell.ours + ", the oracle's " + cell.oracle);
  }
  if (run.first) {
    faults.add("event " + std::to_string(run.first->event + 1),
               run.first->feature + ": online " + run.first->online + ", offline " + run.first->offline + "; " +
                   std::to_string(run.unequal) + " values differ" +
                   (run.forgot() ? ", and the engine forgot some keys, tiles or edges at its limits" : ""));
  }
  return std::move(faults).result(ErrorCode::conflict);
}

Result<CheckAnswer> run_check(const VerbCall& call, const CheckRequest& request) {
  const Opened opened = TRY(open(call, request.file));
  if (!opened.mapping.oracle) {
    return fail(ErrorCode::invalid, "mapping",
                "expected it to say which column of the oracle is which feature (oracle)");
  }
  std::string path = request.file.events;
  if (path.empty() && !opened.mapping.oracle->events.empty()) {
    path = folder_of(request.against) + opened.mapping.oracle->events;
  }
  if (path.empty())
    return fail(ErrorCode::invalid, "events", "expected the events' file: the mapping names none either");
  Oracle oracle = TRY(Oracle::read(request.against, *opened.mapping.oracle, *opened.set));
  const auto bad_rows = request.skip_bad_rows ? models::BadRows::skip : models::BadRows::refuse;
  Read read = TRY(read_events(call, opened, path, bad_rows, oracle));
  const int64_t reordered = take_order(opened, oracle, read);
  auto next = read.matched.begin();
  const EngineAgainstBatch run = TRY(compare({opened.set, {}, true}, read.events, labels_of(read.events), call.progress,
                                             [&](size_t event, std::span<const FeatureValue> online) -> Result<void> {
                                               if (next == read.matched.end() || next->event != event) return {};
                                               oracle.compare(next->row, next->key, online);
                                               ++next;
                                               return {};
                                             }));
  TRY(refuse_differences(oracle, run));
  CheckAnswer out{opened.set->name, opened.set->digest().hex()};
  out.rows = static_cast<int64_t>(oracle.rows());
  out.rows_compared = static_cast<int64_t>(oracle.rows_compared());
  out.rows_skipped = static_cast<int64_t>(read.rows.skipped);
  out.reordered = reordered;
  out.columns = oracle.columns();
  out.events = static_cast<int64_t>(run.events);
  out.late = static_cast<int64_t>(run.late);
  out.values = static_cast<int64_t>(run.values);
  out.bit_equal = run.unequal == 0;
  out.restored_after = static_cast<int64_t>(run.restored_after);
  out.snapshot_bytes = static_cast<int64_t>(run.snapshot_bytes);
  out.memory_bytes = static_cast<int64_t>(run.counts.bytes);
  out.engine_events_per_second =
      static_cast<double>(run.events) * 1e9 / static_cast<double>(std::max<int64_t>(1, run.engine_ns));
  out.batch_seconds = static_cast<double>(run.batch_ns) / 1e9;
  return out;
}

// ---- table

struct TableRequest {
  EventFile file;
  std::string out;
  std::optional<Timestamp> from, to;
  bool skip_bad_rows = false;
};
void fields(Shape& shape, TableRequest& request) {
  shape.field("events", request.file.events, {.help = "the events: CSV, plain, gzip or zstd", .min = 1, .max = 4096});
  shape.field("out", request.out, {.help = "the CSV file to write", .min = 1, .max = 4096});
  shape.field("set", request.file.set, {.help = "the feature set", .min = 1, .max = 4096, .optional = true});
  shape.field("mapping", request.file.mapping,
              {.help = "how its columns become events; SET.mapping.json when absent", .max = 4096, .optional = true});
  shape.field("from", request.from, {.help = "rows only from then on; their features see what was before"});
  shape.field("to", request.to, {.help = "and rows only before then"});
  shape.field("skip_bad_rows", request.skip_bad_rows,
              {.help = "count bad rows instead of refusing the file", .optional = true});
}

struct TableAnswer {
  std::string out;
  int64_t rows = 0, labelled = 0, bad = 0, late = 0, columns = 0, skipped = 0;
};
void fields(Shape& shape, TableAnswer& answer) {
  shape.field("out", answer.out, {.help = "the file"});
  shape.field("rows", answer.rows, {.help = "written"});
  shape.field("labelled", answer.labelled, {.help = "of them"});
  shape.field("bad", answer.bad, {.help = "of the labelled"});
  shape.field("late", answer.late, {.help = "events beyond the set's lateness: without features, not written"});
  shape.field("columns", answer.columns);
  shape.field("skipped", answer.skipped, {.help = "bad rows of the events"});
}

std::string tell(const TableAnswer& answer) {
  return with_thousands(answer.rows) + " rows of " + std::to_string(answer.columns) + " columns written to " +
         answer.out + "; " + with_thousands(answer.labelled) + " labelled, " + with_thousands(answer.bad) +
         " of them bad; " + with_thousands(answer.late) + " late\n";
}

void add_cell(std::string& line, std::string_view text) {
  if (!line.empty()) line += ',';
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    line += text;
    return;
  }
  line += '"';
  for (const char c : text) {
    if (c == '"') line += '"';
    line += c;
  }
  line += '"';
}

// The columns: key, time, the fields that are not sealed, the features, label and when it became known.
class TableFile {
 public:
  TableFile(const FeatureSet& set, const std::string& path)
      : set_(set), path_(path), file_(path, std::ios::binary | std::ios::trunc) {}

  Result<size_t> write_header() {
    if (!file_) return fail(ErrorCode::unavailable, path_, "cannot be written; does its folder exist?");
    std::vector<std::string_view> names = {"event", "at"};
    for (const Field& field : set_.fields) {
      if (!field.sealed) names.push_back(field.name);
    }
    for (const Feature& feature : set_.features) names.push_back(feature.name);
    names.insert(names.end(), {"label", "label_at"});
    std::string line;
    for (const std::string_view name : names) add_cell(line, name);
    TRY(write(line));
    return names.size();
  }

  Result<void> write_row(std::string_view key, const BatchEvent& one, std::span<const FeatureValue> values) {
    std::string line;
    add_cell(line, key);
    add_cell(line, text_of(one.event.at));
    for (size_t i = 0; i < set_.fields.size(); ++i) {
      if (set_.fields[i].sealed) continue;
      const bool there = one.event.values[i].present;
      add_cell(line, there ? evidence::text_of(fact_of(set_.fields[i], one.event.values[i])) : "");
    }
    for (const FeatureValue& value : values) add_cell(line, value.present ? value.number.text() : "");
    add_cell(line, !one.label_at ? "" : one.bad ? "1" : "0");
    add_cell(line, one.label_at ? text_of(*one.label_at) : "");
    return write(line);
  }

  Result<void> close() {
    file_.close();
    return well();
  }

 private:
  Result<void> write(std::string& line) {
    line += '\n';
    file_.write(line.data(), static_cast<std::streamsize>(line.size()));
    return well();
  }
  Result<void> well() const {
    if (!file_) return fail(ErrorCode::unavailable, path_, "could not be written; is the disk full?");
    return {};
  }
  const FeatureSet& set_;
  const std::string& path_;
  std::ofstream file_;
};

Result<TableAnswer> run_table(const VerbCall& call, const TableRequest& request) {
  constexpr size_t kEventsPerStep = 65'536;
  const Opened opened = TRY(open(call, request.file));
  const auto bad_rows = request.skip_bad_rows ? models::BadRows::skip : models::BadRows::refuse;
  std::vector<BatchEvent> events;
  std::vector<std::string> keys;
  const MappedRows rows =
      TRY(each_mapped_event(request.file.events, opened.mapping, *opened.set, {.bad_rows = bad_rows, .ids = false},
                            [&](const MappedEvent& event) -> Result<void> {
                              events.push_back(event.event);
                              keys.emplace_back(event.key);
                              return {};
                            }));
  BatchTable batch = TRY(BatchTable::prepare(*opened.set, events, labels_of(events), call.progress));
  TableFile file(*opened.set, request.out);
  TableAnswer out{.out = request.out, .skipped = static_cast<int64_t>(rows.skipped)};
  out.columns = static_cast<int64_t>(TRY(file.write_header()));
  std::vector<FeatureValue> values(opened.set->features.size());
  for (size_t i = 0; i < events.size(); ++i) {
    const bool late = batch.next(values) == Standing::late;
    const Timestamp at = events[i].event.at;
    if (i % kEventsPerStep == 0) call.progress.step("rows written", i, events.size());
    if ((request.from && at < *request.from) || (request.to && at >= *request.to)) continue;
    out.late += late ? 1 : 0;
    if (late) continue;
    TRY(file.write_row(keys[i], events[i], values));
    out.rows += 1;
    out.labelled += events[i].label_at ? 1 : 0;
    out.bad += events[i].label_at && events[i].bad ? 1 : 0;
  }
  TRY(file.close());
  return out;
}

}  // namespace

std::vector<Verb> feature_file_verbs() {
  std::vector<Verb> out;
  out.push_back(
      make_verb<CheckRequest, CheckAnswer>({.noun = "features",
                                            .verb = "check",
                                            .help = "Computes every feature of a file's events online and offline and "
                                                    "holds them against a table that somebody else computed.",
                                            .storeless = true,
                                            .local_only = true},
                                           run_check, tell));
  out.push_back(make_verb<TableRequest, TableAnswer>({.noun = "features",
                                                      .verb = "table",
                                                      .help = "Writes the training table of a file's events: each row "
                                                              "as it was known when the event came, with its label.",
                                                      .effect = Effect::write,
                                                      .storeless = true,
                                                      .local_only = true},
                                                     run_table, tell));
  return out;
}

}  // namespace puhui::features
