// ListFile: a list as its publisher writes it, as entries: OFAC's three files, a CSV of ours, or JSON. Bad rows are named and the others read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ground/base/shape.h"
#include "infrastructure/screening/screener.h"

namespace puhui::screening {

inline constexpr size_t kListRowBytesMax = 1 << 20, kBadRowsKeptMax = 100;

struct ReadList {
  std::vector<ListEntry> entries;  // by id; each id once
  uint64_t names = 0;
  uint64_t rows_bad = 0;
  std::vector<Fault> bad;  // the first of them
};

// SDN.CSV, ALT.CSV and ADD.CSV of the US Treasury (no header); aliases and addresses may be empty. Dates of birth, nationalities and
// the aliases in quotes are read out of the remarks.
Result<ReadList> read_ofac(std::string_view list, std::string_view sdn, std::string_view aliases,
                           std::string_view addresses);
// With a header: id, name, and optionally kind, aliases, born, countries, programme, remarks; several in one cell are split by ';'.
Result<ReadList> read_list_csv(std::string_view list, std::string_view text);
// {"entries": [{"id": …, "names": […], "kind": …, "born": "1975-06-14" or "1975", "countries": […], …}]}
Result<ReadList> read_list_json(std::string_view list, std::string_view text);

// Rows of a CSV (RFC 4180) in memory. False at the end; a row with a fault comes with it and without cells.
struct CsvCells {
  uint64_t line = 1;  // where the row begins
  std::vector<std::string> cells;
  std::string fault;
};
class CsvRows {
 public:
  explicit CsvRows(std::string_view text) : text_(text) {}
  bool next(CsvCells& row);

 private:
  std::string_view text_;
  size_t at_ = 0;
  uint64_t line_ = 1;
};

// "1975-06-14", "14 Jun 1975", "Jun 1975", "1975", "circa 1975"; the last three are a year only. False: none of them.
bool read_born(std::string_view text, ListEntry& into);

}  // namespace puhui::screening
