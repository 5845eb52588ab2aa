#include "infrastructure/federation/psi/joining.h"

#include <algorithm>

namespace puhui::federation {

namespace {

std::span<const uint8_t> tag_at(std::string_view tags, size_t i, size_t tag_bytes) {
  return {reinterpret_cast<const uint8_t*>(tags.data()) + i * tag_bytes, tag_bytes};
}

}  // namespace

size_t tag_bytes_of(const Bucket& bucket) {
  return tag_bytes_for(bucket.order.size(), bucket.peer_places, bucket.buckets);
}

Result<void> add_tags(std::string_view tags, size_t tag_bytes, TagTable& to) {
  for (size_t i = 0; i * tag_bytes < tags.size(); ++i) {
    if (to.add(tag_at(tags, i, tag_bytes))) continue;
    return fail(ErrorCode::corrupt, "place " + std::to_string(to.count()) +
                                        " of the peer: expected ids without repeats, came one that it sent before");
  }
  return {};
}

Result<std::vector<Match>> join_tags(const Bucket& bucket, std::string_view ours, const TagTable& theirs,
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

}  // namespace puhui::federation
