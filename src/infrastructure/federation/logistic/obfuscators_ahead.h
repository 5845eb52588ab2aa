// ObfuscatorsAhead: what a party's own encryptions will use, made before they ask: the first in set-up, the others by a thread that
// works only while the party waits for its peer, so that it takes no core from the protocol. Results do not depend on it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "ground/base/verb.h"
#include "infrastructure/cipher/additive.h"

namespace puhui::federation {

// Of one party: 2^19 obfuscators of an Okamoto–Uchiyama key of 2048 bits.
inline constexpr size_t kAheadBytesMax = size_t{160} << 20;
size_t obfuscators_max(const cipher::PublicKey& key);

class ObfuscatorsAhead {
 public:
  // The key outlives it and stays where it is.
  explicit ObfuscatorsAhead(cipher::SecretKey& key) : key_(key) {}
  ~ObfuscatorsAhead();  // within the few that are being made
  ObfuscatorsAhead(const ObfuscatorsAhead&) = delete;
  ObfuscatorsAhead& operator=(const ObfuscatorsAhead&) = delete;

  // On the caller's thread, at most obfuscators_max of them, telling how far it is. `unavailable` when asked to stop.
  Result<void> make(uint64_t count, Progress& progress);
  // So many will still be asked for: those not there yet are made while waiting.
  void expect(uint64_t count);

  // The party waits for its peer as long as one lives.
  class Waiting {
   public:
    explicit Waiting(ObfuscatorsAhead& ahead) : ahead_(ahead) { ahead_.wait(true); }
    ~Waiting() { ahead_.wait(false); }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

   private:
    ObfuscatorsAhead& ahead_;
  };

 private:
  void wait(bool is_waiting);
  void run();

  cipher::SecretKey& key_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_waiting_ = false, is_ending_ = false;
  uint64_t expected_ = 0;
  std::thread thread_;  // from when something is left to be made
};

}  // namespace puhui::federation
