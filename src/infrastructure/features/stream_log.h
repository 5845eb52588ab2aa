// The log of a stream as it lies in the store: one row a commit, holding the batch's events and labels in the order the
// engine saw them; and reading it back as the events of whichever set is asked for.
//
// A row's bytes: format (1), layout, count of entries, the entries, hash64 of all before it. An entry: a tag (bit 0: label, bit 1:
// something was said before, bit 2: what, bit 3: bad), of a label when it became known, then the event, length first.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ground/base/clock.h"
#include "ground/store/store.h"
#include "infrastructure/features/event.h"

namespace puhui::features {

inline constexpr size_t kLogRowBytesMax = size_t{1} << 20;  // a larger batch makes several rows
inline constexpr size_t kLogRowEntriesMax = 65'536;
inline constexpr size_t kLayoutsMax = 1'000;

// The fields as events of a row have them. A set that adds, drops or moves fields makes another layout.
struct Layout {
  uint32_t number = 0;
  FeatureSet set;  // its fields alone
};
bool same_layout(const std::vector<Field>& a, const std::vector<Field>& b);
// Every field that both have must be of one type and places, and none that was sealed may be opened: `conflict`.
Result<void> check_layouts(const std::vector<Layout>& layouts, const FeatureSet& set);

struct LogEntry {
  uint64_t seq = 0;  // 1, 2, … over events and labels
  bool is_label = false;
  Event event;
  std::optional<bool> before;  // of a label, and what follows
  bool bad = false;
  Timestamp known_at;
};

// What one batch gathered, on its way to rows.
class LogBatch {
 public:
  void add_event(const FeatureSet& set, const Event& event);
  void add_label(const FeatureSet& set, const Event& event, std::optional<bool> before, bool bad, Timestamp known_at);
  size_t size() const { return entries_.size(); }
  size_t events() const;
  void truncate(size_t size);  // entries beyond it never were
  void clear() { truncate(0); }

  struct RowHead {
    size_t before = 0;  // entries of the batch ahead of it
    size_t entries = 0, events = 0;
    std::optional<int64_t> at_min, at_max;  // of its events
  };
  struct PackedRow : RowHead {
    std::string bytes;
  };
  std::vector<PackedRow> rows(uint32_t layout) const;

 private:
  struct Entry {
    size_t end = 0;  // in bytes_
    bool is_label = false;
    int64_t at = 0;
  };
  std::string bytes_;
  std::vector<Entry> entries_;
};

// Reads rows as events of `to`: fields by name; what a row's layout does not have is absent.
class LogDecoder {
 public:
  LogDecoder(const std::vector<Layout>& layouts, std::shared_ptr<const FeatureSet> to);
  // `corrupt` for anything that rows() did not write. Entries of seq ≤ after are passed over.
  using Visit = std::function<Result<void>(const LogEntry&)>;
  Result<void> each(std::string_view row, uint64_t first_seq, uint64_t after, const Visit& visit) const;

 private:
  struct Source {
    FeatureSet set;
    std::vector<int> from;  // one a field of `to`: its place in `set`, or −1; empty: the same
  };
  Result<Event> translate(const Source& source, std::string_view bytes) const;
  std::shared_ptr<const FeatureSet> to_;
  std::vector<Source> sources_;  // by layout number
};

// Where a log stands.
struct LogHead {
  uint64_t entries = 0, events = 0;
};

Result<std::vector<Layout>> read_layouts(Reader& reader, const std::string& stream);
Result<void> write_layout(Transaction& tx, const std::string& stream, const Layout& layout);
Result<LogHead> read_head(Reader& reader, const std::string& stream);
Result<void> append_rows(Transaction& tx, const std::string& stream, const LogHead& head, const LogBatch& batch,
                         uint32_t layout);
// The entries after `after`, of at most `rows_max` rows; answers the seq of the last one seen, `after` at the end.
Result<uint64_t> read_log(Reader& reader, const std::string& stream, const LogDecoder& decoder, uint64_t after,
                          size_t rows_max, const LogDecoder::Visit& visit);

// The events that happened from `from` to before `to` and may have others of their rows among them, and every label.
Result<void> read_log_between(Reader& reader, const std::string& stream, const LogDecoder& decoder, Timestamp from,
                              Timestamp to, const LogDecoder::Visit& visit);

}  // namespace puhui::features
