#include "infrastructure/federation/simulate.h"

#include <algorithm>
#include <cmath>

#include "ground/base/check.h"
#include "ground/base/random.h"

namespace puhui::federation {

namespace {

// What is true of a firm, whoever knows it.
struct Firm {
  double age_months, requested, overdrafts, loans_elsewhere, owner_score, sector_risk;
  double invoices, growth, largest_buyer_share, cancelled_share, days_since_last, buyers;
  bool defaulted, at_lender, at_registry, owner_known, growth_known;
};

double logistic(double z) { return 1 / (1 + std::exp(-z)); }

Firm firm_of(Random random, uint64_t number) {
  RandomStream draw(random, 1, number);
  Firm f{};
  const double health = draw.normal();  // what all columns hint at, and none says
  f.age_months = std::round(6 + 60 * std::exp(0.8 * draw.normal()));
  f.requested = std::round(20 * std::exp(draw.normal()) * 10) / 10;
  f.overdrafts = std::floor(std::max(0.0, 1.5 - 1.2 * health + 1.5 * draw.normal()));
  f.loans_elsewhere = static_cast<double>(draw.below(5));
  f.owner_score = std::round(600 + 40 * health + 50 * draw.normal());
  f.sector_risk = static_cast<double>(draw.below(6));
  f.invoices = std::floor(12 * std::exp(0.5 * health + 0.7 * draw.normal()));
  f.growth = std::round(1000 * (0.05 + 0.15 * health + 0.25 * draw.normal())) / 1000;
  f.largest_buyer_share = std::round(1000 * logistic(-0.5 - 0.4 * health + draw.normal())) / 1000;
  f.cancelled_share = std::round(1000 * logistic(-3 - 0.6 * health + 0.7 * draw.normal())) / 1000;
  f.days_since_last = std::floor(10 * std::exp(-0.5 * health + 0.9 * draw.normal()));
  f.buyers = 1 + std::floor(f.invoices * (1 - f.largest_buyer_share) / 3);
  const double z = -2.2 - 0.9 * health + 0.25 * std::log(f.requested) - 0.002 * f.age_months + 0.12 * f.sector_risk +
                   1.2 * (f.largest_buyer_share - 0.4) + 8 * (f.cancelled_share - 0.05) - 0.5 * f.growth +
                   (f.overdrafts > 2 && f.days_since_last > 20 ? 0.8 : 0);
  f.defaulted = draw.chance(logistic(z));
  f.at_lender = draw.chance(0.80);
  f.at_registry = draw.chance(0.85);
  f.owner_known = draw.chance(0.95);
  f.growth_known = draw.chance(0.95);
  return f;
}

// Digits alone, as a registration number's body: eighteen places.
std::string id_of(Random random, uint64_t number) {
  std::string out = "91" + std::to_string(random.draw(2, number, 0) % 9'000'000 + 1'000'000);
  const std::string serial = std::to_string(number);
  return out + std::string(9 - std::min<size_t>(9, serial.size()), '0') + serial;
}

std::string number_text(double value) {
  char buffer[32];
  const int length = std::snprintf(buffer, sizeof buffer, "%.10g", value);
  return {buffer, static_cast<size_t>(length)};
}

void append(std::string& to, std::initializer_list<std::string> cells) {
  bool first = true;
  for (const std::string& cell : cells) {
    if (!first) to += ',';
    first = false;
    to += cell;
  }
  to += '\n';
}

}  // namespace

SimulatedPair simulate_pair(int64_t firms, uint64_t seed) {
  CHECK(firms > 0 && firms <= kSimulatedFirmsMax, "a world of firms within its limit");
  const Random random(seed);
  SimulatedPair out;
  out.lender = "firm,defaulted,age_months,requested,overdrafts,loans_elsewhere,owner_score,sector_risk\n";
  out.registry = "firm,invoices,growth,largest_buyer_share,cancelled_share,days_since_last,buyers\n";
  const auto text = [](double value) { return number_text(value); };
  for (uint64_t i = 0; i < static_cast<uint64_t>(firms); ++i) {
    const Firm f = firm_of(random, i);
    const std::string id = id_of(random, i);
    if (f.at_lender) {
      append(out.lender, {id, f.defaulted ? "1" : "0", text(f.age_months), text(f.requested), text(f.overdrafts),
                          text(f.loans_elsewhere), f.owner_known ? text(f.owner_score) : "", text(f.sector_risk)});
    }
  }
  // The registry keeps its firms in an order of its own.
  for (uint64_t i = 0; i < static_cast<uint64_t>(firms); ++i) {
    const uint64_t number = static_cast<uint64_t>(firms) - 1 - i;
    const Firm f = firm_of(random, number);
    if (!f.at_registry) continue;
    append(out.registry,
           {id_of(random, number), text(f.invoices), f.growth_known ? text(f.growth) : "", text(f.largest_buyer_share),
            text(f.cancelled_share), text(f.days_since_last), text(f.buyers)});
  }
  return out;
}

}  // namespace puhui::federation
