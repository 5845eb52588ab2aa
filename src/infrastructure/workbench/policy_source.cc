#include "infrastructure/workbench/policy_source.h"

#include <set>

#include "ground/base/text.h"
#include "infrastructure/dmn/reader.h"

namespace puhui::workbench {

namespace {

constexpr size_t kBesideFilesMax = 1000;  // looked at in a policy's folder
constexpr size_t kPolicyBytesMax = dmn::Limits{}.xml_bytes_max;
constexpr std::string_view kGoverned = "model:";

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

// What stands beside a policy: on the caller's disk, or sent along.
class Shelf {
 public:
  Shelf(const VerbCall& call, const PolicySource& source) : call_(call), source_(source) {}

  // nullopt when there is none of that name.
  Result<std::optional<std::string>> find(const std::string& name, size_t bytes_max) const {
    if (source_.file.empty()) {
      for (const Document& document : source_.beside) {
        if (document.name == name) return document.text;
      }
      return std::nullopt;
    }
    const std::string path = folder_of(source_.file) + "/" + name;
    if (!call_.files->exists(path)) return std::nullopt;
    return TRY(call_.files->read(path, bytes_max));
  }

  // The DMN files beside it.
  Result<std::vector<std::string>> policies() const {
    std::vector<std::string> names;
    if (source_.file.empty()) {
      for (const Document& document : source_.beside) names.push_back(document.name);
    } else {
      names = TRY(call_.files->list(folder_of(source_.file)));
    }
    std::erase_if(names, [&](const std::string& name) {
      return !name.ends_with(".dmn") || source_.file == name || source_.file.ends_with("/" + name);
    });
    if (names.size() > kBesideFilesMax) {
      return fail(ErrorCode::exhausted, "file",
                  "expected at most " + std::to_string(kBesideFilesMax) + " policies in one folder, came " +
                      std::to_string(names.size()));
    }
    return names;
  }

 private:
  const VerbCall& call_;
  const PolicySource& source_;
};

// Stands for a governed model that only a permit binds: a policy that calls it is checked and tried all the same.
class NotBound final : public dmn::HostFunction {
 public:
  explicit NotBound(const std::string& model)
      : message_("the model '" + model + "' is bound by a permit; to try the policy with one say --model " + model +
                 "=FILE") {}
  Result<std::unique_ptr<const dmn::HostCall>> bind(std::span<const std::string>) const override {
    return std::unique_ptr<const dmn::HostCall>(new Call(message_));
  }

 private:
  struct Call final : dmn::HostCall {
    explicit Call(const std::string& text) : message(text), cause{feel::CauseCode::unavailable, message, {}, nullptr} {}
    feel::Value call(std::span<const feel::Value>, feel::Arena&, dmn::Trace*) const override {
      return feel::Value::null(&cause);
    }
    std::string message;
    feel::Cause cause;
  };
  std::string message_;
};

// The models a policy names as documents, each read once, when the compiler asks for it.
class ModelsBeside final : public dmn::Functions {
 public:
  ModelsBeside(const VerbCall& call, const PolicySource& source, const Shelf& shelf)
      : call_(&call), source_(&source), shelf_(&shelf) {}

  const dmn::HostFunction* find_model(std::string_view document, std::string_view model) const override {
    const std::string key = std::string(document) + " " + std::string(model);
    if (const auto known = functions_.find(key); known != functions_.end()) return known->second.get();
    return functions_.emplace(key, open(std::string(document), std::string(model))).first->second.get();
  }
  Faults& faults() const { return faults_; }
  const std::vector<std::string>& told() const { return told_; }

 private:
  // The bytes of the file that stands for a document; nothing for a governed model nobody named one for.
  Result<std::optional<std::string>> bytes_of(const std::string& document) const {
    if (document.starts_with(kGoverned)) {
      const std::string named = document.substr(kGoverned.size()) + "=";
      for (const std::string& model : source_->model) {
        if (!model.starts_with(named)) continue;
        return TRY(read_callers_file(*call_, "model", model.substr(named.size()), models::kForeignBytesMax));
      }
    }
    auto bytes = TRY(shelf_->find(document, models::kForeignBytesMax));
    if (!bytes && !document.starts_with(kGoverned)) {
      return fail(ErrorCode::not_found,
                  "there is no such model file beside the policy; put it there, or send it along");
    }
    return bytes;
  }

  std::unique_ptr<const dmn::HostFunction> open(std::string document, const std::string& model) const {
    if (document.starts_with("file:")) document = document.substr(document.find_first_not_of('/', 5));
    const auto bytes = bytes_of(document);
    if (!bytes) return faults_.add(document, bytes.error()), nullptr;
    if (!*bytes) {
      told_.push_back(document + ": bound by a permit");
      return std::make_unique<NotBound>(document.substr(kGoverned.size()));
    }
    const bool governed = document.starts_with(kGoverned);
    auto predictor = models::Predictor::parse(**bytes, governed ? "" : model);
    if (!predictor) return faults_.add(document, predictor.error()), nullptr;
    told_.push_back(document + ": " + std::string(name_of(predictor->format())) + " model '" + model + "'");
    auto shared = std::make_shared<const models::Predictor>(*std::move(predictor));
    return std::make_unique<kernel::PredictorFunction>(document, std::move(shared));
  }

  const VerbCall* call_;  // these three only while the policy is compiled
  const PolicySource* source_;
  const Shelf* shelf_;
  mutable std::map<std::string, std::unique_ptr<const dmn::HostFunction>> functions_;
  mutable Faults faults_;
  mutable std::vector<std::string> told_;
};

// The namespaces a DMN text imports. Only its own reading knows; most files import nothing and are spared it.
Result<std::vector<std::string>> namespaces_imported(const std::string& xml) {
  if (xml.find("import") == std::string::npos) return std::vector<std::string>();
  const dmn::Model model = TRY(dmn::read_model(xml, {}));
  std::vector<std::string> out;
  for (const dmn::Import& import : model.imports) out.push_back(import.target);
  return out;
}

// The files beside it that hold what it imports, and what those import.
Result<std::vector<std::string>> imported_texts(const Shelf& shelf, const std::string& xml) {
  std::vector<std::string> wanted = TRY(namespaces_imported(xml));
  std::vector<std::string> texts;
  if (wanted.empty()) return texts;
  std::vector<std::string> names = TRY(shelf.policies());
  std::vector<std::string> candidates;
  for (const std::string& name : names) candidates.push_back(TRY(shelf.find(name, kPolicyBytesMax)).value_or(""));
  std::set<std::string> seen;
  while (!wanted.empty()) {
    const std::string target = std::move(wanted.back());
    wanted.pop_back();
    if (!seen.insert(target).second) continue;
    for (size_t i = 0; i < candidates.size(); ++i) {
      if (candidates[i].find("\"" + target + "\"") == std::string::npos) continue;
      const auto more = namespaces_imported(candidates[i]);
      if (!more) return fail(at(names[i], more.error()));
      texts.push_back(std::move(candidates[i]));
      candidates[i].clear();
      wanted.insert(wanted.end(), more->begin(), more->end());
    }
  }
  return texts;
}

}  // namespace

void fields(Shape& shape, Document& document) {
  shape.field("name", document.name, {.help = "as the policy names it", .min = 1, .max = 4096, .example = "pd.pmml"});
  shape.field("text", document.text, {.help = "its content", .min = 1});
}

void source_fields(Shape& shape, PolicySource& source) {
  shape.field(
      "file", source.file,
      {.help = "the DMN file; what it imports and calls is looked for in its folder", .max = 4096, .optional = true});
  shape.field("text", source.text, {.help = "the DMN itself, instead of a file", .optional = true});
  shape.field("beside", source.beside, {.help = "with text: what it imports and calls", .optional = true});
  shape.field("model", source.model,
              {.help = "the file that stands for a governed model", .optional = true, .example = "pd=pd.pmml"});
}

Result<std::string> read_callers_file(const VerbCall& call, std::string_view field, const std::string& path,
                                      size_t bytes_max) {
  if (call.files == nullptr) {
    return fail(ErrorCode::forbidden, std::string(field), "names a file of yours, which is not here; send its text");
  }
  return call.files->read(path, bytes_max);
}

Result<std::string> source_text(const VerbCall& call, const PolicySource& source) {
  if (source.file.empty() == source.text.empty()) {
    return fail(ErrorCode::invalid, "file",
                "expected a DMN file or its text, came " + std::string(source.file.empty() ? "neither" : "both"));
  }
  return source.file.empty() ? Result<std::string>(source.text)
                             : read_callers_file(call, "file", source.file, kPolicyBytesMax);
}

Result<std::unique_ptr<const LoadedPolicy>> LoadedPolicy::load(const VerbCall& call, const PolicySource& source,
                                                               OnFault on_fault) {
  std::unique_ptr<LoadedPolicy> loaded(new LoadedPolicy);
  loaded->text_ = TRY(source_text(call, source));
  const Shelf shelf(call, source);
  const std::vector<std::string> imported = TRY(imported_texts(shelf, loaded->text_));
  auto models = std::make_unique<ModelsBeside>(call, source, shelf);
  dmn::CompileOptions options{.limits = {}, .on_fault = on_fault, .imported = {}};
  options.imported.assign(imported.begin(), imported.end());
  auto policy = dmn::Policy::compile(loaded->text_, *models, options);
  if (!policy) {
    // The models' own faults say more than that a model is not there.
    Faults faults = std::move(models->faults());
    if (faults.none()) return fail(std::move(policy).error());
    faults.add("", std::move(policy).error());
    return fail(std::move(faults).result().error());
  }
  loaded->models_ = models->told();
  loaded->functions_ = std::move(models);
  loaded->policy_.emplace(*std::move(policy));
  return std::unique_ptr<const LoadedPolicy>(std::move(loaded));
}

}  // namespace puhui::workbench
