// How fast policies are judged, on one core, beside zen-engine (npm) on the same table in the same run. Every answer of
// ours and of the peer is first checked against plain integer code that knows neither engine.
//   policy_bench [--only table|peer|json|whole|batch|backtest] [--rows N] [--peer FOLDER]
// The peer is built from bench/policy (npm ci); without node or npm the bench fails and says so.
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "ground/base/check.h"
#include "ground/base/text.h"
#include "infrastructure/dmn/batch.h"
#include "infrastructure/dmn/json_door.h"
#include "infrastructure/dmn/policy_bench_table.h"
#include "infrastructure/dmn/policy_bench_whole.h"

namespace puhui::dmn::bench {
namespace {

using feel::Value;

constexpr size_t kApplications = 10'000;
constexpr size_t kBatchRows = 10'000;
constexpr uint64_t kSeed = 20'260'101;
constexpr int kRounds = 5;

struct Settings {
  std::string only;
  uint64_t rows = 5'000'000;
  std::filesystem::path peer = "bench/policy";
  bool runs(std::string_view name) const { return only.empty() || only == name; }
};

const NoFunctions kNone;

Policy compiled(const std::string& xml) {
  auto policy = Policy::compile(xml, kNone);
  CHECK(policy.has_value(), policy ? "" : policy.error().text().c_str());
  return *std::move(policy);
}

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Calls a second of work(), the best of some rounds; `count` things are done in one call.
template <class Work>
double rate_of(size_t count, Work work) {
  double best = 0;
  for (int round = 0; round < kRounds; ++round) {
    const double start = processor_seconds();
    size_t done = 0;
    double spent = 0;
    while (spent < 0.3) {
      work();
      done += count;
      spent = processor_seconds() - start;
    }
    best = std::max(best, static_cast<double>(done) / spent);
  }
  return best;
}

void report(std::string_view work, double per_second, double bar) {
  std::printf("%-52s %12.0f /s  %8.3f µs   %.1f × the bar of %.0f\n", std::string(work).c_str(), per_second,
              1e6 / per_second, per_second / bar, bar);
  std::fflush(stdout);
}

std::vector<Application> applications() {
  std::vector<Application> made;
  for (size_t i = 0; i < kApplications; ++i) made.push_back(make_application(Random(kSeed), i));
  return made;
}

std::vector<Value> rows_of(std::span<const Application> applications, std::span<const size_t> inputs) {
  std::vector<Value> rows;
  for (const Application& a : applications) {
    for (const size_t input : inputs) rows.push_back(value_of(a, input));
  }
  return rows;
}

class TableBench {
 public:
  TableBench() : policy_(compiled(table_.dmn())), applications_(applications()) {
    rows_ = rows_of(applications_, kTableInputs);
    for (const Application& a : applications_) {
      expected_.push_back(table_.rule_for(a));
      json_.push_back(json_of(a, kTableInputs));
    }
  }

  void online() {
    Scratch scratch;
    Trace trace;
    for (size_t i = 0; i < kApplications; ++i) {
      trace.clear();
      const Value answer = policy_.evaluate(row(i), scratch, &trace)[0];
      CHECK(text_of(answer) == expected_text(expected_[i]), "our answer is the reference's");
      CHECK(trace.hits.size() == 1 && trace.hits[0] == expected_[i], "our rule is the reference's");
    }
    off_ = rate_of(kApplications, [&] {
      for (size_t i = 0; i < kApplications; ++i) policy_.evaluate(row(i), scratch);
    });
    report("table 30x8x4 FIRST, facts in, outputs out", off_, 3e6);
    on_ = rate_of(kApplications, [&] {
      for (size_t i = 0; i < kApplications; ++i) trace.clear(), policy_.evaluate(row(i), scratch, &trace);
    });
    report("  with trace", on_, 3e6);
    batch();
  }

  void batch() {
    std::vector<std::vector<Value>> columns(kTableInputs.size());
    std::vector<std::span<const Value>> inputs;
    for (size_t c = 0; c < columns.size(); ++c) {
      for (size_t i = 0; i < kApplications; ++i) columns[c].push_back(row(i)[c]);
      inputs.push_back(columns[c]);
    }
    Batch batch(policy_);
    batch.evaluate(inputs, kApplications);
    std::vector<uint64_t> hits(kRules);
    for (size_t i = 0; i < kApplications; ++i) {
      CHECK(text_of(batch.values(0)[i]) == expected_text(expected_[i]), "the batch's answer is the reference's");
      ++hits[expected_[i]];
    }
    CHECK(std::ranges::equal(hits, batch.rule_hits()), "the batch's hits are the reference's");
    report("  in a batch, with the rules' histogram",
           rate_of(kApplications, [&] { batch.evaluate(inputs, kApplications); }), 3e6);
  }

  void json() {
    for (const auto output : {JsonDoorOptions::Output::values, JsonDoorOptions::Output::values_and_rules}) {
      const JsonDoor door(policy_, {.decisions = {}, .output = output});
      const bool traced = output == JsonDoorOptions::Output::values_and_rules;
      Scratch scratch;
      std::string out;
      for (size_t i = 0; i < kApplications; ++i) {
        CHECK(door.evaluate(json_[i], out, scratch).has_value(), "JSON is taken");
        CHECK(out == expected_json(expected_[i], traced), "our JSON is the reference's");
      }
      report(traced ? "  with trace" : "the same, JSON text in, JSON text out",
             rate_of(kApplications,
                     [&] {
                       for (size_t i = 0; i < kApplications; ++i)
                         CHECK(door.evaluate(json_[i], out, scratch).has_value(), "taken");
                     }),
             1e6);
    }
  }

  // Writes the table and the applications out, runs the peer, checks its answers, prints the ratios.
  void peer(const std::filesystem::path& folder);

 private:
  std::span<const Value> row(size_t i) const {
    return std::span<const Value>(rows_).subspan(i * kTableInputs.size(), kTableInputs.size());
  }
  static std::string expected_text(size_t rule) {
    std::string text = "{";
    for (size_t o = 0; o < kOutputNames.size(); ++o) {
      text += (o == 0 ? "" : ", ") + std::string(kOutputNames[o]) + ": " + BenchTable::output(rule, o);
    }
    return text + "}";
  }
  static std::string expected_outputs(size_t rule) {
    std::string text = "{";
    for (size_t o = 0; o < kOutputNames.size(); ++o) {
      text += (o == 0 ? "\"" : ",\"") + std::string(kOutputNames[o]) + "\":" + BenchTable::output(rule, o);
    }
    return text + "}";
  }
  static std::string expected_json(size_t rule, bool traced) {
    const std::string values = "{\"Grade\":" + expected_outputs(rule) + "}";
    return traced ? "{\"outputs\":" + values + ",\"rules\":[\"r" + std::to_string(rule + 1) + "\"]}" : values;
  }
  void check_peer(const std::filesystem::path& answers) const;

  const BenchTable table_{kSeed};
  Policy policy_;
  std::vector<Application> applications_;
  std::vector<Value> rows_;
  std::vector<size_t> expected_;
  std::vector<std::string> json_;
  double off_ = 0;
  double on_ = 0;
};

std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Json json_of_file(const std::filesystem::path& path) {
  auto json = parse_json(file_text(path), {.bytes_max = 512 << 20});
  CHECK(json.has_value(), ("no JSON in " + path.string()).c_str());
  return *std::move(json);
}

void TableBench::check_peer(const std::filesystem::path& answers) const {
  const Json runs = json_of_file(answers);
  for (const auto& [run, given] : *runs.object()) {
    CHECK(given.list() != nullptr && given.list()->size() == kApplications, "the peer answered every application");
    for (size_t i = 0; i < kApplications; ++i) {
      for (size_t o = 0; o < kOutputNames.size(); ++o) {
        const Json* value = (*given.list())[i].find(kOutputNames[o]);
        CHECK(value != nullptr, ("the peer gave no " + std::string(kOutputNames[o]) + ": " + run).c_str());
        const Json expected = *parse_json(BenchTable::output(expected_[i], o));
        const bool same =
            expected.number() == nullptr ? *value == expected : value->as_double() == expected.as_double();
        CHECK(same, ("the peer's answer is the reference's: " + run).c_str());
      }
    }
  }
}

void TableBench::peer(const std::filesystem::path& folder) {
  CHECK(on_ > 0 && off_ > 0, "the peer is run after our own table");
  const auto work = std::filesystem::temp_directory_path() / ("puhui_policy_bench_" + std::to_string(::getpid()));
  std::filesystem::create_directories(work);
  std::ofstream(work / "graph.json") << table_.jdm();
  std::ofstream applications(work / "applications.json");
  for (size_t i = 0; i < kApplications; ++i) {
    std::string one = json_[i];
    for (const std::string_view name : kInputNames) {
      const size_t at = one.find("\"" + std::string(name) + "\":");
      if (at != std::string::npos) one.replace(at + 1, name.size(), id_of(name));
    }
    applications << (i == 0 ? "[" : ",\n") << one;
  }
  applications << "]";
  applications.close();
  const std::string run =
      "node " + (folder / "peer.mjs").string() + " " + work.string() + " > " + (work / "rates.json").string();
  const bool ran =
      std::system(("cd " + folder.string() + " && npm ci --silent --no-audit --no-fund > /dev/null").c_str()) == 0 &&
      std::system(run.c_str()) == 0;
  if (!ran) {
    std::fprintf(stderr,
                 "expected node and npm, and the npm registry within reach: the peer zen-engine could not be built\n");
    std::exit(1);
  }
  check_peer(work / "answers.json");
  const Json rates = json_of_file(work / "rates.json");
  std::filesystem::remove_all(work);
  double off = 0;
  double on = 0;
  for (const Json& one : *rates.find("runs")->list()) {
    const bool traced = *one.find("trace")->text() != "false";
    double& best = traced ? on : off;
    best = std::max(best, *one.find("per_second")->as_double());
    std::printf("  zen-engine %s  %-38s trace %-16s %9.0f /s\n", rates.find("version")->text()->c_str(),
                one.find("mode")->text()->c_str(), one.find("trace")->text()->c_str(),
                *one.find("per_second")->as_double());
  }
  std::printf(
      "ratio to the fastest of zen-engine: trace off %.0f × (%.0f against %.0f /s), trace on %.0f × (%.0f against "
      "%.0f /s); the bar is 50 ×\n",
      off_ / off, off_, off, on_ / on, on_, on);
}

class WholeBench {
 public:
  explicit WholeBench(uint64_t rows) : policy_(compiled(whole_policy())), rows_(rows) {}

  void online() {
    const auto facts = applications();
    const auto values = rows_of(facts, kAllInputs);
    Scratch scratch;
    Trace trace;
    const auto row = [&](size_t i) {
      return std::span<const Value>(values).subspan(i * kAllInputs.size(), kAllInputs.size());
    };
    for (size_t i = 0; i < facts.size(); ++i) {
      trace.clear();
      check(policy_.evaluate(row(i), scratch, &trace), facts[i]);
    }
    report("whole policy, ten decisions, with trace",
           rate_of(facts.size(),
                   [&] {
                     for (size_t i = 0; i < facts.size(); ++i) trace.clear(), policy_.evaluate(row(i), scratch, &trace);
                   }),
           3e5);
  }

  // The same rows again and again: what evaluation alone costs, as a profiler sees it.
  void batch() {
    const auto facts = applications();
    std::vector<std::vector<Value>> columns(kAllInputs.size());
    for (size_t c = 0; c < columns.size(); ++c) {
      for (const Application& a : facts) columns[c].push_back(value_of(a, c));
    }
    const std::vector<std::span<const Value>> inputs(columns.begin(), columns.end());
    Batch batch(policy_);
    report("  in a batch, with the rules' histogram",
           rate_of(facts.size(), [&] { batch.evaluate(inputs, facts.size()); }), 1e6);
  }

  void back_test();

 private:
  void check(std::span<const Value> answers, const Application& a) const {
    const Judgement judgement = judge(a);
    for (size_t d = 0; d < answers.size(); ++d) {
      const std::string expected = expected_text(judgement, a, policy_.decisions()[d].name);
      CHECK(text_of(answers[d]) == expected,
            (policy_.decisions()[d].name + ": expected " + expected + ", came " + text_of(answers[d])).c_str());
    }
  }
  Policy policy_;
  uint64_t rows_;
};

// To the last digit kept, and to the words of a null's cause.
bool same_bits(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case feel::Kind::null: return explain(a.cause()) == explain(b.cause());
    case feel::Kind::number:
      return a.as_number().coefficient() == b.as_number().coefficient() &&
             a.as_number().exponent() == b.as_number().exponent() &&
             a.as_number().is_negative() == b.as_number().is_negative();
    case feel::Kind::list: return std::ranges::equal(a.as_list(), b.as_list(), same_bits);
    case feel::Kind::context:
      return std::ranges::equal(a.as_context(), b.as_context(), [](const feel::Entry& x, const feel::Entry& y) {
        return x.name == y.name && same_bits(x.value, y.value);
      });
    default: return identical(a, b);
  }
}

void WholeBench::back_test() {
  Batch batch(policy_);
  Scratch scratch;
  Trace trace;
  std::vector<uint64_t> hits(policy_.rules().size());
  std::vector<std::vector<Value>> columns(kAllInputs.size(), std::vector<Value>(kBatchRows));
  const std::vector<std::span<const Value>> inputs(columns.begin(), columns.end());
  double evaluating = 0;
  double whole = 0;
  for (uint64_t from = 0; from < rows_; from += kBatchRows) {
    const size_t rows = static_cast<size_t>(std::min<uint64_t>(kBatchRows, rows_ - from));
    const double start = processor_seconds();
    for (size_t r = 0; r < rows; ++r) {
      const Application a = make_application(Random(kSeed), from + r);
      for (size_t c = 0; c < columns.size(); ++c) columns[c][r] = value_of(a, c);
    }
    const double generated = processor_seconds();
    batch.evaluate(inputs, rows);
    const double done = processor_seconds();
    evaluating += done - generated;
    whole += done - start;
    for (size_t r = 0; r < rows; ++r) {
      Value row[kAllInputs.size()];
      for (size_t c = 0; c < columns.size(); ++c) row[c] = columns[c][r];
      trace.clear();
      const auto answers = policy_.evaluate(row, scratch, &trace);
      for (const uint32_t rule : trace.hits) ++hits[rule];
      for (size_t d = 0; d < answers.size(); ++d) {
        CHECK(same_bits(answers[d], batch.values(d)[r]), "the batch answers what online answers, bit by bit");
      }
      if ((from + r) % 16 == 0) check(answers, make_application(Random(kSeed), from + r));
    }
  }
  CHECK(std::ranges::equal(hits, batch.rule_hits()), "the batch counts the rules that online hits");
  const auto count = static_cast<double>(rows_);
  report("back-test of it, " + std::to_string(rows_) + " applications", count / evaluating, 1e6);
  report("  making the applications included", count / whole, 1e6);
}

int run(const Settings& settings) {
  if (settings.runs("table") || settings.runs("json") || settings.runs("peer")) {
    TableBench table;
    if (settings.runs("table") || settings.runs("peer")) table.online();
    if (settings.runs("json")) table.json();
    if (settings.runs("peer")) table.peer(settings.peer);
  }
  WholeBench whole(settings.rows);
  if (settings.runs("whole")) whole.online();
  if (settings.runs("batch")) whole.batch();
  if (settings.runs("backtest")) whole.back_test();
  return 0;
}

}  // namespace
}  // namespace puhui::dmn::bench

int main(int count, char** arguments) {
  puhui::dmn::bench::Settings settings;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = arguments[i];
    const std::string value = arguments[i + 1];
    if (name == "--only") settings.only = value;
    if (name == "--rows") settings.rows = static_cast<uint64_t>(puhui::parse_int64(value).value_or(0));
    if (name == "--peer") settings.peer = value;
  }
  return puhui::dmn::bench::run(settings);
}
