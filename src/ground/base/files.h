// Files: the disk as every module sees it, passed in, so that a test can make a write fail between any two steps.
// For whole files of known size (policies, models, permits, reports); streams of rows read their own.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"

namespace puhui {

// Who else on this machine may read a file that is written.
enum class Privacy { shared, secret };  // mode 0644, 0600

class Files {
 public:
  virtual ~Files() = default;
  // The whole file. `not_found`; `exhausted` when it is larger than `bytes_max`.
  virtual Result<std::string> read(const std::string& path, size_t bytes_max) const = 0;
  // The old bytes or the new ones, never a part, also after a power cut: a temporary file beside it is written,
  // synced and renamed. Durable on return. The folder must stand; a full disk is `exhausted`. One writer a path at a time.
  virtual Result<void> write(const std::string& path, std::string_view bytes, Privacy privacy) = 0;
  Result<void> write(const std::string& path, std::string_view bytes) { return write(path, bytes, Privacy::shared); }
  // The names in a folder (files and folders), sorted; left-over temporary files are not told.
  virtual Result<std::vector<std::string>> list(const std::string& folder) const = 0;
  // `not_found` when it was not there. Folders are not removed.
  virtual Result<void> remove(const std::string& path) = 0;
  // With the folders above it; one that stands already is well.
  virtual Result<void> make_folder(const std::string& path) = 0;
  virtual bool exists(const std::string& path) const = 0;
};

class DiskFiles : public Files {
 public:
  Result<std::string> read(const std::string& path, size_t bytes_max) const override;
  using Files::write;
  Result<void> write(const std::string& path, std::string_view bytes, Privacy privacy) override;
  Result<std::vector<std::string>> list(const std::string& folder) const override;
  Result<void> remove(const std::string& path) override;
  Result<void> make_folder(const std::string& path) override;
  bool exists(const std::string& path) const override;
};

// A disk in memory for tests and simulations. `before` is asked ahead of every step; its error makes that step
// fail with it and leaves what a real disk would hold then: after a failed `sync` or `rename` the old file stands.
// Safe from several threads.
class MemoryFiles : public Files {
 public:
  enum class Step { read, write, sync, rename, list, remove, make_folder };
  using Before = std::function<Result<void>(Step step, const std::string& path)>;
  explicit MemoryFiles(Before before = {}) : before_(std::move(before)) {}

  Result<std::string> read(const std::string& path, size_t bytes_max) const override;
  using Files::write;
  Result<void> write(const std::string& path, std::string_view bytes, Privacy privacy) override;
  Result<std::vector<std::string>> list(const std::string& folder) const override;
  Result<void> remove(const std::string& path) override;
  Result<void> make_folder(const std::string& path) override;
  bool exists(const std::string& path) const override;

 private:
  Result<void> ask(Step step, const std::string& path) const;
  Before before_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> files_;  // by cleaned path
  std::set<std::string> folders_;             // "." and "/" always stand
};

}  // namespace puhui
