#include "infrastructure/models/scorecard.h"

#include <algorithm>
#include <cmath>

#include "ground/base/check.h"

namespace puhui::models {

namespace {

constexpr int64_t kPointsMax = 1'000'000'000;
constexpr size_t kScorecardFeaturesMax = 4096;

// Half to even: the rounding mode is never changed in this program.
int64_t rounded(double points) { return static_cast<int64_t>(std::nearbyint(std::clamp(points, -1e9, 1e9))); }

}  // namespace

double PointsScale::factor() const { return double_odds / std::log(2.0); }
double PointsScale::offset() const { return points + factor() * std::log(odds_bad); }

Scorecard::Scorecard(PointsScale scale, double intercept, std::vector<ScorecardFeature> features)
    : scale_(scale), intercept_(intercept), features_(std::move(features)) {
  base_points_ = rounded(scale_.offset() - scale_.factor() * intercept_);
  for (auto& feature : features_) {
    feature.points.clear();
    for (const Bin& bin : feature.binning.bins) {
      feature.points.push_back(rounded(-scale_.factor() * bin.woe * feature.coefficient));
    }
    CHECK(!feature.points.empty(), "a feature of a scorecard has bins");
    feature.points_unseen = 0;
    feature.points_best = *std::max_element(feature.points.begin(), feature.points.end());
  }
}

int64_t Scorecard::points(size_t index, std::span<const double> places) const {
  const ScorecardFeature& feature = features_[index];
  const size_t bin = feature.binning.find(places[feature.place]);
  return bin == Binning::kNone ? feature.points_unseen : feature.points[bin];
}

int64_t Scorecard::score(std::span<const double> places) const {
  int64_t sum = base_points_;
  for (size_t i = 0; i < features_.size(); ++i) sum += points(i, places);
  return sum;
}

double Scorecard::log_odds(std::span<const double> places) const {
  double sum = intercept_;
  for (const auto& feature : features_) sum += feature.coefficient * feature.binning.woe(places[feature.place]);
  return sum;
}

double Scorecard::probability(int64_t score) const { return sigmoid(scale_.log_odds(static_cast<double>(score))); }

void Scorecard::write(ByteWriter& out) const {
  out.real(scale_.points), out.real(scale_.odds_bad), out.real(scale_.double_odds);
  out.real(intercept_);
  out.signed_varint(base_points_);
  out.unsigned_varint(features_.size());
  for (const auto& feature : features_) {
    out.unsigned_varint(feature.place);
    out.real(feature.coefficient);
    models::write(out, feature.binning);
    for (const int64_t points : feature.points) out.signed_varint(points);
    out.signed_varint(feature.points_unseen);
  }
}

Scorecard Scorecard::read(ByteReader& in) {
  Scorecard out;
  out.scale_ = {in.real(), in.real(), in.real()};
  out.intercept_ = in.real();
  out.base_points_ = in.signed_varint();
  const auto bounded = [&](int64_t points) { return points >= -kPointsMax && points <= kPointsMax; };
  const bool scale_fits = std::isfinite(out.scale_.points) && std::fabs(out.scale_.points) <= 1e9 &&
                          out.scale_.odds_bad > 0 && std::isfinite(out.scale_.odds_bad) &&
                          out.scale_.double_odds > 1e-6 && out.scale_.double_odds <= 1e9;
  if (!scale_fits || !std::isfinite(out.intercept_) || !bounded(out.base_points_)) in.reject();
  const size_t count = in.count(30);
  if (count > kScorecardFeaturesMax) in.reject();
  for (size_t i = 0; i < count && in.ok(); ++i) {
    ScorecardFeature feature;
    const uint64_t place = in.unsigned_varint();
    if (place > UINT32_MAX) in.reject();
    feature.place = static_cast<uint32_t>(place);
    feature.coefficient = in.real();
    feature.binning = read_binning(in);
    if (!in.ok() || !std::isfinite(feature.coefficient)) return in.reject(), out;
    for (size_t bin = 0; bin < feature.binning.bins.size(); ++bin) feature.points.push_back(in.signed_varint());
    feature.points_unseen = in.signed_varint();
    if (!std::all_of(feature.points.begin(), feature.points.end(), bounded) || !bounded(feature.points_unseen))
      in.reject();
    feature.points_best = *std::max_element(feature.points.begin(), feature.points.end());
    out.features_.push_back(std::move(feature));
  }
  return out;
}

}  // namespace puhui::models
