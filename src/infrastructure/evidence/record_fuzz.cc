// Whatever bytes lie in the evidence, reading them ends; what reads well writes back to the very bytes.
#include "ground/base/check.h"
#include "infrastructure/evidence/record.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace puhui::evidence;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      if (const auto read = decode_judgement(bytes)) CHECK(encode(*read) == bytes, "one judgement, one form");
      break;
    case 1:
      if (const auto read = decode_circumstances(bytes)) CHECK(encode(*read) == bytes, "one form of circumstances");
      break;
    default:
      if (const auto read = decode_facts(bytes)) CHECK(encode(*read) == bytes, "one form of facts");
  }
  return 0;
}
