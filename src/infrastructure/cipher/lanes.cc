#include "infrastructure/cipher/lanes.h"

#include <openssl/crypto.h>

#include <cstring>
#include <new>

#include "ground/base/check.h"

namespace puhui::cipher {

namespace {

constexpr std::align_val_t kCacheLine{64};

// -1 / odd modulo 2^bits, by Newton's iteration: each doubles the bits that are right, beginning with three.
uint64_t minus_inverse_of(uint64_t odd, size_t bits) {
  uint64_t inverse = odd;
  for (int i = 0; i < 5; ++i) inverse *= 2 - odd * inverse;
  const uint64_t out = ~inverse + 1;
  return bits == 64 ? out : out & ((uint64_t{1} << bits) - 1);
}

}  // namespace

AlignedWords::AlignedWords(size_t count)
    : words_(static_cast<uint64_t*>(::operator new(count * sizeof(uint64_t), kCacheLine))), count_(count) {
  std::memset(words_, 0, count * sizeof(uint64_t));
}

AlignedWords::~AlignedWords() {
  if (words_ == nullptr) return;
  OPENSSL_cleanse(words_, count_ * sizeof(uint64_t));
  ::operator delete(words_, kCacheLine);
}

AlignedWords::AlignedWords(AlignedWords&& other) noexcept
    : words_(std::exchange(other.words_, nullptr)), count_(std::exchange(other.count_, 0)) {}

AlignedWords& AlignedWords::operator=(AlignedWords&& other) noexcept {
  std::swap(words_, other.words_), std::swap(count_, other.count_);
  return *this;
}

Lanes::Lanes(LanesForm form, const Natural& modulus) : form_(form), modulus_(form.limbs) {
  split_words(modulus.words(), form_, modulus_.data());
  minus_inverse_ = minus_inverse_of(modulus.words()[0], form_.limb_bits);
}

void split_words(std::span<const uint64_t> words, const LanesForm& form, uint64_t* row) {
  const size_t bits = form.limb_bits;
  const uint64_t mask = bits == 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
  for (size_t j = 0; j < form.limbs; ++j) {
    const size_t word = j * bits / 64, shift = j * bits % 64;
    uint64_t limb = word < words.size() ? words[word] >> shift : 0;
    if (shift + bits > 64 && word + 1 < words.size()) limb |= words[word + 1] << (64 - shift);
    row[j] = limb & mask;
  }
}

void join_limbs(const uint64_t* row, const LanesForm& form, std::span<uint64_t> words) {
  std::ranges::fill(words, 0);
  for (size_t j = 0; j < form.limbs; ++j) {
    const size_t word = j * form.limb_bits / 64, shift = j * form.limb_bits % 64;
    if (word < words.size()) words[word] |= row[j] << shift;
    if (shift + form.limb_bits > 64 && word + 1 < words.size()) words[word + 1] |= row[j] >> (64 - shift);
  }
}

std::unique_ptr<Lanes> make_lanes(const Natural& modulus, Kernel kernel) {
  CHECK(is_available(kernel), "the machine lacks the kernel's instructions");
  switch (kernel) {
    case Kernel::scalar: return make_lanes_scalar(modulus);
    case Kernel::avx2: return make_lanes_avx2(modulus);
    case Kernel::ifma: return make_lanes_ifma(modulus);
  }
  CHECK(false, "an unknown kernel");
}

}  // namespace puhui::cipher
