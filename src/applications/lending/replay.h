// Replay: the main job. A table of applications with known ends: train on a share of its rows, take every other row
// all the way (decision, evidence, contract, postings), then say how it went against what became of the loans.
#pragma once

#include <string>
#include <vector>

#include "applications/lending/mapping.h"
#include "applications/lending/origination.h"
#include "ground/base/files.h"
#include "ground/base/verb.h"
#include "infrastructure/ledger/ledger.h"

namespace puhui::lending {

struct ReplayRequest {
  std::string applications;           // CSV, may be .gz or .zst
  std::string mapping;                // JSON
  std::string policies = "policies";  // the folder of product folders
  std::optional<Rate> train_share;    // of the rows, by hash; the mapping's own when absent
  std::optional<int64_t> seed;
  std::optional<ModelChoice> model;
  Date on = {20454};    // 2026-01-01: the day the loans open
  int64_t threads = 0;  // 0: as many as the machine has
  bool skip_bad_rows = false;
};
void fields(Shape& shape, ReplayRequest& request);

struct CodeCount {
  std::string code, en;
  int64_t count = 0;
};
void fields(Shape& shape, CodeCount& count);

struct GradeCount {
  std::string grade;
  int64_t applications = 0, approved = 0, bad = 0;  // bad of the approved
  Rate bad_rate;                                    // of the approved
};
void fields(Shape& shape, GradeCount& count);

struct ReplayReport {
  int64_t applications = 0, approved = 0, refused = 0, referred = 0, failed = 0;
  double auc = 0, ks = 0;  // of the decided PD against the label, rows never trained on
  Rate bad_rate_approved, bad_rate_all;
  int64_t profit_minor = 0;  // of the approved, by the lives their labels tell
  double decisions_per_second = 0;
  int64_t p50_us = 0, p99_us = 0;  // from taking an application up to its durable decision
  int64_t evidence_bytes_per_decision = 0;
  bool ledger_balanced = false;

  std::string product, currency, model_kind;
  Digest model, permit;
  int64_t trained_rows = 0, skipped_rows = 0;
  int64_t lent_minor = 0;
  Rate mean_rate;                                    // of the approved, weighted by amount
  int64_t thin_applications = 0, thin_approved = 0;  // applicants without any credit record
  Rate thin_bad_rate_approved;
  int64_t interest_minor = 0, write_off_minor = 0, recovery_minor = 0, funding_minor = 0;
  std::vector<CodeCount> reasons;  // of refusals and referrals, most frequent first
  std::vector<GradeCount> grades;
  std::vector<std::string> failures;  // the first rows no decision could be taken on
  std::string store;
};
void fields(Shape& shape, ReplayReport& report);
std::string tell(const ReplayReport& report);  // the summary for a terminal

struct ReplayNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  kernel::Kernel& kernel;
  ledger::Ledger& ledger;
  Origination& origination;
  Files& files;
  const Clock& clock;
};

// conflict when a permit signed by real people decides in this store: a replay books loans, so it wants a store of
// its own. The rows of the file are refused as a whole when one is bad, unless skip_bad_rows.
Result<ReplayReport> replay(const ReplayNeeds& needs, const ReplayRequest& request, const std::string& caller,
                            Progress& progress);

}  // namespace puhui::lending
