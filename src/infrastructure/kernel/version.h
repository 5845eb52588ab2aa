// Version: everything one permit lets run, loaded and checked: policy, models, facts, thresholds, reasons.
// Immutable but for its gate, shared by all threads; a swap replaces the whole of it, so nobody sees half a policy.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "ground/base/cpu_account.h"
#include "infrastructure/dmn/policy.h"
#include "infrastructure/evidence/permit.h"
#include "infrastructure/evidence/record.h"
#include "infrastructure/kernel/artefacts.h"
#include "infrastructure/kernel/model_call.h"
#include "infrastructure/kernel/reasons.h"
#include "infrastructure/models/model.h"
#include "infrastructure/models/predictor.h"

namespace puhui::kernel {

// The names under which a manifest lists its artefacts; a model is "model:NAME".
inline constexpr std::string_view kPolicyArtefact = "policy", kFactsArtefact = "facts", kReasonsArtefact = "reasons";
inline constexpr std::string_view kModelPrefix = "model:";
// What every policy must decide: a string, and a list of reason codes.
inline constexpr std::string_view kOutcomeDecision = "Outcome", kReasonsDecision = "Reasons";
inline constexpr std::string_view kApprove = "approve", kRefer = "refer";

// One thread's working memory for judging; reused from one judgement to the next.
class Workspace {
 private:
  friend class Version;
  dmn::Scratch scratch_;
  ModelTrace trace_;
  std::vector<feel::Value> inputs_;
};

class BatchWorkspace;  // version_batch.h

class Version {
 public:
  // Loads what the manifest names and checks that it fits together: every policy input is a fact or a threshold of
  // its type, no sealed fact is read, the outcome is decided, every reason and model feature has its sentence.
  // Does not check the permit's signatures: see Kernel.
  static Result<std::shared_ptr<const Version>> load(const evidence::Permit& permit, ArtefactSource& artefacts,
                                                     CpuAccount* account = nullptr);

  const evidence::Permit& permit() const { return permit_; }
  const Digest& digest() const { return digest_; }  // the permit's
  const evidence::FactSchema& facts() const { return facts_; }
  const ReasonCatalogue& reasons() const { return reasons_; }
  const dmn::Policy& policy() const { return *policy_; }
  CpuAccount* account() const { return account_; }  // what its judgements are charged to; null: nothing

  struct NamedModel {
    std::string name;
    std::shared_ptr<const models::Model> model;          // of our own kind, explained feature by feature; or
    std::shared_ptr<const models::Predictor> predictor;  // brought from elsewhere
  };
  const std::vector<NamedModel>& models() const { return models_; }

  // The judgement on facts in schema order. Pure: the same facts, the same bytes, on any thread.
  // invalid when the policy comes to no outcome, with the cause of it.
  Result<evidence::Judgement> judge(std::span<const evidence::FactValue> facts, Workspace& workspace) const;
  // The judgement while automatic decisions are stopped: a person decides. Also a pure function.
  evidence::Judgement referral() const;

  // Whether it may judge, for the kernel to set: one atomic read on the decision path.
  enum class Gate : uint8_t { not_granted, open, stopped };
  Gate gate() const { return gate_.load(std::memory_order_acquire); }
  // Where the draw of a random approval goes (routing.h); none when the facts have no place for it.
  std::optional<size_t> exploration_fact() const { return exploration_fact_; }
  int64_t exploration_daily_max() const { return exploration_daily_max_; }

  // The same judgements, to the byte, of many rows at once, column by column (version_batch.h): for replays.
  std::vector<Result<evidence::Judgement>> judge_batch(std::span<const std::vector<evidence::FactValue>> rows,
                                                       BatchWorkspace& workspace) const;

  // What each model it asks weighs in that judgement, in the order of the judgement's models.
  struct Explained {
    size_t model = 0;                                // its place in models()
    std::optional<models::Explanation> explanation;  // none of a model that was brought from elsewhere
  };
  Result<std::vector<Explained>> explain(std::span<const evidence::FactValue> facts, Workspace& workspace) const;

 private:
  friend class Kernel;  // sets the gate
  class ModelFunctions;
  Version() = default;
  Result<void> load_models(ArtefactSource& artefacts);
  Result<void> load_policy(ArtefactSource& artefacts);
  Result<void> connect_inputs();
  Result<void> connect_exploration();
  Result<void> check_asked_facts() const;
  Result<void> check_reasons() const;
  feel::Value input_of(size_t input, std::span<const evidence::FactValue> facts) const;  // a text is borrowed
  Result<evidence::Judgement> judgement_of(std::span<const feel::Value> values, const ModelTrace& trace,
                                           std::span<const uint32_t> rules_hit) const;
  Result<void> add_reasons(const feel::Value& listed, const ModelTrace& trace, evidence::Judgement& judgement) const;
  void add_model_reasons(std::string_view model, const ModelTrace& trace, evidence::Judgement& judgement) const;

  // Where a policy input's value comes from.
  struct Source {
    bool is_fact = false;
    size_t fact = 0;
    feel::Value threshold;
  };

  CpuAccount* account_ = nullptr;
  evidence::Permit permit_;
  Digest digest_;
  evidence::FactSchema facts_;
  ReasonCatalogue reasons_;
  std::vector<NamedModel> models_;
  std::unique_ptr<ModelFunctions> functions_;
  std::optional<dmn::Policy> policy_;  // after functions_: it calls them
  std::vector<Source> sources_;        // by policy input
  size_t outcome_ = 0, reasons_decision_ = 0;
  std::optional<size_t> exploration_fact_;
  int64_t exploration_daily_max_ = 0;
  mutable std::atomic<Gate> gate_{Gate::not_granted};

 public:
  ~Version();
};

}  // namespace puhui::kernel
