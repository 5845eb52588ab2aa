// For tests only: people who sign in at the shop's door, kept in memory by the rules that the door counts on.
#pragma once

#include <map>
#include <mutex>
#include <set>

#include "doors/http/sessions.h"

namespace puhui::http::shop {

class Visitors : public Sessions {
 public:
  static constexpr int64_t kIdleUs = 30 * 60'000'000ll;
  explicit Visitors(const Clock& clock) : clock_(clock) {}

  void add(const std::string& name, std::vector<std::string> permissions, std::string display_name = "") {
    people_[name] = {std::move(permissions), display_name.empty() ? name : std::move(display_name)};
  }
  void end_all() {
    const std::lock_guard lock(mutex_);
    open_.clear();
  }

  Result<std::string> sign_in(const SignIn& sign_in, std::string_view peer) override {
    const std::lock_guard lock(mutex_);
    last_peer = peer;
    if (failed_ >= 3) return fail(ErrorCode::exhausted, "too many failed sign-ins; the next try may come in 8 s");
    if (!people_.contains(sign_in.name) || sign_in.password != "the password") {
      ++failed_;
      return fail(ErrorCode::forbidden, "name or password is wrong");
    }
    const std::string token = "token-" + std::to_string(++made_);
    open_[token] = {sign_in.name, clock_.now().microseconds};
    return token;
  }
  void refused(const Caller& caller, std::string_view permission) override {
    const std::lock_guard lock(mutex_);
    refusals.push_back(caller.name + " " + std::string(permission));
  }
  std::vector<std::string> refusals;
  Result<void> sign_out(std::string_view token) override {
    const std::lock_guard lock(mutex_);
    open_.erase(std::string(token));
    return {};
  }
  std::optional<LiveSession> find(std::string_view token, Activity activity) override {
    const std::lock_guard lock(mutex_);
    const auto found = open_.find(std::string(token));
    const int64_t now = clock_.now().microseconds;
    if (found == open_.end() || now - found->second.seen_us >= kIdleUs) return std::nullopt;
    if (activity == Activity::counts) found->second.seen_us = now;
    const Person& person = people_.at(found->second.name);
    return LiveSession{
        std::make_shared<const Caller>(Caller{found->second.name, person.permissions, "session of " + found->first}),
        "csrf of " + found->first};
  }
  std::optional<SignedIn> who(std::string_view token) override {
    const auto live = find(token, Activity::background);
    if (!live) return std::nullopt;
    SignedIn out;
    out.name = live->caller->name;
    out.display_name = people_.at(out.name).display_name;
    out.roles = {"buyer"};
    out.permissions = live->caller->permissions;
    out.csrf = live->csrf;
    out.expires_at = {clock_.now().microseconds + kIdleUs};
    return out;
  }
  bool any_users() const override { return !people_.empty(); }

  std::string last_peer;

 private:
  struct Person {
    std::vector<std::string> permissions;
    std::string display_name;
  };
  struct Open {
    std::string name;
    int64_t seen_us = 0;
  };
  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Person> people_;
  std::map<std::string, Open> open_;
  int made_ = 0, failed_ = 0;
};

}  // namespace puhui::http::shop
