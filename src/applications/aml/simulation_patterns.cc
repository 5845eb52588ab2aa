// The patterns of laundering: each drawn wide, so that its edges reach into what decoys and ordinary life look like.
#include <map>

#include "applications/aml/simulation_town.h"

namespace puhui::aml {

namespace {

// From so many counterparties on a pattern is a fan too, whatever else it is.
constexpr size_t kManyCounterparties = 10, kStructuredTransfers = 4;

// What one pattern does: pays, and keeps what the truth must say of it.
struct Pattern {
  Town& town;
  uint32_t number;
  RandomStream draws;
  int64_t first = INT64_MAX, last = INT64_MIN;
  std::vector<SimulatedTransfer> paid = {};

  void pay(int64_t at, uint32_t from, uint32_t to, int64_t amount) {
    town.pay(at, from, to, amount);
    paid.push_back({at, from, to, amount, 0});
    first = std::min(first, at);
    last = std::max(last, at);
  }
  void is(TruthKind kind, Typology typology, uint32_t account, std::string what) {
    town.out.truth.push_back({number, kind, typology, account_name(account), {first}, {last}, std::move(what)});
  }
  int64_t start() {
    return daytime(kFirstInjectionDay + static_cast<int64_t>(draws.below(kSimulatedDays - kFirstInjectionDay - 16)),
                   draws);
  }
  int64_t gap(double low_hours, double high_hours) { return share_of(kHourUs, low_hours, high_hours, draws); }
};

// Amounts kept below the threshold, sent from one account, or sent to one by several.
void structure(Pattern& p) {
  const size_t count = 4 + p.draws.below(7);
  const bool into = p.draws.chance(.3);
  const uint32_t subject = p.draws.chance(.15) ? p.town.firm(p.draws.next()) : p.town.mule(p.draws, .25);
  std::vector<uint32_t> others(into ? 2 + p.draws.below(count - 1) : 1 + p.draws.below(4));
  const bool among_friends = subject < p.town.persons && p.draws.chance(.2);
  for (uint32_t& one : others) one = among_friends ? p.town.friend_of(subject, p.draws) : p.town.mule(p.draws, .3);
  const int64_t span = share_of(kDayUs, 1.5, 8.5, p.draws);
  const int64_t start = p.start();
  for (size_t i = 0; i < count; ++i) {
    const int64_t at = start + static_cast<int64_t>(p.draws.below(static_cast<uint64_t>(span)));
    const int64_t amount = share_of(kReportingThresholdMinor, .81, .998, p.draws);
    const uint32_t other = others[i % others.size()];
    const int64_t round = std::min(rounded(amount, 100'000), kReportingThresholdMinor - 100);
    p.pay(at, into ? other : subject, into ? subject : other, p.draws.chance(.5) ? round : amount);
  }
  // One in six sends a large amount openly too, which nobody avoided.
  if (p.draws.chance(.16)) {
    p.town.pay(start + p.gap(1, 100), into ? others[0] : subject, into ? subject : p.town.stranger(p.draws),
               share_of(kReportingThresholdMinor, 1.05, 2.5, p.draws));
  }
  p.is(TruthKind::injected, Typology::structuring, subject, into ? "into one" : "out of one");
  for (const uint32_t other : others) p.is(TruthKind::contained, Typology::structuring, other, "its other end");
}

int64_t fanned_amount(RandomStream& draws) {
  return std::clamp<int64_t>(rounded(amount_around(350'000, .6, draws), 10'000), 80'000, 4'000'000);
}

// What was collected leaves in one to three pieces.
void send_on(Pattern& p, uint32_t subject, int64_t sum, int64_t after) {
  const size_t pieces = 1 + p.draws.below(3);
  int64_t at = after;
  for (size_t i = 0; i < pieces; ++i) {
    at += p.gap(2, 30);
    p.pay(at, subject, p.town.mule(p.draws, .4), share_of(sum / static_cast<int64_t>(pieces), .85, .98, p.draws));
  }
}

void fan_in(Pattern& p) {
  const uint32_t subject = p.town.mule(p.draws, .35);
  const size_t count = 12 + p.draws.below(24);
  const int64_t span = share_of(kDayUs, .8, 4.8, p.draws), start = p.start();
  int64_t sum = 0;
  for (size_t i = 0; i < count; ++i) {
    const int64_t amount = fanned_amount(p.draws);
    sum += amount;
    p.pay(start + static_cast<int64_t>(p.draws.below(static_cast<uint64_t>(span))), p.town.mule(p.draws, .3), subject,
          amount);
  }
  const bool onward = p.draws.chance(.8);
  if (onward) send_on(p, subject, sum, p.last);
  p.is(TruthKind::injected, Typology::fan_in, subject, onward ? "sent on" : "kept");
  if (onward) p.is(TruthKind::contained, Typology::pass_through, subject, "fan_in sent on");
}

void fan_out(Pattern& p) {
  const uint32_t subject = p.town.mule(p.draws, .35);
  const size_t count = 12 + p.draws.below(24);
  const int64_t span = share_of(kDayUs, .4, 4.8, p.draws), start = p.start() + 2 * kDayUs;
  int64_t sum = 0;
  for (size_t i = 0; i < count; ++i) {
    const int64_t amount = fanned_amount(p.draws);
    sum += amount;
    p.pay(start + static_cast<int64_t>(p.draws.below(static_cast<uint64_t>(span))), subject, p.town.mule(p.draws, .3),
          amount);
  }
  const bool funded = p.draws.chance(.8);
  if (funded) {
    const size_t pieces = 1 + p.draws.below(3);
    for (size_t i = 0; i < pieces; ++i) {
      p.pay(start - p.gap(1, 40), p.town.mule(p.draws, .3), subject,
            share_of(sum / static_cast<int64_t>(pieces), 1.0, 1.15, p.draws));
    }
  }
  p.is(TruthKind::injected, Typology::fan_out, subject, funded ? "funded" : "of its own");
  if (funded) p.is(TruthKind::contained, Typology::pass_through, subject, "fan_out funded");
}

void cycle(Pattern& p) {
  const size_t length = 3 + p.draws.below(4);
  std::vector<uint32_t> members(length);
  for (uint32_t& one : members) one = p.draws.chance(.3) ? p.town.firm(p.draws.next()) : p.town.mule(p.draws, .3);
  std::sort(members.begin(), members.end());
  while (std::adjacent_find(members.begin(), members.end()) != members.end()) {
    *std::adjacent_find(members.begin(), members.end()) = p.town.opened();
    std::sort(members.begin(), members.end());
  }
  for (size_t i = length; i-- > 1;) std::swap(members[i], members[p.draws.below(i + 1)]);
  int64_t amount = std::clamp<int64_t>(amount_around(6'000'000, .8, p.draws), 1'400'000, 90'000'000);
  const int64_t day_budget = share_of(kDayUs, 1.0, 8.0, p.draws);
  int64_t at = p.start();
  for (size_t i = 0; i < length; ++i) {
    p.pay(at, members[i], members[(i + 1) % length], amount);
    at += kHourUs + share_of(day_budget / static_cast<int64_t>(length), .2, 1.0, p.draws);
    amount = share_of(amount, .96, .998, p.draws);
  }
  for (const uint32_t member : members)
    p.is(TruthKind::injected, Typology::cycle, member, "of " + std::to_string(length));
}

void scatter_gather(Pattern& p) {
  const uint32_t source = p.town.mule(p.draws, .3), sink = p.town.mule(p.draws, .4);
  const size_t count = 5 + p.draws.below(10);
  const int64_t start = p.start(), span = share_of(kDayUs, .2, 2.5, p.draws);
  std::vector<uint32_t> middles;
  for (size_t i = 0; i < count; ++i) {
    const uint32_t middle = p.town.mule(p.draws, .4);
    const int64_t amount = std::clamp<int64_t>(amount_around(1'200'000, .6, p.draws), 250'000, 4'900'000);
    const int64_t out_at = start + static_cast<int64_t>(p.draws.below(static_cast<uint64_t>(span)));
    p.pay(out_at, source, middle, amount);
    // One in five keeps to itself a while; one in ten sends on in two pieces.
    const int64_t on_at = out_at + (p.draws.chance(.2) ? p.gap(24, 72) : p.gap(1, 24));
    const int64_t onward = share_of(amount, .92, .995, p.draws);
    if (p.draws.chance(.1)) {
      p.pay(on_at, middle, sink, onward / 2);
      p.pay(on_at + p.gap(1, 8), middle, sink, onward - onward / 2);
    } else {
      p.pay(on_at, middle, sink, onward);
    }
    middles.push_back(middle);
  }
  p.is(TruthKind::injected, Typology::scatter_gather, source, "source");
  p.is(TruthKind::injected, Typology::scatter_gather, sink, "sink");
  p.is(TruthKind::contained, Typology::fan_out, source, "scatter");
  p.is(TruthKind::contained, Typology::fan_in, sink, "gather");
  for (const uint32_t middle : middles) p.is(TruthKind::contained, Typology::pass_through, middle, "middle");
}

void pass_through(Pattern& p) {
  const uint32_t subject = p.town.mule(p.draws, .4);
  const size_t rounds = 3 + p.draws.below(5);
  size_t payers = 0, payees = 0;
  int64_t at = p.start();
  for (size_t round = 0; round < rounds; ++round) {
    const size_t ins = 1 + p.draws.below(3), outs = 1 + p.draws.below(3);
    payers += ins;
    payees += outs;
    const int64_t amount = std::clamp<int64_t>(amount_around(4'000'000, .7, p.draws), 1'200'000, 60'000'000);
    int64_t got = 0;
    for (size_t i = 0; i < ins; ++i) {
      const int64_t part = share_of(amount / static_cast<int64_t>(ins), .7, 1.3, p.draws);
      got += part;
      p.pay(at, p.town.mule(p.draws, .3), subject, part);
      at += p.gap(.1, 3);
    }
    const int64_t onward = share_of(got, .9, .99, p.draws);
    for (size_t i = 0; i < outs; ++i) {
      at += p.gap(.5, 8);
      p.pay(at, subject, p.town.mule(p.draws, .3), onward / static_cast<int64_t>(outs));
    }
    at += p.gap(1, 36);
  }
  p.is(TruthKind::injected, Typology::pass_through, subject, std::to_string(rounds) + " rounds");
  if (payers >= kManyCounterparties) p.is(TruthKind::contained, Typology::fan_in, subject, "many rounds");
  if (payees >= kManyCounterparties) p.is(TruthKind::contained, Typology::fan_out, subject, "many rounds");
}

// An account that lives a little, sleeps at least two months, and then moves much within days.
void dormant(Pattern& p) {
  const uint32_t subject = p.town.opened();
  const int64_t wakes = p.start();
  const int64_t sleeps = wakes - share_of(kDayUs, 62, 78, p.draws);
  const size_t before = 1 + p.draws.below(8);
  p.town.pay(sleeps, p.town.stranger(p.draws), subject, amount_around(40'000, .8, p.draws));
  for (size_t i = 0; i < before; ++i) {
    const int64_t at = sleeps - p.gap(1, 600);
    const int64_t amount = amount_around(20'000, .8, p.draws);
    if (p.draws.chance(.4)) {
      p.town.pay(at, p.town.stranger(p.draws), subject, amount);
    } else {
      p.town.pay(at, subject, p.town.merchant(p.draws.next()), amount);
    }
  }
  const bool drained = p.draws.chance(.3);
  const int64_t sum = std::clamp<int64_t>(amount_around(15'000'000, .7, p.draws), 6'500'000, 200'000'000);
  int64_t at = wakes;
  if (!drained) {
    const size_t ins = 1 + p.draws.below(4);
    for (size_t i = 0; i < ins; ++i, at += p.gap(1, 18)) {
      p.pay(at, p.town.mule(p.draws, .3), subject, sum / static_cast<int64_t>(ins));
    }
  }
  const size_t outs = 3 + p.draws.below(5);
  for (size_t i = 0; i < outs; ++i, at += p.gap(.5, 14)) {
    p.pay(at, subject, p.town.mule(p.draws, .3), share_of(sum / static_cast<int64_t>(outs), .85, 1.0, p.draws));
  }
  p.is(TruthKind::injected, Typology::dormant, subject, drained ? "drained" : "filled and emptied");
  if (!drained) p.is(TruthKind::contained, Typology::pass_through, subject, "awakened");
}

// Amounts that came to lie just below the threshold are structuring by shape, whatever the pattern was meant as.
void mark_structured(Pattern& p) {
  std::map<uint32_t, std::array<size_t, 2>> just_below;  // out, in
  for (const SimulatedTransfer& transfer : p.paid) {
    if (transfer.amount_minor >= kReportingThresholdMinor || transfer.amount_minor < kReportingThresholdMinor * 4 / 5) {
      continue;
    }
    ++just_below[transfer.from][0];
    ++just_below[transfer.to][1];
  }
  const auto structuring = [&](const TruthRow& row, const std::string& account) {
    return row.pattern == p.number && row.account == account && row.typology == Typology::structuring;
  };
  for (const auto& [account, counts] : just_below) {
    if (std::max(counts[0], counts[1]) < kStructuredTransfers) continue;
    const std::string name = account_name(account);
    const bool said =
        std::ranges::any_of(p.town.out.truth, [&](const TruthRow& row) { return structuring(row, name); });
    if (!said) p.is(TruthKind::contained, Typology::structuring, account, "just below by chance");
  }
}

}  // namespace

void inject_patterns(Town& town) {
  using Make = void (*)(Pattern&);
  static constexpr Make kMakers[kTypologies] = {structure,      fan_in,       fan_out, cycle,
                                                scatter_gather, pass_through, dormant};
  uint32_t number = 0;
  for (const Make make : kMakers) {
    for (uint32_t i = 0; i < town.request().injections; ++i) {
      ++number;
      Pattern pattern{town, number, town.draws(Draws::pattern, number)};
      make(pattern);
      mark_structured(pattern);
    }
  }
}

}  // namespace puhui::aml
