// ScreeningDesk: holds names against the lists as they are now, decides through the kernel, remembers what people said of a match, and screens
// known parties again when a list or a party changed. The index is made anew beside the requests and swapped in whole.
#pragma once

#include <memory>
#include <mutex>

#include "applications/aml/list_table.h"
#include "applications/aml/match_table.h"
#include "applications/aml/screening_policy.h"
#include "ground/base/verb.h"
#include "infrastructure/cases/office.h"
#include "infrastructure/screening/list_file.h"

namespace puhui::aml {

struct ScreeningNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  kernel::Kernel& kernel;
  cases::Office& cases;
  const Clock& clock;
  Log& log;
};

class ScreeningDesk {
 public:
  // Reads the lists and attends to verdicts on its alerts.
  static Result<std::unique_ptr<ScreeningDesk>> open(ScreeningNeeds needs);

  // unavailable: no list was imported. While no permit is in force the lists are only looked into: kUnjudged, no decision.
  Result<ScreenAnswer> screen(const ScreenRequest& request, std::string_view caller);

  // A new version of a list; names are held against it from the return on.
  Result<ListImportAnswer> import(const std::string& list, const screening::ReadList& read, const ListSource& source,
                                  std::string_view caller);
  Result<PartiesImportAnswer> import_parties(const std::vector<PartyView>& parties);

  // What changed of lists and parties since the last time, or everything. Asked to stop it ends with `unavailable`; run again, it
  // begins anew and finds its own matches known.
  Result<RescreenAnswer> rescreen(bool all, std::string_view caller, Progress& progress);

  // `different` holds at once; `same` waits for another person. conflict: it is decided already.
  Result<void> decide(const MatchDecideRequest& request, std::string_view by);
  Result<void> confirm(const MatchConfirmRequest& request, std::string_view by);  // forbidden: the proposer

 private:
  // The lists as one index.
  struct Held {
    std::vector<ListVersion> versions;
    Digest digest;
    screening::Screener screener;
  };
  explicit ScreeningDesk(ScreeningNeeds needs) : needs_(needs) {}
  std::shared_ptr<const Held> held() const;
  Result<void> load();
  struct Judged;
  // One rescreening: the lists as it began, and what changed of them.
  struct Again {
    const Held& held;
    const screening::Screener& difference;
    bool all;
    std::string_view caller;
  };
  Result<std::vector<uint32_t>> changed_places(const Held& held) const;
  Result<void> rescreen_page(const Again& again, std::span<const KnownParty> page, RescreenAnswer& out);
  Result<void> seen(const Again& again, const RescreenAnswer& out);
  Result<Judged> judge(const ScreenRequest& request, const Held& held, const screening::Screener& screener,
                       std::string_view caller);
  Result<void> keep(Transaction& tx, const Judged& judged, ScreenAnswer& answer, int64_t& opened);
  Result<void> settle(Transaction& tx, const StoredMatch& match, MatchState state, std::string_view by,
                      std::string_view why);
  Result<void> told(Transaction& tx, const cases::Alert& alert, cases::Verdict verdict, std::string_view by);

  ScreeningNeeds needs_;
  std::mutex importing_;  // one import at a time
  mutable std::mutex mutex_;
  std::shared_ptr<const Held> held_;
};

}  // namespace puhui::aml
