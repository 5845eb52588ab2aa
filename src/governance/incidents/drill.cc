// A drill of the kill switch: would the fallback answer now? Tried on the newest recorded decisions; nothing is decided.
#include <algorithm>

#include "governance/incidents/switches.h"

namespace puhui::incidents {

namespace {

constexpr uint64_t kRecordsAtATime = 2000;
constexpr int64_t kDayUs = 86'400'000'000;
constexpr size_t kFindingsMax = 20;

// One recorded decision's facts, with the schema they are in.
struct Past {
  Digest permit;
  std::vector<evidence::FactValue> facts;
};

// The newest first. The facts that retention erased are passed over.
Result<std::vector<Past>> newest_decisions(const IncidentNeeds& needs, std::string_view use_case) {
  std::vector<Past> out;
  uint64_t end = needs.evidence.records();
  const uint64_t first = end > kDrillRecordsReadMax ? end - kDrillRecordsReadMax : 0;
  while (end > first && out.size() < kDrillDecisionsMax) {
    const uint64_t start = std::max(first, end > kRecordsAtATime ? end - kRecordsAtATime : 0);
    std::vector<Past> chunk;
    const auto after = evidence::RecordId::make({}, needs.evidence.node(), start);
    TRY(needs.evidence.each(after, end - start, [&](const evidence::StoredRecord& record) -> Result<void> {
      if (record.kind != evidence::RecordKind::decision || !record.facts) return {};
      const auto judgement = TRY(evidence::decode_judgement(record.judgement));
      if (judgement.use_case != use_case) return {};
      auto payload = TRY(evidence::decode_facts(*record.facts));
      chunk.push_back({judgement.permit, std::move(payload.facts)});
      return {};
    }));
    for (size_t i = chunk.size(); i > 0 && out.size() < kDrillDecisionsMax; --i) out.push_back(std::move(chunk[i - 1]));
    end = start;
  }
  return out;
}

// The facts by name in the order of another schema; what it does not know is left out, what is missing is absent.
std::vector<evidence::FactValue> in_order_of(const evidence::FactSchema& to, const evidence::FactSchema& schema,
                                             const Past& past) {
  std::vector<evidence::FactValue> out(to.facts.size());
  for (size_t i = 0; i < to.facts.size(); ++i) {
    const auto from = schema.find(to.facts[i].name);
    if (from && *from < past.facts.size() && schema.facts[*from].type == to.facts[i].type) {
      out[i] = past.facts[*from];
    }
  }
  return out;
}

struct Trial {
  const IncidentNeeds& needs;
  Drill& drill;

  void finding(std::string words) const {
    if (drill.findings.size() < kFindingsMax) drill.findings.push_back(std::move(words));
  }

  // The version that would answer; null and a finding when it would not.
  Result<std::shared_ptr<const kernel::Version>> answering(const kernel::FallbackPlan& plan) const {
    auto in_force = needs.kernel.in_force(drill.use_case);
    if (!in_force) {
      finding("nothing is in force: " + in_force.error().text());
      return nullptr;
    }
    if (plan.fallback == kernel::Fallback::human) return *in_force;
    std::optional<Digest> named = plan.rules_permit;
    std::vector<evidence::Person> people;
    TRY(needs.store.read([&](Reader& reader) -> Result<void> {
      people = TRY(evidence::read_people(reader));
      if (plan.fallback == kernel::Fallback::previous) {
        named = TRY(previous_champion(reader, drill.use_case, (*in_force)->digest()));
      }
      return {};
    }));
    if (!named) {
      finding(plan.fallback == kernel::Fallback::previous ? "there was no champion before this one"
                                                          : "the plan names no permit of rules");
      return nullptr;
    }
    drill.permit = named;
    auto version = needs.kernel.find_version(*named);
    if (!version) {
      finding("the permit " + named->short_hex() + " does not load: " + version.error().text());
      return nullptr;
    }
    const auto holds = evidence::check((*version)->permit(), people, needs.clock.now(), needs.kernel.build());
    if (!holds) {
      finding("the permit " + named->short_hex() + " does not hold: " + holds.error().text());
      return nullptr;
    }
    return *std::move(version);
  }

  Result<void> try_on(const std::shared_ptr<const kernel::Version>& version, kernel::Fallback fallback) const {
    kernel::Workspace workspace;
    for (const Past& past : TRY(newest_decisions(needs, drill.use_case))) {
      const auto then = TRY(needs.kernel.find_version(past.permit));
      ++drill.decisions_tried;
      const auto judged = fallback == kernel::Fallback::human
                              ? Result<evidence::Judgement>(version->referral())
                              : version->judge(in_order_of(version->facts(), then->facts(), past), workspace);
      if (judged) {
        ++drill.decisions_answered;
      } else {
        finding("it does not answer a recorded case: " + judged.error().text());
      }
    }
    if (drill.decisions_tried == 0) drill.findings.push_back("no recorded decision with facts was there to try it on");
    return {};
  }
};

Result<void> keep(Transaction& tx, const Drill& drill) {
  TRY(tx.execute("INSERT INTO incidents_drill (use_case, drilled_at, passed, drill) VALUES (?, ?, ?, ?)",
                 {drill.use_case, drill.at.microseconds, int64_t{drill.passed}, print_json(to_json(drill))}));
  return {};
}

}  // namespace

// A reinstated champion stands in the list again, so what was before it is looked for before it first stood there:
// going back twice leads two back, not to what was just left.
Result<std::optional<Digest>> previous_champion(Reader& reader, std::string_view use_case, const Digest& in_force) {
  std::optional<Digest> previous;
  bool reached = false;
  TRY(reader.each("SELECT digest FROM kernel_permit WHERE use_case = ? AND standing = 1 ORDER BY granted_at",
                  {use_case}, [&](const Row& row) -> Result<void> {
                    const auto digest = Digest::from_bytes(row.bytes(0));
                    reached |= digest == in_force;
                    if (!reached) previous = digest;
                    return {};
                  }));
  return previous;
}

void fields(Shape& shape, Drill& drill) {
  shape.field("use_case", drill.use_case, {.help = "what was drilled"});
  shape.field("at", drill.at, {.help = "when"});
  shape.field("by", drill.by, {.help = "who"});
  shape.field("fallback", drill.fallback, {.help = "who would answer"});
  shape.field("permit", drill.permit, {.help = "of what would answer; absent: a person, or nobody"});
  shape.field("passed", drill.passed, {.help = "the fallback would answer now"});
  shape.field("findings", drill.findings, {.help = "why it would not, and what could not be tried"});
  shape.field("decisions_tried", drill.decisions_tried, {.help = "the newest recorded ones, judged again"});
  shape.field("decisions_answered", drill.decisions_answered, {.help = "how many of them the fallback answered"});
  shape.field("duration_us", drill.duration_us, {.help = "how long the drill took, microseconds"});
}

Result<Drill> Switches::drill(std::string_view use_case, std::string_view by) {
  Drill drill;
  drill.use_case = use_case;
  drill.by = by;
  drill.at = needs_.clock.now();
  const auto plans = needs_.kernel.fallback_plans();
  const auto plan = std::find_if(plans.begin(), plans.end(),
                                 [&](const kernel::FallbackPlan& known) { return known.use_case == use_case; });
  const kernel::FallbackPlan chosen =
      plan == plans.end() ? kernel::FallbackPlan{drill.use_case, kernel::Fallback::human, std::nullopt} : *plan;
  drill.fallback = chosen.fallback;
  const Trial trial{needs_, drill};
  if (chosen.fallback == kernel::Fallback::refuse) {
    drill.passed = true;
    trial.finding("as declared, nothing would be decided: callers would get an error");
  } else if (const auto version = TRY(trial.answering(chosen))) {
    TRY(trial.try_on(version, chosen.fallback));
    drill.passed = drill.decisions_answered == drill.decisions_tried;
  }
  const Timestamp now = needs_.clock.now();
  drill.duration_us = now.microseconds - drill.at.microseconds;
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    TRY(keep(tx, drill));
    ActBy{needs_.evidence, by, now}.record(
        evidence::RecordKind::stop, "drill of " + drill.use_case + (drill.passed ? " passed" : " failed") + ": " +
                                        std::to_string(drill.decisions_answered) + " of " +
                                        std::to_string(drill.decisions_tried) + " recorded cases answered");
    if (drill.passed) TRY(settle(tx, "validation", use_case, "drill", now));
    return {};
  }));
  return drill;
}

Result<std::vector<Drill>> Switches::drills(std::string_view use_case, int64_t limit) const {
  std::vector<Drill> out;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    const std::string where = use_case.empty() ? "" : "WHERE use_case = ? ";
    std::vector<Param> params;
    if (!use_case.empty()) params.push_back(use_case);
    params.push_back(limit);
    return reader.each("SELECT drill FROM incidents_drill " + where + "ORDER BY drilled_at DESC LIMIT ?", params,
                       [&](const Row& row) -> Result<void> {
                         out.push_back(TRY(read_json<Drill>(TRY(parse_json(row.text(0))))));
                         return {};
                       });
  }));
  return out;
}

Result<void> Switches::watch_drills() {
  const Timestamp now = needs_.clock.now();
  const auto versions = needs_.kernel.all_in_force();
  return needs_.store.write([&](Transaction& tx) -> Result<void> {
    for (const auto& version : versions) {
      const evidence::Manifest& manifest = version->permit().manifest;
      const auto last = TRY(tx.integer("SELECT MAX(drilled_at) FROM incidents_drill WHERE use_case = ? AND passed = 1",
                                       {manifest.use_case}));
      if (last && now.microseconds - *last <= kDrillDaysMax * kDayUs) {
        TRY(settle(tx, "validation", manifest.use_case, "drill", now));
        continue;
      }
      const std::string days = std::to_string(kDrillDaysMax);
      TRY(raise(tx,
                {"validation", manifest.use_case, "drill", manifest.tier == 1 ? 2 : 3,
                 "The kill switch of " + manifest.use_case + " passed no drill in the last " + days + " days.",
                 manifest.use_case + " 的停用开关在最近 " + days + " 天内没有通过演练。"},
                now));
    }
    return {};
  });
}

// A severe alert is an incident whether or not somebody is there to say so. One incident an alert: a closed one is not
// opened again.
Result<void> Switches::tend_alerts(Timestamp now) {
  std::vector<OpenAlert> severe;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    for (OpenAlert& alert : TRY(open_alerts(reader))) {
      if (alert.severity > 1) break;  // the most severe come first
      const std::string id = alert.id.bytes();
      if (!TRY(reader.integer("SELECT 1 FROM incidents_incident WHERE use_case = ? AND alert = ?",
                              {alert.use_case, BytesView{id}}))) {
        severe.push_back(std::move(alert));
      }
    }
    return {};
  }));
  if (severe.empty()) return {};
  return needs_.store.write([&](Transaction& tx) -> Result<void> {
    for (const OpenAlert& alert : severe) TRY(open_from_alert(tx, alert, {needs_.evidence, "(housekeeping)", now}));
    return {};
  });
}

Result<void> Switches::tend() {
  TRY(adopt_stops());
  return tend_alerts(needs_.clock.now());
}

}  // namespace puhui::incidents
