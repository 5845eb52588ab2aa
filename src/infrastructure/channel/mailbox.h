// Mailbox: one side's frames that have arrived, and how its connection came to an end. No lock of its own: whoever holds it locks.
#pragma once

#include <deque>
#include <optional>

#include "infrastructure/channel/frame.h"

namespace puhui::channel {

// What a waiting frame costs beside its content; else a flood of empty ones would cost nothing.
inline constexpr size_t kFrameCostBytes = sizeof(Frame) + kFrameHeaderBytes;

class Mailbox {
 public:
  void put(Frame frame);
  size_t bytes() const { return bytes_; }
  size_t bytes_peak() const { return bytes_peak_; }

  // The oldest frame; else why there will be none; nullopt: wait.
  std::optional<Result<Frame>> next();
  // Nothing more will come; what has come is still given out. The first reason counts.
  void end(Error why);
  // At once: what has come is dropped. The first reason counts.
  void stop(Error why);
  // Why nothing can be sent any more; nullptr while it can.
  const Error* over() const { return stopped_ ? &*stopped_ : ended_ ? &*ended_ : nullptr; }
  bool is_stopped() const { return stopped_.has_value(); }

 private:
  std::deque<Frame> frames_;
  size_t bytes_ = 0, bytes_peak_ = 0;
  std::optional<Error> ended_, stopped_;
};

Error unavailable(std::string_view peer, std::string_view message);

// The reasons in words, the same over the wire and in memory.
Error peer_said_goodbye(std::string_view peer, std::string_view reason);
Error said_goodbye(std::string_view peer, std::string_view reason);
Error was_interrupted(std::string_view peer);
Error both_are_stuck(std::string_view peer, size_t waiting_bytes_max);

}  // namespace puhui::channel
