#include "infrastructure/experiments/experiment.h"

#include "infrastructure/kernel/artefacts.h"

namespace puhui::experiments {

namespace {

Result<Manifest> manifest_of(const ExperimentNeeds& needs, const Question& question) {
  if (question.train_share.ppb <= 0 || question.train_share.ppb >= Rate::kOne) {
    return fail(ErrorCode::invalid, "train_share",
                "expected more than 0 and less than 1, so that rows are left to measure on, came " +
                    question.train_share.text());
  }
  Manifest out;
  out.data = sha256(question.bytes);
  out.data_bytes = static_cast<int64_t>(question.bytes.size());
  out.features = canonical_features(question.features);
  out.missing = question.missing;
  std::ranges::sort(out.missing);
  out.train_share = question.train_share;
  out.seed = question.seed;
  out.kind = question.kind;
  out.parameters = TRY(canonical_parameters(question.kind, question.parameters));
  out.code = needs.build;
  out.environment = environment_here();
  return out;
}

Result<models::Table> read_table(const Question& question) {
  models::TableOptions options;
  options.missing_texts = question.missing;
  options.missing_texts.emplace_back();
  auto source = TRY(models::decompressed(models::from_text(question.bytes)));
  return std::move(TRY(models::read_table(std::move(source), options)).table);
}

Result<std::optional<Run>> known(const ExperimentNeeds& needs, const Digest& id) {
  std::optional<Run> out;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    out = TRY(find_run(reader, id));
    return {};
  }));
  return out;
}

TestScores scores_of(const models::Table& table, const models::Measured& test) {
  TestScores out{{}, test.probabilities, test.bad};
  for (const uint32_t row : test.rows) out.row_hashes.push_back(table.row_hash(row));
  return out;
}

// The model, its test scores and the run in one transaction: no run names a model that is not there.
Result<Run> keep(const ExperimentNeeds& needs, Run run, const std::string& model, const std::string& scores) {
  TRY(needs.store.write([&](Transaction& tx) -> Result<void> {
    TRY(kernel::put_artefact(tx, "model", model, run.made_at));
    TRY(kernel::put_artefact(tx, "test scores", scores, run.made_at));
    if (const auto before = TRY(find_run(tx, run.id))) {  // someone else was as quick
      if (before->model != run.model) {
        return fail(ErrorCode::internal, "model",
                    "the manifest " + run.id.short_hex() + " gave " + before->model.short_hex() + " and now " +
                        run.model.short_hex() + ": something it follows from is not in the manifest; report this");
      }
      return {};
    }
    return put_run(tx, run);
  }));
  return run;
}

}  // namespace

Result<Answer> run_experiment(const ExperimentNeeds& needs, const Question& question, Progress& progress) {
  progress.step("looking whether it is known", 0, 0);
  Run run;
  run.manifest = TRY(manifest_of(needs, question));
  run.id = run.manifest.digest();
  if (auto before = TRY(known(needs, run.id))) return Answer{*std::move(before), true};

  progress.step("reading the table", 0, 0);
  const models::Table table = TRY(read_table(question));
  const auto request = TRY(train_request(run.manifest, table));
  progress.step("training", 0, table.row_count());
  const auto trained = TRY(models::train(request));
  progress.step("measuring", table.row_count(), table.row_count());
  run.name = question.name;
  run.note = question.note;
  run.figures = figures_of(trained);
  run.features = trained.model.features();
  run.training_cpu_ms = trained.training_ms;
  run.made_at = needs.clock.now();
  run.made_by = question.by;
  const std::string scores = encode(scores_of(table, trained.on_test));
  run.model = trained.model.hash();
  run.scores = sha256(scores);
  return Answer{TRY(keep(needs, std::move(run), trained.model.bytes(), scores)), false};
}

}  // namespace puhui::experiments
