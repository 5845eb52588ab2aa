#include "ground/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace puhui::detail {

void check_failed(const char* file, int line, const char* condition, const char* why) {
  std::fprintf(stderr, "puhui: stopped at %s:%d because %s does not hold: %s\n", file, line, condition, why);
  std::fflush(stderr);
  std::abort();
}

}  // namespace puhui::detail
