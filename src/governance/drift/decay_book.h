// DecayBook: the projection that keeps of each decision what its late label is held against: when it was, whether it
// approved, each model's probability; packed, and without a single fact.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ground/base/bytes.h"
#include "ground/store/store.h"
#include "infrastructure/kernel/follower.h"

namespace puhui::drift {

class DecayBook : public kernel::Projection {
 public:
  std::string_view name() const override { return "decay"; }
  void see(const kernel::Seen& seen) override;
  Result<void> flush(Transaction& tx) override;
  void settled() override { pages_.clear(); }
  void dropped() override { pages_.clear(); }

 private:
  struct Key {
    Digest permit;
    int month = 0;
    auto operator<=>(const Key&) const = default;
  };
  struct Page {
    uint64_t first_sequence = 0;
    int64_t decisions = 0;
    ByteWriter packed;
  };
  std::map<Key, Page> pages_;
};

// Months since year 0: one number a vintage. "2026-01".
int month_of(Timestamp at);
std::string text_of_month(int month);

// One decision as it was kept.
struct Scored {
  uint64_t sequence = 0;
  int64_t at_seconds = 0;
  bool approved = false;
  std::optional<double> probability;  // of the model asked for; none where the policy decided without it
};
inline constexpr size_t kScoredMax = 5'000'000;  // the latest so many of a version are measured

// In the order of the records. `model`: its place among the version's models.
Result<std::vector<Scored>> read_scored(Reader& reader, const Digest& permit, size_t model);

}  // namespace puhui::drift
