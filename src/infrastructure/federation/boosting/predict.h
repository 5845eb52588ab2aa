// Federated prediction: a host answers which way a row goes at each of its splits, and no value; the guest walks its trees
// with its own columns and those answers. Sums are exact integers, so base + contributions == margin.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/rate.h"
#include "ground/base/result.h"
#include "infrastructure/federation/boosting/model_part.h"

namespace puhui::federation {

// One bit a split in split order, set: left; least bit of a byte first, padded with zeros. `row`: the host's columns, NaN is missing.
size_t split_answer_bytes(size_t splits);
std::string split_answer(const HostPart& part, std::span<const float> row);

// The mean leaf of the training rows below each node, rounded half up: a leaf's own value at a leaf.
std::vector<int64_t> expectations(const PartTree& tree);

struct PartMargins {
  std::vector<int64_t> margins;  // one an output, in units of 2^-scale
};
struct PartReasons {
  int64_t base = 0;               // the mean margin of the training rows
  std::vector<int64_t> by_party;  // all parties; the guest's is the sum of its columns'
  std::vector<int64_t> by_guest_column;
};

// `answers`: one a host in the job's order, as split_answer made them; one of the wrong length or with bits in the padding
// is `corrupt`, naming the party. `row`: the guest's columns; `invalid` when they are not as many.
Result<PartMargins> part_margins(const GuestPart& part, std::span<const float> row,
                                 std::span<const std::string_view> answers);
// What each split on the row's way through the trees moved, of one output: base + by_party == margin, exactly.
Result<PartReasons> part_reasons(const GuestPart& part, std::span<const float> row,
                                 std::span<const std::string_view> answers, size_t output = 0);

// One probability (binary), or one a class; a regression has none.
std::vector<Rate> probabilities_of(const GuestPart& part, const PartMargins& margins);
double regression_value(const GuestPart& part, const PartMargins& margins);

}  // namespace puhui::federation
