// Scoring and explaining beside the libxgboost C API in the same run on one core, and the quality that ships.
//   models_bench [--only scorer|shap|quality|foreign]
// Equality is checked before anything is timed. `quality` needs PUHUI_DATA, and the project folder as the place to run.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <string>

#include "ground/base/check.h"
#include "ground/base/files.h"
#include "ground/base/text.h"
#include "infrastructure/models/boosting.h"
#include "infrastructure/models/ensemble.h"
#include "infrastructure/models/feature_set.h"
#include "infrastructure/models/foreign_import.h"
#include "infrastructure/models/logistic.h"
#include "infrastructure/models/predictor.h"
#include "infrastructure/models/shap.h"
#include "infrastructure/models/synthetic.h"
#include "infrastructure/models/train.h"

namespace puhui::models {
namespace {

constexpr size_t kRows = 30'000, kFeatures = 60;

// The model of the comparison: 300 trees of depth 6 on 60 features.
struct Subject {
  SyntheticRows rows;
  Ensemble ensemble;
  XgboostPeer peer;
  std::string json;
  std::span<const float> row(size_t i) const { return std::span(rows.values).subspan(i * kFeatures, kFeatures); }

  static Subject make() {
    SyntheticRows rows = synthetic_rows(kRows, kFeatures, 1);
    const BoostingTraining training{.rounds = 300,
                                    .depth_max = 6,
                                    .learning_rate = 0.05,
                                    .row_share = 1,
                                    .feature_share = 1,
                                    .hessian_min = 0,
                                    .l2 = 1};
    const auto trees = boost({.rows = {rows.values, kFeatures}, .bad = rows.bad}, training);
    CHECK(trees.has_value(), "the model trains");
    auto ensemble = Ensemble::from_xgboost(*parse_json(trees->json, {.bytes_max = size_t{1} << 30}));
    auto peer = XgboostPeer::load(trees->json);
    CHECK(ensemble.has_value() && peer.has_value(), "both sides load the model");
    size_t leaves = 0;
    for (const Tree& tree : ensemble->trees()) leaves += (tree.nodes.size() + 1) / 2;
    std::printf("  300 trees of depth 6, %zu features, %.1f leaves a tree\n", kFeatures,
                static_cast<double>(leaves) / 300);
    return {std::move(rows), *std::move(ensemble), *std::move(peer), trees->json};
  }
};

double now_us() {
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// The best of a few rounds, a row: what the work takes when nothing else disturbs it.
template <class Work>
double us_per_row(size_t rows, Work work) {
  double best = INFINITY;
  for (int round = 0; round < 5; ++round) {
    const double started = now_us();
    work();
    best = std::min(best, (now_us() - started) / static_cast<double>(rows));
  }
  return best;
}

bool report(const char* what, double ours_us, double theirs_us, double ratio_min) {
  const double ratio = theirs_us / ours_us;
  std::printf("  %-28s %9.2f us a row, libxgboost %9.2f: %6.1f x (at least %.1f)%s\n", what, ours_us, theirs_us, ratio,
              ratio_min, ratio >= ratio_min ? "" : "  MISSED");
  return ratio >= ratio_min;
}

bool scorer() {
  Subject subject = Subject::make();
  const auto theirs = *subject.peer.probabilities({subject.rows.values, kFeatures});
  double largest = 0;
  std::vector<int64_t> margins(kRows);
  subject.ensemble.margins(subject.rows.values, margins);
  for (size_t i = 0; i < kRows; ++i) {
    CHECK(subject.ensemble.margin(subject.row(i)) == margins[i], "single and batch give the same bits");
    const double ours = sigmoid(static_cast<double>(margins[i]) * subject.ensemble.unit());
    largest = std::max(largest, std::fabs(ours - static_cast<double>(theirs[i])));
  }
  std::printf("  largest difference of a probability: %.1e (at most 1e-6); single and batch: the same bits\n", largest);
  CHECK(largest <= 1e-6, "scores equal the peer's");

  constexpr size_t kSingles = 5000;
  const double peer_single = us_per_row(kSingles, [&] {
    for (size_t i = 0; i < kSingles; ++i)
      CHECK(subject.peer.probabilities({subject.row(i), kFeatures}).has_value(), "it predicts");
  });
  const double peer_batch = us_per_row(kRows, [&] {
    CHECK(subject.peer.probabilities({subject.rows.values, kFeatures}).has_value(), "it predicts");
  });
  bool good = true;
  const std::pair<Walk, const char*> walks[] = {
      {Walk::best, "best"}, {Walk::avx512, "AVX-512"}, {Walk::avx2, "AVX2"}, {Walk::portable, "portable"}};
  for (const auto& [walk, name] : walks) {
    if (!is_available(walk)) continue;
    volatile int64_t kept = 0;
    const double single = us_per_row(kSingles, [&, walk = walk] {
      for (size_t i = 0; i < kSingles; ++i) kept = kept + subject.ensemble.margin(subject.row(i), walk);
    });
    const double batch =
        us_per_row(kRows, [&, walk = walk] { subject.ensemble.margins(subject.rows.values, margins, walk); });
    const bool shipped = walk == Walk::best;
    good &= report((std::string("single row, ") + name).c_str(), single, peer_single, shipped ? 5 : 0);
    good &= report((std::string("batch, ") + name).c_str(), batch, peer_batch, shipped ? 1.5 : 0);
  }
  return good;
}

bool shap() {
  Subject subject = Subject::make();
  const double started = now_us();
  const TreeExplainer explainer(subject.ensemble);
  std::printf("  tables: %.1f MB in %.2f s\n", static_cast<double>(explainer.table_bytes()) / 1e6,
              (now_us() - started) / 1e6);
  constexpr size_t kChecked = 200, kSingles = 2000, kPeerSingles = 40;
  const auto theirs =
      *subject.peer.contributions({std::span(subject.rows.values).first(kChecked * kFeatures), kFeatures});
  std::vector<int64_t> values(kFeatures);
  double largest = 0;
  for (size_t i = 0; i < kChecked; ++i) {
    explainer.explain(subject.row(i), values);
    CHECK(std::accumulate(values.begin(), values.end(), explainer.base()) == subject.ensemble.margin(subject.row(i)),
          "contributions sum to the margin");
    for (size_t f = 0; f < kFeatures; ++f) {
      largest = std::max(largest, std::fabs(static_cast<double>(values[f]) * subject.ensemble.unit() -
                                            static_cast<double>(theirs[i * (kFeatures + 1) + f])));
    }
  }
  std::printf("  largest difference of a contribution: %.1e (at most 1e-4); sums exact\n", largest);
  CHECK(largest <= 1e-4, "contributions equal the peer's");
  const double ours = us_per_row(kSingles, [&] {
    for (size_t i = 0; i < kSingles; ++i) explainer.explain(subject.row(i), values);
  });
  const double peer_single = us_per_row(kPeerSingles, [&] {
    for (size_t i = 0; i < kPeerSingles; ++i)
      CHECK(subject.peer.contributions({subject.row(i), kFeatures}).has_value(), "it explains");
  });
  const double peer_batch = us_per_row(kChecked, [&] {
    CHECK(
        subject.peer.contributions({std::span(subject.rows.values).first(kChecked * kFeatures), kFeatures}).has_value(),
        "it explains");
  });
  const bool good = report("TreeSHAP, single row", ours, peer_single, 5);
  return report("TreeSHAP, against its batch", ours, peer_batch, 0) && good;
}

bool quality_of(const FeatureSet& set, const Table& table, ModelKind kind, double auc_min, double ks_min) {
  double auc_mean = 0, ks_mean = 0, predicted = 0, observed = 0;
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    TrainRequest request = request_of(set);
    request.table = &table, request.kind = kind, request.seed = seed;
    const auto trained = train(request);
    CHECK(trained.has_value(), trained ? "" : trained.error().text().c_str());
    auc_mean += trained->test.auc / 5, ks_mean += trained->test.ks / 5;
    for (const Json& bin : *trained->model.card().find("calibration")->list()) {
      const double rows = *bin.find("rows")->as_double();
      predicted += *bin.find("predicted_mean")->as_double() * rows,
          observed += *bin.find("observed_share")->as_double() * rows;
    }
  }
  const bool good = auc_mean >= auc_min && ks_mean >= ks_min;
  std::printf("  %-10s AUC %.4f (at least %.3f), KS %.4f (at least %.3f), predicted / observed bad %.3f%s\n",
              std::string(name_of(kind)).c_str(), auc_mean, auc_min, ks_mean, ks_min, predicted / observed,
              good ? "" : "  MISSED");
  return good;
}

bool quality_workload() {
  const char* data = std::getenv("PUHUI_DATA");
  auto source =
      open_file(std::string(data == nullptr ? "../shared/data" : data) + "/credit/uci_default_credit_card_30k.csv.gz");
  if (!source) return std::printf("  skipped: no data\n"), true;
  const auto text = DiskFiles().read("policies/uci_credit_card/features.json", 1 << 20);
  CHECK(text.has_value(), "run from the project's folder: policies/uci_credit_card/features.json is read");
  const auto set = parse_feature_set(*parse_json(*text));
  CHECK(set.has_value(), "the shipped features parse");
  const auto table = read_table(*std::move(source));
  CHECK(table.has_value(), "the table reads");
  std::printf("  UCI card default, 30,000 rows; mean of seeds 1 to 5, 30 %% of the rows unseen, by hash of the row\n");
  const bool scorecard = quality_of(*set, table->table, ModelKind::scorecard, .769, .412);
  return quality_of(*set, table->table, ModelKind::boosting, .781, .434) && scorecard;
}

// The same trees in the other formats a bank brings.
std::string as_lightgbm(const Ensemble& ensemble) {
  std::string out = "tree\nversion=v4\nnum_class=1\nmax_feature_idx=" + std::to_string(kFeatures - 1) +
                    "\nobjective=binary sigmoid:1\nfeature_names=";
  for (size_t f = 0; f < kFeatures; ++f) out += (f == 0 ? "f" : " f") + std::to_string(f);
  for (size_t t = 0; t < ensemble.trees().size(); ++t) {
    const auto& nodes = ensemble.trees()[t].nodes;
    std::vector<int> place(nodes.size());  // inner nodes by number, leaves by ~number
    int inner = 0, leaves = 0;
    for (size_t i = 0; i < nodes.size(); ++i) place[i] = nodes[i].is_leaf() ? ~leaves++ : inner++;
    std::string feature, threshold, decision, left, right, value;
    for (const TreeNode& node : nodes) {
      if (node.is_leaf()) {
        value += " " + format_double(static_cast<double>(node.leaf) * ensemble.unit());
        continue;
      }
      // x < threshold, as x <= the number before it.
      threshold += " " + format_double(std::nextafter(static_cast<double>(node.threshold), -HUGE_VAL));
      feature += " " + std::to_string(node.feature), decision += node.default_left ? " 10" : " 8";
      left += " " + std::to_string(place[node.left]), right += " " + std::to_string(place[node.right]);
    }
    out += "\n\nTree=" + std::to_string(t) + "\nnum_leaves=" + std::to_string(leaves) + "\nsplit_feature=" + feature +
           "\nthreshold=" + threshold + "\ndecision_type=" + decision + "\nleft_child=" + left +
           "\nright_child=" + right + "\nleaf_value=" + value;
  }
  return out + "\nend of trees\n";
}

std::string pmml_node(const Ensemble& ensemble, const Tree& tree, size_t at, const std::string& predicate) {
  const TreeNode& node = tree.nodes[at];
  if (node.is_leaf()) {
    return "<Node score=\"" + format_double(static_cast<double>(node.leaf) * ensemble.unit()) + "\">" + predicate +
           "</Node>";
  }
  const std::string id = std::to_string(at), field = "\"f" + std::to_string(node.feature) + "\"";
  const auto split = [&](const char* how) {
    return "<SimplePredicate field=" + field + " operator=\"" + how + "\" value=\"" +
           format_double(static_cast<double>(node.threshold)) + "\"/>";
  };
  const auto child = [&](uint32_t to, const char* how) {
    std::string out = pmml_node(ensemble, tree, to, split(how));
    return out.insert(5, " id=\"" + std::to_string(to) + "\"");
  };
  return "<Node defaultChild=\"" + std::to_string(node.default_left ? node.left : node.right) + "\">" + predicate +
         child(node.left, "lessThan") + child(node.right, "greaterOrEqual") + "</Node>";
}

std::string pmml_fields(const char* element, const char* more) {
  std::string out;
  for (size_t f = 0; f < kFeatures; ++f)
    out += std::string("<") + element + " name=\"f" + std::to_string(f) + "\" " + more + "/>";
  return out;
}
std::string pmml_head() {
  return R"(<PMML version="4.4" xmlns="http://www.dmg.org/PMML-4_4"><DataDictionary>)" +
         pmml_fields("DataField", R"(optype="continuous" dataType="float")") + "</DataDictionary>";
}

std::string as_pmml(const Ensemble& ensemble) {
  const std::string schema = "<MiningSchema>" + pmml_fields("MiningField", "") + "</MiningSchema>";
  std::string out = pmml_head() + R"(<MiningModel functionName="regression">)" + schema +
                    R"(<Segmentation multipleModelMethod="sum">)";
  for (const Tree& tree : ensemble.trees()) {
    out +=
        R"(<Segment><True/><TreeModel functionName="regression" missingValueStrategy="defaultChild" splitCharacteristic="binarySplit">)" +
        schema + pmml_node(ensemble, tree, 0, "<True/>") + "</TreeModel></Segment>";
  }
  return out + "</Segmentation></MiningModel></PMML>";
}

// Ten characteristics of five intervals each, with reason codes.
std::string pmml_scorecard() {
  std::string out = pmml_head() +
                    R"(<Scorecard functionName="regression" initialScore="500" baselineScore="40"><MiningSchema>)" +
                    pmml_fields("MiningField", "") + "</MiningSchema><Characteristics>";
  for (size_t f = 0; f < 10; ++f) {
    const std::string field = "field=\"f" + std::to_string(f) + "\"";
    out += "<Characteristic reasonCode=\"R" + std::to_string(f) + "\"><Attribute partialScore=\"7\"><SimplePredicate " +
           field + " operator=\"isMissing\"/></Attribute>";
    for (int bin = 0; bin < 4; ++bin) {
      out += "<Attribute partialScore=\"" + std::to_string(10 * bin) + "\"><SimplePredicate " + field +
             " operator=\"lessThan\" value=\"" + format_double(bin - 1.5) + "\"/></Attribute>";
    }
    out += "<Attribute partialScore=\"55\"><True/></Attribute></Characteristic>";
  }
  return out + "</Characteristics></Scorecard></PMML>";
}

struct Timed {
  double us = 0, largest = 0;
};
// Every row through the predictor, its answer against `expected`.
Timed time_predictor(const Predictor& predictor, const SyntheticRows& rows, const std::vector<double>& expected) {
  constexpr size_t kTimed = 5000;
  std::vector<PredictorValue> in(kTimed * kFeatures);
  for (size_t i = 0; i < in.size(); ++i) in[i] = static_cast<double>(rows.values[i]);
  Prediction out;
  Timed timed;
  for (size_t i = 0; i < kTimed && !expected.empty(); ++i) {
    CHECK(predictor.predict(std::span(in).subspan(i * kFeatures, kFeatures), out).has_value(), "it predicts");
    timed.largest = std::max(timed.largest, std::fabs(std::get<ModelNumber>(out.values[0]).as_double() - expected[i]));
  }
  timed.us = us_per_row(kTimed, [&] {
    for (size_t i = 0; i < kTimed; ++i) {
      CHECK(predictor.predict(std::span(in).subspan(i * kFeatures, kFeatures), out).has_value(), "it predicts");
    }
  });
  return timed;
}

bool foreign() {
  Subject subject = Subject::make();
  const auto theirs = *subject.peer.probabilities({subject.rows.values, kFeatures});
  const std::vector<double> probabilities(theirs.begin(), theirs.end());
  const double peer = us_per_row(2000, [&] {
    for (size_t i = 0; i < 2000; ++i)
      CHECK(subject.peer.probabilities({subject.row(i), kFeatures}).has_value(), "it predicts");
  });
  // The base score is not among the trees that LightGBM and PMML get; their sums are held to our exact ones.
  std::vector<int64_t> exact(kRows);
  subject.ensemble.margins(subject.rows.values, exact);
  std::vector<double> unbased, without_base;
  for (const int64_t margin : exact) {
    without_base.push_back(static_cast<double>(margin - subject.ensemble.base()) * subject.ensemble.unit());
    unbased.push_back(sigmoid(without_base.back()));
  }
  struct Brought {
    const char* name;
    std::string bytes;
    const std::vector<double>* expected;
    double ratio_min;
  };
  const std::vector<double> none;
  const Brought files[] = {{"XGBoost JSON, single row", subject.json, &probabilities, 2},
                           {"LightGBM text, single row", as_lightgbm(subject.ensemble), &unbased, 2},
                           {"PMML sum of trees, single", as_pmml(subject.ensemble), &without_base, 0},
                           {"PMML scorecard, 10 x 6", pmml_scorecard(), &none, 0}};
  bool good = true;
  for (const Brought& file : files) {
    const double started = now_us();
    const auto predictor = Predictor::parse(file.bytes);
    CHECK(predictor.has_value(), predictor ? "" : predictor.error().text().c_str());
    const double loaded_ms = (now_us() - started) / 1000;
    const Timed timed = time_predictor(*predictor, subject.rows, *file.expected);
    good &= report(file.name, timed.us, peer, file.ratio_min);
    std::printf("    %.1f MB loaded in %.0f ms; largest difference %.1e\n",
                static_cast<double>(file.bytes.size()) / 1e6, loaded_ms, timed.largest);
    std::fflush(stdout);
    CHECK(timed.largest <= 1e-6, "answers equal the peer's");
  }
  const auto imported = import_model(subject.json, "bench");
  CHECK(imported.has_value(), "it imports");
  std::vector<double> row(kFeatures);
  volatile int64_t kept = 0;
  const double ours = us_per_row(5000, [&] {
    for (size_t i = 0; i < 5000; ++i) {
      for (size_t f = 0; f < kFeatures; ++f) row[f] = static_cast<double>(subject.row(i)[f]);
      kept = kept + imported->score(row).score_points;
    }
  });
  return report("imported as a governed model", ours, peer, 2) && good;
}

struct Workload {
  const char* name;
  const char* help;
  bool (*run)();
};
constexpr Workload kWorkloads[] = {
    {"scorer", "our tree scorer beside libxgboost's in-place prediction", scorer},
    {"shap", "our exact TreeSHAP beside libxgboost's contributions", shap},
    {"foreign", "files a bank brings: XGBoost, LightGBM, PMML, beside libxgboost", foreign},
    {"quality", "out-of-sample AUC and KS of what ships", quality_workload},
};

}  // namespace
}  // namespace puhui::models

int main(int argc, char** argv) {
  const std::string only = argc == 3 && std::string(argv[1]) == "--only" ? argv[2] : "";
  bool good = true, ran = false;
  for (const auto& workload : puhui::models::kWorkloads) {
    if (!only.empty() && only != workload.name) continue;
    std::printf("%s: %s\n", workload.name, workload.help);
    good &= workload.run();
    ran = true;
  }
  if (!ran || (argc != 1 && only.empty())) {
    std::fprintf(stderr, "expected nothing, or --only with one of:");
    for (const auto& workload : puhui::models::kWorkloads) std::fprintf(stderr, " %s", workload.name);
    std::fprintf(stderr, "\n");
    return 2;
  }
  return good ? 0 : 1;
}
