// The wire form of replays, and their summary for a terminal.
#include "applications/fraud/replay.h"
#include "ground/base/text.h"

namespace puhui::fraud {

std::span<const std::string_view> names_of(const Decide*) {
  static constexpr std::string_view kNames[] = {"all", "test"};
  return kNames;
}

void fields(Shape& shape, ReplayRequest& request) {
  shape.field("payments", request.payments, {.help = "the file: CSV, plain, gzip or zstd", .min = 1, .max = 4096});
  shape.field("mapping", request.mapping, {.help = "how its columns become payments", .max = 4096});
  shape.field("scheme_folder", request.scheme_folder,
              {.help = "policy, features, training", .max = 4096, .optional = true});
  shape.field("train_from", request.train_from, {.help = "first day to train on (UTC)", .example = "2018-07-25"});
  shape.field("train_to", request.train_to, {.help = "last day to train on"});
  shape.field("test_from", request.test_from, {.help = "first day measured"});
  shape.field("test_to", request.test_to, {.help = "last day measured"});
  shape.field("delay_days", request.delay_days,
              {.help = "until a payment's label is known; the mapping's when absent", .min = 0, .max = 366});
  shape.field("decide", request.decide,
              {.help = "all: every payment; test: those before the training days are only observed", .optional = true});
  shape.field("in_flight", request.in_flight,
              {.help = "payments handed in and not durable yet", .min = 1, .max = 8192, .optional = true});
  shape.field("seed", request.seed, {.help = "of the training", .min = 0, .optional = true});
  shape.field("skip_bad_rows", request.skip_bad_rows, {.help = "count them instead of refusing", .optional = true});
  shape.field("compare", request.compare, {.help = "recompute every feature in batch and compare", .optional = true});
}

void fields(Shape& shape, ScenarioCount& count) {
  shape.field("scenario", count.scenario);
  shape.field("payments", count.payments);
  shape.field("challenged", count.challenged);
  shape.field("held", count.held);
  shape.field("blocked", count.blocked);
  shape.field("caught", count.caught, {.help = "of its payments, what was not approved"});
}

void fields(Shape& shape, ActionTally& tally) {
  shape.field("action", tally.action);
  shape.field("payments", tally.payments);
  shape.field("frauds", tally.frauds);
  shape.field("amount_minor", tally.amount_minor);
}

void fields(Shape& shape, ReplayDay& day) {
  shape.field("day", day.day);
  shape.field("payments", day.payments, {.help = "looked at by the protocol"});
  shape.field("frauds", day.frauds);
  shape.field("customers_with_fraud", day.customers_with_fraud);
  shape.field("detected", day.detected, {.help = "of those, among the first hundred"});
  shape.field("alerts", day.alerts, {.help = "holds and blocks, of all payments"});
}

void fields(Shape& shape, ReplayReport& report) {
  shape.field("scheme", report.scheme);
  shape.field("currency", report.currency);
  shape.field("store", report.store);
  shape.field("auc", report.auc);
  shape.field("average_precision", report.average_precision);
  shape.field("card_precision_100", report.card_precision_100);
  shape.field("looked_at", report.looked_at,
              {.help = "payments of the test days whose customer is not a known victim"});
  shape.field("looked_at_frauds", report.looked_at_frauds);
  shape.field("scenarios", report.scenarios, {.help = "of all payments of the test days"});
  shape.field("actions", report.actions, {.help = "of the same"});
  shape.field("alerts_per_day", report.alerts_per_day);
  shape.field("fraud_minor", report.fraud_minor, {.help = "fraud on the test days"});
  shape.field("caught_top_100_minor", report.caught_top_100_minor,
              {.help = "of it in each day's hundred alerts of the highest expected loss"});
  shape.field("caught_top_100", report.caught_top_100, {.help = "their share"});
  shape.field("events_per_second", report.events_per_second);
  shape.field("p50_us", report.p50_us, {.help = "of a decision, from handing in to durable"});
  shape.field("p99_us", report.p99_us);
  shape.field("payments", report.payments, {.help = "rows that are payments"});
  shape.field("decided", report.decided);
  shape.field("observed", report.observed, {.help = "only observed, not decided"});
  shape.field("resumed", report.resumed, {.help = "of both, what an earlier run did"});
  shape.field("late", report.late, {.help = "too far out of order for features"});
  shape.field("out_of_order", report.out_of_order, {.help = "earlier than a row before it"});
  shape.field("duplicates", report.duplicates, {.help = "a key that came before"});
  shape.field("negative", report.negative, {.help = "an amount below zero where none may be"});
  shape.field("bad_rows", report.bad_rows, {.help = "passed over"});
  shape.field("failed", report.failed,
              {.help = "payments no decision could be taken on, duplicates and negatives apart"});
  shape.field("labels", report.labels, {.help = "frauds told when they became known"});
  shape.field("evidence_bytes_per_decision", report.evidence_bytes_per_decision);
  shape.field("feature_count", report.feature_count);
  shape.field("feature_bytes", report.feature_bytes, {.help = "memory of the windows"});
  shape.field("trained_rows", report.trained_rows);
  shape.field("trained_frauds", report.trained_frauds);
  shape.field("model", report.model);
  shape.field("permit", report.permit);
  shape.field("online_equals_offline", report.online_equals_offline,
              {.help = "every recorded feature is what the batch computes from the log; absent: not compared"});
  shape.field("rows_compared", report.rows_compared);
  shape.field("values_compared", report.values_compared);
  shape.field("first_difference", report.first_difference);
  shape.field("train_from", report.train_from);
  shape.field("train_to", report.train_to);
  shape.field("test_from", report.test_from);
  shape.field("test_to", report.test_to);
  shape.field("days", report.days);
  shape.field("failures", report.failures);
}

namespace {

std::string line(const std::string& what, const std::string& value) {
  return "  " + what + std::string(what.size() < 26 ? 26 - what.size() : 1, ' ') + value + "\n";
}

std::string percent(Rate rate) { return format_fixed(divide(rate.ppb, 1'000'000, Rounding::half_even), 1) + " %"; }

std::string four(double value) { return format_fixed(static_cast<int64_t>(value * 10'000 + 0.5), 4); }

std::string tell_quality(const ReplayReport& report) {
  std::string out = line("AUC", four(report.auc)) + line("average precision", four(report.average_precision)) +
                    line("card precision at 100", four(report.card_precision_100));
  out += line("looked at", with_thousands(report.looked_at) + " payments, " + with_thousands(report.looked_at_frauds) +
                               " frauds (victims known by then left out)");
  for (const ScenarioCount& count : report.scenarios) {
    out += line("scenario " + count.scenario, with_thousands(count.payments) +
                                                  " payments: " + with_thousands(count.challenged) + " challenged, " +
                                                  with_thousands(count.held) + " held, " +
                                                  with_thousands(count.blocked) + " blocked; " + percent(count.caught));
  }
  for (const ActionTally& tally : report.actions) {
    out += line(std::string(names_of(&tally.action)[static_cast<size_t>(tally.action)]),
                with_thousands(tally.payments) + " payments, " + with_thousands(tally.frauds) + " of them fraud");
  }
  out += line("alerts a day", format_fixed(static_cast<int64_t>(report.alerts_per_day * 10 + 0.5), 1));
  return out + line("caught in 100 a day", percent(report.caught_top_100) + " of the fraud money, by expected loss");
}

std::string tell_stream(const ReplayReport& report) {
  std::string out = line("payments", with_thousands(report.payments) + ": " + with_thousands(report.decided) +
                                         " decided, " + with_thousands(report.observed) + " observed, " +
                                         with_thousands(report.resumed) + " of them by an earlier run");
  out += line("speed", with_thousands(static_cast<int64_t>(report.events_per_second)) + " a second, p50 " +
                           with_thousands(report.p50_us) + " us, p99 " + with_thousands(report.p99_us) + " us");
  out += line("not as usual", with_thousands(report.late) + " late, " + with_thousands(report.out_of_order) +
                                  " out of order, " + with_thousands(report.duplicates) + " duplicates, " +
                                  with_thousands(report.negative) + " negative, " + with_thousands(report.bad_rows) +
                                  " bad rows, " + with_thousands(report.failed) + " failed");
  out += line("labels", with_thousands(report.labels) + " frauds told when they became known");
  out += line("evidence", with_thousands(report.evidence_bytes_per_decision) + " bytes a decision");
  out += line("features",
              with_thousands(report.feature_count) + " in " + with_thousands(report.feature_bytes >> 20) + " MB");
  out += line("trained on",
              with_thousands(report.trained_rows) + " payments, " + with_thousands(report.trained_frauds) + " frauds");
  if (report.online_equals_offline) {
    out += line("online = offline", (*report.online_equals_offline ? "yes, " : "NO, ") +
                                        with_thousands(report.values_compared) + " values of " +
                                        with_thousands(report.rows_compared) + " decisions compared");
  }
  if (report.first_difference) out += line("first difference", *report.first_difference);
  for (const std::string& failure : report.failures) out += line("failed", failure);
  return out;
}

}  // namespace

std::string tell(const ReplayReport& report) {
  return "replay of " + report.scheme + ": trained on " + report.train_from.text() + " to " + report.train_to.text() +
         ", tested on " + report.test_from.text() + " to " + report.test_to.text() + "\n" + tell_quality(report) +
         tell_stream(report);
}

}  // namespace puhui::fraud
