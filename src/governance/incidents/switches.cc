#include "governance/incidents/switches.h"

#include <algorithm>

namespace puhui::incidents {

using kernel::StopScope;

namespace {

constexpr std::string_view kSwitchColumns =
    "scope, name, stopped_at, why, by_whom, lift_asked_by, lift_why, lift_asked_at, lifted_by, lifted_at";
constexpr int64_t kHourUs = 3'600'000'000;

std::string words_of(StopScope scope, std::string_view name) {
  return std::string(names_of(&scope)[static_cast<size_t>(scope)]) + " " + std::string(name);
}

Switch read_switch(const Row& row) {
  Switch out;
  out.scope = static_cast<StopScope>(row.integer(0));
  out.name = row.text(1);
  out.at = {row.integer(2)};
  out.why = row.text(3);
  out.by = row.text(4);
  out.lift_asked_by = row.text(5);
  out.lift_why = row.text(6);
  if (row.integer(7) != 0) out.lift_asked_at = Timestamp{row.integer(7)};
  out.lifted_by = row.text(8);
  if (row.integer(9) != 0) out.lifted_at = Timestamp{row.integer(9)};
  return out;
}

Result<std::vector<Switch>> read_switches(Reader& reader, const std::string& where, std::span<const Param> params) {
  std::vector<Switch> out;
  TRY(reader.each("SELECT " + std::string(kSwitchColumns) + " FROM incidents_switch " + where, params,
                  [&](const Row& row) -> Result<void> {
                    out.push_back(read_switch(row));
                    return {};
                  }));
  for (Switch& one : out) {
    TRY(reader.each(
        "SELECT use_case, fallback, decisions FROM incidents_switched WHERE scope = ? AND name = ? AND "
        "stopped_at = ? ORDER BY use_case",
        {static_cast<int64_t>(one.scope), one.name, one.at.microseconds}, [&](const Row& row) -> Result<void> {
          one.use_cases.push_back(
              {std::string(row.text(0)), static_cast<kernel::Fallback>(row.integer(1)), row.integer(2)});
          return {};
        }));
  }
  return out;
}

Result<std::optional<Switch>> find_standing(Reader& reader, StopScope scope, std::string_view name) {
  const Param params[] = {static_cast<int64_t>(scope), name};
  auto found = TRY(read_switches(reader, "WHERE scope = ? AND name = ? AND lifted_at = 0", params));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

bool is_asked(const Switch& one, Timestamp now) {
  return one.lift_asked_at && now.microseconds - one.lift_asked_at->microseconds < kLiftAskedHoursMax * kHourUs;
}

Result<void> note_lifted(Transaction& tx, const Switch& one) {
  TRY(
      tx.execute("UPDATE incidents_switch SET lift_asked_by = ?, lift_why = ?, lift_asked_at = ?, lifted_by = ?, "
                 "lifted_at = ? WHERE scope = ? AND name = ? AND stopped_at = ?",
                 {one.lift_asked_by, one.lift_why, one.lift_asked_at ? one.lift_asked_at->microseconds : 0,
                  one.lifted_by, one.lifted_at ? one.lifted_at->microseconds : 0, static_cast<int64_t>(one.scope),
                  one.name, one.at.microseconds}));
  return {};
}

std::string_view without_scope(std::string_view use_case) { return use_case.substr(0, use_case.find('/')); }

}  // namespace

void fields(Shape& shape, StoppedUseCase& stopped) {
  shape.field("use_case", stopped.use_case, {.help = "what does not decide as usual"});
  shape.field("fallback", stopped.fallback, {.help = "who answers meanwhile"});
  shape.field("decisions", stopped.decisions, {.help = "taken by the fallback since the stop"});
}

void fields(Shape& shape, Switch& one) {
  shape.field("scope", one.scope, {.help = "what kind of thing is stopped"});
  shape.field("name", one.name, {.help = "the use case, the model's SHA-256, or the block"});
  shape.field("why", one.why, {.help = "in words"});
  shape.field("by", one.by, {.help = "who stopped it"});
  shape.field("at", one.at, {.help = "since when"});
  shape.field("use_cases", one.use_cases, {.help = "what it concerns, and who answers there"});
  shape.field("lift_asked_by", one.lift_asked_by, {.help = "who asked to lift it; empty: nobody"});
  shape.field("lift_why", one.lift_why, {.help = "why it may run again"});
  shape.field("lift_asked_at", one.lift_asked_at, {.help = "when; void after a day"});
  shape.field("lifted_by", one.lifted_by, {.help = "who confirmed; empty: it stands"});
  shape.field("lifted_at", one.lifted_at, {.help = "when it was lifted; absent: it stands"});
}

Result<std::vector<Switch>> switches_at(Reader& reader, Timestamp at) {
  const Param params[] = {at.microseconds, at.microseconds};
  return read_switches(reader, "WHERE stopped_at <= ? AND (lifted_at = 0 OR lifted_at > ?) ORDER BY stopped_at",
                       params);
}

std::vector<StoppedUseCase> Switches::concerned(const kernel::Stop& stop) const {
  const auto plans = needs_.kernel.fallback_plans();
  const auto& use_cases = needs_.kernel.use_cases();
  std::vector<StoppedUseCase> out;
  for (const auto& version : needs_.kernel.all_in_force()) {
    const std::string& use_case = version->permit().manifest.use_case;
    const auto declared = std::find_if(use_cases.begin(), use_cases.end(), [&](const evidence::UseCase& one) {
      return one.name == without_scope(use_case);
    });
    if (declared == use_cases.end() || !kernel::stops_version(stop, *version, *declared)) continue;
    const auto plan = std::find_if(plans.begin(), plans.end(),
                                   [&](const kernel::FallbackPlan& known) { return known.use_case == use_case; });
    out.push_back({use_case, plan == plans.end() ? kernel::Fallback::human : plan->fallback, 0});
  }
  return out;
}

Result<void> Switches::note_stop(Transaction& tx, const kernel::Stop& stop) const {
  const auto scope = static_cast<int64_t>(stop.scope);
  TRY(tx.execute("INSERT INTO incidents_switch (" + std::string(kSwitchColumns) +
                     ") VALUES (?, ?, ?, ?, ?, '', '', 0, '', 0) ON CONFLICT (scope, name, stopped_at) DO NOTHING",
                 {scope, stop.name, stop.at.microseconds, stop.why, stop.by}));
  for (const StoppedUseCase& stopped : concerned(stop)) {
    TRY(
        tx.execute("INSERT INTO incidents_switched (use_case, scope, name, stopped_at, fallback, decisions) "
                   "VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (use_case, scope, name, stopped_at) DO NOTHING",
                   {stopped.use_case, scope, stop.name, stop.at.microseconds, static_cast<int64_t>(stopped.fallback)}));
  }
  return {};
}

Result<Switch> Switches::stop(const kernel::Stop& stop) {
  TRY(needs_.kernel.stop(stop));
  TRY(adopt_stops());
  std::optional<Switch> out;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    out = TRY(find_standing(reader, stop.scope, stop.name));
    return {};
  }));
  // Another person may have been quicker to lift it than we to look.
  if (!out) return fail(ErrorCode::conflict, "name", words_of(stop.scope, stop.name) + " was lifted in this moment");
  return *std::move(out);
}

Result<Switch> Switches::lift(const Lift& lift) {
  TRY(adopt_stops());
  const Timestamp now = needs_.clock.now();
  std::optional<Switch> one;
  bool confirmed = false;
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    one = TRY(find_standing(tx, lift.scope, lift.name));
    if (!one) {
      return fail(ErrorCode::not_found, "name", words_of(lift.scope, lift.name) + " is not stopped");
    }
    confirmed = is_asked(*one, now) && one->lift_asked_by != lift.by;
    if (confirmed || is_asked(*one, now)) return {};  // asked once is asked
    one->lift_asked_by = lift.by;
    one->lift_why = lift.why;
    one->lift_asked_at = now;
    ActBy{needs_.evidence, lift.by, now}.record(evidence::RecordKind::stop,
                                                "lift of " + words_of(lift.scope, lift.name) + " asked: " + lift.why);
    return note_lifted(tx, *one);
  }));
  if (!confirmed) return *std::move(one);
  TRY(needs_.kernel.lift(lift.scope, lift.name, lift.by,
                         one->lift_why + " (asked by " + one->lift_asked_by + "); " + lift.why));
  one->lifted_by = lift.by;
  one->lifted_at = now;
  TRY(needs_.store.write([&](Transaction& tx) { return note_lifted(tx, *one); }));
  return *std::move(one);
}

Result<std::vector<Switch>> Switches::standing() const {
  std::vector<Switch> out;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    out = TRY(read_switches(reader, "WHERE lifted_at = 0 ORDER BY stopped_at", {}));
    return {};
  }));
  // What stands in the kernel and is not in our book yet is shown all the same.
  for (const kernel::Stop& stop : needs_.kernel.stops()) {
    const bool known = std::any_of(out.begin(), out.end(), [&](const Switch& one) {
      return one.scope == stop.scope && one.name == stop.name && one.at == stop.at;
    });
    if (!known) out.push_back({stop.scope, stop.name, stop.why, stop.by, stop.at, concerned(stop), "", "", {}, "", {}});
  }
  return out;
}

Result<std::vector<Switch>> Switches::lifted(int64_t limit) const {
  std::vector<Switch> out;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    const Param params[] = {limit};
    out = TRY(read_switches(reader, "WHERE lifted_at <> 0 ORDER BY lifted_at DESC LIMIT ?", params));
    return {};
  }));
  return out;
}

Result<std::vector<Switch>> Switches::lifts_asked(std::string_view by) const {
  std::vector<Switch> out = TRY(standing());
  const Timestamp now = needs_.clock.now();
  std::erase_if(out, [&](const Switch& one) { return !is_asked(one, now) || one.lift_asked_by == by; });
  return out;
}

// The kernel's stops are the truth; whoever threw or lifted one without us, or died half way, is caught up with here.
Result<void> Switches::adopt_stops() {
  const auto stops = needs_.kernel.stops();
  const auto stands = [&](const Switch& one) {
    return std::any_of(stops.begin(), stops.end(), [&](const kernel::Stop& stop) {
      return stop.scope == one.scope && stop.name == one.name && stop.at == one.at;
    });
  };
  const Timestamp now = needs_.clock.now();
  return needs_.store.write([&](Transaction& tx) -> Result<void> {
    std::vector<Switch> noted = TRY(read_switches(tx, "WHERE lifted_at = 0", {}));
    for (const kernel::Stop& stop : stops) {
      const bool known = std::any_of(noted.begin(), noted.end(), [&](const Switch& one) {
        return one.scope == stop.scope && one.name == stop.name && one.at == stop.at;
      });
      if (!known) TRY(note_stop(tx, stop));
    }
    for (Switch& one : noted) {
      if (stands(one)) continue;
      one.lifted_at = now;
      one.lifted_by = "(not through a switch)";
      TRY(note_lifted(tx, one));
    }
    return {};
  });
}

void Switches::see(const kernel::Seen& seen) {
  if (seen.record.kind != evidence::RecordKind::decision) return;
  seen_[seen.judgement.use_case].push_back(seen.circumstances.at);
}

Result<void> Switches::flush(Transaction& tx) {
  if (seen_.empty()) return {};
  struct Counted {
    std::string use_case, name;
    int64_t scope, stopped_at, lifted_at;
  };
  std::vector<Counted> stops;
  TRY(
      tx.each("SELECT u.use_case, u.name, u.scope, u.stopped_at, s.lifted_at FROM incidents_switched u JOIN "
              "incidents_switch s ON s.scope = u.scope AND s.name = u.name AND s.stopped_at = u.stopped_at",
              {}, [&](const Row& row) -> Result<void> {
                stops.push_back({std::string(row.text(0)), std::string(row.text(1)), row.integer(2), row.integer(3),
                                 row.integer(4)});
                return {};
              }));
  for (const Counted& stop : stops) {
    const auto found = seen_.find(stop.use_case);
    if (found == seen_.end()) continue;
    const auto during = std::count_if(found->second.begin(), found->second.end(), [&](Timestamp at) {
      return at.microseconds >= stop.stopped_at && (stop.lifted_at == 0 || at.microseconds < stop.lifted_at);
    });
    if (during == 0) continue;
    TRY(
        tx.execute("UPDATE incidents_switched SET decisions = decisions + ? WHERE use_case = ? AND scope = ? AND "
                   "name = ? AND stopped_at = ?",
                   {static_cast<int64_t>(during), stop.use_case, stop.scope, stop.name, stop.stopped_at}));
  }
  return {};
}

}  // namespace puhui::incidents
