#include "infrastructure/features/formulas.h"

#include <map>

#include "ground/base/check.h"
#include "infrastructure/feel/expression.h"

namespace puhui::features {

namespace {

constexpr feel::RunLimits kLimits{.steps_max = 100'000, .depth_max = 64};
constexpr size_t kArenaBytesMax = 1 << 20, kStack = 512;

std::vector<std::string> clock_names() { return {"at", "hour", "weekday"}; }

}  // namespace

struct Formulas::State {
  enum class Answer : uint8_t { unknown, no, yes };
  struct Filter {
    feel::Expression test;
    Answer answer = Answer::unknown;
  };

  const FeatureSet* set = nullptr;
  std::vector<size_t> plain, keys;  // fields, in the order of the names
  std::vector<bool> reads;          // a formula holds the name of that field
  std::vector<bool> reads_feature;
  std::vector<Filter> filters;    // filter n is [n - 1]
  std::vector<size_t> filter_of;  // by feature, 0: all
  std::vector<std::optional<feel::Expression>> expressions;
  std::vector<std::optional<evidence::Number>> otherwise;  // an expression's `empty`
  int64_t offset_us = 0;

  feel::Arena arena{kArenaBytesMax};
  feel::Run run{arena, kStack};
  std::vector<feel::Value> filter_globals, expression_globals;
  size_t features_filled = 0;

  std::vector<std::string> filter_names() const;
  std::vector<std::string> expression_names(size_t before) const;
  std::vector<std::string> all_names() const;
  Result<feel::Expression> compile(std::string_view text, std::span<const std::string> names) const;
  void compile_filter(size_t feature, std::map<std::string, size_t>& known, Faults& faults);
  void compile_expression(size_t feature, Faults& faults);
  void note_what_is_read();
  void fill(const Event& event);
  feel::Value evaluate(const feel::Expression& expression, std::vector<feel::Value>& globals) {
    run.begin(kLimits);
    run.globals = globals.data();
    return expression.evaluate(run);
  }
};

std::vector<std::string> Formulas::State::filter_names() const {
  std::vector<std::string> out;
  for (const size_t i : plain) out.push_back(set->fields[i].name);
  for (auto& name : clock_names()) out.push_back(std::move(name));
  for (const size_t i : keys) out.push_back(set->fields[i].name);
  return out;
}

std::vector<std::string> Formulas::State::expression_names(size_t before) const {
  std::vector<std::string> out;
  for (const size_t i : plain) out.push_back(set->fields[i].name);
  for (auto& name : clock_names()) out.push_back(std::move(name));
  for (size_t i = 0; i < before; ++i) out.push_back(set->features[i].name);
  return out;
}

std::vector<std::string> Formulas::State::all_names() const {
  std::vector<std::string> out = clock_names();
  for (const Field& field : set->fields) out.push_back(field.name);
  for (const Feature& feature : set->features) out.push_back(feature.name);
  return out;
}

Result<feel::Expression> Formulas::State::compile(std::string_view text, std::span<const std::string> names) const {
  auto compiled = feel::Expression::compile(text, names);
  if (compiled) return compiled;
  // Names that exist but may not be read here deserve another word than names nobody knows.
  if (feel::Expression::compile(text, all_names())) {
    for (Fault& fault : compiled.error().faults)
      fault.message +=
          ": sealed fields are read by nothing, keys by filters alone, features by later expressions alone";
  }
  return compiled;
}

void Formulas::State::compile_filter(size_t feature, std::map<std::string, size_t>& known, Faults& faults) {
  const std::string& where = set->features[feature].where;
  if (where.empty()) return;
  const auto found = known.find(where);
  if (found != known.end()) {
    filter_of[feature] = found->second;
    return;
  }
  auto test = compile(where, filter_names());
  if (!test) {
    faults.add("features/" + std::to_string(feature) + "/where", std::move(test).error());
    return;
  }
  filters.push_back({*std::move(test)});
  filter_of[feature] = known[where] = filters.size();
}

void Formulas::State::compile_expression(size_t feature, Faults& faults) {
  const Feature& declared = set->features[feature];
  if (declared.aggregate != Aggregate::expression) return;
  if (declared.empty) otherwise[feature] = evidence::Number::parse(*declared.empty);
  auto compiled = compile(declared.expression, expression_names(feature));
  if (!compiled) {
    faults.add("features/" + std::to_string(feature) + "/expression", std::move(compiled).error());
    return;
  }
  expressions[feature] = *std::move(compiled);
}

void Formulas::State::note_what_is_read() {
  std::string texts;
  for (const Feature& feature : set->features) texts += feature.where + "\n" + feature.expression + "\n";
  for (const Field& field : set->fields) reads.push_back(texts.contains(field.name));
  for (const Feature& feature : set->features) reads_feature.push_back(texts.contains(feature.name));
}

Formulas::Formulas(std::unique_ptr<State> state) : state_(std::move(state)) {}
Formulas::Formulas(Formulas&&) noexcept = default;
Formulas::~Formulas() = default;

Result<Formulas> Formulas::compile(const FeatureSet& set) {
  auto state = std::make_unique<State>();
  state->set = &set;
  state->offset_us = int64_t{set.utc_offset_minutes} * 60 * 1'000'000;
  for (size_t i = 0; i < set.fields.size(); ++i) {
    if (!set.fields[i].sealed) (set.fields[i].type == FieldType::key ? state->keys : state->plain).push_back(i);
  }
  const size_t count = set.features.size();
  state->filter_of.resize(count);
  state->expressions.resize(count);
  state->otherwise.resize(count);
  std::map<std::string, size_t> known;
  Faults faults;
  for (size_t i = 0; i < count; ++i) {
    state->compile_filter(i, known, faults);
    state->compile_expression(i, faults);
  }
  TRY(std::move(faults).result());
  state->note_what_is_read();
  state->filter_globals.resize(state->filter_names().size(), feel::Value::missing());
  state->expression_globals.resize(state->expression_names(count).size(), feel::Value::missing());
  return Formulas(std::move(state));
}

namespace {

feel::Value value_of(const Field& field, const FieldValue& value) {
  if (!value.present) return feel::Value::missing();
  switch (field.type) {
    case FieldType::number: return feel::Value::number(feel::Decimal::scaled(value.number, -field.places));
    case FieldType::boolean: return feel::Value::boolean(value.number != 0);
    case FieldType::key:
    case FieldType::text: break;
  }
  return feel::Value::string(value.text);
}

int64_t floor_divide(int64_t value, int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }

}  // namespace

void Formulas::State::fill(const Event& event) {
  size_t slot = 0;
  const auto both = [&](feel::Value value) { filter_globals[slot] = expression_globals[slot] = value; };
  for (const size_t i : plain) {
    if (reads[i]) both(value_of(set->fields[i], event.values[i]));
    ++slot;
  }
  const int64_t local_us = event.at.microseconds + offset_us;
  const int64_t second = floor_divide(local_us, 1'000'000), day = floor_divide(second, feel::kSecondsPerDay);
  feel::DateTime at{.second = second, .nano = static_cast<int32_t>(local_us - second * 1'000'000) * 1'000};
  at.zone = feel::Zone::offset(set->utc_offset_minutes * 60);
  both(feel::Value::date_time(at)), ++slot;
  both(feel::Value::number((second - day * feel::kSecondsPerDay) / 3'600)), ++slot;
  const int64_t from_monday = (day + 3) % 7;  // 1970-01-01 was a Thursday
  both(feel::Value::number(1 + (from_monday < 0 ? from_monday + 7 : from_monday))), ++slot;
  for (const size_t i : keys) {
    if (reads[i]) filter_globals[slot] = value_of(set->fields[i], event.values[i]);
    ++slot;
  }
}

void Formulas::begin(const Event& event) {
  CHECK(event.values.size() == state_->set->fields.size(), "an event has a value for each field of its set");
  state_->arena.reset();
  state_->features_filled = 0;
  for (State::Filter& filter : state_->filters) filter.answer = State::Answer::unknown;
  state_->fill(event);
}

size_t Formulas::filter_of(size_t feature) const { return state_->filter_of[feature]; }
size_t Formulas::filters() const { return state_->filters.size() + 1; }
bool Formulas::passes(size_t feature) { return passes_filter(state_->filter_of[feature]); }

bool Formulas::passes_filter(size_t filter) {
  if (filter == 0) return true;
  State::Filter& asked = state_->filters[filter - 1];
  if (asked.answer == State::Answer::unknown) {
    const bool yes = state_->evaluate(asked.test, state_->filter_globals).is_true();
    asked.answer = yes ? State::Answer::yes : State::Answer::no;
  }
  return asked.answer == State::Answer::yes;
}

namespace {

// The nearest number of at most 18 digits, half to even; nullopt when the whole part does not fit.
std::optional<evidence::Number> number_of(const feel::Decimal& value) {
  constexpr int kDigitsMax = 18;
  for (int places = std::clamp(-value.exponent(), 0, kDigitsMax); places >= 0; --places) {
    const auto rounded = round_to(value, places, feel::RoundingMode::half_even);
    if (!rounded) return std::nullopt;
    const auto whole = multiply(*rounded, feel::Decimal::scaled(1, places));
    const auto coefficient = whole ? whole->as_int64() : std::nullopt;
    constexpr int64_t kPastMax = 1'000'000'000'000'000'000;
    if (!coefficient || *coefficient <= -kPastMax || *coefficient >= kPastMax) continue;
    evidence::Number out{*coefficient, static_cast<int8_t>(places)};
    while (out.places > 0 && out.coefficient % 10 == 0) {
      out.coefficient /= 10;
      --out.places;
    }
    return out;
  }
  return std::nullopt;
}

}  // namespace

FeatureValue Formulas::expression(size_t feature, std::span<const FeatureValue> features) {
  State& state = *state_;
  const auto& expression = state.expressions[feature];
  CHECK(expression.has_value(), "asked for the expression of an aggregate of another kind");
  CHECK(features.size() >= feature, "an expression needs the features declared before it");
  const size_t first = state.expression_globals.size() - state.set->features.size();
  for (; state.features_filled < feature; ++state.features_filled) {
    const size_t i = state.features_filled;
    if (!state.reads_feature[i]) continue;
    const evidence::Number& number = features[i].number;
    state.expression_globals[first + i] =
        features[i].present ? feel::Value::number(feel::Decimal::scaled(number.coefficient, -number.places))
                            : feel::Value::missing();
  }
  const feel::Value value = state.evaluate(*expression, state.expression_globals);
  std::optional<evidence::Number> number;
  if (value.is_number()) number = number_of(value.as_number());
  if (value.is_true() || value.is_false()) number = evidence::Number::whole(value.is_true() ? 1 : 0);
  if (!number) number = state.otherwise[feature];
  return number ? FeatureValue{true, *number} : FeatureValue{};
}

}  // namespace puhui::features
