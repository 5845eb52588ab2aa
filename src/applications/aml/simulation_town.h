// Town: who lives in a simulation and what they do for a living; ordinary life, injections and decoys draw on it.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "applications/aml/simulation.h"
#include "ground/base/random.h"

namespace puhui::aml {

inline constexpr int64_t kMinuteUs = 60'000'000, kHourUs = 60 * kMinuteUs, kDayUs = 24 * kHourUs;

// Streams of draws: what happens to one account does not depend on how many others there are.
enum class Draws : uint64_t { person = 1, merchant, firm, agent, circle, pattern, decoy };

class Town {
 public:
  explicit Town(const SimulationRequest& request) : request_(request), random_(request.seed) {
    const uint32_t all = request.accounts;
    persons = all * 86 / 100;
    landlords = std::max<uint32_t>(all * 2 / 100, 4);
    merchants = std::max<uint32_t>(all * 4 / 100, 8);
    firms = std::max<uint32_t>(all * 3 / 100, 12);
    agents = std::max<uint32_t>(all / 200, 2);
    institutions = std::max<uint32_t>(all / 800, 3);
    const uint32_t rest = landlords + merchants + firms + agents + institutions;
    savings = all > persons + rest ? all - persons - rest : 1;
    next_ = persons + rest + savings;
  }

  uint32_t persons = 0, landlords = 0, merchants = 0, firms = 0, agents = 0, institutions = 0, savings = 0;
  uint32_t person(uint64_t i) const { return static_cast<uint32_t>(i % persons); }
  uint32_t landlord(uint64_t i) const { return persons + static_cast<uint32_t>(i % landlords); }
  uint32_t merchant(uint64_t i) const { return persons + landlords + static_cast<uint32_t>(i % merchants); }
  uint32_t firm(uint64_t i) const { return persons + landlords + merchants + static_cast<uint32_t>(i % firms); }
  uint32_t agent(uint64_t i) const {
    return persons + landlords + merchants + firms + static_cast<uint32_t>(i % agents);
  }
  uint32_t institution(uint64_t i) const {
    return persons + landlords + merchants + firms + agents + static_cast<uint32_t>(i % institutions);
  }
  // The savings account of that person, who has one when has_savings.
  uint32_t savings_of(uint32_t person) const {
    return persons + landlords + merchants + firms + agents + institutions + person % savings;
  }
  bool has_savings(uint32_t person) const { return person < savings; }
  uint32_t opened() { return next_++; }  // a new account
  uint32_t accounts() const { return next_; }

  // Friends and family live near each other.
  uint32_t friend_of(uint32_t person, RandomStream& draws) const {
    const int64_t step = 1 + static_cast<int64_t>(draws.below(6));
    const int64_t other = static_cast<int64_t>(person) + (draws.chance(.5) ? step : -step);
    return static_cast<uint32_t>((other + persons) % persons);
  }
  uint32_t stranger(RandomStream& draws) const { return static_cast<uint32_t>(draws.below(persons)); }
  // An ordinary person's account, or one opened for the purpose.
  uint32_t mule(RandomStream& draws, double opened_share) {
    return draws.chance(opened_share) ? opened() : stranger(draws);
  }

  RandomStream draws(Draws of, uint64_t row) const { return {random_, static_cast<uint64_t>(of), row}; }

  void pay(int64_t at_us, uint32_t from, uint32_t to, int64_t amount_minor) {
    if (at_us < kSimulationStart.microseconds || at_us >= kSimulationStart.microseconds + kSimulatedDays * kDayUs)
      return;
    if (amount_minor < 1 || from == to) return;
    out.transfers.push_back({at_us, from, to, amount_minor, static_cast<uint32_t>(out.transfers.size())});
  }

  const SimulationRequest& request() const { return request_; }
  Simulation out;

 private:
  SimulationRequest request_;
  Random random_;
  uint32_t next_ = 0;
};

// A moment of that day between 7 and 23 o'clock.
inline int64_t daytime(int64_t day, RandomStream& draws) {
  return kSimulationStart.microseconds + day * kDayUs + 7 * kHourUs + static_cast<int64_t>(draws.below(16 * kHourUs));
}

// Log-normal around a median, in whole minor units.
inline int64_t amount_around(int64_t median_minor, double spread, RandomStream& draws) {
  const double value = static_cast<double>(median_minor) * std::exp(spread * draws.normal());
  return std::max<int64_t>(1, std::llround(std::min(value, 1e13)));
}

inline int64_t share_of(int64_t amount_minor, double low, double high, RandomStream& draws) {
  return std::llround(static_cast<double>(amount_minor) * (low + (high - low) * draws.uniform()));
}

// Ordinary amounts end in round figures oftener than not.
inline int64_t rounded(int64_t amount_minor, int64_t to_minor) {
  return std::max<int64_t>(to_minor, (amount_minor + to_minor / 2) / to_minor * to_minor);
}

void live(Town& town);             // simulation_life.cc
void inject_patterns(Town& town);  // simulation_patterns.cc
void add_decoys(Town& town);       // simulation_decoys.cc

}  // namespace puhui::aml
