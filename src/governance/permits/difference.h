// Difference: what a proposed permit would change of the one in force, in words: thresholds then and now, table rows
// added, removed and changed, models swapped with their figures. It is what an approver signs for, so it is part of `seen`.
#pragma once

#include <string>
#include <vector>

#include "infrastructure/kernel/kernel.h"

namespace puhui::permits {

struct ThresholdChange {
  std::string name;
  std::optional<std::string> then, now;  // absent: there was none, or there is none any more
  bool operator==(const ThresholdChange&) const = default;
};
struct RowChange {
  std::string then, now;                    // a rule in words: "score in [600..650) -> rate 0.12"
  int64_t number_then = 0, number_now = 0;  // as people count rows, from 1
};
struct TableRow {
  int64_t number = 0;
  std::string row;
};
struct TableChange {
  std::string decision;  // the decision or business knowledge model it belongs to
  std::string what;      // "added", "removed", "changed", "reordered"
  std::vector<TableRow> rows_added, rows_removed;
  std::vector<RowChange> rows_changed;
};
struct ExpressionChange {
  std::string decision;
  std::optional<std::string> then, now;
};
struct Figure {
  std::string name;  // "auc", "ks" …
  std::optional<std::string> then, now;
};
struct ModelSwap {
  std::string name;                 // as the policy calls it
  std::optional<Digest> then, now;  // absent: there was none, or there is none any more
  std::string kind_then, kind_now;  // "scorecard", "pmml" …
  std::vector<Figure> figures;      // of the test sample, as far as the cards tell
};
struct Difference {
  std::optional<Digest> in_force;  // what it is compared with; absent: nothing is in force
  std::vector<ThresholdChange> thresholds;
  std::vector<TableChange> tables;
  std::vector<ExpressionChange> expressions;
  std::vector<ModelSwap> models;
  std::vector<std::string> other;  // artefacts, tier, build, expiry, conditions: one sentence each
  bool none = false;               // nothing at all changes
};
void fields(Shape& shape, Difference& difference);

// `before` may be null. The manifest's artefacts must load: as Kernel::rehearse.
Result<Difference> difference(const kernel::Kernel& kernel, const kernel::Version* before,
                              const evidence::Manifest& after);

}  // namespace puhui::permits
