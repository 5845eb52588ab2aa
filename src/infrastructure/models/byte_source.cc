#include "infrastructure/models/byte_source.h"

#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "ground/base/check.h"

namespace puhui::models {

namespace {

constexpr size_t kCompressedChunkBytes = 1 << 16;

class FileSource final : public ByteSource {
 public:
  explicit FileSource(std::FILE* file, std::string path) : file_(file), path_(std::move(path)) {}
  ~FileSource() override { std::fclose(file_); }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  Result<size_t> read(std::span<char> into) override {
    const size_t got = std::fread(into.data(), 1, into.size(), file_);
    if (got == 0 && std::ferror(file_) != 0) {
      return fail(ErrorCode::unavailable, path_, std::string("could not be read: ") + std::strerror(errno));
    }
    return got;
  }

 private:
  std::FILE* file_;
  std::string path_;
};

class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}
  Result<size_t> read(std::span<char> into) override {
    const size_t length = std::min(into.size(), text_.size() - begin_);
    std::memcpy(into.data(), text_.data() + begin_, length);
    begin_ += length;
    return length;
  }

 private:
  std::string text_;
  size_t begin_ = 0;
};

// Gives the bytes that were looked at first, then the rest.
class PrefixedSource final : public ByteSource {
 public:
  PrefixedSource(std::string prefix, std::unique_ptr<ByteSource> rest)
      : prefix_(std::move(prefix)), rest_(std::move(rest)) {}
  Result<size_t> read(std::span<char> into) override {
    if (begin_ == prefix_.size()) return rest_->read(into);
    const size_t length = std::min(into.size(), prefix_.size() - begin_);
    std::memcpy(into.data(), prefix_.data() + begin_, length);
    begin_ += length;
    return length;
  }

 private:
  std::string prefix_;
  std::unique_ptr<ByteSource> rest_;
  size_t begin_ = 0;
};

// What both decompressors share: a chunk of compressed bytes, refilled when used up.
class CompressedInput {
 public:
  explicit CompressedInput(std::unique_ptr<ByteSource> inner)
      : inner_(std::move(inner)), chunk_(kCompressedChunkBytes, '\0') {}
  Result<bool> refill() {  // false at the end
    size_ = TRY(inner_->read(chunk_));
    used_ = 0;
    return size_ > 0;
  }
  bool empty() const { return used_ == size_; }
  char* data() { return chunk_.data() + used_; }
  size_t size() const { return size_ - used_; }
  void use(size_t bytes) { used_ += bytes; }

 private:
  std::unique_ptr<ByteSource> inner_;
  std::string chunk_;
  size_t used_ = 0, size_ = 0;
};

class GzipSource final : public ByteSource {
 public:
  explicit GzipSource(std::unique_ptr<ByteSource> inner) : input_(std::move(inner)) {
    CHECK(inflateInit2(&stream_, 15 + 16) == Z_OK, "zlib can be started");
  }
  ~GzipSource() override { inflateEnd(&stream_); }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;

  Result<size_t> read(std::span<char> into) override {
    stream_.next_out = reinterpret_cast<Bytef*>(into.data());
    stream_.avail_out = static_cast<uInt>(std::min<size_t>(into.size(), 1 << 30));
    const uInt room = stream_.avail_out;
    while (stream_.avail_out == room) {
      if (input_.empty() && !TRY(input_.refill())) {
        if (between_members_) return size_t{0};
        return fail(ErrorCode::corrupt, "expected more gzip bytes: the file ends too early; copy it anew");
      }
      if (between_members_ && inflateReset(&stream_) != Z_OK) return damaged();
      between_members_ = false;
      stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
      stream_.avail_in = static_cast<uInt>(input_.size());
      const int status = inflate(&stream_, Z_NO_FLUSH);
      input_.use(input_.size() - stream_.avail_in);
      if (status == Z_STREAM_END) {
        between_members_ = true;  // gzip files may be joined
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        return damaged();
      }
    }
    return room - stream_.avail_out;
  }

 private:
  static std::unexpected<Error> damaged() {
    return fail(ErrorCode::corrupt, "expected gzip bytes, came damaged ones; copy the file anew");
  }
  CompressedInput input_;
  z_stream stream_{};
  bool between_members_ = false;
};

class ZstdSource final : public ByteSource {
 public:
  explicit ZstdSource(std::unique_ptr<ByteSource> inner) : input_(std::move(inner)), stream_(ZSTD_createDStream()) {
    CHECK(stream_ != nullptr, "zstd can be started");
  }
  ~ZstdSource() override { ZSTD_freeDStream(stream_); }
  ZstdSource(const ZstdSource&) = delete;
  ZstdSource& operator=(const ZstdSource&) = delete;

  Result<size_t> read(std::span<char> into) override {
    ZSTD_outBuffer out{into.data(), into.size(), 0};
    while (out.pos == 0) {
      if (input_.empty() && !TRY(input_.refill())) {
        if (between_frames_) return size_t{0};
        // Bytes may still wait inside the decoder: the loop below flushes them, and then nothing moves.
      }
      ZSTD_inBuffer in{input_.data(), input_.size(), 0};
      const bool starved = in.size == 0;
      const size_t status = ZSTD_decompressStream(stream_, &out, &in);
      if (ZSTD_isError(status) != 0) {
        return fail(ErrorCode::corrupt, std::string("expected zstd bytes, came damaged ones (") +
                                            ZSTD_getErrorName(status) + "); copy the file anew");
      }
      input_.use(in.pos);
      between_frames_ = status == 0;
      if (starved && out.pos == 0) {
        return fail(ErrorCode::corrupt, "expected more zstd bytes: the file ends too early; copy it anew");
      }
    }
    return out.pos;
  }

 private:
  CompressedInput input_;
  ZSTD_DStream* stream_;
  bool between_frames_ = false;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> decompressed(std::unique_ptr<ByteSource> inner) {
  std::string prefix(4, '\0');
  size_t length = 0;
  while (length < prefix.size()) {
    const size_t got = TRY(inner->read(std::span(prefix).subspan(length)));
    if (got == 0) break;
    length += got;
  }
  prefix.resize(length);
  const bool gzip = prefix.starts_with("\x1f\x8b");
  const bool zstd = prefix == "\x28\xb5\x2f\xfd";
  auto whole = std::make_unique<PrefixedSource>(std::move(prefix), std::move(inner));
  if (gzip) return std::make_unique<GzipSource>(std::move(whole));
  if (zstd) return std::make_unique<ZstdSource>(std::move(whole));
  return whole;
}

Result<std::unique_ptr<ByteSource>> open_file(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    const ErrorCode code = errno == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable;
    return fail(code, path, std::string("could not be opened: ") + std::strerror(errno));
  }
  return decompressed(std::make_unique<FileSource>(file, path));
}

std::unique_ptr<ByteSource> from_text(std::string text) { return std::make_unique<TextSource>(std::move(text)); }

}  // namespace puhui::models
