// How long a name takes against the OFAC list, how many listed names are found under each kind of error, how often a common word or an
// ordinary name hits, and what an index weighs.
//   screening_bench        the figures, each with its bar
//   screening_bench fit    the numbers of calibration.h, fitted anew
#include <time.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <set>

#include "ground/base/check.h"
#include "ground/base/clock.h"
#include "infrastructure/screening/candidates.h"
#include "infrastructure/screening/comparison.h"
#include "infrastructure/screening/names_for_test.h"

namespace puhui::screening {
namespace {

struct Listed {
  uint32_t entry;
  const std::string* name;
};

std::vector<Listed> all_names(const Screener& screener) {
  std::vector<Listed> out;
  for (uint32_t entry = 0; entry < screener.entries().size(); ++entry) {
    for (const std::string& name : screener.entries()[entry].names) out.push_back({entry, &name});
  }
  return out;
}

// Of this thread: what others run on the machine does not count.
double cpu_micros() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) * 1e-3;
}

double quantile(std::vector<double>& sorted, double q) {
  return sorted[std::min(sorted.size() - 1, static_cast<size_t>(q * static_cast<double>(sorted.size())))];
}

void measure_recall(const Screener& screener, std::vector<double>& micros) {
  const std::vector<Listed> names = all_names(screener);
  std::printf(
      "names found with their own entry, of %zu listed (bar: .99 each; a name of one short word must be exact)\n",
      names.size());
  for (const NameError error : kNameErrors) {
    const int seeds = error == NameError::none || std::getenv("QUICK") ? 1 : 3;
    uint64_t asked = 0, found = 0, top = 0, apart = 0, missed_short = 0;
    std::vector<std::string> missed;
    int at_threshold[10] = {};
    for (int seed = 1; seed <= seeds; ++seed) {
      for (uint64_t i = 0; i < names.size(); i += std::getenv("QUICK") ? 5 : 1) {
        RandomStream random(Random(static_cast<uint64_t>(seed)), static_cast<uint64_t>(error), i);
        Query query;
        query.name = with_error(*names[i].name, error, random);
        if (query.name.empty()) continue;
        const auto words_listed = tokens_of(*names[i].name);
        const bool short_word = words_listed.size() == 1 && words_listed[0].text.size() <= 4;
        ++asked;
        apart += short_word ? 1 : 0;
        const double begin = cpu_micros();
        const auto matches = screener.screen(query);
        micros.push_back(cpu_micros() - begin);
        if (!matches) continue;
        const ScreenOptions low{.posterior_min_ppm = 200'000};
        if (std::getenv("QUICK")) {
          const auto more = screener.screen(query, low);
          const auto mine = std::ranges::find(*more, names[i].entry, &Match::entry);
          for (int t = 2; t <= 9; ++t)
            at_threshold[t] += mine != more->end() && mine->posterior_ppm >= t * 100'000 ? 1 : 0;
        }
        const auto own = std::ranges::find(*matches, names[i].entry, &Match::entry);
        if (own == matches->end()) {
          missed_short += short_word ? 1 : 0;
          if (!short_word && missed.size() < 20) missed.push_back(*names[i].name + " ~ " + query.name);
          continue;
        }
        ++found;
        top += own->posterior_ppm == matches->front().posterior_ppm ? 1 : 0;
      }
    }
    std::printf(
        "  %-24s %7lu asked  found %.4f  at the top %.4f; of names of one word of at most four letters %lu missed of "
        "%lu%s\n",
        std::string(name_of(error)).c_str(), asked, static_cast<double>(found) / static_cast<double>(asked),
        static_cast<double>(top) / static_cast<double>(asked), missed_short, apart,
        (found + missed_short) * 100 < asked * 99 ? "  BELOW" : "");
    if (std::getenv("QUICK"))
      for (int t = 2; t <= 9; ++t) std::printf("  .%d0: %.4f", t, at_threshold[t] / static_cast<double>(asked));
    if (std::getenv("QUICK")) std::printf("\n");
    if (std::getenv("SHOW"))
      for (const std::string& one : missed) std::printf("      %s\n", one.c_str());
  }
}

std::vector<std::string> frequent_words(std::span<const ListEntry> entries, size_t count) {
  std::map<std::string, int> seen;
  for (const ListEntry& entry : entries) {
    std::set<std::string> words;
    for (const std::string& name : entry.names) {
      for (NameToken& token : tokens_of(name)) words.insert(std::move(token.text));
    }
    for (const std::string& word : words) ++seen[word];
  }
  std::vector<std::pair<int, std::string>> order;
  for (const auto& [word, times] : seen) order.emplace_back(-times, word);
  std::ranges::sort(order);
  std::vector<std::string> out;
  for (size_t i = 0; i < count && i < order.size(); ++i) out.push_back(order[i].second);
  return out;
}

std::set<std::string> word_set(std::string_view name) {
  std::set<std::string> out;
  for (NameToken& token : tokens_of(name)) out.insert(std::move(token.text));
  return out;
}

void measure_common_words(const Screener& screener) {
  const auto words = frequent_words(screener.entries(), 200);
  uint64_t alone = 0, pairs = 0, partial = 0;
  const auto hits = [&](const std::string& name) {
    Query query;
    query.name = name;
    const auto matches = screener.screen(query);
    return matches ? *matches : std::vector<Match>();
  };
  for (const std::string& word : words) {
    if (hits(word).empty()) continue;
    ++alone;
    std::printf("      %s hits\n", word.c_str());
  }
  for (size_t i = 0; i < words.size(); ++i) {
    for (size_t j = i + 1; j < words.size(); ++j) {
      const auto matches = hits(words[i] + " " + words[j]);
      ++pairs;
      for (const Match& match : matches) {
        const std::string& name = screener.entries()[match.entry].names[match.name];
        if (match.parts.size() == word_set(name).size() || word_set(name).size() <= 2) continue;
        if (partial < 20 && std::getenv("SHOW"))
          std::printf("      %s %s ~ %s %ld\n", words[i].c_str(), words[j].c_str(), name.c_str(), match.posterior_ppm);
        ++partial;
        break;
      }
    }
  }
  std::printf("the 200 most frequent words, each alone: %lu hit (bar: 0)\n", alone);
  std::printf("their %lu pairs: %lu hit a name of more than the two words (bar: 0)\n", pairs, partial);
}

void measure_false_alarms(const Screener& screener, std::vector<double>& micros) {
  const int kAsked = std::getenv("QUICK") ? 800 : 4000;
  std::printf("ordinary names that hit, of %d each, by threshold\n", kAsked);
  for (const Ordinary kind : kOrdinary) {
    const int64_t thresholds[] = {200'000, 350'000, 500'000, 700'000, 900'000};
    int hit[std::size(thresholds)] = {};
    std::vector<std::string> shown;
    for (int i = 0; i < kAsked; ++i) {
      RandomStream random(Random(99), static_cast<uint64_t>(kind), static_cast<uint64_t>(i));
      Query query;
      query.name = ordinary_name(kind, random);
      ScreenOptions options;
      options.posterior_min_ppm = thresholds[0];
      const double begin = cpu_micros();
      const auto asked = screener.screen(query);
      micros.push_back(cpu_micros() - begin);
      const auto matches = screener.screen(query, options);
      if (!asked || !matches || matches->empty()) continue;
      for (size_t t = 0; t < std::size(thresholds); ++t)
        hit[t] += matches->front().posterior_ppm >= thresholds[t] ? 1 : 0;
      const Match& best = matches->front();
      if (best.posterior_ppm >= 500'000 && shown.size() < 8) {
        shown.push_back(query.name + " ~ " + screener.entries()[best.entry].names[best.name] + " " +
                        std::to_string(best.posterior_ppm));
      }
    }
    std::printf("  %-8s", std::string(name_of(kind)).c_str());
    for (size_t t = 0; t < std::size(thresholds); ++t) {
      std::printf("  .%02ld: %6.2f/1000", thresholds[t] / 10'000, hit[t] * 1000.0 / kAsked);
    }
    std::printf("\n");
    if (std::getenv("SHOW"))
      for (const std::string& one : shown) std::printf("      %s\n", one.c_str());
  }
}

void measure_memory(const Screener& listed) {
  // Names of the list's own words, put together anew: as many different names as are asked for.
  const auto words = frequent_words(listed.entries(), 20'000);
  constexpr size_t kEntries = 200'000;
  std::vector<ListEntry> entries(kEntries);
  for (size_t i = 0; i < kEntries; ++i) {
    RandomStream random(Random(7), 7, i);
    entries[i].list = "made";
    entries[i].id = std::to_string(i);
    std::string rare = "Q" + std::to_string(0);
    rare.clear();
    for (int letter = 0; letter < 7; ++letter) rare += static_cast<char>('A' + random.below(26));
    entries[i].names = {words[random.below(words.size())] + " " + words[random.below(2000)] + " " +
                        (i % 4 == 0 ? rare : words[random.below(words.size())])};
  }
  const int64_t begin = monotonic_ns();
  const auto screener = Screener::build(std::move(entries));
  CHECK(screener.has_value(), "they have names");
  const double seconds = static_cast<double>(monotonic_ns() - begin) * 1e-9;
  const double each = static_cast<double>(screener->index_bytes()) / kEntries;
  std::printf(
      "%zu made entries: built in %.1f s, %.0f bytes of index each; 5 million would take %.1f GB beside the entries\n",
      kEntries, seconds, each, each * 5e6 / 1e9);
}

struct Sample {
  double x[5];
  bool same;
};

NameFeatures best_of(const NameIndex& index, const Postings& postings, const std::string& name, const uint32_t* own) {
  const Comparison comparison(index, words_of(name, kTokensMax), Comparison::Lookup::indexed);
  std::vector<Agreement> agreements;
  NameFeatures best;
  double odds = -1e9;
  for (const uint32_t at : candidates(index, postings, comparison, -8)) {
    if (own != nullptr && index.names[at].entry != *own) continue;
    const NameFeatures features = comparison.compare(index.names[at], agreements);
    if (name_log_odds(features) > odds) odds = name_log_odds(features), best = features;
  }
  return best;
}

// Newton's steps with a touch of ridge.
std::array<double, 5> logistic(const std::vector<Sample>& samples) {
  std::array<double, 5> b{};
  for (int round = 0; round < 50; ++round) {
    double gradient[5] = {}, hessian[5][6] = {};
    for (const Sample& s : samples) {
      double z = 0;
      for (int k = 0; k < 5; ++k) z += b[k] * s.x[k];
      const double p = 1 / (1 + std::exp(-z));
      for (int k = 0; k < 5; ++k) {
        gradient[k] += ((s.same ? 1 : 0) - p) * s.x[k];
        for (int l = 0; l < 5; ++l) hessian[k][l] += p * (1 - p) * s.x[k] * s.x[l];
      }
    }
    for (int k = 0; k < 5; ++k) hessian[k][k] += 1e-3, hessian[k][5] = gradient[k] - 1e-3 * b[k];
    for (int k = 0; k < 5; ++k) {
      for (int r = 0; r < 5; ++r) {
        if (r == k) continue;
        const double f = hessian[r][k] / hessian[k][k];
        for (int c = k; c < 6; ++c) hessian[r][c] -= f * hessian[k][c];
      }
    }
    for (int k = 0; k < 5; ++k) b[k] += hessian[k][5] / hessian[k][k];
  }
  return b;
}

void fit() {
  const NameIndex index = NameIndex::build(ofac_entries());
  const Postings postings = Postings::build(index, nullptr);
  const auto frequent = frequent_words(index.entries, 300);
  std::vector<Sample> samples;
  const auto take = [&](const NameFeatures& features, bool same) {
    if (features.shared < (!features.all_found ? 9.5 : features.words > 1 ? 4.5 : 6.8))
      return;  // the floor decides there
    samples.push_back(
        {{1, std::log1p(std::max(0.0, features.proven)), 0.0, features.entry_share - 1, features.query_share - 1},
         same});
  };
  for (uint64_t i = 0; i < 12'000; ++i) {
    RandomStream random(Random(2024), 11, i);
    const NameRow& row = index.names[random.below(index.names.size())];
    const std::string& listed = index.entries[row.entry].names[row.place];
    const NameError error = kNameErrors[random.below(std::size(kNameErrors))];
    std::string name = with_error(listed, error, random);
    if (random.chance(0.15)) {  // a word left out, or another one put in
      auto words = split(listed, ' ');
      if (words.size() > 2) words.erase(words.begin() + static_cast<ptrdiff_t>(1 + random.below(words.size() - 1)));
      name.clear();
      for (const auto word : words) name += std::string(word) + " ";
    }
    if (!name.empty()) take(best_of(index, postings, name, &row.entry), true);
    // Another party: a word or two that many share, the family name of one entry and the given names of another, or an ordinary name.
    std::string other;
    if (random.chance(0.1)) {
      other = frequent[random.below(frequent.size())];
      if (random.chance(0.5)) other += " " + frequent[random.below(frequent.size())];
    } else if (random.chance(0.4)) {
      const NameRow& second = index.names[random.below(index.names.size())];
      const auto a = split(listed, ' '), b = split(index.entries[second.entry].names[second.place], ' ');
      other = std::string(a.front()) + " " + std::string(b.back());
    } else {
      other = ordinary_name(kOrdinary[random.below(std::size(kOrdinary))], random);
    }
    take(best_of(index, postings, other, nullptr), false);
  }
  const auto b = logistic(samples);
  double loss = 0;
  uint64_t wrong = 0;
  for (const Sample& s : samples) {
    double z = 0;
    for (int k = 0; k < 5; ++k) z += b[k] * s.x[k];
    const double p = 1 / (1 + std::exp(-z));
    loss += (p - (s.same ? 1 : 0)) * (p - (s.same ? 1 : 0));
    wrong += (p > 0.5) != s.same ? 1 : 0;
  }
  std::printf(
      "%zu samples: constant %.3f, proven %.3f, several %.3f, entry left over %.3f, query left over %.3f; Brier %.4f, "
      "wrong %.4f\n",
      samples.size(), b[0], b[1], b[2], b[3], b[4], loss / static_cast<double>(samples.size()),
      static_cast<double>(wrong) / static_cast<double>(samples.size()));
}

int run(int argc, char** argv) {
  auto entries = ofac_entries();
  if (entries.empty()) {
    std::printf("skipped: no data (PUHUI_DATA)\n");
    return 0;
  }
  if (argc > 1 && std::strcmp(argv[1], "fit") == 0) return fit(), 0;
  const int64_t begin = monotonic_ns();
  const auto screener = Screener::build(std::move(entries));
  CHECK(screener.has_value(), screener ? "" : screener.error().text().c_str());
  std::printf("%zu entries, built in %.0f ms, %.1f MB of index\n", screener->entries().size(),
              static_cast<double>(monotonic_ns() - begin) * 1e-6, static_cast<double>(screener->index_bytes()) / 1e6);
  std::vector<double> micros;
  measure_recall(*screener, micros);
  measure_common_words(*screener);
  measure_false_alarms(*screener, micros);
  std::ranges::sort(micros);
  std::printf("a name: p50 %.0f us, p99 %.0f us, p99.9 %.0f us, most %.0f us (bar: p99 <= 200 us; watchman 850 us)\n",
              quantile(micros, 0.5), quantile(micros, 0.99), quantile(micros, 0.999), micros.back());
  measure_memory(*screener);
  return 0;
}

}  // namespace
}  // namespace puhui::screening

int main(int argc, char** argv) { return puhui::screening::run(argc, argv); }
