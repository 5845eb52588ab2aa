#include "infrastructure/features/stream_log.h"

#include <algorithm>

#include "ground/base/bytes.h"
#include "ground/base/check.h"

namespace puhui::features {

namespace {

constexpr uint8_t kFormat = 1;
constexpr uint8_t kLabelBit = 1, kBeforeBit = 2, kBeforeBadBit = 4, kBadBit = 8;
constexpr size_t kHashBytes = 8;
// What a row has beside its entries, at most: format, two varints, hash.
constexpr size_t kRowFrameBytes = 1 + 5 + 5 + kHashBytes;

struct LayoutFields {
  std::vector<Field> fields;
};
void fields(Shape& shape, LayoutFields& layout) {
  shape.field("fields", layout.fields, {.max = static_cast<int64_t>(kFieldsMax)});
}

std::optional<size_t> place_of(const std::vector<Field>& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &Field::name);
  if (found == fields.end()) return std::nullopt;
  return static_cast<size_t>(found - fields.begin());
}

}  // namespace

bool same_layout(const std::vector<Field>& a, const std::vector<Field>& b) {
  return std::ranges::equal(a, b, [](const Field& x, const Field& y) {
    return x.name == y.name && x.type == y.type && x.places == y.places && x.sealed == y.sealed;
  });
}

Result<void> check_layouts(const std::vector<Layout>& layouts, const FeatureSet& set) {
  Faults faults;
  for (size_t i = 0; i < set.fields.size(); ++i) {
    const Field& now = set.fields[i];
    for (const Layout& layout : layouts) {
      const auto place = place_of(layout.set.fields, now.name);
      if (!place) continue;
      const Field& then = layout.set.fields[*place];
      const std::string where = "fields/" + std::to_string(i) + " (" + now.name + ")";
      if (then.type != now.type || then.places != now.places) {
        faults.add(where, "the events logged so far have it as " +
                              std::string(names_of(&then.type)[static_cast<size_t>(then.type)]) + " of " +
                              std::to_string(then.places) + " places: give the new meaning a new name");
      } else if (then.sealed && !now.sealed) {
        faults.add(where, "it was sealed when it was collected and stays sealed");
      } else {
        continue;
      }
      break;
    }
  }
  return std::move(faults).result(ErrorCode::conflict);
}

void LogBatch::add_event(const FeatureSet& set, const Event& event) {
  ByteWriter out;
  out.u8(0);
  out.text(encode(set, event));
  bytes_ += out.bytes();
  entries_.push_back({bytes_.size(), false, event.at.microseconds});
}

void LogBatch::add_label(const FeatureSet& set, const Event& event, std::optional<bool> before, bool bad,
                         Timestamp known_at) {
  ByteWriter out;
  out.u8(static_cast<uint8_t>(kLabelBit | (before ? kBeforeBit : 0) | (before.value_or(false) ? kBeforeBadBit : 0) |
                              (bad ? kBadBit : 0)));
  out.signed_varint(known_at.microseconds);
  out.text(encode(set, event));
  bytes_ += out.bytes();
  entries_.push_back({bytes_.size(), true, event.at.microseconds});
}

size_t LogBatch::events() const { return static_cast<size_t>(std::ranges::count(entries_, false, &Entry::is_label)); }

void LogBatch::truncate(size_t size) {
  entries_.resize(size);
  bytes_.resize(size == 0 ? 0 : entries_.back().end);
}

std::vector<LogBatch::PackedRow> LogBatch::rows(uint32_t layout) const {
  std::vector<PackedRow> out;
  size_t begin = 0;
  for (size_t first = 0; first < entries_.size();) {
    PackedRow row;
    row.before = first;
    size_t last = first;
    for (; last < entries_.size() && row.entries < kLogRowEntriesMax; ++last) {
      if (row.entries > 0 && entries_[last].end - begin + kRowFrameBytes > kLogRowBytesMax) break;
      row.entries += 1;
      if (entries_[last].is_label) continue;
      row.events += 1;
      row.at_min = std::min(row.at_min.value_or(INT64_MAX), entries_[last].at);
      row.at_max = std::max(row.at_max.value_or(INT64_MIN), entries_[last].at);
    }
    ByteWriter bytes;
    bytes.u8(kFormat);
    bytes.unsigned_varint(layout);
    bytes.unsigned_varint(row.entries);
    bytes.raw(std::string_view(bytes_).substr(begin, entries_[last - 1].end - begin));
    bytes.u64(hash64(bytes.bytes()));
    row.bytes = bytes.take();
    begin = entries_[last - 1].end;
    first = last;
    out.push_back(std::move(row));
  }
  return out;
}

LogDecoder::LogDecoder(const std::vector<Layout>& layouts, std::shared_ptr<const FeatureSet> to) : to_(std::move(to)) {
  for (const Layout& layout : layouts) {
    if (sources_.size() <= layout.number) sources_.resize(layout.number + 1);
    Source& source = sources_[layout.number];
    source.set = layout.set;
    if (same_layout(layout.set.fields, to_->fields)) continue;
    for (const Field& field : to_->fields) {
      const auto place = place_of(layout.set.fields, field.name);
      source.from.push_back(place ? static_cast<int>(*place) : -1);
    }
  }
}

Result<Event> LogDecoder::translate(const Source& source, std::string_view bytes) const {
  Event event = TRY(decode_event(source.set, bytes));
  if (source.from.empty()) return event;
  std::vector<FieldValue> values(to_->fields.size());
  for (size_t i = 0; i < values.size(); ++i) {
    if (source.from[i] >= 0) values[i] = std::move(event.values[static_cast<size_t>(source.from[i])]);
  }
  event.values = std::move(values);
  return event;
}

Result<void> LogDecoder::each(std::string_view row, uint64_t first_seq, uint64_t after, const Visit& visit) const {
  if (row.size() < kHashBytes) return fail(ErrorCode::corrupt, "a row of the stream's log is too short");
  const std::string_view body = row.substr(0, row.size() - kHashBytes);
  ByteReader tail(row.substr(body.size()));
  if (tail.u64() != hash64(body)) return fail(ErrorCode::corrupt, "a row of the stream's log is not what was written");
  ByteReader from(body);
  if (from.u8() != kFormat) return fail(ErrorCode::corrupt, "a row of the stream's log has a format that is not known");
  const uint64_t layout = from.unsigned_varint();
  const size_t count = from.count(2);
  if (!from.ok() || layout >= sources_.size() || sources_[layout].set.fields.empty()) {
    return fail(ErrorCode::corrupt, "a row of the stream's log names a layout that is not known");
  }
  for (size_t i = 0; i < count && from.ok(); ++i) {
    LogEntry entry;
    entry.seq = first_seq + i;
    const uint8_t tag = from.u8();
    if (tag > (kLabelBit | kBeforeBit | kBeforeBadBit | kBadBit)) from.reject();
    entry.is_label = (tag & kLabelBit) != 0;
    if (entry.is_label) entry.known_at = {from.signed_varint()};
    if ((tag & kBeforeBit) != 0) entry.before = (tag & kBeforeBadBit) != 0;
    entry.bad = (tag & kBadBit) != 0;
    const std::string_view event = from.text();
    if (!from.ok() || entry.seq <= after) continue;
    entry.event = TRY(translate(sources_[layout], event));
    TRY(visit(entry));
  }
  return from.finish("a row of the stream's log");
}

Result<std::vector<Layout>> read_layouts(Reader& reader, const std::string& stream) {
  std::vector<Layout> out;
  TRY(reader.each("SELECT layout, fields FROM features_layout WHERE stream = ? ORDER BY layout", {stream},
                  [&](const Row& row) -> Result<void> {
                    const auto read = read_json<LayoutFields>(TRY(parse_json(row.text(1))));
                    if (!read) return fail(ErrorCode::corrupt, "features_layout", read.error().text());
                    Layout layout;
                    layout.number = static_cast<uint32_t>(row.integer(0));
                    layout.set.name = stream;
                    layout.set.fields = read->fields;
                    if (layout.number != out.size())
                      return fail(ErrorCode::corrupt, "features_layout", "one is missing");
                    out.push_back(std::move(layout));
                    return {};
                  }));
  return out;
}

Result<void> write_layout(Transaction& tx, const std::string& stream, const Layout& layout) {
  if (layout.number >= kLayoutsMax) {
    return fail(ErrorCode::exhausted, "fields",
                "expected at most " + std::to_string(kLayoutsMax) + " different field lists in one stream's life");
  }
  TRY(tx.execute("INSERT INTO features_layout (stream, layout, fields) VALUES (?, ?, ?)",
                 {stream, static_cast<int64_t>(layout.number), print_json(to_json(LayoutFields{layout.set.fields}))}));
  return {};
}

Result<LogHead> read_head(Reader& reader, const std::string& stream) {
  LogHead head;
  TRY(reader.each(
      "SELECT seq + entries - 1, events_through FROM features_log WHERE stream = ? ORDER BY seq DESC LIMIT 1", {stream},
      [&](const Row& row) -> Result<void> {
        head = {static_cast<uint64_t>(row.integer(0)), static_cast<uint64_t>(row.integer(1))};
        return {};
      }));
  return head;
}

Result<void> append_rows(Transaction& tx, const std::string& stream, const LogHead& head, const LogBatch& batch,
                         uint32_t layout) {
  static const AppendTable table{"features_log",
                                 {"stream", "seq", "entries", "labels", "events_through", "at_min", "at_max", "bytes"}};
  const std::vector<LogBatch::PackedRow> rows = batch.rows(layout);
  std::vector<Param> cells;
  uint64_t seq = head.entries + 1, events = head.events;
  for (const LogBatch::PackedRow& row : rows) {
    events += row.events;
    cells.insert(cells.end(),
                 {Param(stream), Param(static_cast<int64_t>(seq)), Param(static_cast<int64_t>(row.entries)),
                  Param(static_cast<int64_t>(row.entries - row.events)), Param(static_cast<int64_t>(events)),
                  row.at_min ? Param(*row.at_min) : Param(), row.at_max ? Param(*row.at_max) : Param(),
                  Param(BytesView{row.bytes})});
    seq += row.entries;
  }
  return tx.append(table, cells);
}

Result<uint64_t> read_log(Reader& reader, const std::string& stream, const LogDecoder& decoder, uint64_t after,
                          size_t rows_max, const LogDecoder::Visit& visit) {
  uint64_t seen = after;
  TRY(reader.each(
      "SELECT seq, entries, bytes FROM features_log WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?",
      {stream, static_cast<int64_t>(after), static_cast<int64_t>(rows_max)}, [&](const Row& row) -> Result<void> {
        const auto first = static_cast<uint64_t>(row.integer(0));
        if (first > seen + 1)
          return fail(ErrorCode::corrupt, "features_log", "a row before " + std::to_string(first) + " is missing");
        TRY(decoder.each(row.bytes(2), first, after, visit));
        seen = first + static_cast<uint64_t>(row.integer(1)) - 1;
        return {};
      }));
  return seen;
}

Result<void> read_log_between(Reader& reader, const std::string& stream, const LogDecoder& decoder, Timestamp from,
                              Timestamp to, const LogDecoder::Visit& visit) {
  constexpr int64_t kRowsPerPage = 64;
  for (uint64_t after = 0;;) {
    uint64_t seen = after;
    TRY(
        reader.each("SELECT seq, bytes FROM features_log WHERE stream = ? AND seq > ? AND "
                    "((at_max >= ? AND at_min < ?) OR labels > 0) ORDER BY seq LIMIT ?",
                    {stream, static_cast<int64_t>(after), from.microseconds, to.microseconds, kRowsPerPage},
                    [&](const Row& row) -> Result<void> {
                      seen = static_cast<uint64_t>(row.integer(0));
                      return decoder.each(row.bytes(1), seen, after, visit);
                    }));
    if (seen == after) return {};
    after = seen;
  }
}

}  // namespace puhui::features
