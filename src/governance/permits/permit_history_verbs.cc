#include "governance/permits/proposal_verbs.h"

namespace puhui::permits {

namespace {

struct RollBack {
  std::string use_case, why;
};
void fields(Shape& shape, RollBack& request) {
  shape.field("use_case", request.use_case, {.help = "what goes back to its champion before", .min = 1, .max = 128});
  shape.field("why", request.why, {.help = "in words, for the evidence", .min = 1, .max = kWhyBytesMax});
}

struct ReviewRequest {
  RollbackReview review;
};
void fields(Shape& shape, ReviewRequest& request) {
  shape.field("use_case", request.review.use_case, {.help = "where it was rolled back", .min = 1, .max = 128});
  shape.field("at", request.review.at, {.help = "when it was rolled back"});
  shape.field("review", request.review.review, {.help = "what you found looking at it", .min = 1, .max = kWhyBytesMax});
}

struct HistoryRequest {
  std::string use_case;
  int64_t limit = 50;
  std::optional<Timestamp> after;
};
void fields(Shape& shape, HistoryRequest& request) {
  shape.field("use_case", request.use_case, {.help = "whose permits", .min = 1, .max = 128});
  shape.field("limit", request.limit, {.help = "how many", .min = 1, .max = 1000, .optional = true});
  shape.field("after", request.after, {.help = "`next` of the page before"});
}

struct History {
  std::vector<PermitSpan> permits;
  std::vector<Rollback> rollbacks;
  std::optional<Timestamp> next;
  Timestamp at;
};
void fields(Shape& shape, History& history) {
  shape.field("permits", history.permits, {.help = "the newest first"});
  shape.field("rollbacks", history.rollbacks, {.help = "the newest first"});
  shape.field("next", history.next, {.help = "ask with it as `after` for what follows; absent: that was all"});
  shape.field("at", history.at, {.help = "the moment it speaks of"});
}

Result<History> history_of(const PermitNeeds& needs, const HistoryRequest& request) {
  History out;
  out.at = needs.clock.now();
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    out.permits = TRY(permit_history(reader, request.use_case, request.after, request.limit));
    out.rollbacks = TRY(rollbacks(reader, request.use_case));
    return {};
  }));
  if (out.permits.size() == static_cast<size_t>(request.limit)) out.next = out.permits.back().from;
  return out;
}

}  // namespace

std::vector<Verb> permit_history_verbs(const PermitNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<RollBack, Rollback>(
      {.noun = "permit",
       .verb = "rollback",
       .help = "Put the champion before the one in force back at once; another person reviews it afterwards.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const RollBack& in) {
        return roll_back(*needs, in.use_case, in.why, call.caller.name);
      }));
  verbs.push_back(
      make_verb<ReviewRequest, Rollback>({.noun = "permit",
                                          .verb = "review",
                                          .help = "Say what you found looking at another person's rollback.",
                                          .effect = Effect::write},
                                         [needs](const VerbCall& call, const ReviewRequest& in) {
                                           return review_rollback(*needs, in.review, call.caller.name);
                                         }));
  verbs.push_back(make_verb<HistoryRequest, History>(
      {.noun = "permit", .verb = "history", .help = "List what decided under a use case, and who signed it."},
      [needs](const VerbCall&, const HistoryRequest& in) { return history_of(*needs, in); }));
  return verbs;
}

}  // namespace puhui::permits
