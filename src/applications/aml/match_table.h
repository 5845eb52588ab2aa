// Rows of possible matches and of known parties. A match's id follows from the party, who it was said to be, the list and what the list said of
// the entry: the same possibility met again is the same row, and a changed entry is another one.
#pragma once

#include "applications/aml/match_shapes.h"
#include "ground/store/store.h"
#include "infrastructure/evidence/record.h"

namespace puhui::aml {

struct StoredMatch {
  Id128 id;
  Timestamp at;
  MatchState state = MatchState::open;
  PartyView query;
  MatchView found;
  std::vector<ScreeningReason> reasons;
  std::string outcome;
  evidence::RecordId decision;
  std::string proposed_by, decided_by, why;
  std::optional<Timestamp> decided_at;
};

// Who somebody is said to be: the name as it is compared, birth, country, kind.
Digest identity_of(const PartyView& party);
Id128 match_id(const PartyView& party, const MatchView& found);
std::string subject_of(const PartyView& party);  // what its alerts gather under

Result<std::optional<StoredMatch>> find_match(Reader& reader, const Id128& id);
Result<void> insert_match(Transaction& tx, const StoredMatch& match);
Result<void> change_match(Transaction& tx, const StoredMatch& match);  // its state and who said so
Result<std::vector<StoredMatch>> list_matches(Reader& reader, const MatchesRequest& request);

struct KnownParty : PartyView {
  bool screened = false;  // as it is now
};
// Answers 0: as before, 1: added, 2: changed.
Result<int> put_party(Transaction& tx, const PartyView& party);
Result<std::vector<KnownParty>> parties_after(Reader& reader, std::string_view after, int64_t limit);
Result<void> mark_screened(Transaction& tx, const PartyView& party);

}  // namespace puhui::aml
