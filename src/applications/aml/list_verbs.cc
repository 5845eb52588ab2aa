#include <algorithm>

#include "applications/aml/screening_desk.h"
#include "applications/aml/screening_verbs.h"
#include "ground/base/text.h"
#include "infrastructure/models/byte_source.h"

namespace puhui::aml {

namespace {

// A file of the caller's, decompressed, or the text that was sent instead of it; both empty: nothing.
Result<std::string> text_of(const VerbCall& call, std::string_view field, const std::string& file,
                            const std::string& text) {
  if (!file.empty() && !text.empty()) {
    return fail(ErrorCode::invalid, std::string(field), "expected a file or its text, came both");
  }
  if (file.empty()) return text;
  if (call.files == nullptr) {
    return fail(ErrorCode::forbidden, std::string(field), "names a file of yours, which is not here; send its text");
  }
  auto source = models::open_file(file);
  if (!source) return fail(at(file, std::move(source).error()));
  std::string out, piece(1 << 16, '\0');
  for (;;) {
    auto size = (*source)->read(piece);
    if (!size) return fail(at(file, std::move(size).error()));
    if (*size == 0) return out;
    if (out.size() + *size > kListTextBytesMax) {
      return fail(ErrorCode::exhausted, file,
                  "expected at most " + std::to_string(kListTextBytesMax) + " bytes when decompressed");
    }
    out.append(piece, 0, *size);
  }
}

Result<screening::ReadList> read_list(const VerbCall& call, const ListImportRequest& request) {
  const std::string text = TRY(text_of(call, "file", request.file, request.text));
  const std::string aliases = TRY(text_of(call, "aliases", request.aliases, request.aliases_text));
  const std::string addresses = TRY(text_of(call, "addresses", request.addresses, request.addresses_text));
  if (text.empty()) return fail(ErrorCode::invalid, "file", "expected the list's file or its text, came neither");
  if (request.format != ListFormat::ofac && (!aliases.empty() || !addresses.empty())) {
    return fail(ErrorCode::invalid, "aliases", "only the format ofac has files of aliases and addresses");
  }
  switch (request.format) {
    case ListFormat::ofac: return screening::read_ofac(request.list, text, aliases, addresses);
    case ListFormat::csv: return screening::read_list_csv(request.list, text);
    case ListFormat::json: return screening::read_list_json(request.list, text);
  }
  return fail(ErrorCode::internal, "format", "is none of the three");
}

Result<void> check_list_name(const std::string& list) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  if (!list.empty() && std::ranges::all_of(list, fits)) return {};
  return fail(ErrorCode::invalid, "list", "expected lower-case letters, digits and '_'");
}

Result<ListImportAnswer> import_list(const ScreeningVerbNeeds& needs, const VerbCall& call,
                                     const ListImportRequest& request) {
  TRY(check_list_name(request.list));
  call.progress.step("reading the list", 0, 0);
  const screening::ReadList read = TRY(read_list(call, request));
  if (read.rows_bad > 0 && request.skip_bad_rows_why.empty()) {
    Faults faults;
    for (const Fault& fault : read.bad) faults.add(fault.where, fault.message);
    faults.add("skip_bad_rows_why",
               std::to_string(read.rows_bad) + " rows cannot be read; mend them, or say why they may be left out");
    TRY(std::move(faults).result());
  }
  if (read.entries.empty()) {
    return fail(ErrorCode::invalid, "file", "expected at least one entry: an empty list would let everybody through");
  }
  call.progress.step("keeping the list", 0, 0);
  return needs.desk.import(request.list, read, {request.format, read.rows_bad, request.skip_bad_rows_why},
                           call.caller.name);
}

// ---- parties

void check_party(const PartyView& party, const std::string& where, Faults& faults) {
  if (party.party.empty() || party.party.size() > kListPartyKeyBytesMax || first_invalid_utf8(party.party)) {
    faults.add(where + "/party", "expected a key of 1 to " + std::to_string(kListPartyKeyBytesMax) + " bytes of UTF-8");
  }
  if (party.name.size() > screening::kNameBytesMax || first_invalid_utf8(party.name)) {
    faults.add(where + "/name", "expected UTF-8 of at most " + std::to_string(screening::kNameBytesMax) + " bytes");
    return;
  }
  const size_t words = screening::tokens_of(party.name).size();
  if (words == 0 || words > screening::kTokensMax) {
    faults.add(where + "/name", "expected 1 to " + std::to_string(screening::kTokensMax) +
                                    " words with a letter, came " + std::to_string(words));
  }
}

Result<std::vector<PartyView>> parties_of_csv(std::string_view text) {
  static constexpr std::string_view kColumns[] = {"party", "name", "kind", "born", "country"};
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  screening::CsvRows rows(text);
  screening::CsvCells row;
  std::vector<size_t> places(std::size(kColumns), std::string::npos);
  Faults faults;
  if (rows.next(row)) {
    for (size_t i = 0; i < row.cells.size(); ++i) {
      const auto known = std::ranges::find(kColumns, trim(row.cells[i]));
      if (known == std::end(kColumns)) {
        faults.add("header", "expected the columns party, name, kind, born, country; another one stands at place " +
                                 std::to_string(i + 1));
      } else {
        places[static_cast<size_t>(known - kColumns)] = i;
      }
    }
  }
  if (places[0] == std::string::npos || places[1] == std::string::npos) {
    faults.add("header", "expected the columns party and name");
  }
  TRY(std::move(faults).result());
  const size_t columns = row.cells.size();
  std::vector<PartyView> out;
  Faults bad;
  while (rows.next(row)) {
    const std::string where = "line " + std::to_string(row.line);
    if (!row.fault.empty() || row.cells.size() != columns) {
      bad.add(where, row.fault.empty()
                         ? "expected " + std::to_string(columns) + " columns, came " + std::to_string(row.cells.size())
                         : row.fault);
      continue;
    }
    const auto cell = [&](size_t column) {
      return places[column] == std::string::npos ? std::string() : std::string(trim(row.cells[places[column]]));
    };
    PartyView party{cell(0), cell(1), screening::PartyKind::unknown, std::nullopt, cell(4)};
    const auto kinds = names_of(static_cast<const screening::PartyKind*>(nullptr));
    const auto kind = std::ranges::find(kinds, cell(2));
    if (kind != kinds.end()) party.kind = static_cast<screening::PartyKind>(kind - kinds.begin());
    if (kind == kinds.end() && !cell(2).empty()) {
      bad.add(where + "/kind", "expected unknown, person, organisation, vessel or aircraft");
    }
    if (!cell(3).empty()) {
      const auto born = Date::parse(cell(3));
      if (born) party.born = *born;
      if (!born) bad.add(where + "/born", "expected a date as 1975-06-14");
    }
    check_party(party, where, bad);
    out.push_back(std::move(party));
  }
  TRY(std::move(bad).result());
  return out;
}

Result<PartiesImportAnswer> import_parties(const ScreeningVerbNeeds& needs, const VerbCall& call,
                                           const PartiesImportRequest& request) {
  const std::string text = TRY(text_of(call, "file", request.file, request.text));
  std::vector<PartyView> parties = request.parties;
  Faults faults;
  for (size_t i = 0; i < parties.size(); ++i) check_party(parties[i], "parties/" + std::to_string(i), faults);
  TRY(std::move(faults).result());
  if (!text.empty()) {
    for (PartyView& party : TRY(parties_of_csv(text))) parties.push_back(std::move(party));
  }
  if (parties.empty()) return fail(ErrorCode::invalid, "parties", "expected at least one party, came none");
  return needs.desk.import_parties(parties);
}

struct PartiesRequest {
  int64_t limit = 50;
  std::optional<std::string> after;
};
void fields(Shape& shape, PartiesRequest& request) {
  shape.field("limit", request.limit, {.help = "at most so many", .min = 1, .max = 1000, .optional = true});
  shape.field("after", request.after, {.help = "the 'next' of the page before", .max = kListPartyKeyBytesMax});
}

struct PartiesAnswer {
  std::vector<PartyView> parties;
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, PartiesAnswer& answer) {
  shape.field("parties", answer.parties, {.help = "by their keys"});
  shape.field("next", answer.next, {.help = "give it as 'after' for the next page"});
  shape.field("at", answer.at);
}

Result<PartiesAnswer> list_parties(const ScreeningVerbNeeds& needs, const PartiesRequest& request) {
  PartiesAnswer out;
  out.at = needs.clock.now();
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    for (KnownParty& party : TRY(parties_after(reader, request.after.value_or(""), request.limit))) {
      out.parties.push_back(std::move(party));
    }
    return {};
  }));
  if (static_cast<int64_t>(out.parties.size()) == request.limit) out.next = out.parties.back().party;
  return out;
}

Result<ListShowAnswer> show_lists(const ScreeningVerbNeeds& needs, const ListShowRequest& request) {
  ListShowAnswer out;
  out.at = needs.clock.now();
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    out.versions = TRY(list_versions(reader, request));
    return {};
  }));
  if (static_cast<int64_t>(out.versions.size()) == request.limit) {
    out.next = out.versions.back().list + "/" + std::to_string(out.versions.back().version);
  }
  return out;
}

}  // namespace

std::vector<Verb> list_verbs(const ScreeningVerbNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<ListImportRequest, ListImportAnswer>(
      {.noun = "aml",
       .verb = "lists import",
       .help = "Bring a list of sanctioned parties, or a new version of one; names are held against it at once.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const ListImportRequest& request) { return import_list(*needs, call, request); },
      tell));
  verbs.push_back(make_verb<ListShowRequest, ListShowAnswer>(
      {.noun = "aml", .verb = "lists show", .help = "Show the lists and their versions."},
      [needs](const VerbCall&, const ListShowRequest& request) { return show_lists(*needs, request); }, tell));
  verbs.push_back(make_verb<PartiesImportRequest, PartiesImportAnswer>(
      {.noun = "aml",
       .verb = "parties import",
       .help = "Bring known parties, or what changed of them, for 'aml rescreen' to hold against the lists.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const PartiesImportRequest& request) {
        return import_parties(*needs, call, request);
      },
      tell));
  verbs.push_back(make_verb<PartiesRequest, PartiesAnswer>(
      {.noun = "aml", .verb = "parties list", .help = "List the known parties."},
      [needs](const VerbCall&, const PartiesRequest& request) { return list_parties(*needs, request); }));
  return verbs;
}

}  // namespace puhui::aml
