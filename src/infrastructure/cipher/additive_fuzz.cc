// Any bytes as a public key, and any bytes as ciphertexts and packed plaintexts under good keys: an answer or faults, never more. What is
// read is written again as it was.
#include <cstring>
#include <string_view>

#include "ground/base/check.h"
#include "infrastructure/cipher/additive.h"

namespace puhui::cipher {
namespace {

const SecretKey& key_of(Scheme scheme) {
  static const auto make = [](Scheme which) {
    auto key = SecretKey::make(which, kKeyBitsMin, Kernel::scalar);
    CHECK(key.has_value(), "a key is made");
    return *std::move(key);
  };
  static const SecretKey paillier = make(Scheme::paillier), okamoto_uchiyama = make(Scheme::okamoto_uchiyama);
  return scheme == Scheme::paillier ? paillier : okamoto_uchiyama;
}

void read_key(std::string_view bytes) {
  const auto key = PublicKey::parse(bytes, Kernel::scalar);
  if (!key) {
    CHECK(!key.error().faults.empty(), "a refusal says why");
    return;
  }
  CHECK(key->bytes() == bytes, "a key is written as it was read");
  CHECK(key->bits() >= kKeyBitsMin, "no short key passes");
}

// The good key's bytes with some of them replaced: past the length checks, into the arithmetic's.
void read_changed_key(Scheme scheme, std::string_view changes) {
  std::string bytes = key_of(scheme).public_key().bytes();
  for (size_t i = 0; i + 2 < changes.size(); i += 3) {
    const size_t place = static_cast<uint8_t>(changes[i]) * 256u + static_cast<uint8_t>(changes[i + 1]);
    bytes[place % bytes.size()] = changes[i + 2];
  }
  read_key(bytes);
}

// A few bytes are stretched to a whole number of ciphertexts, so that short inputs reach beyond the length check.
void read_ciphertexts(Scheme scheme, std::string_view bytes) {
  const PublicKey& key = key_of(scheme).public_key();
  (void)key.read(bytes);
  std::string whole(bytes);
  const size_t length = key.ciphertext_bytes();
  whole.insert(0, (length - whole.size() % length) % length, '\0');
  const auto read = key.read(whole);
  if (!read) return;
  std::string again;
  key.write(*read, again);
  CHECK(again == whole, "ciphertexts are written as they were read");
  const auto plain = key_of(scheme).decrypt(*read, 2, 120);
  CHECK(plain.has_value() || plain.error().code == ErrorCode::corrupt, "a peer's number decrypts or is corrupt");
}

void unpack_bytes(std::string_view bytes) {
  if (bytes.size() < 11) return;
  const Slots slots{2 + static_cast<uint8_t>(bytes[0]) % 150u, 1 + static_cast<uint8_t>(bytes[1]) % 20u};
  Integers packed(1, (bytes.size() - 2) / 8);
  std::memcpy(packed.data.data(), bytes.data() + 2, packed.words * 8);
  const auto values = unpack(packed, slots);
  if (!values) return;
  for (const int64_t value : *values) {
    const int64_t limit = slots.width_bits > 64 ? 0 : int64_t{1} << (slots.width_bits - 2);
    if (limit != 0 && (value < -limit || value >= limit)) return;
  }
  const Integers again = pack(*values, slots);
  for (size_t word = 0; word < std::min(packed.words, again.words); ++word) {
    CHECK(again.at(0)[word] == packed.at(0)[word], "what was unpacked packs to the same");
  }
}

}  // namespace
}  // namespace puhui::cipher

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using puhui::cipher::Scheme;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Scheme scheme = (data[0] & 8) != 0 ? Scheme::paillier : Scheme::okamoto_uchiyama;
  switch (data[0] % 4) {
    case 0: puhui::cipher::read_key(bytes); break;
    case 1: puhui::cipher::read_changed_key(scheme, bytes); break;
    case 2: puhui::cipher::read_ciphertexts(scheme, bytes); break;
    default: puhui::cipher::unpack_bytes(bytes);
  }
  return 0;
}
