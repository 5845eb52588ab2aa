// ApplicationReader: the rows of a CSV file as loan applications, one by one in constant memory, typed by the product's
// facts. For the table a model is trained on, see training_table.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "applications/lending/mapping.h"
#include "infrastructure/models/csv.h"
#include "infrastructure/models/table.h"

namespace puhui::lending {

inline constexpr size_t kApplicantIdBytesMax = 256;

// One row. Reused from row to row for its memory; the views hold until the next call of `next`.
struct Application {
  uint64_t row = 0;       // 1 is the first after the header
  uint64_t row_hash = 0;  // models::row_hash of its raw text: which share it falls into
  std::string_view raw;   // the row as it stands in the file
  std::string_view applicant_id;
  std::vector<evidence::FactValue> facts;  // in schema order, sealed ones too
  std::optional<bool> bad;                 // its end, where the file tells it
  int64_t requested_amount_minor = 0;
  int term_months = 0;
};

struct ReaderOptions {
  models::BadRows bad_rows = models::BadRows::refuse;
  models::CsvLimits csv;
};

class ApplicationReader {
 public:
  // Checks mapping, facts and header against each other; every fault of all three. `mapping` and `schema` outlive it.
  static Result<ApplicationReader> open(std::unique_ptr<models::ByteSource> source, const Mapping& mapping,
                                        const evidence::FactSchema& schema, ReaderOptions options = {});

  // False at the end. With BadRows::refuse the first bad row ends the giving: the rest is only looked through, and the
  // answer is `invalid` with every bad row, the first hundred by place and then a count. Nothing should be acted upon
  // before a file was read to its end once (`scan` or `training_table`).
  Result<bool> next(Application& application);

  // With BadRows::skip: what was passed over so far, the first hundred, and how many rows.
  const std::vector<Fault>& skipped() const { return faults_; }
  uint64_t skipped_count() const { return bad_rows_; }
  uint64_t row_count() const { return rows_; }  // given so far

 private:
  // How one fact is filled.
  struct Binding {
    size_t fact = 0;
    size_t column = 0;
    std::optional<evidence::Number> multiplier;
  };
  ApplicationReader(models::CsvReader csv, const Mapping& mapping, const evidence::FactSchema& schema,
                    ReaderOptions options);
  Result<void> bind();
  void bind_fact(size_t fact, Faults& faults);
  std::optional<size_t> column(const std::string& name, const std::string& where, Faults& faults) const;
  bool read_row(Application& application);
  void read_fact(const Binding& binding, std::string_view text, evidence::FactValue& value);
  void read_label(std::string_view text, Application& application);
  void read_applicant(std::string_view text, Application& application);
  int64_t whole(size_t fact, int64_t max, const Application& application);
  bool is_missing(std::string_view text) const;
  const std::string& column_of(size_t fact) const;
  void fault(std::string_view column, std::string_view message);
  Error refusal() const;

  models::CsvReader csv_;
  const Mapping* mapping_;
  const evidence::FactSchema* schema_;
  ReaderOptions options_;
  std::vector<evidence::FactValue> constants_;  // what a row starts with
  std::vector<Binding> bindings_;
  size_t applicant_column_ = 0, amount_fact_ = 0, term_fact_ = 0;
  std::optional<size_t> target_column_;
  models::CsvRow row_;
  std::vector<Fault> faults_;  // the first kept, of all bad rows so far
  uint64_t fault_count_ = 0, bad_rows_ = 0, rows_ = 0;
};

// What a file holds, told by reading it through once.
struct Scan {
  uint64_t rows = 0;
  uint64_t labelled = 0;
  uint64_t bad = 0;  // of the labelled
  std::vector<Fault> skipped;
  uint64_t skipped_count = 0;
};
Result<Scan> scan(ApplicationReader& reader);

inline constexpr size_t kBadRowsListedMax = 100;
inline constexpr size_t kTrainingRowsMax = 50'000'000;
inline constexpr size_t kTrainingCategoriesMax = 10'000;   // a column
inline constexpr std::string_view kLabelColumn = "label";  // "1" is bad

// The labelled rows as a table to train on: one column a fact that is not sealed (numbers and booleans numeric, texts
// categorical, days left out) and kLabelColumn. Row hashes are the file's, so a split by them is the reader's too.
struct TrainingTable {
  models::Table table;
  Scan scan;  // of the whole file
};
Result<TrainingTable> training_table(ApplicationReader& reader, const evidence::FactSchema& schema);

}  // namespace puhui::lending
