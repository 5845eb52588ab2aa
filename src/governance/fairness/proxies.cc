// Proxies: a sealed attribute is not used, but a fact that tells it may stand in for it.
#include <algorithm>
#include <map>

#include "governance/fairness/fairness.h"
#include "infrastructure/statistics/roc.h"

namespace puhui::fairness {

namespace {

using evidence::FactValue;

// Numbers and dates on a scale of their own; nullopt for a text or a boolean.
std::optional<double> number_of(const FactValue& value) {
  if (const auto* number = std::get_if<evidence::Number>(&value)) return number->as_double();
  if (const auto* date = std::get_if<Date>(&value)) return date->days;
  return std::nullopt;
}

// A text becomes the group's share among the other half of the rows with that text, so that a text nobody shares does
// not seem to tell anything.
struct Encoder {
  std::map<std::string, std::pair<double, double>> halves[2];  // members and rows, by half
  double share = 0;

  void learn(size_t row, const std::string& text, bool member) {
    auto& cell = halves[row % 2][text];
    cell.first += member ? 1 : 0, cell.second += 1;
  }
  double of(size_t row, const std::string& text) const {
    constexpr double kPriorRows = 10;
    const auto& other = halves[1 - row % 2];
    const auto found = other.find(text);
    if (found == other.end()) return share;
    return (found->second.first + kPriorRows * share) / (found->second.second + kPriorRows);
  }
};

std::optional<ProxyView> tells(const std::vector<ProxyRow>& rows, size_t fact, const std::string& group) {
  std::vector<double> scores;
  std::vector<uint8_t> members;
  Encoder encoder;
  int64_t of_group = 0, known = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const FactValue& value = rows[i].facts[fact];
    if (std::holds_alternative<std::monostate>(value)) continue;
    ++known, of_group += rows[i].group == group ? 1 : 0;
    if (!number_of(value)) encoder.learn(i, evidence::text_of(value), rows[i].group == group);
  }
  if (of_group < kProxyRowsMin || known - of_group < kProxyRowsMin) return std::nullopt;
  encoder.share = static_cast<double>(of_group) / static_cast<double>(known);
  for (size_t i = 0; i < rows.size(); ++i) {
    const FactValue& value = rows[i].facts[fact];
    if (std::holds_alternative<std::monostate>(value)) continue;
    const auto number = number_of(value);
    scores.push_back(number ? *number : encoder.of(i, evidence::text_of(value)));
    members.push_back(rows[i].group == group ? 1 : 0);
  }
  const auto found = statistics::auc(scores, members);
  ProxyView out;
  out.group = group;
  out.rows = known;
  const bool turned = found.auc < 0.5;  // telling by being low is telling
  out.auc = turned ? 1 - found.auc : found.auc;
  out.auc_low = turned ? 1 - found.interval.high : found.interval.low;
  out.auc_high = turned ? 1 - found.interval.low : found.interval.high;
  return out;
}

}  // namespace

std::vector<ProxyView> proxies(const std::vector<std::string>& names, const std::vector<ProxyRow>& rows) {
  std::map<std::string, int64_t> sizes;
  for (const ProxyRow& row : rows) ++sizes[row.group];
  std::vector<ProxyView> out;
  for (size_t fact = 0; fact < names.size(); ++fact) {
    std::optional<ProxyView> best;
    for (const auto& [group, size] : sizes) {
      if (group == kAbsentGroup || size < kProxyRowsMin) continue;
      const auto found = tells(rows, fact, group);
      if (found && (!best || found->auc > best->auc)) best = found;
    }
    if (!best) continue;
    best->fact = names[fact];
    out.push_back(*std::move(best));
  }
  std::stable_sort(out.begin(), out.end(), [](const ProxyView& a, const ProxyView& b) { return a.auc > b.auc; });
  if (out.size() > kProxiesShown) out.resize(kProxiesShown);
  return out;
}

}  // namespace puhui::fairness
