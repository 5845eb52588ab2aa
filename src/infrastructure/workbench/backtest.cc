#include "infrastructure/workbench/backtest.h"

#include <chrono>
#include <ctime>
#include <future>
#include <thread>

#include "ground/base/check.h"
#include "ground/base/cpu_account.h"
#include "ground/base/text.h"
#include "infrastructure/dmn/batch.h"
#include "infrastructure/workbench/application_rows.h"
#include "infrastructure/workbench/eval.h"
#include "infrastructure/workbench/policy_verbs.h"

namespace puhui::workbench {

namespace {

constexpr size_t kSegmentValuesMax = 1000;  // of one segment
constexpr size_t kUndecidedMax = 20;        // told in words
constexpr size_t kThreadsMax = 64;

// One of the two policies, ready to be run by any thread.
struct Side {
  std::unique_ptr<const LoadedPolicy> loaded;
  std::vector<InputSource> sources;
  size_t decision = 0;
  const dmn::Policy& policy() const { return loaded->policy(); }
};

// What a chunk's rows are split by: a column of the file or a decision of the policy as it is.
struct Segment {
  std::string name;
  std::optional<size_t> column, decision;
};

// What all threads read.
struct Plan {
  Side policy, against;
  std::vector<std::pair<size_t, size_t>> shared;  // decisions of both, by name
  std::vector<Segment> segments;
  std::optional<size_t> label;
  std::string bad, approve;
  feel::DateTime now;
};

// What one chunk, or all of them, came to. Only sums, so the order of the threads does not matter.
struct Tally {
  Swap swap;
  std::vector<std::map<std::string, Swap, std::less<>>> segments;
  std::vector<int64_t> changed;  // by shared decision
  std::vector<uint64_t> hits_policy, hits_against;
  int64_t undecided_policy = 0, undecided_against = 0, skipped = 0, checked = 0;
  std::vector<std::string> undecided;
  int64_t nanoseconds = 0;
  std::vector<Fault> faults;

  void add(Tally&& chunk);
};

void add_all(std::vector<uint64_t>& to, const std::vector<uint64_t>& from) {
  for (size_t i = 0; i < to.size(); ++i) to[i] += from[i];
}

void Tally::add(Tally&& chunk) {
  swap.add(chunk.swap);
  for (size_t s = 0; s < segments.size(); ++s) {
    for (const auto& [value, of] : chunk.segments[s]) segments[s][value].add(of);
  }
  for (size_t d = 0; d < changed.size(); ++d) changed[d] += chunk.changed[d];
  add_all(hits_policy, chunk.hits_policy);
  add_all(hits_against, chunk.hits_against);
  undecided_policy += chunk.undecided_policy;
  undecided_against += chunk.undecided_against;
  skipped += chunk.skipped;
  checked += chunk.checked;
  nanoseconds += chunk.nanoseconds;
  for (std::string& text : chunk.undecided) {
    if (undecided.size() < kUndecidedMax) undecided.push_back(std::move(text));
  }
  faults.insert(faults.end(), std::make_move_iterator(chunk.faults.begin()),
                std::make_move_iterator(chunk.faults.end()));
}

Tally empty_tally(const Plan& plan) {
  Tally tally;
  tally.segments.resize(plan.segments.size());
  tally.changed.resize(plan.shared.size());
  tally.hits_policy.resize(plan.policy.policy().rules().size());
  tally.hits_against.resize(plan.against.policy().rules().size());
  return tally;
}

// Of this thread's own work: what else runs on the machine is not the policy's.
int64_t thread_nanoseconds() {
  timespec spent{};
  CHECK(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent) == 0, "a thread knows its time");
  return int64_t{spent.tv_sec} * 1'000'000'000 + spent.tv_nsec;
}

// A cell that both policies read is told once.
std::vector<Fault> each_once(std::vector<Fault> faults) {
  std::vector<Fault> out;
  for (Fault& fault : faults) {
    if (std::ranges::find(out, fault) == out.end()) out.push_back(std::move(fault));
  }
  return out;
}

// One thread: both policies over one chunk after the other.
class Worker {
 public:
  explicit Worker(const Plan& plan) : plan_(plan), policy_(plan.policy.policy()), against_(plan.against.policy()) {
    policy_.set_moment(plan.now);
    against_.set_moment(plan.now);
    scratch_.set_moment(plan.now);
  }

  Tally run(const RowChunk& chunk) {
    Tally tally = empty_tally(plan_);
    Faults faults;
    const int64_t began = thread_nanoseconds();
    const InputColumns policy_inputs = input_columns(chunk, plan_.policy.policy(), plan_.policy.sources, faults);
    const InputColumns against_inputs = input_columns(chunk, plan_.against.policy(), plan_.against.sources, faults);
    evaluate(policy_, policy_inputs, chunk.rows(), tally.hits_policy);
    evaluate(against_, against_inputs, chunk.rows(), tally.hits_against);
    tally.nanoseconds = thread_nanoseconds() - began;
    std::vector<size_t> bad;
    std::ranges::set_union(policy_inputs.bad, against_inputs.bad, std::back_inserter(bad));
    bad.erase(std::unique(bad.begin(), bad.end()), bad.end());
    tally.skipped = static_cast<int64_t>(bad.size());
    for (size_t row = 0; row < chunk.rows(); ++row) {
      if (!std::ranges::binary_search(bad, row)) count(chunk, row, tally);
    }
    check_one_by_one(policy_inputs, plan_.policy, policy_, tally);
    check_one_by_one(against_inputs, plan_.against, against_, tally);
    if (auto refused = std::move(faults).result(); !refused)
      tally.faults = each_once(std::move(refused).error().faults);
    return tally;
  }

 private:
  static void evaluate(dmn::Batch& batch, const InputColumns& inputs, size_t rows, std::vector<uint64_t>& hits) {
    batch.clear_hits();
    batch.evaluate(inputs.spans(), rows);
    hits.assign(batch.rule_hits().begin(), batch.rule_hits().end());
  }

  bool is_approved(const feel::Value& outcome) const {
    return outcome.is_string() ? outcome.as_string() == plan_.approve : outcome.is_true();
  }

  void undecided(const RowChunk& chunk, size_t row, const feel::Value& outcome, std::string_view whose, int64_t& count,
                 Tally& tally) const {
    if (!outcome.is_null()) return;
    ++count;
    if (tally.undecided.size() == kUndecidedMax) return;
    tally.undecided.push_back("line " + std::to_string(chunk.lines[row]) + ", " + std::string(whose) + ": " +
                              explain(outcome.cause()));
  }

  void count(const RowChunk& chunk, size_t row, Tally& tally) const {
    const feel::Value& of_policy = policy_.values(plan_.policy.decision)[row];
    const feel::Value& of_against = against_.values(plan_.against.decision)[row];
    undecided(chunk, row, of_policy, "the policy", tally.undecided_policy, tally);
    undecided(chunk, row, of_against, "the other", tally.undecided_against, tally);
    Group group{1, 0, 0};
    if (plan_.label) {
      const std::string_view end = chunk.cell(row, *plan_.label);
      group.labelled = end.empty() ? 0 : 1;
      group.bad = end == plan_.bad ? 1 : 0;
    }
    const bool a = is_approved(of_policy), b = is_approved(of_against);
    const auto place = a ? (b ? &Swap::both : &Swap::only_policy) : (b ? &Swap::only_against : &Swap::neither);
    (tally.swap.*place).add(group);
    for (size_t s = 0; s < plan_.segments.size(); ++s) {
      const Segment& segment = plan_.segments[s];
      const std::string value = segment.column ? std::string(chunk.cell(row, *segment.column))
                                               : string_of(policy_.values(*segment.decision)[row]);
      (tally.segments[s][value].*place).add(group);
    }
    for (size_t d = 0; d < plan_.shared.size(); ++d) {
      const auto& [in_policy, in_against] = plan_.shared[d];
      if (!identical(policy_.values(in_policy)[row], against_.values(in_against)[row])) ++tally.changed[d];
    }
  }

  // Each chunk's first row again the way an application takes: the batch must not differ by a byte.
  void check_one_by_one(const InputColumns& inputs, const Side& side, const dmn::Batch& batch, Tally& tally) {
    std::vector<feel::Value> row;
    for (const auto& column : inputs.values) row.push_back(column.empty() ? feel::Value::missing() : column[0]);
    const auto values = side.policy().evaluate(row, scratch_);
    for (size_t d = 0; d < values.size(); ++d) {
      CHECK(identical(values[d], batch.values(d)[0]), "a batch decides as one application alone does");
    }
    ++tally.checked;
  }

  const Plan& plan_;
  dmn::Batch policy_, against_;
  dmn::Scratch scratch_;
};

Result<Side> side_of(const VerbCall& call, const BacktestRequest& request, const std::string& file,
                     ApplicationRows& rows) {
  PolicySource source;
  source.file = file;
  source.model = request.model;
  Side side;
  side.loaded = TRY(LoadedPolicy::load(call, source));
  // A pair for an input only the other policy has is not this one's fault.
  const auto ours = [&](const std::vector<std::string>& pairs) {
    std::vector<std::string> out;
    for (const std::string& pair : pairs) {
      if (side.policy().input(pair.substr(0, pair.find('=')))) out.push_back(pair);
    }
    return out;
  };
  side.sources = TRY(rows.sources(side.policy(), ours(request.column), ours(request.set)));
  const auto decision = side.policy().decision(request.decision);
  if (!decision) {
    std::vector<std::string> names;
    for (const dmn::Variable& known : side.policy().decisions()) names.push_back(known.name);
    return fail(ErrorCode::not_found, "decision",
                "there is no decision '" + request.decision + "'; there are: " + join(names, ", "));
  }
  side.decision = *decision;
  return side;
}

Result<std::vector<Segment>> segments_of(const BacktestRequest& request, const dmn::Policy& policy,
                                         ApplicationRows& rows) {
  std::vector<Segment> out;
  for (const std::string& name : request.segment) {
    Segment segment{name, std::nullopt, policy.decision(name)};
    if (!segment.decision) {
      auto column = rows.read_column(name);
      if (!column) return fail(at("segment", std::move(column).error()));
      segment.column = *column;
    }
    out.push_back(std::move(segment));
  }
  return out;
}

// Pairs that name an input of neither policy.
Result<void> check_pairs(const BacktestRequest& request, const Plan& plan) {
  Faults faults;
  for (const auto& [field, pairs] : {std::pair("column", &request.column), {"set", &request.set}}) {
    for (const std::string& pair : *pairs) {
      const std::string name = pair.substr(0, pair.find('='));
      if (pair.find('=') == std::string::npos) faults.add(field, "expected INPUT=…, came '" + pair + "'");
      if (plan.policy.policy().input(name) || plan.against.policy().input(name)) continue;
      faults.add(field, "neither policy has an input '" + name + "'");
    }
  }
  return std::move(faults).result();
}

Result<Plan> plan_of(const VerbCall& call, const BacktestRequest& request, ApplicationRows& rows, Timestamp now) {
  Plan plan;
  auto policy = side_of(call, request, request.policy, rows);
  if (!policy) return fail(at("policy", std::move(policy).error()));
  plan.policy = *std::move(policy);
  auto against = side_of(call, request, request.against, rows);
  if (!against) return fail(at("against", std::move(against).error()));
  plan.against = *std::move(against);
  TRY(check_pairs(request, plan));
  for (size_t d = 0; d < plan.policy.policy().decisions().size(); ++d) {
    const auto other = plan.against.policy().decision(plan.policy.policy().decisions()[d].name);
    if (other) plan.shared.emplace_back(d, *other);
  }
  plan.segments = TRY(segments_of(request, plan.policy.policy(), rows));
  if (request.label) {
    auto label = rows.read_column(*request.label);
    if (!label) return fail(at("label", std::move(label).error()));
    plan.label = *label;
  }
  plan.bad = request.bad;
  plan.approve = request.approve;
  plan.now = moment_of(request.at.value_or(now));
  return plan;
}

// Reads a group of chunks while the threads decide the one before.
Result<Tally> run_all(const Plan& plan, ApplicationRows& rows, size_t threads, Progress& progress) {
  std::vector<std::unique_ptr<Worker>> workers;
  for (size_t t = 0; t < threads; ++t) workers.push_back(std::make_unique<Worker>(plan));
  std::vector<RowChunk> reading(threads), deciding(threads);
  Tally total = empty_tally(plan);
  Faults bad_rows;
  uint64_t done = 0;
  size_t waiting = 0;
  for (bool more = true; more || waiting > 0;) {
    std::vector<std::future<Tally>> running;
    for (size_t t = 0; t < waiting; ++t) {
      running.push_back(std::async(std::launch::async, [&, t, account = CpuAccounts::current()] {
        const CpuScope carried(account);
        return workers[t]->run(deciding[t]);
      }));
    }
    size_t filled = 0;
    Result<bool> read = true;
    while (more && filled < threads && (read = rows.next(reading[filled], bad_rows)) && *read) ++filled;
    more = more && filled == threads;
    for (auto& chunk : running) total.add(chunk.get());  // before anything returns: they borrow the chunks
    if (!read) return fail(std::move(read).error());
    for (size_t t = 0; t < waiting; ++t) done += deciding[t].rows();
    progress.step("applications decided by both", done, 0);
    for (const auto& by : total.segments) {
      if (by.size() > kSegmentValuesMax) {
        return fail(ErrorCode::exhausted, "segment",
                    "expected at most " + std::to_string(kSegmentValuesMax) + " values; choose one with fewer");
      }
    }
    std::swap(reading, deciding);
    waiting = filled;
  }
  if (auto shape = std::move(bad_rows).result(); !shape) {
    total.skipped += static_cast<int64_t>(shape.error().faults.size());
    for (Fault& fault : shape.error().faults) total.faults.push_back(std::move(fault));
  }
  return total;
}

std::vector<std::string> inputs_not_read(const Plan& plan) {
  std::vector<std::string> out;
  for (const Side* side : {&plan.policy, &plan.against}) {
    for (size_t i = 0; i < side->sources.size(); ++i) {
      const std::string& name = side->policy().inputs()[i].name;
      const bool told = std::ranges::find(out, name) != out.end();
      if (side->sources[i].from == InputSource::From::nothing && !told) out.push_back(name);
    }
  }
  return out;
}

}  // namespace

std::optional<Rate> Group::bad_rate() const {
  if (labelled == 0) return std::nullopt;
  return Rate{multiply_divide(bad, Rate::kOne, labelled, Rounding::half_even)};
}
void Group::add(const Group& other) {
  applications += other.applications;
  labelled += other.labelled;
  bad += other.bad;
}

Group Swap::approved_by_policy() const {
  Group out = both;
  out.add(only_policy);
  return out;
}
Group Swap::approved_by_against() const {
  Group out = both;
  out.add(only_against);
  return out;
}
int64_t Swap::applications() const {
  return both.applications + neither.applications + only_policy.applications + only_against.applications;
}
void Swap::add(const Swap& other) {
  both.add(other.both);
  neither.add(other.neither);
  only_policy.add(other.only_policy);
  only_against.add(other.only_against);
}

Result<BacktestAnswer> backtest(const VerbCall& call, const BacktestRequest& request, Timestamp now) {
  const auto began = std::chrono::steady_clock::now();
  ApplicationRows rows = TRY(ApplicationRows::open(request.applications));
  const Plan plan = TRY(plan_of(call, request, rows, now));
  const size_t wanted =
      request.threads > 0 ? static_cast<size_t>(request.threads) : std::thread::hardware_concurrency();
  Tally tally = TRY(run_all(plan, rows, std::clamp(wanted, size_t{1}, kThreadsMax), call.progress));
  if (!tally.faults.empty() && !request.skip_bad_rows) {
    tally.faults.push_back({"", "correct them, or skip bad rows"});
    return fail(Error{ErrorCode::invalid, std::move(tally.faults)});
  }
  BacktestAnswer answer;
  answer.swap = tally.swap;
  for (size_t s = 0; s < plan.segments.size(); ++s) {
    for (const auto& [value, swap] : tally.segments[s]) answer.segments.push_back({plan.segments[s].name, value, swap});
  }
  answer.rules = rule_changes(plan.policy.policy(), tally.hits_policy, plan.against.policy(), tally.hits_against);
  for (size_t d = 0; d < plan.shared.size(); ++d) {
    answer.decisions.push_back({plan.policy.policy().decisions()[plan.shared[d].first].name, tally.changed[d]});
  }
  answer.undecided_by_policy = tally.undecided_policy;
  answer.undecided_by_against = tally.undecided_against;
  answer.undecided = std::move(tally.undecided);
  answer.not_read = inputs_not_read(plan);
  answer.skipped_rows = tally.skipped;
  answer.checked = tally.checked;
  answer.has_labels = plan.label.has_value();
  const auto applications = static_cast<double>(answer.swap.applications());
  answer.rows_per_core_second =
      tally.nanoseconds == 0 ? 0 : applications * 1e9 / static_cast<double>(tally.nanoseconds);
  answer.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return answer;
}

std::vector<Verb> backtest_verbs(const Clock& clock) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<BacktestRequest, BacktestAnswer>(
      {.noun = "policy",
       .verb = "backtest",
       .help = "Decide past applications by two policies and say who, why and at what loss the answers differ.",
       .storeless = true,
       .local_only = true},
      [&clock](const VerbCall& call, const BacktestRequest& request) { return backtest(call, request, clock.now()); },
      tell));
  return verbs;
}

}  // namespace puhui::workbench
