#include "infrastructure/cipher/curve25519.h"

#include <sodium.h>

#include <string>

#include "ground/base/check.h"
#include "infrastructure/cipher/curve_kernels.h"

namespace puhui::cipher {
namespace {

using Bytes32 = std::array<uint8_t, 32>;

const CurveKernel& functions_of(Kernel kernel) {
  CHECK(is_available(kernel), "a kernel that this machine lacks");
  switch (kernel) {
    case Kernel::scalar: return scalar_curve_kernel();
    case Kernel::avx2: return avx2_curve_kernel();
    case Kernel::ifma: return ifma_curve_kernel();
  }
  return scalar_curve_kernel();
}

// 1/8 modulo the order of the subgroup.
constexpr Bytes32 kEighth = {0x79, 0x2f, 0xdc, 0xe2, 0x29, 0xe5, 0x06, 0x61, 0xd0, 0xda, 0x1c,
                             0x7d, 0xb3, 0x9d, 0xd3, 0x07, 0,    0,    0,    0,    0,    0,
                             0,    0,    0,    0,    0,    0,    0,    0,    0,    0x06};

// A multiple of 8 that is the scalar (or its negative, which has the same x) modulo the order: whatever small-order part a
// peer hides in a point is gone from the product, so nothing of the scalar modulo 8 is told. Below 2^255: where scalar / 8 is 2^252 or
// more, its negative is below 2^125.
struct LadderScalar {
  Bytes32 bytes{};
  LadderScalar() = default;
  explicit LadderScalar(const Scalar& scalar) {
    Bytes32 eighth, negative;
    crypto_core_ed25519_scalar_mul(eighth.data(), scalar.bytes().data(), kEighth.data());
    crypto_core_ed25519_scalar_negate(negative.data(), eighth.data());
    const auto large = static_cast<uint8_t>(0 - (eighth[31] >> 4));
    unsigned carry = 0;
    for (size_t i = 0; i < 32; ++i) {
      const unsigned byte = (eighth[i] ^ (large & (eighth[i] ^ negative[i])));
      bytes[i] = static_cast<uint8_t>(byte << 3 | carry);
      carry = byte >> 5;
    }
    sodium_memzero(eighth.data(), 32);
    sodium_memzero(negative.data(), 32);
  }
};

void multiply_in_blocks(const CurveKernel& kernel, std::span<const Point> points, const Bytes32& scalar,
                        std::span<Point> out) {
  const size_t block = kBlockVectors * kernel.lanes;
  for (size_t i = 0; i < points.size(); i += block) {
    kernel.multiply(points[i].bytes.data(), scalar.data(), 0, std::min(block, points.size() - i), out[i].bytes.data());
  }
}

// Below p = 2^255 - 19, the top bit 0.
bool is_canonical(const Point& point) {
  unsigned others = 0xff;
  for (size_t i = 1; i < 31; ++i) others &= point.bytes[i];
  return point.bytes[31] < 0x7f || (point.bytes[31] == 0x7f && (others != 0xff || point.bytes[0] < 0xed));
}

std::string hex_of(const Point& point) {
  char text[65];
  sodium_bin2hex(text, sizeof text, point.bytes.data(), 32);
  return text;
}

}  // namespace

Scalar Scalar::random() {
  Scalar out;
  crypto_core_ed25519_scalar_random(out.bytes_.data());
  return out;
}

std::vector<Scalar> Scalar::random(size_t count) {
  std::vector<std::array<uint8_t, 64>> wide(count);  // 512 bits: off a fair draw by less than 2^-256
  if (count != 0)
    randombytes_buf(wide.data(), count * sizeof wide[0]);  // none have no place, and null must not be given
  std::vector<Scalar> out(count, Scalar());
  for (size_t i = 0; i < count; ++i) {
    crypto_core_ed25519_scalar_reduce(out[i].bytes_.data(), wide[i].data());
    CHECK(sodium_is_zero(out[i].bytes_.data(), 32) == 0, "chance does not draw 0 of 2^252");
  }
  if (count != 0) sodium_memzero(wide.data(), count * sizeof wide[0]);
  return out;
}

Scalar Scalar::from_bytes(const Bytes32& little_endian) {
  std::array<uint8_t, 64> wide{};
  std::memcpy(wide.data(), little_endian.data(), 32);
  Scalar out;
  crypto_core_ed25519_scalar_reduce(out.bytes_.data(), wide.data());
  sodium_memzero(wide.data(), wide.size());
  CHECK(sodium_is_zero(out.bytes_.data(), 32) == 0, "a scalar is never 0");
  return out;
}

Scalar::~Scalar() { sodium_memzero(bytes_.data(), bytes_.size()); }

Scalar Scalar::inverse() const {
  Scalar out;
  CHECK(crypto_core_ed25519_scalar_invert(out.bytes_.data(), bytes_.data()) == 0, "a scalar is never 0");
  return out;
}

std::vector<Scalar> Scalar::inverses(std::span<const Scalar> scalars) {
  std::vector<Scalar> out;
  if (scalars.empty()) return out;
  out.reserve(scalars.size());
  out.push_back(scalars[0]);  // the product of all up to here
  for (size_t i = 1; i < scalars.size(); ++i) {
    Scalar product;
    crypto_core_ed25519_scalar_mul(product.bytes_.data(), out[i - 1].bytes_.data(), scalars[i].bytes_.data());
    out.push_back(product);
  }
  Scalar rest = out.back().inverse();
  for (size_t i = scalars.size() - 1; i > 0; --i) {
    crypto_core_ed25519_scalar_mul(out[i].bytes_.data(), rest.bytes_.data(), out[i - 1].bytes_.data());
    crypto_core_ed25519_scalar_mul(rest.bytes_.data(), rest.bytes_.data(), scalars[i].bytes_.data());
  }
  out[0] = rest;
  return out;
}

void Curve25519::hash_to_points(std::span<const std::array<uint8_t, 64>> uniform, std::span<Point> out) const {
  CHECK(uniform.size() == out.size(), "a point each");
  const CurveKernel& kernel = functions_of(kernel_);
  const size_t block = kBlockVectors * kernel.lanes;
  for (size_t i = 0; i < out.size(); i += block) {
    kernel.map(uniform[i].data(), std::min(block, out.size() - i), out[i].bytes.data());
  }
}

void Curve25519::multiply(std::span<const Point> points, const Scalar& scalar, std::span<Point> out) const {
  CHECK(points.size() == out.size(), "a product a point");
  LadderScalar of_ladder(scalar);
  multiply_in_blocks(functions_of(kernel_), points, of_ladder.bytes, out);
  sodium_memzero(&of_ladder, sizeof of_ladder);
}

void Curve25519::multiply_each(std::span<const Point> points, std::span<const Scalar> scalars,
                               std::span<Point> out) const {
  CHECK(points.size() == out.size() && points.size() == scalars.size(), "a scalar and a product a point");
  const CurveKernel& kernel = functions_of(kernel_);
  const size_t block = kBlockVectors * kernel.lanes;
  std::vector<LadderScalar> of_ladder(std::min(block, points.size()));
  for (size_t i = 0; i < points.size(); i += block) {
    const size_t count = std::min(block, points.size() - i);
    for (size_t j = 0; j < count; ++j) of_ladder[j] = LadderScalar(scalars[i + j]);
    kernel.multiply(points[i].bytes.data(), of_ladder[0].bytes.data(), sizeof(LadderScalar), count,
                    out[i].bytes.data());
  }
  sodium_memzero(of_ladder.data(), of_ladder.size() * sizeof(LadderScalar));
}

void Curve25519::x25519(std::span<const Point> points, const Bytes32& clamped, std::span<Point> out) const {
  CHECK(points.size() == out.size(), "a product a point");
  Bytes32 scalar = clamped;
  scalar[0] &= 0xf8;
  scalar[31] = static_cast<uint8_t>((scalar[31] & 0x7f) | 0x40);
  multiply_in_blocks(functions_of(kernel_), points, scalar, out);
  sodium_memzero(scalar.data(), scalar.size());
}

Result<void> Curve25519::check(std::span<const Point> points) const {
  const CurveKernel& kernel = functions_of(kernel_);
  const size_t block = kBlockVectors * kernel.lanes;
  std::vector<uint8_t> faults(std::min(block, points.size()));
  for (size_t first = 0; first < points.size(); first += block) {
    const size_t count = std::min(block, points.size() - first);
    kernel.check(points[first].bytes.data(), count, faults.data());
    for (size_t i = 0; i < count; ++i) {
      const Point& point = points[first + i];
      if (faults[i] == kPointFine && is_canonical(point)) continue;
      const std::string_view what = !is_canonical(point)       ? "a number that is not below 2^255 - 19"
                                    : faults[i] == kPointSmall ? "one of small order"
                                                               : "one that is not on it";
      return fail(ErrorCode::invalid, "point " + std::to_string(first + i + 1),
                  "expected a point of Curve25519, came " + std::string(what) + " (" + hex_of(point) +
                      "); the peer is broken or dishonest");
    }
  }
  return {};
}

}  // namespace puhui::cipher
