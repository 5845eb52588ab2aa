#include "governance/promotion/office.h"

#include <algorithm>

#include "governance/incidents/alert.h"
#include "governance/promotion/golden.h"
#include "governance/promotion/guardrails.h"
#include "governance/promotion/history.h"
#include "governance/promotion/quality.h"

namespace puhui::promotion {

namespace {

constexpr std::string_view kItself = "promotion";  // who acts when nobody does
constexpr std::string_view kApprovalSubject = "approval";
constexpr int64_t kMinuteUs = 60'000'000;

int64_t seed_of(const Promotion& promotion) { return static_cast<int64_t>(promotion.id.low >> 1); }

std::string name_of(Stage stage) { return std::string(names_of(&stage)[static_cast<size_t>(stage)]); }

}  // namespace

Result<std::unique_ptr<Office>> Office::open(PromotionNeeds needs) {
  std::unique_ptr<Office> office(new Office(needs));
  TRY(office->tally_.open(needs.store));
  TRY(office->refresh_tally());
  return office;
}

Result<std::vector<Promotion>> Office::all() {
  std::vector<Promotion> out;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    out = TRY(all_promotions(reader));
    return {};
  }));
  return out;
}

Result<Promotion> Office::opened(std::string_view use_case) {
  std::optional<Promotion> out;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    out = TRY(open_promotion(reader, use_case));
    return {};
  }));
  if (!out) return fail(ErrorCode::not_found, "use_case", "'" + std::string(use_case) + "' has no open promotion");
  return *std::move(out);
}

Result<void> Office::refresh_tally() {
  auto promotions = TRY(all());
  std::erase_if(promotions, [](const Promotion& p) { return !p.open(); });
  tally_.follow(std::move(promotions));
  return {};
}

// ---- keeping and routing

Result<void> Office::keep(const Promotion& promotion, const Change& change) {
  const Timestamp now = needs_.clock.now();
  evidence::Circumstances circumstances;
  circumstances.at = now;
  circumstances.caller = change.by;
  circumstances.human = change.by == kItself ? evidence::HumanRole::none : evidence::HumanRole::in_the_loop;
  const std::string words = "promotion " + promotion.id.text() + " of " + promotion.use_case + ": " + change.words;
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    TRY(put_promotion(tx, promotion));
    TRY(put_event(tx, promotion, {now, change.kind, change.words, change.by}));
    if (change.look) TRY(put_look(tx, promotion, *change.look));
    if (change.alert_severity > 0) {
      TRY(incidents::raise(tx, {"promotion", promotion.use_case, "", change.alert_severity, change.words, change.zh},
                           now));
    }
    TRY(incidents::settle(tx, "promotion", promotion.use_case, kApprovalSubject, now));
    needs_.evidence.append_act(evidence::RecordKind::promotion, words, circumstances);
    return {};
  }));
  return refresh_tally();
}

// Makes the kernel route as the promotion's row says; nothing where it does already.
Result<void> Office::route(const Promotion& promotion) {
  const auto challengers = needs_.kernel.challengers();
  const auto standing = std::ranges::find(challengers, promotion.use_case, &kernel::Challenger::use_case);
  if (promotion.stage == Stage::watch) {
    if (standing == challengers.end()) return {};
    return needs_.kernel.withdraw_challenger(promotion.use_case, kItself, "it is champion now");
  }
  kernel::Challenger wanted{promotion.use_case, promotion.challenger, kernel::ChallengerStage::shadow, 0,
                            seed_of(promotion)};
  if (promotion.stage != Stage::shadow) {
    wanted.stage = kernel::ChallengerStage::canary;
    wanted.share_ppm = promotion.share_ppm;
  }
  const bool stands = standing != challengers.end() && standing->permit == wanted.permit &&
                      standing->stage == wanted.stage && standing->share_ppm == wanted.share_ppm &&
                      standing->seed == wanted.seed;
  if (stands) return {};
  return needs_.kernel.challenge(wanted, kItself);
}

// Takes the challenger out of all deciding.
Result<void> Office::unroute(const Promotion& promotion, std::string_view by, const std::string& why) {
  const auto decides = needs_.kernel.in_force(promotion.use_case);
  if (decides && (*decides)->digest() == promotion.challenger) {
    TRY(needs_.kernel.reinstate(promotion.champion, by, why));
  }
  const auto challengers = needs_.kernel.challengers();
  const auto standing = std::ranges::find(challengers, promotion.use_case, &kernel::Challenger::use_case);
  if (standing == challengers.end() || standing->permit != promotion.challenger) return {};
  return needs_.kernel.withdraw_challenger(promotion.use_case, by, why);
}

// First the routing: until it is done the row still says "running", and the next step tries again.
Result<void> Office::take_back(Promotion& promotion, State state, const std::string& why, std::string_view by) {
  if (auto undone = unroute(promotion, by, why); !undone) {
    const std::string text = undone.error().text();
    TRY(needs_.store.write([&](Transaction& tx) {
      return incidents::raise(tx,
                              {"promotion", promotion.use_case, "", 1,
                               "The challenger could not be taken back: " + text, "挑战者未能撤回：" + text},
                              needs_.clock.now());
    }));
    return undone;
  }
  promotion.state = state;
  promotion.why = why;
  promotion.share_ppm = 0;
  const bool by_itself = state == State::rolled_back;
  return keep(promotion, {by_itself ? "rolled back" : "stopped", (by_itself ? "Rolled back: " : "Stopped: ") + why,
                          std::string(by), by_itself ? 1 : 0, "已自动回退：" + why, std::nullopt});
}

// ---- starting

Result<Promotion> Office::start(const StartRequest& request, std::string_view by) {
  const std::lock_guard lock(change_);
  if (request.permit.has_value() == request.digest.has_value()) {
    return fail(ErrorCode::invalid, "permit",
                std::string("expected a signed permit or the digest of one known here, came ") +
                    (request.permit ? "both" : "neither"));
  }
  const Plan plan = request.plan.value_or(Plan{});
  if (auto checked = check(plan); !checked) return fail(at("plan", std::move(checked).error()));
  if (request.permit && request.permit->manifest.use_case != request.use_case) {
    return fail(ErrorCode::invalid, "permit", "is one of '" + request.permit->manifest.use_case + "'");
  }
  if (auto standing = opened(request.use_case)) {
    return fail(ErrorCode::conflict, "use_case",
                "promotion " + standing->id.text() + " is in its " + name_of(standing->stage) + "; stop it first");
  }
  if (request.permit) TRY(needs_.kernel.admit(*request.permit, by));
  const auto challenger =
      TRY(needs_.kernel.find_version(request.permit ? request.permit->manifest.digest() : *request.digest));
  const auto champion = TRY(needs_.kernel.in_force(request.use_case));
  const evidence::Manifest& manifest = challenger->permit().manifest;
  if (champion->facts() != challenger->facts()) {
    return fail(ErrorCode::invalid, "permit", "its facts differ from the champion's; both must judge the same");
  }
  if (champion->digest() == challenger->digest()) return fail(ErrorCode::conflict, "permit", "it decides already");

  Promotion out;
  out.started_at = out.stage_since = needs_.clock.now();
  out.golden_vectors =
      TRY(check_golden({needs_.store, needs_.evidence, needs_.kernel}, *champion, *challenger, out.started_at));
  out.id = PromotionId(Id128{static_cast<uint64_t>(out.started_at.microseconds / 1000) << 16,
                             hash64(challenger->digest().view(), static_cast<uint64_t>(needs_.evidence.records()))});
  out.use_case = request.use_case;
  out.champion = champion->digest();
  out.challenger = challenger->digest();
  out.tier = manifest.tier;
  out.author = manifest.author;
  out.started_by = by;
  out.plan = plan;
  out.same_scores = same_models(champion->permit().manifest, manifest);
  TRY(route(out));  // refuses a permit that does not hold, before anything says that a promotion runs
  out.phase_after = {static_cast<int64_t>(needs_.evidence.records())};
  TRY(needs_.store.write([&](Transaction& tx) {
    return incidents::settle(tx, "promotion", out.use_case, "", out.started_at);  // of the one before
  }));
  TRY(keep(out, {"started",
                 "Permit " + out.challenger.short_hex() + " in the shadow of " + out.champion.short_hex() + "; " +
                     std::to_string(out.golden_vectors) + " golden vectors agreed to the bit",
                 std::string(by), 0, "", std::nullopt}));
  return out;
}

// ---- looking

namespace {

std::optional<Stage> stage_after(const Promotion& promotion) {
  const auto shares = static_cast<int64_t>(promotion.plan.ramp_shares_ppm.size());
  switch (promotion.stage) {
    case Stage::shadow: return Stage::canary;
    case Stage::canary: return shares > 0 ? Stage::ramp : Stage::watch;
    case Stage::ramp: return promotion.step + 1 < shares ? Stage::ramp : Stage::watch;
    case Stage::watch: return std::nullopt;
  }
  return std::nullopt;
}

void wait_for(std::vector<std::string>& waits, const std::string& what, int64_t have, int64_t need) {
  if (have < need) waits.push_back(what + ": " + std::to_string(have) + " of " + std::to_string(need));
}

std::vector<std::string> missing(const Promotion& promotion, const Tallied& tally, const std::vector<LookView>& looks,
                                 Timestamp now) {
  const Plan& plan = promotion.plan;
  std::vector<std::string> waits;
  const size_t phase = promotion.phase();
  if (promotion.stage == Stage::shadow) {
    wait_for(waits, "decisions judged in the shadow", tally.arm(0, Arm::shadow).decisions, plan.shadow_decisions_min);
  } else {
    wait_for(waits, "decisions of the challenger", tally.arm(phase, Arm::challenger).decisions,
             promotion.stage == Stage::watch ? plan.watch_decisions : plan.step_decisions_min);
  }
  const int64_t minutes = (now.microseconds - promotion.stage_since.microseconds) / kMinuteUs;
  wait_for(waits, "minutes in this stage", minutes, plan.stage_minutes_min);
  const auto next = stage_after(promotion);
  const std::string quality = verdict_of(promotion, looks);
  if (next == Stage::watch && plan.quality_required && quality != kSameScores && quality != kBetter) {
    waits.push_back("quality on decisions with known ends: " + quality);
  }
  return waits;
}

// Not proven yet, and no reason to go on either.
bool is_outside(const GuardrailView& view) {
  return view.value > view.bound_high || (view.bound_low && view.value < *view.bound_low);
}

// Into the canary, into the ramp, and to champion: each a move that two people answer for. Rising shares of one ramp
// are one move.
int64_t approvals_missing(const Promotion& promotion) {
  const auto next = stage_after(promotion);
  if (promotion.tier != 1 || !next || (*next == Stage::ramp && promotion.stage == Stage::ramp)) return 0;
  constexpr int64_t kPeople = 2;
  const auto given = std::ranges::count(promotion.approvals, *next, &Approver::stage);
  return std::max<int64_t>(0, kPeople - given);
}

}  // namespace

Result<Office::Seen> Office::look_at(const Promotion& promotion) {
  Seen out;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    out.tally = TRY(read_tally(reader, promotion));
    out.looks = TRY(read_looks(reader, promotion));
    return {};
  }));
  out.now = needs_.clock.now();
  out.guardrails = guardrails(promotion, out.tally);
  out.next = stage_after(promotion);
  out.waits_for = missing(promotion, out.tally, out.looks, out.now);
  for (const GuardrailView& one : out.guardrails) {
    if (!one.broken && is_outside(one)) out.waits_for.push_back(one.name + " inside its bounds, if only by its value");
  }
  out.approvals_missing = approvals_missing(promotion);
  return out;
}

// ---- stepping

Result<void> Office::step() {
  const std::lock_guard lock(change_);
  for (Promotion& promotion : TRY(all())) {
    if (!promotion.open()) continue;
    const std::string use_case = promotion.use_case;
    if (const auto stepped = step(std::move(promotion)); !stepped) {
      needs_.log.warning("promotion_step_failed", {{"use_case", use_case}, {"why", stepped.error().text()}});
    }
  }
  return {};
}

Result<void> Office::step(Promotion promotion) {
  if (TRY(somebody_elses(promotion))) return {};
  TRY(route(promotion));
  Seen seen = TRY(look_at(promotion));
  const auto broken = std::ranges::find(seen.guardrails, true, &GuardrailView::broken);
  if (broken != seen.guardrails.end()) {
    return take_back(promotion, State::rolled_back, "guardrail " + broken->name + " broken", kItself);
  }
  if (TRY(take_look(promotion, seen)) || promotion.state != State::running || !seen.waits_for.empty()) return {};
  if (seen.approvals_missing > 0) {
    return needs_.store.write([&](Transaction& tx) {
      return incidents::raise(
          tx,
          {"promotion", promotion.use_case, std::string(kApprovalSubject), 3,
           "A challenger waits for two people to let it into its next stage.", "挑战者等待两人批准进入下一阶段。"},
          needs_.clock.now());
    });
  }
  if (promotion.tier == 1 || promotion.plan.automatic || !seen.next) return move_on(promotion, seen, kItself);
  return {};
}

// Whether what decides is not what this promotion is about any more; then it is over.
Result<bool> Office::somebody_elses(Promotion& promotion) {
  const auto decides = TRY(needs_.kernel.in_force(promotion.use_case))->digest();
  const bool watched = promotion.stage == Stage::watch;
  if (decides == (watched ? promotion.challenger : promotion.champion)) return false;
  if (!watched && decides == promotion.challenger) {  // it was made champion, and the row was not written any more
    TRY(finish(promotion, kItself));
    return true;
  }
  TRY(take_back(promotion, State::stopped, "another permit was put in force: " + decides.short_hex(), kItself));
  return true;
}

// Takes the look that is due; answers whether it ended or held the promotion.
Result<bool> Office::take_look(Promotion& promotion, Seen& seen) {
  if (promotion.same_scores || next_look_rows(promotion.plan, seen.looks) == 0) return false;
  MaturedPairs pairs;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    pairs = TRY(read_matured(reader, promotion,
                             evidence::outcome_name_of(needs_.kernel.use_cases(), promotion.use_case), seen.now));
    return {};
  }));
  const auto look = due_look(promotion.plan, seen.looks, pairs, seen.now);
  if (!look) return false;
  const std::string words =
      "Look " + std::to_string(look->number) + " at " + std::to_string(look->rows) + " known ends: " + look->verdict;
  Change change{"look", words, std::string(kItself), 0, "", look};
  const bool undecided = look->verdict == kUndecided && promotion.plan.quality_required;
  if (undecided) {
    promotion.state = State::held;
    promotion.why = "its quality is undecided after the last look";
    change.alert_severity = 3;
    change.zh = "最后一次检验后，挑战者的质量仍无定论。";
  }
  TRY(keep(promotion, change));
  seen = TRY(look_at(promotion));
  if (look->verdict != kWorse) return undecided;
  TRY(take_back(promotion, State::rolled_back, "it ranks borrowers worse than the champion", kItself));
  return true;
}

Result<void> Office::move_on(Promotion& promotion, const Seen& seen, std::string_view by) {
  if (!seen.next) {
    promotion.state = State::promoted;
    promotion.why = "every guardrail held to the end of the watch";
    return keep(promotion, {"promoted", "Promoted: " + promotion.why, std::string(by), 0, "", std::nullopt});
  }
  if (*seen.next == Stage::watch) {
    TRY(needs_.kernel.reinstate(promotion.challenger, by, "promotion " + promotion.id.text()));
    return finish(promotion, by);
  }
  promotion.step = promotion.stage == Stage::ramp ? promotion.step + 1 : 0;
  promotion.stage = *seen.next;
  promotion.share_ppm = promotion.stage == Stage::canary
                            ? promotion.plan.canary_share_ppm
                            : promotion.plan.ramp_shares_ppm[static_cast<size_t>(promotion.step)];
  promotion.stage_since = needs_.clock.now();
  promotion.phase_after.push_back(static_cast<int64_t>(needs_.evidence.records()));
  TRY(keep(promotion, {"moved",
                       "Into " + name_of(promotion.stage) + ": it decides for " + std::to_string(promotion.share_ppm) +
                           " of a million entities",
                       std::string(by), 0, "", std::nullopt}));
  return route(promotion);
}

// The kernel has made it champion; from here on it is watched.
Result<void> Office::finish(Promotion& promotion, std::string_view by) {
  constexpr int64_t kMillion = 1'000'000;
  promotion.stage = Stage::watch;
  promotion.share_ppm = kMillion;
  promotion.stage_since = needs_.clock.now();
  promotion.phase_after.push_back(static_cast<int64_t>(needs_.evidence.records()));
  TRY(keep(promotion, {"moved", "Champion, and still watched", std::string(by), 0, "", std::nullopt}));
  return route(promotion);
}

// ---- people

Result<Promotion> Office::advance(std::string_view use_case, std::string_view by) {
  const std::lock_guard lock(change_);
  Promotion promotion = TRY(opened(use_case));
  if (promotion.state == State::held) {
    promotion.state = State::running;
    promotion.why.clear();
    TRY(keep(promotion, {"released", "Released", std::string(by), 0, "", std::nullopt}));
  }
  const Seen seen = TRY(look_at(promotion));
  Faults faults;
  for (const GuardrailView& one : seen.guardrails) {
    if (one.broken) faults.add("guardrails", one.name + " is broken");
  }
  for (const std::string& what : seen.waits_for) faults.add("waits_for", what);
  if (seen.approvals_missing > 0) {
    faults.add("approvals", std::to_string(seen.approvals_missing) + " people have yet to approve");
  }
  TRY(std::move(faults).result(ErrorCode::conflict));
  TRY(move_on(promotion, seen, by));
  return promotion;
}

Result<Promotion> Office::hold(std::string_view use_case, std::string_view why, std::string_view by) {
  const std::lock_guard lock(change_);
  Promotion promotion = TRY(opened(use_case));
  promotion.state = State::held;
  promotion.why = why;
  TRY(keep(promotion, {"held", "Held: " + promotion.why, std::string(by), 0, "", std::nullopt}));
  return promotion;
}

Result<Promotion> Office::stop(std::string_view use_case, std::string_view why, std::string_view by) {
  const std::lock_guard lock(change_);
  Promotion promotion = TRY(opened(use_case));
  TRY(take_back(promotion, State::stopped, std::string(why), by));
  return promotion;
}

Result<Promotion> Office::approve(std::string_view use_case, std::string_view person) {
  const std::lock_guard lock(change_);
  Promotion promotion = TRY(opened(use_case));
  const Seen seen = TRY(look_at(promotion));
  if (seen.approvals_missing == 0) {
    return fail(ErrorCode::conflict, "use_case",
                promotion.tier == 1 ? "nothing waits for an approval"
                                    : "is of tier " + std::to_string(promotion.tier) + ": it needs no approval");
  }
  if (person == promotion.author) {
    return fail(ErrorCode::forbidden, "person", "'" + promotion.author + "' wrote the permit; two others must approve");
  }
  const bool again = std::ranges::any_of(promotion.approvals, [&](const Approver& approver) {
    return approver.person == person && approver.stage == *seen.next;
  });
  if (again) return fail(ErrorCode::forbidden, "person", "'" + std::string(person) + "' has approved; another must");
  Faults early;  // nobody approves what is not shown yet
  if (promotion.state != State::running) early.add("state", "it is held: " + promotion.why);
  for (const std::string& what : seen.waits_for) early.add("waits_for", what);
  TRY(std::move(early).result(ErrorCode::conflict));
  promotion.approvals.push_back({std::string(person), *seen.next, seen.now});
  TRY(keep(promotion, {"approved", "Approved into " + name_of(*seen.next), std::string(person), 0, "", std::nullopt}));
  if (seen.approvals_missing == 1) TRY(move_on(promotion, seen, person));
  return promotion;
}

Result<GoldenAnswer> Office::golden(const std::string& use_case, int64_t n) {
  return freeze({needs_.store, needs_.evidence, needs_.kernel}, use_case, n, needs_.clock.now());
}

}  // namespace puhui::promotion
