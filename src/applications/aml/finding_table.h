// The tables of monitoring: the log of transfers in the order they came, the keys they came under, the findings, the detectors'
// snapshot.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "applications/aml/monitoring_shapes.h"
#include "ground/store/store.h"
#include "infrastructure/evidence/record.h"

namespace puhui::aml {

std::vector<Migration> monitoring_migrations();  // and of its reports

// One row of the log.
struct LoggedTransfer {
  uint64_t seq = 0;
  TransferRequest transfer;
  int64_t base_minor = 0;  // in the settings' currency of then
  Id128 key_hash, content;
};
std::string printed_countries(const std::vector<std::string>& countries);
Result<void> append_transfers(Transaction& tx, std::span<const LoggedTransfer> transfers);
struct KnownKey {
  uint64_t seq = 0;
  Id128 content;
};
Result<std::optional<KnownKey>> find_key(Reader& reader, const Id128& key_hash);
Result<uint64_t> last_transfer(Reader& reader);  // 0: none
// In the log's order, those behind `after`.
Result<void> each_transfer(Reader& reader, uint64_t after, uint64_t limit,
                           const std::function<Result<void>(const LoggedTransfer&)>& visit);
Result<std::vector<TransferLine>> find_transfers(Reader& reader, std::span<const uint64_t> seqs);

struct FindingRow {
  FindingLine line;
  uint64_t number = 0;             // of the detectors
  uint64_t first_seq = 0;          // the transfer that completed it
  std::vector<uint64_t> seqs;      // what it stands on
  std::optional<int64_t> verdict;  // cases::Verdict
};
Result<void> insert_finding(Transaction& tx, const FindingRow& row);
Result<void> update_finding(Transaction& tx, const FindingRow& row);
Result<std::optional<FindingRow>> find_finding(Reader& reader, const Id128& id);
Result<std::optional<FindingRow>> finding_of_number(Reader& reader, uint64_t number);
Result<std::vector<FindingRow>> findings_of_transfer(Reader& reader, uint64_t seq);
Result<std::vector<FindingRow>> find_findings(Reader& reader,
                                              const FindingsRequest& request);  // one more than its limit
Result<std::vector<FindingRow>> findings_of_case(Reader& reader, const Id128& in_case);
struct PriorFindings {
  int64_t alerts = 0, dismissed = 0;  // on the account; dismissed ones of that typology
};
Result<PriorFindings> prior_findings(Reader& reader, std::string_view account, Typology typology);

// The detectors' last snapshot, in pieces.
struct StoredSnapshot {
  uint64_t seq = 0;
  Digest settings;
  std::string bytes;
};
Result<void> put_snapshot(Transaction& tx, const StoredSnapshot& snapshot);
Result<std::optional<StoredSnapshot>> find_snapshot(Reader& reader);

}  // namespace puhui::aml
