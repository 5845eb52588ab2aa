#include "infrastructure/compute/compute_verbs.h"

#include "infrastructure/compute/jobs.h"

namespace puhui::compute {

std::vector<Verb> verbs(const VerbNeeds* needs) {
  std::vector<Verb> out;
  out.push_back(
      make_verb<QuotaRequest, QuotaView>({.noun = "compute",
                                          .verb = "quota",
                                          .help = "Set how much CPU and how many tokens a use case may use in a day.",
                                          .effect = Effect::write},
                                         [needs](const VerbCall& call, const QuotaRequest& request) {
                                           return needs->jobs.set_quota(call.caller, request);
                                         }));
  out.push_back(make_verb<QuotasRequest, QuotasAnswer>(
      {.noun = "compute", .verb = "quotas", .help = "List the quotas with what was used of them today."},
      [needs](const VerbCall&, const QuotasRequest& request) { return needs->jobs.quotas(request); }));
  out.push_back(
      make_verb<SubmitRequest, JobView>({.noun = "compute",
                                         .verb = "submit",
                                         .help = "Have a verb run later, in turn, within its use case's quota.",
                                         .effect = Effect::write},
                                        [needs](const VerbCall& call, const SubmitRequest& request) {
                                          return needs->jobs.submit(call.caller, request);
                                        }));
  out.push_back(make_verb<JobsRequest, JobsAnswer>(
      {.noun = "compute", .verb = "jobs", .help = "List the jobs that wait, run and ended; one with its answer."},
      [needs](const VerbCall&, const JobsRequest& request) { return needs->jobs.list(request); }));
  out.push_back(make_verb<CancelRequest, JobView>(
      {.noun = "compute",
       .verb = "cancel",
       .help = "Take a job out of the queue, or ask a running one to stop.",
       .effect = Effect::write},
      [needs](const VerbCall&, const CancelRequest& request) { return needs->jobs.cancel(request.job); }));
  return out;
}

}  // namespace puhui::compute
