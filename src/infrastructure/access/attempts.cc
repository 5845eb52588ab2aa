#include "infrastructure/access/attempts.h"

#include <algorithm>
#include <string>

namespace puhui::access {

namespace {

Digest key_of(std::string_view kind, std::string_view text) { return sha256(kind, text); }

}  // namespace

int64_t Attempts::begin(std::string_view name, std::string_view peer, Timestamp now) {
  const std::lock_guard lock(mutex_);
  Watch& of_name = watch(key_of("name ", name), now);
  Watch& of_peer = watch(key_of("peer ", peer), now);
  const int64_t wait = std::max(of_name.next_at, of_peer.next_at) - now.microseconds;
  if (wait > 0) return wait;
  count(of_name, limits_.name_free, now);
  count(of_peer, limits_.peer_free, now);
  return 0;
}

void Attempts::succeeded(std::string_view name, std::string_view peer) {
  const std::lock_guard lock(mutex_);
  watched_.erase(key_of("name ", name));
  if (const auto found = watched_.find(key_of("peer ", peer)); found != watched_.end() && found->second.tries > 0) {
    --found->second.tries;  // a success is no failure, but it pardons none of another name's
  }
}

int64_t Attempts::wait_us(std::string_view name, Timestamp now) const {
  const std::lock_guard lock(mutex_);
  const auto found = watched_.find(key_of("name ", name));
  return found == watched_.end() ? 0 : std::max<int64_t>(found->second.next_at - now.microseconds, 0);
}

Attempts::Watch& Attempts::watch(const Digest& key, Timestamp now) {
  auto found = watched_.find(key);
  if (found == watched_.end()) {
    make_room(now);
    found = watched_.try_emplace(key).first;
  } else if (now.microseconds - found->second.last_at > limits_.forgotten_after_us) {
    found->second = {};
  }
  found->second.last_at = now.microseconds;
  return found->second;
}

void Attempts::count(Watch& watch, int free, Timestamp now) const {
  ++watch.tries;
  if (watch.tries < free) return;
  constexpr int kDoublingsMax = 30;
  const int doublings = std::min(watch.tries - free, kDoublingsMax);
  watch.next_at = now.microseconds + std::min(limits_.first_wait_us << doublings, limits_.wait_us_max);
}

// Those forgotten go first, then a quarter of them: who tried longest ago.
void Attempts::make_room(Timestamp now) {
  if (watched_.size() < limits_.watched_max) return;
  std::erase_if(watched_, [&](const auto& entry) {
    return now.microseconds - entry.second.last_at > limits_.forgotten_after_us;
  });
  if (watched_.size() < limits_.watched_max) return;
  std::vector<int64_t> times;
  for (const auto& [key, watch] : watched_) times.push_back(watch.last_at);
  const auto quarter = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 4);
  std::nth_element(times.begin(), quarter, times.end());
  std::erase_if(watched_, [&](const auto& entry) { return entry.second.last_at <= *quarter; });
}

}  // namespace puhui::access
