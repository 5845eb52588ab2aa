#include "governance/promotion/shapes.h"

namespace puhui::promotion {

namespace {

constexpr int64_t kUseCaseBytesMax = 256, kWhyBytesMax = 2000;

void use_case_field(Shape& shape, std::string& use_case) {
  shape.field("use_case", use_case,
              {.help = "use case and scope",
               .min = 1,
               .max = kUseCaseBytesMax,
               .example = "lending.approval/person_revolving"});
}

}  // namespace

void fields(Shape& shape, StartRequest& request) {
  use_case_field(shape, request.use_case);
  shape.field("permit", request.permit, {.help = "the challenger's permit, signed"});
  shape.field("digest", request.digest, {.help = "instead: SHA-256 of a permit granted or admitted here"});
  shape.field("plan", request.plan, {.help = "how it is led; the standing plan when absent"});
}

void fields(Shape& shape, ListRequest& request) {
  shape.field("use_case", request.use_case, {.help = "only of this one", .max = kUseCaseBytesMax, .optional = true});
  shape.field("state", request.state, {.help = "only in this state"});
  shape.field("limit", request.limit, {.help = "how many at most", .min = 1, .max = 1000, .optional = true});
  shape.field("after", request.after,
              {.help = "goes on behind an earlier answer's `next`", .max = 200, .optional = true});
}

void fields(Shape& shape, PromotionList& list) {
  shape.field("promotions", list.promotions, {.help = "the newest first"});
  shape.field("next", list.next, {.help = "ask with `after` for those that follow"});
  shape.field("at", list.at, {.help = "the moment it speaks of"});
}

void fields(Shape& shape, UseCaseRequest& request) { use_case_field(shape, request.use_case); }

void fields(Shape& shape, WhyRequest& request) {
  use_case_field(shape, request.use_case);
  shape.field("why", request.why, {.help = "kept in the evidence", .min = 1, .max = kWhyBytesMax});
}

void fields(Shape& shape, ApproveRequest& request) {
  use_case_field(shape, request.use_case);
  shape.field(
      "person", request.person,
      {.help = "on the command line: who approves; over HTTP it is the signed-in person", .max = 64, .optional = true});
  shape.field("key_file", request.key_file,
              {.help = "on the command line: that person's secret signing key", .max = 4096, .optional = true});
}

void fields(Shape& shape, ShowRequest& request) {
  shape.field("use_case", request.use_case,
              {.help = "its newest promotion is shown", .max = kUseCaseBytesMax, .optional = true});
  shape.field("id", request.id, {.help = "instead: which promotion"});
}

void fields(Shape& shape, ArmView& view) {
  shape.field("phase", view.phase, {.help = "0 shadow, 1 canary, then each share of the ramp, then the watch"});
  shape.field("arm", view.arm, {.help = "whose judgements"});
  shape.field("decisions", view.decisions);
  shape.field("approvals", view.approvals);
  shape.field("referrals", view.referrals, {.help = "sent to a person"});
  shape.field("refusals", view.refusals);
  shape.field("failures", view.failures, {.help = "it came to no judgement"});
  shape.field("approval_share", view.approval_share, {.help = "of its decisions, a fraction"});
  shape.field("referral_share", view.referral_share, {.help = "of its decisions, a fraction"});
  shape.field("cpu_us_mean", view.cpu_us_mean, {.help = "processor time a decision, microseconds"});
  shape.field("latency_us_mean", view.latency_us_mean, {.help = "with kernel and evidence, microseconds"});
}

void fields(Shape& shape, SwapView& view) {
  shape.field("champion", view.champion, {.help = "what the champion decided"});
  shape.field("challenger", view.challenger, {.help = "what the challenger would have"});
  shape.field("decisions", view.decisions);
}

void fields(Shape& shape, GuardrailView& view) {
  shape.field("name", view.name, {.help = "what it guards"});
  shape.field("compares", view.compares, {.help = "shadow: the same decisions judged twice; canary: two groups"});
  shape.field("unit", view.unit,
              {.help = "share: challenger less champion, a fraction; ratio: challenger by champion"});
  shape.field("value", view.value);
  shape.field("low", view.low, {.help = "of the interval that holds at every moment at once; absent: no bound yet"});
  shape.field("high", view.high);
  shape.field("bound_low", view.bound_low, {.help = "broken when the whole interval is outside the bounds"});
  shape.field("bound_high", view.bound_high);
  shape.field("rows_champion", view.rows_champion);
  shape.field("rows_challenger", view.rows_challenger);
  shape.field("broken", view.broken);
}

void fields(Shape& shape, LookView& view) {
  shape.field("number", view.number, {.help = "1 is the first"});
  shape.field("rows", view.rows, {.help = "decisions with known ends, judged by both"});
  shape.field("bad", view.bad);
  shape.field("auc_champion", view.auc_champion);
  shape.field("auc_challenger", view.auc_challenger);
  shape.field("z", view.z, {.help = "of the difference, DeLong's paired test"});
  shape.field("z_margin", view.z_margin, {.help = "of the difference and the margin together"});
  shape.field("boundary", view.boundary, {.help = "better when z_margin reaches it, worse when z reaches it below"});
  shape.field("alpha_spent", view.alpha_spent, {.help = "of the plan's, up to this look"});
  shape.field("verdict", view.verdict, {.help = "continue, better, worse or undecided"});
  shape.field("at", view.at);
}

void fields(Shape& shape, QualityView& view) {
  shape.field("pairs", view.pairs, {.help = "decisions scored by both"});
  shape.field("matured", view.matured, {.help = "of them with known ends"});
  shape.field("bad", view.bad, {.help = "of the matured"});
  shape.field("next_look_rows", view.next_look_rows, {.help = "the next look is at so many matured; 0: none follows"});
  shape.field("verdict", view.verdict, {.help = "waiting, continue, better, worse, undecided or same scores"});
  shape.field("looks", view.looks);
}

void fields(Shape& shape, EventView& view) {
  shape.field("at", view.at);
  shape.field("kind", view.kind);
  shape.field("words", view.words);
  shape.field("by", view.by);
}

void fields(Shape& shape, PromotionView& view) {
  shape.field("promotion", view.promotion);
  shape.field("arms", view.arms);
  shape.field("swaps", view.swaps, {.help = "champion against shadow on the same decisions"});
  shape.field("guardrails", view.guardrails);
  shape.field("quality", view.quality);
  shape.field("next_stage", view.next_stage, {.help = "into which it may go; absent: none"});
  shape.field("waits_for", view.waits_for, {.help = "what is missing for that, in words"});
  shape.field("events", view.events, {.help = "the newest first"});
  shape.field("at", view.at, {.help = "the moment it speaks of"});
}

void fields(Shape& shape, GoldenRequest& request) {
  use_case_field(shape, request.use_case);
  shape.field("n", request.n, {.help = "how many decisions are frozen", .min = 1, .max = 10'000, .optional = true});
}

void fields(Shape& shape, GoldenAnswer& answer) {
  shape.field("use_case", answer.use_case);
  shape.field("permit", answer.permit, {.help = "of the champion whose judgements they are"});
  shape.field("vectors", answer.vectors, {.help = "decisions frozen"});
  shape.field("outcomes", answer.outcomes, {.help = "different outcomes among them"});
  shape.field("rules", answer.rules, {.help = "different rules that fired in them"});
  shape.field("at", answer.at);
}

void fields(Shape& shape, ExplorationRequest& request) {
  use_case_field(shape, request.use_case);
  shape.field("from", request.from, {.help = "first day of decision; a year ago when absent"});
  shape.field("to", request.to, {.help = "last day of decision; today when absent"});
}

void fields(Shape& shape, ExplorationAnswer& answer) {
  shape.field("use_case", answer.use_case);
  shape.field("rate", answer.rate, {.help = "in force: share of refusals by score let pass at random, a fraction"});
  shape.field("daily_max", answer.daily_max, {.help = "at most so many a day; 0: no cap is set"});
  shape.field("explored", answer.explored, {.help = "let pass at random in these days"});
  shape.field("explored_today", answer.explored_today);
  shape.field("matured", answer.matured, {.help = "of them with a known end"});
  shape.field("bad", answer.bad, {.help = "of the matured"});
  shape.field("bad_rate", answer.bad_rate, {.help = "of the refused, weighted by 1/propensity, a fraction"});
  shape.field("bad_rate_low", answer.bad_rate_low, {.help = "of its 95 % interval"});
  shape.field("bad_rate_high", answer.bad_rate_high);
  shape.field("model_rate", answer.model_rate, {.help = "what the model said of the same, a fraction"});
  shape.field("verdict", answer.verdict);
  shape.field("at", answer.at, {.help = "the moment it speaks of"});
}

}  // namespace puhui::promotion
