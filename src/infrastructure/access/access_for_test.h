// For tests only: access on a fresh store with cheap passwords and a clock that is moved by hand.
#pragma once

#include <gtest/gtest.h>

#include "ground/store/test_store.h"
#include "infrastructure/access/access.h"

namespace puhui::access {

inline constexpr Timestamp kTestStart{1'767'225'600'000'000};
inline constexpr int64_t kSecond = 1'000'000, kMinute = 60 * kSecond, kHour = 60 * kMinute;

class AccessTest : public ::testing::TestWithParam<std::string> {
 protected:
  AccessTest() { open(); }
  ~AccessTest() override {
    close();
    std::fclose(nowhere_);
  }

  void close() {
    if (store_) store_->close();
    access_.reset();
    evidence_.reset();
    store_.reset();
  }
  // As after a restart.
  void open() {
    close();
    std::vector<Migration> all = evidence::migrations();
    for (Migration& migration : migrations()) all.push_back(std::move(migration));
    auto store = open_store(place_.where(), std::move(all), {clock_, nullptr});
    CHECK(store.has_value(), store ? "" : store.error().text().c_str());
    store_ = *std::move(store);
    auto log = evidence::EvidenceLog::open(*store_);
    CHECK(log.has_value(), "the evidence opens");
    evidence_ = *std::move(log);
    auto access = Access::open({*store_, *evidence_, clock_, words_, PasswordCost::for_test(), limits_});
    CHECK(access.has_value(), access ? "" : access.error().text().c_str());
    access_ = *std::move(access);
  }

  // A user with a password of the own: "a password of NAME".
  static std::string password_of(const std::string& name) { return "a password of " + name; }
  void add(const std::string& name, std::vector<std::string> roles) {
    const auto added = access_->add_user({name, name, std::move(roles)}, root_);
    CHECK(added.has_value(), added ? "" : added.error().text().c_str());
    const auto live = *access_->find(signed_in(name, added->one_time_password).token, Activity::counts);
    const auto changed = access_->change_password({added->one_time_password, password_of(name)}, *live.caller);
    CHECK(changed.has_value(), changed ? "" : changed.error().text().c_str());
    CHECK(access_->revoke(*Id128::parse(live.caller->session), *live.caller).has_value(), "it ends");
  }
  Result<Ticket> try_in(const std::string& name, const std::string& password, const std::string& peer = "10.0.0.1") {
    return access_->sign_in({name, password, peer});
  }
  Ticket signed_in(const std::string& name, const std::string& password) {
    auto ticket = try_in(name, password);
    CHECK(ticket.has_value(), ticket ? "" : ticket.error().text().c_str());
    return *ticket;
  }
  Ticket in(const std::string& name) { return signed_in(name, password_of(name)); }
  Caller caller(const Ticket& ticket) { return *access_->find(ticket.token, Activity::counts)->caller; }
  bool alive(const Ticket& ticket) { return access_->find(ticket.token, Activity::background).has_value(); }

  // The acts of access in the evidence, in their order.
  std::vector<std::string> acts() {
    std::vector<std::string> out;
    const auto walked = evidence_->each(std::nullopt, 1'000'000, [&](const auto& record) -> Result<void> {
      if (record.kind == evidence::RecordKind::access) out.push_back(record.judgement);
      return {};
    });
    CHECK(walked.has_value(), "the evidence reads");
    return out;
  }

  TestStore place_{GetParam()};
  ManualClock clock_{kTestStart};
  std::FILE* nowhere_ = std::tmpfile();
  Log words_{clock_, nowhere_, Log::Level::info};
  AccessLimits limits_;
  const Caller root_{"cli", {"*"}};
  std::unique_ptr<Store> store_;
  std::unique_ptr<evidence::EvidenceLog> evidence_;
  std::unique_ptr<Access> access_;
};

}  // namespace puhui::access
