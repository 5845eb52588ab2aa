// Matching by Diffie and Hellman's commuting masks (Meadows 1986; Huberman, Franklin and Hogg 1999) on Curve25519: each side masks its
// hashed ids, the other masks them again, and what is equal then was equal before. Semi-honest; points are checked as they come.
#pragma once

#include <span>
#include <vector>

#include "infrastructure/cipher/curve25519.h"
#include "infrastructure/federation/psi/psi.h"

namespace puhui::federation {

class EcdhMatching final : public IdMatching {
 public:
  explicit EcdhMatching(cipher::Kernel kernel) : curve_(kernel) {}
  std::string_view name() const override { return "ecdh"; }
  Result<std::vector<Match>> ask(const Bucket& bucket, Conversation& with) override;
  Result<void> answer(const Bucket& bucket, Conversation& with) override;

 private:
  cipher::Curve25519 curve_;
};

// The first `tag_bytes` of each point.
std::string tags_of(std::span<const cipher::Point> points, size_t tag_bytes);

}  // namespace puhui::federation
