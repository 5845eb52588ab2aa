#include "infrastructure/kernel/decision_view.h"

#include "ground/base/log.h"
#include "infrastructure/kernel/decision.h"

namespace puhui::kernel {

static void fields(Shape& shape, NamedText& named) {
  shape.field("name", named.name, {.help = "as the policy calls it"});
  shape.field("value", named.value, {.help = "'absent' when there was none", .personal = true});
}

static void fields(Shape& shape, ReasonView& reason) {
  shape.field("code", reason.code, {.help = "stable code"});
  shape.field("source", reason.source, {.help = "policy or model"});
  shape.field("en", reason.en, {.help = "to read out, in English"});
  shape.field("zh", reason.zh, {.help = "to read out, in Chinese"});
  shape.field("amount", reason.amount, {.help = "of a model: points lost, or millionths of the log-odds added"});
}

static void fields(Shape& shape, ModelView& model) {
  shape.field("name", model.name, {.help = "as the policy calls it"});
  shape.field("digest", model.digest, {.help = "SHA-256 of the model"});
  shape.field("probability", model.probability, {.help = "that it goes bad"});
  shape.field("score", model.score, {.help = "points: more is better"});
}

void fields(Shape& shape, DecisionView& view) {
  shape.field("id", view.id, {.help = "of the record"});
  shape.field("at", view.at, {.help = "when it was decided"});
  shape.field("use_case", view.use_case, {.help = "what kind of judgement"});
  shape.field("outcome", view.outcome, {.help = "approve, refuse or refer"});
  shape.field("reasons", view.reasons, {.help = "most important first"});
  shape.field("outputs", view.outputs, {.help = "what the policy decided on the way"});
  shape.field("models", view.models, {.help = "the models it called"});
  shape.field("rules_hit", view.rules_hit, {.help = "decision table rules, in the order they fired"});
  shape.field("facts", view.facts, {.help = "what it was decided on"});
  shape.field("facts_state", view.facts_state, {.help = "kept, or erased by retention"});
  shape.field("entity", view.entity, {.help = "whom it is about"});
  shape.field("caller", view.caller, {.help = "who asked"});
  shape.field("human", view.human, {.help = "who else had a say"});
  shape.field("cpu_us", view.cpu_us, {.help = "processor time of policy and models, microseconds"});
  shape.field("overhead_us", view.overhead_us, {.help = "of kernel and evidence beside them, microseconds"});
  shape.field("permit", view.permit, {.help = "which permit let it run"});
  shape.field("link", view.link, {.help = "its link of the evidence chain"});
}

namespace {

void add_facts(const evidence::StoredRecord& record, const Version& version, PersonalFacts personal,
               const evidence::FactsPayload& payload, DecisionView& view) {
  const auto& specs = version.facts().facts;
  for (size_t i = 0; i < std::min(specs.size(), payload.facts.size()); ++i) {
    std::string value = evidence::text_of(payload.facts[i]);
    if (specs[i].sealed) {
      value = "sealed";
    } else if (specs[i].personal && personal == PersonalFacts::masked) {
      value = masked(value);
    }
    view.facts.push_back({specs[i].name, std::move(value)});
  }
  view.facts_state = record.facts ? "kept" : "erased by retention";
}

// A policy may hand a personal fact on under another name ("Income basis"): masked is masked there too.
void mask_repeated_facts(const Version& version, const evidence::FactsPayload& payload, DecisionView& view) {
  const auto& specs = version.facts().facts;
  for (size_t i = 0; i < std::min(specs.size(), payload.facts.size()); ++i) {
    const evidence::FactValue& fact = payload.facts[i];
    const auto* number = std::get_if<evidence::Number>(&fact);
    const bool tells = std::holds_alternative<std::string>(fact) || (number && number->text().size() > 2);
    if (!specs[i].personal || !tells) continue;
    for (NamedText& output : view.outputs) {
      if (output.value == evidence::text_of(fact)) output.value = masked(output.value);
    }
  }
}

}  // namespace

Result<DecisionView> view_of(const evidence::StoredRecord& record, const Version& version, PersonalFacts personal) {
  const auto judgement = TRY(evidence::decode_judgement(record.judgement));
  const auto circumstances = TRY(evidence::decode_circumstances(record.circumstances));
  DecisionView view;
  view.id = record.id;
  view.at = circumstances.at;
  view.use_case = judgement.use_case;
  view.outcome = outcome_of(judgement);
  view.human = names_of(&circumstances.human)[static_cast<size_t>(circumstances.human)];
  view.caller = circumstances.caller;
  view.entity = circumstances.entity;
  for (const evidence::Reason& reason : judgement.reasons) {
    const ReasonText* text = version.reasons().find(reason.code);
    view.reasons.push_back({reason.code, std::string(names_of(&reason.source)[static_cast<size_t>(reason.source)]),
                            text ? text->en : "missing", text ? text->zh : "missing", reason.amount});
  }
  for (const evidence::Output& output : judgement.outputs)
    view.outputs.push_back({output.name, evidence::text_of(output.value)});
  for (const evidence::ModelScore& model : judgement.models) {
    const Digest* digest = version.permit().manifest.artefact(std::string(kModelPrefix) + model.name);
    view.models.push_back({model.name, digest ? digest->hex() : "missing", Rate{model.probability_ppb}, model.score});
  }
  const auto rules = version.policy().rules();
  for (const uint32_t rule : judgement.rules_hit) {
    if (rule < rules.size())
      view.rules_hit.push_back(rules[rule].owner + ", rule " + std::to_string(rules[rule].number));
  }
  evidence::FactsPayload payload;
  if (record.facts) payload = TRY(evidence::decode_facts(*record.facts));
  add_facts(record, version, personal, payload, view);
  if (personal == PersonalFacts::masked) mask_repeated_facts(version, payload, view);
  view.permit = judgement.permit;
  view.link = record.link;
  view.cpu_us = circumstances.cpu_ns / 1000;
  view.overhead_us = circumstances.overhead_ns / 1000;
  return view;
}

std::string tell(const DecisionView& view) {
  std::string out = view.outcome + "   " + view.use_case + "   " + text_of(view.at) + "\n";
  const auto section = [&](std::string_view title) { out += "\n" + std::string(title) + "\n"; };
  const auto line = [&](std::string_view name, std::string_view value) {
    constexpr size_t kNameColumn = 34;
    out += "  " + std::string(name) + std::string(name.size() < kNameColumn ? kNameColumn - name.size() : 1, ' ') +
           std::string(value) + "\n";
  };
  if (!view.reasons.empty()) section("Why");
  for (const ReasonView& reason : view.reasons) {
    out += "  - " + reason.en + (reason.amount != 0 ? "  (" + std::to_string(reason.amount) + ")" : "") + "\n    " +
           reason.zh + "\n";
  }
  section("What the policy decided");
  for (const NamedText& output : view.outputs) line(output.name, output.value);
  for (const ModelView& model : view.models) {
    line("model " + model.name,
         model.probability.percent() + " likely to go bad, " + std::to_string(model.score) + " points");
  }
  if (!view.rules_hit.empty()) section("Rules that fired");
  for (const std::string& rule : view.rules_hit) out += "  " + rule + "\n";
  section("Facts (" + view.facts_state + ")");
  for (const NamedText& fact : view.facts) line(fact.name, fact.value);
  section("Evidence");
  line("record", view.id.text());
  line("permit", view.permit.hex());
  line("link", view.link.hex());
  line("cost", std::to_string(view.cpu_us) + " us of processor time, " + std::to_string(view.overhead_us) +
                   " us for the evidence");
  return out;
}

}  // namespace puhui::kernel
