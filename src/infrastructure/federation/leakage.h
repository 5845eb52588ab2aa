// Leakage: what a protocol tells whom beyond the result, said by the code that tells it and added up a job and a partner.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace puhui::federation {

struct Leak {
  std::string to;  // party
  std::string
      code;  // "bin_sums", "row_partition", "intersection_ids": a sentence in both languages stands in leakage.cc
  int64_t amount = 0;  // how much of it: sums, rows, bits
};

// The sentence of a code, what it means and what it does not; and the unit of its amount.
struct LeakMeaning {
  std::string_view code, unit, english, chinese;
};
const std::vector<LeakMeaning>& leak_meanings();
const LeakMeaning* find_leak(std::string_view code);

// Adds up by (to, code); codes must be known (CHECK).
class LeakageBook {
 public:
  void tell(std::string_view to, std::string_view code, int64_t amount);
  std::vector<Leak> sums() const;
  void restore(std::vector<Leak> sums);

 private:
  std::map<std::pair<std::string, std::string>, int64_t> sums_;
};

}  // namespace puhui::federation
