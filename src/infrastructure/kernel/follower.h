// Follower: reads the evidence behind the decision path, decodes each record once, and gives it to every projection:
// what governance keeps of decisions. A projection's rows and its cursor are written in one transaction, so it sees
// each record exactly once whatever ends the process.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/verb.h"
#include "ground/store/store.h"
#include "infrastructure/evidence/evidence_log.h"
#include "infrastructure/kernel/version.h"

namespace puhui::kernel {

class Kernel;

// One decision or shadow judgement as a projection sees it; good until the call returns.
struct Seen {
  const evidence::StoredRecord& record;  // record.kind: decision or shadow
  const evidence::Judgement& judgement;
  const evidence::Circumstances& circumstances;
  const Version* version = nullptr;            // null: its permit does not load any more
  std::span<const evidence::FactValue> facts;  // in the version's schema order; empty when erased, or of a shadow
};

class Projection {
 public:
  virtual ~Projection() = default;
  virtual std::string_view name() const = 0;           // of its cursor; a new name starts at the first record
  virtual bool reads_sealed() const { return false; }  // sealed facts come as absent unless it says so
  // Gathers; touches no store. Called in the order of the records.
  virtual void see(const Seen& seen) = 0;
  virtual void see_act(const evidence::StoredRecord&, const evidence::Circumstances&) {}
  // In a store closure, which may run again: writes what was gathered since the last `settled` or `dropped`.
  virtual Result<void> flush(Transaction& tx) = 0;
  virtual void settled() = 0;  // it is durable
  virtual void dropped() = 0;  // it was not written: forget what was gathered, the records come again
};

// The number of the last record the projection of that name has written down; 0 before the first.
Result<uint64_t> followed_to(Reader& reader, std::string_view projection);

class Follower {
 public:
  Follower(Store& store, evidence::EvidenceLog& evidence, Kernel& kernel)
      : store_(store), evidence_(evidence), kernel_(kernel) {}

  // Before the first follow(); the projection outlives the follower.
  Result<void> add(Projection& projection);

  // Feeds up to `records_max` records to those that have not seen them, or until it is asked to stop; answers how many
  // it read. From one thread at a time. A projection that fails is named in the error; the others have what they have.
  Result<uint64_t> follow(uint64_t records_max, Progress& progress);
  // Until nothing is left behind, or it is asked to stop.
  Result<void> catch_up(Progress& progress);
  uint64_t behind() const;  // records the slowest projection has not seen

 private:
  struct Fed {
    Projection* projection;
    uint64_t cursor = 0;  // the last record's number it has
  };
  Result<void> feed(std::span<Fed*> hungry, std::span<const evidence::StoredRecord> records);

  Store& store_;
  evidence::EvidenceLog& evidence_;
  Kernel& kernel_;
  std::vector<Fed> fed_;
};

}  // namespace puhui::kernel
