// How a recorded decision becomes a page, and the parts of it that a subject's data and letter are made of too.
#pragma once

#include "governance/audit/audit.h"
#include "governance/audit/page.h"
#include "infrastructure/evidence/outcome.h"
#include "infrastructure/kernel/decision_view.h"

namespace puhui::audit {

// A record with what it takes to read it.
struct OpenedDecision {
  evidence::StoredRecord record;
  evidence::Judgement judgement;
  evidence::Circumstances circumstances;
  std::shared_ptr<const kernel::Version> version;
  kernel::DecisionView view;
};
// Errors as Kernel::find_version: a decision whose permit does not load cannot be read.
Result<OpenedDecision> open_decision(const AuditNeeds& needs, evidence::StoredRecord record,
                                     kernel::PersonalFacts personal);

Result<DecisionPage> make_page(const AuditNeeds& needs, const Id128& id, Language language,
                               kernel::PersonalFacts personal);

std::vector<PageReason> told_reasons(const OpenedDecision& decision, Language language);
std::vector<PageFact> told_facts(const OpenedDecision& decision, kernel::PersonalFacts personal);
std::vector<PageOutput> told_outputs(const OpenedDecision& decision);
// The tables a rule fired in, in the order of their first one.
std::vector<PageTable> told_path(const OpenedDecision& decision);
Result<std::vector<PageModel>> told_models(const AuditNeeds& needs, const OpenedDecision& decision, Language language);
Result<std::vector<PageLabel>> told_labels(Reader& reader, evidence::RecordId id);
std::string outcome_in_words(std::string_view outcome, Language language);

// Which of champion, challenger and fallback answered. A referral by a stop is a fallback; of two admitted permits the one
// that is declared as a fallback is one, the other a challenger.
Result<std::string> arm_of(const AuditNeeds& needs, const OpenedDecision& decision);

}  // namespace puhui::audit
