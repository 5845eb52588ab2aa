// KeyRing: who may call over HTTP. Keys are kept as SHA-256 only; the secret is shown once, when it is minted.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "ground/base/cpu_account.h"
#include "ground/base/files.h"
#include "ground/base/hash.h"
#include "ground/base/json.h"
#include "ground/base/log.h"
#include "ground/base/result.h"
#include "ground/base/verb.h"

namespace puhui::http {

constexpr size_t kKeysMax = 1000;
constexpr size_t kKeyFileBytesMax = 1 << 20;
constexpr size_t kSecretBytesMax = 256;

struct Key {
  std::string name;                      // the caller's name: "ops-anna"
  Digest sha256;                         // of the secret
  std::vector<std::string> permissions;  // "lending.apply", "lending.*", "*"
};

class KeyRing {
 public:
  // {"keys":[{"name":"ops-anna","sha256":"…","permissions":["lending.*"]}]}
  static Result<KeyRing> parse(std::string_view json);
  static Result<KeyRing> load(const Files& files, const std::string& file);
  Json json() const;

  // A name or a digest twice is a conflict.
  Result<void> add(Key key);
  // The caller whose secret this is, or nullptr. Takes the same time wherever, and whether, it is found.
  const Caller* find(std::string_view secret) const;
  size_t size() const { return digests_.size(); }

 private:
  std::vector<Digest> digests_;
  std::deque<Caller> callers_;  // beside digests_; find() lends them, so they must not move
};

// The ring in force, replaced whole when the key file changes. Requests keep the ring they came in with.
class KeyShelf {
 public:
  std::shared_ptr<const KeyRing> ring() const;  // nullptr: there never was a key file
  void put(KeyRing ring);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const KeyRing> ring_;
};

// A key file on the disk and the shelf that follows it, looked at every so often on a thread of its own. A file that
// does not read, or is gone, leaves the keys as they were: a slip of the editor must not open or shut the door.
class KeyFile {
 public:
  KeyFile(const Files& files, std::string file, KeyShelf& shelf, Log& log);
  ~KeyFile();
  KeyFile(const KeyFile&) = delete;
  KeyFile& operator=(const KeyFile&) = delete;

  Result<void> load();  // now; a fault when it is not there or does not read
  void look();          // again: takes over what changed, logs what is no good
  void watch(std::chrono::milliseconds every, CpuAccount* account = nullptr);

 private:
  const Files& files_;
  const std::string file_;
  KeyShelf& shelf_;
  Log& log_;
  Digest read_;  // of the bytes that were read last, good or not
  bool missing_ = false;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

struct MintedKey {
  std::string secret;  // "puhui_" and 64 hex digits: 256 bits from the system's generator
  Key key;
};
Result<MintedKey> mint_key(std::string name, std::vector<std::string> permissions);

// Mints a key into the file, made when there is none and readable by its owner alone, and answers it. One process at a
// time.
Result<MintedKey> mint_key_into(Files& files, const std::string& file, std::string name,
                                std::vector<std::string> permissions);

}  // namespace puhui::http
