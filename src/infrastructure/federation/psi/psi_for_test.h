// Two parties of an intersection, a thread each, and a hand on the wire between them: tests show with it what a peer outside
// the protocol can send.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "infrastructure/federation/conversation.h"

namespace puhui::federation {

// Changes what `from` sends, before it arrives.
using Tamper = std::function<void(size_t from, uint16_t kind, std::string& bytes)>;

class TamperedWire {
 public:
  explicit TamperedWire(Tamper tamper) : tamper_(std::move(tamper)) {}

  void put(size_t from, uint16_t kind, std::string bytes) {
    const std::scoped_lock lock(mutex_);
    if (tamper_) tamper_(from, kind, bytes);
    queues_[from].emplace_back(kind, std::move(bytes));
    changed_.notify_all();
  }
  Result<std::string> take(size_t from, uint16_t kind) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || !queues_[from].empty(); });
    if (queues_[from].empty()) return fail(ErrorCode::unavailable, "the other party ended");
    auto [came, bytes] = std::move(queues_[from].front());
    queues_[from].pop_front();
    if (came != kind) return fail(ErrorCode::corrupt, "another kind came");
    return std::move(bytes);
  }
  void close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  Tamper tamper_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<uint16_t, std::string>> queues_[2];
  bool closed_ = false;
};

class TamperedConversation final : public Conversation {
 public:
  TamperedConversation(TamperedWire& wire, size_t self) : wire_(wire), self_(self) {}
  size_t self() const override { return self_; }
  size_t parties() const override { return 2; }
  Result<void> send(size_t, uint16_t kind, std::initializer_list<std::string_view> parts) override {
    std::string bytes;
    for (const std::string_view part : parts) bytes += part;
    wire_.put(self_, kind, std::move(bytes));
    return {};
  }
  Result<std::string> receive(size_t from, uint16_t kind) override { return wire_.take(from, kind); }
  Result<void> receive(size_t from, uint16_t kind, const std::function<Result<void>(std::string_view)>& take) override {
    return take(TRY(receive(from, kind)));
  }
  bool is_present(size_t) const override { return true; }

 private:
  TamperedWire& wire_;
  size_t self_;
};

// How each side ended: `go(0, conversation)` and `go(1, conversation)` run against one another.
inline std::pair<Result<void>, Result<void>> run_tampered(
    Tamper tamper, const std::function<Result<void>(size_t self, Conversation& with)>& go) {
  TamperedWire wire(std::move(tamper));
  Result<void> ends[2];
  const auto one = [&](size_t self) {
    TamperedConversation with(wire, self);
    ends[self] = go(self, with);
    if (!ends[self]) wire.close();
  };
  std::thread host([&] { one(1); });
  one(0);
  host.join();
  return {std::move(ends[0]), std::move(ends[1])};
}

}  // namespace puhui::federation
