#include "applications/fraud/replay_verbs.h"

#include "applications/fraud/replay.h"
#include "applications/fraud/retrain.h"
#include "applications/fraud/simulate_verb.h"

namespace puhui::fraud {

std::vector<Verb> replay_verbs(const VerbNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<ReplayRequest, ReplayReport>(
      {.noun = "fraud",
       .verb = "replay",
       .help = "Stream a file of payments in event time through features, policy and evidence, train when labels are "
               "known, and say how it went.",
       .effect = Effect::write,
       .repeat_key = "",
       .local_only = true},
      [needs](const VerbCall& call, const ReplayRequest& request) -> Result<ReplayReport> {
        Files& files = call.files != nullptr ? *call.files : needs->files;
        return replay({needs->store, needs->evidence, needs->kernel, needs->desk, files, needs->clock}, request,
                      call.caller.name, call.progress);
      },
      tell));
  verbs.push_back(make_verb<RetrainRequest, RetrainReport>(
      {.noun = "fraud",
       .verb = "train",
       .help = "Train a model on a scheme's own payments and their labels as known now; nothing is put in force.",
       .effect = Effect::write,
       .repeat_key = "",
       .local_only = true},
      [needs](const VerbCall& call, const RetrainRequest& request) -> Result<RetrainReport> {
        Files& files = call.files != nullptr ? *call.files : needs->files;
        return retrain({needs->store, needs->evidence, needs->kernel, needs->desk, files, needs->clock}, request,
                       call.progress);
      },
      tell));
  verbs.push_back(simulate_verb());
  return verbs;
}

}  // namespace puhui::fraud
