#include "governance/inventory/inventory.h"

namespace puhui::inventory {

std::span<const std::string_view> names_of(const ItemKind*) {
  static constexpr std::string_view kNames[] = {"use_case", "policy", "model", "feature", "prompt", "permit"};
  return kNames;
}

std::span<const std::string_view> names_of(const ItemStatus*) {
  static constexpr std::string_view kNames[] = {"in_use", "retired", "declared"};
  return kNames;
}

std::span<const std::string_view> names_of(const ValidationOutcome*) {
  static constexpr std::string_view kNames[] = {"passed", "conditions", "failed"};
  return kNames;
}

void fields(Shape& shape, Document& document) {
  shape.field("title", document.title, {.help = "what it is called", .min = 1, .max = 256});
  shape.field("link", document.link, {.help = "where it lies", .max = 2048, .optional = true});
}

void fields(Shape& shape, Item& item) {
  shape.field("kind", item.kind, {.help = "what kind of thing"});
  shape.field("name", item.name, {.help = "a use case's or feature's name, else a SHA-256"});
  shape.field("title", item.title, {.help = "for people"});
  shape.field("status", item.status, {.help = "in use, retired, or only declared"});
  shape.field("tier", item.tier, {.help = "1 high risk, 2 medium, 3 low: the gravest it serves"});
  shape.field("block", item.block, {.help = "of the heat map"});
  shape.field("owner", item.owner, {.help = "who answers for it"});
  shape.field("purpose", item.purpose, {.help = "what it is for"});
  shape.field("use_cases", item.use_cases, {.help = "where it is used"});
  shape.field("first_used_at", item.first_used_at, {.help = "when a permit in force first named it"});
  shape.field("last_used_until", item.last_used_until, {.help = "until when it decided; absent: it still does"});
  shape.field("needs_validation", item.needs_validation, {.help = "somebody has to look at it from time to time"});
  shape.field("validation_months", item.validation_months, {.help = "how long a validation holds, months"});
  shape.field("validated_at", item.validated_at, {.help = "the last time; absent: never"});
  shape.field("validation_due_at", item.validation_due_at, {.help = "the next time"});
  shape.field("validated_by", item.validated_by, {.help = "by whom; empty: never"});
  shape.field("validation_outcome", item.validation_outcome, {.help = "passed, conditions or failed; empty: never"});
  shape.field("overdue", item.overdue, {.help = "the next validation is past due"});
  shape.field("documents", item.documents, {.help = "where more is written"});
}

void fields(Shape& shape, Node& node) {
  shape.field("kind", node.kind, {.help = "what kind of thing"});
  shape.field("name", node.name, {.help = "as in the inventory"});
  shape.field("title", node.title, {.help = "for people"});
}

void fields(Shape& shape, Edge& edge) {
  shape.field("from_kind", edge.from_kind, {.help = "what leads"});
  shape.field("from", edge.from, {.help = "its name"});
  shape.field("to_kind", edge.to_kind, {.help = "what it leads to"});
  shape.field("to", edge.to, {.help = "its name"});
}

void fields(Shape& shape, Validation& validation) {
  shape.field("at", validation.at, {.help = "when"});
  shape.field("by", validation.by, {.help = "who"});
  shape.field("outcome", validation.outcome, {.help = "what came of it"});
  shape.field("note", validation.note, {.help = "in words"});
}

}  // namespace puhui::inventory
