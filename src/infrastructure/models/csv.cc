#include "infrastructure/models/csv.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "ground/base/check.h"
#include "ground/base/hash.h"
#include "ground/base/text.h"

namespace puhui::models {

namespace {

constexpr size_t kReadBytes = 1 << 16;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// The position after the row's line feed, or npos when the bytes end before it. A quote opens a quoted part
// only at the start of a field; inside one, a line feed belongs to the field.
size_t end_of_row(std::string_view bytes, bool& inside_quotes) {
  inside_quotes = false;
  const size_t line_end = bytes.find('\n');
  if (bytes.substr(0, line_end).find('"') == std::string_view::npos) {
    return line_end == std::string_view::npos ? line_end : line_end + 1;
  }
  bool may_open = true;  // at the start of a field, and right after a closing quote: "a""b" goes on
  for (size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (inside_quotes) {
      inside_quotes = c != '"';
      may_open = true;
      continue;
    }
    if (c == '\n') return i + 1;
    inside_quotes = c == '"' && may_open;
    may_open = c == ',';
  }
  return std::string_view::npos;
}

std::string_view without_line_end(std::string_view row) {
  if (row.ends_with('\n')) row.remove_suffix(1);
  if (row.ends_with('\r')) row.remove_suffix(1);
  return row;
}

std::string shown(std::string_view text) { return "'" + std::string(cut_utf8(text, 40)) + "'"; }

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) >= 0; });
}

}  // namespace

std::string CsvRow::place() const { return "row " + std::to_string(number) + " (line " + std::to_string(line) + ")"; }

Result<CsvReader> CsvReader::open(std::unique_ptr<ByteSource> source, CsvLimits limits) {
  CHECK(source != nullptr, "a CSV reader has a source");
  CsvReader reader(std::move(source), limits);
  TRY(reader.read_header());
  return reader;
}

Result<void> CsvReader::read_header() {
  std::string_view raw;
  while (buffer_.size() < kByteOrderMark.size() && TRY(refill())) {
  }
  if (std::string_view(buffer_).starts_with(kByteOrderMark)) begin_ = kByteOrderMark.size();
  if (!TRY(next_raw(raw)) || raw.empty()) {
    return fail(ErrorCode::invalid, "line 1", "expected a header with the columns' names, came nothing");
  }
  std::vector<std::string_view> fields;
  if (auto fault = split_row(raw, fields)) return fail(ErrorCode::invalid, "line 1", *fault);
  Faults faults;
  std::set<std::string_view> seen;
  for (size_t i = 0; i < fields.size(); ++i) {
    const std::string where = "line 1, column " + std::to_string(i + 1);
    if (trim(fields[i]).empty()) faults.add(where, "expected a name, came nothing; name the column");
    if (!seen.insert(fields[i]).second) {
      faults.add(where, "the name " + shown(fields[i]) + " stands twice; rename one of the columns");
    }
    header_.emplace_back(fields[i]);
  }
  return std::move(faults).result();
}

Result<size_t> CsvReader::column(std::string_view name) const {
  const auto found = std::find(header_.begin(), header_.end(), name);
  if (found != header_.end()) return static_cast<size_t>(found - header_.begin());
  const std::string near = nearest(name, header_);
  return fail(ErrorCode::not_found, std::string(name),
              "no such column in the header" + (near.empty() ? "" : "; did you mean '" + near + "'?"));
}

// Appends a chunk to the buffer; what was read already is dropped first. False at the end.
Result<bool> CsvReader::refill() {
  if (ended_) return false;
  if (begin_ > 0) buffer_.erase(0, begin_), begin_ = 0;
  const size_t old_size = buffer_.size();
  buffer_.resize(old_size + kReadBytes);
  const auto got = source_->read(std::span(buffer_).subspan(old_size));
  buffer_.resize(old_size + got.value_or(0));
  if (!got) return fail(got.error());
  bytes_read_ += *got;
  if (bytes_read_ > limits_.bytes_max) {
    return fail(ErrorCode::exhausted, "line " + std::to_string(line_),
                "expected at most " + std::to_string(limits_.bytes_max) + " bytes; split the file");
  }
  ended_ = *got == 0;
  return !ended_;
}

// The next line that is not blank, without its line end.
Result<bool> CsvReader::next_raw(std::string_view& raw) {
  for (;;) {
    const std::string_view rest = std::string_view(buffer_).substr(begin_);
    bool inside_quotes = false;
    size_t end = end_of_row(rest, inside_quotes);
    if (end == std::string_view::npos || end > limits_.row_bytes_max) {
      if (rest.size() > limits_.row_bytes_max) {
        return fail(ErrorCode::exhausted, "line " + std::to_string(line_),
                    "expected a row of at most " + std::to_string(limits_.row_bytes_max) +
                        " bytes; look for a quote that is never closed");
      }
      if (TRY(refill())) continue;
      if (rest.empty()) return false;
      if (inside_quotes) {
        return fail(ErrorCode::invalid, "line " + std::to_string(line_),
                    "expected a closing quote, came the end of the file");
      }
      end = rest.size();
    }
    // refill() may have moved the buffer: look at it afresh.
    const std::string_view row = std::string_view(buffer_).substr(begin_, end);
    raw = without_line_end(row);
    row_line_ = line_;
    line_ += static_cast<uint64_t>(std::count(row.begin(), row.end(), '\n'));
    begin_ += end;
    if (!raw.empty()) return true;
  }
}

Result<bool> CsvReader::next(CsvRow& row) {
  row.fields.clear();
  row.fault.reset();
  if (!TRY(next_raw(row.raw))) return false;
  row.number = ++row_number_;
  row.line = row_line_;
  auto fault = split_row(row.raw, row.fields);
  if (!fault && row.fields.size() != header_.size()) {
    fault = "expected " + std::to_string(header_.size()) + " fields as in the header, came " +
            std::to_string(row.fields.size());
  }
  if (fault) {
    row.fields.clear();
    row.fault = Fault{row.place(), *std::move(fault)};
  }
  return true;
}

std::optional<std::string> CsvReader::split_row(std::string_view raw, std::vector<std::string_view>& fields) {
  if (raw.find('\0') != std::string_view::npos) return "expected text, came a zero byte";
  if (!is_ascii(raw)) {
    if (const auto at_byte = first_invalid_utf8(raw)) {
      return "expected UTF-8, came another encoding at byte " + std::to_string(*at_byte) + "; convert the file";
    }
  }
  if (raw.find('"') != std::string_view::npos) return split_quoted(raw, fields);
  size_t begin = 0;
  for (;;) {
    const size_t end = raw.find(',', begin);
    fields.push_back(raw.substr(begin, end - begin));
    if (fields.size() > limits_.columns_max) {
      return "expected at most " + std::to_string(limits_.columns_max) + " columns";
    }
    if (end == std::string_view::npos) return std::nullopt;
    begin = end + 1;
  }
}

// Unquoted bytes are written to `unquoted_`, which is reserved to the row's length first: the views stay.
std::optional<std::string> CsvReader::split_quoted(std::string_view raw, std::vector<std::string_view>& fields) {
  unquoted_.clear();
  unquoted_.reserve(raw.size());
  size_t i = 0;
  for (;;) {
    const std::string where = "field " + std::to_string(fields.size() + 1);
    if (fields.size() >= limits_.columns_max) {
      return "expected at most " + std::to_string(limits_.columns_max) + " columns";
    }
    if (i < raw.size() && raw[i] == '"') {
      const size_t begin = unquoted_.size();
      for (++i;; ++i) {
        if (i == raw.size()) return where + ": expected a closing quote, came the end of the row";
        if (raw[i] != '"') {
          unquoted_ += raw[i];
        } else if (i + 1 < raw.size() && raw[i + 1] == '"') {
          unquoted_ += raw[i++];
        } else {
          break;
        }
      }
      ++i;
      fields.push_back(std::string_view(unquoted_).substr(begin));
      if (i < raw.size() && raw[i] != ',') {
        return where + ": expected a comma after the closing quote, came " + shown(raw.substr(i, 10)) +
               "; write a quote inside a field twice";
      }
    } else {
      const size_t end = std::min(raw.find(',', i), raw.size());
      fields.push_back(raw.substr(i, end - i));
      if (fields.back().find('"') != std::string_view::npos) {
        return where + ": came a quote inside a field without quotes; put the field in quotes";
      }
      i = end;
    }
    if (i == raw.size()) return std::nullopt;
    ++i;
  }
}

uint64_t row_hash(std::string_view raw_row) { return hash64(raw_row); }

bool in_share(uint64_t hash, double share, uint64_t seed) {
  // The seed is mixed in after the row, so that tables need to keep only one hash a row.
  const char* bytes = reinterpret_cast<const char*>(&hash);
  const uint64_t draw = hash64(std::string_view(bytes, sizeof hash), seed) >> 11;
  return static_cast<double>(draw) * 0x1.0p-53 < share;
}

bool in_share(std::string_view raw_row, double share, uint64_t seed) {
  return in_share(row_hash(raw_row), share, seed);
}

}  // namespace puhui::models
