// Comparison: one query against any name of the index. What its words are to the list's words is looked up once (the links); a name is
// then compared by finding links among its words.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "infrastructure/screening/name_index.h"
#include "infrastructure/screening/posterior.h"
#include "infrastructure/screening/words.h"

namespace puhui::screening {

enum class How : uint8_t { same, spelling, joined, split, romanised, initial, sound };
std::string_view name_of(How how);

// One or more words of the query that stand for one word of the vocabulary.
struct Link {
  uint32_t word = 0;                       // of the vocabulary
  uint8_t query_begin = 0, query_end = 0;  // words of the query
  How how = How::same;
  float likeness = 1;
  float proven = 0;       // by it, where the word stands alone in a name
  float join_factor = 0;  // of its parts' weight, where it is two words of a name joined; 0: does not count so
  float kept = 1;         // of the word's weight that counts as found
};

struct QueryWord : Word {
  uint32_t known = Vocabulary::kNone;
  double weight = 0;    // of it, where it is left over
  double proof = 0;     // the most it can prove: an unknown word of two letters is soon left over, and as rare as any
  bool common = false;  // known and not rare: another name, rather than a slip of the pen
  std::string key;      // its sound
  uint32_t sound = Vocabulary::kNone;
};

// A part of both names that agrees, in words.
struct Agreement {
  uint8_t query_begin = 0, query_end = 0, entry_begin = 0, entry_end = 0;
  How how = How::same;
  float likeness = 1;
  float proven = 0;
  float kept = 1;
};

// Whether a word of a query may agree with a single letter of that name, or a single letter with one of its words.
bool may_be_initial(std::string_view word, const NameRow& row);

class Comparison {
 public:
  enum class Lookup : uint8_t {
    indexed,
    scanned,  // every word of the vocabulary is looked at: what the index is tested against
  };
  Comparison(const NameIndex& index, const std::vector<Word>& words, Lookup lookup);

  const std::vector<QueryWord>& words() const { return words_; }
  const std::vector<Link>& links() const { return links_; }  // by word of the vocabulary
  double query_weight() const { return query_weight_; }

  // Writes over `agreements`, in the order of the entry's words.
  NameFeatures compare(const NameRow& row, std::vector<Agreement>& agreements) const;

  // No less log-odds than compare() comes to, in a tenth of the time.
  double bound(const NameRow& row) const;

  static constexpr float kInitialProven = 1.2f;  // at most, of an initial that agrees
  static constexpr int kInitialsMax = 2;         // in one name

 private:
  void look_up_word(uint8_t at);
  void look_up_group(uint8_t begin, uint8_t end, const std::string& text);
  void scan();
  void add(const Link& link);
  uint32_t joined_sound(const std::string& text) const;
  // What one word of the query is to one of the vocabulary; nothing when proven and join_factor are 0.
  Link relate(uint8_t at, uint32_t word) const;
  Link relate_group(uint8_t begin, uint8_t end, std::string_view text, uint32_t sound, uint32_t word) const;
  struct Group {
    uint8_t begin, end;
    std::string text;
  };
  std::vector<Group> groups() const;
  void order_links();
  void gather(const NameRow& row, std::vector<Agreement>& agreements) const;
  double shared_weight(const Agreement& one, std::span<const uint32_t> theirs) const;
  std::span<const Link> links_to(uint32_t word) const;
  void add_initials(const NameRow& row, std::vector<Agreement>& out) const;

  const NameIndex& index_;
  std::vector<QueryWord> words_;
  double query_weight_ = 0;
  std::vector<Link> links_;
  std::vector<uint32_t> slots_;  // open addressing: the first link of a word
  std::vector<uint32_t> ends_;   // beside each first link: one past its word's last
};

}  // namespace puhui::screening
