#include "infrastructure/channel/framed_connection.h"

#include "ground/base/check.h"

namespace puhui::channel {

void FramedConnection::agree(const Id128& session, uint32_t attempt) {
  CHECK(sending_kind_ == 0, "sessions are agreed between messages");
  writer_.agree(session, attempt);
  const std::lock_guard lock(agreed_mutex_);
  session_ = session;
  attempt_ = attempt;
}

Result<void> FramedConnection::send(uint16_t kind, std::initializer_list<std::string_view> parts) {
  TRY(begin(kind));
  for (const std::string_view part : parts) TRY(piece(part));
  return end();
}

Result<void> FramedConnection::begin(uint16_t kind) {
  CHECK(kind >= 1 && kind <= kKindMax, "a message has a kind of the protocol's");
  CHECK(sending_kind_ == 0, "one message ends before the next begins");
  sending_kind_ = kind;
  sending_bytes_ = 0;
  chunk_.clear();
  return {};
}

Result<void> FramedConnection::piece(std::string_view bytes) {
  CHECK(sending_kind_ != 0, "a piece belongs to a message that was begun");
  sending_bytes_ += bytes.size();
  if (sending_bytes_ > kMessageBytesMax)
    return fail(ErrorCode::exhausted, "message",
                "expected at most " + std::to_string(kMessageBytesMax) + " bytes in one message: send several");
  while (!bytes.empty()) {
    if (chunk_.size() == kChunkBytesMax) {
      TRY(emit(chunk_, FrameWriter::Place::within));
      chunk_.clear();
    }
    // Straight from the caller's bytes while more follow; what may be the last frame waits in `chunk_`.
    if (chunk_.empty() && bytes.size() > kChunkBytesMax) {
      TRY(emit(bytes.substr(0, kChunkBytesMax), FrameWriter::Place::within));
      bytes.remove_prefix(kChunkBytesMax);
      continue;
    }
    const std::string_view fits = bytes.substr(0, kChunkBytesMax - chunk_.size());
    chunk_ += fits;
    bytes.remove_prefix(fits.size());
  }
  return {};
}

Result<void> FramedConnection::end() {
  CHECK(sending_kind_ != 0, "a message ends that was begun");
  TRY(emit(chunk_, FrameWriter::Place::last));
  sending_kind_ = 0;
  messages_sent_.fetch_add(1, std::memory_order_relaxed);
  return {};
}

Result<void> FramedConnection::emit(std::string_view chunk, FrameWriter::Place place) {
  Result<void> done = put(writer_.frame(sending_kind_, chunk, place));
  if (!done) {
    sending_kind_ = 0;  // the connection is over: the next call may say so again
    return done;
  }
  bytes_before_compression_sent_.fetch_add(chunk.size(), std::memory_order_relaxed);
  return {};
}

Result<void> FramedConnection::check_frame(const FrameHeader& header, uint16_t kind) const {
  const std::lock_guard lock(agreed_mutex_);
  if (header.session != session_ || header.attempt != attempt_)
    return fail(ErrorCode::corrupt, "frame",
                "expected session " + session_.text() + ", attempt " + std::to_string(attempt_) + ", came session " +
                    header.session.text() + ", attempt " + std::to_string(header.attempt) +
                    ": both sides must meet under the same attempt");
  if (header.kind != kind)
    return fail(ErrorCode::corrupt, "message",
                "expected a message of kind " + std::to_string(kind) + ", came kind " + std::to_string(header.kind) +
                    ": the parties are not at the same step");
  return {};
}

Result<void> FramedConnection::take_frame(const Frame& frame, uint16_t kind, uint64_t& bytes,
                                          const TakePiece& take_piece) {
  TRY(check_frame(frame.header, kind));
  const std::string_view content = TRY(content_.of(frame));
  bytes += content.size();
  if (bytes > kMessageBytesMax)
    return fail(ErrorCode::exhausted, "message",
                "expected at most " + std::to_string(kMessageBytesMax) + " bytes in one message, more came");
  if (content.empty()) return {};
  return take_piece(content);
}

Result<void> FramedConnection::receive(uint16_t kind, const TakePiece& take_piece) {
  uint64_t bytes = 0;
  while (true) {
    const Frame frame = TRY(take());
    if (Result<void> taken = take_frame(frame, kind, bytes, take_piece); !taken) {
      // Nobody can say what the rest of the message would be taken for: it ends here, and the peer is told why.
      goodbye(taken.error().text());
      return taken;
    }
    if (frame.header.has(kLastFlag)) break;
  }
  messages_received_.fetch_add(1, std::memory_order_relaxed);
  return {};
}

Result<std::string> FramedConnection::receive(uint16_t kind, size_t bytes_max) {
  std::string whole;
  TRY(receive(kind, [&](std::string_view piece) -> Result<void> {
    if (piece.size() > bytes_max - whole.size())
      return fail(ErrorCode::exhausted, "message of kind " + std::to_string(kind),
                  "expected at most " + std::to_string(bytes_max) + " bytes, more came");
    whole += piece;
    return {};
  }));
  return whole;
}

Traffic FramedConnection::traffic() const {
  Traffic traffic = traffic_below();
  traffic.messages_sent = messages_sent_.load(std::memory_order_relaxed);
  traffic.messages_received = messages_received_.load(std::memory_order_relaxed);
  traffic.bytes_before_compression_sent = bytes_before_compression_sent_.load(std::memory_order_relaxed);
  return traffic;
}

}  // namespace puhui::channel
