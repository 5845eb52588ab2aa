#include "ground/base/bytes.h"

#include <bit>

namespace puhui {

void ByteWriter::unsigned_varint(uint64_t value) {
  while (value >= 0x80) {
    out_ += static_cast<char>((value & 0x7F) | 0x80);
    value >>= 7;
  }
  out_ += static_cast<char>(value);
}

void ByteWriter::signed_varint(int64_t value) {
  unsigned_varint(static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63));
}

void ByteWriter::real(double value) { u64(std::bit_cast<uint64_t>(value)); }

void ByteWriter::text(std::string_view value) {
  unsigned_varint(value.size());
  out_ += value;
}

std::string_view ByteReader::raw(size_t length) {
  if (length > bytes_.size()) {
    reject();
    return {};
  }
  const std::string_view out = bytes_.substr(0, length);
  bytes_.remove_prefix(length);
  return out;
}

uint8_t ByteReader::u8() {
  const std::string_view byte = raw(1);
  return byte.empty() ? uint8_t{0} : static_cast<uint8_t>(byte[0]);
}

uint64_t ByteReader::unsigned_varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const uint8_t byte = u8();
    if (shift == 63 && byte > 1) break;
    value |= uint64_t{byte & 0x7Fu} << shift;
    if (byte == 0 && shift > 0) break;  // one value has one form, or equal records would hash apart
    if (byte < 0x80) return ok_ ? value : 0;
  }
  reject();
  return 0;
}

int64_t ByteReader::signed_varint() {
  const uint64_t zigzag = unsigned_varint();
  return static_cast<int64_t>(zigzag >> 1 ^ (0 - (zigzag & 1)));
}

double ByteReader::real() { return std::bit_cast<double>(u64()); }

std::string_view ByteReader::text() {
  const uint64_t length = unsigned_varint();
  return raw(length);
}

Id128 ByteReader::id() {
  const uint64_t high = u64(), low = u64();
  return ok_ ? Id128{high, low} : Id128{};
}

Digest ByteReader::digest() { return Digest::from_bytes(raw(32)).value_or(Digest{}); }

size_t ByteReader::count(size_t item_bytes_min) {
  const uint64_t items = unsigned_varint();
  if (items > bytes_.size() / (item_bytes_min == 0 ? 1 : item_bytes_min)) {
    reject();
    return 0;
  }
  return items;
}

Result<void> ByteReader::finish(std::string_view what) const {
  if (ok_ && bytes_.empty()) return {};
  const std::string where = "of " + std::to_string(size_) + " bytes";
  if (!ok_)
    return fail(ErrorCode::corrupt, std::string(what) + ": a value runs past its end or is not valid, " + where);
  return fail(ErrorCode::corrupt,
              std::string(what) + ": expected its end, came " + std::to_string(bytes_.size()) + " more bytes " + where);
}

}  // namespace puhui
