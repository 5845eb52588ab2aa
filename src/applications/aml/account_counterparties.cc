// Columns of an account and those it deals with directly: how many, how often the same, how alike the amounts, how fast on.
#include <algorithm>

#include "applications/aml/account_features.h"

namespace puhui::aml {

namespace {

struct Counterparties {
  double distinct = 0, most = 0, repeated = 0, near_repeats = 0, repeated_share = 0;
};

Counterparties counterparties_of(std::span<const BookPair> pairs) {
  Counterparties out;
  out.distinct = static_cast<double>(pairs.size());
  for (const BookPair& pair : pairs) {
    out.most = std::max(out.most, static_cast<double>(pair.transfers));
    out.repeated += pair.transfers > 1 ? 1 : 0;
    out.near_repeats += pair.near_repeats;
  }
  if (!pairs.empty()) out.repeated_share = out.repeated / out.distinct;
  return out;
}

double both_ways(std::span<const BookPair> a, std::span<const BookPair> b) {
  double out = 0;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i].other == b[j].other) ++out;
    const bool next_a = a[i].other <= b[j].other, next_b = b[j].other <= a[i].other;
    i += next_a ? 1 : 0;
    j += next_b ? 1 : 0;
  }
  return out;
}

struct Burst {
  double transfers = 0, counterparties = 0;  // at most, in a window
};

class BurstMeter {
 public:
  BurstMeter(const AccountBook& book, int64_t window) : book_(book), window_(window), seen_(book.accounts(), 0) {}
  Burst of(std::span<const uint32_t> transfers, uint32_t BookTransfer::*other) {
    Burst out;
    size_t first = 0;
    double distinct = 0;
    for (size_t last = 0; last < transfers.size(); ++last) {
      const BookTransfer& newest = book_.transfers[transfers[last]];
      distinct += seen_[newest.*other]++ == 0 ? 1 : 0;
      for (; newest.at - book_.transfers[transfers[first]].at >= window_; ++first) {
        distinct -= --seen_[book_.transfers[transfers[first]].*other] == 0 ? 1 : 0;
      }
      out.transfers = std::max(out.transfers, static_cast<double>(last - first + 1));
      out.counterparties = std::max(out.counterparties, distinct);
    }
    for (; first < transfers.size(); ++first) --seen_[book_.transfers[transfers[first]].*other];
    return out;
  }

 private:
  const AccountBook& book_;
  int64_t window_;
  std::vector<uint32_t> seen_;  // transfers of each counterparty in the window; all 0 between two accounts
};

// Transfers in that are followed inside the window by one out of almost as much, to somebody else.
double passed_on(const AccountBook& book, uint32_t account, const AccountFeatureSettings& settings) {
  double out = 0;
  const auto paid = book.out.of(account);
  size_t first = 0;
  for (const uint32_t i : book.in.of(account)) {
    const BookTransfer& in = book.transfers[i];
    while (first < paid.size() && book.transfers[paid[first]].at < in.at) ++first;
    for (size_t o = first; o < paid.size() && book.transfers[paid[o]].at - in.at < settings.window; ++o) {
      const BookTransfer& on = book.transfers[paid[o]];
      const __int128 least = static_cast<__int128>(in.amount_minor) * (1'000'000 - settings.loss_ppm);
      if (on.to == in.from || on.amount_minor > in.amount_minor) continue;
      if (static_cast<__int128>(on.amount_minor) * 1'000'000 < least) continue;
      ++out;
      break;
    }
  }
  return out;
}

}  // namespace

void add_counterparty_columns(const AccountBook& book, const AccountFeatureSettings& settings, AccountColumns& out) {
  BurstMeter meter(book, settings.window);
  for (const bool incoming : {true, false}) {
    const std::string side = incoming ? "in_" : "out_";
    const size_t first = out.size();
    for (const char* name : {"counterparties", "most_with_one", "repeated_with", "near_repeats", "repeated_share",
                             "burst_transfers", "burst_counterparties"}) {
      add_column(out, side + name, AccountColumnKind::graph, book);
    }
    for (uint32_t account = 0; account < book.accounts(); ++account) {
      const BookSide& mine = incoming ? book.in : book.out;
      const Counterparties c = counterparties_of(mine.pairs_of(account));
      const Burst b = meter.of(mine.of(account), incoming ? &BookTransfer::from : &BookTransfer::to);
      const double values[] = {c.distinct,       c.most,      c.repeated,      c.near_repeats,
                               c.repeated_share, b.transfers, b.counterparties};
      for (size_t i = 0; i < std::size(values); ++i) out[first + i].values[account] = values[i];
    }
  }
  const size_t first = out.size();
  for (const char* name : {"both_ways", "passed_on", "passed_on_share"}) {
    add_column(out, name, AccountColumnKind::graph, book);
  }
  for (uint32_t account = 0; account < book.accounts(); ++account) {
    const double passed = passed_on(book, account, settings);
    const auto in = static_cast<double>(book.in.of(account).size());
    out[first].values[account] = both_ways(book.in.pairs_of(account), book.out.pairs_of(account));
    out[first + 1].values[account] = passed;
    out[first + 2].values[account] = in > 0 ? passed / in : 0;
  }
}

}  // namespace puhui::aml
