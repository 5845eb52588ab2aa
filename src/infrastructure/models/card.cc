#include "infrastructure/models/card.h"

#include <cmath>

#include "infrastructure/models/boosting.h"

namespace puhui::models {

namespace {

Json list_of(const std::vector<std::string>& names) {
  Json::List out;
  for (const auto& name : names) out.emplace_back(name);
  return out;
}

// Six decimals: more would only be noise on a card.
Json measure(double value) { return std::nearbyint(value * 1e6) / 1e6; }

Json scorecard_parameters(const ScorecardTraining& p) {
  return Json::Object{{"share_min", p.binning.share_min},
                      {"bins_max", static_cast<uint64_t>(p.binning.bins_max)},
                      {"split_tail_max", p.binning.split_tail_max},
                      {"shape", p.binning.shape == Shape::free ? "free" : "monotonic"},
                      {"iv_min", p.iv_min},
                      {"features_max", static_cast<uint64_t>(p.features_max)},
                      {"l2_per_row", p.l2_per_row},
                      {"coefficient_min", p.coefficient_min},
                      {"keep_tail_max", p.keep_tail_max}};
}

Json boosting_parameters(const BoostingTraining& p) {
  Json::Object monotone;
  for (const auto& [name, sign] : p.monotone) monotone.emplace_back(name, sign);
  return Json::Object{{"rounds", p.rounds},
                      {"depth_max", p.depth_max},
                      {"learning_rate", p.learning_rate},
                      {"row_share", p.row_share},
                      {"feature_share", p.feature_share},
                      {"hessian_min", p.hessian_min},
                      {"l2", p.l2},
                      {"split_gain_min", p.split_gain_min},
                      {"bins_max", p.bins_max},
                      {"early_stopping_rounds", p.early_stopping_rounds},
                      {"monotone", std::move(monotone)}};
}

Json features_json(const CardFeatures& features) {
  Json::List out;
  for (const auto& trace : features.scorecard) {
    Json feature = Json::Object{{"name", trace.name}, {"iv", measure(trace.iv)}};
    if (trace.left_out.empty())
      feature.set("coefficient", measure(trace.coefficient));
    else
      feature.set("left_out", trace.left_out);
    out.push_back(std::move(feature));
  }
  for (const auto& [name, gain] : features.gains) out.push_back(Json::Object{{"name", name}, {"gain", measure(gain)}});
  return out;
}

Json calibration_json(const std::vector<CalibrationBin>& bins) {
  Json::List out;
  for (const auto& bin : bins) {
    out.push_back(Json::Object{{"predicted_low", measure(bin.predicted_low)},
                               {"predicted_high", measure(bin.predicted_high)},
                               {"predicted_mean", measure(bin.predicted_mean)},
                               {"observed_share", measure(bin.observed_share)},
                               {"rows", bin.rows}});
  }
  return out;
}

}  // namespace

Json to_json(const Quality& q) {
  return Json::Object{{"rows", q.rows},
                      {"bad_share", measure(q.bad_share)},
                      {"auc", measure(q.auc)},
                      {"ks", measure(q.ks)},
                      {"gini", measure(q.gini)},
                      {"average_precision", measure(q.average_precision)},
                      {"brier", measure(q.brier)},
                      {"log_loss", measure(q.log_loss)}};
}

Json card_of(const TrainRequest& request, const CardFeatures& features, const CardMeasures& measures) {
  const bool scorecard = request.kind == ModelKind::scorecard;
  const PointsScale& scale = request.scorecard.scale;
  Json card;
  card.set("name", request.name);
  card.set("kind", name_of(request.kind));
  card.set("data", Json::Object{{"sha256", request.table->content().hex()},
                                {"rows", static_cast<uint64_t>(request.table->row_count())},
                                {"target", request.target},
                                {"positive", request.positive}});
  if (request.split != nullptr) {
    const auto& split = *request.split;
    card.set("split", Json::Object{{"train_rows", uint64_t{split.train.size()}},
                                   {"test_rows", uint64_t{split.test.size()}},
                                   {"seed", request.seed},
                                   {"by", "rows named"}});
  } else {
    card.set("split",
             Json::Object{{"train_share", request.train_share}, {"seed", request.seed}, {"by", "hash of the row"}});
  }
  card.set("sealed", list_of(request.sealed));
  card.set("excluded", list_of(request.excluded));
  card.set("derived", to_json(request.derived));
  card.set("parameters", scorecard ? scorecard_parameters(request.scorecard) : boosting_parameters(request.boosting));
  card.set("scale",
           Json::Object{{"points", scale.points}, {"odds_bad", scale.odds_bad}, {"double_odds", scale.double_odds}});
  card.set("features", features_json(features));
  card.set("train", to_json(measures.train));
  card.set("test", to_json(measures.test));
  card.set("psi", Json::Object{{"value", measure(measures.stability.value)},
                               {"null_limit", measure(measures.stability.null_limit)},
                               {"bins", static_cast<uint64_t>(measures.stability.bins)}});
  card.set("calibration", calibration_json(measures.calibration));
  if (!scorecard) card.set("libraries", Json::Object{{"xgboost", xgboost_version()}});
  return card;
}

}  // namespace puhui::models
