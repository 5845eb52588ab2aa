#include "infrastructure/features/batch.h"

#include <algorithm>
#include <map>

#include "ground/base/check.h"
#include "infrastructure/features/batch_graph.h"
#include "infrastructure/features/batch_series.h"
#include "infrastructure/features/batch_table.h"
#include "infrastructure/features/formulas.h"

namespace puhui::features {

namespace {

constexpr size_t kNone = SIZE_MAX;

int64_t floor_divide(int64_t value, int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }

// Texts of one field numbered as they come.
class Numbering {
 public:
  uint32_t number_of(std::string_view text) {
    const auto [place, fresh] = numbers_.try_emplace(std::string(text), static_cast<uint32_t>(hashes_.size()));
    if (fresh) hashes_.push_back(value_hash(text));
    return place->second;
  }
  uint32_t size() const { return static_cast<uint32_t>(hashes_.size()); }
  std::span<const uint64_t> hashes() const { return hashes_; }

 private:
  std::unordered_map<std::string, uint32_t> numbers_;
  std::vector<uint64_t> hashes_;
};

bool sees_itself(const Feature& feature) {
  using enum Aggregate;
  const Aggregate a = feature.aggregate;
  return feature.includes_current && a != last && a != time_since && a != ratio && a != zscore;
}

bool of_window(const Feature& feature) {
  return feature.aggregate != Aggregate::expression && feature.aggregate != Aggregate::graph;
}

struct Plan {
  ValueRule rule;
  Timing timing;
  size_t entity = kNone, of = kNone, series = kNone;
  bool sees_itself = true;
  std::unordered_map<uint32_t, DistinctWindow> distinct;  // by key
};

}  // namespace

struct BatchTable::State {
  const FeatureSet& set;
  std::span<const BatchEvent> events;
  std::vector<BatchLabel> labels;
  Formulas formulas;
  std::vector<Standing> standings;
  std::vector<std::vector<uint32_t>> numbers;  // by field, where one is needed, then by event: which key or text
  std::vector<Numbering> numberings;           // by field
  std::vector<std::vector<bool>> passes;       // by filter, then by event
  std::vector<Series> series;
  std::vector<size_t> labelled;       // series that know of labels
  std::vector<Plan> plans;            // by feature
  std::optional<BatchGraphs> graphs;  // where a feature asks for them
  size_t next = 0, next_label = 0;

  void judge_lateness();
  void number_field(size_t field);
  void filter_events();
  void plan_features();
  std::vector<SeriesEntry> entries_of(const Plan& plan, size_t filter) const;
  bool has(size_t event, size_t field) const { return events[event].event.values[field].present; }
  int64_t value_of(size_t event, size_t field) const;
  void take_labels();
  FeatureValue value_of(size_t feature);
  void look_inside(Plan& plan, const Feature& feature, const Window& window, Inside& inside);
};

void BatchTable::State::judge_lateness() {
  const int64_t lateness_us = parse_duration(set.lateness).value_or(0);
  int64_t watermark_us = INT64_MIN;
  for (const BatchEvent& one : events) {
    const int64_t at_us = one.event.at.microseconds;
    const bool late = watermark_us != INT64_MIN && at_us < watermark_us - lateness_us;
    standings.push_back(late ? Standing::late : Standing::accepted);
    watermark_us = std::max(watermark_us, at_us);
  }
}

void BatchTable::State::number_field(size_t field) {
  if (!numbers[field].empty()) return;
  numbers[field].resize(events.size(), kNoKey);
  for (size_t i = 0; i < events.size(); ++i) {
    const FieldValue& value = events[i].event.values[field];
    if (standings[i] == Standing::accepted && value.present && !value.text.empty()) {
      numbers[field][i] = numberings[field].number_of(value.text);
    }
  }
}

void BatchTable::State::filter_events() {
  passes.resize(formulas.filters());
  for (size_t filter = 1; filter < passes.size(); ++filter) passes[filter].resize(events.size());
  for (size_t i = 0; i < events.size(); ++i) {
    if (standings[i] != Standing::accepted || passes.size() == 1) continue;
    formulas.begin(events[i].event);
    for (size_t filter = 1; filter < passes.size(); ++filter) passes[filter][i] = formulas.passes_filter(filter);
  }
}

int64_t BatchTable::State::value_of(size_t event, size_t field) const {
  const FieldType type = set.fields[field].type;
  if (type == FieldType::key || type == FieldType::text) return numbers[field][event];
  return events[event].event.values[field].number;
}

std::vector<SeriesEntry> BatchTable::State::entries_of(const Plan& plan, size_t filter) const {
  std::vector<SeriesEntry> out;
  const std::vector<uint32_t>& keys = numbers[plan.entity];
  for (size_t i = 0; i < events.size(); ++i) {
    if (keys[i] == kNoKey || (filter != 0 && !passes[filter][i])) continue;
    if (plan.of != kNone && !has(i, plan.of)) continue;
    if (plan.of != kNone && !numbers[plan.of].empty() && numbers[plan.of][i] == kNoKey) continue;
    out.push_back({keys[i], static_cast<uint32_t>(i), events[i].event.at.microseconds,
                   plan.of == kNone ? 0 : value_of(i, plan.of)});
  }
  return out;
}

void BatchTable::State::plan_features() {
  std::map<std::tuple<size_t, size_t, size_t>, size_t> known;  // entity, filter, field
  numbers.resize(set.fields.size());
  numberings.resize(set.fields.size());
  for (size_t i = 0; i < set.features.size(); ++i) {
    const Feature& feature = set.features[i];
    Plan& plan = plans.emplace_back();
    if (feature.aggregate == Aggregate::graph && !graphs) graphs.emplace(set);
    if (!of_window(feature)) continue;
    plan.rule = value_rule_of(set, feature);
    plan.timing = timing_of(feature);
    plan.sees_itself = sees_itself(feature);
    plan.entity = *set.find_field(feature.entity);
    number_field(plan.entity);
    if (!feature.of.empty()) {
      plan.of = *set.find_field(feature.of);
      const FieldType type = set.fields[plan.of].type;
      if (type == FieldType::key || type == FieldType::text) number_field(plan.of);
    }
    const size_t filter = formulas.filter_of(i);
    const auto [place, fresh] = known.try_emplace({plan.entity, filter, plan.of}, series.size());
    if (fresh) series.emplace_back(entries_of(plan, filter), numberings[plan.entity].size());
    plan.series = place->second;
    if (feature.aggregate != Aggregate::risk && feature.aggregate != Aggregate::bad) continue;
    series[plan.series].use_labels();
    if (std::ranges::find(labelled, plan.series) == labelled.end()) labelled.push_back(plan.series);
  }
}

void BatchTable::State::take_labels() {
  for (; next_label < labels.size() && labels[next_label].before <= next; ++next_label) {
    const BatchLabel& label = labels[next_label];
    for (const size_t one : labelled) series[one].set_bad(label.event, label.bad);
  }
}

void BatchTable::State::look_inside(Plan& plan, const Feature& feature, const Window& window, Inside& inside) {
  Series& own = series[plan.series];
  const Timestamp at = events[next].event.at;
  inside.events = own.count(window);
  inside.now_us = at.microseconds;
  switch (feature.aggregate) {
    case Aggregate::sum:
    case Aggregate::mean:
    case Aggregate::stddev:
    case Aggregate::ratio:
    case Aggregate::zscore: own.add_sums(window, inside); break;
    case Aggregate::min:
    case Aggregate::max: own.add_extremes(window, inside); break;
    case Aggregate::last:
    case Aggregate::time_since:
      if (const size_t latest = own.latest(window); latest != SIZE_MAX) {
        inside.last = own.value(latest), inside.at_us = own.at(latest);
      }
      break;
    case Aggregate::first_seen:
      if (const size_t first = own.first(window); first != SIZE_MAX) inside.at_us = own.at(first);
      break;
    case Aggregate::distinct:
      inside.distinct = plan.distinct[numbers[plan.entity][next]].count(own, window, numberings[plan.of].hashes());
      break;
    case Aggregate::ewma:
      own.add_weighted(window, floor_divide(at.microseconds - plan.timing.delay_us, plan.timing.hop_us),
                       plan.timing.hop_us, plan.timing.half_life_us, inside);
      break;
    case Aggregate::risk:
    case Aggregate::bad: inside.bad = own.bad(window); break;
    case Aggregate::count:
    case Aggregate::expression:
    case Aggregate::graph: break;
  }
}

FeatureValue BatchTable::State::value_of(size_t feature) {
  Plan& plan = plans[feature];
  const uint32_t key = numbers[plan.entity][next];
  if (key == kNoKey) return {};
  const Timing& timing = plan.timing;
  const auto edge = [&](int64_t at_us) { return (floor_divide(at_us, timing.hop_us) + 1) * timing.hop_us; };
  const int64_t until_us = events[next].event.at.microseconds - timing.delay_us;
  const int64_t low_us = timing.window_us == INT64_MAX ? INT64_MIN : edge(until_us - timing.window_us);
  const auto bound = static_cast<uint32_t>(next + (plan.sees_itself ? 1 : 0));
  const Window window = series[plan.series].window(key, low_us, edge(until_us), bound);
  Inside inside;
  look_inside(plan, set.features[feature], window, inside);
  if (plan.of != kNone && has(next, plan.of)) inside.current = value_of(next, plan.of);
  return aggregate_value(plan.rule, inside).value;
}

std::vector<BatchLabel> labels_of(std::span<const BatchEvent> events) {
  std::vector<int64_t> latest;  // up to each event: when the stream had come so far
  for (const BatchEvent& one : events) {
    latest.push_back(std::max(latest.empty() ? INT64_MIN : latest.back(), one.event.at.microseconds));
  }
  std::vector<BatchLabel> out;
  for (size_t i = 0; i < events.size(); ++i) {
    if (!events[i].label_at) continue;
    const auto from = std::ranges::lower_bound(latest, events[i].label_at->microseconds);
    const size_t before = std::max(static_cast<size_t>(from - latest.begin()), i + 1);
    if (before < events.size()) out.push_back({static_cast<uint32_t>(i), static_cast<uint32_t>(before), events[i].bad});
  }
  std::ranges::stable_sort(out, {}, &BatchLabel::before);
  return out;
}

BatchTable::BatchTable(std::unique_ptr<State> state) : state_(std::move(state)) {}
BatchTable::BatchTable(BatchTable&&) noexcept = default;
BatchTable::~BatchTable() = default;

Result<BatchTable> BatchTable::prepare(const FeatureSet& set, std::span<const BatchEvent> events,
                                       std::vector<BatchLabel> labels, Progress& progress) {
  if (events.size() > kBatchEventsMax) {
    return fail(ErrorCode::exhausted, "events",
                "expected at most " + std::to_string(kBatchEventsMax) + ", came " + std::to_string(events.size()));
  }
  auto state = std::unique_ptr<State>(new State{set, events, std::move(labels), TRY(Formulas::compile(set))});
  progress.step("events sorted", 0, events.size());
  state->judge_lateness();
  state->filter_events();
  state->plan_features();
  progress.step("events sorted", events.size(), events.size());
  return BatchTable(std::move(state));
}

size_t BatchTable::size() const { return state_->events.size(); }

Standing BatchTable::next(std::span<FeatureValue> out) {
  State& state = *state_;
  CHECK(state.next < state.events.size() && out.size() == state.set.features.size(),
        "one more event, a place a feature");
  state.take_labels();
  const Standing standing = state.standings[state.next];
  std::ranges::fill(out, FeatureValue{});
  if (standing == Standing::accepted) {
    const Event& event = state.events[state.next].event;
    state.formulas.begin(event);
    if (state.graphs) state.graphs->add(event);
    for (size_t i = 0; i < out.size(); ++i) {
      const Feature& feature = state.set.features[i];
      if (of_window(feature)) out[i] = state.value_of(i);
      if (feature.aggregate == Aggregate::graph) out[i] = state.graphs->value(feature, event);
      if (feature.aggregate == Aggregate::expression) out[i] = state.formulas.expression(i, out);
    }
  }
  ++state.next;
  return standing;
}

Result<std::vector<FeatureValue>> compute_batch(const FeatureSet& set, std::span<const BatchEvent> events,
                                                Progress& progress) {
  constexpr size_t kEventsPerStep = 65'536;
  BatchTable table = TRY(BatchTable::prepare(set, events, labels_of(events), progress));
  const size_t width = set.features.size();
  std::vector<FeatureValue> out(events.size() * width);
  for (size_t i = 0; i < events.size(); ++i) {
    table.next(std::span(out).subspan(i * width, width));
    if (i % kEventsPerStep == 0) progress.step("events computed", i, events.size());
  }
  return out;
}

}  // namespace puhui::features
