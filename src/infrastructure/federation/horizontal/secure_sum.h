// Secure sums: several clients add up vectors of integers modulo 2^64 so that nobody sees more than the sum, not the hub either. After
// Bonawitz et al. (CCS 2017): pairwise masks that cancel, a mask of one's own, both shared out so that clients may go away midway.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "infrastructure/federation/stage.h"

namespace puhui::federation {

inline constexpr size_t kSecureSumWordsMax = size_t{1} << 24;  // of one round: 128 MiB a client

// The five messages of a round; the hub answers each. Kinds: kHorizontalKinds + 2 · phase, and one more for the answer.
enum class SecureSumPhase : uint8_t {
  keys,    // two fresh public keys, signed → the keys of all
  shares,  // boxed shares of both secrets → those meant for the receiver
  masked,  // the masked vector → who is still there: these are summed
  agreed,  // a signature over who is summed → the signatures of all
  opened,  // shares: of a summed client's own mask, or of a lost client's key, never both → the sum
};
inline constexpr size_t kSecureSumPhases = 5;

struct SecureSumTerms {
  std::string context;  // which round of which stage of which job: all signatures are bound to it
  size_t parties = 0, self = 0;
  size_t clients_min = 3;
  size_t words = 0;
  const Signatory& signatory;
};

// How many of so many clients must take part to the end: floor((n + 1) / 2) + 1, at least clients_min. With it a hub that is a client
// too and shows two halves two lists of survivors finds too few signatures for one of them: 2 (t - 1) > n - 1.
size_t secure_sum_threshold(size_t clients, size_t clients_min);

// One client's side. Errors: `corrupt` for bytes that are none, `forbidden` for what would tell more than the sum, `unavailable` when too
// few are left. Wipes its secrets when it goes.
class SecureSumClient {
 public:
  SecureSumClient(const SecureSumTerms& terms, std::span<const uint64_t> input);
  ~SecureSumClient();
  SecureSumClient(const SecureSumClient&) = delete;
  SecureSumClient& operator=(const SecureSumClient&) = delete;

  // What to send in this phase, after the hub's answer to the one before (empty at first). In order.
  Result<std::string> say(SecureSumPhase phase, std::string_view heard);
  // Whom the sum is of, as all agreed: known once `agreed` was said. Ascending.
  const std::vector<uint8_t>& survivors() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The hub's side, bytes in and bytes out.
class SecureSumHub {
 public:
  explicit SecureSumHub(const SecureSumTerms& terms);
  ~SecureSumHub();
  Result<void> take(SecureSumPhase phase, size_t party, std::string_view bytes);
  // Everybody who will was heard; `unavailable` when they are too few.
  Result<void> close(SecureSumPhase phase);
  bool is_in(size_t party) const;  // was heard in the phase closed last
  std::string answer(SecureSumPhase phase, size_t party) const;
  std::string survivors() const;  // once `masked` is closed: a byte a party, ascending

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct SecureSum {
  std::vector<uint64_t> sums;
  std::vector<uint8_t> survivors;  // whose vectors are in it
};
// The answer to the last phase. `corrupt` unless it has so many words and survivors of the job.
Result<SecureSum> read_secure_sum(std::string_view bytes, size_t words, size_t parties);
std::string secure_sum_bytes(const SecureSum& sum);

// A round over a conversation. What was opened is written down in the work folder first: after a break the same round is opened for the
// same clients only, since two sums that differ by one client tell that client's vector. The hub keeps the sum and tells it again.
// A client whose connection fails in the round is left out of it from there on.
Result<SecureSum> secure_sum(const StageNeeds& needs, Conversation& with, std::string_view stage, uint64_t round,
                             std::span<const uint64_t> input);

}  // namespace puhui::federation
