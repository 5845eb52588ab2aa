// Report: a suspicious-transaction report drafted from the evidence of one case. Every sentence names what it stands on; there is no
// way to make one that does not. What is not known is said to be missing.
#pragma once

#include "applications/aml/finding_table.h"
#include "applications/aml/monitoring_verbs.h"
#include "infrastructure/cases/case_shapes.h"

namespace puhui::aml {

inline constexpr size_t kLargestListed = 10;  // transfers told one by one, of each finding

// What a sentence stands on: at least one.
class Cited {
 public:
  explicit Cited(Citation first) : all_{std::move(first)} {}
  Cited& also(Citation more);
  const std::vector<Citation>& all() const { return all_; }

 private:
  std::vector<Citation> all_;
};

// The sentences of one report, in order; only with what they stand on.
class ReportBody {
 public:
  void say(std::string part, std::string en, std::string zh, const Cited& on);
  const std::vector<ReportSentence>& sentences() const { return sentences_; }

 private:
  std::vector<ReportSentence> sentences_;
};

// What a report is made of, as it lies in the store.
struct ReportedFinding {
  FindingRow row;
  std::vector<TransferLine> transfers;
  std::vector<AmlReasonLine> reasons;
};
struct ReportSource {
  cases::CasePage page;
  std::vector<ReportedFinding> findings;
};
// Accounts stand in it between marks, so that they can be masked for whom may not see them: see unmasked().
ReportBody write_report(const ReportSource& source);
std::string note_id(const cases::CasePage& page, size_t event);  // how a report cites what happened in a case
ReportView view_for(const Caller& caller, ReportView stored);

// Stored reports. An approved one never changes again: its digest stands in the evidence.
Result<ReportView> draft_report(const MonitoringVerbNeeds& needs, const Id128& in_case, const std::string& by);
Result<ReportView> find_report(const MonitoringVerbNeeds& needs, const Id128& id);  // not_found; corrupt
Result<ReportView> submit_report(const MonitoringVerbNeeds& needs, const Id128& id, const std::string& by);
Result<ReportView> approve_report(const MonitoringVerbNeeds& needs, const Id128& id,
                                  const std::string& by);  // forbidden
Result<ReportsAnswer> list_reports(const MonitoringVerbNeeds& needs, const ReportsRequest& request);

// Of the decision of a finding, as its policy says them.
Result<std::vector<AmlReasonLine>> reasons_of(const MonitoringVerbNeeds& needs, const Id128& decision);

}  // namespace puhui::aml
