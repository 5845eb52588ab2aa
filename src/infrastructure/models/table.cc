#include "infrastructure/models/table.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "ground/base/check.h"
#include "ground/base/text.h"

namespace puhui::models {

namespace {

constexpr size_t kSkippedListedMax = 100;

std::string shown(std::string_view text) { return "'" + std::string(cut_utf8(text, 40)) + "'"; }

// "nan", "-inf", "Infinity": texts that some programs write for numbers that are none.
bool is_number_that_is_none(std::string_view text) {
  std::string lower = to_lower_ascii(trim(text));
  if (lower.starts_with('-') || lower.starts_with('+')) lower.erase(0, 1);
  return lower == "nan" || lower == "inf" || lower == "infinity";
}

// Reads one column: first as text until its type is known, then as numbers.
struct ColumnReader {
  std::string name;
  std::optional<ColumnType> type;
  std::vector<double> values;
  std::unordered_map<std::string, uint32_t> codes;  // category text -> order of first sight
  std::vector<std::string> texts;                   // in order of first sight

  // A fault's message, or nothing.
  std::optional<std::string> parse(std::string_view text, bool missing, const TableLimits& limits, double& out) {
    if (missing) return out = kMissing, std::nullopt;
    if (is_number_that_is_none(text)) {
      return "expected a number or nothing, came " + shown(text) + "; leave the cell empty if it is missing";
    }
    if (*type == ColumnType::numeric) {
      const auto number = parse_double(trim(text));
      if (!number) return "expected a number, came " + shown(text) + "; correct it or declare the column categorical";
      return out = *number, std::nullopt;
    }
    const auto [place, fresh] = codes.try_emplace(std::string(text), static_cast<uint32_t>(texts.size()));
    if (fresh) {
      if (texts.size() == limits.categories_max) {
        codes.erase(place);
        return "expected at most " + std::to_string(limits.categories_max) +
               " categories; leave the column out or group it";
      }
      texts.emplace_back(text);
    }
    return out = place->second, std::nullopt;
  }

  // Renumbers the categories in byte order, leaving out those seen only in rows that were skipped.
  Column finish() && {
    Column out{std::move(name), type.value_or(ColumnType::numeric), std::move(values), {}};
    if (out.type == ColumnType::numeric) return out;
    std::vector<uint8_t> used(texts.size(), 0);
    for (const double value : out.values) {
      if (!std::isnan(value)) used[static_cast<size_t>(value)] = 1;
    }
    for (size_t i = 0; i < texts.size(); ++i) {
      if (used[i] != 0) out.categories.push_back(texts[i]);
    }
    std::sort(out.categories.begin(), out.categories.end());
    std::vector<double> order(texts.size(), kMissing);
    for (size_t i = 0; i < texts.size(); ++i) {
      const auto at = std::lower_bound(out.categories.begin(), out.categories.end(), texts[i]);
      order[i] = static_cast<double>(at - out.categories.begin());
    }
    for (double& value : out.values) {
      if (!std::isnan(value)) value = order[static_cast<size_t>(value)];
    }
    return out;
  }
};

class TableReader {
 public:
  TableReader(CsvReader reader, const TableOptions& options) : reader_(std::move(reader)), options_(options) {}

  Result<TableRead> read() {
    TRY(prepare_columns());
    CsvRow row;
    while (TRY(reader_.next(row))) {
      if (settled_) {
        TRY(add(row));
      } else {
        TRY(hold(row));
      }
    }
    if (!settled_) TRY(settle());
    return finish();
  }

 private:
  struct Held {
    std::string raw;
    std::vector<std::string> fields;
    std::optional<Fault> fault;
    uint64_t number, line;
  };

  Result<void> prepare_columns() {
    Faults faults;
    for (const auto& [name, type] : options_.types) {
      if (const auto column = reader_.column(name); !column) faults.add("", column.error());
    }
    TRY(std::move(faults).result());
    settled_ = true;
    for (const auto& name : reader_.header()) {
      content_.add(name);
      content_.add(std::string_view("\0", 1));
      ColumnReader column{.name = name, .type = {}, .values = {}, .codes = {}, .texts = {}};
      if (const auto declared = options_.types.find(name); declared != options_.types.end()) {
        column.type = declared->second;
      } else {
        settled_ = false;
      }
      columns_.push_back(std::move(column));
    }
    next_.resize(columns_.size());
    return {};
  }

  bool is_missing(std::string_view text) const {
    return std::find(options_.missing_texts.begin(), options_.missing_texts.end(), text) !=
           options_.missing_texts.end();
  }

  Result<void> hold(const CsvRow& row) {
    held_.push_back({std::string(row.raw), {row.fields.begin(), row.fields.end()}, row.fault, row.number, row.line});
    if (held_.size() < options_.limits.inference_rows_max) return {};
    return settle();
  }

  // A column is numeric when every cell held so far reads as a number; then the rows held are added.
  Result<void> settle() {
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].type) continue;
      const bool numeric = std::all_of(held_.begin(), held_.end(), [&](const Held& row) {
        if (row.fault) return true;
        const std::string_view text = row.fields[i];
        return is_missing(text) || is_number_that_is_none(text) || parse_double(trim(text)).has_value();
      });
      columns_[i].type = numeric ? ColumnType::numeric : ColumnType::categorical;
    }
    settled_ = true;
    for (Held& held : held_) {
      CsvRow row{held.number, held.line, held.raw, {held.fields.begin(), held.fields.end()}, held.fault};
      TRY(add(row));
    }
    held_.clear();
    held_.shrink_to_fit();
    return {};
  }

  Result<void> add(const CsvRow& row) {
    const size_t faults_before = faults_.size() + skipped_;
    if (row.fault) {
      report(row.fault->where, row.fault->message);
    } else {
      for (size_t i = 0; i < columns_.size(); ++i) {
        const std::string_view text = row.fields[i];
        if (auto fault = columns_[i].parse(text, is_missing(text), options_.limits, next_[i])) {
          report(row.place() + ", column " + columns_[i].name, *std::move(fault));
        }
      }
    }
    if (faults_.size() + skipped_ > faults_before) return skipped_rows_ += 1, Result<void>{};
    const auto& limits = options_.limits;
    if (hashes_.size() >= limits.rows_max || (hashes_.size() + 1) * columns_.size() > limits.cells_max) {
      return fail(ErrorCode::exhausted, row.place(),
                  "expected at most " + std::to_string(limits.rows_max) + " rows and " +
                      std::to_string(limits.cells_max) + " cells; split the file");
    }
    for (size_t i = 0; i < columns_.size(); ++i) columns_[i].values.push_back(next_[i]);
    hashes_.push_back(row_hash(row.raw));
    content_.add(row.raw);
    content_.add("\n");
    return {};
  }

  void report(std::string where, std::string message) {
    if (options_.bad_rows == BadRows::refuse) return faults_.add(std::move(where), std::move(message));
    if (skipped_++ < kSkippedListedMax) listed_.push_back({std::move(where), std::move(message)});
  }

  Result<TableRead> finish() {
    TRY(std::move(faults_).result());
    std::vector<Column> columns;
    for (auto& column : columns_) columns.push_back(std::move(column).finish());
    const Digest content = content_.digest();
    return TableRead{Table(std::move(columns), std::move(hashes_), content), std::move(listed_), skipped_rows_};
  }

  CsvReader reader_;
  const TableOptions& options_;
  std::vector<ColumnReader> columns_;
  std::vector<double> next_;
  std::vector<uint64_t> hashes_;
  std::vector<Held> held_;
  bool settled_ = false;
  Sha256 content_;
  Faults faults_;
  std::vector<Fault> listed_;
  uint64_t skipped_ = 0, skipped_rows_ = 0;
};

}  // namespace

std::string_view name_of(ColumnType type) { return type == ColumnType::numeric ? "numeric" : "categorical"; }

Table::Table(std::vector<Column> columns, std::vector<uint64_t> row_hashes, Digest content)
    : columns_(std::move(columns)), row_hashes_(std::move(row_hashes)), content_(content) {
  for (const auto& column : columns_) {
    CHECK(column.values.size() == row_hashes_.size(), "every column has one value a row");
  }
}

const Column* Table::find(std::string_view name) const {
  for (const auto& column : columns_) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

std::vector<std::string> Table::names() const {
  std::vector<std::string> out;
  for (const auto& column : columns_) out.push_back(column.name);
  return out;
}

Table::Split Table::split(double train_share, uint64_t seed) const {
  Split out;
  for (size_t row = 0; row < row_hashes_.size(); ++row) {
    (in_share(row_hashes_[row], train_share, seed) ? out.train : out.test).push_back(static_cast<uint32_t>(row));
  }
  return out;
}

Result<TableRead> read_table(std::unique_ptr<ByteSource> source, const TableOptions& options) {
  return TableReader(TRY(CsvReader::open(std::move(source), options.limits.csv)), options).read();
}

}  // namespace puhui::models
