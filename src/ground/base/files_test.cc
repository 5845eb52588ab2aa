#include "ground/base/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace puhui {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class FreshFolder {
 public:
  FreshFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "puhui-files-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~FreshFolder() { std::filesystem::remove_all(path_); }
  std::string at(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// The disk and its stand-in must behave alike, or tests on the stand-in prove nothing.
void expect_like_a_disk(Files& files, const std::string& root) {
  const std::string inner = root + "/permits/2026", file = inner + "/one.json";
  EXPECT_EQ(files.write(file, "x").error().code, ErrorCode::not_found) << "no folder yet";
  ASSERT_TRUE(files.make_folder(inner));
  ASSERT_TRUE(files.make_folder(inner)) << "a folder that stands is well";
  ASSERT_TRUE(files.write(file, "first"));
  ASSERT_TRUE(files.write(file, "second, longer"));
  EXPECT_EQ(files.read(file, 100).value(), "second, longer");
  EXPECT_EQ(files.read(file, 14).value(), "second, longer");
  const auto large = files.read(file, 13);
  EXPECT_EQ(large.error().code, ErrorCode::exhausted);
  EXPECT_THAT(large.error().text(), HasSubstr("at most 13 bytes"));
  EXPECT_EQ(files.read(inner + "/none", 9).error().code, ErrorCode::not_found);
  ASSERT_TRUE(files.write(inner + "/a", std::string("\0\xff", 2)));
  EXPECT_EQ(files.read(inner + "/a", 9).value(), std::string("\0\xff", 2));
  EXPECT_THAT(files.list(inner).value(), ElementsAre("a", "one.json"));
  EXPECT_THAT(files.list(root + "/permits").value(), ElementsAre("2026"));
  EXPECT_EQ(files.list(root + "/none").error().code, ErrorCode::not_found);
  EXPECT_TRUE(files.exists(file));
  EXPECT_TRUE(files.exists(inner));
  ASSERT_TRUE(files.remove(file));
  EXPECT_FALSE(files.exists(file));
  EXPECT_EQ(files.remove(file).error().code, ErrorCode::not_found);
  EXPECT_EQ(files.write(inner, "x").error().code, ErrorCode::invalid) << "a folder is no file";
  EXPECT_EQ(files.make_folder(inner + "/a").error().code, ErrorCode::invalid) << "a file is no folder";
}

TEST(Files, DiskKeepsThePromise) {
  FreshFolder folder;
  DiskFiles files;
  expect_like_a_disk(files, folder.path());
}

TEST(Files, MemoryKeepsThePromise) {
  MemoryFiles files;
  expect_like_a_disk(files, "/bank");
}

TEST(Files, AnInterruptedWriteIsNotListed) {
  FreshFolder folder;
  std::ofstream(folder.at("model.being-written")) << "half";
  DiskFiles files;
  ASSERT_TRUE(files.write(folder.at("model"), "whole"));
  EXPECT_THAT(files.list(folder.path()).value(), ElementsAre("model"));
}

TEST(Files, ASecretIsItsOwnersAlsoOverALeftOver) {
  FreshFolder folder;
  std::ofstream(folder.at("key.being-written")) << "half";
  ASSERT_TRUE(DiskFiles().write(folder.at("key"), "secret", Privacy::secret));
  EXPECT_EQ(std::filesystem::status(folder.at("key")).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(Files, AFullDiskIsExhaustedAndNamesTheFile) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "skipped: no /dev/full";
  FreshFolder folder;
  std::filesystem::create_symlink("/dev/full", folder.at("model.being-written"));
  DiskFiles files;
  const auto written = files.write(folder.at("model"), "bytes");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::exhausted);
  EXPECT_THAT(written.error().text(), HasSubstr("model"));
  EXPECT_FALSE(files.exists(folder.at("model")));
}

TEST(Files, AFaultAtAnyStepLeavesTheOldBytes) {
  using Step = MemoryFiles::Step;
  for (const Step failing : {Step::write, Step::sync, Step::rename}) {
    bool armed = false;
    MemoryFiles files([&](Step step, const std::string&) -> Result<void> {
      if (armed && step == failing) return fail(ErrorCode::exhausted, "no space left");
      return {};
    });
    ASSERT_TRUE(files.write("permit", "old"));
    armed = true;
    EXPECT_EQ(files.write("permit", "new").error().code, ErrorCode::exhausted);
    EXPECT_EQ(files.read("permit", 9).value(), "old");
  }
}

}  // namespace
}  // namespace puhui
