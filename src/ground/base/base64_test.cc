#include "ground/base/base64.h"

#include <gtest/gtest.h>

namespace puhui {
namespace {

// RFC 4648, section 10.
TEST(Base64, gives_the_standards_examples_both_ways) {
  for (const auto& [bytes, text] : {std::pair("", ""),
                                    {"f", "Zg=="},
                                    {"fo", "Zm8="},
                                    {"foo", "Zm9v"},
                                    {"foob", "Zm9vYg=="},
                                    {"fooba", "Zm9vYmE="},
                                    {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text), std::string(bytes));
  }
}

TEST(Base64, every_byte_comes_back) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
}

TEST(Base64, refuses_what_is_not_base64) {
  for (const char* text : {"Z", "Zg=", "Zg= =", "Zm9v!bcd", "=Zm9", "Zm=v", "Zm9v\n"}) {
    EXPECT_FALSE(from_base64(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace puhui
