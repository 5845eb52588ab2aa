// Limits: what may come from outside, at most.
#pragma once

#include <cstddef>
#include <cstdint>

namespace puhui::dmn {

struct Limits {
  size_t xml_bytes_max = 64 << 20;
  size_t xml_depth_max = 128;
  size_t xml_elements_max = 4'000'000;
  size_t decisions_max = 10'000;
  size_t requirements_depth_max = 500;  // decisions that require decisions that require …
  size_t types_depth_max = 200;         // item definitions that refer to item definitions
  uint64_t steps_max = 10'000'000;      // loop turns and calls in one evaluation
  uint32_t depth_max = 256;             // calls inside calls
  size_t arena_bytes_max = 64 << 20;    // strings, lists and contexts of one evaluation
};

}  // namespace puhui::dmn
