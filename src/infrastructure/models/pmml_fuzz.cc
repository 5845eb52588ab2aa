// Any bytes: a PMML file is refused with its faults or answers whatever values it is given, twice the same.
#include "ground/base/check.h"
#include "infrastructure/models/predictor.h"

namespace {

using namespace puhui::models;
using std::string_view_literals::operator""sv;

void try_file(std::string_view bytes) {
  const auto predictor = Predictor::parse(bytes);
  if (!predictor) return;
  const PredictorValue values[] = {std::monostate(), 0.0, 1.0, -1e300, 3.5, "sunny"sv, "2026-11-22"sv, true, ""sv};
  Prediction first, second;
  std::vector<PredictorValue> in(predictor->inputs().size());
  for (size_t shift = 0; shift < std::size(values); ++shift) {
    for (size_t i = 0; i < in.size(); ++i) in[i] = values[(i + shift) % std::size(values)];
    const auto result = predictor->predict(in, first);
    const auto again = predictor->predict(in, second);
    CHECK(result.has_value() == again.has_value(), "the same row is answered or refused every time");
    if (result)
      CHECK(first.values == second.values && first.reason_codes == second.reason_codes, "with the same answer");
  }
}

// A small frame, so that chance reaches the models.
std::string framed(std::string_view inside) {
  return R"(<PMML version="4.4" xmlns="http://www.dmg.org/PMML-4_4"><DataDictionary><DataField name="x" optype="continuous" dataType="double"/><DataField name="c" optype="categorical" dataType="string"><Value value="sunny"/><Value value="b"/></DataField><DataField name="y" optype="categorical" dataType="string"/></DataDictionary>)" +
         std::string(inside) + "</PMML>";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (size > 0 && bytes[0] == '<') try_file(bytes);
  try_file(framed(bytes));
  return 0;
}
