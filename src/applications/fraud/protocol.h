// Protocol: how well a stream's model finds fraud, measured as by the public handbook on card fraud: train on some days, wait
// until their labels are known, test on later days without the customers who are known as victims by then.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ground/base/date.h"
#include "ground/base/result.h"

namespace puhui::fraud {

inline constexpr int kProtocolDaysMax = 3660;     // from the first day of training to the last of the test
inline constexpr size_t kCardPrecisionTop = 100;  // customers that people look at a day

// All days inclusive. A payment's label is known `delay_days` after it.
struct ProtocolDays {
  Date train_from, train_to, test_from, test_to;
  int delay_days = 7;
  // The test begins when the last training day's labels are known, not before.
  Result<void> check() const;
  int test_days() const { return days_between(test_from, test_to) + 1; }
};

// One payment of any day; those of other days than the protocol's are passed over.
struct ProtocolRow {
  Date day;
  uint32_t customer = 0;
  bool bad = false;
  double score = 0;
};

struct ProtocolDayFigures {
  Date day;
  int64_t payments = 0, frauds = 0, customers = 0, customers_with_fraud = 0;
  int64_t detected = 0;  // customers with a fraud that day among the first kCardPrecisionTop
};

struct ProtocolFigures {
  int64_t payments = 0, frauds = 0;       // that were looked at
  double auc = 0, average_precision = 0;  // over all of them at once
  double card_precision_100 = 0;          // mean over the test days
  std::vector<ProtocolDayFigures> days;
};

// The rows (by index, ascending) of the test days whose customer is not known as a victim that day: had no fraud on a training day,
// nor on a later day whose labels are known by then.
std::vector<uint32_t> looked_at(const ProtocolDays& days, std::span<const ProtocolRow> rows);

// AUC counts ties one half; average precision is the step sum. Card precision: each day customers are ranked by the
// highest score of their payments that day (equal scores by customer), and of the first hundred the share who had a fraud that day
// counts; those who had leave the later days. invalid when the rows looked at are not of both kinds.
Result<ProtocolFigures> measure(const ProtocolDays& days, std::span<const ProtocolRow> rows);

}  // namespace puhui::fraud
