// Wire structs of screening: what its verbs take and answer. Places in names are bytes of their UTF-8, on character borders.
#pragma once

#include "ground/base/shape.h"
#include "infrastructure/screening/screener.h"

namespace puhui::aml {

inline constexpr size_t kListNameBytesMax = 64, kListEntryIdBytesMax = 64, kListPartyKeyBytesMax = 128;
inline constexpr size_t kListTextBytesMax = 256 << 20;
inline constexpr int64_t kMatchesMax = 100;

struct ScreeningReason {
  std::string code, en, zh;
};
void fields(Shape& shape, ScreeningReason& reason);

// ---- screen

struct ScreenRequest {
  std::string name;
  screening::PartyKind kind = screening::PartyKind::unknown;
  std::optional<Date> born;
  std::string country;  // ISO 3166 alpha-2, or as written
  std::string party;    // the customer's key, where it is one: what was dismissed for it is remembered
  int64_t limit = 20;
};
void fields(Shape& shape, ScreenRequest& request);

struct PartView {
  int64_t query_begin = 0, query_end = 0, entry_begin = 0, entry_end = 0;
  int64_t likeness_ppm = 0;
  std::string how;  // same, spelling, joined, split, romanised, initial, sound
};
void fields(Shape& shape, PartView& view);

// A person's verdict on this name and this entry, as the entry was then.
struct RememberedView {
  std::string verdict;  // "different"
  std::string by, why;
  Timestamp at;
};
void fields(Shape& shape, RememberedView& view);

struct MatchView {
  std::string list, entry;  // the list's name and its own id
  Digest entry_digest;
  screening::PartyKind kind = screening::PartyKind::unknown;
  std::string name;       // the entry's name that matches best: `parts` are about it
  std::string main_name;  // the entry's first
  int64_t posterior_ppm = 0, name_ppm = 0;
  std::vector<PartView> parts;
  std::vector<std::string> for_it, against_it;
  std::optional<Date> born;
  bool born_year_only = false;
  std::vector<std::string> countries;
  std::string programme;
  std::optional<RememberedView> remembered;
  std::optional<Id128> match;  // what a person decides on, where the outcome was not approve
};
void fields(Shape& shape, MatchView& view);

inline constexpr std::string_view kUnjudged = "unjudged";  // the lists were looked into and nobody decided

struct ScreenAnswer {
  Id128 decision;       // zero when unjudged
  std::string outcome;  // approve, refer, block, unjudged
  std::vector<ScreeningReason> reasons;
  std::vector<MatchView> matches;  // most likely first
  Digest lists;                    // the versions of all lists it was held against
  Timestamp at;
};
void fields(Shape& shape, ScreenAnswer& answer);
std::string tell(const ScreenAnswer& answer);

// ---- lists

enum class ListFormat : uint8_t { ofac, csv, json };
std::span<const std::string_view> names_of(const ListFormat*);

struct ListImportRequest {
  std::string list;
  ListFormat format = ListFormat::csv;
  std::string file, aliases, addresses;            // on the caller's disk; may be .gz or .zst
  std::string text, aliases_text, addresses_text;  // or sent along
  std::string skip_bad_rows_why;                   // empty: a bad row refuses the whole list
};
void fields(Shape& shape, ListImportRequest& request);

struct BadRow {
  std::string where, message;
};
void fields(Shape& shape, BadRow& row);

struct ListImportAnswer {
  std::string list;
  int64_t version = 0;
  Digest digest;
  int64_t entries = 0, names = 0, added = 0, changed = 0, removed = 0;
  bool unchanged = false;       // the same list again: no new version
  std::vector<BadRow> skipped;  // the first of them
  int64_t rows_skipped = 0;
  Timestamp at;
};
void fields(Shape& shape, ListImportAnswer& answer);
std::string tell(const ListImportAnswer& answer);

struct ListShowRequest {
  std::optional<std::string> list;
  int64_t limit = 50;
  std::optional<std::string> after;
};
void fields(Shape& shape, ListShowRequest& request);

struct ListVersionView {
  std::string list;
  int64_t version = 0;
  Digest digest;
  Timestamp at;
  std::string by;
  ListFormat format = ListFormat::csv;
  int64_t entries = 0, names = 0, added = 0, changed = 0, removed = 0;
  bool in_use = false;
  std::string skipped_why;
  int64_t rows_skipped = 0;
};
void fields(Shape& shape, ListVersionView& view);

struct ListShowAnswer {
  std::vector<ListVersionView> versions;  // the newest of each list first
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, ListShowAnswer& answer);
std::string tell(const ListShowAnswer& answer);

// ---- parties

struct PartyView {
  std::string party, name;
  screening::PartyKind kind = screening::PartyKind::unknown;
  std::optional<Date> born;
  std::string country;
};
void fields(Shape& shape, PartyView& view);

struct PartiesImportRequest {
  std::string file, text;  // CSV: party,name,kind,born,country
  std::vector<PartyView> parties;
};
void fields(Shape& shape, PartiesImportRequest& request);

struct PartiesImportAnswer {
  int64_t parties = 0, added = 0, changed = 0, unchanged = 0;
  Timestamp at;
};
void fields(Shape& shape, PartiesImportAnswer& answer);
std::string tell(const PartiesImportAnswer& answer);

struct RescreenRequest {
  bool all = false;
};
void fields(Shape& shape, RescreenRequest& request);

struct RescreenAnswer {
  int64_t entries_changed = 0, parties_changed = 0;
  int64_t screened = 0;       // parties held against entries
  int64_t parties_hit = 0;    // with a possible match: each a decision
  int64_t matches_new = 0;    // opened for a person
  int64_t matches_known = 0;  // open or decided before
  int64_t remembered = 0;     // dismissed before and not raised again
  Timestamp at;
};
void fields(Shape& shape, RescreenAnswer& answer);
std::string tell(const RescreenAnswer& answer);

}  // namespace puhui::aml
