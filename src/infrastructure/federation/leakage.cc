#include "infrastructure/federation/leakage.h"

#include "ground/base/check.h"

namespace puhui::federation {

const std::vector<LeakMeaning>& leak_meanings() {
  // One row a code, sorted by code.
  static const std::vector<LeakMeaning> table = {
      {"common_ids", "ids", "Which of its own ids the other side has too.", "自己的哪些标识对方也有。"},
      {"common_ids_at_most", "ids",
       "Which of its own ids the other side has too, even if the job tells it nothing: at most as many.",
       "自己的哪些标识对方也有（至多这么多），即使任务最终什么也不告知。"},
      {"minimum_reached", "times", "Whether enough ids are common for the job to go on.",
       "共有标识数是否达到任务的最低要求。"},
      {"padded_size", "rows", "An upper bound of how many rows the other side brought.",
       "对方所带行数的上界（已填充）。"},
  };
  return table;
}

const LeakMeaning* find_leak(std::string_view code) {
  for (const LeakMeaning& meaning : leak_meanings()) {
    if (meaning.code == code) return &meaning;
  }
  return nullptr;
}

void LeakageBook::tell(std::string_view to, std::string_view code, int64_t amount) {
  CHECK(find_leak(code) != nullptr, "a leak has its sentence in leakage.cc");
  sums_[{std::string(to), std::string(code)}] += amount;
}

std::vector<Leak> LeakageBook::sums() const {
  std::vector<Leak> out;
  for (const auto& [key, amount] : sums_) out.push_back({key.first, key.second, amount});
  return out;
}

void LeakageBook::restore(std::vector<Leak> sums) {
  sums_.clear();
  for (Leak& leak : sums) sums_[{std::move(leak.to), std::move(leak.code)}] += leak.amount;
}

}  // namespace puhui::federation
