// Whatever bytes stand in the log, reading them ends, and what reads well packs to the same bytes again.
#include "ground/base/check.h"
#include "infrastructure/ledger/entry.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace puhui;
  // The right checksum, so that the reader behind it is reached.
  std::string bytes(reinterpret_cast<const char*>(data), size);
  uint64_t checksum = ledger::checksum_of(bytes);
  for (int i = 0; i < 8; ++i, checksum >>= 8) bytes += static_cast<char>(checksum & 0xFF);
  const auto entries = ledger::unpack(bytes);
  if (entries && !entries->empty() && entries->size() <= ledger::kEntriesPerChunkMax) {
    const auto again = ledger::unpack(ledger::pack(*entries));
    CHECK(again.has_value(), "what was packed reads");
  }
  return 0;
}
