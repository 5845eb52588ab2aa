#include "applications/aml/screening_verbs.h"

#include "applications/aml/screening_desk.h"

namespace puhui::aml {

namespace {

struct ProposeRequest {
  ScreeningProposal proposal;
  std::string out;
};
void fields(Shape& shape, ProposeRequest& request) {
  shape.field("folder", request.proposal.folder,
              {.help = "policy.dmn, facts.json, reasons.json, thresholds.json", .min = 1, .max = 4096});
  shape.field("author", request.proposal.author,
              {.help = "who proposes; two other people must sign", .min = 1, .max = 64});
  shape.field("out", request.out, {.help = "the permit file to write, for 'permit sign'", .min = 1, .max = 4096});
  shape.field("valid_days", request.proposal.valid_days,
              {.help = "until it expires", .min = 1, .max = 1098, .optional = true});
  shape.field("conditions", request.proposal.conditions,
              {.help = "in words, for those who sign", .max = 4096, .optional = true});
}

Result<evidence::Permit> propose(const ScreeningVerbNeeds& needs, const ProposeRequest& request) {
  evidence::Permit permit;
  permit.manifest = TRY(propose_screening(needs.kernel, needs.files, request.proposal, needs.clock.now()));
  TRY(needs.files.write(request.out, print_json_pretty(puhui::to_json(permit)) + "\n"));
  return permit;
}

}  // namespace

std::vector<Verb> screening_verbs(const ScreeningVerbNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<ScreenRequest, ScreenAnswer>(
      {.noun = "aml",
       .verb = "screen",
       .help = "Hold a name against the lists of sanctioned parties and decide: approve, refer to a person, or block.",
       .effect = Effect::write,
       .words = {"name"}},
      [needs](const VerbCall& call, const ScreenRequest& request) {
        return needs->desk.screen(request, call.caller.name);
      },
      tell));
  verbs.push_back(make_verb<RescreenRequest, RescreenAnswer>(
      {.noun = "aml",
       .verb = "rescreen",
       .help = "Screen the known parties again: against what changed of the lists, and what changed of the parties.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const RescreenRequest& request) {
        return needs->desk.rescreen(request.all, call.caller.name, call.progress);
      },
      tell));
  verbs.push_back(make_verb<ProposeRequest, evidence::Permit>(
      {.noun = "aml",
       .verb = "screening propose",
       .help = "Write a permit file for the policy of screening, for two people to sign.",
       .effect = Effect::write,
       .repeat_key = "",
       .local_only = true},
      [needs](const VerbCall&, const ProposeRequest& request) { return propose(*needs, request); }));
  return verbs;
}

}  // namespace puhui::aml
