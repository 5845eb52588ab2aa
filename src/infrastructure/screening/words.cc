#include "infrastructure/screening/words.h"

#include <unicode/utf8.h>

#include <algorithm>

#include "infrastructure/screening/romanise.h"
#include "infrastructure/screening/screener.h"

namespace puhui::screening {

namespace {

// ICU's macro narrows its bytes.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
// The character at `at`, which moves past it; a space where the bytes are no UTF-8.
char32_t next_character(std::string_view text, int32_t& at) {
  UChar32 c = 0;
  U8_NEXT(text.data(), at, static_cast<int32_t>(text.size()), c);
  return c < 0 ? U' ' : static_cast<char32_t>(c);
}
#pragma GCC diagnostic pop

class WordReader {
 public:
  WordReader(std::string_view name, size_t words_max) : name_(name), words_max_(words_max) {}

  std::vector<Word> read() {
    const auto size = static_cast<int32_t>(name_.size());
    for (int32_t at = 0; at < size && words_.size() < words_max_;) {
      const int32_t begin = at;
      const char32_t c = next_character(name_, at);
      take(c, static_cast<uint32_t>(begin), static_cast<uint32_t>(at));
    }
    finish();
    if (words_.size() > words_max_) words_.resize(words_max_);
    unmask_look_alikes();
    return std::move(words_);
  }

 private:
  struct Open {
    Word word;
    std::string look;  // how it looks in Latin capitals, as far as it does
    bool looks_latin = true;
    uint8_t scripts = 0;
    std::string_view run;  // of a script that is read a word at a time
  };

  void take(char32_t c, uint32_t begin, uint32_t end) {
    const Romanised read = romanise(c);
    switch (read.kind) {
      case Romanised::Kind::separator: return finish();
      case Romanised::Kind::ignored:
        // An accent belongs to the character before it.
        if (is_open_) open_.word.end = end;
        return;
      case Romanised::Kind::run: return extend_run(begin, end);
      case Romanised::Kind::letter: break;
    }
    if (read.script == kHan) return take_han(c, read, begin, end);
    if (is_open_ && !open_.run.empty() && read.script != kDigit) finish();
    start(begin);
    if (!open_.run.empty()) return extend_run(begin, end);
    open_.scripts |= read.script;
    open_.word.end = end;
    // What is a vowel inside an Arabic word is a consonant at its beginning.
    if (open_.word.text.empty() && read.script == kArabic && (read.text() == "U" || read.text() == "I")) {
      open_.word.text += read.text() == "U" ? "W" : "Y";
    } else if (read.script == kGreek && read.text() == "Y" && open_.word.text.ends_with('O')) {
      open_.word.text += 'U';  // ου
    } else {
      open_.word.text += read.text();
    }
    if (read.script == kLatin || read.script == kDigit) {
      open_.look += read.text();
    } else if (read.look != 0) {
      open_.look += read.look;
    } else {
      open_.looks_latin = false;
    }
  }

  void take_han(char32_t c, const Romanised& read, uint32_t begin, uint32_t end) {
    // Each character is a word; a surname is read as one where its run begins.
    const bool first = words_.empty() || !words_.back().syllable || words_.back().end != begin || is_open_;
    finish();
    std::string_view text = read.text();
    if (first && !surname_reading(c).empty()) text = surname_reading(c);
    if (text.empty()) return;
    words_.push_back({std::string(text), begin, end, true, true});
  }

  void extend_run(uint32_t begin, uint32_t end) {
    if (is_open_ && open_.run.empty()) finish();
    start(begin);
    open_.word.end = end;
    open_.scripts |= kOther;
    open_.run = name_.substr(open_.word.begin, end - open_.word.begin);
  }

  void start(uint32_t begin) {
    if (is_open_) return;
    is_open_ = true;
    open_ = {};
    open_.word.begin = begin;
  }

  void finish() {
    if (!is_open_) return;
    is_open_ = false;
    Word word = std::move(open_.word);
    if (!open_.run.empty()) {
      word.text = romanise_run(name_.substr(word.begin, word.end - word.begin));
      open_.looks_latin = false;
    }
    const bool mixed = (open_.scripts & kLatin) != 0 && (open_.scripts & (kCyrillic | kGreek)) != 0;
    word.foreign = (open_.scripts & (kCyrillic | kGreek | kArabic | kOther)) != 0;
    // A Cyrillic а inside a Latin word is there to deceive: it is read as what it looks like.
    if (mixed && open_.looks_latin) word.text = open_.look;
    if (word.text.size() > kWordLettersMax) word.text.resize(kWordLettersMax);
    if (word.text.empty()) return;
    const bool could_be_latin = open_.looks_latin && (open_.scripts & (kCyrillic | kGreek)) != 0 && !mixed;
    if (could_be_latin) masks_.emplace_back(words_.size(), open_.look.substr(0, kWordLettersMax));
    has_latin_ = has_latin_ || (open_.scripts & kLatin) != 0;
    words_.push_back(std::move(word));
  }

  // A whole word of look-alikes beside Latin words is Latin too ("СО" for CO).
  void unmask_look_alikes() {
    if (!has_latin_) return;
    for (auto& [word, look] : masks_) {
      if (word < words_.size()) words_[word].text = std::move(look);
    }
  }

  std::string_view name_;
  size_t words_max_;
  std::vector<Word> words_;
  std::vector<std::pair<size_t, std::string>> masks_;  // words that are all look-alikes, and how they look
  bool has_latin_ = false;
  bool is_open_ = false;
  Open open_;
};

}  // namespace

std::vector<Word> words_of(std::string_view name, size_t words_max) { return WordReader(name, words_max).read(); }

std::vector<NameToken> tokens_of(std::string_view name) {
  std::vector<NameToken> out;
  for (Word& word : words_of(name, name.size())) out.push_back({std::move(word.text), word.begin, word.end});
  return out;
}

}  // namespace puhui::screening
