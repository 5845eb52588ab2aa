// Curve25519 by x-coordinate (RFC 7748), eight points at once with IFMA: what private set intersection multiplies. A point is its
// 32 canonical bytes. Points made from ids lie on the curve (never the twist) in the subgroup of prime order, so that masking
// commutes, can be undone, and tells nothing of the id.
// Timing: multiply is a ladder of 255 steps whatever point and scalar; hash_to_point and is_valid are constant-time in the bytes.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/cipher/kernel.h"

namespace puhui::cipher {

struct Point {
  std::array<uint8_t, 32> bytes{};
  auto operator<=>(const Point&) const = default;
};

// A secret modulo the order of the subgroup, never 0. Wiped when it goes.
class Scalar {
 public:
  static Scalar random();
  static std::vector<Scalar> random(size_t count);  // asks the system once for all
  static Scalar from_bytes(
      const std::array<uint8_t, 32>& little_endian);  // reduced modulo the order; CHECKs it is not 0
  ~Scalar();
  Scalar(const Scalar&) = default;
  Scalar& operator=(const Scalar&) = default;
  Scalar inverse() const;  // modulo the order
  static std::vector<Scalar> inverses(
      std::span<const Scalar> scalars);  // all for the cost of one and three products each
  const std::array<uint8_t, 32>& bytes() const { return bytes_; }

 private:
  Scalar() = default;
  std::array<uint8_t, 32> bytes_{};
};

class Curve25519 {
 public:
  explicit Curve25519(Kernel kernel) : kernel_(kernel) {}

  // 64 uniform bytes an id (SHA-512 of domain ‖ id), a little-endian number modulo p → a point: Elligator 2 (RFC 9380, the
  // nonuniform encoding: half of the curve, which is enough here: docs/decisions/0105), then the cofactor is cleared.
  void hash_to_points(std::span<const std::array<uint8_t, 64>> uniform, std::span<Point> out) const;
  // out[i] = scalar · points[i] without whatever small-order part the point had; `out` may be `points`.
  void multiply(std::span<const Point> points, const Scalar& scalar, std::span<Point> out) const;
  // Each to its own scalar (blinding of queries).
  void multiply_each(std::span<const Point> points, std::span<const Scalar> scalars, std::span<Point> out) const;
  // RFC 7748's function with its clamping, for what others compute too.
  void x25519(std::span<const Point> points, const std::array<uint8_t, 32>& clamped, std::span<Point> out) const;
  // A peer's points: canonical, on the curve, not of small order. `invalid` names the first that is none.
  Result<void> check(std::span<const Point> points) const;

 private:
  Kernel kernel_;
};

}  // namespace puhui::cipher
