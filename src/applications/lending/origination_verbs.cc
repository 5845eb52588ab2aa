#include "applications/lending/application_reader.h"
#include "applications/lending/training.h"
#include "applications/lending/verbs.h"

namespace puhui::lending {

namespace {

// ---- apply

Result<ApplyAnswer> answer_of(const VerbNeeds& needs, const std::string& application,
                              const Origination::Booked& booked) {
  // The answer is made of what was stored, so a repeat reads the same.
  const auto record = TRY(needs.evidence.find(booked.decision));
  const auto judgement = TRY(evidence::decode_judgement(record.judgement));
  const auto version = TRY(needs.kernel.find_version(judgement.permit));
  ApplyAnswer answer;
  answer.application = application;
  answer.decision = booked.decision;
  answer.outcome = kernel::outcome_of(judgement);
  for (const evidence::Reason& reason : judgement.reasons) {
    const auto* text = version->reasons().find(reason.code);
    answer.reasons.push_back({reason.code, text ? text->en : "missing", text ? text->zh : "missing"});
  }
  if (!booked.loan) return answer;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    const Loan loan = TRY(find_loan(reader, *booked.loan));
    const auto product = TRY(needs.products.find(reader, loan.contract.product_hash));
    const int64_t fee =
        multiply_divide(loan.contract.principal_minor, product->drawdown_fee.ppb, Rate::kOne, Rounding::half_even);
    answer.contract = TRY(view_of(loan.contract, TRY(find_schedule(reader, *booked.loan)), fee));
    return {};
  }));
  return answer;
}

// What was asked, whatever order the client's program wrote the facts in.
Digest digest_of(ApplyRequest request) {
  if (Json::Object* facts = request.facts.object()) {
    std::ranges::sort(*facts, {}, [](const auto& member) -> const std::string& { return member.first; });
  }
  return sha256(print_json(puhui::to_json(request)));
}

Result<ApplyAnswer> apply(const VerbNeeds& needs, const VerbCall& call, const ApplyRequest& request) {
  const Digest asked = digest_of(request);
  if (const auto before = TRY(needs.origination.earlier(request.application, asked))) {
    return answer_of(needs, request.application, *before);
  }
  const BorrowerId borrower = borrower_id(request.borrower);
  const Offerings offerings = TRY(needs.origination.offerings(request.product, borrower));
  auto facts = offerings.version->facts().read(request.facts);
  if (!facts) return fail(at("facts", std::move(facts).error()));
  Submission submission;
  submission.key = request.application;
  submission.borrower = borrower;
  submission.facts = *std::move(facts);
  needs.kernel.inquire(*offerings.version, submission.facts);
  submission.opened_on = request.opened_on.value_or(date_of(needs.clock.now(), needs.utc_offset_minutes));
  submission.request = asked;
  const auto booked = TRY(needs.origination.apply(offerings, std::move(submission), call.caller.name));
  return answer_of(needs, request.application, booked);
}

// ---- facts

struct FactsRequest {
  std::string product;
};
void fields(Shape& shape, FactsRequest& request) {
  shape.field("product", request.product, {.help = "which product", .min = 1, .max = 64});
}

// ---- train and propose

struct TrainVerbRequest {
  std::string applications, mapping, policies = "policies";
  std::optional<ModelChoice> model;
  std::optional<Rate> train_share;
  std::optional<int64_t> seed;
  bool skip_bad_rows = false;
};
void fields(Shape& shape, TrainVerbRequest& request) {
  shape.field("applications", request.applications,
              {.help = "CSV file with known ends, may be .gz or .zst", .min = 1, .max = 4096});
  shape.field("mapping", request.mapping,
              {.help = "JSON file that says which column is which fact", .min = 1, .max = 4096});
  shape.field("policies", request.policies,
              {.help = "folder of the product folders", .min = 1, .max = 4096, .optional = true});
  shape.field("model", request.model, {.help = "scorecard or boosting; the mapping's when absent"});
  shape.field("train_share", request.train_share, {.help = "share of the rows to train on; the mapping's when absent"});
  shape.field("seed", request.seed, {.help = "of the split and the training; the mapping's when absent", .min = 0});
  shape.field("skip_bad_rows", request.skip_bad_rows,
              {.help = "list bad rows and go on without them", .optional = true});
}

struct TrainAnswer {
  Digest model;
  Json card;
};
void fields(Shape& shape, TrainAnswer& answer) {
  shape.field("model", answer.model, {.help = "SHA-256 of the model, now in the store"});
  shape.field("card", answer.card, {.help = "its model card"});
}

Result<TrainAnswer> train(const VerbNeeds& needs, const VerbCall& call, const TrainVerbRequest& request) {
  const Mapping mapping = TRY(read_mapping(needs.files, request.mapping, request.policies));
  const auto folder = TRY(read_product_folder(needs.files, request.policies + "/" + mapping.product));
  const auto schema = TRY(parse_facts(folder.facts));
  ReaderOptions options;
  options.bad_rows = request.skip_bad_rows ? models::BadRows::skip : models::BadRows::refuse;
  call.progress.step("reading the applications", 0, 0);
  auto reader = TRY(ApplicationReader::open(TRY(models::open_file(request.applications)), mapping, schema, options));
  const auto training = TRY(training_table(reader, schema));
  models::TrainRequest plan = training_request(mapping, training.table);
  plan.name = folder.product.name + " pd";
  if (request.model) plan.kind = kind_of(*request.model);
  if (request.train_share) plan.train_share = request.train_share->as_double();
  if (request.seed) plan.seed = static_cast<uint64_t>(*request.seed);
  call.progress.step("training", 0, 0);
  const auto trained = TRY(models::train(plan));
  return TrainAnswer{TRY(needs.kernel.put_artefact("model", trained.model.bytes())), trained.model.card()};
}

struct ProposeRequest {
  std::string folder, author, out, conditions;
  std::vector<std::string> model;
  int valid_days = 365;
};
void fields(Shape& shape, ProposeRequest& request) {
  shape.field(
      "folder", request.folder,
      {.help = "the product's folder: policy.dmn, facts.json, reasons.json, product.json", .min = 1, .max = 4096});
  shape.field(
      "model", request.model,
      {.help = "the model of default to decide with, as 'lending train' or 'model add' named it; NAME=DIGEST for "
               "another that the policy calls 'model:NAME'",
       .optional = true});
  shape.field("author", request.author, {.help = "who proposes; two other people must sign", .min = 1, .max = 64});
  shape.field("out", request.out, {.help = "the permit file to write, for 'permit sign'", .min = 1, .max = 4096});
  shape.field("valid_days", request.valid_days, {.help = "until it expires", .min = 1, .max = 1098, .optional = true});
  shape.field("conditions", request.conditions,
              {.help = "in words, for those who sign", .max = 4096, .optional = true});
}

// "pd" is what a policy calls its model of default.
Result<std::vector<evidence::NamedDigest>> named_models(const std::vector<std::string>& texts) {
  std::vector<evidence::NamedDigest> out;
  Faults faults;
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    const std::string name = equals == std::string::npos ? "pd" : text.substr(0, equals);
    const std::string hex = equals == std::string::npos ? text : text.substr(equals + 1);
    const auto digest = Digest::parse(hex);
    if (!digest) faults.add("model", "expected a digest of 64 hex digits, came '" + hex + "'");
    out.push_back({name, digest.value_or(Digest())});
  }
  TRY(std::move(faults).result());
  return out;
}

Result<evidence::Permit> propose_verb(const VerbNeeds& needs, const ProposeRequest& request) {
  const auto folder = TRY(read_product_folder(needs.files, request.folder));
  evidence::Permit permit;
  permit.manifest = TRY(propose(
      needs.kernel, folder, {TRY(named_models(request.model)), request.author, request.valid_days, request.conditions},
      needs.clock.now()));
  TRY(needs.files.write(request.out, print_json_pretty(puhui::to_json(permit)) + "\n"));
  return permit;
}

}  // namespace

std::vector<Verb> origination_verbs(const VerbNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<ApplyRequest, ApplyAnswer>(
      {.noun = "lending",
       .verb = "apply",
       .help = "Decide on an application; an approval becomes a contract with its money booked.",
       .effect = Effect::write,
       .repeat_key = "application"},
      [needs](const VerbCall& call, const ApplyRequest& request) { return apply(*needs, call, request); }, tell));
  verbs.push_back(make_verb<FactsRequest, evidence::FactSchema>(
      {.noun = "lending", .verb = "facts", .help = "List the facts a product's applications are decided on."},
      [needs](const VerbCall&, const FactsRequest& request) -> Result<evidence::FactSchema> {
        return TRY(needs->origination.offerings(request.product)).version->facts();
      }));
  verbs.push_back(make_verb<TrainVerbRequest, TrainAnswer>(
      {.noun = "lending",
       .verb = "train",
       .help = "Train a model of default on applications with known ends and keep it in the store.",
       .effect = Effect::write,
       .repeat_key = "",
       .local_only = true},
      [needs](const VerbCall& call, const TrainVerbRequest& request) { return train(*needs, call, request); }));
  verbs.push_back(make_verb<ProposeRequest, evidence::Permit>(
      {.noun = "lending",
       .verb = "propose",
       .help = "Write a permit file for a product's policy and model, for two people to sign.",
       .effect = Effect::write,
       .repeat_key = "",
       .local_only = true},
      [needs](const VerbCall&, const ProposeRequest& request) { return propose_verb(*needs, request); }));
  return verbs;
}

}  // namespace puhui::lending
