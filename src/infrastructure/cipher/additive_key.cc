// Public keys as bytes. A peer's are checked for what would break our arithmetic or betray what we encrypt at once; that its factors
// are large primes nobody but their owner can tell.
#include "ground/base/bytes.h"
#include "infrastructure/cipher/additive_state.h"

namespace puhui::cipher {
namespace {

constexpr uint64_t kSmallFactorMax = 1 << 14;

uint64_t small_factor_of(const Natural& n) {
  for (uint64_t divisor = 3; divisor < kSmallFactorMax; divisor += 2) {
    uint64_t rest = 0;
    for (size_t i = n.words().size(); i-- > 0;) {
      rest = static_cast<uint64_t>((static_cast<unsigned __int128>(rest) << 64 | n.words()[i]) % divisor);
    }
    if (rest == 0) return divisor;
  }
  return 0;
}

void check_modulus(const Natural& n, size_t bits, Faults& faults) {
  if (n.bits() != bits) {
    faults.add("n", "expected exactly " + std::to_string(bits) + " bits, came " + std::to_string(n.bits()));
  }
  if (!n.is_odd()) return faults.add("n", "expected an odd number, came an even one");
  if (const uint64_t factor = small_factor_of(n); factor != 0) {
    return faults.add("n", "expected large factors only, came one that " + std::to_string(factor) + " divides");
  }
  if (is_prime(n)) faults.add("n", "expected a product of primes, came a prime");
}

// Its powers must hide something: neither 0, 1 nor -1, nor a number with a factor of n.
void check_base(const char* name, const Natural& base, const Natural& n, Faults& faults) {
  if (base >= n) return faults.add(name, "expected a number below n, came a larger one");
  if (base * base % n == Natural(1))
    return faults.add(name, "expected a base of large order, came one whose square is 1");
  if (gcd(base, n) != Natural(1)) faults.add(name, "expected no common factor with n, came one that has");
}

struct Header {
  Scheme scheme = Scheme::paillier;
  size_t bits = 0;
};

Result<Header> read_header(ByteReader& reader) {
  const bool named = reader.raw(8) == "PUHUIADD" && reader.u8() == 1;
  const uint8_t scheme = reader.u8();
  const size_t bits = reader.u32();
  if (!reader.ok() || !named)
    return fail(ErrorCode::invalid, "public key", "expected an additive key of version 1, came other bytes");
  if (scheme >= names_of(static_cast<const Scheme*>(nullptr)).size()) {
    return fail(ErrorCode::invalid, "scheme",
                "expected 0 (Paillier) or 1 (Okamoto-Uchiyama), came " + std::to_string(scheme));
  }
  if (bits < kKeyBitsMin || bits > kKeyBitsMax || bits % 64 != 0) {
    return fail(ErrorCode::invalid, "bits",
                "expected " + std::to_string(kKeyBitsMin) + " to " + std::to_string(kKeyBitsMax) +
                    " in steps of 64, came " + std::to_string(bits) + "; ask the peer for a longer key");
  }
  return Header{static_cast<Scheme>(scheme), bits};
}

}  // namespace

Result<PublicKey> PublicKey::parse(std::string_view bytes, Kernel kernel) {
  ByteReader reader(bytes);
  const Header header = TRY(read_header(reader));
  const auto number = [&] { return Natural::from_bytes(reader.raw(header.bits / 8)); };
  const Natural n = number(), root = number();
  const bool has_generator = header.scheme == Scheme::okamoto_uchiyama;
  const Natural generator = has_generator ? number() : n + Natural(1);
  TRY(reader.finish("a public key"));
  Faults faults;
  check_modulus(n, header.bits, faults);
  if (faults.none()) {
    check_base("h", root, n, faults);
    if (has_generator) check_base("g", generator, n, faults);
  }
  TRY(std::move(faults).result());
  auto state = std::make_shared<const State>(header.scheme, header.bits, n, root, generator, kernel);
  if (state->obfuscator_base == Natural(1)) {
    return fail(ErrorCode::invalid, "h", "expected a base whose n-th power is not 1, came one whose is");
  }
  return PublicKey(std::move(state));
}

}  // namespace puhui::cipher
