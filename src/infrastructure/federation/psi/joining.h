// Joining: how the tags of a bucket's two sides meet, whatever protocol made them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "infrastructure/federation/psi/psi.h"
#include "infrastructure/federation/psi/tags.h"

namespace puhui::federation {

// Of every tag in the bucket, the same at both sides.
size_t tag_bytes_of(const Bucket& bucket);

// The peer's next tags, by place. `corrupt`: one came twice, though its ids are without repeats.
Result<void> add_tags(std::string_view tags, size_t tag_bytes, TagTable& to);

// `ours` by our places; ascending by row. `corrupt`: two of our rows meet one place, so the peer did not do to ours what it should.
Result<std::vector<Match>> join_tags(const Bucket& bucket, std::string_view ours, const TagTable& theirs,
                                     size_t tag_bytes);

}  // namespace puhui::federation
