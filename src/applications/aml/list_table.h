// ListTable: lists as versioned rows. An entry lies once a list by its digest however many versions hold it; a version is the rows that were
// added with it or before and not removed by it.
#pragma once

#include <functional>

#include "applications/aml/screening_shapes.h"
#include "ground/store/store.h"

namespace puhui::aml {

std::vector<Migration> screening_migrations();  // of lists, parties and matches

struct ListSource {
  ListFormat format = ListFormat::csv;
  uint64_t rows_skipped = 0;
  std::string skipped_why;
};

// In a store closure. The entries' ids are different. Answers what changed; the same list again makes no version.
Result<ListImportAnswer> put_list(Transaction& tx, const std::string& list,
                                  const std::vector<screening::ListEntry>& entries, const ListSource& source,
                                  std::string_view by, Timestamp at);

// The entries of all lists as they are now, by list and id.
Result<std::vector<screening::ListEntry>> all_entries(Reader& reader);

struct ListVersion {
  std::string list;
  int64_t version = 0;
  Digest digest;
};
Result<std::vector<ListVersion>> current_versions(Reader& reader);  // by list
Digest digest_of(const std::vector<ListVersion>& versions);

// Ids of the entries that are new or say something else than in version `since` (0: all of them).
Result<std::vector<std::string>> changed_since(Reader& reader, std::string_view list, int64_t since);

Result<std::vector<ListVersionView>> list_versions(Reader& reader, const ListShowRequest& request);

}  // namespace puhui::aml
