#include "governance/incidents/incident_verbs.h"

namespace puhui::incidents {

namespace {

constexpr int64_t kWhyBytesMax = 4096, kLiftedShownMax = 1000;

struct Throw {
  kernel::StopScope scope = kernel::StopScope::use_case;
  std::string name, why;
};
void fields(Shape& shape, Throw& one) {
  shape.field("scope", one.scope, {.help = "a use case, a model or a block of the heat map"});
  shape.field("name", one.name,
              {.help = "the use case (\"lending.approval\" with all its scopes), the model's SHA-256, or the block",
               .min = 1,
               .max = 128,
               .example = "lending.approval/person_revolving"});
  shape.field("why", one.why, {.help = "in words, for the evidence", .min = 1, .max = kWhyBytesMax});
}

struct SwitchList {
  int64_t limit = 50;
};
void fields(Shape& shape, SwitchList& list) {
  shape.field("limit", list.limit,
              {.help = "how many that were lifted", .min = 1, .max = kLiftedShownMax, .optional = true});
}

struct SwitchView {
  std::vector<Switch> switches, lifted;
  std::vector<kernel::FallbackPlan> fallbacks;
  Timestamp at;
};
void fields(Shape& shape, SwitchView& view) {
  shape.field("switches", view.switches, {.help = "what is stopped now, in the order it was"});
  shape.field("lifted", view.lifted, {.help = "what was stopped before, the newest lift first"});
  shape.field("fallbacks", view.fallbacks, {.help = "who answers when a use case is stopped; undeclared: a person"});
  shape.field("at", view.at, {.help = "the moment it speaks of"});
}

struct Declare {
  std::string use_case;
  kernel::Fallback fallback = kernel::Fallback::human;
  std::optional<Digest> rules_permit;
};
void fields(Shape& shape, Declare& declare) {
  shape.field("use_case", declare.use_case, {.help = "whose fallback", .min = 1, .max = 128});
  shape.field("fallback", declare.fallback, {.help = "who answers while it is stopped"});
  shape.field("rules_permit", declare.rules_permit, {.help = "of fallback `rules`: the permit signed for this"});
}

struct DrillRequest {
  std::string use_case;
};
void fields(Shape& shape, DrillRequest& request) {
  shape.field("use_case", request.use_case, {.help = "whose fallback is tried", .min = 1, .max = 128});
}

struct DrillList {
  std::optional<std::string> use_case;
  int64_t limit = 50;
};
void fields(Shape& shape, DrillList& list) {
  shape.field("use_case", list.use_case, {.help = "only of this use case", .max = 128});
  shape.field("limit", list.limit, {.help = "how many", .min = 1, .max = 1000, .optional = true});
}

struct Drills {
  std::vector<Drill> drills;
  Timestamp at;
};
void fields(Shape& shape, Drills& drills) {
  shape.field("drills", drills.drills, {.help = "the newest first"});
  shape.field("at", drills.at, {.help = "the moment it speaks of"});
}

std::vector<Verb> throwing_verbs(const SwitchVerbNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<Throw, Switch>(
      {.noun = "switch",
       .verb = "stop",
       .help = "Stop a use case, a model or a block at once; its declared fallback answers from now on.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const Throw& one) {
        return needs->switches.stop({one.scope, one.name, one.why, call.caller.name, needs->clock.now()});
      }));
  verbs.push_back(make_verb<Throw, Switch>(
      {.noun = "switch",
       .verb = "lift",
       .help = "Ask to let what was stopped run again, or confirm what another person asked within a day.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const Throw& one) {
        return needs->switches.lift({one.scope, one.name, one.why, call.caller.name});
      }));
  return verbs;
}

}  // namespace

std::vector<Verb> switch_verbs(const SwitchVerbNeeds* needs) {
  std::vector<Verb> verbs = throwing_verbs(needs);
  verbs.push_back(make_verb<SwitchList, SwitchView>(
      {.noun = "switch", .verb = "list", .help = "List what is stopped, who answers meanwhile, and what was."},
      [needs](const VerbCall&, const SwitchList& list) -> Result<SwitchView> {
        return SwitchView{TRY(needs->switches.standing()), TRY(needs->switches.lifted(list.limit)),
                          needs->kernel.fallback_plans(), needs->clock.now()};
      }));
  verbs.push_back(make_verb<Declare, kernel::FallbackPlan>(
      {.noun = "switch",
       .verb = "fallback",
       .help = "Declare beforehand who answers while a use case is stopped.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const Declare& declare) -> Result<kernel::FallbackPlan> {
        const kernel::FallbackPlan plan{declare.use_case, declare.fallback, declare.rules_permit};
        TRY(needs->kernel.declare_fallback(plan, call.caller.name));
        return plan;
      }));
  verbs.push_back(make_verb<DrillRequest, Drill>(
      {.noun = "switch",
       .verb = "drill",
       .help = "Try whether a use case's fallback would answer now, on recorded decisions; keeps the result.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const DrillRequest& request) {
        return needs->switches.drill(request.use_case, call.caller.name);
      }));
  verbs.push_back(make_verb<DrillList, Drills>(
      {.noun = "switch", .verb = "drills", .help = "List the kept drills, the newest first."},
      [needs](const VerbCall&, const DrillList& list) -> Result<Drills> {
        return Drills{TRY(needs->switches.drills(list.use_case.value_or(""), list.limit)), needs->clock.now()};
      }));
  return verbs;
}

}  // namespace puhui::incidents
