#include "infrastructure/federation/boosting/predict.h"

#include <gtest/gtest.h>

#include <numeric>

#include "infrastructure/federation/boosting/boosting_for_test.h"

namespace puhui::federation {
namespace {

std::vector<float> row_of(const PartyData& data, size_t row) {
  std::vector<float> out;
  for (const auto& column : data.values) out.push_back(column[row]);
  return out;
}

std::vector<std::string> answers_for(const SmallJob& small, const ClearModel& model, size_t row) {
  std::vector<std::string> out;
  for (size_t host = 0; host < model.hosts.size(); ++host)
    out.push_back(split_answer(model.hosts[host], row_of(small.data[host + 1], row)));
  return out;
}

TEST(BoostedPrediction, GivesTheMarginsOfTheTrainingRows) {
  for (const Objective objective : {Objective::binary, Objective::multi_class, Objective::regression}) {
    const SmallJob small(objective, 200, 2);
    const ClearModel model = *small.clear();
    for (size_t row = 0; row < 200; ++row) {
      const auto answers = answers_for(small, model, row);
      const std::vector<std::string_view> views(answers.begin(), answers.end());
      const auto margins = part_margins(model.guest, row_of(small.data[0], row), views);
      ASSERT_TRUE(margins);
      for (size_t k = 0; k < model.margins.size(); ++k) ASSERT_EQ(margins->margins[k], model.margins[k][row]);
    }
  }
}

TEST(BoostedPrediction, ReasonsAddUpToTheMarginExactly) {
  const SmallJob small(Objective::multi_class, 200, 2);
  const ClearModel model = *small.clear();
  for (size_t row = 0; row < 200; ++row) {
    const auto answers = answers_for(small, model, row);
    const std::vector<std::string_view> views(answers.begin(), answers.end());
    for (size_t k = 0; k < model.margins.size(); ++k) {
      const auto reasons = part_reasons(model.guest, row_of(small.data[0], row), views, k);
      ASSERT_TRUE(reasons);
      const auto& by_party = reasons->by_party;
      const auto& by_column = reasons->by_guest_column;
      EXPECT_EQ(reasons->base + std::accumulate(by_party.begin(), by_party.end(), int64_t{0}), model.margins[k][row]);
      EXPECT_EQ(std::accumulate(by_column.begin(), by_column.end(), int64_t{0}), by_party[0]);
    }
  }
}

TEST(BoostedPrediction, ProbabilitiesAreThoseOfTheMargins) {
  GuestPart part;
  part.scale = 32, part.bases = {0};
  EXPECT_EQ(probabilities_of(part, {{0}}), std::vector<Rate>{Rate::from_percent(50)});
  part.objective = Objective::multi_class, part.bases = {0, 0, 0, 0};
  EXPECT_EQ(probabilities_of(part, {{5, 5, 5, 5}})[3], Rate::from_percent(25));
  part.objective = Objective::regression, part.bases = {0};
  EXPECT_TRUE(probabilities_of(part, {{0}}).empty());
  EXPECT_EQ(regression_value(part, {{int64_t{3} << 31}}), 1.5);
}

TEST(BoostedPrediction, AnswersThatDoNotFitAreRefused) {
  const SmallJob small;
  const ClearModel model = *small.clear();
  const std::vector<float> row = row_of(small.data[0], 0);
  const std::string good = answers_for(small, model, 0)[0];
  const auto code = [&](std::vector<std::string_view> answers) {
    return part_margins(model.guest, row, answers).error().code;
  };
  EXPECT_EQ(code({}), ErrorCode::invalid);
  EXPECT_EQ(code({good, good}), ErrorCode::invalid);
  const std::string longer = good + "x", padded(good.size(), '\xff');
  EXPECT_EQ(code({longer}), ErrorCode::corrupt);
  ASSERT_NE(model.hosts[0].splits.size() % 8, 0u);
  EXPECT_EQ(code({padded}), ErrorCode::corrupt);
  const std::vector<std::string_view> answers = {good};
  EXPECT_EQ(part_margins(model.guest, std::vector<float>(1), answers).error().code, ErrorCode::invalid);
  EXPECT_EQ(part_reasons(model.guest, row, answers, 1).error().code, ErrorCode::invalid);
}

TEST(ModelPart, ReadsWhatItWroteAndNothingElse) {
  SmallJob small(Objective::multi_class, 100, 2);
  small.job.boosting.hide_feature_names = false;
  const ClearModel model = *small.clear();
  const std::string guest = part_bytes(model.guest), host = part_bytes(model.hosts[1]);
  EXPECT_EQ(*read_guest_part(guest), model.guest);
  EXPECT_EQ(*read_host_part(host), model.hosts[1]);
  for (size_t length = 0; length < guest.size(); ++length)
    EXPECT_EQ(read_guest_part(std::string_view(guest).substr(0, length)).error().code, ErrorCode::corrupt);
  for (size_t length = 0; length < host.size(); ++length)
    EXPECT_EQ(read_host_part(std::string_view(host).substr(0, length)).error().code, ErrorCode::corrupt);
  EXPECT_FALSE(read_guest_part(guest + "x"));
  EXPECT_FALSE(read_guest_part(host));
}

TEST(ModelPart, AChangedByteIsRefusedOrIsAnotherPartThatCanBeWalked) {
  const SmallJob small;
  const ClearModel model = *small.clear();
  const std::string bytes = part_bytes(model.guest);
  size_t accepted = 0;
  for (size_t place = 0; place < bytes.size(); ++place) {
    for (const int change : {1, 0x55, 0x80}) {
      std::string changed = bytes;
      changed[place] = static_cast<char>(changed[place] ^ change);
      const auto part = read_guest_part(changed);
      if (!part) continue;
      ++accepted;
      EXPECT_EQ(part_bytes(*part), changed);
      std::vector<std::string> answers;
      for (const uint32_t splits : part->host_splits) answers.emplace_back(split_answer_bytes(splits), '\0');
      const std::vector<std::string_view> views(answers.begin(), answers.end());
      EXPECT_TRUE(part_reasons(*part, std::vector<float>(part->columns.size()), views));
    }
  }
  EXPECT_GT(accepted, 0u);  // names, leaves and thresholds may be anything
}

}  // namespace
}  // namespace puhui::federation
