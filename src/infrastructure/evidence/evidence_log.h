// EvidenceLog: the hash-chained record of every decision and every act that bears on one. The hand of the
// house: whatever judges writes with it, in the same store transaction as what follows from the judgement.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ground/base/log.h"
#include "ground/base/verb.h"
#include "ground/store/store.h"
#include "infrastructure/evidence/record.h"

namespace puhui::evidence {

std::vector<Migration> migrations();

// A record as it lies in the store. link = SHA-256(previous link ‖ header); the header holds the digests of
// judgement, circumstances and facts, so each part can be checked, and the facts erased, on its own.
struct StoredRecord {
  RecordId id;
  RecordKind kind = RecordKind::decision;
  std::string judgement;  // of kind decision: bytes of a Judgement; else the act in words
  std::string circumstances;
  std::optional<std::string> facts;  // nullopt: erased by retention
  Digest facts_digest;
  Digest link;
};

inline constexpr size_t kErasedAtOnceMax = 1000;

struct ChainReport {
  uint64_t records = 0;
  uint64_t facts_erased = 0;
  struct Break {
    RecordId id;
    std::string what;  // which part differs from what was written
  };
  std::optional<Break> first_break;
};

class EvidenceLog : public Participant {
 public:
  // `node`: this node's number in the store, 0 on a single machine. Reads the chain's head.
  static Result<std::unique_ptr<EvidenceLog>> open(Store& store, uint16_t node = 0);

  // In a store closure. The id is final once the closure's transaction is durable.
  RecordId append_decision(std::string judgement, const Circumstances& circumstances, std::string facts);
  RecordId append_act(RecordKind kind, std::string words, const Circumstances& circumstances);

  // not_found; corrupt when the row does not read.
  Result<StoredRecord> find(RecordId id) const;
  // In chain order from `after` (zero: the first) for at most `limit` records.
  Result<void> each(std::optional<RecordId> after, uint64_t limit,
                    const std::function<Result<void>(const StoredRecord&)>& visit) const;

  // Walks every chain in the store and says where the first link fails, if one does.
  Result<ChainReport> verify(Progress& progress) const;

  // Retention: erases the facts of decisions older than `before` and records the erasure as an act.
  // Answers how many were erased. Judgement, reasons and the chain stay.
  Result<uint64_t> erase_facts(Timestamp before, const Circumstances& by);

  // A subject's right: erases the facts of these decisions of this node, in a store closure together with what it answers,
  // and records it as an act that names them. Answers how many were erased; at most kErasedAtOnceMax.
  Result<uint64_t> erase_facts_of(Transaction& tx, std::span<const RecordId> decisions, const Circumstances& by);

  uint16_t node() const { return node_; }
  uint64_t records() const { return next_.load(std::memory_order_relaxed) - 1; }

  void begin_closure() override;
  void undo_closure() override;
  Result<void> flush(Transaction& tx) override;
  void committed() override;
  void aborted() override;

 private:
  struct Pending {
    RecordId id;
    RecordKind kind;
    std::string judgement, circumstances, facts;
  };
  EvidenceLog(Store& store, uint16_t node) : store_(store), node_(node) {}
  RecordId append(RecordKind kind, std::string judgement, const Circumstances& circumstances, std::string facts);

  Store& store_;
  uint16_t node_;
  // The writer thread's.
  std::vector<Pending> pending_;
  size_t closure_start_ = 0;
  uint64_t next_sequence_ = 1;
  Digest head_, flushed_head_;
  std::atomic<uint64_t> next_{1};  // committed, for readers
};

}  // namespace puhui::evidence
