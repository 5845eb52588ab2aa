#include <map>

#include "infrastructure/experiments/experiment.h"
#include "infrastructure/statistics/roc.h"

namespace puhui::experiments {

void fields(Shape& shape, Differing& differing) {
  shape.field("name", differing.name, {.help = "place in the manifest"});
  shape.field("a", differing.a);
  shape.field("b", differing.b);
}

void fields(Shape& shape, FigurePair& pair) {
  shape.field("name", pair.name);
  shape.field("a", pair.a);
  shape.field("b", pair.b);
  shape.field("difference", pair.difference, {.help = "b less a"});
}

void fields(Shape& shape, AucTest& test) {
  shape.field("paired", test.paired,
              {.help = "the same test rows scored twice; else they are two samples, and the test sees less"});
  shape.field("a", test.a);
  shape.field("b", test.b);
  shape.field("difference", test.difference, {.help = "b less a"});
  shape.field("low", test.low, {.help = "of its 95 % interval"});
  shape.field("high", test.high);
  shape.field("z", test.z);
  shape.field("p_value", test.p_value, {.help = "two-sided; of no difference"});
  shape.field("rows_a", test.rows_a);
  shape.field("rows_b", test.rows_b);
}

void fields(Shape& shape, Comparison& comparison) {
  shape.field("a", comparison.a);
  shape.field("b", comparison.b);
  shape.field("parameters", comparison.parameters, {.help = "what differs between the manifests"});
  shape.field("figures", comparison.figures, {.help = "of the test rows"});
  shape.field("auc", comparison.auc, {.help = "DeLong's test"});
}

namespace {

// Every leaf of a JSON value by its path; lists as one text, for a list that differs is read whole.
void flatten(const std::string& path, const Json& value, std::map<std::string, std::string>& out) {
  if (const auto* object = value.object()) {
    for (const auto& [name, member] : *object) flatten(path.empty() ? name : path + "/" + name, member, out);
  } else if (const auto* text = value.text()) {
    out[path] = *text;
  } else {
    out[path] = print_json(value);
  }
}

std::vector<Differing> differing(const Manifest& a, const Manifest& b) {
  std::map<std::string, std::string> of_a, of_b;
  flatten("", to_json(a), of_a);
  flatten("", to_json(b), of_b);
  std::vector<Differing> out;
  for (const auto& [name, value] : of_a) {
    const auto other = of_b.find(name);
    if (other == of_b.end()) {
      out.push_back({name, value, ""});
    } else if (other->second != value) {
      out.push_back({name, value, other->second});
    }
  }
  for (const auto& [name, value] : of_b) {
    if (!of_a.contains(name)) out.push_back({name, "", value});
  }
  return out;
}

std::vector<FigurePair> figure_pairs(const Run& a, const Run& b) {
  std::vector<FigurePair> out;
  const auto add = [&](const char* name, double of_a, double of_b) { out.push_back({name, of_a, of_b, of_b - of_a}); };
  const Measures &x = a.figures.test, &y = b.figures.test;
  add("auc", x.auc, y.auc);
  add("ks", x.ks, y.ks);
  add("gini", x.gini, y.gini);
  add("average_precision", x.average_precision, y.average_precision);
  add("brier", x.brier, y.brier);
  add("log_loss", x.log_loss, y.log_loss);
  add("auc of the training rows", a.figures.train.auc, b.figures.train.auc);
  add("psi", a.figures.psi, b.figures.psi);
  add("test rows", static_cast<double>(x.rows), static_cast<double>(y.rows));
  add("training cpu ms", static_cast<double>(a.training_cpu_ms), static_cast<double>(b.training_cpu_ms));
  return out;
}

AucTest test_of(const TestScores& a, const TestScores& b) {
  const bool paired = a.row_hashes == b.row_hashes && a.bad == b.bad;
  const auto compared = paired ? statistics::compare_auc({a.probabilities, b.probabilities, a.bad})
                               : statistics::compare_unpaired({statistics::auc(a.probabilities, a.bad),
                                                               statistics::auc(b.probabilities, b.bad)});
  return {paired,
          compared.base,
          compared.other,
          compared.difference,
          compared.interval.low,
          compared.interval.high,
          compared.z,
          compared.p_value,
          static_cast<int64_t>(a.bad.size()),
          static_cast<int64_t>(b.bad.size())};
}

}  // namespace

Result<Comparison> compare(const ExperimentNeeds& needs, const Digest& a, const Digest& b) {
  Comparison out;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    Faults faults;
    const auto take = [&](const char* name, const Digest& id, Run& run) -> Result<void> {
      auto found = TRY(find_run(reader, id));
      if (found) {
        run = *std::move(found);
      } else {
        faults.add(name, "no experiment " + id.short_hex() + " is in this store");
      }
      return {};
    };
    TRY(take("a", a, out.a));
    TRY(take("b", b, out.b));
    return std::move(faults).result(ErrorCode::not_found);
  }));
  out.parameters = differing(out.a.manifest, out.b.manifest);
  out.figures = figure_pairs(out.a, out.b);
  out.auc = test_of(TRY(decode_scores(TRY(needs.kernel.artefact(out.a.scores)))),
                    TRY(decode_scores(TRY(needs.kernel.artefact(out.b.scores)))));
  return out;
}

}  // namespace puhui::experiments
