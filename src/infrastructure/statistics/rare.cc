#include "infrastructure/statistics/rare.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "ground/base/check.h"
#include "infrastructure/statistics/distribution.h"
#include "infrastructure/statistics/proportion.h"

namespace puhui::statistics {

namespace {

// Rows of one score, the highest score first.
struct Tie {
  double rows = 0, events = 0;
};

std::vector<Tie> ties_of(std::span<const double> scores, std::span<const uint8_t> bad) {
  CHECK(scores.size() == bad.size(), "one outcome a score");
  std::vector<uint32_t> order(scores.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return scores[a] > scores[b]; });
  std::vector<Tie> out;
  for (size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || scores[order[i]] != scores[order[i - 1]]) out.emplace_back();
    out.back().rows += 1;
    out.back().events += bad[order[i]] != 0 ? 1 : 0;
  }
  return out;
}

uint64_t events_of(std::span<const uint8_t> bad) {
  const auto events = static_cast<uint64_t>(std::ranges::count_if(bad, [](uint8_t b) { return b != 0; }));
  CHECK(events > 0, "without an event nothing can be found");
  return events;
}

}  // namespace

AveragePrecision average_precision(std::span<const double> scores, std::span<const uint8_t> bad, double confidence) {
  AveragePrecision out;
  out.events = events_of(bad), out.rows = scores.size();
  const auto events = static_cast<double>(out.events);
  double rows = 0, found = 0;
  for (const Tie& tie : ties_of(scores, bad)) {
    rows += tie.rows, found += tie.events;
    out.value += found / rows * tie.events / events;
  }
  out.value = std::min(out.value, 1.0);
  // The logit has no value at 0 and 1: half an event away from them.
  const double kept = std::clamp(out.value, 0.5 / (events + 1), 1 - 0.5 / (events + 1));
  const double eta = std::log(kept / (1 - kept)), tau = 1 / std::sqrt(events * kept * (1 - kept));
  const double z = z_of_confidence(confidence);
  const auto expit = [](double x) { return 1 / (1 + std::exp(-x)); };
  out.interval = {std::min(expit(eta - z * tau), out.value), std::max(expit(eta + z * tau), out.value)};
  return out;
}

Detection detection_at(std::span<const double> scores, std::span<const uint8_t> bad, double alert_share,
                       double confidence) {
  CHECK(alert_share > 0 && alert_share <= 1, "a share of the rows");
  Detection out;
  out.events = events_of(bad);
  out.looked_at =
      std::max<uint64_t>(1, static_cast<uint64_t>(std::llround(alert_share * static_cast<double>(scores.size()))));
  double left = static_cast<double>(out.looked_at), found = 0;
  for (const Tie& tie : ties_of(scores, bad)) {
    const double taken = std::min(left, tie.rows);
    found += tie.events * taken / tie.rows;
    left -= taken;
    if (left <= 0) break;
  }
  out.share = found / static_cast<double>(out.events);
  out.found = static_cast<uint64_t>(std::llround(found));
  out.interval = wilson({out.found, out.events}, confidence);
  return out;
}

}  // namespace puhui::statistics
