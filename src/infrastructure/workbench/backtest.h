// Backtest: two policies over the same past applications: who would be approved by one and not by the other, which rules
// did it, and what became of those people. Nothing is recorded; a decision that counts is the kernel's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ground/base/rate.h"
#include "infrastructure/workbench/policy_source.h"

namespace puhui::workbench {

struct BacktestRequest {
  std::string policy;   // the policy as it is
  std::string against;  // the policy as it is proposed
  std::string applications;
  std::vector<std::string> column;  // "input=COLUMN"
  std::vector<std::string> set;     // "input=VALUE"
  std::vector<std::string> model;   // "pd=FILE"
  std::string decision = "Outcome";
  std::string approve = "approve";
  std::optional<std::string> label;  // the column that tells how the loan ended
  std::string bad = "1";
  std::vector<std::string> segment;  // columns, or decisions of the policy as it is
  bool skip_bad_rows = false;
  int64_t threads = 0;  // 0: as many as the machine has
  std::optional<Timestamp> at;
};
void fields(Shape& shape, BacktestRequest& request);

// Applications, and how many of them have a known end and a bad one.
struct Group {
  int64_t applications = 0, labelled = 0, bad = 0;
  std::optional<Rate> bad_rate() const;  // of the labelled
  void add(const Group& other);
};
void fields(Shape& shape, Group& group);

// Everybody, by what the two policies say.
struct Swap {
  Group both, neither, only_policy, only_against;
  Group approved_by_policy() const;
  Group approved_by_against() const;
  int64_t applications() const;
  void add(const Swap& other);
};
void fields(Shape& shape, Swap& swap);

struct SegmentSwap {
  std::string by, value;
  Swap swap;
};
void fields(Shape& shape, SegmentSwap& segment);

// A rule in both policies is one by its id and its table's owner, or by its place where it has no id.
struct RuleChange {
  std::string owner, id, words;
  std::optional<int64_t> rule_in_policy, rule_in_against;  // counted from 1
  int64_t hits_in_policy = 0, hits_in_against = 0;
};
void fields(Shape& shape, RuleChange& change);
// The rules of both policies side by side; hits by rule, as the policies number them.
std::vector<RuleChange> rule_changes(const dmn::Policy& policy, std::span<const uint64_t> hits_in_policy,
                                     const dmn::Policy& against, std::span<const uint64_t> hits_in_against);

struct DecisionChange {
  std::string decision;
  int64_t changed = 0;  // applications for which its value differs
};
void fields(Shape& shape, DecisionChange& change);

struct BacktestAnswer {
  Swap swap;
  std::vector<SegmentSwap> segments;
  std::vector<RuleChange> rules;          // in the order of the policy, then those only of the other
  std::vector<DecisionChange> decisions;  // of both
  int64_t undecided_by_policy = 0, undecided_by_against = 0;  // came to a null
  std::vector<std::string> undecided;                         // the first causes
  std::vector<std::string> not_read;                          // inputs neither the file nor `set` gives
  int64_t skipped_rows = 0;
  int64_t checked = 0;              // rows also decided one by one, which gave the same values
  double rows_per_core_second = 0;  // applications decided by both policies, reading aside
  double seconds = 0;               // in all
  bool has_labels = false;
};
void fields(Shape& shape, BacktestAnswer& answer);
std::string tell(const BacktestAnswer& answer);

// invalid: faults of either policy, of the file's rows (unless they are skipped), names that are not there.
Result<BacktestAnswer> backtest(const VerbCall& call, const BacktestRequest& request, Timestamp now);

}  // namespace puhui::workbench
