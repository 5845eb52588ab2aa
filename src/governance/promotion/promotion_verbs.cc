#include "governance/promotion/promotion_verbs.h"

#include <algorithm>

#include "governance/promotion/exploration.h"
#include "infrastructure/evidence/people.h"

namespace puhui::promotion {

namespace {

constexpr size_t kKeyFileBytesMax = 4096;

// Who approves. Far away it is the signed-in person; on the command line nobody has signed in, so a key must prove it.
Result<std::string> approver(const PromotionVerbNeeds& needs, const VerbCall& call, const ApproveRequest& request) {
  if (call.files == nullptr) {
    if (!request.person.empty() && request.person != call.caller.name) {
      return fail(ErrorCode::forbidden, "person", "you are signed in as '" + call.caller.name + "'");
    }
    return call.caller.name;
  }
  if (request.person.empty() || request.key_file.empty()) {
    return fail(ErrorCode::invalid, "person", "expected who approves and the file of that person's key");
  }
  auto key = evidence::SigningKey::parse(TRY(call.files->read(request.key_file, kKeyFileBytesMax)));
  if (!key) return fail(at(request.key_file, std::move(key).error()));
  std::vector<evidence::Person> people;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    people = TRY(evidence::read_people(reader));
    return {};
  }));
  const auto person = std::ranges::find(people, request.person, &evidence::Person::name);
  if (person == people.end() || !person->may_approve || person->key != key->public_key()) {
    return fail(ErrorCode::forbidden, "key_file",
                "is not the key of a person '" + request.person + "' who may approve; see 'person list'");
  }
  return request.person;
}

std::string tell(const Promotion& promotion) {
  const auto stage = names_of(&promotion.stage)[static_cast<size_t>(promotion.stage)];
  const auto state = names_of(&promotion.state)[static_cast<size_t>(promotion.state)];
  return "promotion " + promotion.id.text() + " of " + promotion.use_case + "\n  " + std::string(stage) + ", " +
         std::string(state) + (promotion.why.empty() ? "" : ": " + promotion.why) + "\n  challenger " +
         promotion.challenger.short_hex() + " beside " + promotion.champion.short_hex() + ", decides for " +
         std::to_string(promotion.share_ppm) + " of a million\n";
}

template <class Request, class Handler>
Verb changing(std::string verb, std::string help, Handler handler) {
  return make_verb<Request, Promotion>(
      {.noun = "promotion", .verb = std::move(verb), .help = std::move(help), .effect = Effect::write},
      std::move(handler), tell);
}

}  // namespace

std::vector<Verb> promotion_verbs(const PromotionVerbNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(changing<StartRequest>(
      "start", "Put a signed challenger into the shadow of the champion, to lead it up stage by stage.",
      [needs](const VerbCall& call, const StartRequest& r) { return needs->office.start(r, call.caller.name); }));
  verbs.push_back(make_verb<ListRequest, PromotionList>(
      {.noun = "promotion", .verb = "list", .help = "List promotions, the newest first."},
      [needs](const VerbCall&, const ListRequest& request) { return needs->office.list(request); }));
  verbs.push_back(make_verb<ShowRequest, PromotionView>(
      {.noun = "promotion",
       .verb = "show",
       .help = "Show a promotion: its arms, guardrails, looks at quality, and what it waits for.",
       .words = {"use_case"}},
      [needs](const VerbCall& call, const ShowRequest& request) -> Result<PromotionView> {
        TRY(needs->follow(call.progress));
        return needs->office.show(request);
      }));
  verbs.push_back(changing<UseCaseRequest>(
      "advance", "Move a promotion into its next stage, or let a held one go on; refused while it waits for something.",
      [needs](const VerbCall& call, const UseCaseRequest& r) -> Result<Promotion> {
        TRY(needs->follow(call.progress));
        return needs->office.advance(r.use_case, call.caller.name);
      }));
  verbs.push_back(changing<WhyRequest>("hold", "Keep a promotion in its stage; its guardrails stay in force.",
                                       [needs](const VerbCall& call, const WhyRequest& r) {
                                         return needs->office.hold(r.use_case, r.why, call.caller.name);
                                       }));
  verbs.push_back(changing<WhyRequest>("stop", "End a promotion: the champion decides alone again.",
                                       [needs](const VerbCall& call, const WhyRequest& r) {
                                         return needs->office.stop(r.use_case, r.why, call.caller.name);
                                       }));
  verbs.push_back(changing<ApproveRequest>("approve",
                                           "Say yes, as one of two people, to the next stage of a tier 1 promotion.",
                                           [needs](const VerbCall& call, const ApproveRequest& r) -> Result<Promotion> {
                                             const std::string person = TRY(approver(*needs, call, r));
                                             TRY(needs->follow(call.progress));
                                             return needs->office.approve(r.use_case, person);
                                           }));
  verbs.push_back(make_verb<GoldenRequest, GoldenAnswer>(
      {.noun = "promotion",
       .verb = "golden",
       .help = "Freeze recorded decisions of the champion; every challenger is judged on them first.",
       .effect = Effect::write},
      [needs](const VerbCall&, const GoldenRequest& r) { return needs->office.golden(r.use_case, r.n); }));
  verbs.push_back(make_verb<ExplorationRequest, ExplorationAnswer>(
      {.noun = "promotion",
       .verb = "exploration",
       .help = "Tell what became of refusals let pass at random, against what the model said of them.",
       .words = {"use_case"}},
      [needs](const VerbCall& call, const ExplorationRequest& request) -> Result<ExplorationAnswer> {
        TRY(needs->follow(call.progress));
        return exploration({needs->store, needs->kernel, needs->clock}, request);
      }));
  return verbs;
}

}  // namespace puhui::promotion
