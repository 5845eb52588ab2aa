// CommonRows: a guest's rows of one bucket that hosts have too, with the places at which each host brought them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"
#include "infrastructure/federation/psi/psi.h"

namespace puhui::federation {

struct CommonRows {
  std::vector<uint32_t> rows;                 // ascending
  std::vector<std::vector<uint32_t>> places;  // by host, then by row
  size_t count() const { return rows.size(); }
};

// Those that one host more has; `matches` ascending by row.
CommonRows narrowed(const CommonRows& so_far, std::span<const Match> matches);

std::string written(const CommonRows& common);
// `corrupt` when it is none of so many hosts, or names a row of `rows_end` or more.
Result<CommonRows> read_common_rows(std::string_view bytes, size_t hosts, uint64_t rows_end);

}  // namespace puhui::federation
