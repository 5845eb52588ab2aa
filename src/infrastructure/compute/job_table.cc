#include "infrastructure/compute/job_table.h"

#include "ground/base/text.h"

namespace puhui::compute {

namespace {

constexpr std::string_view kColumns =
    "SELECT job, verb, use_case, caller, tier, state, submitted_at, started_at, ended_at, cpu_ns, attempts, pauses,"
    " waits_for, error, input, answer FROM compute_job";

std::string jobs_where(std::string_view condition) {
  std::string out(kColumns);
  out += condition;
  return out;
}

std::optional<Timestamp> moment(const Row& row, size_t column) {
  return row.is_null(column) ? std::nullopt : std::optional(Timestamp{row.integer(column)});
}

Param param_of(const std::optional<Timestamp>& moment) { return moment ? Param(moment->microseconds) : Param(); }

Result<JobRow> job_row(const Row& row) {
  JobRow out;
  JobView& view = out.view;
  view.job = row.integer(0);
  view.verb = row.text(1);
  view.use_case = row.text(2);
  view.caller = row.text(3);
  view.tier = row.integer(4);
  view.state = static_cast<JobState>(row.integer(5));
  view.submitted_at = {row.integer(6)};
  view.started_at = moment(row, 7);
  view.ended_at = moment(row, 8);
  view.cpu_ns = row.integer(9);
  view.attempts = row.integer(10);
  view.pauses = row.integer(11);
  view.waits_for = row.text(12);
  view.error = row.text(13);
  out.input = row.text(14);
  if (!row.is_null(15)) view.answer = TRY(parse_json(row.text(15)));
  return out;
}

}  // namespace

Result<int64_t> insert_job(Transaction& tx, const JobRow& row) {
  const auto waiting =
      TRY(tx.integer("SELECT COUNT(*) FROM compute_job WHERE state = ?", {static_cast<int64_t>(JobState::waiting)}));
  if (waiting.value_or(0) >= static_cast<int64_t>(kJobsWaitingMax)) {
    return fail(ErrorCode::exhausted, "job",
                "expected fewer than " + std::to_string(kJobsWaitingMax) + " jobs waiting: try again later");
  }
  const int64_t job = TRY(tx.integer("SELECT MAX(job) FROM compute_job")).value_or(0) + 1;
  const JobView& view = row.view;
  TRY(
      tx.execute("INSERT INTO compute_job(job, verb, input, use_case, caller, tier, state, submitted_at, started_at,"
                 " ended_at, cpu_ns, attempts, pauses, waits_for, error, answer)"
                 " VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, 0, 0, 0, ?, '', NULL)",
                 {job, view.verb, row.input, view.use_case, view.caller, view.tier, static_cast<int64_t>(view.state),
                  view.submitted_at.microseconds, view.waits_for}));
  return job;
}

Result<void> update_job(Transaction& tx, const JobView& view) {
  const std::string answer = view.answer ? print_json(*view.answer) : "";
  TRY(tx.execute(
      "UPDATE compute_job SET state = ?, started_at = ?, ended_at = ?, cpu_ns = ?, attempts = ?,"
      " pauses = ?, waits_for = ?, error = ?, answer = ? WHERE job = ?",
      {static_cast<int64_t>(view.state), param_of(view.started_at), param_of(view.ended_at), view.cpu_ns, view.attempts,
       view.pauses, view.waits_for, view.error, view.answer ? Param(answer) : Param(), view.job}));
  return {};
}

Result<JobRow> read_job(Reader& reader, int64_t job) {
  std::optional<JobRow> out;
  TRY(reader.each(jobs_where(" WHERE job = ?"), {job}, [&](const Row& row) -> Result<void> {
    out = TRY(job_row(row));
    return {};
  }));
  if (!out) return fail(ErrorCode::not_found, "job", "no job has the number " + std::to_string(job));
  return *std::move(out);
}

Result<std::vector<JobRow>> read_jobs_in(Reader& reader, std::initializer_list<JobState> states) {
  std::vector<JobRow> out;
  for (const JobState state : states) {
    TRY(reader.each(jobs_where(" WHERE state = ? ORDER BY job"), {static_cast<int64_t>(state)},
                    [&](const Row& row) -> Result<void> {
                      out.push_back(TRY(job_row(row)));
                      return {};
                    }));
  }
  std::sort(out.begin(), out.end(), [](const JobRow& a, const JobRow& b) { return a.view.job < b.view.job; });
  return out;
}

Result<std::vector<JobView>> list_jobs(Reader& reader, const JobsRequest& request) {
  std::vector<JobView> out;
  std::string where;
  std::vector<Param> params;
  const auto filter = [&](std::string_view condition, Param param) {
    where += where.empty() ? " WHERE " : " AND ";
    where += condition;
    params.push_back(std::move(param));
  };
  if (request.job) filter("job = ?", *request.job);
  if (request.use_case) filter("use_case = ?", *request.use_case);
  if (request.state) filter("state = ?", static_cast<int64_t>(*request.state));
  if (request.after) {
    const auto after = parse_int64(*request.after);
    if (!after) return fail(ErrorCode::invalid, "after", "expected the 'next' of the page before");
    filter("job < ?", *after);
  }
  params.emplace_back(request.limit);
  TRY(reader.each(jobs_where(where + " ORDER BY job DESC LIMIT ?"), params, [&](const Row& row) -> Result<void> {
    JobView& view = out.emplace_back(TRY(job_row(row)).view);
    if (!request.job) view.answer.reset();
    return {};
  }));
  return out;
}

}  // namespace puhui::compute
