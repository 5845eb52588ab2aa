// What happened in a promotion: its events in words and its looks at quality, beside the promotion itself.
#pragma once

#include <vector>

#include "governance/promotion/shapes.h"

namespace puhui::promotion {

inline constexpr int64_t kEventsShownMax = 500;

Result<void> put_event(Transaction& tx, const Promotion& promotion, const EventView& event);
Result<std::vector<EventView>> read_events(Reader& reader, const Promotion& promotion);  // the newest first
Result<void> put_look(Transaction& tx, const Promotion& promotion, const LookView& look);
Result<std::vector<LookView>> read_looks(Reader& reader, const Promotion& promotion);  // in order

}  // namespace puhui::promotion
