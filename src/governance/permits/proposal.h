// Proposal: a manifest on its way to become the permit in force: written by its author, signed by other people with their
// own keys over exactly these bytes, put in force by the kernel. Refused signatures are acts in the evidence too.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "governance/permits/difference.h"

namespace puhui::permits {

struct PermitNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  kernel::Kernel& kernel;
  const Clock& clock;
};

std::vector<Migration> migrations();

inline constexpr int64_t kApprovalSkewMinutesMax = 5;  // between the moment signed and the server's clock
inline constexpr int64_t kExpiryAheadDays = 30;        // from when on a permit's end is an alert
inline constexpr int64_t kWhyBytesMax = 4096;

struct ProposalId : Id<struct ProposalTag> {
  using Id::Id;
};

enum class ProposalState : uint8_t {
  draft,       // kept for its author
  submitted,   // to be signed
  approved,    // signed by all it needs, about to take force; `why` says what keeps it
  scheduled,   // signed by all it needs, takes force at scheduled_at
  in_force,    // it took force; a later one may have followed
  rejected,    // by a person who might have signed
  withdrawn,   // by its author
  superseded,  // another permit took force than the one it was written against
  expired,     // before it took force
};
std::span<const std::string_view> names_of(const ProposalState*);

struct ProposalApproval {
  std::string person;
  Timestamp at;  // as signed
  std::string signature;
  Digest seen;  // of what the person saw
};
void fields(Shape& shape, ProposalApproval& approval);

struct Proposal {
  ProposalId id;
  std::string use_case;
  Digest digest;               // of the manifest: the permit's name, and what is signed
  std::optional<Digest> base;  // the permit it was written against; none: nothing was in force
  ProposalState state = ProposalState::draft;
  std::string author;
  Timestamp submitted_at, changed_at;
  std::optional<Timestamp> scheduled_at;  // when it shall take force; none: as soon as it is approved
  int64_t approvals_needed = 2;
  std::vector<ProposalApproval> approvals;
  std::string closed_by, why;  // of rejected, withdrawn, superseded; or what keeps an approved one
  evidence::Manifest manifest;
};
void fields(Shape& shape, Proposal& proposal);

class Proposals {
 public:
  explicit Proposals(const PermitNeeds& needs) : needs_(needs) {}

  struct Written {
    evidence::Manifest manifest;
    std::optional<Digest> base;
  };
  // Kept for its author, not yet to be signed. The same manifest again is the same proposal.
  Result<Proposal> draft(const Written& written, std::string_view by);
  // forbidden: not by its author; conflict: another permit is in force than the base; invalid: it would not load.
  Result<Proposal> submit(const Written& written, std::string_view by);

  struct Page {
    Proposal proposal;
    Difference difference;
    Digest seen;  // of all this, to be sent along with a signature
  };
  Result<Page> page(ProposalId id) const;

  struct Signature {
    ProposalId id;
    Timestamp at;
    std::string signature;  // Ed25519 over evidence::approval_bytes, 128 hex digits
    Digest seen;
  };
  // Counts once; the last one needed puts the permit in force, or schedules it. The same again answers as before.
  // A refusal is recorded: forbidden (whose signature it is not, author, no key, no right), conflict (seen is stale).
  Result<Proposal> approve(const Signature& signature, std::string_view by);
  // By a person who might sign it.
  Result<Proposal> reject(ProposalId id, const std::string& why, std::string_view by);
  // By its author.
  Result<Proposal> withdraw(ProposalId id, const std::string& why, std::string_view by);
  // By its author until the first signature, then by a person who might sign it.
  Result<Proposal> schedule(ProposalId id, Timestamp at, std::string_view by);

  struct Query {
    std::string use_case;                // empty: any
    std::optional<ProposalState> state;  // none: any
    std::optional<ProposalId> after;     // those made before this one
    int64_t limit = 50;
  };
  Result<std::vector<Proposal>> list(const Query& query) const;  // the newest first
  // Submitted ones that `person` may sign: not the author's own, not signed yet.
  Result<std::vector<Proposal>> to_sign(std::string_view person) const;

  // For housekeeping. Every second: scheduled and approved ones take force, stale ones are superseded or expire; what a
  // dying process left half way is finished here. Every hour: permits near their end raise alerts.
  Result<void> due();
  Result<void> watch_expiry();

 private:
  Result<Proposal> keep(const Written& written, ProposalState state, std::string_view by);
  Result<Proposal> find(ProposalId id) const;
  Result<Page> page_of(Reader& reader, Proposal proposal) const;
  Result<void> check_right(const Proposal& proposal, std::string_view by) const;
  Result<void> check_signature(const Page& page, const Signature& signature, std::string_view by) const;
  Error refused(const Proposal& proposal, std::string_view what, std::string_view by, Error why);
  Result<Proposal> count(const Signature& signature, std::string_view by);
  // Puts an approved one in force, or says in `why` what keeps it.
  Result<Proposal> take_force(Proposal proposal, std::string_view by);
  Result<Proposal> close(Proposal proposal, ProposalState state, const std::string& why, std::string_view by);
  Result<void> supersede_others(const Proposal& in_force, Timestamp now);
  Result<void> expire_and_supersede(const Proposal& proposal, Timestamp now);

  PermitNeeds needs_;
  std::mutex taking_;  // one proposal takes force at a time: each must find its base in force
};

}  // namespace puhui::permits
