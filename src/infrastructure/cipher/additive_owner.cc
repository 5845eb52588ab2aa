// Who has the factors works modulo p² and q² (Paillier), p² and q (Okamoto–Uchiyama), and joins.
#include <deque>

#include "ground/base/check.h"
#include "infrastructure/cipher/additive_state.h"
#include "infrastructure/cipher/factors.h"

namespace puhui::cipher {
namespace {

struct Factors {
  Natural p, q;
};

struct Sides {
  Residues a, b;
};

// Blum primes with nothing in common but 2 in p - 1 and q - 1: minus a square then makes obfuscators of every kind that a random number
// could (Damgård, Jurik and Nielsen 2010).
bool are_paillier_factors(const Natural& p, const Natural& q) {
  const Natural one(1);
  return p.bits() == q.bits() && p.is_odd() && q.is_odd() && p.bit(1) && q.bit(1) && p != q &&
         gcd(p - one, q - one) == Natural(2);
}

bool are_okamoto_uchiyama_factors(const Natural& p, const Natural& q, size_t bits) {
  const Natural one(1);
  return p.bits() == prime_bits_of_okamoto_uchiyama(bits) && p.is_odd() && q.is_odd() && p != q && q < p &&
         !((p - one) % q).is_zero();
}

Natural product_of(Scheme scheme, const Natural& p, const Natural& q) {
  return scheme == Scheme::paillier ? p * q : p * p * q;
}

Result<void> check_bits(size_t bits) {
  if (bits >= kKeyBitsMin && bits <= kKeyBitsMax && bits % 64 == 0) return {};
  return fail(ErrorCode::invalid, "bits",
              "expected " + std::to_string(kKeyBitsMin) + " to " + std::to_string(kKeyBitsMax) +
                  " in steps of 64, came " + std::to_string(bits));
}

bool are_factors(Scheme scheme, const Natural& p, const Natural& q) {
  return scheme == Scheme::paillier ? are_paillier_factors(p, q)
                                    : are_okamoto_uchiyama_factors(p, q, product_of(scheme, p, q).bits());
}

Factors draw_factors(Scheme scheme, size_t bits) {
  const bool is_paillier = scheme == Scheme::paillier;
  const size_t p_bits = is_paillier ? bits / 2 : prime_bits_of_okamoto_uchiyama(bits);
  const size_t q_bits = is_paillier ? p_bits : bits - 2 * p_bits;
  const auto prime = [&](size_t prime_bits) {
    for (;;) {
      Natural out = Natural::random_prime(prime_bits);
      if (!is_paillier || out.bit(1)) return out;
    }
  };
  for (;;) {
    Factors factors{prime(p_bits), prime(q_bits)};
    if (are_factors(scheme, factors.p, factors.q) && product_of(scheme, factors.p, factors.q).bits() == bits)
      return factors;
  }
}

Natural random_square(const Natural& n) {
  for (;;) {
    const Natural x = Natural::random_below(n);
    if (gcd(x, n) == Natural(1) && x > Natural(1)) return x * x % n;
  }
}

// Of an order that p divides: else plaintexts would be lost.
Natural okamoto_uchiyama_generator(const Natural& p, const Natural& n) {
  const Natural square = p * p;
  for (;;) {
    Natural generator = random_square(n);
    if (power(generator % square, p - Natural(1), square) != Natural(1)) return generator;
  }
}

}  // namespace

struct SecretKey::State {
  State(std::shared_ptr<const PublicKey::State> public_state, const Factors& factors, Natural second);

  void set_order_p(const Factors& factors);
  Sides obfuscator_sides(size_t count) const;
  Residues plain(const Integers& values, size_t first, size_t count) const;
  Residues plain_of_order_p(const Integers& values, size_t first, size_t count, size_t words) const;
  Residues joined(const Sides& sides) const;
  Residues encrypt(const Integers& values, size_t first, size_t count) const;
  Residues encrypt_with(const Integers& values, size_t first, Residues obfuscators) const;
  Residues take_prepared(size_t count_max);
  SecretWords plaintexts(const Residues& block) const;
  const PublicKey::State& shared() const { return *public_key.state_; }

  PublicKey public_key;
  CoprimePair pair;  // p² and q², or p² and q
  size_t exponent_words;
  FixedBase obfuscator_a, obfuscator_b;
  PrimeSide p_side;
  Residues p_scale;                        // Okamoto–Uchiyama: t of plain_of_order_p, modulo p
  SecretWords p_times_q;                   // and p·q
  std::vector<SecretWords> offset_scaled;  // and -t·2^(64w - 1) modulo p, by w - 1
  std::optional<PrimeSide> q_side;         // Paillier
  std::optional<CoprimePair> plaintext_pair;
  SecretWords plaintext_modulus;  // n, or p

  mutable std::mutex mutex;  // of the prepared
  std::deque<Residues> prepared;
  size_t prepared_count = 0;
};

SecretKey::State::State(std::shared_ptr<const PublicKey::State> public_state, const Factors& factors, Natural second)
    : public_key(PublicKey(std::move(public_state))),
      pair(factors.p * factors.p, second, shared().kernel),
      exponent_words(obfuscator_words(shared().bits)),
      obfuscator_a(pair.a(), shared().obfuscator_base % pair.a().value(), 64 * exponent_words),
      obfuscator_b(pair.b(), shared().obfuscator_base % pair.b().value(), 64 * exponent_words),
      p_side(factors.p, shared().generator, shared().kernel),
      p_times_q(0, 0),
      plaintext_modulus(0, 0) {
  if (shared().scheme == Scheme::paillier) {
    q_side.emplace(factors.q, shared().generator, shared().kernel);
    plaintext_pair.emplace(factors.p, factors.q, shared().kernel);
    plaintext_modulus = words_of(shared().n, words_for(shared().n.bits() + 1));
  } else {
    set_order_p(factors);
    plaintext_modulus = words_of(factors.p, words_for(factors.p.bits() + 1));
  }
}

Sides SecretKey::State::obfuscator_sides(size_t count) const {
  const SecretWords exponents = SecretWords::random(count, exponent_words);
  return {obfuscator_a.powers(exponents.all(), exponent_words), obfuscator_b.powers(exponents.all(), exponent_words)};
}

// g has a part of order p, u: 1 + p·d modulo p² (what PrimeSide decrypts by), 1 modulo q. u - 1 = p·q·t with t = d / q modulo p, and its
// square is 0 modulo n.
void SecretKey::State::set_order_p(const Factors& factors) {
  const Natural &p = factors.p, square = p * p;
  const Natural raised = power(shared().generator % square, p - Natural(1), square);
  const Natural d = p - (raised - Natural(1)) / p % p;  // (1 + p·d)^(p - 1) = 1 - p·d
  const auto q_inverse = inverse(factors.q % p, p);
  CHECK(q_inverse.has_value(), "two primes have nothing in common");
  const Natural t = d * *q_inverse % p;
  p_scale = p_side.prime().from_naturals(std::span<const Natural>(&t, 1));
  p_times_q = words_of(p * factors.q, words_for((p * factors.q).bits()));
  for (size_t words = 1; 64 * words < p.bits(); ++words) {
    const Natural offset = t * Natural::power_of_two(64 * words - 1) % p;
    offset_scaled.push_back(words_of(p - offset, words_for(p.bits() + 1)));
  }
}

// u^m = 1 + m·p·q·t: a product modulo p and one of words. g / u is of the obfuscators' kind, so that u^m·h^r is distributed as
// g^m·h^r is for who cannot tell h^r from any such number, which is what the short exponent rests on already.
Residues SecretKey::State::plain_of_order_p(const Integers& values, size_t first, size_t count, size_t words) const {
  const Modulus& prime = p_side.prime();
  const size_t width = plaintext_modulus.each();
  const SecretWords shifted = offset_exponents(values, first, count, words);  // m + 2^(64 words - 1)
  SecretWords wide(count, width), scratch(1, width);
  for (size_t i = 0; i < count; ++i) std::copy(shifted.at(i).begin(), shifted.at(i).end(), wide.at(i).begin());
  Residues scaled = to_residues(prime, wide);
  prime.multiply(scaled, p_scale, scaled);
  SecretWords each = to_words(prime, scaled, width), out(count, shared().modulus_words.each());
  const uint64_t one[] = {1};
  for (size_t i = 0; i < count; ++i) {
    add_words(each.at(i), offset_scaled[words - 1].at(0));
    subtract_once(each.at(i), plaintext_modulus.at(0), scratch.at(0));
    multiply_words(out.at(i), p_times_q.at(0), each.at(i));
    add_words(out.at(i), one);
  }
  return to_residues(shared().modulus, out);
}

Residues SecretKey::State::plain(const Integers& values, size_t first, size_t count) const {
  const size_t words = std::min(values.words, words_for(shared().plaintext_bits));
  const bool short_enough = words <= offset_scaled.size();
  return short_enough ? plain_of_order_p(values, first, count, words) : shared().plain(values, first, count);
}

Residues SecretKey::State::joined(const Sides& sides) const {
  return to_residues(shared().modulus, pair.join(sides.a, sides.b));
}

Residues SecretKey::State::encrypt(const Integers& values, size_t first, size_t count) const {
  return encrypt_with(values, first, joined(obfuscator_sides(count)));
}

Residues SecretKey::State::encrypt_with(const Integers& values, size_t first, Residues obfuscators) const {
  Residues plain_values = plain(values, first, obfuscators.count());
  shared().modulus.multiply(plain_values, obfuscators, obfuscators);
  return obfuscators;
}

// Each is given once, and forgotten here: two ciphertexts with one obfuscator would tell the difference of their plaintexts.
Residues SecretKey::State::take_prepared(size_t count_max) {
  const std::lock_guard lock(mutex);
  if (prepared.empty()) return Residues(0, shared().modulus.words());
  Residues& last = prepared.back();
  const size_t count = std::min(count_max, last.count());
  Residues out = rows_of(last, last.count() - count, count);
  wipe_memory(last.at(last.count() - count), count * last.words() * sizeof(uint64_t));
  last.resize(last.count() - count);
  if (last.count() == 0) prepared.pop_back();
  prepared_count -= count;
  return out;
}

// In [0, n) or [0, p).
SecretWords SecretKey::State::plaintexts(const Residues& block) const {
  const SecretWords words = to_words(shared().modulus, block, shared().modulus_words.each());
  Sides sides{p_side.plaintexts(words), {}};
  const size_t width = plaintext_modulus.each();
  if (!q_side) return to_words(p_side.prime(), sides.a, width);
  sides.b = q_side->plaintexts(words);
  const SecretWords joined = plaintext_pair->join(sides.a, sides.b);
  SecretWords out(joined.count(), width);
  for (size_t i = 0; i < out.count(); ++i) std::copy(joined.at(i).begin(), joined.at(i).end(), out.at(i).begin());
  return out;
}

Result<SecretKey> SecretKey::make(Scheme scheme, size_t bits, Kernel kernel) {
  TRY(check_bits(bits));
  const Factors factors = draw_factors(scheme, bits);
  return from_factors(scheme, factors.p, factors.q, kernel);
}

Result<SecretKey> SecretKey::from_factors(Scheme scheme, const Natural& p, const Natural& q, Kernel kernel) {
  const Natural n = product_of(scheme, p, q);
  TRY(check_bits(n.bits()));
  if (!are_factors(scheme, p, q) || !is_prime(p) || !is_prime(q)) {
    return fail(ErrorCode::invalid, "factors",
                "expected primes of the sizes and kind that a key is made of, came others");
  }
  const bool is_paillier = scheme == Scheme::paillier;
  const Natural square = random_square(n);
  const Natural root = is_paillier ? n - square : square;
  const Natural generator = is_paillier ? n + Natural(1) : okamoto_uchiyama_generator(p, n);
  auto shared = std::make_shared<const PublicKey::State>(scheme, n.bits(), n, root, generator, kernel);
  return SecretKey(std::make_unique<State>(std::move(shared), Factors{p, q}, is_paillier ? q * q : q));
}

SecretKey::SecretKey(std::unique_ptr<State> state) : state_(std::move(state)) {}
SecretKey::SecretKey(SecretKey&&) noexcept = default;
SecretKey& SecretKey::operator=(SecretKey&&) noexcept = default;
SecretKey::~SecretKey() = default;

const PublicKey& SecretKey::public_key() const { return state_->public_key; }

Ciphertexts SecretKey::encrypt(const Integers& values) const {
  state_->shared().words_of(values);
  Ciphertexts out{Residues(values.count(), public_key().modulus().words()), public_key().id()};
  for (size_t first = 0; first < values.count();) {
    const size_t wanted = std::min(kBlockRows, values.count() - first);
    Residues prepared = state_->take_prepared(wanted);
    const size_t count = prepared.count() != 0 ? prepared.count() : wanted;
    copy_rows(prepared.count() != 0 ? state_->encrypt_with(values, first, std::move(prepared))
                                    : state_->encrypt(values, first, count),
              out.residues, first);
    first += count;
  }
  return out;
}

void SecretKey::prepare(size_t count) {
  for (size_t made = 0; made < count;) {
    const size_t block = std::min(kBlockRows, count - made);
    Residues obfuscators = state_->joined(state_->obfuscator_sides(block));
    const std::lock_guard lock(state_->mutex);
    state_->prepared.push_back(std::move(obfuscators));
    state_->prepared_count += block;
    made += block;
  }
}

size_t SecretKey::prepared() const {
  const std::lock_guard lock(state_->mutex);
  return state_->prepared_count;
}

Result<Integers> SecretKey::decrypt(const Ciphertexts& what, size_t words, size_t bits_max) const {
  state_->shared().check_key(what);
  CHECK(bits_max >= 2 && bits_max <= 64 * words && bits_max <= public_key().plaintext_bits(),
        "the range must fit words and key");
  Integers out(what.count(), words);
  const auto modulus = state_->plaintext_modulus.at(0);
  SecretWords scratch(1, modulus.size());
  const auto complement = scratch.at(0);
  size_t beyond = what.count();
  for (size_t first = 0; first < what.count(); first += kBlockRows) {
    SecretWords block = state_->plaintexts(rows_of(what.residues, first, std::min(kBlockRows, what.count() - first)));
    for (size_t i = 0; i < block.count(); ++i) {
      const auto value = block.at(i);  // in [0, modulus): what is above the half stands for value - modulus
      SecretWords half(1, modulus.size());
      std::copy(modulus.begin(), modulus.end(), complement.begin());
      subtract_words(complement, value);
      std::copy(complement.begin(), complement.end(), half.at(0).begin());
      const Mask negative = mask_of(subtract_words(half.at(0), value));
      choose_words(negative, value, complement);
      if (is_beyond(value, bits_max) != 0) beyond = std::min(beyond, first + i);
      negate_words(negative, value);
      const auto to = out.at(first + i);
      std::fill(to.begin(), to.end(), negative);
      std::copy_n(value.begin(), std::min(words, value.size()), to.begin());
    }
  }
  if (beyond == what.count()) return out;
  wipe_memory(out.data.data(), out.data.size() * sizeof(uint64_t));
  return fail(ErrorCode::corrupt, "ciphertext " + std::to_string(beyond),
              "expected a plaintext of " + std::to_string(bits_max) +
                  " bits with its sign, came a larger one; end the job, the peer left the protocol");
}

}  // namespace puhui::cipher
