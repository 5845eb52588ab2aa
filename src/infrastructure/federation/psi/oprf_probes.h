// What a partner may ask of a key while its epoch lasts, over all jobs and all attempts at them: counted durably before it is answered, so
// that breaking off and asking again gains nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "infrastructure/federation/stage.h"

namespace puhui::federation {

// An epoch has so many days of `probes_max`; a job whose padding is more than that may still be run so often.
inline constexpr uint64_t kEpochDays = 7;

struct OprfProbes {
  uint64_t epoch = 0, asked = 0;
};
std::string written(const OprfProbes& probes);
Result<OprfProbes> read_oprf_probes(std::string_view bytes);  // `corrupt` when it is none of ours

// `places` of a bucket are about to be evaluated in a job of `places_of_job`. `exhausted` above the epoch's limit. Does nothing where a
// house keeps nothing: then no key outlives the stage.
Result<void> count_probes(const StageNeeds& needs, size_t partner, uint64_t places, uint64_t places_of_job);

}  // namespace puhui::federation
