#include "applications/fraud/training.h"

#include <map>

#include "infrastructure/experiments/manifest.h"

namespace puhui::fraud {

namespace {

constexpr size_t kTrainingBytesMax = size_t{1} << 20;
constexpr uint64_t kTellEvery = 1024;

// A fact as it becomes a column. Texts are numbered as they come; the numbers are put in the texts' order at the end.
struct Gathered {
  std::string name;
  models::ColumnType type = models::ColumnType::numeric;
  std::vector<double> values;
  std::map<std::string, double> numbers;

  void add(const evidence::FactValue& value) {
    if (const auto* number = std::get_if<evidence::Number>(&value)) {
      values.push_back(number->as_double());
    } else if (const auto* flag = std::get_if<bool>(&value)) {
      values.push_back(*flag ? 1 : 0);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      values.push_back(numbers.try_emplace(*text, static_cast<double>(numbers.size())).first->second);
    } else {
      values.push_back(models::kMissing);
    }
  }
  models::Column take() {
    models::Column out{name, type, std::move(values), {}};
    std::vector<double> place(numbers.size());
    for (const auto& [text, number] : numbers) {
      place[static_cast<size_t>(number)] = static_cast<double>(out.categories.size());
      out.categories.push_back(text);
    }
    if (type == models::ColumnType::categorical) {
      for (double& value : out.values) {
        if (value == value) value = place[static_cast<size_t>(value)];
      }
    }
    return out;
  }
};

// Where the columns' facts lie under one version, which was in force for a stretch of the examples.
struct Places {
  std::vector<std::optional<size_t>> fact;  // by column
};

class Gatherer {
 public:
  Gatherer(const ExampleNeeds& needs, const std::set<std::string>& wanted) : needs_(needs), wanted_(wanted) {}

  Result<void> add(const evidence::StoredRecord& record, bool bad) {
    const auto judgement = TRY(evidence::decode_judgement(record.judgement));
    const Places& places = *TRY(places_of(judgement.permit));
    const auto payload = TRY(evidence::decode_facts(*record.facts));
    static const evidence::FactValue kAbsent;
    for (size_t c = 0; c < columns_.size(); ++c) {
      const auto place = places.fact[c];
      columns_[c].add(place && *place < payload.facts.size() ? payload.facts[*place] : kAbsent);
    }
    const std::string id = to_hex(record.id);
    row_hashes_.push_back(models::row_hash(id));
    content_ += id + (bad ? "1" : "0");
    labels_.push_back(bad ? 1 : 0);
    return {};
  }

  models::Table take() {
    std::vector<models::Column> columns;
    for (Gathered& column : columns_) columns.push_back(column.take());
    columns.push_back({std::string(kLabelColumn), models::ColumnType::numeric, std::move(labels_), {}});
    return {std::move(columns), std::move(row_hashes_), sha256(content_)};
  }

  std::set<std::string> sealed;

 private:
  static std::string to_hex(const evidence::RecordId& id) {
    return form_of(static_cast<const Id128*>(nullptr)).print(&id);
  }

  Result<const Places*> places_of(const Digest& permit) {
    const auto found = places_.find(permit);
    if (found != places_.end()) return &found->second;
    const auto version = TRY(needs_.kernel.find_version(permit));
    const evidence::FactSchema& schema = version->facts();
    if (columns_.empty()) TRY(begin(schema));
    Places out;
    for (const Gathered& column : columns_) out.fact.push_back(schema.find(column.name));
    return &places_.emplace(permit, std::move(out)).first->second;
  }

  Result<void> begin(const evidence::FactSchema& schema) {
    for (const evidence::FactSpec& spec : schema.facts) {
      if (spec.sealed) sealed.insert(spec.name);
      if (spec.sealed || !wanted_.contains(spec.name) || spec.type == evidence::FactType::date) continue;
      const bool text = spec.type == evidence::FactType::text;
      columns_.push_back({spec.name, text ? models::ColumnType::categorical : models::ColumnType::numeric, {}, {}});
    }
    if (columns_.empty()) {
      return fail(ErrorCode::invalid, std::string(kTrainingFile),
                  "names no fact of the scheme; expected some of facts.json under features");
    }
    return {};
  }

  const ExampleNeeds& needs_;
  const std::set<std::string>& wanted_;
  std::map<Digest, Places> places_;
  std::vector<Gathered> columns_;
  std::vector<double> labels_;
  std::vector<uint64_t> row_hashes_;
  std::string content_;
};

}  // namespace

Result<TrainingPlan> parse_training(std::string_view json) {
  Json read = TRY(parse_json(json, {.bytes_max = kTrainingBytesMax}));
  Faults faults;
  if (read.object() == nullptr) return fail(ErrorCode::invalid, "expected an object, came " + std::string(read.kind()));
  for (const auto& [name, value] : *read.object()) {
    if (name != "features" && name != "boosting" && name != "note")
      faults.add(name, "expected features, boosting, note");
  }
  TrainingPlan out;
  Json features = read.find("features") != nullptr ? *read.find("features") : Json(Json::Object{});
  if (features.find("target") == nullptr) features.set("target", kLabelColumn);
  auto set = models::parse_feature_set(features);
  if (set) {
    out.features = *std::move(set);
    if (out.features.features.empty()) faults.add("features/features", "expected the facts that the model may read");
  } else {
    faults.add("features", std::move(set).error());
  }
  const Json* boosting = read.find("boosting");
  auto parameters = experiments::canonical_parameters(experiments::Kind::boosting, boosting ? *boosting : Json());
  if (parameters) {
    out.boosting = *std::move(parameters);
  } else {
    faults.add("boosting", std::move(parameters).error());
  }
  TRY(std::move(faults).result());
  return out;
}

Result<TrainingPlan> read_training(const Files& files, const std::string& scheme_folder) {
  const std::string path = scheme_folder + "/" + std::string(kTrainingFile);
  auto plan = parse_training(TRY(files.read(path, kTrainingBytesMax)));
  if (!plan) return fail(at(path, std::move(plan).error()));
  return plan;
}

Result<ExampleTable> read_examples(const ExampleNeeds& needs, const TrainingPlan& plan,
                                   const std::set<std::string>& also, std::span<const Example> examples,
                                   Progress& progress) {
  if (examples.size() > kTrainingRowsMax) {
    return fail(ErrorCode::exhausted, "rows",
                "expected at most " + std::to_string(kTrainingRowsMax) + " payments to train on, came " +
                    std::to_string(examples.size()));
  }
  std::set<std::string> wanted = also;
  wanted.insert(plan.features.features.begin(), plan.features.features.end());
  for (const models::Derived& derived : plan.features.derived) wanted.insert(derived.of.begin(), derived.of.end());
  ExampleTable out;
  Gatherer gatherer(needs, wanted);
  for (size_t i = 0; i < examples.size(); ++i) {
    const auto record = TRY(needs.evidence.find(examples[i].decision));
    if (!record.facts) {
      ++out.erased;
      continue;
    }
    TRY(gatherer.add(record, examples[i].bad));
    out.examples.push_back(static_cast<uint32_t>(i));
    if (i % kTellEvery == 0) progress.step("reading what was decided on", i, examples.size());
  }
  if (out.examples.empty())
    return fail(ErrorCode::not_found, "no decision whose facts still stand and whose end is known");
  out.table = gatherer.take();
  out.sealed.assign(gatherer.sealed.begin(), gatherer.sealed.end());
  return out;
}

Result<models::TrainRequest> training_request(const TrainingPlan& plan, const ExampleTable& table,
                                              const models::Table::Split* split, uint64_t seed) {
  experiments::Manifest manifest;
  manifest.data = table.table.content();
  manifest.features = experiments::canonical_features(plan.features);
  manifest.train_share = Rate::from_percent(100);
  manifest.seed = static_cast<int64_t>(seed);
  manifest.kind = experiments::Kind::boosting;
  manifest.parameters = plan.boosting;
  auto out = TRY(experiments::train_request(manifest, table.table));
  out.sealed = table.sealed;
  out.split = split;
  out.name = "fraud";
  return out;
}

}  // namespace puhui::fraud
