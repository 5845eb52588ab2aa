#include "bank/governance.h"

#include "bank/pack_reports.h"
#include "governance/audit/nightly.h"
#include "governance/audit/review_log.h"

namespace puhui {

namespace {

void add(std::vector<Migration>& to, std::vector<Migration> migrations) {
  for (Migration& migration : migrations) to.push_back(std::move(migration));
}

// A chore answers nothing.
template <class Answer>
Result<void> done(const Result<Answer>& answer) {
  if (!answer) return fail(answer.error());
  return {};
}

}  // namespace

std::vector<Migration> governance_migrations() {
  std::vector<Migration> out;
  add(out, incidents::migrations());
  add(out, inventory::migrations());
  add(out, permits::migrations());
  add(out, drift::migrations());
  add(out, fairness::migrations());
  add(out, audit::migrations());
  add(out, promotion::migrations());
  add(out, heatmap::migrations());
  return out;
}

Result<std::unique_ptr<Governance>> Governance::open(const GovernanceNeeds& needs) {
  std::unique_ptr<Governance> governance(new Governance(needs));
  TRY(governance->follower_.add(governance->switches_));
  TRY(governance->follower_.add(governance->challengers_));
  governance->drift_book_ = TRY(drift::DriftBook::open(needs.store, needs.evidence, needs.kernel));
  TRY(governance->follower_.add(*governance->drift_book_));
  TRY(governance->follower_.add(governance->decay_book_));
  const auto follow = [at = governance.get()](Progress& progress) { return at->follow_for_a_verb(progress); };
  governance->drift_verbs_.emplace(drift::VerbNeeds{{needs.store, needs.kernel, needs.clock}, needs.evidence, follow});
  governance->fairness_book_ = TRY(fairness::FairnessBook::open(needs.store));
  TRY(governance->follower_.add(*governance->fairness_book_));
  governance->fairness_verbs_.emplace(
      fairness::VerbNeeds{{needs.store, needs.evidence, needs.kernel, needs.files, needs.clock}, follow});
  TRY(governance->follower_.add(governance->decision_index_));
  governance->audit_needs_.emplace(
      audit::AuditNeeds{needs.store, needs.evidence, needs.kernel, needs.clock, follow,
                        [at = governance.get()](std::string_view source, std::string_view use_case) {
                          return pack_report(governance_verbs(at), source, use_case);
                        }});
  governance->promotion_ =
      TRY(promotion::Office::open({needs.store, needs.evidence, needs.kernel, needs.clock, needs.log}));
  TRY(governance->follower_.add(governance->promotion_->projection()));
  governance->promotion_verbs_.emplace(
      promotion::PromotionVerbNeeds{*governance->promotion_, needs.store, needs.kernel, needs.clock, follow});
  governance->heatmap_verbs_.emplace(
      heatmap::VerbNeeds{needs.store, needs.evidence, needs.kernel.use_cases(), needs.clock,
                         [audit = &*governance->audit_needs_](Timestamp from, Timestamp to) {
                           return audit::overridden(*audit, from, to);
                         }});
  governance->today_needs_.emplace(
      today::TodayNeeds{governance->switches_, governance->proposals_, *governance->audit_needs_});
  return governance;
}

Result<void> Governance::follow(Progress& progress) {
  const std::lock_guard lock(following_);
  return follower_.catch_up(progress);
}

Result<void> Governance::follow_for_a_verb(Progress& progress) {
  constexpr uint64_t kRecordsFollowedAtOnce = 20'000;
  constexpr auto kWait = std::chrono::milliseconds(500);
  if (!kept_by_chores_) return follow(progress);
  const std::unique_lock lock(following_, kWait);
  if (!lock.owns_lock() || follower_.behind() > kRecordsFollowedAtOnce) return {};
  return follower_.catch_up(progress);
}

std::vector<Chore> Governance::chores() {
  constexpr int64_t kSecondMs = 1000, kMinuteMs = 60 * kSecondMs, kHourMs = 60 * kMinuteMs, kDayMs = 24 * kHourMs;
  kept_by_chores_ = true;
  return {{"follow", kSecondMs, [this](Progress& progress) { return follow(progress); }},
          {"switches", kMinuteMs, [this](Progress&) { return switches_.tend(); }},
          {"drills", kHourMs, [this](Progress&) { return switches_.watch_drills(); }},
          {"validations", kHourMs, [this](Progress&) { return inventory::watch_validations(inventory_needs_); }},
          {"permits", kSecondMs, [this](Progress&) { return proposals_.due(); }},
          {"expiry", kHourMs, [this](Progress&) { return proposals_.watch_expiry(); }},
          {"promotion", kMinuteMs, [this](Progress&) { return promotion_->step(); }},
          {"audit", kMinuteMs, [this](Progress& progress) { return audit::night_if_due(*audit_needs_, progress); }},
          {"drift", kHourMs, [this](Progress&) { return done(drift::measure_all(drift_verbs_->measure)); }},
          {"decay", kDayMs, [this](Progress&) { return done(drift::measure_decay(drift_verbs_->measure)); }},
          {"fairness", kDayMs,
           [this](Progress& progress) { return done(fairness::measure_all(fairness_verbs_->measure, {}, progress)); }}};
}

std::vector<Verb> governance_verbs(const Governance* governance) {
  const auto lent = [governance](const auto& needs) { return governance ? &*(governance->*needs) : nullptr; };
  const auto part = [governance](auto needs) { return governance ? &(governance->*needs) : nullptr; };
  std::vector<Verb> out;
  const auto hand_on = [&](std::vector<Verb> verbs) {
    for (Verb& verb : verbs) out.push_back(std::move(verb));
  };
  hand_on(incidents::alert_verbs(part(&Governance::incident_needs_)));
  hand_on(incidents::incident_verbs(part(&Governance::incident_needs_)));
  hand_on(incidents::switch_verbs(part(&Governance::switch_verbs_)));
  hand_on(inventory::inventory_verbs(part(&Governance::inventory_needs_)));
  hand_on(today::today_verbs(lent(&Governance::today_needs_)));
  hand_on(permits::proposal_verbs(part(&Governance::proposal_verbs_)));
  hand_on(permits::permit_history_verbs(part(&Governance::permit_needs_)));
  for (Verb& verb : drift::verbs(lent(&Governance::drift_verbs_))) out.push_back(std::move(verb));
  for (Verb& verb : fairness::verbs(lent(&Governance::fairness_verbs_))) out.push_back(std::move(verb));
  for (Verb& verb : audit::verbs(lent(&Governance::audit_needs_))) out.push_back(std::move(verb));
  for (Verb& verb : promotion::promotion_verbs(lent(&Governance::promotion_verbs_))) out.push_back(std::move(verb));
  for (Verb& verb : heatmap::verbs(lent(&Governance::heatmap_verbs_))) out.push_back(std::move(verb));
  return out;
}

}  // namespace puhui
