#include "governance/audit/review.h"

namespace puhui::audit {

std::span<const std::string_view> names_of(const Verdict*) {
  static constexpr std::string_view kNames[] = {"confirm", "change", "escalate"};
  return kNames;
}

void fields(Shape& shape, ReviewRequest& request) {
  shape.field("id", request.id, {.help = "of the decision's record"});
  shape.field("verdict", request.verdict,
              {.help = "confirm; change: another outcome is right; escalate: to somebody above"});
  shape.field("outcome", request.outcome,
              {.help = "with change: what is right", .max = 64, .optional = true, .example = "approve"});
  shape.field("why", request.why, {.help = "in your own words", .min = 1, .max = kWhyBytesMax});
}

void fields(Shape& shape, ReviewRow& row) {
  shape.field("decision", row.decision, {.help = "its record"});
  shape.field("number", row.number, {.help = "of this decision's reviews, from 1"});
  shape.field("at", row.at, {.help = "when"});
  shape.field("by", row.by, {.help = "who looked"});
  shape.field("verdict", row.verdict, {.help = "what they found"});
  shape.field("outcome", row.outcome, {.help = "of change: what is right"});
  shape.field("why", row.why, {.help = "in their words"});
  shape.field("open", row.open, {.help = "escalated, and nobody has looked since"});
}

void fields(Shape& shape, ReviewListRequest& request) {
  shape.field("open", request.open, {.help = "only what waits for a person", .optional = true});
  shape.field("limit", request.limit, {.help = "rows a page, 1 to 1000", .min = 1, .max = 1000, .optional = true});
  shape.field("after", request.after, {.help = "'next' of the page before", .max = 64, .optional = true});
}

}  // namespace puhui::audit
