// The wire form of what fraud's verbs take and answer.
#include "applications/fraud/fraud_shapes.h"

#include "applications/fraud/shadow_shapes.h"

namespace puhui::fraud {

namespace {

constexpr Note kScheme{.help = "which scheme, see 'fraud schemes'", .min = 1, .max = 64, .example = "card_payment"};
constexpr Note kKey{.help = "your own key for this payment", .min = 1, .max = 128, .example = "pay-2026-000123"};
constexpr Note kLimit{.help = "at most so many", .min = 1, .max = 1000, .optional = true};
constexpr Note kAfter{.help = "the 'next' of the page before", .max = 256};
constexpr Note kNext{.help = "ask with `after` for those that follow"};
constexpr Note kAt{.help = "the moment it speaks of"};

}  // namespace

std::span<const std::string_view> names_of(const ChallengeResult*) {
  static constexpr std::string_view kNames[] = {"passed", "failed"};
  return kNames;
}

std::span<const std::string_view> names_of(const ReleaseAction*) {
  static constexpr std::string_view kNames[] = {"approve", "block"};
  return kNames;
}

std::span<const std::string_view> names_of(const Labelled*) {
  static constexpr std::string_view kNames[] = {"fraud", "good", "none"};
  return kNames;
}

void fields(Shape& shape, ReasonLine& line) {
  shape.field("code", line.code, {.help = "stable code"});
  shape.field("en", line.en, {.help = "to read out, in English"});
  shape.field("zh", line.zh, {.help = "to read out, in Chinese"});
}

void fields(Shape& shape, PaymentKey& of) {
  shape.field("scheme", of.scheme, kScheme);
  shape.field("key", of.key, kKey);
}

void fields(Shape& shape, JudgeRequest& request) {
  shape.field("scheme", request.scheme, kScheme);
  shape.field("key", request.key,
              {.help = "your own key for this payment; sent again, it answers as it did",
               .min = 1,
               .max = 128,
               .example = "pay-2026-000123"});
  shape.field("at", request.at, {.help = "when it happened; now when absent"});
  shape.field(
      "fields", request.fields,
      {.help = "an object of the event's fields, as the scheme's features.json declares them", .personal = true});
}

void fields(Shape& shape, JudgeAnswer& answer) {
  shape.field("scheme", answer.scheme);
  shape.field("key", answer.key, {.help = "the key it was sent with"});
  shape.field("action", answer.action, {.help = "approve, challenge, hold or block"});
  shape.field("probability", answer.probability, {.help = "of fraud, by the model; absent without one"});
  shape.field("reasons", answer.reasons, {.help = "of anything but an approval, most important first"});
  shape.field("decision", answer.decision, {.help = "its record in the evidence: 'evidence show'"});
  shape.field("deadline", answer.deadline, {.help = "of a hold: by then it is answered"});
  shape.field("late", answer.late, {.help = "it came too far out of order: judged without features"});
  shape.field("repeated", answer.repeated, {.help = "this key was answered before; this is that answer"});
}

void fields(Shape& shape, ChallengeRequest& request) {
  shape.field("scheme", request.scheme, kScheme);
  shape.field("key", request.key, kKey);
  shape.field("result", request.result, {.help = "passed: the customer proved who they are; failed: it is blocked"});
}

void fields(Shape& shape, ReleaseRequest& request) {
  shape.field("scheme", request.scheme, kScheme);
  shape.field("key", request.key, kKey);
  shape.field("action", request.action, {.help = "approve lets it go, block refuses it"});
  shape.field("why", request.why, {.help = "in a sentence; it is recorded", .min = 1, .max = 1000});
}

void fields(Shape& shape, SettledAnswer& answer) {
  shape.field("scheme", answer.scheme);
  shape.field("key", answer.key);
  shape.field("action", answer.action, {.help = "how the payment stands now"});
  shape.field("by", answer.by, {.help = "who answered"});
  shape.field("why", answer.why);
  shape.field("at", answer.at, {.help = "when"});
}

void fields(Shape& shape, HoldsRequest& request) {
  shape.field("scheme", request.scheme, {.help = "of this scheme alone", .max = 64});
  shape.field("limit", request.limit, kLimit);
  shape.field("after", request.after, kAfter);
}

void fields(Shape& shape, HoldLine& line) {
  shape.field("scheme", line.scheme);
  shape.field("key", line.key, {.help = "the payment's"});
  shape.field("subject", line.subject, {.help = "masked without the right to see it"});
  shape.field("amount_minor", line.amount_minor, {.help = "waiting, in minor units"});
  shape.field("currency", line.currency);
  shape.field("probability", line.probability, {.help = "of fraud, by the model"});
  shape.field("expected_loss_minor", line.expected_loss_minor, {.help = "probability times amount, in minor units"});
  shape.field("owner", line.owner, {.help = "who must answer: a person or a queue"});
  shape.field("held_at", line.held_at);
  shape.field("deadline", line.deadline, {.help = "then it is answered by itself"});
  shape.field("then", line.then, {.help = "how, when nobody answered in time"});
  shape.field("reasons", line.reasons);
  shape.field("decision", line.decision, {.help = "its record in the evidence"});
}

void fields(Shape& shape, HoldsAnswer& answer) {
  shape.field("holds", answer.holds, {.help = "open ones, the nearest deadline first"});
  shape.field("amount_minor", answer.amount_minor, {.help = "of those shown"});
  shape.field("next", answer.next, kNext);
  shape.field("at", answer.at, kAt);
}

void fields(Shape& shape, PaymentsRequest& request) {
  shape.field("scheme", request.scheme, {.help = "of this scheme; needed when there are several", .max = 64});
  shape.field("action", request.action, {.help = "judged so"});
  shape.field("subject", request.subject, {.help = "of this customer or applicant", .max = 64, .personal = true});
  shape.field("from", request.from, {.help = "judged at or after"});
  shape.field("to", request.to, {.help = "judged before"});
  shape.field("labelled", request.labelled, {.help = "fraud, good, or none: not labelled yet"});
  shape.field("limit", request.limit, kLimit);
  shape.field("after", request.after, kAfter);
}

void fields(Shape& shape, PaymentLine& line) {
  shape.field("scheme", line.scheme);
  shape.field("key", line.key, {.help = "the client's own"});
  shape.field("at", line.at, {.help = "when it happened"});
  shape.field("judged_at", line.judged_at, {.help = "when it was judged"});
  shape.field("subject", line.subject, {.help = "masked without the right to see it"});
  shape.field("amount_minor", line.amount_minor, {.help = "in minor units"});
  shape.field("currency", line.currency);
  shape.field("action", line.action, {.help = "as it was judged"});
  shape.field("settled_as", line.settled_as, {.help = "of a hold or challenge that was answered: how it ended"});
  shape.field("probability", line.probability, {.help = "of fraud, by the model"});
  shape.field("decision", line.decision, {.help = "its record in the evidence"});
  shape.field("late", line.late, {.help = "judged without features", .optional = true});
  shape.field("fraud", line.fraud, {.help = "its label; absent: not known"});
}

void fields(Shape& shape, PaymentsAnswer& answer) {
  shape.field("payments", answer.payments, {.help = "newest first"});
  shape.field("next", answer.next, kNext);
  shape.field("at", answer.at, kAt);
}

void fields(Shape& shape, FactLine& line) {
  shape.field("name", line.name);
  shape.field("help", line.help, {.optional = true});
  shape.field("value", line.value);
  shape.field("shown", line.shown, {.help = "plain; masked: personal, ask for evidence.personal; sealed: for nobody"});
}

void fields(Shape& shape, LabelLine& line) {
  shape.field("fraud", line.fraud);
  shape.field("known_at", line.known_at, {.help = "when it could first be known"});
  shape.field("said_at", line.said_at, {.help = "when it was said here"});
  shape.field("by", line.by);
}

void fields(Shape& shape, GraphNode& node) {
  shape.field("id", node.id, {.help = "as edges name it"});
  shape.field("kind", node.kind, {.help = "the event's field: customer, device …"});
  shape.field("label", node.label, {.help = "masked without the right to see it"});
  shape.field("risk", node.risk, {.help = "of a subject: the highest probability of its payments looked at"});
}

void fields(Shape& shape, GraphEdge& edge) {
  shape.field("from", edge.from);
  shape.field("to", edge.to);
  shape.field("kind", edge.kind, {.help = "the event's field that ties them"});
  shape.field("count", edge.count, {.help = "payments looked at that say so"});
}

void fields(Shape& shape, Neighbourhood& graph) {
  shape.field("nodes", graph.nodes, {.help = "the subject first"});
  shape.field("edges", graph.edges);
  shape.field("cut", graph.cut, {.help = "there is more than is shown"});
}

void fields(Shape& shape, PaymentView& view) {
  shape.field("payment", view.payment);
  shape.field("fields", view.fields, {.help = "what came with it"});
  shape.field("features", view.features, {.help = "what was known at that moment"});
  shape.field("facts_state", view.facts_state, {.help = "kept, or erased by retention"});
  shape.field("reasons", view.reasons, {.help = "most important first"});
  shape.field("rules_hit", view.rules_hit, {.help = "rules of the policy that fired"});
  shape.field("typologies", view.typologies, {.help = "what it looks like"});
  shape.field("hold_state", view.hold_state,
              {.help = "of a hold or challenge: open, answered, overdue", .optional = true});
  shape.field("owner", view.owner, {.optional = true});
  shape.field("deadline", view.deadline);
  shape.field("answered_by", view.answered_by, {.optional = true});
  shape.field("why", view.why, {.optional = true});
  shape.field("alert", view.alert, {.help = "raised for it"});
  shape.field("case", view.in_case, {.help = "the alert's case"});
  shape.field("labels", view.labels, {.help = "what was said of it, oldest first"});
  shape.field("graph", view.graph, {.help = "who shares what with its subject"});
  shape.field("read_at", view.read_at, kAt);
}

void fields(Shape& shape, LabelRequest& request) {
  shape.field("scheme", request.scheme, kScheme);
  shape.field("key", request.key, kKey);
  shape.field("fraud", request.fraud, {.help = "true: it proved fraud; false: it proved good"});
  shape.field("known_at", request.known_at, {.help = "when it could first be known; now when absent"});
}

void fields(Shape& shape, LabelsRequest& request) {
  shape.field("scheme", request.scheme, kScheme);
  shape.field("file", request.file, {.help = "CSV, may be .gz or .zst", .min = 1, .max = 4096});
  shape.field("key_column", request.key_column, {.help = "the payments' keys", .min = 1, .max = 128, .optional = true});
  shape.field("fraud_column", request.fraud_column,
              {.help = "1 or true: fraud; 0 or false: good", .min = 1, .max = 128, .optional = true});
  shape.field("known_at_column", request.known_at_column,
              {.help = "when it could be known; now without it", .max = 128});
  shape.field("skip_bad_rows", request.skip_bad_rows, {.help = "count bad rows and go on", .optional = true});
}

void fields(Shape& shape, LabelsAnswer& answer) {
  shape.field("rows", answer.rows, {.help = "of the file"});
  shape.field("labelled", answer.labelled);
  shape.field("unknown", answer.unknown, {.help = "whose key no payment here has"});
  shape.field("bad_rows", answer.bad_rows);
  shape.field("faults", answer.faults, {.help = "the first of the bad rows"});
}

void fields(Shape& shape, ActionCount& count) {
  shape.field("action", count.action);
  shape.field("payments", count.payments);
  shape.field("amount_minor", count.amount_minor, {.help = "together, in minor units"});
}

void fields(Shape& shape, SchemeLine& line) {
  shape.field("scheme", line.scheme);
  shape.field("title", line.title, {.help = "for people"});
  shape.field("use_case", line.use_case, {.help = "that decides on it"});
  shape.field("currency", line.currency);
  shape.field("permit", line.permit, {.help = "SHA-256 of the manifest in force"});
  shape.field("features", line.features, {.help = "SHA-256 of its feature declarations"});
  shape.field("expires_at", line.expires_at);
  shape.field("has_model", line.has_model);
  shape.field("has_shadow", line.has_shadow, {.help = "another version judges beside it"});
  shape.field("last_day", line.last_day, {.help = "by action, in the last 24 hours"});
  shape.field("open_holds", line.open_holds);
  shape.field("events", line.events, {.help = "in its stream since it began"});
  shape.field("late", line.late, {.help = "events too far out of order since the program started"});
  shape.field("keys", line.keys, {.help = "entities whose windows are in memory"});
  shape.field("memory_bytes", line.memory_bytes, {.help = "that its windows take, about"});
}

void fields(Shape& shape, SchemesAnswer& answer) {
  shape.field("schemes", answer.schemes, {.help = "those whose permit is in force, by name"});
  shape.field("at", answer.at, kAt);
}

void fields(Shape& shape, ProposeRequest& request) {
  shape.field("folder", request.folder,
              {.help = "the scheme's: scheme.json, features.json, policy.dmn, facts.json, reasons.json",
               .min = 1,
               .max = 4096});
  shape.field("policy", request.policy,
              {.help = "the folder's policy file: policy_rules.dmn where there is no model yet",
               .min = 1,
               .max = 256,
               .optional = true});
  shape.field("model", request.model,
              {.help = "the model of fraud to decide with, as 'model add' named it; NAME=DIGEST for another",
               .optional = true});
  shape.field("author", request.author, {.help = "who proposes; two other people must sign", .min = 1, .max = 64});
  shape.field("out", request.out, {.help = "the permit file to write, for 'permit sign'", .min = 1, .max = 4096});
  shape.field("valid_days", request.valid_days, {.help = "until it expires", .min = 1, .max = 1098, .optional = true});
  shape.field("conditions", request.conditions,
              {.help = "in words, for those who sign", .max = 4096, .optional = true});
}

void fields(Shape& shape, ShadowRequest& request) {
  shape.field("scheme", request.scheme, kScheme);
  shape.field("from", request.from, {.help = "first day judged; all when absent"});
  shape.field("to", request.to, {.help = "last day judged"});
  shape.field("limit", request.limit, kLimit);
  shape.field("after", request.after, kAfter);
}

void fields(Shape& shape, ShadowCell& cell) {
  shape.field("champion", cell.champion, {.help = "what was answered"});
  shape.field("shadow", cell.shadow, {.help = "what the other version would have answered"});
  shape.field("payments", cell.payments);
  shape.field("amount_minor", cell.amount_minor, {.help = "together, in minor units"});
  shape.field("frauds", cell.frauds, {.help = "labelled fraud"});
  shape.field("fraud_minor", cell.fraud_minor, {.help = "their amount, in minor units"});
  shape.field("good", cell.good, {.help = "labelled good"});
}

void fields(Shape& shape, ShadowSide& side) {
  shape.field("permit", side.permit);
  shape.field("approved", side.approved, {.help = "payments"});
  shape.field("caught", side.caught, {.help = "labelled frauds it did not approve"});
  shape.field("caught_minor", side.caught_minor, {.help = "their amount, in minor units"});
  shape.field("missed", side.missed, {.help = "labelled frauds it approved"});
  shape.field("missed_minor", side.missed_minor, {.help = "their amount, in minor units"});
  shape.field("disturbed", side.disturbed, {.help = "payments labelled good that it did not approve"});
  shape.field("disturbed_minor", side.disturbed_minor, {.help = "their amount, in minor units"});
}

void fields(Shape& shape, ShadowDifference& difference) {
  shape.field("key", difference.key);
  shape.field("at", difference.at, {.help = "when it was judged"});
  shape.field("decision", difference.decision, {.help = "its record in the evidence"});
  shape.field("champion", difference.champion);
  shape.field("shadow", difference.shadow);
  shape.field("amount_minor", difference.amount_minor, {.help = "in minor units"});
  shape.field("champion_reasons", difference.champion_reasons);
  shape.field("shadow_reasons", difference.shadow_reasons);
  shape.field("fraud", difference.fraud, {.help = "its label; absent: not known"});
}

void fields(Shape& shape, ShadowAnswer& answer) {
  shape.field("scheme", answer.scheme);
  shape.field("currency", answer.currency);
  shape.field("payments", answer.payments, {.help = "judged by both"});
  shape.field("differing", answer.differing, {.help = "with another action"});
  shape.field("failed", answer.failed, {.help = "where the shadow came to no action"});
  shape.field("cells", answer.cells, {.help = "champion's action by the shadow's"});
  shape.field("champion", answer.champion, {.help = "what the version in force did with labelled payments"});
  shape.field("shadow", answer.shadow, {.help = "what the other would have done"});
  shape.field("differences", answer.differences, {.help = "the newest, a page at a time"});
  shape.field("next", answer.next, kNext);
  shape.field("at", answer.at, kAt);
}

std::string tell(const JudgeAnswer& answer) {
  const auto name = names_of(&answer.action)[static_cast<size_t>(answer.action)];
  std::string out = "Payment " + answer.key + ": " + std::string(name) + (answer.repeated ? ", as before" : "") +
                    (answer.late ? ", judged late" : "") + "\n";
  if (answer.probability) out += "  probability of fraud " + answer.probability->percent() + "\n";
  for (const ReasonLine& reason : answer.reasons) out += "  - " + reason.en + "\n    " + reason.zh + "\n";
  if (answer.deadline) out += "  waits until " + text_of(*answer.deadline) + "\n";
  return out + "  evidence " + answer.decision.text() + "\n";
}

}  // namespace puhui::fraud
