#include "infrastructure/dmn/matcher.h"

#include "ground/base/random.h"

namespace puhui::dmn {
namespace {

// Picoseconds of one step, measured on tables of 30 to 16,369 rules (tables_bench.cc). Their ratios decide, so one
// machine's figures serve for others.
constexpr uint64_t kRulePs = 1'000;       // begin to ask a rule
constexpr uint64_t kTestPs = 700;         // each column it is asked for
constexpr uint64_t kColumnPs = 1'500;     // find a column's segment by counting
constexpr uint64_t kSearchPs = 12'000;    // or by bisection
constexpr uint64_t kFarPs = 15'000;       // and when its masks are not in the cache
constexpr uint64_t kWordPs = 100;         // AND one word of one column
constexpr uint64_t kProbePs = 5'000;      // one group of the hash
constexpr uint64_t kHashedKeyPs = 1'300;  // each key that goes into it
constexpr uint64_t kCandidatePs = 5'000;  // ask a rule out of order: it is not in the cache

constexpr size_t kSamples = 128;

// Rows to estimate by: keys that lie in the cells of a rule, and keys from anywhere in the columns by turns.
std::vector<std::vector<Key>> sample_rows(const RuleCells& cells) {
  std::vector<std::vector<Key>> rows;
  for (size_t s = 0; s < kSamples; ++s) {
    RandomStream random(Random(0), 0, s);
    std::vector<Key>& row = rows.emplace_back();
    const size_t rule = random.below(std::max<size_t>(cells.rules(), 1));
    for (size_t c = 0; c < cells.columns(); ++c) {
      const auto cuts = cells.cuts(c);
      const auto held = s % 2 == 0 && !cells.is_any(rule, c) ? cells.cell(rule, c) : std::span<const Interval>();
      if (!held.empty()) {
        const Interval& interval = held[random.below(held.size())];
        row.push_back(interval.low > kKeyMin ? interval.low : interval.high);
      } else {
        row.push_back(cuts.empty() ? 0 : cuts[random.below(cuts.size())]);
      }
    }
  }
  return rows;
}

uint64_t scan_cost(const RuleCells& cells, std::span<const std::vector<Key>> rows, Matcher::Wanted wanted) {
  uint64_t cost = 0;
  for (const auto& row : rows) {
    for (size_t rule = 0; rule < cells.rules(); ++rule) {
      cost += kRulePs + kTestPs * cells.tests(rule, row.data());
      if (wanted == Matcher::Wanted::first && cells.holds(rule, row.data())) break;
    }
  }
  return cost / kSamples;
}

uint64_t index_cost(const RuleIndex& index, std::span<const std::vector<Key>> rows) {
  uint64_t cost = 0;
  for (const auto& row : rows) {
    const RuleIndex::Work work = index.work(row.data());
    cost += work.columns * kColumnPs + work.searched_columns * kSearchPs + work.far_columns * kFarPs +
            work.words * kWordPs + work.candidates * kCandidatePs;
  }
  return cost / kSamples;
}

uint64_t hash_cost(const RuleHash& hash, std::span<const std::vector<Key>> rows) {
  uint64_t cost = 0;
  for (const auto& row : rows) {
    const RuleHash::Work work = hash.work(row.data());
    cost += work.probes * kProbePs + work.hashed * kHashedKeyPs + work.candidates * kCandidatePs;
  }
  return cost / kSamples;
}

struct CostedHash {
  RuleHash hash;
  uint64_t cost;
};

// Columns are added to the hash, the most telling first, while that makes it cheaper.
std::optional<CostedHash> best_hash(const RuleCells& cells, std::span<const std::vector<Key>> rows) {
  std::optional<CostedHash> best;
  std::vector<uint32_t> columns;
  for (const uint32_t column : RuleHash::columns_worth(cells)) {
    columns.push_back(column);
    auto hash = RuleHash::by(cells, columns);
    const uint64_t cost = hash ? hash_cost(*hash, rows) : 0;
    if (hash && (!best || cost < best->cost))
      best = CostedHash{*std::move(hash), cost};
    else
      columns.pop_back();
  }
  return best;
}

}  // namespace

std::string_view name_of(Matcher::Strategy strategy) {
  constexpr std::string_view kNames[] = {"automatic", "scan", "index", "hash"};
  return kNames[static_cast<size_t>(strategy)];
}

Matcher::Matcher(size_t rules, const std::vector<std::vector<Intervals>>& cells, Strategy strategy, Wanted wanted)
    : strategy_(strategy), cells_(rules, cells) {
  if (rules == 0 || cells.empty()) strategy_ = Strategy::scan;
  if (strategy_ == Strategy::automatic) choose(wanted);
  if (strategy == Strategy::index && strategy_ != Strategy::scan) index_.emplace(cells_);
  if (strategy == Strategy::hash && strategy_ != Strategy::scan) {
    if (auto best = best_hash(cells_, sample_rows(cells_)))
      hash_ = std::move(best->hash);
    else
      strategy_ = Strategy::scan;
  }
}

void Matcher::choose(Wanted wanted) {
  const auto rows = sample_rows(cells_);
  strategy_ = Strategy::scan;
  costs_.scan = scan_cost(cells_, rows, wanted);
  uint64_t least = *costs_.scan;
  index_.emplace(cells_);
  costs_.index = index_cost(*index_, rows);
  if (*costs_.index < least) least = *costs_.index, strategy_ = Strategy::index;
  if (auto best = best_hash(cells_, rows)) {
    costs_.hash = best->cost;
    if (best->cost < least) strategy_ = Strategy::hash, hash_ = std::move(best->hash);
  }
  if (strategy_ != Strategy::index) index_.reset();
}

size_t Matcher::bytes() const { return (index_ ? index_->bytes() : 0) + (hash_ ? hash_->bytes() : 0); }

size_t Matcher::first(std::span<const Key> keys) const {
  size_t found = rules();
  each(keys, [&](size_t rule) { return found = rule, false; });
  return found;
}

size_t Matcher::take(std::span<const Key> keys, std::span<uint32_t> out) const {
  size_t taken = 0;
  if (out.empty()) return 0;
  each(keys, [&](size_t rule) { return out[taken++] = static_cast<uint32_t>(rule), taken < out.size(); });
  return taken;
}

}  // namespace puhui::dmn
