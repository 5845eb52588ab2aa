#include "infrastructure/federation/measures/measures_wire.h"

#include "ground/base/bytes.h"
#include "infrastructure/federation/measures/measures_stage.h"

namespace puhui::federation {

cipher::Slots slots_of(const cipher::PublicKey& key, size_t width_bits) {
  return {.width_bits = width_bits, .count = (key.plaintext_bits() - 2) / width_bits};
}

std::string write_bin_rows(const BinRows& rows) {
  ByteWriter out;
  out.unsigned_varint(rows.size());
  for (const std::vector<uint64_t>& column : rows) {
    out.unsigned_varint(column.size());
    for (const uint64_t count : column) out.unsigned_varint(count);
  }
  return out.take();
}

Result<BinRows> read_bin_rows(std::string_view bytes, BinRowsExpected expected) {
  ByteReader in(bytes);
  BinRows out;
  const size_t columns = in.count();
  if (columns != expected.columns) in.reject();
  for (size_t j = 0; j < columns && in.ok(); ++j) {
    const size_t bins = in.count();
    if (bins < 1 || bins > expected.bins_max) in.reject();
    out.emplace_back();
    uint64_t sum = 0;
    for (size_t b = 0; b < bins && in.ok(); ++b) {
      const uint64_t rows = in.unsigned_varint();
      if (rows > expected.rows || (bins > 1 && rows < kBinRowsMin)) in.reject();
      sum += rows;
      out.back().push_back(rows);
    }
    if (sum != expected.rows) in.reject();
  }
  TRY(in.finish("the rows of bins"));
  return out;
}

std::string write_numbers(std::span<const int64_t> numbers) {
  ByteWriter out;
  for (const int64_t number : numbers) out.u64(static_cast<uint64_t>(number));
  return out.take();
}

Result<std::vector<int64_t>> read_numbers(std::string_view bytes, size_t count) {
  if (bytes.size() != count * 8) {
    return fail(ErrorCode::corrupt, "numbers",
                "expected " + std::to_string(count) + " of 8 bytes, came " + std::to_string(bytes.size()) + " bytes");
  }
  ByteReader in(bytes);
  std::vector<int64_t> out(count);
  for (int64_t& number : out) number = static_cast<int64_t>(in.u64());
  TRY(in.finish("numbers"));
  return out;
}

}  // namespace puhui::federation
