#include "governance/audit/replay_shapes.h"

namespace puhui::audit {

void fields(Shape& shape, ReplayOneRequest& request) {
  shape.field("id", request.id, {.help = "of the decision's record"});
}

void fields(Shape& shape, ReplayOneAnswer& answer) {
  shape.field("id", answer.id, {.help = "of the record"});
  shape.field("identical", answer.identical, {.help = "taken again it gave the same bytes"});
  shape.field("erased", answer.erased, {.help = "it cannot be taken again: its facts are gone"});
  shape.field("difference", answer.difference, {.help = "what came out otherwise; empty when identical"});
  shape.field("words", answer.words, {.help = "the answer as a sentence"});
  shape.field("at", answer.at, {.help = "the moment it was taken again"});
}

void fields(Shape& shape, ReplayRequest& request) {
  shape.field("sample", request.sample,
              {.help = "how many decisions, spread over all; 0 takes every one", .min = 0, .optional = true});
  shape.field("seed", request.seed, {.help = "which ones the sample holds", .optional = true});
  shape.field("threads", request.threads,
              {.help = "threads that judge, 1 to 64", .min = 1, .max = kReplayThreadsMax, .optional = true});
  shape.field("batch", request.batch,
              {.help = "decisions judged at once, column by column; 1 takes them one by one",
               .min = 1,
               .max = kReplayBatchMax,
               .optional = true});
  shape.field("use_case", request.use_case,
              {.help = "of this use case, or of all scopes under it", .max = 256, .optional = true});
  shape.field("from", request.from, {.help = "decided at this moment or later"});
  shape.field("to", request.to, {.help = "decided before this moment"});
  shape.field("declines_only", request.declines_only, {.help = "only those that did not approve", .optional = true});
}

void fields(Shape& shape, ReplayDifference& difference) {
  shape.field("id", difference.id, {.help = "of the record"});
  shape.field("difference", difference.difference, {.help = "in words"});
}

bool ReplayReport::operator==(const ReplayReport& other) const { return to_json(*this) == to_json(other); }

void fields(Shape& shape, ReplayReport& report) {
  shape.field("decisions", report.decisions, {.help = "decisions the filters hold for"});
  shape.field("replayed", report.replayed, {.help = "taken again"});
  shape.field("identical", report.identical, {.help = "gave the same bytes"});
  shape.field("different", report.different, {.help = "gave other bytes: none, or it is an incident"});
  shape.field("erased", report.erased, {.help = "could not be: their facts are erased"});
  shape.field("digest", report.digest,
              {.help = "SHA-256 over all judgements taken again, in the order of their records"});
  shape.field("differences", report.differences, {.help = "the first twenty"});
}

void fields(Shape& shape, NightRow& row) {
  shape.field("at", row.at, {.help = "when it ran"});
  shape.field("build", row.build, {.help = "the program that ran it"});
  shape.field("good", row.good, {.help = "the chain is whole and every decision came out the same"});
  shape.field("chain_whole", row.chain_whole, {.help = "no link is broken"});
  shape.field("chain_break", row.chain_break, {.help = "where and how it is; else empty"});
  shape.field("records", row.records, {.help = "records of the evidence walked"});
  shape.field("chain_head", row.chain_head, {.help = "its last link"});
  shape.field("whole_build", row.whole_build,
              {.help = "the program changed since the night before: all were taken again"});
  shape.field("declines", row.declines, {.help = "of tier 1, taken again because they did not approve"});
  shape.field("sampled", row.sampled, {.help = "others, drawn"});
  shape.field("replay", row.replay, {.help = "how the decisions came out"});
}

void fields(Shape& shape, NightsRequest& request) {
  shape.field("limit", request.limit, {.help = "nights a page, 1 to 1000", .min = 1, .max = 1000, .optional = true});
  shape.field("after", request.after, {.help = "'next' of the page before", .max = 64, .optional = true});
}

void fields(Shape& shape, NightsAnswer& answer) {
  shape.field("nights", answer.nights, {.help = "the last first"});
  shape.field("next", answer.next, {.help = "where the next page goes on; absent on the last"});
  shape.field("at", answer.at, {.help = "the moment this was read"});
}

}  // namespace puhui::audit
