// Ordinary life: salaries, rents, shops, friends and families, firms that trade, agents that pass money on, people who
// are away for months.
#include "applications/aml/simulation_town.h"

namespace puhui::aml {

namespace {

// Busy shops are few: squaring the draw gives the first ones most customers.
uint32_t shop(const Town& town, RandomStream& draws) {
  const double popular = draws.uniform();
  return town.merchant(static_cast<uint64_t>(popular * popular * popular * town.merchants));
}

struct Away {
  int64_t from = kSimulatedDays, to = kSimulatedDays;  // days
  bool on(int64_t day) const { return day >= from && day < to; }
};

// One in nine is away for two to four months, one in twelve joins late.
Away absence(RandomStream& draws) {
  if (draws.chance(.11)) {
    const int64_t from = 10 + static_cast<int64_t>(draws.below(70));
    return {from, from + 62 + static_cast<int64_t>(draws.below(60))};
  }
  if (draws.chance(.08)) return {0, 20 + static_cast<int64_t>(draws.below(130))};
  return {};
}

void monthly(Town& town, uint32_t person, const Away& away, RandomStream& draws) {
  const bool works = draws.chance(.75), rents = draws.chance(.4), invests = draws.chance(.12);
  const uint32_t employer = town.firm(draws.below(town.firms));
  const int64_t payday = 1 + static_cast<int64_t>(employer % 28);
  const int64_t salary = rounded(amount_around(800'000, .45, draws), 10'000);
  const uint32_t home = town.landlord(draws.below(town.landlords));
  const int64_t rent = rounded(amount_around(280'000, .4, draws), 10'000);
  const bool sweeps = town.has_savings(person) && draws.chance(.6);
  for (int64_t month = 0; month < kSimulatedDays / 30; ++month) {
    const int64_t day = month * 30 + payday;
    if (works && !away.on(day)) {
      const int64_t at = kSimulationStart.microseconds + day * kDayUs + 9 * kHourUs + person % 3600 * 1'000'000ll;
      town.pay(at, employer, person, salary);
      if (sweeps) town.pay(at + 2 * kHourUs, person, town.savings_of(person), share_of(salary, .3, .9, draws));
    }
    if (rents && !away.on(month * 30 + 3)) town.pay(daytime(month * 30 + 3, draws), person, home, rent);
    if (invests && !away.on(day + 1)) {
      town.pay(daytime(day + 1, draws), person, town.institution(person),
               rounded(share_of(salary, .1, .6, draws), 10'000));
    }
  }
}

// The few large things of a life: a car, a flat, a wedding dress; from savings, or with the parents' help.
void large_purchase(Town& town, uint32_t person, RandomStream& draws) {
  const int64_t day = static_cast<int64_t>(draws.below(kSimulatedDays));
  const int64_t price = amount_around(12'000'000, .8, draws);
  const int64_t at = daytime(day, draws);
  if (town.has_savings(person)) {
    town.pay(at, town.savings_of(person), person, price);
  } else {
    town.pay(at, town.friend_of(person, draws), person, share_of(price, .3, .6, draws));
    town.pay(at + 3 * kHourUs, town.friend_of(person, draws), person, share_of(price, .3, .5, draws));
  }
  town.pay(at + 20 * kHourUs, person, draws.chance(.5) ? town.institution(draws.next()) : town.firm(draws.next()),
           price);
}

void everyday(Town& town, uint32_t person, const Away& away, double spends, RandomStream& draws) {
  uint32_t favourites[4];
  for (uint32_t& one : favourites) one = shop(town, draws);
  const auto count = static_cast<int64_t>(spends * (.5 + draws.uniform()));
  for (int64_t i = 0; i < count; ++i) {
    const int64_t day = static_cast<int64_t>(draws.below(kSimulatedDays));
    if (away.on(day)) continue;
    const int64_t at = daytime(day, draws);
    if (draws.chance(.12)) {
      const uint32_t other = town.friend_of(person, draws);
      const bool large = draws.chance(.04);
      town.pay(at, person, other, rounded(amount_around(large ? 1'500'000 : 30'000, .8, draws), 100));
    } else {
      const uint32_t where = draws.chance(.7) ? favourites[draws.below(4)] : shop(town, draws);
      town.pay(at, person, where, amount_around(8'000, 1.0, draws));
    }
  }
}

// Three or four relatives who help each other round and round, in amounts of the moment.
void family_circle(Town& town, uint64_t row) {
  RandomStream draws = town.draws(Draws::circle, row);
  const uint32_t first = town.stranger(draws);
  const size_t size = 3 + draws.below(2);
  const int64_t base = amount_around(300'000, 1.0, draws);
  for (int64_t day = static_cast<int64_t>(draws.below(30)); day < kSimulatedDays;
       day += 4 + static_cast<int64_t>(draws.below(16))) {
    for (size_t i = 0; i < size; ++i) {
      if (draws.chance(.25)) continue;
      town.pay(daytime(day + static_cast<int64_t>(i), draws), town.person(first + i),
               town.person(first + (i + 1) % size), rounded(share_of(base, .4, 1.7, draws), 10'000));
    }
  }
}

void trade(Town& town, uint64_t row) {
  RandomStream draws = town.draws(Draws::firm, row);
  const uint32_t firm = town.firm(row);
  const size_t partners = 3 + draws.below(8);
  std::vector<uint32_t> partner(partners);
  for (uint32_t& one : partner) one = town.firm(draws.next());
  const int64_t usual = amount_around(2'500'000, .8, draws);
  for (int64_t day = 0; day < kSimulatedDays; ++day) {
    if (draws.chance(.3))
      town.pay(daytime(day, draws), firm, partner[draws.below(partners)], amount_around(usual, .7, draws));
    if (draws.chance(.01))
      town.pay(daytime(day, draws), firm, town.firm(draws.next()), amount_around(usual, .7, draws));
  }
}

// A shop pays its suppliers every week and its owner every few days.
void keep_shop(Town& town, uint64_t row) {
  RandomStream draws = town.draws(Draws::merchant, row);
  const uint32_t shop_account = town.merchant(row);
  const uint32_t owner = town.stranger(draws);
  const uint32_t supplier = town.firm(draws.next());
  const int64_t takings = amount_around(600'000, .8, draws);
  for (int64_t day = 2; day < kSimulatedDays; day += 3) {
    town.pay(daytime(day, draws), shop_account, owner, share_of(takings, .1, .5, draws));
    if (day % 7 < 3) town.pay(daytime(day, draws), shop_account, supplier, share_of(takings, .5, 1.4, draws));
  }
}

// Escrow and payment agents: what comes in goes on within a day, all year.
void pass_on(Town& town, uint64_t row) {
  RandomStream draws = town.draws(Draws::agent, row);
  const uint32_t agent = town.agent(row);
  for (int64_t day = 0; day < kSimulatedDays; ++day) {
    const uint64_t deals = 1 + draws.below(4);
    for (uint64_t i = 0; i < deals; ++i) {
      const int64_t at = daytime(day, draws);
      const int64_t amount = amount_around(900'000, 1.0, draws);
      town.pay(at, town.stranger(draws), agent, amount);
      town.pay(at + share_of(20 * kHourUs, .05, 1, draws), agent,
               draws.chance(.5) ? town.stranger(draws) : town.merchant(draws.next()),
               share_of(amount, .95, .99, draws));
    }
  }
}

}  // namespace

void live(Town& town) {
  // Each person's shopping is what the wanted number of transfers leaves after all that is monthly.
  const double fixed = 9.5 * town.persons + 58.0 * town.firms + 80.0 * town.merchants + 900.0 * town.agents;
  const double spends = std::max(4.0, (static_cast<double>(town.request().transfers) - fixed) / town.persons);
  for (uint32_t person = 0; person < town.persons; ++person) {
    RandomStream draws = town.draws(Draws::person, person);
    const Away away = absence(draws);
    monthly(town, person, away, draws);
    if (draws.chance(.05)) large_purchase(town, person, draws);
    everyday(town, person, away, spends, draws);
  }
  for (uint64_t row = 0; row < town.persons / 60; ++row) family_circle(town, row);
  for (uint64_t row = 0; row < town.firms; ++row) trade(town, row);
  for (uint64_t row = 0; row < town.merchants; ++row) keep_shop(town, row);
  for (uint64_t row = 0; row < town.agents; ++row) pass_on(town, row);
}

}  // namespace puhui::aml
