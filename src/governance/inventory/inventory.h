// Inventory: every use case, policy, model, feature and prompt the bank decides with, read from permits, policies and
// model files themselves; owner, purpose, documents and validations are declared beside it.
#pragma once

#include <string>
#include <vector>

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

enum class ItemKind : uint8_t { use_case, policy, model, feature, prompt, permit };
std::span<const std::string_view> names_of(const ItemKind*);

// in_use: a permit in force names it; retired: only past ones do; declared: nobody but people speaks of it.
enum class ItemStatus : uint8_t { in_use, retired, declared };
std::span<const std::string_view> names_of(const ItemStatus*);

struct Document {
  std::string title, link;
};

struct Item {
  ItemKind kind = ItemKind::use_case;
  std::string name;   // use case: its name; policy, model, permit: SHA-256; feature: its name
  std::string title;  // for people: "pd of lending.approval/person_revolving"
  ItemStatus status = ItemStatus::in_use;
  int64_t tier = 1;
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

struct Edge {
  ItemKind from_kind = ItemKind::feature, to_kind = ItemKind::model;
  std::string from, to;
};
struct Node {
  ItemKind kind = ItemKind::feature;
  std::string name, title;
};
struct Lineage {
  std::vector<Node> nodes;
  std::vector<Edge> edges;  // feature → model → policy → permit → use case
};
void fields(Shape& shape, Lineage& lineage);

// What decided under one name at one moment.
struct Production {
  std::string use_case;
  std::optional<Digest> permit;  // none: nothing was in force
  std::string author, build;
  std::vector<std::string> signed_by;
  Timestamp since, expires_at;
  bool expired = false;
  std::vector<evidence::NamedDigest> artefacts;  // policy, models, facts, reasons …
  std::vector<evidence::Threshold> thresholds;
  std::vector<std::string> stops;  // in words: which switch was thrown, by whom, why
  std::vector<std::string> challengers;
};
void fields(Shape& shape, Production& production);

}  // namespace puhui::inventory
