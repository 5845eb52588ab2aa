// What screening decides automatically, and its folder of policies/ as a manifest for people to sign.
#pragma once

#include <string>

#include "applications/aml/screening_shapes.h"
#include "ground/base/files.h"
#include "infrastructure/evidence/use_case.h"
#include "infrastructure/kernel/kernel.h"

namespace puhui::aml {

inline constexpr std::string_view kScreeningUseCase = "aml.screening", kScreeningScope = "aml.screening/lists";
inline constexpr std::string_view kTrueMatchOutcome = "true_match";  // evidence::Outcome's name
inline constexpr std::string_view kScreeningApplication = "aml", kScreeningAlertKind = "screening";
evidence::UseCase screening_use_case();

// What is known of one screening. `best`: the most likely match that nobody dismissed.
struct ScreeningFacts {
  const MatchView* best = nullptr;
  int64_t matches = 0, dismissed = 0;
  bool confirmed = false;
  screening::PartyKind kind = screening::PartyKind::unknown;
};
// In the schema's order. invalid: a fact that screening does not know.
Result<std::vector<evidence::FactValue>> screening_facts_of(const evidence::FactSchema& schema,
                                                            const ScreeningFacts& known);

struct ScreeningProposal {
  std::string folder, author, conditions;
  int valid_days = 365;
};
// Reads the folder, stores the artefacts and answers a manifest that loads.
Result<evidence::Manifest> propose_screening(kernel::Kernel& kernel, const Files& files,
                                             const ScreeningProposal& proposal, Timestamp now);

}  // namespace puhui::aml
