#include "infrastructure/compute/quota.h"

#include <algorithm>

namespace puhui::compute {

namespace {

constexpr int64_t kMillion = 1'000'000, kSecondNs = 1'000'000'000, kDayUs = 86'400'000'000;

int64_t day_of(Timestamp at) { return (at.microseconds - (at.microseconds % kDayUs + kDayUs) % kDayUs) / kDayUs; }

std::string_view without_scope(std::string_view use_case) { return use_case.substr(0, use_case.find('/')); }

int64_t part_ppm(int64_t part, int64_t whole) {
  return whole <= 0 ? 0 : multiply_divide(part, kMillion, whole, Rounding::half_even);
}

int64_t cpu_ns_of(const QuotaView& quota) { return quota.cpu_seconds_day * kSecondNs; }

QuotaView* find(std::vector<QuotaView>& quotas, std::string_view use_case) {
  return const_cast<QuotaView*>(quota_of(quotas, use_case));
}

Result<void> add(Transaction& tx, std::string_view use_case, Timestamp now, int64_t cpu_ns, int64_t tokens,
                 int64_t refused) {
  TRY(
      tx.execute("INSERT INTO compute_used(use_case, day, cpu_ns, tokens, refused) VALUES (?, ?, ?, ?, ?)"
                 " ON CONFLICT (use_case, day) DO UPDATE SET cpu_ns = compute_used.cpu_ns + excluded.cpu_ns,"
                 " tokens = compute_used.tokens + excluded.tokens, refused = compute_used.refused + excluded.refused",
                 {use_case, day_of(now), cpu_ns, tokens, refused}));
  return {};
}

}  // namespace

std::vector<Migration> migrations() {
  return {{"compute", 1,
           "CREATE TABLE compute_quota(use_case {text} NOT NULL PRIMARY KEY, cpu_seconds_day {int} NOT NULL,"
           " tokens_day {int} NOT NULL, kept_share_ppm {int} NOT NULL, set_by {text} NOT NULL,"
           " set_at {int} NOT NULL) {clustered};"
           "CREATE TABLE compute_used(use_case {text} NOT NULL, day {int} NOT NULL, cpu_ns {int} NOT NULL,"
           " tokens {int} NOT NULL, refused {int} NOT NULL, PRIMARY KEY (use_case, day)) {clustered};"
           "CREATE TABLE compute_job(job {int} NOT NULL PRIMARY KEY, verb {text} NOT NULL, input {text} NOT NULL,"
           " use_case {text} NOT NULL, caller {text} NOT NULL, tier {int} NOT NULL, state {int} NOT NULL,"
           " submitted_at {int} NOT NULL, started_at {int}, ended_at {int}, cpu_ns {int} NOT NULL,"
           " attempts {int} NOT NULL, pauses {int} NOT NULL, waits_for {text} NOT NULL, error {text} NOT NULL,"
           " answer {text}) {clustered}"}};
}

const QuotaView* quota_of(const std::vector<QuotaView>& quotas, std::string_view use_case) {
  const QuotaView* of_name = nullptr;
  for (const QuotaView& quota : quotas) {
    if (quota.use_case == use_case) return &quota;
    if (quota.use_case == without_scope(use_case)) of_name = &quota;
  }
  return of_name;
}

Result<std::vector<QuotaView>> read_quotas(Reader& reader, Timestamp now) {
  std::vector<QuotaView> out;
  TRY(
      reader.each("SELECT use_case, cpu_seconds_day, tokens_day, kept_share_ppm, set_by, set_at FROM compute_quota"
                  " ORDER BY use_case",
                  {}, [&](const Row& row) -> Result<void> {
                    QuotaView& quota = out.emplace_back();
                    quota.use_case = row.text(0);
                    quota.cpu_seconds_day = row.integer(1);
                    quota.tokens_day = row.integer(2);
                    quota.kept_share_ppm = row.integer(3);
                    quota.set_by = row.text(4);
                    quota.set_at = {row.integer(5)};
                    return {};
                  }));
  TRY(reader.each("SELECT use_case, cpu_ns, tokens, refused FROM compute_used WHERE day = ?", {day_of(now)},
                  [&](const Row& row) -> Result<void> {
                    if (QuotaView* quota = find(out, row.text(0))) {
                      quota->used_cpu_ns += row.integer(1);
                      quota->used_tokens += row.integer(2);
                      quota->refused += row.integer(3);
                    }
                    return {};
                  }));
  for (QuotaView& quota : out) {
    quota.borrowed_cpu_ns = std::max<int64_t>(0, quota.used_cpu_ns - cpu_ns_of(quota));
    quota.lendable_cpu_ns = lendable_cpu_ns(quota, day_ppm_of(now));
    quota.used_cpu_ppm = part_ppm(quota.used_cpu_ns, cpu_ns_of(quota));
    quota.used_tokens_ppm = part_ppm(quota.used_tokens, quota.tokens_day);
  }
  return out;
}

Result<void> put_quota(Transaction& tx, const QuotaRequest& request, std::string_view by, Timestamp at) {
  if (TRY(tx.integer("SELECT COUNT(*) FROM compute_quota")).value_or(0) >= static_cast<int64_t>(kQuotasMax)) {
    return fail(ErrorCode::exhausted, "use_case", "expected at most " + std::to_string(kQuotasMax) + " quotas");
  }
  TRY(tx.execute(
      "INSERT INTO compute_quota(use_case, cpu_seconds_day, tokens_day, kept_share_ppm, set_by, set_at)"
      " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (use_case) DO UPDATE SET"
      " cpu_seconds_day = excluded.cpu_seconds_day, tokens_day = excluded.tokens_day,"
      " kept_share_ppm = excluded.kept_share_ppm, set_by = excluded.set_by, set_at = excluded.set_at",
      {request.use_case, request.cpu_seconds_day, request.tokens_day, request.kept_share_ppm, by, at.microseconds}));
  return {};
}

Result<void> add_used(Transaction& tx, std::span<const CpuUse> uses, Timestamp now) {
  for (const CpuUse& use : uses) {
    if (use.account->name().starts_with(kActivityPrefix) || (use.cpu_ns == 0 && use.tokens == 0)) continue;
    TRY(add(tx, use.account->name(), now, use.cpu_ns, use.tokens, 0));
  }
  return {};
}

Result<void> add_refused(Transaction& tx, std::string_view use_case, Timestamp now) {
  return add(tx, use_case, now, 0, 0, 1);
}

int64_t day_ppm_of(Timestamp now) {
  return multiply_divide((now.microseconds % kDayUs + kDayUs) % kDayUs, kMillion, kDayUs, Rounding::half_even);
}

int64_t lendable_cpu_ns(const QuotaView& quota, int64_t day_ppm) {
  const int64_t by_now_ns = multiply_divide(cpu_ns_of(quota), day_ppm, kMillion, Rounding::half_even);
  const int64_t idle_ns = std::max<int64_t>(0, by_now_ns - quota.used_cpu_ns);
  return multiply_divide(idle_ns, kMillion - quota.kept_share_ppm, kMillion, Rounding::half_even);
}

// What all together left idle, less what was borrowed already. Tokens are bought, not shared: they are not lent.
Leave leave_of(const std::vector<QuotaView>& quotas, std::string_view use_case) {
  const QuotaView* quota = quota_of(quotas, use_case);
  if (!quota) return Leave::own;
  if (quota->tokens_day > 0 && quota->used_tokens >= quota->tokens_day) return Leave::none;
  if (quota->used_cpu_ns < cpu_ns_of(*quota)) return Leave::own;
  int64_t idle_ns = 0;
  for (const QuotaView& each : quotas) idle_ns += each.lendable_cpu_ns - each.borrowed_cpu_ns;
  return idle_ns > 0 ? Leave::borrowed : Leave::none;
}

int64_t dominant_share_ppm(const std::vector<QuotaView>& quotas, std::string_view use_case) {
  const QuotaView* quota = quota_of(quotas, use_case);
  return quota ? std::max(quota->used_cpu_ppm, quota->used_tokens_ppm) : kMillion;
}

}  // namespace puhui::compute
