// Draft and Decision. A Draft is a judgement nobody may act on yet; a Decision is one that lies in the evidence.
// Only the Kernel makes a Decision, inside the store transaction that writes its record.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "infrastructure/evidence/record.h"
#include "infrastructure/kernel/version.h"

namespace puhui::kernel {

// A question to the kernel. `facts` in the order of version->facts().
struct Request {
  std::shared_ptr<const Version> version;
  Id128 entity;  // whom or what it is about
  std::vector<evidence::FactValue> facts;
  std::string caller;
  Timestamp at;
  evidence::HumanRole human = evidence::HumanRole::none;
  bool to_human = false;                  // Choice's: neither policy nor model is asked, a person will decide
  std::shared_ptr<const Version> shadow;  // Choice's
};

class Draft {
 public:
  const evidence::Judgement& judgement() const { return judgement_; }
  const evidence::Circumstances& circumstances() const { return circumstances_; }
  bool approves() const;
  // What the version that judged beside it came to; null: none did.
  const evidence::Judgement* shadow() const { return shadow_ ? &*shadow_ : nullptr; }

 private:
  friend class Kernel;
  Draft() = default;
  evidence::Judgement judgement_;
  evidence::Circumstances circumstances_;
  std::optional<evidence::Judgement> shadow_;
  std::string judgement_bytes_, facts_bytes_;
  std::string shadow_bytes_;  // of the version that judged beside it; empty: none did
  int64_t shadow_cpu_ns_ = 0;
  bool explored_ = false;  // approved at random
};

class Decision {
 public:
  evidence::RecordId id() const { return id_; }
  const evidence::Judgement& judgement() const { return judgement_; }
  const evidence::Circumstances& circumstances() const { return circumstances_; }
  std::string_view outcome() const;
  bool approves() const { return outcome() == kApprove; }
  // A number the policy decided, as a fraction or in minor units. invalid when it is absent or no number.
  Result<Rate> rate(std::string_view output) const;
  Result<int64_t> whole(std::string_view output) const;  // invalid when it is not whole

 private:
  friend class Kernel;
  Decision(evidence::RecordId id, evidence::Judgement judgement, evidence::Circumstances circumstances)
      : id_(id), judgement_(std::move(judgement)), circumstances_(std::move(circumstances)) {}
  evidence::RecordId id_;
  evidence::Judgement judgement_;
  evidence::Circumstances circumstances_;
};

std::string_view outcome_of(const evidence::Judgement& judgement);
Result<Rate> rate_of(const evidence::Judgement& judgement, std::string_view output);
Result<int64_t> whole_of(const evidence::Judgement& judgement, std::string_view output);

}  // namespace puhui::kernel
