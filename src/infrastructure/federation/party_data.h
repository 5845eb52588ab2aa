// PartyData: one party's rows of a job: ids normalised and without repeats, its declared columns as float32, its labels. Read
// once from CSV (also .gz, .zst); names the job does not know are left aside.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/hash.h"
#include "infrastructure/federation/job.h"
#include "infrastructure/models/byte_source.h"

namespace puhui::federation {

inline constexpr size_t kIdBytesMax = 256;            // of one id as it is written
inline constexpr size_t kRowsMax = 1'000'000'000;     // rows are counted in 32 bits
inline constexpr size_t kCellsMax = size_t{1} << 32;  // rows × (columns + 1)

struct PartyData {
  std::vector<std::string> ids;            // normalised; one a row
  std::vector<std::string> columns;        // as the job declares
  std::vector<std::vector<float>> values;  // column by column; NaN is missing
  std::vector<double> labels;              // of the party that has them; else empty
  Digest content;                          // SHA-256 of the raw rows in order
  uint64_t repeats_dropped = 0;            // Duplicates::first
  uint64_t changed_by_normalising = 0;     // ids that were not normal already
  size_t row_count() const { return ids.size(); }
};

// The id is `conversion.key_column` in a conversion job and `intersection.id_column` in all others; a horizontal job needs none, its
// rows are numbered then. A guest and a client have labels when the job names some. Compressed bytes are seen by their first four.
// Faults: missing columns (naming the nearest), ids that are empty or repeat (with both lines, the first 100), cells that are no
// number, labels outside the objective.
Result<PartyData> read_party_data(std::unique_ptr<models::ByteSource> source, const Job& job, size_t party);

// What `normalise` of the job makes of an id: `trim` takes blanks away at both ends (the ideographic and the no-break space too), `lower`
// by Unicode's default mapping, `digits` keeps 0 to 9 (full-width digits: nfkc first). `invalid`: no UTF-8, too long, no such step.
Result<std::string> normalised(std::string_view id, const std::vector<std::string>& steps);

// These rows of it in this order.
PartyData rows_of(const PartyData& data, std::span<const uint32_t> rows);

}  // namespace puhui::federation
