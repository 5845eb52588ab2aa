// Promotion: one challenger's way of a use case: golden vectors, shadow, canary, ramp, champion. Its guardrails are
// looked at every minute and end it by themselves; only tiers 2 and 3 go up by themselves, tier 1 by two people.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "governance/promotion/plan.h"
#include "ground/store/store.h"

namespace puhui::promotion {

std::vector<Migration> migrations();

enum class Stage : uint8_t { shadow, canary, ramp, watch };  // watch: it is champion, still looked after
std::span<const std::string_view> names_of(const Stage*);
enum class State : uint8_t { running, held, promoted, rolled_back, stopped };
std::span<const std::string_view> names_of(const State*);
// Whose judgements: of the champion, of the challenger deciding, of the challenger in the shadow.
enum class Arm : uint8_t { champion, challenger, shadow };
inline constexpr size_t kArms = 3;
std::span<const std::string_view> names_of(const Arm*);

struct PromotionId : Id<struct PromotionTag> {
  using Id::Id;
};

struct Approver {
  std::string person;
  Stage stage = Stage::canary;  // into which
  Timestamp at;
};
void fields(Shape& shape, Approver& approver);

struct Promotion {
  PromotionId id;
  std::string use_case;
  Digest champion, challenger;  // permits
  int64_t tier = 1;
  std::string author;  // of the challenger's permit
  std::string started_by;
  Timestamp started_at, stage_since;
  Stage stage = Stage::shadow;
  State state = State::running;
  int64_t share_ppm = 0;  // of entities that the challenger decides for
  int64_t step = 0;       // of the ramp
  // Where in the evidence each phase begins, behind which record: shadow, canary, each share of the ramp, watch. One
  // phase is compared within itself: shares that change with the time of day must not pass for a difference.
  std::vector<int64_t> phase_after;
  bool same_scores = false;  // it brings no other model: quality is the champion's
  int64_t golden_vectors = 0;
  std::string why;  // how it ended, or why it is held
  Plan plan;
  std::vector<Approver> approvals;
  bool open() const { return state == State::running || state == State::held; }
  size_t phase() const { return phase_after.empty() ? 0 : phase_after.size() - 1; }
};
void fields(Shape& shape, Promotion& promotion);

// The open one of a use case, if there is one.
Result<std::optional<Promotion>> open_promotion(Reader& reader, std::string_view use_case);
Result<std::vector<Promotion>> all_promotions(Reader& reader);  // the newest first, at most kPromotionsMax
Result<std::optional<Promotion>> find_promotion(Reader& reader, PromotionId id);
Result<void> put_promotion(Transaction& tx, const Promotion& promotion);  // new or changed

inline constexpr size_t kPromotionsMax = 10'000;

}  // namespace puhui::promotion
