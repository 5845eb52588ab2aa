#include "infrastructure/workbench/draft_verbs.h"

#include "infrastructure/workbench/recorded_backtest.h"
#include "infrastructure/workbench/trial.h"

namespace puhui::workbench {

namespace {

constexpr int64_t kValidDaysMax = 3660;
constexpr int64_t kDayUs = 86'400'000'000;

void use_case_field(Shape& shape, std::string& use_case) {
  shape.field(
      "use_case", use_case,
      {.help = "with its scope", .min = 1, .max = kDraftNameBytesMax, .example = "lending.approval/person_revolving"});
}

void revision_field(Shape& shape, int64_t& revision) {
  shape.field("revision", revision, {.help = "the one you have open; conflict when another was saved since", .min = 1});
}

Result<Draft> stored_draft(const DraftVerbNeeds& needs, const Id128& id) {
  std::optional<Draft> draft;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    draft = TRY(read_draft(reader, id));
    return {};
  }));
  return *std::move(draft);
}

// ---- base: what a draft begins with

struct BaseRequest {
  std::string use_case;
};
void fields(Shape& shape, BaseRequest& request) { use_case_field(shape, request.use_case); }

struct BaseAnswer {
  std::string use_case, name, policy, conditions, author;
  Digest permit, policy_digest;
  Timestamp made_at, expires_at;
  std::vector<evidence::FactSpec> facts;
  std::vector<evidence::Threshold> thresholds;
  std::vector<evidence::NamedDigest> artefacts;
  std::vector<std::string> signed_by;
};
void fields(Shape& shape, BaseAnswer& answer) {
  shape.field("use_case", answer.use_case);
  shape.field("name", answer.name, {.help = "the policy's own"});
  shape.field("policy", answer.policy, {.help = "the DMN that decides now"});
  shape.field("policy_digest", answer.policy_digest, {.help = "SHA-256 of it"});
  shape.field("permit", answer.permit, {.help = "SHA-256 of its manifest"});
  shape.field("author", answer.author, {.help = "who proposed it"});
  shape.field("signed_by", answer.signed_by, {.help = "who said yes"});
  shape.field("made_at", answer.made_at);
  shape.field("expires_at", answer.expires_at, {.help = "from when on it decides no more"});
  shape.field("conditions", answer.conditions, {.help = "in words", .optional = true});
  shape.field("facts", answer.facts, {.help = "what is known when it decides"});
  shape.field("thresholds", answer.thresholds, {.help = "numbers the policy reads that the permit fixes"});
  shape.field("artefacts", answer.artefacts, {.help = "what the permit names, models among them"});
}

Result<BaseAnswer> base(const DraftVerbNeeds& needs, const BaseRequest& request) {
  const auto champion = TRY(needs.kernel.in_force(request.use_case));
  const evidence::Manifest& manifest = champion->permit().manifest;
  const Digest* policy = manifest.artefact(kernel::kPolicyArtefact);
  if (policy == nullptr) return fail(ErrorCode::corrupt, "permit", "names no policy");
  BaseAnswer answer;
  answer.use_case = manifest.use_case;
  answer.name = champion->policy().name();
  answer.policy = TRY(needs.kernel.artefact(*policy));
  answer.policy_digest = *policy;
  answer.permit = champion->digest();
  answer.author = manifest.author;
  for (const evidence::Approval& approval : champion->permit().approvals) answer.signed_by.push_back(approval.person);
  answer.made_at = manifest.made_at;
  answer.expires_at = manifest.expires_at;
  answer.conditions = manifest.conditions;
  answer.facts = champion->facts().facts;
  answer.thresholds = manifest.thresholds;
  answer.artefacts = manifest.artefacts;
  return answer;
}

// ---- save, open, list, drop

struct SaveRequest {
  std::optional<Id128> id;
  std::optional<int64_t> revision;
  Draft draft;
};
void fields(Shape& shape, SaveRequest& request) {
  shape.field("id", request.id, {.help = "of a draft that is there; absent: a new one"});
  shape.field("revision", request.revision,
              {.help = "with id: the one you have open; conflict when another was saved since", .min = 1});
  draft_content_fields(shape, request.draft);
}

Result<Draft> save(const DraftVerbNeeds& needs, const VerbCall& call, const SaveRequest& request) {
  if (request.id.has_value() != request.revision.has_value()) {
    return fail(ErrorCode::invalid, "revision", "expected id and revision together, came one of them");
  }
  Draft draft = request.draft;
  draft.id = request.id.value_or(Id128{});
  draft.revision = request.revision.value_or(0);
  draft.saved_by = call.caller.name;
  draft.saved_at = needs.clock.now();
  Draft saved;
  TRY(needs.store.write([&](Transaction& tx) -> Result<void> {
    saved = TRY(save_draft(tx, draft));
    return {};
  }));
  return saved;
}

struct OpenRequest {
  Id128 id;
};
void fields(Shape& shape, OpenRequest& request) { shape.field("id", request.id, {.help = "the draft's"}); }

struct ListRequest {
  std::optional<std::string> use_case, after;
  int64_t limit = 50;
};
void fields(Shape& shape, ListRequest& request) {
  shape.field("use_case", request.use_case, {.help = "only those for it", .max = kDraftNameBytesMax});
  shape.field("limit", request.limit, {.help = "at most so many", .min = 1, .max = 1000, .optional = true});
  shape.field("after", request.after, {.help = "the 'next' of the page before", .max = 128});
}

struct ListAnswer {
  std::vector<DraftEntry> drafts;
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, ListAnswer& answer) {
  shape.field("drafts", answer.drafts, {.help = "the last saved first"});
  shape.field("next", answer.next, {.help = "give it as 'after' for the next page"});
  shape.field("at", answer.at, {.help = "when this was asked"});
}

Result<ListAnswer> list(const DraftVerbNeeds& needs, const ListRequest& request) {
  ListAnswer answer;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    DraftPage page = TRY(list_drafts(reader, request.use_case, static_cast<size_t>(request.limit), request.after));
    answer.drafts = std::move(page.drafts);
    answer.next = std::move(page.next);
    return {};
  }));
  answer.at = needs.clock.now();
  return answer;
}

struct DropRequest {
  Id128 id;
  int64_t revision = 0;
};
void fields(Shape& shape, DropRequest& request) {
  shape.field("id", request.id, {.help = "the draft's"});
  revision_field(shape, request.revision);
}

// ---- eval, test: the draft as it would run

// A policy to try: a stored draft, or the text of one that is still open.
struct TriedPolicy {
  std::optional<Id128> id;
  std::optional<std::string> policy, use_case;
};
void fields_of_tried(Shape& shape, TriedPolicy& tried) {
  shape.field("id", tried.id, {.help = "a stored draft; else policy and use_case"});
  shape.field("policy", tried.policy, {.help = "the DMN itself", .min = 1, .max = kDraftPolicyBytesMax});
  shape.field("use_case", tried.use_case,
              {.help = "whose models, thresholds and facts it is tried with", .min = 1, .max = kDraftNameBytesMax});
}

Result<Draft> draft_of(const DraftVerbNeeds& needs, const TriedPolicy& tried) {
  if (tried.id) {
    Draft draft = TRY(stored_draft(needs, *tried.id));
    if (tried.policy) draft.policy = *tried.policy;
    return draft;
  }
  if (!tried.policy || !tried.use_case) {
    return fail(ErrorCode::invalid, "id", "expected a draft's id, or policy and use_case together");
  }
  Draft draft;
  draft.use_case = *tried.use_case;
  draft.policy = *tried.policy;
  return draft;
}

struct Tried {
  Draft draft;
  std::shared_ptr<const kernel::Version> champion;
  std::unique_ptr<const LoadedPolicy> loaded;
  PolicySource source;
};

Result<Tried> tried_of(const DraftVerbNeeds& needs, const VerbCall& call, const TriedPolicy& request) {
  Tried out;
  out.draft = TRY(draft_of(needs, request));
  out.champion = TRY(needs.kernel.in_force(out.draft.use_case));
  out.source = TRY(trial_source(needs.kernel, *out.champion, out.draft.policy));
  auto loaded = LoadedPolicy::load(call, out.source);
  if (!loaded) return fail(at("policy", std::move(loaded).error()));
  out.loaded = *std::move(loaded);
  return out;
}

struct DraftEvalRequest {
  TriedPolicy tried;
  std::vector<std::string> decision;
  Json input = Json::Object{};
};
void fields(Shape& shape, DraftEvalRequest& request) {
  fields_of_tried(shape, request.tried);
  shape.field("decision", request.decision, {.help = "which to evaluate; all when none is named", .optional = true});
  shape.field("input", request.input,
              {.help = "facts by name; thresholds are the champion's unless given", .example = R"({"income": 4000})"});
}

Result<EvalAnswer> eval(const DraftVerbNeeds& needs, const VerbCall& call, const DraftEvalRequest& request) {
  const Tried tried = TRY(tried_of(needs, call, request.tried));
  EvalRequest eval;
  eval.source = tried.source;
  eval.decision = request.decision;
  eval.input =
      request.input.object() ? trial_input(*tried.champion, tried.loaded->policy(), request.input) : request.input;
  eval.explain = true;
  return evaluate(call, eval, needs.clock.now());
}

struct DraftTestRequest {
  TriedPolicy tried;
  std::optional<std::vector<DraftCase>> cases;
};
void fields(Shape& shape, DraftTestRequest& request) {
  fields_of_tried(shape, request.tried);
  shape.field("cases", request.cases, {.help = "instead of the stored draft's", .max = kDraftCasesMax});
}

Result<CaseReport> test_cases(const DraftVerbNeeds& needs, const VerbCall& call, const DraftTestRequest& request) {
  const Tried tried = TRY(tried_of(needs, call, request.tried));
  return run_draft_cases(tried.loaded->policy(), *tried.champion, request.cases.value_or(tried.draft.cases),
                         needs.clock.now());
}

// ---- backtest

struct BacktestDraftRequest {
  TriedPolicy tried;
  RecordedBacktestRequest history;
};
void fields(Shape& shape, BacktestDraftRequest& request) {
  fields_of_tried(shape, request.tried);
  RecordedBacktestRequest& history = request.history;
  shape.field("from", history.from, {.help = "decisions from this moment on; all when absent"});
  shape.field("to", history.to, {.help = "and before this one"});
  shape.field("outcome", history.outcome,
              {.help = "the late outcome that counts as bad", .min = 1, .max = 64, .optional = true});
  shape.field("segment", history.segment,
              {.help = "a fact that is not personal, or a decision of the champion, to report by",
               .max = kRecordedSegmentsMax,
               .optional = true});
  shape.field("limit", history.limit,
              {.help = "evidence records walked in this step", .min = 1, .max = kRecordedStepMax, .optional = true});
  shape.field("after", history.after, {.help = "the 'next' of the step before", .max = 32});
}

Result<RecordedBacktestAnswer> backtest_draft(const DraftVerbNeeds& needs, const VerbCall& call,
                                              const BacktestDraftRequest& request) {
  Draft draft = TRY(draft_of(needs, request.tried));
  RecordedBacktestRequest history = request.history;
  history.policy = std::move(draft.policy);
  history.use_case = std::move(draft.use_case);
  return recorded_backtest({needs.store, needs.evidence, needs.kernel, needs.clock}, call.progress, history);
}

// ---- manifest

struct ManifestRequest {
  Id128 id;
  int64_t revision = 0;
  std::vector<evidence::Threshold> thresholds;
  std::vector<evidence::NamedDigest> models;
  std::string conditions;
  int64_t valid_days = 365;
};
void fields(Shape& shape, ManifestRequest& request) {
  shape.field("id", request.id, {.help = "the draft's"});
  revision_field(shape, request.revision);
  shape.field("thresholds", request.thresholds,
              {.help = "other values than the champion's, by name", .max = 100, .optional = true});
  shape.field("models", request.models,
              {.help = "other models than the champion's: 'model:pd' and the SHA-256 of one that is stored",
               .max = 100,
               .optional = true});
  shape.field("conditions", request.conditions,
              {.help = "in words, for those who sign", .max = 4096, .optional = true});
  shape.field("valid_days", request.valid_days,
              {.help = "days until it expires", .min = 1, .max = kValidDaysMax, .optional = true});
}

struct ManifestAnswer {
  evidence::Manifest manifest;
  Digest permit, champion;
};
void fields(Shape& shape, ManifestAnswer& answer) {
  shape.field("manifest", answer.manifest, {.help = "what 'proposal submit' takes and people sign"});
  shape.field("permit", answer.permit, {.help = "SHA-256 of the manifest: the permit's name"});
  shape.field("champion", answer.champion, {.help = "the permit it was made from"});
}

// Changes only what is there: a threshold or model the champion does not have is a spelling mistake more often.
Result<void> change(evidence::Manifest& manifest, const ManifestRequest& request) {
  Faults faults;
  for (const evidence::Threshold& wanted : request.thresholds) {
    const auto there = std::ranges::find(manifest.thresholds, wanted.name, &evidence::Threshold::name);
    if (there == manifest.thresholds.end()) {
      faults.add("thresholds", "the champion has no threshold '" + wanted.name + "'");
    } else {
      there->value = wanted.value;
    }
  }
  for (const evidence::NamedDigest& wanted : request.models) {
    const auto there = std::ranges::find(manifest.artefacts, wanted.name, &evidence::NamedDigest::name);
    if (!wanted.name.starts_with(kernel::kModelPrefix) || there == manifest.artefacts.end()) {
      faults.add("models", "the champion has no '" + wanted.name + "'; expected one of its models, as 'model:pd'");
    } else {
      there->digest = wanted.digest;
    }
  }
  return std::move(faults).result();
}

Result<ManifestAnswer> manifest_of(const DraftVerbNeeds& needs, const VerbCall& call, const ManifestRequest& request) {
  const Draft draft = TRY(stored_draft(needs, request.id));
  if (draft.revision != request.revision) {
    return fail(ErrorCode::conflict, "revision",
                "'" + draft.name + "' was saved by " + draft.saved_by + " as revision " +
                    std::to_string(draft.revision) + ", you had revision " + std::to_string(request.revision) +
                    " open; look at theirs before it goes to those who sign");
  }
  const auto champion = TRY(needs.kernel.in_force(draft.use_case));
  ManifestAnswer answer;
  answer.champion = champion->digest();
  evidence::Manifest& manifest = answer.manifest;
  manifest = champion->permit().manifest;
  TRY(change(manifest, request));
  const Digest policy = TRY(needs.kernel.put_artefact(kernel::kPolicyArtefact, draft.policy));
  for (evidence::NamedDigest& named : manifest.artefacts) {
    if (named.name == kernel::kPolicyArtefact) named.digest = policy;
  }
  manifest.build = needs.kernel.build();
  manifest.author = call.caller.name;
  manifest.made_at = needs.clock.now();
  manifest.expires_at = {manifest.made_at.microseconds + request.valid_days * kDayUs};
  manifest.conditions = request.conditions;
  // Nobody is asked to sign what could not run.
  TRY(needs.kernel.rehearse(manifest));
  answer.permit = manifest.digest();
  return answer;
}

}  // namespace

std::vector<Verb> draft_verbs(const DraftVerbNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<BaseRequest, BaseAnswer>(
      {.noun = "draft",
       .verb = "base",
       .help = "Show the policy that decides a use case now, with its facts and thresholds: what a draft begins with."},
      [needs](const VerbCall&, const BaseRequest& request) { return base(*needs, request); }));
  verbs.push_back(make_verb<SaveRequest, Draft>(
      {.noun = "draft",
       .verb = "save",
       .help = "Keep a policy that is being written, with its cases; over a newer revision than yours it is refused.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const SaveRequest& request) { return save(*needs, call, request); }));
  verbs.push_back(make_verb<OpenRequest, Draft>(
      {.noun = "draft", .verb = "open", .help = "Show a stored draft whole."},
      [needs](const VerbCall&, const OpenRequest& request) { return stored_draft(*needs, request.id); }));
  verbs.push_back(make_verb<ListRequest, ListAnswer>(
      {.noun = "draft", .verb = "list", .help = "List the stored drafts, the last saved first."},
      [needs](const VerbCall&, const ListRequest& request) { return list(*needs, request); }));
  verbs.push_back(make_verb<DropRequest, DropRequest>(
      {.noun = "draft", .verb = "drop", .help = "Throw a stored draft away.", .effect = Effect::write},
      [needs](const VerbCall&, const DropRequest& request) -> Result<DropRequest> {
        TRY(needs->store.write([&](Transaction& tx) { return drop_draft(tx, request.id, request.revision); }));
        return request;
      }));
  // Trying sends a policy along, which no URL holds: these two and the back-test are asked by POST though they change
  // nothing.
  verbs.push_back(make_verb<DraftEvalRequest, EvalAnswer>(
      {.noun = "draft",
       .verb = "eval",
       .help =
           "Evaluate a draft on facts, with the models and thresholds of its use case, and tell why it came out so."},
      [needs](const VerbCall& call, const DraftEvalRequest& request) { return eval(*needs, call, request); }, tell));
  verbs.push_back(make_verb<DraftTestRequest, CaseReport>(
      {.noun = "draft", .verb = "test", .help = "Run a draft's cases and name the rules that none of them hit."},
      [needs](const VerbCall& call, const DraftTestRequest& request) { return test_cases(*needs, call, request); }));
  verbs.push_back(make_verb<BacktestDraftRequest, RecordedBacktestAnswer>(
      {.noun = "draft",
       .verb = "backtest",
       .help = "Take recorded decisions again by a draft and by the champion: who is swapped in and out, and why."},
      [needs](const VerbCall& call, const BacktestDraftRequest& request) {
        return backtest_draft(*needs, call, request);
      }));
  verbs.push_back(make_verb<ManifestRequest, ManifestAnswer>(
      {.noun = "draft",
       .verb = "manifest",
       .help = "Make of a draft the manifest that people sign: the champion's, with this policy in its place.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const ManifestRequest& request) { return manifest_of(*needs, call, request); }));
  return verbs;
}

}  // namespace puhui::workbench
