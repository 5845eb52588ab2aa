#include "infrastructure/federation/boosting/quality.h"

#include <algorithm>
#include <cmath>

#include "infrastructure/models/metrics.h"

namespace puhui::federation {

namespace {

std::vector<uint8_t> hits(std::span<const double> labels, double of) {
  std::vector<uint8_t> out;
  for (const double label : labels) out.push_back(label == of ? 1 : 0);
  return out;
}

void add_binary(Json& out, int scale, const Margins& margins, std::span<const double> labels) {
  std::vector<double> probabilities;
  for (const int64_t margin : margins[0])
    probabilities.push_back(steady_sigmoid(std::ldexp(static_cast<double>(margin), -scale)));
  const std::vector<uint8_t> bad = hits(labels, 1);
  if (!models::has_both(bad)) return;
  out.set("auc", Json(models::auc({probabilities, bad})));
  out.set("ks", Json(models::ks({probabilities, bad})));
  out.set("log_loss", Json(models::log_loss({probabilities, bad})));
}

void add_classes(Json& out, int scale, const Margins& margins, std::span<const double> labels) {
  std::vector<std::vector<double>> probabilities(margins.size());
  size_t right = 0;
  std::vector<double> row(margins.size());
  for (size_t i = 0; i < labels.size(); ++i) {
    for (size_t k = 0; k < row.size(); ++k) row[k] = std::ldexp(static_cast<double>(margins[k][i]), -scale);
    const std::vector<double> p = steady_softmax(row);
    for (size_t k = 0; k < p.size(); ++k) probabilities[k].push_back(p[k]);
    right += static_cast<double>(std::max_element(p.begin(), p.end()) - p.begin()) == labels[i] ? 1 : 0;
  }
  out.set("accuracy", Json(static_cast<double>(right) / static_cast<double>(labels.size())));
  double sum = 0;
  size_t classes = 0;
  for (size_t k = 0; k < probabilities.size(); ++k) {
    const std::vector<uint8_t> of_class = hits(labels, static_cast<double>(k));
    if (!models::has_both(of_class)) continue;
    sum += models::auc({probabilities[k], of_class});
    ++classes;
  }
  if (classes > 0) out.set("auc", Json(sum / static_cast<double>(classes)));
}

double rmse(int scale, const Margins& margins, std::span<const double> labels) {
  double sum = 0;
  for (size_t i = 0; i < labels.size(); ++i) {
    const double off = std::ldexp(static_cast<double>(margins[0][i]), -scale) - labels[i];
    sum += off * off;
  }
  return std::sqrt(sum / static_cast<double>(labels.size()));
}

}  // namespace

Json boosting_measures(Objective objective, int scale, const Margins& margins, std::span<const double> labels,
                       const GuestPart& part) {
  Json out;
  size_t of_hosts = 0;
  for (const uint32_t count : part.host_splits) of_hosts += count;
  out.set("rows", Json(static_cast<int64_t>(labels.size())));
  out.set("trees", Json(static_cast<int64_t>(part.trees.size())));
  out.set("splits_own", Json(static_cast<int64_t>(part.splits.size())));
  out.set("splits_hosts", Json(static_cast<int64_t>(of_hosts)));
  if (objective == Objective::binary) add_binary(out, scale, margins, labels);
  if (objective == Objective::multi_class) add_classes(out, scale, margins, labels);
  if (objective == Objective::regression) out.set("rmse", Json(rmse(scale, margins, labels)));
  return out;
}

}  // namespace puhui::federation
