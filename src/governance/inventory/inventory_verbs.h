// The verbs of the inventory.
#pragma once

#include "governance/inventory/inventory.h"
#include "ground/base/verb.h"

namespace puhui::inventory {

// inventory list {kind?, use_case?, status?, overdue?, at?, limit, after?} → {items, next?, at}; permits only when asked
// inventory show {kind, name, at?} → {item, validations, at}
// inventory declare {kind, name, owner?, purpose?, validation_months?, documents?} → item
// inventory validate {kind, name, outcome: passed | conditions | failed, note?} → item
// inventory production {at?, use_case?} → {production: [one a use case], at}
// inventory lineage {kind, name, at?} → {nodes, edges, at}
// With nullptr they can be described (help, schemas) but not run.
std::vector<Verb> inventory_verbs(const InventoryNeeds* needs);

}  // namespace puhui::inventory
