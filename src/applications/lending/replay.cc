#include "applications/lending/replay.h"

#include <condition_variable>
#include <thread>

#include "applications/lending/application_reader.h"
#include "applications/lending/life.h"
#include "applications/lending/replay_permit.h"
#include "applications/lending/training.h"
#include "infrastructure/evidence/outcome.h"

namespace puhui::lending {

namespace {

constexpr size_t kRoundRows = 1024;    // judged together, then handed to the store in the file's order
constexpr size_t kInFlightMax = 4096;  // handed to the store, not durable yet
constexpr size_t kFailuresListedMax = 10;
constexpr size_t kReasonsListedMax = 12;

// One row on its way.
struct Item {
  uint64_t row = 0;
  std::optional<bool> bad;
  Submission submission;
  std::optional<Judged> judged;
  std::string failure;
  int64_t started_ns = 0;
};

// An approved loan and its known end, for the lives after the decisions.
struct Lent {
  Contract contract;
  uint64_t row = 0;
  bool bad = false;
};

// Runs `work(i, thread)` for i in [0, count) on several threads and returns when all are done.
void parallel_for(size_t count, size_t threads, const std::function<void(size_t i, size_t thread)>& work) {
  std::atomic<size_t> next{0};
  const auto run = [&, account = CpuAccounts::current()](size_t thread) {
    const CpuScope carried(account);
    for (size_t i; (i = next.fetch_add(1)) < count;) work(i, thread);
  };
  std::vector<std::jthread> helpers;
  for (size_t thread = 1; thread < threads; ++thread) helpers.emplace_back(run, thread);
  run(0);
}

// How many closures the store still owes an answer, and how long each took.
class InFlight {
 public:
  void begin() {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return count_ < kInFlightMax; });
    ++count_;
  }
  void end(Result<void> result, int64_t started_ns) {
    const std::lock_guard lock(mutex_);
    latency_.record(static_cast<uint64_t>(monotonic_ns() - started_ns));
    if (!result && !error_) error_ = std::move(result).error();
    --count_;
    room_.notify_one();
  }
  Result<void> wait_all() {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return count_ == 0; });
    if (error_) return fail(*error_);
    return {};
  }
  int64_t quantile_us(double share) const { return static_cast<int64_t>(latency_.quantile_ns(share) / 1000); }

 private:
  std::mutex mutex_;
  std::condition_variable room_;
  size_t count_ = 0;
  std::optional<Error> error_;
  Histogram latency_;
};

// The running figures of the report.
class Tally {
 public:
  void add(const Item& item, const kernel::ReasonCatalogue& reasons) {
    if (!item.judged) {
      ++report.failed;
      if (report.failures.size() < kFailuresListedMax)
        report.failures.push_back("row " + std::to_string(item.row) + ": " + item.failure);
      return;
    }
    const evidence::Judgement& judgement = item.judged->draft.judgement();
    const bool approved = item.judged->draft.approves();
    ++(approved ? report.approved : kernel::outcome_of(judgement) == "refer" ? report.referred : report.refused);
    add_quality(item, judgement, approved);
    add_grade(item, judgement, approved);
    for (const evidence::Reason& reason : judgement.reasons) {
      CodeCount& count = reasons_[reason.code];
      if (count.count++ == 0) {
        count.code = reason.code;
        if (const auto* text = reasons.find(reason.code)) count.en = text->en;
      }
    }
    if (item.judged->booking) {
      const Contract& contract = item.judged->booking->contract;
      report.lent_minor += contract.principal_minor;
      weighted_rate_ += static_cast<__int128>(contract.principal_minor) * contract.rate.ppb;
      if (item.bad) lent.push_back({contract, item.row, *item.bad});
    }
  }

  void finish() {
    report.applications = report.approved + report.refused + report.referred + report.failed;
    if (!labels_.empty() && models::has_both(labels_)) {
      report.auc = models::auc({scores_, labels_});
      report.ks = models::ks({scores_, labels_});
    }
    report.bad_rate_approved = share(bad_approved_, labelled_approved_);
    report.bad_rate_all = share(std::count(labels_.begin(), labels_.end(), 1), static_cast<int64_t>(labels_.size()));
    report.thin_bad_rate_approved = share(thin_bad_, thin_labelled_);
    if (report.lent_minor > 0) report.mean_rate = Rate{divide(weighted_rate_, report.lent_minor, Rounding::half_even)};
    for (auto& [grade, count] : grades_) {
      count.bad_rate = share(count.bad, grade_labelled_[grade]);
      report.grades.push_back(count);
    }
    for (auto& [code, count] : reasons_) report.reasons.push_back(count);
    // Most frequent first; equals by code, as they already stand.
    std::sort(report.reasons.begin(), report.reasons.end(), [](const CodeCount& a, const CodeCount& b) {
      return a.count != b.count ? a.count > b.count : a.code < b.code;
    });
    if (report.reasons.size() > kReasonsListedMax) report.reasons.resize(kReasonsListedMax);
  }

  ReplayReport report;
  std::vector<Lent> lent;

 private:
  static Rate share(int64_t part, int64_t whole) {
    return whole == 0 ? Rate{} : Rate{multiply_divide(part, Rate::kOne, whole, Rounding::half_even)};
  }

  void add_quality(const Item& item, const evidence::Judgement& judgement, bool approved) {
    const auto* record = judgement.output("Credit record");
    const auto* kind = record ? std::get_if<std::string>(record) : nullptr;
    const bool thin = kind && *kind == "thin";
    report.thin_applications += thin;
    report.thin_approved += thin && approved;
    if (!item.bad) return;
    if (approved) {
      ++labelled_approved_;
      bad_approved_ += *item.bad;
      thin_labelled_ += thin;
      thin_bad_ += thin && *item.bad;
    }
    if (const auto pd = kernel::rate_of(judgement, "Probability of default")) {
      scores_.push_back(pd->as_double());
      labels_.push_back(*item.bad);
    }
  }

  void add_grade(const Item& item, const evidence::Judgement& judgement, bool approved) {
    const auto* value = judgement.output("Grade");
    const auto* grade = value ? std::get_if<std::string>(value) : nullptr;
    GradeCount& count = grades_[grade ? *grade : "none"];
    count.grade = grade ? *grade : "none";
    ++count.applications;
    count.approved += approved;
    if (approved && item.bad) {
      ++grade_labelled_[count.grade];
      count.bad += *item.bad;
    }
  }

  std::map<std::string, CodeCount> reasons_;
  std::map<std::string, GradeCount> grades_;
  std::map<std::string, int64_t> grade_labelled_;
  std::vector<double> scores_;
  std::vector<uint8_t> labels_;
  int64_t bad_approved_ = 0, labelled_approved_ = 0, thin_bad_ = 0, thin_labelled_ = 0;
  __int128 weighted_rate_ = 0;
};

// What one run works with.
struct Run {
  const ReplayNeeds& needs;
  const ReplayRequest& request;
  const std::string& caller;
  Progress& progress;
  Mapping mapping;
  ProductFolder folder;
  evidence::FactSchema schema;
  std::string id;  // of this run: applications of two runs are not each other's repeats
  size_t threads = 1;
};

Result<ApplicationReader> open_reader(const Run& run) {
  auto source = models::open_file(run.request.applications);
  if (!source) return fail(std::move(source).error());
  ReaderOptions options;
  options.bad_rows = run.request.skip_bad_rows ? models::BadRows::skip : models::BadRows::refuse;
  return ApplicationReader::open(*std::move(source), run.mapping, run.schema, options);
}

double train_share(const Run& run) {
  return run.request.train_share.value_or(run.mapping.model.train_share).as_double();
}
uint64_t seed_of(const Run& run) { return static_cast<uint64_t>(run.request.seed.value_or(run.mapping.model.seed)); }

// Reads the whole file once, so that nothing is booked from a file with a bad row, and trains on its share.
Result<models::TrainedModel> train_model(const Run& run, ReplayReport& report) {
  run.progress.step("reading the applications", 0, 0);
  auto reader = TRY(open_reader(run));
  const auto training = TRY(training_table(reader, run.schema));
  report.skipped_rows = static_cast<int64_t>(training.scan.skipped_count);
  if (training.scan.labelled == 0) {
    return fail(ErrorCode::invalid, "target",
                "no row of the file tells how its loan ended; a replay needs labels to train on");
  }
  models::TrainRequest request = training_request(run.mapping, training.table);
  request.kind = kind_of(run.request.model.value_or(run.mapping.model.kind));
  request.train_share = train_share(run);
  request.seed = seed_of(run);
  request.name = run.folder.product.name + " pd";
  run.progress.step("training on " + std::to_string(training.scan.labelled) + " labelled rows", 0, 0);
  auto trained = models::train(request);
  if (!trained) return fail(std::move(trained).error());
  report.trained_rows = static_cast<int64_t>(trained->train.rows);
  return trained;
}

Submission submission_of(const Run& run, const Application& row) {
  Submission out;
  out.key = "replay/" + run.id + "/" + std::to_string(row.row);
  out.borrower = borrower_id(row.applicant_id);
  out.facts = row.facts;
  out.opened_on = run.request.on;
  out.request = sha256(row.raw);
  return out;
}

// Judges one round on all threads, then hands it to the store in the file's order: the same evidence on any number
// of threads.
void judge_round(const Run& run, const Offerings& offerings, std::vector<kernel::Workspace>& workspaces,
                 std::vector<Item>& round) {
  constexpr size_t kSliceRows = 64;
  const size_t slices = (round.size() + kSliceRows - 1) / kSliceRows;
  parallel_for(slices, run.threads, [&](size_t slice, size_t thread) {
    const CpuScope charged(offerings.version->account());
    for (size_t i = slice * kSliceRows; i < std::min(round.size(), (slice + 1) * kSliceRows); ++i) {
      Item& item = round[i];
      item.started_ns = monotonic_ns();
      auto judged = run.needs.origination.judge(offerings, item.submission, run.caller, run.needs.clock.now(),
                                                workspaces[thread]);
      if (judged) {
        item.judged = *std::move(judged);
      } else {
        item.failure = judged.error().text();
      }
    }
  });
}

// The decisions: every row outside the training share, all the way.
Result<void> decide_all(const Run& run, Tally& tally) {
  const Offerings offerings = TRY(run.needs.origination.offerings(run.folder.product.name));
  auto reader = TRY(open_reader(run));
  InFlight in_flight;
  std::vector<kernel::Workspace> workspaces(run.threads);
  const int64_t start_ns = monotonic_ns();
  uint64_t decided = 0;
  Result<void> trouble;
  for (bool more = true; more && trouble;) {
    auto round = std::make_shared<std::vector<Item>>();
    Application row;
    while (round->size() < kRoundRows) {
      auto read = reader.next(row);
      if (!read) trouble = fail(std::move(read).error());
      more = read && *read;
      if (!more) break;
      if (models::in_share(row.row_hash, train_share(run), seed_of(run))) continue;
      Item& item = round->emplace_back();
      item.row = row.row;
      item.bad = row.bad;
      item.submission = submission_of(run, row);
    }
    judge_round(run, offerings, workspaces, *round);
    const CpuScope charged(offerings.version->account());
    for (Item& item : *round) {
      tally.add(item, offerings.version->reasons());
      if (!item.judged) continue;
      in_flight.begin();
      run.needs.store.write_later(
          [&run, &item, round](Transaction& tx) -> Result<void> {
            const auto booked = TRY(run.needs.origination.book(tx, item.submission, *item.judged));
            if (!booked.loan || !item.bad) return {};  // of a refusal nobody could have known its end
            return evidence::put_outcome(tx, {booked.decision, std::string(evidence::kDefaultOutcome), *item.bad,
                                              item.judged->draft.circumstances().at});
          },
          [&in_flight, started_ns = item.started_ns](Result<void> result) {
            in_flight.end(std::move(result), started_ns);
          });
    }
    decided += round->size();
    run.progress.step("applications decided", decided, 0);
  }
  const auto written = in_flight.wait_all();
  TRY(trouble);
  TRY(written);
  const double seconds = static_cast<double>(monotonic_ns() - start_ns) / 1e9;
  tally.report.decisions_per_second = static_cast<double>(decided) / seconds;
  tally.report.p50_us = in_flight.quantile_us(0.5);
  tally.report.p99_us = in_flight.quantile_us(0.99);
  return {};
}

// What became of every approved loan, by its label.
Result<void> live_all(const Run& run, Tally& tally) {
  std::vector<LifeResult> lives(tally.lent.size());
  std::mutex mutex;
  std::optional<Error> error;
  std::atomic<uint64_t> done{0};
  parallel_for(tally.lent.size(), run.threads, [&](size_t i, size_t) {
    const Lent& lent = tally.lent[i];
    auto life = live(run.folder.product, lent.contract, lent.bad, Random(seed_of(run)), lent.row);
    if (life) {
      life->months.clear();  // the snapshots are for roll rates; a replay only counts money
      lives[i] = *std::move(life);
    } else {
      const std::lock_guard lock(mutex);
      error = std::move(life).error();
    }
    done.fetch_add(1, std::memory_order_relaxed);
  });
  if (error) return fail(*error);
  for (const LifeResult& life : lives) {
    tally.report.profit_minor += life.profit_minor;
    tally.report.interest_minor += life.interest_minor + life.penalty_minor + life.fee_minor;
    tally.report.write_off_minor += life.write_off_minor;
    tally.report.recovery_minor += life.recovery_minor;
    tally.report.funding_minor += life.funding_minor + life.operating_minor;
  }
  return {};
}

Result<void> measure_store(const ReplayNeeds& needs, ReplayReport& report) {
  const auto ledger = TRY(needs.ledger.verify());
  report.ledger_balanced = ledger.faults.empty();
  for (const ledger::Totals& totals : ledger.totals) report.ledger_balanced &= totals.balanced();
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    report.evidence_bytes_per_decision =
        TRY(reader.integer("SELECT CAST(AVG(LENGTH(judgement) + LENGTH(circumstances) + COALESCE(LENGTH(facts), 0) + "
                           "LENGTH(facts_digest) + LENGTH(link) + 16) AS BIGINT) FROM evidence_record WHERE kind = 1"))
            .value_or(0);
    return {};
  }));
  report.store = needs.store.location();
  return {};
}

}  // namespace

Result<ReplayReport> replay(const ReplayNeeds& needs, const ReplayRequest& request, const std::string& caller,
                            Progress& progress) {
  Run run{needs, request, caller, progress, {}, {}, {}, "", 1};
  run.mapping = TRY(read_mapping(needs.files, request.mapping, request.policies));
  run.folder = TRY(read_product_folder(needs.files, request.policies + "/" + run.mapping.product));
  run.schema = TRY(parse_facts(run.folder.facts));
  run.threads =
      request.threads > 0 ? static_cast<size_t>(request.threads) : std::max(1u, std::thread::hardware_concurrency());
  const Timestamp now = needs.clock.now();
  run.id = std::to_string(now.microseconds);

  Tally tally;
  const auto trained = TRY(train_model(run, tally.report));
  tally.report.model = TRY(needs.kernel.put_artefact("model", trained.model.bytes()));
  tally.report.model_kind = name_of(trained.model.kind());
  tally.report.product = run.folder.product.name;
  tally.report.currency = run.folder.product.currency.code();
  tally.report.permit = TRY(grant_for_replay(needs.store, needs.kernel, run.folder, tally.report.model, run.id, now));
  TRY(decide_all(run, tally));
  progress.step("living the loans", 0, 0);
  TRY(live_all(run, tally));
  tally.finish();
  TRY(measure_store(needs, tally.report));
  return std::move(tally.report);
}

}  // namespace puhui::lending
