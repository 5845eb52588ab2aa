// The rows of proposals and their approvals.
#pragma once

#include "governance/permits/proposal.h"

namespace puhui::permits {

// `where` follows FROM permits_proposal; approvals come along.
Result<std::vector<Proposal>> read_proposals(Reader& reader, const std::string& where, std::span<const Param> params);
Result<std::optional<Proposal>> find_proposal(Reader& reader, ProposalId id);
Result<std::optional<Proposal>> find_proposal(Reader& reader, const Digest& manifest);

Result<void> insert_proposal(Transaction& tx, const Proposal& proposal);
// State, moments, schedule, closed_by and why.
Result<void> update_proposal(Transaction& tx, const Proposal& proposal);
Result<void> insert_approval(Transaction& tx, const Proposal& proposal, const ProposalApproval& approval);

// "draft", "submitted" …
std::string_view name_of(ProposalState state);
// "proposal ID of USE_CASE (manifest DIGEST)": how acts name it.
std::string name_of(const Proposal& proposal);

}  // namespace puhui::permits
