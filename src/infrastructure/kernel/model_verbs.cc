#include "infrastructure/kernel/model_verbs.h"

#include "ground/base/base64.h"
#include "ground/base/text.h"
#include "infrastructure/kernel/predictor_call.h"
#include "infrastructure/models/foreign_import.h"
#include "infrastructure/models/model.h"

namespace puhui::kernel {

namespace {

// ---- what a model is

struct FieldView {
  std::string name, type;
  bool required = false;
  std::vector<std::string> allowed;
};
void fields(Shape& shape, FieldView& view) {
  shape.field("name", view.name);
  shape.field("type", view.type, {.help = "number, text, boolean or date"});
  shape.field("required", view.required, {.help = "a missing value is refused", .optional = true});
  shape.field("allowed", view.allowed, {.help = "its values, where the file lists them", .optional = true});
}

struct ModelView {
  Digest digest;
  std::string format, name;
  std::vector<FieldView> inputs, outputs;
  std::vector<std::string> other_models;
  std::optional<Json> card;
};
void fields(Shape& shape, ModelView& view) {
  shape.field("digest", view.digest, {.help = "SHA-256 of its bytes; a permit names it so"});
  shape.field("format", view.format, {.help = "puhui, pmml, xgboost or lightgbm"});
  shape.field("name", view.name, {.help = "as its file says", .optional = true});
  shape.field("inputs", view.inputs);
  shape.field("outputs", view.outputs);
  shape.field("other_models", view.other_models, {.help = "in the same file", .optional = true});
  shape.field("card", view.card, {.help = "of one of ours: data, parameters, features, figures, calibration"});
}

std::string fields_in_words(const std::vector<FieldView>& views) {
  std::vector<std::string> words;
  for (const FieldView& view : views) words.push_back(view.name + " (" + view.type + ")");
  return join(words, ", ");
}

std::string tell(const ModelView& view) {
  return "model " + view.digest.hex() + "\n  " + view.format + (view.name.empty() ? "" : " '" + view.name + "'") +
         "\n  inputs: " + fields_in_words(view.inputs) + "\n  outputs: " + fields_in_words(view.outputs) + "\n" +
         (view.other_models.empty() ? "" : "  in the same file: " + join(view.other_models, ", ") + "\n");
}

ModelView view_of(const models::Predictor& predictor, std::string_view bytes) {
  ModelView view;
  view.digest = sha256(bytes);
  view.format = name_of(predictor.format());
  view.name = predictor.name();
  for (const models::PredictorInput& input : predictor.inputs()) {
    view.inputs.push_back({input.name, std::string(name_of(input.type)), input.required, input.allowed});
  }
  for (const models::PredictorOutput& output : predictor.outputs()) {
    view.outputs.push_back({output.name, std::string(name_of(output.type)), false, {}});
  }
  for (const std::string& name : predictor.model_names()) {
    if (name != predictor.name()) view.other_models.push_back(name);
  }
  return view;
}

// ---- where a model's bytes come from

struct ModelSource {
  std::string file, base64;
};
void source_fields(Shape& shape, ModelSource& source) {
  shape.field("file", source.file,
              {.help = "the model's file: PMML, XGBoost JSON or UBJ, LightGBM text, or one of ours",
               .max = 4096,
               .optional = true});
  shape.field("base64", source.base64, {.help = "its bytes, instead of a file", .optional = true});
}

Result<std::string> bytes_of(const VerbCall& call, const ModelSource& source) {
  if (source.file.empty() == source.base64.empty()) {
    return fail(ErrorCode::invalid, "file",
                "expected a model's file or its bytes in base64, came " +
                    std::string(source.file.empty() ? "neither" : "both"));
  }
  if (source.file.empty()) {
    auto bytes = from_base64(source.base64);
    if (!bytes) return fail(at("base64", std::move(bytes).error()));
    return bytes;
  }
  if (call.files == nullptr) {
    return fail(ErrorCode::forbidden, "file", "names a file of yours, which is not here; send its bytes");
  }
  return call.files->read(source.file, models::kForeignBytesMax);
}

Result<models::Predictor> predictor_of(const ModelSource& source, const std::string& bytes, const std::string& model) {
  auto predictor = models::Predictor::parse(bytes, model);
  if (!predictor) return fail(at(source.file.empty() ? "base64" : source.file, std::move(predictor).error()));
  return predictor;
}

// ---- check, add

struct CheckRequest {
  ModelSource source;
  std::string model;
};
void fields(Shape& shape, CheckRequest& request) {
  source_fields(shape, request.source);
  shape.field("model", request.model, {.help = "which, where a PMML file holds several", .optional = true});
}

Result<ModelView> check(const VerbCall& call, const CheckRequest& request) {
  const std::string bytes = TRY(bytes_of(call, request.source));
  return view_of(TRY(predictor_of(request.source, bytes, request.model)), bytes);
}

struct AddRequest {
  ModelSource source;
  bool explained = false;
  std::string name;
};
void fields(Shape& shape, AddRequest& request) {
  source_fields(shape, request.source);
  shape.field(
      "explained", request.explained,
      {.help = "turn an XGBoost or LightGBM model of a probability into one of ours, whose answers are explained "
               "feature by feature",
       .optional = true});
  shape.field("name", request.name, {.help = "with explained: what its card calls it", .max = 200, .optional = true});
}

Result<ModelView> add(const ModelVerbNeeds& needs, const VerbCall& call, const AddRequest& request) {
  std::string bytes = TRY(bytes_of(call, request.source));
  if (request.explained) {
    const auto imported = models::import_model(bytes, request.name);
    if (!imported) return fail(at(request.source.file.empty() ? "base64" : request.source.file, imported.error()));
    bytes = imported->bytes();
  }
  const ModelView view = view_of(TRY(predictor_of(request.source, bytes, "")), bytes);
  TRY(needs.kernel.put_artefact("model", bytes));
  return view;
}

// ---- show, export

struct ShowRequest {
  Digest digest;
};
void fields(Shape& shape, ShowRequest& request) {
  shape.field("digest", request.digest, {.help = "as 'model add' or 'lending train' named it"});
}

Result<ModelView> show(const ModelVerbNeeds& needs, const ShowRequest& request) {
  const std::string bytes = TRY(needs.kernel.artefact(request.digest));
  const auto predictor = TRY(models::Predictor::parse(bytes));
  ModelView view = view_of(predictor, bytes);
  if (const auto own = models::Model::parse(bytes)) view.card = own->card();
  return view;
}

struct ExportRequest {
  Digest digest;
  std::string out;
};
void fields(Shape& shape, ExportRequest& request) {
  shape.field("digest", request.digest, {.help = "as 'model add' or 'lending train' named it"});
  shape.field("out", request.out, {.help = "the file to write", .min = 1, .max = 4096});
}

struct ExportAnswer {
  std::string out;
  int64_t bytes = 0;
};
void fields(Shape& shape, ExportAnswer& answer) {
  shape.field("out", answer.out, {.help = "the file written"});
  shape.field("bytes", answer.bytes);
}
std::string tell(const ExportAnswer& answer) {
  return answer.out + " written: " + with_thousands(answer.bytes) + " bytes\n";
}

Result<ExportAnswer> export_model(const ModelVerbNeeds& needs, const VerbCall& call, const ExportRequest& request) {
  const std::string bytes = TRY(needs.kernel.artefact(request.digest));
  TRY(call.files->write(request.out, bytes));
  return ExportAnswer{request.out, static_cast<int64_t>(bytes.size())};
}

// ---- score

struct ScoreRequest {
  ModelSource source;
  std::string model;
  Json input = Json::Object{};
};
void fields(Shape& shape, ScoreRequest& request) {
  source_fields(shape, request.source);
  shape.field("model", request.model, {.help = "which, where a PMML file holds several", .optional = true});
  shape.field("input", request.input,
              {.help = "its fields by name", .optional = true, .example = R"({"income": 5000})"});
}

struct ScoreAnswer {
  Json outputs;
  std::vector<std::string> reason_codes;
};
void fields(Shape& shape, ScoreAnswer& answer) {
  shape.field("outputs", answer.outputs, {.help = "by name; numbers to nine decimals"});
  shape.field("reason_codes", answer.reason_codes, {.help = "the most adverse first", .optional = true});
}
std::string tell(const ScoreAnswer& answer) {
  return print_json_pretty(answer.outputs) + "\n" +
         (answer.reason_codes.empty() ? "" : "reasons: " + join(answer.reason_codes, ", ") + "\n");
}

// The input as the model's row; it borrows the texts.
Result<std::vector<models::PredictorValue>> row_of(const models::Predictor& predictor, const Json& input) {
  if (!input.object()) {
    return fail(ErrorCode::invalid, "input",
                "expected a JSON object of fields by name, came " + std::string(input.kind()));
  }
  std::vector<models::PredictorValue> row(predictor.inputs().size());
  std::vector<std::string> names;
  for (const models::PredictorInput& known : predictor.inputs()) names.push_back(known.name);
  Faults faults;
  for (const auto& [name, value] : *input.object()) {
    const auto place = predictor.input_named(name);
    if (!place) {
      const std::string meant = nearest(name, names);
      faults.add("input/" + name,
                 "is no field of this model" + (meant.empty() ? "" : "; did you mean '" + meant + "'?"));
    } else if (value.text()) {
      row[*place] = std::string_view(*value.text());
    } else if (value.boolean()) {
      row[*place] = *value.boolean();
    } else if (const auto number = value.as_double()) {
      row[*place] = *number;
    } else if (!value.is_null()) {
      faults.add("input/" + name, "expected a number, a text or a boolean, came " + std::string(value.kind()));
    }
  }
  TRY(std::move(faults).result());
  return row;
}

Json json_of(const models::OutputValue& value) {
  if (const auto* number = std::get_if<models::ModelNumber>(&value)) return Json(Json::Number{number->text()});
  if (const auto* text = std::get_if<std::string_view>(&value)) return Json(*text);
  if (const auto* truth = std::get_if<bool>(&value)) return Json(*truth);
  return Json();
}

Result<ScoreAnswer> score(const VerbCall& call, const ScoreRequest& request) {
  const std::string bytes = TRY(bytes_of(call, request.source));
  const auto predictor = TRY(predictor_of(request.source, bytes, request.model));
  models::Prediction prediction;
  auto predicted = predictor.predict(TRY(row_of(predictor, request.input)), prediction);
  if (!predicted) return fail(at("input", std::move(predicted).error()));
  ScoreAnswer answer;
  answer.outputs = Json::Object{};
  for (size_t i = 0; i < prediction.values.size(); ++i) {
    answer.outputs.set(predictor.outputs()[i].name, json_of(prediction.values[i]));
  }
  answer.reason_codes.assign(prediction.reason_codes.begin(), prediction.reason_codes.end());
  return answer;
}

}  // namespace

std::vector<Verb> model_verbs(const ModelVerbNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<CheckRequest, ModelView>(
      {.noun = "model",
       .verb = "check",
       .help = "Read a model file, run what it brings to verify itself, and tell its inputs and outputs.",
       .storeless = true,
       .words = {"file"}},
      [](const VerbCall& call, const CheckRequest& request) { return check(call, request); }, tell));
  verbs.push_back(make_verb<ScoreRequest, ScoreAnswer>(
      {.noun = "model",
       .verb = "score",
       .help = "Score one row given as JSON with a model file.",
       .storeless = true,
       .words = {"file"}},
      [](const VerbCall& call, const ScoreRequest& request) { return score(call, request); }, tell));
  verbs.push_back(make_verb<AddRequest, ModelView>(
      {.noun = "model",
       .verb = "add",
       .help = "Bring a model file into the store, where a permit can name it.",
       .effect = Effect::write,
       .words = {"file"}},
      [needs](const VerbCall& call, const AddRequest& request) { return add(*needs, call, request); }, tell));
  verbs.push_back(make_verb<ShowRequest, ModelView>(
      {.noun = "model", .verb = "show", .help = "Tell a stored model's inputs and outputs.", .words = {"digest"}},
      [needs](const VerbCall&, const ShowRequest& request) { return show(*needs, request); }, tell));
  verbs.push_back(make_verb<ExportRequest, ExportAnswer>(
      {.noun = "model",
       .verb = "export",
       .help = "Write a stored model to a file, as it was brought or trained.",
       .local_only = true,
       .words = {"digest", "out"}},
      [needs](const VerbCall& call, const ExportRequest& request) { return export_model(*needs, call, request); },
      tell));
  return verbs;
}

}  // namespace puhui::kernel
