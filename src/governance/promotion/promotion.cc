#include "governance/promotion/promotion.h"

namespace puhui::promotion {

std::span<const std::string_view> names_of(const Stage*) {
  static constexpr std::string_view kNames[] = {"shadow", "canary", "ramp", "watch"};
  return kNames;
}

std::span<const std::string_view> names_of(const State*) {
  static constexpr std::string_view kNames[] = {"running", "held", "promoted", "rolled_back", "stopped"};
  return kNames;
}

std::span<const std::string_view> names_of(const Arm*) {
  static constexpr std::string_view kNames[] = {"champion", "challenger", "shadow"};
  return kNames;
}

void fields(Shape& shape, Approver& approver) {
  shape.field("person", approver.person, {.help = "who said yes"});
  shape.field("stage", approver.stage, {.help = "to which move: canary, ramp or watch (champion)"});
  shape.field("at", approver.at);
}

void fields(Shape& shape, Promotion& promotion) {
  Id128 id = promotion.id;
  shape.field("id", id);
  promotion.id = PromotionId(id);
  shape.field("use_case", promotion.use_case);
  shape.field("champion", promotion.champion, {.help = "SHA-256 of the permit it is held against"});
  shape.field("challenger", promotion.challenger, {.help = "SHA-256 of the permit it leads up"});
  shape.field("tier", promotion.tier, {.help = "1 high risk, 2 medium, 3 low"});
  shape.field("author", promotion.author, {.help = "of the challenger's permit"});
  shape.field("started_by", promotion.started_by);
  shape.field("started_at", promotion.started_at);
  shape.field("stage", promotion.stage, {.help = "watch: it is champion and still looked after"});
  shape.field("stage_since", promotion.stage_since);
  shape.field("state", promotion.state);
  shape.field("share_ppm", promotion.share_ppm, {.help = "of entities it decides for, parts per million"});
  shape.field("step", promotion.step, {.help = "which share of the ramp, 0 is the first"});
  shape.field("phase_after", promotion.phase_after,
              {.help = "behind which record of the evidence each phase begins: shadow, canary, ramp, watch"});
  shape.field("same_scores", promotion.same_scores,
              {.help = "it brings no other model, so its scores are the champion's"});
  shape.field("golden_vectors", promotion.golden_vectors, {.help = "judged twice, and the same bits came"});
  shape.field("why", promotion.why, {.help = "how it ended, or why it is held"});
  shape.field("plan", promotion.plan);
  shape.field("approvals", promotion.approvals);
}

}  // namespace puhui::promotion
