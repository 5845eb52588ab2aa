#include "infrastructure/cipher/natural.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <sodium.h>

#include <cstring>
#include <memory>

#include "ground/base/check.h"

namespace puhui::cipher {

namespace {

constexpr size_t kPrimeBitsMin = 16;

struct ClearFree {
  void operator()(BIGNUM* number) const { BN_clear_free(number); }
  void operator()(BN_CTX* context) const { BN_CTX_free(context); }
};
using Number = std::unique_ptr<BIGNUM, ClearFree>;
using Context = std::unique_ptr<BN_CTX, ClearFree>;

// OpenSSL fails here only when memory is out.
void must(bool done) { CHECK(done, "OpenSSL's bignum failed"); }

Number new_number() {
  Number out(BN_new());
  must(out != nullptr);
  return out;
}

Context new_context() {
  Context out(BN_CTX_new());
  must(out != nullptr);
  return out;
}

Number to_number(const Natural& value) {
  Number out = new_number();
  const auto words = value.words();
  must(BN_lebin2bn(reinterpret_cast<const unsigned char*>(words.data()), static_cast<int>(words.size_bytes()),
                   out.get()) != nullptr);
  return out;
}

// OpenSSL then takes its paths without branches or places that depend on the value.
Number to_secret(const Natural& value) {
  Number out = to_number(value);
  BN_set_flags(out.get(), BN_FLG_CONSTTIME);
  return out;
}

Natural to_natural(const Number& number) {
  std::vector<uint64_t> words((static_cast<size_t>(BN_num_bytes(number.get())) + 7) / 8);
  must(BN_bn2lebinpad(number.get(), reinterpret_cast<unsigned char*>(words.data()),
                      static_cast<int>(words.size() * 8)) >= 0);
  Natural out = Natural::from_words(words);
  OPENSSL_cleanse(words.data(), words.size() * 8);
  return out;
}

void wipe(std::vector<uint64_t>& words) { OPENSSL_cleanse(words.data(), words.size() * sizeof(uint64_t)); }

}  // namespace

Natural::Natural(uint64_t value) {
  if (value != 0) words_.assign(1, value);
}

Natural::~Natural() { wipe(words_); }

Natural& Natural::operator=(const Natural& other) {
  if (this == &other) return *this;
  wipe(words_);
  words_ = other.words_;
  return *this;
}

Natural& Natural::operator=(Natural&& other) noexcept {
  if (this == &other) return *this;
  wipe(words_);
  words_ = std::move(other.words_);
  other.words_.clear();
  return *this;
}

Natural Natural::from_bytes(std::string_view big_endian) {
  while (!big_endian.empty() && big_endian.front() == '\0') big_endian.remove_prefix(1);
  Natural out;
  out.words_.assign((big_endian.size() + 7) / 8, 0);
  for (size_t i = 0; i < big_endian.size(); ++i) {
    const auto byte = static_cast<uint8_t>(big_endian[big_endian.size() - 1 - i]);
    out.words_[i / 8] |= static_cast<uint64_t>(byte) << (8 * (i % 8));
  }
  return out;
}

Natural Natural::from_words(std::span<const uint64_t> least_first) {
  while (!least_first.empty() && least_first.back() == 0) least_first = least_first.first(least_first.size() - 1);
  Natural out;
  out.words_.assign(least_first.begin(), least_first.end());
  return out;
}

Natural Natural::power_of_two(size_t exponent) {
  Natural out;
  out.words_.assign(exponent / 64 + 1, 0);
  out.words_.back() = uint64_t{1} << (exponent % 64);
  return out;
}

Natural Natural::random_bits(size_t bits) {
  std::vector<uint64_t> words((bits + 63) / 64);
  randombytes_buf(words.data(), words.size() * sizeof(uint64_t));
  if (bits % 64 != 0) words.back() &= (uint64_t{1} << (bits % 64)) - 1;
  Natural out = from_words(words);
  wipe(words);
  return out;
}

Natural Natural::random_below(const Natural& bound) {
  CHECK(!bound.is_zero(), "nothing lies below zero");
  for (;;) {  // each draw is below the bound with a chance of a half or more
    Natural out = random_bits(bound.bits());
    if (out < bound) return out;
  }
}

Natural Natural::random_prime(size_t bits) {
  CHECK(bits >= kPrimeBitsMin, "too small a prime to be of use");
  for (;;) {
    const Number prime = new_number();
    must(BN_generate_prime_ex(prime.get(), static_cast<int>(bits), 0, nullptr, nullptr, nullptr) == 1);
    Natural out = to_natural(prime);
    if (out.bits() == bits && out.bit(bits - 2)) return out;
  }
}

size_t Natural::bits() const {
  return words_.empty() ? 0 : words_.size() * 64 - static_cast<size_t>(std::countl_zero(words_.back()));
}

bool Natural::bit(size_t place) const {
  return place / 64 < words_.size() && (words_[place / 64] >> (place % 64) & 1) != 0;
}

std::string Natural::bytes(size_t length) const {
  CHECK((bits() + 7) / 8 <= length, "the number needs more bytes");
  std::string out(length, '\0');
  for (size_t i = 0; i < length && i / 8 < words_.size(); ++i)
    out[length - 1 - i] = static_cast<char>(words_[i / 8] >> (8 * (i % 8)));
  return out;
}

std::string Natural::hex() const {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  if (is_zero()) return "0";
  std::string out;
  for (size_t i = (bits() + 3) / 4; i-- > 0;) out += kDigits[words_[i / 16] >> (4 * (i % 16)) & 15];
  return out;
}

std::strong_ordering Natural::operator<=>(const Natural& other) const {
  if (words_.size() != other.words_.size()) return words_.size() <=> other.words_.size();
  for (size_t i = words_.size(); i-- > 0;) {
    if (words_[i] != other.words_[i]) return words_[i] <=> other.words_[i];
  }
  return std::strong_ordering::equal;
}

Natural operator+(const Natural& a, const Natural& b) {
  const Number out = new_number();
  must(BN_uadd(out.get(), to_number(a).get(), to_number(b).get()) == 1);
  return to_natural(out);
}

Natural operator-(const Natural& a, const Natural& b) {
  CHECK(a >= b, "a natural number has no sign");
  const Number out = new_number();
  must(BN_usub(out.get(), to_number(a).get(), to_number(b).get()) == 1);
  return to_natural(out);
}

Natural operator*(const Natural& a, const Natural& b) {
  const Number out = new_number();
  must(BN_mul(out.get(), to_number(a).get(), to_number(b).get(), new_context().get()) == 1);
  return to_natural(out);
}

Natural operator/(const Natural& a, const Natural& b) {
  CHECK(!b.is_zero(), "division by zero");
  const Number out = new_number();
  must(BN_div(out.get(), nullptr, to_number(a).get(), to_number(b).get(), new_context().get()) == 1);
  return to_natural(out);
}

Natural operator%(const Natural& a, const Natural& b) {
  CHECK(!b.is_zero(), "division by zero");
  const Number out = new_number();
  must(BN_div(nullptr, out.get(), to_number(a).get(), to_number(b).get(), new_context().get()) == 1);
  return to_natural(out);
}

Natural operator<<(const Natural& a, size_t bits) {
  const Number out = new_number();
  must(BN_lshift(out.get(), to_number(a).get(), static_cast<int>(bits)) == 1);
  return to_natural(out);
}

Natural operator>>(const Natural& a, size_t bits) {
  const Number out = new_number();
  must(BN_rshift(out.get(), to_number(a).get(), static_cast<int>(bits)) == 1);
  return to_natural(out);
}

Natural gcd(const Natural& a, const Natural& b) {
  const Number out = new_number();
  must(BN_gcd(out.get(), to_number(a).get(), to_number(b).get(), new_context().get()) == 1);
  return to_natural(out);
}

Result<Natural> inverse(const Natural& a, const Natural& modulus) {
  CHECK(!modulus.is_zero(), "there is nothing modulo zero");
  const Number out = new_number();
  if (BN_mod_inverse(out.get(), to_secret(a).get(), to_secret(modulus).get(), new_context().get()) != nullptr)
    return to_natural(out);
  must(ERR_GET_REASON(ERR_peek_last_error()) == BN_R_NO_INVERSE);
  ERR_clear_error();
  return fail(ErrorCode::invalid, "expected a number without a factor in common with the modulus: it has no inverse");
}

Natural power(const Natural& base, const Natural& exponent, const Natural& odd_modulus) {
  CHECK(odd_modulus.is_odd(), "Montgomery's products need an odd modulus");
  const Number out = new_number();
  must(BN_mod_exp_mont_consttime(out.get(), to_secret(base).get(), to_secret(exponent).get(),
                                 to_number(odd_modulus).get(), new_context().get(), nullptr) == 1);
  return to_natural(out);
}

bool is_prime(const Natural& a) {
  // OpenSSL 3: 64 rounds of Miller–Rabin up to 2048 bits, 128 above: an error of at most 4^-64.
  const int answer = BN_check_prime(to_number(a).get(), new_context().get(), nullptr);
  must(answer >= 0);
  return answer == 1;
}

}  // namespace puhui::cipher
