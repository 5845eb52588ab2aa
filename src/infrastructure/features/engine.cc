#include "infrastructure/features/engine.h"

#include "ground/base/check.h"
#include "infrastructure/features/engine_state.h"

namespace puhui::features {

namespace {

Formulas compiled(const FeatureSet& set) {
  auto formulas = Formulas::compile(set);
  CHECK(formulas.has_value(), "an engine takes a set that FeatureSet::parse has checked");
  return *std::move(formulas);
}

Plan planned(const FeatureSet& set, const Formulas& formulas) {
  std::vector<size_t> filters;
  for (size_t i = 0; i < set.features.size(); ++i) filters.push_back(formulas.filter_of(i));
  return plan_of(set, filters);
}

}  // namespace

Engine::State::State(std::shared_ptr<const FeatureSet> declared, EngineLimits engine_limits)
    : set(std::move(declared)),
      limits(engine_limits),
      formulas(compiled(*set)),
      has_formulas(formulas.filters() > 1),
      plan(planned(*set, formulas)),
      graphs(*set, limits),
      hashes(set->fields.size()) {
  has_formulas = has_formulas || !plan.expressions.empty();
  for (const PlannedEntity& entity : plan.entities) {
    entities.push_back({.plan = entity,
                        .keys = KeyTable(entity.block_words, limits.keys_max),
                        .nobody = std::vector<uint64_t>(entity.block_words)});
  }
}

uint64_t Engine::State::hash_of(size_t field) {
  if (hashes[field] == 0) hashes[field] = value_hash(event->values[field].text);
  return hashes[field];
}

void Engine::State::begin(const Event& current) {
  CHECK(current.values.size() == set->fields.size(), "an event has a value for each field of its set");
  CHECK(current.at >= kEventTimeMin && current.at <= kEventTimeMax, "an event happens in years 0001 to 9999");
  event = &current;
  at_us = current.at.microseconds;
  for (const size_t field : plan.hashed_fields) hashes[field] = 0;
  if (has_formulas) formulas.begin(current);
  for (Entity& entity : entities) {
    entity.block = nullptr;
    const FieldValue& key = current.values[entity.plan.field];
    if (!key.present || key.text.empty()) continue;
    entity.now = KeyHash::of(key.text);
    entity.block = entity.nobody.data();
    entity.keys.prefetch(entity.now);
  }
}

bool Engine::State::is_late(Timestamp at) const {
  return any_event && at.microseconds < watermark_us - plan.lateness_us;
}

void Engine::State::find_keys(bool create) {
  for (Entity& entity : entities) {
    if (entity.block == nullptr) continue;
    if (!create) {
      if (uint64_t* found = entity.keys.find(entity.now)) entity.block = found;
      continue;
    }
    const auto forget = [&](uint64_t* block) {
      KeyWindows(block, entity.plan, pool).clear();
      ++counts.keys_evicted;
    };
    const size_t before = entity.keys.size() + counts.keys_evicted;
    entity.block = entity.keys.touch(entity.now, forget);
    if (entity.keys.size() + counts.keys_evicted != before) windows(entity).begin_new();
  }
  for (Entity& entity : entities) {
    if (entity.block != nullptr) windows(entity).prefetch();
  }
}

WindowBounds Engine::State::bounds() const {
  return {.kept_from_us = watermark_us - plan.lateness_us, .tiles_max = std::max<size_t>(limits.tiles_max, 2)};
}

void Engine::State::read_expressions(std::span<FeatureValue> out) {
  for (const size_t feature : plan.expressions) out[feature] = formulas.expression(feature, out);
}

Standing Engine::State::observe(const Event& current, std::span<FeatureValue> out) {
  CHECK(out.size() == set->features.size(), "observe writes one value a feature");
  ++counts.events;
  std::ranges::fill(out, FeatureValue{});
  if (is_late(current.at)) {
    ++counts.late;
    return Standing::late;
  }
  begin(current);
  find_keys(true);
  for (Entity& entity : entities) {
    if (entity.block != nullptr) windows(entity).read(*this, out, window_counts);
  }
  graphs.add(current, counts.events);
  graphs.read(current, counts.events, out);
  read_expressions(out);
  watermark_us = any_event ? std::max(watermark_us, at_us) : at_us;
  any_event = true;
  for (Entity& entity : entities) {
    if (entity.block != nullptr) windows(entity).add(*this, bounds(), window_counts);
  }
  return Standing::accepted;
}

void Engine::State::peek(const Event& current, std::span<FeatureValue> out) {
  CHECK(out.size() == set->features.size(), "peek writes one value a feature");
  std::ranges::fill(out, FeatureValue{});
  if (is_late(current.at)) return;
  begin(current);
  find_keys(false);
  for (Entity& entity : entities) {
    if (entity.block != nullptr) windows(entity).peek(*this, out);
  }
  graphs.peek(current, out);
  read_expressions(out);
}

void Engine::State::label(const Event& labelled, int bad_change) {
  using Labelled = KeyWindows::Labelled;
  ++counts.labels;
  begin(labelled);
  bool asked = false, changed = false;
  for (Entity& entity : entities) {
    if (entity.block == nullptr) continue;
    if (uint64_t* found = entity.keys.find(entity.now)) entity.block = found;
    const Labelled one = windows(entity).label(*this, bad_change, bounds());
    asked = asked || one != Labelled::nowhere_asked;
    changed = changed || one == Labelled::changed;
  }
  if (asked && !changed) ++counts.late_labels;
}

Engine::Engine(std::shared_ptr<const FeatureSet> set, EngineLimits limits)
    : state_(std::make_unique<State>(std::move(set), limits)) {}
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;
Engine::~Engine() = default;

const FeatureSet& Engine::set() const { return *state_->set; }

Standing Engine::observe(const Event& event, std::span<FeatureValue> out) { return state_->observe(event, out); }

void Engine::peek(const Event& event, std::span<FeatureValue> out) { state_->peek(event, out); }

void Engine::label(const Event& event, std::optional<bool> before, bool bad) {
  state_->label(event, (bad ? 1 : 0) - (before.value_or(false) ? 1 : 0));
}

const TransferGraph* Engine::transfers() const { return state_->graphs.transfers(); }
const SharingGraph* Engine::ties() const { return state_->graphs.ties(); }

Timestamp Engine::watermark() const { return {state_->watermark_us}; }

EngineCounts Engine::counts() const {
  EngineCounts out = state_->counts;
  out.tiles_merged = state_->window_counts.tiles_merged;
  out.overflowed = state_->window_counts.overflowed;
  out.estimated = state_->window_counts.estimated;
  out.bytes = sizeof(State) + state_->pool.bytes();
  state_->graphs.add_counts(out);
  for (const State::Entity& entity : state_->entities) {
    out.keys += entity.keys.size();
    out.bytes += entity.keys.bytes() + entity.nobody.capacity() * sizeof(uint64_t);
    entity.keys.each_from_oldest([&](uint64_t* block) {
      const KeyWindows windows(block, entity.plan, state_->pool);
      for (const PlannedSeries& series : entity.plan.series) out.tiles += windows.ring(series).count;
    });
  }
  return out;
}

}  // namespace puhui::features
