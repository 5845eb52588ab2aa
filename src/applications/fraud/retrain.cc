#include "applications/fraud/retrain.h"

#include "ground/base/text.h"

namespace puhui::fraud {

namespace {

constexpr int64_t kDayUs = 86'400'000'000;
constexpr int64_t kPaymentsPerPage = 50'000;
constexpr size_t kCalibrationBins = 10;

// What became of the payments, oldest first in the stream's order.
struct History {
  std::vector<Example> examples;
  std::vector<Timestamp> at;  // by example
  int64_t unknown = 0;
};

struct Known {
  Timestamp now;
  int64_t label_delay_days = 0;
};

void take_payment(const Row& row, const Known& known, History& to) {
  const Timestamp at{row.integer(1)};
  const bool labelled = !row.is_null(3);
  if (!labelled && at.microseconds > known.now.microseconds - known.label_delay_days * kDayUs) {
    ++to.unknown;
    return;
  }
  to.examples.push_back({evidence::RecordId(row.id(2)), labelled && row.integer(3) != 0});
  to.at.push_back(at);
}

Result<History> read_history(const RetrainNeeds& needs, const RetrainRequest& request, const Known& known) {
  History out;
  const int64_t from = request.from ? request.from->microseconds : std::numeric_limits<int64_t>::min();
  const int64_t to = request.to ? request.to->microseconds : std::numeric_limits<int64_t>::max();
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    for (int64_t after = -1, read = kPaymentsPerPage; read == kPaymentsPerPage;) {
      read = 0;
      TRY(
          reader.each("SELECT p.seq, p.at, p.decision, l.fraud FROM fraud_payment p LEFT JOIN fraud_label l ON "
                      "l.scheme = p.scheme AND l.seq = p.seq WHERE p.scheme = ? AND p.seq > ? AND p.late = 0 AND "
                      "p.event IS NULL AND p.at >= ? AND p.at < ? ORDER BY p.seq LIMIT ?",
                      {request.scheme, after, from, to, kPaymentsPerPage}, [&](const Row& row) -> Result<void> {
                        after = row.integer(0);
                        ++read;
                        take_payment(row, known, out);
                        return {};
                      }));
    }
    return {};
  }));
  if (out.examples.empty()) {
    return fail(ErrorCode::not_found, "scheme",
                "no payment of '" + request.scheme + "' whose end is known; " + std::to_string(out.unknown) +
                    " are younger than " + std::to_string(known.label_delay_days) + " days and not labelled");
  }
  return out;
}

struct Split {
  models::Table::Split rows;
  Timestamp from, split, to;
};

Result<Split> split_by_time(const History& history, const ExampleTable& table, int64_t test_days) {
  Split out;
  const auto at = [&](uint32_t row) { return history.at[table.examples[row]]; };
  const auto count = static_cast<uint32_t>(table.examples.size());
  out.from = out.to = at(0);
  for (uint32_t row = 0; row < count; ++row) {
    out.from = std::min(out.from, at(row));
    out.to = std::max(out.to, at(row));
  }
  out.split = {out.to.microseconds + 1 - test_days * kDayUs};
  for (uint32_t row = 0; row < count; ++row) (at(row) < out.split ? out.rows.train : out.rows.test).push_back(row);
  if (!out.rows.train.empty()) return out;
  return fail(
      ErrorCode::invalid, "test_days",
      "expected fewer days than there are: payments reach from " + text_of(out.from) + " to " + text_of(out.to));
}

ModelFigures figures_of(const Digest& model, const std::vector<double>& probabilities,
                        const std::vector<uint8_t>& bad) {
  const auto quality = models::quality({probabilities, bad});
  return {model, quality.auc, quality.average_precision, quality.brier, quality.log_loss};
}

// The model in force, when it is of our own kind: its inputs are then facts by name.
const kernel::Version::NamedModel* champion_of(const std::shared_ptr<const kernel::Version>& version) {
  if (!version) return nullptr;
  for (const auto& named : version->models()) {
    if (named.name == kModelName && named.model) return &named;
  }
  return nullptr;
}

std::optional<ModelFigures> measure_champion(const models::Model& model, const models::Table& table,
                                             const models::Measured& test) {
  std::vector<double> row(model.inputs().size()), probabilities;
  std::vector<const models::Column*> columns;
  for (const models::Input& input : model.inputs()) {
    columns.push_back(table.find(input.name));
    if (columns.back() == nullptr || columns.back()->type != input.type) return std::nullopt;
  }
  for (const uint32_t at : test.rows) {
    for (size_t i = 0; i < columns.size(); ++i) {
      const double value = columns[i]->values[at];
      const bool text = columns[i]->type == models::ColumnType::categorical && value == value;
      row[i] =
          text ? model.encode(i, columns[i]->categories[static_cast<size_t>(value)]).value_or(models::kMissing) : value;
    }
    probabilities.push_back(model.score(row).probability.as_double());
  }
  return figures_of(model.hash(), probabilities, test.bad);
}

void add_calibration(const models::Measured& test, RetrainReport& report) {
  const auto rate = [](double share) {
    return Rate{static_cast<int64_t>(std::llround(share * static_cast<double>(Rate::kOne)))};
  };
  for (const auto& bin : models::calibration({test.probabilities, test.bad}, kCalibrationBins)) {
    report.calibration.push_back({static_cast<int64_t>(bin.rows), rate(bin.predicted_mean), rate(bin.observed_share)});
  }
}

}  // namespace

Result<RetrainReport> retrain(const RetrainNeeds& needs, const RetrainRequest& request, Progress& progress) {
  const auto scheme = TRY(needs.desk.scheme(request.scheme));
  const auto plan = TRY(read_training(needs.files, request.scheme_folder.value_or("policies/" + request.scheme)));
  const auto version = needs.kernel.in_force(scheme->scope());
  const auto in_force = version ? *version : nullptr;
  const auto* champion = champion_of(in_force);
  std::set<std::string> also;
  if (champion) {
    for (const models::Input& input : champion->model->inputs()) also.insert(input.name);
  }
  progress.step("reading payments and their labels", 0, 0);
  const auto history = TRY(read_history(needs, request, {needs.clock.now(), scheme->label_delay_days}));
  const auto table = TRY(read_examples({needs.kernel, needs.evidence}, plan, also, history.examples, progress));
  const auto split = TRY(split_by_time(history, table, request.test_days));
  progress.step("training on " + std::to_string(split.rows.train.size()) + " payments", 0, 0);
  const auto trained =
      TRY(models::train(TRY(training_request(plan, table, &split.rows, static_cast<uint64_t>(request.seed)))));
  RetrainReport out;
  out.scheme = request.scheme;
  out.model = TRY(needs.kernel.put_artefact("model", trained.model.bytes()));
  out.trained_payments = static_cast<int64_t>(split.rows.train.size());
  out.test_payments = static_cast<int64_t>(split.rows.test.size());
  for (const uint8_t bad : trained.on_train.bad) out.trained_frauds += bad;
  for (const uint8_t bad : trained.on_test.bad) out.test_frauds += bad;
  out.unknown = history.unknown;
  out.erased = static_cast<int64_t>(table.erased);
  out.from = split.from;
  out.split = split.split;
  out.to = split.to;
  out.candidate = figures_of(out.model, trained.on_test.probabilities, trained.on_test.bad);
  if (champion) out.champion = measure_champion(*champion->model, table.table, trained.on_test);
  add_calibration(trained.on_test, out);
  return out;
}

void fields(Shape& shape, RetrainRequest& request) {
  shape.field("scheme", request.scheme, {.help = "what is guarded: card_payment", .min = 1, .max = 64});
  shape.field("scheme_folder", request.scheme_folder,
              {.help = "whose training.json; policies/SCHEME when absent", .max = 4096});
  shape.field("from", request.from, {.help = "payments of then and later; all when absent"});
  shape.field("to", request.to, {.help = "payments before then"});
  shape.field("test_days", request.test_days,
              {.help = "the last days, held out", .min = 1, .max = kTestDaysMax, .optional = true});
  shape.field("seed", request.seed, {.help = "of the training", .min = 0, .optional = true});
}

void fields(Shape& shape, ModelFigures& figures) {
  shape.field("model", figures.model);
  shape.field("auc", figures.auc);
  shape.field("average_precision", figures.average_precision);
  shape.field("brier", figures.brier);
  shape.field("log_loss", figures.log_loss);
}

void fields(Shape& shape, CalibrationLine& line) {
  shape.field("payments", line.payments);
  shape.field("predicted", line.predicted, {.help = "mean probability"});
  shape.field("observed", line.observed, {.help = "share of fraud"});
}

void fields(Shape& shape, RetrainReport& report) {
  shape.field("scheme", report.scheme);
  shape.field("model", report.model, {.help = "in the store and in force nowhere: for fraud propose"});
  shape.field("trained_payments", report.trained_payments);
  shape.field("trained_frauds", report.trained_frauds);
  shape.field("test_payments", report.test_payments);
  shape.field("test_frauds", report.test_frauds);
  shape.field("unknown", report.unknown, {.help = "left out: not labelled and too young to count as good"});
  shape.field("erased", report.erased, {.help = "left out: their facts are gone"});
  shape.field("from", report.from);
  shape.field("split", report.split, {.help = "payments from then on are held out"});
  shape.field("to", report.to);
  shape.field("candidate", report.candidate, {.help = "on the held-out payments"});
  shape.field("champion", report.champion, {.help = "the model in force, on the same"});
  shape.field("calibration", report.calibration, {.help = "of the candidate on the held-out payments"});
}

namespace {

std::string four(double value) { return format_fixed(static_cast<int64_t>(value * 10'000 + 0.5), 4); }

std::string tell_figures(const std::string& who, const ModelFigures& figures) {
  return "  " + who + "AUC " + four(figures.auc) + ", average precision " + four(figures.average_precision) +
         ", Brier " + format_fixed(static_cast<int64_t>(figures.brier * 1'000'000 + 0.5), 6) + "\n";
}

}  // namespace

std::string tell(const RetrainReport& report) {
  std::string out = "trained on " + with_thousands(report.trained_payments) + " payments of " + report.scheme + " (" +
                    with_thousands(report.trained_frauds) + " frauds), tested on " +
                    with_thousands(report.test_payments) + " of " + text_of(report.split) + " and later (" +
                    with_thousands(report.test_frauds) + " frauds)\n";
  out += tell_figures("candidate: ", report.candidate);
  if (report.champion) out += tell_figures("champion:  ", *report.champion);
  for (const CalibrationLine& line : report.calibration) {
    out += "  " + with_thousands(line.payments) + " payments: predicted " + four(line.predicted.as_double() * 100) +
           " %, observed " + four(line.observed.as_double() * 100) + " %\n";
  }
  return out + "model " + report.model.hex() +
         "\nIt is in force nowhere: fraud propose --model fraud=" + report.model.hex() + "\n";
}

}  // namespace puhui::fraud
