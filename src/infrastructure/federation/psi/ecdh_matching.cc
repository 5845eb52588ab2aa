#include "infrastructure/federation/psi/ecdh_matching.h"

#include <algorithm>

#include "infrastructure/federation/psi/joining.h"
#include "infrastructure/federation/psi/masking.h"
#include "infrastructure/federation/psi/wire.h"

namespace puhui::federation {

namespace {

// Chunks that may be under way: both sides mask theirs while the other's travel, and neither keeps more than these.
constexpr size_t kChunksAhead = 4;

}  // namespace

std::string tags_of(std::span<const cipher::Point> points, size_t tag_bytes) {
  std::string out;
  out.reserve(points.size() * tag_bytes);
  for (const auto& point : points) out.append(reinterpret_cast<const char*>(point.bytes.data()), tag_bytes);
  return out;
}

// Chunk for chunk: ours out, theirs in, and our own come back masked twice, kChunksAhead later. `answer` says and hears the same in the
// same order, so that neither waits for what the other has not sent.
Result<std::vector<Match>> EcdhMatching::ask(const Bucket& bucket, Conversation& with) {
  const Masking masking(bucket, curve_);
  const size_t places = bucket.order.size(), tag_bytes = tag_bytes_of(bucket);
  const size_t mine = chunk_count(places), theirs = chunk_count(bucket.peer_places);
  TagTable table(bucket.peer_places, tag_bytes);
  std::string ours;
  ours.reserve(places * tag_bytes);
  for (size_t i = 0; i < std::max(mine + kChunksAhead, theirs); ++i) {
    if (i < mine) TRY(with.send(bucket.peer, kPsiPoints, bytes_of(masking.chunk(i))));
    if (i < theirs) {
      const size_t bytes = chunk_places(bucket.peer_places, i) * kPointBytes;
      const std::string points = TRY(receive_exactly(with, bucket.peer, kPsiPoints, bytes));
      TRY(add_tags(tags_of(TRY(masking.again(points, i * kChunkPlaces)), tag_bytes), tag_bytes, table));
    }
    if (i >= kChunksAhead && i - kChunksAhead < mine) {
      const size_t bytes = chunk_places(places, i - kChunksAhead) * tag_bytes;
      ours += TRY(receive_exactly(with, bucket.peer, kPsiTags, bytes));
    }
  }
  return join_tags(bucket, ours, table, tag_bytes);
}

Result<void> EcdhMatching::answer(const Bucket& bucket, Conversation& with) {
  const Masking masking(bucket, curve_);
  const size_t places = bucket.order.size(), tag_bytes = tag_bytes_of(bucket);
  const size_t mine = chunk_count(places), theirs = chunk_count(bucket.peer_places);
  for (size_t i = 0; i < std::max(mine, theirs + kChunksAhead); ++i) {
    if (i < mine) TRY(with.send(bucket.peer, kPsiPoints, bytes_of(masking.chunk(i))));
    if (i < kChunksAhead || i - kChunksAhead >= theirs) continue;
    const size_t chunk = i - kChunksAhead;
    const size_t bytes = chunk_places(bucket.peer_places, chunk) * kPointBytes;
    const std::string points = TRY(receive_exactly(with, bucket.peer, kPsiPoints, bytes));
    TRY(with.send(bucket.peer, kPsiTags, tags_of(TRY(masking.again(points, chunk * kChunkPlaces)), tag_bytes)));
  }
  return {};
}

}  // namespace puhui::federation
