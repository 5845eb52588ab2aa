// CsvReader: rows of a CSV file (RFC 4180) one by one, in constant memory. A bad row is handed over with its
// fault and reading goes on; only what spoils the whole file is an error. Tables are read with table.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/models/byte_source.h"

namespace puhui::models {

struct CsvLimits {
  uint64_t bytes_max = uint64_t{64} << 30;  // after decompression
  size_t row_bytes_max = 1 << 20;
  size_t columns_max = 4096;
};

// Views live until the next call of `next`.
struct CsvRow {
  uint64_t number = 0;                   // 1 is the first row after the header
  uint64_t line = 0;                     // where it starts in the file; the header is on line 1
  std::string_view raw;                  // as it stands in the file, without its line end
  std::vector<std::string_view> fields;  // unquoted, one a column
  std::optional<Fault> fault;            // then `fields` is empty
  std::string place() const;             // "row 7 (line 8)"
};

class CsvReader {
 public:
  // Reads the header: names must be there, and each only once. A byte order mark is dropped.
  static Result<CsvReader> open(std::unique_ptr<ByteSource> source, CsvLimits limits = {});
  const std::vector<std::string>& header() const { return header_; }
  // Which column has that name: not_found names the nearest one.
  Result<size_t> column(std::string_view name) const;

  // False at the end. Lines end with LF or CRLF; blank lines are passed over. Errors: `exhausted` (limits),
  // `corrupt` (damaged compression), `invalid` (a quote that is never closed).
  Result<bool> next(CsvRow& row);

 private:
  CsvReader(std::unique_ptr<ByteSource> source, CsvLimits limits) : source_(std::move(source)), limits_(limits) {}
  Result<void> read_header();
  Result<bool> next_raw(std::string_view& raw);
  Result<bool> refill();
  std::optional<std::string> split_row(std::string_view raw, std::vector<std::string_view>& fields);
  std::optional<std::string> split_quoted(std::string_view raw, std::vector<std::string_view>& fields);

  std::unique_ptr<ByteSource> source_;
  CsvLimits limits_;
  std::vector<std::string> header_;
  std::string buffer_;
  size_t begin_ = 0;  // of the unread bytes in buffer_
  bool ended_ = false;
  uint64_t bytes_read_ = 0;
  uint64_t line_ = 1;      // of begin_
  uint64_t row_line_ = 1;  // of the row given last
  uint64_t row_number_ = 0;
  std::string unquoted_;  // bytes of the fields that had quotes in them
};

// Stable across machines and releases: splits a table into shares by row. `seed` gives another split.
// The share is of the row's raw text, so a row goes to the same side whatever else is in the file.
bool in_share(std::string_view raw_row, double share, uint64_t seed);

// The row's number behind `in_share`, kept by tables beside each row.
uint64_t row_hash(std::string_view raw_row);
bool in_share(uint64_t row_hash, double share, uint64_t seed);

}  // namespace puhui::models
