// The kernel's routing: stops, fallbacks and challengers, kept in the store and turned into routes.
#include <algorithm>

#include "infrastructure/kernel/kernel.h"

namespace puhui::kernel {

namespace {

template <class T, class Is>
void put(std::vector<T>& in, T item, Is is) {
  const auto found = std::find_if(in.begin(), in.end(), is);
  found == in.end() ? in.push_back(std::move(item)) : void(*found = std::move(item));
}

std::string scope_name(StopScope scope) { return std::string(names_of(&scope)[static_cast<size_t>(scope)]); }

}  // namespace

Result<void> Kernel::load_routing() {
  return needs_.store.read([&](Reader& reader) -> Result<void> {
    TRY(reader.each("SELECT scope, name, why, by_whom, stopped_at FROM kernel_stop ORDER BY scope, name", {},
                    [&](const Row& row) -> Result<void> {
                      stops_.push_back({static_cast<StopScope>(row.integer(0)),
                                        std::string(row.text(1)),
                                        std::string(row.text(2)),
                                        std::string(row.text(3)),
                                        {row.integer(4)}});
                      return {};
                    }));
    TRY(reader.each("SELECT use_case, fallback, rules_permit FROM kernel_fallback ORDER BY use_case", {},
                    [&](const Row& row) -> Result<void> {
                      plans_.push_back({std::string(row.text(0)), static_cast<Fallback>(row.integer(1)),
                                        row.is_null(2) ? std::nullopt : Digest::from_bytes(row.bytes(2))});
                      return {};
                    }));
    return reader.each(
        "SELECT use_case, permit, stage, share_ppm, seed FROM kernel_challenger ORDER BY use_case", {},
        [&](const Row& row) -> Result<void> {
          const auto permit = Digest::from_bytes(row.bytes(1));
          if (!permit) return fail(ErrorCode::corrupt, "kernel_challenger", "its permit is no digest");
          challengers_.push_back({std::string(row.text(0)), *permit, static_cast<ChallengerStage>(row.integer(2)),
                                  row.integer(3), row.integer(4)});
          return {};
        });
  });
}

// The change and its record in one transaction: what is not written down does not happen.
Result<void> Kernel::act(const std::function<Result<void>(Transaction&)>& change, evidence::RecordKind kind,
                         std::string words, std::string_view by) {
  evidence::Circumstances circumstances;
  circumstances.at = needs_.clock.now();
  circumstances.caller = by;
  circumstances.human = evidence::HumanRole::in_the_loop;
  return needs_.store.write([&](Transaction& tx) -> Result<void> {
    TRY(change(tx));
    needs_.evidence.append_act(kind, words, circumstances);
    return {};
  });
}

Result<void> Kernel::stop(Stop stop) {
  const std::lock_guard change(change_);
  TRY(check(stop));
  if (stop.scope == StopScope::use_case && !declared(stop.name)) {
    return fail(ErrorCode::not_found, "name", "no application declares the use case '" + stop.name + "'");
  }
  stop.at = needs_.clock.now();
  TRY(act(
      [&](Transaction& tx) -> Result<void> {
        TRY(tx.execute("INSERT INTO kernel_stop (scope, name, why, by_whom, stopped_at) VALUES (?, ?, ?, ?, ?)",
                       {static_cast<int64_t>(stop.scope), stop.name, stop.why, stop.by, stop.at.microseconds}));
        return {};
      },
      evidence::RecordKind::stop, scope_name(stop.scope) + " " + stop.name + " stopped: " + stop.why, stop.by));
  {
    const std::unique_lock lock(mutex_);
    stops_.push_back(stop);
    set_gates();  // before anything that could fail: from here on nobody judges by it
  }
  return refresh_routes();
}

Result<void> Kernel::lift(StopScope scope, std::string_view name, std::string_view by, std::string_view why) {
  const std::lock_guard change(change_);
  TRY(act(
      [&](Transaction& tx) -> Result<void> {
        const auto gone = TRY(
            tx.execute("DELETE FROM kernel_stop WHERE scope = ? AND name = ?", {static_cast<int64_t>(scope), name}));
        if (gone == 0) return fail(ErrorCode::not_found, "name", "'" + std::string(name) + "' is not stopped");
        return {};
      },
      evidence::RecordKind::stop, scope_name(scope) + " " + std::string(name) + " lifted: " + std::string(why), by));
  {
    const std::unique_lock lock(mutex_);
    std::erase_if(stops_, [&](const Stop& s) { return s.scope == scope && s.name == name; });
  }
  return refresh_routes();
}

Result<void> Kernel::declare_fallback(const FallbackPlan& plan, std::string_view by) {
  const std::lock_guard change(change_);
  if (!declared(plan.use_case)) {
    return fail(ErrorCode::not_found, "use_case", "no application declares '" + plan.use_case + "'");
  }
  if ((plan.fallback == Fallback::rules) != plan.rules_permit.has_value()) {
    return fail(ErrorCode::invalid, "rules_permit", "expected with fallback 'rules', and with it alone");
  }
  if (plan.rules_permit) {
    const auto permit = TRY(stored_permit(*plan.rules_permit));
    if (permit.manifest.use_case != plan.use_case) {
      return fail(ErrorCode::invalid, "rules_permit", "is a permit of '" + permit.manifest.use_case + "'");
    }
  }
  TRY(act(
      [&](Transaction& tx) -> Result<void> {
        TRY(
            tx.execute("INSERT INTO kernel_fallback (use_case, fallback, rules_permit) VALUES (?, ?, ?) ON CONFLICT "
                       "(use_case) DO UPDATE SET fallback = excluded.fallback, rules_permit = excluded.rules_permit",
                       {plan.use_case, static_cast<int64_t>(plan.fallback),
                        plan.rules_permit ? Param(BytesView{plan.rules_permit->view()}) : Param()}));
        return {};
      },
      evidence::RecordKind::stop,
      "fallback of " + plan.use_case +
          " declared: " + std::string(names_of(&plan.fallback)[static_cast<size_t>(plan.fallback)]),
      by));
  {
    const std::unique_lock lock(mutex_);
    put(plans_, plan, [&](const FallbackPlan& p) { return p.use_case == plan.use_case; });
  }
  return refresh_routes();
}

Result<void> Kernel::challenge(const Challenger& challenger, std::string_view by) {
  constexpr int64_t kMillion = 1'000'000;
  const std::lock_guard change(change_);
  if (challenger.share_ppm < 0 || challenger.share_ppm > kMillion) {
    return fail(ErrorCode::invalid, "share_ppm", "expected 0 to 1000000, came " + std::to_string(challenger.share_ppm));
  }
  const auto permit = TRY(stored_permit(challenger.permit));
  const auto version = TRY(checked_version(permit));
  const auto champion = TRY(in_force(challenger.use_case));
  if (permit.manifest.use_case != challenger.use_case) {
    return fail(ErrorCode::invalid, "permit", "is one of '" + permit.manifest.use_case + "'");
  }
  if (champion->digest() == challenger.permit) return fail(ErrorCode::conflict, "permit", "it decides already");
  if (champion->facts() != version->facts()) {
    return fail(ErrorCode::invalid, "permit",
                "its facts differ from the champion's; both must judge the same applications");
  }
  TRY(act(
      [&](Transaction& tx) -> Result<void> {
        TRY(tx.execute(
            "INSERT INTO kernel_challenger (use_case, permit, stage, share_ppm, seed) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (use_case) DO UPDATE SET permit = excluded.permit, stage = excluded.stage, "
            "share_ppm = excluded.share_ppm, seed = excluded.seed",
            {challenger.use_case, BytesView{challenger.permit.view()}, static_cast<int64_t>(challenger.stage),
             challenger.share_ppm, challenger.seed}));
        return {};
      },
      evidence::RecordKind::promotion,
      "permit " + challenger.permit.hex() + " challenges " + challenger.use_case + ": " +
          std::string(names_of(&challenger.stage)[static_cast<size_t>(challenger.stage)]) + ", " +
          std::to_string(challenger.share_ppm) + " ppm",
      by));
  {
    const std::unique_lock lock(mutex_);
    put(challengers_, challenger, [&](const Challenger& c) { return c.use_case == challenger.use_case; });
  }
  return refresh_routes();
}

Result<void> Kernel::withdraw_challenger(std::string_view use_case, std::string_view by, std::string_view why) {
  const std::lock_guard change(change_);
  TRY(act(
      [&](Transaction& tx) -> Result<void> {
        if (TRY(tx.execute("DELETE FROM kernel_challenger WHERE use_case = ?", {use_case})) == 0) {
          return fail(ErrorCode::not_found, "use_case", "'" + std::string(use_case) + "' has no challenger");
        }
        return {};
      },
      evidence::RecordKind::promotion, "challenger of " + std::string(use_case) + " withdrawn: " + std::string(why),
      by));
  {
    const std::unique_lock lock(mutex_);
    std::erase_if(challengers_, [&](const Challenger& c) { return c.use_case == use_case; });
  }
  return refresh_routes();
}

bool Kernel::is_stopped(const Version& version, std::span<const Stop> stops) const {
  const evidence::UseCase* use_case = declared(version.permit().manifest.use_case);
  return use_case && std::any_of(stops.begin(), stops.end(),
                                 [&](const Stop& stop) { return stops_version(stop, version, *use_case); });
}

// What stands in is let through although its use case or block is stopped: that is what was declared. A stopped model
// never decides.
std::shared_ptr<const Version> Kernel::stand_in_of(const Version& champion, const FallbackPlan& plan,
                                                   std::span<const Stop> stops) const {
  std::vector<Digest> candidates;
  if (plan.fallback == Fallback::rules && plan.rules_permit) candidates.push_back(*plan.rules_permit);
  if (plan.fallback == Fallback::previous) {
    const auto read = needs_.store.read([&](Reader& reader) {
      // Those before it first stood there, the last of them first: what it was put back in place of is no fallback.
      bool reached = false;
      return reader.each("SELECT digest FROM kernel_permit WHERE use_case = ? AND standing = 1 ORDER BY granted_at",
                         {champion.permit().manifest.use_case}, [&](const Row& row) -> Result<void> {
                           const auto digest = Digest::from_bytes(row.bytes(0));
                           reached |= digest == champion.digest();
                           if (digest && !reached) candidates.insert(candidates.begin(), *digest);
                           return {};
                         });
    });
    if (!read) needs_.log.warning("fallback_not_read", {{"why", read.error().text()}});
  }
  std::vector<Stop> models;
  std::copy_if(stops.begin(), stops.end(), std::back_inserter(models),
               [](const Stop& stop) { return stop.scope == StopScope::model; });
  for (const Digest& candidate : candidates) {
    const auto permit = stored_permit(candidate);
    auto version = permit ? checked_version(*permit) : fail(permit.error());
    if (version && !is_stopped(**version, models)) return *std::move(version);
  }
  return nullptr;
}

Route Kernel::route_of(std::shared_ptr<const Version> champion, std::span<const Stop> stops,
                       std::span<const FallbackPlan> plans, std::span<const Challenger> challengers) const {
  const std::string& use_case = champion->permit().manifest.use_case;
  Route out;
  out.stopped = is_stopped(*champion, stops);
  if (out.stopped) {
    const auto plan =
        std::find_if(plans.begin(), plans.end(), [&](const FallbackPlan& p) { return p.use_case == use_case; });
    if (plan != plans.end()) {
      out.fallback = plan->fallback;
      out.stand_in = stand_in_of(*champion, *plan, stops);
    }
  }
  const auto plan =
      std::find_if(challengers.begin(), challengers.end(), [&](const Challenger& c) { return c.use_case == use_case; });
  if (plan != challengers.end() && plan->permit != champion->digest()) {
    const auto permit = stored_permit(plan->permit);
    auto challenger = permit ? checked_version(*permit) : fail(permit.error());
    if (!challenger) {
      needs_.log.warning("challenger_does_not_hold", {{"use_case", use_case}, {"why", challenger.error().text()}});
    } else if (!is_stopped(**challenger, stops)) {
      out.challenger = *std::move(challenger);
      out.plan = *plan;
    }
  }
  out.champion = std::move(champion);
  return out;
}

// From copies, because loading a version takes the lock itself; `change_` keeps other changes away meanwhile.
Result<void> Kernel::refresh_routes() {
  const auto champions = all_in_force();
  const auto stopped = stops();
  const auto plans = fallback_plans();
  const auto rivals = challengers();
  std::map<std::string, std::shared_ptr<const Route>, std::less<>> routes;
  for (const auto& champion : champions) {
    routes[champion->permit().manifest.use_case] =
        std::make_shared<const Route>(route_of(champion, stopped, plans, rivals));
  }
  const std::unique_lock lock(mutex_);
  routes_ = std::move(routes);
  set_gates();
  return {};
}

void Kernel::set_gates() {
  for (const auto& [digest, version] : versions_) {
    const bool stands_in = std::any_of(routes_.begin(), routes_.end(),
                                       [&](const auto& route) { return route.second->stand_in == version; });
    version->gate_ = !stands_in && is_stopped(*version, stops_) ? Version::Gate::stopped : Version::Gate::open;
  }
}

Result<Choice> Kernel::choose(std::string_view use_case, const Id128& entity) const {
  std::shared_ptr<const Route> route;
  {
    const std::shared_lock lock(mutex_);
    const auto found = routes_.find(use_case);
    if (found == routes_.end()) return fail(none_in_force(use_case));
    route = found->second;
  }
  return kernel::choose(*route, entity);
}

std::vector<Stop> Kernel::stops() const {
  const std::shared_lock lock(mutex_);
  return stops_;
}

std::vector<FallbackPlan> Kernel::fallback_plans() const {
  const std::shared_lock lock(mutex_);
  return plans_;
}

std::vector<Challenger> Kernel::challengers() const {
  const std::shared_lock lock(mutex_);
  return challengers_;
}

}  // namespace puhui::kernel
