#include "applications/lending/application_reader.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "applications/lending/terms.h"
#include "ground/base/check.h"
#include "ground/base/text.h"

namespace puhui::lending {

using evidence::FactSchema;
using evidence::FactSpec;
using evidence::FactType;
using evidence::FactValue;
using evidence::Number;

namespace {

std::string quoted(std::string_view text) { return "'" + std::string(cut_utf8(text, 40)) + "'"; }

// Most cells of most tables are whole numbers; the general parser reads the rest.
std::optional<Number> parse_number(std::string_view text) {
  if (text.size() <= 18) {
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size()) return Number::whole(value);
  }
  return Number::parse(text);
}

}  // namespace

ApplicationReader::ApplicationReader(models::CsvReader csv, const Mapping& mapping, const FactSchema& schema,
                                     ReaderOptions options)
    : csv_(std::move(csv)), mapping_(&mapping), schema_(&schema), options_(options) {}

Result<ApplicationReader> ApplicationReader::open(std::unique_ptr<models::ByteSource> source, const Mapping& mapping,
                                                  const FactSchema& schema, ReaderOptions options) {
  auto csv = models::CsvReader::open(std::move(source), options.csv);
  auto checked = check(mapping, schema);
  Faults faults;
  if (!checked) faults.add("mapping", std::move(checked).error());
  if (!csv) {
    if (faults.none()) return fail(std::move(csv).error());
    faults.add("", std::move(csv).error());
    return fail(std::move(faults).result().error());
  }
  ApplicationReader reader(*std::move(csv), mapping, schema, options);
  if (auto bound = reader.bind(); !bound) faults.add("mapping", std::move(bound).error());
  TRY(std::move(faults).result());
  return reader;
}

std::optional<size_t> ApplicationReader::column(const std::string& name, const std::string& where,
                                                Faults& faults) const {
  const auto& header = csv_.header();
  const auto found = std::ranges::find(header, name);
  if (found != header.end()) return static_cast<size_t>(found - header.begin());
  const std::string meant = nearest(name, header);
  faults.add(where, "the file has no column " + quoted(name) +
                        (meant.empty() ? "; its header names " + std::to_string(header.size()) + " columns"
                                       : "; did you mean " + quoted(meant) + "?"));
  return std::nullopt;
}

Result<void> ApplicationReader::bind() {
  Faults faults;
  constants_.resize(schema_->facts.size());
  for (size_t fact = 0; fact < schema_->facts.size(); ++fact) bind_fact(fact, faults);
  applicant_column_ = column(mapping_->applicant_id, "applicant_id", faults).value_or(0);
  if (mapping_->target) target_column_ = column(mapping_->target->column, "target/column", faults);
  amount_fact_ = schema_->find(mapping_->requested_amount_minor).value_or(0);
  term_fact_ = schema_->find(mapping_->term_months).value_or(0);
  return std::move(faults).result();
}

void ApplicationReader::bind_fact(size_t fact, Faults& faults) {
  const FactSpec& spec = schema_->facts[fact];
  const FactSource* source = mapping_->find(spec.name);
  if (source != nullptr && source->constant) {
    if (auto value = schema_->parse(spec, *source->constant)) constants_[fact] = *std::move(value);
    return;  // a constant that is wrong is check()'s to tell
  }
  const std::string& name = source != nullptr && source->column ? *source->column : spec.name;
  const std::string where = source != nullptr ? "facts/" + std::to_string(source - mapping_->facts.data())
                                              : "facts (" + spec.name + " is not mapped, so its own column is read)";
  const auto place = column(name, where, faults);
  if (!place) return;
  Binding binding{.fact = fact, .column = *place, .multiplier = {}};
  if (source != nullptr && source->multiplier) binding.multiplier = Number::parse(*source->multiplier);
  bindings_.push_back(binding);
}

Result<bool> ApplicationReader::next(Application& application) {
  for (;;) {
    auto more = csv_.next(row_);
    if (!more) {
      Error error = std::move(more).error();
      error.faults.insert(error.faults.begin(), faults_.begin(), faults_.end());
      return fail(std::move(error));
    }
    const bool refused = bad_rows_ > 0 && options_.bad_rows == models::BadRows::refuse;
    if (!*more) {
      if (refused) return fail(refusal());
      return false;
    }
    if (!read_row(application)) {
      bad_rows_ += 1;
    } else if (!refused) {
      rows_ += 1;
      return true;
    }
  }
}

Error ApplicationReader::refusal() const {
  Error error{ErrorCode::invalid, faults_};
  if (fault_count_ > faults_.size()) {
    error.faults.push_back({"", "and " + std::to_string(fault_count_ - faults_.size()) + " more faults"});
  }
  error.faults.push_back({"", std::to_string(bad_rows_) + " bad rows: correct them, or skip bad rows"});
  return error;
}

bool ApplicationReader::read_row(Application& application) {
  const uint64_t faults_before = fault_count_;
  if (row_.fault) {
    fault_count_ += 1;
    if (faults_.size() < kBadRowsListedMax) faults_.push_back(*row_.fault);
    return false;
  }
  application.row = row_.number;
  application.raw = row_.raw;
  application.row_hash = models::row_hash(row_.raw);
  application.facts = constants_;
  for (const Binding& binding : bindings_) {
    read_fact(binding, row_.fields[binding.column], application.facts[binding.fact]);
  }
  read_applicant(row_.fields[applicant_column_], application);
  application.bad.reset();
  if (target_column_) read_label(row_.fields[*target_column_], application);
  application.requested_amount_minor = whole(amount_fact_, kAmountMinorMax, application);
  application.term_months = static_cast<int>(whole(term_fact_, kTermsMax, application));
  return fault_count_ == faults_before;
}

void ApplicationReader::read_fact(const Binding& binding, std::string_view text, FactValue& value) {
  const FactSpec& spec = schema_->facts[binding.fact];
  if (spec.type != FactType::text) text = trim(text);
  if (is_missing(text)) text = {};
  if (spec.type == FactType::number && !text.empty()) {
    auto number = parse_number(text);
    if (!number) {
      return fault(csv_.header()[binding.column], "expected a number of at most 18 digits, came " + quoted(text));
    }
    if (binding.multiplier) number = multiply(*number, *binding.multiplier);
    if (!number) {
      return fault(csv_.header()[binding.column],
                   "times " + binding.multiplier->text() + " expected at most 18 digits, came " + quoted(text));
    }
    value = *number;
    return;
  }
  auto parsed = schema_->parse(spec, text);
  if (parsed) {
    value = *std::move(parsed);
    return;
  }
  for (const Fault& one : parsed.error().faults) fault(csv_.header()[binding.column], one.message);
}

void ApplicationReader::read_applicant(std::string_view text, Application& application) {
  application.applicant_id = text;
  const std::string& name = csv_.header()[applicant_column_];
  if (text.empty()) fault(name, "expected the applicant's id, came nothing");
  if (text.size() > kApplicantIdBytesMax) {
    fault(name, "expected an id of at most " + std::to_string(kApplicantIdBytesMax) + " bytes, came " +
                    std::to_string(text.size()));
  } else if (first_invalid_utf8(text)) {
    fault(name, "expected an id in UTF-8, came other bytes");
  }
}

void ApplicationReader::read_label(std::string_view text, Application& application) {
  const TargetSource& target = *mapping_->target;
  if (text == target.bad) {
    application.bad = true;
  } else if (target.good ? text == *target.good : !is_missing(text)) {
    application.bad = false;
  } else if (!is_missing(text)) {
    fault(target.column,
          "expected " + quoted(target.bad) + " or " + quoted(*target.good) + " or nothing, came " + quoted(text));
  }
}

int64_t ApplicationReader::whole(size_t fact, int64_t max, const Application& application) {
  const auto* number = std::get_if<Number>(&application.facts[fact]);
  if (number != nullptr && number->places == 0 && number->coefficient > 0 && number->coefficient <= max) {
    return number->coefficient;
  }
  const bool told = number == nullptr && schema_->facts[fact].required;  // when it was read
  if (!told)
    fault(column_of(fact), "expected a whole number of 1 to " + std::to_string(max) + " (" + schema_->facts[fact].name +
                               "), came " + quoted(text_of(application.facts[fact])));
  return 0;
}

const std::string& ApplicationReader::column_of(size_t fact) const {
  const auto found = std::ranges::find(bindings_, fact, &Binding::fact);
  return found == bindings_.end() ? schema_->facts[fact].name : csv_.header()[found->column];
}

bool ApplicationReader::is_missing(std::string_view text) const {
  return text.empty() || std::ranges::find(mapping_->missing, text) != mapping_->missing.end();
}

void ApplicationReader::fault(std::string_view column, std::string_view message) {
  fault_count_ += 1;
  if (faults_.size() >= kBadRowsListedMax) return;
  faults_.push_back({row_.place() + ", column " + std::string(column), std::string(message)});
}

namespace {

void count(const Application& application, Scan& scan) {
  scan.rows += 1;
  scan.labelled += application.bad ? 1 : 0;
  scan.bad += application.bad.value_or(false) ? 1 : 0;
}

// One fact's column of the training table, growing.
class FactColumn {
 public:
  explicit FactColumn(const FactSpec& spec) : spec_(spec) {}

  // False when the column has more categories than a model could learn from.
  bool add(const FactValue& value) {
    double cell = models::kMissing;
    if (const auto* flag = std::get_if<bool>(&value)) cell = *flag ? 1 : 0;
    if (const auto* number = std::get_if<Number>(&value)) cell = number->as_double();
    if (const auto* text = std::get_if<std::string>(&value)) {
      cell = static_cast<double>(categories_.try_emplace(*text, categories_.size()).first->second);
    }
    values_.push_back(cell);
    return categories_.size() <= kTrainingCategoriesMax;
  }

  // Categories are numbered as they came; a table wants them sorted.
  models::Column finish() && {
    models::Column out{.name = spec_.name, .type = models::ColumnType::numeric, .values = {}, .categories = {}};
    if (spec_.type == FactType::text) {
      out.type = models::ColumnType::categorical;
      std::vector<double> sorted(categories_.size());
      for (const auto& [text, came] : categories_) {
        sorted[came] = static_cast<double>(out.categories.size());
        out.categories.push_back(text);
      }
      for (double& value : values_) {
        if (value == value) value = sorted[static_cast<size_t>(value)];
      }
    }
    out.values = std::move(values_);
    return out;
  }

 private:
  const FactSpec& spec_;
  std::vector<double> values_;
  std::map<std::string, size_t> categories_;
};

// Collects the columns of training_table.
class TrainingColumns {
 public:
  explicit TrainingColumns(const FactSchema& schema) {
    for (size_t i = 0; i < schema.facts.size(); ++i) {
      const FactSpec& spec = schema.facts[i];
      if (spec.sealed || spec.type == FactType::date) continue;
      facts_.push_back(i);
      columns_.emplace_back(spec);
      content_.add(spec.name);
      content_.add(std::string_view("\0", 1));
    }
    content_.add("\n");
  }

  Result<void> add(const Application& application) {
    if (hashes_.size() >= kTrainingRowsMax) {
      return fail(ErrorCode::exhausted, "row " + std::to_string(application.row),
                  "expected at most " + std::to_string(kTrainingRowsMax) + " labelled rows; split the file");
    }
    for (size_t i = 0; i < facts_.size(); ++i) {
      if (columns_[i].add(application.facts[facts_[i]])) continue;
      return fail(
          ErrorCode::exhausted, "row " + std::to_string(application.row),
          "expected at most " + std::to_string(kTrainingCategoriesMax) + " different texts in a fact; is it an id?");
    }
    labels_.push_back(*application.bad ? 1 : 0);
    hashes_.push_back(application.row_hash);
    content_.add(application.raw);
    content_.add("\n");
    return {};
  }

  models::Table finish() && {
    std::vector<models::Column> columns;
    for (FactColumn& column : columns_) columns.push_back(std::move(column).finish());
    columns.push_back({.name = std::string(kLabelColumn),
                       .type = models::ColumnType::numeric,
                       .values = std::move(labels_),
                       .categories = {}});
    return models::Table(std::move(columns), std::move(hashes_), content_.digest());
  }

 private:
  std::vector<size_t> facts_;
  std::vector<FactColumn> columns_;
  std::vector<double> labels_;
  std::vector<uint64_t> hashes_;
  Sha256 content_;
};

}  // namespace

Result<Scan> scan(ApplicationReader& reader) {
  Scan out;
  Application application;
  while (TRY(reader.next(application))) count(application, out);
  out.skipped = reader.skipped();
  out.skipped_count = reader.skipped_count();
  return out;
}

Result<TrainingTable> training_table(ApplicationReader& reader, const FactSchema& schema) {
  TrainingTable out;
  TrainingColumns columns(schema);
  Application application;
  while (TRY(reader.next(application))) {
    count(application, out.scan);
    if (application.bad) TRY(columns.add(application));
  }
  out.scan.skipped = reader.skipped();
  out.scan.skipped_count = reader.skipped_count();
  out.table = std::move(columns).finish();
  return out;
}

}  // namespace puhui::lending
