#include "governance/audit/find.h"

namespace puhui::audit {

void filter_fields(Shape& shape, DecisionFilter& filter) {
  shape.field("use_case", filter.use_case,
              {.help = "of this use case; without the part after the stroke: of all its scopes",
               .max = kFilterBytesMax,
               .optional = true,
               .example = "lending.approval/person_revolving"});
  shape.field("outcome", filter.outcome,
              {.help = "approve, refuse, refer …", .max = kFilterBytesMax, .optional = true, .example = "refuse"});
  shape.field("entity", filter.entity, {.help = "whom or what they are about"});
  shape.field("permit", filter.permit, {.help = "taken under this permit"});
  shape.field("model", filter.model, {.help = "whose permit names this model, by its SHA-256"});
  shape.field("reason", filter.reason,
              {.help = "with this reason code", .max = kFilterBytesMax, .optional = true, .example = "under_age"});
  shape.field("rule", filter.rule,
              {.help = "where this rule hit, as a decision's page names it",
               .max = kFilterBytesMax,
               .optional = true,
               .example = "Admission, rule 3"});
  shape.field("from", filter.from, {.help = "decided at this moment or later"});
  shape.field("to", filter.to, {.help = "decided before this moment"});
}

void fields(Shape& shape, FindRequest& request) {
  filter_fields(shape, request.filter);
  shape.field("limit", request.limit,
              {.help = "decisions a page, 1 to 1000; 50 when absent", .min = 1, .max = kPageRowsMax, .optional = true});
  shape.field("after", request.after, {.help = "'next' of the page before", .max = 64, .optional = true});
}

void fields(Shape& shape, DecisionRow& row) {
  shape.field("id", row.id, {.help = "of its record in the evidence"});
  shape.field("at", row.at, {.help = "when it was decided"});
  shape.field("use_case", row.use_case, {.help = "what kind of judgement"});
  shape.field("outcome", row.outcome, {.help = "approve, refuse, refer …"});
  shape.field("entity", row.entity, {.help = "whom or what it is about"});
  shape.field("reasons", row.reasons, {.help = "codes, most important first"});
  shape.field("human", row.human, {.help = "who else had a say: none, in_the_loop, on_the_loop"});
  shape.field("caller", row.caller, {.help = "who asked"});
  shape.field("permit", row.permit, {.help = "what let it run"});
  shape.field("probability", row.probability, {.help = "of the first model asked: that it goes bad"});
}

void fields(Shape& shape, FindAnswer& answer) {
  shape.field("decisions", answer.decisions, {.help = "the last recorded first"});
  shape.field("next", answer.next, {.help = "where the next page goes on; absent on the last"});
  shape.field("matches", answer.matches, {.help = "decisions the filters hold for, on all pages"});
  shape.field("behind", answer.behind, {.help = "records of the evidence the index does not hold yet"});
  shape.field("at", answer.at, {.help = "the moment this was read"});
}

std::string tell(const FindAnswer& answer) {
  std::string out;
  for (const DecisionRow& row : answer.decisions) {
    out += row.id.text() + "  " + text_of(row.at) + "  " + row.outcome + "  " + row.use_case;
    for (const std::string& reason : row.reasons) out += "  " + reason;
    out += "\n";
  }
  out += std::to_string(answer.decisions.size()) + " of " + std::to_string(answer.matches) + " decisions";
  if (answer.behind > 0) out += "; " + std::to_string(answer.behind) + " records are not in the index yet";
  if (answer.next) out += "; go on with --after " + *answer.next;
  return out + "\n";
}

}  // namespace puhui::audit
