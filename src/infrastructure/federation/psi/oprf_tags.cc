#include "infrastructure/federation/psi/oprf_tags.h"

#include <sodium.h>

#include <algorithm>

#include "ground/base/bytes.h"
#include "infrastructure/federation/psi/wire.h"

namespace puhui::federation {

namespace {

constexpr std::string_view kPointDomain = "puhui oprf point 1", kTagDomain = "puhui oprf tag 1";
constexpr std::string_view kKeyMagic = "PuhuiOprfKey1", kTagsMagic = "PuhuiOprfTags1";
constexpr std::string_view kKeyFile = "key", kTagsPrefix = "tags-";
constexpr size_t kKeyFileBytesMax = 256;
constexpr size_t kTagsFileBytesMax = kOprfFileRows * kOprfTagBytes + 256;

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
std::string_view view(const OprfTag& tag) { return {reinterpret_cast<const char*>(tag.data()), tag.size()}; }

// What a file of ours ends with.
std::string sealed(ByteWriter& out) {
  out.digest(sha256(out.bytes()));
  return out.take();
}
bool is_sealed(std::string_view bytes) {
  if (bytes.size() < 32) return false;
  return sha256(bytes.substr(0, bytes.size() - 32)).view() == bytes.substr(bytes.size() - 32);
}

std::string tags_file(size_t number) { return std::string(kTagsPrefix) + std::to_string(number); }

// This epoch's key: the one that is kept, or a new one, and then what was made with another goes.
Result<OprfKey> present_key(Files& files, const std::string& folder, uint64_t epoch) {
  TRY(files.make_folder(folder));
  const std::string path = folder + "/" + std::string(kKeyFile);
  if (files.exists(path)) {
    std::string bytes = TRY(files.read(path, kKeyFileBytesMax));
    auto kept = read_oprf_key(bytes);
    sodium_memzero(bytes.data(), bytes.size());
    if (!kept) return fail(at(path + ", remove it and a new key is made", kept.error()));
    if (kept->epoch == epoch) return *kept;
  }
  for (const std::string& name : TRY(files.list(folder))) {
    if (name.starts_with(kTagsPrefix)) TRY(files.remove(folder + "/" + name));
  }
  OprfKey fresh;
  fresh.epoch = epoch;
  std::string bytes = written(fresh);
  const auto wrote = files.write(path, bytes, Privacy::secret);
  sodium_memzero(bytes.data(), bytes.size());
  TRY(wrote);
  return fresh;
}

void make_tags(std::span<const std::string> ids, const OprfKey& key, const cipher::Curve25519& curve,
               std::span<OprfTag> out) {
  std::vector<OprfHash> hashes;
  std::vector<cipher::Point> points;
  for (size_t first = 0; first < ids.size(); first += kChunkPlaces) {
    const size_t count = std::min(kChunkPlaces, ids.size() - first);
    hashes.resize(count);
    points.resize(count);
    for (size_t i = 0; i < count; ++i) hashes[i] = oprf_hash(ids[first + i]);
    curve.hash_to_points(hashes, points);
    curve.multiply(points, key.scalar, points);
    for (size_t i = 0; i < count; ++i) out[first + i] = oprf_tag(hashes[i], points[i]);
  }
}

}  // namespace

OprfHash oprf_hash(std::string_view id) {
  OprfHash out;
  crypto_hash_sha512_state state;
  crypto_hash_sha512_init(&state);
  crypto_hash_sha512_update(&state, raw(kPointDomain), kPointDomain.size());
  crypto_hash_sha512_update(&state, raw(id), id.size());
  crypto_hash_sha512_final(&state, out.data());
  return out;
}

OprfTag oprf_tag(const OprfHash& id, const cipher::Point& product) {
  std::array<uint8_t, crypto_hash_sha256_BYTES> hash;
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  crypto_hash_sha256_update(&state, raw(kTagDomain), kTagDomain.size());
  crypto_hash_sha256_update(&state, id.data(), id.size());
  crypto_hash_sha256_update(&state, product.bytes.data(), product.bytes.size());
  crypto_hash_sha256_final(&state, hash.data());
  OprfTag out;
  std::copy_n(hash.begin(), out.size(), out.begin());
  return out;
}

Digest OprfKey::name() const {
  return sha256("puhui oprf key name 1",
                std::string_view(reinterpret_cast<const char*>(scalar.bytes().data()), scalar.bytes().size()));
}

std::string written(const OprfKey& key) {
  ByteWriter out;
  out.raw(kKeyMagic);
  out.u64(key.epoch);
  out.raw({reinterpret_cast<const char*>(key.scalar.bytes().data()), key.scalar.bytes().size()});
  return sealed(out);
}

Result<OprfKey> read_oprf_key(std::string_view bytes) {
  ByteReader in(bytes);
  if (!is_sealed(bytes) || in.raw(kKeyMagic.size()) != kKeyMagic) in.reject();
  OprfKey out;
  out.epoch = in.u64();
  const std::string_view scalar = in.raw(32);
  in.digest();
  // Below 2^252, so below the order; a key that is drawn is not with a chance of 2^-127.
  const bool is_zero = std::ranges::all_of(scalar, [](char byte) { return byte == 0; });
  if (is_zero || (scalar.size() == 32 && static_cast<uint8_t>(scalar[31]) >= 0x10)) in.reject();
  TRY(in.finish("the key of an epoch"));
  std::array<uint8_t, 32> little_endian;
  std::copy_n(scalar.begin(), 32, little_endian.begin());
  out.scalar = cipher::Scalar::from_bytes(little_endian);
  sodium_memzero(little_endian.data(), little_endian.size());
  return out;
}

Digest oprf_content(std::span<const std::string> ids) {
  Sha256 hash;
  std::string some;  // ids are short: the hash takes many at once
  for (const std::string& id : ids) {
    const auto size = static_cast<uint32_t>(id.size());
    for (size_t i = 0; i < 4; ++i) some += static_cast<char>(size >> 8 * i & 0xFF);
    some += id;
    if (some.size() < 4096) continue;
    hash.add(some);
    some.clear();
  }
  hash.add(some);
  return hash.digest();
}

std::string written(const OprfKey& key, const Digest& content, std::span<const OprfTag> tags) {
  ByteWriter out;
  out.raw(kTagsMagic);
  out.u64(key.epoch);
  out.digest(key.name());
  out.digest(content);
  out.unsigned_varint(tags.size());
  for (const OprfTag& tag : tags) out.raw(view(tag));
  return sealed(out);
}

Result<std::vector<OprfTag>> read_oprf_tags(std::string_view bytes, const OprfKey& key, const Digest& content,
                                            size_t count) {
  ByteReader in(bytes);
  if (!is_sealed(bytes) || in.raw(kTagsMagic.size()) != kTagsMagic) in.reject();
  if (in.u64() != key.epoch || in.digest() != key.name() || in.digest() != content) in.reject();
  if (in.count(kOprfTagBytes) != count) in.reject();
  const std::string_view all = in.raw(count * kOprfTagBytes);
  in.digest();
  TRY(in.finish("tags of an epoch"));
  std::vector<OprfTag> out(count);
  for (size_t i = 0; i < count; ++i) std::copy_n(all.begin() + i * kOprfTagBytes, kOprfTagBytes, out[i].begin());
  return out;
}

std::string oprf_folder(const StageNeeds& needs, size_t partner) {
  const JobParty& party = needs.job.parties[partner];
  return needs.house_folder + "/oprf-" + sha256(party.certificate.empty() ? party.name : party.certificate).hex();
}

Result<OprfTags> OprfTags::make(const StageNeeds& needs, size_t partner, const cipher::Curve25519& curve) {
  const std::span<const std::string> ids = needs.data.ids;
  const bool keeps = !needs.house_folder.empty();
  const std::string folder = oprf_folder(needs, partner);
  OprfTags out;
  if (keeps) out.key_ = TRY(present_key(needs.files, folder, needs.epoch));
  out.tags_.resize(ids.size());
  for (size_t first = 0; first < ids.size(); first += kOprfFileRows) {
    if (needs.progress.stop_requested()) return fail(ErrorCode::unavailable, "asked to end; run it again to go on");
    needs.progress.step("tags of an epoch", first, ids.size());
    const auto part = ids.subspan(first, std::min(kOprfFileRows, ids.size() - first));
    const std::span<OprfTag> tags(out.tags_.data() + first, part.size());
    const std::string path = folder + "/" + tags_file(first / kOprfFileRows);
    const Digest content = keeps ? oprf_content(part) : Digest{};
    if (keeps && needs.files.exists(path)) {
      // What cannot be used is made again: nothing is lost but time.
      const auto kept = read_oprf_tags(TRY(needs.files.read(path, kTagsFileBytesMax)), out.key_, content, part.size());
      if (kept) {
        std::ranges::copy(*kept, tags.begin());
        continue;
      }
    }
    make_tags(part, out.key_, curve, tags);
    out.made_ += part.size();
    if (keeps) TRY(needs.files.write(path, written(out.key_, content, tags), Privacy::secret));
  }
  return out;
}

}  // namespace puhui::federation
