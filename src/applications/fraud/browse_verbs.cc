// The verbs that show what there is, and the one that proposes a scheme.
#include "applications/fraud/reading.h"
#include "applications/fraud/verbs.h"

namespace puhui::fraud {

namespace {

struct Nothing {};
void fields(Shape&, Nothing&) {}

ReadingNeeds reading(const VerbNeeds& needs) {
  return {needs.store, needs.evidence, needs.kernel, needs.desk, needs.clock};
}

// "fraud" is what a policy calls its model.
Result<std::vector<evidence::NamedDigest>> named_models(const std::vector<std::string>& texts) {
  std::vector<evidence::NamedDigest> out;
  Faults faults;
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    const std::string name = equals == std::string::npos ? std::string(kModelName) : text.substr(0, equals);
    const std::string hex = equals == std::string::npos ? text : text.substr(equals + 1);
    const auto digest = Digest::parse(hex);
    if (!digest) faults.add("model", "expected a digest of 64 hex digits, came '" + hex + "'");
    out.push_back({name, digest.value_or(Digest())});
  }
  TRY(std::move(faults).result());
  return out;
}

Result<evidence::Permit> propose_verb(const VerbNeeds& needs, const ProposeRequest& request) {
  const auto folder = TRY(read_scheme_folder(needs.files, request.folder, request.policy));
  evidence::Permit permit;
  permit.manifest = TRY(propose(
      needs.kernel, folder, {TRY(named_models(request.model)), request.author, request.valid_days, request.conditions},
      needs.clock.now()));
  TRY(needs.files.write(request.out, print_json_pretty(puhui::to_json(permit)) + "\n"));
  return permit;
}

}  // namespace

std::vector<Verb> browse_verbs(const VerbNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<HoldsRequest, HoldsAnswer>(
      {.noun = "fraud",
       .verb = "holds",
       .help = "List the payments that wait for a person, the nearest deadline first."},
      [needs](const VerbCall& call, const HoldsRequest& request) {
        return list_holds(reading(*needs), request, call.caller);
      }));
  verbs.push_back(make_verb<PaymentsRequest, PaymentsAnswer>(
      {.noun = "fraud", .verb = "payments", .help = "List the payments of a scheme that were judged, newest first."},
      [needs](const VerbCall& call, const PaymentsRequest& request) {
        return list_payments(reading(*needs), request, call.caller);
      }));
  verbs.push_back(make_verb<PaymentKey, PaymentView>(
      {.noun = "fraud",
       .verb = "payment",
       .help = "Show one payment: what came with it, what was known, the answer and why, and what became of it."},
      [needs](const VerbCall& call, const PaymentKey& of) { return show_payment(reading(*needs), of, call.caller); }));
  verbs.push_back(make_verb<Nothing, SchemesAnswer>(
      {.noun = "fraud",
       .verb = "schemes",
       .help = "List what is guarded: permits in force, payments of the last day by action, open holds."},
      [needs](const VerbCall&, const Nothing&) { return list_schemes(reading(*needs)); }));
  verbs.push_back(make_verb<ProposeRequest, evidence::Permit>(
      {.noun = "fraud",
       .verb = "propose",
       .help = "Write a permit file for a scheme's policy, features and model, for two people to sign.",
       .effect = Effect::write,
       .repeat_key = "",
       .local_only = true},
      [needs](const VerbCall&, const ProposeRequest& request) { return propose_verb(*needs, request); }));
  return verbs;
}

}  // namespace puhui::fraud
