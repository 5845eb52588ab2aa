// Routing: which signed version decides about whom. The champion decides; a challenger judges beside it (shadow) or
// decides for a fixed share of entities (canary); a stop takes a use case, a model or a block out of service at once
// and its declared fallback answers instead. Governance sets all of it; the decision path reads it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ground/base/clock.h"
#include "ground/base/shape.h"
#include "infrastructure/kernel/version.h"

namespace puhui::kernel {

// Who answers while the usual version may not.
enum class Fallback : uint8_t {
  human,     // every application goes to a person, with a governed decision that says so
  previous,  // the champion before this one, while its permit holds
  rules,     // a named permit, signed for this: usually the policy without its model
  refuse,    // nothing is decided: the caller gets an error
};
std::span<const std::string_view> names_of(const Fallback*);

// What answers for one use case when it, its model or its block is stopped. Undeclared: human.
struct FallbackPlan {
  std::string use_case;
  Fallback fallback = Fallback::human;
  std::optional<Digest> rules_permit;  // of fallback `rules`
};
void fields(Shape& shape, FallbackPlan& plan);

enum class StopScope : uint8_t { use_case, model, block };
std::span<const std::string_view> names_of(const StopScope*);

// The kill switch. `name`: "lending.approval/person_revolving" (or "lending.approval" for all its scopes); a model's
// SHA-256; a block as domain and kind: "3A".
struct Stop {
  StopScope scope = StopScope::use_case;
  std::string name;
  std::string why;
  std::string by;
  Timestamp at;
};
void fields(Shape& shape, Stop& stop);

enum class ChallengerStage : uint8_t { shadow, canary };
std::span<const std::string_view> names_of(const ChallengerStage*);

// A signed version beside the champion. In `canary` it decides for the entities whose draw by `seed` falls below
// share_ppm: the same entity always meets the same arm, and growing the share moves nobody back.
struct Challenger {
  std::string use_case;
  Digest permit;
  ChallengerStage stage = ChallengerStage::shadow;
  int64_t share_ppm = 0;
  int64_t seed = 1;
};
void fields(Shape& shape, Challenger& challenger);

enum class Arm : uint8_t { champion, challenger, fallback };
std::span<const std::string_view> names_of(const Arm*);

// What answers one entity now.
struct Choice {
  std::shared_ptr<const Version> version;
  Arm arm = Arm::champion;
  bool to_human = false;                  // stopped: judge() refers to a person and asks neither policy nor model
  std::shared_ptr<const Version> shadow;  // judges beside it, decides nothing
};

// In [0, 1 000 000): below share_ppm meets the challenger. A function of seed and entity alone.
int64_t draw_ppm(int64_t seed, const Id128& entity);

// What a policy may know of a random draw: a fact of this name in facts.json (type number, in [0, 1)) is filled by the
// kernel, so that a policy can let a small random share of refusals pass and the evidence holds the draw. The share is
// a threshold of the permit, and so are those the day may have ("exploration_daily_max"): beyond them the draw is 1.
inline constexpr std::string_view kExplorationDrawFact = "exploration_draw";
inline constexpr std::string_view kExplorationRateThreshold = "exploration_rate";
inline constexpr std::string_view kExplorationDailyMaxThreshold = "exploration_daily_max";
// The decision a policy gives the propensity by, where it approved at random; absent otherwise.
inline constexpr std::string_view kPropensityDecision = "Propensity";

// Why a person decides: the reason's code, and its sentence in every language, known to every use case.
inline constexpr std::string_view kStoppedReason = "automatic_decisions_stopped";

}  // namespace puhui::kernel
