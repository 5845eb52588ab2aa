#include "infrastructure/models/train.h"

#include <time.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "ground/base/check.h"
#include "ground/base/text.h"
#include "infrastructure/models/card.h"
#include "infrastructure/models/model_form.h"

namespace puhui::models {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

int64_t processor_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

// The outcome of every row: 1 where the target is the positive value.
Result<std::vector<uint8_t>> outcomes_of(const TrainRequest& request) {
  const Column* target = request.table->find(request.target);
  if (target == nullptr) {
    const std::string near = nearest(request.target, request.table->names());
    return fail(ErrorCode::invalid, "target",
                "no column '" + request.target + "'" + (near.empty() ? "" : "; did you mean '" + near + "'?"));
  }
  double positive = kMissing;
  if (target->type == ColumnType::numeric) {
    positive = parse_double(request.positive).value_or(kMissing);
  } else {
    const auto found = std::find(target->categories.begin(), target->categories.end(), request.positive);
    if (found != target->categories.end()) positive = static_cast<double>(found - target->categories.begin());
  }
  if (std::find(target->values.begin(), target->values.end(), positive) == target->values.end()) {
    return fail(ErrorCode::invalid, "positive",
                "no row of column '" + request.target + "' holds '" + request.positive + "'");
  }
  std::vector<uint8_t> out;
  uint64_t missing = 0;
  for (const double value : target->values) {
    missing += std::isnan(value) ? 1 : 0;
    out.push_back(value == positive ? 1 : 0);
  }
  if (missing > 0) {
    return fail(ErrorCode::invalid, "target",
                "expected an outcome in every row, came none in " + std::to_string(missing) + "; leave those rows out");
  }
  return out;
}

// What is offered to the model: columns first, derived features behind them.
struct Offer {
  std::vector<const Column*> columns;  // all that anything needs: the places
  DerivedProgram derived;
  std::vector<std::string> names;  // offered features
  std::vector<uint32_t> places;
  std::string name_of_place(size_t place) const {
    return place < columns.size() ? columns[place]->name : derived.derived()[place - columns.size()].name;
  }
};

// Sealed attributes and the target may come in by no door: not as features, not inside derived ones.
Result<void> check_doors(const TrainRequest& request) {
  Faults sealed, wrong;
  const auto look = [&](const std::string& name, const std::string& where) {
    if (contains(request.sealed, name))
      sealed.add(where, "the attribute '" + name + "' is sealed: a model must not see it");
    if (name == request.target) wrong.add(where, "the target '" + name + "' cannot be an input of its own model");
  };
  for (const auto& name : request.features) look(name, "features");
  for (const auto& derived : request.derived) {
    for (const auto& operand : derived.of) look(operand, "derived/" + derived.name);
  }
  TRY(std::move(sealed).result(ErrorCode::forbidden));
  return std::move(wrong).result();
}

Result<Offer> offer_of(const TrainRequest& request) {
  TRY(check_doors(request));
  Offer out;
  std::vector<std::string> numeric, derived_names;
  for (const auto& derived : request.derived) derived_names.push_back(derived.name);
  std::vector<std::string> wanted = request.features;
  if (wanted.empty()) {
    for (const auto& name : request.table->names()) {
      if (name != request.target && !contains(request.excluded, name) && !contains(request.sealed, name))
        wanted.push_back(name);
    }
    wanted.insert(wanted.end(), derived_names.begin(), derived_names.end());
  }
  std::set<std::string> operands;
  for (const auto& derived : request.derived) operands.insert(derived.of.begin(), derived.of.end());
  for (const Column& column : request.table->columns()) {
    if (contains(wanted, column.name) || operands.contains(column.name)) out.columns.push_back(&column);
  }
  Faults faults;
  std::vector<std::string> names;
  for (const Column* column : out.columns) {
    names.push_back(column->name);
    if (operands.contains(column->name) && column->type == ColumnType::categorical) {
      faults.add("derived", "column '" + column->name + "' is categorical: derived features need numbers");
    }
  }
  out.derived = TRY(DerivedProgram::bind(request.derived, names));
  for (const auto& name : derived_names) names.push_back(name);
  for (const auto& name : wanted) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      const std::string near = nearest(name, request.table->names());
      faults.add("features", "no column or derived feature '" + name + "'" +
                                 (near.empty() ? "" : "; did you mean '" + near + "'?"));
    } else if (contains(out.names, name)) {
      faults.add("features", "'" + name + "' is named twice");
    } else {
      out.names.push_back(name);
      out.places.push_back(static_cast<uint32_t>(found - names.begin()));
    }
  }
  if (out.names.empty() && faults.none()) faults.add("features", "expected at least one feature");
  TRY(std::move(faults).result());
  return out;
}

// Every row with its derived features: row-major, row_count × places.
std::vector<double> place_rows(const Offer& offer, size_t row_count) {
  const size_t columns = offer.columns.size(), width = columns + offer.derived.size();
  std::vector<double> out(row_count * width);
  for (size_t row = 0; row < row_count; ++row) {
    const auto places = std::span(out).subspan(row * width, width);
    for (size_t c = 0; c < columns; ++c) places[c] = offer.columns[c]->values[row];
    offer.derived.run(places);
  }
  return out;
}

template <class T>
std::vector<T> pick(const std::vector<T>& all, const std::vector<uint32_t>& rows) {
  std::vector<T> out;
  out.reserve(rows.size());
  for (const uint32_t row : rows) out.push_back(all[row]);
  return out;
}

struct Training {
  const TrainRequest& request;
  const Offer& offer;
  const std::vector<double>& places;  // all rows
  const std::vector<uint8_t>& bad;    // all rows
  const std::vector<uint32_t>& rows;  // to train on
  size_t width() const { return offer.columns.size() + offer.derived.size(); }
  double value(uint32_t row, uint32_t place) const { return places[row * width() + place]; }
};

// The form with only the inputs and derived features that the chosen features need, all in their old order.
struct Pruned {
  ModelForm form;
  std::vector<uint32_t> new_place;  // by old place; UINT32_MAX: gone
};

Result<Pruned> pruned(const Training& t, const std::vector<uint32_t>& chosen) {
  const size_t columns = t.offer.columns.size();
  std::vector<uint8_t> needed(t.width(), 0);
  for (const uint32_t place : chosen) needed[place] = 1;
  for (size_t d = t.offer.derived.size(); d-- > 0;) {
    if (needed[columns + d] == 0) continue;
    for (const uint32_t operand : t.offer.derived.operands(d)) needed[operand] = 1;
  }
  Pruned out;
  out.new_place.assign(t.width(), UINT32_MAX);
  std::vector<std::string> names;
  for (size_t c = 0; c < columns; ++c) {
    if (needed[c] == 0) continue;
    const Column& column = *t.offer.columns[c];
    const bool missing =
        std::any_of(t.rows.begin(), t.rows.end(), [&](uint32_t row) { return std::isnan(column.values[row]); });
    out.new_place[c] = static_cast<uint32_t>(out.form.inputs.size());
    out.form.inputs.push_back({column.name, column.type, column.categories, missing});
    names.push_back(column.name);
  }
  std::vector<Derived> derived;
  for (size_t d = 0; d < t.offer.derived.size(); ++d) {
    if (needed[columns + d] == 0) continue;
    out.new_place[columns + d] = static_cast<uint32_t>(names.size() + derived.size());
    derived.push_back(t.offer.derived.derived()[d]);
  }
  out.form.derived = TRY(DerivedProgram::bind(std::move(derived), names));
  out.form.category_numbers.resize(out.form.inputs.size());
  for (const uint32_t place : chosen) {
    out.form.features.push_back(t.offer.name_of_place(place));
    out.form.places.push_back(out.new_place[place]);
  }
  return out;
}

size_t category_count(const Offer& offer, uint32_t place) {
  if (place >= offer.columns.size() || offer.columns[place]->type == ColumnType::numeric) return 0;
  return std::max<size_t>(1, offer.columns[place]->categories.size());
}

Result<ModelForm> train_scorecard(const Training& t, CardFeatures& card) {
  std::vector<Offered> offered;
  for (size_t f = 0; f < t.offer.names.size(); ++f) {
    Offered one{t.offer.places[f], t.offer.names[f], {}, category_count(t.offer, t.offer.places[f])};
    for (const uint32_t row : t.rows) one.values.push_back(t.value(row, one.place));
    offered.push_back(std::move(one));
  }
  const auto fit = TRY(fit_scorecard(offered, pick(t.bad, t.rows), t.request.scorecard));
  for (const auto& trace : fit.trace) card.scorecard.push_back(trace);
  std::vector<uint32_t> chosen;
  for (const auto& feature : fit.scorecard.features()) chosen.push_back(feature.place);
  auto out = TRY(pruned(t, chosen));
  auto features = fit.scorecard.features();
  for (auto& feature : features) feature.place = out.new_place[feature.place];
  out.form.kind = ModelKind::scorecard;
  out.form.scorecard = Scorecard(t.request.scorecard.scale, fit.scorecard.intercept(), std::move(features));
  return std::move(out.form);
}

// The place of each category when all are put in order of their (smoothed) bad rate.
std::vector<float> category_ranks(const Training& t, uint32_t place) {
  const size_t count = category_count(t.offer, place);
  std::vector<double> bad(count, 0), all(count, 0);
  double total_bad = 0;
  for (const uint32_t row : t.rows) {
    total_bad += t.bad[row];
    const double value = t.value(row, place);
    if (!std::isnan(value)) bad[static_cast<size_t>(value)] += t.bad[row], all[static_cast<size_t>(value)] += 1;
  }
  constexpr double kPriorRows = 20;
  const double mean = total_bad / static_cast<double>(t.rows.size());
  std::vector<size_t> order(count);
  for (size_t c = 0; c < count; ++c) order[c] = c;
  const auto rate = [&](size_t c) { return (bad[c] + kPriorRows * mean) / (all[c] + kPriorRows); };
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const double rate_a = rate(a), rate_b = rate(b);
    return rate_a != rate_b ? rate_a < rate_b : a < b;
  });
  std::vector<float> ranks(count);
  for (size_t r = 0; r < count; ++r) ranks[order[r]] = static_cast<float>(r);
  return ranks;
}

struct FloatTable {
  std::vector<float> values;
  std::vector<uint8_t> bad;
};

FloatTable float_rows(const Training& t, const std::vector<uint32_t>& rows,
                      const std::vector<std::vector<float>>& numbers) {
  FloatTable out;
  for (const uint32_t row : rows) {
    out.bad.push_back(t.bad[row]);
    for (size_t f = 0; f < t.offer.names.size(); ++f)
      out.values.push_back(boosting_value(t.value(row, t.offer.places[f]), numbers[f]));
  }
  return out;
}

Result<std::vector<int>> monotone_signs(const Training& t) {
  std::vector<int> out(t.offer.names.size(), 0);
  Faults faults;
  for (const auto& [name, sign] : t.request.boosting.monotone) {
    const auto found = std::find(t.offer.names.begin(), t.offer.names.end(), name);
    if (found == t.offer.names.end())
      faults.add("boosting/monotone", "no feature '" + name + "' is offered");
    else if (sign < -1 || sign > 1)
      faults.add("boosting/monotone", "expected -1, 0 or 1 for '" + name + "'");
    else
      out[static_cast<size_t>(found - t.offer.names.begin())] = sign;
  }
  TRY(std::move(faults).result());
  return out;
}

Result<ModelForm> train_boosting(const Training& t, CardFeatures& card) {
  std::vector<std::vector<float>> numbers;
  for (const uint32_t place : t.offer.places)
    numbers.push_back(category_count(t.offer, place) == 0 ? std::vector<float>{} : category_ranks(t, place));
  // Rows to stop by are drawn by hash from the training share, apart from the split's own draw.
  std::vector<uint32_t> fit_rows, watch_rows;
  constexpr double kWatchShare = 0.1;
  for (const uint32_t row : t.rows) {
    const bool watch = t.request.boosting.early_stopping_rounds > 0 &&
                       in_share(t.request.table->row_hash(row), kWatchShare, ~t.request.seed);
    (watch ? watch_rows : fit_rows).push_back(row);
  }
  const FloatTable fit = float_rows(t, fit_rows, numbers), watch = float_rows(t, watch_rows, numbers);
  if (!has_both(fit.bad))
    return fail(ErrorCode::invalid, "expected training rows of both classes, came only one; look at the target column");
  const size_t count = t.offer.names.size();
  const auto trees = TRY(boost({.rows = {fit.values, count},
                                .bad = fit.bad,
                                .monotone = TRY(monotone_signs(t)),
                                .watch_rows = {watch.values, count},
                                .watch_bad = watch.bad,
                                .seed = t.request.seed},
                               t.request.boosting));
  const Json json = TRY(parse_json(trees.json, {.bytes_max = size_t{1} << 30}));
  auto out = TRY(pruned(t, t.offer.places));
  out.form.kind = ModelKind::boosting;
  out.form.scale = t.request.scorecard.scale;
  out.form.ensemble = TRY(Ensemble::from_xgboost(json));
  const auto gains = xgboost_gains(json, count);
  for (size_t f = 0; f < count; ++f) {
    card.gains.emplace_back(t.offer.names[f], gains[f]);
    if (!numbers[f].empty()) out.form.category_numbers[out.form.places[f]] = numbers[f];
  }
  return std::move(out.form);
}

// By the finished model's own door, so that what is on the card is what decisions will get.
Measured measure(const Model& model, const Table& table, const std::vector<uint8_t>& bad,
                 const std::vector<uint32_t>& rows) {
  const size_t width = model.inputs().size();
  std::vector<double> values(rows.size() * width);
  for (size_t i = 0; i < width; ++i) {
    const Column& column = *table.find(model.inputs()[i].name);
    for (size_t r = 0; r < rows.size(); ++r) values[r * width + i] = column.values[rows[r]];
  }
  std::vector<Score> scores(rows.size());
  model.score_batch(values, scores);
  Measured out;
  out.rows = rows;
  for (const Score& score : scores) out.probabilities.push_back(score.probability.as_double());
  out.bad = pick(bad, rows);
  return out;
}

}  // namespace

Result<TrainedModel> train(const TrainRequest& request) {
  const int64_t started_ms = processor_ms();
  CHECK(request.table != nullptr, "training has a table");
  if (!(request.train_share > 0 && request.train_share <= 1)) {
    return fail(ErrorCode::invalid, "train_share",
                "expected more than 0 and at most 1, came " + format_double(request.train_share));
  }
  const auto bad = TRY(outcomes_of(request));
  const Offer offer = TRY(offer_of(request));
  Table::Split split =
      request.split != nullptr ? *request.split : request.table->split(request.train_share, request.seed);
  if (request.split == nullptr && request.train_share == 1) split.test = split.train;
  for (const auto* rows : {&split.train, &split.test}) {
    CHECK(rows->empty() || rows->back() < request.table->row_count(), "a split names rows of its table, ascending");
  }
  if (!has_both(pick(bad, split.train)) || !has_both(pick(bad, split.test))) {
    return fail(ErrorCode::invalid, "table", "expected rows of both classes to train and to test on; bring more rows");
  }
  const auto places = place_rows(offer, request.table->row_count());
  const Training training{request, offer, places, bad, split.train};
  CardFeatures features;
  ModelForm form = TRY(request.kind == ModelKind::scorecard ? train_scorecard(training, features)
                                                            : train_boosting(training, features));

  // Measured before the card is written, and bound to it after: the card is part of the model.
  const ModelForm kept = form;
  const Model draft = ModelBuilder::build(std::move(form), Json());
  Measured on_train = measure(draft, *request.table, bad, split.train),
           on_test = measure(draft, *request.table, bad, split.test);
  CardMeasures measures{quality({on_train.probabilities, on_train.bad}), quality({on_test.probabilities, on_test.bad}),
                        psi(on_train.probabilities, on_test.probabilities),
                        calibration({on_test.probabilities, on_test.bad})};
  Json card = card_of(request, features, measures);
  return TrainedModel{ModelBuilder::build(kept, std::move(card)),
                      measures.train,
                      measures.test,
                      measures.stability,
                      processor_ms() - started_ms,
                      std::move(on_train),
                      std::move(on_test)};
}

}  // namespace puhui::models
