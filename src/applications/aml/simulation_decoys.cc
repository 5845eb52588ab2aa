// Decoys: legitimate life that looks like laundering. As many of each typology as there are patterns, drawn among the
// kinds below; they are in the truth, so that a report can say which of them were taken for laundering.
#include "applications/aml/simulation_town.h"

namespace puhui::aml {

namespace {

struct Decoy {
  Town& town;
  uint32_t number;
  RandomStream draws;
  int64_t first = INT64_MAX, last = INT64_MIN;

  void pay(int64_t at, uint32_t from, uint32_t to, int64_t amount) {
    town.pay(at, from, to, amount);
    first = std::min(first, at);
    last = std::max(last, at);
  }
  void is(Typology typology, uint32_t account, std::string what) {
    town.out.truth.push_back(
        {number, TruthKind::decoy, typology, account_name(account), {first}, {last}, std::move(what)});
  }
  int64_t day() {
    return kFirstInjectionDay + static_cast<int64_t>(draws.below(kSimulatedDays - kFirstInjectionDay - 16));
  }
  int64_t gap(double low_hours, double high_hours) { return share_of(kHourUs, low_hours, high_hours, draws); }
};

// ---- structuring

void wholesaler(Decoy& d) {
  const uint32_t firm = d.town.firm(d.draws.next());
  const int64_t day = d.day();
  for (size_t i = 0; i < 15; ++i) {
    d.pay(daytime(day + static_cast<int64_t>(d.draws.below(9)), d.draws), firm, d.town.firm(d.draws.next()),
          amount_around(kReportingThresholdMinor, .35, d.draws));
  }
  d.is(Typology::structuring, firm, "wholesaler paying around the threshold");
}

void instalments(Decoy& d) {
  const uint32_t person = d.town.stranger(d.draws), school = d.town.institution(d.draws.next());
  const int64_t day = d.day(), each = rounded(share_of(kReportingThresholdMinor, .82, .99, d.draws), 100'000);
  const size_t count = 2 + d.draws.below(2);
  for (size_t i = 0; i < count; ++i) d.pay(daytime(day + 2 * static_cast<int64_t>(i), d.draws), person, school, each);
  d.is(Typology::structuring, person, "two or three instalments below the threshold");
}

void standing_order(Decoy& d) {
  const uint32_t firm = d.town.firm(d.draws.next()), supplier = d.town.firm(d.draws.next());
  const int64_t each = rounded(share_of(kReportingThresholdMinor, .85, .99, d.draws), 10'000);
  for (int64_t day = static_cast<int64_t>(d.draws.below(2)); day < kSimulatedDays; day += 2) {
    d.pay(daytime(day, d.draws), firm, supplier, share_of(each, .98, 1.0, d.draws));
  }
  d.is(Typology::structuring, firm, "the same order every other day since long ago");
}

void renovation(Decoy& d) {
  const uint32_t person = d.town.stranger(d.draws);
  const int64_t day = d.day();
  for (size_t i = 0; i < 7; ++i) {
    d.pay(daytime(day + static_cast<int64_t>(d.draws.below(9)), d.draws), person, d.town.firm(d.draws.next()),
          share_of(kReportingThresholdMinor, .2, .95, d.draws));
  }
  d.is(Typology::structuring, person, "renovation paid to several craftsmen");
}

// ---- fan in

void wedding(Decoy& d) {
  static constexpr int64_t kGifts[] = {20'000, 30'000, 50'000, 60'000, 80'000, 100'000, 120'000, 200'000};
  const uint32_t couple = d.town.stranger(d.draws);
  const int64_t day = d.day();
  const size_t guests = 20 + d.draws.below(31);
  int64_t sum = 0;
  for (size_t i = 0; i < guests; ++i) {
    const uint32_t guest =
        d.draws.chance(.5) ? d.town.person(couple + 1 + d.draws.below(12)) : d.town.stranger(d.draws);
    const int64_t gift = d.draws.chance(.06) ? 500'000 : kGifts[d.draws.below(std::size(kGifts))];
    sum += gift;
    d.pay(daytime(day + static_cast<int64_t>(d.draws.below(3)), d.draws), guest, couple, gift);
  }
  if (d.draws.chance(.7)) {
    d.pay(d.last + d.gap(10, 40), couple,
          d.town.has_savings(couple) ? d.town.savings_of(couple) : d.town.friend_of(couple, d.draws),
          share_of(sum, .6, .95, d.draws));
  }
  d.is(Typology::fan_in, couple, "wedding gifts");
}

void collection(Decoy& d) {
  const uint32_t patient = d.town.mule(d.draws, .2);
  const int64_t day = d.day();
  const size_t givers = 40 + d.draws.below(110);
  int64_t sum = 0;
  for (size_t i = 0; i < givers; ++i) {
    const int64_t gift = rounded(std::min<int64_t>(amount_around(10'000, .9, d.draws), 200'000), 1000);
    sum += gift;
    d.pay(daytime(day + static_cast<int64_t>(d.draws.below(4)), d.draws), d.town.stranger(d.draws), patient, gift);
  }
  d.pay(d.last + d.gap(4, 60), patient, d.town.institution(d.draws.next()), share_of(sum, .7, 1.0, d.draws));
  d.is(Typology::fan_in, patient, "collection for a hospital bill");
}

void club(Decoy& d) {
  const uint32_t treasurer = d.town.stranger(d.draws);
  const int64_t day = d.day();
  const size_t members = 15 + d.draws.below(16);
  const int64_t fee = rounded(share_of(100'000, .3, 1.5, d.draws), 1000);
  for (size_t i = 0; i < members; ++i) {
    d.pay(daytime(day + static_cast<int64_t>(d.draws.below(5)), d.draws), d.town.stranger(d.draws), treasurer, fee);
  }
  d.pay(d.last + d.gap(4, 60), treasurer, d.town.merchant(d.draws.next()),
        fee * static_cast<int64_t>(members) * 9 / 10);
  d.is(Typology::fan_in, treasurer, "fees of a club");
}

// A savings club: each month every member pays the same to the one whose turn it is.
void savings_club(Decoy& d) {
  const uint32_t first = d.town.stranger(d.draws);
  const size_t members = 8 + d.draws.below(7);
  const int64_t share = rounded(share_of(400'000, .5, 1.4, d.draws), 10'000);
  uint32_t taker = first;
  for (int64_t month = 0; month < kSimulatedDays / 30; ++month) {
    taker = d.town.person(first + static_cast<uint64_t>(month));
    for (size_t i = 0; i < members; ++i) {
      const uint32_t member = d.town.person(first + i);
      d.pay(daytime(month * 30 + 14, d.draws), member, taker, share);
    }
  }
  d.is(Typology::fan_in, taker, "savings club");
}

void new_shop(Decoy& d) {
  const uint32_t shop = d.town.opened();
  const int64_t opens = d.day() - 10;
  const int64_t usual = amount_around(9'000, .5, d.draws);
  for (int64_t day = opens; day < std::min<int64_t>(opens + 40, kSimulatedDays); ++day) {
    const uint64_t customers = 8 + d.draws.below(20);
    for (uint64_t i = 0; i < customers; ++i) {
      d.pay(daytime(day, d.draws), d.town.stranger(d.draws), shop, amount_around(usual, .7, d.draws));
    }
  }
  d.is(Typology::fan_in, shop, "a new shop");
}

// The hard one: few customers, large bills, all new.
void boutique(Decoy& d) {
  const uint32_t shop = d.town.opened();
  const int64_t opens = d.day() - 10;
  for (int64_t day = opens; day < std::min<int64_t>(opens + 40, kSimulatedDays); ++day) {
    const uint64_t customers = 1 + d.draws.below(5);
    for (uint64_t i = 0; i < customers; ++i) {
      d.pay(daytime(day, d.draws), d.town.stranger(d.draws), shop, rounded(amount_around(90'000, .7, d.draws), 1000));
    }
    if (day % 5 == 0)
      d.pay(daytime(day, d.draws), shop, d.town.firm(d.draws.next()), amount_around(800'000, .5, d.draws));
  }
  d.is(Typology::fan_in, shop, "a new furniture shop");
}

void sale(Decoy& d) {
  const uint32_t shop = d.town.merchant(d.draws.below(d.town.merchants / 2));
  const int64_t day = d.day();
  for (size_t i = 0; i < 150; ++i) {
    d.pay(daytime(day + static_cast<int64_t>(d.draws.below(2)), d.draws), d.town.stranger(d.draws), shop,
          amount_around(15'000, .9, d.draws));
  }
  d.is(Typology::fan_in, shop, "a sale");
}

// ---- fan out

void new_payroll(Decoy& d) {
  const uint32_t firm = d.town.opened();
  const int64_t opens = d.day() - 30;
  const size_t customers = 10 + d.draws.below(15), staff = 10 + d.draws.below(30);
  std::vector<uint32_t> customer(customers), employee(staff);
  for (uint32_t& one : customer) one = d.draws.chance(.6) ? d.town.firm(d.draws.next()) : d.town.stranger(d.draws);
  for (uint32_t& one : employee) one = d.town.stranger(d.draws);
  d.town.pay(daytime(opens, d.draws), d.town.stranger(d.draws), firm, amount_around(50'000'000, .5, d.draws));
  for (int64_t day = opens; day < kSimulatedDays; ++day) {
    if (d.draws.chance(.7))
      d.town.pay(daytime(day, d.draws), customer[d.draws.below(customers)], firm,
                 amount_around(1'500'000, .7, d.draws));
    if (day > opens + 24 && (day - opens) % 30 == 27) {
      const int64_t at = daytime(day, d.draws);
      for (size_t i = 0; i < staff; ++i)
        d.pay(at + static_cast<int64_t>(i) * 1'000'000, firm, employee[i], amount_around(800'000, .4, d.draws));
    }
  }
  if (d.first == INT64_MAX) d.first = d.last = daytime(opens, d.draws);
  d.is(Typology::fan_out, firm, "payroll of a new firm");
}

void red_packets(Decoy& d) {
  const uint32_t person = d.town.stranger(d.draws);
  const int64_t day = d.day();
  const size_t count = 15 + d.draws.below(26);
  for (size_t i = 0; i < count; ++i) {
    const uint32_t to = d.draws.chance(.4) ? d.town.friend_of(person, d.draws) : d.town.stranger(d.draws);
    d.pay(daytime(day, d.draws), person, to, rounded(amount_around(20'000, .6, d.draws), 100));
  }
  d.is(Typology::fan_out, person, "red packets");
}

void suppliers(Decoy& d) {
  const uint32_t firm = d.town.firm(d.draws.next());
  const int64_t day = d.day();
  const size_t count = 12 + d.draws.below(14);
  for (size_t i = 0; i < count; ++i) {
    d.pay(daytime(day + static_cast<int64_t>(d.draws.below(2)), d.draws), firm, d.town.firm(d.draws.next()),
          amount_around(1'200'000, .6, d.draws));
  }
  d.is(Typology::fan_out, firm, "a firm paying its suppliers");
}

void refunds(Decoy& d) {
  const uint32_t shop = d.town.merchant(d.draws.below(d.town.merchants / 3));
  const int64_t day = d.day();
  const size_t count = 20 + d.draws.below(80);
  for (size_t i = 0; i < count; ++i) {
    d.pay(daytime(day + static_cast<int64_t>(d.draws.below(2)), d.draws), shop, d.town.stranger(d.draws),
          amount_around(40'000, .6, d.draws));
  }
  d.is(Typology::fan_out, shop, "refunds of a cancelled event");
}

void organiser(Decoy& d) {
  const uint32_t person = d.town.stranger(d.draws);
  const int64_t day = d.day();
  const size_t count = 10 + d.draws.below(14);
  d.pay(daytime(day, d.draws) - kDayUs, d.town.firm(d.draws.next()), person, amount_around(1'000'000, .3, d.draws));
  for (size_t i = 0; i < count; ++i) {
    d.pay(daytime(day + static_cast<int64_t>(d.draws.below(3)), d.draws), person, d.town.stranger(d.draws),
          rounded(amount_around(55'000, .6, d.draws), 1000));
  }
  d.is(Typology::fan_out, person, "an organiser paying helpers");
}

// ---- cycle

void trade_circle(Decoy& d) {
  const size_t length = 3 + d.draws.below(3);
  std::vector<uint32_t> firms(length);
  const uint64_t base = d.draws.next() % d.town.firms;
  for (size_t i = 0; i < length; ++i) firms[i] = d.town.firm(base + i * 7);
  const int64_t day = d.day();
  for (size_t i = 0; i < length; ++i) {
    d.pay(daytime(day + 2 * static_cast<int64_t>(i), d.draws), firms[i], firms[(i + 1) % length],
          amount_around(6'000'000, .8, d.draws));
  }
  d.is(Typology::cycle, firms[0], "firms that buy from each other");
}

// The same money every week through a group of companies, since long ago.
void cash_pool(Decoy& d) {
  const uint64_t base = d.draws.next() % d.town.firms;
  const int64_t usual = amount_around(8'000'000, .6, d.draws);
  const uint32_t firms[] = {d.town.firm(base), d.town.firm(base + 11), d.town.firm(base + 23)};
  for (int64_t day = static_cast<int64_t>(d.draws.below(7)); day < kSimulatedDays; day += 7) {
    const int64_t amount = share_of(usual, .8, 1.2, d.draws);
    for (size_t i = 0; i < 3; ++i)
      d.pay(daytime(day + static_cast<int64_t>(i), d.draws), firms[i], firms[(i + 1) % 3], amount);
  }
  d.is(Typology::cycle, firms[0], "cash pool of a group");
}

void loan_back(Decoy& d) {
  const uint32_t lender = d.town.stranger(d.draws), borrower = d.town.stranger(d.draws);
  const uint32_t spouse = d.town.person(borrower + 1);
  const int64_t day = d.day() - 30, amount = amount_around(5'000'000, .6, d.draws);
  d.pay(daytime(day, d.draws), lender, borrower, amount);
  d.pay(daytime(day + 1, d.draws), borrower, spouse, amount);
  d.pay(daytime(day + 16 + static_cast<int64_t>(d.draws.below(20)), d.draws), spouse, lender, amount);
  d.is(Typology::cycle, lender, "a loan paid back by the spouse");
}

void large_family(Decoy& d) {
  const uint32_t first = d.town.stranger(d.draws);
  const size_t size = 3 + d.draws.below(3);
  const int64_t base = amount_around(3'000'000, .5, d.draws), day = d.day();
  for (size_t i = 0; i < size; ++i) {
    d.pay(daytime(day + static_cast<int64_t>(i), d.draws), d.town.person(first + i),
          d.town.person(first + (i + 1) % size), rounded(share_of(base, .3, 2.0, d.draws), 10'000));
  }
  d.is(Typology::cycle, first, "a family that helps each other");
}

// ---- scatter and gather

void dividends(Decoy& d) {
  const uint32_t firm = d.town.firm(d.draws.next()), broker = d.town.institution(d.draws.next());
  const int64_t day = d.day();
  const size_t holders = 6 + d.draws.below(6);
  for (size_t i = 0; i < holders; ++i) {
    const uint32_t holder = d.town.stranger(d.draws);
    const int64_t amount = amount_around(2'000'000, .5, d.draws);
    d.pay(daytime(day, d.draws), firm, holder, amount);
    d.pay(daytime(day + 1, d.draws), holder, broker, share_of(amount, .7, 1.0, d.draws));
  }
  d.is(Typology::scatter_gather, firm, "dividends invested with one broker");
}

void school_fees(Decoy& d) {
  const uint32_t parent = d.town.stranger(d.draws), school = d.town.institution(d.draws.next());
  const int64_t day = d.day();
  for (size_t i = 0; i < 3; ++i) {
    const uint32_t child = d.town.person(parent + 1 + i);
    const int64_t amount = amount_around(1'500'000, .4, d.draws);
    d.pay(daytime(day, d.draws), parent, child, amount);
    d.pay(daytime(day + 1, d.draws), child, school, share_of(amount, .85, 1.0, d.draws));
  }
  d.is(Typology::scatter_gather, parent, "a parent with three children at one school");
}

// Colleagues whom the firm advances the price of a trip, and who pay a new travel agent.
void travel(Decoy& d) {
  const uint32_t firm = d.town.firm(d.draws.next()),
                 agency = d.draws.chance(.5) ? d.town.opened() : d.town.merchant(d.draws.below(20));
  const int64_t day = d.day(), price = amount_around(450'000, .3, d.draws);
  std::vector<uint32_t> staff(5 + d.draws.below(6));
  for (uint32_t& one : staff) one = d.town.stranger(d.draws);
  for (int64_t month = 0; month < 4; ++month) {
    for (const uint32_t one : staff)
      d.town.pay(daytime(day - 10 - 30 * month, d.draws), firm, one, amount_around(800'000, .05, d.draws));
  }
  for (const uint32_t one : staff) {
    d.pay(daytime(day, d.draws), firm, one, price);
    d.pay(daytime(day + 1, d.draws), one, agency, share_of(price, .85, 1.0, d.draws));
  }
  d.is(Typology::scatter_gather, firm, "a firm trip by one travel agent");
}

// ---- pass-through

void house(Decoy& d) {
  const uint32_t child = d.town.stranger(d.draws);
  const int64_t at = daytime(d.day(), d.draws), price = amount_around(60'000'000, .4, d.draws);
  d.pay(at, d.town.friend_of(child, d.draws), child, price / 2);
  d.pay(at + d.gap(1, 8), d.town.friend_of(child, d.draws), child, price / 2);
  d.pay(at + d.gap(9, 30), child, d.town.institution(d.draws.next()), share_of(price, .95, 1.0, d.draws));
  d.is(Typology::pass_through, child, "parents to child to notary");
}

void new_agent(Decoy& d) {
  const uint32_t agent = d.town.agent(d.draws.next());
  const int64_t day = d.day();
  for (size_t i = 0; i < 8; ++i) {
    const int64_t at = daytime(day + static_cast<int64_t>(i), d.draws), amount = amount_around(3'000'000, .6, d.draws);
    d.pay(at, d.town.stranger(d.draws), agent, amount);
    d.pay(at + d.gap(2, 20), agent, d.town.stranger(d.draws), share_of(amount, .95, .99, d.draws));
  }
  d.is(Typology::pass_through, agent, "a busy week of an agent");
}

// Someone who reads the meter for a house: each month the neighbours' money, passed to the landlord.
void household(Decoy& d) {
  const uint32_t keeper = d.town.stranger(d.draws), home = d.town.landlord(d.draws.next());
  const int64_t rent = amount_around(400'000, .3, d.draws);
  for (int64_t month = 0; month < kSimulatedDays / 30; ++month) {
    const int64_t at = daytime(month * 30 + 4, d.draws);
    for (size_t i = 0; i < 3; ++i)
      d.pay(at + static_cast<int64_t>(i) * kHourUs, d.town.person(keeper + 1 + i), keeper, rent);
    d.pay(at + 20 * kHourUs, keeper, home, rent * 3 + rent / 3);
  }
  d.is(Typology::pass_through, keeper, "rent of a shared flat");
}

// Buys and sells within a week for relatives: three rounds, with people known well.
void errands(Decoy& d) {
  const uint32_t person = d.town.stranger(d.draws);
  const int64_t day = d.day();
  for (size_t i = 0; i < 3; ++i) {
    const int64_t at = daytime(day + 3 * static_cast<int64_t>(i), d.draws),
                  amount = amount_around(1'800'000, .5, d.draws);
    d.pay(at, d.town.friend_of(person, d.draws), person, amount);
    d.pay(at + d.gap(3, 30), person, d.town.merchant(d.draws.below(30)), share_of(amount, .85, 1.0, d.draws));
  }
  d.is(Typology::pass_through, person, "errands for relatives");
}

// ---- dormant

// One more year of a person who was away: comes back and lives on.
uint32_t sleeper(Decoy& d, int64_t wakes, int64_t usual_minor) {
  const uint32_t account = d.town.opened();
  for (int64_t i = 0; i < 12; ++i) {
    d.town.pay(daytime(std::max<int64_t>(0, wakes - 64 - static_cast<int64_t>(d.draws.below(16))), d.draws), account,
               d.town.merchant(d.draws.next()), amount_around(usual_minor, .8, d.draws));
  }
  return account;
}

void returner(Decoy& d) {
  const int64_t day = d.day();
  const uint32_t account = sleeper(d, day, 9'000);
  d.pay(daytime(day, d.draws), d.town.firm(d.draws.next()), account, amount_around(1'500'000, .5, d.draws));
  for (size_t i = 0; i < 12; ++i) {
    d.pay(daytime(day + static_cast<int64_t>(d.draws.below(7)), d.draws), account, d.town.merchant(d.draws.next()),
          amount_around(30'000, 1.1, d.draws));
  }
  d.is(Typology::dormant, account, "back from abroad");
}

void buyer_returned(Decoy& d) {
  const int64_t day = d.day();
  const uint32_t account = sleeper(d, day, 20'000);
  const int64_t price = amount_around(20'000'000, .5, d.draws);
  d.pay(daytime(day, d.draws), d.town.stranger(d.draws), account, price);
  d.pay(daytime(day + 2, d.draws), account, d.town.institution(d.draws.next()), share_of(price, .9, 1.0, d.draws));
  d.is(Typology::dormant, account, "buys a flat after months away");
}

void season(Decoy& d) {
  const uint32_t account = d.town.opened();
  const int64_t wakes = d.day();
  for (const int64_t from : {std::max<int64_t>(0, wakes - 80), wakes}) {
    for (size_t i = 0; i < 14; ++i) {
      const int64_t at = daytime(from + static_cast<int64_t>(d.draws.below(8)), d.draws);
      const int64_t amount = amount_around(2'500'000, .6, d.draws);
      const bool in = d.draws.chance(.5);
      const uint32_t other = d.town.stranger(d.draws);
      if (from == wakes)
        d.pay(at, in ? other : account, in ? account : other, amount);
      else
        d.town.pay(at, in ? other : account, in ? account : other, amount);
    }
  }
  d.is(Typology::dormant, account, "a seasonal trader");
}

void heir(Decoy& d) {
  const int64_t day = d.day();
  const uint32_t account = sleeper(d, day, 12'000);
  const int64_t sum = amount_around(25'000'000, .6, d.draws);
  d.pay(daytime(day, d.draws), d.town.institution(d.draws.next()), account, sum);
  const size_t treats = d.draws.below(3);
  for (size_t i = 0; i < treats; ++i) {
    d.pay(daytime(day + 2, d.draws), account, d.town.merchant(d.draws.next()), amount_around(300'000, .8, d.draws));
  }
  d.is(Typology::dormant, account, "an inheritance");
}

using Make = void (*)(Decoy&);
const std::vector<std::vector<Make>>& kinds() {
  static const std::vector<std::vector<Make>> table = {
      {wholesaler, instalments, standing_order, renovation},
      {wedding, collection, club, savings_club, new_shop, boutique, sale},
      {new_payroll, red_packets, suppliers, refunds, organiser},
      {trade_circle, cash_pool, loan_back, large_family},
      {dividends, school_fees, travel},
      {house, new_agent, household, errands},
      {returner, buyer_returned, season, heir}};
  return table;
}

}  // namespace

void add_decoys(Town& town) {
  uint32_t number = 0;
  for (size_t typology = 0; typology < kTypologies; ++typology) {
    const auto& makers = kinds()[typology];
    for (uint32_t i = 0; i < town.request().injections; ++i) {
      ++number;
      Decoy decoy{town, 1'000'000 + number, town.draws(Draws::decoy, number)};
      makers[i % makers.size()](decoy);
    }
  }
}

}  // namespace puhui::aml
