// What there is, read from the permits granted until a moment and from the artefacts they name.
#include <algorithm>
#include <map>
#include <set>

#include "governance/inventory/inventory.h"
#include "governance/inventory/spans.h"

namespace puhui::inventory {

namespace {

constexpr int64_t kDayUs = 86'400'000'000;
constexpr std::string_view kPromptPrefix = "prompt:";

std::string_view without_scope(std::string_view use_case) { return use_case.substr(0, use_case.find('/')); }

using Key = std::pair<ItemKind, std::string>;

class Builder {
 public:
  Builder(const kernel::Kernel& kernel, Timestamp at) : kernel_(kernel), at_(at) {}

  void add_declared_use_cases() {
    for (const evidence::UseCase& one : kernel_.use_cases()) {
      Item& item = use_case(one.name);
      item.status = ItemStatus::declared;
    }
  }

  void add(const PermitSpan& span) {
    const evidence::Manifest& manifest = span.permit.manifest;
    const std::string permit = span.digest.hex();
    use(use_case(manifest.use_case), span);
    use(item(ItemKind::permit, permit, "permit of " + manifest.use_case), span);
    edges_.insert({ItemKind::permit, ItemKind::use_case, permit, manifest.use_case});
    const Digest* policy = manifest.artefact(kernel::kPolicyArtefact);
    if (!policy) return;
    use(item(ItemKind::policy, policy->hex(), "policy of " + manifest.use_case), span);
    edges_.insert({ItemKind::policy, ItemKind::permit, policy->hex(), permit});
    for (const evidence::NamedDigest& named : manifest.artefacts) {
      const bool is_model = named.name.starts_with(kernel::kModelPrefix);
      if (!is_model && !named.name.starts_with(kPromptPrefix)) continue;
      const ItemKind kind = is_model ? ItemKind::model : ItemKind::prompt;
      const std::string name = named.name.substr(named.name.find(':') + 1);
      use(item(kind, named.digest.hex(), name + " of " + manifest.use_case), span);
      edges_.insert({kind, ItemKind::policy, named.digest.hex(), policy->hex()});
    }
    add_features(span, policy->hex());
  }

  Catalogue take() {
    Catalogue out;
    for (auto& [key, item] : items_) out.items.push_back(std::move(item));
    out.edges.assign(edges_.begin(), edges_.end());
    return out;
  }

 private:
  Item& item(ItemKind kind, const std::string& name, const std::string& title) {
    const auto [found, is_new] = items_.try_emplace({kind, name});
    if (is_new) {
      found->second.kind = kind;
      found->second.name = name;
      found->second.title = title;
      found->second.status = ItemStatus::retired;
      found->second.needs_validation = kind != ItemKind::feature && kind != ItemKind::permit;
    }
    return found->second;
  }

  Item& use_case(const std::string& name) {
    const auto& declared = kernel_.use_cases();
    const auto found = std::find_if(declared.begin(), declared.end(),
                                    [&](const evidence::UseCase& one) { return one.name == without_scope(name); });
    Item& out = item(ItemKind::use_case, name, found == declared.end() ? name : found->title);
    if (found != declared.end()) {
      out.owner = found->owner;
      out.block = std::to_string(found->domain) + found->kind;
      out.tier = found->tier;
    }
    return out;
  }

  // It served that permit's use case while the permit decided.
  void use(Item& item, const PermitSpan& span) {
    const std::string& name = span.permit.manifest.use_case;
    const Item& serves = use_case(name);
    if (std::find(item.use_cases.begin(), item.use_cases.end(), name) == item.use_cases.end()) {
      item.use_cases.push_back(name);
    }
    item.tier = std::min<int64_t>(item.tier, span.permit.manifest.tier);
    if (item.block.empty()) item.block = serves.block;
    if (item.owner.empty()) item.owner = serves.owner;
    if (!span.champion) return;  // admitted only: it is known, and decides nothing by itself
    if (!item.first_used_at || span.from < *item.first_used_at) item.first_used_at = span.from;
    if (!span.until) {
      item.status = ItemStatus::in_use;
      item.last_used_until.reset();
    } else {
      if (item.status == ItemStatus::declared) item.status = ItemStatus::retired;
      const bool later = !item.last_used_until || *item.last_used_until < *span.until;
      if (item.status == ItemStatus::retired && later) item.last_used_until = span.until;
    }
  }

  // Names of facts and of model inputs; a version that does not load any more tells none.
  void add_features(const PermitSpan& span, const std::string& policy) {
    const auto version = kernel_.find_version(span.digest);
    if (!version) return;
    std::set<std::string> read_by_models;
    for (const auto& model : (*version)->models()) {
      const std::string digest = span.permit.manifest.artefact(std::string(kernel::kModelPrefix) + model.name)->hex();
      const auto reads = [&](const std::string& name) {
        use(item(ItemKind::feature, name, name), span);
        edges_.insert({ItemKind::feature, ItemKind::model, name, digest});
        read_by_models.insert(name);
      };
      if (model.model) {
        for (const models::Input& input : model.model->inputs()) reads(input.name);
      } else {
        for (const models::PredictorInput& input : model.predictor->inputs()) reads(input.name);
      }
    }
    for (const dmn::Variable& input : (*version)->policy().inputs()) {
      if (!(*version)->facts().find(input.name) || read_by_models.contains(input.name)) continue;
      use(item(ItemKind::feature, input.name, input.name), span);
      edges_.insert({ItemKind::feature, ItemKind::policy, input.name, policy});
    }
  }

  const kernel::Kernel& kernel_;
  Timestamp at_;
  std::map<Key, Item> items_;
  std::set<Edge> edges_;
};

void set_due(Item& item, Timestamp at) {
  if (!item.needs_validation) return;
  if (item.validation_outcome == "failed") {
    item.validation_due_at = item.validated_at;
  } else if (item.validated_at) {
    item.validation_due_at =
        start_of(date_of(*item.validated_at).plus_months(static_cast<int>(item.validation_months)));
  } else if (item.first_used_at) {
    item.validation_due_at = Timestamp{item.first_used_at->microseconds + kFirstValidationDays * kDayUs};
  }
  item.overdue = item.status == ItemStatus::in_use && item.validation_due_at && *item.validation_due_at <= at;
}

}  // namespace

Result<Catalogue> catalogue(const InventoryNeeds& needs, Timestamp at) {
  std::vector<PermitSpan> spans;
  std::map<Key, Declaration> declared;
  std::map<Key, Validation> validated;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    spans = TRY(permit_spans(reader, at));
    TRY(each_declaration(reader, at, [&](Declaration one) {
      const Key key{one.kind, one.name};
      declared[key] = std::move(one);
    }));
    return each_validation(reader, at, [&](ItemKind kind, std::string name, Validation one) {
      validated[{kind, std::move(name)}] = std::move(one);
    });
  }));
  Builder builder(needs.kernel, at);
  builder.add_declared_use_cases();
  for (const PermitSpan& span : spans) builder.add(span);
  Catalogue out = builder.take();
  for (Item& item : out.items) {
    item.validation_months = kValidationMonths[std::clamp<int64_t>(item.tier, 1, 3) - 1];
    if (const auto found = declared.find({item.kind, item.name}); found != declared.end()) {
      const Declaration& one = found->second;
      item.owner = one.owner.value_or(item.owner);
      item.purpose = one.purpose.value_or("");
      item.validation_months = one.validation_months.value_or(item.validation_months);
      item.documents = one.documents.value_or(std::vector<Document>());
      declared.erase(found);
    }
    if (const auto found = validated.find({item.kind, item.name}); found != validated.end()) {
      item.validated_at = found->second.at;
      item.validated_by = found->second.by;
      item.validation_outcome = names_of(&found->second.outcome)[static_cast<size_t>(found->second.outcome)];
    }
    set_due(item, at);
  }
  for (auto& [key, one] : declared) {
    Item item;
    item.kind = key.first;
    item.name = item.title = key.second;
    item.status = ItemStatus::declared;
    item.owner = one.owner.value_or("");
    item.purpose = one.purpose.value_or("");
    item.documents = one.documents.value_or(std::vector<Document>());
    out.items.push_back(std::move(item));
  }
  return out;
}

Result<Lineage> lineage(const Catalogue& catalogue, ItemKind kind, std::string_view name) {
  std::map<Key, const Item*> items;
  for (const Item& item : catalogue.items) items[{item.kind, item.name}] = &item;
  const Key start{kind, std::string(name)};
  if (!items.contains(start)) return fail(ErrorCode::not_found, "name", "the inventory has no such item");
  Lineage out;
  std::set<Key> reached{start};
  std::set<Edge> edges;
  for (const bool forward : {true, false}) {
    std::vector<Key> open{start};
    std::set<Key> seen{start};
    while (!open.empty()) {
      const Key here = open.back();
      open.pop_back();
      for (const Edge& edge : catalogue.edges) {
        const Key from{edge.from_kind, edge.from}, to{edge.to_kind, edge.to};
        if ((forward ? from : to) != here) continue;
        edges.insert(edge);
        const Key& next = forward ? to : from;
        reached.insert(next);
        if (seen.insert(next).second) open.push_back(next);
      }
    }
  }
  for (const Key& key : reached) {
    const auto found = items.find(key);
    out.nodes.push_back({key.first, key.second, found == items.end() ? key.second : found->second->title});
  }
  out.edges.assign(edges.begin(), edges.end());
  return out;
}

}  // namespace puhui::inventory
