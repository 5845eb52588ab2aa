// Switches: the kill switch with its declared fallback, its history and its drills, over the kernel's routing. One person
// stops, at once; two different people lift. A drill shows beforehand that the fallback would answer.
#pragma once

#include <string>
#include <vector>

#include "governance/incidents/incident.h"
#include "infrastructure/kernel/follower.h"
#include "infrastructure/kernel/kernel.h"

namespace puhui::incidents {

struct IncidentNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  kernel::Kernel& kernel;
  const Clock& clock;
};

inline constexpr int64_t kLiftAskedHoursMax = 24;  // then the asking is void
inline constexpr int64_t kDrillDaysMax = 90;       // older than this, a drill says nothing
inline constexpr uint64_t kDrillDecisionsMax = 100;
inline constexpr uint64_t kDrillRecordsReadMax = 20'000;  // back from the newest, to find them

// One use case that a stop concerns, and what answers there meanwhile.
struct StoppedUseCase {
  std::string use_case;
  kernel::Fallback fallback = kernel::Fallback::human;
  int64_t decisions = 0;  // taken by the fallback since the stop
};
void fields(Shape& shape, StoppedUseCase& stopped);

struct Switch {
  kernel::StopScope scope = kernel::StopScope::use_case;
  std::string name, why, by;
  Timestamp at;
  std::vector<StoppedUseCase> use_cases;
  std::string lift_asked_by, lift_why;  // empty: nobody asked
  std::optional<Timestamp> lift_asked_at;
  std::string lifted_by;
  std::optional<Timestamp> lifted_at;  // none: it stands
};
void fields(Shape& shape, Switch& one);

struct Drill {
  std::string use_case;
  Timestamp at;
  std::string by;
  kernel::Fallback fallback = kernel::Fallback::human;
  std::optional<Digest> permit;  // of what would answer; none: a person, or nobody
  bool passed = false;
  std::vector<std::string> findings;                    // why it did not pass, and what it could not try
  int64_t decisions_tried = 0, decisions_answered = 0;  // the newest recorded ones, judged again by the fallback
  int64_t duration_us = 0;
};
void fields(Shape& shape, Drill& drill);

// What stood stopped at that moment.
Result<std::vector<Switch>> switches_at(Reader& reader, Timestamp at);

// The champion before the one in force: what `previous` and a rollback lead to. None: there was none.
Result<std::optional<Digest>> previous_champion(Reader& reader, std::string_view use_case, const Digest& in_force);

// Also counts, behind the decision path, what fallbacks decided.
class Switches : public kernel::Projection {
 public:
  explicit Switches(const IncidentNeeds& needs) : needs_(needs) {}

  // It holds when this returns well. conflict: it is stopped already.
  Result<Switch> stop(const kernel::Stop& stop);
  // The first person asks; another confirms, and then it is lifted. conflict: nothing is stopped under that name.
  struct Lift {
    kernel::StopScope scope = kernel::StopScope::use_case;
    std::string name, why, by;
  };
  Result<Switch> lift(const Lift& lift);
  Result<std::vector<Switch>> standing() const;                        // by when they were stopped
  Result<std::vector<Switch>> lifted(int64_t limit) const;             // the newest first
  Result<std::vector<Switch>> lifts_asked(std::string_view by) const;  // that `by` could confirm

  Result<Drill> drill(std::string_view use_case, std::string_view by);
  Result<std::vector<Drill>> drills(std::string_view use_case, int64_t limit) const;  // the newest first

  // For housekeeping. Every minute: incidents of severe alerts, stops made behind our back. Every hour: alerts for use
  // cases without a passed drill.
  Result<void> tend();
  Result<void> watch_drills();

  std::string_view name() const override { return "incidents_switches"; }
  void see(const kernel::Seen& seen) override;
  Result<void> flush(Transaction& tx) override;
  void settled() override { seen_.clear(); }
  void dropped() override { seen_.clear(); }

 private:
  std::vector<StoppedUseCase> concerned(const kernel::Stop& stop) const;
  Result<void> note_stop(Transaction& tx, const kernel::Stop& stop) const;
  Result<void> adopt_stops();
  Result<void> tend_alerts(Timestamp now);

  IncidentNeeds needs_;
  std::map<std::string, std::vector<Timestamp>> seen_;  // use case → when decisions were taken
};

}  // namespace puhui::incidents
