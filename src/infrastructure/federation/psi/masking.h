// Masking: a bucket's places as points under this party's secret scalar of the bucket, and the peer's points masked a second
// time. Points made of ids or of chance; nobody without the scalar can tell which.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/cipher/curve25519.h"
#include "infrastructure/federation/psi/psi.h"

namespace puhui::federation {

// SHA-512 of domain ‖ salt ‖ id: what a point is made of.
std::array<uint8_t, 64> uniform_bytes(const Digest& salt, std::string_view id);

class Masking {
 public:
  // With a fresh scalar. The bucket outlives it.
  Masking(const Bucket& bucket, const cipher::Curve25519& curve);
  // Our points of one chunk of places.
  std::vector<cipher::Point> chunk(size_t number) const;
  // The peer's, checked and masked again. `corrupt` says which was no point.
  Result<std::vector<cipher::Point>> again(std::string_view points, size_t first_place) const;

 private:
  const Bucket& bucket_;
  const cipher::Curve25519& curve_;
  cipher::Scalar scalar_ = cipher::Scalar::random();
};

}  // namespace puhui::federation
