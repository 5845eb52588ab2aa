// CHECK: what must not happen. Always on; it guards the ledger and the evidence. Never for bad input.
#pragma once

namespace puhui::detail {
[[noreturn]] void check_failed(const char* file, int line, const char* condition, const char* why);
}

#define CHECK(condition, why)                                             \
  do {                                                                    \
    if (!(condition)) [[unlikely]]                                        \
      ::puhui::detail::check_failed(__FILE__, __LINE__, #condition, why); \
  } while (false)
