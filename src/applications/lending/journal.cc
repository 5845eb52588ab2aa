#include "applications/lending/journal.h"

#include <algorithm>

#include "ground/base/check.h"

namespace puhui::lending {

Result<void> replay(const Contract& contract, std::span<const Event> events, State& state) {
  for (const Event& event : events) TRY(apply(contract, event, state));
  return {};
}

Journal::Journal(Contract contract, size_t state_every)
    : contract_(std::move(contract)), state_every_(std::max<size_t>(state_every, 1)) {
  kept_.push_back({0, open(contract_)});
}

const Journal::Kept& Journal::nearest(size_t events) const {
  const auto after = std::ranges::upper_bound(kept_, events, {}, &Kept::events);
  return *std::prev(after);
}

State Journal::at(Date date) const {
  CHECK(date >= contract_.opened_on, "a loan has no state before it was opened");
  const auto end = std::ranges::upper_bound(events_, date, {}, &Event::date);
  const auto count = static_cast<size_t>(end - events_.begin());
  const Kept& base = nearest(count);
  State state = base.state;
  const auto replayed = replay(contract_, std::span(events_).subspan(base.events, count - base.events), state);
  CHECK(replayed.has_value(), "events that were accepted apply again");
  advance(contract_, date, state);
  return state;
}

Result<Journal::Correction> Journal::add(const Event& event) {
  TRY(check(contract_, event));
  if (const auto same = std::ranges::find(events_, event.id, &Event::id); same != events_.end()) {
    if (*same == event) return Correction{.added = Added::exists};
    return fail(ErrorCode::conflict, event.id.text(),
                "expected a new id: another event of this loan has it, with other content");
  }
  if (events_.size() >= kEventsMax) {
    return fail(ErrorCode::exhausted, event.id.text(),
                "expected at most " + std::to_string(kEventsMax) + " events of one loan");
  }
  const auto place = std::ranges::upper_bound(events_, order_of(event), {}, order_of);
  const auto index = static_cast<size_t>(place - events_.begin());
  const Kept base = nearest(index);
  std::vector<Event> later(events_.begin() + static_cast<ptrdiff_t>(base.events), events_.end());
  later.insert(later.begin() + static_cast<ptrdiff_t>(index - base.events), event);
  State state = base.state;
  std::vector<Kept> kept;
  for (size_t i = 0; i < later.size(); ++i) {
    if (i > 0 && i % state_every_ == 0) kept.push_back({base.events + i, state});
    TRY(apply(contract_, later[i], state));
  }
  const Date until = state.date();
  Correction out{.added = index == events_.size() ? Added::appended : Added::inserted,
                 .postings = postings(books_of(at(until)), books_of(state)),
                 .replayed = later.size()};
  std::erase_if(kept_, [&](const Kept& old) { return old.events > base.events; });
  kept_.insert(kept_.end(), kept.begin(), kept.end());
  events_.insert(events_.begin() + static_cast<ptrdiff_t>(index), event);
  return out;
}

}  // namespace puhui::lending
