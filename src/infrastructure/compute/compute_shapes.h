// What the compute verbs ask and answer: quotas a use case and day, and the jobs that wait, run and ended.
#pragma once

#include "ground/base/shape.h"

namespace puhui::compute {

enum class JobState : uint8_t { waiting, running, paused, done, failed, cancelled };
std::span<const std::string_view> names_of(const JobState*);

inline constexpr size_t kJobInputBytesMax = 1 << 20, kJobAnswerBytesMax = 4 << 20;
inline constexpr size_t kJobsWaitingMax = 10'000;

struct QuotaRequest {
  std::string use_case;
  int64_t cpu_seconds_day = 0, tokens_day = 0, kept_share_ppm = 500'000;
};
void fields(Shape& shape, QuotaRequest& request);

struct QuotasRequest {
  int64_t limit = 50;
  std::optional<std::string> after, use_case;
};
void fields(Shape& shape, QuotasRequest& request);

// One use case's quota and what it has used of it today (UTC).
struct QuotaView {
  std::string use_case, set_by;
  Timestamp set_at;
  int64_t cpu_seconds_day = 0, tokens_day = 0, kept_share_ppm = 0;
  int64_t used_cpu_ns = 0, used_tokens = 0;  // decisions and jobs
  int64_t borrowed_cpu_ns = 0, lendable_cpu_ns = 0;
  int64_t refused = 0;                            // how often a job had to wait for quota
  int64_t used_cpu_ppm = 0, used_tokens_ppm = 0;  // of the day's quota
};
void fields(Shape& shape, QuotaView& quota);

struct QuotasAnswer {
  std::vector<QuotaView> quotas;
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, QuotasAnswer& answer);

struct SubmitRequest {
  std::string verb, use_case;
  Json input = Json::Object{};
  int64_t tier = 3;
};
void fields(Shape& shape, SubmitRequest& request);

struct JobView {
  int64_t job = 0;
  std::string verb, use_case, caller;
  int64_t tier = 3;
  JobState state = JobState::waiting;
  Timestamp submitted_at;
  std::optional<Timestamp> started_at, ended_at;
  int64_t cpu_ns = 0, attempts = 0, pauses = 0, done = 0, total = 0;
  std::string step, waits_for, error;  // what it does; why it waits; why it failed
  std::optional<Json> answer;
};
void fields(Shape& shape, JobView& job);

struct JobsRequest {
  int64_t limit = 50;
  std::optional<std::string> after, use_case;
  std::optional<int64_t> job;
  std::optional<JobState> state;
};
void fields(Shape& shape, JobsRequest& request);

struct JobsAnswer {
  std::vector<JobView> jobs;  // the newest first
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, JobsAnswer& answer);

struct CancelRequest {
  int64_t job = 0;
};
void fields(Shape& shape, CancelRequest& request);

}  // namespace puhui::compute
