// Audit: finding, showing, replaying and proving decisions. It reads the evidence; what it writes are its own tables and
// acts of people. It never changes a judgement.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "governance/audit/index.h"
#include "ground/base/verb.h"
#include "infrastructure/kernel/kernel.h"

namespace puhui::audit {

struct AuditNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  kernel::Kernel& kernel;
  const Clock& clock;
  // Brings the index up to what was just decided; empty: whoever follows does it by itself.
  std::function<Result<void>(Progress&)> follow = {};
  // What modules beside this one say of a use case, for evidence packs: "drift.latest", "inventory.documents" … in words;
  // none: they hold nothing, and the pack says missing.
  std::function<std::optional<std::string>(std::string_view source, std::string_view use_case)> reports = {};
};

// `needs` outlives the verbs. With nullptr they can be described but not run.
std::vector<Verb> decision_verbs(const AuditNeeds* needs);
std::vector<Verb> subject_verbs(const AuditNeeds* needs);
std::vector<Verb> replay_verbs(const AuditNeeds* needs);
std::vector<Verb> pack_verbs(const AuditNeeds* needs);
std::vector<Verb> verbs(const AuditNeeds* needs);  // all of them

// The permission that shows personal facts, as `evidence show` asks for.
inline constexpr std::string_view kPersonalPermission = "evidence.personal";

// ---- what the verbs do, for other verbs and tests

Result<void> catch_up(const AuditNeeds& needs, Progress& progress);
Result<FindAnswer> find(const AuditNeeds& needs, const FindRequest& request);
Result<DecisionRow> row_of(const evidence::StoredRecord& record);
// By its number in the chain. corrupt when there is none: the index named it.
Result<evidence::StoredRecord> record_numbered(const evidence::EvidenceLog& evidence, uint64_t sequence);
// The decision's record. not_found, also when the record is an act.
Result<evidence::StoredRecord> decision_record(const AuditNeeds& needs, const Id128& id);

}  // namespace puhui::audit
