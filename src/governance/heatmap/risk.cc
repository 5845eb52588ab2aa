#include "governance/heatmap/risk.h"

#include <algorithm>

#include "governance/heatmap/blocks.h"
#include "governance/incidents/alert.h"
#include "governance/incidents/incident.h"

namespace puhui::heatmap {

namespace {

constexpr std::array<std::string_view, 5> kRiskyAlerts{"drift", "decay", "fairness", "validation", "explanation"};
constexpr int64_t kIncidentsMax = 1000;

std::string_view level_of(int64_t score) {
  return score == 0 ? "none" : score <= 2 ? "low" : score <= 4 ? "medium" : "high";
}

std::string words_of(const Matter& matter) {
  return matter.kind + " (severity " + std::to_string(matter.severity) + "): " + matter.use_case +
         (matter.subject.empty() ? "" : " " + matter.subject);
}

}  // namespace

Result<std::vector<Matter>> open_matters(Reader& reader) {
  std::vector<Matter> out;
  for (const incidents::OpenAlert& alert : TRY(incidents::open_alerts(reader))) {
    if (alert.use_case.empty() || std::ranges::find(kRiskyAlerts, alert.kind) == kRiskyAlerts.end()) continue;
    out.push_back({alert.use_case, alert.kind, alert.subject, alert.severity});
  }
  incidents::IncidentQuery query;
  query.open = true;
  query.limit = kIncidentsMax;
  for (const incidents::Incident& incident : TRY(incidents::find_incidents(reader, query))) {
    if (!incident.use_case.empty()) out.push_back({incident.use_case, "incident", "", incident.severity});
  }
  return out;
}

RiskView risk_of(std::span<const evidence::UseCase> use_cases, std::span<const Matter> matters) {
  RiskView out;
  std::vector<Matter> open;
  int best_tier = 3;
  for (const evidence::UseCase& use_case : use_cases) {
    best_tier = std::min(best_tier, use_case.tier);
    int64_t weight = 1;
    for (const Matter& matter : matters) {
      if (without_scope(matter.use_case) != use_case.name) continue;
      weight = std::max<int64_t>(weight, matter.severity == 1 ? 3 : 2);
      open.push_back(matter);
    }
    out.score = std::max(out.score, (4 - int64_t{use_case.tier}) * weight);
  }
  out.level = level_of(out.score);
  if (use_cases.empty()) return out;
  std::stable_sort(open.begin(), open.end(), [](const Matter& a, const Matter& b) { return a.severity < b.severity; });
  out.why.push_back("tier " + std::to_string(best_tier));
  for (const Matter& matter : open) out.why.push_back(words_of(matter));
  return out;
}

}  // namespace puhui::heatmap
