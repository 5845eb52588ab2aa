// What the graph adds on AMLSim's accounts: half of them, by hash, to train a boosted model, half to measure. Prints average
// precision by groups of columns; the bar: with graph columns at least twice that of counts and sums alone. README.md says
// what the figures mean.
//   amlsim_bench [seeds]        needs PUHUI_DATA
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "applications/aml/account_features.h"
#include "ground/base/check.h"
#include "ground/base/clock.h"
#include "ground/base/hash.h"
#include "ground/base/text.h"
#include "infrastructure/models/boosting.h"
#include "infrastructure/models/csv.h"
#include "infrastructure/models/ensemble.h"
#include "infrastructure/models/metrics.h"

namespace puhui::aml {
namespace {

struct Subject {
  AccountBook book;
  std::vector<uint8_t> bad;  // the label; of the nodes file only this is read
  size_t accounts = 0;
};

template <class T>
T must(Result<T> result) {
  if (!result) std::fprintf(stderr, "%s\n", result.error().text().c_str());
  CHECK(result.has_value(), "the data reads");
  return *std::move(result);
}

Subject read(const std::string& folder) {
  Subject out;
  out.book = must(read_book(must(models::open_file(folder + "/transactions.csv.gz")),
                            {.from = "sourceNodeId", .to = "targetNodeId", .amount = "value", .at = "time"}));
  auto nodes = must(models::CsvReader::open(must(models::open_file(folder + "/nodes.csv.gz"))));
  const size_t name = must(nodes.column("nodeid")), label = must(nodes.column("isFraud"));
  for (models::CsvRow row; must(nodes.next(row));) {
    const uint32_t account = out.book.number_of(row.fields[name]);
    if (out.bad.size() <= account) out.bad.resize(account + size_t{1});
    out.bad[account] = row.fields[label] == "1";
  }
  out.book.close(AccountFeatureSettings{}.near_ppm);
  CHECK(out.bad.size() == out.book.accounts(), "every account has a label");
  return out;
}

struct Group {
  const char* name;
  std::vector<AccountColumnKind> kinds;
};

struct Halves {
  std::vector<uint32_t> train, test;
};

Halves halves_of(const Subject& subject, uint64_t seed) {
  Halves out;
  for (uint32_t a = 0; a < subject.book.accounts(); ++a) {
    (hash64(subject.book.names.name(a), seed) % 2 == 0 ? out.train : out.test).push_back(a);
  }
  return out;
}

std::vector<float> rows_of(const std::vector<const AccountColumn*>& columns, const std::vector<uint32_t>& accounts) {
  std::vector<float> out;
  for (const uint32_t account : accounts) {
    for (const AccountColumn* column : columns) out.push_back(static_cast<float>(column->values[account]));
  }
  return out;
}

std::vector<uint8_t> labels_of(const Subject& subject, const std::vector<uint32_t>& accounts) {
  std::vector<uint8_t> out;
  for (const uint32_t account : accounts) out.push_back(subject.bad[account]);
  return out;
}

struct Training {
  const char* name;
  models::BoostingTraining boosting;
};

double average_precision_with(const Subject& subject, const Halves& halves, const AccountColumns& all,
                              const Group& group, const models::BoostingTraining& training, uint64_t seed) {
  std::vector<const AccountColumn*> columns;
  for (const AccountColumn& column : all) {
    if (std::ranges::find(group.kinds, column.kind) != group.kinds.end()) columns.push_back(&column);
  }
  const std::vector<float> train = rows_of(columns, halves.train), test = rows_of(columns, halves.test);
  const std::vector<uint8_t> train_bad = labels_of(subject, halves.train), test_bad = labels_of(subject, halves.test);
  const auto trees = must(models::boost({.rows = {train, columns.size()}, .bad = train_bad, .seed = seed}, training));
  const auto ensemble =
      must(models::Ensemble::from_xgboost(must(parse_json(trees.json, {.bytes_max = size_t{1} << 30}))));
  std::vector<int64_t> margins(halves.test.size());
  ensemble.margins(test, margins);
  const std::vector<double> scores(margins.begin(), margins.end());
  return models::average_precision({scores, test_bad});
}

using Kind = AccountColumnKind;
const Group kGroups[] = {
    {"counts and sums", {Kind::count_and_sum}},
    {"counts and sums, means, least, greatest", {Kind::count_and_sum, Kind::plain}},
    {"counts and sums + known bad nearby", {Kind::count_and_sum, Kind::known_bad}},
    {"counts and sums + graph", {Kind::count_and_sum, Kind::graph}},
    {"counts and sums + graph + known bad nearby", {Kind::count_and_sum, Kind::graph, Kind::known_bad}},
};

// Labels of the half to train on are known when features are made, those of the other half are not.
AccountColumns columns_of(const Subject& subject, const AccountColumns& without_known, const Halves& halves) {
  std::vector<Known> known(subject.book.accounts(), Known::nothing);
  for (const uint32_t account : halves.train) known[account] = subject.bad[account] != 0 ? Known::bad : Known::good;
  AccountColumns out = without_known;
  add_known_bad_columns(subject.book, known, out);
  return out;
}

void print(const Training& training, const std::vector<std::vector<double>>& precisions) {
  std::printf("  %s\n", training.name);
  double base = 0;
  for (size_t g = 0; g < std::size(kGroups); ++g) {
    double mean = 0;
    for (const double each : precisions[g]) mean += each / static_cast<double>(precisions[g].size());
    if (g == 0) base = mean;
    const auto [least, greatest] = std::ranges::minmax(precisions[g]);
    std::printf("    %-44s average precision %.4f (%.4f to %.4f), %.2f x\n", kGroups[g].name, mean, least, greatest,
                mean / base);
  }
  std::printf("    bar: 2.00 x counts and sums, which is %.4f%s\n", 2 * base,
              2 * base > 1 ? ": no model can have that, the most is 1" : "");
}

void measure(const std::string& root, const char* name, uint64_t seeds) {
  const Subject subject = read(root + "/aml/" + name);
  const int64_t begin_ns = monotonic_ns();
  const AccountColumns without_known = account_features(subject.book, {});
  const double seconds = static_cast<double>(monotonic_ns() - begin_ns) / 1e9;
  std::printf("%s: %zu transfers, %u accounts, %td marked, %zu columns in %.1f s\n", name,
              subject.book.transfers.size(), subject.book.accounts(), std::ranges::count(subject.bad, 1),
              without_known.size(), seconds);
  // By default each tree is offered three columns of ten, so one of four: then it never sees a sum beside its count, whose
  // quotient tells most. All columns for every tree is the fairer comparison, and the harder one.
  const Training trainings[] = {
      {"training as models are trained by default", {}},
      {"training that offers all columns to every tree", {.rounds = 400, .feature_share = 1, .hessian_min = 2}}};
  for (const Training& training : trainings) {
    std::vector<std::vector<double>> precisions(std::size(kGroups));
    for (uint64_t seed = 1; seed <= seeds; ++seed) {
      const Halves halves = halves_of(subject, seed);
      const AccountColumns all = columns_of(subject, without_known, halves);
      for (size_t g = 0; g < std::size(kGroups); ++g) {
        precisions[g].push_back(average_precision_with(subject, halves, all, kGroups[g], training.boosting, seed));
      }
    }
    print(training, precisions);
  }
}

}  // namespace
}  // namespace puhui::aml

int main(int count, char** texts) {
  const char* root = std::getenv("PUHUI_DATA");
  if (root == nullptr) {
    std::printf("skipped: no data (PUHUI_DATA)\n");
    return 0;
  }
  const auto seeds = puhui::parse_int64(count > 1 ? texts[1] : "3");
  CHECK(seeds && *seeds > 0, "a number of seeds");
  for (const char* name : {"20K_cycle200", "20K_fanin200"})
    puhui::aml::measure(root, name, static_cast<uint64_t>(*seeds));
  return 0;
}
