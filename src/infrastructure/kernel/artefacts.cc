#include "infrastructure/kernel/artefacts.h"

namespace puhui::kernel {

std::vector<Migration> migrations() {
  return {{"kernel", 1,
           "CREATE TABLE kernel_artefact (digest {bytes} NOT NULL PRIMARY KEY, kind {text} NOT NULL, "
           "bytes {bytes} NOT NULL, added_at {int} NOT NULL);"
           "CREATE TABLE kernel_permit (use_case {text} NOT NULL, granted_at {int} NOT NULL, digest {bytes} NOT NULL, "
           "permit {text} NOT NULL, PRIMARY KEY (use_case, granted_at))"},
          {"kernel", 2,
           // standing: 1 it decides as champion from then on, 0 it was only admitted (routing.h)
           "ALTER TABLE kernel_permit ADD COLUMN standing {int} NOT NULL DEFAULT 1;"
           "CREATE TABLE kernel_follower (name {text} NOT NULL PRIMARY KEY, sequence {int} NOT NULL);"
           "CREATE TABLE kernel_stop (scope {int} NOT NULL, name {text} NOT NULL, why {text} NOT NULL, "
           "by_whom {text} NOT NULL, stopped_at {int} NOT NULL, PRIMARY KEY (scope, name));"
           "CREATE TABLE kernel_fallback (use_case {text} NOT NULL PRIMARY KEY, fallback {int} NOT NULL, "
           "rules_permit {bytes});"
           "CREATE TABLE kernel_challenger (use_case {text} NOT NULL PRIMARY KEY, permit {bytes} NOT NULL, "
           "stage {int} NOT NULL, share_ppm {int} NOT NULL, seed {int} NOT NULL);"
           "CREATE TABLE kernel_exploration (use_case {text} NOT NULL, day {int} NOT NULL, taken {int} NOT NULL, "
           "PRIMARY KEY (use_case, day))"}};
}

Result<Digest> put_artefact(Transaction& tx, std::string_view kind, std::string_view bytes, Timestamp at) {
  if (bytes.size() > kArtefactBytesMax) {
    return fail(
        ErrorCode::exhausted, std::string(kind),
        "expected at most " + std::to_string(kArtefactBytesMax) + " bytes, came " + std::to_string(bytes.size()));
  }
  const Digest digest = sha256(bytes);
  if (TRY(tx.integer("SELECT 1 FROM kernel_artefact WHERE digest = ?", {BytesView{digest.view()}}))) return digest;
  TRY(tx.execute("INSERT INTO kernel_artefact (digest, kind, bytes, added_at) VALUES (?, ?, ?, ?)",
                 {BytesView{digest.view()}, kind, BytesView{bytes}, at.microseconds}));
  return digest;
}

Result<std::string> StoredArtefacts::artefact(const Digest& digest) {
  auto bytes = TRY(reader_.bytes("SELECT bytes FROM kernel_artefact WHERE digest = ?", {BytesView{digest.view()}}));
  if (!bytes)
    return fail(ErrorCode::not_found, "artefact " + digest.short_hex(),
                "is not in this store; put it in before its permit");
  if (sha256(*bytes) != digest) {
    return fail(ErrorCode::corrupt, "artefact " + digest.short_hex(),
                "its bytes give " + sha256(*bytes).short_hex() + "; restore the store from a backup");
  }
  return *std::move(bytes);
}

}  // namespace puhui::kernel
