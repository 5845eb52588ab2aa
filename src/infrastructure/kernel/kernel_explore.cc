// The kernel's judging where it is more than one evaluation: random approvals under their daily cap, and the shadow.
#include <algorithm>

#include "infrastructure/kernel/kernel.h"

namespace puhui::kernel {

namespace {

constexpr int64_t kMillion = 1'000'000;
constexpr std::string_view kFailedOutcome = "failed", kFailedReason = "shadow_failed";

// The same permit and entity draw the same, so a repeated application cannot try its luck.
evidence::Number exploration_draw(const Version& version, const Id128& entity) {
  const int64_t seed = static_cast<int64_t>(ByteReader(version.digest().view()).u64());
  evidence::Number drawn{draw_ppm(seed, entity), 6};
  while (drawn.places > 0 && drawn.coefficient % 10 == 0) {
    drawn.coefficient /= 10;
    --drawn.places;
  }
  return drawn;
}

bool approved_at_random(const evidence::Judgement& judgement) {
  const auto* propensity = judgement.output(kPropensityDecision);
  return propensity && !std::holds_alternative<std::monostate>(*propensity);
}

int32_t day_of(Timestamp at) { return static_cast<int32_t>(date_of(at).days); }

}  // namespace

Result<evidence::Judgement> Kernel::judge_open(Request& request, Workspace& workspace, Draft& draft) const {
  const Version& version = *request.version;
  const auto place = version.exploration_fact();
  if (!place) return version.judge(request.facts, workspace);
  request.facts[*place] = exploration_draw(version, request.entity);
  auto judgement = TRY(version.judge(request.facts, workspace));
  if (!approved_at_random(judgement)) return judgement;
  if (take_exploration(version, request.at)) {
    draft.explored_ = true;
    return judgement;
  }
  // The day's share is used up: as if it had drawn the highest number. That draw is what the evidence then holds.
  request.facts[*place] = evidence::Number::whole(1);
  return version.judge(request.facts, workspace);
}

// Counted when judged, not when recorded: a judgement that comes to nothing uses up one of the day's, never the reverse.
bool Kernel::take_exploration(const Version& version, Timestamp at) const {
  const std::lock_guard lock(exploring_);
  int64_t& taken = explored_[{version.permit().manifest.use_case, day_of(at)}];
  if (taken >= version.exploration_daily_max()) return false;
  ++taken;
  return true;
}

// A failed statement fails the whole closure, so there is nothing to answer here.
void Kernel::keep_exploration(Transaction& tx, const Draft& draft) {
  std::ignore = tx.execute(
      "INSERT INTO kernel_exploration (use_case, day, taken) VALUES (?, ?, 1) "
      "ON CONFLICT (use_case, day) DO UPDATE SET taken = kernel_exploration.taken + 1",
      {draft.judgement_.use_case, int64_t{day_of(draft.circumstances_.at)}});
}

Result<void> Kernel::load_explorations() {
  return needs_.store.read([&](Reader& reader) {
    return reader.each("SELECT use_case, day, taken FROM kernel_exploration WHERE day >= ?",
                       {int64_t{day_of(needs_.clock.now())}}, [&](const Row& row) -> Result<void> {
                         explored_[{std::string(row.text(0)), static_cast<int32_t>(row.integer(1))}] = row.integer(2);
                         return {};
                       });
  });
}

// Whatever goes wrong in a version that decides nothing is kept as its judgement, and never reaches who applied.
evidence::Judgement Kernel::judge_shadow(const Request& request, Workspace& workspace) const {
  if (auto judgement = request.shadow->judge(request.facts, workspace)) return *std::move(judgement);
  evidence::Judgement out;
  out.permit = request.shadow->digest();
  out.use_case = request.shadow->permit().manifest.use_case;
  out.outputs.push_back({std::string(kOutcomeDecision), std::string(kFailedOutcome)});
  out.reasons.push_back({std::string(kFailedReason), evidence::ReasonSource::policy, 0});
  return out;
}

}  // namespace puhui::kernel
