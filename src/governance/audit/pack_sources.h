// PackSources: what the bank holds about one use case at one moment, by the names that outlines fill their fields from.
#pragma once

#include "governance/audit/audit.h"
#include "governance/audit/pack.h"

namespace puhui::audit {

class PackSources {
 public:
  // forbidden when no permit is in force for it.
  static Result<PackSources> gather(const AuditNeeds& needs, const std::string& use_case);

  // none: missing.
  std::optional<std::string> value(std::string_view source) const;
  const std::vector<PackCitation>& citations() const { return citations_; }
  int64_t chain_records() const { return chain_records_; }
  const Digest& chain_head() const { return chain_head_; }

 private:
  void set(std::string source, std::string value);  // an empty value is none
  void add_use_case(const AuditNeeds& needs);
  Result<void> add_permit(Reader& reader);
  void add_policy();
  void add_facts();
  void add_models();
  Result<void> add_operation(const AuditNeeds& needs, Reader& reader);
  Result<void> add_decisions(Reader& reader);
  void add_system();

  std::string use_case_, outcome_name_;
  Timestamp at_;
  std::shared_ptr<const kernel::Version> version_;
  std::map<std::string, std::string, std::less<>> values_;
  std::vector<PackCitation> citations_;
  int64_t chain_records_ = 0;
  Digest chain_head_;
};

}  // namespace puhui::audit
