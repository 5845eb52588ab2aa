// Scoring: findings against what a simulation injected. A finding is right when an injected or contained row of the truth has its
// account and typology and overlaps its time. A pattern is found when a finding of its typology is on one of its injected
// accounts and overlaps its time.
#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "applications/aml/simulation.h"
#include "infrastructure/models/byte_source.h"

namespace puhui::aml {

struct FoundPattern {
  Typology typology = Typology::structuring;
  std::string account;
  Timestamp from, to;
};

struct Score {
  int64_t injected = 0, found = 0;  // patterns
  int64_t findings = 0, right = 0;
  std::map<std::string, int64_t>
      mistaken;  // wrong findings: by the decoy they lie on, "ordinary life" or "part of a NAME"
  std::map<std::string, int64_t> missed;  // patterns not found, by how they were made
  int64_t recall_ppm() const { return injected == 0 ? 1'000'000 : found * 1'000'000 / injected; }
  int64_t precision_ppm() const { return findings == 0 ? 1'000'000 : right * 1'000'000 / findings; }
};

std::array<Score, kTypologies> score(std::span<const TruthRow> truth, std::span<const FoundPattern> findings);

inline constexpr size_t kTruthRowsMax = 10'000'000;
// As write_truth() writes it. Every bad row is named.
Result<std::vector<TruthRow>> read_truth(std::unique_ptr<models::ByteSource> source);

}  // namespace puhui::aml
