// Several signed numbers in one integer. A slot below zero borrows from the next: unpacking gives it back.
#include <bit>

#include "ground/base/check.h"
#include "infrastructure/cipher/additive.h"
#include "infrastructure/cipher/words.h"

namespace puhui::cipher {
namespace {

// Takes the slots of `packed` one after the other: each is its bits and the borrow of the one before, in two's complement.
class SlotReader {
 public:
  SlotReader(std::span<const uint64_t> packed, size_t width_bits) : packed_(packed), width_bits_(width_bits) {}

  // out has words_for(width_bits) words or more; fills all of them with the sign.
  void next(std::span<uint64_t> out) {
    bits_with_sign(place_, width_bits_, out);
    const uint64_t sum_carry = add_words(out, {&borrow_, 1});
    // 2^width - 1 and a borrow make 2^width: the slot is 0 and borrows again, which the bit at `width` tells.
    const uint64_t top = bit(out, width_bits_ - 1);
    const uint64_t over = 64 * out.size() == width_bits_ ? sum_carry : bit(out, width_bits_);
    borrow_ = top | over;
    extend(out, top);
    place_ += width_bits_;
  }
  // What is left above the slots must be sign alone: with the borrow, nothing.
  bool is_spent() const {
    const Mask sign = mask_of(packed_.back() >> 63);
    uint64_t rest = 0;
    for (size_t at = place_; at < 64 * packed_.size(); at += 64) {
      uint64_t word[1];
      bits_with_sign(at, 64, word);
      rest |= word[0] ^ sign;
    }
    return rest == 0 && borrow_ == (sign & 1);
  }

 private:
  static uint64_t bit(std::span<const uint64_t> words, size_t at) { return (words[at / 64] >> (at % 64)) & 1; }

  // Beyond its top word an integer goes on with its sign.
  void bits_with_sign(size_t from, size_t count, std::span<uint64_t> out) const {
    const Mask sign = mask_of(packed_.back() >> 63);
    bits_of(packed_, from, count, out);
    const size_t held = from < 64 * packed_.size() ? 64 * packed_.size() - from : 0;
    for (size_t at = held; at < count; ++at) out[at / 64] |= (sign & 1) << (at % 64);
  }

  void extend(std::span<uint64_t> out, uint64_t sign) const {
    const Mask ones = mask_of(sign);
    const size_t word = width_bits_ / 64, shift = width_bits_ % 64;
    for (size_t i = word; i < out.size(); ++i) {
      const uint64_t kept = i == word && shift != 0 ? (uint64_t{1} << shift) - 1 : 0;
      out[i] = (out[i] & kept) | (ones & ~kept);
    }
  }

  std::span<const uint64_t> packed_;
  size_t width_bits_, place_ = 0;
  uint64_t borrow_ = 0;
};

Error does_not_fit(size_t integer, const Slots& slots) {
  const std::string width = std::to_string(slots.width_bits), count = std::to_string(slots.count);
  return Error{ErrorCode::corrupt,
               {{"packed number " + std::to_string(integer),
                 "expected " + count + " slots of " + width +
                     " bits, came more than they hold; end the job, the peer left the protocol"}}};
}

void check_slots(const Slots& slots) {
  CHECK(slots.width_bits >= 2 && slots.count >= 1, "slots have at least two bits, and there is at least one");
}

}  // namespace

Integers pack(std::span<const int64_t> values, Slots slots) {
  check_slots(slots);
  CHECK(values.size() % slots.count == 0, "as many numbers for each integer as it has slots");
  Integers out(values.size() / slots.count, slots.words());
  uint64_t beyond = 0;
  for (size_t i = 0; i < out.count(); ++i) {
    const auto to = out.at(i);
    for (size_t slot = 0; slot < slots.count; ++slot) {
      const uint64_t value = static_cast<uint64_t>(values[i * slots.count + slot]);
      if (slots.width_bits <= 64) beyond |= is_beyond({&value, 1}, slots.width_bits);
      // The number with its sign, shifted to its place.
      const Mask sign = mask_of(value >> 63);
      const size_t place = slot * slots.width_bits, shift = place % 64;
      uint64_t carry = 0;
      for (size_t word = place / 64; word < to.size(); ++word) {
        const size_t first = place / 64;
        uint64_t part = sign;
        if (word == first) part = value << shift;
        if (word == first + 1 && shift != 0) part = value >> (64 - shift) | sign << shift;
        const auto sum = static_cast<unsigned __int128>(to[word]) + part + carry;
        to[word] = static_cast<uint64_t>(sum);
        carry = static_cast<uint64_t>(sum >> 64);
      }
    }
  }
  CHECK(beyond == 0, "a number must fit its slot");
  return out;
}

Result<std::vector<int64_t>> unpack(const Integers& packed, Slots slots) {
  Integers wide = TRY(unpack_wide(packed, slots, std::max<size_t>(1, words_for(slots.width_bits))));
  std::vector<int64_t> out(wide.count());
  for (size_t i = 0; i < out.size(); ++i) {
    const auto value = wide.at(i);
    const Mask sign = mask_of(value[0] >> 63);
    uint64_t rest = 0;
    for (size_t word = 1; word < value.size(); ++word) rest |= value[word] ^ sign;
    if (rest != 0) return fail(does_not_fit(i / slots.count, Slots{64, slots.count}));
    out[i] = static_cast<int64_t>(value[0]);
  }
  return out;
}

Result<Integers> unpack_wide(const Integers& packed, Slots slots, size_t words_each) {
  check_slots(slots);
  CHECK(words_each * 64 >= slots.width_bits, "a slot must fit its words");
  Integers out(packed.count() * slots.count, words_each);
  for (size_t i = 0; i < packed.count(); ++i) {
    SlotReader reader(packed.at(i), slots.width_bits);
    for (size_t slot = 0; slot < slots.count; ++slot) reader.next(out.at(i * slots.count + slot));
    if (!reader.is_spent()) return fail(does_not_fit(i, slots));
  }
  return out;
}

}  // namespace puhui::cipher
