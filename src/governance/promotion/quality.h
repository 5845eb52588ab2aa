// Quality: does the challenger rank borrowers as well as the champion? DeLong's paired test on decisions both scored
// and whose ends are known, at looks planned beforehand (O'Brien-Fleming-like spending), so that many looks do not
// add up to a false promotion: promoted falsely, or rolled back falsely, each with probability at most alpha / 2.
#pragma once

#include <vector>

#include "governance/promotion/shapes.h"
#include "governance/promotion/tally.h"

namespace puhui::promotion {

inline constexpr int64_t kBadMin = 10;  // a look waits until so many of each kind are there

// At how many matured rows the next look is; 0 when the last one was taken or has decided.
int64_t next_look_rows(const Plan& plan, const std::vector<LookView>& taken);
// The next look when it is due, with its verdict. Looks taken stay as they are; their boundaries are kept.
std::optional<LookView> due_look(const Plan& plan, const std::vector<LookView>& taken, const MaturedPairs& pairs,
                                 Timestamp at);

// "waiting" before the first look; else the last look's.
std::string verdict_of(const Promotion& promotion, const std::vector<LookView>& taken);

inline constexpr std::string_view kContinue = "continue", kBetter = "better", kWorse = "worse",
                                  kUndecided = "undecided", kSameScores = "same scores", kWaiting = "waiting";

}  // namespace puhui::promotion
