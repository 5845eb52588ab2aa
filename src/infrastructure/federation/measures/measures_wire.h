// What parties that measure together say to each other: the message kinds, slots, and the readers of what a peer sends.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/cipher/additive.h"
#include "infrastructure/federation/conversation.h"
#include "infrastructure/federation/measures/measured_column.h"

namespace puhui::federation {

enum : uint16_t {
  kMeasureKey = kMeasureKinds,  // guest: its key, how many rows
  kMeasureLabels,               // guest: a block of encrypted labels
  kMeasureBins,                 // host: the rows of every bin of every column
  kMeasureSums,                 // host: encrypted sums of labels, a bin, packed
  kMeasureValues,               // guest: a block of encrypted columns
  kMeasureProducts,             // host: encrypted sums of products
  kMeasureAnswer,               // guest: what the host is told
};

inline constexpr uint64_t kMeasuredRowsMax = uint64_t{1} << 27;
inline constexpr size_t kCorrelatedColumnsMax = 256;
inline constexpr size_t kMeasureBlockRows = 4096;

// Sums of labels: below 2^27. Sums of products of two values: 2^27 rows of 2^26.
inline constexpr size_t kLabelSumBits = 32, kProductSumBits = 58;
// As many slots of that width as a plaintext holds.
cipher::Slots slots_of(const cipher::PublicKey& key, size_t width_bits);

// Rows of every bin, column after column. `corrupt` when a column has no bin, too many, one below the minimum (of more than one), or
// other than `rows` rows in all.
using BinRows = std::vector<std::vector<uint64_t>>;
std::string write_bin_rows(const BinRows& rows);
struct BinRowsExpected {
  size_t columns = 0, rows = 0, bins_max = 0;
};
Result<BinRows> read_bin_rows(std::string_view bytes, BinRowsExpected expected);

// Numbers of 8 bytes; `corrupt` unless there are `count`.
std::string write_numbers(std::span<const int64_t> numbers);
Result<std::vector<int64_t>> read_numbers(std::string_view bytes, size_t count);

}  // namespace puhui::federation
