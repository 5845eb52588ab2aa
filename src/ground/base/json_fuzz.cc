// Whatever the bytes: no crash, and what is read prints to what reads back the same.
#include <cstddef>
#include <cstdint>

#include "ground/base/check.h"
#include "ground/base/json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace puhui;
  const auto read = parse_json({reinterpret_cast<const char*>(data), size});
  if (!read) {
    CHECK(read.error().faults.size() == 1 && !read.error().text().empty(), "a refusal says why");
    return 0;
  }
  const std::string line = print_json(*read);
  const auto again = parse_json(line);
  CHECK(again && *again == *read && print_json(*again) == line, "one line reads back the same");
  const auto indented = parse_json(print_json_pretty(*read));
  CHECK(indented && *indented == *read, "the indented form reads back the same");
  CHECK(!read->number() || read->as_int64().has_value() <= read->as_double().has_value(), "a whole number is a number");
  return 0;
}
