// Golden vectors: recorded decisions of the champion, frozen by their records. A challenger is judged on them before it
// sees anything live: the same bytes twice and on two threads, and the champion's own bytes where it changes nothing.
// They name records instead of holding facts, so that retention erases personal data here as everywhere.
#pragma once

#include <vector>

#include "governance/promotion/shapes.h"
#include "infrastructure/kernel/kernel.h"

namespace puhui::promotion {

inline constexpr int64_t kGoldenDefault = 200, kGoldenScannedMax = 100'000;

struct GoldenNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  kernel::Kernel& kernel;
};

// Freezes up to n of the champion's newest decisions, those first that reach outcomes and rules no other reaches.
// Replaces the set that stood. not_found: it has decided nothing yet.
Result<GoldenAnswer> freeze(const GoldenNeeds& needs, const std::string& use_case, int64_t n, Timestamp at);

// How many vectors agreed. Freezes a set first where there is none of this champion. invalid: names the first that
// did not agree, and how.
Result<int64_t> check_golden(const GoldenNeeds& needs, const kernel::Version& champion,
                             const kernel::Version& challenger, Timestamp at);

// Whether nothing of what decides differs: policy, models, thresholds, reasons, facts.
bool same_judgement(const evidence::Manifest& a, const evidence::Manifest& b);
bool same_models(const evidence::Manifest& a, const evidence::Manifest& b);

}  // namespace puhui::promotion
