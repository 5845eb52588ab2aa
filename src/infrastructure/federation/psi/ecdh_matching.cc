#include "infrastructure/federation/psi/ecdh_matching.h"

#include <algorithm>

#include "infrastructure/federation/psi/masking.h"
#include "infrastructure/federation/psi/tags.h"
#include "infrastructure/federation/psi/wire.h"

namespace puhui::federation {

namespace {

// Chunks that may be under way: both sides mask theirs while the other's travel, and neither keeps more than these.
constexpr size_t kChunksAhead = 4;

size_t tag_bytes_of(const Bucket& bucket) {
  return tag_bytes_for(bucket.order.size(), bucket.peer_places, bucket.buckets);
}

std::span<const uint8_t> tag_at(std::string_view tags, size_t i, size_t tag_bytes) {
  return {reinterpret_cast<const uint8_t*>(tags.data()) + i * tag_bytes, tag_bytes};
}

Result<void> add_tags(std::string_view tags, size_t tag_bytes, TagTable& to) {
  for (size_t i = 0; i * tag_bytes < tags.size(); ++i) {
    if (to.add(tag_at(tags, i, tag_bytes))) continue;
    return fail(ErrorCode::corrupt, "place " + std::to_string(to.count()) +
                                        " of the peer"
                                        ": expected ids without repeats, came a point that it sent before");
  }
  return {};
}

// `ours` by our places. Two of our rows at one place of the peer's: it did not mask what we sent.
Result<std::vector<Match>> join(const Bucket& bucket, const std::string& ours, const TagTable& theirs,
                                size_t tag_bytes) {
  std::vector<Match> matches;
  std::vector<bool> taken(bucket.peer_places);
  for (size_t place = 0; place < bucket.order.size(); ++place) {
    const auto found = theirs.find(tag_at(ours, place, tag_bytes));
    if (!found) continue;
    if (taken[*found]) {
      return fail(ErrorCode::corrupt,
                  "place " + std::to_string(*found) + " of the peer: expected one id of ours to meet it, came two");
    }
    taken[*found] = true;
    const uint32_t item = bucket.order[place];
    if (item < bucket.rows.size()) matches.push_back({bucket.rows[item], *found});
  }
  std::ranges::sort(matches);
  return matches;
}

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
  return join(bucket, ours, table, tag_bytes);
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
