// Bytes of a peer or a store: readers of the report, of opened sums and of keys, states of both parties, and whole steps of the join.
#include "infrastructure/federation/conversion/conversion_for_test.h"
#include "infrastructure/federation/conversion/conversion_report.h"
#include "infrastructure/federation/conversion/conversion_wire.h"

namespace puhui::federation {
namespace {

// Every message that is asked for is the next piece of the input: two bytes of length, then its bytes.
class ConversionFuzzWire final : public Conversation {
 public:
  ConversionFuzzWire(std::string_view bytes, size_t self) : bytes_(bytes), self_(self) {}
  size_t self() const override { return self_; }
  size_t parties() const override { return 2; }
  Result<void> send(size_t, uint16_t, std::initializer_list<std::string_view>) override { return {}; }
  Result<std::string> receive(size_t, uint16_t) override {
    if (bytes_.size() < 2) return fail(ErrorCode::unavailable, "the other party ended");
    const size_t length = static_cast<uint8_t>(bytes_[0]) | static_cast<size_t>(static_cast<uint8_t>(bytes_[1])) << 8;
    bytes_.remove_prefix(2);
    std::string out(bytes_.substr(0, length));
    bytes_.remove_prefix(out.size());
    return out;
  }
  Result<void> receive(size_t from, uint16_t kind, const std::function<Result<void>(std::string_view)>& take) override {
    return take(TRY(receive(from, kind)));
  }
  bool is_present(size_t) const override { return true; }

 private:
  std::string_view bytes_;
  size_t self_;
};

// Steps from the beginning until the input ends.
void step_with(std::string_view bytes, size_t self) {
  static ConversionHouses houses({.clicks = 12, .columns = 1}, true);
  houses.leakage.resize(2);
  const StageNeeds needs{houses.job, houses.data[self],    self,          houses.files,
                         "work",     houses.leakage[self], houses.silence};
  auto stage = make_conversion_stage(needs);
  if (!stage) __builtin_trap();
  ConversionFuzzWire wire(bytes, self);
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
