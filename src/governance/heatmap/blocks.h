// The 45 blocks of the heat map: nine domains of a bank by five kinds of AI. A use case says its domain and kind and
// so stands in one of them. Empty ones stay visible.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "infrastructure/evidence/use_case.h"

namespace puhui::heatmap {

inline constexpr size_t kDomains = 9, kKinds = 5, kBlocks = kDomains * kKinds;

struct Named {
  std::string_view en, zh;
};
const std::array<Named, kDomains>& domains();  // 1 to 9
const std::array<Named, kKinds>& kinds();      // A to E

struct Block {
  int domain = 1;
  char kind = 'A';
  Named name;    // what usually stands there
  int tier = 3;  // the usual one: 1 high risk, 2 medium, 3 low
  std::string key() const { return std::to_string(domain) + kind; }
};
// By domain, then kind.
const std::array<Block, kBlocks>& blocks();
// Of "3A"; null: no such block.
const Block* find_block(std::string_view key);

std::string block_of(const evidence::UseCase& use_case);
// "lending.approval" of "lending.approval/person_revolving".
std::string_view without_scope(std::string_view use_case);

}  // namespace puhui::heatmap
