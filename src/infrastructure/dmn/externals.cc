#include "infrastructure/dmn/externals.h"

#include "infrastructure/dmn/java_functions.h"
#include "infrastructure/feel/run.h"

namespace puhui::dmn {
namespace {

using feel::Value;

// A model called by name: the kernel's function behind a business knowledge model of kind PMML.
class ModelCall final : public feel::External {
 public:
  explicit ModelCall(std::unique_ptr<const HostCall> call) : call_(std::move(call)) {}
  Value call(feel::Run& run, std::span<const Value> args, const feel::Place& place) const override {
    // A batch has a trace of its own, which no host knows.
    if (run.row != feel::kNoRow) {
      Value result;
      ask(run, args, {&run.row, 1}, {&result, 1});
      return answer(result, run, place);
    }
    auto* trace = static_cast<Trace*>(run.trace);
    const Value result = call_->call(args, run.arena, trace);
    if (trace != nullptr) trace->calls.push_back(result);
    return answer(result, run, place);
  }
  void call_rows(feel::Run& run, std::span<const Value> args, const feel::Place& place, std::span<const uint32_t> rows,
                 std::span<Value> answers) const override {
    ask(run, args, rows, answers);
    for (Value& one : answers) one = answer(one, run, place);
  }

 private:
  void ask(feel::Run& run, std::span<const Value> args, std::span<const uint32_t> rows, std::span<Value> out) const {
    RowCalls* const kept = run.trace ? static_cast<BatchTrace*>(run.trace)->kept_calls : nullptr;
    if (kept != nullptr) {
      call_->call_kept(args, run.arena, rows, *kept, out);
    } else {
      call_->call_many(args, run.arena, out);
    }
  }
  static Value answer(const Value& result, feel::Run& run, const feel::Place& place) {
    if (!result.is_null()) return result;
    return run.fail(feel::CauseCode::unavailable, place, {"the model gave no answer"}, &result.cause());
  }
  std::unique_ptr<const HostCall> call_;
};

}  // namespace

Result<std::shared_ptr<const feel::External>> HostExternals::bind(const feel::ExternalText& text,
                                                                  std::span<const std::string> parameters) const {
  if (text.kind == "java") {
    const std::string* class_name = text.entry("class");
    const std::string* signature = text.entry("method signature");
    if (class_name == nullptr || signature == nullptr) {
      return fail(ErrorCode::invalid, "a function of kind Java expects the entries 'class' and 'method signature'");
    }
    return std::shared_ptr<const feel::External>(TRY(java_function(*class_name, *signature, parameters.size())));
  }
  if (text.kind != "pmml") {
    return fail(ErrorCode::invalid, "expected an external function of kind java or pmml, came '" + text.kind + "'");
  }
  const std::string* document = text.entry("document");
  const std::string* model = text.entry("model");
  if (document == nullptr || model == nullptr) {
    return fail(ErrorCode::invalid, "a function of kind PMML expects the entries 'document' and 'model'");
  }
  const HostFunction* host = host_.find_model(*document, *model);
  if (host == nullptr) {
    return fail(ErrorCode::not_found,
                "expected a registered model, came '" + *model + "' of '" + *document + "': register it first");
  }
  return std::make_shared<const ModelCall>(TRY(host->bind(parameters)));
}

}  // namespace puhui::dmn
