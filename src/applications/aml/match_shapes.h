// Wire structs of possible matches: what a person looks at and decides.
#pragma once

#include "applications/aml/screening_shapes.h"

namespace puhui::aml {

enum class MatchState : uint8_t { open, proposed, same, different };
std::span<const std::string_view> names_of(const MatchState*);
enum class MatchVerdict : uint8_t { same, different };
std::span<const std::string_view> names_of(const MatchVerdict*);

struct MatchesRequest {
  std::optional<MatchState> state;
  std::optional<std::string> party, list;
  int64_t limit = 50;
  std::optional<std::string> after;
};
void fields(Shape& shape, MatchesRequest& request);

struct MatchLine {
  Id128 match;
  MatchState state = MatchState::open;
  std::string party;  // empty: a name that was screened by itself
  std::string query_name, list, entry, entry_name;
  int64_t posterior_ppm = 0;
  std::string outcome;  // refer or block
  Timestamp at;
  std::string decided_by;
};
void fields(Shape& shape, MatchLine& line);

struct MatchesAnswer {
  std::vector<MatchLine> matches;  // the newest first
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, MatchesAnswer& answer);
std::string tell(const MatchesAnswer& answer);

struct MatchShowRequest {
  Id128 match;
};
void fields(Shape& shape, MatchShowRequest& request);

struct MatchShowAnswer {
  Id128 match;
  MatchState state = MatchState::open;
  PartyView query;  // as it was screened
  MatchView entry;  // as the list said then
  Id128 decision;
  std::optional<Id128> in_case;
  std::string outcome;
  std::vector<ScreeningReason> reasons;
  Timestamp at;
  std::string decided_by, why, proposed_by;
  std::optional<Timestamp> decided_at;
  bool entry_changed_since = false;  // the list says something else of this entry now, or nothing any more
};
void fields(Shape& shape, MatchShowAnswer& answer);
std::string tell(const MatchShowAnswer& answer);

// `different` holds at once and is remembered until the entry changes; `same` is proposed and another person confirms it.
struct MatchDecideRequest {
  Id128 match;
  MatchVerdict verdict = MatchVerdict::different;
  std::string why;
};
void fields(Shape& shape, MatchDecideRequest& request);

struct MatchConfirmRequest {
  Id128 match;
  bool confirm = true;  // false: sent back, it is open again
  std::string why;
};
void fields(Shape& shape, MatchConfirmRequest& request);

}  // namespace puhui::aml
