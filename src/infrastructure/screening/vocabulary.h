// Vocabulary: every word of the lists once, found by its text, by its sound, and by spellings near it. Near words are found by deleting
// letters: two words at most k edits apart share a text that is left of each after at most k deletions, so no near word is missed and few
// others are looked at.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace puhui::screening {

class Vocabulary {
 public:
  static constexpr uint32_t kNone = ~uint32_t{0};

  // The word's number, a new one when it is new. Before finish().
  uint32_t add(std::string_view text);
  // `spelled[word]`: near() finds it; joined words are found by text and sound alone.
  void finish(const std::vector<bool>& spelled);

  size_t size() const { return starts_.size() - 1; }
  std::string_view text(uint32_t word) const {
    return std::string_view(letters_).substr(starts_[word], starts_[word + 1] - starts_[word]);
  }
  uint32_t find(std::string_view text) const;  // kNone: not in the lists

  size_t sounds() const { return sound_starts_.size() - 1; }
  uint32_t sound(uint32_t word) const { return sound_of_[word]; }
  uint32_t find_sound(std::string_view key) const;
  std::span<const uint32_t> of_sound(uint32_t sound) const {
    return std::span(by_sound_).subspan(sound_starts_[sound], sound_starts_[sound + 1] - sound_starts_[sound]);
  }

  struct Near {
    uint32_t word = 0;
    int distance = 0;  // 1 or 2
  };
  // Those within edits_allowed() of the shorter word, the word itself not among them, by number.
  void near(std::string_view text, std::vector<Near>& out) const;

  size_t bytes() const;  // of memory

 private:
  // Numbers of texts, open addressing; the text is looked up by the number.
  struct Table {
    std::vector<uint32_t> slots;
    size_t used = 0;
  };
  void grow();

  std::string letters_;
  std::vector<uint32_t> starts_{0};
  std::vector<uint64_t> letter_sets_;  // which letters it has: a quick no to distance
  Table by_text_;

  std::vector<uint32_t> sound_of_;  // by word
  std::vector<uint32_t> sound_slots_;
  std::string sound_letters_;
  std::vector<uint32_t> sound_text_starts_{0};
  std::vector<uint32_t> sound_starts_{0}, by_sound_;

  std::vector<uint32_t> bucket_starts_;  // by hash of what is left after deletions
  std::vector<uint32_t> buckets_;
};

}  // namespace puhui::screening
