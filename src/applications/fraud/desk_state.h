// What stands behind the desk's face; its parts in desk.cc, judge.cc, settle.cc and label.cc share it.
#pragma once

#include <shared_mutex>

#include "applications/fraud/book.h"
#include "applications/fraud/desk.h"

namespace puhui::fraud {

// What a version needs beside itself to judge payments, read from its permit's artefacts once.
struct Desk::Loaded {
  std::shared_ptr<const Scheme> scheme;
  Digest features_artefact;
  std::shared_ptr<const features::FeatureSet> features;
  std::shared_ptr<const evidence::FactSchema> schema;
};

// A payment on its way to the writer's thread.
struct Desk::Submitted {
  Guard guard;
  std::shared_ptr<const Read> read;
  std::string key, caller, subject;
  Id128 entity, content;
  Timestamp now;
  bool at_given = true;
};

struct Desk::State {
  mutable std::shared_mutex mutex;  // guards what follows
  std::map<std::string, std::unique_ptr<Book>, std::less<>> books;
  std::map<Digest, std::shared_ptr<const Loaded>> loaded;  // by permit
  // By permit and features' artefact: where the version's facts come from in the set as the stream has it.
  std::map<std::pair<Digest, Digest>, std::shared_ptr<const FactPlan>> plans;
  std::mutex opening;  // one book at a time

  // The writer thread's.
  kernel::Workspace workspace;
  std::vector<features::FeatureValue> seen;
};

// Nobody watches.
class Unwatched final : public Progress {
 public:
  void step(std::string_view, uint64_t, uint64_t) override {}
};

}  // namespace puhui::fraud
