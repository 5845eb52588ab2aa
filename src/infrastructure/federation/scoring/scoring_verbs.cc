#include "infrastructure/federation/scoring/scoring_verbs.h"

#include "infrastructure/federation/node.h"
#include "infrastructure/federation/scoring/export.h"
#include "infrastructure/federation/scoring/table.h"

namespace puhui::federation {

namespace {

// The guest's part of a model, with the job it came of.
struct OwnPart {
  KeptJob kept;
  std::string bytes;
};

Result<OwnPart> own_part(const VerbNeeds& needs, const std::string& named) {
  const ModelView model = TRY(needs.office.model(named));
  OwnPart out{TRY(needs.office.find_job(model.job.hex())), TRY(needs.office.model_part(model.model))};
  if (party_of(out.kept.job, model.self).value_or(1) != 0) {
    return fail(ErrorCode::invalid, "model",
                "this house is '" + model.self + "', a host of that job; its guest '" +
                    out.kept.job.parties.front().name + "' scores with it");
  }
  return out;
}

// ---- export

struct ExportRequest {
  std::string model, out;
};
void fields(Shape& shape, ExportRequest& request) {
  shape.field("model", request.model, {.help = "its hash, or eight digits or more of it", .min = 8, .max = 64});
  shape.field("out", request.out, {.help = "where the model file is written", .min = 1, .max = 4096});
}

struct ExportAnswer {
  Digest artefact;
  std::string file;
  std::vector<std::string> inputs;
};
void fields(Shape& shape, ExportAnswer& answer) {
  shape.field("artefact", answer.artefact, {.help = "SHA-256 of the file: what a permit names"});
  shape.field("file", answer.file, {.help = "where it lies"});
  shape.field("inputs", answer.inputs, {.help = "what a policy passes: columns, then one text a partner"});
}

Result<ExportAnswer> export_model(const VerbNeeds& needs, const ExportRequest& request) {
  const OwnPart part = TRY(own_part(needs, request.model));
  const auto model = TRY(exported_model(part.kept.job, part.kept.hash, part.bytes));
  const std::string bytes = models::write_federated(model);
  TRY(needs.files.write(request.out, bytes));
  ExportAnswer out{sha256(bytes), request.out, model.columns};
  for (const auto& peer : model.peers) out.inputs.push_back(models::input_of_peer(peer.party));
  return out;
}

// ---- score

struct ScoreRequest {
  std::string model, data, out;
};
void fields(Shape& shape, ScoreRequest& request) {
  shape.field("model", request.model, {.help = "its hash, or eight digits or more of it", .min = 8, .max = 64});
  shape.field("data", request.data, {.help = "CSV of ids and this house's columns", .min = 1, .max = 4096});
  shape.field("out", request.out, {.help = "where the scored table is written", .min = 1, .max = 4096});
}

struct ScoreAnswer {
  int64_t rows = 0, unknown = 0;
  std::string out;
};
void fields(Shape& shape, ScoreAnswer& answer) {
  shape.field("rows", answer.rows, {.help = "in the table"});
  shape.field("unknown", answer.unknown, {.help = "of them a partner does not know: no score"});
  shape.field("out", answer.out, {.help = "where the scored table lies"});
}

Result<ScoreAnswer> score(const VerbNeeds& needs, const VerbCall& call, const ScoreRequest& request) {
  const OwnPart part = TRY(own_part(needs, request.model));
  const TableScorer scorer = TRY(TableScorer::make(part.kept.job, part.bytes));
  Job without_labels = part.kept.job;
  without_labels.label.clear();
  auto data = read_party_data(TRY(models::open_file(request.data)), without_labels, 0);
  if (!data) return fail(at(request.data, std::move(data).error()));
  const auto& parties = part.kept.job.parties;
  std::vector<std::vector<std::optional<std::string>>> by_host;
  for (size_t p = 1; p < parties.size(); ++p) {
    call.progress.step("ask " + parties[p].name, p - 1, parties.size());
    by_host.push_back(TRY(needs.node->asking().ask_all(part.kept.hash, parties[p].name, data->ids)));
  }
  ScoreAnswer out{static_cast<int64_t>(data->row_count()), 0, request.out};
  std::vector<ScoredRow> rows;
  std::vector<float> row(data->columns.size());
  std::vector<std::optional<std::string>> answers(by_host.size());
  for (size_t i = 0; i < data->row_count(); ++i) {
    for (size_t j = 0; j < row.size(); ++j) row[j] = data->values[j][i];
    for (size_t p = 0; p < by_host.size(); ++p) answers[p] = by_host[p][i];
    rows.push_back(TRY(scorer.score(row, answers)));
    out.unknown += rows.back().answers.empty() ? 1 : 0;
  }
  TRY(needs.files.write(request.out, scored_csv(scorer, data->ids, rows), Privacy::secret));
  return out;
}

// ---- questions

struct QuestionsRequest {
  std::optional<std::string> partner;
  int64_t limit = 50;
};
void fields(Shape& shape, QuestionsRequest& request) {
  shape.field("partner", request.partner, {.help = "only of this one", .max = 64});
  shape.field("limit", request.limit, {.help = "at most so many", .min = 1, .max = 1000, .optional = true});
}

struct QuestionsAnswer {
  std::vector<QuestionsView> questions;
  Timestamp at;
};
void fields(Shape& shape, QuestionsAnswer& answer) {
  shape.field("questions", answer.questions, {.help = "by day, the newest first"});
  shape.field("at", answer.at, {.help = "when this was looked up"});
}

VerbHead head(std::string verb, std::string help, Effect effect, bool local) {
  VerbHead out{.noun = "federation", .verb = std::move(verb), .help = std::move(help), .effect = effect};
  out.local_only = local;
  return out;
}

}  // namespace

std::vector<Verb> scoring_verbs(const VerbNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<ExportRequest, ExportAnswer>(
      head("export", "Write this house's part of a federated model as a model file, for a permit.", Effect::read, true),
      [needs](const VerbCall&, const ExportRequest& request) { return export_model(*needs, request); }));
  verbs.push_back(make_verb<ScoreRequest, ScoreAnswer>(
      head("score", "Score a table by a federated model, asking the partners about every row.", Effect::write, true),
      [needs](const VerbCall& call, const ScoreRequest& request) { return score(*needs, call, request); }));
  verbs.push_back(make_verb<QuestionsRequest, QuestionsAnswer>(
      head("questions", "List how much partners asked of us, day by day, and what our answers told.", Effect::read,
           false),
      [needs](const VerbCall&, const QuestionsRequest& request) -> Result<QuestionsAnswer> {
        return QuestionsAnswer{TRY(needs->node->questions().days(request.partner.value_or(""), request.limit)),
                               needs->clock.now()};
      }));
  return verbs;
}

}  // namespace puhui::federation
