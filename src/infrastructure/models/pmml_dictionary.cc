// DataDictionary, MiningSchema and the names of derived fields: what a model's fields are and how a value is treated
// before the model sees it.
#include <algorithm>

#include "ground/base/text.h"
#include "infrastructure/models/pmml_compiler.h"

namespace puhui::models {

namespace {

constexpr std::pair<std::string_view, OpType> kOpTypes[] = {
    {"categorical", OpType::categorical}, {"continuous", OpType::continuous}, {"ordinal", OpType::ordinal}};

void read_value(PmmlCompiler& compiler, const pugi::xml_node& node, PmmlType type, Domain& domain) {
  using Property = Domain::Property;
  static constexpr std::pair<std::string_view, Property> kProperties[] = {
      {"valid", Property::valid}, {"invalid", Property::invalid}, {"missing", Property::missing}};
  const Property property = compiler.xml.choice(node, "property", kProperties);
  const std::string_view text = compiler.xml.required(node, "value");
  if (property == Property::missing) domain.missing_texts.emplace(text);
  const auto cell = cell_of(text, type);
  if (!cell) {
    if (property == Property::valid) {
      compiler.xml.fault(node, "expected a value of the field's type, came '" + std::string(cut_utf8(text, 60)) + "'");
    }
    return;
  }
  Cell key = *cell;
  if (key.kind == CellKind::text) key.text = compiler.program.intern(key.text);
  const auto rank = static_cast<uint32_t>(domain.valid.size());
  if (!domain.values.try_emplace(key, Domain::Listed{property, rank, compiler.program.intern(text)}).second) {
    compiler.xml.fault(node, "the value '" + std::string(cut_utf8(text, 60)) + "' is listed twice");
    return;
  }
  if (property == Property::valid) {
    domain.lists_valid = true;
    domain.valid.emplace_back(text);
  }
}

void read_data_field(PmmlCompiler& compiler, const pugi::xml_node& node) {
  const std::string_view name = compiler.xml.required(node, "name");
  compiler.xml.required(node, "optype");
  compiler.xml.required(node, "dataType");
  DataField field{.type = compiler.type_of(node, "dataType", {}),
                  .optype = compiler.xml.choice(node, "optype", kOpTypes)};
  if (XmlReader::has(node, "taxonomy")) {
    compiler.xml.fault(node, "taxonomies are not run; replace the field by a derived one with MapValues");
  }
  if (compiler.xml.flag(node, "isCyclic", XmlReader::Flag::no) == XmlReader::Flag::yes &&
      field.optype == OpType::categorical) {
    compiler.xml.fault(node, "a categorical field cannot be cyclic");
  }
  Domain& domain = compiler.program.domains.emplace_back();
  XmlReader::each(node, "Value", [&](const pugi::xml_node& value) { read_value(compiler, value, field.type, domain); });
  XmlReader::each(node, "Interval", [&](const pugi::xml_node& interval) {
    domain.intervals.push_back(read_interval(compiler, interval));
  });
  if (field.optype != OpType::continuous && !domain.intervals.empty()) {
    compiler.xml.fault(node, "only a continuous field has intervals");
  }
  if (field.optype == OpType::continuous && !field.type.is_numeric() && field.type.field_type() != FieldType::date) {
    compiler.xml.fault(node, "expected a continuous field to have a numeric data type");
  }
  field.domain = &domain;
  if (!compiler.dictionary.try_emplace(compiler.program.intern(name), field).second) {
    compiler.xml.fault(node, "the field '" + std::string(name) + "' is named twice");
  }
}

}  // namespace

Interval read_interval(PmmlCompiler& compiler, const pugi::xml_node& node) {
  static constexpr std::pair<std::string_view, int> kClosures[] = {
      {"openClosed", 2}, {"openOpen", 3}, {"closedOpen", 1}, {"closedClosed", 0}};
  Interval out;
  compiler.xml.required(node, "closure");
  const int closure = compiler.xml.choice(node, "closure", kClosures);
  out.is_left_open = (closure & 2) != 0;
  out.is_right_open = (closure & 1) != 0;
  const auto left = compiler.xml.number_if(node, "leftMargin"), right = compiler.xml.number_if(node, "rightMargin");
  if (!XmlReader::has(node, "leftMargin") && !XmlReader::has(node, "rightMargin")) {
    compiler.xml.fault(node, "expected a leftMargin or a rightMargin");
  }
  if (left) out.left = *left;
  if (right) out.right = *right;
  if (out.left > out.right) compiler.xml.fault(node, "expected leftMargin at most rightMargin");
  return out;
}

void read_dictionary(PmmlCompiler& compiler, const pugi::xml_node& root) {
  const pugi::xml_node node = compiler.xml.required_child(root, "DataDictionary");
  XmlReader::each(node, "DataField", [&](const pugi::xml_node& field) { read_data_field(compiler, field); });
  XmlReader::each(node, "Taxonomy",
                  [&](const pugi::xml_node& taxonomy) { compiler.xml.fault(taxonomy, "taxonomies are not run"); });
  if (const auto count = compiler.xml.number_if(node, "numberOfFields");
      count && *count != static_cast<double>(compiler.dictionary.size())) {
    compiler.xml.fault(node, "expected numberOfFields " + format_double(*count) + ", came " +
                                 std::to_string(compiler.dictionary.size()) + " fields");
  }
}

void read_derived_names(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& parent) {
  XmlReader::each(parent, "DerivedField", [&](const pugi::xml_node& node) {
    const std::string_view name = compiler.xml.required(node, "name");
    if (scope.fields.contains(name) || !scope.pending.try_emplace(name, node).second) {
      compiler.xml.fault(node, "the field '" + std::string(name) + "' is named twice in one scope");
    }
  });
}

namespace {

Treatment read_treatment(PmmlCompiler& compiler, const pugi::xml_node& node, PmmlType type) {
  static constexpr std::pair<std::string_view, InvalidTreatment> kInvalid[] = {
      {"returnInvalid", InvalidTreatment::return_invalid},
      {"asIs", InvalidTreatment::as_is},
      {"asMissing", InvalidTreatment::as_missing},
      {"asValue", InvalidTreatment::as_value}};
  static constexpr std::pair<std::string_view, Outliers> kOutliers[] = {
      {"asIs", Outliers::as_is}, {"asMissingValues", Outliers::as_missing}, {"asExtremeValues", Outliers::as_extreme}};
  // All but returnInvalid say how the replacement was found; what it is stands in missingValueReplacement.
  static constexpr std::pair<std::string_view, bool> kMissing[] = {{"asIs", false},    {"asMean", false},
                                                                   {"asMode", false},  {"asMedian", false},
                                                                   {"asValue", false}, {"returnInvalid", true}};
  Treatment out;
  out.invalid = compiler.xml.choice(node, "invalidValueTreatment", kInvalid);
  out.outliers = compiler.xml.choice(node, "outliers", kOutliers);
  out.refuses_missing = compiler.xml.choice(node, "missingValueTreatment", kMissing);
  if (const auto low = compiler.xml.number_if(node, "lowValue")) out.low = *low;
  if (const auto high = compiler.xml.number_if(node, "highValue")) out.high = *high;
  if (out.outliers != Outliers::as_is && !XmlReader::has(node, "lowValue") && !XmlReader::has(node, "highValue")) {
    compiler.xml.fault(node, "expected lowValue or highValue where outliers are treated");
  }
  if (out.low > out.high) compiler.xml.fault(node, "expected lowValue at most highValue");
  if (XmlReader::has(node, "missingValueReplacement")) {
    out.missing_replacement = compiler.constant(node, XmlReader::text(node, "missingValueReplacement"), type);
  }
  if (XmlReader::has(node, "invalidValueReplacement")) {
    out.invalid_replacement = compiler.constant(node, XmlReader::text(node, "invalidValueReplacement"), type);
  } else if (out.invalid == InvalidTreatment::as_value) {
    compiler.xml.fault(node, "expected invalidValueReplacement with invalidValueTreatment asValue");
  }
  return out;
}

void read_target(PmmlCompiler& compiler, const pugi::xml_node& node, std::string_view name, PmmlModel& model) {
  if (!model.target.empty()) compiler.xml.fault(node, "expected one target field; several are not run");
  model.target = compiler.program.intern(name);
  const auto found = compiler.dictionary.find(name);
  model.target_type = found != compiler.dictionary.end()                 ? found->second.type
                      : model.function == MiningFunction::classification ? PmmlType{DataType::string}
                                                                         : PmmlType{};
  if (found == compiler.dictionary.end() || model.function != MiningFunction::classification) return;
  const auto& valid = found->second.domain->valid;
  if (compiler.category_count + valid.size() > kPmmlCategoriesMax) {
    compiler.category_count += valid.size();  // told when the model ends
    return;
  }
  for (const std::string& text : valid) {
    category(model, compiler.constant(node, text, model.target_type));
  }
}

// A field of the top model: it comes from the caller.
void read_input(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node, std::string_view name) {
  const auto found = compiler.dictionary.find(name);
  if (found == compiler.dictionary.end()) {
    compiler.xml.fault(node, "the DataDictionary has no field '" + std::string(name) + "'");
    return;
  }
  const DataField& data = found->second;
  Slot slot{.kind = SlotKind::input, .type = data.type, .domain = data.domain, .name = found->first};
  slot.optype = XmlReader::has(node, "optype") ? compiler.xml.choice(node, "optype", kOpTypes) : data.optype;
  slot.source = static_cast<uint32_t>(compiler.inputs.size());
  slot.treatment = read_treatment(compiler, node, data.type);
  compiler.inputs.push_back(
      {std::string(name), data.type.field_type(), slot.treatment.refuses_missing, data.domain->valid});
  PmmlField field{.type = data.type, .optype = slot.optype, .domain = data.domain};
  field.slot = compiler.add_slot(std::move(slot), node);
  compiler.program.input_slots.push_back(field.slot);
  scope.fields.emplace(found->first, field);
}

// A field of a model inside another: it comes from there, and most often nothing is done to it.
void read_inherited(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node, std::string_view name) {
  PmmlField source = compiler.field(*scope.parent, node, "name");
  if (XmlReader::has(node, "optype")) source.optype = compiler.xml.choice(node, "optype", kOpTypes);
  Slot slot{.kind = SlotKind::mining, .type = source.type, .optype = source.optype, .domain = source.domain};
  slot.name = compiler.program.intern(name);
  slot.source = source.slot;
  slot.treatment = read_treatment(compiler, node, source.type);
  const std::string_view key = slot.name;
  if (!slot.treatment.does_nothing()) source.slot = compiler.add_slot(std::move(slot), node);
  scope.fields.emplace(key, source);
}

}  // namespace

void read_mining_schema(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& model_node, PmmlModel& model) {
  enum class Usage : uint8_t { active, target, other };
  static constexpr std::pair<std::string_view, Usage> kUsages[] = {
      {"active", Usage::active},         {"predicted", Usage::target},    {"target", Usage::target},
      {"supplementary", Usage::other},   {"group", Usage::other},         {"order", Usage::other},
      {"frequencyWeight", Usage::other}, {"analysisWeight", Usage::other}};
  model.target_type = model.function == MiningFunction::classification ? PmmlType{DataType::string} : PmmlType{};
  std::unordered_set<std::string_view> names;
  XmlReader::each(
      compiler.xml.required_child(model_node, "MiningSchema"), "MiningField", [&](const pugi::xml_node& node) {
        const std::string_view name = compiler.xml.required(node, "name");
        const Usage usage = compiler.xml.choice(node, "usageType", kUsages);
        if (!names.insert(name).second) {
          compiler.xml.fault(node, "the field '" + std::string(name) + "' is named twice in one MiningSchema");
          return;
        }
        if (usage == Usage::target) read_target(compiler, node, name, model);
        if (usage != Usage::active) return;
        if (scope.parent == nullptr) {
          read_input(compiler, scope, node, name);
        } else {
          read_inherited(compiler, scope, node, name);
        }
      });
}

}  // namespace puhui::models
