#include "infrastructure/compute/compute_shapes.h"

namespace puhui::compute {

namespace {

constexpr int64_t kNameBytesMax = 200;

void page_fields(Shape& shape, int64_t& limit, std::optional<std::string>& after) {
  shape.field("limit", limit, {.help = "how many at most", .min = 1, .max = 1000, .optional = true});
  shape.field("after", after, {.help = "'next' of the page before", .max = 300});
}

}  // namespace

std::span<const std::string_view> names_of(const JobState*) {
  static constexpr std::string_view kNames[] = {"waiting", "running", "paused", "done", "failed", "cancelled"};
  return kNames;
}

void fields(Shape& shape, QuotaRequest& request) {
  shape.field(
      "use_case", request.use_case,
      {.help = "as in its permit", .min = 1, .max = kNameBytesMax, .example = "lending.approval/person_revolving"});
  shape.field("cpu_seconds_day", request.cpu_seconds_day,
              {.help = "seconds of CPU it may use a day (UTC)", .min = 1, .max = 1'000'000'000});
  shape.field(
      "tokens_day", request.tokens_day,
      {.help = "tokens it may use a day; 0: not limited", .min = 0, .max = 1'000'000'000'000, .optional = true});
  shape.field("kept_share_ppm", request.kept_share_ppm,
              {.help = "guaranteed: millionths of the quota kept for it even while idle; the rest others may borrow",
               .min = 0,
               .max = 1'000'000,
               .optional = true});
}

void fields(Shape& shape, QuotasRequest& request) {
  page_fields(shape, request.limit, request.after);
  shape.field("use_case", request.use_case, {.help = "of this one only", .min = 1, .max = kNameBytesMax});
}

void fields(Shape& shape, QuotaView& quota) {
  shape.field("use_case", quota.use_case);
  shape.field("cpu_seconds_day", quota.cpu_seconds_day, {.help = "seconds of CPU a day"});
  shape.field("tokens_day", quota.tokens_day, {.help = "tokens a day; 0: not limited"});
  shape.field("kept_share_ppm", quota.kept_share_ppm, {.help = "millionths of the quota never lent"});
  shape.field("used_cpu_ns", quota.used_cpu_ns, {.help = "nanoseconds of CPU today, of decisions and jobs"});
  shape.field("used_tokens", quota.used_tokens, {.help = "tokens today"});
  shape.field("used_cpu_ppm", quota.used_cpu_ppm, {.help = "millionths of the day's CPU quota"});
  shape.field("used_tokens_ppm", quota.used_tokens_ppm, {.help = "millionths of the day's tokens"});
  shape.field("borrowed_cpu_ns", quota.borrowed_cpu_ns, {.help = "nanoseconds of CPU beyond its own quota today"});
  shape.field("lendable_cpu_ns", quota.lendable_cpu_ns, {.help = "nanoseconds of CPU it leaves idle now for others"});
  shape.field("refused", quota.refused, {.help = "how often a job of it had to wait for quota today"});
  shape.field("set_by", quota.set_by);
  shape.field("set_at", quota.set_at);
}

void fields(Shape& shape, QuotasAnswer& answer) {
  shape.field("quotas", answer.quotas, {.help = "by use case"});
  shape.field("next", answer.next, {.help = "the next page's 'after'"});
  shape.field("at", answer.at, {.help = "the moment it speaks of"});
}

void fields(Shape& shape, SubmitRequest& request) {
  shape.field("verb", request.verb,
              {.help = "what is run, by its permission", .min = 3, .max = 100, .example = "lending.day-end"});
  shape.field("use_case", request.use_case, {.help = "whose quota it uses", .min = 1, .max = kNameBytesMax});
  shape.field("input", request.input, {.help = "the verb's own fields, an object", .optional = true});
  shape.field("tier", request.tier, {.help = "1 goes before 2 before 3", .min = 1, .max = 3, .optional = true});
}

void fields(Shape& shape, JobView& job) {
  shape.field("job", job.job, {.help = "its number"});
  shape.field("verb", job.verb);
  shape.field("use_case", job.use_case);
  shape.field("caller", job.caller, {.help = "who asked for it"});
  shape.field("tier", job.tier);
  shape.field("state", job.state);
  shape.field("submitted_at", job.submitted_at);
  shape.field("started_at", job.started_at);
  shape.field("ended_at", job.ended_at);
  shape.field("cpu_ns", job.cpu_ns, {.help = "nanoseconds of CPU so far"});
  shape.field("attempts", job.attempts, {.help = "how often it was begun"});
  shape.field("pauses", job.pauses, {.help = "how often it made room for a higher tier"});
  shape.field("step", job.step, {.help = "what it does"});
  shape.field("done", job.done, {.help = "of 'total' parts"});
  shape.field("total", job.total, {.help = "0: not known"});
  shape.field("waits_for", job.waits_for, {.help = "why it does not run: quota, or its turn"});
  shape.field("error", job.error, {.help = "why it failed"});
  shape.field("answer", job.answer, {.help = "what the verb answered"});
}

void fields(Shape& shape, JobsRequest& request) {
  page_fields(shape, request.limit, request.after);
  shape.field("job", request.job, {.help = "this one only, with its answer", .min = 1});
  shape.field("use_case", request.use_case, {.help = "of this use case only", .min = 1, .max = kNameBytesMax});
  shape.field("state", request.state, {.help = "in this state only"});
}

void fields(Shape& shape, JobsAnswer& answer) {
  shape.field("jobs", answer.jobs, {.help = "the newest first"});
  shape.field("next", answer.next, {.help = "the next page's 'after'"});
  shape.field("at", answer.at, {.help = "the moment it speaks of"});
}

void fields(Shape& shape, CancelRequest& request) { shape.field("job", request.job, {.help = "its number", .min = 1}); }

}  // namespace puhui::compute
