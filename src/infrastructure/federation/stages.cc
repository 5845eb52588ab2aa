// Which stages a job of each kind goes through: the intersection, then the kind's own.
#include "infrastructure/federation/boosting/boosting_stage.h"
#include "infrastructure/federation/conversion/conversion_stage.h"
#include "infrastructure/federation/horizontal/horizontal_boosting.h"
#include "infrastructure/federation/horizontal/horizontal_logistic.h"
#include "infrastructure/federation/logistic/vertical_logistic.h"
#include "infrastructure/federation/measures/measures_stage.h"
#include "infrastructure/federation/psi/psi.h"

namespace puhui::federation {

namespace {

// None: the rows stand in the same order everywhere already.
void add_matching(const Job& job, std::vector<StageMaker>& stages) {
  if (job.intersection.matching == Matching::ecdh) stages.emplace_back(make_ecdh_stage);
  if (job.intersection.matching == Matching::oprf) stages.emplace_back(make_oprf_stage);
}

}  // namespace

std::vector<StageMaker> stages_of(const Job& job) {
  std::vector<StageMaker> stages;
  switch (job.kind) {
    case JobKind::intersection: add_matching(job, stages); break;
    case JobKind::aggregate: stages.emplace_back(make_aggregate_stage); break;
    case JobKind::vertical_boosting:
      add_matching(job, stages);
      stages.emplace_back(make_boosting_stage);
      break;
    case JobKind::vertical_logistic:
      add_matching(job, stages);
      stages.emplace_back(make_vertical_logistic);
      break;
    case JobKind::measures:
      add_matching(job, stages);
      stages.emplace_back(make_measures_stage);
      break;
    case JobKind::horizontal_boosting: stages.emplace_back(make_horizontal_boosting_stage); break;
    case JobKind::horizontal_logistic: stages.emplace_back(make_horizontal_logistic_stage); break;
    case JobKind::conversion: stages.emplace_back(make_conversion_stage); break;  // matches clicks by itself
  }
  return stages;
}

}  // namespace puhui::federation
