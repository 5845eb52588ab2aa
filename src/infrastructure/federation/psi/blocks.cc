#include "infrastructure/federation/psi/blocks.h"

namespace puhui::federation {

namespace {

std::string prefix_of(size_t number) { return "block-" + std::to_string(number) + "-"; }

}  // namespace

std::string Blocks::path(size_t number, const Digest& digest) const {
  return folder_ + "/" + prefix_of(number) + digest.hex();
}

Result<void> Blocks::add(std::string bytes) {
  if (bytes.size() <= kInlineBytesMax) {
    blocks_.push_back({.is_file = false, .bytes = std::move(bytes), .digest = {}});
    return {};
  }
  const size_t number = blocks_.size();
  for (const std::string& name : TRY(files_.list(folder_))) {
    if (name.starts_with(prefix_of(number))) TRY(files_.remove(folder_ + "/" + name));
  }
  const Digest digest = sha256(bytes);
  TRY(files_.write(path(number, digest), bytes, Privacy::secret));
  blocks_.push_back({.is_file = true, .bytes = {}, .digest = digest});
  return {};
}

Result<std::string> Blocks::at(size_t number) const {
  const Block& block = blocks_[number];
  if (!block.is_file) return block.bytes;
  const std::string path_of_it = path(number, block.digest);
  std::string bytes = TRY(files_.read(path_of_it, kBlockBytesMax));
  if (sha256(bytes) != block.digest) {
    return fail(ErrorCode::corrupt, path_of_it, "not what was written; run the job afresh");
  }
  return bytes;
}

void Blocks::write(ByteWriter& to) const {
  to.unsigned_varint(blocks_.size());
  for (const Block& block : blocks_) {
    to.u8(block.is_file ? 1 : 0);
    if (block.is_file) {
      to.digest(block.digest);
    } else {
      to.text(block.bytes);
    }
  }
}

void Blocks::read(ByteReader& from) {
  blocks_.clear();
  const size_t count = from.count(2);
  for (size_t i = 0; i < count && from.ok(); ++i) {
    Block block;
    block.is_file = from.u8() != 0;
    if (block.is_file) {
      block.digest = from.digest();
    } else {
      block.bytes = std::string(from.text());
    }
    blocks_.push_back(std::move(block));
  }
}

}  // namespace puhui::federation
