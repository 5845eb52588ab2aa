#include "applications/fraud/replay_cursor.h"

#include "applications/fraud/replay.h"

namespace puhui::fraud {

std::vector<Migration> replay_migrations() {
  return {{"fraud_replay", 1,
           "CREATE TABLE fraud_replay (scheme {text} NOT NULL PRIMARY KEY, request {text} NOT NULL, observed {int} NOT "
           "NULL,"
           " labels {int} NOT NULL) {clustered}"}};
}

Result<ReplayCursor> open_cursor(Store& store, const std::string& scheme, const std::string& request) {
  ReplayCursor out;
  TRY(store.write([&](Transaction& tx) -> Result<void> {
    std::string began;
    TRY(tx.each("SELECT request, observed, labels FROM fraud_replay WHERE scheme = ?", {scheme},
                [&](const Row& row) -> Result<void> {
                  began = row.text(0);
                  out = {row.integer(1), row.integer(2)};
                  return {};
                }));
    if (began.empty()) {
      TRY(tx.execute("INSERT INTO fraud_replay (scheme, request, observed, labels) VALUES (?, ?, 0, 0)",
                     {scheme, request}));
    } else if (began != request) {
      return fail(ErrorCode::conflict, "store",
                  "another replay of '" + scheme + "' began in it (" + began +
                      "); go on with that one, or give this one (" + request + ") a store of its own: --store FOLDER");
    }
    return {};
  }));
  return out;
}

Result<void> move_cursor(Transaction& tx, const std::string& scheme, const ReplayCursor& to) {
  TRY(tx.execute("UPDATE fraud_replay SET observed = ?, labels = ? WHERE scheme = ?",
                 {to.observed, to.labels, scheme}));
  return {};
}

}  // namespace puhui::fraud
