#include "governance/permits/difference.h"

namespace puhui::permits {

void fields(Shape& shape, ThresholdChange& change) {
  shape.field("name", change.name, {.help = "the number the policy reads"});
  shape.field("then", change.then, {.help = "in force; absent: there is none"});
  shape.field("now", change.now, {.help = "proposed; absent: it goes"});
}

void fields(Shape& shape, TableRow& row) {
  shape.field("number", row.number, {.help = "of the row, from 1"});
  shape.field("row", row.row, {.help = "the rule in words"});
}

void fields(Shape& shape, RowChange& change) {
  shape.field("number_then", change.number_then, {.help = "of the row in force, from 1"});
  shape.field("number_now", change.number_now, {.help = "of the row proposed, from 1"});
  shape.field("then", change.then, {.help = "the rule in force"});
  shape.field("now", change.now, {.help = "the rule proposed"});
}

void fields(Shape& shape, TableChange& change) {
  shape.field("decision", change.decision, {.help = "whose table"});
  shape.field("what", change.what, {.help = "added, removed or changed"});
  shape.field("reordered", change.reordered, {.help = "rows that are in both stand in another order"});
  shape.field("rows_added", change.rows_added, {.help = "rows that are new"});
  shape.field("rows_removed", change.rows_removed, {.help = "rows that go"});
  shape.field("rows_changed", change.rows_changed, {.help = "rows that say something else"});
}

void fields(Shape& shape, ExpressionChange& change) {
  shape.field("decision", change.decision, {.help = "whose expression"});
  shape.field("then", change.then, {.help = "in force; absent: there is none"});
  shape.field("now", change.now, {.help = "proposed; absent: it goes"});
}

void fields(Shape& shape, Figure& figure) {
  shape.field("name", figure.name, {.help = "auc, ks …, of the model's test sample"});
  shape.field("then", figure.then, {.help = "of the model in force"});
  shape.field("now", figure.now, {.help = "of the model proposed"});
}

void fields(Shape& shape, ModelSwap& swap) {
  shape.field("name", swap.name, {.help = "as the policy calls it"});
  shape.field("then", swap.then, {.help = "SHA-256 of the model in force; absent: there is none"});
  shape.field("now", swap.now, {.help = "SHA-256 of the model proposed; absent: it goes"});
  shape.field("kind_then", swap.kind_then, {.help = "scorecard, boosting, pmml …"});
  shape.field("kind_now", swap.kind_now, {.help = "scorecard, boosting, pmml …"});
  shape.field("figures", swap.figures, {.help = "side by side, as far as the model cards tell"});
}

void fields(Shape& shape, Difference& difference) {
  shape.field("in_force", difference.in_force, {.help = "the permit it is compared with; absent: none is in force"});
  shape.field("thresholds", difference.thresholds, {.help = "numbers that change"});
  shape.field("tables", difference.tables, {.help = "decision tables that change"});
  shape.field("expressions", difference.expressions, {.help = "expressions beside the tables that change"});
  shape.field("models", difference.models, {.help = "models that are swapped"});
  std::vector<std::string> other;  // in words of one language: `in_words` has both
  for (const Sentence& sentence : difference.other) other.push_back(sentence.en);
  bool none = difference.none();
  shape.field("other", other, {.help = "facts, reasons, product, tier, build, expiry, conditions; a sentence each"});
  shape.field("none", none, {.help = "nothing changes"});
}

}  // namespace puhui::permits
