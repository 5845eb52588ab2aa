// What clients and hub of a secure sum send each other, the statements they sign, and the masks. Readers answer `corrupt` for
// whatever is not exactly what comes next.
#pragma once

#include <map>
#include <utility>

#include "infrastructure/federation/horizontal/secret_shares.h"
#include "infrastructure/federation/horizontal/secure_sum.h"

namespace puhui::federation {

inline constexpr size_t kSignatureBytesMax = 1024;

struct SecureSumKeys {
  uint8_t party = 0;
  SecureSumSecret box{}, mask{};  // public keys: X25519
  std::string signature;
};
std::string written(const std::vector<SecureSumKeys>& keys);
// At least one; parties of the job, ascending.
Result<std::vector<SecureSumKeys>> read_keys(std::string_view bytes, size_t parties);
std::string keys_statement(std::string_view context, const SecureSumKeys& keys);

// What one client keeps for another.
struct SecureSumBox {
  SecureSumSecret mask_share{}, key_share{};
};
inline constexpr size_t kSecureSumBoxBytes = 64 + 16;
struct SecureSumWay {
  uint8_t from = 0, to = 0;
};
Result<std::string> sealed(const SecureSumBox& box, const SecureSumSecret& to_key, const SecureSumSecret& own_secret,
                           SecureSumWay way);
Result<SecureSumBox> unsealed(std::string_view bytes, const SecureSumSecret& from_key,
                              const SecureSumSecret& own_secret, SecureSumWay way);
// A party's byte and its box, again and again; parties ascending.
Result<std::vector<std::pair<uint8_t, std::string_view>>> read_boxes(std::string_view bytes);

// 32 bytes that bind a client to its own mask without telling it.
std::string commitment(std::string_view context, uint8_t party, const SecureSumSecret& own_mask);

// `corrupt` for a peer's key of small order.
Result<SecureSumSecret> pairwise_seed(std::string_view context, const SecureSumSecret& own_secret,
                                      const SecureSumSecret& peer_public, SecureSumWay way);
// ChaCha20's words, added or taken away modulo 2^64.
void add_mask(std::span<uint64_t> words, const SecureSumSecret& seed, int sign);

std::string words_bytes(std::span<const uint64_t> words);
Result<std::vector<uint64_t>> read_words(std::string_view bytes, size_t words);

// Ascending, of the job, at least one.
Result<std::vector<uint8_t>> read_parties(std::string_view bytes, size_t parties);

std::string agreement_statement(std::string_view context, std::string_view keys,
                                const std::vector<uint8_t>& contributors, const std::vector<uint8_t>& survivors);
std::string written(const std::map<uint8_t, std::string>& signatures);
Result<std::map<uint8_t, std::string>> read_signatures(std::string_view bytes, size_t parties);

std::unexpected<Error> too_few(std::string_view what, size_t came, size_t needed);

}  // namespace puhui::federation
