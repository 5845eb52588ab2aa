#include "infrastructure/channel/frame_writer.h"

#include <zstd.h>

#include "ground/base/check.h"

namespace puhui::channel {

namespace {

constexpr size_t kCompressBytesMin = 128;  // below, the gain is not worth a call
constexpr uint32_t kFramesBetweenTrials = 15;
constexpr int kLevel = 1;

}  // namespace

struct FrameWriter::Compressor {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  std::string out;
  ~Compressor() { ZSTD_freeCCtx(context); }
};

struct FrameContent::Expander {
  ZSTD_DCtx* context = ZSTD_createDCtx();
  std::string out;
  ~Expander() { ZSTD_freeDCtx(context); }
};

FrameWriter::FrameWriter() = default;
FrameWriter::~FrameWriter() = default;

void FrameWriter::agree(const Id128& session, uint32_t attempt) { session_ = session, attempt_ = attempt; }

bool FrameWriter::worth_trying(uint16_t kind, size_t bytes) {
  if (bytes < kCompressBytesMin) return false;
  uint32_t& untried = untried_[kind];
  if (untried == 0) return true;
  --untried;
  return false;
}

std::string FrameWriter::frame(uint16_t kind, std::string_view chunk, Place place) {
  CHECK(chunk.size() <= kChunkBytesMax, "a frame's content is bounded");
  FrameHeader header{.kind = kind, .attempt = attempt_, .session = session_, .sequence = sequence_++};
  if (place == Place::last) header.flags |= kLastFlag;
  if (worth_trying(kind, chunk.size())) {
    if (!compressor_) compressor_ = std::make_unique<Compressor>();
    std::string& out = compressor_->out;
    out.resize(chunk.size());  // no more room than that: what grows is an error of zstd's and goes as it is
    const size_t size =
        ZSTD_compressCCtx(compressor_->context, out.data(), out.size(), chunk.data(), chunk.size(), kLevel);
    if (!ZSTD_isError(size) && size < chunk.size()) {
      header.flags |= kCompressedFlag;
      chunk = std::string_view(out).substr(0, size);
    } else {
      untried_[kind] = kFramesBetweenTrials;
    }
  }
  header.length = static_cast<uint32_t>(chunk.size());
  std::string bytes;
  bytes.reserve(kFrameHeaderBytes + chunk.size());
  append_header(bytes, header);
  bytes += chunk;
  return bytes;
}

FrameContent::FrameContent() = default;
FrameContent::~FrameContent() = default;

Result<std::string_view> FrameContent::of(const Frame& frame) {
  if (!frame.header.has(kCompressedFlag)) return frame.payload;
  if (!expander_) expander_ = std::make_unique<Expander>();
  std::string& out = expander_->out;
  out.resize(kChunkBytesMax);
  const size_t size =
      ZSTD_decompressDCtx(expander_->context, out.data(), out.size(), frame.payload.data(), frame.payload.size());
  if (ZSTD_isError(size) || size == 0)
    return fail(ErrorCode::corrupt, "frame",
                "expected content that zstd expands to 1 to " + std::to_string(kChunkBytesMax) + " bytes, came " +
                    (ZSTD_isError(size) ? ZSTD_getErrorName(size) : "nothing"));
  return std::string_view(out).substr(0, size);
}

}  // namespace puhui::channel
