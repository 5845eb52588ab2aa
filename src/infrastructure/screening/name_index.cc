#include "infrastructure/screening/name_index.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>

#include "ground/base/text.h"
#include "infrastructure/screening/calibration.h"
#include "infrastructure/screening/common_words.h"
#include "infrastructure/screening/words.h"

namespace puhui::screening {

namespace {

// Beside those of the list as many entries are imagined that hold none of its words, so that in a list of ten names a word of one
// is not taken for a word of every tenth.
constexpr double kEntriesImagined = 5000;
constexpr float kLetterWeightMax = 2.5f;  // of an initial, or a letter of S.A.
// An unknown word of one, two, three letters is soon a slip of the pen: that it is left over says little.
constexpr double kShortStrangers[] = {1.5, 2.5, 4.0};
// There are not many words of two, three, four letters: a list that holds one once does not make it rare.
constexpr float kShortWeightMax[] = {kLetterWeightMax, 5.0f, 6.9f, 8.2f};
constexpr size_t kWholeWordsMin = 3, kWholeWordsMax = 5;

// A list's words say nothing of how common they are among people; this table does.
double common_share(std::string_view word) {
  static const std::unordered_map<std::string_view, double> kShares = [] {
    std::unordered_map<std::string_view, double> out;
    for (const CommonWords& row : common_words()) {
      for (const std::string_view one : split(row.words, ' ')) out[one] = static_cast<double>(row.share_ppm) * 1e-6;
    }
    return out;
  }();
  const auto found = kShares.find(word);
  return found == kShares.end() ? 0 : found->second;
}

float weight_of(double entries_with, double entries_seen, double share) {
  return static_cast<float>(-std::log(std::min(0.9, std::max(entries_with / entries_seen, share))));
}

class Builder {
 public:
  explicit Builder(std::vector<ListEntry> entries) { out_.entries = std::move(entries); }

  NameIndex build() {
    for (uint32_t entry = 0; entry < out_.entries.size(); ++entry) add(entry);
    out_.spelled.resize(out_.vocabulary.size());
    out_.vocabulary.finish(out_.spelled);
    weigh();
    return std::move(out_);
  }

 private:
  void add(uint32_t entry) {
    const std::vector<std::string>& names = out_.entries[entry].names;
    for (size_t place = 0; place < names.size(); ++place) {
      const std::vector<Word> words = words_of(names[place], kTokensMax);
      if (words.empty()) continue;
      NameRow row;
      row.entry = entry;
      row.place = static_cast<uint16_t>(place);
      row.first_word = static_cast<uint32_t>(out_.name_words.size());
      row.words = static_cast<uint16_t>(words.size());
      std::string whole;
      for (size_t i = 0; i < words.size(); ++i) {
        const uint32_t word = out_.vocabulary.add(words[i].text);
        count(word, entry);
        out_.name_words.push_back(word);
        row.firsts |= letter_bit(words[i].text[0]);
        if (words[i].text.size() == 2) row.firsts |= letter_bit(words[i].text[1]);
        if (words[i].text.size() == 1) row.initials |= letter_bit(words[i].text[0]);
        out_.name_joins.push_back(i + 1 < words.size() ? joined(words[i].text + words[i + 1].text) : Vocabulary::kNone);
        whole += words[i].text;
      }
      if (words.size() >= kWholeWordsMin && words.size() <= kWholeWordsMax) row.whole = joined(whole);
      out_.names.push_back(row);
    }
  }

  uint32_t joined(std::string text) {
    if (text.size() > kWordLettersMax) text.resize(kWordLettersMax);
    const uint32_t word = out_.vocabulary.add(text);
    if (word >= seen_.size()) seen_.resize(word + 1);
    return word;
  }

  void count(uint32_t word, uint32_t entry) {
    if (word >= seen_.size()) seen_.resize(word + 1);
    if (out_.spelled.size() <= word) out_.spelled.resize(word + 1);
    out_.spelled[word] = true;
    if (seen_[word].entries > 0 && seen_[word].last == entry) return;
    seen_[word] = {entry, seen_[word].entries + 1};
  }

  void weigh() {
    const Vocabulary& vocabulary = out_.vocabulary;
    out_.entries_seen = static_cast<double>(out_.entries.size()) + kEntriesImagined;
    out_.chance = std::max(0.0, std::log(out_.entries_seen / kFit.entries_seen));
    out_.stranger_weight = weight_of(1, out_.entries_seen, 0);
    out_.weight.resize(vocabulary.size());
    out_.sound_weight.resize(vocabulary.sounds());
    std::vector<double> sound_entries(vocabulary.sounds()), sound_share(vocabulary.sounds());
    for (uint32_t word = 0; word < vocabulary.size(); ++word) {
      if (!out_.spelled[word]) continue;
      const double share = common_share(vocabulary.text(word));
      out_.weight[word] = weight_of(seen_[word].entries, out_.entries_seen, share);
      const size_t letters = vocabulary.text(word).size();
      if (letters <= std::size(kShortWeightMax)) {
        out_.weight[word] = std::min(out_.weight[word], kShortWeightMax[letters - 1]);
      }
      sound_entries[vocabulary.sound(word)] += seen_[word].entries;
      double& common = sound_share[vocabulary.sound(word)];
      common = std::max(common, share);
    }
    for (uint32_t sound = 0; sound < vocabulary.sounds(); ++sound) {
      out_.sound_weight[sound] = weight_of(std::max(1.0, sound_entries[sound]), out_.entries_seen, sound_share[sound]);
    }
    out_.join_weight.resize(vocabulary.size());
    for (NameRow& row : out_.names) {
      const auto words = out_.words_of(row), joins = out_.joins_of(row);
      for (size_t i = 0; i < words.size(); ++i) {
        row.weight += out_.weight[words[i]];
        if (i + 1 < words.size()) raise(joins[i], out_.weight[words[i]] + out_.weight[words[i + 1]]);
      }
      if (row.whole != Vocabulary::kNone) raise(row.whole, row.weight);
    }
  }

  void raise(uint32_t join, float weight) { out_.join_weight[join] = std::max(out_.join_weight[join], weight); }

  struct Seen {
    uint32_t last = 0, entries = 0;
  };
  NameIndex out_;
  std::vector<Seen> seen_;  // by word
};

}  // namespace

NameIndex NameIndex::build(std::vector<ListEntry> entries) { return Builder(std::move(entries)).build(); }

double NameIndex::stranger_proof(std::string_view word) const {
  const double share = common_share(word);
  return share > 0 ? std::min(stranger_weight, -std::log(share)) : stranger_weight;
}

double NameIndex::stranger(std::string_view word) const {
  if (word.size() <= std::size(kShortStrangers)) return kShortStrangers[word.size() - 1];
  return stranger_proof(word);
}

size_t NameIndex::bytes() const {
  const auto of = [](const auto& items) { return items.capacity() * sizeof(items[0]); };
  return vocabulary.bytes() + spelled.capacity() / 8 + of(weight) + of(join_weight) + of(sound_weight) + of(names) +
         of(name_words) + of(name_joins);
}

Postings Postings::build(const NameIndex& index, const std::vector<bool>* entries) {
  Postings out;
  out.starts.assign(index.vocabulary.size() + 1, 0);
  const auto each = [&](const auto& visit) {
    for (uint32_t name = 0; name < index.names.size(); ++name) {
      const NameRow& row = index.names[name];
      if (entries != nullptr && !(*entries)[row.entry]) continue;
      for (const uint32_t word : index.words_of(row)) visit(word, name);
      for (const uint32_t word : index.joins_of(row)) {
        if (word != Vocabulary::kNone) visit(word, name);
      }
      if (row.whole != Vocabulary::kNone) visit(row.whole, name);
    }
  };
  each([&](uint32_t word, uint32_t) { ++out.starts[word + 1]; });
  for (size_t i = 1; i < out.starts.size(); ++i) out.starts[i] += out.starts[i - 1];
  out.names.resize(out.starts.back());
  std::vector<uint32_t> next(out.starts.begin(), out.starts.end() - 1);
  each([&](uint32_t word, uint32_t name) { out.names[next[word]++] = name; });
  return out;
}

}  // namespace puhui::screening
