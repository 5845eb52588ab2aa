// Measuring fairness: a use case's groups compared by the measures of a jurisdiction as it stood on a day; proxies of
// what is sealed; alerts of kind "fairness". Counts alone go out, and never those of a group that could name somebody.
#pragma once

#include <functional>

#include "governance/fairness/fairness_book.h"
#include "governance/fairness/jurisdiction.h"
#include "ground/base/verb.h"

namespace puhui::fairness {

inline constexpr int64_t kGroupRowsMin = 20;  // smaller groups are shown nowhere, nor can they be worked out
inline constexpr int64_t kProxyRowsMin = 50;  // of the sample, in a group and beside it
inline constexpr size_t kProxiesShown = 5;

struct MeasureNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  kernel::Kernel& kernel;
  const Files& files;
  const Clock& clock;
  std::string folder = std::string(kJurisdictionFolder);
};

// Counts labels that came first. not_found: the jurisdiction, or nothing was ever decided in the use case; invalid: no
// rules of the jurisdiction hold on that day.
Result<ShowAnswer> show(const MeasureNeeds& needs, const ShowRequest& request, Progress& progress);

// Every use case in force under one jurisdiction, or under all that are measured nightly; raises and settles alerts.
Result<RunAnswer> measure_all(const MeasureNeeds& needs, const RunRequest& request, Progress& progress);

// ---- the parts, pure

// One group's counts, bands joined.
struct Group {
  std::string name;
  int64_t decided = 0, approved = 0;
  LabelCounts labels;
};

// Without the small ones; where those left out are so few that a total would tell them, the counts of the others are
// rounded to tens. Answers how many groups were left out.
int64_t withhold_small(std::vector<Group>& groups);

// `groups`: what withhold_small left. The worst pair first.
MeasureView compare(const MeasureRule& rule, const std::vector<Group>& groups);

// Which unsealed facts tell one group from the rest: the best first, at most kProxiesShown.
struct ProxyRow {
  std::string group;
  std::vector<evidence::FactValue> facts;  // unsealed, in the order of `names`
};
std::vector<ProxyView> proxies(const std::vector<std::string>& names, const std::vector<ProxyRow>& rows);

struct VerbNeeds {
  MeasureNeeds measure;
  std::function<Result<void>(Progress&)> follow;  // brings the projections up to date
};
// `needs` outlives the verbs. With nullptr they can be described (help, schemas) but not run.
std::vector<Verb> verbs(const VerbNeeds* needs);

}  // namespace puhui::fairness
