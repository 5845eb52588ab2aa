#include "doors/http/target.h"

#include <gtest/gtest.h>

namespace puhui::http {
namespace {

std::string told(std::string_view text) {
  const auto target = parse_target(text);
  if (!target) return "refused";
  std::string out = target->path;
  for (const TextPair& pair : target->query) out += " " + pair.name + "=" + pair.value;
  return out;
}

TEST(Target, path_and_query_are_decoded_once) {
  EXPECT_EQ(told("/v1/a/b"), "/v1/a/b");
  EXPECT_EQ(told("/v1/a%20b?x=1&y=a+b%2Bc&&z"), "/v1/a b x=1 y=a b+c z=");
  EXPECT_EQ(told("/p?%2525=%2525"), "/p %25=%25");
  EXPECT_EQ(told("/p?a=b=c&a=%E6%99%AE"), "/p a=b=c a=普");
  EXPECT_EQ(told("/a+b"), "/a+b") << "in a path '+' is itself";
}

TEST(Target, absolute_form_is_its_path) {
  EXPECT_EQ(told("http://host:80/a?b=c"), "/a b=c");
  EXPECT_EQ(told("https://host"), "/");
  EXPECT_EQ(told("http://host?b=c"), "/ b=c");
  EXPECT_EQ(told("/a?u=http://x"), "/a u=http://x");
}

TEST(Target, what_is_malformed_is_refused) {
  for (const char* text : {"", "a", "*", "/%", "/%4", "/%zz", "/a%2Fb", "/a%00", "/a%0a", "/a#b", "/a b", "/a\x7f",
                           "/\xe6\x99\xae", "/a?%f", "?a"}) {
    EXPECT_EQ(told(text), std::string_view(text) == "?a" ? "/ a=" : "refused") << text;
  }
}

TEST(Target, too_many_parameters_are_refused) {
  std::string text = "/a?";
  for (size_t i = 0; i <= kQueryPairsMax; ++i) text += "x=1&";
  const auto target = parse_target(text);
  ASSERT_FALSE(target);
  EXPECT_EQ(target.error().code, ErrorCode::exhausted);
}

}  // namespace
}  // namespace puhui::http
