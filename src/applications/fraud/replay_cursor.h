// How far a replay came, in the same transactions as what it did, so that after any end the same request goes on there.
// Judged payments need none of it: the desk knows each by its key.
#pragma once

#include <string>

#include "ground/store/store.h"

namespace puhui::fraud {

struct ReplayCursor {
  int64_t observed = 0;  // payments that were only observed
  int64_t labels = 0;    // in the order they become known
};

// The cursor of this replay; begun when there is none. conflict: another replay began in this store.
Result<ReplayCursor> open_cursor(Store& store, const std::string& scheme, const std::string& request);
Result<void> move_cursor(Transaction& tx, const std::string& scheme, const ReplayCursor& to);

}  // namespace puhui::fraud
