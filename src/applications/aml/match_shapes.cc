#include "applications/aml/match_shapes.h"

#include "ground/base/text.h"

namespace puhui::aml {

std::span<const std::string_view> names_of(const MatchState*) {
  static constexpr std::string_view kNames[] = {"open", "proposed", "same", "different"};
  return kNames;
}
std::span<const std::string_view> names_of(const MatchVerdict*) {
  static constexpr std::string_view kNames[] = {"same", "different"};
  return kNames;
}

void fields(Shape& shape, MatchesRequest& request) {
  shape.field("state", request.state, {.help = "open, proposed, same or different; all when absent"});
  shape.field("party", request.party, {.help = "only of this party", .max = kListPartyKeyBytesMax, .personal = true});
  shape.field("list", request.list, {.help = "only of this list", .max = kListNameBytesMax});
  shape.field("limit", request.limit, {.help = "at most so many", .min = 1, .max = 1000, .optional = true});
  shape.field("after", request.after, {.help = "the 'next' of the page before", .max = 128});
}

void fields(Shape& shape, MatchLine& line) {
  shape.field("match", line.match);
  shape.field("state", line.state);
  shape.field("party", line.party, {.personal = true});
  shape.field("query_name", line.query_name, {.personal = true});
  shape.field("list", line.list);
  shape.field("entry", line.entry);
  shape.field("entry_name", line.entry_name);
  shape.field("posterior_ppm", line.posterior_ppm, {.help = "that it is the same party, of a million"});
  shape.field("outcome", line.outcome, {.help = "refer or block"});
  shape.field("at", line.at);
  shape.field("decided_by", line.decided_by);
}

void fields(Shape& shape, MatchesAnswer& answer) {
  shape.field("matches", answer.matches, {.help = "the newest first"});
  shape.field("next", answer.next, {.help = "give it as 'after' for the next page"});
  shape.field("at", answer.at);
}

std::string tell(const MatchesAnswer& answer) {
  std::string out;
  for (const MatchLine& line : answer.matches) {
    out += line.match.text() + "  " +
           std::string(names_of(static_cast<MatchState*>(nullptr))[static_cast<size_t>(line.state)]) + "  " +
           format_fixed(line.posterior_ppm, 6) + "  " + line.query_name + "  ~  " + line.entry_name + " (" + line.list +
           " " + line.entry + ")\n";
  }
  return out.empty() ? "none\n" : out;
}

void fields(Shape& shape, MatchShowRequest& request) { shape.field("match", request.match, {.help = "its id"}); }

void fields(Shape& shape, MatchShowAnswer& answer) {
  shape.field("match", answer.match);
  shape.field("state", answer.state);
  shape.field("query", answer.query, {.help = "as it was screened"});
  shape.field("entry", answer.entry, {.help = "as the list said then"});
  shape.field("decision", answer.decision);
  shape.field("in_case", answer.in_case);
  shape.field("outcome", answer.outcome);
  shape.field("reasons", answer.reasons);
  shape.field("at", answer.at);
  shape.field("decided_by", answer.decided_by);
  shape.field("why", answer.why);
  shape.field("proposed_by", answer.proposed_by);
  shape.field("decided_at", answer.decided_at);
  shape.field("entry_changed_since", answer.entry_changed_since,
              {.help = "the list says something else of this entry now, or nothing any more"});
}

std::string tell(const MatchShowAnswer& answer) {
  std::string out = std::string(names_of(static_cast<MatchState*>(nullptr))[static_cast<size_t>(answer.state)]) + ": " +
                    answer.query.name + "  ~  " + answer.entry.name + " (" + answer.entry.list + " " +
                    answer.entry.entry + "), " + format_fixed(answer.entry.posterior_ppm, 6) + "\n";
  for (const PartView& part : answer.entry.parts) {
    const auto cut = [](const std::string& name, int64_t begin, int64_t end) {
      return name.substr(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
    };
    out += "  " + cut(answer.query.name, part.query_begin, part.query_end) + "  ~  " +
           cut(answer.entry.name, part.entry_begin, part.entry_end) + "  (" + part.how + ")\n";
  }
  for (const std::string& word : answer.entry.for_it) out += "  for it: " + word + "\n";
  for (const std::string& word : answer.entry.against_it) out += "  against it: " + word + "\n";
  return out;
}

void fields(Shape& shape, MatchDecideRequest& request) {
  shape.field("match", request.match, {.help = "its id"});
  shape.field("verdict", request.verdict,
              {.help = "different holds at once; same is proposed, another person confirms it"});
  shape.field("why", request.why, {.help = "for those who come after", .min = 1, .max = 1000});
}

void fields(Shape& shape, MatchConfirmRequest& request) {
  shape.field("match", request.match, {.help = "its id"});
  shape.field("confirm", request.confirm, {.help = "false: it is sent back and open again", .optional = true});
  shape.field("why", request.why, {.max = 1000, .optional = true});
}

}  // namespace puhui::aml
