// Any bytes: reading ends with rows or an error, every row's fields are views into what was read, and a table that
// is accepted has finite numbers or nothing in each cell.
#include <cmath>

#include "ground/base/check.h"
#include "infrastructure/models/table.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace puhui;
  using namespace puhui::models;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const CsvLimits limits{.bytes_max = 1 << 20, .row_bytes_max = 4096, .columns_max = 64};
  auto plain = CsvReader::open(from_text(bytes), limits);
  if (plain) {
    CsvRow row;
    for (;;) {
      const auto more = plain->next(row);
      if (!more || !*more) break;
      CHECK(row.fault.has_value() == row.fields.empty(), "a row has fields or a fault");
      CHECK(row.fault || row.fields.size() == plain->header().size(), "a row has one field a column");
    }
  }
  for (const BadRows bad_rows : {BadRows::refuse, BadRows::skip}) {
    auto source = decompressed(from_text(bytes));
    if (!source) continue;
    const auto read =
        read_table(*std::move(source),
                   {.bad_rows = bad_rows, .limits = {.csv = limits, .rows_max = 1000, .inference_rows_max = 10}});
    if (!read) continue;
    for (const Column& column : read->table.columns()) {
      for (const double value : column.values) {
        CHECK(std::isnan(value) || std::isfinite(value), "a cell is a number or missing");
        CHECK(column.type == ColumnType::numeric || std::isnan(value) ||
                  value < static_cast<double>(column.categories.size()),
              "a category exists");
      }
    }
  }
  return 0;
}
