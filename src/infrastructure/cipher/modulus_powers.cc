// Powers with secret exponents: digits of a fixed width, each looked up by reading the whole table.
#include <algorithm>

#include "ground/base/check.h"
#include "infrastructure/cipher/batch.h"
#include "infrastructure/cipher/modulus.h"

namespace puhui::cipher {

namespace {

// `bits` bits from `place` on; beyond the exponent they are 0.
uint64_t digit_of(std::span<const uint64_t> exponent, size_t place, size_t bits) {
  const size_t word = place / 64, shift = place % 64;
  if (word >= exponent.size()) return 0;
  uint64_t out = exponent[word] >> shift;
  if (shift + bits > 64 && word + 1 < exponent.size()) out |= exponent[word + 1] << (64 - shift);
  return out & ((uint64_t{1} << bits) - 1);
}

// A table of 2^d powers costs as many products and saves bits / d; short exponents are better off with fewer.
size_t digit_bits_of(size_t exponent_bits) { return exponent_bits <= 320 ? 4 : 5; }

struct Exponents {
  std::span<const uint64_t> words;
  size_t words_each = 0;
  size_t stride = 0;  // 0 when all share one
  std::span<const uint64_t> of(size_t i) const { return words.subspan(i * stride, words_each); }
};

// One group: the powers 0 … 2^d - 1 of its bases, then d squares and one product a digit from the top.
class WindowPower {
 public:
  WindowPower(const Lanes& lanes, const uint64_t* one, size_t exponent_bits)
      : lanes_(lanes),
        exponent_bits_(exponent_bits),
        digit_bits_(digit_bits_of(exponent_bits)),
        words_(lanes.form().group_words()),
        table_(words_ << digit_bits_),
        chosen_(words_) {
    std::copy_n(one, words_, table_.data());
  }

  uint64_t* base() { return table_.data() + words_; }

  void raise(const Exponents& exponents, size_t first, size_t last, uint64_t* out) {
    const size_t entries = size_t{1} << digit_bits_;
    for (size_t e = 2; e < entries; ++e) {
      if (e % 2 == 0)
        lanes_.square(entry(e / 2), entry(e));
      else
        lanes_.multiply(entry(e - 1), entry(1), entry(e));
    }
    const size_t digits = (exponent_bits_ + digit_bits_ - 1) / digit_bits_;
    for (size_t d = digits; d-- > 0;) {
      uint64_t places[kLanesMax];
      for (size_t l = 0; l < lanes_.form().lanes; ++l)
        places[l] = digit_of(exponents.of(std::min(first + l, last)), d * digit_bits_, digit_bits_);
      if (d + 1 == digits) {
        lanes_.select_of_groups(table_.data(), entries, places, out);
        continue;
      }
      for (size_t i = 0; i < digit_bits_; ++i) lanes_.square(out, out);
      lanes_.select_of_groups(table_.data(), entries, places, chosen_.data());
      lanes_.multiply(out, chosen_.data(), out);
    }
  }

 private:
  uint64_t* entry(size_t e) { return table_.data() + e * words_; }

  const Lanes& lanes_;
  size_t exponent_bits_, digit_bits_, words_;
  AlignedWords table_, chosen_;
};

Residues raise_all(const Modulus& modulus, const Residues& bases, const Exponents& exponents) {
  if (bases.count() == 0) return modulus.zeros(0);
  if (exponents.words_each == 0) return modulus.ones(bases.count());
  CHECK(bases.words() == modulus.words(), "residues of another modulus");
  const Lanes& lanes = modulus.lanes();
  Batch batch(lanes);
  AlignedWords group(lanes.form().group_words());
  batch.load(modulus.ones(1), 0, group.data());
  WindowPower window(lanes, group.data(), exponents.words_each * 64);
  Residues out = modulus.zeros(bases.count());
  for (size_t first = 0; first < bases.count(); first += lanes.form().lanes) {
    batch.load(bases, first, window.base());
    window.raise(exponents, first, bases.count() - 1, group.data());
    batch.store(group.data(), out, first);
  }
  return out;
}

// The accumulators of this many groups stay in the second-level cache beside one digit's table, which all of them read.
constexpr size_t kGroupsTogether = 16;

}  // namespace

Residues Modulus::power(const Residues& bases, const Natural& exponent) const {
  const auto words = exponent.words();
  return raise_all(*this, bases, {.words = words, .words_each = words.size(), .stride = 0});
}

Residues Modulus::powers(const Residues& bases, std::span<const uint64_t> exponents, size_t words_per_exponent) const {
  CHECK(exponents.size() == bases.count() * words_per_exponent, "an exponent for each base");
  return raise_all(*this, bases, {.words = exponents, .words_each = words_per_exponent, .stride = words_per_exponent});
}

FixedBase::FixedBase(const Modulus& modulus, const Natural& base, size_t exponent_bits)
    : lanes_(&modulus.lanes()), exponent_bits_(exponent_bits), digit_bits_(lanes_->fixed_base_digit_bits()) {
  CHECK(exponent_bits > 0, "an exponent has bits");
  digits_ = (exponent_bits + digit_bits_ - 1) / digit_bits_;
  table_ = std::make_unique<AlignedWords>((digits_ << digit_bits_) * lanes_->form().limbs);
  fill(modulus, base);
}

FixedBase::FixedBase(FixedBase&&) noexcept = default;
FixedBase& FixedBase::operator=(FixedBase&&) noexcept = default;
FixedBase::~FixedBase() = default;

// Digit d has the powers e · 2^(d · digit bits) of the base, limb after limb, so that a kernel can look a limb up for all lanes at once.
void FixedBase::fill(const Modulus& modulus, const Natural& base) {
  const size_t entries = size_t{1} << digit_bits_, limbs = lanes_->form().limbs;
  Residues bases = modulus.from_naturals({&base, 1}), last = bases;
  for (size_t d = 1; d < digits_; ++d) {
    modulus.square(last, last, digit_bits_);
    bases.append(last);
  }
  Residues powers = modulus.ones(digits_);
  for (size_t e = 0; e < entries; ++e) {
    for (size_t d = 0; d < digits_; ++d) {
      uint64_t* table = table_->data() + (d << digit_bits_) * limbs;
      for (size_t j = 0; j < limbs; ++j) table[j * entries + e] = powers.at(d)[j];
    }
    if (e + 1 < entries) modulus.multiply(powers, bases, powers);
  }
}

Residues FixedBase::powers(std::span<const uint64_t> exponents, size_t words_per_exponent) const {
  CHECK(words_per_exponent > 0 && exponents.size() % words_per_exponent == 0, "whole exponents");
  const LanesForm& form = lanes_->form();
  const size_t count = exponents.size() / words_per_exponent, entries = size_t{1} << digit_bits_;
  const auto exponent = [&](size_t i) { return exponents.subspan(i * words_per_exponent, words_per_exponent); };
  for (size_t i = 0; i < count; ++i) {
    uint64_t beyond = 0;
    for (size_t place = exponent_bits_; place < words_per_exponent * 64; place += 64)
      beyond |= digit_of(exponent(i), place, 32) | digit_of(exponent(i), place + 32, 32);
    CHECK(beyond == 0, "an exponent is longer than the table was made for");
  }
  // Exponents of fewer words, which is no secret, need fewer digits.
  const size_t digits = std::min(digits_, (words_per_exponent * 64 + digit_bits_ - 1) / digit_bits_);
  Residues out(count, form.limbs);
  Batch batch(*lanes_);
  AlignedWords sums(form.group_words() * kGroupsTogether), chosen(form.group_words());
  const size_t together = form.lanes * kGroupsTogether;
  for (size_t start = 0; start < count; start += together) {
    for (size_t d = 0; d < digits; ++d) {
      const uint64_t* table = table_->data() + (d << digit_bits_) * form.limbs;
      for (size_t first = start; first < std::min(count, start + together); first += form.lanes) {
        uint64_t places[kLanesMax];
        for (size_t l = 0; l < form.lanes; ++l)
          places[l] = digit_of(exponent(std::min(first + l, count - 1)), d * digit_bits_, digit_bits_);
        uint64_t* sum = sums.data() + (first - start) / form.lanes * form.group_words();
        lanes_->select_of_rows(table, entries, places, d == 0 ? sum : chosen.data());
        if (d > 0) lanes_->multiply(sum, chosen.data(), sum);
        if (d + 1 == digits) batch.store(sum, out, first);
      }
    }
  }
  return out;
}

}  // namespace puhui::cipher
