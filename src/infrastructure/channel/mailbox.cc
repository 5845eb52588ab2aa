#include "infrastructure/channel/mailbox.h"

#include <algorithm>

namespace puhui::channel {

void Mailbox::put(Frame frame) {
  if (over() != nullptr) return;
  bytes_ += frame.payload.size() + kFrameCostBytes;
  bytes_peak_ = std::max(bytes_peak_, bytes_);
  frames_.push_back(std::move(frame));
}

std::optional<Result<Frame>> Mailbox::next() {
  if (stopped_) return fail(*stopped_);
  if (!frames_.empty()) {
    Frame frame = std::move(frames_.front());
    frames_.pop_front();
    bytes_ -= frame.payload.size() + kFrameCostBytes;
    return frame;
  }
  if (ended_) return fail(*ended_);
  return std::nullopt;
}

void Mailbox::end(Error why) {
  if (!ended_) ended_ = std::move(why);
}

void Mailbox::stop(Error why) {
  if (!stopped_) stopped_ = ended_ ? *ended_ : std::move(why);
  frames_.clear();
  bytes_ = 0;
}

Error unavailable(std::string_view peer, std::string_view message) {
  return {ErrorCode::unavailable, {{"party " + std::string(peer), std::string(message)}}};
}

Error peer_said_goodbye(std::string_view peer, std::string_view reason) {
  return unavailable(peer, "said goodbye: " + (reason.empty() ? std::string("no reason given") : printable(reason)));
}

Error said_goodbye(std::string_view peer, std::string_view reason) {
  return unavailable(peer, "this side said goodbye: " + printable(reason));
}

Error was_interrupted(std::string_view peer) { return unavailable(peer, "this side interrupted the connection"); }

Error both_are_stuck(std::string_view peer, size_t waiting_bytes_max) {
  return {ErrorCode::internal,
          {{"party " + std::string(peer), "both parties send and neither receives, with more than " +
                                              std::to_string(waiting_bytes_max) +
                                              " bytes waiting each way: the protocol must receive in between"}}};
}

}  // namespace puhui::channel
