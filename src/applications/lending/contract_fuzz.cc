// Any bytes are a contract that encodes back to them (or to its shortest form), or `corrupt`.
#include "applications/lending/contract.h"
#include "applications/lending/state.h"
#include "ground/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace puhui;
  using namespace puhui::lending;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto contract = decode_contract(bytes);
  if (!contract) {
    CHECK(contract.error().code == ErrorCode::corrupt, "bytes that are no contract are corrupt");
    return 0;
  }
  const auto again = decode_contract(encode(*contract));
  CHECK(again && *again == *contract, "a contract survives its bytes");
  const Schedule schedule = schedule_of(*contract);
  int64_t principal_minor = 0;
  for (const Instalment& instalment : schedule) principal_minor += instalment.principal_minor;
  CHECK(principal_minor == contract->principal_minor, "the schedule repays the principal");
  return 0;
}
