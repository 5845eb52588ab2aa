// Which ids two houses have in common, and sums over them: stages of a job. What the stage does (announce, buckets, minimum,
// telling) is apart from how one bucket is matched (IdMatching), so that another protocol can take that place.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/hash.h"
#include "ground/base/result.h"
#include "infrastructure/federation/conversation.h"
#include "infrastructure/federation/stage.h"

namespace puhui::federation {

// "psi_ecdh": StageResult::rows at every party, ascending by the id's bytes, so that all have them in the same order; none at a host
// of a `guest_only` job. Ends with `conflict` when fewer than rows_min are common.
Result<std::unique_ptr<Stage>> make_ecdh_stage(const StageNeeds& needs);

// "psi_oprf": the same to the caller, for a small guest and large hosts: an oblivious pseudorandom function by which a host's side is
// computed once an epoch and kept in house_folder, and a guest's ids are blinded each on its own.
Result<std::unique_ptr<Stage>> make_oprf_stage(const StageNeeds& needs);

// "aggregate": how many ids guest and host have in common and the sums of the host's columns over them, known to the guest alone. Ends
// with `conflict` when fewer than conversion.cohort_min are; noised by conversion.epsilon (0: not at all), each row's value clipped to
// privacy.clip. Measures of the guest: rows_common, sums (by column), epsilon, delta.
Result<std::unique_ptr<Stage>> make_aggregate_stage(const StageNeeds& needs);

// One bucket of ids between this party and one peer, as both agreed on it.
struct Bucket {
  uint64_t number = 0, buckets = 1;
  size_t peer = 0;  // its place in the job
  Digest salt;      // of this pair in this run: ids are hashed with it, so that nothing links across runs
  std::span<const std::string> ids;
  std::span<const uint32_t> rows;  // this party's rows of `ids` that fell into the bucket
  // Places are what travels: rows and padding, shuffled. order[place] is an index into `rows`, or rows.size() and more: padding.
  std::span<const uint32_t> order;
  size_t peer_places = 0;
};

// A row of the guest that is common, and the place at which the host brought it.
struct Match {
  uint32_t row = 0, place = 0;
  auto operator<=>(const Match&) const = default;
};

// How one bucket is matched. The guest learns which of its rows are common and the host's places of them; the host learns nothing.
class IdMatching {
 public:
  virtual ~IdMatching() = default;
  virtual std::string_view name() const = 0;
  // Guest; ascending by row. `invalid` or `corrupt`: what the peer sent is against the protocol.
  virtual Result<std::vector<Match>> ask(const Bucket& bucket, Conversation& with) = 0;
  // Host.
  virtual Result<void> answer(const Bucket& bucket, Conversation& with) = 0;
};

// The stage around a matching. `name` is the stage's.
Result<std::unique_ptr<Stage>> make_matching_stage(const StageNeeds& needs, std::string_view name,
                                                   std::unique_ptr<IdMatching> matching);

}  // namespace puhui::federation
