// MatchingTerms: what guest and hosts settle before the first bucket: rounded totals, the number of buckets, fresh salts. From it
// alone follow all sizes that travel. It is kept over a break, so that a bucket that is done stays done.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "ground/base/bytes.h"
#include "infrastructure/federation/psi/buckets.h"
#include "infrastructure/federation/psi/psi.h"

namespace puhui::federation {

struct MatchingTerms {
  struct Pair {
    Digest salt;
    uint64_t rows = 0;  // announced by the peer
  };
  uint64_t rows = 0;  // announced by this party
  uint64_t buckets = 0;
  BucketKey key{};
  std::vector<Pair> pairs;  // by party; a host's has its guest's alone, own places are empty

  uint64_t places() const { return bucket_places(rows, buckets); }
  uint64_t peer_places(size_t peer) const { return bucket_places(pairs[peer].rows, buckets); }
  void write(ByteWriter& to) const;
  static MatchingTerms read(ByteReader& from, size_t parties);  // rejects what does not fit
};

// Checks what this party brings against the job: `invalid` for a job without a guest first, `exhausted` above probes_max.
Result<void> may_match(const StageNeeds& needs);

// One message each way between the guest and every host. `exhausted` when a peer brings more than probes_max.
Result<MatchingTerms> agree(const StageNeeds& needs, std::string_view matching, Conversation& with);

}  // namespace puhui::federation
