// ByteWriter and ByteReader: the compact binary form of stored records (little-endian, varints).
// The reader never trusts a length: it answers `corrupt`, whatever the bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ground/base/hash.h"
#include "ground/base/id.h"
#include "ground/base/result.h"

namespace puhui {

class ByteWriter {
 public:
  void u8(uint8_t value) { out_ += static_cast<char>(value); }
  void u32(uint32_t value) { fixed(value); }
  void u64(uint64_t value) { fixed(value); }
  void unsigned_varint(uint64_t value);  // LEB128, 1 to 10 bytes
  void signed_varint(int64_t value);     // zigzag, then LEB128
  void real(double value);               // the 8 bytes of its IEEE form
  void text(std::string_view value);     // varint length, then the bytes
  void raw(std::string_view bytes) { out_ += bytes; }
  void id(const Id128& id) { u64(id.high), u64(id.low); }
  void digest(const Digest& digest) { raw(digest.view()); }

  const std::string& bytes() const { return out_; }
  std::string take() { return std::move(out_); }
  void clear() { out_.clear(); }

 private:
  template <class T>
  void fixed(T value) {
    for (size_t i = 0; i < sizeof(T); ++i, value >>= 8) out_ += static_cast<char>(value & 0xFF);
  }
  std::string out_;
};

// Reads what a ByteWriter wrote. After the first failure every read answers zero; ask `finish` at the end.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes), size_(bytes.size()) {}
  uint8_t u8();
  uint32_t u32() { return fixed<uint32_t>(); }
  uint64_t u64() { return fixed<uint64_t>(); }
  uint64_t unsigned_varint();
  int64_t signed_varint();
  double real();
  std::string_view text();  // a view into the bytes read from
  std::string_view raw(size_t length);
  Id128 id();
  Digest digest();
  // A count of items of at least `item_bytes_min` bytes each: more than the rest can hold is corrupt.
  size_t count(size_t item_bytes_min = 1);

  bool ok() const { return ok_; }
  size_t remaining() const { return bytes_.size(); }
  void reject() { ok_ = false, bytes_ = {}; }
  // Ok when all was read and nothing failed; else `corrupt`, saying what was being read and at which byte.
  Result<void> finish(std::string_view what) const;

 private:
  template <class T>
  T fixed() {
    const std::string_view from = raw(sizeof(T));
    T value = 0;
    for (size_t i = from.size(); i-- > 0;) value = static_cast<T>(value << 8) | static_cast<uint8_t>(from[i]);
    return value;
  }
  std::string_view bytes_;
  size_t size_;
  bool ok_ = true;
};

}  // namespace puhui
