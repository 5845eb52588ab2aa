// Kernel: the only maker of decisions. Permit, then policy and the models it calls, then evidence; only then the
// answer, together with what the application does about it, in one transaction.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>

#include "ground/base/log.h"
#include "ground/base/metric.h"
#include "ground/store/store.h"
#include "infrastructure/evidence/evidence_log.h"
#include "infrastructure/evidence/meter.h"
#include "infrastructure/evidence/people.h"
#include "infrastructure/evidence/use_case.h"
#include "infrastructure/kernel/decision.h"
#include "infrastructure/kernel/inquiry.h"
#include "infrastructure/kernel/routes.h"

namespace puhui::kernel {

struct KernelNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  const Clock& clock;
  Log& log;
  Metrics& metrics;
  std::string build;             // what this program is; a permit for another build does not run
  Digest salt_secret;            // random in production, fixed in a simulation: salts the digests of facts
  CpuAccounts* cpu = nullptr;    // each judgement is a call of its use case's account
  Inquirer* inquirer = nullptr;  // asks partners for facts (inquiry.h)
};

class Kernel {
 public:
  // Loads what is in force for each use case (scopes included). A permit that no longer holds is logged and its use
  // case refuses until a new one is granted; the program starts all the same.
  static Result<std::unique_ptr<Kernel>> open(KernelNeeds needs, std::vector<evidence::UseCase> use_cases);

  const std::vector<evidence::UseCase>& use_cases() const { return use_cases_; }
  const std::string& build() const { return needs_.build; }

  // Stores bytes that a manifest will name.
  Result<Digest> put_artefact(std::string_view kind, std::string_view bytes);
  Result<std::string> artefact(const Digest& digest) const;  // not_found, corrupt

  // Loads what the manifest names and lets it go again: what people are asked to sign must load. Errors as grant.
  Result<void> rehearse(const evidence::Manifest& manifest) const;

  // Checks signatures and content, records the act, and from then on decides by it. forbidden, invalid, corrupt.
  Result<void> grant(const evidence::Permit& permit, std::string_view caller);
  // As grant, but the permit does not decide: a challenger or a fallback may then name it. The same one again is fine.
  Result<void> admit(const evidence::Permit& permit, std::string_view caller);
  // Puts the champion of before back, or any permit granted or admitted here that still holds. Recorded as an act.
  Result<void> reinstate(const Digest& permit, std::string_view caller, std::string_view why);

  // ---- routing (routing.h). Each is recorded as an act and holds over restarts.
  Result<void> stop(Stop stop);  // conflict: stands
  Result<void> lift(StopScope scope, std::string_view name, std::string_view by, std::string_view why);  // not_found
  std::vector<Stop> stops() const;
  Result<void> declare_fallback(const FallbackPlan& plan, std::string_view by);
  std::vector<FallbackPlan> fallback_plans() const;
  // One challenger a use case. Its permit was admitted, its facts are the champion's. Named again: its stage changes.
  Result<void> challenge(const Challenger& challenger, std::string_view by);
  Result<void> withdraw_challenger(std::string_view use_case, std::string_view by, std::string_view why);
  std::vector<Challenger> challengers() const;

  // Who answers this entity now. forbidden: no permit; unavailable: stopped with fallback `refuse`.
  Result<Choice> choose(std::string_view use_case, const Id128& entity) const;

  // What decides now under that name ("lending.approval/person_revolving"). forbidden when no permit is in force.
  Result<std::shared_ptr<const Version>> in_force(std::string_view use_case) const;
  std::vector<std::shared_ptr<const Version>> all_in_force() const;  // by use case
  // Any version that was ever granted, by its permit's digest; for replay.
  Result<std::shared_ptr<const Version>> find_version(const Digest& permit) const;

  // Fills the facts of `version` that partners are asked for (inquiry.h), before judge(); may take as long as a partner
  // does. One that nobody answered is absent, and logged.
  void inquire(const Version& version, std::vector<evidence::FactValue>& facts) const;

  // Evaluates; touches no store. forbidden when `request.version` is not of a permit granted here, or has expired.
  Result<Draft> judge(Request request, Workspace& workspace) const;
  // In a store closure: the evidence is appended, the draft becomes a decision.
  Decision record(Transaction& tx, const Draft& draft);

  // judge, then record and `act` in one transaction; returns when durable.
  using Act = std::function<Result<void>(Transaction&, const Decision&)>;
  Result<Decision> decide(Request request, const Act& act);

  // The same judgement from a recorded decision: compares bytes.
  struct Replay {
    bool erased = false;  // its facts are gone by retention: cannot be taken again
    bool identical = false;
    std::string difference;  // in words, when not identical
  };
  Result<Replay> replay(const evidence::StoredRecord& record, Workspace& workspace) const;

 private:
  Kernel(KernelNeeds needs, std::vector<evidence::UseCase> use_cases);
  Result<void> load_in_force();
  const evidence::UseCase* declared(std::string_view use_case) const;
  Result<std::shared_ptr<const Version>> load_version(const evidence::Permit& permit) const;
  Error none_in_force(std::string_view use_case) const;  // under mutex_

  // kernel_permits.cc
  enum class Standing : uint8_t { admitted, champion };
  Result<std::shared_ptr<const Version>> checked_version(const evidence::Permit& permit) const;
  Result<void> keep(Transaction& tx, const evidence::Permit& permit, Standing standing) const;
  Result<evidence::Permit> stored_permit(const Digest& digest) const;
  Result<void> put_in_force(const evidence::Permit& permit, std::string_view caller, std::string words);

  // kernel_routing.cc
  Result<void> load_routing();
  Result<void> act(const std::function<Result<void>(Transaction&)>& change, evidence::RecordKind kind,
                   std::string words, std::string_view by);
  Result<void> refresh_routes();
  Route route_of(std::shared_ptr<const Version> champion, std::span<const Stop> stops,
                 std::span<const FallbackPlan> plans, std::span<const Challenger> challengers) const;
  std::shared_ptr<const Version> stand_in_of(const Version& champion, const FallbackPlan& plan,
                                             std::span<const Stop> stops) const;
  bool is_stopped(const Version& version, std::span<const Stop> stops) const;
  void set_gates();  // under mutex_, held alone

  // kernel_explore.cc: the random approvals of routing.h
  Result<evidence::Judgement> judge_open(Request& request, Workspace& workspace, Draft& draft) const;
  bool take_exploration(const Version& version, Timestamp at) const;
  static void keep_exploration(Transaction& tx, const Draft& draft);
  Result<void> load_explorations();
  evidence::Judgement judge_shadow(const Request& request, Workspace& workspace) const;

  KernelNeeds needs_;
  std::vector<evidence::UseCase> use_cases_;
  evidence::CycleClock cycles_;
  Histogram& overhead_;
  std::mutex change_;                // one change of the routing at a time
  mutable std::shared_mutex mutex_;  // guards what follows
  std::map<std::string, std::shared_ptr<const Version>, std::less<>> in_force_;
  std::map<std::string, std::shared_ptr<const Route>, std::less<>> routes_;
  std::map<std::string, std::string, std::less<>> refused_;  // use case → why its last permit does not hold
  mutable std::map<Digest, std::shared_ptr<const Version>> versions_;
  std::vector<Stop> stops_;
  std::vector<FallbackPlan> plans_;
  std::vector<Challenger> challengers_;
  mutable std::mutex exploring_;
  mutable std::map<std::pair<std::string, int32_t>, int64_t> explored_;  // use case and day → random approvals
};

}  // namespace puhui::kernel
