#include "infrastructure/models/boosting.h"

#include <xgboost/c_api.h>

#include <algorithm>
#include <cmath>

#include "ground/base/check.h"
#include "ground/base/cpu_account.h"
#include "ground/base/text.h"

namespace puhui::models {

namespace {

std::unexpected<Error> library_error(const char* doing) {
  std::string why = XGBGetLastError();
  why = why.substr(0, why.find("Stack trace"));
  return fail(ErrorCode::internal, std::string("xgboost failed ") + doing + ": " + std::string(trim(why)));
}

#define TRY_XGB(call, doing)                      \
  do {                                            \
    if ((call) != 0) return library_error(doing); \
  } while (false)

// The array interface protocol: an address and a shape, as JSON.
std::string array_interface(FloatRows rows) {
  return "{\"data\": [" + std::to_string(reinterpret_cast<uintptr_t>(rows.values.data())) + ", true], \"shape\": [" +
         std::to_string(rows.row_count()) + ", " + std::to_string(rows.feature_count) +
         "], \"typestr\": \"<f4\", \"version\": 3}";
}

struct Matrix {
  DMatrixHandle handle = nullptr;
  Matrix() = default;
  Matrix(const Matrix&) = delete;
  Matrix& operator=(const Matrix&) = delete;
  ~Matrix() {
    if (handle != nullptr) XGDMatrixFree(handle);
  }
  Result<void> fill(FloatRows rows, std::span<const uint8_t> bad) {
    TRY_XGB(XGDMatrixCreateFromDense(array_interface(rows).c_str(), "{\"missing\": NaN, \"nthread\": 1}", &handle),
            "reading the rows");
    if (bad.empty()) return {};
    const std::vector<float> labels(bad.begin(), bad.end());
    TRY_XGB(XGDMatrixSetFloatInfo(handle, "label", labels.data(), labels.size()), "reading the outcomes");
    return {};
  }
};

struct Booster {
  BoosterHandle handle = nullptr;
  Booster() = default;
  Booster(const Booster&) = delete;
  Booster& operator=(const Booster&) = delete;
  ~Booster() {
    if (handle != nullptr) XGBoosterFree(handle);
  }
  Result<void> set(const std::string& name, const std::string& value) {
    TRY_XGB(XGBoosterSetParam(handle, name.c_str(), value.c_str()), "setting a parameter");
    return {};
  }
};

std::string monotone_text(const std::vector<int>& monotone) {
  std::vector<std::string> signs;
  for (const int sign : monotone) signs.push_back(std::to_string(sign));
  return "(" + join(signs, ",") + ")";
}

Result<void> set_parameters(Booster& booster, const BoostingRequest& request, const BoostingTraining& training) {
  // Starting from the mean, few rounds are already calibrated. Held off 0 and 1, where the log-odds end.
  const auto bad =
      static_cast<double>(std::count_if(request.bad.begin(), request.bad.end(), [](uint8_t b) { return b != 0; }));
  const double mean = std::clamp(bad / static_cast<double>(request.bad.size()), 1e-4, 1 - 1e-4);
  const std::vector<std::pair<std::string, std::string>> parameters = {
      {"objective", "binary:logistic"},
      {"eval_metric", "logloss"},
      {"tree_method", "hist"},
      {"nthread", "1"},
      {"verbosity", "0"},
      {"base_score", format_double(mean)},
      {"seed", std::to_string(request.seed & 0x7FFFFFFF)},
      {"max_depth", std::to_string(training.depth_max)},
      {"eta", format_double(training.learning_rate)},
      {"subsample", format_double(training.row_share)},
      {"colsample_bytree", format_double(training.feature_share)},
      {"min_child_weight", format_double(training.hessian_min)},
      {"lambda", format_double(training.l2)},
      {"gamma", format_double(training.split_gain_min)},
      {"max_bin", std::to_string(training.bins_max)},
  };
  for (const auto& [name, value] : parameters) TRY(booster.set(name, value));
  const bool constrained = std::any_of(request.monotone.begin(), request.monotone.end(), [](int s) { return s != 0; });
  if (constrained) TRY(booster.set("monotone_constraints", monotone_text(request.monotone)));
  return {};
}

Result<void> check(const BoostingRequest& request, const BoostingTraining& training) {
  Faults faults;
  auto expect = [&](bool good, const char* what, const char* range) {
    if (!good) faults.add(what, std::string("expected ") + range);
  };
  expect(training.rounds >= 1 && training.rounds <= 10'000, "rounds", "1 to 10000");
  expect(training.depth_max >= 1 && training.depth_max <= 16, "depth_max", "1 to 16");
  expect(training.learning_rate > 0 && training.learning_rate <= 1, "learning_rate", "more than 0, at most 1");
  expect(training.row_share > 0 && training.row_share <= 1, "row_share", "more than 0, at most 1");
  expect(training.feature_share > 0 && training.feature_share <= 1, "feature_share", "more than 0, at most 1");
  expect(training.hessian_min >= 0 && training.l2 >= 0 && training.split_gain_min >= 0, "penalties", "0 or more");
  expect(training.bins_max >= 2 && training.bins_max <= 4096, "bins_max", "2 to 4096");
  expect(training.early_stopping_rounds >= 0, "early_stopping_rounds", "0 or more");
  expect(request.rows.row_count() > 0 && request.rows.row_count() == request.bad.size(), "rows",
         "rows, and one outcome a row");
  expect(request.monotone.empty() || request.monotone.size() == request.rows.feature_count, "monotone",
         "one sign a feature");
  expect(std::none_of(request.rows.values.begin(), request.rows.values.end(), [](float v) { return std::isinf(v); }),
         "rows", "finite numbers within float range, or NaN for missing");
  return std::move(faults).result();
}

// "[12]\twatch-logloss:0.43" -> 0.43
Result<double> watched_loss(Booster& booster, int round, Matrix& watch) {
  const char* name = "watch";
  const char* text = nullptr;
  TRY_XGB(XGBoosterEvalOneIter(booster.handle, round, &watch.handle, &name, 1, &text), "measuring a round");
  const std::string_view line = text;
  const auto loss = parse_double(line.substr(line.rfind(':') + 1));
  if (!loss) return fail(ErrorCode::internal, "expected xgboost to print a loss, came '" + std::string(line) + "'");
  return *loss;
}

Result<std::string> saved_json(BoosterHandle handle) {
  bst_ulong length = 0;
  const char* bytes = nullptr;
  TRY_XGB(XGBoosterSaveModelToBuffer(handle, "{\"format\": \"json\"}", &length, &bytes), "saving the model");
  return std::string(bytes, length);
}

}  // namespace

std::string xgboost_version() {
  int major = 0, minor = 0, patch = 0;
  XGBoostVersion(&major, &minor, &patch);
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

Result<BoostedTrees> boost(const BoostingRequest& request, const BoostingTraining& training) {
  TRY(check(request, training));
  const CpuRestScope library_threads;
  Matrix rows, watch;
  TRY(rows.fill(request.rows, request.bad));
  const bool watching = training.early_stopping_rounds > 0 && request.watch_rows.row_count() > 0;
  if (watching) TRY(watch.fill(request.watch_rows, request.watch_bad));
  Booster booster;
  TRY_XGB(XGBoosterCreate(&rows.handle, 1, &booster.handle), "starting");
  TRY(set_parameters(booster, request, training));

  BoostedTrees out;
  double best_loss = INFINITY;
  int best_round = 0;
  for (int round = 0; round < training.rounds; ++round) {
    TRY_XGB(XGBoosterUpdateOneIter(booster.handle, round, rows.handle), "training a round");
    if (!watching) continue;
    const double loss = TRY(watched_loss(booster, round, watch));
    if (loss < best_loss) best_loss = loss, best_round = round;
    if (round - best_round >= training.early_stopping_rounds) break;
  }
  if (!watching) {
    out.rounds = training.rounds;
    out.json = TRY(saved_json(booster.handle));
    return out;
  }
  out.rounds = best_round + 1;
  Booster kept;
  TRY_XGB(XGBoosterSlice(booster.handle, 0, out.rounds, 1, &kept.handle), "keeping the best rounds");
  out.json = TRY(saved_json(kept.handle));
  return out;
}

struct XgboostPeer::State {
  Booster booster;
  DMatrixHandle proxy = nullptr;
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (proxy != nullptr) XGDMatrixFree(proxy);
  }
};

XgboostPeer::XgboostPeer(std::unique_ptr<State> state) : state_(std::move(state)) {}
XgboostPeer::XgboostPeer(XgboostPeer&&) noexcept = default;
XgboostPeer::~XgboostPeer() = default;

Result<XgboostPeer> XgboostPeer::load(const std::string& json) {
  auto state = std::make_unique<State>();
  TRY_XGB(XGBoosterCreate(nullptr, 0, &state->booster.handle), "starting");
  TRY_XGB(XGBoosterLoadModelFromBuffer(state->booster.handle, json.data(), json.size()), "loading the model");
  TRY(state->booster.set("nthread", "1"));
  TRY_XGB(XGProxyDMatrixCreate(&state->proxy), "starting");
  return XgboostPeer(std::move(state));
}

namespace {

Result<std::span<const float>> predict_in_place(BoosterHandle booster, DMatrixHandle proxy, FloatRows rows, int type) {
  const std::string config = "{\"type\": " + std::to_string(type) +
                             ", \"training\": false, \"iteration_begin\": 0, \"iteration_end\": 0, "
                             "\"strict_shape\": false, \"cache_id\": 0, \"missing\": NaN}";
  const bst_ulong* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* values = nullptr;
  TRY_XGB(XGBoosterPredictFromDense(booster, array_interface(rows).c_str(), config.c_str(), proxy, &shape, &dimensions,
                                    &values),
          "predicting");
  return std::span<const float>(values, rows.row_count());
}

}  // namespace

Result<std::span<const float>> XgboostPeer::probabilities(FloatRows rows) {
  return predict_in_place(state_->booster.handle, state_->proxy, rows, 0);
}

Result<std::vector<float>> XgboostPeer::margins(FloatRows rows) {
  const auto values = TRY(predict_in_place(state_->booster.handle, state_->proxy, rows, 1));
  return std::vector<float>(values.begin(), values.end());
}

Result<std::vector<float>> XgboostPeer::contributions(FloatRows rows) {
  Matrix matrix;
  TRY(matrix.fill(rows, {}));
  const bst_ulong* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* values = nullptr;
  TRY_XGB(XGBoosterPredictFromDMatrix(state_->booster.handle, matrix.handle,
                                      "{\"type\": 2, \"training\": false, \"iteration_begin\": 0, "
                                      "\"iteration_end\": 0, \"strict_shape\": false}",
                                      &shape, &dimensions, &values),
          "explaining");
  return std::vector<float>(values, values + rows.row_count() * (rows.feature_count + 1));
}

}  // namespace puhui::models
