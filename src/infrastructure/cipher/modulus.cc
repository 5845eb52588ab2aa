#include "infrastructure/cipher/modulus.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "ground/base/check.h"
#include "infrastructure/cipher/batch.h"

namespace puhui::cipher {

namespace {

constexpr size_t kCacheLineBytes = 64, kLargePageBytes = size_t{2} << 20;

}  // namespace

uint64_t* allocate_words(size_t count) {
  const size_t bytes = count * sizeof(uint64_t);
  const size_t unit = bytes >= 2 * kLargePageBytes ? kLargePageBytes : kCacheLineBytes;
  const size_t whole = (bytes + unit - 1) / unit * unit;
  void* out = std::aligned_alloc(unit, whole);
  if (out == nullptr) throw std::bad_alloc();
  if (unit == kLargePageBytes) (void)madvise(out, whole, MADV_HUGEPAGE);  // advice: without it, it is only slower
  return static_cast<uint64_t*>(out);
}

void free_words(uint64_t* words) { std::free(words); }

void Residues::append(const Residues& other) {
  if (words_ == 0) words_ = other.words_;
  CHECK(other.words_ == words_ || other.count() == 0, "residues of two moduli");
  data_.insert(data_.end(), other.data_.begin(), other.data_.end());
}

Residues Residues::slice(size_t first, size_t count) const {
  CHECK(first <= this->count() && count <= this->count() - first, "a slice outside the residues");
  Residues out(count, words_);
  std::copy_n(data_.begin() + static_cast<std::ptrdiff_t>(first * words_), count * words_, out.data_.begin());
  return out;
}

struct Modulus::State {
  Natural value;
  Kernel kernel;
  std::unique_ptr<Lanes> lanes;
  Residues one, plain_one, factor_in;  // 2^r, 1 and 2^2r modulo the modulus, as they lie: r is limbs · limb_bits

  State(const Natural& modulus, Kernel which) : value(modulus), kernel(which), lanes(make_lanes(modulus, which)) {
    const LanesForm& form = lanes->form();
    const size_t radix_bits = form.limbs * form.limb_bits;
    one = row_of(Natural::power_of_two(radix_bits) % value);
    plain_one = row_of(Natural(1));
    factor_in = row_of(Natural::power_of_two(2 * radix_bits) % value);
  }

  Residues row_of(const Natural& number) const {
    Residues out(1, lanes->form().limbs);
    split_words(number.words(), lanes->form(), out.at(0));
    return out;
  }
  size_t canonical_words() const { return value.words().size(); }

  // The residue's 64-bit words below the modulus, of one out of Montgomery's form, which is the modulus at most.
  void canonical(const uint64_t* row, std::span<uint64_t> out) const {
    join_limbs(row, lanes->form(), out);
    const auto n = value.words();
    uint64_t borrow = 0;
    for (size_t i = 0; i < n.size(); ++i) {
      const unsigned __int128 difference = static_cast<unsigned __int128>(out[i]) - n[i] - borrow;
      borrow = static_cast<uint64_t>(difference >> 64) & 1;
    }
    const uint64_t subtract = borrow - 1;  // all ones when the residue is the modulus or more
    borrow = 0;
    for (size_t i = 0; i < n.size(); ++i) {
      const unsigned __int128 difference = static_cast<unsigned __int128>(out[i]) - (n[i] & subtract) - borrow;
      out[i] = static_cast<uint64_t>(difference);
      borrow = static_cast<uint64_t>(difference >> 64) & 1;
    }
  }
};

Result<Modulus> Modulus::make(const Natural& modulus, Kernel kernel) {
  Faults faults;
  if (!modulus.is_odd()) faults.add("modulus", "expected an odd number, came an even one");
  if (modulus.bits() < kModulusBitsMin || modulus.bits() > kModulusBitsMax)
    faults.add("modulus", "expected " + std::to_string(kModulusBitsMin) + " to " + std::to_string(kModulusBitsMax) +
                              " bits, came " + std::to_string(modulus.bits()));
  TRY(std::move(faults).result());
  return Modulus(std::make_unique<State>(modulus, kernel));
}

Modulus::Modulus(std::unique_ptr<State> state) : state_(std::move(state)) {}
Modulus::Modulus(Modulus&&) noexcept = default;
Modulus& Modulus::operator=(Modulus&&) noexcept = default;
Modulus::~Modulus() = default;

const Natural& Modulus::value() const { return state_->value; }
size_t Modulus::bytes_length() const { return (state_->value.bits() + 7) / 8; }
size_t Modulus::words() const { return state_->lanes->form().limbs; }
Kernel Modulus::kernel() const { return state_->kernel; }
const Lanes& Modulus::lanes() const { return *state_->lanes; }

Residues Modulus::zeros(size_t count) const { return Residues(count, words()); }

Residues Modulus::ones(size_t count) const {
  Residues out(count, words());
  for (size_t i = 0; i < count; ++i) std::copy_n(state_->one.at(0), words(), out.at(i));
  return out;
}

Residues Modulus::from_naturals(std::span<const Natural> values) const {
  Residues out(values.size(), words());
  for (size_t i = 0; i < values.size(); ++i) {
    CHECK(values[i] < value(), "a residue is below its modulus");
    split_words(values[i].words(), state_->lanes->form(), out.at(i));
  }
  multiply(out, state_->factor_in, out);
  return out;
}

std::vector<Natural> Modulus::naturals(const Residues& residues) const {
  Residues plain;
  multiply(residues, state_->plain_one, plain);
  std::vector<Natural> out;
  out.reserve(plain.count());
  AlignedWords words(state_->canonical_words());
  for (size_t i = 0; i < plain.count(); ++i) {
    state_->canonical(plain.at(i), {words.data(), words.size()});
    out.push_back(Natural::from_words({words.data(), words.size()}));
  }
  return out;
}

void Modulus::write(const Residues& residues, std::string& out) const {
  Residues plain;
  multiply(residues, state_->plain_one, plain);
  AlignedWords words(state_->canonical_words());
  const size_t length = bytes_length();
  size_t at = out.size();
  out.resize(at + plain.count() * length);
  for (size_t i = 0; i < plain.count(); ++i, at += length) {
    state_->canonical(plain.at(i), {words.data(), words.size()});
    for (size_t b = 0; b < length; ++b)
      out[at + length - 1 - b] = static_cast<char>(words.data()[b / 8] >> (8 * (b % 8)));
  }
}

Result<Residues> Modulus::read(std::string_view bytes) const {
  const size_t length = bytes_length();
  if (bytes.size() % length != 0)
    return fail(ErrorCode::invalid, "residues",
                "expected a multiple of " + std::to_string(length) + " bytes, came " + std::to_string(bytes.size()));
  const std::string bound = value().bytes(length);
  Residues out(bytes.size() / length, words());
  AlignedWords number(state_->canonical_words());
  for (size_t i = 0; i < out.count(); ++i) {
    const std::string_view one = bytes.substr(i * length, length);
    if (one >= bound)
      return fail(ErrorCode::invalid, "residue " + std::to_string(i), "expected a number below the modulus, came more");
    std::fill_n(number.data(), number.size(), 0);
    for (size_t b = 0; b < length; ++b)
      number.data()[b / 8] |= static_cast<uint64_t>(static_cast<uint8_t>(one[length - 1 - b])) << (8 * (b % 8));
    split_words({number.data(), number.size()}, state_->lanes->form(), out.at(i));
  }
  multiply(out, state_->factor_in, out);
  return out;
}

void Modulus::write_words(const Residues& residues, std::span<uint64_t> out, size_t each) const {
  const size_t held = state_->canonical_words();
  CHECK(each >= held && out.size() == residues.count() * each, "words for each residue");
  Residues plain;
  multiply(residues, state_->plain_one, plain);
  for (size_t i = 0; i < plain.count(); ++i) {
    const auto to = out.subspan(i * each, each);
    state_->canonical(plain.at(i), to.first(held));
    std::fill(to.begin() + static_cast<std::ptrdiff_t>(held), to.end(), 0);
  }
}

Residues Modulus::read_words(std::span<const uint64_t> values, size_t each) const {
  const std::span<const uint64_t> n = value().words();
  CHECK(each >= n.size() && values.size() % each == 0, "words for each residue");
  Residues out(values.size() / each, words());
  uint64_t beyond = 0;
  for (size_t i = 0; i < out.count(); ++i) {
    const auto one = values.subspan(i * each, each);
    uint64_t borrow = 0;  // of one - n: without it, one is n or more
    for (size_t j = 0; j < n.size(); ++j) {
      const auto rest = static_cast<unsigned __int128>(one[j]) - n[j] - borrow;
      borrow = static_cast<uint64_t>(rest >> 64) & 1;
    }
    beyond |= 1 - borrow;
    for (size_t j = n.size(); j < each; ++j) beyond |= one[j];
    split_words(one.first(n.size()), state_->lanes->form(), out.at(i));
  }
  CHECK(beyond == 0, "a value is below the modulus");
  multiply(out, state_->factor_in, out);
  return out;
}

void Modulus::multiply(const Residues& a, const Residues& b, Residues& out) const {
  const size_t count = a.count() == 1 ? b.count() : a.count();
  CHECK(b.count() == count || b.count() == 1, "as many factors as residues, or one");
  CHECK(count == 0 || (a.words() == words() && b.words() == words()), "residues of another modulus");
  const Lanes& lanes = *state_->lanes;
  Batch batch(lanes);
  AlignedWords left(lanes.form().group_words()), right(lanes.form().group_words());
  if (count > 0) batch.load(a, 0, left.data()), batch.load(b, 0, right.data());
  const bool one_left = a.count() == 1, one_right = b.count() == 1;  // `out` may be the one, and is about to grow
  if (out.words() != words()) out = Residues(count, words());
  out.resize(count);
  for (size_t first = 0; first < count; first += lanes.form().lanes) {
    if (!one_left) batch.load(a, first, left.data());
    if (!one_right) batch.load(b, first, right.data());
    AlignedWords& product = one_left ? right : left;
    lanes.multiply(left.data(), right.data(), product.data());
    batch.store(product.data(), out, first);
    if (one_left && one_right) break;
  }
}

void Modulus::square(const Residues& a, Residues& out, size_t times) const {
  CHECK(a.count() == 0 || a.words() == words(), "residues of another modulus");
  const Lanes& lanes = *state_->lanes;
  Batch batch(lanes);
  AlignedWords group(lanes.form().group_words());
  if (&out != &a) out = Residues(a.count(), words());
  for (size_t first = 0; first < a.count(); first += lanes.form().lanes) {
    batch.load(a, first, group.data());
    for (size_t i = 0; i < times; ++i) lanes.square(group.data(), group.data());
    batch.store(group.data(), out, first);
  }
}

Residues Modulus::product(const Residues& a) const {
  const Lanes& lanes = *state_->lanes;
  const size_t side = lanes.form().lanes;
  if (a.count() == 0) return ones(1);
  Residues folded = a.slice(0, std::min(a.count(), side));
  if (a.count() > side) {
    Batch batch(lanes);
    AlignedWords sum(lanes.form().group_words()), next(lanes.form().group_words());
    batch.load(a, 0, sum.data());
    size_t first = side;
    for (; first + side <= a.count(); first += side) {
      batch.load(a, first, next.data());
      lanes.multiply(sum.data(), next.data(), sum.data());
    }
    batch.store(sum.data(), folded, 0);
    folded.append(a.slice(first, a.count() - first));
  }
  while (folded.count() > 1) {
    const size_t half = folded.count() / 2;
    Residues out;
    multiply(folded.slice(0, half), folded.slice(half, half), out);
    out.append(folded.slice(2 * half, folded.count() - 2 * half));
    folded = std::move(out);
  }
  return folded;
}

namespace {

// Montgomery's trick by halves: the inverse of a pair's product gives both inverses by two products, and one number alone is inverted
// in truth. Of a few: every level copies its rows.
Result<Residues> inverse_by_pairs(const Modulus& modulus, const Residues& a) {
  if (a.count() == 1) {
    const Natural inverted = TRY(inverse(modulus.naturals(a).front(), modulus.value()));
    return modulus.from_naturals({&inverted, 1});
  }
  const size_t half = a.count() / 2;
  const Residues left = a.slice(0, half), right = a.slice(half, half), rest = a.slice(2 * half, a.count() - 2 * half);
  Residues pairs, out, second;
  modulus.multiply(left, right, pairs);
  pairs.append(rest);
  const Residues inverted = TRY(inverse_by_pairs(modulus, pairs));
  modulus.multiply(inverted.slice(0, half), right, out);
  modulus.multiply(inverted.slice(0, half), left, second);
  out.append(second);
  out.append(inverted.slice(half, rest.count()));
  return out;
}

// The same trick along every lane: the products of all groups up to each, the inverses of the last, and back: three products a row.
// `out` holds the products until the inverse takes their place, so that all goes once through memory each way.
Result<Residues> inverse_by_lanes(const Modulus& modulus, const Residues& a) {
  const Lanes& lanes = modulus.lanes();
  const size_t side = lanes.form().lanes, words = lanes.form().group_words();
  if (a.count() <= side) return inverse_by_pairs(modulus, a);
  Batch batch(lanes);
  AlignedWords running(words), next(words), each(words);
  Residues out = modulus.zeros(a.count());
  batch.load(a, 0, running.data());
  size_t last = 0;
  for (; last + side < a.count(); last += side) {
    batch.store(running.data(), out, last);
    batch.load(a, last + side,
               next.data());  // a lane to spare repeats the last row: a factor more, taken away again below
    lanes.multiply(running.data(), next.data(), running.data());
  }
  Residues products = modulus.zeros(side);
  batch.store(running.data(), products, 0);
  const Residues inverses = TRY(inverse_by_pairs(modulus, products));
  batch.load(inverses, 0, running.data());
  for (size_t first = last; first > 0; first -= side) {
    batch.load(out, first - side, each.data());
    lanes.multiply(running.data(), each.data(), each.data());
    batch.load(a, first, next.data());
    lanes.multiply(running.data(), next.data(), running.data());
    batch.store(each.data(), out, first);
  }
  batch.store(running.data(), out, 0);
  return out;
}

// The first that shares a factor with the modulus, by halving: one does.
size_t first_without_inverse(const Modulus& modulus, const Residues& a) {
  size_t first = 0, count = a.count();
  while (count > 1) {
    const size_t half = count / 2;
    const Natural product = modulus.naturals(modulus.product(a.slice(first, half))).front();
    const bool in_it = gcd(product, modulus.value()) != Natural(1);
    if (!in_it) first += half;
    count = in_it ? half : count - half;
  }
  return first;
}

}  // namespace

Result<Residues> Modulus::inverse(const Residues& a) const {
  if (a.count() == 0) return zeros(0);
  auto out = inverse_by_lanes(*this, a);
  if (!out)
    return fail(ErrorCode::invalid, "residue " + std::to_string(first_without_inverse(*this, a)),
                out.error().faults.front().message);
  return out;
}

}  // namespace puhui::cipher
