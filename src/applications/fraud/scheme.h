// Scheme: what is guarded against fraud, as data: the use case, the event and its features, who loses what, and what happens to a
// payment that waits too long. Named by a permit's manifest like the policy.
#pragma once

#include <memory>
#include <string>

#include "ground/base/files.h"
#include "infrastructure/evidence/use_case.h"
#include "infrastructure/features/declaration.h"
#include "infrastructure/kernel/kernel.h"

namespace puhui::fraud {

inline constexpr std::string_view kPaymentUseCase = "fraud.payment", kApplicationUseCase = "fraud.application";
inline constexpr std::string_view kSchemeArtefact = "scheme", kFeaturesArtefact = "features", kModelName = "fraud";
inline constexpr std::string_view kFraudOutcome = "fraud";  // evidence::Outcome's name
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
  HoldRule hold;
  int64_t label_delay_days = 7;  // after it an unlabelled payment counts as good, for training

  std::string scope() const;  // "fraud.payment/card_payment"
  static Result<Scheme> parse(std::string_view json);
};
void fields(Shape& shape, Scheme& scheme);

// The files as they lie in the folder. `checked`: facts are exactly the event's fields and features, of matching types.
struct SchemeFolder {
  std::string policy, facts, reasons, features_text, scheme_text;
  Scheme scheme;
  std::shared_ptr<const features::FeatureSet> features;
};
Result<SchemeFolder> read_scheme_folder(const Files& files, const std::string& folder);

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
