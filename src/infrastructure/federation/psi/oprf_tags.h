// The large side of an oblivious pseudorandom function (2HashDH: Jarecki, Kiayias and Krawczyk 2014; RFC 9497's shape): an id's tag is a
// hash of the id and of its point times a key. A key lives for one epoch and one partner, so tags are made once an epoch and kept.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "infrastructure/cipher/curve25519.h"
#include "infrastructure/federation/stage.h"

namespace puhui::federation {

// Kept of every tag; as many of them are sent as the job's sizes need (tag_bytes_for), which is at most so many for any sizes there are.
inline constexpr size_t kOprfTagBytes = 16;
using OprfTag = std::array<uint8_t, kOprfTagBytes>;

using OprfHash = std::array<uint8_t, 64>;
OprfHash oprf_hash(std::string_view id);  // SHA-512 of domain ‖ id: what its point is made of
OprfTag oprf_tag(const OprfHash& id, const cipher::Point& product);

// A key and the epoch it was made in, as they lie in the house's folder (mode 0600).
struct OprfKey {
  uint64_t epoch = 0;
  cipher::Scalar scalar = cipher::Scalar::random();
  Digest name() const;  // tells keys apart without telling them
};
std::string written(const OprfKey& key);
Result<OprfKey> read_oprf_key(std::string_view bytes);  // `corrupt` when it is none of ours

// Tags of `kOprfFileRows` neighbouring rows: a file each, named by its place. Valid for one key and exactly these ids.
inline constexpr size_t kOprfFileRows = 1 << 18;
Digest oprf_content(std::span<const std::string> ids);
std::string written(const OprfKey& key, const Digest& content, std::span<const OprfTag> tags);
// `corrupt` when it is none of ours, or of another key or other ids: then it is made again.
Result<std::vector<OprfTag>> read_oprf_tags(std::string_view bytes, const OprfKey& key, const Digest& content,
                                            size_t count);

// A house's tags of all its rows for one partner: read where they are kept, made (and kept) where they are not. An unchanged side costs a
// hash over its ids; one that grew, its new rows. Another epoch: a new key, the old files go. One job at a time for one partner.
class OprfTags {
 public:
  static Result<OprfTags> make(const StageNeeds& needs, size_t partner, const cipher::Curve25519& curve);
  const cipher::Scalar& key() const { return key_.scalar; }
  const OprfTag& of(uint32_t row) const { return tags_[row]; }
  size_t count() const { return tags_.size(); }
  uint64_t made() const { return made_; }  // of them now; the others were kept

 private:
  OprfKey key_;
  std::vector<OprfTag> tags_;
  uint64_t made_ = 0;
};

// Where a house keeps what belongs to one partner.
std::string oprf_folder(const StageNeeds& needs, size_t partner);

}  // namespace puhui::federation
