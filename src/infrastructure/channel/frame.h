// Frame: what goes over the wire, a header of 44 bytes and at most 256 KiB. A message is one frame or several of one kind, the last
// of them marked. Heartbeats and goodbyes stand between frames, belong to no session and are not numbered themselves.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/id.h"
#include "ground/base/result.h"
#include "infrastructure/channel/connection.h"

namespace puhui::channel {

inline constexpr size_t kFrameHeaderBytes = 44;
inline constexpr size_t kReasonBytesMax = 1000;  // of a goodbye
inline constexpr uint16_t kKindMax = 65'000;

enum FrameFlag : uint16_t { kLastFlag = 1, kCompressedFlag = 2, kHeartbeatFlag = 4, kGoodbyeFlag = 8 };

// On the wire, little-endian: "PHUI", version 2, kind 2, flags 2, zero 2, attempt 4, session 16 (big-endian), sequence 8, length 4.
// Magic, version and the goodbye's form never change, so that two releases can tell each other why they cannot talk.
struct FrameHeader {
  uint16_t kind = 0;  // 0 of heartbeats and goodbyes
  uint16_t flags = 0;
  uint32_t attempt = 0;
  Id128 session;
  uint64_t sequence = 0;  // counts the frames of messages; of the others: the next such frame's
  uint32_t length = 0;    // of the payload as it is sent
  bool has(FrameFlag flag) const { return (flags & flag) != 0; }
  bool is_message() const { return !has(kHeartbeatFlag) && !has(kGoodbyeFlag); }
};

struct Frame {
  FrameHeader header;
  std::string payload;
};

void append_header(std::string& out, const FrameHeader& header);
std::string heartbeat_frame(uint64_t sequence);
std::string goodbye_frame(uint64_t sequence, std::string_view reason);

// Of the 44 bytes: magic, version, flags, kind and length are what they may be; `conflict` is another version, else `corrupt`.
Result<FrameHeader> parse_header(std::string_view bytes);

// Bytes as they come, cut anywhere, into frames in order. Holds one frame at most. What it refuses once it refuses for good.
class FrameReader {
 public:
  // Appends what became whole; frames seen before are dropped and counted, a gap is `corrupt`.
  Result<void> add(std::string_view bytes, std::vector<Frame>& out);
  bool between_frames() const { return header_.empty(); }
  uint64_t repeats_dropped() const { return repeats_dropped_; }

 private:
  Result<void> begin_frame();
  Result<void> finish_frame(std::vector<Frame>& out);
  std::string header_;  // so much of it as has come
  Frame frame_;         // while its header is whole
  uint64_t sequence_next_ = 0, repeats_dropped_ = 0;
  Result<void> refused_;
};

// Text from the other side, fit to be shown: at most so many bytes of UTF-8, without control characters.
std::string printable(std::string_view text, size_t bytes_max = kReasonBytesMax);

}  // namespace puhui::channel
