#include "ground/base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "ground/base/text.h"

namespace puhui {
namespace {

class Written {
 public:
  ~Written() { std::fclose(file_); }
  std::FILE* file() { return file_; }
  std::vector<std::string> lines() {
    std::rewind(file_);
    std::string text;
    for (int c; (c = std::fgetc(file_)) != EOF;) text += static_cast<char>(c);
    std::vector<std::string> out;
    for (const std::string_view line : split(text, '\n')) out.emplace_back(line);
    out.pop_back();  // after the last newline
    return out;
  }

 private:
  std::FILE* file_ = std::tmpfile();
};

TEST(Log, OneLineIsOneJsonObjectWhateverIsInIt) {
  Written written;
  ManualClock clock({1'700'000'000'000'001});
  Log log(clock, written.file());
  log.info("started", {{"listen", "127.0.0.1:8080"}, {"count", 3}});
  log.error("broken", {{"text", "two\nlines \"quoted\" \xFF"}});
  const auto lines = written.lines();
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(
      lines[0],
      R"({"at":"2023-11-14T22:13:20.000001Z","level":"info","event":"started","listen":"127.0.0.1:8080","count":3})");
  EXPECT_EQ(*parse_json(lines[1]).value().find("level")->text(), "error");
}

TEST(Log, BelowTheLeastLevelNothingIsWritten) {
  Written written;
  ManualClock clock({0});
  Log log(clock, written.file(), Log::Level::warning);
  log.debug("a"), log.info("b"), log.warning("c"), log.error("d");
  EXPECT_EQ(written.lines().size(), 2u);
}

TEST(Log, LinesOfSeveralThreadsDoNotMix) {
  Written written;
  ManualClock clock({0});
  Log log(clock, written.file());
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&log] {
      for (int i = 0; i < 200; ++i) log.info("step", {{"text", std::string(300, 'x')}});
    });
  }
  threads.clear();
  const auto lines = written.lines();
  EXPECT_EQ(lines.size(), 800u);
  for (const std::string& line : lines) ASSERT_TRUE(parse_json(line)) << line;
}

TEST(Masked, ShowsTheEndsAndNeverHalfACharacter) {
  EXPECT_EQ(masked("13800138000"), "13****00");
  EXPECT_EQ(masked("张三丰"), "****");
  EXPECT_EQ(masked("北京市朝阳区建国路八十八号"), "北京****八号");
  EXPECT_EQ(masked(""), "****");
  EXPECT_EQ(masked("1234567"), "****");
}

}  // namespace
}  // namespace puhui
