// User: who may sign in, as stored. The store's rows; Access keeps them in memory and rules over them.
#pragma once

#include <string>
#include <vector>

#include "ground/base/hash.h"
#include "ground/store/store.h"

namespace puhui::access {

inline constexpr size_t kUserNameBytesMax = 64, kDisplayNameBytesMax = 100, kUsersMax = 10'000;

struct User {
  std::string name;          // letters, digits, '-', '_', '.'
  std::string display_name;  // as a person writes it
  std::vector<std::string> roles;
  bool disabled = false;
  std::string password_hash;
  Timestamp one_time_until;  // not zero: the password is one of one use, to be changed until then
  Timestamp made_at, signed_in_at;
  bool must_change_password() const { return one_time_until.microseconds != 0; }
};

struct Session {
  Digest digest;  // SHA-256 of the token that the browser holds
  std::string name, peer;
  Timestamp made_at, seen_at;
  Id128 id() const;  // what people see of it: made of the digest, does not open anything
};

// The key of a person that the browser wrapped with a passphrase; the server cannot open it.
struct WrappedKey {
  std::string name, public_key, wrapped;
};

std::vector<Migration> migrations();

// Every fault of a name and a display name.
Result<void> check_names(const User& user);

Result<void> insert_user(Transaction& tx, const User& user);
Result<void> update_user(Transaction& tx, const User& user);
Result<std::vector<User>> read_users(Reader& reader);
Result<void> insert_session(Transaction& tx, const Session& session);
Result<void> delete_session(Transaction& tx, const Session& session);
Result<void> touch_session(Transaction& tx, const Session& session);
Result<std::vector<Session>> read_sessions(Reader& reader);
Result<void> put_wrapped_key(Transaction& tx, const WrappedKey& key, Timestamp at);
Result<std::optional<WrappedKey>> find_wrapped_key(Reader& reader, std::string_view name);

}  // namespace puhui::access
