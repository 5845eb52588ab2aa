// Candidates: the names that could come to the needed log-odds, found without comparing. What each word of the query can prove at most is
// added up over the names that hold such words; a name whose bound stays below what is needed is left out, and no other is.
#pragma once

#include <cstdint>
#include <vector>

#include "infrastructure/screening/comparison.h"

namespace puhui::screening {

// Numbers of names, ascending.
std::vector<uint32_t> candidates(const NameIndex& index, const Postings& postings, const Comparison& comparison,
                                 double log_odds_needed);

}  // namespace puhui::screening
