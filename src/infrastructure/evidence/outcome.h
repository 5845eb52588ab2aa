// Outcomes: what became of a decision, known late: did the borrower default, was the alert a fraud. Kept beside the
// evidence, by the decision's record; decay, fairness and promotion measure against them.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "ground/store/store.h"
#include "infrastructure/evidence/record.h"

namespace puhui::evidence {

// The outcome every lending use case reports: 1 when the loan went 60 days past due or was charged off.
inline constexpr std::string_view kDefaultOutcome = "default";
inline constexpr size_t kOutcomeNameBytesMax = 64;

struct Outcome {
  RecordId decision;
  std::string name;    // "default"
  int64_t value = 0;   // 0 or 1
  Timestamp known_at;  // when it could first be known
  bool operator==(const Outcome&) const = default;
};

// The same outcome again changes nothing; another value replaces it when it was known later.
Result<void> put_outcome(Transaction& tx, const Outcome& outcome);

// What is known of that decision under that name so far.
Result<std::optional<Outcome>> find_outcome(Reader& reader, const RecordId& decision, std::string_view name);

// All that is known of one decision, by name.
Result<std::vector<Outcome>> outcomes_of(Reader& reader, RecordId decision);

// Those of one name in the order of their decisions, of node `node`, from decision number `after` on (exclusive).
Result<void> each_outcome(Reader& reader, std::string_view name, uint16_t node, uint64_t after, uint64_t limit,
                          const std::function<Result<void>(const Outcome&)>& visit);

}  // namespace puhui::evidence
