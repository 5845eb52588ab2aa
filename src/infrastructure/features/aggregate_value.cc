#include "infrastructure/features/aggregate_value.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "ground/base/check.h"
#include "ground/base/hash.h"

namespace puhui::features {

namespace {

using Word128 = unsigned __int128;
constexpr int kDigitsMax = 18;

constexpr std::array<int64_t, 19> powers_of_ten() {
  std::array<int64_t, 19> out{1};
  for (size_t i = 1; i < out.size(); ++i) out[i] = out[i - 1] * 10;
  return out;
}
constexpr auto kPowersOfTen = powers_of_ten();
constexpr int64_t kWholeMax = kPowersOfTen[kDigitsMax] - 1;

Word128 magnitude(Int128 value) { return value < 0 ? 0 - static_cast<Word128>(value) : static_cast<Word128>(value); }

// The root rounded down. From the nearest double by Newton's steps, so that no machine's long double shows.
uint64_t root_of(Word128 value) {
  if (value == 0) return 0;
  auto root = static_cast<Word128>(std::sqrt(static_cast<double>(value)));
  for (int i = 0; i < 2; ++i) root = (root + value / std::max<Word128>(root, 1)) / 2;
  while (root * root > value) --root;
  while ((root + 1) * (root + 1) <= value) ++root;
  return static_cast<uint64_t>(root);
}

evidence::Number canonical(int64_t coefficient, int places) {
  while (places > 0 && coefficient % 10 == 0) {
    coefficient /= 10;
    --places;
  }
  return {coefficient, static_cast<int8_t>(places)};
}

Aggregated found(int64_t value) { return {{true, {value, 0}}, false}; }

Aggregated found(const std::optional<evidence::Number>& number) {
  if (!number) return {{}, true};
  return {{true, *number}, false};
}

// Squares of deviations times the count: n · Σv² − (Σv)². nullopt when the product leaves 127 bits.
std::optional<Word128> deviation_product(const Inside& inside) {
  const auto squares = static_cast<Word128>(inside.squares);
  if (inside.squares != 0 && static_cast<Word128>(inside.events) > (Word128{1} << 127) / squares) return std::nullopt;
  const Word128 sum = magnitude(inside.sum);
  return squares * inside.events - sum * sum;
}

// floor(value · factor / divisor) and whether nothing was left; the answer must fit 128 bits.
struct Scaled {
  Word128 quotient = 0;
  bool exact = false;
};
Scaled scaled_quotient(Word128 value, uint64_t factor, uint64_t divisor) {
  const Word128 low = (value & UINT64_MAX) * factor;
  const Word128 high = (value >> 64) * factor + (low >> 64);
  const uint64_t limbs[3] = {static_cast<uint64_t>(high >> 64), static_cast<uint64_t>(high),
                             static_cast<uint64_t>(low)};
  Word128 out = 0, rest = 0;
  for (const uint64_t limb : limbs) {
    rest = rest << 64 | limb;
    out = out << 64 | rest / divisor;
    rest %= divisor;
  }
  return {out, rest == 0};
}

// sqrt(product / (n (n − 1))), half to even at kMeanPlaces more places or as many as fit.
std::optional<evidence::Number> deviation(const Inside& inside, int places) {
  const auto product = deviation_product(inside);
  if (!product) return std::nullopt;
  if (inside.events > UINT32_MAX) return std::nullopt;
  const uint64_t pairs = inside.events * (inside.events - 1);
  for (int more = kMeanPlaces; more >= 0; --more) {
    const auto bound = static_cast<Word128>(kPowersOfTen[kDigitsMax - more]);
    if (*product / pairs >= bound * bound) continue;
    // The root of four times the value is twice the root: its last bit says on which side of the half it lies.
    const auto power = static_cast<uint64_t>(kPowersOfTen[2 * more]);
    const Scaled four = scaled_quotient(*product, 4 * power, pairs);
    const uint64_t twice = root_of(four.quotient);
    const bool at_half = (twice & 1) != 0 && four.exact && Word128{twice} * twice == four.quotient;
    uint64_t root = twice / 2;
    if ((twice & 1) != 0 && (!at_half || (root & 1) != 0)) ++root;
    if (root <= static_cast<uint64_t>(kWholeMax)) return canonical(static_cast<int64_t>(root), places + more);
  }
  return std::nullopt;
}

// (value − mean) / deviation, of the mean and deviation as they are shown.
Aggregated zscore(const Inside& inside, int places) {
  if (!inside.current || inside.events < 2) return {};
  const auto mean = quotient(inside.sum, static_cast<Int128>(inside.events), places);
  const auto spread = deviation(inside, places);
  if (!mean || !spread) return {{}, true};
  if (spread->coefficient == 0) return {};
  const int common = std::max({places, int{mean->places}, int{spread->places}});
  const auto lifted = [&](int64_t coefficient, int own) { return Int128{coefficient} * kPowersOfTen[common - own]; };
  return found(quotient(lifted(*inside.current, places) - lifted(mean->coefficient, mean->places),
                        lifted(spread->coefficient, spread->places), 0));
}

Aggregated ratio(const Inside& inside) {
  if (!inside.current || inside.events == 0 || inside.sum == 0) return {};
  const Int128 value = Int128{*inside.current} * static_cast<int64_t>(inside.events);
  return found(quotient(inside.sum < 0 ? -value : value, inside.sum < 0 ? -inside.sum : inside.sum, 0));
}

int64_t seconds_since(const Inside& inside) { return std::max<int64_t>(0, inside.now_us - inside.at_us) / 1'000'000; }

bool uses_sum(Aggregate aggregate) {
  using enum Aggregate;
  return aggregate == sum || aggregate == mean || aggregate == stddev || aggregate == ratio || aggregate == zscore;
}

// Of a window that holds something, or of an aggregate that knows what nothing is.
Aggregated value_in(const ValueRule& rule, const Inside& inside) {
  const auto events = static_cast<Int128>(inside.events);
  switch (rule.aggregate) {
    case Aggregate::count: return found(static_cast<int64_t>(inside.events));
    case Aggregate::bad: return found(static_cast<int64_t>(inside.bad));
    case Aggregate::distinct: return found(static_cast<int64_t>(inside.distinct));
    case Aggregate::sum: return found(exact_number(inside.sum, rule.places));
    case Aggregate::mean: return found(quotient(inside.sum, events, rule.places));
    case Aggregate::min: return found(exact_number(inside.min, rule.places));
    case Aggregate::max: return found(exact_number(inside.max, rule.places));
    case Aggregate::stddev: return inside.events < 2 ? Aggregated{} : found(deviation(inside, rule.places));
    case Aggregate::last: return found(exact_number(inside.last, rule.places));
    case Aggregate::time_since:
    case Aggregate::first_seen: return found(seconds_since(inside));
    case Aggregate::ewma: return found(quotient(inside.weighted, inside.weight, rule.places));
    case Aggregate::ratio: return ratio(inside);
    case Aggregate::zscore: return zscore(inside, rule.places);
    case Aggregate::risk: return found(quotient(static_cast<Int128>(inside.bad), events, 0, kSharePlaces));
    case Aggregate::expression:
    case Aggregate::graph: break;
  }
  CHECK(false, "expressions and graph measures are no aggregate of a window");
}

}  // namespace

ValueRule value_rule_of(const FeatureSet& set, const Feature& feature) {
  ValueRule rule{.aggregate = feature.aggregate};
  if (const auto of = set.find_field(feature.of)) rule.places = set.fields[*of].places;
  if (feature.empty) rule.empty = evidence::Number::parse(*feature.empty);
  return rule;
}

Aggregated aggregate_value(const ValueRule& rule, const Inside& inside) {
  using enum Aggregate;
  const bool counts = rule.aggregate == count || rule.aggregate == bad || rule.aggregate == distinct;
  const bool nothing = rule.aggregate == ewma ? inside.weight == 0 : inside.events == 0;
  if (nothing && !counts && rule.aggregate != sum) {
    if (rule.empty) return {{true, *rule.empty}, false};
    return {};
  }
  if (uses_sum(rule.aggregate) && magnitude(inside.sum) > kWholeMax) return {{}, true};
  return value_in(rule, inside);
}

std::optional<evidence::Number> exact_number(Int128 value, int places) {
  if (magnitude(value) > static_cast<Word128>(kWholeMax)) return std::nullopt;
  return canonical(static_cast<int64_t>(value), places);
}

std::optional<evidence::Number> quotient(Int128 numerator, Int128 denominator, int places, int more_max) {
  CHECK(denominator > 0, "a quotient's denominator is above 0");
  const Word128 over = magnitude(numerator), under = static_cast<Word128>(denominator);
  const bool narrow = (over | under) >> 64 == 0;  // one machine division instead of a call
  const Word128 whole = narrow ? static_cast<uint64_t>(over) / static_cast<uint64_t>(under) : over / under;
  if (whole > static_cast<Word128>(kWholeMax)) return std::nullopt;
  int more = more_max;
  while (more > 0 && whole >= static_cast<Word128>(kPowersOfTen[kDigitsMax - more])) --more;
  for (; more >= 0; --more) {
    Word128 rest = over - whole * under;
    auto value = static_cast<int64_t>(whole);
    const auto power = static_cast<Word128>(kPowersOfTen[more]);
    if (rest >> 64 == 0 || under < (Word128{1} << 87)) {
      rest *= power;  // of at most 10^12: below 2^127
      value = value * kPowersOfTen[more] + static_cast<int64_t>(rest / under);
      rest %= under;
    } else {
      for (int i = 0; i < more; ++i) {
        rest *= 10;
        value = value * 10 + static_cast<int64_t>(rest / under);
        rest %= under;
      }
    }
    if (rest > under - rest || (rest == under - rest && (value & 1) != 0)) ++value;
    if (value <= kWholeMax) return canonical(numerator < 0 ? -value : value, places + more);
  }
  return std::nullopt;
}

uint64_t ewma_weight(int64_t age_tiles, int64_t hop_us, int64_t half_life_us) {
  constexpr int kOne = 62, kWeightBits = 40, kHalvingBits = 32;
  // 2^(−1/2), 2^(−1/4), … in 62 bits.
  static const auto kRoots = [] {
    std::array<uint64_t, kHalvingBits> out{};
    Word128 square = Word128{1} << (2 * kOne - 1);
    for (uint64_t& root : out) {
      root = root_of(square);
      square = Word128{root} << kOne;
    }
    return out;
  }();
  const Word128 age_us = static_cast<Word128>(age_tiles) * static_cast<Word128>(hop_us);
  const auto half_life = static_cast<Word128>(half_life_us);
  const Word128 halvings = age_us / half_life;
  if (halvings > kWeightBits) return 0;
  const Word128 part = ((age_us % half_life) << kHalvingBits) / half_life;
  uint64_t weight = uint64_t{1} << kOne;
  for (int i = 0; i < kHalvingBits; ++i) {
    if ((part >> (kHalvingBits - 1 - i) & 1) != 0)
      weight = static_cast<uint64_t>(Word128{weight} * kRoots[static_cast<size_t>(i)] >> kOne);
  }
  const int shift = kOne - kWeightBits + static_cast<int>(halvings);
  return shift > kOne ? 0 : (weight + (uint64_t{1} << (shift - 1))) >> shift;
}

uint64_t value_hash(std::string_view text) { return hash64(text, 0x64697374696E6374); }

uint8_t DistinctSketch::rank_of(uint64_t hash) {
  constexpr uint64_t kStop = 1 << 9;  // below the 54 bits looked at: ends a run of zeros
  return static_cast<uint8_t>(std::countl_zero(hash << 10 | kStop) + 1);
}

void DistinctSketch::add(uint64_t hash) {
  uint8_t& rank = registers_[register_of(hash)];
  rank = std::max(rank, rank_of(hash));
}

void DistinctSketch::merge(std::span<const uint8_t, kRegisters> other) {
  for (size_t i = 0; i < kRegisters; ++i) registers_[i] = std::max(registers_[i], other[i]);
}

namespace {

// log2 of 1 to 1024 in 32 bits behind the point, by squaring: bit after bit.
constexpr uint64_t binary_logarithm(uint32_t value) {
  const int whole = std::bit_width(value) - 1;
  uint64_t out = static_cast<uint64_t>(whole);
  uint64_t mantissa = static_cast<uint64_t>(value) << (31 - whole);  // 1 to 2, 31 bits behind the point
  for (int i = 0; i < 32; ++i) {
    mantissa = mantissa * mantissa >> 31;
    out <<= 1;
    if (mantissa >> 32 != 0) {
      out |= 1;
      mantissa >>= 1;
    }
  }
  return out;
}

// registers · ln(registers / unused): how many values leave so many registers unused.
uint64_t linear_count(uint32_t unused) {
  constexpr uint64_t kNaturalOfTwo = 2'977'044'472;  // ln 2 in 32 bits
  constexpr Word128 kOne = Word128{1} << 32;
  const Word128 logarithm = 10 * kOne - binary_logarithm(unused);
  return static_cast<uint64_t>((logarithm * kNaturalOfTwo * DistinctSketch::kRegisters + (Word128{1} << 63)) >> 64);
}

}  // namespace

uint64_t DistinctSketch::estimate() const {
  constexpr int kRankMax = 55;
  std::array<uint32_t, kRankMax + 1> of_rank{};
  for (const uint8_t rank : registers_) ++of_rank[std::min<uint8_t>(rank, kRankMax)];
  Word128 sum = 0;  // of 2^(55 − rank)
  for (size_t rank = 0; rank < of_rank.size(); ++rank) sum += Word128{of_rank[rank]} << (kRankMax - rank);
  // α m² with α = 0.7213 / (1 + 1.079 / m), as millionths.
  constexpr Word128 kMillion = 1'000'000;
  constexpr Word128 kAlpha = Word128{721'300} * 1'000 * kRegisters / (1'000 * kRegisters + 1'079);
  const Word128 raw = ((kAlpha * kRegisters * kRegisters << kRankMax) / sum + kMillion / 2) / kMillion;
  const bool few = raw * 2 <= 5 * kRegisters && of_rank[0] != 0;
  const uint64_t estimate = few ? linear_count(of_rank[0]) : static_cast<uint64_t>(raw);
  return std::max(estimate, kDistinctExactMax + 1);
}

}  // namespace puhui::features
