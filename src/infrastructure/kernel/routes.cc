#include "infrastructure/kernel/routes.h"

#include <algorithm>

#include "ground/base/random.h"

namespace puhui::kernel {

std::span<const std::string_view> names_of(const Fallback*) {
  static constexpr std::string_view kNames[] = {"human", "previous", "rules", "refuse"};
  return kNames;
}
std::span<const std::string_view> names_of(const StopScope*) {
  static constexpr std::string_view kNames[] = {"use_case", "model", "block"};
  return kNames;
}
std::span<const std::string_view> names_of(const ChallengerStage*) {
  static constexpr std::string_view kNames[] = {"shadow", "canary"};
  return kNames;
}
std::span<const std::string_view> names_of(const Arm*) {
  static constexpr std::string_view kNames[] = {"champion", "challenger", "fallback"};
  return kNames;
}

void fields(Shape& shape, FallbackPlan& plan) {
  shape.field("use_case", plan.use_case, {.help = "whose", .min = 1, .max = 256});
  shape.field("fallback", plan.fallback, {.help = "who answers while the usual version may not"});
  shape.field("rules_permit", plan.rules_permit, {.help = "of fallback 'rules': the permit that answers"});
}

void fields(Shape& shape, Stop& stop) {
  shape.field("scope", stop.scope, {.help = "what is stopped"});
  shape.field("name", stop.name,
              {.help = "a use case, a model's SHA-256, or a block such as 3A", .min = 1, .max = 256});
  shape.field("why", stop.why, {.help = "in words", .min = 1, .max = 1024});
  shape.field("by", stop.by, {.help = "who stopped it"});
  shape.field("at", stop.at, {.help = "since when"});
}

void fields(Shape& shape, Challenger& challenger) {
  shape.field("use_case", challenger.use_case, {.help = "whose champion it is held against", .min = 1, .max = 256});
  shape.field("permit", challenger.permit, {.help = "the challenger's permit"});
  shape.field("stage", challenger.stage, {.help = "shadow judges beside, canary decides for a share"});
  shape.field("share_ppm", challenger.share_ppm,
              {.help = "millionths of the entities it decides for", .min = 0, .max = 1'000'000});
  shape.field("seed", challenger.seed, {.help = "which entities"});
}

int64_t draw_ppm(int64_t seed, const Id128& entity) {
  constexpr uint64_t kMillion = 1'000'000, kRun = 0x70726f6d;
  const Random random(static_cast<uint64_t>(seed));
  const uint64_t drawn = random.draw(kRun, entity.high ^ (entity.low * 0x9E3779B97F4A7C15ull), 0);
  return static_cast<int64_t>((drawn >> 32) * kMillion >> 32);
}

Result<Choice> choose(const Route& route, const Id128& entity) {
  Choice out;
  if (route.stopped) {
    out.arm = Arm::fallback;
    if (route.fallback == Fallback::refuse) {
      return fail(ErrorCode::unavailable, route.champion->permit().manifest.use_case,
                  "is stopped and its declared fallback is to decide nothing; try again when it is lifted");
    }
    // A stand-in that does not hold any more must not let anything through unseen: then a person decides.
    out.to_human = route.stand_in == nullptr;
    out.version = out.to_human ? route.champion : route.stand_in;
    return out;
  }
  out.version = route.champion;
  if (!route.challenger) return out;
  if (route.plan.stage == ChallengerStage::shadow) {
    out.shadow = route.challenger;
  } else if (draw_ppm(route.plan.seed, entity) < route.plan.share_ppm) {
    out.version = route.challenger;
    out.arm = Arm::challenger;
  }
  return out;
}

bool stops_version(const Stop& stop, const Version& version, const evidence::UseCase& use_case) {
  const evidence::Manifest& manifest = version.permit().manifest;
  switch (stop.scope) {
    case StopScope::use_case: return stop.name == manifest.use_case || stop.name == use_case.name;
    case StopScope::block: return stop.name == std::to_string(use_case.domain) + use_case.kind;
    case StopScope::model: break;
  }
  return std::any_of(manifest.artefacts.begin(), manifest.artefacts.end(), [&](const evidence::NamedDigest& named) {
    return named.name.starts_with(kModelPrefix) && named.digest.hex() == stop.name;
  });
}

Result<void> check(const Stop& stop) {
  Faults faults;
  constexpr size_t kWordsBytesMax = 1024;
  if (stop.why.empty() || stop.why.size() > kWordsBytesMax) {
    faults.add("why", "expected 1 to " + std::to_string(kWordsBytesMax) + " bytes: whoever lifts it must know why");
  }
  if (stop.scope == StopScope::model && !Digest::parse(stop.name)) {
    faults.add("name", "expected a model's SHA-256, 64 hex digits, came '" + stop.name + "'");
  }
  const bool block =
      stop.name.size() == 2 && stop.name[0] >= '1' && stop.name[0] <= '9' && stop.name[1] >= 'A' && stop.name[1] <= 'E';
  if (stop.scope == StopScope::block && !block) {
    faults.add("name", "expected a block from 1A to 9E, came '" + stop.name + "'");
  }
  return std::move(faults).result();
}

}  // namespace puhui::kernel
