// A reader driven by the bytes themselves: it never crashes, stays failed once failed, and what it read writes back
// to the very bytes it came from.
#include <cstddef>
#include <cstdint>

#include "ground/base/bytes.h"
#include "ground/base/check.h"

namespace {

using namespace puhui;

// Reads one value of the kind and writes it again. Answers what a count promises to follow.
void read_and_write(uint8_t kind, ByteReader& from, ByteWriter& to) {
  switch (kind % 8) {
    case 0: to.u8(from.u8()); break;
    case 1: to.u32(from.u32()); break;
    case 2: to.unsigned_varint(from.unsigned_varint()); break;
    case 3: to.signed_varint(from.signed_varint()); break;
    case 4: to.u64(from.u64()); break;
    case 5: to.text(from.text()); break;
    case 6: to.id(from.id()); break;
    default: to.digest(from.digest()); break;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const size_t kinds = 1 + data[0] % 16;
  if (size < 1 + kinds) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1 + kinds, size - 1 - kinds);
  ByteReader reader(bytes);
  ByteWriter writer;
  for (size_t i = 0; i < kinds; ++i) {
    const bool was_ok = reader.ok();
    read_and_write(data[1 + i], reader, writer);
    CHECK(was_ok || !reader.ok(), "a failure stays");
    if (!reader.ok()) break;
    CHECK(writer.bytes() == bytes.substr(0, bytes.size() - reader.remaining()), "what was read writes back the same");
  }
  CHECK(reader.finish("fuzz").has_value() == (reader.ok() && reader.remaining() == 0), "the end says how it went");
  ByteReader counted(bytes);
  CHECK(counted.count(3) * 3 <= bytes.size(), "a count never promises more than the bytes can hold");
  return 0;
}
