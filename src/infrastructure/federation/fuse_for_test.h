// For tests: a fuse that kills a house at any event, connections that die with it, and where houses in one process meet.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "ground/base/bytes.h"
#include "ground/base/text.h"
#include "ground/store/test_store.h"
#include "infrastructure/channel/pair.h"
#include "infrastructure/evidence/people.h"
#include "infrastructure/federation/runner.h"

namespace puhui::federation {

// Counts a house's events and burns at one of them: from then on nothing that the house does reaches anything.
class Fuse {
 public:
  // False: the house is dead.
  bool lives() {
    if (dead_.load()) return false;
    if (events_.fetch_add(1) + 1 == burns_at_.load()) dead_.store(true);
    return !dead_.load();
  }
  void set(uint64_t burns_at) {
    dead_.store(false);
    events_.store(0);
    burns_at_.store(burns_at);  // 0: never
  }
  bool is_dead() const { return dead_.load(); }
  uint64_t events() const { return events_.load(); }

 private:
  std::atomic<bool> dead_ = false;
  std::atomic<uint64_t> events_ = 0, burns_at_ = 0;
};

inline Error killed() { return {ErrorCode::unavailable, {{"", "killed by the test"}}}; }

class FusedStore final : public StoreFaults {
 public:
  explicit FusedStore(Fuse& fuse) : fuse_(fuse) {}
  Result<void> before(Step step) override {
    const bool counts = step == Step::commit || step == Step::acknowledge;
    if (counts ? fuse_.lives() : !fuse_.is_dead()) return {};
    return fail(killed());
  }

 private:
  Fuse& fuse_;
};

// A connection that dies with its house: the peer finds it closed, without a word.
class FusedConnection final : public channel::Connection {
 public:
  FusedConnection(std::unique_ptr<channel::Connection> inner, Fuse& fuse) : inner_(std::move(inner)), fuse_(fuse) {}

  void agree(const Id128& session, uint32_t attempt) override {
    if (inner_) inner_->agree(session, attempt);
  }
  using Connection::send;
  Result<void> send(uint16_t kind, std::initializer_list<std::string_view> parts) override {
    if (!lives()) return fail(killed());
    return inner_->send(kind, parts);
  }
  Result<void> begin(uint16_t kind) override { return lives() ? inner_->begin(kind) : Result<void>(fail(killed())); }
  Result<void> piece(std::string_view bytes) override { return inner_ ? inner_->piece(bytes) : fail(killed()); }
  Result<void> end() override { return inner_ ? inner_->end() : fail(killed()); }
  Result<std::string> receive(uint16_t kind, size_t bytes_max) override {
    if (!lives()) return fail(killed());
    return inner_->receive(kind, bytes_max);
  }
  Result<void> receive(uint16_t kind, const std::function<Result<void>(std::string_view piece)>& take) override {
    if (!lives()) return fail(killed());
    return inner_->receive(kind, take);
  }
  void goodbye(std::string_view reason) override {
    if (!fuse_.is_dead() && inner_) inner_->goodbye(reason);
  }
  void interrupt() override {
    if (inner_) inner_->interrupt();
  }
  const std::string& purpose() const override { return inner_ ? inner_->purpose() : name_; }
  const std::string& peer() const override { return name_; }
  const Digest& peer_fingerprint() const override { return fingerprint_; }
  channel::Traffic traffic() const override { return inner_ ? inner_->traffic() : channel::Traffic{}; }

 private:
  bool lives() {
    if (inner_ && fuse_.lives()) return true;
    inner_.reset();
    return false;
  }
  std::unique_ptr<channel::Connection> inner_;
  Fuse& fuse_;
  std::string name_ = "peer";
  Digest fingerprint_;
};

// Where houses in one process find each other: a call is taken by whoever waits for it now.
class Exchange {
 public:
  explicit Exchange(size_t parties) : waits_(parties), calls_(parties) {}

  Result<std::unique_ptr<channel::Connection>> dial(size_t party, const channel::PairOptions& options) {
    const std::lock_guard lock(mutex_);
    if (!waits_[party]) return fail(ErrorCode::unavailable, "nobody listens there");
    auto pair = channel::connected_pair(options);
    calls_[party] = std::move(pair.second);
    waits_[party] = false;
    changed_.notify_all();
    return std::move(pair.first);
  }
  Result<std::unique_ptr<channel::Connection>> accept(size_t party, int64_t real_ms) {
    std::unique_lock lock(mutex_);
    waits_[party] = true;
    changed_.wait_for(lock, std::chrono::milliseconds(real_ms), [&] { return calls_[party] != nullptr; });
    waits_[party] = false;
    if (calls_[party]) return std::move(calls_[party]);
    return fail(ErrorCode::unavailable, "nobody called");
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<bool> waits_;
  std::vector<std::unique_ptr<channel::Connection>> calls_;
};

class Watching final : public Progress {
 public:
  void step(std::string_view what, uint64_t, uint64_t) override {
    const std::lock_guard lock(mutex_);
    if (said_.empty() || said_.back() != what) said_.emplace_back(what);
  }
  bool stop_requested() const override { return stop.load(); }
  bool said(std::string_view part) const {
    const std::lock_guard lock(mutex_);
    for (const std::string& one : said_) {
      if (one.find(part) != std::string::npos) return true;
    }
    return false;
  }
  std::atomic<bool> stop = false;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> said_;
};

}  // namespace puhui::federation
