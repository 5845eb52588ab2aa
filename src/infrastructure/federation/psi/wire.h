// What intersections send: kinds of messages, points in chunks, and readers that take exactly what the protocol says comes next.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/hash.h"
#include "ground/base/result.h"
#include "infrastructure/cipher/curve25519.h"
#include "infrastructure/federation/conversation.h"

namespace puhui::federation {

enum : uint16_t {
  kPsiOffer = kPsiKinds + 1,  // host → guest: what it brings
  kPsiTerms,                  // guest → host: what it brings, and how many buckets
  kPsiPoints,                 // masked once
  kPsiTags,                   // of what was masked twice
  kPsiOutcome,                // guest → host: enough are common, or not
  kPsiPlaces,                 // guest → host: which of its places, bit by bit
  kPsiHeard,                  // host → guest
  kAggregateKey,              // host → guest
  kAggregateValues,           // host → guest: ciphertexts beside the points
  kAggregateMasked,           // guest → host: a masked sum
};

inline constexpr size_t kPointBytes = 32;
inline constexpr size_t kChunkPlaces = 8192;  // points of one message: 256 KiB

inline size_t chunk_count(size_t places) { return (places + kChunkPlaces - 1) / kChunkPlaces; }
// How many places the chunk has.
size_t chunk_places(size_t places, size_t chunk);

// The next message, which must be of exactly so many bytes: `corrupt` otherwise, before more is kept.
Result<std::string> receive_exactly(Conversation& with, size_t from, uint16_t kind, size_t bytes);
// At most so many.
Result<std::string> receive_at_most(Conversation& with, size_t from, uint16_t kind, size_t bytes_max);

std::string_view bytes_of(std::span<const cipher::Point> points);
std::vector<cipher::Point> points_of(std::string_view bytes);  // CHECKs whole points

// What each side says before the first bucket.
struct PsiOffer {
  static constexpr uint8_t kVersion = 1;
  static constexpr size_t kBytesMax = 256;
  std::string matching;  // the protocol's name
  Digest nonce;          // fresh
  uint64_t rows = 0;     // announced_rows
  uint64_t buckets = 0;  // the guest's decision; 0 from a host
};
std::string written(const PsiOffer& offer);
// `corrupt` when it is none; rows that are no announced_rows, too.
Result<PsiOffer> read_offer(std::string_view bytes);

}  // namespace puhui::federation
