// The per-account table: what a file of transfers says of each account, for a model to be trained on. Every column is defined
// in README.md, "Account features".
#pragma once

#include <span>
#include <string>
#include <vector>

#include "applications/aml/account_book.h"

namespace puhui::aml {

struct AccountFeatureSettings {
  int64_t window = 30;           // in the file's unit of time: of bursts, cycles and passing through
  int64_t near_ppm = 300'000;    // amounts this near are almost equal
  int64_t loss_ppm = 300'000;    // what each transfer of a shrinking cycle may keep back
  size_t hub_pairs_max = 2'000;  // an account with more counterparties is no middle of anything
};

enum class AccountColumnKind : uint8_t {
  count_and_sum,  // of what came in and went out
  plain,          // means, least and greatest
  graph,          // whom it pays and who pays it, and how they do
  known_bad,      // how near it stands to accounts known to be bad
};

struct AccountColumn {
  std::string name;
  AccountColumnKind kind = AccountColumnKind::graph;
  std::vector<double> values;  // one an account; NaN: there is none
};

enum class Known : uint8_t { nothing, good, bad };

// `known`: what the bank knew of each account when it looked; empty: nothing. What is known of an account itself is in no column
// of its own row, so rows it is known of and rows it is not read alike. Needs a closed book. Takes about 20 us an account.
std::vector<AccountColumn> account_features(const AccountBook& book, std::span<const Known> known,
                                            const AccountFeatureSettings& settings = {});

// Its parts, each in a file of its own.
using AccountColumns = std::vector<AccountColumn>;
// A column of that name, all none, at the end; valid until the next.
std::vector<double>& add_column(AccountColumns& out, std::string name, AccountColumnKind kind, const AccountBook& book);
void add_plain_columns(const AccountBook& book, AccountColumns& out);
void add_counterparty_columns(const AccountBook& book, const AccountFeatureSettings& settings, AccountColumns& out);
void add_cycle_columns(const AccountBook& book, const AccountFeatureSettings& settings, AccountColumns& out);
void add_structure_columns(const AccountBook& book, const AccountFeatureSettings& settings, AccountColumns& out);
void add_nearby_columns(const AccountBook& book, AccountColumns& out);
void add_known_bad_columns(const AccountBook& book, std::span<const Known> known, AccountColumns& out);

}  // namespace puhui::aml
