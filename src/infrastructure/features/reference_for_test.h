// For tests: what each event of stream_for_test.h sees, counted from README.md over the whole history.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "ground/base/check.h"
#include "infrastructure/features/aggregate_value.h"

namespace puhui::features {

// Straight from README.md, over all events there were.
class PlainReference {
 public:
  // Of each entity only the keys of the latest `keys_max` are kept.
  explicit PlainReference(std::shared_ptr<const FeatureSet> set, size_t keys_max = SIZE_MAX)
      : set_(std::move(set)), keys_max_(keys_max) {}

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
    for (const std::string_view entity : {"customer", "terminal"}) remember(entity, value(event, entity));
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
  struct Kept {
    std::string key;
    size_t since = 0;  // the first event it is known by
  };
  void remember(std::string_view entity, const FieldValue& key) {
    if (!key.present) return;
    std::deque<Kept>& kept = kept_[std::string(entity)];
    const auto found = std::ranges::find(kept, key.text, &Kept::key);
    const Kept now = found != kept.end() ? *found : Kept{key.text, accepted_.size()};
    if (found != kept.end()) kept.erase(found);
    kept.push_back(now);
    if (kept.size() > keys_max_) kept.pop_front();
  }
  size_t known_since(std::string_view entity, const FieldValue& key) const {
    const auto of_entity = kept_.find(std::string(entity));
    if (of_entity == kept_.end()) return SIZE_MAX;
    const auto found = std::ranges::find(of_entity->second, key.text, &Kept::key);
    return found == of_entity->second.end() ? SIZE_MAX : found->since;
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
  size_t keys_max_;
  std::map<std::string, std::deque<Kept>> kept_;
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
  for (size_t seq = std::min(known_since(feature.entity, key), accepted_.size()); seq <= accepted_.size(); ++seq) {
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
