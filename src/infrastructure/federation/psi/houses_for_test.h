// Houses with ids of their own whose intersection a test knows: what every matching is held against.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "infrastructure/federation/psi/psi.h"

namespace puhui::federation {

using Ids = std::vector<std::string>;

class SilentProgress final : public Progress {
  void step(std::string_view, uint64_t, uint64_t) override {}
};

// In another order for every range, and not in that of their bytes.
inline Ids numbered(int begin, int end) {
  Ids out;
  for (int i = begin; i < end; ++i) out.push_back("id-" + std::to_string(i * 7919 % 100'003));
  std::ranges::rotate(out, out.begin() + (begin + end) % std::max(end - begin, 1));
  return out;
}

// A lender and its hosts.
struct MatchingHouses {
  explicit MatchingHouses(std::vector<Ids> ids) {
    job.name = "test";
    job.kind = JobKind::intersection;
    job.intersection.rows_min = 0;
    for (size_t i = 0; i < ids.size(); ++i) {
      job.parties.push_back({.name = i == 0 ? "lender" : "host-" + std::to_string(i),
                             .role = i == 0 ? Role::guest : Role::host,
                             .certificate = "",
                             .address = "",
                             .columns = {}});
      data.emplace_back().ids = std::move(ids[i]);
    }
  }

  Result<std::vector<StageResult>> run_with(const StageMaker& maker, std::optional<uint64_t> break_after) {
    std::vector<const PartyData*> all;
    for (const PartyData& one : data) all.push_back(&one);
    leakage.clear();
    return run_together({job, all, files, "work", break_after}, maker, leakage, progress);
  }

  // What anybody would find who saw all ids.
  Ids common() const {
    std::set<std::string> out(data[0].ids.begin(), data[0].ids.end());
    for (const PartyData& one : data) {
      const std::set<std::string> here(one.ids.begin(), one.ids.end());
      std::erase_if(out, [&](const std::string& id) { return !here.contains(id); });
    }
    return {out.begin(), out.end()};
  }

  void expect_exact(const std::vector<StageResult>& results) const {
    for (size_t i = 0; i < data.size(); ++i) {
      EXPECT_EQ(rows_of(data[i], results[i].rows).ids, common()) << "party " << i;
    }
  }

  int64_t told(size_t by, std::string_view to, std::string_view code) const {
    for (const Leak& leak : leakage[by].sums()) {
      if (leak.to == to && leak.code == code) return leak.amount;
    }
    return 0;
  }

  Job job;
  std::vector<PartyData> data;
  MemoryFiles files;
  std::vector<LeakageBook> leakage;
  SilentProgress progress;
};

}  // namespace puhui::federation
