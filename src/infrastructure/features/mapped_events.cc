// each_mapped_event: the rows of a CSV file as events, one after the other.
#include <algorithm>

#include "ground/base/check.h"
#include "ground/base/date.h"
#include "ground/base/text.h"
#include "infrastructure/features/mapping.h"
#include "infrastructure/models/csv.h"

namespace puhui::features {

using evidence::Number;

namespace {

constexpr int64_t kTimeMaxUs = 253'402'300'799'999'999;  // the end of the year 9999

std::string quoted(std::string_view text) { return "'" + std::string(cut_utf8(text, 60)) + "'"; }

int64_t microseconds_of(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::text:
    case TimeUnit::microsecond: return 1;
    case TimeUnit::millisecond: return 1'000;
    case TimeUnit::second: return 1'000'000;
    case TimeUnit::minute: return 60'000'000;
    case TimeUnit::hour: return 3'600'000'000;
    case TimeUnit::day: return 86'400'000'000;
  }
  return 1;
}

// a · b, exactly; nullopt beyond 18 digits.
std::optional<Number> product(const Number& a, const Number& b) {
  constexpr __int128 kCoefficientMax = 999'999'999'999'999'999;
  __int128 coefficient = static_cast<__int128>(a.coefficient) * b.coefficient;
  int places = a.places + b.places;
  for (; places > 0 && coefficient % 10 == 0; --places) coefficient /= 10;
  if (coefficient > kCoefficientMax || coefficient < -kCoefficientMax || places > 18) return std::nullopt;
  return Number{static_cast<int64_t>(coefficient), static_cast<int8_t>(places)};
}

class Rows {
 public:
  Rows(models::CsvReader csv, const EventMapping& mapping, const FeatureSet& set, const MappedOptions& options)
      : csv_(std::move(csv)), mapping_(mapping), set_(set), options_(options) {}

  Result<void> bind();
  Result<MappedRows> visit_all(const MappedVisit& visit);

 private:
  struct Binding {
    size_t field = 0, column = 0;
    std::optional<Number> multiplier;
  };
  void bind_field(size_t field, Faults& faults);
  size_t column(const std::string& name, const std::string& where, Faults& faults) const;
  bool read(MappedEvent& into);
  void read_key(MappedEvent& into);
  void read_time(MappedEvent& into);
  void read_fields(MappedEvent& into);
  void read_label(MappedEvent& into);
  bool is_missing(std::string_view text) const {
    return text.empty() || std::ranges::find(mapping_.missing, text) != mapping_.missing.end();
  }
  void fault(std::string_view column, std::string_view message);
  Error refusal() const;

  models::CsvReader csv_;
  const EventMapping& mapping_;
  const FeatureSet& set_;
  const MappedOptions& options_;
  std::vector<Binding> bindings_;
  std::vector<size_t> extra_;
  size_t id_column_ = 0, time_column_ = 0, label_column_ = 0;
  int64_t label_delay_us_ = 0;
  models::CsvRow row_;
  std::vector<std::string_view> texts_;  // one a field; constants stay
  std::vector<std::string> multiplied_;  // one a binding
  MappedRows told_;
  uint64_t bad_rows_ = 0, fault_count_ = 0;
};

size_t Rows::column(const std::string& name, const std::string& where, Faults& faults) const {
  auto found = csv_.column(name);
  if (found) return *found;
  faults.add(where, quoted(name) + ": " + found.error().faults.front().message);
  return 0;
}

Result<void> Rows::bind() {
  Faults faults;
  texts_.resize(set_.fields.size());
  for (size_t field = 0; field < set_.fields.size(); ++field) bind_field(field, faults);
  multiplied_.resize(bindings_.size());
  id_column_ = column(mapping_.id, "id", faults);
  time_column_ = column(mapping_.time.column, "time/column", faults);
  if (mapping_.label) {
    label_column_ = column(mapping_.label->column, "label/column", faults);
    label_delay_us_ = parse_duration(mapping_.label->delay).value_or(0);
  }
  for (size_t i = 0; i < mapping_.extra.size(); ++i) {
    extra_.push_back(column(mapping_.extra[i], "extra/" + std::to_string(i), faults));
  }
  return std::move(faults).result();
}

void Rows::bind_field(size_t field, Faults& faults) {
  const Field& about = set_.fields[field];
  const auto source = std::ranges::find(mapping_.fields, about.name, &FieldSource::field);
  if (source == mapping_.fields.end()) {
    const auto own = std::ranges::find(csv_.header(), about.name);
    if (own != csv_.header().end()) {
      bindings_.push_back({field, static_cast<size_t>(own - csv_.header().begin()), {}});
    } else if (about.required) {
      faults.add("fields", quoted(about.name) + " is required, but has no source and the file no column of its name");
    }
    return;
  }
  if (source->constant) {
    texts_[field] = *source->constant;
    return;
  }
  const std::string where = "fields/" + std::to_string(source - mapping_.fields.begin()) + "/column";
  Binding binding{field, column(*source->column, where, faults), {}};
  if (source->multiplier) binding.multiplier = Number::parse(*source->multiplier);
  bindings_.push_back(binding);
}

void Rows::fault(std::string_view column, std::string_view message) {
  fault_count_ += 1;
  if (told_.faults.size() >= kBadEventsListedMax) return;
  told_.faults.push_back({row_.place() + ", " + std::string(column), std::string(message)});
}

void Rows::read_key(MappedEvent& into) {
  into.key = row_.fields[id_column_];
  if (into.key.empty()) fault(mapping_.id, "expected the event's key, came nothing");
  if (into.key.size() > kEventKeyBytesMax) {
    fault(mapping_.id, "expected a key of at most " + std::to_string(kEventKeyBytesMax) + " bytes, came " +
                           std::to_string(into.key.size()));
  }
}

void Rows::read_time(MappedEvent& into) {
  const std::string_view text = trim(row_.fields[time_column_]);
  Timestamp& at = into.event.event.at;
  if (mapping_.time.unit == TimeUnit::text) {
    auto parsed = parse_timestamp(text);
    if (parsed) {
      at = *parsed;
    } else {
      fault(mapping_.time.column, parsed.error().faults.front().message);
    }
    return;
  }
  const int64_t unit_us = microseconds_of(mapping_.time.unit);
  std::optional<Number> number;
  if (const auto whole = parse_int64(text)) {
    number = product(Number::whole(*whole), Number::whole(unit_us));
  } else if (const auto decimal = Number::parse(text)) {
    number = product(*decimal, Number::whole(unit_us));
  }
  if (!number || number->places != 0) {
    return fault(mapping_.time.column,
                 "expected whole microseconds as a number of the mapping's unit, came " + quoted(text));
  }
  if (__builtin_add_overflow(number->coefficient, mapping_.time.origin.microseconds, &at.microseconds) ||
      at.microseconds > kTimeMaxUs || at.microseconds < -kTimeMaxUs) {
    fault(mapping_.time.column, "expected a time before the year 10000, came " + quoted(text));
  }
}

void Rows::read_fields(MappedEvent& into) {
  for (size_t i = 0; i < bindings_.size(); ++i) {
    const Binding& binding = bindings_[i];
    std::string_view text = row_.fields[binding.column];
    if (set_.fields[binding.field].type != FieldType::text) text = trim(text);
    if (is_missing(text)) text = {};
    if (binding.multiplier && !text.empty()) {
      const auto number = Number::parse(text);
      const auto times = number ? product(*number, *binding.multiplier) : std::nullopt;
      if (!times) {
        fault(csv_.header()[binding.column], "expected a number of at most 18 digits, came " + quoted(text));
        text = {};
      } else {
        multiplied_[i] = times->text();
        text = multiplied_[i];
      }
    }
    texts_[binding.field] = text;
  }
  auto event = read_event(set_, texts_);
  if (!event) {
    for (const Fault& one : event.error().faults) fault(one.where, one.message);
    return;
  }
  into.event.event.values = std::move(event->values);
}

void Rows::read_label(MappedEvent& into) {
  into.event.bad = false;
  into.event.label_at.reset();
  if (!mapping_.label) return;
  const LabelSource& label = *mapping_.label;
  const std::string_view text = row_.fields[label_column_];
  const bool bad = text == label.bad;
  if (!bad && is_missing(text)) return;
  if (!bad && label.good && text != *label.good) {
    return fault(label.column,
                 "expected " + quoted(label.bad) + ", " + quoted(*label.good) + " or nothing, came " + quoted(text));
  }
  into.event.bad = bad;
  into.event.label_at = Timestamp{into.event.event.at.microseconds + label_delay_us_};
}

bool Rows::read(MappedEvent& into) {
  const uint64_t faults_before = fault_count_;
  if (row_.fault) {
    fault_count_ += 1;
    if (told_.faults.size() < kBadEventsListedMax) told_.faults.push_back(*row_.fault);
    return false;
  }
  into.row = row_.number;
  read_key(into);
  read_time(into);
  read_fields(into);
  read_label(into);
  into.extra.clear();
  for (const size_t place : extra_) into.extra.push_back(row_.fields[place]);
  if (fault_count_ != faults_before) return false;
  if (options_.ids) into.event.event.id = event_id(into.key);
  return true;
}

Error Rows::refusal() const {
  Error error{ErrorCode::invalid, told_.faults};
  if (fault_count_ > error.faults.size()) {
    error.faults.push_back({"", "and " + std::to_string(fault_count_ - error.faults.size()) + " more faults"});
  }
  error.faults.push_back({"", std::to_string(bad_rows_) + " bad rows: correct them, or skip bad rows"});
  return error;
}

Result<MappedRows> Rows::visit_all(const MappedVisit& visit) {
  MappedEvent event;
  while (TRY(csv_.next(row_))) {
    const bool refused = bad_rows_ > 0 && options_.bad_rows == models::BadRows::refuse;
    if (!read(event)) {
      bad_rows_ += 1;
      continue;
    }
    if (refused) continue;
    if (++told_.rows > kMappedEventsMax) {
      return fail(ErrorCode::exhausted, row_.place(),
                  "expected at most " + std::to_string(kMappedEventsMax) + " events: split the file");
    }
    told_.labelled += event.event.label_at ? 1 : 0;
    told_.bad += event.event.bad ? 1 : 0;
    TRY(visit(event));
  }
  if (bad_rows_ > 0 && options_.bad_rows == models::BadRows::refuse) return fail(refusal());
  told_.skipped = bad_rows_;
  return std::move(told_);
}

}  // namespace

Result<MappedRows> each_mapped_event(std::unique_ptr<models::ByteSource> source, const EventMapping& mapping,
                                     const FeatureSet& set, const MappedOptions& options, const MappedVisit& visit) {
  TRY(check(mapping, set));
  Rows rows(TRY(models::CsvReader::open(std::move(source))), mapping, set, options);
  TRY(rows.bind());
  return rows.visit_all(visit);
}

Result<MappedRows> each_mapped_event(const std::string& path, const EventMapping& mapping, const FeatureSet& set,
                                     const MappedOptions& options, const MappedVisit& visit) {
  auto rows = each_mapped_event(TRY(models::open_file(path)), mapping, set, options, visit);
  if (!rows) return fail(at(path, std::move(rows).error()));
  return rows;
}

}  // namespace puhui::features
