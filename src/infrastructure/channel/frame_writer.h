// FrameWriter: a message, piece by piece, into numbered frames, compressed where that makes them smaller; and back.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "infrastructure/channel/frame.h"

namespace puhui::channel {

class FrameWriter {
 public:
  FrameWriter();
  ~FrameWriter();
  void agree(const Id128& session, uint32_t attempt);
  // The next frame's bytes: `chunk` is at most kChunkBytesMax.
  enum class Place : uint8_t { within, last };
  std::string frame(uint16_t kind, std::string_view chunk, Place place);

 private:
  bool worth_trying(uint16_t kind, size_t bytes);
  struct Compressor;
  std::unique_ptr<Compressor> compressor_;
  std::map<uint16_t, uint32_t> untried_;  // by kind: frames to go before the next trial; ciphertexts never shrink
  Id128 session_;
  uint32_t attempt_ = 0;
  uint64_t sequence_ = 0;
};

// A frame's content as it was before compression, in a buffer that is used again.
class FrameContent {
 public:
  FrameContent();
  ~FrameContent();
  // Good until the next call; `corrupt` when it does not unpack to 1 … kChunkBytesMax bytes.
  Result<std::string_view> of(const Frame& frame);

 private:
  struct Expander;
  std::unique_ptr<Expander> expander_;
};

}  // namespace puhui::channel
