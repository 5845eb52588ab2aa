#include "infrastructure/federation/horizontal/secret_shares.h"

#include <sodium.h>

#include <set>

#include "ground/base/check.h"
#include "infrastructure/cipher/wiping.h"

namespace puhui::federation {

namespace {

// Modulo x^8 + x^4 + x^3 + x + 1; no table, no branch on what is multiplied.
uint8_t field_product(uint8_t a, uint8_t b) {
  unsigned left = a, out = 0;
  for (unsigned bit = 0; bit < 8; ++bit) {
    out ^= left & (0U - (b >> bit & 1U));
    left = (left << 1) ^ (0x11BU & (0U - (left >> 7)));
  }
  return static_cast<uint8_t>(out);
}

// a^254, which is 1/a.
uint8_t field_inverse(uint8_t a) {
  uint8_t out = 1;
  for (int i = 0; i < 7; ++i) {
    a = field_product(a, a);
    out = field_product(out, a);
  }
  return out;
}

void check_places(std::span<const uint8_t> places) {
  const std::set<uint8_t> distinct(places.begin(), places.end());
  CHECK(distinct.size() == places.size() && !distinct.contains(0), "shares stand at distinct places, none at 0");
}

}  // namespace

std::vector<SecureSumShare> secret_shares(const SecureSumSecret& secret, std::span<const uint8_t> places,
                                          size_t threshold) {
  check_places(places);
  CHECK(threshold >= 1 && threshold <= places.size(), "a threshold that the shares reach");
  std::vector<SecureSumSecret, cipher::Wiping<SecureSumSecret>> coefficients(threshold);
  randombytes_buf(coefficients.data(), coefficients.size() * sizeof(SecureSumSecret));
  coefficients[0] = secret;
  std::vector<SecureSumShare> out;
  for (const uint8_t place : places) {
    SecureSumShare share{place, coefficients.back()};
    for (size_t k = threshold - 1; k-- > 0;) {
      for (size_t i = 0; i < share.bytes.size(); ++i) {
        share.bytes[i] = static_cast<uint8_t>(field_product(share.bytes[i], place) ^ coefficients[k][i]);
      }
    }
    out.push_back(share);
  }
  return out;
}

SecureSumSecret joined_secret(std::span<const SecureSumShare> shares) {
  std::vector<uint8_t> places;
  for (const SecureSumShare& share : shares) places.push_back(share.place);
  check_places(places);
  SecureSumSecret out{};
  for (size_t i = 0; i < shares.size(); ++i) {
    uint8_t weight = 1;  // Lagrange's, at 0
    for (size_t j = 0; j < shares.size(); ++j) {
      if (j == i) continue;
      const auto between = static_cast<uint8_t>(places[i] ^ places[j]);
      weight = field_product(weight, field_product(places[j], field_inverse(between)));
    }
    for (size_t k = 0; k < out.size(); ++k) {
      out[k] = static_cast<uint8_t>(out[k] ^ field_product(shares[i].bytes[k], weight));
    }
  }
  return out;
}

}  // namespace puhui::federation
