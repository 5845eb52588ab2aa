// PolicySource: a policy as its author has it: a DMN file on the caller's disk with what stands beside it, or texts sent
// along. Loading finds the files it imports and the model files it names.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ground/base/verb.h"
#include "infrastructure/dmn/policy.h"
#include "infrastructure/kernel/predictor_call.h"

namespace puhui::workbench {

// A file that a policy may import or call, sent with it.
struct Document {
  std::string name;  // "pd.pmml"
  std::string text;
};
void fields(Shape& shape, Document& document);

struct PolicySource {
  std::string file;                // on the caller's disk; its folder is searched for what it imports and calls
  std::string text;                // the DMN itself: for callers without a disk
  std::vector<Document> beside;    // with `text`: what it imports and calls
  std::vector<std::string> model;  // "pd=FILE": the file that stands for the governed model "model:pd"
};
// The source's fields among those of a verb's request.
void source_fields(Shape& shape, PolicySource& source);

// A compiled policy together with what it stands on. Does not move: the policy points into it.
class LoadedPolicy {
 public:
  using OnFault = dmn::CompileOptions::OnFault;
  // Every fault of the file, of what it imports and of the models it calls. forbidden when a file is named by a
  // caller whose disk is not this one.
  static Result<std::unique_ptr<const LoadedPolicy>> load(const VerbCall& call, const PolicySource& source,
                                                          OnFault on_fault = OnFault::refuse);

  const dmn::Policy& policy() const { return *policy_; }
  const std::string& text() const { return text_; }
  // What it calls, in words: "pd.pmml: pmml model 'pd'". A governed model ("model:pd") for which the source names no
  // file is said to be so; calling it is a null that says it.
  const std::vector<std::string>& models() const { return models_; }

 private:
  LoadedPolicy() = default;
  std::string text_;
  std::unique_ptr<dmn::Functions> functions_;
  std::optional<dmn::Policy> policy_;
  std::vector<std::string> models_;
};

// The DMN text alone, unread: of the file, or as sent.
Result<std::string> source_text(const VerbCall& call, const PolicySource& source);
// A file of the caller's; forbidden when the caller has no disk here.
Result<std::string> read_callers_file(const VerbCall& call, std::string_view field, const std::string& path,
                                      size_t bytes_max);

}  // namespace puhui::workbench
