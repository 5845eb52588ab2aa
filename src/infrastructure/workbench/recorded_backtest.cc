#include "infrastructure/workbench/recorded_backtest.h"

#include <map>

#include "ground/base/text.h"
#include "infrastructure/workbench/trial.h"

namespace puhui::workbench {

using evidence::FactValue;
using evidence::Judgement;
using kernel::Version;

namespace {

constexpr uint64_t kPage = 4096;  // records read at a time
constexpr size_t kUndecidedMax = 20;
constexpr size_t kSegmentValuesMax = 200;  // of one segment; what comes later is one group
constexpr std::string_view kOtherValues = "…";

// Where a segment's value is read from.
struct Segment {
  std::string name;
  std::optional<size_t> fact;  // of the champion's schema; else an output
};

struct Record {
  uint64_t sequence = 0;
  Timestamp at;
  Judgement judgement;
  std::vector<FactValue> facts;  // in the order of the schema they were recorded by
};

Result<std::vector<Segment>> segments_of(const RecordedBacktestRequest& request, const Version& champion) {
  std::vector<Segment> out;
  for (const std::string& name : request.segment) {
    const auto fact = champion.facts().find(name);
    if (!fact && !champion.policy().decision(name)) {
      return fail(ErrorCode::invalid, "segment", "'" + name + "' is neither a fact nor a decision of the champion");
    }
    if (fact && (champion.facts().facts[*fact].sealed || champion.facts().facts[*fact].personal)) {
      return fail(ErrorCode::forbidden, "segment",
                  "'" + name + "' is personal or sealed; only the fairness report may group by it");
    }
    out.push_back({name, fact});
  }
  return out;
}

// The number of the first record at or after a moment: ids are ordered by time, one chain in one order.
Result<uint64_t> first_record_from(const evidence::EvidenceLog& evidence, Timestamp from) {
  uint64_t low = 1, high = evidence.records() + 1;
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    Timestamp at{0};
    const auto before = evidence::RecordId::make({0}, 0, middle - 1);
    TRY(evidence.each(before, 1, [&](const evidence::StoredRecord& record) -> Result<void> {
      at = made_at(record.id);
      return {};
    }));
    // made_at is cut to the millisecond.
    if (at.microseconds + 1000 <= from.microseconds) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

class Run {
 public:
  Run(const RecordedBacktestNeeds& needs, const RecordedBacktestRequest& request, const Version& champion,
      const Version& draft, std::vector<Segment> segments)
      : needs_(needs),
        request_(request),
        champion_(champion),
        draft_(draft),
        segments_(std::move(segments)),
        hits_champion_(champion.policy().rules().size()),
        hits_draft_(draft.policy().rules().size()),
        by_segment_(segments_.size()) {}

  // Walks records from the one after `after`; true when there is more of them.
  Result<bool> walk(uint64_t after, Progress& progress) {
    uint64_t left = static_cast<uint64_t>(request_.limit);
    last_ = after;
    while (left > 0) {
      std::vector<Record> page;
      uint64_t read = 0;
      const uint64_t before = last_;
      TRY(needs_.evidence.each(evidence::RecordId::make({0}, 0, last_), std::min(left, kPage),
                               [&](const evidence::StoredRecord& record) -> Result<void> {
                                 ++read;
                                 last_ = record.id.sequence();
                                 return keep(record, page);
                               }));
      if (read == 0) return false;
      answer.walked += static_cast<int64_t>(read);
      left -= read;
      TRY(count(page, before));
      progress.step("decisions taken again", last_, needs_.evidence.records());
      if (over_) return false;
    }
    return last_ < needs_.evidence.records();
  }

  RecordedBacktestAnswer finish() && {
    answer.rules = rule_changes(champion_.policy(), hits_champion_, draft_.policy(), hits_draft_);
    for (size_t s = 0; s < segments_.size(); ++s) {
      for (const auto& [value, swap] : by_segment_[s]) answer.segments.push_back({segments_[s].name, value, swap});
    }
    for (const dmn::Variable& decision : champion_.policy().decisions()) {
      const auto changed = changed_.find(decision.name);
      if (changed != changed_.end()) answer.decisions.push_back({decision.name, changed->second});
    }
    answer.walked_until = static_cast<int64_t>(last_);
    return std::move(answer);
  }
  uint64_t last() const { return last_; }

  RecordedBacktestAnswer answer;

 private:
  // Decodes what the history is asked of; the rest is only walked over.
  Result<void> keep(const evidence::StoredRecord& record, std::vector<Record>& page) {
    if (record.kind != evidence::RecordKind::decision) return {};
    const Timestamp at = made_at(record.id);
    if (request_.to && at >= *request_.to) {
      over_ = true;
      return {};
    }
    if (request_.from && at < *request_.from) return {};
    Judgement judgement = TRY(evidence::decode_judgement(record.judgement));
    if (judgement.use_case != request_.use_case) return {};
    if (!record.facts) {
      ++answer.erased;
      return {};
    }
    auto payload = TRY(evidence::decode_facts(*record.facts));
    page.push_back({record.id.sequence(), at, std::move(judgement), std::move(payload.facts)});
    return {};
  }

  Result<void> count(const std::vector<Record>& page, uint64_t after) {
    if (page.empty()) return {};
    std::map<uint64_t, bool> ends;
    TRY(needs_.store.read([&](Reader& reader) {
      return evidence::each_outcome(reader, request_.outcome, 0, after, kPage,
                                    [&](const evidence::Outcome& outcome) -> Result<void> {
                                      ends.emplace(outcome.decision.sequence(), outcome.value == 1);
                                      return {};
                                    });
    }));
    for (const Record& record : page) {
      Group group{1, 0, 0};
      if (const auto end = ends.find(record.sequence); end != ends.end()) {
        group.labelled = 1;
        group.bad = end->second ? 1 : 0;
      }
      TRY(judge(record, group));
    }
    return {};
  }

  // The facts in this schema's order, whatever the one they were recorded by.
  Result<std::vector<FactValue>> facts_for(const Record& record, const evidence::FactSchema& schema) {
    const auto recorded = TRY(needs_.kernel.find_version(record.judgement.permit));
    if (recorded->facts() == schema) return record.facts;
    std::vector<FactValue> out(schema.facts.size());
    for (size_t f = 0; f < schema.facts.size(); ++f) {
      const auto place = recorded->facts().find(schema.facts[f].name);
      if (place && recorded->facts().facts[*place].type == schema.facts[f].type) out[f] = record.facts[*place];
    }
    return out;
  }

  Result<void> judge(const Record& record, const Group& group) {
    const std::vector<FactValue> facts = TRY(facts_for(record, champion_.facts()));
    // What the champion decided then is what it decides now, to the byte; where a person stood in, it was not asked.
    const bool was_champion = record.judgement.permit == champion_.digest();
    const bool stood_in = std::ranges::any_of(
        record.judgement.reasons, [](const evidence::Reason& reason) { return reason.code == kernel::kStoppedReason; });
    answer.of_other_permits += was_champion ? 0 : 1;
    const auto by_champion =
        was_champion && !stood_in ? Result<Judgement>(record.judgement) : champion_.judge(facts, workspace_);
    const auto by_draft = draft_.judge(facts, workspace_);
    undecided(record, by_champion, "the champion", answer.undecided_by_policy);
    undecided(record, by_draft, "the draft", answer.undecided_by_against);
    add_hits(by_champion, hits_champion_);
    add_hits(by_draft, hits_draft_);
    const bool a = approves(by_champion), b = approves(by_draft);
    const auto place = a ? (b ? &Swap::both : &Swap::only_policy) : (b ? &Swap::only_against : &Swap::neither);
    (answer.swap.*place).add(group);
    for (size_t s = 0; s < segments_.size(); ++s) (segment(s, facts, by_champion).*place).add(group);
    if (by_champion && by_draft) add_changes(*by_champion, *by_draft);
    return {};
  }

  static bool approves(const Result<Judgement>& judgement) {
    return judgement && kernel::outcome_of(*judgement) == kernel::kApprove;
  }

  static void add_hits(const Result<Judgement>& judgement, std::vector<uint64_t>& hits) {
    if (!judgement) return;
    for (const uint32_t rule : judgement->rules_hit) {
      if (rule < hits.size()) ++hits[rule];
    }
  }

  void undecided(const Record& record, const Result<Judgement>& judgement, std::string_view whose, int64_t& count) {
    if (judgement) return;
    ++count;
    if (answer.undecided.size() == kUndecidedMax) return;
    answer.undecided.push_back("record " + std::to_string(record.sequence) + ", " + std::string(whose) + ": " +
                               judgement.error().text());
  }

  Swap& segment(size_t s, const std::vector<FactValue>& facts, const Result<Judgement>& by_champion) {
    std::string value = "undecided";
    if (segments_[s].fact) {
      value = evidence::text_of(facts[*segments_[s].fact]);
    } else if (by_champion) {
      const FactValue* output = by_champion->output(segments_[s].name);
      value = output ? evidence::text_of(*output) : "absent";
    }
    auto& swaps = by_segment_[s];
    if (swaps.size() >= kSegmentValuesMax && !swaps.contains(value)) value = kOtherValues;
    return swaps[value];
  }

  void add_changes(const Judgement& by_champion, const Judgement& by_draft) {
    for (const evidence::Output& output : by_champion.outputs) {
      const FactValue* other = by_draft.output(output.name);
      if (other) changed_[output.name] += *other == output.value ? 0 : 1;
    }
  }

  const RecordedBacktestNeeds& needs_;
  const RecordedBacktestRequest& request_;
  const Version &champion_, &draft_;
  std::vector<Segment> segments_;
  std::vector<uint64_t> hits_champion_, hits_draft_;
  std::vector<std::map<std::string, Swap, std::less<>>> by_segment_;
  std::map<std::string, int64_t, std::less<>> changed_;  // of outputs that both gave
  kernel::Workspace workspace_;
  uint64_t last_ = 0;
  bool over_ = false;  // beyond `to`
};

}  // namespace

Result<RecordedBacktestAnswer> recorded_backtest(const RecordedBacktestNeeds& needs, Progress& progress,
                                                 const RecordedBacktestRequest& request) {
  const auto champion = TRY(needs.kernel.in_force(request.use_case));
  const auto draft = TRY(trial_version(needs.kernel, *champion, request.policy));
  Run run(needs, request, *champion, *draft, TRY(segments_of(request, *champion)));
  uint64_t after = 0;
  if (request.after) {
    const auto number = parse_int64(*request.after);
    if (!number || *number < 0) {
      return fail(ErrorCode::invalid, "after", "expected the 'next' of a step, came '" + *request.after + "'");
    }
    after = static_cast<uint64_t>(*number);
  } else if (request.from) {
    after = TRY(first_record_from(needs.evidence, *request.from)) - 1;
  }
  const bool more = TRY(run.walk(after, progress));
  RecordedBacktestAnswer answer = std::move(run).finish();
  if (more) answer.next = std::to_string(run.last());
  answer.total = static_cast<int64_t>(needs.evidence.records());
  answer.champion = champion->digest();
  answer.at = needs.clock.now();
  return answer;
}

void fields(Shape& shape, RecordedBacktestAnswer& answer) {
  shape.field("swap", answer.swap,
              {.help = "everybody, by what the champion ('policy') and the draft ('against') say"});
  shape.field("segments", answer.segments);
  shape.field("rules", answer.rules, {.help = "of both, with how many decisions each hit"});
  shape.field("decisions", answer.decisions, {.help = "of both, with how many applications each differs for"});
  shape.field("undecided_by_policy", answer.undecided_by_policy, {.help = "the champion came to no outcome"});
  shape.field("undecided_by_against", answer.undecided_by_against, {.help = "the draft came to no outcome"});
  shape.field("undecided", answer.undecided, {.help = "the first causes"});
  shape.field("of_other_permits", answer.of_other_permits,
              {.help = "decided then by another permit, taken again here by the champion"});
  shape.field("erased", answer.erased, {.help = "decisions whose facts retention erased: left out"});
  shape.field("walked", answer.walked, {.help = "evidence records of this step, of any kind"});
  shape.field("total", answer.total, {.help = "evidence records there are"});
  shape.field("walked_until", answer.walked_until, {.help = "the number of the last record walked, of total"});
  shape.field("next", answer.next, {.help = "give it as 'after' for the next step; absent: this was the last"});
  shape.field("champion", answer.champion, {.help = "the permit it was set against"});
  shape.field("at", answer.at, {.help = "when this was asked"});
}

}  // namespace puhui::workbench
