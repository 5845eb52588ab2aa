#include "infrastructure/features/sharing_graph.h"

#include <algorithm>

#include "ground/base/check.h"
#include "infrastructure/features/sharing_graph_state.h"

namespace puhui::features {

namespace {

int64_t before(int64_t at_us, int64_t distance_us) {
  int64_t out = 0;
  return __builtin_sub_overflow(at_us, distance_us, &out) ? INT64_MIN : out;
}

bool first_sight(std::vector<uint32_t>& sights, uint32_t number, uint32_t epoch) {
  return std::exchange(sights[number], epoch) != epoch;
}

}  // namespace

std::string link_name(uint8_t kind, std::string_view link) {
  std::string out(1, static_cast<char>(kind));
  out += link;
  return out;
}

uint32_t SharingGraph::State::Nodes::number_of(std::string_view name) {
  const auto known = names.find(name);
  if (known) return *known;
  const uint32_t number = names.add(name);
  if (number >= ties.size()) {
    ties.emplace_back();
    sights.push_back(0);
  }
  return number;
}

void SharingGraph::State::Nodes::drop(uint32_t number, TimeKey last) {
  Uses& uses = ties[number];
  uses.erase(uses.first_from(last));
  if (uses.empty()) names.remove(number);
}

SharingGraph::State::State(int64_t horizon, const SharingLimits& limits_given)
    : horizon_us(horizon), limits(limits_given) {
  CHECK(horizon >= 0 && limits.lateness_us >= 0, "horizon and lateness lie behind the newest use");
  CHECK(limits.ties_max >= 1 && limits.ties_max < UINT32_MAX, "ties have 32-bit numbers");
}

int64_t SharingGraph::State::oldest_kept() const { return before(newest_us, horizon_us); }

const SharingGraph::State::Tie* SharingGraph::State::find(uint32_t entity, uint32_t link) const {
  const auto found = tie_of.find(pair_of(entity, link));
  return found == tie_of.end() ? nullptr : &ties[found->second];
}

uint32_t SharingGraph::State::add_tie(uint32_t entity, uint32_t link, TimeKey last) {
  uint32_t number = static_cast<uint32_t>(ties.size());
  if (free_ties.empty()) {
    ties.emplace_back();
  } else {
    number = free_ties.back();
    free_ties.pop_back();
  }
  Tie& tie = ties[number];
  tie.entity = entity;
  tie.link = link;
  tie_of.emplace(pair_of(entity, link), number);
  use(tie, number, last);
  return number;
}

void SharingGraph::State::use(Tie& tie, uint32_t number, TimeKey key) {
  tie.last = key;
  const Use use{key.at_us, key.seq, number};
  by_last_use.insert(use);
  entities.ties[tie.entity].insert(use);
  links.ties[tie.link].insert(use);
}

void SharingGraph::State::use_again(uint32_t number, TimeKey key) {
  Tie& tie = ties[number];
  ++earlier_uses;
  if (key < tie.last) {
    tie.earlier_us.insert(std::upper_bound(tie.earlier_us.begin(), tie.earlier_us.end(), key.at_us), key.at_us);
  } else {
    tie.earlier_us.push_back(tie.last.at_us);
    by_last_use.erase(by_last_use.first_from(tie.last));
    for (Uses* uses : {&entities.ties[tie.entity], &links.ties[tie.link]}) uses->erase(uses->first_from(tie.last));
    use(tie, number, key);
  }
  forget_earlier(tie);
}

void SharingGraph::State::forget_earlier(Tie& tie) {
  const int64_t late_us = before(newest_us, limits.lateness_us);
  const size_t had = tie.earlier_us.size();
  size_t gone = 0;
  while (gone < had && (gone + 1 < had ? tie.earlier_us[gone + 1] : tie.last.at_us) <= late_us) ++gone;
  if (had - gone > kTieUsesMax) {
    uses_forgotten += had - gone - kTieUsesMax;
    gone = had - kTieUsesMax;
  }
  tie.earlier_us.erase(tie.earlier_us.begin(), tie.earlier_us.begin() + static_cast<ptrdiff_t>(gone));
  if (tie.earlier_us.empty()) tie.earlier_us.shrink_to_fit();
  earlier_uses -= gone;
}

void SharingGraph::State::drop_oldest() {
  const uint32_t number = by_last_use.front().tie;
  by_last_use.pop_front();
  Tie& tie = ties[number];
  tie_of.erase(pair_of(tie.entity, tie.link));
  entities.drop(tie.entity, tie.last);
  links.drop(tie.link, tie.last);
  earlier_uses -= tie.earlier_us.size();
  tie = {};
  free_ties.push_back(number);
}

bool SharingGraph::State::used_in(const Tie& tie, int64_t after_us, int64_t until_us) {
  if (tie.last.at_us <= until_us) return tie.last.at_us > after_us;
  const auto later = std::upper_bound(tie.earlier_us.begin(), tie.earlier_us.end(), until_us);
  return later != tie.earlier_us.begin() && *(later - 1) > after_us;
}

SharingGraph::SharingGraph(int64_t horizon_us, SharingLimits limits)
    : state_(std::make_unique<State>(horizon_us, limits)) {}
SharingGraph::SharingGraph(SharingGraph&&) noexcept = default;
SharingGraph::~SharingGraph() = default;

void SharingGraph::tie(std::string_view entity, uint8_t kind, std::string_view link, int64_t at_us) {
  State& state = *state_;
  if (entity.empty() || link.empty()) return;
  state.newest_us = std::max(state.newest_us, at_us);
  if (at_us < state.oldest_kept()) {
    ++state.ties_forgotten;
    return;
  }
  const TimeKey key{at_us, state.calls++};
  const uint32_t entity_number = state.entities.number_of(entity);
  const uint32_t link_number = state.links.number_of(link_name(kind, link));
  const auto known = state.tie_of.find(State::pair_of(entity_number, link_number));
  if (known != state.tie_of.end()) {
    state.use_again(known->second, key);
  } else {
    state.add_tie(entity_number, link_number, key);
  }
  for (; state.by_last_use.front().at_us < state.oldest_kept(); ++state.ties_forgotten) state.drop_oldest();
  for (; state.by_last_use.size() > state.limits.ties_max; ++state.ties_evicted) state.drop_oldest();
}

uint32_t SharingGraph::sharers(std::string_view entity, uint8_t kind, std::string_view link, int64_t until_us,
                               int64_t window_us) const {
  const State& state = *state_;
  const auto link_number = state.links.names.find(link_name(kind, link));
  if (!link_number) return 0;
  const State::Uses& uses = state.links.ties[*link_number];
  const int64_t after_us = before(until_us, window_us);
  const auto first = uses.first_after(end_of(after_us)), later = uses.first_after(end_of(until_us));
  size_t out = uses.count(first, later);
  uses.each(later, uses.end(), [&](const State::Use& use) {
    out += State::used_in(state.ties[use.tie], after_us, until_us) ? 1 : 0;
    return true;
  });
  const auto self = state.entities.names.find(entity);
  const State::Tie* own = self ? state.find(*self, *link_number) : nullptr;
  return static_cast<uint32_t>(out - (own != nullptr && State::used_in(*own, after_us, until_us) ? 1 : 0));
}

SharingWalk::SharingWalk(SharingGraph::State& state, uint32_t entity) : state_(state) {
  if (++state_.epoch == 0) {
    for (auto* sights : {&state_.entities.sights, &state_.links.sights}) std::fill(sights->begin(), sights->end(), 0);
    state_.epoch = 1;
  }
  first_sight(state_.entities.sights, entity, state_.epoch);
  next_.push_back(entity);
}

bool SharingWalk::look() { return steps_++ < state_.limits.reach_steps_max; }

bool SharingWalk::visit_link(uint32_t link) {
  if (state_.is_hub(link) || !first_sight(state_.links.sights, link, state_.epoch)) return true;
  const SharingGraph::State::Uses& uses = state_.links.ties[link];
  bool goes_on = true;
  uses.each_backwards(uses.begin(), uses.end(), [&](const SharingGraph::State::Use& use) {
    if (!look()) return goes_on = false;
    const uint32_t entity = state_.ties[use.tie].entity;
    if (first_sight(state_.entities.sights, entity, state_.epoch)) {
      ++met_;
      next_.push_back(entity);
    }
    return true;
  });
  return goes_on;
}

uint32_t SharingWalk::run(int hops) {
  bool goes_on = true;
  for (int hop = 0; hop < hops && goes_on && !next_.empty(); ++hop) {
    now_.swap(next_);
    next_.clear();
    for (const uint32_t entity : now_) {
      const SharingGraph::State::Uses& uses = state_.entities.ties[entity];
      uses.each_backwards(uses.begin(), uses.end(), [&](const SharingGraph::State::Use& use) {
        return goes_on = look() && visit_link(state_.ties[use.tie].link);
      });
      if (!goes_on) break;
    }
  }
  if (!goes_on) ++state_.answers_cut;
  return met_;
}

uint32_t SharingGraph::reach(std::string_view entity, int hops) const {
  const auto number = state_->entities.names.find(entity);
  return number ? SharingWalk(*state_, *number).run(hops) : 0;
}

uint32_t SharingGraph::component(std::string_view entity) const {
  const auto number = state_->entities.names.find(entity);
  return number ? SharingWalk(*state_, *number).run(INT_MAX) + 1 : 1;
}

std::vector<SharingGraph::Neighbour> SharingGraph::neighbours(std::string_view entity, size_t max) const {
  const State& state = *state_;
  std::vector<Neighbour> out;
  const auto number = state.entities.names.find(entity);
  if (!number || max == 0) return out;
  const State::Uses& own = state.entities.ties[*number];
  own.each_backwards(own.begin(), own.end(), [&](const State::Use& mine) {
    const uint32_t link = state.ties[mine.tie].link;
    if (state.is_hub(link)) return true;
    const std::string_view name = state.links.names.name(link);
    const State::Uses& theirs = state.links.ties[link];
    theirs.each_backwards(theirs.begin(), theirs.end(), [&](const State::Use& use) {
      const uint32_t other = state.ties[use.tie].entity;
      if (other == *number) return true;
      out.push_back({std::string(state.entities.names.name(other)), static_cast<uint8_t>(name.front()),
                     std::string(name.substr(1)), use.at_us});
      return out.size() < max;
    });
    return out.size() < max;
  });
  return out;
}

SharingGraph::Counts SharingGraph::counts() const {
  const State& state = *state_;
  Counts out;
  out.entities = state.entities.names.size();
  out.links = state.links.names.size();
  out.ties = state.by_last_use.size();
  out.ties_forgotten = state.ties_forgotten;
  out.ties_evicted = state.ties_evicted;
  out.uses_forgotten = state.uses_forgotten;
  out.answers_cut = state.answers_cut;
  // By what is kept, not by what the allocator rounds it up to, so that it is the same after a restore.
  out.bytes = out.ties * (3 * sizeof(State::Use) * 3 / 2 + sizeof(State::Tie) + 48) +
              (out.entities + out.links) * (sizeof(State::Uses) + 64) + state.earlier_uses * sizeof(int64_t) +
              state.entities.names.text_bytes() + state.links.names.text_bytes();
  return out;
}

}  // namespace puhui::features
