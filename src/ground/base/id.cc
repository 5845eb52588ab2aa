#include "ground/base/id.h"

#include <algorithm>

#include "ground/base/text.h"

namespace puhui {

namespace {

void put_big_endian(uint64_t value, char* to) {
  for (int i = 7; i >= 0; --i, value >>= 8) to[i] = static_cast<char>(value & 0xFF);
}

uint64_t big_endian(const char* from) {
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | static_cast<uint8_t>(from[i]);
  return value;
}

// The next id of the same form: 62 low bits count up, carry into the 12 above them, and those into the time.
Id128 after(Id128 id) {
  constexpr uint64_t kLowMax = 0xBFFFFFFFFFFFFFFFull, kLowMin = 0x8000000000000000ull;
  if (id.low < kLowMax) return {id.high, id.low + 1};
  if ((id.high & 0x0FFF) < 0x0FFF) return {id.high + 1, kLowMin};
  return {((id.high >> 16) + 1) << 16 | 0x7000, kLowMin};
}

}  // namespace

std::string Id128::bytes() const {
  std::string out(16, '\0');
  put_big_endian(high, out.data());
  put_big_endian(low, out.data() + 8);
  return out;
}

std::optional<Id128> Id128::from_bytes(std::string_view bytes) {
  if (bytes.size() != 16) return std::nullopt;
  return Id128{big_endian(bytes.data()), big_endian(bytes.data() + 8)};
}

std::string Id128::text() const {
  std::string hex = to_hex(bytes());
  for (size_t at : {8, 13, 18, 23}) hex.insert(at, 1, '-');
  return hex;
}

std::optional<Id128> Id128::parse(std::string_view text) {
  std::string digits;
  if (text.size() == 36) {
    for (size_t i = 0; i < text.size(); ++i) {
      const bool hyphen_place = i == 8 || i == 13 || i == 18 || i == 23;
      if (hyphen_place != (text[i] == '-')) return std::nullopt;
      if (!hyphen_place) digits += text[i];
    }
  } else {
    digits = text;
  }
  auto bytes = from_hex(digits);
  return bytes ? from_bytes(*bytes) : std::nullopt;
}

Id128 IdSource::next() {
  const uint64_t milliseconds = static_cast<uint64_t>(std::max<int64_t>(clock_.now().microseconds, 0) / 1000);
  const uint64_t a = random_.draw(0, drawn_, 0);
  const uint64_t b = random_.draw(0, drawn_, 1);
  ++drawn_;
  Id128 id{milliseconds << 16 | 0x7000 | (a & 0x0FFF), 0x8000000000000000ull | (b >> 2)};
  if (id <= last_) id = after(last_);
  last_ = id;
  return id;
}

Timestamp made_at(const Id128& id) { return Timestamp{static_cast<int64_t>(id.high >> 16) * 1000}; }

}  // namespace puhui
