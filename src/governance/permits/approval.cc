// Approving a proposal: whose signature counts, what is refused, and how the last one puts the permit in force.
#include <algorithm>

#include "governance/incidents/incident.h"
#include "governance/permits/proposal.h"
#include "governance/permits/proposal_table.h"
#include "ground/base/check.h"

namespace puhui::permits {

using evidence::Person;
using incidents::ActBy;

namespace {

constexpr int64_t kMinuteUs = 60'000'000;

Error forbidden(std::string where, std::string why) {
  return {ErrorCode::forbidden, {{std::move(where), std::move(why)}}};
}

const Person* person_named(const std::vector<Person>& people, std::string_view name) {
  const auto found = std::find_if(people.begin(), people.end(), [&](const Person& one) { return one.name == name; });
  return found == people.end() ? nullptr : &*found;
}

Result<std::vector<Person>> known_people(Store& store) {
  std::vector<Person> people;
  TRY(store.read([&](Reader& reader) -> Result<void> {
    people = TRY(evidence::read_people(reader));
    return {};
  }));
  return people;
}

const ProposalApproval* approval_of(const Proposal& proposal, std::string_view person) {
  for (const ProposalApproval& approval : proposal.approvals) {
    if (approval.person == person) return &approval;
  }
  return nullptr;
}

// Who else's key made it, when it is over these bytes at all: "somebody else's" tells more than "not valid".
std::string why_not_valid(const std::vector<Person>& people, std::string_view bytes,
                          const evidence::Signature& signature) {
  for (const Person& person : people) {
    if (evidence::verifies(person.key, bytes, signature)) return "it was made with the key of " + person.name;
  }
  return "it is not over these bytes: of another proposal, another moment, or changed on the way";
}

}  // namespace

// Who may say yes may say no.
Result<void> Proposals::check_right(const Proposal& proposal, std::string_view by) const {
  const auto people = TRY(known_people(needs_.store));
  const Person* person = person_named(people, by);
  const Person* author = person_named(people, proposal.author);
  if (proposal.author == by) return fail(forbidden("id", "you wrote it: other people decide on it"));
  if (!person) return fail(forbidden("id", "'" + std::string(by) + "' has no signing key here; enrol one first"));
  if (author && author->key == person->key) return fail(forbidden("id", "your key is the author's own"));
  if (!person->may_approve) return fail(forbidden("id", "'" + std::string(by) + "' may not approve permits"));
  return {};
}

Result<void> Proposals::check_signature(const Page& page, const Signature& signature, std::string_view by) const {
  const Proposal& proposal = page.proposal;
  if (proposal.state != ProposalState::submitted) {
    return fail(ErrorCode::conflict, "id",
                "the proposal is " + std::string(name_of(proposal.state)) + ", not to be signed");
  }
  TRY(check_right(proposal, by));
  if (approval_of(proposal, by)) {
    return fail(ErrorCode::conflict, "id", "you signed it already; another person's signature is needed");
  }
  const Timestamp now = needs_.clock.now();
  const int64_t skew_us = std::abs(now.microseconds - signature.at.microseconds);
  if (skew_us > kApprovalSkewMinutesMax * kMinuteUs) {
    return fail(forbidden("at", "expected a moment within " + std::to_string(kApprovalSkewMinutesMax) +
                                    " minutes of the server's " + text_of(now) + ", came " + text_of(signature.at)));
  }
  const auto people = TRY(known_people(needs_.store));
  const std::string bytes = evidence::approval_bytes(proposal.manifest, by, signature.at);
  const auto parsed = evidence::Signature::parse(signature.signature);
  if (!parsed) return fail(forbidden("signature", "expected 128 hex digits, an Ed25519 signature"));
  if (!evidence::verifies(person_named(people, by)->key, bytes, *parsed)) {
    return fail(forbidden("signature", why_not_valid(people, bytes, *parsed)));
  }
  if (signature.seen != page.seen) {
    return fail(ErrorCode::conflict, "seen",
                "what you saw is not what stands now: what is in force, the schedule or the proposal changed; look at "
                "it again");
  }
  return {};
}

// A refused step is an act of its own. When even that cannot be written, that is the error.
Error Proposals::refused(const Proposal& proposal, std::string_view what, std::string_view by, Error why) {
  const auto recorded = needs_.store.write([&](Transaction&) -> Result<void> {
    ActBy{needs_.evidence, by, needs_.clock.now()}.record(
        evidence::RecordKind::permit, std::string(what) + " of " + name_of(proposal) + " refused: " + why.text());
    return {};
  });
  return recorded ? std::move(why) : recorded.error();
}

Result<Proposal> Proposals::count(const Signature& signature, std::string_view by) {
  const Timestamp now = needs_.clock.now();
  std::optional<Proposal> out;
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    out = TRY(find_proposal(tx, signature.id));
    CHECK(out.has_value(), "a proposal is never deleted");
    if (approval_of(*out, by)) return {};  // the same request, twice at once
    if (out->state != ProposalState::submitted) {
      return fail(ErrorCode::conflict, "id", "the proposal is " + std::string(name_of(out->state)) + " meanwhile");
    }
    out->approvals.push_back({std::string(by), signature.at, signature.signature, signature.seen});
    TRY(insert_approval(tx, *out, out->approvals.back()));
    const bool is_last = static_cast<int64_t>(out->approvals.size()) >= out->approvals_needed;
    if (is_last) {
      const bool waits = out->scheduled_at && *out->scheduled_at > now;
      out->state = waits ? ProposalState::scheduled : ProposalState::approved;
      out->changed_at = now;
      TRY(update_proposal(tx, *out));
    }
    ActBy{needs_.evidence, by, now}.record(
        evidence::RecordKind::permit, name_of(*out) + " approved, " + std::to_string(out->approvals.size()) + " of " +
                                          std::to_string(out->approvals_needed) + "; seen " + signature.seen.hex());
    return {};
  }));
  return *std::move(out);
}

Result<Proposal> Proposals::approve(const Signature& signature, std::string_view by) {
  Proposal proposal = TRY(find(signature.id));
  const ProposalApproval* before = approval_of(proposal, by);
  const bool is_repeat = before && before->at == signature.at && before->signature == signature.signature;
  if (!is_repeat) {
    const Page page = TRY(this->page(signature.id));
    if (auto counts = check_signature(page, signature, by); !counts) {
      return fail(refused(page.proposal, "approval", by, std::move(counts).error()));
    }
    proposal = TRY(count(signature, by));
  }
  // Also for a repeat: the process may have ended between the last signature and the grant.
  return proposal.state == ProposalState::approved ? take_force(std::move(proposal), by) : std::move(proposal);
}

}  // namespace puhui::permits
