#include "infrastructure/experiments/experiment_verbs.h"

#include <algorithm>

#include "ground/base/base64.h"
#include "ground/base/text.h"
#include "infrastructure/kernel/artefacts.h"

namespace puhui::experiments {

namespace {

constexpr size_t kFeatureSetBytesMax = size_t{1} << 20;
constexpr int64_t kPathBytesMax = 4096;

// ---- upload

struct UploadRequest {
  std::string file, csv, base64;
};
void fields(Shape& shape, UploadRequest& request) {
  shape.field("file", request.file,
              {.help = "CSV file with a header, may be .gz or .zst", .max = kPathBytesMax, .optional = true});
  shape.field("csv", request.csv, {.help = "its text, instead of a file", .optional = true});
  shape.field("base64", request.base64, {.help = "its bytes, instead of a file", .optional = true});
}

struct UploadAnswer {
  Digest table;
  int64_t bytes = 0, rows = 0;
  std::vector<std::string> columns;
};
void fields(Shape& shape, UploadAnswer& answer) {
  shape.field("table", answer.table, {.help = "SHA-256 of its bytes; experiments name it so"});
  shape.field("bytes", answer.bytes);
  shape.field("rows", answer.rows);
  shape.field("columns", answer.columns);
}

Result<std::string> read_file(const VerbCall& call, const std::string& path, size_t bytes_max) {
  if (call.files == nullptr) {
    return fail(ErrorCode::forbidden, "file",
                "names a file of yours, which is not here; upload it and give its digest");
  }
  auto bytes = call.files->read(path, bytes_max);
  if (!bytes) return fail(at(path, std::move(bytes).error()));
  return bytes;
}

Result<std::string> uploaded_bytes(const VerbCall& call, const UploadRequest& request) {
  const int given = !request.file.empty() + !request.csv.empty() + !request.base64.empty();
  if (given != 1) {
    return fail(ErrorCode::invalid, "file",
                "expected a file, its text or its bytes in base64, came " + std::to_string(given) + " of them");
  }
  if (!request.csv.empty()) return request.csv;
  if (!request.file.empty()) return read_file(call, request.file, kernel::kArtefactBytesMax);
  auto bytes = from_base64(request.base64);
  if (!bytes) return fail(at("base64", std::move(bytes).error()));
  return bytes;
}

Result<UploadAnswer> upload(const ExperimentNeeds& needs, const VerbCall& call, const UploadRequest& request) {
  const std::string bytes = TRY(uploaded_bytes(call, request));
  call.progress.step("reading the table", 0, 0);
  // Read now, so that a bad table is refused while whoever brings it is there.
  const auto read = TRY(models::read_table(TRY(models::decompressed(models::from_text(bytes)))));
  UploadAnswer out;
  out.table = TRY(needs.kernel.put_artefact("table", bytes));
  out.bytes = static_cast<int64_t>(bytes.size());
  out.rows = static_cast<int64_t>(read.table.row_count());
  out.columns = read.table.names();
  return out;
}

// ---- run

struct RunRequest {
  std::string file, features_file, name, note;
  std::optional<Digest> table;
  Json features, parameters;
  std::optional<std::string> use_case;
  std::vector<std::string> missing;
  Rate train_share = Rate::from_percent(70);
  int64_t seed = 1;
  Kind kind = Kind::boosting;
};
void fields(Shape& shape, RunRequest& request) {
  shape.field("name", request.name, {.help = "what people call it", .min = 1, .max = kNameBytesMax});
  shape.field("file", request.file,
              {.help = "CSV file with known ends, may be .gz or .zst", .max = kPathBytesMax, .optional = true});
  shape.field("table", request.table, {.help = "instead of a file: SHA-256 of an uploaded table"});
  shape.field("features", request.features,
              {.help = "feature set: target, positive, features, excluded, sealed, derived, monotone; only the target "
                       "must be there",
               .optional = true});
  shape.field("features_file", request.features_file,
              {.help = "instead: the feature set's JSON file", .max = kPathBytesMax, .optional = true});
  shape.field("use_case", request.use_case, {.help = "what this one declares sealed is sealed here too", .max = 256});
  shape.field("kind", request.kind, {.help = "scorecard or boosting", .optional = true});
  shape.field("parameters", request.parameters, {.help = "of that kind; the defaults when absent", .optional = true});
  shape.field("train_share", request.train_share,
              {.help = "share of the rows to train on, drawn by each row's hash", .optional = true, .example = "0.7"});
  shape.field("seed", request.seed, {.help = "of the split and the training", .min = 0, .optional = true});
  shape.field("missing", request.missing,
              {.help = "texts that mean absent, beside the empty cell", .max = kMissingTextsMax, .optional = true});
  shape.field("note", request.note, {.help = "in your words", .max = kNoteBytesMax, .optional = true});
}

struct RunAnswer {
  Run run;
  std::optional<Timestamp> known_since;
};
void fields(Shape& shape, RunAnswer& answer) {
  shape.field("run", answer.run);
  shape.field("known_since", answer.known_since,
              {.help = "this very manifest was run then, so nothing was trained; absent when it was trained now"});
}

std::string tell(const RunAnswer& answer) {
  const Run& run = answer.run;
  const Measures& test = run.figures.test;
  std::string out = "experiment " + run.id.hex() + " '" + run.name + "'\n";
  if (answer.known_since) {
    out += "  known since " + std::string(form_of(&*answer.known_since).print(&*answer.known_since)) +
           ": the manifest is the same, nothing was trained\n";
  }
  return out + "  model " + run.model.hex() + ", " + std::to_string(run.features.size()) + " features\n  AUC " +
         format_double(test.auc) + " (" + format_double(test.auc_low) + " to " + format_double(test.auc_high) +
         "), KS " + format_double(test.ks) + ", Brier " + format_double(test.brier) + " on " +
         std::to_string(test.rows) + " rows it never saw\n";
}

Result<std::string> table_bytes(const ExperimentNeeds& needs, const VerbCall& call, const RunRequest& request) {
  if (request.file.empty() != request.table.has_value()) {
    return fail(
        ErrorCode::invalid, "table",
        std::string("expected a file or an uploaded table's digest, came ") + (request.table ? "both" : "neither"));
  }
  if (request.table) return needs.kernel.artefact(*request.table);
  return read_file(call, request.file, kTableBytesMax);
}

Result<models::FeatureSet> feature_set(const VerbCall& call, const RunRequest& request) {
  if (request.features_file.empty() == request.features.is_null()) {
    return fail(
        ErrorCode::invalid, "features",
        std::string("expected a feature set or its file, came ") + (request.features.is_null() ? "neither" : "both"));
  }
  Json json = request.features;
  if (json.is_null())
    json = TRY(parse_json(TRY(read_file(call, request.features_file, kFeatureSetBytesMax)),
                          {.bytes_max = kFeatureSetBytesMax}));
  auto set = models::parse_feature_set(json);
  if (!set) return fail(at("features", std::move(set).error()));
  return set;
}

// The caller cannot open what a use case seals: its list is added to the caller's.
Result<void> seal(const ExperimentNeeds& needs, const std::string& use_case, models::FeatureSet& set) {
  const auto version = TRY(needs.kernel.in_force(use_case));
  for (const evidence::FactSpec& spec : version->facts().facts) {
    if (spec.sealed && std::ranges::find(set.sealed, spec.name) == set.sealed.end()) set.sealed.push_back(spec.name);
  }
  return {};
}

Result<RunAnswer> run(const ExperimentNeeds& needs, const VerbCall& call, const RunRequest& request) {
  Question question;
  question.features = TRY(feature_set(call, request));
  if (request.use_case) TRY(seal(needs, *request.use_case, question.features));
  question.bytes = TRY(table_bytes(needs, call, request));
  question.missing = request.missing;
  question.train_share = request.train_share;
  question.seed = request.seed;
  question.kind = request.kind;
  question.parameters = request.parameters;
  question.name = request.name;
  question.note = request.note;
  question.by = call.caller.name;
  Answer answer = TRY(run_experiment(needs, question, call.progress));
  RunAnswer out{std::move(answer.run), {}};
  if (answer.known) out.known_since = out.run.made_at;
  return out;
}

// ---- list

enum class Sort : uint8_t { newest, auc, ks, brier, log_loss };
std::span<const std::string_view> names_of(const Sort*) {
  static constexpr std::string_view kNames[] = {"newest", "auc", "ks", "brier", "log_loss"};
  return kNames;
}

struct ListRequest {
  std::optional<Kind> kind;
  std::optional<Digest> data;
  Sort sort = Sort::newest;
  int64_t limit = 50;
  std::string after;
};
void fields(Shape& shape, ListRequest& request) {
  shape.field("kind", request.kind, {.help = "only these"});
  shape.field("data", request.data, {.help = "only on this table: SHA-256 of its bytes"});
  shape.field("sort", request.sort, {.help = "the newest or the best first", .optional = true});
  shape.field("limit", request.limit, {.help = "how many at most", .min = 1, .max = 1000, .optional = true});
  shape.field("after", request.after,
              {.help = "goes on behind an earlier answer's `next`", .max = 64, .optional = true});
}

struct Line {
  Digest id, data, model;
  std::string name, note, made_by;
  Kind kind = Kind::boosting;
  Timestamp made_at;
  int64_t seed = 1, test_rows = 0, features = 0, training_cpu_ms = 0;
  double auc = 0, ks = 0, gini = 0, brier = 0, log_loss = 0;
};
void fields(Shape& shape, Line& line) {
  shape.field("id", line.id);
  shape.field("name", line.name);
  shape.field("note", line.note);
  shape.field("kind", line.kind);
  shape.field("made_at", line.made_at);
  shape.field("made_by", line.made_by);
  shape.field("data", line.data, {.help = "SHA-256 of the table's bytes"});
  shape.field("model", line.model, {.help = "SHA-256 of the model"});
  shape.field("seed", line.seed);
  shape.field("features", line.features, {.help = "how many the model reads"});
  shape.field("test_rows", line.test_rows);
  shape.field("auc", line.auc, {.help = "of the test rows, as all that follow"});
  shape.field("ks", line.ks);
  shape.field("gini", line.gini);
  shape.field("brier", line.brier);
  shape.field("log_loss", line.log_loss);
  shape.field("training_cpu_ms", line.training_cpu_ms, {.help = "processor time, milliseconds"});
}

struct ListAnswer {
  std::vector<Line> experiments;
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, ListAnswer& answer) {
  shape.field("experiments", answer.experiments);
  shape.field("next", answer.next, {.help = "ask with `after` for those that follow"});
  shape.field("at", answer.at, {.help = "the moment it speaks of"});
}

Line line_of(const Run& run) {
  const Measures& test = run.figures.test;
  Line out;
  out.id = run.id, out.data = run.manifest.data, out.model = run.model;
  out.name = run.name, out.note = run.note, out.made_by = run.made_by;
  out.kind = run.manifest.kind, out.made_at = run.made_at, out.seed = run.manifest.seed;
  out.test_rows = test.rows, out.features = static_cast<int64_t>(run.features.size());
  out.training_cpu_ms = run.training_cpu_ms;
  out.auc = test.auc, out.ks = test.ks, out.gini = test.gini, out.brier = test.brier, out.log_loss = test.log_loss;
  return out;
}

// Smaller comes first.
double place(const Line& line, Sort sort) {
  switch (sort) {
    case Sort::newest: return -static_cast<double>(line.made_at.microseconds);
    case Sort::auc: return -line.auc;
    case Sort::ks: return -line.ks;
    case Sort::brier: return line.brier;
    case Sort::log_loss: return line.log_loss;
  }
  return 0;
}

Result<ListAnswer> list(const ExperimentNeeds& needs, const ListRequest& request) {
  std::vector<Line> lines;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    for (const Run& one : TRY(all_runs(reader))) {
      const bool wanted = (!request.kind || one.manifest.kind == *request.kind) &&
                          (!request.data || one.manifest.data == *request.data);
      if (wanted) lines.push_back(line_of(one));
    }
    return {};
  }));
  std::ranges::stable_sort(lines, {}, [&](const Line& line) { return place(line, request.sort); });
  ListAnswer out;
  out.at = needs.clock.now();
  size_t first = 0;
  if (!request.after.empty()) {
    const auto found = std::ranges::find(lines, request.after, [](const Line& line) { return line.id.hex(); });
    if (found == lines.end()) {
      return fail(ErrorCode::invalid, "after", "expected the `next` of an answer to the same question");
    }
    first = static_cast<size_t>(found - lines.begin()) + 1;
  }
  const size_t end = std::min(lines.size(), first + static_cast<size_t>(request.limit));
  out.experiments.assign(lines.begin() + static_cast<std::ptrdiff_t>(first),
                         lines.begin() + static_cast<std::ptrdiff_t>(end));
  if (end < lines.size()) out.next = lines[end - 1].id.hex();
  return out;
}

// ---- show, compare, note

struct ShowRequest {
  Digest id;
};
void fields(Shape& shape, ShowRequest& request) {
  shape.field("id", request.id, {.help = "the experiment: SHA-256 of its manifest"});
}

Result<Run> show(const ExperimentNeeds& needs, const Digest& id) {
  std::optional<Run> out;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    out = TRY(find_run(reader, id));
    return {};
  }));
  if (!out) return fail(ErrorCode::not_found, "id", "no experiment " + id.short_hex() + " is in this store");
  return *std::move(out);
}

struct CompareRequest {
  Digest a, b;
};
void fields(Shape& shape, CompareRequest& request) {
  shape.field("a", request.a, {.help = "the experiment compared with"});
  shape.field("b", request.b, {.help = "the other"});
}

struct NoteRequest {
  Digest id;
  std::string note;
};
void fields(Shape& shape, NoteRequest& request) {
  shape.field("id", request.id, {.help = "the experiment"});
  shape.field("note", request.note, {.help = "in your words; replaces the one before", .max = kNoteBytesMax});
}

}  // namespace

std::vector<Verb> experiment_verbs(const ExperimentNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<UploadRequest, UploadAnswer>(
      {.noun = "experiment",
       .verb = "upload",
       .help = "Keep a table in the store, by its digest, for experiments to train on.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const UploadRequest& request) { return upload(*needs, call, request); }));
  verbs.push_back(make_verb<RunRequest, RunAnswer>(
      {.noun = "experiment",
       .verb = "run",
       .help = "Train a model and measure it on rows it never saw; a run that is known is answered at once.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const RunRequest& request) { return run(*needs, call, request); }, tell));
  verbs.push_back(make_verb<ListRequest, ListAnswer>(
      {.noun = "experiment", .verb = "list", .help = "List experiments, the newest or the best first."},
      [needs](const VerbCall&, const ListRequest& request) { return list(*needs, request); }));
  verbs.push_back(make_verb<ShowRequest, Run>(
      {.noun = "experiment", .verb = "show", .help = "Show an experiment: manifest, figures, curves.", .words = {"id"}},
      [needs](const VerbCall&, const ShowRequest& request) { return show(*needs, request.id); }));
  verbs.push_back(make_verb<CompareRequest, Comparison>(
      {.noun = "experiment",
       .verb = "compare",
       .help = "Set two experiments side by side: what differs, their figures, DeLong's test.",
       .words = {"a", "b"}},
      [needs](const VerbCall&, const CompareRequest& request) { return compare(*needs, request.a, request.b); }));
  verbs.push_back(make_verb<NoteRequest, Run>(
      {.noun = "experiment", .verb = "note", .help = "Write a note to an experiment.", .effect = Effect::write},
      [needs](const VerbCall&, const NoteRequest& request) -> Result<Run> {
        TRY(needs->store.write([&](Transaction& tx) { return set_note(tx, request.id, request.note); }));
        return show(*needs, request.id);
      }));
  return verbs;
}

}  // namespace puhui::experiments
