// Which column and which rule of a table a sheet's columns and lines are.
#pragma once

#include <optional>
#include <vector>

#include "infrastructure/workbench/sheet_table.h"

namespace puhui::workbench {

// One entry a new part: the old part it is, or nullopt for a new one. No old part is used twice.
using Sources = std::vector<std::optional<size_t>>;

Sources match_clauses(const std::vector<TableClause>& old, const std::vector<TableClause>& made);
// By id where the sheet has ids.
Sources match_rules(const TableContent& old, const TableContent& made);

// 0, 1, 2 …: every part stays where it is, none is new and none goes.
bool is_unmoved(const Sources& sources, size_t old_count);

}  // namespace puhui::workbench
