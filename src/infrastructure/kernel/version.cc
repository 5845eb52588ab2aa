#include "infrastructure/kernel/version.h"

#include "ground/base/check.h"
#include "infrastructure/kernel/predictor_call.h"
#include "infrastructure/kernel/routing.h"

namespace puhui::kernel {

using evidence::FactType;
using evidence::FactValue;
using evidence::Number;

// The models of one version, found by the name a business knowledge model gives.
class Version::ModelFunctions final : public dmn::Functions {
 public:
  void add(const std::string& name, size_t place, const NamedModel& model) {
    if (model.model) {
      functions_.emplace(name, std::make_unique<ModelFunction>(name, place, model.model));
    } else {
      functions_.emplace(name, std::make_unique<PredictorFunction>(name, model.predictor, place));
    }
  }
  const dmn::HostFunction* find_model(std::string_view, std::string_view model) const override {
    const auto found = functions_.find(model);
    return found == functions_.end() ? nullptr : found->second.get();
  }

 private:
  std::map<std::string, std::unique_ptr<const dmn::HostFunction>, std::less<>> functions_;
};

Version::~Version() = default;

namespace {

feel::Value value_of(const FactValue& fact) {
  struct Converter {
    feel::Value operator()(std::monostate) const { return feel::Value::missing(); }
    feel::Value operator()(bool v) const { return feel::Value::boolean(v); }
    feel::Value operator()(const Number& v) const {
      return feel::Value::number(feel::Decimal::scaled(v.coefficient, -v.places));
    }
    feel::Value operator()(const std::string& v) const { return feel::Value::string(v); }
    feel::Value operator()(Date v) const { return feel::Value::date(v); }
  };
  return std::visit(Converter{}, fact);
}

feel::Kind kind_of(FactType type) {
  switch (type) {
    case FactType::boolean: return feel::Kind::boolean;
    case FactType::number: return feel::Kind::number;
    case FactType::text: return feel::Kind::string;
    case FactType::date: return feel::Kind::date;
  }
  return feel::Kind::null;
}

// A number leaves the policy with at most nine decimals, as rates do: half-even, so evidence stays fixed-point.
std::optional<Number> outgoing(const feel::Decimal& decimal) {
  constexpr int kPlaces = 9;
  const auto rounded = feel::round_to(decimal, kPlaces, feel::RoundingMode::half_even);
  return rounded ? Number::parse(rounded->text()) : std::nullopt;
}

// Scalars only: a list or a context is an intermediate result, and its parts show in what follows from it.
std::optional<FactValue> scalar(const feel::Value& value) {
  switch (value.kind()) {
    case feel::Kind::null: return FactValue();
    case feel::Kind::boolean: return FactValue(value.as_boolean());
    case feel::Kind::string: return FactValue(std::string(value.as_string()));
    case feel::Kind::number:
      if (const auto number = outgoing(value.as_number())) return FactValue(*number);
      return FactValue(value.as_number().text());
    default: return std::nullopt;
  }
}

Result<evidence::FactSchema> parse_facts(std::string_view json) {
  auto facts = TRY(read_json<evidence::FactSchema>(TRY(parse_json(json))));
  TRY(facts.check());
  return facts;
}

}  // namespace

Result<std::shared_ptr<const Version>> Version::load(const evidence::Permit& permit, ArtefactSource& artefacts,
                                                     CpuAccount* account) {
  std::shared_ptr<Version> version(new Version);
  version->account_ = account;
  version->permit_ = permit;
  version->digest_ = permit.manifest.digest();
  const auto named = [&](std::string_view name) -> Result<std::string> {
    const Digest* digest = permit.manifest.artefact(name);
    if (!digest) return fail(ErrorCode::invalid, "artefacts", "the manifest names no '" + std::string(name) + "'");
    return artefacts.artefact(*digest);
  };
  auto facts = parse_facts(TRY(named(kFactsArtefact)));
  if (!facts) return fail(at(kFactsArtefact, std::move(facts).error()));
  version->facts_ = *std::move(facts);
  auto reasons = ReasonCatalogue::parse(TRY(named(kReasonsArtefact)));
  if (!reasons) return fail(at(kReasonsArtefact, std::move(reasons).error()));
  version->reasons_ = *std::move(reasons);
  TRY(version->load_models(artefacts));
  TRY(version->load_policy(artefacts));
  TRY(version->connect_inputs());
  TRY(version->connect_exploration());
  TRY(version->check_asked_facts());
  TRY(version->check_reasons());
  return std::shared_ptr<const Version>(std::move(version));
}

namespace {

// Our own kind is scored and explained as such; what was brought from elsewhere as its file says.
Result<Version::NamedModel> model_of(const std::string& name, const std::string& bytes) {
  if (auto own = models::Model::parse(bytes)) {
    return Version::NamedModel{name, std::make_shared<const models::Model>(*std::move(own)), nullptr};
  }
  auto predictor = TRY(models::Predictor::parse(bytes));
  return Version::NamedModel{name, nullptr, std::make_shared<const models::Predictor>(std::move(predictor))};
}

}  // namespace

Result<void> Version::load_models(ArtefactSource& artefacts) {
  functions_ = std::make_unique<ModelFunctions>();
  for (const evidence::NamedDigest& named : permit_.manifest.artefacts) {
    if (!named.name.starts_with(kModelPrefix)) continue;
    const std::string name = named.name.substr(kModelPrefix.size());
    auto model = model_of(name, TRY(artefacts.artefact(named.digest)));
    if (!model) return fail(at(named.name, std::move(model).error()));
    functions_->add(name, models_.size(), *model);
    models_.push_back(*std::move(model));
  }
  return {};
}

Result<void> Version::load_policy(ArtefactSource& artefacts) {
  const Digest* digest = permit_.manifest.artefact(kPolicyArtefact);
  if (!digest) return fail(ErrorCode::invalid, "artefacts", "the manifest names no 'policy'");
  auto compiled = dmn::Policy::compile(TRY(artefacts.artefact(*digest)), *functions_);
  if (!compiled) return fail(at("policy", std::move(compiled).error()));
  policy_.emplace(*std::move(compiled));
  Faults faults;
  const auto find = [&](std::string_view name) -> size_t {
    const auto found = policy_->decision(name);
    if (!found) faults.add("policy", "has no decision '" + std::string(name) + "'; every policy must decide it");
    return found.value_or(0);
  };
  outcome_ = find(kOutcomeDecision);
  reasons_decision_ = find(kReasonsDecision);
  return std::move(faults).result();
}

Result<void> Version::connect_inputs() {
  Faults faults;
  for (const dmn::Variable& input : policy_->inputs()) {
    Source source;
    const std::string where = "policy input '" + input.name + "'";
    const auto threshold = std::find_if(permit_.manifest.thresholds.begin(), permit_.manifest.thresholds.end(),
                                        [&](const evidence::Threshold& t) { return t.name == input.name; });
    if (threshold != permit_.manifest.thresholds.end()) {
      const auto number = feel::Decimal::parse(threshold->value);
      if (!number) faults.add(where, "its threshold '" + threshold->value + "' is no number");
      source.threshold = feel::Value::number(number.value_or(feel::Decimal()));
    } else if (const auto fact = facts_.find(input.name)) {
      const evidence::FactSpec& spec = facts_.facts[*fact];
      source.is_fact = true;
      source.fact = *fact;
      if (spec.sealed) faults.add(where, "is a sealed fact; no policy may read it");
      if (input.kind != feel::Kind::null && input.kind != kind_of(spec.type)) {
        faults.add(where, "is a " + std::string(feel::name_of(input.kind)) + ", the fact is a " +
                              std::string(names_of(&spec.type)[static_cast<size_t>(spec.type)]));
      }
    } else {
      faults.add(where, "is neither a fact nor a threshold of this use case");
    }
    sources_.push_back(source);
  }
  return std::move(faults).result();
}

Result<void> Version::connect_exploration() {
  exploration_fact_ = facts_.find(kExplorationDrawFact);
  if (exploration_fact_ && facts_.facts[*exploration_fact_].type != FactType::number) {
    return fail(ErrorCode::invalid, std::string(kExplorationDrawFact),
                "expected a fact of type number: the kernel fills it");
  }
  for (const evidence::Threshold& threshold : permit_.manifest.thresholds) {
    if (threshold.name != kExplorationDailyMaxThreshold) continue;
    const auto number = Number::parse(threshold.value);
    if (!number || number->places != 0 || number->coefficient < 0) {
      return fail(ErrorCode::invalid, threshold.name,
                  "expected a whole number of decisions a day, came '" + threshold.value + "'");
    }
    exploration_daily_max_ = number->coefficient;
  }
  return {};
}

// What a partner is asked for must be what a federated model of this permit waits for.
Result<void> Version::check_asked_facts() const {
  Faults faults;
  for (const evidence::FactSpec& spec : facts_.facts) {
    if (!spec.asked) continue;
    const auto named = std::ranges::find(models_, spec.asked->model, &NamedModel::name);
    if (named == models_.end() || !named->predictor || named->predictor->peers().empty()) {
      faults.add(spec.name + "/asked/model",
                 "expected a federated model of this permit, came '" + spec.asked->model + "'");
    } else if (std::ranges::find(named->predictor->peers(), spec.asked->party, &models::PredictorPeer::party) ==
               named->predictor->peers().end()) {
      faults.add(spec.name + "/asked/party",
                 "the model '" + named->name + "' asks no party '" + spec.asked->party + "'");
    }
  }
  return std::move(faults).result();
}

Result<void> Version::check_reasons() const {
  Faults faults;
  for (const NamedModel& named : models_) {
    if (!named.model) continue;  // its reasons are codes, which the policy passes on
    for (const std::string& feature : named.model->features()) {
      if (!reasons_.find("feature:" + feature)) {
        faults.add("reasons", "have no sentence for 'feature:" + feature + "' of model '" + named.name +
                                  "'; a refused person must be told in words");
      }
    }
  }
  return std::move(faults).result();
}

Result<evidence::Judgement> Version::judge(std::span<const FactValue> facts, Workspace& workspace) const {
  CHECK(facts.size() == facts_.facts.size(), "facts come in the order of their schema");
  ModelTrace& trace = workspace.trace_;
  trace.clear_all();
  workspace.inputs_.clear();
  for (size_t i = 0; i < sources_.size(); ++i) workspace.inputs_.push_back(input_of(i, facts));
  const auto values = policy_->evaluate(workspace.inputs_, workspace.scratch_, &trace);
  return judgement_of(values, trace, trace.hits);
}

feel::Value Version::input_of(size_t input, std::span<const FactValue> facts) const {
  const Source& source = sources_[input];
  return source.is_fact ? value_of(facts[source.fact]) : source.threshold;
}

Result<evidence::Judgement> Version::judgement_of(std::span<const feel::Value> values, const ModelTrace& trace,
                                                  std::span<const uint32_t> rules_hit) const {
  const feel::Value& outcome = values[outcome_];
  if (!outcome.is_string()) {
    const std::string cause =
        outcome.is_null() ? feel::explain(outcome.cause()) : "it is a " + std::string(feel::name_of(outcome.kind()));
    return fail(ErrorCode::invalid, "Outcome", "the policy came to no outcome: " + cause);
  }
  evidence::Judgement judgement;
  judgement.permit = digest_;
  judgement.use_case = permit_.manifest.use_case;
  const auto decisions = policy_->decisions();
  for (size_t i = 0; i < decisions.size(); ++i) {
    if (i == reasons_decision_) continue;
    if (auto value = scalar(values[i])) judgement.outputs.push_back({decisions[i].name, *std::move(value)});
  }
  for (size_t i = 0; i < trace.models_used; ++i) {
    const ModelTrace::Call& call = trace.models[i];
    judgement.models.push_back({models_[call.model].name, call.score.probability.ppb, call.score.score_points});
  }
  judgement.rules_hit.assign(rules_hit.begin(), rules_hit.end());
  if (outcome.as_string() != kApprove) TRY(add_reasons(values[reasons_decision_], trace, judgement));
  return judgement;
}

evidence::Judgement Version::referral() const {
  evidence::Judgement out;
  out.permit = digest_;
  out.use_case = permit_.manifest.use_case;
  out.outputs.push_back({std::string(kOutcomeDecision), std::string(kRefer)});
  out.reasons.push_back({std::string(kStoppedReason), evidence::ReasonSource::policy, 0});
  return out;
}

Result<void> Version::add_reasons(const feel::Value& listed, const ModelTrace& trace,
                                  evidence::Judgement& judgement) const {
  const std::span<const feel::Value> codes =
      listed.kind() == feel::Kind::list ? listed.as_list() : std::span(&listed, 1);
  for (const feel::Value& code : codes) {
    if (!code.is_string()) {
      return fail(ErrorCode::invalid, "Reasons", "expected reason codes as strings, came " + feel::text_of(code));
    }
    const ReasonText* text = reasons_.find(code.as_string());
    if (!text) {
      return fail(ErrorCode::invalid, "Reasons",
                  "the code '" + std::string(code.as_string()) + "' has no sentence in the reasons");
    }
    judgement.reasons.push_back({std::string(code.as_string()), evidence::ReasonSource::policy, 0});
    if (!text->explained_by.empty()) add_model_reasons(text->explained_by, trace, judgement);
  }
  if (judgement.reasons.empty()) {
    return fail(ErrorCode::invalid, "Reasons",
                "the policy did not approve and gave no reason; a refusal carries its reasons");
  }
  return {};
}

void Version::add_model_reasons(std::string_view model, const ModelTrace& trace, evidence::Judgement& judgement) const {
  for (size_t i = 0; i < trace.models_used; ++i) {
    const ModelTrace::Call& call = trace.models[i];
    const NamedModel& named = models_[call.model];
    if (named.name != model || !named.model) continue;
    for (const models::Reason& reason : named.model->reasons(call.row)) {
      evidence::Reason out{"feature:" + named.model->features()[reason.feature], evidence::ReasonSource::model,
                           reason.adverse};
      if (std::find(judgement.reasons.begin(), judgement.reasons.end(), out) == judgement.reasons.end()) {
        judgement.reasons.push_back(std::move(out));
      }
    }
    return;
  }
}

}  // namespace puhui::kernel
