#include "doors/http/headers.h"

#include <gtest/gtest.h>

namespace puhui::http {
namespace {

TEST(Headers, a_cookie_is_found_among_others_and_by_its_whole_name) {
  EXPECT_EQ(cookie_value("a=1; puhui_session=xyz; b=2", "puhui_session"), "xyz");
  EXPECT_EQ(cookie_value("puhui_session=xyz", "puhui_session"), "xyz");
  EXPECT_EQ(cookie_value("puhui_session=\"xyz\"", "puhui_session"), "xyz");
  EXPECT_EQ(cookie_value("puhui_session=a=b", "puhui_session"), "a=b");
  EXPECT_EQ(cookie_value("puhui_session=", "puhui_session"), "");
  for (const char* none : {"", ";", "puhui_session", "xpuhui_session=1", "puhui_session2=1", "a=puhui_session=1"}) {
    EXPECT_EQ(cookie_value(none, "puhui_session"), std::nullopt) << none;
  }
}

TEST(Headers, a_cookie_that_stands_twice_with_two_values_is_none) {
  EXPECT_EQ(cookie_value("s=1; s=2", "s"), std::nullopt);
  EXPECT_EQ(cookie_value("s=1; s=2; s=1", "s"), std::nullopt);
  EXPECT_EQ(cookie_value("s=1; s=1", "s"), "1");
}

TEST(Headers, encodings_are_taken_as_the_client_says) {
  const auto words = [](std::string_view header) {
    const Encodings e = accepted_encodings(header);
    return std::string(e.gzip ? "gzip " : "") + (e.brotli ? "br" : "");
  };
  EXPECT_EQ(words("gzip, deflate, br, zstd"), "gzip br");
  EXPECT_EQ(words("GZIP"), "gzip ");
  EXPECT_EQ(words("br;q=0.5, gzip;q=0"), "br");
  EXPECT_EQ(words("gzip; q=0.000"), "");
  EXPECT_EQ(words("gzip ; Q = 0"), "");
  EXPECT_EQ(words("*"), "gzip br");
  EXPECT_EQ(words("*;q=0, br"), "br");
  EXPECT_EQ(words("gzip;q=0, *"), "br");
  EXPECT_EQ(words("gzip;q=nonsense"), "gzip ") << "a weight that does not read refuses nothing";
  for (const char* none : {"", "identity", ",;,", "gzi", "q=1", "identity;q=1, *;q=0"})
    EXPECT_EQ(words(none), "") << none;
}

TEST(Headers, a_preference_is_found_among_others) {
  EXPECT_TRUE(prefers("respond-async", "respond-async"));
  EXPECT_TRUE(prefers("wait=10, Respond-Async", "respond-async"));
  EXPECT_TRUE(prefers("respond-async; foo=bar", "respond-async"));
  for (const char* none : {"", "respond", "respond-async-not", "x;respond-async"}) {
    EXPECT_FALSE(prefers(none, "respond-async")) << none;
  }
}

TEST(Headers, an_origin_gives_its_authority_and_nothing_else_does) {
  EXPECT_EQ(authority_of_origin("http://localhost:8080"), "localhost:8080");
  EXPECT_EQ(authority_of_origin("https://[::1]"), "[::1]");
  for (const char* none : {"", "null", "localhost:8080", "ftp://a", "http://bank@evil", "http://a/b"}) {
    EXPECT_EQ(authority_of_origin(none), "") << none;
  }
}

}  // namespace
}  // namespace puhui::http
