// StaticFiles: the built console in memory, read once at the start. A request names a file by its exact path, so there
// is no path to escape by. A file's .gz and .br beside it are what it is sent as when the client takes them.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "doors/http/message.h"
#include "ground/base/files.h"

namespace puhui::http {

struct StaticLimits {
  size_t files_max = 5'000;
  size_t file_bytes_max = 32 << 20;
  size_t bytes_max = 256 << 20;  // of all
  size_t depth_max = 8;          // folders inside one another
};

class StaticFiles {
 public:
  // not_found: there is no index.html in the folder; exhausted: a limit.
  static Result<StaticFiles> load(const Files& files, const std::string& folder, StaticLimits limits = {});

  // "/" and whatever lies at or under /console that is no file: index.html, whose own script reads the rest.
  bool serves(std::string_view path) const { return find(path) != nullptr; }
  Response respond(std::string_view path, std::string_view accept_encoding) const;  // needs serves(path)
  size_t files() const { return files_.size(); }
  size_t bytes() const { return bytes_; }

 private:
  struct File {
    std::string type, plain, gzip, brotli;  // gzip, brotli: empty when there is none
    bool is_page = false;                   // the one that runs scripts
    bool never_changes = false;             // its name holds a digest of its bytes
  };
  Result<void> read_folder(const Files& files, const std::string& folder, const std::string& path, size_t depth,
                           const StaticLimits& limits);
  Result<void> add(const std::string& path, std::string bytes, const StaticLimits& limits);
  void join_compressed();
  const File* find(std::string_view path) const;

  std::map<std::string, File, std::less<>> files_;  // by path: "/assets/index-4f9K2a1b.js"
  size_t bytes_ = 0;
};

}  // namespace puhui::http
