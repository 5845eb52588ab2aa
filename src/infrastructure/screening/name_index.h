// NameIndex: the names of all entries as numbered words, and how much the sight of each word proves: a word that one name in ten thousand
// has weighs ln(10 000), CORP next to nothing. Immutable once built.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "infrastructure/screening/screener.h"
#include "infrastructure/screening/vocabulary.h"

namespace puhui::screening {

// One name of one entry.
struct NameRow {
  uint32_t entry = 0;
  uint32_t first_word = 0;  // in name_words
  uint16_t words = 0;       // at most kTokensMax
  uint16_t place = 0;       // among its entry's names
  uint32_t firsts = 0,
           initials =
               0;    // the letters its words begin with (of two letters, both); its words of one letter: bit 0 is A
  float weight = 0;  // of its words together
  uint32_t whole = Vocabulary::kNone;  // all its words joined, of a name of three to five
};

inline uint32_t letter_bit(char letter) { return letter < 'A' ? 0 : uint32_t{1} << (letter - 'A'); }

struct NameIndex {
  std::vector<ListEntry> entries;
  Vocabulary vocabulary;
  std::vector<bool> spelled;        // by word: it stands alone in some name, not only joined with its neighbour
  std::vector<float> weight;        // by word
  std::vector<float> join_weight;   // by word: of the parts of what was joined to it, the most there is
  std::vector<float> sound_weight;  // by sound: all its words taken for one
  double stranger_weight = 0;       // of a word that no list has
  double entries_seen = 0;          // what frequencies are relative to
  double chance =
      0;  // what a longer list than the fit's takes from every proof: it has more names that come near by chance
  std::vector<NameRow> names;
  std::vector<uint32_t> name_words;  // by name
  std::vector<uint32_t> name_joins;  // beside each word: it joined with the next; kNone for a name's last

  static NameIndex build(std::vector<ListEntry> entries);
  std::span<const uint32_t> words_of(const NameRow& row) const {
    return std::span(name_words).subspan(row.first_word, row.words);
  }
  std::span<const uint32_t> joins_of(const NameRow& row) const {
    return std::span(name_joins).subspan(row.first_word, row.words);
  }
  double stranger(std::string_view word) const;        // the weight of a word that is not in the vocabulary, left over
  double stranger_proof(std::string_view word) const;  // and the most it can prove
  size_t bytes() const;                                // of memory, the entries themselves not counted
};

// By word: the names that hold it, alone or joined.
struct Postings {
  std::vector<uint32_t> starts, names;
  // Of all names, or of those whose entry is chosen.
  static Postings build(const NameIndex& index, const std::vector<bool>* entries);
  std::span<const uint32_t> of(uint32_t word) const {
    return std::span(names).subspan(starts[word], starts[word + 1] - starts[word]);
  }
};

}  // namespace puhui::screening
