#include "doors/http/key_ring.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "ground/base/shape.h"
#include "ground/base/text.h"

namespace puhui::http {

static void fields(Shape& s, Key& key) {
  s.field("name", key.name, {.help = "who calls with it", .min = 1, .max = 100});
  s.field("sha256", key.sha256, {.help = "SHA-256 of the secret"});
  s.field("permissions", key.permissions, {.help = "what it may do", .max = 1000});
}

namespace {

struct KeyFile {
  std::vector<Key> keys;
};

void fields(Shape& s, KeyFile& file) { s.field("keys", file.keys, {.max = static_cast<int64_t>(kKeysMax)}); }

std::string reason() { return std::strerror(errno); }

Result<std::string> read_file(const std::string& file) {
  std::FILE* from = std::fopen(file.c_str(), "rb");
  if (from == nullptr) {
    const ErrorCode code = errno == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable;
    return fail(code, file, "expected a file of keys: " + reason());
  }
  std::string text(kKeyFileBytesMax + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), from));
  std::fclose(from);
  if (text.size() > kKeyFileBytesMax) {
    return fail(ErrorCode::exhausted, file, "expected at most " + std::to_string(kKeyFileBytesMax) + " bytes of keys");
  }
  return text;
}

bool write_all(int to, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(to, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

// Beside the file first, then in its place: a crash leaves the old keys or the new ones.
Result<void> replace_file(const std::string& file, std::string_view text) {
  const std::string beside = file + ".new";
  const int to = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (to < 0) return fail(ErrorCode::unavailable, beside, "cannot write: " + reason());
  const bool written = write_all(to, text) && ::fsync(to) == 0;
  const std::string why = reason();
  ::close(to);
  if (!written) return fail(ErrorCode::unavailable, beside, "cannot write: " + why);
  if (std::rename(beside.c_str(), file.c_str()) != 0) {
    return fail(ErrorCode::unavailable, file, "cannot replace: " + reason());
  }
  return {};
}

}  // namespace

Result<KeyRing> KeyRing::parse(std::string_view json) {
  const Json read = TRY(parse_json(json, {.bytes_max = kKeyFileBytesMax, .depth_max = 8}));
  KeyFile file = TRY(read_json<KeyFile>(read));
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

Result<KeyRing> KeyRing::load(const std::string& file) {
  auto ring = parse(TRY(read_file(file)));
  if (!ring) return fail(at(file, std::move(ring).error()));
  return ring;
}

Json KeyRing::json() const {
  KeyFile file;
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

Result<MintedKey> mint_key_into(const std::string& file, std::string name, std::vector<std::string> permissions) {
  KeyRing ring;
  if (auto loaded = KeyRing::load(file)) {
    ring = *std::move(loaded);
  } else if (loaded.error().code != ErrorCode::not_found) {
    return fail(std::move(loaded).error());
  }
  MintedKey minted = TRY(mint_key(std::move(name), std::move(permissions)));
  TRY(ring.add(minted.key));
  // Read back through the same door that the server uses, so that no file is written which it refuses.
  const std::string text = print_json_pretty(ring.json()) + "\n";
  TRY(KeyRing::parse(text));
  TRY(replace_file(file, text));
  return minted;
}

}  // namespace puhui::http
