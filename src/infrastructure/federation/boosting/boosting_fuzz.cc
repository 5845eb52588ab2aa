// Every reader of a peer's or a stored part's bytes in vertical boosting: whatever comes, an error or a value that can be walked and
// has the same bytes when written again.
#include <cstddef>
#include <cstdint>

#include "ground/base/check.h"
#include "infrastructure/federation/boosting/predict.h"
#include "infrastructure/federation/boosting/wire.h"

namespace puhui::federation {
namespace {

constexpr size_t kRows = 77;

void guest_part(std::string_view bytes) {
  const auto part = read_guest_part(bytes);
  if (!part) return;
  const std::vector<float> row(part->columns.size(), 0.5F);
  std::vector<std::string> answers;
  for (const uint32_t splits : part->host_splits) answers.emplace_back(split_answer_bytes(splits), '\0');
  const std::vector<std::string_view> views(answers.begin(), answers.end());
  CHECK(part_margins(*part, row, views).has_value(), "a part that was read can be walked");
  CHECK(part_reasons(*part, row, views).has_value(), "a part that was read gives reasons");
  CHECK(read_guest_part(part_bytes(*part)) == *part, "a part that was written is read again");
}

void host_part(std::string_view bytes) {
  const auto part = read_host_part(bytes);
  if (!part) return;
  const std::string answer = split_answer(*part, std::vector<float>(part->columns.size(), -1.0F));
  CHECK(answer.size() == split_answer_bytes(part->splits.size()), "one bit a split");
  CHECK(read_host_part(part_bytes(*part)) == *part, "a part that was written is read again");
}

void messages(std::string_view bytes) {
  if (const auto order = decode_order(bytes, kRows)) {
    const auto again = decode_order(encode(*order), kRows);
    CHECK(again && again->tree == order->tree && again->sampled == order->sampled, "an order is read again");
  }
  const auto candidates = decode_candidates(bytes, {.count_max = 1000, .ciphertext_bytes = 16, .group = 7});
  CHECK(!candidates || candidates->packed.size() == (candidates->count + 6) / 7 * 16, "as long as it says");
  const std::vector<uint64_t> counts = {5, 0, 300};
  if (const auto choices = decode_choices(bytes, counts)) {
    for (size_t i = 0; i < counts.size(); ++i) {
      for (const uint32_t number : (*choices)[i]) CHECK(number < counts[i], "a choice names a candidate");
    }
    CHECK(*decode_choices(encode(*choices), counts) == *choices, "choices are read again");
  }
  const std::vector<size_t> rows = {kRows, 0, 8};
  if (const auto partitions = decode_partitions(bytes, rows))
    CHECK(partitions->at(2).left.size() == 1, "one bit a row");
  if (const auto memberships = decode_memberships(bytes, rows)) CHECK(memberships->size() == 3, "one a node");
}

}  // namespace
}  // namespace puhui::federation

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  puhui::federation::guest_part(bytes);
  puhui::federation::host_part(bytes);
  puhui::federation::messages(bytes);
  return 0;
}
