// Lexer: a cursor over FEEL text. There is no token stream: what a word means depends on the names in scope, so the
// parser asks for what it hopes to find.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "infrastructure/feel/parser.h"

namespace puhui::feel {

// Thrown and caught inside parser.cc only: unwinds to the one syntax error a text reports.
struct SyntaxError {
  size_t at;
  std::string message;
};

class Lexer {
 public:
  explicit Lexer(const Source& source) : source_(source), text_(source.text) {}

  size_t at() const { return at_; }
  void rewind(size_t at) { at_ = at; }
  bool at_end();
  void skip();  // spaces and comments
  [[noreturn]] void fail(std::string message) const { throw SyntaxError{at_, std::move(message)}; }
  [[noreturn]] void fail_at(size_t at, std::string message) const { throw SyntaxError{at, std::move(message)}; }

  char peek();  // the next character after spaces; '\0' at the end
  bool looking_at(std::string_view symbol);
  bool take(std::string_view symbol);
  void expect(std::string_view symbol);
  bool at_word(std::string_view word);
  bool take_word(std::string_view word);
  void expect_word(std::string_view word);

  // The word at the cursor, or empty: a name start and its name parts.
  std::string_view word();
  // A word or a single other character: what names are made of.
  std::string_view piece_at(size_t at) const;
  size_t skip_from(size_t at) const;
  // Whether the '[' at the cursor closes an open range ("[1..5[") rather than begin a filter: nothing follows it that
  // could be a condition.
  bool at_range_end() const;
  // Where `name` (by its pieces) ends when the text at the cursor spells it; nullopt otherwise.
  std::optional<size_t> match_name(std::string_view name) const;
  // Words up to the next keyword or other character, joined by single spaces; empty when there is none.
  std::string take_words();

  std::optional<Decimal> take_number();
  std::string take_string();  // needs a '"' at the cursor

  Place place_at(size_t at) const;
  Place place() { return skip(), place_at(at_); }
  std::string_view text() const { return text_; }

 private:
  const Source& source_;
  std::string_view text_;
  size_t at_ = 0;
  // The place at every kPlaceStep bytes read so far: a long text is counted once, not once a node.
  mutable std::vector<Place> places_;
};

bool is_keyword(std::string_view word);

}  // namespace puhui::feel
