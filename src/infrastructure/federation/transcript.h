// Transcript: what happened in a job at this party, entry by entry in a hash chain: parameters in force, approvals, meetings, every
// step's traffic and leakage, breaks and their reasons, the end. Its head is signed by this party and countersigned by its peers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ground/base/json.h"
#include "ground/base/shape.h"
#include "ground/store/store.h"
#include "infrastructure/channel/identity.h"

namespace puhui::federation {

inline constexpr size_t kEntryBytesMax = 64 << 10;  // of one entry's JSON line
inline constexpr int64_t kEntriesMax = 10'000'000;  // of one job's transcript

struct Entry {
  int64_t number = 0;  // from 1
  Timestamp at;
  std::string
      kind;  // "parameters", "approvals", "meeting", "stage", "step", "break", "refusal", "stop", "result", "end"
  Json body;
  Digest link;  // SHA-256(previous link ‖ the entry's line)
};
void fields(Shape& shape, Entry& entry);

// Where a transcript stands: what is signed.
struct Head {
  int64_t entries = 0;
  Digest link;
  bool operator==(const Head&) const = default;
};

// A head with this party's signature, or a peer's under it.
struct HeadSignature {
  std::string party, by;  // whose transcript, who signed
  int64_t entries = 0;
  Digest head;
  std::string certificate;  // fingerprint of the signer's, 64 hex digits
  std::string signature;    // Ed25519 over head_bytes(), 128 hex digits
};
void fields(Shape& shape, HeadSignature& signature);

// Names job, whose transcript, how long and its head, so that no signature serves another.
std::string head_bytes(const Digest& job, std::string_view party, const Head& head);

class Transcript {
 public:
  // Reads the head. One writer a job.
  static Result<Transcript> open(Store& store, const Clock& clock, const Digest& job);
  // Durable on return, together with what `also` writes. A body over kEntryBytesMax is cut: long values to their digests.
  Result<void> add(std::string_view kind, Json body, const Store::Closure& also = {});
  const Head& head() const { return head_; }

 private:
  Transcript(Store& store, const Clock& clock, const Digest& job) : store_(&store), clock_(&clock), job_(job) {}
  Store* store_;
  const Clock* clock_;
  Digest job_;
  Head head_;
};

struct TranscriptReport {
  int64_t entries = 0;
  Digest head;
  std::string first_break;  // "entry 7: …"; empty: whole
  std::vector<HeadSignature> signatures;
  std::vector<std::string> faults;  // signatures that do not hold, and why
};
void fields(Shape& shape, TranscriptReport& report);

Result<std::vector<Entry>> read_entries(Reader& reader, const Digest& job, int64_t after, int64_t limit);
Result<void> put_head_signature(Transaction& tx, const Digest& job, const HeadSignature& signature);
Result<std::vector<HeadSignature>> read_head_signatures(Reader& reader, const Digest& job);
// Walks the chain of this party (`self`) and checks every signature by the certificates given (its own and the partners').
Result<TranscriptReport> verify_transcript(Reader& reader, const Digest& job, const std::string& self,
                                           const std::vector<channel::Certificate>& certificates);

}  // namespace puhui::federation
