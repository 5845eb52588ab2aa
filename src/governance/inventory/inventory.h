// Inventory: every use case, policy, model, feature and prompt the bank decides with, read from permits, policies and
// model files themselves; owner, purpose, documents and validations are declared beside it.
#pragma once

#include <string>
#include <vector>

#include "governance/incidents/incident.h"
#include "infrastructure/kernel/kernel.h"

namespace puhui::inventory {

struct InventoryNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  kernel::Kernel& kernel;
  const Clock& clock;
};

std::vector<Migration> migrations();

// How long a validation holds, by tier, and when the first one is due after something first decided.
inline constexpr int64_t kValidationMonths[] = {12, 24, 36};
inline constexpr int64_t kFirstValidationDays = 90;
inline constexpr int64_t kPermitsReadMax = 10'000;
inline constexpr int64_t kItemTextBytesMax = 4096, kDocumentsMax = 50;

enum class ItemKind : uint8_t { use_case, policy, model, feature, prompt, permit };
std::span<const std::string_view> names_of(const ItemKind*);

// in_use: a permit in force names it; retired: only past ones do; declared: nobody but people speaks of it.
enum class ItemStatus : uint8_t { in_use, retired, declared };
std::span<const std::string_view> names_of(const ItemStatus*);

enum class ValidationOutcome : uint8_t { passed, conditions, failed };
std::span<const std::string_view> names_of(const ValidationOutcome*);

struct Document {
  std::string title, link;
};
void fields(Shape& shape, Document& document);

struct Item {
  ItemKind kind = ItemKind::use_case;
  std::string name;   // use case: its name; policy, model, permit, prompt: SHA-256; feature: its name
  std::string title;  // for people: "pd of lending.approval/person_revolving"
  ItemStatus status = ItemStatus::in_use;
  int64_t tier = 3;   // the gravest of the use cases it serves
  std::string block;  // of the heat map: "3A"
  std::string owner, purpose;
  std::vector<std::string> use_cases;  // where it is used
  std::optional<Timestamp> first_used_at, last_used_until;
  bool needs_validation = false;
  int64_t validation_months = 12;
  std::optional<Timestamp> validated_at, validation_due_at;
  std::string validated_by, validation_outcome;  // empty: never validated
  bool overdue = false;
  std::vector<Document> documents;
};
void fields(Shape& shape, Item& item);

struct Node {
  ItemKind kind = ItemKind::feature;
  std::string name, title;
};
void fields(Shape& shape, Node& node);

struct Edge {
  ItemKind from_kind = ItemKind::feature, to_kind = ItemKind::model;
  std::string from, to;
  auto operator<=>(const Edge&) const = default;
};
void fields(Shape& shape, Edge& edge);

// As of one moment. Edges: feature → model → policy → permit → use case; a feature the policy reads itself → policy.
struct Catalogue {
  std::vector<Item> items;  // by kind and name
  std::vector<Edge> edges;
};
Result<Catalogue> catalogue(const InventoryNeeds& needs, Timestamp at);

// What leads to one item and what it leads to.
struct Lineage {
  std::vector<Node> nodes;
  std::vector<Edge> edges;
};
Result<Lineage> lineage(const Catalogue& catalogue, ItemKind kind, std::string_view name);  // not_found

struct Validation {
  Timestamp at;
  std::string by, note;
  ValidationOutcome outcome = ValidationOutcome::passed;
};
void fields(Shape& shape, Validation& validation);
Result<std::vector<Validation>> validations(Reader& reader, ItemKind kind, std::string_view name, Timestamp at);

// What cannot be read from artefacts. Left out: as declared before.
struct Declaration {
  ItemKind kind = ItemKind::use_case;
  std::string name;
  std::optional<std::string> owner, purpose;
  std::optional<int64_t> validation_months;
  std::optional<std::vector<Document>> documents;
};
Result<void> declare(Transaction& tx, const Declaration& declaration, const incidents::ActBy& by);
struct NewValidation {
  ItemKind kind = ItemKind::model;
  std::string name;
  ValidationOutcome outcome = ValidationOutcome::passed;
  std::string note;
};
Result<void> validate(Transaction& tx, const NewValidation& validation, const incidents::ActBy& by);

// For housekeeping: overdue validations of what is in use are alerts, those that are not any more settle.
Result<void> watch_validations(const InventoryNeeds& needs);

}  // namespace puhui::inventory
