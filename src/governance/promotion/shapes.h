// What the promotion verbs ask and answer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "governance/promotion/promotion.h"
#include "infrastructure/evidence/permit.h"

namespace puhui::promotion {

struct StartRequest {  // promotion start
  std::string use_case;
  std::optional<evidence::Permit> permit;  // signed; or
  std::optional<Digest> digest;            // of one granted or admitted here
  std::optional<Plan> plan;
};
void fields(Shape& shape, StartRequest& request);

struct ListRequest {  // promotion list
  std::string use_case, after;
  std::optional<State> state;
  int64_t limit = 50;
};
void fields(Shape& shape, ListRequest& request);

struct PromotionList {
  std::vector<Promotion> promotions;
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, PromotionList& list);

struct UseCaseRequest {  // promotion advance
  std::string use_case;
};
void fields(Shape& shape, UseCaseRequest& request);

struct WhyRequest {  // promotion hold, stop
  std::string use_case, why;
};
void fields(Shape& shape, WhyRequest& request);

struct ApproveRequest {  // promotion approve
  std::string use_case;
  std::string person, key_file;  // on the command line; over HTTP the signed-in person is who approves
};
void fields(Shape& shape, ApproveRequest& request);

struct ShowRequest {  // promotion show: by id, or the newest of the use case
  std::string use_case;
  std::optional<Id128> id;
};
void fields(Shape& shape, ShowRequest& request);

struct ArmView {
  int64_t phase = 0;
  Arm arm = Arm::champion;
  int64_t decisions = 0, approvals = 0, referrals = 0, refusals = 0, failures = 0;
  double approval_share = 0, referral_share = 0, cpu_us_mean = 0, latency_us_mean = 0;
};
void fields(Shape& shape, ArmView& view);

// The champion and the shadow on the same decisions: where they part.
struct SwapView {
  std::string champion, challenger;  // outcomes
  int64_t decisions = 0;
};
void fields(Shape& shape, SwapView& view);

struct GuardrailView {
  std::string name;                 // "approval_rate", "referral_rate", "failures", "cpu", "latency"
  std::string compares;             // "shadow" (the same decisions judged twice) or "canary" (two groups of decisions)
  std::string unit;                 // "share" or "ratio"
  double value = 0;                 // the difference or ratio
  std::optional<double> low, high;  // the interval holds at every moment at once; absent: no bound yet
  std::optional<double> bound_low;
  double bound_high = 0;
  int64_t rows_champion = 0, rows_challenger = 0;
  bool broken = false;
};
void fields(Shape& shape, GuardrailView& view);

struct LookView {
  int64_t number = 0, rows = 0, bad = 0;
  double auc_champion = 0, auc_challenger = 0, z = 0, z_margin = 0, boundary = 0, alpha_spent = 0;
  std::string verdict;  // "continue", "better", "worse", "undecided"
  Timestamp at;
};
void fields(Shape& shape, LookView& view);

struct QualityView {
  int64_t pairs = 0, matured = 0, bad = 0, next_look_rows = 0;
  std::string verdict;  // as of the last look, or "same scores"
  std::vector<LookView> looks;
};
void fields(Shape& shape, QualityView& view);

struct EventView {
  Timestamp at;
  std::string kind, words, by;  // "started", "moved", "look", "held", "approved", "rolled back", "stopped", "promoted"
};
void fields(Shape& shape, EventView& view);

struct PromotionView {
  Promotion promotion;
  std::vector<ArmView> arms;
  std::vector<SwapView> swaps;
  std::vector<GuardrailView> guardrails;
  QualityView quality;
  std::optional<Stage> next_stage;     // into which it may go, if any
  std::vector<std::string> waits_for;  // what is missing for that, in words; empty: nothing
  std::vector<EventView> events;       // the newest first
  Timestamp at;
};
void fields(Shape& shape, PromotionView& view);

struct GoldenRequest {  // promotion golden
  std::string use_case;
  int64_t n = 200;
};
void fields(Shape& shape, GoldenRequest& request);

struct GoldenAnswer {
  std::string use_case;
  Digest permit;                                 // of the champion whose judgements they are
  int64_t vectors = 0, outcomes = 0, rules = 0;  // how many, and how much of the policy they reach
  Timestamp at;
};
void fields(Shape& shape, GoldenAnswer& answer);

struct ExplorationRequest {  // promotion exploration
  std::string use_case;
  std::optional<Date> from, to;  // days of decision, both included; absent: the last 365
};
void fields(Shape& shape, ExplorationRequest& request);

struct ExplorationAnswer {
  std::string use_case;
  double rate = 0;        // in force: share of refusals by score that are let pass
  int64_t daily_max = 0;  // 0: no cap is set
  int64_t explored = 0, explored_today = 0, matured = 0, bad = 0;
  // Of the rejects explored, weighted by 1/propensity (Hajek), with its 95 % interval; absent without matured ones.
  std::optional<double> bad_rate, bad_rate_low, bad_rate_high;
  std::optional<double> model_rate;  // what the model said of the same
  std::string
      verdict;  // "as the model said", "worse than the model said", "better than the model said", "insufficient evidence"
  Timestamp at;
};
void fields(Shape& shape, ExplorationAnswer& answer);

}  // namespace puhui::promotion
