// The store's own tables: which migrations have run, and who may write (store_migration, store_lease).
#pragma once

#include "ground/store/engine.h"

namespace puhui {

// The right to write: every commit raises `commits` where shard and fence still match, so a holder that
// was replaced changes no row and knows it; and a commit whose answer was lost can be looked up.
struct Lease {
  int64_t shard = 0;
  int64_t fence = 0;
  int64_t commits = 0;
};

Result<void> create_own_tables(Connection& connection, const Engine& engine);

// Runs what is missing, one transaction each, in the given order. `conflict` when the store knows a newer
// version than `migrations`, `corrupt` when the text of one that has run was changed.
Result<void> run_migrations(Connection& connection, const Engine& engine, const std::vector<Migration>& migrations,
                            Timestamp now);
// For a store that is only read: `conflict` unless exactly these migrations have run.
Result<void> expect_migrations(Connection& connection, const std::vector<Migration>& migrations,
                               const std::string& location);

// Who holds the lease, for the message to the second; "another process" when nobody is noted.
std::string lease_holder(Connection& connection);
Result<Lease> take_lease(Connection& connection, const std::string& holder, int64_t shard);
// Inside the commit's transaction. `unavailable` when another took the lease.
Result<void> spend_lease(Connection& connection, const Lease& lease, const std::string& location);
// The number of the last commit of this lease that is durable; `unavailable` when another took it.
Result<int64_t> durable_commits(Connection& connection, const Lease& lease, const std::string& location);

}  // namespace puhui
