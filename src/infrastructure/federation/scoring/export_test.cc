#include "infrastructure/federation/scoring/export.h"

#include <gtest/gtest.h>

#include "infrastructure/federation/boosting/boosting_for_test.h"
#include "infrastructure/federation/boosting/predict.h"
#include "infrastructure/federation/logistic/in_the_clear.h"
#include "infrastructure/federation/logistic/logistic_for_test.h"
#include "infrastructure/federation/logistic/predict.h"
#include "infrastructure/federation/scoring/answers.h"

namespace puhui::federation {
namespace {

std::vector<float> row_of(const PartyData& data, size_t row) {
  std::vector<float> out;
  for (const auto& column : data.values) out.push_back(column[row]);
  return out;
}

double real(const models::OutputValue& value) { return std::get<models::ModelNumber>(value).as_double(); }

// The exported file read as any model file is.
models::Predictor predictor_of(const Job& job, std::string_view part) {
  const auto exported = exported_model(job, sha256("job"), part);
  EXPECT_TRUE(exported) << (exported ? "" : exported.error().text());
  auto predictor = models::Predictor::parse(models::write_federated(*exported));
  EXPECT_TRUE(predictor) << (predictor ? "" : predictor.error().text());
  return *std::move(predictor);
}

std::vector<models::PredictorValue> inputs_of(const std::vector<float>& row, const std::vector<std::string>& answers) {
  std::vector<models::PredictorValue> out;
  for (const float value : row) out.emplace_back(static_cast<double>(value));
  for (const std::string& answer : answers) out.emplace_back(std::string_view(answer));
  return out;
}

TEST(ExportedModel, TreesOfThreeHousesAnswerAsTheirPartsDo) {
  SmallJob small(Objective::binary, 80, 2);
  const auto clear = grow_in_the_clear(small.job, small.pointers());
  ASSERT_TRUE(clear) << clear.error().text();
  const auto predictor = predictor_of(small.job, part_bytes(clear->guest));
  ASSERT_EQ(predictor.peers().size(), 2u);
  EXPECT_EQ(predictor.peers()[0].job, sha256("job"));
  EXPECT_EQ(predictor.peers()[0].input, "answer_of_" + clear->guest.parties[1]);
  models::Prediction prediction;
  bool any_reason = false;
  for (size_t row = 0; row < 80; ++row) {
    std::vector<std::string> bits, texts;
    for (size_t host = 0; host < 2; ++host) {
      bits.push_back(split_answer(clear->hosts[host], row_of(small.data[host + 1], row)));
      texts.push_back(models::answer_text(bits.back()));
    }
    const std::vector<std::string_view> views(bits.begin(), bits.end());
    const auto own = row_of(small.data[0], row);
    const auto margins = part_margins(clear->guest, own, views);
    const auto reasons = part_reasons(clear->guest, own, views);
    ASSERT_TRUE(margins && reasons);
    ASSERT_TRUE(predictor.predict(inputs_of(own, texts), prediction));
    const double unit = std::ldexp(1, -clear->guest.scale);
    EXPECT_NEAR(real(prediction.values[0]), probabilities_of(clear->guest, *margins)[0].as_double(), 2e-9) << row;
    EXPECT_NEAR(real(prediction.values[1]), static_cast<double>(margins->margins[0]) * unit, 1e-9) << row;
    for (size_t party = 0; party < 3; ++party) {
      EXPECT_NEAR(real(prediction.values[2 + party]), static_cast<double>(reasons->by_party[party]) * unit, 1e-9)
          << row;
    }
    any_reason |= !prediction.reason_codes.empty();
  }
  EXPECT_TRUE(any_reason);
}

TEST(ExportedModel, ALogisticRegressionAnswersAsItsPartsDo) {
  const LogisticPair pair = simulated_pair({});
  const auto clear = logistic_in_the_clear(pair.job, pair.guest, pair.host);
  ASSERT_TRUE(clear) << clear.error().text();
  const auto predictor = predictor_of(pair.job, clear->guest);
  const auto guest = read_logistic_part(clear->guest), host = read_logistic_part(clear->host);
  ASSERT_TRUE(guest && host);
  models::Prediction prediction;
  for (size_t row = 0; row < pair.guest.row_count(); ++row) {
    const int64_t score = partial_score(*host, row_of(pair.host, row));
    const auto own = row_of(pair.guest, row);
    const auto expected = predict_logistic(*guest, own, score);
    ASSERT_TRUE(expected);
    ASSERT_TRUE(predictor.predict(inputs_of(own, {models::answer_text(score)}), prediction));
    EXPECT_NEAR(real(prediction.values[0]), expected->probability, 2e-9) << row;
    EXPECT_NEAR(real(prediction.values[1]), std::ldexp(static_cast<double>(expected->margin), -kWeightBits), 1e-9)
        << row;
  }
}

TEST(ExportedModel, WithoutItsPartnersAnswerItSaysWhoIsMissing) {
  SmallJob small;
  const auto clear = grow_in_the_clear(small.job, small.pointers());
  ASSERT_TRUE(clear);
  const auto predictor = predictor_of(small.job, part_bytes(clear->guest));
  auto in = inputs_of(row_of(small.data[0], 0), {"tAA=="});
  models::Prediction prediction;
  in.back() = models::PredictorValue();
  const auto missing = predictor.predict(in, prediction);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().text().find("did not answer"), std::string::npos) << missing.error().text();
  for (const std::string_view wrong : {"x", "t!", "tAAAAAAAAAAAAAAAAAAAAAAAA", "s12"}) {
    in.back() = wrong;
    EXPECT_FALSE(predictor.predict(in, prediction)) << wrong;
  }
}

TEST(ExportedModel, SeveralClassesHaveNoSingleAnswer) {
  SmallJob small(Objective::multi_class);
  const auto clear = grow_in_the_clear(small.job, small.pointers());
  ASSERT_TRUE(clear);
  const auto exported = exported_model(small.job, sha256("job"), part_bytes(clear->guest));
  ASSERT_FALSE(exported);
  EXPECT_NE(exported.error().text().find("multi_class"), std::string::npos);
}

TEST(ExportedModel, CutOrChangedBytesNeverRead) {
  SmallJob small;
  const auto clear = grow_in_the_clear(small.job, small.pointers());
  ASSERT_TRUE(clear);
  const std::string bytes =
      models::write_federated(*exported_model(small.job, sha256("job"), part_bytes(clear->guest)));
  for (size_t cut = 0; cut < bytes.size(); ++cut) EXPECT_FALSE(models::read_federated(bytes.substr(0, cut))) << cut;
  for (size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    if (const auto read = models::read_federated(changed)) {
      EXPECT_EQ(models::write_federated(*read), changed) << at;  // another model, but a whole one
    }
  }
}

}  // namespace
}  // namespace puhui::federation
