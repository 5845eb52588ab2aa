#include "infrastructure/channel/frame.h"

#include "ground/base/bytes.h"
#include "ground/base/check.h"
#include "ground/base/text.h"

namespace puhui::channel {

namespace {

constexpr std::string_view kMagic = "PHUI";
constexpr uint16_t kKnownFlags = kLastFlag | kCompressedFlag | kHeartbeatFlag | kGoodbyeFlag;

std::string number(uint64_t value) { return std::to_string(value); }

std::unexpected<Error> refuse(std::string message) { return fail(ErrorCode::corrupt, "frame", std::move(message)); }

uint16_t u16(std::string_view bytes, size_t at) {
  return static_cast<uint16_t>(static_cast<uint8_t>(bytes[at]) | static_cast<uint8_t>(bytes[at + 1]) << 8);
}

void append_u16(std::string& out, uint16_t value) {
  out += static_cast<char>(value & 0xFF);
  out += static_cast<char>(value >> 8);
}

Result<void> check_message(const FrameHeader& header) {
  if (header.kind == 0 || header.kind > kKindMax)
    return refuse("expected a message's kind from 1 to " + number(kKindMax) + ", came " + number(header.kind));
  if (header.length > kChunkBytesMax)
    return refuse("expected at most " + number(kChunkBytesMax) + " bytes, came a length of " + number(header.length));
  // Else an endless row of nothing would be a message.
  if (header.length == 0 && (!header.has(kLastFlag) || header.has(kCompressedFlag)))
    return refuse("expected content in a frame that is compressed or not its message's last, came none");
  return {};
}

Result<void> check_between(const FrameHeader& header) {
  const bool alone = header.flags == kHeartbeatFlag || header.flags == kGoodbyeFlag;
  if (!alone || header.kind != 0 || header.attempt != 0 || !header.session.is_zero())
    return refuse("expected a heartbeat or goodbye without kind, session and other flags, came flags " +
                  number(header.flags) + ", kind " + number(header.kind));
  const size_t length_max = header.has(kGoodbyeFlag) ? kReasonBytesMax : 0;
  if (header.length > length_max)
    return refuse("expected at most " + number(length_max) + " bytes in a heartbeat or goodbye, came " +
                  number(header.length));
  return {};
}

std::string between_frame(FrameFlag flag, uint64_t sequence, std::string_view payload) {
  std::string out;
  append_header(out, {.flags = flag, .sequence = sequence, .length = static_cast<uint32_t>(payload.size())});
  out += payload;
  return out;
}

}  // namespace

void append_header(std::string& out, const FrameHeader& header) {
  ByteWriter rest;
  rest.u32(header.attempt);
  rest.raw(header.session.bytes());
  rest.u64(header.sequence);
  rest.u32(header.length);
  out += kMagic;
  append_u16(out, kProtocolVersion);
  append_u16(out, header.kind);
  append_u16(out, header.flags);
  append_u16(out, 0);
  out += rest.bytes();
}

std::string heartbeat_frame(uint64_t sequence) { return between_frame(kHeartbeatFlag, sequence, {}); }

std::string goodbye_frame(uint64_t sequence, std::string_view reason) {
  return between_frame(kGoodbyeFlag, sequence, printable(reason));
}

Result<FrameHeader> parse_header(std::string_view bytes) {
  CHECK(bytes.size() == kFrameHeaderBytes, "a header is read when it is whole");
  if (!bytes.starts_with(kMagic))
    return refuse("expected a frame to begin with 50485549, came " + to_hex(bytes.substr(0, kMagic.size())) +
                  ": the other program is not Puhui, or the connection is out of step");
  if (const uint16_t version = u16(bytes, 4); version != kProtocolVersion)
    return fail(ErrorCode::conflict, "frame",
                "expected version " + number(kProtocolVersion) + " of the channel, came " + number(version) +
                    ": both parties must run releases that speak the same");
  FrameHeader header{.kind = u16(bytes, 6), .flags = u16(bytes, 8)};
  ByteReader rest(bytes.substr(12));
  header.attempt = rest.u32();
  header.session = Id128::from_bytes(rest.raw(16)).value_or(Id128{});
  header.sequence = rest.u64();
  header.length = rest.u32();
  if ((header.flags & ~kKnownFlags) != 0 || u16(bytes, 10) != 0)
    return refuse("expected flags 1, 2, 4, 8 and nothing behind them, came " + number(header.flags) + " and " +
                  number(u16(bytes, 10)));
  TRY(header.is_message() ? check_message(header) : check_between(header));
  return header;
}

Result<void> FrameReader::add(std::string_view bytes, std::vector<Frame>& out) {
  while (refused_ && !bytes.empty()) {
    std::string& into = header_.size() < kFrameHeaderBytes ? header_ : frame_.payload;
    const size_t whole = &into == &header_ ? kFrameHeaderBytes : frame_.header.length;
    const size_t taken = std::min(whole - into.size(), bytes.size());
    into += bytes.substr(0, taken);
    bytes.remove_prefix(taken);
    if (&into == &header_ && header_.size() == kFrameHeaderBytes) refused_ = begin_frame();
    if (refused_ && header_.size() == kFrameHeaderBytes && frame_.payload.size() == frame_.header.length)
      refused_ = finish_frame(out);
  }
  return refused_;
}

Result<void> FrameReader::begin_frame() {
  frame_.header = TRY(parse_header(header_));
  const FrameHeader& header = frame_.header;
  // A goodbye may overtake what was given up unsent.
  if (header.sequence > sequence_next_ && !header.has(kGoodbyeFlag))
    return refuse("expected number " + number(sequence_next_) + ", came " + number(header.sequence) +
                  ": frames are missing between");
  frame_.payload.reserve(header.length);
  return {};
}

Result<void> FrameReader::finish_frame(std::vector<Frame>& out) {
  const bool repeated = frame_.header.is_message() && frame_.header.sequence < sequence_next_;
  if (repeated) {
    ++repeats_dropped_;
  } else {
    if (frame_.header.is_message()) ++sequence_next_;
    out.push_back(std::move(frame_));
  }
  frame_ = {};
  header_.clear();
  return {};
}

std::string printable(std::string_view text, size_t bytes_max) {
  std::string out(text.substr(0, bytes_max));
  while (const auto wrong = first_invalid_utf8(out)) {
    // The cut may have split the last character: that one goes, any other is marked.
    if (text.size() > bytes_max && *wrong + 4 > out.size())
      out.resize(*wrong);
    else
      out[*wrong] = '?';
  }
  for (size_t i = 0; i < out.size(); ++i) {
    const auto byte = static_cast<uint8_t>(out[i]);
    if (byte < 0x20 || byte == 0x7F) out[i] = ' ';
    // U+0080 to U+009F: a terminal takes them for commands too.
    if (byte == 0xC2 && i + 1 < out.size() && static_cast<uint8_t>(out[i + 1]) < 0xA0) out[i] = out[i + 1] = ' ';
  }
  return out;
}

}  // namespace puhui::channel
