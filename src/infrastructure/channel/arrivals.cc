#include "infrastructure/channel/arrivals.h"

#include "infrastructure/channel/mailbox.h"

namespace puhui::channel {

void Arrivals::put(std::unique_ptr<Connection> connection) {
  std::string reason = "the party called again: this connection is the older one";
  {
    const std::lock_guard lock(mutex_);
    if (closed_.empty())
      std::swap(waiting_[connection->peer()], connection);
    else
      reason = closed_;
  }
  changed_.notify_all();
  if (connection) connection->goodbye(reason);
}

Result<std::unique_ptr<Connection>> Arrivals::take(const std::string& party, int64_t wait_max_ms) {
  std::unique_lock lock(mutex_);
  const bool came = changed_.wait_for(lock, std::chrono::milliseconds(wait_max_ms),
                                      [&] { return !closed_.empty() || waiting_.contains(party); });
  if (!closed_.empty()) return fail(unavailable(party, closed_));
  if (!came)
    return fail(unavailable(party, "has not called within " + std::to_string(wait_max_ms) +
                                       " ms: does its program run, and does it know our address?"));
  auto node = waiting_.extract(party);
  return std::move(node.mapped());
}

void Arrivals::close(const std::string& reason) {
  std::map<std::string, std::unique_ptr<Connection>> dismissed;
  {
    const std::lock_guard lock(mutex_);
    if (closed_.empty()) closed_ = reason.empty() ? "closed" : reason;
    dismissed.swap(waiting_);
  }
  changed_.notify_all();
  for (auto& [party, connection] : dismissed) connection->goodbye(reason);
}

}  // namespace puhui::channel
