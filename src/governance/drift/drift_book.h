// DriftBook: the projection that counts, per version, day and field, into which frozen bin each decision's value fell.
// Until a version's reference is frozen its decisions wait, known by their record alone; then they are counted too.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "governance/drift/reference.h"
#include "ground/store/store.h"
#include "infrastructure/kernel/follower.h"
#include "infrastructure/kernel/kernel.h"

namespace puhui::drift {

std::vector<Migration> migrations();

// Decisions of all versions without a reference that are held in memory; beyond it the version with the most freezes.
inline constexpr uint64_t kWaitingRowsMax = 50'000;

// A decision counts as part of the reference, or as one after it: the two are held against each other.
enum class Part : int64_t { reference = 0, after = 1 };

// The act that asks for a reference now, in words; the book reads it in its turn of the evidence.
std::string freeze_words(const Digest& permit, uint64_t rows);

class DriftBook : public kernel::Projection {
 public:
  // Reads the references and what waits. The needs outlive the book.
  static Result<std::unique_ptr<DriftBook>> open(Store& store, evidence::EvidenceLog& evidence, kernel::Kernel& kernel);

  std::string_view name() const override { return "drift"; }
  void see(const kernel::Seen& seen) override;
  void see_act(const evidence::StoredRecord& record, const evidence::Circumstances& circumstances) override;
  Result<void> flush(Transaction& tx) override;
  void settled() override;
  void dropped() override;

 private:
  struct Decided {
    evidence::RecordId record;
    Timestamp at;
    Values values;
  };
  // One version.
  struct Book {
    std::string use_case;
    std::vector<Field> fields;
    std::vector<Decided> waiting;  // kept until a reference made of them is durable
    size_t waiting_settled = 0;    // of those, how many lie in the store
    std::unique_ptr<Reference> reference;
    bool frozen_now = false;  // not yet durable
  };
  struct Key {
    Digest permit;
    int32_t day = 0;
    Part part = Part::after;
    auto operator<=>(const Key&) const = default;
  };
  DriftBook() = default;
  Result<void> load_references(Reader& reader);
  Result<void> load_waiting(Reader& reader, std::vector<std::pair<Digest, evidence::RecordId>>& found) const;
  Result<void> take_waiting(const std::vector<std::pair<Digest, evidence::RecordId>>& found,
                            evidence::EvidenceLog& evidence, kernel::Kernel& kernel);
  void count(const Digest& permit, const Book& book, const Decided& decided, Part part);
  void freeze_first(const Digest& permit, Book& book, uint64_t rows, std::optional<Timestamp> asked_at);
  void freeze_largest();
  Result<void> write_waiting(Transaction& tx, const Digest& permit, const Book& book) const;
  Result<void> write_reference(Transaction& tx, const Digest& permit, const Book& book) const;

  std::map<Digest, Book> books_;
  std::map<Key, std::vector<std::vector<uint64_t>>> gathered_;  // by field and bin, since the last settled
};

// ---- what the book left in the store

struct StoredReference {
  Reference reference;
  Digest digest;
};
Result<std::optional<StoredReference>> find_reference(Reader& reader, const Digest& permit);
Result<uint64_t> waiting_rows(Reader& reader, const Digest& permit);
// Visits the counts of the days from first to last, both included, by day, field and bin.
struct Counted {
  Date day;
  Part part = Part::after;
  size_t field = 0, bin = 0;
  uint64_t rows = 0;
};
struct Days {
  Date first, last;
};
Result<void> each_count(Reader& reader, const Digest& permit, Days days,
                        const std::function<void(const Counted&)>& visit);

}  // namespace puhui::drift
