#include "infrastructure/dmn/tck.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

namespace puhui::dmn {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream all;
  all << in.rdbuf();
  return all.str();
}

struct Tally {
  size_t passed = 0;
  size_t total = 0;
  std::string failures;
};

void run_folder(const fs::path& folder, Tally& tally) {
  std::vector<fs::path> models;
  std::vector<fs::path> cases;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".dmn") models.push_back(entry.path());
    if (entry.path().extension() == ".xml") cases.push_back(entry.path());
  }
  std::ranges::sort(cases);
  const NoFunctions host;
  for (const fs::path& file : cases) {
    const std::string text = read(file);
    const auto name = case_model_name(text);
    if (!name) continue;
    std::vector<std::string> imported;
    for (const fs::path& model : models) {
      if (model.filename() != *name) imported.push_back(read(model));
    }
    CompileOptions options{.on_fault = CompileOptions::OnFault::null_with_cause};
    options.imported.assign(imported.begin(), imported.end());
    const auto policy = Policy::compile(read(folder / *name), host, options);
    if (!policy) {
      tally.failures += folder.filename().string() + ": " + policy.error().text() + "\n";
      continue;
    }
    Scratch scratch;
    scratch.set_moment({});
    const auto results = run_cases(text, *policy, scratch);
    ASSERT_TRUE(results.has_value()) << results.error().text();
    for (const CaseResult& result : *results) {
      ++tally.total;
      if (result.passed) {
        ++tally.passed;
        continue;
      }
      tally.failures += folder.filename().string() + "/" + result.case_id + " " + result.node + ": expected " +
                        result.expected + ", came " + result.came + "\n";
    }
  }
}

TEST(Tck, TheCasesAtHandPass) {
  const char* data = std::getenv("PUHUI_DATA");
  const fs::path root = fs::path(data == nullptr ? "../shared/data" : data) / "dmn-tck";
  if (!fs::exists(root)) GTEST_SKIP() << "skipped: no data";
  Tally tally;
  for (const char* level : {"compliance-level-2", "compliance-level-3"}) {
    std::vector<fs::path> folders;
    for (const auto& entry : fs::directory_iterator(root / level)) {
      if (entry.is_directory()) folders.push_back(entry.path());
    }
    std::ranges::sort(folders);
    for (const fs::path& folder : folders) run_folder(folder, tally);
  }
  std::cout << "passed " << tally.passed << " of " << tally.total << "\n";
  EXPECT_GT(tally.total, 2500u);
  EXPECT_EQ(tally.passed, tally.total) << tally.failures;
}

}  // namespace
}  // namespace puhui::dmn
