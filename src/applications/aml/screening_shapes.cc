#include "applications/aml/screening_shapes.h"

#include "ground/base/text.h"

namespace puhui::aml {

std::span<const std::string_view> names_of(const ListFormat*) {
  static constexpr std::string_view kNames[] = {"ofac", "csv", "json"};
  return kNames;
}

void fields(Shape& shape, ScreeningReason& reason) {
  shape.field("code", reason.code);
  shape.field("en", reason.en);
  shape.field("zh", reason.zh);
}

void fields(Shape& shape, ScreenRequest& request) {
  shape.field("name", request.name,
              {.help = "in any script", .min = 1, .max = screening::kNameBytesMax, .personal = true});
  shape.field("kind", request.kind, {.help = "of party, where it is known", .optional = true});
  shape.field("born", request.born, {.help = "date of birth, where it is known", .personal = true});
  shape.field("country", request.country,
              {.help = "of nationality or seat, code or name", .max = 64, .optional = true});
  shape.field("party", request.party,
              {.help = "the customer's key: what a person dismissed for it is remembered",
               .max = kListPartyKeyBytesMax,
               .optional = true,
               .personal = true});
  shape.field("limit", request.limit,
              {.help = "at most so many matches", .min = 1, .max = kMatchesMax, .optional = true});
}

void fields(Shape& shape, PartView& view) {
  shape.field("query_begin", view.query_begin, {.help = "bytes of the UTF-8 of the name asked for"});
  shape.field("query_end", view.query_end);
  shape.field("entry_begin", view.entry_begin, {.help = "bytes of the UTF-8 of the entry's name"});
  shape.field("entry_end", view.entry_end);
  shape.field("likeness_ppm", view.likeness_ppm, {.help = "1000000: the same letters"});
  shape.field("how", view.how, {.help = "same, spelling, joined, split, romanised, initial or sound"});
}

void fields(Shape& shape, RememberedView& view) {
  shape.field("verdict", view.verdict);
  shape.field("by", view.by);
  shape.field("why", view.why);
  shape.field("at", view.at);
}

void fields(Shape& shape, MatchView& view) {
  shape.field("list", view.list);
  shape.field("entry", view.entry, {.help = "the list's own id"});
  shape.field("entry_digest", view.entry_digest, {.help = "SHA-256 of all the list says of it"});
  shape.field("kind", view.kind);
  shape.field("name", view.name, {.help = "the entry's name that matches best: the parts are about it"});
  shape.field("main_name", view.main_name);
  shape.field("posterior_ppm", view.posterior_ppm, {.help = "that it is the same party, of a million"});
  shape.field("name_ppm", view.name_ppm, {.help = "by the name alone, of a million"});
  shape.field("parts", view.parts);
  shape.field("for_it", view.for_it);
  shape.field("against_it", view.against_it);
  shape.field("born", view.born);
  shape.field("born_year_only", view.born_year_only, {.optional = true});
  shape.field("countries", view.countries);
  shape.field("programme", view.programme);
  shape.field("remembered", view.remembered, {.help = "a person's verdict on this name and this entry"});
  shape.field("match", view.match, {.help = "what 'aml match decide' takes"});
}

void fields(Shape& shape, ScreenAnswer& answer) {
  shape.field("decision", answer.decision, {.help = "its evidence"});
  shape.field("outcome", answer.outcome, {.help = "approve, refer or block; unjudged while no permit is in force"});
  shape.field("reasons", answer.reasons);
  shape.field("matches", answer.matches, {.help = "the most likely first"});
  shape.field("lists", answer.lists, {.help = "SHA-256 of the versions of all lists it was held against"});
  shape.field("at", answer.at);
}

std::string tell(const ScreenAnswer& answer) {
  std::string out = answer.outcome + "\n";
  for (const ScreeningReason& reason : answer.reasons) out += "  " + reason.en + "\n";
  for (const MatchView& match : answer.matches) {
    out += "  " + format_fixed(match.posterior_ppm, 6) + "  " + match.list + " " + match.entry + "  " + match.name;
    if (match.remembered) out += "  (dismissed by " + match.remembered->by + ")";
    out += "\n";
  }
  return out;
}

void fields(Shape& shape, ListImportRequest& request) {
  shape.field("list", request.list,
              {.help = "its name here", .min = 1, .max = kListNameBytesMax, .example = "ofac_sdn"});
  shape.field("format", request.format, {.help = "ofac (three files without headers), csv or json"});
  shape.field("file", request.file, {.help = "on your disk, may be .gz or .zst", .max = 4096, .optional = true});
  shape.field("aliases", request.aliases, {.help = "ofac: the file of other names", .max = 4096, .optional = true});
  shape.field("addresses", request.addresses, {.help = "ofac: the file of addresses", .max = 4096, .optional = true});
  shape.field("text", request.text,
              {.help = "the list itself, instead of a file", .max = kListTextBytesMax, .optional = true});
  shape.field("aliases_text", request.aliases_text, {.max = kListTextBytesMax, .optional = true});
  shape.field("addresses_text", request.addresses_text, {.max = kListTextBytesMax, .optional = true});
  shape.field("skip_bad_rows_why", request.skip_bad_rows_why,
              {.help = "why rows that cannot be read may be left out; without it one of them refuses the list",
               .max = 1000,
               .optional = true});
}

void fields(Shape& shape, BadRow& row) {
  shape.field("where", row.where);
  shape.field("message", row.message);
}

void fields(Shape& shape, ListImportAnswer& answer) {
  shape.field("list", answer.list);
  shape.field("version", answer.version);
  shape.field("digest", answer.digest);
  shape.field("entries", answer.entries);
  shape.field("names", answer.names);
  shape.field("added", answer.added);
  shape.field("changed", answer.changed);
  shape.field("removed", answer.removed);
  shape.field("unchanged", answer.unchanged, {.help = "the same list again: no new version"});
  shape.field("skipped", answer.skipped, {.help = "the first rows that were left out"});
  shape.field("rows_skipped", answer.rows_skipped);
  shape.field("at", answer.at);
}

std::string tell(const ListImportAnswer& answer) {
  std::string out = answer.list + " version " + std::to_string(answer.version) +
                    (answer.unchanged ? ", unchanged: " : ": ") + with_thousands(answer.entries) + " entries, " +
                    with_thousands(answer.names) + " names; " + with_thousands(answer.added) + " added, " +
                    with_thousands(answer.changed) + " changed, " + with_thousands(answer.removed) + " removed\n";
  for (const BadRow& row : answer.skipped) out += "  left out: " + row.where + ": " + row.message + "\n";
  return out;
}

void fields(Shape& shape, ListShowRequest& request) {
  shape.field("list", request.list, {.help = "only this one, with its older versions", .max = kListNameBytesMax});
  shape.field("limit", request.limit, {.help = "at most so many", .min = 1, .max = 1000, .optional = true});
  shape.field("after", request.after, {.help = "the 'next' of the page before", .max = 128});
}

void fields(Shape& shape, ListVersionView& view) {
  shape.field("list", view.list);
  shape.field("version", view.version);
  shape.field("digest", view.digest);
  shape.field("at", view.at);
  shape.field("by", view.by);
  shape.field("format", view.format);
  shape.field("entries", view.entries);
  shape.field("names", view.names);
  shape.field("added", view.added);
  shape.field("changed", view.changed);
  shape.field("removed", view.removed);
  shape.field("in_use", view.in_use, {.help = "what names are held against now"});
  shape.field("skipped_why", view.skipped_why);
  shape.field("rows_skipped", view.rows_skipped);
}

void fields(Shape& shape, ListShowAnswer& answer) {
  shape.field("versions", answer.versions, {.help = "by list, the newest first"});
  shape.field("next", answer.next, {.help = "give it as 'after' for the next page"});
  shape.field("at", answer.at);
}

std::string tell(const ListShowAnswer& answer) {
  std::string out;
  for (const ListVersionView& view : answer.versions) {
    out += view.list + " version " + std::to_string(view.version) + (view.in_use ? " (in use)" : "") + ": " +
           with_thousands(view.entries) + " entries, by " + view.by + " at " + text_of(view.at) + "\n";
  }
  return out.empty() ? "no list was imported yet\n" : out;
}

void fields(Shape& shape, PartyView& view) {
  shape.field("party", view.party,
              {.help = "the customer's key", .min = 0, .max = kListPartyKeyBytesMax, .personal = true});
  shape.field("name", view.name, {.min = 1, .max = screening::kNameBytesMax, .personal = true});
  shape.field("kind", view.kind, {.optional = true});
  shape.field("born", view.born, {.personal = true});
  shape.field("country", view.country, {.max = 64, .optional = true});
}

void fields(Shape& shape, PartiesImportRequest& request) {
  shape.field("file", request.file,
              {.help = "CSV on your disk with the columns party, name and optionally kind, born, country",
               .max = 4096,
               .optional = true});
  shape.field("text", request.text, {.help = "that CSV itself", .max = kListTextBytesMax, .optional = true});
  shape.field("parties", request.parties, {.help = "or the parties one by one", .max = 10'000, .optional = true});
}

void fields(Shape& shape, PartiesImportAnswer& answer) {
  shape.field("parties", answer.parties, {.help = "that came"});
  shape.field("added", answer.added);
  shape.field("changed", answer.changed);
  shape.field("unchanged", answer.unchanged);
  shape.field("at", answer.at);
}

std::string tell(const PartiesImportAnswer& answer) {
  return with_thousands(answer.parties) + " parties: " + with_thousands(answer.added) + " added, " +
         with_thousands(answer.changed) + " changed, " + with_thousands(answer.unchanged) + " as before\n";
}

void fields(Shape& shape, RescreenRequest& request) {
  shape.field("all", request.all, {.help = "every party against every entry, not only what changed", .optional = true});
}

void fields(Shape& shape, RescreenAnswer& answer) {
  shape.field("entries_changed", answer.entries_changed);
  shape.field("parties_changed", answer.parties_changed);
  shape.field("screened", answer.screened, {.help = "parties held against entries"});
  shape.field("parties_hit", answer.parties_hit, {.help = "with a possible match: each a decision"});
  shape.field("matches_new", answer.matches_new, {.help = "opened for a person"});
  shape.field("matches_known", answer.matches_known, {.help = "open or decided before"});
  shape.field("remembered", answer.remembered, {.help = "dismissed before and not raised again"});
  shape.field("at", answer.at);
}

std::string tell(const RescreenAnswer& answer) {
  return with_thousands(answer.screened) + " parties screened (" + with_thousands(answer.parties_changed) +
         " changed) against what changed of the lists (" + with_thousands(answer.entries_changed) +
         " entries): " + with_thousands(answer.matches_new) + " new possible matches of " +
         with_thousands(answer.parties_hit) + " parties, " + with_thousands(answer.matches_known) + " known, " +
         with_thousands(answer.remembered) + " dismissed before\n";
}

}  // namespace puhui::aml
