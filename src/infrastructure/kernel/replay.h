// Replayer: takes recorded decisions again, many at once through the policy's batch evaluation, and compares bytes.
// One thread's. One decision alone: Kernel::replay.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "infrastructure/kernel/kernel.h"
#include "infrastructure/kernel/version_batch.h"

namespace puhui::kernel {

struct Replayed {
  bool erased = false;  // its facts are gone: it was not taken again
  bool identical = false;
  std::string difference;  // in words, when not identical
  Digest judgement;        // SHA-256 of the bytes it gave now; zero when it failed or was not taken again
};

class Replayer {
 public:
  explicit Replayer(const Kernel& kernel) : kernel_(kernel) {}

  // Records of kind decision; one answer each, in their order. At most `batch` rows are evaluated at once; 1 takes them one
  // by one, as they were decided. Errors as Kernel::replay: a record that does not decode, a version that does not load.
  Result<std::vector<Replayed>> replay(std::span<const evidence::StoredRecord> records, size_t batch);

 private:
  struct Rows;
  Result<void> judge(const Digest& permit, Rows& rows, size_t batch, std::span<const evidence::StoredRecord> records,
                     std::vector<Replayed>& out);
  Result<void> compare(const evidence::StoredRecord& record, const Result<evidence::Judgement>& now, Replayed& out);
  BatchWorkspace& workspace_of(const std::shared_ptr<const Version>& version);

  const Kernel& kernel_;
  Workspace one_;
  std::map<Digest, std::unique_ptr<BatchWorkspace>> many_;
};

}  // namespace puhui::kernel
