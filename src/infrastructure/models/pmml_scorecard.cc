// Scorecard: points by characteristic and the reason codes that follow from them.
#include <algorithm>

#include "ground/base/text.h"
#include "infrastructure/models/pmml_compiler.h"

namespace puhui::models {

namespace {

struct ScorecardAttribute {
  PredicateId predicate = 0;
  double score = 0;
  ExpressionPtr complex_score;  // instead of `score`
  std::string_view reason;
};

struct Characteristic {
  std::string_view name;
  double baseline = 0;
  std::vector<ScorecardAttribute> attributes;
  std::string place;
};

class PmmlScorecard final : public PmmlModel {
 public:
  double initial_score = 0;
  bool gives_reasons = true, counts_points_above = false;
  PredicateBook book;
  std::vector<Characteristic> characteristics;

 protected:
  void run(Machine& machine, Answer& answer) const override {
    double score = initial_score;
    std::vector<double>& losses = answer.confidences;  // until they are ranked
    for (const Characteristic& characteristic : characteristics) {
      const ScorecardAttribute* met = attribute_met(characteristic, machine);
      if (met == nullptr) {
        machine.fault(ErrorCode::invalid, characteristic.place,
                      "no attribute of the characteristic holds for these values");
        return losses.clear();
      }
      double points = met->score;
      if (met->complex_score) {
        const auto computed = number_in(met->complex_score->evaluate(machine));
        if (!computed) {
          machine.fault(ErrorCode::invalid, characteristic.place, "the characteristic's partial score is missing");
          return losses.clear();
        }
        points = *computed;
      }
      score += points;
      if (!gives_reasons) continue;
      losses.push_back(counts_points_above ? points - characteristic.baseline : characteristic.baseline - points);
      answer.reasons.push_back(met->reason);
    }
    answer.value = Cell::of(score);
    if (answer.value.is_invalid) machine.fault(ErrorCode::invalid, place, "the score is no finite number");
    if (gives_reasons) rank(machine, answer);
    losses.clear();
  }

 private:
  const ScorecardAttribute* attribute_met(const Characteristic& characteristic, Machine& machine) const {
    for (const ScorecardAttribute& attribute : characteristic.attributes) {
      if (book.test(attribute.predicate, machine) == Truth::yes) return &attribute;
    }
    return nullptr;
  }

  // The largest difference to the baseline first, ties in the file's order; a code that comes again says nothing new.
  static void rank(Machine& machine, Answer& answer) {
    const std::vector<double>& losses = answer.confidences;
    auto& order = machine.order;
    order.resize(losses.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(),
              [&](size_t a, size_t b) { return losses[a] != losses[b] ? losses[a] > losses[b] : a < b; });
    const size_t count = answer.reasons.size();
    for (const size_t i : order) {
      const std::string_view reason = answer.reasons[i];
      const auto ranked = std::span(answer.reasons).subspan(count);
      if (std::find(ranked.begin(), ranked.end(), reason) != ranked.end()) continue;
      if (losses[i] > 0) answer.adverse_count = answer.reasons.size() - count + 1;
      answer.reasons.push_back(reason);
    }
    answer.reasons.erase(answer.reasons.begin(), answer.reasons.begin() + static_cast<ptrdiff_t>(count));
  }
};

ScorecardAttribute read_attribute(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node,
                                  std::string_view reason, PmmlScorecard& card) {
  ScorecardAttribute out;
  out.predicate = compile_predicate_in(compiler, scope, node, card.book);
  out.reason = compiler.program.intern(XmlReader::text(node, "reasonCode", reason));
  if (card.gives_reasons && out.reason.empty()) {
    compiler.xml.fault(node, "expected a reasonCode here or at the characteristic, as useReasonCodes says");
  }
  const auto score = compiler.xml.number_if(node, "partialScore");
  out.score = score.value_or(0);
  if (const pugi::xml_node complex = XmlReader::child(node, "ComplexPartialScore")) {
    const pugi::xml_node expression = XmlReader::first_element(complex);
    if (expression) {
      out.complex_score = compile_expression(compiler, scope, expression, {}).expression;
    } else {
      compiler.xml.fault(complex, "expected an expression inside");
    }
  } else if (!score) {
    compiler.xml.fault(node, "expected a partialScore or a ComplexPartialScore");
  }
  return out;
}

Characteristic read_characteristic(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node,
                                   std::optional<double> baseline, PmmlScorecard& card) {
  Characteristic out;
  out.name = compiler.program.intern(XmlReader::text(node, "name"));
  out.place = compiler.xml.place(node);
  if (const auto own = compiler.xml.number_if(node, "baselineScore")) baseline = own;
  if (!baseline && card.gives_reasons) {
    compiler.xml.fault(node, "expected a baselineScore here or at the scorecard, as useReasonCodes says");
  }
  out.baseline = baseline.value_or(0);
  XmlReader::each(node, "Attribute", [&](const pugi::xml_node& attribute) {
    out.attributes.push_back(read_attribute(compiler, scope, attribute, XmlReader::text(node, "reasonCode"), card));
  });
  if (out.attributes.empty()) compiler.xml.fault(node, "expected at least one Attribute inside");
  return out;
}

}  // namespace

PmmlModelBuilt compile_scorecard(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node) {
  static constexpr std::pair<std::string_view, bool> kAlgorithms[] = {{"pointsBelow", false}, {"pointsAbove", true}};
  // Says how the baseline was found; what it is stands in baselineScore.
  static constexpr std::pair<std::string_view, int> kMethods[] = {
      {"other", 0}, {"max", 1}, {"min", 2}, {"mean", 3}, {"neutral", 4}};
  auto card = std::make_unique<PmmlScorecard>();
  begin_model(compiler, scope, node, *card);
  if (card->function != MiningFunction::regression) {
    compiler.xml.fault(node, "expected functionName regression for a Scorecard");
  }
  card->initial_score = compiler.xml.number(node, "initialScore", 0);
  card->gives_reasons = compiler.xml.flag(node, "useReasonCodes", XmlReader::Flag::yes) == XmlReader::Flag::yes;
  card->counts_points_above = compiler.xml.choice(node, "reasonCodeAlgorithm", kAlgorithms);
  (void)compiler.xml.choice(node, "baselineMethod", kMethods);
  const auto baseline = compiler.xml.number_if(node, "baselineScore");
  XmlReader::each(compiler.xml.required_child(node, "Characteristics"), "Characteristic",
                  [&](const pugi::xml_node& at) {
                    card->characteristics.push_back(read_characteristic(compiler, scope, at, baseline, *card));
                  });
  return card;
}

}  // namespace puhui::models
