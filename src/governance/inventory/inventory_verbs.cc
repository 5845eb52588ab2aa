#include "governance/inventory/inventory_verbs.h"

#include <algorithm>

#include "governance/inventory/production.h"

namespace puhui::inventory {

namespace {

constexpr int64_t kNameBytesMax = 256, kMonthsMax = 120;

struct ListRequest {
  std::optional<ItemKind> kind;
  std::optional<std::string> use_case;
  std::optional<ItemStatus> status;
  std::optional<bool> overdue;
  std::optional<Timestamp> at;
  int64_t limit = 50;
  std::optional<std::string> after;
};
void fields(Shape& shape, ListRequest& request) {
  shape.field("kind", request.kind, {.help = "only of this kind; absent: all but permits"});
  shape.field("use_case", request.use_case, {.help = "only what this use case stands on", .max = 128});
  shape.field("status", request.status, {.help = "only those that stand so"});
  shape.field("overdue", request.overdue, {.help = "true: only those whose validation is overdue"});
  shape.field("at", request.at, {.help = "as of this moment; absent: now"});
  shape.field("limit", request.limit, {.help = "how many", .min = 1, .max = 1000, .optional = true});
  shape.field("after", request.after, {.help = "`next` of the page before", .max = 512});
}

struct ListAnswer {
  std::vector<Item> items;
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, ListAnswer& answer) {
  shape.field("items", answer.items, {.help = "by kind and name"});
  shape.field("next", answer.next, {.help = "ask with it as `after` for what follows; absent: that was all"});
  shape.field("at", answer.at, {.help = "the moment it speaks of"});
}

struct OfItem {
  ItemKind kind = ItemKind::use_case;
  std::string name;
  std::optional<Timestamp> at;
};
void fields(Shape& shape, OfItem& of) {
  shape.field("kind", of.kind, {.help = "what kind of thing"});
  shape.field("name", of.name, {.help = "as the list names it", .min = 1, .max = kNameBytesMax});
  shape.field("at", of.at, {.help = "as of this moment; absent: now"});
}

struct ShowAnswer {
  Item item;
  std::vector<Validation> validations;
  Timestamp at;
};
void fields(Shape& shape, ShowAnswer& answer) {
  shape.field("item", answer.item, {.help = "what is known of it"});
  shape.field("validations", answer.validations, {.help = "the newest first"});
  shape.field("at", answer.at, {.help = "the moment it speaks of"});
}

struct DeclareRequest {
  Declaration declaration;
};
void fields(Shape& shape, DeclareRequest& request) {
  Declaration& one = request.declaration;
  shape.field("kind", one.kind, {.help = "what kind of thing"});
  shape.field("name", one.name, {.help = "as the list names it", .min = 1, .max = kNameBytesMax});
  shape.field("owner", one.owner, {.help = "who answers for it", .max = 128});
  shape.field("purpose", one.purpose, {.help = "what it is for", .max = kItemTextBytesMax});
  shape.field("validation_months", one.validation_months,
              {.help = "how long a validation holds, months", .min = 1, .max = kMonthsMax});
  shape.field("documents", one.documents, {.help = "where more is written", .max = kDocumentsMax});
}

struct ValidateRequest {
  NewValidation validation;
};
void fields(Shape& shape, ValidateRequest& request) {
  NewValidation& one = request.validation;
  shape.field("kind", one.kind, {.help = "what kind of thing"});
  shape.field("name", one.name, {.help = "as the list names it", .min = 1, .max = kNameBytesMax});
  shape.field("outcome", one.outcome, {.help = "what came of it"});
  shape.field("note", one.note, {.help = "in words", .max = kItemTextBytesMax, .optional = true});
}

struct ProductionRequest {
  std::optional<Timestamp> at;
  std::optional<std::string> use_case;
};
void fields(Shape& shape, ProductionRequest& request) {
  shape.field("at", request.at, {.help = "at which moment; absent: now"});
  shape.field("use_case", request.use_case, {.help = "only this one", .max = 128});
}

struct ProductionAnswer {
  std::vector<Production> production;
  Timestamp at;
};
void fields(Shape& shape, ProductionAnswer& answer) {
  shape.field("production", answer.production, {.help = "one a use case that had a permit by then"});
  shape.field("at", answer.at, {.help = "the moment it speaks of"});
}

struct LineageAnswer {
  Lineage lineage;
  Timestamp at;
};
void fields(Shape& shape, LineageAnswer& answer) {
  shape.field("nodes", answer.lineage.nodes, {.help = "what leads to it and what it leads to, itself among them"});
  shape.field("edges", answer.lineage.edges, {.help = "feature → model → policy → permit → use case"});
  shape.field("at", answer.at, {.help = "the moment it speaks of"});
}

std::string cursor_of(const Item& item) {
  return std::string(names_of(&item.kind)[static_cast<size_t>(item.kind)]) + " " + item.name;
}

bool is_asked_for(const Item& item, const ListRequest& request) {
  if (request.kind ? item.kind != *request.kind : item.kind == ItemKind::permit) return false;
  if (request.status && item.status != *request.status) return false;
  if (request.overdue && item.overdue != *request.overdue) return false;
  return !request.use_case || (item.kind == ItemKind::use_case && item.name == *request.use_case) ||
         std::find(item.use_cases.begin(), item.use_cases.end(), *request.use_case) != item.use_cases.end();
}

Result<ListAnswer> list(const InventoryNeeds& needs, const ListRequest& request) {
  ListAnswer out;
  out.at = request.at.value_or(needs.clock.now());
  Catalogue all = TRY(catalogue(needs, out.at));
  std::sort(all.items.begin(), all.items.end(),
            [](const Item& a, const Item& b) { return std::tie(a.kind, a.name) < std::tie(b.kind, b.name); });
  // The cursor names the last item shown; items before it may have come or gone meanwhile.
  bool started = !request.after;
  for (Item& item : all.items) {
    if (!started) {
      started = cursor_of(item) == *request.after;
      continue;
    }
    if (!is_asked_for(item, request)) continue;
    if (out.items.size() == static_cast<size_t>(request.limit)) {
      out.next = cursor_of(out.items.back());
      return out;
    }
    out.items.push_back(std::move(item));
  }
  if (!started) return fail(ErrorCode::invalid, "after", "is no `next` of this list; begin anew");
  return out;
}

Result<Item> find_item(const InventoryNeeds& needs, ItemKind kind, std::string_view name, Timestamp at) {
  Catalogue all = TRY(catalogue(needs, at));
  for (Item& item : all.items) {
    if (item.kind == kind && item.name == name) return std::move(item);
  }
  return fail(ErrorCode::not_found, "name", "the inventory has no such item");
}

Result<ShowAnswer> show(const InventoryNeeds& needs, const OfItem& of) {
  const Timestamp at = of.at.value_or(needs.clock.now());
  ShowAnswer out{TRY(find_item(needs, of.kind, of.name, at)), {}, at};
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    out.validations = TRY(validations(reader, of.kind, of.name, at));
    return {};
  }));
  return out;
}

Result<Item> write(const InventoryNeeds& needs, const VerbCall& call, ItemKind kind, const std::string& name,
                   const std::function<Result<void>(Transaction&, const incidents::ActBy&)>& change) {
  const incidents::ActBy by{needs.evidence, call.caller.name, needs.clock.now()};
  TRY(needs.store.write([&](Transaction& tx) { return change(tx, by); }));
  return find_item(needs, kind, name, by.at);
}

void add_reading(std::vector<Verb>& verbs, const InventoryNeeds* needs) {
  const auto head = [](std::string verb, std::string help) {
    return VerbHead{.noun = "inventory", .verb = std::move(verb), .help = std::move(help)};
  };
  verbs.push_back(make_verb<ListRequest, ListAnswer>(
      head("list", "List the use cases, policies, models, features and prompts the bank decides with."),
      [needs](const VerbCall&, const ListRequest& request) { return list(*needs, request); }));
  verbs.push_back(
      make_verb<OfItem, ShowAnswer>(head("show", "Show one item of the inventory and its validations."),
                                    [needs](const VerbCall&, const OfItem& of) { return show(*needs, of); }));
  verbs.push_back(make_verb<ProductionRequest, ProductionAnswer>(
      head("production", "Tell what decided at any past moment: permit, models, thresholds, build, who signed."),
      [needs](const VerbCall&, const ProductionRequest& request) -> Result<ProductionAnswer> {
        ProductionAnswer out{{}, request.at.value_or(needs->clock.now())};
        TRY(needs->store.read([&](Reader& reader) -> Result<void> {
          out.production = TRY(production(reader, out.at, request.use_case.value_or("")));
          return {};
        }));
        return out;
      }));
  verbs.push_back(make_verb<OfItem, LineageAnswer>(
      head("lineage", "Tell what an item is made of and what decides by it."),
      [needs](const VerbCall&, const OfItem& of) -> Result<LineageAnswer> {
        const Timestamp at = of.at.value_or(needs->clock.now());
        return LineageAnswer{TRY(lineage(TRY(catalogue(*needs, at)), of.kind, of.name)), at};
      }));
}

}  // namespace

std::vector<Verb> inventory_verbs(const InventoryNeeds* needs) {
  std::vector<Verb> verbs;
  add_reading(verbs, needs);
  verbs.push_back(make_verb<DeclareRequest, Item>(
      {.noun = "inventory",
       .verb = "declare",
       .help = "Declare what cannot be read from an item itself: owner, purpose, documents, how often it is validated.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const DeclareRequest& request) {
        const Declaration& one = request.declaration;
        return write(*needs, call, one.kind, one.name,
                     [&](Transaction& tx, const incidents::ActBy& by) { return declare(tx, one, by); });
      }));
  verbs.push_back(make_verb<ValidateRequest, Item>(
      {.noun = "inventory",
       .verb = "validate",
       .help = "Record that you validated an item, and what came of it.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const ValidateRequest& request) -> Result<Item> {
        const NewValidation& one = request.validation;
        TRY(find_item(*needs, one.kind, one.name, needs->clock.now()));
        return write(*needs, call, one.kind, one.name,
                     [&](Transaction& tx, const incidents::ActBy& by) { return validate(tx, one, by); });
      }));
  return verbs;
}

}  // namespace puhui::inventory
