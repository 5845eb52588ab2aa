#include "applications/aml/account_features.h"

#include <algorithm>
#include <limits>

#include "ground/base/check.h"

namespace puhui::aml {

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Amounts {
  double count = 0, sum = 0, least = kNone, greatest = kNone;
};

Amounts amounts_of(const AccountBook& book, std::span<const uint32_t> transfers) {
  Amounts out;
  for (const uint32_t i : transfers) {
    const double amount = static_cast<double>(book.transfers[i].amount_minor);
    ++out.count;
    out.sum += amount;
    if (!(out.least <= amount)) out.least = amount;
    if (!(out.greatest >= amount)) out.greatest = amount;
  }
  return out;
}

}  // namespace

std::vector<double>& add_column(AccountColumns& out, std::string name, AccountColumnKind kind,
                                const AccountBook& book) {
  out.push_back({std::move(name), kind, std::vector<double>(book.accounts(), kNone)});
  return out.back().values;
}

void add_plain_columns(const AccountBook& book, AccountColumns& out) {
  for (const bool incoming : {true, false}) {
    const std::string side = incoming ? "in_" : "out_";
    const size_t first = out.size();
    for (const char* name : {"count", "sum"}) add_column(out, side + name, AccountColumnKind::count_and_sum, book);
    for (const char* name : {"mean", "min", "max"}) add_column(out, side + name, AccountColumnKind::plain, book);
    for (uint32_t account = 0; account < book.accounts(); ++account) {
      const Amounts amounts = amounts_of(book, (incoming ? book.in : book.out).of(account));
      const double values[] = {amounts.count, amounts.sum, amounts.count > 0 ? amounts.sum / amounts.count : kNone,
                               amounts.least, amounts.greatest};
      for (size_t i = 0; i < std::size(values); ++i) out[first + i].values[account] = values[i];
    }
  }
}

std::vector<AccountColumn> account_features(const AccountBook& book, std::span<const Known> known,
                                            const AccountFeatureSettings& settings) {
  CHECK(book.out.first.size() == book.accounts() + size_t{1}, "the book is closed");
  CHECK(known.empty() || known.size() == book.accounts(), "what is known is known of an account each");
  AccountColumns out;
  add_plain_columns(book, out);
  add_counterparty_columns(book, settings, out);
  add_cycle_columns(book, settings, out);
  add_structure_columns(book, settings, out);
  add_nearby_columns(book, out);
  if (!known.empty()) add_known_bad_columns(book, known, out);
  return out;
}

}  // namespace puhui::aml
