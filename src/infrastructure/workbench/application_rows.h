// ApplicationRows: a CSV file of past applications as columns of FEEL values, a chunk of rows at a time, for policies
// whose inputs are named by its columns. Memory does not grow with the file.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "infrastructure/dmn/policy.h"
#include "infrastructure/models/csv.h"

namespace puhui::workbench {

// Some thousand rows of the file, as texts.
struct RowChunk {
  std::string bytes;            // of all cells that are read, one after the other
  std::vector<size_t> ends;     // row-major: where each cell ends
  std::vector<uint64_t> lines;  // of each row, for messages
  size_t columns = 0;           // read from each row
  size_t rows() const { return lines.size(); }
  std::string_view cell(size_t row, size_t column) const;
};

// One policy's inputs as values: by input, empty when the file does not give it.
struct InputColumns {
  std::vector<std::vector<feel::Value>> values;
  std::vector<size_t> bad;  // rows with a cell that does not read, ascending
  std::vector<std::span<const feel::Value>> spans() const;
};

// What an input is read from.
struct InputSource {
  enum class From { nothing, column, constant } from = From::nothing;
  size_t column = 0;  // of a RowChunk
  feel::Value constant;
};

class ApplicationRows {
 public:
  static constexpr size_t kChunkRows = 8192;

  // Plain, .gz or .zst.
  static Result<ApplicationRows> open(const std::string& path);
  const std::vector<std::string>& header() const { return reader_->header(); }
  // The place in a chunk's rows of the file's column of that name, which is read from now on.
  Result<size_t> read_column(std::string_view name);

  // Where each input of the policy comes from: `renamed` ("input=COLUMN") and `constants` ("input=VALUE") first, else the
  // column of its own name, else nowhere. Every fault of the two lists.
  Result<std::vector<InputSource>> sources(const dmn::Policy& policy, const std::vector<std::string>& renamed,
                                           const std::vector<std::string>& constants);
  // False at the end of the file. A row of another shape than the header goes to `faults`.
  Result<bool> next(RowChunk& chunk, Faults& faults);

 private:
  explicit ApplicationRows(models::CsvReader reader);
  std::unique_ptr<models::CsvReader> reader_;
  std::vector<size_t> columns_;                          // of the file, in the order of a chunk's
  std::vector<std::unique_ptr<std::string>> constants_;  // texts the constants borrow
};

// A text of the file as a value of the input's declared kind; an empty one is missing; one without a declared type is
// a number when it reads as one. nullopt when it does not read. Borrows the text.
std::optional<feel::Value> value_of_text(std::string_view text, feel::Kind kind);

// The chunk as the policy's inputs; cells that do not read go to `faults` and are missing. Borrows the chunk.
InputColumns input_columns(const RowChunk& chunk, const dmn::Policy& policy, std::span<const InputSource> sources,
                           Faults& faults);

}  // namespace puhui::workbench
