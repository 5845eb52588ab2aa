#include "applications/lending/mapping.h"

#include <algorithm>
#include <set>

#include "ground/base/check.h"
#include "ground/base/text.h"
#include "infrastructure/models/feature_set.h"

namespace puhui::lending {

using evidence::FactSchema;
using evidence::FactSpec;
using evidence::FactType;
using evidence::Number;

std::span<const std::string_view> names_of(const ModelChoice*) {
  static constexpr std::string_view kNames[] = {"scorecard", "boosting"};
  return kNames;
}

models::ModelKind kind_of(ModelChoice choice) {
  return choice == ModelChoice::scorecard ? models::ModelKind::scorecard : models::ModelKind::boosting;
}

void fields(Shape& shape, FactSource& source) {
  shape.field("fact", source.fact, {.help = "which fact it fills", .min = 1, .max = 128});
  shape.field("column", source.column, {.help = "the column it is read from", .min = 1, .max = 256});
  shape.field("constant", source.constant, {.help = "the same for every row", .max = 1024});
  shape.field("multiplier", source.multiplier, {.help = "what the column's number is multiplied by", .example = "100"});
}

void fields(Shape& shape, TargetSource& target) {
  shape.field("column", target.column, {.help = "the column that tells how the loan ended", .min = 1, .max = 256});
  shape.field("bad", target.bad, {.help = "the text that means bad", .min = 1, .max = 256});
  shape.field("good", target.good, {.help = "the text that means good; all but bad when absent", .min = 1, .max = 256});
}

void fields(Shape& shape, ModelPlan& plan) {
  shape.field("kind", plan.kind, {.help = "which kind of model is trained"});
  shape.field("features", plan.features,
              {.help = "facts and derived features it may use", .min = 1, .max = evidence::kFactsMax});
  shape.field("derived", plan.derived, {.help = "features computed from facts", .optional = true});
  shape.field("feature_set", plan.feature_set,
              {.help = "instead of derived: a file of the product's folder that declares them", .min = 1, .max = 64});
  shape.field("train_share", plan.train_share,
              {.help = "share of the labelled rows it is trained on", .optional = true, .example = "0.7"});
  shape.field("seed", plan.seed, {.help = "which rows these are", .min = 0, .optional = true});
}

void fields(Shape& shape, Mapping& mapping) {
  shape.field("title", mapping.title, {.help = "what the table is, for people", .max = 256, .optional = true});
  shape.field("product", mapping.product, {.help = "folder of the product's policy and facts", .min = 1, .max = 64});
  shape.field("applicant_id", mapping.applicant_id, {.help = "column with the applicant's id", .min = 1, .max = 256});
  shape.field("missing", mapping.missing,
              {.help = "texts that mean absent, beside the empty cell", .max = kMissingTextsMax, .optional = true});
  shape.field("target", mapping.target, {.help = "how a loan's end is told; absent in a table of new applications"});
  shape.field(
      "facts", mapping.facts,
      {.help = "sources of the facts that have no column of their name", .max = evidence::kFactsMax, .optional = true});
  shape.field("requested_amount_minor", mapping.requested_amount_minor,
              {.help = "the fact that says how much is asked for, in minor units", .min = 1, .max = 128});
  shape.field("term_months", mapping.term_months,
              {.help = "the fact that says for how many months", .min = 1, .max = 128});
  shape.field("model", mapping.model, {.help = "the model trained on the labelled rows"});
}

const FactSource* Mapping::find(std::string_view fact) const {
  const auto found = std::ranges::find(facts, fact, &FactSource::fact);
  return found == facts.end() ? nullptr : &*found;
}

Result<Mapping> parse_mapping(std::string_view json_text) {
  const Json json = TRY(parse_json(json_text, {.bytes_max = kMappingBytesMax}));
  return read_json<Mapping>(json);
}

Result<void> take_feature_set(std::string_view json_text, Mapping& mapping) {
  const auto set = TRY(models::parse_feature_set(TRY(parse_json(json_text, {.bytes_max = kMappingBytesMax}))));
  mapping.model.derived = models::to_json(set.derived);
  mapping.model.monotone = set.monotone;
  for (const models::Derived& derived : set.derived) mapping.model.features.push_back(derived.name);
  return {};
}

Result<Mapping> read_mapping(const Files& files, const std::string& path, const std::string& policies) {
  auto mapping = parse_mapping(TRY(files.read(path, kMappingBytesMax)));
  if (!mapping) return fail(at(path, std::move(mapping).error()));
  const auto& name = mapping->model.feature_set;
  if (!name) return mapping;
  if (!mapping->model.derived.is_null() || name->find('/') != std::string::npos) {
    return fail(ErrorCode::invalid, path + ": model/feature_set",
                "expected the name of a file in the product's folder, and no derived features beside it");
  }
  const std::string file = policies + "/" + mapping->product + "/" + *name;
  const auto taken = take_feature_set(TRY(files.read(file, kMappingBytesMax)), *mapping);
  if (!taken) return fail(at(file, taken.error()));
  return mapping;
}

Result<FactSchema> parse_facts(std::string_view json_text) {
  const Json json = TRY(parse_json(json_text, {.bytes_max = kMappingBytesMax}));
  FactSchema schema = TRY(read_json<FactSchema>(json));
  TRY(schema.check());
  return schema;
}

std::optional<Number> multiply(const Number& number, const Number& factor) {
  constexpr __int128 kCoefficientMax = 999'999'999'999'999'999;
  __int128 product = static_cast<__int128>(number.coefficient) * factor.coefficient;
  int places = number.places + factor.places;
  for (; places > 0 && product % 10 == 0; --places) product /= 10;
  if (product > kCoefficientMax || product < -kCoefficientMax || places > 18) return std::nullopt;
  return Number{static_cast<int64_t>(product), static_cast<int8_t>(places)};
}

namespace {

std::string quoted(std::string_view text) { return "'" + std::string(cut_utf8(text, 60)) + "'"; }

std::string suggestion(std::string_view wrong, const std::vector<std::string>& names) {
  const std::string meant = nearest(wrong, names);
  return meant.empty() ? "" : "; did you mean " + quoted(meant) + "?";
}

// Checks one mapping against one schema; `check` below walks it.
class Checker {
 public:
  Checker(const Mapping& mapping, const FactSchema& schema) : mapping_(mapping), schema_(schema) {
    for (const FactSpec& spec : schema.facts) names_.push_back(spec.name);
  }

  Result<void> result() && {
    check_sources();
    check_asked("requested_amount_minor", mapping_.requested_amount_minor);
    check_asked("term_months", mapping_.term_months);
    check_target();
    check_plan();
    return std::move(faults_).result();
  }

 private:
  const FactSpec* find(std::string_view name) const {
    const auto place = schema_.find(name);
    return place ? &schema_.facts[*place] : nullptr;
  }

  void check_sources() {
    std::set<std::string_view> seen;
    for (size_t i = 0; i < mapping_.facts.size(); ++i) {
      const FactSource& source = mapping_.facts[i];
      const std::string where = "facts/" + std::to_string(i);
      if (!seen.insert(source.fact).second) faults_.add(where, quoted(source.fact) + " is mapped twice; keep one");
      if (source.column && source.constant) faults_.add(where, "has a column and a constant; keep one");
      if (!source.column && !source.constant && !source.multiplier) {
        faults_.add(where, "has no source: expected a column, a constant or a multiplier of its own column");
      }
      const FactSpec* spec = find(source.fact);
      if (spec == nullptr) {
        faults_.add(where + "/fact", "there is no fact " + quoted(source.fact) + suggestion(source.fact, names_));
        continue;
      }
      check_constant(where, *spec, source);
      check_multiplier(where, *spec, source);
    }
  }

  void check_constant(const std::string& where, const FactSpec& spec, const FactSource& source) {
    if (!source.constant) return;
    if (const auto parsed = schema_.parse(spec, *source.constant); !parsed) {
      for (const Fault& fault : parsed.error().faults) faults_.add(where + "/constant", fault.message);
    }
  }

  void check_multiplier(const std::string& where, const FactSpec& spec, const FactSource& source) {
    if (!source.multiplier) return;
    const std::string place = where + "/multiplier";
    if (source.constant) faults_.add(place, "does not go with a constant; write the constant multiplied");
    if (spec.type != FactType::number) faults_.add(place, quoted(spec.name) + " is no number and is not multiplied");
    const auto factor = Number::parse(*source.multiplier);
    if (!factor) {
      faults_.add(place, "expected a number of at most 18 digits, came " + quoted(*source.multiplier));
    } else if (factor->coefficient == 0) {
      faults_.add(place, "is zero: every value would be zero");
    }
  }

  void check_asked(const std::string& where, const std::string& fact) {
    const FactSpec* spec = find(fact);
    if (spec == nullptr) {
      faults_.add(where, "there is no fact " + quoted(fact) + suggestion(fact, names_));
    } else if (spec->type != FactType::number || spec->sealed) {
      faults_.add(where, quoted(fact) + " must be a number that is not sealed");
    }
  }

  void check_target() {
    if (mapping_.target && mapping_.target->good == mapping_.target->bad) {
      faults_.add("target", "good and bad are the same text " + quoted(mapping_.target->bad));
    }
  }

  void check_plan() {
    const ModelPlan& plan = mapping_.model;
    if (plan.train_share.ppb <= 0 || plan.train_share.ppb > Rate::kOne) {
      faults_.add("model/train_share", "expected more than 0 and at most 1, came " + plan.train_share.text());
    }
    check_derived();
    std::set<std::string_view> seen;
    for (size_t i = 0; i < plan.features.size(); ++i) {
      const std::string where = "model/features/" + std::to_string(i);
      if (!seen.insert(plan.features[i]).second) faults_.add(where, quoted(plan.features[i]) + " stands twice");
      if (!derived_names_.contains(plan.features[i])) check_feature(where, plan.features[i]);
    }
  }

  // A model reads numbers, booleans and texts, never what is sealed.
  void check_feature(const std::string& where, const std::string& name) {
    const FactSpec* spec = find(name);
    if (spec == nullptr) {
      std::vector<std::string> names = names_;
      names.insert(names.end(), derived_names_.begin(), derived_names_.end());
      faults_.add(where, "there is no fact or derived feature " + quoted(name) + suggestion(name, names));
    } else if (spec->sealed) {
      faults_.add(where, quoted(name) + " is sealed and never reaches a model; remove it");
    } else if (spec->type == FactType::date) {
      faults_.add(where, quoted(name) + " is a day; models read numbers, booleans and texts");
    }
  }

  void check_derived() {
    if (mapping_.model.derived.is_null()) return;
    auto derived = models::parse_derived(mapping_.model.derived);
    if (!derived) return faults_.add("model/derived", std::move(derived).error());
    for (const models::Derived& one : *derived) {
      if (find(one.name) != nullptr)
        faults_.add("model/derived", quoted(one.name) + " is a fact's name; choose another");
      for (const std::string& operand : one.of) {
        const FactSpec* spec = find(operand);
        if (spec == nullptr) continue;
        if (spec->sealed) {
          faults_.add("model/derived/" + one.name, quoted(operand) + " is sealed and never reaches a model; remove it");
        } else if (spec->type == FactType::text || spec->type == FactType::date) {
          faults_.add("model/derived/" + one.name, quoted(operand) + " is no number");
        }
      }
      derived_names_.insert(one.name);
    }
    const auto program = models::DerivedProgram::bind(*std::move(derived), names_);
    if (!program) faults_.add("model/derived", program.error());
  }

  const Mapping& mapping_;
  const FactSchema& schema_;
  std::vector<std::string> names_;
  std::set<std::string> derived_names_;
  Faults faults_;
};

}  // namespace

Result<void> check(const Mapping& mapping, const FactSchema& schema) { return Checker(mapping, schema).result(); }

std::vector<models::Derived> derived_of(const Mapping& mapping) {
  if (mapping.model.derived.is_null()) return {};
  auto derived = models::parse_derived(mapping.model.derived);
  CHECK(derived.has_value(), "check() found the derived features well");
  return *std::move(derived);
}

}  // namespace puhui::lending
