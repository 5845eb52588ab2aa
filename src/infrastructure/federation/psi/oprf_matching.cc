#include "infrastructure/federation/psi/oprf_matching.h"

#include <sodium.h>

#include <algorithm>
#include <deque>

#include "ground/base/check.h"
#include "infrastructure/federation/psi/joining.h"
#include "infrastructure/federation/psi/oprf_probes.h"
#include "infrastructure/federation/psi/wire.h"

namespace puhui::federation {

namespace {

// Chunks that may be under way: both sides work on theirs while the other's travel, and neither keeps more than these.
constexpr size_t kChunksAhead = 4;

Result<std::vector<cipher::Point>> checked(const cipher::Curve25519& curve, std::string_view bytes, size_t chunk) {
  std::vector<cipher::Point> points = points_of(bytes);
  const auto good = curve.check(points);
  if (good) return points;
  Error error = at("points from place " + std::to_string(chunk * kChunkPlaces), good.error());
  error.code = ErrorCode::corrupt;
  return fail(std::move(error));
}

// A chunk of the guest's places on its way: hashes, and the blinding that comes off again.
struct Asked {
  std::vector<OprfHash> hashes;
  std::vector<cipher::Scalar> blinding;
};

class Asking {
 public:
  Asking(const Bucket& bucket, const cipher::Curve25519& curve) : bucket_(bucket), curve_(curve) {
    CHECK(bucket.rows.size() <= bucket.order.size(), "every row has a place");
  }

  std::vector<cipher::Point> blinded(size_t chunk) {
    const size_t count = chunk_places(bucket_.order.size(), chunk);
    Asked asked{.hashes = std::vector<OprfHash>(count), .blinding = cipher::Scalar::random(count)};
    for (size_t i = 0; i < count; ++i) {
      const uint32_t item = bucket_.order[chunk * kChunkPlaces + i];
      if (item < bucket_.rows.size()) {
        asked.hashes[i] = oprf_hash(bucket_.ids[bucket_.rows[item]]);
      } else {
        randombytes_buf(asked.hashes[i].data(), asked.hashes[i].size());
      }
    }
    std::vector<cipher::Point> points(count);
    curve_.hash_to_points(asked.hashes, points);
    curve_.multiply_each(points, asked.blinding, points);
    waiting_.push_back(std::move(asked));
    return points;
  }

  // Of the chunk that waits longest.
  void unblind(std::vector<cipher::Point> evaluated, size_t tag_bytes, std::string& tags) {
    const Asked asked = std::move(waiting_.front());
    waiting_.pop_front();
    curve_.multiply_each(evaluated, cipher::Scalar::inverses(asked.blinding), evaluated);
    for (size_t i = 0; i < evaluated.size(); ++i) {
      const OprfTag tag = oprf_tag(asked.hashes[i], evaluated[i]);
      tags.append(reinterpret_cast<const char*>(tag.data()), tag_bytes);
    }
  }

 private:
  const Bucket& bucket_;
  const cipher::Curve25519& curve_;
  std::deque<Asked> waiting_;
};

// The tags of one chunk of a host's places; padding is chance, like any tag to whoever has no key.
std::string tags_of_chunk(const Bucket& bucket, const OprfTags& tags, size_t chunk, size_t tag_bytes) {
  std::string out;
  const size_t count = chunk_places(bucket.order.size(), chunk);
  out.reserve(count * tag_bytes);
  for (size_t i = 0; i < count; ++i) {
    const uint32_t item = bucket.order[chunk * kChunkPlaces + i];
    OprfTag tag;
    if (item < bucket.rows.size()) {
      tag = tags.of(bucket.rows[item]);
    } else {
      randombytes_buf(tag.data(), tag.size());
    }
    out.append(reinterpret_cast<const char*>(tag.data()), tag_bytes);
  }
  return out;
}

size_t sent_tag_bytes(const Bucket& bucket) {
  const size_t bytes = tag_bytes_of(bucket);
  CHECK(bytes <= kOprfTagBytes, "rows are counted in 32 bits: 16 bytes are enough for any");
  return bytes;
}

}  // namespace

// Chunk for chunk: blinded points out, the host's tags in, and our own points come back evaluated, kChunksAhead later. `answer` says and
// hears the same in the same order, so that neither waits for what the other has not sent.
Result<std::vector<Match>> OprfMatching::ask(const Bucket& bucket, Conversation& with) {
  Asking asking(bucket, curve_);
  const size_t places = bucket.order.size(), tag_bytes = sent_tag_bytes(bucket);
  const size_t mine = chunk_count(places), theirs = chunk_count(bucket.peer_places);
  TagTable table(bucket.peer_places, tag_bytes);
  std::string ours;
  ours.reserve(places * tag_bytes);
  for (size_t i = 0; i < std::max(mine + kChunksAhead, theirs); ++i) {
    if (i < mine) TRY(with.send(bucket.peer, kPsiPoints, bytes_of(asking.blinded(i))));
    if (i < theirs) {
      const size_t bytes = chunk_places(bucket.peer_places, i) * tag_bytes;
      TRY(add_tags(TRY(receive_exactly(with, bucket.peer, kPsiTags, bytes)), tag_bytes, table));
    }
    if (i >= kChunksAhead && i - kChunksAhead < mine) {
      const size_t chunk = i - kChunksAhead;
      const size_t bytes = chunk_places(places, chunk) * kPointBytes;
      const std::string points = TRY(receive_exactly(with, bucket.peer, kPsiPoints, bytes));
      asking.unblind(TRY(checked(curve_, points, chunk)), tag_bytes, ours);
    }
  }
  return join_tags(bucket, ours, table, tag_bytes);
}

Result<void> OprfMatching::answer(const Bucket& bucket, Conversation& with) {
  if (!tags_) tags_ = TRY(OprfTags::make(needs_, bucket.peer, curve_));
  CHECK(tags_->count() == bucket.ids.size(), "tags of all rows");
  TRY(count_probes(needs_, bucket.peer, bucket.peer_places, bucket.peer_places * bucket.buckets));
  const size_t places = bucket.order.size(), tag_bytes = sent_tag_bytes(bucket);
  const size_t mine = chunk_count(places), theirs = chunk_count(bucket.peer_places);
  if (!needs_.house_folder.empty()) {
    needs_.leakage.tell(needs_.job.parties[bucket.peer].name, "epoch_tags", static_cast<int64_t>(places));
  }
  for (size_t i = 0; i < std::max(mine, theirs + kChunksAhead); ++i) {
    if (i < mine) TRY(with.send(bucket.peer, kPsiTags, tags_of_chunk(bucket, *tags_, i, tag_bytes)));
    if (i < kChunksAhead || i - kChunksAhead >= theirs) continue;
    const size_t chunk = i - kChunksAhead;
    const size_t bytes = chunk_places(bucket.peer_places, chunk) * kPointBytes;
    const std::string points = TRY(receive_exactly(with, bucket.peer, kPsiPoints, bytes));
    std::vector<cipher::Point> products = TRY(checked(curve_, points, chunk));
    curve_.multiply(products, tags_->key(), products);
    TRY(with.send(bucket.peer, kPsiPoints, bytes_of(products)));
  }
  return {};
}

Result<std::unique_ptr<Stage>> make_oprf_stage(const StageNeeds& needs) {
  return make_matching_stage(needs, "psi_oprf", std::make_unique<OprfMatching>(needs, TRY(cipher::chosen_kernel())));
}

}  // namespace puhui::federation
