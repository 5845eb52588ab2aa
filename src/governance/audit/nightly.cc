#include "governance/audit/nightly.h"

#include <set>

#include "governance/audit/replay_run.h"
#include "governance/incidents/incident.h"
#include "ground/base/text.h"
#include "infrastructure/kernel/decision.h"

namespace puhui::audit {

void fields(Shape& shape, NightPlan& plan) {
  shape.field(
      "sample", plan.sample,
      {.help = "how many decisions beside the declines of tier 1; 1000 when absent", .min = 0, .optional = true});
  shape.field("seed", plan.seed, {.help = "which ones; 0: the day's number", .optional = true});
  shape.field("threads", plan.threads,
              {.help = "threads that judge, 1 to 64", .min = 1, .max = kReplayThreadsMax, .optional = true});
  shape.field("batch", plan.batch,
              {.help = "decisions judged at once, 1 to 4096", .min = 1, .max = kReplayBatchMax, .optional = true});
}

namespace {

constexpr std::string_view kWho = "audit night";

// Which decisions this night takes, and how many for which cause.
class Selection {
 public:
  Selection(const AuditNeeds& needs, const NightPlan& plan, const std::optional<NightRow>& before, NightRow& row)
      : needs_(needs), row_(row) {
    seed_ = static_cast<uint64_t>(plan.seed != 0 ? plan.seed : date_of(row.at).days);
    share_ = row.records == 0 ? 1.0 : static_cast<double>(plan.sample) / static_cast<double>(row.records);
    if (!before) return;
    seen_ = static_cast<uint64_t>(before->records);
    for (const ReplayDifference& difference : before->replay.differences) differed_.insert(difference.id);
  }

  Result<bool> takes(const RecordedDecision& decision) {
    const uint64_t sequence = decision.record.id.sequence();
    const bool decline = sequence > seen_ && kernel::outcome_of(decision.judgement) != kernel::kApprove &&
                         TRY(tier_of(decision.judgement.permit)) == 1;
    if (decline) return ++row_.declines, true;
    if (is_drawn(sequence, share_, seed_)) return ++row_.sampled, true;
    return row_.whole_build || differed_.contains(decision.record.id);
  }

 private:
  Result<int> tier_of(const Digest& permit) {
    const auto known = tiers_.find(permit);
    if (known != tiers_.end()) return known->second;
    return tiers_[permit] = TRY(needs_.kernel.find_version(permit))->permit().manifest.tier;
  }

  const AuditNeeds& needs_;
  NightRow& row_;
  uint64_t seed_ = 0, seen_ = 0;
  double share_ = 0;
  std::set<Id128> differed_;
  std::map<Digest, int> tiers_;
};

Result<void> raise_with_incident(const AuditNeeds& needs, Transaction& tx, const incidents::Alert& alert,
                                 Timestamp at) {
  TRY(incidents::raise(tx, alert, at));
  for (const incidents::OpenAlert& open : TRY(incidents::open_alerts(tx))) {
    const bool ours = open.kind == alert.kind && open.use_case == alert.use_case && open.subject == alert.subject;
    if (ours) TRY(incidents::open_from_alert(tx, open, {needs.evidence, kWho, at}));
  }
  return {};
}

Result<void> tell_chain(const AuditNeeds& needs, Transaction& tx, const NightRow& row) {
  if (row.chain_whole) return incidents::settle(tx, "chain", "", "", row.at);
  const std::string cut(cut_utf8(row.chain_break, 512));
  return raise_with_incident(
      needs, tx, {"chain", "", "", 1, "The evidence's chain is broken: " + cut, "证据链断裂：" + cut}, row.at);
}

// Settled only by a night that found none of those that had differed still different.
Result<void> tell_replay(const AuditNeeds& needs, Transaction& tx, const NightRow& row,
                         const std::map<std::string, int64_t>& different) {
  for (const auto& [use_case, count] : different) {
    const std::string number = std::to_string(count);
    TRY(raise_with_incident(
        needs, tx,
        {"replay", use_case, "", 1, number + " recorded decisions came out otherwise when they were taken again.",
         number + "笔已记录的决定重算结果不一致。"},
        row.at));
  }
  for (const incidents::OpenAlert& open : TRY(incidents::open_alerts(tx))) {
    if (open.kind != "replay" || different.contains(open.use_case)) continue;
    TRY(incidents::settle(tx, open.kind, open.use_case, open.subject, row.at));
  }
  return {};
}

Result<void> keep(Transaction& tx, const NightRow& row) {
  TRY(tx.execute(
      "INSERT INTO audit_night (at, build, good, chain_head, result) VALUES (?, ?, ?, ?, ?)",
      {row.at.microseconds, row.build, int64_t{row.good}, BytesView{row.chain_head.view()}, print_json(to_json(row))}));
  return {};
}

Result<NightRow> read_night(const Row& row) {
  auto night = TRY(read_json<NightRow>(TRY(parse_json(row.text(0)))));
  return night;
}

// A version that does not load, a record that does not decode: then nothing could be taken again, and that is as bad as a
// difference.
ReplayOutcome as_difference(const Error& error) {
  ReplayOutcome out;
  out.report.different = 1;
  out.report.differences.push_back({Id128{}, "the replay ended early: " + error.text()});
  out.different[""] = 1;
  return out;
}

}  // namespace

Result<std::optional<NightRow>> last_night(Reader& reader) {
  std::optional<NightRow> out;
  TRY(reader.each("SELECT result FROM audit_night ORDER BY at DESC LIMIT 1", {}, [&](const Row& row) -> Result<void> {
    out = TRY(read_night(row));
    return {};
  }));
  return out;
}

Result<NightRow> nightly(const AuditNeeds& needs, const NightPlan& plan, Progress& progress) {
  NightRow row;
  row.at = needs.clock.now();
  row.build = needs.kernel.build();
  std::optional<NightRow> before;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    before = TRY(last_night(reader));
    return {};
  }));
  if (before && row.at <= before->at) return fail(ErrorCode::conflict, "a night of this moment or a later one is kept");
  row.whole_build = before && before->build != row.build;
  row.records = static_cast<int64_t>(needs.evidence.records());
  if (row.records > 0) {
    row.chain_head = TRY(record_numbered(needs.evidence, static_cast<uint64_t>(row.records))).link;
  }
  const auto chain = TRY(needs.evidence.verify(progress));
  row.chain_whole = !chain.first_break;
  if (chain.first_break) row.chain_break = "record " + chain.first_break->id.text() + ": " + chain.first_break->what;

  Selection selection(needs, plan, before, row);
  ReplayPlan replay{[&](const RecordedDecision& decision) { return selection.takes(decision); },
                    static_cast<size_t>(plan.threads), static_cast<size_t>(plan.batch)};
  auto ran = run_replay(needs, replay, progress);
  const ReplayOutcome outcome = ran ? *std::move(ran) : as_difference(ran.error());
  row.replay = outcome.report;
  row.good = row.chain_whole && row.replay.different == 0;
  TRY(needs.store.write([&](Transaction& tx) -> Result<void> {
    TRY(tell_chain(needs, tx, row));
    TRY(tell_replay(needs, tx, row, outcome.different));
    return keep(tx, row);
  }));
  return row;
}

Result<NightsAnswer> list_nights(const AuditNeeds& needs, const NightsRequest& request) {
  NightsAnswer answer;
  answer.at = needs.clock.now();
  const auto before = request.after.empty() ? std::optional(INT64_MAX) : parse_int64(request.after);
  if (!before) return fail(ErrorCode::invalid, "after", "expected 'next' of the page before");
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    return reader.each("SELECT result FROM audit_night WHERE at < ? ORDER BY at DESC LIMIT ?",
                       {*before, request.limit + 1}, [&](const Row& row) -> Result<void> {
                         answer.nights.push_back(TRY(read_night(row)));
                         return {};
                       });
  }));
  if (static_cast<int64_t>(answer.nights.size()) > request.limit) {
    answer.nights.pop_back();
    answer.next = std::to_string(answer.nights.back().at.microseconds);
  }
  return answer;
}

Result<bool> night_is_due(const AuditNeeds& needs) {
  constexpr int64_t kHourUs = int64_t{3600} * 1'000'000;
  const Timestamp now = needs.clock.now();
  const Timestamp midnight = start_of(date_of(now, kNightOffsetMinutes), kNightOffsetMinutes);
  const int64_t hour = (now.microseconds - midnight.microseconds) / kHourUs;
  if (hour < kNightFromHour || hour >= kNightToHour) return false;
  std::optional<int64_t> last;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    last = TRY(reader.integer("SELECT MAX(at) FROM audit_night"));
    return {};
  }));
  return !last || now.microseconds - *last >= kNightApartHours * kHourUs;
}

Result<void> night_if_due(const AuditNeeds& needs, Progress& progress) {
  if (TRY(night_is_due(needs))) TRY(nightly(needs, {}, progress));
  return {};
}

}  // namespace puhui::audit
