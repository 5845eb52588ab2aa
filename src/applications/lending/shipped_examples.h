// The files under policies/ for the tests of this folder. Included by tests only.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace puhui::lending::examples {

inline constexpr std::string_view kShippedProducts[] = {"person_revolving", "firm_term", "uci_credit_card"};

// They lie at the root of the checkout, above wherever the tests are run or were compiled.
inline std::string shipped_file(std::string_view product, std::string_view file) {
  for (const std::filesystem::path& start : {std::filesystem::current_path(), std::filesystem::absolute(__FILE__)}) {
    for (auto folder = start; folder.has_relative_path(); folder = folder.parent_path()) {
      std::ifstream in(folder / "policies" / product / file);
      if (!in) continue;
      std::ostringstream text;
      text << in.rdbuf();
      return text.str();
    }
  }
  return {};
}

}  // namespace puhui::lending::examples
