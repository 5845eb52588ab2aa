// TreeModel: flat nodes, children side by side, with the standard's six ways of meeting a missing value.
#include <cmath>

#include "ground/base/text.h"
#include "infrastructure/models/pmml_compiler.h"

namespace puhui::models {

namespace {

enum class MissingStrategy : uint8_t {
  none,
  last_prediction,
  null_prediction,
  default_child,
  weighted_confidence,
  aggregate_nodes
};

// A line of a node's ScoreDistribution.
struct Share {
  uint32_t category = 0;
  double records = 0, confidence = 0, probability = 0;
};

struct TreeModelNode {
  PredicateId predicate = 0;
  uint32_t first_child = 0, child_count = 0;
  uint32_t default_child = PmmlModel::kNone;
  uint32_t first_share = 0, share_count = 0;
  double records = 0;
  Cell score;
  std::string_view id;
};

// A node whose two children part the numbers of one field: below the threshold goes to the one, else to the other.
// Such a step looks at 24 bytes instead of two predicates and a node.
struct NumericSplit {
  double threshold = 0;
  uint32_t slot = 0;
  uint32_t below = 0, otherwise = 0;  // children; equal: no such node
  bool is_usable() const { return below != otherwise; }
};

class TreeModel final : public PmmlModel {
 public:
  // Called when the nodes are complete.
  void find_splits() {
    for (const TreeModelNode& node : nodes) splits.push_back(split_of(node));
  }
  MissingStrategy strategy = MissingStrategy::none;
  bool returns_last_prediction = false;
  double missing_penalty = 1;
  PredicateBook book;
  std::vector<TreeModelNode> nodes;
  std::vector<Share> shares;
  std::vector<NumericSplit> splits;  // one a node

 protected:
  void run(Machine& machine, Answer& answer) const override;

 private:
  struct Trail {
    PredicateBook::Trail predicates;
    uint32_t defaults = 0;
  };
  // What comes after a node: a child, or an end.
  struct Next {
    enum class Kind : uint8_t { child, leaf, no_true_child, unknown } kind;
    uint32_t child = 0;
  };
  Next next(const TreeModelNode& node, Machine& machine, Trail& trail) const;
  void answer_by(const TreeModelNode& node, const Trail& trail, Answer& answer) const;
  void weigh(const TreeModelNode& node, double weight, Machine& machine, Answer& answer) const;
  void aggregate(const TreeModelNode& node, Machine& machine, Answer& answer) const;
  void add_shares(const TreeModelNode& node, double weight, Answer& answer) const;
  NumericSplit split_of(const TreeModelNode& node) const;
  // As far as numeric splits lead with numbers that are there.
  uint32_t descend(uint32_t at, Machine& machine) const {
    while (splits[at].is_usable()) {
      const NumericSplit& split = splits[at];
      const Cell& cell = machine.value(split.slot);
      if (cell.kind != CellKind::number) break;
      at = cell.number < split.threshold ? split.below : split.otherwise;
    }
    return at;
  }
  std::span<const Share> shares_of(const TreeModelNode& node) const {
    return std::span(shares).subspan(node.first_share, node.share_count);
  }
};

NumericSplit TreeModel::split_of(const TreeModelNode& node) const {
  if (node.child_count != 2) return {};
  const Predicate& first = book.at(nodes[node.first_child].predicate);
  const Predicate& second = book.at(nodes[node.first_child + 1].predicate);
  const auto orders = [](PredicateKind kind) {
    return kind == PredicateKind::less || kind == PredicateKind::less_or_equal || kind == PredicateKind::greater ||
           kind == PredicateKind::greater_or_equal;
  };
  if (!orders(first.kind) || first.value.kind != CellKind::number || first.is_ranked) return {};
  static constexpr std::pair<PredicateKind, PredicateKind> kComplements[] = {
      {PredicateKind::less, PredicateKind::greater_or_equal},
      {PredicateKind::less_or_equal, PredicateKind::greater},
      {PredicateKind::greater, PredicateKind::less_or_equal},
      {PredicateKind::greater_or_equal, PredicateKind::less}};
  const bool parts = std::ranges::any_of(
      kComplements, [&](const auto& pair) { return pair.first == first.kind && pair.second == second.kind; });
  const bool same = parts && second.slot == first.slot && second.value.kind == CellKind::number && !second.is_ranked &&
                    second.value.number == first.value.number;
  if (!same) return {};
  NumericSplit out{.threshold = first.value.number, .slot = first.slot};
  const bool is_closed = first.kind == PredicateKind::less_or_equal || first.kind == PredicateKind::greater;
  if (is_closed) out.threshold = std::nextafter(out.threshold, HUGE_VAL);
  const bool is_below = first.kind == PredicateKind::less || first.kind == PredicateKind::less_or_equal;
  out.below = node.first_child + (is_below ? 0 : 1);
  out.otherwise = node.first_child + (is_below ? 1 : 0);
  return out;
}

TreeModel::Next TreeModel::next(const TreeModelNode& node, Machine& machine, Trail& trail) const {
  if (node.child_count == 0) return {Next::Kind::leaf};
  for (uint32_t child = node.first_child; child < node.first_child + node.child_count; ++child) {
    const Truth truth = book.test(nodes[child].predicate, machine, trail.predicates);
    if (truth == Truth::yes) return {Next::Kind::child, child};
    if (truth == Truth::no || strategy == MissingStrategy::none) continue;
    return {Next::Kind::unknown, child};
  }
  return {Next::Kind::no_true_child};
}

void TreeModel::answer_by(const TreeModelNode& node, const Trail& trail, Answer& answer) const {
  answer.value = node.score;
  answer.entity = node.id;
  if (function == MiningFunction::regression) return;
  const double penalty = std::pow(missing_penalty, trail.defaults + trail.predicates.surrogates);
  if (node.share_count > 0) {
    answer.probabilities.assign(categories.size(), 0);
    answer.confidences.assign(categories.size(), 0);
    for (const Share& share : shares_of(node)) {
      answer.probabilities[share.category] = share.probability;
      answer.confidences[share.category] = share.confidence * penalty;
    }
    if (answer.value.is_missing()) choose(answer);
  }
}

void TreeModel::add_shares(const TreeModelNode& node, double weight, Answer& answer) const {
  for (const Share& share : shares_of(node)) {
    answer.probabilities[share.category] += share.probability * weight;
    answer.confidences[share.category] += share.confidence * weight;
  }
}

// weightedConfidence: where a predicate is unknown, every child that is not false counts by its records.
void TreeModel::weigh(const TreeModelNode& node, double weight, Machine& machine, Answer& answer) const {
  Trail trail;
  const Next step = next(node, machine, trail);
  switch (step.kind) {
    case Next::Kind::child: return weigh(nodes[step.child], weight, machine, answer);
    case Next::Kind::leaf: return add_shares(node, weight, answer);
    case Next::Kind::no_true_child:
      if (returns_last_prediction) add_shares(node, weight, answer);
      return;
    case Next::Kind::unknown: break;
  }
  const auto counts = [&](uint32_t child) { return book.test(nodes[child].predicate, machine) != Truth::no; };
  double records = 0;
  const uint32_t end = node.first_child + node.child_count;
  for (uint32_t child = step.child; child < end; ++child) {
    if (counts(child)) records += nodes[child].records;
  }
  for (uint32_t child = step.child; child < end; ++child) {
    if (counts(child)) weigh(nodes[child], weight * nodes[child].records / records, machine, answer);
  }
}

// aggregateNodes: adds up the records of every leaf that the row might reach.
void TreeModel::aggregate(const TreeModelNode& node, Machine& machine, Answer& answer) const {
  Trail trail;
  const Next step = next(node, machine, trail);
  switch (step.kind) {
    case Next::Kind::child: return aggregate(nodes[step.child], machine, answer);
    case Next::Kind::no_true_child:
      if (!returns_last_prediction) return;
      [[fallthrough]];
    case Next::Kind::leaf:
      for (const Share& share : shares_of(node)) answer.probabilities[share.category] += share.records;
      return;
    case Next::Kind::unknown: break;
  }
  for (uint32_t child = step.child; child < node.first_child + node.child_count; ++child) {
    const Truth truth = book.test(nodes[child].predicate, machine);
    if (truth != Truth::no) aggregate(nodes[child], machine, answer);
    if (truth == Truth::yes) return;  // behind a true child none is reached
  }
}

void TreeModel::run(Machine& machine, Answer& answer) const {
  Trail trail;
  if (book.test(nodes[0].predicate, machine, trail.predicates) != Truth::yes) return;
  if (strategy == MissingStrategy::weighted_confidence || strategy == MissingStrategy::aggregate_nodes) {
    answer.probabilities.assign(categories.size(), 0);
    answer.confidences.assign(categories.size(), 0);
    if (strategy == MissingStrategy::weighted_confidence) {
      weigh(nodes[0], 1, machine, answer);
    } else {
      aggregate(nodes[0], machine, answer);
      double records = 0;
      for (const double count : answer.probabilities) records += count;
      for (double& count : answer.probabilities) count = records == 0 ? 0 : count / records;
      answer.confidences = answer.probabilities;
    }
    uint32_t best = kNone;
    for (uint32_t i = 0; i < answer.confidences.size(); ++i) {
      if (answer.confidences[i] > (best == kNone ? 0 : answer.confidences[best])) best = i;
    }
    if (best != kNone) answer.value = categories[best];
    return;
  }
  const TreeModelNode* node = nodes.data();
  while (true) {
    node = &nodes[descend(static_cast<uint32_t>(node - nodes.data()), machine)];
    const Next step = next(*node, machine, trail);
    switch (step.kind) {
      case Next::Kind::child: node = &nodes[step.child]; continue;
      case Next::Kind::leaf: return answer_by(*node, trail, answer);
      case Next::Kind::no_true_child:
        if (returns_last_prediction) answer_by(*node, trail, answer);
        return;
      case Next::Kind::unknown: break;
    }
    if (strategy == MissingStrategy::last_prediction) return answer_by(*node, trail, answer);
    if (strategy == MissingStrategy::null_prediction || node->default_child == kNone) return;
    ++trail.defaults;
    node = &nodes[node->default_child];
  }
}

// Compiles the nodes breadth first, so that the children of one stand side by side.
class TreeBuilder {
 public:
  TreeBuilder(PmmlCompiler& compiler, PmmlScope& scope, TreeModel& tree)
      : compiler_(compiler), scope_(scope), tree_(tree) {}

  void build(const pugi::xml_node& root, bool is_binary) {
    std::vector<pugi::xml_node> elements = {root};
    tree_.nodes.push_back(node_of(root));
    for (size_t i = 0; i < elements.size(); ++i) {
      const pugi::xml_node element = elements[i];
      const auto first = static_cast<uint32_t>(elements.size());
      XmlReader::each(element, "Node", [&](const pugi::xml_node& child) {
        elements.push_back(child);
        tree_.nodes.push_back(node_of(child));
      });
      TreeModelNode& node = tree_.nodes[i];
      node.first_child = first;
      node.child_count = static_cast<uint32_t>(elements.size()) - first;
      if (is_binary && node.child_count != 0 && node.child_count != 2) {
        compiler_.xml.fault(element, "expected two children or none in a tree of binary splits");
      }
      for (const char* embedded : {"Regression", "DecisionTree"}) {
        if (XmlReader::child(element, embedded)) compiler_.xml.fault(element, "models inside nodes are not run");
      }
      find_default(element, node);
      check_answer(element, node);
    }
    tree_.find_splits();
  }

 private:
  TreeModelNode node_of(const pugi::xml_node& element) {
    TreeModelNode node;
    node.predicate = compile_predicate_in(compiler_, scope_, element, tree_.book);
    node.id = compiler_.program.intern(XmlReader::text(element, "id"));
    node.records = compiler_.xml.number(element, "recordCount", 0);
    if (node.records < 0) compiler_.xml.fault(element, "expected a recordCount of 0 or more");
    if (XmlReader::has(element, "score")) {
      const std::string_view text = XmlReader::text(element, "score");
      if (tree_.function == MiningFunction::regression) {
        node.score = compiler_.constant(element, text, PmmlType{});
      } else {
        node.score = compiler_.constant(element, text, tree_.target_type);
        category(tree_, node.score);
      }
    }
    read_shares(element, node);
    return node;
  }

  void read_shares(const pugi::xml_node& element, TreeModelNode& node) {
    if (tree_.function == MiningFunction::regression) return;
    node.first_share = static_cast<uint32_t>(tree_.shares.size());
    double total = 0;
    std::vector<bool> has_probability;
    XmlReader::each(element, "ScoreDistribution", [&](const pugi::xml_node& line) {
      const Cell value = compiler_.constant(line, compiler_.xml.required(line, "value"), tree_.target_type);
      Share share{.category = category(tree_, value), .records = compiler_.xml.required_number(line, "recordCount")};
      if (share.records < 0) compiler_.xml.fault(line, "expected a recordCount of 0 or more");
      share.probability = compiler_.xml.number(line, "probability", NAN);
      share.confidence = compiler_.xml.number(line, "confidence", NAN);
      total += share.records;
      tree_.shares.push_back(share);
    });
    node.share_count = static_cast<uint32_t>(tree_.shares.size()) - node.first_share;
    for (size_t i = node.first_share; i < tree_.shares.size(); ++i) {
      Share& share = tree_.shares[i];
      const double portion = total > 0 ? share.records / total : 0;
      if (std::isnan(share.probability)) share.probability = portion;
      if (std::isnan(share.confidence)) share.confidence = portion;
    }
  }

  void find_default(const pugi::xml_node& element, TreeModelNode& node) {
    const std::string_view wanted = XmlReader::text(element, "defaultChild");
    if (wanted.empty()) {
      if (tree_.strategy == MissingStrategy::default_child && node.child_count > 0) {
        compiler_.xml.fault(element, "expected the attribute 'defaultChild'");
      }
      return;
    }
    for (uint32_t child = node.first_child; child < node.first_child + node.child_count; ++child) {
      if (tree_.nodes[child].id == wanted) node.default_child = child;
    }
    if (node.default_child == PmmlModel::kNone) {
      compiler_.xml.fault(element, "expected defaultChild to be the id of one of the node's children, came '" +
                                       std::string(cut_utf8(wanted, 60)) + "'");
    }
  }

  void check_answer(const pugi::xml_node& element, const TreeModelNode& node) {
    const bool is_combined =
        tree_.strategy == MissingStrategy::weighted_confidence || tree_.strategy == MissingStrategy::aggregate_nodes;
    const bool is_leaf = node.child_count == 0;
    if (is_leaf && node.score.is_missing() && node.share_count == 0) {
      compiler_.xml.fault(element, "expected a score or a ScoreDistribution in a node without children");
    }
    if (is_combined && is_leaf && node.share_count == 0) {
      compiler_.xml.fault(element, "expected a ScoreDistribution: the tree's missingValueStrategy adds them up");
    }
    if (tree_.strategy == MissingStrategy::weighted_confidence && !(node.records > 0) && &node != tree_.nodes.data()) {
      compiler_.xml.fault(element, "expected a recordCount above 0: the tree's missingValueStrategy weighs by it");
    }
  }

  PmmlCompiler& compiler_;
  PmmlScope& scope_;
  TreeModel& tree_;
};

}  // namespace

PmmlModelBuilt compile_tree(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node) {
  static constexpr std::pair<std::string_view, MissingStrategy> kStrategies[] = {
      {"none", MissingStrategy::none},
      {"lastPrediction", MissingStrategy::last_prediction},
      {"nullPrediction", MissingStrategy::null_prediction},
      {"defaultChild", MissingStrategy::default_child},
      {"weightedConfidence", MissingStrategy::weighted_confidence},
      {"aggregateNodes", MissingStrategy::aggregate_nodes}};
  static constexpr std::pair<std::string_view, bool> kNoTrueChild[] = {{"returnNullPrediction", false},
                                                                       {"returnLastPrediction", true}};
  static constexpr std::pair<std::string_view, bool> kSplits[] = {{"multiSplit", false}, {"binarySplit", true}};
  auto tree = std::make_unique<TreeModel>();
  begin_model(compiler, scope, node, *tree);
  tree->strategy = compiler.xml.choice(node, "missingValueStrategy", kStrategies);
  tree->returns_last_prediction = compiler.xml.choice(node, "noTrueChildStrategy", kNoTrueChild);
  tree->missing_penalty = compiler.xml.number(node, "missingValuePenalty", 1);
  if (tree->missing_penalty < 0 || tree->missing_penalty > 1) {
    compiler.xml.fault(node, "expected a missingValuePenalty between 0 and 1");
  }
  const bool is_combined =
      tree->strategy == MissingStrategy::weighted_confidence || tree->strategy == MissingStrategy::aggregate_nodes;
  if (is_combined && tree->function == MiningFunction::regression) {
    compiler.xml.fault(node, "weightedConfidence and aggregateNodes are for classification");
  }
  if (const pugi::xml_node root = compiler.xml.required_child(node, "Node")) {
    TreeBuilder(compiler, scope, *tree).build(root, compiler.xml.choice(node, "splitCharacteristic", kSplits));
  }
  return tree;
}

}  // namespace puhui::models
