// Any bytes: JSON, UBJ and LightGBM text are refused with their faults or answer any row, twice the same.
#include <cmath>

#include "ground/base/check.h"
#include "infrastructure/models/foreign_form.h"

namespace {

using namespace puhui;
using namespace puhui::models;

void try_form(const Result<std::unique_ptr<ForeignForm>>& form) {
  if (!form) return;
  const size_t width = (*form)->inputs.size(), groups = (*form)->base.size();
  if (width > 1000 || groups > 1000) return;
  std::vector<double> row(width), first(groups), second(groups);
  for (const double value : {0.0, 1.0, -1e300, 1e-36, double{NAN}, HUGE_VAL, -HUGE_VAL, 31.5}) {
    for (size_t i = 0; i < width; ++i) row[i] = i % 2 == 0 ? value : static_cast<double>(i);
    CHECK((*form)->answer(row, first).has_value() && (*form)->answer(row, second).has_value(), "it answers");
    for (size_t g = 0; g < groups; ++g) {
      CHECK(first[g] == second[g] || (std::isnan(first[g]) && std::isnan(second[g])), "the same row, the same answer");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try_form(read_xgboost(bytes));
  try_form(read_lightgbm(bytes));
  // Behind a header that fits, where chance alone would seldom come.
  try_form(
      read_lightgbm("tree\nversion=v4\nnum_class=1\nmax_feature_idx=2\nobjective=binary sigmoid:1\n"
                    "feature_names=a b c\nTree=0\n" +
                    std::string(bytes) + "\nend of trees\n"));
  return 0;
}
