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
};
void fields(Shape& shape, ThresholdChange& change);

struct TableRow {
  int64_t number = 0;  // as people count rows, from 1
  std::string row;     // a rule in words: "score in [600..650) -> rate 0.12"
};
void fields(Shape& shape, TableRow& row);

struct RowChange {
  int64_t number_then = 0, number_now = 0;
  std::string then, now;
};
void fields(Shape& shape, RowChange& change);

struct TableChange {
  std::string decision;    // the decision or business knowledge model it belongs to
  std::string what;        // "added", "removed", "changed"
  bool reordered = false;  // rows that are in both stand in another order
  std::vector<TableRow> rows_added, rows_removed;
  std::vector<RowChange> rows_changed;
};
void fields(Shape& shape, TableChange& change);

struct ExpressionChange {
  std::string decision;
  std::optional<std::string> then, now;
};
void fields(Shape& shape, ExpressionChange& change);

struct Figure {
  std::string name;  // "auc", "ks" …, of the test sample
  std::optional<std::string> then, now;
};
void fields(Shape& shape, Figure& figure);

struct ModelSwap {
  std::string name;                 // as the policy calls it
  std::optional<Digest> then, now;  // absent: there was none, or there is none any more
  std::string kind_then, kind_now;  // "scorecard", "pmml" …
  std::vector<Figure> figures;      // as far as the cards tell
};
void fields(Shape& shape, ModelSwap& swap);

// One sentence in each language of the house.
struct Sentence {
  std::string en, zh;
};

struct Difference {
  std::optional<Digest> in_force;  // what it is compared with; absent: nothing is in force
  std::vector<ThresholdChange> thresholds;
  std::vector<TableChange> tables;
  std::vector<ExpressionChange> expressions;
  std::vector<ModelSwap> models;
  std::vector<Sentence> other;  // facts, reasons, product, tier, build, expiry, conditions
  bool none() const;            // nothing at all changes
};
void fields(Shape& shape, Difference& difference);  // for writing: `other` in English alone

// All of it, a sentence each.
std::vector<Sentence> in_words(const Difference& difference);

// `before` may be null: then everything is new. Errors as Kernel::rehearse when the manifest does not load.
Result<Difference> difference(Reader& reader, const kernel::Version* before, const evidence::Manifest& after);

// Of the two policies alone (policy_difference.cc): tables and expressions, and what else of them changes.
void add_policy_difference(const dmn::Policy& before, const dmn::Policy& after, Difference& out);

}  // namespace puhui::permits
