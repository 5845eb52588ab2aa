#include "doors/http/static_files.h"

#include <algorithm>
#include <array>

#include "doors/http/headers.h"
#include "ground/base/check.h"
#include "ground/base/text.h"

namespace puhui::http {

namespace {

constexpr std::string_view kIndex = "/index.html";

constexpr std::string_view kPagePolicy =
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; worker-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'; object-src 'none'";

std::string_view ending_of(std::string_view path) {
  const size_t dot = path.rfind('.');
  return dot == std::string_view::npos || path.find('/', dot) != std::string_view::npos ? "" : path.substr(dot + 1);
}

std::string type_of(std::string_view path) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 17> kTypes = {{
      {"html", "text/html; charset=utf-8"},
      {"js", "text/javascript; charset=utf-8"},
      {"mjs", "text/javascript; charset=utf-8"},
      {"css", "text/css; charset=utf-8"},
      {"json", "application/json"},
      {"map", "application/json"},
      {"webmanifest", "application/manifest+json"},
      {"txt", "text/plain; charset=utf-8"},
      {"svg", "image/svg+xml"},
      {"png", "image/png"},
      {"jpg", "image/jpeg"},
      {"webp", "image/webp"},
      {"ico", "image/x-icon"},
      {"woff", "font/woff"},
      {"woff2", "font/woff2"},
      {"ttf", "font/ttf"},
      {"wasm", "application/wasm"},
  }};
  const auto found = std::ranges::find(kTypes, ending_of(path), &std::pair<std::string_view, std::string_view>::first);
  return std::string(found == kTypes.end() ? "application/octet-stream" : found->second);
}

// "/assets/index-4f9K2a1b.js": the bundler puts eight letters of a digest before the ending.
bool holds_digest(std::string_view path) {
  constexpr size_t kDigestLetters = 8;
  if (!path.starts_with("/assets/")) return false;
  std::string_view stem = path.substr(path.rfind('/') + 1);
  stem = stem.substr(0, stem.rfind('.'));
  if (stem.size() <= kDigestLetters + 1 || stem[stem.size() - kDigestLetters - 1] != '-') return false;
  return std::ranges::all_of(stem.substr(stem.size() - kDigestLetters), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

}  // namespace

Result<StaticFiles> StaticFiles::load(const Files& files, const std::string& folder, StaticLimits limits) {
  StaticFiles out;
  if (!files.exists(folder + std::string(kIndex))) {
    return fail(ErrorCode::not_found, folder, "holds no index.html; the console is built by 'make serve'");
  }
  if (auto read = out.read_folder(files, folder, "", 0, limits); !read)
    return fail(at(folder, std::move(read).error()));
  out.join_compressed();
  return out;
}

Result<void> StaticFiles::read_folder(const Files& files, const std::string& folder, const std::string& path,
                                      size_t depth, const StaticLimits& limits) {
  if (depth > limits.depth_max) {
    return fail(ErrorCode::exhausted, path,
                "expected folders at most " + std::to_string(limits.depth_max) + " deep; is there a loop of links?");
  }
  for (const std::string& name : TRY(files.list(folder + path))) {
    const std::string below = path + "/" + name;
    if (files.list(folder + below)) {
      TRY(read_folder(files, folder, below, depth + 1, limits));
    } else {
      TRY(add(below, TRY(files.read(folder + below, limits.file_bytes_max)), limits));
    }
  }
  return {};
}

Result<void> StaticFiles::add(const std::string& path, std::string bytes, const StaticLimits& limits) {
  bytes_ += bytes.size();
  if (files_.size() == limits.files_max || bytes_ > limits.bytes_max) {
    return fail(ErrorCode::exhausted, path,
                "expected at most " + std::to_string(limits.files_max) + " files of together " +
                    std::to_string(limits.bytes_max) + " bytes; is this the built console?");
  }
  File& file = files_[path];
  file.type = type_of(path);
  file.plain = std::move(bytes);
  file.is_page = path.ends_with(".html");
  file.never_changes = holds_digest(path);
  return {};
}

// What stands compressed beside a file is that file, not one of its own.
void StaticFiles::join_compressed() {
  for (const auto& [ending, member] : {std::pair{".gz", &File::gzip}, std::pair{".br", &File::brotli}}) {
    for (auto at = files_.begin(); at != files_.end();) {
      const std::string_view path = at->first;
      const auto whole = path.ends_with(ending) ? files_.find(path.substr(0, path.size() - 3)) : files_.end();
      if (whole == files_.end()) {
        ++at;
        continue;
      }
      whole->second.*member = std::move(at->second.plain);
      at = files_.erase(at);
    }
  }
}

const StaticFiles::File* StaticFiles::find(std::string_view path) const {
  if (path == "/") path = kIndex;
  auto found = files_.find(path);
  if (found == files_.end() && (path == "/console" || path.starts_with("/console/"))) found = files_.find(kIndex);
  return found == files_.end() ? nullptr : &found->second;
}

Response StaticFiles::respond(std::string_view path, std::string_view accept_encoding) const {
  const File* file = find(path);
  CHECK(file != nullptr, "only what is served is asked for");
  Response response{.content_type = file->type};
  const Encodings taken = accepted_encodings(accept_encoding);
  const bool brotli = taken.brotli && !file->brotli.empty(), gzip = taken.gzip && !file->gzip.empty();
  response.body = brotli ? file->brotli : gzip ? file->gzip : file->plain;
  if (brotli || gzip) response.headers.emplace_back("Content-Encoding", brotli ? "br" : "gzip");
  if (!file->brotli.empty() || !file->gzip.empty()) response.headers.emplace_back("Vary", "Accept-Encoding");
  response.cache_control = file->never_changes ? "public, max-age=31536000, immutable"
                           : file->is_page     ? "no-store"
                                               : "no-cache";
  // With every file: a worker's script runs under its own, and an image may be opened as a page.
  response.headers.emplace_back("Content-Security-Policy", kPagePolicy);
  response.headers.emplace_back("Referrer-Policy", "same-origin");
  response.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  response.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  response.headers.emplace_back("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
  return response;
}

}  // namespace puhui::http
