#include "ground/store/schema.h"

#include "ground/base/check.h"
#include "ground/base/hash.h"

namespace puhui {
namespace {

constexpr std::string_view kOwnTables[] = {
    "CREATE TABLE IF NOT EXISTS store_migration(module {text} NOT NULL, version {int} NOT NULL, "
    "sha256 {text} NOT NULL, at {int} NOT NULL, PRIMARY KEY(module, version)) {clustered}",
    "CREATE TABLE IF NOT EXISTS store_lease(shard {int} NOT NULL PRIMARY KEY, holder {text} NOT NULL, "
    "fence {int} NOT NULL, commits {int} NOT NULL)",
};

using Ran = std::map<std::pair<std::string, int64_t>, std::string>;  // (module, version) to sha256

Result<Ran> migrations_run(Connection& connection) {
  Ran ran;
  TRY(connection.each("SELECT module, version, sha256 FROM store_migration", {}, [&](const Row& row) -> Result<void> {
    ran[{std::string(row.text(0)), row.integer(1)}] = std::string(row.text(2));
    return {};
  }));
  return ran;
}

// What stands in the store against what this program knows; every difference is a fault.
Result<void> compare(const Ran& ran, const std::vector<Migration>& migrations, const std::string& location) {
  std::map<std::string, int64_t> known;
  for (const Migration& migration : migrations) {
    CHECK(migration.version == known[migration.module] + 1, "a module's migrations are numbered 1, 2, …");
    known[migration.module] = migration.version;
  }
  Faults newer, changed;
  std::map<std::string, int64_t> stored;
  for (const auto& [key, sha256] : ran) stored[key.first] = std::max(stored[key.first], key.second);
  for (const auto& [module, version] : stored) {
    if (version <= known[module]) continue;
    newer.add(location, "expected " + module + " at version " + std::to_string(known[module]) +
                            " or older, but the store has version " + std::to_string(version) +
                            ": use the newer program that made it");
  }
  TRY(std::move(newer).result(ErrorCode::conflict));
  for (const Migration& migration : migrations) {
    const auto found = ran.find({migration.module, migration.version});
    if (found == ran.end() || found->second == sha256(migration.sql).hex()) continue;
    changed.add(location, "expected migration " + migration.module + " " + std::to_string(migration.version) +
                              " to have sha256 " + found->second.substr(0, 12) + " as it ran, but this program's has " +
                              sha256(migration.sql).short_hex() + ": a released migration never changes");
  }
  return std::move(changed).result(ErrorCode::corrupt);
}

Result<void> run_one(Connection& connection, const Engine& engine, const Migration& migration, Timestamp now) {
  TRY(connection.begin(Access::write));
  auto run = [&]() -> Result<void> {
    for (const std::string& statement : statements_of(engine.translate(migration.sql))) {
      TRY(connection.command(statement));
    }
    TRY(connection.execute("INSERT INTO store_migration(module, version, sha256, at) VALUES (?, ?, ?, ?)",
                           {migration.module, migration.version, sha256(migration.sql).hex(), now.microseconds}));
    return connection.commit();
  };
  auto done = run();
  if (!done) {
    connection.rollback();
    return fail(at("migration " + migration.module + " " + std::to_string(migration.version), std::move(done).error()));
  }
  return {};
}

std::unexpected<Error> lease_lost(Connection& connection, const Lease& lease, const std::string& location) {
  return fail(ErrorCode::unavailable, location,
              "expected to hold the store's lease (fence " + std::to_string(lease.fence) + "), but " +
                  lease_holder(connection) + " took it: this node must stop, or be started anew");
}

}  // namespace

Result<void> create_own_tables(Connection& connection, const Engine& engine) {
  for (const std::string_view sql : kOwnTables) TRY(connection.command(engine.translate(sql)));
  return {};
}

Result<void> run_migrations(Connection& connection, const Engine& engine, const std::vector<Migration>& migrations,
                            Timestamp now) {
  const Ran ran = TRY(migrations_run(connection));
  TRY(compare(ran, migrations, engine.location()));
  for (const Migration& migration : migrations) {
    if (!ran.contains({migration.module, migration.version})) {
      TRY(run_one(connection, engine, migration, now));
    }
  }
  return {};
}

Result<void> expect_migrations(Connection& connection, const std::vector<Migration>& migrations,
                               const std::string& location) {
  const Ran ran = TRY(migrations_run(connection));
  TRY(compare(ran, migrations, location));
  if (ran.size() == migrations.size()) return {};
  return fail(ErrorCode::conflict, location,
              "expected a store of this version, but it is older: open it once for writing");
}

std::string lease_holder(Connection& connection) {
  auto holder = connection.text("SELECT holder FROM store_lease ORDER BY shard LIMIT 1");
  return holder && *holder ? **holder : "another process";
}

Result<Lease> take_lease(Connection& connection, const std::string& holder, int64_t shard) {
  TRY(connection.begin(Access::write));
  auto take = [&]() -> Result<Lease> {
    TRY(
        connection.execute("INSERT INTO store_lease(shard, holder, fence, commits) VALUES (?, ?, 0, 0) "
                           "ON CONFLICT (shard) DO NOTHING",
                           {shard, holder}));
    TRY(connection.execute("UPDATE store_lease SET fence = fence + 1, commits = 0, holder = ? WHERE shard = ?",
                           {holder, shard}));
    const auto fence = TRY(connection.integer("SELECT fence FROM store_lease WHERE shard = ?", {shard}));
    TRY(connection.commit());
    return Lease{shard, fence.value_or(0), 0};
  };
  auto lease = take();
  if (!lease) connection.rollback();
  return lease;
}

Result<void> spend_lease(Connection& connection, const Lease& lease, const std::string& location) {
  const int64_t changed = TRY(connection.execute("UPDATE store_lease SET commits = ? WHERE shard = ? AND fence = ?",
                                                 {lease.commits, lease.shard, lease.fence}));
  if (changed == 1) return {};
  return lease_lost(connection, lease, location);
}

Result<int64_t> durable_commits(Connection& connection, const Lease& lease, const std::string& location) {
  const auto commits = TRY(
      connection.integer("SELECT commits FROM store_lease WHERE shard = ? AND fence = ?", {lease.shard, lease.fence}));
  if (commits) return *commits;
  return lease_lost(connection, lease, location);
}

}  // namespace puhui
