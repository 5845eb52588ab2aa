#include "infrastructure/cases/reading.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "infrastructure/cases/rows.h"

namespace puhui::cases {

namespace {

constexpr int64_t kHourUs = 3'600'000'000, kDayUs = 24 * kHourUs;

bool before(const Waiting& a, const Waiting& b) {
  if (a.expected_loss_minor != b.expected_loss_minor) return a.expected_loss_minor > b.expected_loss_minor;
  return std::tie(a.at, a.id) < std::tie(b.at, b.id);
}

struct Line {  // of the queue: one application's alerts with one owner
  std::string application, owner;
};

// Conditions that only stand when they are asked for; their parameters in order.
class Conditions {
 public:
  void only(std::string_view column, const std::optional<std::string>& value) {
    if (!value) return;
    sql_ += " AND " + std::string(column) + " = ?";
    params_.push_back(std::string_view(*value));
  }
  void also(std::string_view condition, std::initializer_list<Param> params) {
    sql_ += " AND " + std::string(condition);
    params_.insert(params_.end(), params);
  }
  void end(std::string_view rest, std::initializer_list<Param> params) {
    sql_ += " " + std::string(rest);
    params_.insert(params_.end(), params);
  }
  const std::string& sql() const { return sql_; }
  std::span<const Param> params() const { return params_; }

 private:
  std::string sql_;
  std::vector<Param> params_;
};

struct Counted {
  std::vector<Line> lines;
  int64_t alerts = 0, expected_loss_minor = 0;
};

Result<Counted> count_lines(Reader& reader, const QueueRequest& request) {
  Conditions where;
  where.only("application", request.application);
  where.only("owner", request.owner);
  Counted out;
  TRY(
      reader.each("SELECT application, owner, CAST(SUM(alerts) AS BIGINT), CAST(SUM(expected_loss_minor) AS BIGINT) "
                  "FROM cases_waiting WHERE alerts > 0" +
                      where.sql() + " GROUP BY application, owner ORDER BY application, owner",
                  where.params(), [&](const Row& row) -> Result<void> {
                    out.lines.push_back({std::string(row.text(0)), std::string(row.text(1))});
                    out.alerts += row.integer(2);
                    out.expected_loss_minor += row.integer(3);
                    return {};
                  }));
  return out;
}

}  // namespace

Result<QueueAnswer> read_queue(Reader& reader, const QueueRequest& request) {
  const Counted counted = TRY(count_lines(reader, request));
  QueueAnswer out;
  for (const Line& line : counted.lines) {
    const Param params[] = {line.application, line.owner, request.capacity};
    auto of_line = TRY(read_alerts(reader,
                                   "WHERE queued = 1 AND application = ? AND owner = ? "
                                   "ORDER BY expected_loss_minor DESC, raised_at, id LIMIT ?",
                                   params));
    out.alerts.insert(out.alerts.end(), std::make_move_iterator(of_line.begin()),
                      std::make_move_iterator(of_line.end()));
    std::ranges::sort(out.alerts, before);
    if (out.alerts.size() > static_cast<size_t>(request.capacity)) {
      out.alerts.resize(static_cast<size_t>(request.capacity));
    }
  }
  for (Waiting& alert : out.alerts) {
    alert.state = is_queue(alert.owner) ? CaseState::open : CaseState::assigned;
    out.expected_loss_minor += alert.expected_loss_minor;
  }
  out.below = counted.alerts - static_cast<int64_t>(out.alerts.size());
  out.expected_loss_below_minor = counted.expected_loss_minor - out.expected_loss_minor;
  return out;
}

Result<std::vector<Case>> find_cases(Reader& reader, const CaseQuery& query) {
  const ListRequest& request = query.request;
  Conditions where;
  where.only("application", request.application);
  where.only("owner", request.owner);
  where.only("subject", request.subject);
  if (request.state) where.also("state = ?", {static_cast<int64_t>(*request.state)});
  if (request.overdue) {
    where.also(*request.overdue ? "deadline IS NOT NULL AND deadline <= ? AND state < 3"
                                : "(deadline IS NULL OR deadline > ? OR state = 3)",
               {query.now.microseconds});
  }
  const std::string after = query.after ? query.after->bytes() : "";
  if (query.after) where.also("id < ?", {BytesView{after}});
  where.end("ORDER BY id DESC LIMIT ?", {request.limit});
  return read_cases(reader, "WHERE 1 = 1" + where.sql(), where.params());
}

Result<CasePage> read_page(Reader& reader, CaseId id) {
  CasePage out;
  out.one = TRY(find_case(reader, id));
  const std::string bytes = id.bytes();
  const Param params[] = {BytesView{bytes}};
  for (Waiting& alert : TRY(read_alerts(reader, "WHERE in_case = ? ORDER BY raised_at DESC, id", params))) {
    out.alerts.push_back(std::move(alert));
  }
  out.events.push_back({out.one.opened_at, out.one.application, "opened", ""});
  TRY(reader.each(
      "SELECT happened_at, by_whom, what, words FROM cases_event WHERE in_case = ? ORDER BY number", params,
      [&](const Row& row) -> Result<void> {
        out.events.push_back(
            {{row.integer(0)}, std::string(row.text(1)), std::string(row.text(2)), std::string(row.text(3))});
        return {};
      }));
  return out;
}

Result<std::vector<Alert>> alerts_about(Reader& reader, std::string_view application, std::string_view reference) {
  std::vector<Alert> out;
  const Param params[] = {reference, application};
  for (Waiting& alert :
       TRY(read_alerts(reader, "WHERE reference = ? AND application = ? ORDER BY raised_at, id", params))) {
    out.push_back(std::move(alert));
  }
  return out;
}

Result<Snoozes> find_snoozes(Reader& reader, const SnoozeQuery& query) {
  Conditions where;
  where.only("application", query.application);
  const std::string after = query.after ? query.after->bytes() : "";
  if (query.after) where.also("id < ?", {BytesView{after}});
  where.end("ORDER BY id DESC LIMIT ?", {query.limit});
  Snoozes out;
  Id128 last;
  std::vector<Param> params{query.now.microseconds};
  params.insert(params.end(), where.params().begin(), where.params().end());
  TRY(reader.each(
      "SELECT application, kind, subject, until_at, by_whom, why, alerts, id FROM cases_snooze WHERE until_at > ?" +
          where.sql(),
      params, [&](const Row& row) -> Result<void> {
        out.snoozes.push_back({std::string(row.text(0)),
                               std::string(row.text(1)),
                               std::string(row.text(2)),
                               {row.integer(3)},
                               std::string(row.text(4)),
                               std::string(row.text(5)),
                               row.integer(6)});
        last = row.id(7);
        return {};
      }));
  if (static_cast<int64_t>(out.snoozes.size()) == query.limit) out.next = last;
  return out;
}

namespace {

using ByApplication = std::map<std::string, ApplicationCount, std::less<>>;
using ByKind = std::map<std::pair<std::string, std::string>, KindCount>;

// Calls `count(row)` for each row of one of the summary's questions.
Result<void> ask(Reader& reader, std::string_view select, const Conditions& where, std::string_view group,
                 const Reader::Visit& count) {
  return reader.each(std::string(select) + where.sql() + " GROUP BY " + std::string(group), where.params(), count);
}

Result<void> count_cases(Reader& reader, const SummaryRequest& request, Timestamp now, ByApplication& counts) {
  Conditions standing, closed, late, soon;
  for (Conditions* each : {&standing, &closed, &late, &soon}) each->only("application", request.application);
  closed.also("closed_at > ?", {now.microseconds - kSummaryDays * kDayUs});
  late.also("deadline <= ?", {now.microseconds});
  soon.also("deadline > ?", {now.microseconds});
  soon.also("deadline <= ?", {now.microseconds + kHourUs});
  TRY(ask(reader, "SELECT application, state, COUNT(*) FROM cases_case WHERE state < 3", standing, "application, state",
          [&](const Row& row) -> Result<void> {
            ApplicationCount& count = counts[std::string(row.text(0))];
            const auto state = static_cast<CaseState>(row.integer(1));
            (state == CaseState::open       ? count.open
             : state == CaseState::assigned ? count.assigned
                                            : count.proposed) = row.integer(2);
            return {};
          }));
  TRY(ask(reader, "SELECT application, COUNT(*) FROM cases_case WHERE closed_at IS NOT NULL", closed, "application",
          [&](const Row& row) -> Result<void> {
            counts[std::string(row.text(0))].closed = row.integer(1);
            return {};
          }));
  TRY(ask(reader, "SELECT application, COUNT(*) FROM cases_case WHERE deadline IS NOT NULL AND state < 3", late,
          "application", [&](const Row& row) -> Result<void> {
            counts[std::string(row.text(0))].overdue = row.integer(1);
            return {};
          }));
  return ask(reader, "SELECT application, COUNT(*) FROM cases_alert WHERE due = 1", soon, "application",
             [&](const Row& row) -> Result<void> {
               counts[std::string(row.text(0))].due_within_hour = row.integer(1);
               return {};
             });
}

KindCount& of_kind(ByKind& kinds, const Row& row) {
  return kinds[{std::string(row.text(0)), std::string(row.text(1))}];
}

Result<void> count_kinds(Reader& reader, const SummaryRequest& request, Timestamp now, ByApplication& counts,
                         ByKind& kinds) {
  const int64_t since = now.microseconds - kSummaryDays * kDayUs;
  Conditions waiting, judged, asleep;
  for (Conditions* each : {&waiting, &judged, &asleep}) each->only("application", request.application);
  judged.also("judged_at > ?", {since});
  asleep.also("until_at > ?", {since});
  TRY(ask(reader,
          "SELECT application, kind, CAST(SUM(alerts) AS BIGINT), CAST(SUM(expected_loss_minor) AS BIGINT) "
          "FROM cases_waiting WHERE alerts > 0",
          waiting, "application, kind", [&](const Row& row) -> Result<void> {
            of_kind(kinds, row).waiting = row.integer(2);
            ApplicationCount& count = counts[std::string(row.text(0))];
            count.waiting += row.integer(2);
            count.expected_loss_minor += row.integer(3);
            return {};
          }));
  TRY(ask(reader, "SELECT application, kind, verdict, COUNT(*) FROM cases_alert WHERE judged_at IS NOT NULL", judged,
          "application, kind, verdict", [&](const Row& row) -> Result<void> {
            KindCount& count = of_kind(kinds, row);
            const auto verdict = static_cast<Verdict>(row.integer(2));
            (verdict == Verdict::confirmed   ? count.confirmed
             : verdict == Verdict::dismissed ? count.dismissed
                                             : count.unclear) = row.integer(3);
            return {};
          }));
  return ask(reader, "SELECT application, kind, CAST(SUM(alerts) AS BIGINT) FROM cases_snooze WHERE alerts > 0", asleep,
             "application, kind", [&](const Row& row) -> Result<void> {
               of_kind(kinds, row).snoozed = row.integer(2);
               return {};
             });
}

// Wilson, E. B. (1927): honest also where few were judged, and at none or all confirmed.
void set_precision(KindCount& count) {
  const auto judged = static_cast<double>(count.confirmed + count.dismissed);
  if (judged == 0) return;
  constexpr double kZ = 1.959963984540054;
  const double share = static_cast<double>(count.confirmed) / judged, z2 = kZ * kZ;
  const double middle = (share + z2 / (2 * judged)) / (1 + z2 / judged);
  const double half = kZ * std::sqrt(share * (1 - share) / judged + z2 / (4 * judged * judged)) / (1 + z2 / judged);
  const auto ppm = [](double value) { return std::llround(std::clamp(value, 0.0, 1.0) * 1e6); };
  count.precision_ppm = ppm(share);
  count.precision_low_ppm = ppm(middle - half);
  count.precision_high_ppm = ppm(middle + half);
}

}  // namespace

Result<SummaryAnswer> read_summary(Reader& reader, const SummaryRequest& request, Timestamp now) {
  ByApplication counts;
  ByKind kinds;
  TRY(count_cases(reader, request, now, counts));
  TRY(count_kinds(reader, request, now, counts, kinds));
  SummaryAnswer out;
  out.at = now;
  for (auto& [application, count] : counts) {
    count.application = application;
    out.applications.push_back(std::move(count));
  }
  for (auto& [name, count] : kinds) {
    std::tie(count.application, count.kind) = name;
    set_precision(count);
    out.kinds.push_back(std::move(count));
  }
  // Kinds nobody judged come last: nothing is known of them.
  std::ranges::stable_sort(out.kinds, {},
                           [](const KindCount& count) { return count.precision_ppm.value_or(INT64_MAX); });
  return out;
}

}  // namespace puhui::cases
