// How an approved proposal takes force, at once or when it is due; and how those left behind are closed.
#include "governance/incidents/incident.h"
#include "governance/permits/proposal.h"
#include "governance/permits/proposal_table.h"
#include "ground/base/check.h"

namespace puhui::permits {

using incidents::ActBy;

namespace {

constexpr std::string_view kHousekeeper = "(housekeeping)";
constexpr int64_t kDayUs = 86'400'000'000, kOpenProposalsMax = 10'000;

std::optional<Digest> in_force_of(const kernel::Kernel& kernel, std::string_view use_case) {
  const auto version = kernel.in_force(use_case);
  return version ? std::optional((*version)->digest()) : std::nullopt;
}

evidence::Permit permit_of(const Proposal& proposal) {
  evidence::Permit out{proposal.manifest, {}};
  for (const ProposalApproval& approval : proposal.approvals) {
    out.approvals.push_back({approval.person, approval.at, approval.signature});
  }
  return out;
}

}  // namespace

Result<Proposal> Proposals::take_force(Proposal proposal, std::string_view by) {
  const std::lock_guard lock(taking_);
  const auto in_force = in_force_of(needs_.kernel, proposal.use_case);
  std::string kept;
  if (in_force != proposal.digest) {
    if (in_force != proposal.base) {
      return close(std::move(proposal), ProposalState::superseded,
                   "permit " + (in_force ? in_force->short_hex() : "(none)") + " is in force meanwhile", by);
    }
    const auto granted = needs_.kernel.grant(permit_of(proposal), by);
    if (!granted && granted.error().code == ErrorCode::unavailable) return fail(granted.error());
    if (!granted) kept = granted.error().text();
  }
  if (!kept.empty() && kept == proposal.why) return proposal;  // said already
  const Timestamp now = needs_.clock.now();
  const std::string subject = "proposal " + proposal.digest.short_hex();
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    auto current = TRY(find_proposal(tx, proposal.id));
    CHECK(current.has_value(), "a proposal is never deleted");
    proposal = *std::move(current);
    proposal.why = kept;
    if (kept.empty()) {
      proposal.state = ProposalState::in_force;
      proposal.changed_at = now;
      TRY(incidents::settle(tx, "validation", proposal.use_case, subject, now));
    } else {
      TRY(incidents::raise(tx,
                           {"validation", proposal.use_case, subject, 2,
                            "An approved permit of " + proposal.use_case + " could not take force: " + kept,
                            proposal.use_case + " 已批准的许可未能生效：" + kept},
                           now));
    }
    return update_proposal(tx, proposal);
  }));
  if (kept.empty()) TRY(supersede_others(proposal, now));
  return proposal;
}

Result<void> Proposals::supersede_others(const Proposal& in_force, Timestamp now) {
  std::vector<Proposal> others;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    const Param params[] = {in_force.use_case, static_cast<int64_t>(ProposalState::scheduled), kOpenProposalsMax};
    others = TRY(read_proposals(reader, "WHERE use_case = ? AND state <= ? ORDER BY id LIMIT ?", params));
    return {};
  }));
  for (const Proposal& other : others) TRY(expire_and_supersede(other, now));
  return {};
}

Result<void> Proposals::expire_and_supersede(const Proposal& proposal, Timestamp now) {
  const auto in_force = in_force_of(needs_.kernel, proposal.use_case);
  if (proposal.manifest.expires_at <= now) {
    TRY(close(proposal, ProposalState::expired, "its end came before it took force", kHousekeeper));
  } else if (in_force != proposal.base && in_force != proposal.digest && proposal.state != ProposalState::draft) {
    TRY(close(proposal, ProposalState::superseded,
              "permit " + (in_force ? in_force->short_hex() : "(none)") + " is in force meanwhile", kHousekeeper));
  }
  return {};
}

Result<void> Proposals::watch_expiry() {
  const Timestamp now = needs_.clock.now();
  const auto versions = needs_.kernel.all_in_force();
  return needs_.store.write([&](Transaction& tx) -> Result<void> {
    for (const auto& version : versions) {
      const evidence::Manifest& manifest = version->permit().manifest;
      const int64_t left_us = manifest.expires_at.microseconds - now.microseconds;
      if (left_us > kExpiryAheadDays * kDayUs) {
        TRY(incidents::settle(tx, "validation", manifest.use_case, "permit expiry", now));
        continue;
      }
      constexpr int64_t kWeekUs = 7 * kDayUs;
      const std::string when = text_of(manifest.expires_at);
      TRY(incidents::raise(
          tx,
          {"validation", manifest.use_case, "permit expiry",
           left_us <= 0         ? 1
           : left_us <= kWeekUs ? 2
                                : 3,
           "The permit of " + manifest.use_case + (left_us <= 0 ? " expired on " : " expires on ") + when + ".",
           manifest.use_case + (left_us <= 0 ? " 的许可已于 " : " 的许可将于 ") + when + " 到期。"},
          now));
    }
    return {};
  });
}

Result<void> Proposals::due() {
  const Timestamp now = needs_.clock.now();
  std::vector<Proposal> open;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    const Param params[] = {static_cast<int64_t>(ProposalState::scheduled), kOpenProposalsMax};
    open = TRY(read_proposals(reader, "WHERE state <= ? ORDER BY id LIMIT ?", params));
    return {};
  }));
  for (Proposal& proposal : open) {
    const bool is_due = proposal.state == ProposalState::approved ||
                        (proposal.state == ProposalState::scheduled && *proposal.scheduled_at <= now);
    if (is_due && proposal.manifest.expires_at > now) {
      TRY(take_force(std::move(proposal), kHousekeeper));
    } else {
      TRY(expire_and_supersede(proposal, now));
    }
  }
  return {};
}

}  // namespace puhui::permits
