// For tests: declarations drawn at random, a stream of events with everything that goes wrong in one, and what each event
// sees, counted from README.md over the whole history.
#pragma once

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "ground/base/check.h"
#include "ground/base/random.h"
#include "infrastructure/features/aggregate_value.h"

namespace puhui::features {

inline std::string feature_for_test(RandomStream& random, size_t i) {
  constexpr std::string_view kAggregates[] = {"count",  "sum",      "mean",   "min",        "max",
                                              "stddev", "distinct", "last",   "time_since", "first_seen",
                                              "ewma",   "ratio",    "zscore", "risk",       "bad"};
  const auto one_of = [&](std::initializer_list<std::string_view> choices) {
    return std::string(choices.begin()[random.below(choices.size())]);
  };
  const std::string aggregate(kAggregates[i % std::size(kAggregates)]);
  std::string out = R"({"name": "f)" + std::to_string(i) + R"(", "aggregate": ")" + aggregate + R"(", "entity": ")" +
                    one_of({"customer", "terminal"}) + '"';
  const bool plain =
      aggregate == "time_since" || aggregate == "first_seen" || aggregate == "risk" || aggregate == "bad";
  if (aggregate == "distinct") {
    out += R"(, "of": ")" + one_of({"merchant", "channel", "terminal"}) + '"';
  } else if (!plain && (aggregate != "count" || random.chance(0.3))) {
    out += R"(, "of": ")" + one_of({"amount", "amount", "fee", "abroad"}) + '"';
  }
  const bool all = aggregate == "first_seen" || random.chance(0.2);
  out += R"(, "window": ")" + (all ? "all" : one_of({"2m", "10m", "1h", "3h"})) + '"';
  if (aggregate == "ewma") {
    out += R"(, "half_life": ")" + one_of({"1m", "5m", "11m"}) + R"(", "hop": ")" + one_of({"7s", "1m", "2m"}) + '"';
  } else if (random.chance(0.4)) {
    out += R"(, "exact": true)";
  } else if (random.chance(0.5)) {
    out += R"(, "hop": ")" + one_of({"1s", "7s", "1m", "2m"}) + '"';
  }
  if (random.chance(0.3)) out += R"(, "delay": ")" + one_of({"0s", "3s", "5m", "1h"}) + '"';
  if (random.chance(0.3)) out += R"(, "includes_current": false)";
  if (random.chance(0.3)) out += R"(, "empty": "-1.5")";
  if (random.chance(0.4)) {
    out += R"(, "where": ")" +
           one_of({R"(channel = \"web\")", "amount > 5", R"(abroad and merchant != \"m1\")", R"(channel != \"pos\")",
                   "not(abroad)"}) +
           '"';
  }
  return out + "}";
}

// So many windowed features, every aggregate in turn, and two expressions.
inline std::shared_ptr<const FeatureSet> set_for_test(RandomStream& random, size_t features) {
  std::string json = R"({"name": "drawn", "event": "payment", "lateness": "15m", "utc_offset_minutes": 480, "fields": [
    {"name": "customer", "type": "key"}, {"name": "terminal", "type": "key"}, {"name": "merchant", "type": "key"},
    {"name": "amount", "type": "number", "places": 2}, {"name": "fee", "type": "number", "required": true},
    {"name": "channel", "type": "text"}, {"name": "abroad", "type": "boolean"}], "features": [)";
  for (size_t i = 0; i < features; ++i) json += feature_for_test(random, i) + ",\n";
  json += R"({"name": "share", "aggregate": "expression", "expression": "amount / f2", "empty": "-2"},
             {"name": "night", "aggregate": "expression", "expression": "hour < 6 and share != null"}]})";
  const auto set = FeatureSet::parse(json);
  CHECK(set.has_value(), (set ? "" : set.error().text() + json).c_str());
  return std::make_shared<const FeatureSet>(*set);
}

struct StreamForTestOptions {
  uint64_t keys = 6;
  uint64_t merchants = 12;
  uint64_t step_us_max = 90'000'000;
  double out_of_order = 0.25;
};

// Events of set_for_test's fields. Times repeat, run back within the lateness and beyond it; amounts are small, negative,
// huge or absent; keys are empty now and then.
class StreamForTest {
 public:
  explicit StreamForTest(RandomStream random, StreamForTestOptions options = {}) : random_(random), options_(options) {}
  RandomStream& random() { return random_; }

  Event next() {
    if (random_.chance(0.8)) now_us_ += static_cast<int64_t>(random_.below(options_.step_us_max));
    if (random_.chance(0.01)) now_us_ += 7'200'000'000;
    Event event{.id = {1, ++count_}, .at = {now_us_}};
    constexpr int64_t kSecond = 1'000'000;
    if (random_.chance(0.3)) event.at.microseconds -= event.at.microseconds % (60 * kSecond);  // on an edge
    if (random_.chance(options_.out_of_order))
      event.at.microseconds = now_us_ - static_cast<int64_t>(random_.below(1'000 * kSecond));
    event.values = {text("c", options_.keys),
                    text("t", options_.keys / 2 + 1),
                    text("m", options_.merchants),
                    number(),
                    {.present = true, .number = static_cast<int64_t>(random_.below(5))},
                    text("", 0),
                    {.present = random_.chance(0.8), .number = 0}};
    constexpr std::string_view kChannels[] = {"web", "pos", "atm"};
    event.values[5] = {.present = random_.chance(0.9), .text = ""};
    if (event.values[5].present) event.values[5].text = kChannels[random_.below(3)];
    if (event.values[6].present) event.values[6].number = random_.chance(0.5) ? 1 : 0;
    return event;
  }

 private:
  FieldValue text(std::string prefix, uint64_t kinds) {
    if (kinds == 0 || random_.chance(0.05)) return {};
    // The smallest of two: some keys are busy, some rare.
    const uint64_t n = std::min(random_.below(kinds), random_.below(kinds));
    return {.present = true, .text = std::move(prefix) + std::to_string(n)};
  }
  FieldValue number() {
    if (random_.chance(0.1)) return {};
    if (random_.chance(0.02)) return {.present = true, .number = random_.chance(0.5) ? kValueMax : -kValueMax};
    return {.present = true, .number = static_cast<int64_t>(random_.below(2'000)) - 300};
  }

  RandomStream random_;
  StreamForTestOptions options_;
  int64_t now_us_ = 1'700'000'000'000'000;
  uint64_t count_ = 0;
};

// Straight from README.md, over all events there were.
class PlainReference {
 public:
  explicit PlainReference(std::shared_ptr<const FeatureSet> set) : set_(std::move(set)) {}

  bool is_late(const Event& event) const {
    return !accepted_.empty() && event.at.microseconds < watermark_us_ - *parse_duration(set_->lateness);
  }
  // What the event sees; all absent when it is late. With `add` it is seen from now on.
  std::vector<FeatureValue> see(const Event& event) const {
    std::vector<FeatureValue> out(set_->features.size());
    if (is_late(event)) return out;
    for (size_t i = 0; i < out.size(); ++i) out[i] = value_of(set_->features[i], event, out);
    return out;
  }
  void add(const Event& event) {
    if (is_late(event)) return;
    watermark_us_ = std::max(watermark_us_, event.at.microseconds);
    accepted_.push_back({event, {}});
  }
  size_t size() const { return accepted_.size(); }
  const Event& event(size_t i) const { return accepted_[i].event; }
  std::optional<bool> label(size_t i) const { return accepted_[i].label; }
  void set_label(size_t i, bool bad) { accepted_[i].label = bad; }

 private:
  struct Accepted {
    Event event;
    std::optional<bool> label;
  };
  const FieldValue& value(const Event& event, std::string_view field) const {
    return event.values[*set_->find_field(field)];
  }
  bool passes(const std::string& where, const Event& event) const {
    const FieldValue &channel = value(event, "channel"), &amount = value(event, "amount"),
                     &abroad = value(event, "abroad"), &merchant = value(event, "merchant");
    if (where.empty()) return true;
    if (where == R"(channel = "web")") return channel.present && channel.text == "web";
    if (where == R"(channel != "pos")") return channel.text != "pos";
    if (where == "amount > 5") return amount.present && amount.number > 500;
    if (where == "not(abroad)") return abroad.present && abroad.number == 0;
    CHECK(where == R"(abroad and merchant != "m1")", "a filter the reference knows");
    return abroad.present && abroad.number == 1 && merchant.text != "m1";
  }
  FeatureValue expression_of(const Feature& feature, const Event& current, std::span<const FeatureValue> before) const {
    const size_t share = *set_->find_feature("share");
    if (feature.name == "share") {  // amount / f2, not a number: -2
      const FieldValue& amount = value(current, "amount");
      const FeatureValue& by = before[2];
      if (!amount.present || !by.present || by.number.coefficient == 0) return {true, {-2, 0}};
      return {true, share_of(amount.number, by.number)};
    }
    const int64_t local_us = current.at.microseconds + int64_t{set_->utc_offset_minutes} * 60'000'000;
    return {true, {local_us / 3'600'000'000 % 24 < 6 && before[share].present ? 1 : 0, 0}};
  }
  // amount · 10^-2 / by, half to even at 18 digits or 18 decimals, digit by digit.
  static evidence::Number share_of(int64_t amount, const evidence::Number& by) {
    Int128 over = amount, under = by.coefficient;
    for (int i = 0; i < by.places; ++i) over *= 10;
    for (int i = 0; i < 2; ++i) under *= 10;
    const bool negative = (over < 0) != (under < 0);
    over = over < 0 ? -over : over, under = under < 0 ? -under : under;
    Int128 whole = over / under, rest = over % under;
    int places = 0;
    constexpr Int128 kNextMax = 99'999'999'999'999'999;
    for (; whole <= kNextMax && places < 18 && rest != 0; ++places) {
      whole = whole * 10 + rest * 10 / under;
      rest = rest * 10 % under;
    }
    if (rest * 2 > under || (rest * 2 == under && whole % 2 != 0)) ++whole;
    for (; places > 0 && whole % 10 == 0; --places) whole /= 10;
    return {static_cast<int64_t>(negative ? -whole : whole), static_cast<int8_t>(places)};
  }
  FeatureValue value_of(const Feature& feature, const Event& current, std::span<const FeatureValue> before) const;
  void count_in(const Feature& feature, const Event& x, bool bad, int64_t age, Inside& inside) const;

  std::shared_ptr<const FeatureSet> set_;
  std::deque<Accepted> accepted_;
  int64_t watermark_us_ = INT64_MIN;
};

inline int64_t tile_for_test(int64_t at_us, int64_t hop_us) { return at_us / hop_us - (at_us % hop_us < 0 ? 1 : 0); }

inline void PlainReference::count_in(const Feature& feature, const Event& x, bool bad, int64_t age,
                                     Inside& inside) const {
  const int64_t v = feature.of.empty() ? 0 : value(x, feature.of).number;
  inside.min = inside.events == 0 ? v : std::min(inside.min, v);
  inside.max = inside.events == 0 ? v : std::max(inside.max, v);
  ++inside.events;
  inside.bad += bad ? 1 : 0;
  inside.sum += v;
  inside.squares += Int128{v} * v;
  if (feature.aggregate != Aggregate::ewma) return;
  const Timing timing = timing_of(feature);
  const auto weight = static_cast<Int128>(ewma_weight(age, timing.hop_us, timing.half_life_us));
  inside.weighted += weight * v;
  inside.weight += weight;
}

inline FeatureValue PlainReference::value_of(const Feature& feature, const Event& current,
                                             std::span<const FeatureValue> before) const {
  using enum Aggregate;
  const Aggregate aggregate = feature.aggregate;
  if (aggregate == expression) return expression_of(feature, current, before);
  const FieldValue& key = value(current, feature.entity);
  if (!key.present) return {};
  const Timing timing = timing_of(feature);
  const auto tile = [&](int64_t at_us) { return tile_for_test(at_us, timing.hop_us); };
  const int64_t e = current.at.microseconds, high = tile(e - timing.delay_us);
  const int64_t low = timing.window_us == INT64_MAX ? INT64_MIN : tile(e - timing.delay_us - timing.window_us);
  const bool looks_back = aggregate == last || aggregate == time_since || aggregate == ratio || aggregate == zscore;
  Inside inside{.now_us = e};
  std::tuple<int64_t, size_t> latest{INT64_MIN, 0};
  std::set<std::string> values;
  DistinctSketch sketch;
  for (size_t seq = 0; seq <= accepted_.size(); ++seq) {
    const bool is_current = seq == accepted_.size();
    if (is_current && (looks_back || !feature.includes_current)) continue;
    const Event& x = is_current ? current : accepted_[seq].event;
    const int64_t at = tile(x.at.microseconds);
    if (value(x, feature.entity) != key || at <= low || at > high || !passes(feature.where, x)) continue;
    if (!feature.of.empty() && !value(x, feature.of).present) continue;
    count_in(feature, x, !is_current && accepted_[seq].label.value_or(false), high - at, inside);
    if (aggregate == first_seen)
      inside.at_us = std::min(inside.events == 1 ? INT64_MAX : inside.at_us, x.at.microseconds);
    if (looks_back && std::tuple(x.at.microseconds, seq) >= latest) {
      latest = {x.at.microseconds, seq};
      inside.at_us = x.at.microseconds;
      inside.last = feature.of.empty() ? 0 : value(x, feature.of).number;
    }
    if (aggregate == distinct) {
      values.insert(value(x, feature.of).text);
      sketch.add(value_hash(value(x, feature.of).text));
    }
  }
  inside.distinct = values.size() <= kDistinctExactMax ? values.size() : sketch.estimate();
  if (!feature.of.empty() && value(current, feature.of).present) inside.current = value(current, feature.of).number;
  return aggregate_value(value_rule_of(*set_, feature), inside).value;
}

}  // namespace puhui::features
