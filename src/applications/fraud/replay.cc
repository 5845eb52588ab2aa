#include "applications/fraud/replay.h"

#include "applications/fraud/replay_compare.h"
#include "applications/fraud/replay_feed.h"
#include "applications/fraud/replay_measure.h"
#include "applications/fraud/replay_permit.h"
#include "applications/fraud/training.h"

namespace puhui::fraud {

namespace {

constexpr size_t kScenariosMax = 1000;
constexpr uint64_t kTellEvery = 1024;
constexpr std::string_view kScenarioColumn = "scenario";
constexpr std::string_view kRulesPolicy = "policy_rules.dmn", kModelPolicy = "policy.dmn";

// What the file holds, told by reading it through once: nothing is decided from a file with a bad row.
struct Look {
  features::MappedRows rows;
  Timestamp first, last;
};

// What one run works with.
struct Run {
  const ReplayNeeds& needs;
  const ReplayRequest& request;
  const std::string& caller;
  Progress& progress;
  SchemeFolder rules, modelled;
  TrainingPlan training;
  features::EventMapping mapping;
  std::optional<size_t> scenario_column;
  ProtocolDays days;
  Timestamp switch_at;  // when the training days' labels are known
  std::vector<std::string> scenarios;
  std::map<std::string, uint32_t, std::less<>> scenario_numbers;
  ReplayReport report;

  const Scheme& scheme() const { return modelled.scheme; }
  // Of the people who sign for it: no two signings of a store have the same.
  std::string run_id() const {
    return std::to_string(needs.clock.now().microseconds) + "-" + std::to_string(needs.evidence.records());
  }
};

features::MappedOptions options_of(const Run& run) {
  return {run.request.skip_bad_rows ? models::BadRows::skip : models::BadRows::refuse};
}

Result<Look> look_through(Run& run) {
  Look out;
  bool any = false;
  out.rows = TRY(features::each_mapped_event(run.request.payments, run.mapping, *run.modelled.features, options_of(run),
                                             [&](const features::MappedEvent& payment) -> Result<void> {
                                               const Timestamp at = payment.event.event.at;
                                               out.first = any ? std::min(out.first, at) : at;
                                               out.last = any ? std::max(out.last, at) : at;
                                               any = true;
                                               if (payment.row % kTellEvery == 0)
                                                 run.progress.step("looking through the file", payment.row, 0);
                                               return {};
                                             }));
  if (!any) return fail(ErrorCode::invalid, "payments", "the file holds no payment");
  if (out.rows.labelled == 0) {
    return fail(ErrorCode::invalid, "payments", "no row tells whether it was fraud; a replay needs labels to train on");
  }
  for (const Fault& fault : out.rows.faults) {
    if (run.report.failures.size() < kReplayFailuresMax)
      run.report.failures.push_back(fault.where + ": " + fault.message);
  }
  return out;
}

// From a payment to its label, in whole days.
int delay_days(const Run& run) {
  constexpr int64_t kDayUs = 86'400'000'000;
  if (run.request.delay_days) return static_cast<int>(*run.request.delay_days);
  const int64_t us = run.mapping.label ? features::parse_duration(run.mapping.label->delay).value_or(0) : 0;
  return static_cast<int>((us + kDayUs - 1) / kDayUs);
}

// The handbook's days, where the file has them; else by its end.
ProtocolDays default_days(const Look& look, int delay) {
  constexpr Date kTrainFrom = {17737}, kTestTo = {17757};  // 2018-07-25, 2018-08-14
  constexpr int kWeek = 7;
  const Date first = date_of(look.first), last = date_of(look.last);
  ProtocolDays out;
  out.delay_days = delay;
  out.test_to = first <= kTrainFrom && last >= kTestTo ? kTestTo : last;
  out.test_from = out.test_to.plus_days(1 - kWeek);
  out.train_to = out.test_from.plus_days(-delay - 1);
  out.train_from = out.train_to.plus_days(1 - kWeek);
  return out;
}

Result<void> settle_days(Run& run, const Look& look) {
  run.days = default_days(look, delay_days(run));
  const ReplayRequest& request = run.request;
  if (request.train_from) run.days.train_from = *request.train_from;
  if (request.train_to) run.days.train_to = *request.train_to;
  if (request.test_from) run.days.test_from = *request.test_from;
  if (request.test_to) run.days.test_to = *request.test_to;
  TRY(run.days.check());
  if (run.days.train_from < date_of(look.first) || run.days.test_to > date_of(look.last)) {
    return fail(ErrorCode::invalid, "train_from",
                "expected days within the file's own, " + date_of(look.first).text() + " to " +
                    date_of(look.last).text() + ", came " + run.days.train_from.text() + " to " +
                    run.days.test_to.text());
  }
  run.switch_at = start_of(run.days.train_to.plus_days(run.days.delay_days + 1));
  run.report.train_from = run.days.train_from;
  run.report.train_to = run.days.train_to;
  run.report.test_from = run.days.test_from;
  run.report.test_to = run.days.test_to;
  return {};
}

Result<void> read_files(Run& run) {
  const Files& files = run.needs.files;
  const std::string& folder = run.request.scheme_folder;
  run.modelled = TRY(read_scheme_folder(files, folder, std::string(kModelPolicy)));
  run.rules = TRY(read_scheme_folder(files, folder, std::string(kRulesPolicy)));
  run.training = TRY(read_training(files, folder));
  run.mapping = TRY(features::read_event_mapping(files, run.request.mapping.value_or(folder + "/mapping.json"),
                                                 *run.modelled.features));
  const auto& extra = run.mapping.extra;
  const auto found = std::find(extra.begin(), extra.end(), kScenarioColumn);
  if (found != extra.end()) run.scenario_column = static_cast<size_t>(found - extra.begin());
  return {};
}

// What makes a replay this one and no other: the same must come when it goes on.
std::string identity(const Run& run, const Look& look) {
  ReplayRequest request = run.request;
  request.in_flight = 64;
  request.compare = true;
  Json out = to_json(request);
  out.set("rows", look.rows.rows);
  out.set("first", text_of(look.first));
  out.set("last", text_of(look.last));
  return print_json(out);
}

Result<uint32_t> scenario_of(Run& run, const features::MappedEvent& payment) {
  const std::string_view text = run.scenario_column ? payment.extra[*run.scenario_column]
                                : payment.event.bad ? std::string_view("fraud")
                                                    : std::string_view("none");
  const auto found = run.scenario_numbers.find(text);
  if (found != run.scenario_numbers.end()) return found->second;
  if (run.scenarios.size() == kScenariosMax) {
    return fail(ErrorCode::exhausted, std::string(kScenarioColumn),
                "expected at most " + std::to_string(kScenariosMax) + " scenarios");
  }
  const auto number = static_cast<uint32_t>(run.scenarios.size());
  run.scenarios.emplace_back(text);
  run.scenario_numbers.emplace(std::string(text), number);
  return number;
}

std::vector<Example> examples_of(const Run& run, const std::deque<Fed>& fed) {
  std::vector<Example> out;
  for (const Fed& one : fed) {
    const Date day = date_of(one.at);
    if (one.how != Fed::How::decided || one.late || !one.labelled) continue;
    if (day >= run.days.train_from && day <= run.days.train_to) out.push_back({one.decision, one.bad});
  }
  return out;
}

// The training days' decisions, with what became of them, make the model that decides from here on.
Result<void> train_and_grant(Run& run, const std::deque<Fed>& fed) {
  const auto examples = examples_of(run, fed);
  const auto table =
      TRY(read_examples({run.needs.kernel, run.needs.evidence}, run.training, {}, examples, run.progress));
  const auto request = TRY(training_request(run.training, table, nullptr, static_cast<uint64_t>(run.request.seed)));
  run.progress.step("training on " + std::to_string(table.table.row_count()) + " payments", 0, 0);
  auto trained = models::train(request);
  if (!trained) return fail(std::move(trained).error());
  ReplayReport& report = run.report;
  report.trained_rows = static_cast<int64_t>(table.table.row_count());
  for (const uint32_t i : table.examples) report.trained_frauds += examples[i].bad;
  report.model = TRY(run.needs.kernel.put_artefact("model", trained->model.bytes()));
  const std::vector<evidence::NamedDigest> models = {{std::string(kModelName), report.model}};
  const auto standing = TRY(replay_version(run.needs.kernel, run.scheme()));
  const Digest* before =
      standing ? standing->permit().manifest.artefact(std::string(kernel::kModelPrefix) + std::string(kModelName))
               : nullptr;
  if (before != nullptr && *before == report.model) {
    report.permit = standing->digest();
    return {};
  }
  report.permit = TRY(
      grant_for_replay(run.needs.store, run.needs.kernel, run.modelled, models, run.run_id(), run.needs.clock.now()));
  return {};
}

Result<void> feed_one(Run& run, Feed& feed, const features::MappedEvent& payment, bool& trained) {
  const Timestamp at = payment.event.event.at;
  if (!trained && at >= run.switch_at) {
    TRY(feed.label_until(at));
    TRY(feed.finish());
    TRY(train_and_grant(run, feed.fed()));
    trained = true;
  }
  const uint32_t scenario = TRY(scenario_of(run, payment));
  const bool decides = run.request.decide == Decide::all || at >= start_of(run.days.train_from);
  return decides ? feed.judge(payment, scenario) : feed.observe(payment, scenario);
}

FeedNeeds feed_needs(const Run& run) {
  FeedNeeds out{run.needs.store, run.needs.desk, run.needs.clock, run.scheme().name, run.caller, nullptr};
  const features::FeatureSet& set = *run.modelled.features;
  out.subject = set.find_field(run.scheme().subject).value();
  out.amount = set.find_field(run.scheme().amount).value();
  out.negative_allowed = run.scheme().negative_allowed;
  out.in_flight = static_cast<size_t>(run.request.in_flight);
  return out;
}

Result<void> feed_all(Run& run, Feed& feed, uint64_t rows) {
  bool trained = false;
  const int64_t start_ns = monotonic_ns();
  int64_t training_ns = 0;
  const Timestamp end = start_of(run.days.test_to.plus_days(1));
  TRY(features::each_mapped_event(
      run.request.payments, run.mapping, *run.modelled.features, options_of(run),
      [&](const features::MappedEvent& mapped) -> Result<void> {
        if (run.request.decide == Decide::test && mapped.event.event.at >= end) return {};
        ++run.report.payments;
        features::MappedEvent payment = mapped;
        if (payment.event.label_at) {
          payment.event.label_at = Timestamp{
              payment.event.event.at.microseconds +
              (run.request.delay_days ? *run.request.delay_days * 86'400'000'000
                                      : payment.event.label_at->microseconds - payment.event.event.at.microseconds)};
        }
        const bool before = trained;
        const int64_t begin_ns = monotonic_ns();
        TRY(feed_one(run, feed, payment, trained));
        if (trained != before) training_ns = monotonic_ns() - begin_ns;
        if (payment.row % kTellEvery == 0) {
          run.progress.step("payments", payment.row, rows);
          if (run.progress.stop_requested()) {
            return fail(ErrorCode::unavailable, "stopped; the same request on the same store goes on from here");
          }
        }
        return {};
      }));
  // What the file's last days proved to be becomes known after its end; the store is told, for retraining.
  TRY(feed.label_until({std::numeric_limits<int64_t>::max()}));
  TRY(feed.finish());
  const auto seconds = static_cast<double>(monotonic_ns() - start_ns - training_ns) / 1e9;
  run.report.events_per_second = static_cast<double>(run.report.payments) / seconds;
  if (!trained)
    return fail(ErrorCode::invalid, "test_from", "no payment comes after the training days' labels are known");
  return {};
}

Result<void> measure_store(Run& run, const Feed& feed) {
  ReplayReport& report = run.report;
  const FeedCounts counts = feed.counts();
  report.decided = counts.decided;
  report.observed = counts.observed;
  report.resumed = counts.resumed;
  report.late = counts.late;
  report.out_of_order = counts.out_of_order;
  report.duplicates = counts.duplicates;
  report.negative = counts.negative;
  report.failed = counts.failed;
  report.labels = counts.labels;
  for (const std::string& failure : feed.failures()) report.failures.push_back(failure);
  report.p50_us = feed.quantile_us(0.5);
  report.p99_us = feed.quantile_us(0.99);
  report.feature_count = static_cast<int64_t>(run.modelled.features->features.size());
  report.feature_bytes = static_cast<int64_t>(run.needs.desk.stream(run.scheme().name)->counts().bytes);
  report.scheme = run.scheme().name;
  report.currency = run.scheme().currency;
  report.store = run.needs.store.location();
  return run.needs.store.read([&](Reader& reader) -> Result<void> {
    report.evidence_bytes_per_decision =
        TRY(reader.integer("SELECT CAST(AVG(LENGTH(judgement) + LENGTH(circumstances) + COALESCE(LENGTH(facts), 0) + "
                           "LENGTH(facts_digest) + LENGTH(link) + 16) AS BIGINT) FROM evidence_record WHERE kind = 1"))
            .value_or(0);
    return {};
  });
}

Result<void> compare(Run& run, const Feed& feed) {
  if (!run.request.compare) return {};
  auto compared = TRY(compare_with_batch(run.needs, run.scheme().name, feed.fed(), run.progress));
  run.report.online_equals_offline = compared.equal;
  run.report.rows_compared = compared.rows;
  run.report.values_compared = compared.values;
  run.report.first_difference = std::move(compared.first_difference);
  return {};
}

}  // namespace

Result<ReplayReport> replay(const ReplayNeeds& needs, const ReplayRequest& request, const std::string& caller,
                            Progress& progress) {
  Run run{needs, request, caller, progress, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
  TRY(read_files(run));
  const Look look = TRY(look_through(run));
  run.report.bad_rows = static_cast<int64_t>(look.rows.skipped);
  TRY(settle_days(run, look));
  const auto standing = TRY(replay_version(needs.kernel, run.scheme()));
  const ReplayCursor cursor = TRY(open_cursor(needs.store, run.scheme().name, identity(run, look)));
  if (!standing) TRY(grant_for_replay(needs.store, needs.kernel, run.rules, {}, run.run_id(), needs.clock.now()));
  FeedNeeds feeding = feed_needs(run);
  feeding.set = TRY(needs.desk.guard(run.scheme().name, Id128())).features;
  Feed feed(std::move(feeding), cursor);
  TRY(feed_all(run, feed, look.rows.rows));
  TRY(measure_quality(run.days, feed.fed(), run.scenarios, run.report));
  TRY(measure_store(run, feed));
  TRY(compare(run, feed));
  return std::move(run.report);
}

}  // namespace puhui::fraud
