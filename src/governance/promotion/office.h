// Office: leads promotions: starts them, looks at guardrails and quality, moves them on or takes them back. Every move
// is an act in the evidence (RecordKind::promotion); what ends badly raises an alert as well. The promotion's row says
// what should be; the kernel's routing is made to follow it, also after a crash between the two.
#pragma once

#include <memory>
#include <mutex>

#include "governance/promotion/shapes.h"
#include "governance/promotion/tally.h"
#include "ground/base/log.h"
#include "infrastructure/kernel/kernel.h"

namespace puhui::promotion {

struct PromotionNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  kernel::Kernel& kernel;
  const Clock& clock;
  Log& log;
};

class Office {
 public:
  static Result<std::unique_ptr<Office>> open(PromotionNeeds needs);

  // For the follower, before it follows; lives as long as the office.
  kernel::Projection& projection() { return tally_; }

  // Admits the challenger, judges the golden vectors twice, and puts it in the shadow. conflict: one is open.
  Result<Promotion> start(const StartRequest& request, std::string_view by);
  // The housekeeping's, each minute, after the follower has caught up: looks at every open promotion. What goes wrong
  // with one is logged and does not keep the others waiting.
  Result<void> step();

  // conflict: it waits for something, named; a held one runs again.
  Result<Promotion> advance(std::string_view use_case, std::string_view by);
  Result<Promotion> hold(std::string_view use_case, std::string_view why, std::string_view by);
  // Back to the champion, by a person.
  Result<Promotion> stop(std::string_view use_case, std::string_view why, std::string_view by);
  // Tier 1: into the stage that follows. forbidden: the permit's author, or the same person twice.
  Result<Promotion> approve(std::string_view use_case, std::string_view person);

  Result<GoldenAnswer> golden(const std::string& use_case, int64_t n);
  Result<PromotionView> show(const ShowRequest& request);
  Result<PromotionList> list(const ListRequest& request);

 private:
  explicit Office(PromotionNeeds needs) : needs_(needs) {}
  // What is known of one promotion at one moment.
  struct Seen {
    Tallied tally;
    std::vector<LookView> looks;
    std::vector<GuardrailView> guardrails;
    std::optional<Stage> next;
    std::vector<std::string> waits_for;  // but for approvals
    int64_t approvals_missing = 0;
    Timestamp now;
  };
  Result<Seen> look_at(const Promotion& promotion);
  Result<Promotion> opened(std::string_view use_case);
  Result<std::vector<Promotion>> all();

  Result<void> step(Promotion promotion);
  Result<bool> somebody_elses(Promotion& promotion);
  Result<bool> take_look(Promotion& promotion, Seen& seen);
  Result<void> move_on(Promotion& promotion, const Seen& seen, std::string_view by);
  Result<void> finish(Promotion& promotion, std::string_view by);
  Result<void> take_back(Promotion& promotion, State state, const std::string& why, std::string_view by);
  Result<void> route(const Promotion& promotion);
  Result<void> unroute(const Promotion& promotion, std::string_view by, const std::string& why);
  // The row, an event, an act in the evidence, and an alert if there is one, in one transaction.
  struct Change {
    std::string kind, words, by;
    int64_t alert_severity = 0;  // 0: none is raised
    std::string zh;              // the alert's second language
    std::optional<LookView> look;
  };
  Result<void> keep(const Promotion& promotion, const Change& change);
  Result<void> refresh_tally();

  PromotionNeeds needs_;
  Tally tally_;
  std::mutex change_;  // one change of any promotion at a time
};

}  // namespace puhui::promotion
