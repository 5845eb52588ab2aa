// The one table from error codes to exit codes.
#pragma once

#include "ground/base/result.h"

namespace puhui::cli {

constexpr int kExitDone = 0;

constexpr int exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid: return 2;
    case ErrorCode::not_found: return 3;
    case ErrorCode::forbidden: return 4;
    case ErrorCode::conflict: return 5;
    case ErrorCode::exhausted: return 6;
    case ErrorCode::unavailable: return 7;
    case ErrorCode::corrupt: return 8;
    case ErrorCode::internal: return 70;
  }
  return 70;
}

}  // namespace puhui::cli
