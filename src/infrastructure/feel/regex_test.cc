#include "infrastructure/feel/regex.h"

#include <gtest/gtest.h>

namespace puhui::feel {
namespace {

// The first match, or "-" when there is none, "!" when the pattern is refused, "…" when it ran too long.
std::string first(std::string_view text, std::string_view pattern, std::string_view flags = "") {
  const auto regex = Regex::compile(pattern, flags);
  if (!regex) return "!";
  Regex::Match match;
  size_t steps = kRegexStepsMax;
  switch (regex->search(text, 0, match, steps)) {
    case Regex::Outcome::found: return std::string(text.substr(match.begin[0], match.end[0] - match.begin[0]));
    case Regex::Outcome::not_found: return "-";
    case Regex::Outcome::exhausted: return "…";
  }
  return "";
}

TEST(Regex, QuantifiersAreGreedyOrLazy) {
  EXPECT_EQ(first("aaaa", "a+"), "aaaa");
  EXPECT_EQ(first("aaaa", "a+?"), "a");
  EXPECT_EQ(first("aaaa", "a{2,3}"), "aaa");
  EXPECT_EQ(first("aaaa", "a{2,3}?"), "aa");
  EXPECT_EQ(first("aaaa", "a{2,}"), "aaaa");
  EXPECT_EQ(first("abc", "x?"), "");
  EXPECT_EQ(first("<a><b>", "<.*>"), "<a><b>");
  EXPECT_EQ(first("<a><b>", "<.*?>"), "<a>");
}

TEST(Regex, GroupsAlternativesAndBackReferences) {
  EXPECT_EQ(first("xabcabcx", "(abc)\\1"), "abcabc");
  EXPECT_EQ(first("cat dog", "dog|cat"), "cat");
  EXPECT_EQ(first("aXa", "(?:a)(X)a"), "aXa");
  EXPECT_EQ(first("abAB", "(ab)\\1", "i"), "abAB");
  EXPECT_EQ(first("h", "(.)\\3"), "!");
}

TEST(Regex, ClassesSubtractNegateAndIgnoreCase) {
  EXPECT_EQ(first("eat", "[a-z-[aeiou]]"), "t");
  EXPECT_EQ(first("O", "[A-Z-[OI]]", "i"), "-");
  EXPECT_EQ(first("q", "[^Q]", "i"), "-");
  EXPECT_EQ(first("x", "[A-Z-[OI]]", "i"), "x");
  EXPECT_EQ(first("a-b", "[b-]"), "-");
  EXPECT_EQ(first("普惠金融", "\\p{IsCJKUnifiedIdeographs}{2}"), "普惠");
  EXPECT_EQ(first("a1 b22", "\\d\\d"), "22");
}

TEST(Regex, CategoriesAndBlocksAreUnicodes) {
  EXPECT_EQ(first("aÉ1", "\\p{Lu}"), "É");
  EXPECT_EQ(first("xǅy", "\\p{Lt}"), "ǅ");
  EXPECT_EQ(first("a€b", "\\p{Sc}"), "€");
  EXPECT_EQ(first("aβ", "\\p{IsGreek}"), "β");
  EXPECT_EQ(first("a\xC2\xA0", "\\p{IsLatin-1Supplement}"), "\xC2\xA0");
  EXPECT_EQ(first("ab", "\\P{L}"), "-");
  EXPECT_EQ(first("1 a:b", "\\i\\c*"), "a:b");
  EXPECT_EQ(first("!a_1", "\\w+"), "a");
  EXPECT_EQ(first("a", "\\p{Lx}"), "!");
  EXPECT_EQ(first("a", "\\p{Cs}"), "!");
  EXPECT_EQ(first("a", "\\p{IsNowhere}"), "!");
}

// XPath and XQuery Functions 3.1, 5.6.2: what differs by case only counts as one, escapes for categories stay.
TEST(Regex, CaseIsIgnoredAsUnicodeHasIt) {
  EXPECT_EQ(first("\u212A", "k", "i"), "\u212A");  // the Kelvin sign
  EXPECT_EQ(first("k", "[\u212A]", "i"), "k");
  EXPECT_EQ(first("Σσς", "σ+", "i"), "Σσς");
  EXPECT_EQ(first("a", "\\p{Lu}", "i"), "-");
  EXPECT_EQ(first("a", "[\\p{Lu}]", "i"), "-");
}

TEST(Regex, AnchorsFollowLinesOnlyWhenAsked) {
  EXPECT_EQ(first("one\ntwo", "^two"), "-");
  EXPECT_EQ(first("one\ntwo", "^two", "m"), "two");
  EXPECT_EQ(first("one\ntwo", "one.two"), "-");
  EXPECT_EQ(first("one\ntwo", "one.two", "s"), "one\ntwo");
}

TEST(Regex, BadPatternsAreRefused) {
  for (const char* pattern : {"(", ")", "[a", "a**", "a{2,1}", "\\", "\\y", "[]", "[b-a]", "*a", "(?<n>a)"}) {
    EXPECT_EQ(first("a", pattern), "!") << pattern;
  }
  EXPECT_EQ(first("a", "a", "p"), "!");
}

TEST(Regex, CatastrophicPatternsStopAtTheLimit) {
  const std::string many(40, 'a');
  EXPECT_EQ(first(many, "(a+)+c"), "…");
  EXPECT_EQ(first("aaaa", "(a*)*b"), "-");
}

}  // namespace
}  // namespace puhui::feel
