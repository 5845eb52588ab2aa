// Where each fact of a scheme's version comes from: the event's field, a feature, or the desk itself.
#include "applications/fraud/scheme.h"
#include "infrastructure/kernel/routing.h"

namespace puhui::fraud {

using evidence::FactSpec;
using evidence::FactType;
using features::Field;
using features::FieldType;

namespace {

FactType fact_type(FieldType type) {
  switch (type) {
    case FieldType::key:
    case FieldType::text: return FactType::text;
    case FieldType::number: return FactType::number;
    case FieldType::boolean: return FactType::boolean;
  }
  return FactType::text;
}

std::string name_of(FactType type) { return std::string(names_of(&type)[static_cast<size_t>(type)]); }

void check_type(const FactSpec& spec, FactType expected, Faults& faults) {
  if (spec.type == expected) return;
  faults.add("facts/" + spec.name, "expected type " + name_of(expected) + ", came " + name_of(spec.type));
}

std::optional<FactPlan::Source> source_of(const FactSpec& spec, const features::FeatureSet& set, Faults& faults) {
  using From = FactPlan::From;
  if (const auto field = set.find_field(spec.name)) {
    const Field& of = set.fields[*field];
    check_type(spec, fact_type(of.type), faults);
    if (of.sealed != spec.sealed) faults.add("facts/" + spec.name, "is sealed in one of facts and features only");
    if (of.personal && !spec.personal) faults.add("facts/" + spec.name, "is personal in the features and must be here");
    return FactPlan::Source{From::field, *field};
  }
  if (const auto feature = set.find_feature(spec.name)) {
    check_type(spec, FactType::number, faults);
    return FactPlan::Source{From::feature, *feature};
  }
  if (spec.name == kLateFact || (spec.name == kSelfTransferFact && !set.counterparty.empty())) {
    check_type(spec, FactType::boolean, faults);
    return FactPlan::Source{spec.name == kLateFact ? From::late : From::self_transfer, 0};
  }
  if (spec.name == kernel::kExplorationDrawFact) return FactPlan::Source{From::kernel, 0};
  faults.add("facts/" + spec.name, "is neither a field nor a feature of features.json");
  return std::nullopt;
}

// The set's place of a field that the scheme names.
size_t find_field(const features::FeatureSet& set, const std::string& what, const std::string& name, FieldType type,
                  Faults& faults) {
  const auto found = set.find_field(name);
  if (!found || set.fields[*found].type != type) {
    faults.add(what, "'" + name + "' is no " + std::string(names_of(&type)[static_cast<size_t>(type)]) +
                         " field of features.json");
    return 0;
  }
  if (!set.fields[*found].required) faults.add(what, "field '" + name + "' must be required");
  return *found;
}

}  // namespace

Result<FactPlan> plan_facts(const Scheme& scheme, const features::FeatureSet& set, const evidence::FactSchema& schema) {
  Faults faults;
  FactPlan plan;
  for (const FactSpec& spec : schema.facts) {
    if (const auto source = source_of(spec, set, faults)) plan.sources.push_back(*source);
  }
  const auto must_be_fact = [&](const std::string& name, std::string_view what) {
    if (!schema.find(name)) faults.add("facts", std::string(what) + " '" + name + "' is missing");
  };
  for (const Field& field : set.fields) must_be_fact(field.name, "field");
  for (const features::Feature& feature : set.features) must_be_fact(feature.name, "feature");
  must_be_fact(std::string(kLateFact), "the desk's own fact");
  plan.subject = find_field(set, "scheme/subject", scheme.subject, FieldType::key, faults);
  plan.amount = find_field(set, "scheme/amount", scheme.amount, FieldType::number, faults);
  if (set.fields.size() > plan.amount && set.fields[plan.amount].places != 0) {
    faults.add("scheme/amount", "field '" + scheme.amount + "' must be in minor units: places 0");
  }
  plan.account = set.find_field(set.account);
  plan.counterparty = set.find_field(set.counterparty);
  TRY(std::move(faults).result());
  return plan;
}

}  // namespace puhui::fraud
