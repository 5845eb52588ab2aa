#include "applications/fraud/protocol.h"

#include <algorithm>
#include <map>
#include <set>

#include "infrastructure/models/metrics.h"

namespace puhui::fraud {

Result<void> ProtocolDays::check() const {
  Faults faults;
  if (train_to < train_from) faults.add("train_to", "expected a day not before train_from");
  if (test_to < test_from) faults.add("test_to", "expected a day not before test_from");
  if (delay_days < 0 || delay_days > 366) faults.add("delay_days", "expected 0 to 366");
  if (faults.none() && days_between(train_from, test_to) > kProtocolDaysMax) {
    faults.add("test_to", "lies more than " + std::to_string(kProtocolDaysMax) + " days after train_from");
  }
  if (faults.none() && test_from < train_to.plus_days(delay_days + 1)) {
    faults.add("test_from", "the labels of " + train_to.text() + " are known on " +
                                train_to.plus_days(delay_days + 1).text() + "; expected the test not to begin before");
  }
  return std::move(faults).result();
}

namespace {

// Victims by the day on which their first fraud since train_from is known.
class Victims {
 public:
  Victims(const ProtocolDays& days, std::span<const ProtocolRow> rows) {
    for (const ProtocolRow& row : rows) {
      if (!row.bad || row.day < days.train_from || row.day > days.test_to) continue;
      const Date known = row.day.plus_days(days.delay_days + 1);
      const auto [at, fresh] = known_on_.try_emplace(row.customer, known);
      if (!fresh) at->second = std::min(at->second, known);
    }
  }
  bool known(uint32_t customer, Date day) const {
    const auto found = known_on_.find(customer);
    return found != known_on_.end() && found->second <= day;
  }

 private:
  std::map<uint32_t, Date> known_on_;
};

struct CustomerDay {
  double score = 0;
  bool bad = false;
};

// One day's customers, those detected on earlier days left out; adds those detected now.
ProtocolDayFigures rank_day(Date day, const std::map<uint32_t, CustomerDay>& customers, std::set<uint32_t>& detected) {
  ProtocolDayFigures out;
  out.day = day;
  std::vector<std::pair<double, uint32_t>> ranked;
  for (const auto& [customer, of] : customers) {
    out.customers_with_fraud += of.bad;
    ranked.emplace_back(-of.score, customer);
  }
  out.customers = static_cast<int64_t>(ranked.size());
  const size_t top = std::min(kCardPrecisionTop, ranked.size());
  std::partial_sort(ranked.begin(), ranked.begin() + static_cast<ptrdiff_t>(top), ranked.end());
  for (size_t i = 0; i < top; ++i) {
    if (!customers.at(ranked[i].second).bad) continue;
    ++out.detected;
    detected.insert(ranked[i].second);
  }
  return out;
}

}  // namespace

std::vector<uint32_t> looked_at(const ProtocolDays& days, std::span<const ProtocolRow> rows) {
  const Victims victims(days, rows);
  std::vector<uint32_t> out;
  for (uint32_t i = 0; i < rows.size(); ++i) {
    const ProtocolRow& row = rows[i];
    if (row.day < days.test_from || row.day > days.test_to || victims.known(row.customer, row.day)) continue;
    out.push_back(i);
  }
  return out;
}

Result<ProtocolFigures> measure(const ProtocolDays& days, std::span<const ProtocolRow> rows) {
  TRY(days.check());
  ProtocolFigures out;
  const auto looked = looked_at(days, rows);
  std::vector<double> scores;
  std::vector<uint8_t> bad;
  std::vector<std::vector<uint32_t>> by_day(static_cast<size_t>(days.test_days()));
  for (const uint32_t i : looked) {
    scores.push_back(rows[i].score);
    bad.push_back(rows[i].bad);
    out.frauds += rows[i].bad;
    by_day[static_cast<size_t>(days_between(days.test_from, rows[i].day))].push_back(i);
  }
  out.payments = static_cast<int64_t>(looked.size());
  if (!models::has_both(bad)) {
    return fail(ErrorCode::invalid, "test_from",
                "expected payments both good and fraudulent on the test days, came " + std::to_string(out.payments) +
                    " payments with " + std::to_string(out.frauds) + " frauds");
  }
  out.auc = models::auc({scores, bad});
  out.average_precision = models::average_precision({scores, bad});
  std::set<uint32_t> detected;
  int64_t found = 0;
  for (size_t d = 0; d < by_day.size(); ++d) {
    std::map<uint32_t, CustomerDay> customers;
    int64_t frauds = 0;
    for (const uint32_t i : by_day[d]) {
      frauds += rows[i].bad;
      if (detected.contains(rows[i].customer)) continue;
      const auto [at, fresh] = customers.try_emplace(rows[i].customer, CustomerDay{rows[i].score, rows[i].bad});
      if (fresh) continue;
      at->second.score = std::max(at->second.score, rows[i].score);
      at->second.bad |= rows[i].bad;
    }
    auto day = rank_day(days.test_from.plus_days(static_cast<int>(d)), customers, detected);
    day.payments = static_cast<int64_t>(by_day[d].size());
    day.frauds = frauds;
    found += day.detected;
    out.days.push_back(day);
  }
  out.card_precision_100 =
      static_cast<double>(found) / static_cast<double>(static_cast<int64_t>(kCardPrecisionTop) * days.test_days());
  return out;
}

}  // namespace puhui::fraud
