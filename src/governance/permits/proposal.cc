#include "governance/permits/proposal.h"

#include <algorithm>

#include "governance/incidents/incident.h"
#include "governance/incidents/moment_id.h"
#include "governance/permits/proposal_table.h"
#include "ground/base/check.h"

namespace puhui::permits {

using incidents::ActBy;

namespace {

std::string_view without_scope(std::string_view use_case) { return use_case.substr(0, use_case.find('/')); }

// What would keep it from ever taking force, before anybody is asked to sign.
Result<void> check_manifest(const kernel::Kernel& kernel, const evidence::Manifest& manifest, Timestamp now) {
  Faults faults;
  const auto& declared = kernel.use_cases();
  const auto use_case = std::find_if(declared.begin(), declared.end(), [&](const evidence::UseCase& one) {
    return one.name == without_scope(manifest.use_case);
  });
  if (use_case == declared.end()) {
    faults.add("manifest/use_case", "no application declares '" + manifest.use_case + "'");
  } else if (manifest.tier > use_case->tier) {
    faults.add("manifest/tier", "the use case is of tier " + std::to_string(use_case->tier) +
                                    "; a permit may not say a lower risk (" + std::to_string(manifest.tier) + ")");
  }
  if (manifest.build != kernel.build()) {
    faults.add("manifest/build",
               "expected '" + kernel.build() + "', the program that runs, came '" + manifest.build + "'");
  }
  if (manifest.expires_at <= now) {
    faults.add("manifest/expires_at", "expected a moment to come, came " + text_of(manifest.expires_at));
  }
  return std::move(faults).result();
}

// Who put what in force meanwhile: a page that was written against another permit is stale.
Error stale(Reader& reader, const evidence::Manifest& manifest, const std::optional<Digest>& in_force) {
  std::string meanwhile = "nothing is in force any more";
  if (in_force) {
    meanwhile = "permit " + in_force->short_hex() + " is in force";
    const auto text = reader.text(
        "SELECT permit FROM kernel_permit WHERE use_case = ? AND digest = ? "
        "ORDER BY granted_at DESC LIMIT 1",
        {manifest.use_case, BytesView{in_force->view()}});
    const auto at = reader.integer("SELECT MAX(granted_at) FROM kernel_permit WHERE use_case = ? AND digest = ?",
                                   {manifest.use_case, BytesView{in_force->view()}});
    const auto json = text && *text ? parse_json(**text) : Result<Json>(fail(ErrorCode::not_found, ""));
    const auto permit = json ? read_json<evidence::Permit>(*json) : Result<evidence::Permit>(fail(json.error()));
    if (permit && at && *at) {
      meanwhile += ", written by " + permit->manifest.author + ", signed by ";
      for (size_t i = 0; i < permit->approvals.size(); ++i) {
        meanwhile += (i > 0 ? " and " : "") + permit->approvals[i].person;
      }
      meanwhile += ", granted " + text_of(Timestamp{**at});
    }
  }
  return {ErrorCode::conflict,
          {{"base", "this was written against another permit: " + meanwhile +
                        "; load what is in force and write the change against it"}}};
}

std::optional<Digest> in_force_of(const kernel::Kernel& kernel, std::string_view use_case) {
  const auto version = kernel.in_force(use_case);
  return version ? std::optional((*version)->digest()) : std::nullopt;
}

bool is_open(ProposalState state) { return state <= ProposalState::scheduled; }

Result<void> expect_open(const Proposal& proposal) {
  if (is_open(proposal.state)) return {};
  return fail(ErrorCode::conflict, "id", "the proposal is " + std::string(name_of(proposal.state)) + " already");
}

}  // namespace

Result<Proposal> Proposals::find(ProposalId id) const {
  std::optional<Proposal> found;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    found = TRY(find_proposal(reader, id));
    return {};
  }));
  if (!found) return fail(ErrorCode::not_found, "id", "no proposal " + id.text());
  return *std::move(found);
}

Result<Proposal> Proposals::draft(const Written& written, std::string_view by) {
  return keep(written, ProposalState::draft, by);
}

Result<Proposal> Proposals::submit(const Written& written, std::string_view by) {
  const Timestamp now = needs_.clock.now();
  TRY(check_manifest(needs_.kernel, written.manifest, now));
  TRY(needs_.kernel.rehearse(written.manifest));
  return keep(written, ProposalState::submitted, by);
}

Result<Proposal> Proposals::keep(const Written& written, ProposalState state, std::string_view by) {
  const evidence::Manifest& manifest = written.manifest;
  if (manifest.author != by) {
    // Else a person could write in another's name and sign the own work.
    return fail(ErrorCode::forbidden, "manifest/author",
                "expected your own name '" + std::string(by) + "', came '" + manifest.author + "'");
  }
  const Timestamp now = needs_.clock.now();
  const auto in_force = in_force_of(needs_.kernel, manifest.use_case);
  std::optional<Proposal> out;
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    out = TRY(find_proposal(tx, manifest.digest()));
    if (out && (out->state == state || out->state != ProposalState::draft)) {
      return is_open(out->state) ? Result<void>() : expect_open(*out);
    }
    if (in_force != written.base && state == ProposalState::submitted) return fail(stale(tx, manifest, in_force));
    const bool is_known = out.has_value();
    if (!is_known) {
      out.emplace();
      out->use_case = manifest.use_case;
      out->digest = manifest.digest();
      out->id = ProposalId(incidents::moment_id(now, {"proposal", out->use_case, out->digest.hex()}));
      out->base = written.base;
      out->author = manifest.author;
      out->manifest = manifest;
      out->approvals_needed = evidence::approvals_needed(manifest.tier);
    }
    out->state = state;
    out->submitted_at = out->changed_at = now;
    TRY(is_known ? update_proposal(tx, *out) : insert_proposal(tx, *out));
    if (state == ProposalState::draft) return {};
    ActBy{needs_.evidence, by, now}.record(
        evidence::RecordKind::permit,
        name_of(*out) + " submitted against " + (out->base ? "permit " + out->base->hex() : "nothing in force"));
    return {};
  }));
  return *std::move(out);
}

Result<Proposals::Page> Proposals::page_of(Reader& reader, Proposal proposal) const {
  const auto before = needs_.kernel.in_force(proposal.use_case);
  Page out;
  out.difference = TRY(difference(reader, before ? before->get() : nullptr, proposal.manifest));
  // Approvals are not part of it: the first signature must not make the second person's page stale.
  Json seen;
  seen.set("manifest", proposal.digest.hex());
  seen.set("base", proposal.base ? Json(proposal.base->hex()) : Json());
  seen.set("scheduled_at", proposal.scheduled_at ? Json(text_of(*proposal.scheduled_at)) : Json());
  seen.set("difference", to_json(out.difference));
  out.seen = sha256(print_json(seen));
  out.proposal = std::move(proposal);
  return out;
}

Result<Proposals::Page> Proposals::page(ProposalId id) const {
  std::optional<Page> out;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    auto proposal = TRY(find_proposal(reader, id));
    if (!proposal) return fail(ErrorCode::not_found, "id", "no proposal " + id.text());
    out = TRY(page_of(reader, *std::move(proposal)));
    return {};
  }));
  return *std::move(out);
}

Result<Proposal> Proposals::close(Proposal proposal, ProposalState state, const std::string& why, std::string_view by) {
  const Timestamp now = needs_.clock.now();
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    // As it stands now: another step may have come between.
    auto current = TRY(find_proposal(tx, proposal.id));
    CHECK(current.has_value(), "a proposal is never deleted");
    TRY(expect_open(*current));
    proposal = *std::move(current);
    proposal.state = state;
    proposal.changed_at = now;
    proposal.closed_by = by;
    proposal.why = why;
    TRY(update_proposal(tx, proposal));
    ActBy{needs_.evidence, by, now}.record(
        evidence::RecordKind::permit,
        name_of(proposal) + " " + std::string(name_of(state)) + (why.empty() ? "" : ": " + why));
    return {};
  }));
  return proposal;
}

Result<Proposal> Proposals::reject(ProposalId id, const std::string& why, std::string_view by) {
  const Proposal proposal = TRY(find(id));
  if (proposal.state == ProposalState::rejected && proposal.closed_by == by && proposal.why == why) return proposal;
  TRY(expect_open(proposal));
  if (auto right = check_right(proposal, by); !right) {
    return fail(refused(proposal, "rejection", by, std::move(right).error()));
  }
  return close(proposal, ProposalState::rejected, why, by);
}

Result<Proposal> Proposals::withdraw(ProposalId id, const std::string& why, std::string_view by) {
  const Proposal proposal = TRY(find(id));
  if (proposal.state == ProposalState::withdrawn && proposal.closed_by == by) return proposal;
  TRY(expect_open(proposal));
  if (proposal.author != by) {
    return fail(refused(proposal, "withdrawal", by,
                        {ErrorCode::forbidden, {{"id", "only its author, " + proposal.author + ", may withdraw it"}}}));
  }
  return close(proposal, ProposalState::withdrawn, why, by);
}

Result<Proposal> Proposals::schedule(ProposalId id, Timestamp at, std::string_view by) {
  Proposal proposal = TRY(find(id));
  TRY(expect_open(proposal));
  const Timestamp now = needs_.clock.now();
  if (at <= now || at >= proposal.manifest.expires_at) {
    return fail(ErrorCode::invalid, "at",
                "expected a moment between now and the permit's end on " + text_of(proposal.manifest.expires_at) +
                    ", came " + text_of(at));
  }
  if (!proposal.approvals.empty() || proposal.author != by) {
    if (auto right = check_right(proposal, by); !right) {
      return fail(refused(proposal, "schedule", by, std::move(right).error()));
    }
  }
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    proposal = *TRY(find_proposal(tx, id));
    TRY(expect_open(proposal));
    proposal.scheduled_at = at;
    proposal.changed_at = now;
    if (proposal.state == ProposalState::approved) proposal.state = ProposalState::scheduled;
    TRY(update_proposal(tx, proposal));
    ActBy{needs_.evidence, by, now}.record(evidence::RecordKind::permit,
                                           name_of(proposal) + " scheduled for " + text_of(at));
    return {};
  }));
  return proposal;
}

Result<std::vector<Proposal>> Proposals::list(const Query& query) const {
  std::string where = "WHERE 1 = 1";
  std::vector<Param> params;
  const auto also = [&](std::string_view condition, Param param) {
    where += " AND " + std::string(condition);
    params.push_back(param);
  };
  if (!query.use_case.empty()) also("use_case = ?", query.use_case);
  if (query.state) also("state = ?", static_cast<int64_t>(*query.state));
  const std::string after = query.after ? query.after->bytes() : "";
  if (query.after) also("id < ?", BytesView{after});
  params.push_back(query.limit);
  std::vector<Proposal> out;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    out = TRY(read_proposals(reader, where + " ORDER BY id DESC LIMIT ?", params));
    return {};
  }));
  return out;
}

Result<std::vector<Proposal>> Proposals::to_sign(std::string_view person) const {
  constexpr int64_t kToSignMax = 1000;
  std::vector<evidence::Person> people;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    people = TRY(evidence::read_people(reader));
    return {};
  }));
  const bool may_sign = std::any_of(people.begin(), people.end(),
                                    [&](const evidence::Person& one) { return one.name == person && one.may_approve; });
  if (!may_sign) return std::vector<Proposal>();
  std::vector<Proposal> out = TRY(list({"", ProposalState::submitted, std::nullopt, kToSignMax}));
  std::erase_if(out, [&](const Proposal& proposal) {
    return proposal.author == person ||
           std::any_of(proposal.approvals.begin(), proposal.approvals.end(),
                       [&](const ProposalApproval& approval) { return approval.person == person; });
  });
  return out;
}

}  // namespace puhui::permits
