// Any bytes are a state that survives its bytes and a year of days, an event, a schedule, a
// product, or a clean fault.
#include "applications/lending/loan_examples.h"
#include "applications/lending/position.h"
#include "ground/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace puhui;
  using namespace puhui::lending;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Contract contract = (data[0] & 1) != 0 ? examples::line_of_credit() : examples::term_loan();
  switch (data[0] >> 1 & 3) {
    case 0: {
      auto state = decode_state(contract, bytes);
      if (!state) break;
      CHECK(decode_state(contract, encode(contract, *state)) == *state, "a state survives its bytes");
      if (state->date() < contract.opened_on.plus_days(5'000)) advance(contract, state->date().plus_days(365), *state);
      CHECK(books_of(*state).sum() == 0, "books tie after any days");
      break;
    }
    case 1: {
      const auto event = decode_event(bytes);
      if (event) CHECK(decode_event(encode(*event)) == *event, "an event survives its bytes");
      break;
    }
    case 2: {
      const auto schedule = unpack_schedule(bytes);
      if (schedule) CHECK(unpack_schedule(pack(*schedule)) == *schedule, "a schedule survives its bytes");
      break;
    }
    default: {
      const auto product = parse_product(bytes);
      if (product) CHECK(parse_product(print_product(*product)) == *product, "a product survives its print");
    }
  }
  return 0;
}
