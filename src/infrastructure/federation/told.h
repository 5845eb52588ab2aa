// What the verbs say on a terminal, a few lines each; programs ask for JSON.
#pragma once

#include <string>

#include "infrastructure/federation/office_shapes.h"

namespace puhui::federation {

std::string told(const SelfView& self);
std::string told(const PartnerView& partner);
std::string told(const JobView& job);
std::string told(const RunView& run);
std::string told(const JobPage& page);
std::string told(const ModelView& model);
std::string told(const std::vector<LeakageView>& leakage);  // empty: nothing was told
std::string told_measures(const Json& by_stage);            // a line a stage, its numbers and words
std::string moment(Timestamp at);

}  // namespace puhui::federation
