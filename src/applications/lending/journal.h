// Journal: a loan's events in order, with states kept on the way, so that a back-dated event
// recomputes only from its day. What was booked before stays booked; the correction is one set of
// postings.
#pragma once

#include "applications/lending/position.h"

namespace puhui::lending {

inline constexpr size_t kEventsMax = 100'000;  // of one loan

// Applies sorted events one after another; the error names the event that failed.
Result<void> replay(const Contract& contract, std::span<const Event> events, State& state);

class Journal {
 public:
  // `state_every`: a state is kept before every that many events.
  explicit Journal(Contract contract, size_t state_every = 16);

  enum class Added { appended, inserted, exists };
  struct Correction {
    Added added = Added::appended;
    std::vector<Posting> postings;  // from the books before, at the same day, to those after
    size_t replayed = 0;            // events that had to be applied
  };
  // Adds an event of any day. The same event again is `exists`; another with its id is a
  // `conflict`. An event that makes this or a later one impossible is refused and changes nothing.
  Result<Correction> add(const Event& event);

  State at(Date date) const;  // after all events up to and on that day
  const std::vector<Event>& events() const { return events_; }
  const Contract& contract() const { return contract_; }

 private:
  struct Kept {
    size_t events = 0;  // applied before it
    State state;
  };
  const Kept& nearest(size_t events) const;

  Contract contract_;
  size_t state_every_;
  std::vector<Event> events_;  // sorted by order_of
  std::vector<Kept> kept_;     // by events, the first the opening state
};

}  // namespace puhui::lending
