// Bytes of a peer or a store: the readers of a model part, of a first message, of scores and of opened sums.
#include "infrastructure/federation/logistic/gradient_sums.h"
#include "infrastructure/federation/logistic/model_part.h"
#include "infrastructure/federation/logistic/predict.h"
#include "infrastructure/federation/logistic/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace puhui::federation;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto part = read_logistic_part(bytes)) {
    if (write_logistic_part(*part).size() > bytes.size()) __builtin_trap();
    const std::vector<float> row(part->columns.size(), 3.5F);
    const int64_t score = partial_score(*part, row);
    if (part->role == puhui::federation::Role::guest) (void)predict_logistic(*part, row, score);
  }
  (void)read_logistic_hello(bytes);
  (void)read_scores(bytes, size / 8);
  (void)unmasked(bytes, std::string(size / kTermSlotBytes * kTermSlotBytes, '\1'));
  return 0;
}
