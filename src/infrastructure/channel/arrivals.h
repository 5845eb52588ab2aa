// Arrivals: where connections that came in wait to be asked for, one a party. What a Listener's `arrived` may put them into.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "infrastructure/channel/connection.h"

namespace puhui::channel {

class Arrivals {
 public:
  // A second one of the same party takes the first one's place: the party called again because its connection broke. The first is
  // told so.
  void put(std::unique_ptr<Connection> connection);
  // Waits for the party; `unavailable` when it does not come in time, or after `close`.
  Result<std::unique_ptr<Connection>> take(const std::string& party, int64_t wait_max_ms);
  // Nobody waits any longer, what waits is dismissed with the reason.
  void close(const std::string& reason);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::unique_ptr<Connection>> waiting_;
  std::string closed_;  // why; empty while open
};

}  // namespace puhui::channel
