// What the office shows of promotions.
#include <algorithm>

#include "governance/promotion/guardrails.h"
#include "governance/promotion/history.h"
#include "governance/promotion/office.h"
#include "governance/promotion/quality.h"

namespace puhui::promotion {

namespace {

double part(int64_t some, int64_t all) { return all == 0 ? 0 : static_cast<double>(some) / static_cast<double>(all); }

std::vector<ArmView> arm_views(const Tallied& tally) {
  std::vector<ArmView> out;
  for (const auto& [place, arm] : tally.arms) {
    ArmView view;
    view.phase = static_cast<int64_t>(place.first);
    view.arm = place.second;
    view.decisions = arm.decisions;
    view.approvals = arm.approvals;
    view.referrals = arm.referrals;
    view.failures = arm.failures;
    view.refusals = arm.decisions - arm.approvals - arm.referrals - arm.failures;
    view.approval_share = part(arm.approvals, arm.decisions);
    view.referral_share = part(arm.referrals, arm.decisions);
    view.cpu_us_mean = arm.cpu_us.mean;
    view.latency_us_mean = arm.latency_us.mean;
    out.push_back(view);
  }
  return out;
}

// Every phase that was passed, and the one it is in: what was seen then stays to be seen.
std::vector<GuardrailView> guardrail_views(const Promotion& promotion, const std::vector<GuardrailView>& now,
                                           const Tallied& tally) {
  std::vector<GuardrailView> out = now;
  if (promotion.stage != Stage::shadow) {
    for (GuardrailView& view : shadow_guardrails(promotion.plan, tally)) out.push_back(std::move(view));
  }
  return out;
}

}  // namespace

Result<PromotionView> Office::show(const ShowRequest& request) {
  if (request.use_case.empty() != request.id.has_value()) {
    return fail(ErrorCode::invalid, "use_case",
                std::string("expected a use case or a promotion's id, came ") + (request.id ? "both" : "neither"));
  }
  const auto promotions = TRY(all());
  const auto found = std::ranges::find_if(promotions, [&](const Promotion& p) {
    return request.id ? p.id == PromotionId(*request.id) : p.use_case == request.use_case;
  });
  if (found == promotions.end()) return fail(ErrorCode::not_found, "use_case", "there is no such promotion");
  PromotionView out;
  out.promotion = *found;
  Seen seen = TRY(look_at(*found));
  MaturedPairs pairs;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    out.events = TRY(read_events(reader, *found));
    out.quality.pairs = TRY(count_pairs(reader, *found));
    pairs = TRY(
        read_matured(reader, *found, evidence::outcome_name_of(needs_.kernel.use_cases(), found->use_case), seen.now));
    return {};
  }));
  out.arms = arm_views(seen.tally);
  for (const Swap& swap : seen.tally.swaps) out.swaps.push_back({swap.champion, swap.challenger, swap.decisions});
  out.guardrails = guardrail_views(*found, seen.guardrails, seen.tally);
  out.quality.matured = static_cast<int64_t>(pairs.bad.size());
  out.quality.bad = std::ranges::count(pairs.bad, 1);
  out.quality.next_look_rows = found->same_scores ? 0 : next_look_rows(found->plan, seen.looks);
  out.quality.verdict = verdict_of(*found, seen.looks);
  out.quality.looks = std::move(seen.looks);
  out.at = seen.now;
  if (!found->open()) return out;
  out.next_stage = seen.next;
  out.waits_for = std::move(seen.waits_for);
  if (seen.approvals_missing > 0) {
    out.waits_for.push_back("approvals: " + std::to_string(seen.approvals_missing) + " more people");
  }
  if (found->state == State::held) out.waits_for.push_back("held: " + found->why);
  if (found->tier != 1 && !found->plan.automatic && seen.next) out.waits_for.push_back("a person to advance it");
  return out;
}

Result<PromotionList> Office::list(const ListRequest& request) {
  auto promotions = TRY(all());
  std::erase_if(promotions, [&](const Promotion& p) {
    return (!request.use_case.empty() && p.use_case != request.use_case) ||
           (request.state && p.state != *request.state);
  });
  PromotionList out;
  out.at = needs_.clock.now();
  auto first = promotions.begin();
  if (!request.after.empty()) {
    first = std::ranges::find(promotions, request.after, [](const Promotion& p) { return p.id.text(); });
    if (first == promotions.end()) {
      return fail(ErrorCode::invalid, "after", "expected the `next` of an answer to the same question");
    }
    ++first;
  }
  for (; first != promotions.end(); ++first) {
    if (static_cast<int64_t>(out.promotions.size()) == request.limit) {
      out.next = out.promotions.back().id.text();
      break;
    }
    out.promotions.push_back(*first);
  }
  return out;
}

}  // namespace puhui::promotion
