#include "infrastructure/screening/vocabulary.h"

#include <algorithm>
#include <bit>

#include "ground/base/check.h"
#include "ground/base/hash.h"
#include "infrastructure/screening/edit_distance.h"
#include "infrastructure/screening/sound_key.h"

namespace puhui::screening {

namespace {

// Only the first letters are deleted from: words k edits apart have beginnings that are at most k deletions apart each.
constexpr size_t kDeletedFrom = 10;

uint64_t letter_set(std::string_view text) {
  uint64_t out = 0;
  for (const char c : text) out |= uint64_t{1} << (c >= 'A' ? c - 'A' : 26 + c - '0');
  return out;
}

// Of the text without the letters at `skip` and `skip_too`.
uint32_t hash_without(std::string_view text, size_t skip, size_t skip_too) {
  uint64_t hash = 0x9E3779B97F4A7C15ull;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i != skip && i != skip_too) hash = (hash ^ static_cast<uint8_t>(text[i])) * 0x100000001B3ull;
  }
  return static_cast<uint32_t>((hash ^ (hash >> 29)) * 0xBF58476D1CE4E5B9ull >> 32);
}

template <class Visit>
void each_deletion(std::string_view text, const Visit& visit) {
  const int edits = edits_allowed(text.size());
  if (edits == 0) return;
  const std::string_view beginning = text.substr(0, kDeletedFrom);
  visit(hash_without(beginning, std::string_view::npos, std::string_view::npos));
  for (size_t i = 0; i < beginning.size(); ++i) {
    visit(hash_without(beginning, i, std::string_view::npos));
    for (size_t j = i + 1; edits > 1 && j < beginning.size(); ++j) visit(hash_without(beginning, i, j));
  }
}

size_t slots_for(size_t count) { return std::bit_ceil(std::max<size_t>(16, count * 2)); }

}  // namespace

uint32_t Vocabulary::find(std::string_view text) const {
  if (by_text_.slots.empty()) return kNone;
  const size_t mask = by_text_.slots.size() - 1;
  for (size_t at = hash64(text) & mask;; at = (at + 1) & mask) {
    const uint32_t word = by_text_.slots[at];
    if (word == kNone || this->text(word) == text) return word;
  }
}

void Vocabulary::grow() {
  by_text_.slots.assign(slots_for(size() + 1), kNone);
  const size_t mask = by_text_.slots.size() - 1;
  for (uint32_t word = 0; word < size(); ++word) {
    size_t at = hash64(text(word)) & mask;
    while (by_text_.slots[at] != kNone) at = (at + 1) & mask;
    by_text_.slots[at] = word;
  }
}

uint32_t Vocabulary::add(std::string_view text) {
  if ((size() + 1) * 2 > by_text_.slots.size()) grow();
  const size_t mask = by_text_.slots.size() - 1;
  size_t at = hash64(text) & mask;
  for (; by_text_.slots[at] != kNone; at = (at + 1) & mask) {
    if (this->text(by_text_.slots[at]) == text) return by_text_.slots[at];
  }
  const auto word = static_cast<uint32_t>(size());
  CHECK(letters_.size() + text.size() < kNone, "the letters of all words fit 32 bits");
  letters_ += text;
  starts_.push_back(static_cast<uint32_t>(letters_.size()));
  by_text_.slots[at] = word;
  return word;
}

void Vocabulary::finish(const std::vector<bool>& spelled) {
  const auto words = static_cast<uint32_t>(size());
  letter_sets_.resize(words);
  sound_of_.resize(words);
  sound_slots_.assign(slots_for(words), kNone);
  const size_t mask = sound_slots_.size() - 1;
  for (uint32_t word = 0; word < words; ++word) {
    letter_sets_[word] = letter_set(text(word));
    const std::string key = sound_key(text(word));
    uint32_t sound = find_sound(key);
    if (sound == kNone) {
      sound = static_cast<uint32_t>(sound_text_starts_.size() - 1);
      sound_letters_ += key;
      sound_text_starts_.push_back(static_cast<uint32_t>(sound_letters_.size()));
      size_t at = hash64(key) & mask;
      while (sound_slots_[at] != kNone) at = (at + 1) & mask;
      sound_slots_[at] = sound;
    }
    sound_of_[word] = sound;
  }
  sound_starts_.assign(sound_text_starts_.size(), 0);
  for (const uint32_t sound : sound_of_) ++sound_starts_[sound + 1];
  for (size_t i = 1; i < sound_starts_.size(); ++i) sound_starts_[i] += sound_starts_[i - 1];
  by_sound_.resize(words);
  std::vector<uint32_t> next(sound_starts_.begin(), sound_starts_.end() - 1);
  for (uint32_t word = 0; word < words; ++word) by_sound_[next[sound_of_[word]]++] = word;

  uint64_t deletions = 0;
  for (uint32_t word = 0; word < words; ++word) {
    if (spelled[word]) each_deletion(text(word), [&](uint32_t) { ++deletions; });
  }
  CHECK(deletions < kNone, "the deletions of all words fit 32 bits");
  const size_t buckets = std::bit_ceil(std::max<size_t>(16, deletions));
  bucket_starts_.assign(buckets + 1, 0);
  const auto fill = [&](const auto& visit) {
    for (uint32_t word = 0; word < words; ++word) {
      if (!spelled[word]) continue;
      each_deletion(text(word), [&](uint32_t hash) { visit(hash & (buckets - 1), word); });
    }
  };
  fill([&](size_t bucket, uint32_t) { ++bucket_starts_[bucket + 1]; });
  for (size_t i = 1; i < bucket_starts_.size(); ++i) bucket_starts_[i] += bucket_starts_[i - 1];
  buckets_.resize(deletions);
  // Filled from each bucket's end, which leaves the starts where they belong.
  std::vector<uint32_t> left(buckets, 0);
  fill([&](size_t bucket, uint32_t word) { buckets_[bucket_starts_[bucket] + left[bucket]++] = word; });
}

uint32_t Vocabulary::find_sound(std::string_view key) const {
  if (sound_slots_.empty() || key.empty()) return kNone;
  const size_t mask = sound_slots_.size() - 1;
  for (size_t at = hash64(key) & mask;; at = (at + 1) & mask) {
    const uint32_t sound = sound_slots_[at];
    if (sound == kNone) return kNone;
    const std::string_view text =
        std::string_view(sound_letters_)
            .substr(sound_text_starts_[sound], sound_text_starts_[sound + 1] - sound_text_starts_[sound]);
    if (text == key) return sound;
  }
}

void Vocabulary::near(std::string_view text, std::vector<Near>& out) const {
  out.clear();
  if (bucket_starts_.empty()) return;
  const size_t mask = bucket_starts_.size() - 2;
  const uint64_t letters = letter_set(text);
  const int edits = edits_allowed(text.size());
  each_deletion(text, [&](uint32_t hash) {
    const size_t bucket = hash & mask;
    for (uint32_t at = bucket_starts_[bucket]; at < bucket_starts_[bucket + 1]; ++at) {
      // A substitution changes two letters of the set at most, so does an insertion with a deletion.
      if (std::popcount(letter_sets_[buckets_[at]] ^ letters) <= 2 * edits) out.push_back({buckets_[at], 0});
    }
  });
  std::ranges::sort(out, {}, &Near::word);
  const auto doubles = std::ranges::unique(out, {}, &Near::word);
  out.erase(doubles.begin(), doubles.end());
  std::erase_if(out, [&](Near& near) {
    const std::string_view other = this->text(near.word);
    const int limit = edits_allowed(std::min(text.size(), other.size()));
    near.distance = edit_distance(text, other, limit);
    return near.distance == 0 || near.distance > limit;
  });
}

size_t Vocabulary::bytes() const {
  const auto of = [](const auto& items) { return items.capacity() * sizeof(items[0]); };
  return letters_.capacity() + of(starts_) + of(letter_sets_) + of(by_text_.slots) + of(sound_of_) + of(sound_slots_) +
         sound_letters_.capacity() + of(sound_text_starts_) + of(sound_starts_) + of(by_sound_) + of(bucket_starts_) +
         of(buckets_);
}

}  // namespace puhui::screening
