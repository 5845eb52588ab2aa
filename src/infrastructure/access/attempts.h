// Attempts: how often signing in was tried of late, by name and by address, and how long the next try has to wait.
// In memory: a restart forgets it, which a stranger cannot cause. Safe from several threads.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string_view>

#include "ground/base/clock.h"
#include "ground/base/hash.h"

namespace puhui::access {

struct AttemptLimits {
  int name_free = 5;                  // tries of one name before the first wait
  int peer_free = 50;                 // of one address: a proxy or an office shares one
  int64_t first_wait_us = 1'000'000;  // then twice as long after each
  int64_t wait_us_max = 15 * 60'000'000ll;
  int64_t forgotten_after_us = 24 * 3'600'000'000ll;  // without a try
  size_t watched_max = 100'000;                       // names and addresses; the one tried longest ago goes first
};

class Attempts {
 public:
  explicit Attempts(AttemptLimits limits) : limits_(limits) {}
  // Takes a turn, counted as failed until succeeded() says otherwise, so that tries at one time count as many.
  // Answers how long to wait instead; 0: go on.
  int64_t begin(std::string_view name, std::string_view peer, Timestamp now);
  void succeeded(std::string_view name, std::string_view peer);
  // How long the next try of this name has to wait.
  int64_t wait_us(std::string_view name, Timestamp now) const;

 private:
  struct Watch {
    int tries = 0;
    int64_t next_at = 0, last_at = 0;
  };
  Watch& watch(const Digest& key, Timestamp now);
  void count(Watch& watch, int free, Timestamp now) const;
  void make_room(Timestamp now);

  const AttemptLimits limits_;
  mutable std::mutex mutex_;
  std::map<Digest, Watch> watched_;  // by digest: what was typed as a name may be a password
};

}  // namespace puhui::access
