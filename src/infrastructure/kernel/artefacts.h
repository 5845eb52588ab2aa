// Artefacts: the policies, models, fact schemas and reason texts that decisions were taken with, kept for good by
// the SHA-256 of their bytes, so that any decision can be taken again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ground/base/hash.h"
#include "ground/store/store.h"

namespace puhui::kernel {

inline constexpr size_t kArtefactBytesMax = size_t{64} << 20;

std::vector<Migration> migrations();  // of the kernel's tables

// Storing what is there already changes nothing.
Result<Digest> put_artefact(Transaction& tx, std::string_view kind, std::string_view bytes, Timestamp at);

// Reads by digest. `corrupt` when the bytes no longer give their digest.
class ArtefactSource {
 public:
  virtual ~ArtefactSource() = default;
  virtual Result<std::string> artefact(const Digest& digest) = 0;
};

class StoredArtefacts : public ArtefactSource {
 public:
  explicit StoredArtefacts(Reader& reader) : reader_(reader) {}
  Result<std::string> artefact(const Digest& digest) override;

 private:
  Reader& reader_;
};

}  // namespace puhui::kernel
