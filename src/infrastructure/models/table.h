// Table: typed columns read from CSV: what models are trained and measured on. For rows one by one, see csv.h.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/hash.h"
#include "ground/base/result.h"
#include "infrastructure/models/csv.h"

namespace puhui::models {

enum class ColumnType { numeric, categorical };
std::string_view name_of(ColumnType type);

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// A categorical cell is the index of its text in `categories`, or missing. Categories are sorted by bytes, so
// the numbers do not depend on the order of the rows.
struct Column {
  std::string name;
  ColumnType type = ColumnType::numeric;
  std::vector<double> values;  // one a row; NaN is missing
  std::vector<std::string> categories;
};

class Table {
 public:
  Table() = default;
  // CHECKs that the columns are of one length, and one hash a row.
  Table(std::vector<Column> columns, std::vector<uint64_t> row_hashes, Digest content);

  size_t row_count() const { return row_hashes_.size(); }
  const std::vector<Column>& columns() const { return columns_; }
  const Column* find(std::string_view name) const;  // nullptr when there is none
  std::vector<std::string> names() const;
  uint64_t row_hash(size_t row) const { return row_hashes_[row]; }
  // SHA-256 of the raw rows in order, header first: names the data on a model's card.
  const Digest& content() const { return content_; }

  struct Split {
    std::vector<uint32_t> train, test;  // row numbers, ascending
  };
  // The same row falls on the same side in every table with that seed.
  Split split(double train_share, uint64_t seed) const;

 private:
  std::vector<Column> columns_;
  std::vector<uint64_t> row_hashes_;
  Digest content_;
};

struct TableLimits {
  CsvLimits csv;
  size_t rows_max = 50'000'000;
  size_t cells_max = size_t{1} << 31;
  size_t categories_max = 10'000;      // a column
  size_t inference_rows_max = 20'000;  // rows looked at before a column's type is settled
};

enum class BadRows { refuse, skip };

struct TableOptions {
  std::map<std::string, ColumnType> types;              // columns not named are inferred
  std::vector<std::string> missing_texts = {"", "NA"};  // cells that mean "missing"
  BadRows bad_rows = BadRows::refuse;
  TableLimits limits;
};

struct TableRead {
  Table table;
  std::vector<Fault> skipped;  // the first 100, with row and column
  uint64_t skipped_count = 0;
};

// With BadRows::refuse any bad row makes the whole file `invalid`, listing every bad row (the first 100, then
// a count). NaN and infinity as text are faults, never numbers and never categories.
Result<TableRead> read_table(std::unique_ptr<ByteSource> source, const TableOptions& options = {});

}  // namespace puhui::models
