#include "infrastructure/experiments/run.h"

#include <algorithm>
#include <numeric>

#include "infrastructure/statistics/roc.h"

namespace puhui::experiments {

void fields(Shape& shape, Measures& measures) {
  shape.field("rows", measures.rows);
  shape.field("bad", measures.bad, {.help = "rows with the outcome"});
  shape.field("auc", measures.auc, {.help = "area under the ROC curve"});
  shape.field("auc_low", measures.auc_low, {.help = "of its 95 % interval (DeLong)"});
  shape.field("auc_high", measures.auc_high);
  shape.field("ks", measures.ks, {.help = "largest gap of the two distributions"});
  shape.field("gini", measures.gini, {.help = "2 AUC - 1"});
  shape.field("average_precision", measures.average_precision);
  shape.field("brier", measures.brier, {.help = "mean squared error of the probability"});
  shape.field("log_loss", measures.log_loss, {.help = "natural logarithm"});
}

void fields(Shape& shape, RocPoint& point) {
  shape.field("false_positive_share", point.false_positive_share, {.help = "of the good"});
  shape.field("true_positive_share", point.true_positive_share, {.help = "of the bad"});
}

void fields(Shape& shape, CalibrationRow& row) {
  shape.field("predicted_low", row.predicted_low);
  shape.field("predicted_high", row.predicted_high);
  shape.field("predicted_mean", row.predicted_mean);
  shape.field("observed_share", row.observed_share);
  shape.field("rows", row.rows);
}

void fields(Shape& shape, LiftRow& row) {
  shape.field("share_of_rows", row.share_of_rows, {.help = "the riskiest so many"});
  shape.field("bad_share", row.bad_share, {.help = "among them"});
  shape.field("lift", row.lift, {.help = "their bad share by that of all"});
  shape.field("share_of_bad", row.share_of_bad, {.help = "of all bad rows, those among them"});
  shape.field("rows", row.rows);
}

void fields(Shape& shape, Figures& figures) {
  shape.field("train", figures.train, {.help = "on the rows it was trained on"});
  shape.field("test", figures.test, {.help = "on rows it never saw"});
  shape.field("roc", figures.roc, {.help = "of the test rows, at most 200 points", .optional = true});
  shape.field("calibration", figures.calibration,
              {.help = "of the test rows by tenths of the score", .optional = true});
  shape.field("lift", figures.lift, {.help = "of the test rows, the riskiest tenths first", .optional = true});
  shape.field("psi", figures.psi, {.help = "test scores against training scores"});
  shape.field("psi_null_limit", figures.psi_null_limit, {.help = "what chance alone exceeds once in twenty"});
}

void fields(Shape& shape, Run& run) {
  shape.field("id", run.id, {.help = "SHA-256 of the manifest"});
  shape.field("name", run.name);
  shape.field("note", run.note);
  shape.field("manifest", run.manifest);
  shape.field("figures", run.figures);
  shape.field("features", run.features, {.help = "those the model reads"});
  shape.field("model", run.model, {.help = "SHA-256 of the model, in the store: a permit can name it"});
  shape.field("scores", run.scores, {.help = "SHA-256 of the test scores, in the store"});
  shape.field("training_cpu_ms", run.training_cpu_ms, {.help = "processor time, milliseconds"});
  shape.field("made_at", run.made_at);
  shape.field("made_by", run.made_by);
}

// ---- test scores

namespace {
constexpr uint8_t kScoresFormat = 1;
constexpr size_t kScoreBytes = 17;
}  // namespace

std::string encode(const TestScores& scores) {
  ByteWriter out;
  out.u8(kScoresFormat);
  out.unsigned_varint(scores.row_hashes.size());
  for (size_t i = 0; i < scores.row_hashes.size(); ++i) {
    out.u64(scores.row_hashes[i]);
    out.real(scores.probabilities[i]);
    out.u8(scores.bad[i]);
  }
  return out.take();
}

Result<TestScores> decode_scores(std::string_view bytes) {
  ByteReader in(bytes);
  if (in.u8() != kScoresFormat) in.reject();
  TestScores out;
  for (size_t left = in.count(kScoreBytes); left > 0; --left) {
    out.row_hashes.push_back(in.u64());
    out.probabilities.push_back(in.real());
    out.bad.push_back(in.u8());
    if (!(out.probabilities.back() >= 0 && out.probabilities.back() <= 1) || out.bad.back() > 1) in.reject();
  }
  TRY(in.finish("test scores"));
  return out;
}

// ---- figures

namespace {

Measures measures_of(const models::Quality& quality, const models::Measured& rows) {
  const auto area = statistics::auc(rows.probabilities, rows.bad);
  return {static_cast<int64_t>(quality.rows),
          static_cast<int64_t>(area.bad),
          quality.auc,
          area.interval.low,
          area.interval.high,
          quality.ks,
          quality.gini,
          quality.average_precision,
          quality.brier,
          quality.log_loss};
}

// Rows by falling score; equal scores by row, so that the order is one.
std::vector<uint32_t> riskiest_first(const TestScores& scores) {
  std::vector<uint32_t> order(scores.probabilities.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return scores.probabilities[a] > scores.probabilities[b]; });
  return order;
}

double part(uint64_t some, uint64_t all) { return all == 0 ? 0 : static_cast<double>(some) / static_cast<double>(all); }

}  // namespace

std::vector<RocPoint> roc_of(const TestScores& scores) {
  const auto order = riskiest_first(scores);
  const auto bad_all = static_cast<uint64_t>(std::accumulate(scores.bad.begin(), scores.bad.end(), 0));
  const uint64_t good_all = order.size() - bad_all;
  std::vector<RocPoint> all = {{0, 0}};
  uint64_t good = 0, bad = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    (scores.bad[order[i]] != 0 ? bad : good) += 1;
    const bool step_ends =
        i + 1 == order.size() || scores.probabilities[order[i + 1]] != scores.probabilities[order[i]];
    if (step_ends) all.push_back({part(good, good_all), part(bad, bad_all)});
  }
  if (all.size() <= kRocPointsMax) return all;
  std::vector<RocPoint> out;
  for (size_t i = 0; i < kRocPointsMax; ++i) out.push_back(all[i * (all.size() - 1) / (kRocPointsMax - 1)]);
  return out;
}

std::vector<LiftRow> lift_of(const TestScores& scores) {
  constexpr size_t kTenths = 10;
  const auto order = riskiest_first(scores);
  const auto bad_all = static_cast<uint64_t>(std::accumulate(scores.bad.begin(), scores.bad.end(), 0));
  std::vector<LiftRow> out;
  uint64_t bad = 0;
  size_t row = 0;
  for (size_t tenth = 1; tenth <= kTenths; ++tenth) {
    for (const size_t end = order.size() * tenth / kTenths; row < end; ++row) bad += scores.bad[order[row]];
    if (row == 0) continue;
    const double bad_share = part(bad, row), base = part(bad_all, order.size());
    out.push_back({part(row, order.size()), bad_share, base > 0 ? bad_share / base : 0, part(bad, bad_all),
                   static_cast<int64_t>(row)});
  }
  return out;
}

Figures figures_of(const models::TrainedModel& trained) {
  const TestScores scores{{}, trained.on_test.probabilities, trained.on_test.bad};
  Figures out;
  out.train = measures_of(trained.train, trained.on_train);
  out.test = measures_of(trained.test, trained.on_test);
  out.roc = roc_of(scores);
  for (const auto& bin : models::calibration({scores.probabilities, scores.bad})) {
    out.calibration.push_back({bin.predicted_low, bin.predicted_high, bin.predicted_mean, bin.observed_share,
                               static_cast<int64_t>(bin.rows)});
  }
  out.lift = lift_of(scores);
  out.psi = trained.stability.value;
  out.psi_null_limit = trained.stability.null_limit;
  return out;
}

}  // namespace puhui::experiments
