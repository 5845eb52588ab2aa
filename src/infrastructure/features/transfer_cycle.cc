#include "infrastructure/features/transfer_cycle.h"

#include <algorithm>

#include "infrastructure/features/transfer_graph_state.h"

namespace puhui::features {

void Frontier::clear() {
  items_.clear();
  if (++epoch_ == 0) {
    std::fill(slots_.begin(), slots_.end(), Slot{});
    epoch_ = 1;
  }
}

size_t Frontier::slot_of(uint32_t vertex) const {
  const size_t mask = slots_.size() - 1;
  size_t at = (vertex * 0x9E3779B1u >> 7) & mask;
  while (slots_[at].epoch == epoch_ && items_[slots_[at].item].vertex != vertex) at = (at + 1) & mask;
  return at;
}

const TimeKey* Frontier::find(uint32_t vertex) const {
  if (items_.empty()) return nullptr;
  const Slot& slot = slots_[slot_of(vertex)];
  return slot.epoch == epoch_ ? &items_[slot.item].key : nullptr;
}

TimeKey& Frontier::at(uint32_t vertex, TimeKey key) {
  if ((items_.size() + 1) * 2 > slots_.size()) grow();
  Slot& slot = slots_[slot_of(vertex)];
  if (slot.epoch != epoch_) {
    slot = {epoch_, static_cast<uint32_t>(items_.size())};
    items_.push_back({vertex, key});
  }
  return items_[slot.item].key;
}

void Frontier::grow() {
  slots_.assign(std::max<size_t>(16, slots_.size() * 2), Slot{});
  for (uint32_t i = 0; i < items_.size(); ++i) slots_[slot_of(items_[i].vertex)] = {epoch_, i};
}

void CycleSearch::Layer::clear() {
  frontier.clear();
  steps.clear();
  sorted = false;
  from.clear();
  to.clear();
  cost.reset();
}

namespace {

constexpr int64_t kMillion = 1'000'000;

int64_t saturated(__int128 value) {
  if (value > INT64_MAX) return INT64_MAX;
  return value < INT64_MIN ? INT64_MIN : static_cast<int64_t>(value);
}

// floor(value · 10^6 / by), by > 0
int64_t floor_million_by(int64_t value, int64_t by) {
  const __int128 scaled = static_cast<__int128>(value) * kMillion;
  const __int128 quotient = scaled / by;
  return saturated(quotient - (scaled % by < 0 ? 1 : 0));
}

bool follows(int64_t amount, int64_t before, const TransferGraph::CycleRule& rule) {
  const __int128 scaled = static_cast<__int128>(amount) * kMillion;
  if (rule.keep_ppm > 0 && scaled < static_cast<__int128>(before) * rule.keep_ppm) return false;
  return rule.grow_ppm <= 0 ||
         scaled <= static_cast<__int128>(before) * (static_cast<__int128>(kMillion) + rule.grow_ppm);
}

}  // namespace

CycleSearch::CycleSearch(std::span<const TransferAccount> accounts, const TransferEdge& closing,
                         const TransferGraph::CycleRule& rule, size_t steps_max, Room& room)
    : accounts_(accounts),
      closing_(closing),
      rule_(rule),
      end_{closing.at_us, closing.seq},
      start_(end_of(minus_saturating(closing.at_us, rule.window_us))),
      steps_left_(steps_max),
      room_(room) {
  room_.ahead[0].clear();
  room_.ahead[0].frontier.earliest(closing.to, start_);
  room_.behind[0].clear();
  room_.behind[0].frontier.latest(closing.from, end_);
  bound_amounts();
}

// What an edge must have carried so that the closing one can follow it after so many steps.
void CycleSearch::bound_amounts() {
  bounds_[0] = {closing_.amount_minor, closing_.amount_minor};
  for (size_t r = 1; r < bounds_.size(); ++r) {
    Bounds& mine = bounds_[r];
    const Bounds& next = bounds_[r - 1];
    if (rule_.keep_ppm > 0 && next.high != INT64_MAX) mine.high = floor_million_by(next.high, rule_.keep_ppm);
    if (rule_.grow_ppm > 0 && next.low > -INT64_MAX) {
      mine.low = -floor_million_by(-next.low, saturated(static_cast<__int128>(kMillion) + rule_.grow_ppm));
    }
    hull_[r] = mine;
    if (r > 1) hull_[r] = {std::min(mine.low, hull_[r - 1].low), std::max(mine.high, hull_[r - 1].high)};
  }
}

bool CycleSearch::spend(size_t steps) {
  if (steps > steps_left_) return !(cut_ = true);
  steps_left_ -= steps;
  return true;
}

size_t CycleSearch::cost_ahead() {
  Layer& layer = room_.ahead[ahead_];
  if (layer.cost) return *layer.cost;
  size_t cost = 0;
  for (const Frontier::Reached& item : layer.frontier.items()) {
    const TransferLegs& legs = accounts_[item.vertex].out;
    layer.from.push_back(legs.first_after(item.key));
    layer.to.push_back(item.vertex == closing_.from ? layer.from.back() : legs.first_from(end_));
    cost += legs.count(layer.from.back(), layer.to.back());
  }
  return *(layer.cost = cost);
}

size_t CycleSearch::cost_behind() {
  Layer& layer = room_.behind[behind_];
  if (layer.cost) return *layer.cost;
  size_t cost = 0;
  for (const Frontier::Reached& item : layer.frontier.items()) {
    const TransferLegs& legs = accounts_[item.vertex].in;
    layer.from.push_back(legs.first_after(start_));
    layer.to.push_back(item.vertex == closing_.to ? layer.from.back() : legs.first_from(item.key));
    cost += legs.count(layer.from.back(), layer.to.back());
  }
  return *(layer.cost = cost);
}

void CycleSearch::grow_ahead() {
  const Layer& from = room_.ahead[ahead_];
  Layer& to = room_.ahead[++ahead_];
  to.clear();
  const Bounds& bounds = hull_[rule_.length_max - ahead_];
  for (size_t i = 0; i < from.frontier.items().size(); ++i) {
    const uint32_t vertex = from.frontier.items()[i].vertex;
    const TransferLegs& legs = accounts_[vertex].out;
    if (!spend(legs.count(from.from[i], from.to[i]))) continue;
    legs.each(from.from[i], from.to[i], [&](const TransferLeg& leg) {
      if (leg.other == closing_.to || !bounds.hold(leg.amount_minor)) return true;
      const TimeKey key{leg.at_us, leg.seq};
      to.steps.push_back({key, leg.amount_minor, vertex, leg.other});
      to.frontier.earliest(leg.other, key);
      return true;
    });
  }
}

void CycleSearch::grow_behind() {
  const Layer& from = room_.behind[behind_];
  Layer& to = room_.behind[++behind_];
  to.clear();
  const Bounds& bounds = bounds_[behind_];
  for (size_t i = 0; i < from.frontier.items().size(); ++i) {
    const uint32_t vertex = from.frontier.items()[i].vertex;
    const TransferLegs& legs = accounts_[vertex].in;
    if (!spend(legs.count(from.from[i], from.to[i]))) continue;
    legs.each(from.from[i], from.to[i], [&](const TransferLeg& leg) {
      if (leg.other == closing_.from || !bounds.hold(leg.amount_minor)) return true;
      const TimeKey key{leg.at_us, leg.seq};
      to.steps.push_back({key, leg.amount_minor, leg.other, vertex});
      to.frontier.latest(leg.other, key);
      return true;
    });
  }
}

// One layer more; false when there is nothing to grow from, so that no longer cycle can be.
bool CycleSearch::grow() {
  const size_t ahead = cost_ahead();
  if (ahead == 0) return false;
  const size_t behind = cost_behind();
  if (behind == 0) return false;
  if (ahead <= behind) {
    grow_ahead();
    return !room_.ahead[ahead_].frontier.items().empty();
  }
  grow_behind();
  return !room_.behind[behind_].frontier.items().empty();
}

bool CycleSearch::meet() const {
  const Frontier& ahead = room_.ahead[ahead_].frontier;
  const Frontier& behind = room_.behind[behind_].frontier;
  const bool ahead_is_smaller = ahead.items().size() <= behind.items().size();
  for (const Frontier::Reached& item : (ahead_is_smaller ? ahead : behind).items()) {
    const TimeKey* other = (ahead_is_smaller ? behind : ahead).find(item.vertex);
    if (other != nullptr && (ahead_is_smaller ? item.key < *other : *other < item.key)) return true;
  }
  return false;
}

// needed[i](w): the latest that the i-th edge may leave w so that the rest can still follow.
void CycleSearch::need_back_from_meeting(size_t length) {
  for (size_t position = ahead_; position > 0; --position) {
    Frontier& needed = room_.needed[position];
    needed.clear();
    const Frontier& next =
        position == ahead_ ? room_.behind[length - position - 1].frontier : room_.needed[position + 1];
    for (const Step& step : room_.ahead[position].steps) {
      const TimeKey* latest = next.find(step.to);
      if (latest != nullptr && step.key < *latest) needed.latest(step.from, step.key);
    }
  }
}

std::span<const CycleSearch::Step> CycleSearch::steps_from(size_t position, uint32_t vertex, size_t length) {
  Layer& layer = position <= ahead_ ? room_.ahead[position] : room_.behind[length - position];
  const auto order = [](const Step& a, const Step& b) { return std::tie(a.from, a.key) < std::tie(b.from, b.key); };
  if (!layer.sorted) std::stable_sort(layer.steps.begin(), layer.steps.end(), order);
  layer.sorted = true;
  const auto [first, last] = std::equal_range(layer.steps.begin(), layer.steps.end(), Step{.from = vertex},
                                              [](const Step& a, const Step& b) { return a.from < b.from; });
  return {first, last};
}

bool CycleSearch::leads_on(const Step& step, const Step* last, size_t position, size_t length) const {
  if (last != nullptr && (step.key <= last->key || !follows(step.amount_minor, last->amount_minor, rule_)))
    return false;
  if (!bounds_[length - position].hold(step.amount_minor)) return false;
  for (const Step& earlier : path_) {
    if (earlier.from == step.to) return false;
  }
  const size_t next = position + 1;
  if (next == length) return step.to == closing_.from;
  if (step.to == closing_.from) return false;
  const Frontier& needed = next <= ahead_ ? room_.needed[next] : room_.behind[length - next].frontier;
  const TimeKey* latest = needed.find(step.to);
  return latest != nullptr && step.key < *latest;
}

// Depth first, earliest first: what is found first is the earliest.
bool CycleSearch::walk(size_t position, uint32_t at, const Step* last, size_t length) {
  if (position == length) return follows(closing_.amount_minor, last->amount_minor, rule_);
  for (const Step& step : steps_from(position, at, length)) {
    if (!spend(1)) return false;
    if (!leads_on(step, last, position, length)) continue;
    path_.push_back(step);
    if (walk(position + 1, step.to, &step, length)) return true;
    path_.pop_back();
  }
  return false;
}

std::vector<TransferEdge> CycleSearch::run() {
  for (size_t length = 2; length <= rule_.length_max && grow(); ++length) {
    if (length < rule_.length_min || !meet()) continue;
    need_back_from_meeting(length);
    path_.clear();
    if (!walk(1, closing_.to, nullptr, length)) continue;
    std::vector<TransferEdge> out;
    for (const Step& step : path_) out.push_back({step.from, step.to, step.key.at_us, step.amount_minor, step.key.seq});
    out.push_back(closing_);
    return out;
  }
  return {};
}

std::vector<TransferEdge> TransferGraph::cycle_closed_by(const TransferEdge& closing, const CycleRule& rule) const {
  const State& state = *state_;
  state.account(closing.from), state.account(closing.to);
  CHECK(rule.length_max <= kCycleLengthMax, "cycles are no longer than kCycleLengthMax");
  if (closing.from == closing.to || rule.window_us <= 0) return {};
  CycleSearch search(state.accounts, closing, rule, state.limits.cycle_steps_max, state.room);
  auto out = search.run();
  state.searches_cut += search.cut() ? 1 : 0;
  return out;
}

}  // namespace puhui::features
