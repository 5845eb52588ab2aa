#include "infrastructure/federation/horizontal/horizontal_boosting.h"

#include <algorithm>
#include <cmath>

#include "ground/base/check.h"
#include "infrastructure/federation/horizontal/horizontal_bins.h"
#include "infrastructure/federation/horizontal/horizontal_trees.h"
#include "infrastructure/federation/horizontal/score_counts.h"
#include "infrastructure/federation/horizontal/secure_sum.h"

namespace puhui::federation {

namespace {

constexpr double kBinsPart = 0.25;   // of epsilon, for the common bins
constexpr int64_t kNoisedBits = 11;  // gradient_bits where sums are noised: noise drowns finer ones
constexpr size_t kCellWords = 3;     // g, h, rows

enum class Part : uint8_t { coarse, fine, growing, scores, done };

// What is in force where sums are noised: counts of rows are not told then, hessians stand for them.
BoostingTerms terms_of(const Job& job) {
  BoostingTerms out = job.boosting;
  if (job.privacy.epsilon > 0) out.gradient_bits = std::min(out.gradient_bits, kNoisedBits), out.leaf_rows_min = 1;
  return out;
}

// One node's sums, as they came from all clients.
struct NodeSums {
  std::vector<GradientSum> cells;
  std::vector<uint32_t> counts;
  GradientSum total;
  size_t rows = 0;
};

class HorizontalBoosting final : public HorizontalLearner {
 public:
  HorizontalBoosting(const Job& job, const PartyData& data, BoostingObjective objective)
      : job_(job),
        terms_(terms_of(job)),
        data_(data),
        objective_(std::move(objective)),
        rule_(terms_, objective_.gradient_scale()),
        privacy_(job) {}

  std::string_view name() const override { return "horizontal_boosting"; }
  bool finished() const override { return part_ == Part::done; }
  uint64_t rounds_done() const override { return round_; }
  uint64_t rounds_max() const override { return 2 + levels() + (privacy_.is_on() ? 0 : 1); }
  const HorizontalPrivacy& privacy() const override { return privacy_; }
  std::string_view leak() const override {
    return part_ <= Part::fine ? "summed_counts" : part_ == Part::growing ? "summed_gradients" : "summed_scores";
  }
  Result<void> prepare() {
    if (!privacy_.plan({.share = 1, .rounds = 2, .epsilon_part = kBinsPart})) return too_small();
    return {};
  }
  std::vector<uint64_t> numbers() const override;
  Result<void> take(std::span<const uint64_t> sums) override;
  void write(ByteWriter& out) const override;
  void read(ByteReader& in) override;
  StageResult result() const override;

 private:
  uint64_t levels() const { return static_cast<uint64_t>(terms_.trees) * static_cast<uint64_t>(terms_.depth_max); }
  size_t columns() const { return data_.values.size(); }
  size_t bins_max() const { return static_cast<size_t>(terms_.bins_max); }
  size_t node_cells() const { return columns() * binned_.stride; }
  std::unexpected<Error> too_small() const {
    return fail(ErrorCode::exhausted, "privacy/epsilon",
                "expected a larger one: with any useful noise these trees spend more than " +
                    std::to_string(job_.privacy.epsilon) + "; fewer trees or levels spend less");
  }
  double sensitivity() const;
  std::vector<uint64_t> coarse() const;
  std::vector<uint64_t> fine() const;
  std::vector<uint64_t> level() const;
  std::vector<uint64_t> scores() const;
  Result<void> take_coarse(std::span<const uint64_t> sums);
  Result<void> take_fine(std::span<const uint64_t> sums);
  Result<void> check_level() const;
  void cut(std::vector<std::vector<float>> cuts);
  NodeSums node_sums(std::span<const uint64_t> words) const;
  std::optional<SplitCandidate> best(const NodeSums& sums, GradientSum& left) const;
  void take_level(std::span<const uint64_t> sums);
  void split(uint32_t place, const NodeSums& sums, std::vector<uint32_t>& next);
  void begin_tree();
  void end_tree();
  void end_growing() { part_ = privacy_.is_on() ? Part::done : Part::scores; }
  void place_rows() {
    for (size_t row = 0; row < objective_.rows(); ++row) {
      node_of_row_[row] = static_cast<uint32_t>(leaf_of(tree_, binned_, row));
    }
  }

  const Job& job_;
  const BoostingTerms terms_;
  const PartyData& data_;
  BoostingObjective objective_;
  GainRule rule_;
  HorizontalPrivacy privacy_;
  Part part_ = Part::coarse;
  uint64_t round_ = 0, level_ = 0;
  int64_t rows_ = 0;                          // of all clients
  std::vector<std::vector<int64_t>> coarse_;  // counts of all clients, by column
  std::vector<std::vector<uint16_t>> crowded_;
  BoostingColumns binned_;
  std::vector<HorizontalTree> trees_;
  HorizontalTree tree_;         // while it grows
  std::vector<uint32_t> open_;  // its nodes that may be split on this level, ascending
  Margins margins_;
  std::vector<GradientSum> gradients_;
  std::vector<uint32_t> node_of_row_;
  double auc_ = 0;
};

double HorizontalBoosting::sensitivity() const {
  const auto count = static_cast<double>(columns());
  if (part_ == Part::coarse) return std::sqrt(count + 2);
  if (part_ == Part::fine) return std::sqrt(count);
  const GradientScale& scale = objective_.gradient_scale();
  return std::sqrt(count * (std::ldexp(1.0, 2 * scale.g_top) + std::ldexp(1.0, 2 * scale.h_top)));
}

std::vector<uint64_t> HorizontalBoosting::numbers() const {
  std::vector<uint64_t> out = part_ == Part::coarse    ? coarse()
                              : part_ == Part::fine    ? fine()
                              : part_ == Part::growing ? level()
                                                       : scores();
  privacy_.add_share(out, round_, sensitivity());
  return out;
}

std::vector<uint64_t> HorizontalBoosting::coarse() const {
  std::vector<uint64_t> out(2 + columns() * kCoarseCells, 0);
  out[0] = objective_.rows();
  out[1] = static_cast<uint64_t>(std::ranges::count(data_.labels, 1.0));
  for (size_t c = 0; c < columns(); ++c) {
    for (const float x : data_.values[c]) {
      if (!std::isnan(x)) ++out[2 + c * kCoarseCells + coarse_cell(x)];
    }
  }
  return out;
}

// The crowded cells of all columns one behind the other.
std::vector<uint64_t> HorizontalBoosting::fine() const {
  std::vector<uint64_t> out(1, 0);  // never empty
  for (size_t c = 0; c < columns(); ++c) {
    const size_t first = out.size();
    out.resize(first + crowded_[c].size() * kFineCells, 0);
    for (const float x : data_.values[c]) {
      if (std::isnan(x)) continue;
      const auto found = std::ranges::lower_bound(crowded_[c], coarse_cell(x));
      if (found == crowded_[c].end() || *found != coarse_cell(x)) continue;
      ++out[first + static_cast<size_t>(found - crowded_[c].begin()) * kFineCells + fine_cell(x)];
    }
  }
  return out;
}

// For each open node, column and bin: sums of g and h, and rows.
std::vector<uint64_t> HorizontalBoosting::level() const {
  std::vector<uint64_t> out(open_.size() * node_cells() * kCellWords, 0);
  std::vector<uint32_t> place_of(tree_.size(), UINT32_MAX);
  for (size_t i = 0; i < open_.size(); ++i) place_of[open_[i]] = static_cast<uint32_t>(i);
  for (size_t row = 0; row < objective_.rows(); ++row) {
    const uint32_t place = place_of[node_of_row_[row]];
    if (place == UINT32_MAX) continue;
    for (size_t c = 0; c < columns(); ++c) {
      uint64_t* cell = &out[(place * node_cells() + c * binned_.stride + binned_.bin(row, c)) * kCellWords];
      cell[0] += as_word(gradients_[row].g), cell[1] += as_word(gradients_[row].h);
      cell[2] += privacy_.is_on() ? 0 : 1;
    }
  }
  return out;
}

std::vector<uint64_t> HorizontalBoosting::scores() const {
  ScoreCounts counts;
  for (size_t row = 0; row < objective_.rows(); ++row) {
    counts.add(std::ldexp(static_cast<double>(margins_[0][row]), -objective_.scale()), data_.labels[row] == 1);
  }
  return counts.words();
}

Result<void> HorizontalBoosting::take(std::span<const uint64_t> sums) {
  if (part_ != Part::scores) privacy_.spend(1);
  switch (part_) {
    case Part::coarse: TRY(take_coarse(sums)); break;
    case Part::fine: TRY(take_fine(sums)); break;
    case Part::growing:
      take_level(sums);
      if (part_ == Part::growing && !privacy_.affords(1)) end_growing();
      if (part_ == Part::growing) TRY(check_level());
      break;
    default: auc_ = ScoreCounts(sums).auc(), part_ = Part::done;
  }
  ++round_;
  return {};
}

Result<void> HorizontalBoosting::take_coarse(std::span<const uint64_t> sums) {
  rows_ = as_signed(sums[0]);
  const int64_t events = as_signed(sums[1]);
  if (privacy_.is_on()) rows_ = std::clamp<int64_t>(rows_, 1, kHorizontalRowsMax);
  if (rows_ < 1 || rows_ > static_cast<int64_t>(kHorizontalRowsMax)) {
    return fail(ErrorCode::invalid, "rows",
                "expected at most " + std::to_string(kHorizontalRowsMax) + " of all clients");
  }
  if (!privacy_.is_on() && (events < 1 || events >= rows_)) {
    return fail(ErrorCode::invalid, "labels", "expected both 0 and 1 among the clients' rows, came one alone");
  }
  size_t words = 1;
  for (size_t c = 0; c < columns(); ++c) {
    const auto own = sums.subspan(2 + c * kCoarseCells, kCoarseCells);
    coarse_.emplace_back();
    for (const uint64_t word : own) coarse_.back().push_back(as_signed(word));
    const double noise = 4 * privacy_.sigma_units(sensitivity());
    for (int64_t& count : coarse_.back()) {
      if (privacy_.is_on() && static_cast<double>(count) <= noise) count = 0;
    }
    crowded_.push_back(crowded_cells(coarse_.back(), bins_max(), 0));
    words += crowded_.back().size() * kFineCells;
  }
  if (words > kSecureSumWordsMax) {
    return fail(ErrorCode::exhausted, "columns", "expected fewer columns or bins: their counts do not fit a round");
  }
  part_ = Part::fine;
  return {};
}

Result<void> HorizontalBoosting::take_fine(std::span<const uint64_t> sums) {
  std::vector<std::vector<float>> cuts;
  size_t next = 1;
  for (size_t c = 0; c < columns(); ++c) {
    std::vector<int64_t> counts;
    for (size_t i = 0; i < crowded_[c].size() * kFineCells; ++i) counts.push_back(as_signed(sums[next++]));
    const double noise = 4 * privacy_.sigma_units(sensitivity());
    for (int64_t& count : counts) {
      if (privacy_.is_on() && static_cast<double>(count) <= noise) count = 0;
    }
    cuts.push_back(common_cuts(coarse_[c], crowded_[c], counts, bins_max()));
  }
  coarse_.clear(), crowded_.clear();
  cut(std::move(cuts));
  if (!privacy_.plan({.share = 1, .rounds = levels()})) return too_small();
  margins_ = objective_.first_margins();
  begin_tree();
  part_ = Part::growing;
  return check_level();
}

Result<void> HorizontalBoosting::check_level() const {
  if (open_.size() * node_cells() * kCellWords <= kSecureSumWordsMax) return {};
  return fail(ErrorCode::exhausted, "boosting",
              "expected fewer columns, bins or levels: a level's sums do not fit a round");
}

void HorizontalBoosting::cut(std::vector<std::vector<float>> cuts) {
  binned_ = {};
  binned_.rows = objective_.rows();
  binned_.cuts = std::move(cuts);
  binned_.heaviest.assign(columns(), 0);
  binned_.bins.resize(binned_.rows * columns());
  for (size_t c = 0; c < columns(); ++c) {
    const std::vector<float>& own = binned_.cuts[c];
    binned_.stride = std::max(binned_.stride, own.size() + 2);
    for (size_t row = 0; row < binned_.rows; ++row) {
      const float x = data_.values[c][row];
      const auto above = static_cast<size_t>(std::upper_bound(own.begin(), own.end(), x) - own.begin());
      binned_.bins[row * columns() + c] = static_cast<uint8_t>(std::isnan(x) ? own.size() + 1 : above);
    }
  }
}

void HorizontalBoosting::begin_tree() {
  tree_.assign(1, {});
  open_.assign(1, 0);
  level_ = 0;
  gradients_ = objective_.gradients(margins_, 0);
  node_of_row_.assign(objective_.rows(), 0);
}

NodeSums HorizontalBoosting::node_sums(std::span<const uint64_t> words) const {
  NodeSums out;
  for (size_t i = 0; i < node_cells(); ++i) {
    out.cells.push_back({as_signed(words[i * kCellWords]), as_signed(words[i * kCellWords + 1])});
    const bool is_cell = i % binned_.stride < binned_.cuts[i / binned_.stride].size() + 2;
    out.counts.push_back(!is_cell ? 0 : privacy_.is_on() ? 1 : static_cast<uint32_t>(words[i * kCellWords + 2]));
  }
  for (size_t bin = 0; bin < binned_.cuts[0].size() + 2; ++bin) {
    out.total += out.cells[bin];
    out.rows += out.counts[bin];
  }
  return out;
}

// The first of the largest gain, in the order that a house alone has.
std::optional<SplitCandidate> HorizontalBoosting::best(const NodeSums& sums, GradientSum& best_side) const {
  std::optional<SplitCandidate> best;
  double most = 0;
  GradientSum left;
  size_t column = SIZE_MAX, summed = 0;
  for (const SplitCandidate& candidate : split_candidates(binned_, sums.counts, rule_.leaf_rows_min())) {
    const GradientSum* of_column = sums.cells.data() + candidate.column * binned_.stride;
    if (candidate.column != column) column = candidate.column, left = {}, summed = 0;
    for (; summed <= candidate.cut; ++summed) left += of_column[summed];
    GradientSum side = left;
    if (candidate.missing_left) side += of_column[binned_.missing_bin(column)];
    const auto gain = rule_.gain(side, sums.total);
    if (gain && (!best || *gain > most)) best = candidate, most = *gain, best_side = side;
  }
  return best;
}

void HorizontalBoosting::split(uint32_t place, const NodeSums& sums, std::vector<uint32_t>& next) {
  tree_[place].total = sums.total;
  GradientSum left;
  if (!rule_.may_split(sums.total, privacy_.is_on() ? SIZE_MAX : sums.rows)) return;
  const auto chosen = best(sums, left);
  if (!chosen) return;
  const auto child = static_cast<uint32_t>(tree_.size());
  tree_[place].left = child;
  tree_[place].split = *chosen;
  tree_[place].threshold = binned_.threshold(chosen->column, chosen->cut);
  tree_.push_back({.total = left});
  tree_.push_back({.total = sums.total - left});
  for (const uint32_t one : {child, child + 1}) {
    if (level_ + 1 < static_cast<uint64_t>(terms_.depth_max) && rule_.may_split(tree_[one].total, SIZE_MAX)) {
      next.push_back(one);
    }
  }
}

void HorizontalBoosting::take_level(std::span<const uint64_t> sums) {
  std::vector<uint32_t> next;
  const size_t words = node_cells() * kCellWords;
  for (size_t i = 0; i < open_.size(); ++i) split(open_[i], node_sums(sums.subspan(i * words, words)), next);
  open_ = std::move(next);
  ++level_;
  place_rows();
  if (open_.empty()) end_tree();
}

void HorizontalBoosting::end_tree() {
  for (HorizontalNode& node : tree_) {
    if (node.left == 0) node.leaf = rule_.leaf(node.total, objective_.scale());
  }
  for (size_t row = 0; row < objective_.rows(); ++row) margins_[0][row] += tree_[node_of_row_[row]].leaf;
  trees_.push_back(std::move(tree_));
  begin_tree();
  if (trees_.size() == static_cast<size_t>(terms_.trees)) end_growing();
}

void HorizontalBoosting::write(ByteWriter& out) const {
  out.u8(static_cast<uint8_t>(part_));
  out.unsigned_varint(round_), out.unsigned_varint(level_);
  out.signed_varint(rows_);
  out.real(auc_);
  privacy_.write(out);
  if (part_ == Part::fine) {
    for (size_t c = 0; c < columns(); ++c) {
      for (const int64_t count : coarse_[c]) out.signed_varint(count);
    }
  }
  if (part_ <= Part::fine) return;
  for (const std::vector<float>& cuts : binned_.cuts) {
    out.unsigned_varint(cuts.size());
    for (const float one : cuts) out.u32(std::bit_cast<uint32_t>(one));
  }
  out.unsigned_varint(trees_.size());
  for (const HorizontalTree& tree : trees_) federation::write(out, tree);
  federation::write(out, tree_);
  out.unsigned_varint(open_.size());
  for (const uint32_t place : open_) out.unsigned_varint(place);
}

void HorizontalBoosting::read(ByteReader& in) {
  const uint8_t part = in.u8();
  round_ = in.unsigned_varint(), level_ = in.unsigned_varint();
  rows_ = in.signed_varint();
  auc_ = in.real();
  privacy_.read(in);
  if (part > static_cast<uint8_t>(Part::done)) return in.reject();
  part_ = static_cast<Part>(part);
  coarse_.clear(), crowded_.clear();
  for (size_t c = 0; part_ == Part::fine && c < columns() && in.ok(); ++c) {
    coarse_.emplace_back();
    for (size_t cell = 0; cell < kCoarseCells; ++cell) coarse_.back().push_back(in.signed_varint());
    crowded_.push_back(crowded_cells(coarse_.back(), bins_max(), 0));
  }
  if (part_ <= Part::fine || !in.ok()) return;
  std::vector<std::vector<float>> cuts(columns());
  for (std::vector<float>& own : cuts) {
    for (size_t i = in.count(4); i > 0 && in.ok(); --i) own.push_back(std::bit_cast<float>(in.u32()));
    if (own.size() >= bins_max() || !std::ranges::is_sorted(own, std::less_equal<float>())) return in.reject();
  }
  cut(std::move(cuts));
  trees_.clear();
  margins_ = objective_.first_margins();
  for (size_t i = in.count(4); i > 0 && in.ok(); --i) trees_.push_back(read_horizontal_tree(in, binned_));
  HorizontalTree growing = read_horizontal_tree(in, binned_);
  if (!in.ok() || trees_.size() > static_cast<size_t>(terms_.trees)) return in.reject();
  for (const HorizontalTree& tree : trees_) {
    for (size_t row = 0; row < objective_.rows(); ++row) margins_[0][row] += tree[leaf_of(tree, binned_, row)].leaf;
  }
  const uint64_t level = level_;
  begin_tree();
  level_ = level, tree_ = std::move(growing);
  place_rows();
  open_.clear();
  for (size_t i = in.count(); i > 0 && in.ok(); --i) {
    const uint64_t place = in.unsigned_varint();
    if (place >= tree_.size() || tree_[place].left != 0 || (!open_.empty() && open_.back() >= place))
      return in.reject();
    open_.push_back(static_cast<uint32_t>(place));
  }
  if (open_.empty() || level_ >= static_cast<uint64_t>(terms_.depth_max)) in.reject();
}

StageResult HorizontalBoosting::result() const {
  CHECK(finished(), "a result once finished");
  Json measures = Json::Object{{"rows", rows_},
                               {"columns", static_cast<int64_t>(columns())},
                               {"trees", static_cast<int64_t>(trees_.size())},
                               {"rounds", round_}};
  if (!privacy_.is_on()) measures.set("auc", auc_);
  if (privacy_.is_on()) measures.set("epsilon", privacy_.spent()), measures.set("delta", job_.privacy.delta);
  const HorizontalScales scales{.leaf = objective_.scale(), .hessian = objective_.gradient_scale().h_bits};
  return {.rows = {}, .model_part = xgboost_json(data_.columns, trees_, scales), .measures = std::move(measures)};
}

}  // namespace

Result<std::unique_ptr<HorizontalLearner>> make_horizontal_boosting(const Job& job, const PartyData& data,
                                                                    size_t self) {
  TRY(check_horizontal_data(job, data, self));
  Faults faults;
  const BoostingTerms& terms = job.boosting;
  if (terms.objective != Objective::binary) faults.add("boosting/objective", "expected binary in a horizontal job");
  if (terms.goss_top < 1)
    faults.add("boosting/goss_top", "expected 1: which gradients are largest is nobody's to know");
  if (terms.guest_only_trees != 0) faults.add("boosting/guest_only_trees", "expected 0: there is no guest");
  TRY(std::move(faults).result());
  auto objective = TRY(BoostingObjective::make(terms_of(job), data.labels));
  auto learner = std::make_unique<HorizontalBoosting>(job, data, std::move(objective));
  TRY(learner->prepare());
  return learner;
}

Result<std::unique_ptr<Stage>> make_horizontal_boosting_stage(const StageNeeds& needs) {
  return horizontal_stage(needs, TRY(make_horizontal_boosting(needs.job, needs.data, needs.self)));
}

}  // namespace puhui::federation
