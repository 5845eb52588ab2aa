// FramedConnection: messages over frames. What is below, a socket or memory, only puts and takes frames.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "infrastructure/channel/connection.h"
#include "infrastructure/channel/frame_writer.h"

namespace puhui::channel {

class FramedConnection : public Connection {
 public:
  using TakePiece = std::function<Result<void>(std::string_view piece)>;
  FramedConnection(std::string peer, const Digest& peer_fingerprint, std::string purpose)
      : peer_(std::move(peer)), peer_fingerprint_(peer_fingerprint), purpose_(std::move(purpose)) {}

  void agree(const Id128& session, uint32_t attempt) override;
  Result<void> send(uint16_t kind, std::initializer_list<std::string_view> parts) override;
  Result<void> begin(uint16_t kind) override;
  Result<void> piece(std::string_view bytes) override;
  Result<void> end() override;
  Result<std::string> receive(uint16_t kind, size_t bytes_max) override;
  Result<void> receive(uint16_t kind, const TakePiece& take_piece) override;
  const std::string& purpose() const override { return purpose_; }
  const std::string& peer() const override { return peer_; }
  const Digest& peer_fingerprint() const override { return peer_fingerprint_; }
  Traffic traffic() const override;

 protected:
  // Waits for room. An error is the connection's end.
  virtual Result<void> put(std::string frame) = 0;
  // Waits for the next frame of a message.
  virtual Result<Frame> take() = 0;
  // The parts of the traffic that only they know.
  virtual Traffic traffic_below() const = 0;

 private:
  Result<void> emit(std::string_view chunk, FrameWriter::Place place);
  Result<void> take_frame(const Frame& frame, uint16_t kind, uint64_t& bytes, const TakePiece& take_piece);
  Result<void> check_frame(const FrameHeader& header, uint16_t kind) const;

  std::string peer_;
  Digest peer_fingerprint_;
  std::string purpose_;
  // The sending thread's.
  FrameWriter writer_;
  std::string chunk_;  // of the message under way: its last frame must be known as the last
  uint16_t sending_kind_ = 0;
  uint64_t sending_bytes_ = 0;
  // The receiving thread's.
  FrameContent content_;
  mutable std::mutex agreed_mutex_;
  Id128 session_;
  uint32_t attempt_ = 0;
  std::atomic<uint64_t> messages_sent_ = 0, messages_received_ = 0, bytes_before_compression_sent_ = 0;
};

}  // namespace puhui::channel
