// PmmlCompiler: turns a PMML file's elements into a PmmlProgram. Names become slots by the standard's field scopes; each
// kind of element has a function of its own in the file of its name, and every fault is noted with its place.
#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>

#include "infrastructure/models/pmml_model.h"
#include "infrastructure/models/pmml_predicate.h"
#include "infrastructure/models/pmml_program.h"
#include "infrastructure/models/pmml_xml.h"

namespace puhui::models {

constexpr size_t kPmmlSlotsMax = 4'000'000;
constexpr size_t kPmmlModelsMax = 50'000;
constexpr size_t kPmmlCategoriesMax = 4'000'000;  // of all models together

// A name's meaning in a scope.
struct PmmlField {
  uint32_t slot = 0;
  PmmlType type;
  OpType optype = OpType::continuous;
  const Domain* domain = nullptr;
};

struct PmmlScope {
  PmmlScope* parent = nullptr;
  std::unordered_map<std::string_view, PmmlField> fields;
  std::unordered_map<std::string_view, pugi::xml_node> pending;  // derived fields not compiled yet
  std::unordered_set<std::string_view> open;  // derived fields being compiled: a cycle comes back here
  // Inside a defined function nothing but its parameters is seen.
  bool is_function = false;
  std::unordered_map<std::string_view, std::pair<uint32_t, PmmlType>> parameters;
};

struct DataField {
  PmmlType type;
  OpType optype = OpType::categorical;
  const Domain* domain = nullptr;
};

struct DefinedFunction {
  uint32_t index = 0;
  uint32_t parameter_count = 0;
  PmmlType type;
};

// An expression and the type of what it gives.
struct Typed {
  ExpressionPtr expression;
  PmmlType type;
};

struct PmmlCompiler {
  XmlReader& xml;
  PmmlProgram& program;
  std::vector<PredictorInput>& inputs;
  std::unordered_map<std::string_view, DataField> dictionary;
  pugi::xml_node transformation_dictionary;
  std::unordered_map<std::string_view, pugi::xml_node> function_nodes;
  std::unordered_map<std::string_view, DefinedFunction> functions;
  std::unordered_set<std::string_view> open_functions;
  size_t depth = 0, model_count = 0, category_count = 0;
  // Notes one level more; a fault where that is too deep. Each true answer is followed by --depth.
  bool goes_deeper(const pugi::xml_node& node);

  uint32_t add_slot(Slot slot, const pugi::xml_node& node);
  // The field of that name in the scope or around it; compiles a derived field at its first use.
  const PmmlField* find(PmmlScope& scope, std::string_view name);
  // The same, a fault where there is none.
  PmmlField field(PmmlScope& scope, const pugi::xml_node& node, const char* attribute);
  PmmlType type_of(const pugi::xml_node& node, const char* attribute, PmmlType otherwise);
  // A text as a value of that type; a fault where it is none.
  Cell constant(const pugi::xml_node& node, std::string_view text, PmmlType type);

 private:
  const PmmlField* derive(PmmlScope& scope, std::string_view name, pugi::xml_node node);
};

// pmml_dictionary.cc
void read_dictionary(PmmlCompiler& compiler, const pugi::xml_node& root);
void read_derived_names(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& parent);
void read_mining_schema(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& model_node, PmmlModel& model);
Interval read_interval(PmmlCompiler& compiler, const pugi::xml_node& node);

// pmml_expression.cc; `type` is what the enclosing element declares.
Typed compile_expression(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node, PmmlType type);
bool is_expression(const pugi::xml_node& node);
// The field or parameter that an attribute names, as an expression.
Typed compile_reference(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node, const char* attribute);

// pmml_predicate.cc: the predicate among the children of `parent`; a fault where there is none.
PredicateId compile_predicate_in(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& parent,
                                 PredicateBook& book);

// pmml_output.cc
void read_targets(PmmlCompiler& compiler, const pugi::xml_node& model_node, PmmlModel& model);
// `segments` gives the models that outputs may name by segmentId.
using SegmentModels = std::unordered_map<std::string_view, const PmmlModel*>;
void read_outputs(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& model_node, PmmlModel& model,
                  const SegmentModels& segments);

// One a file. They read all but targets and outputs.
using PmmlModelBuilt = std::unique_ptr<PmmlModel>;
PmmlModelBuilt compile_tree(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node);
PmmlModelBuilt compile_regression(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node);
PmmlModelBuilt compile_general_regression(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node);
PmmlModelBuilt compile_scorecard(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node);
PmmlModelBuilt compile_mining(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node,
                              SegmentModels& segments);

// Any of them inside `parent`'s scope (nullptr: the top), with mining schema, transformations, targets and outputs.
PmmlModelPtr compile_model(PmmlCompiler& compiler, PmmlScope* parent, const pugi::xml_node& node);
bool is_model(const pugi::xml_node& node);
// Reads what all share before the model itself: function, schema, local transformations. `model` is new.
void begin_model(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node, PmmlModel& model);
// The place of a category, added where it is new.
uint32_t category(PmmlModel& model, const Cell& value);

}  // namespace puhui::models
