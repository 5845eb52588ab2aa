// The frame reader fed with anything, cut anywhere: it never crashes, holds no more than one frame, refuses for good once it
// refuses, and answers the same frames however the bytes are cut.
#include <cstddef>
#include <cstdint>

#include "ground/base/check.h"
#include "infrastructure/channel/frame.h"
#include "infrastructure/channel/frame_writer.h"

namespace {

using namespace puhui;
using namespace puhui::channel;

struct Outcome {
  std::vector<Frame> frames;
  Result<void> result;
  uint64_t repeats = 0;
};

Outcome read_in_pieces(std::string_view bytes, size_t piece) {
  FrameReader reader;
  Outcome out;
  while (!bytes.empty()) {
    out.result = reader.add(bytes.substr(0, piece), out.frames);
    bytes.remove_prefix(std::min(piece, bytes.size()));
    if (!out.result) break;
  }
  const size_t so_far = out.frames.size();
  if (!out.result) CHECK(!reader.add("more", out.frames) && out.frames.size() == so_far, "a refusal stays");
  out.repeats = reader.repeats_dropped();
  return out;
}

// Valid headers that the fuzzer need not find by itself: the input chooses kind, flags, sequence and content.
std::string framed(std::string_view bytes) {
  std::string out;
  while (bytes.size() >= 4) {
    const size_t length = std::min<size_t>(static_cast<uint8_t>(bytes[3]), bytes.size() - 4);
    append_header(out, {.kind = static_cast<uint8_t>(bytes[0]),
                        .flags = static_cast<uint8_t>(bytes[1]),
                        .sequence = static_cast<uint8_t>(bytes[2]),
                        .length = static_cast<uint32_t>(length)});
    out += bytes.substr(4, length);
    bytes.remove_prefix(4 + length);
  }
  return out;
}

void check_frames(const Outcome& whole) {
  FrameContent content;
  uint64_t next = 0;
  for (const Frame& frame : whole.frames) {
    CHECK(frame.payload.size() == frame.header.length && frame.payload.size() <= kChunkBytesMax, "frames are bounded");
    if (!frame.header.is_message()) continue;
    CHECK(frame.header.sequence == next++, "messages' frames come in order, each once");
    const Result<std::string_view> came = content.of(frame);
    CHECK(!came || came->size() <= kChunkBytesMax, "content is bounded");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::string made = (data[0] & 1) != 0 ? framed(input) : std::string(input);
  const Outcome whole = read_in_pieces(made, made.size() + 1);
  const Outcome cut = read_in_pieces(made, 1 + data[1]);
  CHECK(whole.frames.size() == cut.frames.size() && whole.repeats == cut.repeats, "cuts change nothing");
  CHECK(whole.result.has_value() == cut.result.has_value(), "cuts change no refusal");
  check_frames(whole);
  const std::string shown = printable(input);
  CHECK(shown.size() <= kReasonBytesMax && printable(shown) == shown, "what was made printable stays so");
  return 0;
}
