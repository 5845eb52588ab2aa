#include "infrastructure/federation/horizontal/secure_sum_wire.h"

#include <sodium.h>

#include <algorithm>

#include "ground/base/bytes.h"
#include "ground/base/check.h"
#include "infrastructure/cipher/wiping.h"

namespace puhui::federation {

namespace {

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
std::string_view view(const SecureSumSecret& secret) {
  return {reinterpret_cast<const char*>(secret.data()), secret.size()};
}

// The keys are fresh in every round and serve both directions of a pair: the way is nonce enough.
std::array<unsigned char, crypto_box_NONCEBYTES> nonce_of(SecureSumWay way) {
  std::array<unsigned char, crypto_box_NONCEBYTES> out{};
  out[0] = way.from, out[1] = way.to;
  return out;
}

SecureSumSecret hashed(std::initializer_list<std::string_view> parts) {
  ByteWriter all;
  for (const std::string_view part : parts) all.text(part);
  SecureSumSecret out;
  crypto_generichash(out.data(), out.size(), raw(all.bytes()), all.bytes().size(), nullptr, 0);
  std::string spent = all.take();
  cipher::wipe_memory(spent.data(), spent.size());
  return out;
}

SecureSumSecret take_secret(ByteReader& in) {
  SecureSumSecret out{};
  const std::string_view bytes = in.raw(out.size());
  std::ranges::copy(bytes, out.begin());
  return out;
}

std::string as_text(const std::vector<uint8_t>& parties) { return {parties.begin(), parties.end()}; }

}  // namespace

std::unexpected<Error> too_few(std::string_view what, size_t came, size_t needed) {
  return fail(ErrorCode::unavailable, std::string(what),
              "expected at least " + std::to_string(needed) + " clients, came " + std::to_string(came) +
                  ": nothing is unmasked for fewer");
}

std::string written(const std::vector<SecureSumKeys>& keys) {
  ByteWriter out;
  for (const SecureSumKeys& one : keys) {
    out.u8(one.party);
    out.raw(view(one.box));
    out.raw(view(one.mask));
    out.text(one.signature);
  }
  return out.take();
}

Result<std::vector<SecureSumKeys>> read_keys(std::string_view bytes, size_t parties) {
  ByteReader in(bytes);
  std::vector<SecureSumKeys> out;
  do {
    SecureSumKeys one;
    one.party = in.u8();
    one.box = take_secret(in), one.mask = take_secret(in);
    const std::string_view signature = in.text();
    if (signature.size() > kSignatureBytesMax || one.party >= parties) in.reject();
    if (!out.empty() && out.back().party >= one.party) in.reject();
    one.signature = std::string(signature);
    out.push_back(std::move(one));
  } while (in.ok() && in.remaining() > 0);
  TRY(in.finish("clients' keys"));
  return out;
}

std::string keys_statement(std::string_view context, const SecureSumKeys& keys) {
  ByteWriter out;
  out.text("puhui secure sum keys 1");
  out.text(context);
  out.u8(keys.party);
  out.raw(view(keys.box));
  out.raw(view(keys.mask));
  return out.take();
}

Result<std::string> sealed(const SecureSumBox& box, const SecureSumSecret& to_key, const SecureSumSecret& own_secret,
                           SecureSumWay way) {
  std::array<unsigned char, 64> plain;
  std::ranges::copy(box.mask_share, plain.begin());
  std::ranges::copy(box.key_share, plain.begin() + 32);
  std::string out(kSecureSumBoxBytes, '\0');
  const int done = crypto_box_easy(reinterpret_cast<unsigned char*>(out.data()), plain.data(), plain.size(),
                                   nonce_of(way).data(), to_key.data(), own_secret.data());
  cipher::wipe_memory(plain.data(), plain.size());
  if (done != 0) return fail(ErrorCode::corrupt, "keys", "expected a point of large order, came one of small order");
  return out;
}

Result<SecureSumBox> unsealed(std::string_view bytes, const SecureSumSecret& from_key,
                              const SecureSumSecret& own_secret, SecureSumWay way) {
  std::array<unsigned char, 64> plain;
  if (bytes.size() != kSecureSumBoxBytes ||
      crypto_box_open_easy(plain.data(), raw(bytes), bytes.size(), nonce_of(way).data(), from_key.data(),
                           own_secret.data()) != 0) {
    return fail(ErrorCode::corrupt, "shares of party " + std::to_string(way.from),
                "expected a box that opens with this round's keys, came another");
  }
  SecureSumBox out;
  std::copy_n(plain.begin(), 32, out.mask_share.begin());
  std::copy_n(plain.begin() + 32, 32, out.key_share.begin());
  cipher::wipe_memory(plain.data(), plain.size());
  return out;
}

Result<std::vector<std::pair<uint8_t, std::string_view>>> read_boxes(std::string_view bytes) {
  ByteReader in(bytes);
  std::vector<std::pair<uint8_t, std::string_view>> out;
  while (in.ok() && in.remaining() > 0) {
    const uint8_t party = in.u8();
    if (!out.empty() && out.back().first >= party) in.reject();
    out.emplace_back(party, in.raw(kSecureSumBoxBytes));
  }
  TRY(in.finish("boxes of shares"));
  return out;
}

std::string commitment(std::string_view context, uint8_t party, const SecureSumSecret& own_mask) {
  const std::string place(1, static_cast<char>(party));
  return std::string(view(hashed({"puhui secure sum mask 1", context, place, view(own_mask)})));
}

Result<SecureSumSecret> pairwise_seed(std::string_view context, const SecureSumSecret& own_secret,
                                      const SecureSumSecret& peer_public, SecureSumWay way) {
  SecureSumSecret shared{};
  if (crypto_scalarmult(shared.data(), own_secret.data(), peer_public.data()) != 0) {
    return fail(ErrorCode::corrupt, "keys of party " + std::to_string(way.to),
                "expected a point of large order, came one of small order");
  }
  const std::string pair = as_text({std::min(way.from, way.to), std::max(way.from, way.to)});
  const SecureSumSecret out = hashed({"puhui secure sum pair 1", context, pair, view(shared)});
  cipher::wipe_memory(shared.data(), shared.size());
  return out;
}

void add_mask(std::span<uint64_t> words, const SecureSumSecret& seed, int sign) {
  constexpr size_t kBlockWords = 4096;
  constexpr std::array<unsigned char, crypto_stream_chacha20_NONCEBYTES> kNonce{};
  std::vector<uint64_t, cipher::Wiping<uint64_t>> block(std::min(kBlockWords, words.size()));
  for (size_t first = 0; first < words.size(); first += kBlockWords) {
    const size_t count = std::min(kBlockWords, words.size() - first);
    std::ranges::fill(block, 0);
    auto* bytes = reinterpret_cast<unsigned char*>(block.data());
    crypto_stream_chacha20_xor_ic(bytes, bytes, count * sizeof(uint64_t), kNonce.data(), first * sizeof(uint64_t) / 64,
                                  seed.data());
    for (size_t i = 0; i < count; ++i) words[first + i] += sign > 0 ? block[i] : 0 - block[i];
  }
}

std::string words_bytes(std::span<const uint64_t> words) {
  ByteWriter out;
  for (const uint64_t word : words) out.u64(word);
  return out.take();
}

Result<std::vector<uint64_t>> read_words(std::string_view bytes, size_t words) {
  if (bytes.size() != words * sizeof(uint64_t)) {
    return fail(ErrorCode::corrupt, "a vector",
                "expected " + std::to_string(words) + " words, came " + std::to_string(bytes.size()) + " bytes");
  }
  ByteReader in(bytes);
  std::vector<uint64_t> out(words);
  for (uint64_t& word : out) word = in.u64();
  return out;
}

Result<std::vector<uint8_t>> read_parties(std::string_view bytes, size_t parties) {
  std::vector<uint8_t> out;
  for (const char c : bytes) {
    const auto party = static_cast<uint8_t>(c);
    if (party >= parties || (!out.empty() && out.back() >= party)) {
      return fail(ErrorCode::corrupt, "survivors", "expected parties of the job, ascending");
    }
    out.push_back(party);
  }
  if (out.empty()) return fail(ErrorCode::corrupt, "survivors", "expected at least one party, came none");
  return out;
}

std::string agreement_statement(std::string_view context, std::string_view keys,
                                const std::vector<uint8_t>& contributors, const std::vector<uint8_t>& survivors) {
  ByteWriter out;
  out.text("puhui secure sum survivors 1");
  out.text(context);
  out.digest(sha256(keys));
  out.text(as_text(contributors));
  out.text(as_text(survivors));
  return out.take();
}

std::string written(const std::map<uint8_t, std::string>& signatures) {
  ByteWriter out;
  for (const auto& [party, signature] : signatures) {
    out.u8(party);
    out.text(signature);
  }
  return out.take();
}

Result<std::map<uint8_t, std::string>> read_signatures(std::string_view bytes, size_t parties) {
  ByteReader in(bytes);
  std::map<uint8_t, std::string> out;
  while (in.ok() && in.remaining() > 0) {
    const uint8_t party = in.u8();
    const std::string_view signature = in.text();
    if (party >= parties || signature.size() > kSignatureBytesMax || out.contains(party)) in.reject();
    out[party] = std::string(signature);
  }
  TRY(in.finish("signatures over who is summed"));
  return out;
}

}  // namespace puhui::federation
