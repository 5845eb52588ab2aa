// Columns of where an account stands in the whole: components, core, standing, and how many ways lead through it.
#include <algorithm>
#include <numeric>

#include "applications/aml/account_features.h"

namespace puhui::aml {

namespace {

class Components {
 public:
  explicit Components(uint32_t accounts) : parent_(accounts), size_(accounts, 1) {
    std::iota(parent_.begin(), parent_.end(), 0u);
  }
  void join(uint32_t a, uint32_t b) {
    a = root(a), b = root(b);
    if (a == b) return;
    if (size_[a] < size_[b]) std::swap(a, b);
    parent_[b] = a;
    size_[a] += size_[b];
  }
  double size(uint32_t account) { return size_[root(account)]; }

 private:
  uint32_t root(uint32_t account) {
    while (parent_[account] != account) account = parent_[account] = parent_[parent_[account]];
    return account;
  }
  std::vector<uint32_t> parent_, size_;
};

// Of accounts that pay each other at least `transfers_min` times.
void add_component(const AccountBook& book, std::string name, uint32_t transfers_min, AccountColumns& out) {
  Components components(book.accounts());
  for (uint32_t account = 0; account < book.accounts(); ++account) {
    for (const BookPair& pair : book.out.pairs_of(account)) {
      if (pair.transfers >= transfers_min) components.join(account, pair.other);
    }
  }
  std::vector<double>& values = add_column(out, std::move(name), AccountColumnKind::graph, book);
  for (uint32_t account = 0; account < book.accounts(); ++account) values[account] = components.size(account);
}

// The largest k so that the account is in a part in which each has k counterparties (both directions count), by taking away
// accounts of the least degree first (Batagelj and Zaversnik, 2003).
void add_core(const AccountBook& book, AccountColumns& out) {
  const uint32_t n = book.accounts();
  std::vector<uint32_t> degree(n);
  for (uint32_t a = 0; a < n; ++a) {
    degree[a] = static_cast<uint32_t>(book.out.pairs_of(a).size() + book.in.pairs_of(a).size());
  }
  const uint32_t greatest = n == 0 ? 0 : *std::max_element(degree.begin(), degree.end());
  std::vector<std::vector<uint32_t>> by_degree(greatest + size_t{1});
  for (uint32_t a = 0; a < n; ++a) by_degree[degree[a]].push_back(a);
  std::vector<double>& core = add_column(out, "core", AccountColumnKind::graph, book);
  std::vector<uint8_t> gone(n, 0);
  for (uint32_t k = 0; k <= greatest; ++k) {
    for (size_t i = 0; i < by_degree[k].size(); ++i) {  // grows meanwhile
      const uint32_t account = by_degree[k][i];
      if (gone[account] != 0 || degree[account] > k) continue;
      gone[account] = 1;
      core[account] = k;
      for (const BookSide* side : {&book.out, &book.in}) {
        for (const BookPair& pair : side->pairs_of(account)) {
          if (gone[pair.other] != 0 || degree[pair.other] <= k) continue;
          by_degree[--degree[pair.other]].push_back(pair.other);
        }
      }
    }
  }
}

// PageRank (Brin and Page, 1998), damping .85, 30 rounds, by transfers; the mean account has 1.
void add_standing(const AccountBook& book, const char* name, const BookSide& along, AccountColumns& out) {
  constexpr double kDamping = 0.85;
  constexpr int kRounds = 30;
  const uint32_t n = book.accounts();
  std::vector<double> now(n, 1), next(n);
  for (int round = 0; round < kRounds; ++round) {
    double lost = 0;
    std::fill(next.begin(), next.end(), 0.0);
    for (uint32_t account = 0; account < n; ++account) {
      const auto transfers = static_cast<double>(along.of(account).size());
      if (transfers == 0) lost += now[account];
      for (const BookPair& pair : along.pairs_of(account))
        next[pair.other] += now[account] * pair.transfers / transfers;
    }
    for (double& value : next) value = 1 - kDamping + kDamping * (value + lost / n);
    now.swap(next);
  }
  add_column(out, name, AccountColumnKind::graph, book) = std::move(now);
}

// Ways of two steps from a to b: of how many middles. Each account is told the most as the first, the last and a middle one.
class Ways {
 public:
  Ways(const AccountBook& book, size_t hub_pairs_max)
      : scatter(book.accounts(), 0),
        gather(book.accounts(), 0),
        middle(book.accounts(), 0),
        book_(book),
        hub_pairs_max_(hub_pairs_max),
        middles_(book.accounts(), 0) {}
  void run() {
    for (uint32_t account = 0; account < book_.accounts(); ++account) from(account);
  }
  std::vector<double> scatter, gather, middle;

 private:
  template <class F>
  void each_way(uint32_t account, F f) {
    for (const BookPair& first : book_.out.pairs_of(account)) {
      const auto on = book_.out.pairs_of(first.other);
      if (on.size() > hub_pairs_max_) continue;
      for (const BookPair& second : on) {
        if (second.other != account) f(first.other, second.other);
      }
    }
  }
  void from(uint32_t account) {
    each_way(account, [&](uint32_t, uint32_t last) { ++middles_[last]; });
    each_way(account, [&](uint32_t between, uint32_t last) {
      const double ways = middles_[last];
      scatter[account] = std::max(scatter[account], ways);
      gather[last] = std::max(gather[last], ways);
      middle[between] = std::max(middle[between], ways);
    });
    each_way(account, [&](uint32_t, uint32_t last) { middles_[last] = 0; });
  }
  const AccountBook& book_;
  size_t hub_pairs_max_;
  std::vector<uint32_t> middles_;
};

}  // namespace

void add_structure_columns(const AccountBook& book, const AccountFeatureSettings& settings, AccountColumns& out) {
  add_component(book, "component", 1, out);
  add_component(book, "repeated_component", 2, out);
  add_core(book, out);
  add_standing(book, "standing_paid", book.out, out);
  add_standing(book, "standing_paying", book.in, out);
  Ways ways(book, settings.hub_pairs_max);
  ways.run();
  add_column(out, "scatter", AccountColumnKind::graph, book) = std::move(ways.scatter);
  add_column(out, "gather", AccountColumnKind::graph, book) = std::move(ways.gather);
  add_column(out, "scatter_gather_middle", AccountColumnKind::graph, book) = std::move(ways.middle);
}

}  // namespace puhui::aml
