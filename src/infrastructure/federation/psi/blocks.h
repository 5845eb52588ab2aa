// Blocks: what each step leaves, in order. Small ones lie in the stage's state, large ones in a file of the work folder that the
// state names by digest, so that a checkpoint does not grow with every bucket. The folder goes when its owner removes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ground/base/bytes.h"
#include "ground/base/files.h"

namespace puhui::federation {

inline constexpr size_t kInlineBytesMax = 4 << 10;
inline constexpr size_t kBlockBytesMax = size_t{4} << 30;

class Blocks {
 public:
  Blocks(Files& files, std::string folder) : files_(files), folder_(std::move(folder)) {}
  size_t count() const { return blocks_.size(); }
  // Durable when it is in a file; what an earlier try of the same step left there is removed.
  Result<void> add(std::string bytes);
  Result<std::string> at(size_t number) const;  // `corrupt` when the file is not what was written

  void write(ByteWriter& to) const;
  void read(ByteReader& from);

 private:
  struct Block {
    bool is_file = false;
    std::string bytes;  // inline
    Digest digest;      // of a file's
  };
  std::string path(size_t number, const Digest& digest) const;

  Files& files_;
  std::string folder_;
  std::vector<Block> blocks_;
};

}  // namespace puhui::federation
