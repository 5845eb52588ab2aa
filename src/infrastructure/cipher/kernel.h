// Kernel: which instructions the arithmetic runs on. All give the same bytes; the best there is is chosen once a process.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "ground/base/result.h"

namespace puhui::cipher {

enum class Kernel : uint8_t { scalar, avx2, ifma };
std::span<const std::string_view> names_of(const Kernel*);

bool is_available(Kernel kernel);  // on this machine, under this operating system
// PUHUI_CIPHER_KERNEL where it is set: `invalid` when it names none, `unavailable` when the machine lacks it. Else the best there is.
Result<Kernel> chosen_kernel();

}  // namespace puhui::cipher
