// Products of many small powers (Pippenger's buckets): an exponent is cut into signed digits; rows with the same digit are multiplied
// together once, and the buckets are raised to their digits by two products each.
#include <algorithm>
#include <bit>

#include "ground/base/check.h"
#include "infrastructure/cipher/batch.h"
#include "infrastructure/cipher/modulus.h"
#include "infrastructure/cipher/run_products.h"

namespace puhui::cipher {

namespace {

constexpr int32_t kExponentMax = (int32_t{1} << 30) - 1 + (int32_t{1} << 30);  // 31 bits and a sign
constexpr size_t kDigitBitsMin = 2, kDigitBitsMax = 14;

struct Plan {
  size_t digit_bits = 0, digits = 0;
  size_t buckets() const { return size_t{1} << (digit_bits - 1); }
};

class ManyPowers {
 public:
  ManyPowers(const Modulus& modulus, const Residues& rows, const Residues& inverses, std::span<const int32_t> exponents,
             size_t columns)
      : modulus_(modulus), rows_(rows), inverses_(inverses), exponents_(exponents), columns_(columns) {}

  Residues run() {
    const Plan plan = plan_of();
    Residues sums = modulus_.zeros(0);  // a digit each: column · digits + digit
    const size_t lanes = modulus_.lanes().form().lanes;
    for (size_t first = 0; first < columns_ * plan.digits; first += lanes)
      sums.append(sums_of(plan, first, std::min(first + lanes, columns_ * plan.digits)));
    // From the top digit down: raise by a digit's place, then take the next digit in.
    Residues out = digit(sums, plan, plan.digits - 1);
    for (size_t d = plan.digits - 1; d-- > 0;) {
      modulus_.square(out, out, plan.digit_bits);
      modulus_.multiply(out, digit(sums, plan, d), out);
    }
    return out;
  }

 private:
  // The fewest products: a row into a bucket a digit, two a bucket, and the squares.
  Plan plan_of() const {
    uint32_t largest = 1;
    for (const int32_t exponent : exponents_) {
      CHECK(exponent >= -kExponentMax, "an exponent of at most 31 bits and a sign");
      largest = std::max(largest, static_cast<uint32_t>(exponent < 0 ? -exponent : exponent));
    }
    const auto bits = static_cast<size_t>(std::bit_width(largest));
    Plan best;
    size_t best_work = ~size_t{0};
    for (size_t digit_bits = kDigitBitsMin; digit_bits <= kDigitBitsMax; ++digit_bits) {
      const Plan plan{.digit_bits = digit_bits, .digits = bits / digit_bits + 1};  // a carry may leave the top
      const size_t work = plan.digits * (rows_.count() + 2 * plan.buckets() + digit_bits);
      if (work < best_work) best = plan, best_work = work;
    }
    return best;
  }

  // Signed digits of -2^(d-1) … 2^(d-1): what is above half counts from the next one down.
  static int64_t signed_digit(int64_t exponent, const Plan& plan, size_t place) {
    const int64_t radix = int64_t{1} << plan.digit_bits;
    int64_t rest = exponent < 0 ? -exponent : exponent, digit = 0;
    for (size_t d = 0; d <= place; ++d) {
      digit = rest & (radix - 1);
      if (digit > radix / 2) digit -= radix;
      rest = (rest - digit) >> plan.digit_bits;
    }
    return exponent < 0 ? -digit : digit;
  }

  // For each of a few digits of columns: rows with that digit to the power of it, in a lane each.
  Residues sums_of(const Plan& plan, size_t first, size_t last) const {
    const size_t buckets = plan.buckets(), jobs = last - first;
    std::vector<Row> rows;
    std::vector<uint32_t> codes;
    for (size_t job = 0; job < jobs; ++job) {
      const size_t column = (first + job) / plan.digits, place = (first + job) % plan.digits;
      for (size_t i = 0; i < rows_.count(); ++i) {
        const int64_t digit = signed_digit(exponents_[i * columns_ + column], plan, place);
        if (digit == 0) continue;
        rows.push_back(digit < 0 ? inverses_.at(i) : rows_.at(i));
        codes.push_back(static_cast<uint32_t>(job * buckets + static_cast<size_t>(digit < 0 ? -digit : digit) - 1));
      }
    }
    const SortedRuns runs = sorted_by_code(rows, codes, jobs * buckets);
    Residues products;
    products_of_runs(modulus_, runs.rows, runs.ends, products);
    const Residues one = modulus_.ones(1);
    std::vector<Row> at(jobs * buckets, one.at(0));
    for (size_t i = 0; i < runs.codes.size(); ++i) at[runs.codes[i]] = products.at(i);
    return raised(at, jobs, buckets);
  }

  // The product of bucket b to the power b: from the top, the running product is multiplied in at every step.
  Residues raised(std::span<const Row> buckets, size_t jobs, size_t count) const {
    const Lanes& lanes = modulus_.lanes();
    const size_t words = lanes.form().group_words();
    Batch batch(lanes);
    AlignedWords running(words), total(words), next(words);
    batch.load(modulus_.ones(1), 0, running.data());
    batch.load(modulus_.ones(1), 0, total.data());
    for (size_t b = count; b-- > 0;) {
      Row at[kLanesMax];
      for (size_t l = 0; l < lanes.form().lanes; ++l) at[l] = buckets[std::min(l, jobs - 1) * count + b];
      lanes.gather(at, next.data());
      lanes.multiply(running.data(), next.data(), running.data());
      lanes.multiply(total.data(), running.data(), total.data());
    }
    Residues out = modulus_.zeros(jobs);
    batch.store(total.data(), out, 0);
    return out;
  }

  Residues digit(const Residues& sums, const Plan& plan, size_t place) const {
    Residues out = modulus_.zeros(0);
    for (size_t column = 0; column < columns_; ++column) out.append(sums.slice(column * plan.digits + place, 1));
    return out;
  }

  const Modulus& modulus_;
  const Residues &rows_, &inverses_;
  std::span<const int32_t> exponents_;
  size_t columns_;
};

}  // namespace

Residues Modulus::many_powers(const Residues& rows, const Residues& inverses, std::span<const int32_t> exponents,
                              size_t columns) const {
  CHECK(inverses.count() == rows.count(), "an inverse for each row");
  CHECK(exponents.size() == rows.count() * columns, "an exponent for each row and column");
  if (columns == 0 || rows.count() == 0) return ones(columns);
  CHECK(rows.words() == words() && inverses.words() == words(), "residues of another modulus");
  return ManyPowers(*this, rows, inverses, exponents, columns).run();
}

}  // namespace puhui::cipher
