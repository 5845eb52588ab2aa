#include "applications/aml/list_table.h"

#include <algorithm>
#include <map>

#include "ground/base/text.h"

namespace puhui::aml {

std::vector<Migration> screening_migrations() {
  return {
      {"aml_screening", 1,
       "CREATE TABLE aml_screening_version (list {text} NOT NULL, version {int} NOT NULL, digest {bytes} NOT NULL, "
       "made_at {int} NOT NULL, made_by {text} NOT NULL, format {int} NOT NULL, entries {int} NOT NULL, "
       "names {int} NOT NULL, added {int} NOT NULL, changed {int} NOT NULL, removed {int} NOT NULL, "
       "rows_skipped {int} NOT NULL, skipped_why {text} NOT NULL, PRIMARY KEY (list, version)) {clustered};"
       "CREATE TABLE aml_screening_entry (list {text} NOT NULL, digest {bytes} NOT NULL, body {bytes} NOT NULL, "
       "PRIMARY KEY (list, digest)) {clustered};"
       "CREATE TABLE aml_screening_row (list {text} NOT NULL, entry {text} NOT NULL, from_version {int} NOT NULL, "
       "until_version {int} NOT NULL, digest {bytes} NOT NULL, PRIMARY KEY (list, entry, from_version)) {clustered};"
       "CREATE TABLE aml_screening_seen (list {text} NOT NULL PRIMARY KEY, version {int} NOT NULL) {clustered};"
       "CREATE TABLE aml_screening_party (party {text} NOT NULL PRIMARY KEY, name {text} NOT NULL, "
       "kind {int} NOT NULL, born {int}, country {text} NOT NULL, identity {bytes} NOT NULL, "
       "screened {bytes} NOT NULL) {clustered};"
       "CREATE TABLE aml_screening_match (id {id} NOT NULL PRIMARY KEY, made_at {int} NOT NULL, state {int} NOT NULL, "
       "party {text} NOT NULL, list {text} NOT NULL, entry {text} NOT NULL, entry_digest {bytes} NOT NULL, "
       "posterior_ppm {int} NOT NULL, outcome {text} NOT NULL, decision {id} NOT NULL, query {text} NOT NULL, "
       "found {text} NOT NULL, reasons {text} NOT NULL, proposed_by {text} NOT NULL, decided_by {text} NOT NULL, "
       "decided_at {int}, why {text} NOT NULL) {clustered};"
       "CREATE INDEX aml_screening_match_by_time ON aml_screening_match (made_at, id);"
       "CREATE INDEX aml_screening_match_by_party ON aml_screening_match (party, made_at, id)"}};
}

namespace {

constexpr int64_t kStands = 0;  // until_version of a row that no version removed

Result<std::map<std::string, Digest, std::less<>>> rows_now(Reader& reader, std::string_view list) {
  std::map<std::string, Digest, std::less<>> out;
  TRY(reader.each("SELECT entry, digest FROM aml_screening_row WHERE list = ? AND until_version = 0", {list},
                  [&](const Row& row) -> Result<void> {
                    const auto digest = Digest::from_bytes(row.bytes(1));
                    if (!digest) return fail(ErrorCode::corrupt, "aml_screening_row", "a digest is damaged");
                    out.emplace(row.text(0), *digest);
                    return {};
                  }));
  return out;
}

Result<bool> has_body(Reader& reader, std::string_view list, const Digest& digest) {
  return TRY(reader.integer("SELECT 1 FROM aml_screening_entry WHERE list = ? AND digest = ?",
                            {list, BytesView{digest.view()}}))
      .has_value();
}

// What one import does to the rows.
struct Change {
  Digest digest;  // of the whole list
  int64_t names = 0;
  std::vector<std::pair<const screening::ListEntry*, Digest>> put;  // added or changed
  std::vector<std::string> gone;                                    // changed or removed
  int64_t added = 0, changed = 0, removed = 0;
};

Change change_of(const std::vector<screening::ListEntry>& entries,
                 const std::map<std::string, Digest, std::less<>>& before) {
  Change out;
  std::map<std::string_view, Digest> now;
  for (const screening::ListEntry& entry : entries) {
    const Digest digest = entry.digest();
    out.names += static_cast<int64_t>(entry.names.size());
    now.emplace(entry.id, digest);
    const auto stood = before.find(entry.id);
    if (stood != before.end() && stood->second == digest) continue;
    out.put.emplace_back(&entry, digest);
    ++(stood == before.end() ? out.added : out.changed);
    if (stood != before.end()) out.gone.push_back(entry.id);
  }
  for (const auto& [id, digest] : before) {
    if (now.contains(id)) continue;
    out.gone.push_back(id);
    ++out.removed;
  }
  Sha256 all;
  for (const auto& [id, digest] : now) all.add(digest.view());
  out.digest = all.digest();
  return out;
}

}  // namespace

Result<ListImportAnswer> put_list(Transaction& tx, const std::string& list,
                                  const std::vector<screening::ListEntry>& entries, const ListSource& source,
                                  std::string_view by, Timestamp at) {
  const Change change = change_of(entries, TRY(rows_now(tx, list)));
  const int64_t before =
      TRY(tx.integer("SELECT MAX(version) FROM aml_screening_version WHERE list = ?", {list})).value_or(0);
  ListImportAnswer out;
  out.list = list;
  out.digest = change.digest;
  out.entries = static_cast<int64_t>(entries.size());
  out.names = change.names;
  out.at = at;
  out.unchanged = before > 0 && change.put.empty() && change.gone.empty();
  out.version = out.unchanged ? before : before + 1;
  if (out.unchanged) return out;
  out.added = change.added;
  out.changed = change.changed;
  out.removed = change.removed;
  for (const std::string& gone : change.gone) {
    TRY(tx.execute("UPDATE aml_screening_row SET until_version = ? WHERE list = ? AND entry = ? AND until_version = 0",
                   {out.version, list, gone}));
  }
  static const AppendTable kBodies{"aml_screening_entry", {"list", "digest", "body"}};
  static const AppendTable kRows{"aml_screening_row", {"list", "entry", "from_version", "until_version", "digest"}};
  for (const auto& [entry, digest] : change.put) {
    if (!TRY(has_body(tx, list, digest))) {
      const std::string body = screening::encode(*entry);
      const Param cells[] = {list, BytesView{digest.view()}, BytesView{body}};
      TRY(tx.append(kBodies, cells));
    }
    const Param cells[] = {list, entry->id, out.version, kStands, BytesView{digest.view()}};
    TRY(tx.append(kRows, cells));
  }
  TRY(
      tx.execute("INSERT INTO aml_screening_version (list, version, digest, made_at, made_by, format, entries, names, "
                 "added, changed, removed, rows_skipped, skipped_why) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 {list, out.version, BytesView{out.digest.view()}, at.microseconds, by,
                  static_cast<int64_t>(source.format), out.entries, out.names, out.added, out.changed, out.removed,
                  static_cast<int64_t>(source.rows_skipped), source.skipped_why}));
  return out;
}

Result<std::vector<screening::ListEntry>> all_entries(Reader& reader) {
  std::vector<screening::ListEntry> out;
  TRY(
      reader.each("SELECT e.body FROM aml_screening_row r JOIN aml_screening_entry e ON e.list = r.list AND "
                  "e.digest = r.digest WHERE r.until_version = 0 ORDER BY r.list, r.entry",
                  {}, [&](const Row& row) -> Result<void> {
                    out.push_back(TRY(screening::decode_entry(row.bytes(0))));
                    return {};
                  }));
  return out;
}

Result<std::vector<ListVersion>> current_versions(Reader& reader) {
  std::vector<ListVersion> out;
  TRY(
      reader.each("SELECT v.list, v.version, v.digest FROM aml_screening_version v WHERE v.version = (SELECT "
                  "MAX(w.version) FROM aml_screening_version w WHERE w.list = v.list) ORDER BY v.list",
                  {}, [&](const Row& row) -> Result<void> {
                    const auto digest = Digest::from_bytes(row.bytes(2));
                    if (!digest) return fail(ErrorCode::corrupt, "aml_screening_version", "a digest is damaged");
                    out.push_back({std::string(row.text(0)), row.integer(1), *digest});
                    return {};
                  }));
  return out;
}

Digest digest_of(const std::vector<ListVersion>& versions) {
  Sha256 all;
  for (const ListVersion& one : versions) {
    all.add(one.list);
    all.add(one.digest.view());
  }
  return all.digest();
}

Result<std::vector<std::string>> changed_since(Reader& reader, std::string_view list, int64_t since) {
  std::vector<std::string> out;
  TRY(
      reader.each("SELECT entry FROM aml_screening_row WHERE list = ? AND until_version = 0 AND from_version > ? "
                  "ORDER BY entry",
                  {list, since}, [&](const Row& row) -> Result<void> {
                    out.emplace_back(row.text(0));
                    return {};
                  }));
  return out;
}

Result<std::vector<ListVersionView>> list_versions(Reader& reader, const ListShowRequest& request) {
  // By list, the newest first; the cursor is the list and the version last told.
  std::string list = request.list.value_or("");
  int64_t version = std::numeric_limits<int64_t>::max();
  if (request.after) {
    const size_t slash = request.after->rfind('/');
    const auto number = slash == std::string::npos ? std::nullopt : parse_int64(request.after->substr(slash + 1));
    if (!number) return fail(ErrorCode::invalid, "after", "expected the 'next' of a page before");
    list = request.after->substr(0, slash);
    version = *number;
  }
  std::vector<ListVersionView> out;
  std::map<std::string, int64_t> newest;
  for (const ListVersion& one : TRY(current_versions(reader))) newest[one.list] = one.version;
  TRY(
      reader.each("SELECT list, version, digest, made_at, made_by, format, entries, names, added, changed, removed, "
                  "rows_skipped, skipped_why FROM aml_screening_version WHERE (list > ? OR (list = ? AND version < ?)) "
                  "AND (? = '' OR list = ?) ORDER BY list, version DESC LIMIT ?",
                  {list, list, version, request.list.value_or(""), request.list.value_or(""), request.limit},
                  [&](const Row& row) -> Result<void> {
                    ListVersionView view;
                    view.list = row.text(0);
                    view.version = row.integer(1);
                    view.digest = Digest::from_bytes(row.bytes(2)).value_or(Digest());
                    view.at = {row.integer(3)};
                    view.by = row.text(4);
                    view.format = static_cast<ListFormat>(row.integer(5));
                    view.entries = row.integer(6);
                    view.names = row.integer(7);
                    view.added = row.integer(8);
                    view.changed = row.integer(9);
                    view.removed = row.integer(10);
                    view.rows_skipped = row.integer(11);
                    view.skipped_why = row.text(12);
                    view.in_use = newest[view.list] == view.version;
                    out.push_back(std::move(view));
                    return {};
                  }));
  return out;
}

}  // namespace puhui::aml
