#include "infrastructure/screening/comparison.h"

#include <algorithm>
#include <array>
#include <bit>

#include "infrastructure/screening/edit_distance.h"
#include "infrastructure/screening/sound_key.h"

namespace puhui::screening {

namespace {

// What each way of agreeing leaves of a word's weight.
constexpr float kJoined = 0.95f, kJoinedSound = 0.75f;
constexpr float kSoundBest = 0.95f, kSoundLoss = 0.6f;  // the loss a letter, over the longer word's letters
constexpr float kEditLoss = 1.6f;
// And what it leaves of the word as found: a misspelt word is there, it only proves less.
constexpr float kEditKept = 0.35f, kShortEditKept = 0.5f, kCommonEditKept = 1.6f, kCommonShortEditKept = 1.0f,
                kCommonSoundKept = 0.6f, kSoundKept = 0.3f, kJoinKept = 0.98f, kInitialKept = 0.5f;
constexpr size_t kExactLettersMax = 4;
constexpr double kCommonMargin = 1.5;
constexpr int kCommonSoundEdits = 3;  // MAHMOUD is not MOHAMMAD
constexpr size_t kJoinedKeyMin = 4, kGroupWordsMax = 3, kSyllablesMax = 4;

bool has_digit(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return c <= '9'; });
}

// As written, doubled ones once: what two romanisations of one name mostly share.
std::string consonants(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("AEIOUYHW").find(c) != std::string_view::npos) continue;
    if (c == 'X' && !out.empty())
      out += "KS";
    else if (out.empty() || out.back() != c)
      out += c;
  }
  return out;
}

// The edits between two words of one sound that still make them spellings of one name.
int sound_edits(size_t key_letters, size_t shorter) {
  if (key_letters < 2) return 0;
  if (key_letters == 2) return shorter <= 4 ? 1 : 2;
  return 64;
}

}  // namespace

std::string_view name_of(How how) {
  static constexpr std::string_view kNames[] = {"same", "spelling", "joined", "split", "romanised", "initial", "sound"};
  return kNames[static_cast<size_t>(how)];
}

// The letter a longer word begins with, or one of its two.
bool is_initial_of(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  return a[0] >= 'A' && (a[0] == b[0] || (b.size() == 2 && a[0] == b[1]));
}

bool may_be_initial(std::string_view word, const NameRow& row) {
  if (word.size() == 1) return (row.firsts & letter_bit(word[0])) != 0;
  return (row.initials & (letter_bit(word[0]) | (word.size() == 2 ? letter_bit(word[1]) : 0))) != 0;
}

Comparison::Comparison(const NameIndex& index, const std::vector<Word>& words, Lookup lookup) : index_(index) {
  for (const Word& word : words) {
    QueryWord& added = words_.emplace_back();
    static_cast<Word&>(added) = word;
    added.known = index.vocabulary.find(word.text);
    added.key = sound_key(word.text);
    const bool in_names = added.known != Vocabulary::kNone && index.spelled[added.known];
    added.weight = in_names ? index.weight[added.known] : index.stranger(word.text);
    added.sound = index.vocabulary.find_sound(added.key);
    added.proof = in_names ? added.weight : index.stranger_proof(word.text);
    added.common = added.proof < index.stranger_weight - kCommonMargin && added.text.size() > 1;
    query_weight_ += added.weight;
  }
  if (lookup == Lookup::scanned) {
    scan();
  } else {
    for (size_t i = 0; i < words_.size(); ++i) look_up_word(static_cast<uint8_t>(i));
    for (const Group& group : groups()) look_up_group(group.begin, group.end, group.text);
  }
  order_links();
}

std::vector<Comparison::Group> Comparison::groups() const {
  std::vector<Group> out;
  for (size_t begin = 0; begin < words_.size(); ++begin) {
    std::string text = words_[begin].text;
    bool syllables = words_[begin].syllable;
    for (size_t end = begin + 2; end <= words_.size(); ++end) {
      syllables = syllables && words_[end - 1].syllable;
      if (end - begin > (syllables ? kSyllablesMax : kGroupWordsMax)) break;
      text += words_[end - 1].text;
      if (text.size() > kWordLettersMax) break;
      out.push_back({static_cast<uint8_t>(begin), static_cast<uint8_t>(end), text});
    }
  }
  return out;
}

Link Comparison::relate(uint8_t at, uint32_t word) const {
  const QueryWord& mine = words_[at];
  const std::string_view theirs = index_.vocabulary.text(word);
  Link out{word, at, static_cast<uint8_t>(at + 1), How::same, 1, 0, 0, 1};
  if (word == mine.known) {
    out.how = mine.foreign ? How::romanised : How::same;
    out.proven = index_.spelled[word] ? index_.weight[word] : 0;
    out.join_factor = kJoined;
    return out;
  }
  const auto shorter = std::min(mine.text.size(), theirs.size()), longer = std::max(mine.text.size(), theirs.size());
  if (has_digit(mine.text) != has_digit(theirs)) return out;
  // A common word proves little by being like a rare one.
  const auto common = [&mine](float weight) { return std::min(weight, static_cast<float>(mine.proof)); };
  const int edits = edits_allowed(shorter);
  const std::string_view key = mine.key;
  const bool one_sound = key.size() >= 2 && !has_digit(theirs) && index_.vocabulary.sound(word) == mine.sound;
  const int sound_limit = one_sound ? sound_edits(key.size(), shorter) : 0;
  const int distance = edit_distance(mine.text, theirs, std::max(edits, sound_limit));
  if (distance <= edits && index_.spelled[word]) {
    const float left = 1 - kEditLoss * static_cast<float>(distance) / static_cast<float>(longer);
    out.how = How::spelling;
    out.likeness = 1 - static_cast<float>(distance) / static_cast<float>(longer);
    out.proven = left * common(index_.weight[word]);
    const float lost = longer <= 3   ? (mine.common ? kCommonShortEditKept : kShortEditKept)
                       : mine.common ? kCommonEditKept
                                     : kEditKept;
    out.kept = 1 - std::min(0.5f, lost * static_cast<float>(distance) / static_cast<float>(longer));
  }
  if (one_sound && distance <= sound_limit) {
    const float left = kSoundBest - kSoundLoss * static_cast<float>(distance) / static_cast<float>(longer);
    const float proven = left * common(index_.sound_weight[index_.vocabulary.sound(word)]);
    if (index_.spelled[word] && proven > out.proven) {
      out.how = mine.foreign ? How::romanised : How::sound;
      out.likeness = left;
      out.proven = proven;
      out.kept =
          mine.common && !mine.foreign && (distance > kCommonSoundEdits || consonants(mine.text) != consonants(theirs))
              ? kCommonSoundKept
              : 1 - kSoundKept * static_cast<float>(distance) / static_cast<float>(longer);
    }
    if (key.size() >= kJoinedKeyMin && distance <= static_cast<int>(longer / 3)) out.join_factor = kJoinedSound;
  }
  return out;
}

Link Comparison::relate_group(uint8_t begin, uint8_t end, std::string_view text, uint32_t sound, uint32_t word) const {
  Link out{word, begin, end, How::split, 1, 0, 0, kJoinKept};
  if (!index_.spelled[word]) return out;
  const std::string_view theirs = index_.vocabulary.text(word);
  if (text == theirs) {
    out.proven = kJoined * index_.weight[word];
  } else if (sound != Vocabulary::kNone && index_.vocabulary.sound(word) == sound && !has_digit(theirs)) {
    const auto longer = std::max(text.size(), theirs.size());
    const int distance = edit_distance(text, theirs, static_cast<int>(longer / 3));
    if (distance > static_cast<int>(longer / 3)) return out;
    out.likeness = 1 - static_cast<float>(distance) / static_cast<float>(longer);
    out.proven = kJoinedSound * index_.sound_weight[index_.vocabulary.sound(word)];
  }
  return out;
}

void Comparison::add(const Link& link) {
  if (link.proven > 0 || link.join_factor > 0) links_.push_back(link);
}

void Comparison::look_up_word(uint8_t at) {
  const QueryWord& word = words_[at];
  if (word.known != Vocabulary::kNone) add(relate(at, word.known));
  std::vector<Vocabulary::Near> near;
  index_.vocabulary.near(word.text, near);
  for (const Vocabulary::Near& one : near) {
    if (one.word != word.known) add(relate(at, one.word));
  }
  if (word.sound == Vocabulary::kNone || word.key.size() < 2) return;
  for (const uint32_t other : index_.vocabulary.of_sound(word.sound)) {
    const bool was_near = std::ranges::binary_search(near, other, {}, &Vocabulary::Near::word);
    if (other != word.known && !was_near) add(relate(at, other));
  }
}

// The sound of joined words, where it is long enough to say something.
uint32_t Comparison::joined_sound(const std::string& text) const {
  const std::string key = sound_key(text);
  return key.size() < kJoinedKeyMin ? Vocabulary::kNone : index_.vocabulary.find_sound(key);
}

void Comparison::look_up_group(uint8_t begin, uint8_t end, const std::string& text) {
  const uint32_t sound = joined_sound(text);
  const uint32_t known = index_.vocabulary.find(text);
  if (known != Vocabulary::kNone) add(relate_group(begin, end, text, sound, known));
  if (sound == Vocabulary::kNone) return;
  for (const uint32_t other : index_.vocabulary.of_sound(sound)) {
    if (other != known) add(relate_group(begin, end, text, sound, other));
  }
}

void Comparison::scan() {
  const auto all = static_cast<uint32_t>(index_.vocabulary.size());
  for (size_t i = 0; i < words_.size(); ++i) {
    for (uint32_t word = 0; word < all; ++word) add(relate(static_cast<uint8_t>(i), word));
  }
  for (const Group& group : groups()) {
    const uint32_t sound = joined_sound(group.text);
    for (uint32_t word = 0; word < all; ++word) add(relate_group(group.begin, group.end, group.text, sound, word));
  }
}

void Comparison::order_links() {
  std::ranges::sort(links_, [](const Link& a, const Link& b) {
    return std::tie(a.word, a.query_begin, a.query_end) < std::tie(b.word, b.query_begin, b.query_end);
  });
  slots_.assign(std::bit_ceil(std::max<size_t>(16, links_.size() * 2)), Vocabulary::kNone);
  ends_.assign(links_.size(), 0);
  const size_t mask = slots_.size() - 1;
  for (size_t first = 0; first < links_.size();) {
    size_t end = first;
    while (end < links_.size() && links_[end].word == links_[first].word) ++end;
    ends_[first] = static_cast<uint32_t>(end);
    size_t at = (links_[first].word * 0x9E3779B1u) & mask;
    while (slots_[at] != Vocabulary::kNone) at = (at + 1) & mask;
    slots_[at] = static_cast<uint32_t>(first);
    first = end;
  }
}

std::span<const Link> Comparison::links_to(uint32_t word) const {
  const size_t mask = slots_.size() - 1;
  for (size_t at = (word * 0x9E3779B1u) & mask; slots_[at] != Vocabulary::kNone; at = (at + 1) & mask) {
    const uint32_t first = slots_[at];
    if (links_[first].word == word) return std::span(links_).subspan(first, ends_[first] - first);
  }
  return {};
}

void Comparison::add_initials(const NameRow& row, std::vector<Agreement>& out) const {
  const auto theirs = index_.words_of(row);
  for (size_t i = 0; i < words_.size(); ++i) {
    const std::string_view mine = words_[i].text;
    if (!may_be_initial(mine, row)) continue;
    for (size_t j = 0; j < theirs.size(); ++j) {
      const std::string_view other = index_.vocabulary.text(theirs[j]);
      if ((mine.size() == 1) == (other.size() == 1) || !is_initial_of(mine, other)) continue;
      const float full = std::min(index_.weight[theirs[j]], static_cast<float>(words_[i].weight));
      out.push_back({static_cast<uint8_t>(i), static_cast<uint8_t>(i + 1), static_cast<uint8_t>(j),
                     static_cast<uint8_t>(j + 1), How::initial, 0.5f, std::min(kInitialProven, full), kInitialKept});
    }
  }
}

double Comparison::bound(const NameRow& row) const {
  const auto theirs = index_.words_of(row), joins = index_.joins_of(row);
  double proven = static_cast<double>(kInitialsMax) * kInitialProven, found = 0;
  const auto add_joined = [&](uint32_t word, float weight) {
    for (const Link& link : links_to(word)) {
      if (link.join_factor <= 0) continue;
      proven += weight;
      found += weight;
      return;
    }
  };
  for (size_t j = 0; j < theirs.size(); ++j) {
    float most = 0;
    for (const Link& link : links_to(theirs[j])) most = std::max(most, link.proven);
    proven += most;
    // A single letter on either side may be an initial.
    const bool initial = std::ranges::any_of(words_, [&](const QueryWord& mine) {
      const std::string_view other = index_.vocabulary.text(theirs[j]);
      return (mine.text.size() == 1) != (other.size() == 1) && is_initial_of(mine.text, other);
    });
    if (most > 0 || initial) found += index_.weight[theirs[j]];
    if (joins[j] != Vocabulary::kNone) add_joined(joins[j], index_.weight[theirs[j]] + index_.weight[theirs[j + 1]]);
  }
  if (row.whole != Vocabulary::kNone) add_joined(row.whole, row.weight);
  NameFeatures most;
  most.proven = proven - index_.chance;
  most.shared = found;
  most.words = 2;
  most.entry_share = row.weight > 0 ? std::min(1.0, found / row.weight) : 0;
  most.query_share = 1;
  most.all_found = most.entry_share >= 0.999;
  return name_log_odds(most);
}

double Comparison::shared_weight(const Agreement& one, std::span<const uint32_t> theirs) const {
  double mine = 0, their = 0;
  for (size_t i = one.query_begin; i < one.query_end; ++i) mine += words_[i].proof;
  for (size_t j = one.entry_begin; j < one.entry_end; ++j) their += index_.weight[theirs[j]];
  return std::min(mine, their);
}

// Every way in which words of the query and of the name agree, the strongest first.
void Comparison::gather(const NameRow& row, std::vector<Agreement>& agreements) const {
  agreements.clear();
  const auto theirs = index_.words_of(row), joins = index_.joins_of(row);
  const auto add_all = [&](uint32_t word, size_t begin, size_t end, bool alone) {
    if (word == Vocabulary::kNone) return;
    for (const Link& link : links_to(word)) {
      float proven = link.proven;
      if (!alone) {
        proven = 0;
        if (link.query_end - link.query_begin > 1) continue;
        for (size_t j = begin; j < end; ++j) proven += index_.weight[theirs[j]];
        proven = link.join_factor * std::min(proven, static_cast<float>(words_[link.query_begin].proof));
      }
      if (proven <= 0) continue;
      agreements.push_back({link.query_begin, link.query_end, static_cast<uint8_t>(begin), static_cast<uint8_t>(end),
                            alone ? link.how : How::joined, link.likeness, proven, alone ? link.kept : kJoinKept});
    }
  };
  for (size_t j = 0; j < theirs.size(); ++j) {
    add_all(theirs[j], j, j + 1, true);
    add_all(joins[j], j, j + 2, false);
  }
  add_all(row.whole, 0, theirs.size(), false);
  add_initials(row, agreements);
  std::ranges::sort(agreements, [](const Agreement& a, const Agreement& b) {
    if (a.proven != b.proven) return a.proven > b.proven;
    return std::tie(a.query_begin, a.entry_begin, a.query_end, a.entry_end) <
           std::tie(b.query_begin, b.entry_begin, b.query_end, b.entry_end);
  });
}

NameFeatures Comparison::compare(const NameRow& row, std::vector<Agreement>& agreements) const {
  gather(row, agreements);
  const auto theirs = index_.words_of(row);
  // The strongest first, each word once.
  uint32_t used_query = 0, used_entry = 0;
  double proven = 0, found = 0, kept = 0, shared = 0, left_over = query_weight_;
  int words = 0, entry_words = 0, initials = 0;
  bool short_alone = false;  // of the last that agreed: looked at where it is the only one
  std::erase_if(agreements, [&](const Agreement& one) {
    const auto bits = [](uint8_t begin, uint8_t end) {
      return static_cast<uint32_t>(((uint64_t{1} << end) - 1) & ~((uint64_t{1} << begin) - 1));
    };
    const uint32_t query = bits(one.query_begin, one.query_end), entry = bits(one.entry_begin, one.entry_end);
    if ((used_query & query) != 0 || (used_entry & entry) != 0) return true;
    if (one.how == How::initial && ++initials > kInitialsMax) return true;
    used_query |= query;
    used_entry |= entry;
    proven += one.proven;
    for (size_t j = one.entry_begin; j < one.entry_end; ++j) {
      found += index_.weight[theirs[j]];
      kept += one.kept * index_.weight[theirs[j]];
    }
    entry_words += one.entry_end - one.entry_begin;
    if (one.how != How::initial) {
      shared += shared_weight(one, theirs);
      // A common word is one word, even where a list writes it in two (SA-ID).
      const bool one_word = one.how == How::joined && words_[one.query_begin].common;
      words += one_word ? 1 : std::max(one.query_end - one.query_begin, one.entry_end - one.entry_begin);
      short_alone = (one.how == How::spelling || one.how == How::sound) &&
                    index_.vocabulary.text(theirs[one.entry_begin]).size() <= kExactLettersMax;
    }
    for (size_t i = one.query_begin; i < one.query_end; ++i) left_over -= words_[i].weight;
    return false;
  });
  std::ranges::sort(agreements, {}, &Agreement::entry_begin);
  NameFeatures out;
  // A longer list has more names that come near by chance.
  out.proven = proven - index_.chance;
  out.words = words;
  // A short word alone is like too many others: it must be exact.
  out.shared = words == 1 && short_alone ? 0 : shared;
  out.entry_share = row.weight > 0 ? std::min(1.0, kept / row.weight) : 0;
  // What a misspelt word lost is the entry's loss; half of it is the query's too.
  out.query_share = proven > 0 ? std::min(1.0, (kept + found) / 2 / (found + std::max(0.0, left_over))) : 0;
  out.all_found = entry_words == static_cast<int>(theirs.size());
  return out;
}

}  // namespace puhui::screening
