#include "infrastructure/cases/case_shapes.h"

namespace puhui::cases {

namespace {

constexpr std::string_view kNextHelp = "ask with it as `after` for what follows; absent: that was all";
constexpr std::string_view kAtHelp = "the moment it speaks of";

}  // namespace

void fields(Shape& shape, Alert& alert) {
  shape.field("id", alert.id, {.help = "the alert"});
  shape.field("case", alert.in_case, {.help = "the case it lies in"});
  shape.field("application", alert.application, {.help = "who raised it", .example = "fraud"});
  shape.field("kind", alert.kind, {.help = "the rule's, typology's or list's code"});
  shape.field("subject", alert.subject,
              {.help = "whom it is about; masked without evidence.personal", .personal = true});
  shape.field("subject_kind", alert.subject_kind, {.help = "customer, account or party"});
  shape.field("decision", alert.decision, {.help = "its evidence: `decision show`"});
  shape.field("probability_ppb", alert.probability_ppb, {.help = "that it is what it looks like, of 1,000,000,000"});
  shape.field("amount_minor", alert.amount_minor, {.help = "at stake, in minor units"});
  shape.field("currency", alert.currency, {.example = "CNY"});
  shape.field("expected_loss_minor", alert.expected_loss_minor, {.help = "probability × amount, in minor units"});
  shape.field("deadline", alert.deadline, {.help = "by when somebody must have answered"});
  shape.field("at", alert.at, {.help = "when it was raised"});
  shape.field("en", alert.en, {.help = "what it says, in English"});
  shape.field("zh", alert.zh, {.help = "what it says, in Chinese"});
  shape.field("reference", alert.reference, {.help = "the application's own: a payment's key, a match"});
  shape.field("snoozed", alert.snoozed, {.help = "its kind was snoozed for the subject: kept, in no queue"});
  shape.field("verdict", alert.verdict, {.help = "absent while it is open"});
  shape.field("judged_by", alert.judged_by, {.help = "a person, the application, or deadline", .optional = true});
  shape.field("judged_at", alert.judged_at);
}

void fields(Shape& shape, Case& one) {
  shape.field("id", one.id, {.help = "the case"});
  shape.field("application", one.application, {.example = "fraud"});
  shape.field("subject", one.subject, {.help = "whom it is about; masked without evidence.personal", .personal = true});
  shape.field("subject_kind", one.subject_kind, {.help = "customer, account or party"});
  shape.field("state", one.state);
  shape.field("owner", one.owner, {.help = "a person, or the queue it waits in", .example = "queue:fraud"});
  shape.field("opened_at", one.opened_at);
  shape.field("changed_at", one.changed_at);
  shape.field("deadline", one.deadline, {.help = "the earliest of its open alerts"});
  shape.field("alerts", one.alerts, {.help = "raised in it"});
  shape.field("open_alerts", one.open_alerts, {.help = "of those, without a verdict"});
  shape.field("expected_loss_minor", one.expected_loss_minor, {.help = "of all its alerts, in minor units"});
  shape.field("currency", one.currency, {.example = "CNY"});
  shape.field("proposed_by", one.proposed_by, {.optional = true});
  shape.field("closed_by", one.closed_by, {.optional = true});
  shape.field("verdict", one.verdict, {.help = "proposed, then found"});
}

void fields(Shape& shape, CaseEvent& event) {
  shape.field("at", event.at);
  shape.field("by", event.by, {.help = "a person, the application, or deadline"});
  shape.field("what", event.what,
              {.help = "opened, assigned, noted, proposed, returned, closed, reopened, settled, deadline passed"});
  shape.field("words", event.words, {.personal = true});
}

void fields(Shape& shape, Snooze& snooze) {
  shape.field("application", snooze.application);
  shape.field("kind", snooze.kind, {.help = "of alert"});
  shape.field("subject", snooze.subject, {.help = "masked without evidence.personal", .personal = true});
  shape.field("until", snooze.until);
  shape.field("by", snooze.by);
  shape.field("why", snooze.why);
  shape.field("alerts", snooze.alerts, {.help = "kept out of the queue by it so far"});
}

void fields(Shape& shape, QueueRequest& request) {
  shape.field("application", request.application,
              {.help = "only of this one", .max = kNameBytesMax, .example = "fraud"});
  shape.field(
      "capacity", request.capacity,
      {.help = "how many alerts people can look at: where the line is", .min = 1, .max = 1000, .optional = true});
  shape.field(
      "owner", request.owner,
      {.help = "only in cases of this person, or of this queue", .max = kNameBytesMax, .example = "queue:fraud"});
}

void fields(Shape& shape, Waiting& waiting) {
  fields(shape, static_cast<Alert&>(waiting));
  shape.field("owner", waiting.owner, {.help = "of its case: a person, or the queue it waits in"});
  shape.field("state", waiting.state, {.help = "of its case"});
}

void fields(Shape& shape, QueueAnswer& answer) {
  shape.field("alerts", answer.alerts, {.help = "the most expected loss first, among equals the oldest"});
  shape.field("expected_loss_minor", answer.expected_loss_minor, {.help = "of those listed"});
  shape.field("below", answer.below, {.help = "how many wait below the line"});
  shape.field("expected_loss_below_minor", answer.expected_loss_below_minor, {.help = "of those below the line"});
  shape.field("at", answer.at, {.help = kAtHelp});
}

void fields(Shape& shape, ListRequest& request) {
  shape.field("application", request.application, {.help = "only of this one", .max = kNameBytesMax, .example = "aml"});
  shape.field("state", request.state, {.help = "only in this one"});
  shape.field("owner", request.owner, {.help = "only of this person or queue", .max = kNameBytesMax});
  shape.field("subject", request.subject,
              {.help = "only about this one; needs evidence.personal", .max = kSubjectBytesMax, .personal = true});
  shape.field("overdue", request.overdue, {.help = "true: only those whose deadline passed; false: only the others"});
  shape.field("limit", request.limit, {.help = "how many", .min = 1, .max = 1000, .optional = true});
  shape.field("after", request.after, {.help = "`next` of the page before", .max = 64});
}

void fields(Shape& shape, ListAnswer& answer) {
  shape.field("cases", answer.cases, {.help = "the newest first"});
  shape.field("next", answer.next, {.help = kNextHelp});
  shape.field("at", answer.at, {.help = kAtHelp});
}

void fields(Shape& shape, OfCase& of) { shape.field("id", of.id, {.help = "the case"}); }

void fields(Shape& shape, CasePage& page) {
  shape.field("case", page.one);
  shape.field("alerts", page.alerts, {.help = "the newest first"});
  shape.field("events", page.events, {.help = "in order"});
  shape.field("at", page.at, {.help = kAtHelp});
}

void fields(Shape& shape, AssignRequest& request) {
  shape.field("id", request.id, {.help = "the case"});
  shape.field("to", request.to,
              {.help = "a person, or a queue to put it back; empty: yourself", .max = kNameBytesMax, .optional = true});
}

void fields(Shape& shape, WordsRequest& request) {
  shape.field("id", request.id, {.help = "the case"});
  shape.field("words", request.words,
              {.help = "what there is to say", .min = 1, .max = kWordsBytesMax, .personal = true});
}

void fields(Shape& shape, ProposeRequest& request) {
  shape.field("id", request.id, {.help = "the case"});
  shape.field("verdict", request.verdict, {.help = "what was found"});
  shape.field("words", request.words, {.help = "why", .min = 1, .max = kWordsBytesMax, .personal = true});
}

void fields(Shape& shape, SnoozeRequest& request) {
  shape.field("application", request.application, {.min = 1, .max = kNameBytesMax, .example = "fraud"});
  shape.field("kind", request.kind, {.help = "of alert", .min = 1, .max = kNameBytesMax});
  shape.field("subject", request.subject, {.help = "about whom", .min = 1, .max = kSubjectBytesMax, .personal = true});
  shape.field("days", request.days, {.help = "for how long", .min = 1, .max = 90, .optional = true});
  shape.field("why", request.why, {.help = "why nobody need look", .min = 1, .max = kWordsBytesMax, .personal = true});
}

void fields(Shape& shape, WakeRequest& request) {
  shape.field("application", request.application, {.min = 1, .max = kNameBytesMax, .example = "fraud"});
  shape.field("kind", request.kind, {.help = "of alert", .min = 1, .max = kNameBytesMax});
  shape.field("subject", request.subject, {.help = "about whom", .min = 1, .max = kSubjectBytesMax, .personal = true});
}

void fields(Shape& shape, SnoozeListRequest& request) {
  shape.field("application", request.application, {.help = "only of this one", .max = kNameBytesMax});
  shape.field("limit", request.limit, {.help = "how many", .min = 1, .max = 1000, .optional = true});
  shape.field("after", request.after, {.help = "`next` of the page before", .max = 64});
}

void fields(Shape& shape, SnoozeListAnswer& answer) {
  shape.field("snoozes", answer.snoozes, {.help = "those that last, the last begun first"});
  shape.field("next", answer.next, {.help = kNextHelp});
  shape.field("at", answer.at, {.help = kAtHelp});
}

void fields(Shape& shape, SummaryRequest& request) {
  shape.field("application", request.application, {.help = "only of this one", .max = kNameBytesMax});
}

void fields(Shape& shape, ApplicationCount& count) {
  shape.field("application", count.application);
  shape.field("open", count.open, {.help = "cases nobody has taken"});
  shape.field("assigned", count.assigned, {.help = "cases somebody works on"});
  shape.field("proposed", count.proposed, {.help = "cases that wait for a second person"});
  shape.field("closed", count.closed, {.help = "cases closed in the last 30 days"});
  shape.field("waiting", count.waiting, {.help = "alerts in the queue"});
  shape.field("expected_loss_minor", count.expected_loss_minor, {.help = "of those, in minor units"});
  shape.field("overdue", count.overdue, {.help = "cases not closed whose deadline passed"});
  shape.field("due_within_hour", count.due_within_hour, {.help = "open alerts whose deadline is in the next hour"});
}

void fields(Shape& shape, KindCount& count) {
  shape.field("application", count.application);
  shape.field("kind", count.kind, {.help = "of alert"});
  shape.field("confirmed", count.confirmed, {.help = "verdicts of the last 30 days"});
  shape.field("dismissed", count.dismissed);
  shape.field("unclear", count.unclear);
  shape.field("precision_ppm", count.precision_ppm, {.help = "confirmed of confirmed and dismissed"});
  shape.field("precision_low_ppm", count.precision_low_ppm, {.help = "95 % interval (Wilson)"});
  shape.field("precision_high_ppm", count.precision_high_ppm);
  shape.field("waiting", count.waiting, {.help = "in the queue now"});
  shape.field("snoozed", count.snoozed, {.help = "kept out of the queue by snoozes that lasted in the last 30 days"});
}

void fields(Shape& shape, SummaryAnswer& answer) {
  shape.field("applications", answer.applications);
  shape.field("kinds", answer.kinds, {.help = "the least precise first"});
  shape.field("at", answer.at, {.help = kAtHelp});
}

}  // namespace puhui::cases
