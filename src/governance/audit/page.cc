#include "governance/audit/page.h"

#include "ground/base/text.h"

namespace puhui::audit {

std::span<const std::string_view> names_of(const Language*) {
  static constexpr std::string_view kNames[] = {"en", "zh"};
  return kNames;
}

void fields(Shape& shape, PageRequest& request) {
  shape.field("id", request.id, {.help = "of the decision's record"});
  shape.field("language", request.language, {.help = "of its sentences; en when absent", .optional = true});
}

void fields(Shape& shape, PageReason& reason) {
  shape.field("code", reason.code, {.help = "stable code"});
  shape.field("source", reason.source, {.help = "policy or model"});
  shape.field("words", reason.words, {.help = "to read out"});
  shape.field("amount", reason.amount, {.help = "of a model: points lost, or millionths of the log-odds added"});
}

void fields(Shape& shape, PageFact& fact) {
  shape.field("name", fact.name, {.help = "as the policy calls it"});
  shape.field("help", fact.help, {.help = "what it means"});
  shape.field("value", fact.value, {.help = "'absent' when there was none", .personal = true});
  shape.field("shown", fact.shown, {.help = "plain; masked: personal, ask for evidence.personal; sealed: for nobody"});
}

void fields(Shape& shape, PageOutput& output) {
  shape.field("name", output.name, {.help = "as the policy calls it"});
  shape.field("value", output.value, {.help = "'absent' when there was none", .personal = true});
}

void fields(Shape& shape, PageRule& rule) {
  shape.field("number", rule.number, {.help = "of the row, from 1"});
  shape.field("cells", rule.cells, {.help = "as its author wrote them: inputs, then outputs"});
  shape.field("hit", rule.hit, {.help = "it fired in this decision"});
}

void fields(Shape& shape, PageTable& table) {
  shape.field("name", table.name, {.help = "the decision it belongs to"});
  shape.field("hit_policy", table.hit_policy, {.help = "UNIQUE, FIRST, COLLECT SUM …"});
  shape.field("inputs", table.inputs, {.help = "what each input column asks"});
  shape.field("outputs", table.outputs, {.help = "names of the output columns"});
  shape.field("rules_total", table.rules_total, {.help = "rows of the table"});
  shape.field("rules", table.rules, {.help = "all rows; of a table above 200 those that fired and their neighbours"});
  shape.field("in_words", table.in_words, {.help = "the rows that fired, in the order they did"});
}

void fields(Shape& shape, PageContribution& contribution) {
  shape.field("feature", contribution.feature, {.help = "as the model calls it"});
  shape.field("words", contribution.words, {.help = "to read out where it weighed against the person; else empty"});
  shape.field("amount", contribution.amount, {.help = "in the model's unit, a whole number"});
}

void fields(Shape& shape, PageModel& model) {
  shape.field("name", model.name, {.help = "as the policy calls it"});
  shape.field("digest", model.digest, {.help = "SHA-256 of the model"});
  shape.field("kind", model.kind, {.help = "scorecard, boosting, or the format it was brought in"});
  shape.field("unit", model.unit, {.help = "points (more is better) or micro_log_odds (more is worse)"});
  shape.field("probability", model.probability, {.help = "that it goes bad"});
  shape.field("score", model.score, {.help = "points: more is better"});
  shape.field("base", model.base, {.help = "base + contributions = total, exactly"});
  shape.field("total", model.total, {.help = "base + contributions, exactly"});
  shape.field("contributions", model.contributions, {.help = "one a feature, in the model's order"});
  shape.field("note", model.note, {.help = "why there are no contributions; else empty"});
}

void fields(Shape& shape, PageSignature& signature) {
  shape.field("person", signature.person, {.help = "who signed"});
  shape.field("at", signature.at, {.help = "when"});
}

void fields(Shape& shape, PagePermit& permit) {
  shape.field("digest", permit.digest, {.help = "SHA-256 of its manifest"});
  shape.field("tier", permit.tier, {.help = "1 high risk, 2 medium, 3 low"});
  shape.field("author", permit.author, {.help = "who proposed it"});
  shape.field("build", permit.build, {.help = "the program it is for"});
  shape.field("conditions", permit.conditions, {.help = "as those read who signed"});
  shape.field("made_at", permit.made_at, {.help = "when it was proposed"});
  shape.field("expires_at", permit.expires_at, {.help = "it decides until then"});
  shape.field("signed_by", permit.signed_by, {.help = "in the order they signed"});
  shape.field("thresholds", permit.thresholds, {.help = "the numbers it lets the policy read"});
}

void fields(Shape& shape, PageShadow& shadow) {
  shape.field("id", shadow.id, {.help = "of its record"});
  shape.field("permit", shadow.permit, {.help = "the challenger's"});
  shape.field("outcome", shadow.outcome, {.help = "what it would have decided"});
  shape.field("reasons", shadow.reasons, {.help = "codes"});
  shape.field("agrees", shadow.agrees, {.help = "the same outcome"});
}

void fields(Shape& shape, PageChain& chain) {
  shape.field("node", chain.node, {.help = "whose chain it lies in"});
  shape.field("number", chain.number, {.help = "its place there, from 1"});
  shape.field("link", chain.link, {.help = "SHA-256 of the link before and of what the record holds"});
  shape.field("link_before", chain.link_before, {.help = "of the record before; absent of the first"});
}

void fields(Shape& shape, PageLabel& label) {
  shape.field("name", label.name, {.help = "what became of it"});
  shape.field("value", label.value, {.help = "1 it happened, 0 it did not"});
  shape.field("known_at", label.known_at, {.help = "when that could first be known"});
}

void fields(Shape& shape, DecisionPage& page) {
  shape.field("id", page.id, {.help = "of the record"});
  shape.field("at", page.at, {.help = "when it was decided"});
  shape.field("use_case", page.use_case, {.help = "what kind of judgement"});
  shape.field("outcome", page.outcome, {.help = "approve, refuse, refer …"});
  shape.field("outcome_words", page.outcome_words, {.help = "the same in words"});
  shape.field("summary", page.summary, {.help = "a paragraph to read out"});
  shape.field("reasons", page.reasons, {.help = "most important first"});
  shape.field("facts", page.facts, {.help = "what it was decided on"});
  shape.field("facts_state", page.facts_state, {.help = "kept, or erased"});
  shape.field("outputs", page.outputs, {.help = "what the policy decided on the way"});
  shape.field("path", page.path, {.help = "the decision tables that rules fired in"});
  shape.field("models", page.models, {.help = "the models it called"});
  shape.field("cpu_ns", page.cpu_ns, {.help = "processor time of policy and models, nanoseconds"});
  shape.field("overhead_ns", page.overhead_ns, {.help = "of kernel and evidence beside them, nanoseconds"});
  shape.field("permit", page.permit, {.help = "what let it run, and who signed"});
  shape.field("arm", page.arm, {.help = "who answered: champion, challenger or fallback"});
  shape.field("human", page.human, {.help = "who else had a say"});
  shape.field("caller", page.caller, {.help = "who asked"});
  shape.field("entity", page.entity, {.help = "whom or what it is about"});
  shape.field("shadows", page.shadows, {.help = "what a version beside it would have decided"});
  shape.field("chain", page.chain, {.help = "its place in the evidence"});
  shape.field("labels", page.labels, {.help = "what became of it, where known"});
  shape.field("reviews", page.reviews, {.help = "by people, the first first"});
  shape.field("read_at", page.read_at, {.help = "the moment this page was made"});
}

namespace {

std::string told_rules(const PageTable& table) {
  std::string out = "  " + table.name + " (" + table.hit_policy + ", " + std::to_string(table.rules_total) + " rows)\n";
  for (const std::string& words : table.in_words) out += "    " + words + "\n";
  return out;
}

std::string told_model(const PageModel& model) {
  std::string out = "  " + model.name + ": " + model.probability.percent() + " likely to go bad, " +
                    std::to_string(model.score) + " points\n";
  if (!model.note.empty()) return out + "    " + model.note + "\n";
  out += "    " + std::to_string(model.base) + " base";
  for (const PageContribution& one : model.contributions) {
    if (one.amount != 0) out += ", " + one.feature + " " + std::to_string(one.amount);
  }
  return out + " = " + std::to_string(model.total) + " " + model.unit + "\n";
}

}  // namespace

std::string tell(const DecisionPage& page) {
  std::string out = page.summary + "\n";
  if (!page.reasons.empty()) out += "\nWhy\n";
  for (const PageReason& reason : page.reasons) out += "  - " + reason.words + "\n";
  if (!page.path.empty()) out += "\nTables it went through\n";
  for (const PageTable& table : page.path) out += told_rules(table);
  if (!page.models.empty()) out += "\nModels\n";
  for (const PageModel& model : page.models) out += told_model(model);
  out += "\nFacts (" + page.facts_state + ")\n";
  for (const PageFact& fact : page.facts) out += "  " + fact.name + ": " + fact.value + "\n";
  out += "\nPermit " + page.permit.digest.short_hex() + " by " + page.permit.author;
  for (const PageSignature& signature : page.permit.signed_by) out += ", signed by " + signature.person;
  out += "; " + page.arm + "\nRecord " + std::to_string(page.chain.number) + " of node " +
         std::to_string(page.chain.node) + ", link " + page.chain.link.hex() + "\n";
  for (const ReviewRow& review : page.reviews) {
    out += "Reviewed by " + review.by + " on " + text_of(review.at) + ": " +
           std::string(names_of(&review.verdict)[static_cast<size_t>(review.verdict)]) + ". " + review.why + "\n";
  }
  return out;
}

}  // namespace puhui::audit
