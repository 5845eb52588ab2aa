#include "infrastructure/feel/decimal_parts.h"

namespace puhui::feel {
namespace wide {

int Uint256::bits() const {
  for (size_t i = 4; i-- > 0;) {
    if (limb[i] != 0) return static_cast<int>(i * 64 + static_cast<size_t>(std::bit_width(limb[i])));
  }
  return 0;
}

std::strong_ordering Uint256::operator<=>(const Uint256& other) const {
  for (size_t i = 4; i-- > 0;) {
    if (limb[i] != other.limb[i]) return limb[i] <=> other.limb[i];
  }
  return std::strong_ordering::equal;
}

Uint256 multiply(uint128 a, uint128 b) {
  const std::array<uint64_t, 2> x{static_cast<uint64_t>(a), static_cast<uint64_t>(a >> 64)};
  const std::array<uint64_t, 2> y{static_cast<uint64_t>(b), static_cast<uint64_t>(b >> 64)};
  Uint256 product;
  for (size_t i = 0; i < 2; ++i) {
    uint128 carry = 0;
    for (size_t j = 0; j < 2; ++j) {
      carry += static_cast<uint128>(x[i]) * y[j] + product.limb[i + j];
      product.limb[i + j] = static_cast<uint64_t>(carry);
      carry >>= 64;
    }
    product.limb[i + 2] = static_cast<uint64_t>(carry);
  }
  return product;
}

Uint256 multiply(Uint256 a, uint64_t b) {
  uint128 carry = 0;
  for (uint64_t& limb : a.limb) {
    carry += static_cast<uint128>(limb) * b;
    limb = static_cast<uint64_t>(carry);
    carry >>= 64;
  }
  return a;
}

Uint256 scale_up(uint128 a, int digits) {
  const int first = std::min(digits, 38);
  Uint256 scaled = multiply(a, kPowers[static_cast<size_t>(first)]);
  for (digits -= first; digits > 0; digits -= 19) {
    scaled = multiply(scaled, kPowers64[static_cast<size_t>(std::min(digits, 19))]);
  }
  return scaled;
}

Uint256 add(const Uint256& a, const Uint256& b) {
  Uint256 sum;
  uint128 carry = 0;
  for (size_t i = 0; i < 4; ++i) {
    carry += static_cast<uint128>(a.limb[i]) + b.limb[i];
    sum.limb[i] = static_cast<uint64_t>(carry);
    carry >>= 64;
  }
  return sum;
}

Uint256 subtract(const Uint256& a, const Uint256& b) {
  Uint256 difference;
  uint64_t borrow = 0;
  for (size_t i = 0; i < 4; ++i) {
    const uint128 from = static_cast<uint128>(a.limb[i]) - b.limb[i] - borrow;
    difference.limb[i] = static_cast<uint64_t>(from);
    borrow = (from >> 64) != 0 ? 1 : 0;
  }
  return difference;
}

uint64_t divide(Uint256& a, uint64_t divisor) {
  uint64_t remainder = 0;
  size_t used = 4;
  while (used > 0 && a.limb[used - 1] == 0) --used;
  for (size_t i = used; i-- > 0;) a.limb[i] = divide_step(remainder, a.limb[i], divisor, remainder);
  return remainder;
}

void drop_digits(Uint256& a, int count, Dropped& dropped) {
  if (count <= 0) return;
  if (dropped.digit != 0) dropped.more = true;
  if (count > 78) {  // beyond the last digit of any 256-bit number
    dropped.more = dropped.more || a.bits() != 0;
    dropped.digit = 0;
    a = Uint256();
    return;
  }
  for (int rest = count - 1; rest > 0; rest -= 19) {
    if (divide(a, kPowers64[static_cast<size_t>(std::min(rest, 19))]) != 0) dropped.more = true;
  }
  dropped.digit = static_cast<unsigned>(divide(a, 10));
}

namespace {

// Takes `count` digits off, at most 19, the first of them into `dropped`.
void drop_few(uint128& a, int count, Dropped& dropped) {
  const uint64_t power = kPowers64[static_cast<size_t>(count)];
  uint64_t rest = 0;
  const uint64_t high = divide_step(0, static_cast<uint64_t>(a >> 64), power, rest);
  const uint64_t low = divide_step(rest, static_cast<uint64_t>(a), power, rest);
  a = static_cast<uint128>(high) << 64 | low;
  const uint64_t tenth = power / 10;
  dropped.more = dropped.more || dropped.digit != 0 || rest % tenth != 0;
  dropped.digit = static_cast<unsigned>(rest / tenth);
}

}  // namespace

void drop_digits(uint128& a, int count, Dropped& dropped) {
  if (count > 19) {
    drop_few(a, 19, dropped);
    count -= 19;
  }
  if (count > 0) drop_few(a, count, dropped);
}

bool rounds_up(RoundingMode mode, bool negative, bool odd, const Dropped& dropped) {
  const bool inexact = dropped.digit != 0 || dropped.more;
  const bool above_half = dropped.digit > 5 || (dropped.digit == 5 && dropped.more);
  const bool half = dropped.digit == 5 && !dropped.more;
  switch (mode) {
    case RoundingMode::half_even: return above_half || (half && odd);
    case RoundingMode::half_up: return above_half || half;
    case RoundingMode::half_down: return above_half;
    case RoundingMode::up: return inexact;
    case RoundingMode::down: return false;
    case RoundingMode::floor: return inexact && negative;
    case RoundingMode::ceiling: return inexact && !negative;
  }
  return false;
}

}  // namespace wide

std::optional<Decimal> DecimalParts::finish(bool negative, wide::Uint256 n, int exponent, wide::Dropped dropped) {
  using namespace wide;
  const auto drop = [&](int count) {
    if (count <= 38 && n.fits_128() && n.low_128() < kPowers[38]) {
      uint128 few = n.low_128();
      drop_digits(few, count, dropped);
      n = Uint256(few);
    } else {
      drop_digits(n, count, dropped);
    }
    exponent += count;
  };
  if (!n.fits_128() || n.low_128() >= kCoefficientEnd) {
    const int digits_min = ((n.bits() - 1) * 1233 >> 12) + 1;
    if (digits_min > Decimal::kDigitsMax) drop(digits_min - Decimal::kDigitsMax);
    if (!n.fits_128() || n.low_128() >= kCoefficientEnd) drop(1);
    if (n.low_128() >= kCoefficientEnd) drop(1);
  }
  if (exponent < Decimal::kExponentMin) drop(Decimal::kExponentMin - exponent);
  uint128 coefficient = n.low_128();
  if (rounds_up(RoundingMode::half_even, negative, (coefficient & 1) != 0, dropped)) ++coefficient;
  if (coefficient == kCoefficientEnd) coefficient /= 10, ++exponent;
  if (coefficient == 0) return pack(negative, 0, std::min(exponent, Decimal::kExponentMax));
  if (exponent > Decimal::kExponentMax) {  // trailing zeros may make room
    const int room = Decimal::kDigitsMax - digits_of(coefficient);
    if (exponent - Decimal::kExponentMax > room) return std::nullopt;
    coefficient *= kPowers[static_cast<size_t>(exponent - Decimal::kExponentMax)];
    exponent = Decimal::kExponentMax;
  }
  return pack(negative, coefficient, exponent);
}

}  // namespace puhui::feel
