// ByteSource: bytes from a file or from memory, read in order. Files ending their name however they like are
// decompressed by their first bytes (gzip, zstd); plain bytes pass through.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "ground/base/result.h"

namespace puhui::models {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills a part of `into` and answers how much; 0 only at the end. `corrupt` when compressed bytes are damaged
  // or end too early.
  virtual Result<size_t> read(std::span<char> into) = 0;
};

Result<std::unique_ptr<ByteSource>> open_file(const std::string& path);
std::unique_ptr<ByteSource> from_text(std::string text);
// Wraps compressed bytes by their first four; `inner` is read a little to see them.
Result<std::unique_ptr<ByteSource>> decompressed(std::unique_ptr<ByteSource> inner);

}  // namespace puhui::models
