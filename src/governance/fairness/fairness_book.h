// FairnessBook: the only reader of sealed facts. Of each decision it keeps that it counted in its groups, never which
// decision belongs to which group; and a random sample of decisions by their records, for finding proxies.
#pragma once

#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "ground/store/store.h"
#include "infrastructure/kernel/follower.h"
#include "infrastructure/kernel/kernel.h"

namespace puhui::fairness {

std::vector<Migration> migrations();

inline constexpr size_t kGroupsMax = 400;     // values of one attribute; further ones are 'other'
inline constexpr size_t kGroupBytesMax = 64;  // of a text that names a group
inline constexpr size_t kSampleRows = 5000;   // decisions of a version that proxies are looked for in
inline constexpr std::string_view kAbsentGroup = "absent", kOtherGroup = "other";

// A sealed value as a group: a number's whole part (an age in years), a text, a date's year; 'absent'.
std::string group_of(const evidence::FactValue& value);

struct GroupKey {
  std::string use_case;
  Digest permit;
  int month = 0;  // months since year 0
  std::string attribute, group;
  auto operator<=>(const GroupKey&) const = default;
};

class FairnessBook : public kernel::Projection {
 public:
  static Result<std::unique_ptr<FairnessBook>> open(Store& store);

  std::string_view name() const override { return "fairness"; }
  bool reads_sealed() const override { return true; }
  void see(const kernel::Seen& seen) override;
  Result<void> flush(Transaction& tx) override;
  void settled() override;
  void dropped() override;

 private:
  struct Counts {
    int64_t decided = 0, approved = 0;
  };
  struct Drawn {
    uint64_t draw = 0;  // the least of a version's draws are its sample
    evidence::RecordId record;
    auto operator<=>(const Drawn&) const = default;
  };
  FairnessBook() = default;
  void draw(const Digest& permit, evidence::RecordId record);
  std::set<Drawn> sample_after(const Digest& permit) const;

  std::map<std::string, std::set<std::string>> known_groups_;  // by attribute, for the limit
  std::map<GroupKey, Counts> gathered_;
  std::map<Digest, std::set<Drawn>> samples_;       // as they lie in the store
  std::map<Digest, std::vector<Drawn>> newcomers_;  // since then
};

int month_of(Timestamp at);
std::string text_of_month(int month);

// ---- late labels

struct LabelNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  kernel::Kernel& kernel;
};
// Counts the labels that came since it was last asked into the groups of their decisions; answers how many. A label
// that changed moves from where it was. Those whose facts retention erased before their label came count nowhere.
// `outcomes_max`: stops after looking through so many outcomes, the oldest decisions' first; the next night does the rest.
Result<uint64_t> count_labels(const LabelNeeds& needs, Progress& progress,
                              uint64_t outcomes_max = std::numeric_limits<uint64_t>::max());

// What is counted of a group's labels.
struct LabelCounts {
  int64_t good_approved = 0, bad_approved = 0, good_refused = 0, bad_refused = 0;
  int64_t predicted_rows = 0, predicted_bad = 0, predicted_ppb = 0;  // of the approved that a model scored
};

}  // namespace puhui::fairness
