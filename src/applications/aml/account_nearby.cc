// Columns of an account's neighbourhood: its counterparties' plain numbers, and marks on accounts one and two steps away. A mark is
// that an account repeats its payments (known of all), or that it was known to be bad (known of some).
#include <algorithm>

#include "applications/aml/account_features.h"

namespace puhui::aml {

namespace {

// A mark on some accounts, looked for around each. `known`: whether an account counts at all.
struct Marks {
  std::vector<uint8_t> marked, known;
};

struct Tally {
  double marked = 0, known = 0;
  void add(const Marks& marks, uint32_t account) {
    marked += marks.marked[account];
    known += marks.known[account];
  }
  // Two good ones are thought to stand by, so that one bad of one is not more than five of six.
  double share() const { return marked / (known + 2); }
};

bool pays(const AccountBook& book, uint32_t from, uint32_t to) {
  const auto pairs = book.out.pairs_of(from);
  const auto at = std::lower_bound(pairs.begin(), pairs.end(), to,
                                   [](const BookPair& pair, uint32_t other) { return pair.other < other; });
  return at != pairs.end() && at->other == to;
}

class Nearby {
 public:
  Nearby(const AccountBook& book, const Marks& marks) : book_(book), marks_(marks) {
    for (const bool paid : {false, true}) {
      for (uint32_t account = 0; account < book.accounts(); ++account) {
        Tally tally;
        for (const BookPair& pair : side(paid).pairs_of(account)) tally.add(marks, pair.other);
        beside_[paid].push_back(tally);
      }
    }
  }

  // Those that pay it (paid false) or that it pays.
  const Tally& beside(uint32_t account, bool paid) const { return beside_[paid][account]; }

  struct Beyond {
    double most = 0, share_greatest = 0, sum = 0;
  };
  // Over its counterparties one by one: the others around each, itself left out.
  Beyond beyond(uint32_t account, bool first_paid, bool then_paid) const {
    Beyond out;
    for (const BookPair& pair : side(first_paid).pairs_of(account)) {
      Tally others = beside_[then_paid][pair.other];
      const bool has_self =
          first_paid != then_paid || (then_paid ? pays(book_, pair.other, account) : pays(book_, account, pair.other));
      if (has_self) {
        others.marked -= marks_.marked[account];
        others.known -= marks_.known[account];
      }
      out.most = std::max(out.most, others.marked);
      out.share_greatest = std::max(out.share_greatest, others.share());
      out.sum += others.share();
    }
    return out;
  }

 private:
  const BookSide& side(bool paid) const { return paid ? book_.out : book_.in; }
  const AccountBook& book_;
  const Marks& marks_;
  std::vector<Tally> beside_[2];
};

constexpr std::string_view kSteps[2] = {"payers", "payees"};

void add_mark_columns(const AccountBook& book, const Marks& marks, const std::string& mark, AccountColumnKind kind,
                      AccountColumns& out) {
  const Nearby nearby(book, marks);
  for (const bool paid : {false, true}) {
    const std::string end = "_" + std::string(kSteps[paid]);
    std::vector<double>& counts = add_column(out, mark + end, kind, book);
    for (uint32_t a = 0; a < book.accounts(); ++a) counts[a] = nearby.beside(a, paid).marked;
    std::vector<double>& shares = add_column(out, mark + end + "_share", kind, book);
    for (uint32_t a = 0; a < book.accounts(); ++a) shares[a] = nearby.beside(a, paid).share();
  }
  for (const bool first : {false, true}) {
    for (const bool then : {false, true}) {
      const std::string name = mark + "_" + std::string(kSteps[then]) + "_of_" + std::string(kSteps[first]);
      const size_t at = out.size();
      for (const char* what : {"_most", "_share", "_sum"}) add_column(out, name + what, kind, book);
      for (uint32_t a = 0; a < book.accounts(); ++a) {
        const Nearby::Beyond beyond = nearby.beyond(a, first, then);
        out[at].values[a] = beyond.most;
        out[at + 1].values[a] = beyond.share_greatest;
        out[at + 2].values[a] = beyond.sum;
      }
    }
  }
}

// Accounts that paid, or were paid by, one and the same more than once.
std::vector<uint8_t> repeating(const AccountBook& book) {
  std::vector<uint8_t> out(book.accounts(), 0);
  for (uint32_t account = 0; account < book.accounts(); ++account) {
    for (const BookSide* side : {&book.out, &book.in}) {
      for (const BookPair& pair : side->pairs_of(account)) out[account] |= pair.transfers > 1 ? 1 : 0;
    }
  }
  return out;
}

// Mean and greatest of a number over those that pay it and those it pays.
template <class F>
void add_neighbour_columns(const AccountBook& book, const std::string& name, F number, AccountColumns& out) {
  for (const bool paid : {false, true}) {
    const std::string start = std::string(kSteps[paid]) + "_" + name;
    const size_t at = out.size();
    for (const char* what : {"_mean", "_max"}) add_column(out, start + what, AccountColumnKind::graph, book);
    for (uint32_t account = 0; account < book.accounts(); ++account) {
      const auto pairs = (paid ? book.out : book.in).pairs_of(account);
      double sum = 0, greatest = 0;
      for (const BookPair& pair : pairs) {
        const double value = number(pair.other);
        sum += value;
        greatest = std::max(greatest, value);
      }
      if (pairs.empty()) continue;
      out[at].values[account] = sum / static_cast<double>(pairs.size());
      out[at + 1].values[account] = greatest;
    }
  }
}

}  // namespace

void add_nearby_columns(const AccountBook& book, AccountColumns& out) {
  const auto size_in = [&](uint32_t a) { return static_cast<double>(book.in.of(a).size()); };
  const auto size_out = [&](uint32_t a) { return static_cast<double>(book.out.of(a).size()); };
  const auto sum_of = [&](std::span<const BookPair> pairs) {
    double out_sum = 0;
    for (const BookPair& pair : pairs) out_sum += static_cast<double>(pair.amount_minor);
    return out_sum;
  };
  add_neighbour_columns(book, "in_count", size_in, out);
  add_neighbour_columns(book, "out_count", size_out, out);
  add_neighbour_columns(
      book, "in_sum", [&](uint32_t a) { return sum_of(book.in.pairs_of(a)); }, out);
  add_neighbour_columns(
      book, "out_sum", [&](uint32_t a) { return sum_of(book.out.pairs_of(a)); }, out);
  const Marks repeats{repeating(book), std::vector<uint8_t>(book.accounts(), 1)};
  add_mark_columns(book, repeats, "repeating", AccountColumnKind::graph, out);
}

void add_known_bad_columns(const AccountBook& book, std::span<const Known> known, AccountColumns& out) {
  Marks bad, suspect;
  const std::vector<uint8_t> repeats = repeating(book);
  for (uint32_t account = 0; account < book.accounts(); ++account) {
    bad.marked.push_back(known[account] == Known::bad);
    bad.known.push_back(known[account] != Known::nothing);
    // Its own row and those of others must read alike whether it is known or not, so what is known good stays suspect.
    suspect.marked.push_back(known[account] == Known::bad || repeats[account] != 0);
    suspect.known.push_back(suspect.marked.back() != 0 || known[account] != Known::nothing);
  }
  add_mark_columns(book, bad, "known_bad", AccountColumnKind::known_bad, out);
  add_mark_columns(book, suspect, "suspect", AccountColumnKind::known_bad, out);
}

}  // namespace puhui::aml
