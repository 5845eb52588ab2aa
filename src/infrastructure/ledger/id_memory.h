// IdMemory: answers from memory whether a transfer's id was used before, and where it cannot, says so.
// Ids are mostly time-ordered: one above every forgotten id is new. The writer thread's.
#pragma once

#include <cstdint>
#include <vector>

#include "ground/base/id.h"

namespace puhui::ledger {

class IdMemory {
 public:
  // Remembers at least the last `recent_ids` ids exactly.
  explicit IdMemory(size_t recent_ids);

  enum class Verdict { fresh, known, ask };  // ask: only the store knows
  struct Answer {
    Verdict verdict = Verdict::fresh;
    uint64_t sequence = 0;  // of a known one
  };
  Answer find(const Id128& id) const;
  // Asks the machine for the memory that find() and insert() will need soon.
  void prefetch(const Id128& id) const { __builtin_prefetch(&young_.places[IdHash()(id) & young_.mask()], 1); }
  // `at` tells ids of the present from ids far in the future, which must not make all others look old.
  void insert(const Id128& id, uint64_t sequence, Timestamp at);

  size_t mark() const { return inserted_.size(); }
  void rewind(size_t mark);  // forgets what was inserted since
  void settle();             // what was inserted stays; the oldest may be forgotten

  // Ids in the store that this memory never saw: all below `oldest_unknown`, and those from `far_known` on.
  void start_after(const Id128& largest_near, const Id128& smallest_far);
  // Ids from here on are far: the first of the day after tomorrow's.
  static Id128 far_from(Timestamp at);

 private:
  // Open addressing; erasing shifts back, so there are no graves.
  struct Table {
    explicit Table(size_t count_of_places) : places(count_of_places) {}
    struct Place {
      Id128 id;
      uint64_t sequence = 0;  // 0: empty
    };
    std::vector<Place> places;
    size_t count = 0;
    Id128 largest_near;
    Id128 smallest_far = {UINT64_MAX, UINT64_MAX};

    size_t mask() const { return places.size() - 1; }
    uint64_t find(const Id128& id) const;
    void insert(const Id128& id, uint64_t sequence);
    void erase(const Id128& id);
    void clear();
  };

  size_t recent_ids_;
  Table young_, old_;
  std::vector<Id128> inserted_;  // since the last settle
  // Of all ids ever: what lies strictly between was never used, and no table need be looked at.
  Id128 largest_near_seen_;
  Id128 smallest_far_seen_ = {UINT64_MAX, UINT64_MAX};
  Id128 largest_near_;  // of the forgotten
  Id128 smallest_far_ = {UINT64_MAX, UINT64_MAX};
};

}  // namespace puhui::ledger
