#include "infrastructure/features/comparison.h"

#include <algorithm>
#include <cmath>

#include "infrastructure/models/csv.h"

namespace puhui::features {

namespace {

constexpr size_t kBlockEvents = 4'096;

// One run of both over the same events.
class Run {
 public:
  Run(const ComparisonPlan& plan, std::span<const BatchEvent> events, const std::vector<BatchLabel>& labels,
      BatchTable batch)
      : plan_(plan),
        events_(events),
        labels_(labels),
        batch_(std::move(batch)),
        engine_(std::in_place, plan.set, plan.limits),
        width_(plan.set->features.size()),
        said_(events.size()),
        late_(events.size()) {}

  Result<EngineAgainstBatch> over_all(Progress& progress, const RowVisit& visit) {
    const size_t middle = plan_.restore_in_the_middle ? events_.size() / 2 : 0;
    for (size_t first = 0; first < events_.size(); first += kBlockEvents) {
      const size_t last = std::min(events_.size(), first + kBlockEvents);
      if (middle > 0 && out_.restored_after == 0 && first >= middle) TRY(restore(first));
      online_.resize((last - first) * width_), offline_.resize(online_.size());
      const int64_t start_ns = monotonic_ns();
      for (size_t i = first; i < last; ++i) observe(i, row(online_, i - first));
      const int64_t middle_ns = monotonic_ns();
      for (size_t i = first; i < last; ++i) (void)batch_.next(row(offline_, i - first));
      out_.engine_ns += middle_ns - start_ns, out_.batch_ns += monotonic_ns() - middle_ns;
      for (size_t i = first; i < last; ++i) {
        hold_together(i, i - first);
        TRY(visit(i, row(online_, i - first)));
      }
      progress.step("events computed online and offline", last, events_.size());
      if (progress.stop_requested()) return fail(ErrorCode::unavailable, "asked to end");
    }
    out_.counts = engine_->counts();
    out_.snapshot = engine_->snapshot();
    return std::move(out_);
  }

 private:
  std::span<FeatureValue> row(std::vector<FeatureValue>& values, size_t i) const {
    return std::span(values).subspan(i * width_, width_);
  }

  void observe(size_t i, std::span<FeatureValue> out) {
    for (; next_label_ < labels_.size() && labels_[next_label_].before <= i; ++next_label_) tell(labels_[next_label_]);
    late_[i] = engine_->observe(events_[i].event, out) == Standing::late;
    out_.late += late_[i] ? 1 : 0;
    out_.events += 1;
  }

  void tell(const BatchLabel& label) {
    if (late_[label.event]) return;
    auto& said = said_[label.event];
    engine_->label(events_[label.event].event, said, label.bad);
    said = label.bad;
  }

  void hold_together(size_t event, size_t i) {
    const auto online = row(online_, i), offline = row(offline_, i);
    out_.values += width_;
    for (size_t f = 0; f < width_; ++f) {
      if (online[f] == offline[f]) continue;
      out_.unequal += 1;
      if (!out_.first) out_.first = {event, plan_.set->features[f].name, text_of(online[f]), text_of(offline[f])};
    }
  }

  Result<void> restore(size_t after) {
    const std::string bytes = engine_->snapshot();
    Engine again = TRY(Engine::restore(plan_.set, plan_.limits, bytes));
    if (again.snapshot() != bytes) return fail(ErrorCode::internal, "a restored engine has another snapshot");
    engine_.emplace(std::move(again));
    out_.restored_after = after, out_.snapshot_bytes = bytes.size();
    return {};
  }

  const ComparisonPlan& plan_;
  std::span<const BatchEvent> events_;
  const std::vector<BatchLabel>& labels_;
  BatchTable batch_;
  std::optional<Engine> engine_;
  size_t width_, next_label_ = 0;
  std::vector<std::optional<bool>> said_;
  std::vector<bool> late_;
  std::vector<FeatureValue> online_, offline_;
  EngineAgainstBatch out_;
};

}  // namespace

std::string text_of(const FeatureValue& value) { return value.present ? value.number.text() : "absent"; }

Result<EngineAgainstBatch> compare(const ComparisonPlan& plan, std::span<const BatchEvent> events,
                                   const std::vector<BatchLabel>& labels, Progress& progress, const RowVisit& visit) {
  const int64_t start_ns = monotonic_ns();
  Run run(plan, events, labels, TRY(BatchTable::prepare(*plan.set, events, labels, progress)));
  const int64_t prepare_ns = monotonic_ns() - start_ns;
  EngineAgainstBatch out = TRY(run.over_all(progress, visit));
  out.batch_ns += prepare_ns;
  return out;
}

void fields(Shape& shape, ColumnResult& column) {
  shape.field("feature", column.feature, {.help = "ours"});
  shape.field("column", column.column, {.help = "the oracle's"});
  shape.field("compared", column.compared, {.help = "rows"});
  shape.field("unequal", column.unequal, {.help = "rows beyond the tolerance"});
  shape.field("worst", column.worst, {.help = "largest difference that the oracle's own rounding does not explain"});
}

void fields(Shape& shape, DifferingCell& cell) {
  shape.field("id", cell.id, {.help = "the event's key"});
  shape.field("feature", cell.feature);
  shape.field("ours", cell.ours);
  shape.field("oracle", cell.oracle);
}

namespace {

long double real(const evidence::Number& number) {
  return static_cast<long double>(number.coefficient) / std::pow(10.0L, static_cast<long double>(number.places));
}

std::string_view tolerance_of(const OracleColumn& column, const FeatureSet& set) {
  if (column.tolerance) return *column.tolerance;
  using enum Aggregate;
  const Aggregate a = set.features[*set.find_feature(column.feature)].aggregate;
  return a == count || a == bad || a == distinct ? "0" : "1e-9";
}

}  // namespace

Oracle::Oracle(const OracleMapping& mapping, const FeatureSet& set) : digits_(mapping.digits) {
  for (const OracleColumn& column : mapping.columns) {
    columns_.push_back({*set.find_feature(column.feature), real(*evidence::Number::parse(column.divisor)),
                        real(*evidence::Number::parse(tolerance_of(column, set)))});
    results_.push_back({column.feature, column.column});
  }
}

Result<Oracle> Oracle::read(const std::string& path, const OracleMapping& mapping, const FeatureSet& set) {
  auto csv = models::CsvReader::open(TRY(models::open_file(path)));
  if (!csv) return fail(at(path, std::move(csv).error()));
  Oracle out(mapping, set);
  std::vector<size_t> places;
  Faults faults;
  const auto place_of = [&](const std::string& name) {
    const auto place = csv->column(name);
    if (!place) faults.add(path, place.error());
    return place.value_or(0);
  };
  const size_t id = place_of(mapping.id);
  for (const OracleColumn& column : mapping.columns) places.push_back(place_of(column.column));
  TRY(std::move(faults).result());
  faults = {};
  for (models::CsvRow row; TRY(csv->next(row));) {
    if (row.fault) {
      faults.add(path + ": " + row.fault->where, row.fault->message);
      continue;
    }
    const std::string where = path + ": " + row.place();
    if (!out.keys_.try_emplace(std::string(row.fields[id]), out.keys_.size()).second)
      faults.add(where, "its key came before");
    if (out.keys_.size() > kOracleRowsMax) return fail(ErrorCode::exhausted, where, "expected fewer rows");
    for (const size_t place : places) {
      const auto number = evidence::Number::parse(row.fields[place]);
      const bool empty = row.fields[place].empty();
      if (!number && !empty) faults.add(where, "expected a number, came '" + std::string(row.fields[place]) + "'");
      out.values_.push_back({!empty, number.value_or(evidence::Number{})});
    }
  }
  TRY(std::move(faults).result());
  return out;
}

std::optional<size_t> Oracle::find(std::string_view key) const {
  const auto found = keys_.find(std::string(key));
  if (found == keys_.end()) return std::nullopt;
  return found->second;
}

void Oracle::compare(size_t row, std::string_view key, std::span<const FeatureValue> ours) {
  compared_ += 1;
  for (size_t i = 0; i < columns_.size(); ++i) {
    check(i, key, ours[columns_[i].feature], value(row, i));
  }
}

void Oracle::check(size_t column, std::string_view key, const FeatureValue& ours, const FeatureValue& theirs) {
  const Column& about = columns_[column];
  ColumnResult& result = results_[column];
  result.compared += 1;
  long double difference = ours.present == theirs.present ? 0 : INFINITY;
  if (ours.present && theirs.present) {
    const long double oracle = real(theirs.number);
    difference = std::abs(real(ours.number) / about.divisor - oracle);
    if (about.divisor == 1 && ours.number == theirs.number) difference = 0;
    // What lies within half of its last digit is the oracle's rounding, where it may differ at all.
    if (digits_ > 0 && about.tolerance > 0 && oracle != 0) {
      const long double last = std::floor(std::log10(std::abs(oracle))) - static_cast<long double>(digits_ - 1);
      difference = std::max(0.0L, difference - 0.5L * std::pow(10.0L, last));
    }
  }
  result.worst = std::max(result.worst, static_cast<double>(std::min(difference, 1e300L)));
  if (difference <= about.tolerance) return;
  result.unequal += 1;
  if (differing_.size() < kDifferingRowsToldMax) {
    differing_.push_back({std::string(key), result.feature, text_of(ours), text_of(theirs)});
  }
}

uint64_t Oracle::unequal() const {
  uint64_t out = 0;
  for (const ColumnResult& result : results_) out += result.unequal;
  return out;
}

}  // namespace puhui::features
