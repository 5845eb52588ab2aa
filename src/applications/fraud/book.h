// Book: what the desk holds in memory of one scheme: its stream, where its payments lie by key, and its payments that the
// batch under way added. A participant, so that memory and tables never part.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "applications/fraud/key_index.h"
#include "applications/fraud/payment.h"
#include "applications/fraud/shadow.h"
#include "infrastructure/features/stream.h"

namespace puhui::fraud {

// An event as it was read: kept until its batch is durable, for a label that comes in the same.
struct Read {
  std::shared_ptr<const features::FeatureSet> set;
  features::Event event;
};

class Book : public Participant {
 public:
  // Joins the store; nothing is read yet.
  Book(Store& store, std::string scheme, std::string use_case, std::unique_ptr<features::Stream> stream);

  const std::string& scheme() const { return scheme_; }
  const std::string& use_case() const { return use_case_; }
  std::string scope() const { return use_case_ + "/" + scheme_; }
  features::Stream& stream() { return *stream_; }

  // Reads the keys of payments judged before, unless that was done. Before the first find; not from the writer's thread.
  Result<void> load(Store& store);
  // In a store closure or any reader: the payment of that key, those of the batch under way included on the writer's thread.
  Result<std::optional<PaymentRow>> find_in_closure(Transaction& tx, std::string_view key) const;
  Result<std::optional<PaymentRow>> find(Reader& reader, std::string_view key) const;
  Result<std::optional<PaymentRow>> at_in_closure(Transaction& tx, uint64_t seq) const;
  // In a store closure: its event, where it was added by the batch under way; else null.
  const Read* added_event(uint64_t seq) const;

  // In a store closure.
  void add(PaymentRow row, std::shared_ptr<const Read> read, std::optional<Shadowed> shadowed);
  uint64_t payments() const { return keys_.size(); }
  uint64_t key_bytes() const { return keys_.bytes(); }

  // The set that its stream computes by, and the artefact it was read from.
  struct Adopted {
    Digest artefact;
    std::shared_ptr<const features::FeatureSet> set;
  };
  Adopted adopted() const;
  // Has the stream compute by that set, unless it does so already. Not from the writer's thread.
  Result<Adopted> adopt(const Digest& artefact, std::shared_ptr<const features::FeatureSet> set, Progress& progress);

  void begin_closure() override { closure_start_ = added_.size(); }
  void undo_closure() override;
  Result<void> flush(Transaction& tx) override;
  void committed() override;
  void aborted() override;

 private:
  struct Added {
    uint64_t hash;
    PaymentRow row;
    std::shared_ptr<const Read> read;
    std::optional<Shadowed> shadowed;
  };
  static uint64_t hash_of(std::string_view key) { return hash64(key, kSeed); }
  static constexpr uint64_t kSeed = 0x6672617564ULL;

  std::string scheme_, use_case_;
  std::unique_ptr<features::Stream> stream_;
  KeyIndex keys_;

  // The writer thread's.
  std::deque<Added> added_;
  std::unordered_multimap<uint64_t, size_t> added_by_key_;
  std::unordered_map<uint64_t, size_t> added_by_seq_;
  size_t closure_start_ = 0;
  mutable std::vector<uint64_t> places_;

  mutable std::mutex mutex_;  // guards what follows
  Adopted adopted_;
  std::mutex adopting_, loading_;
  std::atomic<bool> is_loaded_ = false;
};

}  // namespace puhui::fraud
