// Scheme: what is guarded against fraud, as data: the use case, the event and its features, who loses what, and what happens to a
// payment that waits too long. Named by a permit's manifest like the policy.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ground/base/files.h"
#include "infrastructure/evidence/use_case.h"
#include "infrastructure/features/declaration.h"
#include "infrastructure/kernel/kernel.h"

namespace puhui::fraud {

inline constexpr std::string_view kPaymentUseCase = "fraud.payment", kApplicationUseCase = "fraud.application";
inline constexpr std::string_view kSchemeArtefact = "scheme", kFeaturesArtefact = "features", kModelName = "fraud";
inline constexpr std::string_view kFraudOutcome = "fraud";  // evidence::Outcome's name
// Facts that the desk fills beside fields and features: boolean. Every scheme has the first, one with a counterparty may
// have the second.
inline constexpr std::string_view kLateFact = "event_late", kSelfTransferFact = "self_transfer";
std::vector<evidence::UseCase> use_cases();

enum class Action : uint8_t { approve, challenge, hold, block };
std::span<const std::string_view> names_of(const Action*);

struct HoldRule {
  int64_t minutes = 30;
  std::string queue = "queue:fraud";  // its first owner
  Action then = Action::block;        // approve or block, when nobody answered in time
};

struct Scheme {
  std::string name;  // "card_payment": the scope of its use case
  std::string title;
  std::string use_case;  // fraud.payment or fraud.application
  std::string subject;   // key field whose alerts gather in one case
  std::string amount;    // number field at stake, in minor units
  std::string currency;
  bool negative_allowed = false;  // of the amount: a refund
  HoldRule hold;
  int64_t challenge_minutes = 15;               // a challenge that nobody answered is a failed one
  int64_t label_delay_days = 7;                 // after it an unlabelled payment counts as good, for training
  std::vector<evidence::Threshold> thresholds;  // what the policy compares with; the manifest takes them over

  std::string scope() const;  // "fraud.payment/card_payment"
  static Result<Scheme> parse(std::string_view json);
};
void fields(Shape& shape, HoldRule& rule);
void fields(Shape& shape, Scheme& scheme);

// Where each fact of a version comes from, in its schema's order, and the fields the desk looks at.
struct FactPlan {
  enum class From : uint8_t { field, feature, late, self_transfer, kernel };
  struct Source {
    From from = From::field;
    size_t place = 0;  // of the field or feature in the set
  };
  std::vector<Source> sources;
  size_t subject = 0, amount = 0;  // fields
  std::optional<size_t> account, counterparty;
};
// Every fault: a fact that is none of these, a field or feature that is no fact, a type, a sealed field that is not sealed as
// a fact, a subject or amount that is no such field.
Result<FactPlan> plan_facts(const Scheme& scheme, const features::FeatureSet& set, const evidence::FactSchema& schema);

// The files as they lie in the folder. `checked`: facts are exactly the event's fields and features, of matching types.
struct SchemeFolder {
  std::string policy, facts, reasons, features_text, scheme_text;
  Scheme scheme;
  std::shared_ptr<const features::FeatureSet> features;
};
// `policy`: which of the folder's policies, where it has one for the time before there is a model.
Result<SchemeFolder> read_scheme_folder(const Files& files, const std::string& folder,
                                        const std::string& policy = "policy.dmn");

struct Proposal {
  std::vector<evidence::NamedDigest> models;  // {"fraud", digest}
  std::string author;
  int valid_days = 365;
  std::string conditions;
};
// Stores the artefacts and answers a manifest that loads.
Result<evidence::Manifest> propose(kernel::Kernel& kernel, const SchemeFolder& folder, const Proposal& proposal,
                                   Timestamp now);

}  // namespace puhui::fraud
