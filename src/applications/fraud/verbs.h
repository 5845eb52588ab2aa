// The verbs of fraud: judging, answering and labelling payments, and looking at what was judged.
#pragma once

#include "applications/fraud/desk.h"
#include "applications/fraud/fraud_shapes.h"
#include "ground/base/files.h"
#include "ground/base/verb.h"

namespace puhui::fraud {

struct VerbNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  kernel::Kernel& kernel;
  Desk& desk;
  Files& files;
  const Clock& clock;
};

// `needs` outlives the verbs. With nullptr they can be described (help, schemas) but not run.
std::vector<Verb> payment_verbs(const VerbNeeds* needs);  // judge, answer, release, label, labels
std::vector<Verb> browse_verbs(const VerbNeeds* needs);   // holds, payments, payment, schemes, propose
std::vector<Verb> shadow_verbs(const VerbNeeds* needs);   // shadow

}  // namespace puhui::fraud
