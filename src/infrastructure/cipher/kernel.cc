#include "infrastructure/cipher/kernel.h"

#include <cstdlib>
#include <string>

namespace puhui::cipher {

std::span<const std::string_view> names_of(const Kernel*) {
  static constexpr std::string_view kNames[] = {"scalar", "avx2", "ifma"};
  return kNames;
}

bool is_available(Kernel kernel) {
  switch (kernel) {
    case Kernel::scalar: return true;
    case Kernel::avx2: return __builtin_cpu_supports("avx2") != 0;
    case Kernel::ifma:
      return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512ifma") != 0 &&
             __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512dq") != 0;
  }
  return false;
}

Result<Kernel> chosen_kernel() {
  const char* asked = std::getenv("PUHUI_CIPHER_KERNEL");
  if (asked == nullptr || *asked == '\0') {
    for (const Kernel kernel : {Kernel::ifma, Kernel::avx2}) {
      if (is_available(kernel)) return kernel;
    }
    return Kernel::scalar;
  }
  const auto names = names_of(static_cast<const Kernel*>(nullptr));
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] != asked) continue;
    const auto kernel = static_cast<Kernel>(i);
    if (is_available(kernel)) return kernel;
    return fail(ErrorCode::unavailable, "PUHUI_CIPHER_KERNEL",
                std::string("this machine has no instructions for '") + asked + "'; unset it, or take 'scalar'");
  }
  return fail(ErrorCode::invalid, "PUHUI_CIPHER_KERNEL",
              std::string("expected scalar, avx2 or ifma, came '") + asked + "'");
}

}  // namespace puhui::cipher
