#include "ground/base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "ground/base/text.h"

namespace puhui {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTemporarySuffix = ".being-written";

ErrorCode code_of(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR: return ErrorCode::not_found;
    case EACCES:
    case EPERM:
    case EROFS: return ErrorCode::forbidden;
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return ErrorCode::exhausted;
    case EISDIR:
    case EEXIST:
    case ENAMETOOLONG: return ErrorCode::invalid;
    default: return ErrorCode::unavailable;
  }
}

std::unexpected<Error> refuse(const std::string& path, std::string_view doing, int number) {
  std::string message = "could not " + std::string(doing) + ": " + std::strerror(number);
  if (number == ENOSPC || number == EDQUOT) message += "; free some room and try again";
  return fail(code_of(number), path, std::move(message));
}

std::unexpected<Error> too_large(const std::string& path, size_t bytes_max) {
  return fail(ErrorCode::exhausted, path,
              "expected a file of at most " + std::to_string(bytes_max) + " bytes, came a larger one");
}

// Closes itself; a close that fails after fsync loses nothing.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }
  bool ok() const { return number_ >= 0; }

 private:
  int number_;
};

std::string folder_of(const std::string& path) {
  const auto parent = fs::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

int write_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(to, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return 0;
}

// A rename is durable only once its folder is synced.
int sync_folder(const std::string& folder) {
  const Descriptor open(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return open.ok() && ::fsync(open.number()) == 0 ? 0 : errno;
}

}  // namespace

Result<std::string> DiskFiles::read(const std::string& path, size_t bytes_max) const {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok()) return refuse(path, "open it for reading", errno);
  std::string out;
  char block[1 << 16];
  for (;;) {
    const ssize_t got = ::read(file.number(), block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return refuse(path, "read it", errno);
    if (got == 0) return out;
    out.append(block, static_cast<size_t>(got));
    if (out.size() > bytes_max) return too_large(path, bytes_max);
  }
}

Result<void> DiskFiles::write(const std::string& path, std::string_view bytes, Privacy privacy) {
  const std::string temporary = path + std::string(kTemporarySuffix);
  const auto give_up = [&](std::string_view doing, int number) {
    ::unlink(temporary.c_str());
    return refuse(path, doing, number);
  };
  {
    const Descriptor file(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, privacy == Privacy::secret ? 0600 : 0644));
    if (!file.ok()) return refuse(path, "open it for writing", errno);
    // A temporary file left by a crash keeps the mode it was made with.
    if (privacy == Privacy::secret && ::fchmod(file.number(), 0600) != 0) return give_up("keep it secret", errno);
    if (const int number = write_all(file.number(), bytes)) return give_up("write it", number);
    if (::fsync(file.number()) != 0) return give_up("make it durable", errno);
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return give_up("put it in place", errno);
  if (const int number = sync_folder(folder_of(path))) return refuse(path, "make its name durable", number);
  return {};
}

Result<std::vector<std::string>> DiskFiles::list(const std::string& folder) const {
  std::error_code error;
  std::vector<std::string> names;
  fs::directory_iterator at(folder, error);
  for (; !error && at != fs::directory_iterator(); at.increment(error)) {
    std::string name = at->path().filename().string();
    if (!name.ends_with(kTemporarySuffix)) names.push_back(std::move(name));
  }
  if (error) return refuse(folder, "list it", error.value());
  std::sort(names.begin(), names.end());
  return names;
}

Result<void> DiskFiles::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return refuse(path, "remove it", errno);
  if (const int number = sync_folder(folder_of(path))) return refuse(path, "make its end durable", number);
  return {};
}

Result<void> DiskFiles::make_folder(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  std::error_code ignored;
  if (fs::exists(path, ignored) && !fs::is_directory(path, ignored))
    error = std::make_error_code(std::errc::file_exists);
  if (error) return refuse(path, "make the folder", error.value());
  return {};
}

bool DiskFiles::exists(const std::string& path) const {
  std::error_code error;
  return fs::exists(path, error);
}

// ---- MemoryFiles

namespace {
std::string cleaned(const std::string& path) {
  std::string out = fs::path(path).lexically_normal().string();
  if (out.size() > 1 && out.ends_with('/')) out.pop_back();
  return out;
}
}  // namespace

Result<void> MemoryFiles::ask(Step step, const std::string& path) const {
  return before_ ? before_(step, path) : Result<void>{};
}

Result<std::string> MemoryFiles::read(const std::string& path, size_t bytes_max) const {
  TRY(ask(Step::read, path));
  const std::lock_guard lock(mutex_);
  const auto found = files_.find(cleaned(path));
  if (found == files_.end()) return refuse(path, "open it for reading", ENOENT);
  if (found->second.size() > bytes_max) return too_large(path, bytes_max);
  return found->second;
}

Result<void> MemoryFiles::write(const std::string& path, std::string_view bytes, Privacy) {
  for (const Step step : {Step::write, Step::sync, Step::rename}) TRY(ask(step, path));
  const std::lock_guard lock(mutex_);
  const std::string name = cleaned(path), folder = folder_of(name);
  if (folder != "." && folder != "/" && !folders_.contains(folder)) return refuse(path, "open it for writing", ENOENT);
  if (folders_.contains(name)) return refuse(path, "put it in place", EISDIR);
  files_[name] = bytes;
  return {};
}

Result<std::vector<std::string>> MemoryFiles::list(const std::string& folder) const {
  TRY(ask(Step::list, folder));
  const std::lock_guard lock(mutex_);
  const std::string name = cleaned(folder);
  if (name != "." && name != "/" && !folders_.contains(name)) return refuse(folder, "list it", ENOENT);
  std::vector<std::string> names;
  for (const auto& [path, bytes] : files_) {
    if (folder_of(path) == name) names.push_back(fs::path(path).filename().string());
  }
  for (const std::string& path : folders_) {
    if (folder_of(path) == name) names.push_back(fs::path(path).filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<void> MemoryFiles::remove(const std::string& path) {
  TRY(ask(Step::remove, path));
  const std::lock_guard lock(mutex_);
  if (files_.erase(cleaned(path)) == 0) return refuse(path, "remove it", ENOENT);
  return {};
}

Result<void> MemoryFiles::make_folder(const std::string& path) {
  TRY(ask(Step::make_folder, path));
  const std::lock_guard lock(mutex_);
  for (std::string at = cleaned(path); at != "." && at != "/"; at = folder_of(at)) {
    if (files_.contains(at)) return refuse(path, "make the folder", EEXIST);
    folders_.insert(at);
  }
  return {};
}

bool MemoryFiles::exists(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  const std::string name = cleaned(path);
  return files_.contains(name) || folders_.contains(name);
}

}  // namespace puhui
