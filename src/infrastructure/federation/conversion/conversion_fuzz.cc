// Bytes of a peer or a store: readers of the report, of opened sums and of keys, states of both parties, and whole steps of the join.
#include "infrastructure/federation/conversation_for_fuzz.h"
#include "infrastructure/federation/conversion/conversion_for_test.h"
#include "infrastructure/federation/conversion/conversion_report.h"
#include "infrastructure/federation/conversion/conversion_wire.h"

namespace puhui::federation {
namespace {

// Steps from the beginning until the input ends.
void step_with(std::string_view bytes, size_t self) {
  static ConversionHouses houses({.clicks = 12, .columns = 1}, true);
  houses.leakage.resize(2);
  const StageNeeds needs{houses.job, houses.data[self],    self,          houses.files,
                         "work",     houses.leakage[self], houses.silence};
  auto stage = make_conversion_stage(needs);
  if (!stage) __builtin_trap();
  FuzzConversation wire(bytes, self);
  for (int i = 0; i < 3 && (*stage)->step(wire); ++i) {
    if ((*stage)->finished()) return;
  }
}

void restore_with(std::string_view bytes, size_t self) {
  static ConversionHouses houses({.clicks = 12, .columns = 1}, true);
  houses.leakage.resize(2);
  const StageNeeds needs{houses.job, houses.data[self],    self,          houses.files,
                         "work",     houses.leakage[self], houses.silence};
  auto stage = make_conversion_stage(needs);
  if (!stage) __builtin_trap();
  if ((*stage)->restore(bytes) && (*stage)->state() != bytes) __builtin_trap();
}

}  // namespace
}  // namespace puhui::federation

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace puhui::federation;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const size_t self = data[0] & 1U;
  if ((data[0] & 2U) != 0) {
    restore_with(bytes, self);
  } else if ((data[0] & 4U) != 0) {
    step_with(bytes, self);
  } else {
    if (const auto report = ConversionReport::read(bytes)) {
      if (report->written().size() > bytes.size()) __builtin_trap();
    }
    (void)unmask_conversion_sums(bytes, std::vector<Wide>(bytes.size() / kConversionShareBytes, Wide{3} << 111));
    (void)read_conversion_key(bytes, {}, puhui::cipher::Kernel{});
  }
  return 0;
}
