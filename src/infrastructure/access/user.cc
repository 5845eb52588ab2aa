#include "infrastructure/access/user.h"

#include <algorithm>

#include "ground/base/text.h"

namespace puhui::access {

namespace {

constexpr std::string_view kUserColumns =
    "name, display_name, roles, disabled, password_hash, one_time_until, made_at, signed_in_at";

bool is_name_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

std::vector<std::string> split_roles(std::string_view text) {
  std::vector<std::string> out;
  for (const std::string_view role : split(text, ',')) out.emplace_back(role);
  return out;
}

}  // namespace

Id128 Session::id() const { return *Id128::from_bytes(sha256("puhui session ", digest.view()).view().substr(0, 16)); }

std::vector<Migration> migrations() {
  return {{"access", 1,
           "CREATE TABLE access_user (name {text} NOT NULL PRIMARY KEY, display_name {text} NOT NULL, "
           "roles {text} NOT NULL, disabled {int} NOT NULL, password_hash {text} NOT NULL, "
           "one_time_until {int} NOT NULL, made_at {int} NOT NULL, signed_in_at {int} NOT NULL);"
           "CREATE TABLE access_session (name {text} NOT NULL, digest {bytes} NOT NULL, peer {text} NOT NULL, "
           "made_at {int} NOT NULL, seen_at {int} NOT NULL, PRIMARY KEY (name, digest)) {clustered};"
           "CREATE TABLE access_key (name {text} NOT NULL PRIMARY KEY, public_key {text} NOT NULL, "
           "wrapped {text} NOT NULL, kept_at {int} NOT NULL)"}};
}

Result<void> check_names(const User& user) {
  Faults faults;
  if (user.name.empty() || user.name.size() > kUserNameBytesMax || !std::ranges::all_of(user.name, is_name_letter)) {
    faults.add("name", "expected 1 to " + std::to_string(kUserNameBytesMax) + " letters, digits, '-', '_' or '.'");
  }
  const auto is_control = [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; };
  if (user.display_name.empty() || user.display_name.size() > kDisplayNameBytesMax ||
      first_invalid_utf8(user.display_name) || std::ranges::any_of(user.display_name, is_control)) {
    faults.add("display_name",
               "expected 1 to " + std::to_string(kDisplayNameBytesMax) + " bytes of UTF-8 without control characters");
  }
  return std::move(faults).result();
}

Result<void> insert_user(Transaction& tx, const User& user) {
  TRY(tx.execute("INSERT INTO access_user (" + std::string(kUserColumns) + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                 {user.name, user.display_name, join(user.roles, ","), int64_t{user.disabled}, user.password_hash,
                  user.one_time_until.microseconds, user.made_at.microseconds, user.signed_in_at.microseconds}));
  return {};
}

Result<void> update_user(Transaction& tx, const User& user) {
  TRY(
      tx.execute("UPDATE access_user SET display_name = ?, roles = ?, disabled = ?, password_hash = ?, "
                 "one_time_until = ?, signed_in_at = ? WHERE name = ?",
                 {user.display_name, join(user.roles, ","), int64_t{user.disabled}, user.password_hash,
                  user.one_time_until.microseconds, user.signed_in_at.microseconds, user.name}));
  return {};
}

Result<std::vector<User>> read_users(Reader& reader) {
  std::vector<User> users;
  TRY(reader.each("SELECT " + std::string(kUserColumns) + " FROM access_user ORDER BY name", {},
                  [&](const Row& row) -> Result<void> {
                    users.push_back({std::string(row.text(0)), std::string(row.text(1)), split_roles(row.text(2)),
                                     row.integer(3) != 0, std::string(row.text(4)), Timestamp{row.integer(5)},
                                     Timestamp{row.integer(6)}, Timestamp{row.integer(7)}});
                    return {};
                  }));
  return users;
}

Result<void> insert_session(Transaction& tx, const Session& session) {
  TRY(tx.execute("INSERT INTO access_session (name, digest, peer, made_at, seen_at) VALUES (?, ?, ?, ?, ?)",
                 {session.name, BytesView{session.digest.view()}, session.peer, session.made_at.microseconds,
                  session.seen_at.microseconds}));
  return {};
}

Result<void> delete_session(Transaction& tx, const Session& session) {
  TRY(tx.execute("DELETE FROM access_session WHERE name = ? AND digest = ?",
                 {session.name, BytesView{session.digest.view()}}));
  return {};
}

Result<void> touch_session(Transaction& tx, const Session& session) {
  TRY(tx.execute("UPDATE access_session SET seen_at = ? WHERE name = ? AND digest = ?",
                 {session.seen_at.microseconds, session.name, BytesView{session.digest.view()}}));
  return {};
}

Result<std::vector<Session>> read_sessions(Reader& reader) {
  std::vector<Session> sessions;
  TRY(reader.each("SELECT name, digest, peer, made_at, seen_at FROM access_session", {},
                  [&](const Row& row) -> Result<void> {
                    const auto digest = Digest::from_bytes(row.bytes(1));
                    if (!digest) return fail(ErrorCode::corrupt, "access_session", "a digest is not 32 bytes");
                    sessions.push_back({*digest, std::string(row.text(0)), std::string(row.text(2)),
                                        Timestamp{row.integer(3)}, Timestamp{row.integer(4)}});
                    return {};
                  }));
  return sessions;
}

Result<void> put_wrapped_key(Transaction& tx, const WrappedKey& key, Timestamp at) {
  TRY(tx.execute("DELETE FROM access_key WHERE name = ?", {key.name}));
  TRY(tx.execute("INSERT INTO access_key (name, public_key, wrapped, kept_at) VALUES (?, ?, ?, ?)",
                 {key.name, key.public_key, key.wrapped, at.microseconds}));
  return {};
}

Result<std::optional<WrappedKey>> find_wrapped_key(Reader& reader, std::string_view name) {
  std::optional<WrappedKey> found;
  TRY(reader.each("SELECT name, public_key, wrapped FROM access_key WHERE name = ?", {name},
                  [&](const Row& row) -> Result<void> {
                    found = {std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2))};
                    return {};
                  }));
  return found;
}

}  // namespace puhui::access
