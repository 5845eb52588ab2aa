// Desk: judges payments and applications of one scheme after the other, keeps those it holds until somebody answers, and takes labels.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "applications/fraud/scheme.h"
#include "ground/store/store.h"
#include "infrastructure/cases/office.h"
#include "infrastructure/features/stream.h"

namespace puhui::fraud {

std::vector<Migration> migrations();

struct DeskNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  kernel::Kernel& kernel;
  cases::Office& cases;
  const Clock& clock;
  Log& log;
};

// One payment as it comes. `key` is the client's own for it, for good.
struct Submission {
  std::string scheme, key;
  Timestamp at;
  Json fields;
};

struct Answered {
  evidence::RecordId decision;
  Action action = Action::approve;
  bool late = false;                  // too far out of order: judged without features
  std::optional<Timestamp> deadline;  // of a hold
  int64_t probability_ppb = 0;        // the model's, 0 without one
  std::vector<evidence::Reason> reasons;
  bool repeated = false;  // this key was answered before; this is that answer
};

// What a scheme's versions and stream are, for one judgement: looked up once, valid for its permit.
struct Guard {
  std::shared_ptr<const Scheme> scheme;
  std::shared_ptr<const features::FeatureSet> features;
  features::Stream* stream = nullptr;
  kernel::Choice choice;
};

class Desk {
 public:
  // Opens a stream for every scheme ever granted here. Before the store's first write.
  static Result<std::unique_ptr<Desk>> open(DeskNeeds needs);

  Result<Guard> guard(std::string_view scheme, const Id128& subject);
  Result<Answered> judge(const Submission& submission, std::string_view caller);
  // The same for one whose fields were read already (replays): queues the closure; `done` comes on the writer thread.
  void judge_later(const Guard& guard, features::Event event, std::string key, std::string caller, Timestamp now,
                   std::function<void(Result<Answered>)> done);

  // In a store closure: the payment proved fraud or good. Said again with another value it replaces the first.
  Result<void> label(Transaction& tx, std::string_view scheme, std::string_view key, bool fraud, Timestamp known_at,
                     std::string_view by);
  // A person lets a held payment go or blocks it; or its deadline did (by "deadline"). conflict: it was answered already.
  Result<void> release(std::string_view scheme, std::string_view key, Action action, std::string_view why,
                       std::string_view by);

  features::Stream* stream(std::string_view scheme);

 private:
  explicit Desk(DeskNeeds needs);
  DeskNeeds needs_;
};

}  // namespace puhui::fraud
