#include "doors/http/key_ring.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "ground/base/shape.h"
#include "ground/base/text.h"

namespace puhui::http {

static void fields(Shape& s, Key& key) {
  s.field("name", key.name, {.help = "who calls with it", .min = 1, .max = 100});
  s.field("sha256", key.sha256, {.help = "SHA-256 of the secret"});
  s.field("permissions", key.permissions, {.help = "what it may do", .max = 1000});
}

namespace {

struct KeyList {
  std::vector<Key> keys;
};

void fields(Shape& s, KeyList& file) { s.field("keys", file.keys, {.max = static_cast<int64_t>(kKeysMax)}); }

}  // namespace

Result<KeyRing> KeyRing::parse(std::string_view json) {
  const Json read = TRY(parse_json(json, {.bytes_max = kKeyFileBytesMax, .depth_max = 8}));
  KeyList file = TRY(read_json<KeyList>(read));
  KeyRing ring;
  Faults faults;
  for (size_t i = 0; i < file.keys.size(); ++i) {
    if (auto added = ring.add(std::move(file.keys[i])); !added) {
      faults.add("keys/" + std::to_string(i), std::move(added).error());
    }
  }
  TRY(std::move(faults).result(ErrorCode::conflict));
  return ring;
}

Result<KeyRing> KeyRing::load(const Files& files, const std::string& file) {
  auto ring = parse(TRY(files.read(file, kKeyFileBytesMax)));
  if (!ring) return fail(at(file, std::move(ring).error()));
  return ring;
}

Json KeyRing::json() const {
  KeyList file;
  for (size_t i = 0; i < digests_.size(); ++i) {
    file.keys.push_back({callers_[i].name, digests_[i], callers_[i].permissions});
  }
  return to_json(file);
}

Result<void> KeyRing::add(Key key) {
  if (size() >= kKeysMax) return fail(ErrorCode::exhausted, "expected at most " + std::to_string(kKeysMax) + " keys");
  for (size_t i = 0; i < size(); ++i) {
    if (callers_[i].name == key.name) {
      return fail(ErrorCode::conflict, "name", "'" + key.name + "' has a key already; choose another name");
    }
    if (digests_[i] == key.sha256) {
      return fail(ErrorCode::conflict, "sha256", "is the key of '" + callers_[i].name + "' already; mint a new one");
    }
  }
  digests_.push_back(key.sha256);
  callers_.push_back({std::move(key.name), std::move(key.permissions)});
  return {};
}

const Caller* KeyRing::find(std::string_view secret) const {
  if (secret.size() > kSecretBytesMax) return nullptr;
  const Digest wanted = sha256(secret);
  const Caller* found = nullptr;
  for (size_t i = 0; i < digests_.size(); ++i) {
    if (CRYPTO_memcmp(digests_[i].bytes.data(), wanted.bytes.data(), wanted.bytes.size()) == 0) found = &callers_[i];
  }
  return found;
}

std::shared_ptr<const KeyRing> KeyShelf::ring() const {
  const std::lock_guard lock(mutex_);
  return ring_;
}

void KeyShelf::put(KeyRing ring) {
  auto fresh = std::make_shared<const KeyRing>(std::move(ring));
  const std::lock_guard lock(mutex_);
  ring_.swap(fresh);
}

KeyFile::KeyFile(const Files& files, std::string file, KeyShelf& shelf, Log& log)
    : files_(files), file_(std::move(file)), shelf_(shelf), log_(log) {}

KeyFile::~KeyFile() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  thread_.join();
}

Result<void> KeyFile::load() {
  const std::string bytes = TRY(files_.read(file_, kKeyFileBytesMax));
  auto ring = KeyRing::parse(bytes);
  if (!ring) return fail(at(file_, std::move(ring).error()));
  read_ = sha256(bytes);
  shelf_.put(*std::move(ring));
  return {};
}

void KeyFile::look() {
  const auto bytes = files_.read(file_, kKeyFileBytesMax);
  if (!bytes) {
    if (!missing_ && shelf_.ring()) log_.error("key_file_unread", {{"file", file_}, {"why", bytes.error().text()}});
    missing_ = true;
    return;
  }
  missing_ = false;
  const Digest digest = sha256(*bytes);
  if (digest == read_) return;
  read_ = digest;
  auto ring = KeyRing::parse(*bytes);
  if (!ring) return log_.error("key_file_refused", {{"file", file_}, {"why", ring.error().text()}});
  log_.info("key_file_read", {{"file", file_}, {"keys", static_cast<uint64_t>(ring->size())}});
  shelf_.put(*std::move(ring));
}

void KeyFile::watch(std::chrono::milliseconds every, CpuAccount* account) {
  thread_ = std::thread([this, every, account] {
    const CpuScope charged(account);
    std::unique_lock lock(mutex_);
    while (!stop_.wait_for(lock, every, [this] { return stopping_; })) look();
  });
}

Result<MintedKey> mint_key(std::string name, std::vector<std::string> permissions) {
  uint8_t random[32];
  if (RAND_bytes(random, sizeof random) != 1) {
    return fail(ErrorCode::unavailable, "the system has no random bytes to make a key of; try again");
  }
  std::string secret = "puhui_" + to_hex({reinterpret_cast<const char*>(random), sizeof random});
  OPENSSL_cleanse(random, sizeof random);
  const Digest digest = sha256(secret);
  return MintedKey{std::move(secret), Key{std::move(name), digest, std::move(permissions)}};
}

Result<MintedKey> mint_key_into(Files& files, const std::string& file, std::string name,
                                std::vector<std::string> permissions) {
  KeyRing ring;
  if (files.exists(file)) ring = TRY(KeyRing::load(files, file));
  MintedKey minted = TRY(mint_key(std::move(name), std::move(permissions)));
  TRY(ring.add(minted.key));
  // Read back through the same door that the server uses, so that no file is written which it refuses.
  const std::string text = print_json_pretty(ring.json()) + "\n";
  TRY(KeyRing::parse(text));
  TRY(files.write(file, text, Privacy::secret));
  return minted;
}

}  // namespace puhui::http
