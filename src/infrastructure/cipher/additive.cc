#include "infrastructure/cipher/additive.h"

#include "ground/base/check.h"
#include "infrastructure/cipher/additive_state.h"

namespace puhui::cipher {
namespace {

// Rows a time for dot: the buckets of columns are paid once a block.
constexpr size_t kDotRows = 16384;

}  // namespace

std::span<const std::string_view> names_of(const Scheme*) {
  static constexpr std::string_view kNames[] = {"paillier", "okamoto_uchiyama"};
  return kNames;
}

PublicKey::PublicKey(std::shared_ptr<const State> state) : state_(std::move(state)) {}
PublicKey::PublicKey(const PublicKey&) = default;
PublicKey& PublicKey::operator=(const PublicKey&) = default;
PublicKey::~PublicKey() = default;

std::string PublicKey::bytes() const { return state_->bytes(); }
Scheme PublicKey::scheme() const { return state_->scheme; }
uint64_t PublicKey::id() const { return state_->id; }
size_t PublicKey::bits() const { return state_->bits; }
size_t PublicKey::plaintext_bits() const { return state_->plaintext_bits; }
const Modulus& PublicKey::modulus() const { return state_->modulus; }
size_t PublicKey::ciphertext_bytes() const { return state_->modulus.bytes_length(); }

Ciphertexts PublicKey::encode(const Integers& values) const {
  state_->words_of(values);
  Ciphertexts out{Residues(values.count(), modulus().words()), id()};
  for (size_t first = 0; first < values.count(); first += kBlockRows) {
    copy_rows(state_->plain(values, first, std::min(kBlockRows, values.count() - first)), out.residues, first);
  }
  return out;
}

Ciphertexts PublicKey::encrypt(const Integers& values) const {
  state_->words_of(values);
  Ciphertexts out{Residues(values.count(), modulus().words()), id()};
  for (size_t first = 0; first < values.count(); first += kBlockRows) {
    const size_t count = std::min(kBlockRows, values.count() - first);
    Residues plain = state_->plain(values, first, count);
    Residues obfuscators = state_->obfuscators(count, state_->short_base());
    modulus().multiply(plain, obfuscators, obfuscators);
    copy_rows(obfuscators, out.residues, first);
  }
  return out;
}

void PublicKey::refresh(Ciphertexts& what) const {
  state_->check_key(what);
  for (size_t first = 0; first < what.count(); first += kBlockRows) {
    const size_t count = std::min(kBlockRows, what.count() - first);
    Residues rows = rows_of(what.residues, first, count);
    Residues obfuscators = state_->obfuscators(count, state_->full_base());
    modulus().multiply(rows, obfuscators, rows);
    copy_rows(rows, what.residues, first);
  }
}

void PublicKey::add(Ciphertexts& to, const Ciphertexts& what) const {
  state_->check_key(to), state_->check_key(what);
  CHECK(what.count() == to.count() || what.count() == 1, "as many on both sides, or one for all");
  if (to.count() != 0) modulus().multiply(to.residues, what.residues, to.residues);
}

Result<void> PublicKey::subtract(Ciphertexts& from, const Ciphertexts& what) const {
  state_->check_key(from), state_->check_key(what);
  CHECK(what.count() == from.count() || what.count() == 1, "as many on both sides, or one for all");
  if (from.count() == 0) return {};
  const Residues inverses = TRY(modulus().inverse(what.residues));
  modulus().multiply(from.residues, inverses, from.residues);
  return {};
}

Ciphertexts PublicKey::zeros(size_t count) const { return Ciphertexts{modulus().ones(count), id()}; }

// Horner: from the group's last member down, each step shifts by a slot and adds.
Ciphertexts PublicKey::pack_together(const Ciphertexts& each, size_t group, size_t width_bits) const {
  state_->check_key(each);
  CHECK(group >= 1 && width_bits * group <= plaintext_bits(), "a group must fit a plaintext");
  const size_t count = (each.count() + group - 1) / group;
  Ciphertexts out = zeros(count);
  Residues members = modulus().ones(count);
  const Residues one = modulus().ones(1);
  for (size_t place = group; place-- > 0;) {
    for (size_t i = 0; i < count; ++i) {
      const size_t from = i * group + place;
      const uint64_t* row = from < each.count() ? each.residues.at(from) : one.at(0);
      std::copy_n(row, members.words(), members.at(i));
    }
    if (place + 1 < group) modulus().square(out.residues, out.residues, width_bits);
    modulus().multiply(out.residues, members, out.residues);
  }
  return out;
}

Result<Ciphertexts> PublicKey::dot(const Ciphertexts& rows, std::span<const int32_t> factors, size_t columns) const {
  state_->check_key(rows);
  CHECK(columns >= 1 && factors.size() == rows.count() * columns, "a factor for each row and column");
  for (const int32_t factor : factors)
    CHECK(factor != std::numeric_limits<int32_t>::min(), "a factor has at most 31 bits");
  Ciphertexts out = zeros(columns);
  for (size_t first = 0; first < rows.count(); first += kDotRows) {
    const size_t count = std::min(kDotRows, rows.count() - first);
    const Residues block = rows_of(rows.residues, first, count);
    const Residues inverses = TRY(modulus().inverse(block));
    const auto some = factors.subspan(first * columns, count * columns);
    modulus().multiply(out.residues, modulus().many_powers(block, inverses, some, columns), out.residues);
  }
  return out;
}

void PublicKey::write(const Ciphertexts& what, std::string& out) const {
  state_->check_key(what);
  modulus().write(what.residues, out);
}

namespace {

bool all_units(const Modulus& modulus, const Natural& n, const Residues& residues) {
  return gcd(modulus.naturals(modulus.product(residues))[0], n) == Natural(1);
}

// One of [first, first + count) is none: halves until it is found.
size_t first_that_is_no_unit(const Modulus& modulus, const Natural& n, const Residues& residues) {
  size_t first = 0, count = residues.count();
  while (count > 1) {
    const size_t half = count / 2;
    if (all_units(modulus, n, rows_of(residues, first, half)))
      first += half, count -= half;
    else
      count = half;
  }
  return first;
}

}  // namespace

Result<Ciphertexts> PublicKey::read(std::string_view bytes) const {
  const size_t length = ciphertext_bytes();
  if (bytes.size() % length != 0) {
    return fail(ErrorCode::invalid, "ciphertexts",
                "expected " + std::to_string(length) + " bytes each, came " + std::to_string(bytes.size()) + " in all");
  }
  Ciphertexts out{Residues(0, modulus().words()), id()};
  if (bytes.empty()) return out;
  auto residues = modulus().read(bytes);
  if (!residues) return fail(at("ciphertexts", std::move(residues).error()));
  if (!all_units(modulus(), state_->n, *residues)) {
    const size_t which = first_that_is_no_unit(modulus(), state_->n, *residues);
    return fail(ErrorCode::invalid, "ciphertext " + std::to_string(which),
                "expected a number without a factor of the key's, came one that has; the peer did not encrypt it");
  }
  out.residues = *std::move(residues);
  return out;
}

}  // namespace puhui::cipher
