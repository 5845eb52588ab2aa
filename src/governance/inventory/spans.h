// The rows behind the inventory: permits as spans of time, declarations, validations.
#pragma once

#include <functional>

#include "governance/inventory/inventory.h"

namespace puhui::inventory {

struct PermitSpan {
  evidence::Permit permit;
  Digest digest;
  Timestamp from;
  std::optional<Timestamp> until;  // when another took its place before the moment asked for
  bool champion = true;            // false: only admitted
};
// Those granted until `at`, by use case and time.
Result<std::vector<PermitSpan>> permit_spans(Reader& reader, Timestamp at);

Result<void> each_declaration(Reader& reader, Timestamp at, const std::function<void(Declaration)>& visit);
// In order of time.
Result<void> each_validation(Reader& reader, Timestamp at,
                             const std::function<void(ItemKind, std::string, Validation)>& visit);

}  // namespace puhui::inventory
