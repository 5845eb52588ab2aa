// MiningModel: segments, each a model with a predicate and a weight, and the standard's ways to combine them.
#include <algorithm>

#include "ground/base/text.h"
#include "infrastructure/models/pmml_compiler.h"

namespace puhui::models {

namespace {

enum class Method : uint8_t {
  majority_vote,
  weighted_majority_vote,
  average,
  weighted_average,
  median,
  max,
  sum,
  weighted_sum,
  select_first,
  model_chain,
};
enum class MissingPrediction : uint8_t { go_on, skip_segment, return_missing };

struct Segment {
  std::string_view id;
  PredicateId predicate = 0;
  double weight = 1;
  PmmlModelPtr model;
  std::vector<uint32_t> category_of;  // the mining model's place of each of the segment's categories
  std::vector<uint32_t> own_of;       // and back; kNone where the segment does not have it
};

class MiningModel final : public PmmlModel {
 public:
  Method method = Method::select_first;
  MissingPrediction missing = MissingPrediction::go_on;
  double missing_threshold = 1;
  PredicateBook book;
  std::vector<Segment> segments;

 protected:
  void run(Machine& machine, Answer& answer) const override;

 private:
  // Of one run: the segments that count.
  struct Counted {
    size_t segments = 0;
    double weights = 0, missing_weights = 0;
    bool some_missing = false;
  };
  void run_one_after_another(Machine& machine, Answer& answer) const;
  void take_over(const Segment& segment, const Answer& from, Answer& answer) const;
  void combine_numbers(Machine& machine, Answer& answer, const Counted& counted) const;
  void vote(Machine& machine, Answer& answer, const Counted& counted) const;
  void combine_probabilities(Machine& machine, Answer& answer, const Counted& counted) const;
  void average_of_deciding(Machine& machine, Answer& answer) const;
  double probability(const Segment& segment, const Answer& from, uint32_t category) const;
  bool is_weighted() const {
    return method == Method::weighted_average || method == Method::weighted_majority_vote ||
           method == Method::weighted_sum;
  }
  double weight_of(const Segment& segment) const { return is_weighted() ? segment.weight : 1; }
  // Calls visit(segment, its answer) for those that ran and predicted.
  template <class Visit>
  void each_prediction(Machine& machine, Visit visit) const {
    for (const Segment& segment : segments) {
      const Answer& from = machine.answer(segment.model->answer_place);
      if (from.has_run && !from.value.is_missing()) visit(segment, from);
    }
  }
};

void MiningModel::take_over(const Segment& segment, const Answer& from, Answer& answer) const {
  answer.value = from.value;
  answer.reasons.assign(from.reasons.begin(), from.reasons.end());
  answer.adverse_count = from.adverse_count;
  answer.entity = segment.id.empty() ? from.entity : segment.id;
  answer.probabilities.clear(), answer.confidences.clear();
  if (function != MiningFunction::classification) return;
  const uint32_t own = segment.model->category_of(from.value);
  if (own != kNone && own < segment.category_of.size()) answer.value = categories[segment.category_of[own]];
  if (from.probabilities.empty()) return;
  answer.probabilities.assign(categories.size(), 0);
  for (size_t i = 0; i < from.probabilities.size(); ++i)
    answer.probabilities[segment.category_of[i]] = from.probabilities[i];
  if (from.confidences.empty()) return;
  answer.confidences.assign(categories.size(), 0);
  for (size_t i = 0; i < from.confidences.size(); ++i) answer.confidences[segment.category_of[i]] = from.confidences[i];
}

// selectFirst ends with the first segment that holds; a chain goes on, and its last segment's answer stands.
void MiningModel::run_one_after_another(Machine& machine, Answer& answer) const {
  for (const Segment& segment : segments) {
    if (book.test(segment.predicate, machine) != Truth::yes) continue;
    segment.model->evaluate(machine);
    if (machine.is_faulted()) return;
    const Answer& from = machine.answer(segment.model->answer_place);
    const bool gives_none = from.value.is_missing();
    if (gives_none && missing == MissingPrediction::skip_segment) continue;
    take_over(segment, from, answer);
    if (gives_none && missing == MissingPrediction::return_missing) return;
    if (method == Method::select_first) return;
  }
}

void MiningModel::run(Machine& machine, Answer& answer) const {
  if (method == Method::select_first || method == Method::model_chain) return run_one_after_another(machine, answer);
  Counted counted;
  for (const Segment& segment : segments) {
    if (book.test(segment.predicate, machine) != Truth::yes) continue;
    segment.model->evaluate(machine);
    if (machine.is_faulted()) return;
    ++counted.segments;
    counted.weights += weight_of(segment);
    if (!machine.answer(segment.model->answer_place).value.is_missing()) continue;
    counted.some_missing = true;
    counted.missing_weights += weight_of(segment);
  }
  if (counted.segments == 0) return;
  if (counted.some_missing && missing == MissingPrediction::return_missing) return;
  if (missing == MissingPrediction::skip_segment && counted.missing_weights / counted.weights > missing_threshold)
    return;
  if (missing == MissingPrediction::skip_segment) {
    counted.weights -= counted.missing_weights;
    counted.missing_weights = 0;
    counted.some_missing = false;
  }
  if (method == Method::majority_vote || method == Method::weighted_majority_vote)
    return vote(machine, answer, counted);
  if (counted.some_missing || counted.weights == 0) return;
  if (function == MiningFunction::regression) return combine_numbers(machine, answer, counted);
  combine_probabilities(machine, answer, counted);
}

void MiningModel::combine_numbers(Machine& machine, Answer& answer, const Counted& counted) const {
  auto& numbers = machine.numbers;
  numbers.clear();
  double sum = 0;
  bool is_number = true;
  each_prediction(machine, [&](const Segment& segment, const Answer& from) {
    const auto number = number_in(from.value);
    is_number &= number.has_value();
    if (method == Method::median || method == Method::max) numbers.push_back(number.value_or(0));
    sum += weight_of(segment) * number.value_or(0);
  });
  if (!is_number) return machine.fault(ErrorCode::invalid, place, "a segment's prediction is no number");
  double out = sum;
  if (method == Method::average || method == Method::weighted_average) out = sum / counted.weights;
  if (method == Method::max) out = *std::max_element(numbers.begin(), numbers.end());
  if (method == Method::median) {
    std::sort(numbers.begin(), numbers.end());
    const size_t half = numbers.size() / 2;
    out = numbers.size() % 2 == 1 ? numbers[half] : (numbers[half - 1] + numbers[half]) / 2;
  }
  answer.value = Cell::of(out);
  if (answer.value.is_invalid)
    machine.fault(ErrorCode::invalid, place, "the segments' predictions give no finite number");
}

// A segment without a prediction votes for none; where these are the most, there is none.
void MiningModel::vote(Machine& machine, Answer& answer, const Counted& counted) const {
  answer.probabilities.assign(categories.size(), 0);
  each_prediction(machine, [&](const Segment& segment, const Answer& from) {
    const uint32_t own = segment.model->category_of(from.value);
    if (own != kNone) answer.probabilities[segment.category_of[own]] += weight_of(segment);
  });
  const double most = *std::max_element(answer.probabilities.begin(), answer.probabilities.end());
  if (counted.weights == 0 || counted.missing_weights > most) return answer.probabilities.clear();
  for (double& share : answer.probabilities) share /= counted.weights;
  choose(answer);
}

double MiningModel::probability(const Segment& segment, const Answer& from, uint32_t category) const {
  const uint32_t own = category < segment.own_of.size() ? segment.own_of[category] : kNone;
  if (own == kNone) return 0;
  if (!from.probabilities.empty()) return from.probabilities[own];
  return segment.model->category_of(from.value) == own ? 1 : 0;
}

void MiningModel::combine_probabilities(Machine& machine, Answer& answer, const Counted& counted) const {
  answer.probabilities.assign(categories.size(), 0);
  if (method == Method::max || method == Method::median) return average_of_deciding(machine, answer);
  each_prediction(machine, [&](const Segment& segment, const Answer& from) {
    for (uint32_t c = 0; c < categories.size(); ++c) {
      answer.probabilities[c] += weight_of(segment) * probability(segment, from, c) / counted.weights;
    }
  });
  choose(answer);
}

// max and median: the winner is the category whose largest (middle) probability is highest; the answer is the mean of
// the segments that gave it that probability.
void MiningModel::average_of_deciding(Machine& machine, Answer& answer) const {
  auto& numbers = machine.numbers;
  uint32_t winner = 0;
  double best = -1, low = 0, high = 0;
  for (uint32_t c = 0; c < categories.size(); ++c) {
    numbers.clear();
    each_prediction(
        machine, [&](const Segment& segment, const Answer& from) { numbers.push_back(probability(segment, from, c)); });
    std::sort(numbers.begin(), numbers.end());
    const size_t half = numbers.size() / 2;
    const double upper = method == Method::max ? numbers.back() : numbers[half];
    const double lower = method == Method::max || numbers.size() % 2 == 1 ? upper : numbers[half - 1];
    if ((lower + upper) / 2 > best) best = (lower + upper) / 2, winner = c, low = lower, high = upper;
  }
  double deciding = 0;
  each_prediction(machine, [&](const Segment& segment, const Answer& from) {
    const double p = probability(segment, from, winner);
    if (p != low && p != high) return;
    ++deciding;
    for (uint32_t c = 0; c < categories.size(); ++c) answer.probabilities[c] += probability(segment, from, c);
  });
  for (double& p : answer.probabilities) p /= deciding;
  answer.value = categories[winner];
}

void read_segment(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node, MiningModel& model,
                  SegmentModels& by_id) {
  Segment segment{.id = compiler.program.intern(XmlReader::text(node, "id")),
                  .weight = compiler.xml.number(node, "weight", 1),
                  .model = nullptr,
                  .category_of = {},
                  .own_of = {}};
  if (segment.weight < 0) compiler.xml.fault(node, "expected a weight of 0 or more");
  segment.predicate = compile_predicate_in(compiler, scope, node, model.book);
  pugi::xml_node inner;
  XmlReader::each_element(node, [&](const pugi::xml_node& child) {
    if (!inner && is_model(child)) inner = child;
  });
  if (!inner) return compiler.xml.fault(node, "expected a model inside");
  segment.model = compile_model(compiler, &scope, inner);
  if (segment.model == nullptr) return;
  if (model.function == MiningFunction::classification && segment.model->function == MiningFunction::classification) {
    for (const Cell& value : segment.model->categories) {
      segment.category_of.push_back(category(model, compiler.constant(inner, text_in(value), model.target_type)));
    }
  }
  if (!segment.id.empty() && !by_id.try_emplace(segment.id, segment.model.get()).second) {
    compiler.xml.fault(node, "two segments have the id '" + std::string(segment.id) + "'");
  }
  model.segments.push_back(std::move(segment));
}

void check(PmmlCompiler& compiler, const pugi::xml_node& node, const MiningModel& model) {
  if (model.segments.empty()) compiler.xml.fault(node, "expected at least one Segment inside");
  const bool votes = model.method == Method::majority_vote || model.method == Method::weighted_majority_vote;
  const bool sums = model.method == Method::sum || model.method == Method::weighted_sum;
  if (votes && model.function == MiningFunction::regression) compiler.xml.fault(node, "votes are for classification");
  if (sums && model.function == MiningFunction::classification) compiler.xml.fault(node, "sums are for regression");
  if (model.method == Method::select_first || model.method == Method::model_chain) return;
  for (const Segment& segment : model.segments) {
    if (segment.model->function != model.function) {
      compiler.xml.fault(node, "expected every segment to have the functionName of the MiningModel");
      return;
    }
  }
  if (model.function == MiningFunction::classification && model.categories.empty()) {
    compiler.xml.fault(node, "expected the segments to name at least one category");
  }
}

}  // namespace

PmmlModelBuilt compile_mining(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node,
                              SegmentModels& segments) {
  static constexpr std::pair<std::string_view, Method> kMethods[] = {
      {"majorityVote", Method::majority_vote},
      {"weightedMajorityVote", Method::weighted_majority_vote},
      {"average", Method::average},
      {"weightedAverage", Method::weighted_average},
      {"median", Method::median},
      {"max", Method::max},
      {"sum", Method::sum},
      {"weightedSum", Method::weighted_sum},
      {"selectFirst", Method::select_first},
      {"modelChain", Method::model_chain}};
  static constexpr std::pair<std::string_view, MissingPrediction> kMissing[] = {
      {"continue", MissingPrediction::go_on},
      {"skipSegment", MissingPrediction::skip_segment},
      {"returnMissing", MissingPrediction::return_missing}};
  auto model = std::make_unique<MiningModel>();
  begin_model(compiler, scope, node, *model);
  for (const char* embedded : {"Regression", "DecisionTree"}) {
    if (XmlReader::child(node, embedded)) compiler.xml.fault(node, "model composition is not run; use segments");
  }
  const pugi::xml_node segmentation = compiler.xml.required_child(node, "Segmentation");
  if (!segmentation) return model;
  compiler.xml.required(segmentation, "multipleModelMethod");
  model->method = compiler.xml.choice(segmentation, "multipleModelMethod", kMethods);
  model->missing = compiler.xml.choice(segmentation, "missingPredictionTreatment", kMissing);
  model->missing_threshold = compiler.xml.number(segmentation, "missingThreshold", 1);
  XmlReader::each(segmentation, "Segment",
                  [&](const pugi::xml_node& segment) { read_segment(compiler, scope, segment, *model, segments); });
  for (Segment& segment : model->segments) {
    for (uint32_t own = 0; own < segment.category_of.size(); ++own) {
      segment.own_of.resize(std::max<size_t>(segment.own_of.size(), segment.category_of[own] + 1), PmmlModel::kNone);
      segment.own_of[segment.category_of[own]] = own;
    }
  }
  check(compiler, node, *model);
  return model;
}

}  // namespace puhui::models
