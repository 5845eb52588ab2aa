// Bytes of a peer that measures with us: the rows of bins, and plain numbers.
#include "ground/base/check.h"
#include "infrastructure/federation/measures/measures_wire.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace puhui::federation;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const BinRowsExpected expected{.columns = 2, .rows = 100, .bins_max = 5};
  if (const auto rows = read_bin_rows(bytes, expected)) {
    CHECK(*read_bin_rows(write_bin_rows(*rows), expected) == *rows, "rows of bins read back");
  }
  (void)read_numbers(bytes, size / 8);
  return 0;
}
