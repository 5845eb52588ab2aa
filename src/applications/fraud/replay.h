// Replay: a file of payments in event time, all the way: features, policy, evidence, payment row; labels when they become known;
// rules alone until the training days' labels are known, then a model trained on them; then how it went.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "applications/fraud/desk.h"
#include "applications/fraud/protocol.h"
#include "ground/base/files.h"
#include "ground/base/verb.h"

namespace puhui::fraud {

std::vector<Migration> replay_migrations();

inline constexpr size_t kReplayFailuresMax = 10;  // told one by one

// What came before the training days is only observed in `test`, and judged by rules alone in `all`.
enum class Decide : uint8_t { all, test };
std::span<const std::string_view> names_of(const Decide*);

struct ReplayRequest {
  std::string payments;                // CSV, may be .gz or .zst
  std::optional<std::string> mapping;  // the scheme folder's mapping.json when absent
  std::string scheme_folder = "policies/card_payment";
  // The handbook's days when absent (train 2018-07-25 to 07-31, test 08-08 to 08-14) and the file has them; else the last whole week
  // of the file, and the week before the one before. Days are UTC's.
  std::optional<Date> train_from, train_to, test_from, test_to;
  std::optional<int64_t> delay_days;  // from a payment to its label; the mapping's when absent
  Decide decide = Decide::all;
  int64_t in_flight = 64;  // payments handed in and not durable yet
  int64_t seed = 1;        // of the training
  bool skip_bad_rows = false;
  bool compare = true;  // online with offline
};
void fields(Shape& shape, ReplayRequest& request);

struct ScenarioCount {
  std::string scenario;
  int64_t payments = 0, challenged = 0, held = 0, blocked = 0;
  Rate caught;  // of its payments, what was not approved
};
void fields(Shape& shape, ScenarioCount& count);

struct ActionTally {
  Action action = Action::approve;
  int64_t payments = 0, frauds = 0, amount_minor = 0;
};
void fields(Shape& shape, ActionTally& tally);

struct ReplayDay {
  Date day;
  int64_t payments = 0, frauds = 0, customers_with_fraud = 0, detected = 0;  // looked at by the protocol
  int64_t alerts = 0;                                                        // of all payments: holds and blocks
};
void fields(Shape& shape, ReplayDay& day);

struct ReplayReport {
  std::string scheme, currency, store;
  double auc = 0, average_precision = 0, card_precision_100 = 0;
  int64_t looked_at = 0, looked_at_frauds = 0;  // payments of the protocol
  std::vector<ScenarioCount> scenarios;         // of all payments of the test days
  std::vector<ActionTally> actions;             // of the same
  double alerts_per_day = 0;
  int64_t fraud_minor = 0;           // lost on the test days if all were let through
  int64_t caught_top_100_minor = 0;  // of it among each day's hundred alerts of the highest expected loss
  Rate caught_top_100;
  double events_per_second = 0;
  int64_t p50_us = 0, p99_us = 0;  // of a decision, from handing in to durable
  int64_t payments = 0, decided = 0, observed = 0, resumed = 0;
  int64_t late = 0, out_of_order = 0, duplicates = 0, negative = 0, bad_rows = 0, failed = 0;
  int64_t labels = 0;  // frauds told, each when it became known
  int64_t evidence_bytes_per_decision = 0, feature_count = 0, feature_bytes = 0;
  int64_t trained_rows = 0, trained_frauds = 0;
  Digest model, permit;
  std::optional<bool> online_equals_offline;  // absent: not compared
  int64_t rows_compared = 0, values_compared = 0;
  std::optional<std::string> first_difference;
  Date train_from, train_to, test_from, test_to;
  std::vector<ReplayDay> days;
  std::vector<std::string> failures;  // the first payments no decision could be taken on
};
void fields(Shape& shape, ReplayReport& report);
std::string tell(const ReplayReport& report);  // the summary for a terminal

struct ReplayNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  kernel::Kernel& kernel;
  Desk& desk;
  Files& files;
  const Clock& clock;
};

// Stopped in the middle (by kill -9 too), the same request on the same store goes on where it was. conflict when a permit
// of real people decides for the scheme in this store, or another replay began in it. The rows of the file are refused as a
// whole when one is bad, unless skip_bad_rows.
Result<ReplayReport> replay(const ReplayNeeds& needs, const ReplayRequest& request, const std::string& caller,
                            Progress& progress);

}  // namespace puhui::fraud
