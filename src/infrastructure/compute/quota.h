// Quotas: how much CPU and how many tokens a use case may use in a day (UTC). What it leaves idle others may borrow, but
// for the share that is kept for it. Decisions are counted and never refused; jobs wait.
#pragma once

#include <string>
#include <vector>

#include "ground/base/cpu_use.h"
#include "ground/store/store.h"
#include "infrastructure/compute/compute_shapes.h"

namespace puhui::compute {

std::vector<Migration> migrations();  // of quotas and jobs

inline constexpr int64_t kQuotaAlarmPpm = 800'000;  // of the day's quota: from here on people are told
inline constexpr size_t kQuotasMax = 10'000;

// The quota that counts for a use case: its own, else the one of its name without the scope; null: not limited.
const QuotaView* quota_of(const std::vector<QuotaView>& quotas, std::string_view use_case);

// With today's use, by use case. What use cases without a quota of their own used counts for their name's.
Result<std::vector<QuotaView>> read_quotas(Reader& reader, Timestamp now);
// How many the name may be is limited: `exhausted` beyond kQuotasMax.
Result<void> put_quota(Transaction& tx, const QuotaRequest& request, std::string_view by, Timestamp at);

// Adds what use cases used to today; activities have no quota.
Result<void> add_used(Transaction& tx, std::span<const CpuUse> uses, Timestamp now);
Result<void> add_refused(Transaction& tx, std::string_view use_case, Timestamp now);

// Whether a job of this use case may run now.
enum class Leave : uint8_t {
  own,       // within its quota, or it has none
  borrowed,  // beyond it, from what others leave idle
  none,      // beyond it, and nothing is idle: it waits
};
Leave leave_of(const std::vector<QuotaView>& quotas, std::string_view use_case);

// The larger part used of its quotas, in millionths: what the order of jobs evens out. Without a quota: a million.
int64_t dominant_share_ppm(const std::vector<QuotaView>& quotas, std::string_view use_case);

// CPU that `quota` leaves to others at this moment of the day: what it could have used by now and did not, less what is
// kept. `day_ppm`: how much of the day is over.
int64_t lendable_cpu_ns(const QuotaView& quota, int64_t day_ppm);
int64_t day_ppm_of(Timestamp now);

}  // namespace puhui::compute
