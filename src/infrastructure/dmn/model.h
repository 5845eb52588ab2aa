// Model: a DMN file as read, before anything is compiled. Plain data; views into the XML tree's text are copied.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace puhui::dmn {

// Where an element stands in its file.
struct Spot {
  std::string id;
  uint32_t line = 0;
  uint32_t column = 0;
};

// A piece of FEEL text: of a cell, an expression, allowed values.
struct Text {
  std::string text;
  Spot spot;  // id: the nearest element that has one
  bool given = false;
};

struct Boxed;
using BoxedPtr = std::unique_ptr<Boxed>;

struct TableInput {
  Text expression;
  std::string type_ref;
  Text allowed;
};
struct TableOutput {
  std::string name;
  std::string type_ref;
  Text allowed;  // also the order of PRIORITY and OUTPUT ORDER
  Text otherwise;
};
struct TableRule {
  Spot spot;
  std::vector<Text> inputs;
  std::vector<Text> outputs;
};
enum class HitPolicy : uint8_t { unique, first, priority, any, collect, rule_order, output_order };
enum class Aggregation : uint8_t { none, sum, count, min, max };
struct Table {
  HitPolicy hit_policy = HitPolicy::unique;
  Aggregation aggregation = Aggregation::none;
  std::vector<TableInput> inputs;
  std::vector<TableOutput> outputs;
  std::vector<TableRule> rules;
};

enum class FunctionKind : uint8_t { feel, java, pmml };
struct FormalParameter {
  std::string name;
  std::string type_ref;
};

// A boxed expression. Which fields count depends on the kind.
struct Boxed {
  enum class Kind : uint8_t {
    literal,      // text
    table,        // table
    context,      // entries: names (the last may be "": the result), types, children
    invocation,   // children[0] the function; names and the other children the bindings
    function,     // parameters, function_kind, children[0] the body
    list,         // children
    relation,     // names of the columns; children row by row
    conditional,  // children: if, then, else
    filter,       // children: in, match
    for_loop,     // names[0] the variable; children: in, return
    some,         // names[0] the variable; children: in, satisfies
    every,
  };
  Kind kind = Kind::literal;
  Spot spot;
  std::string type_ref;
  Text text;
  Table table;
  std::vector<std::string> names;
  std::vector<std::string> type_refs;
  std::vector<BoxedPtr> children;
  std::vector<FormalParameter> parameters;
  FunctionKind function_kind = FunctionKind::feel;
};

struct ItemDefinition {
  Spot spot;
  std::string name;
  std::string type_ref;
  bool is_collection = false;
  Text allowed;
  Text constraint;  // of the whole: of the list when it is a collection
  std::vector<ItemDefinition> components;
  bool is_function = false;
  std::vector<FormalParameter> parameters;
  std::string output_type_ref;
};

struct InputData {
  Spot spot;
  std::string name;
  std::string type_ref;
  std::string description;
};

struct Decision {
  Spot spot;
  std::string name;
  std::string variable;  // usually the name
  std::string type_ref;
  std::string description;
  std::vector<std::string> requires_information;  // hrefs of decisions and inputs
  std::vector<std::string> requires_knowledge;    // hrefs of business knowledge models and services
  BoxedPtr logic;                                 // null: none given
};

struct KnowledgeModel {
  Spot spot;
  std::string name;
  std::string type_ref;
  std::vector<std::string> requires_knowledge;
  BoxedPtr logic;  // of kind function
};

struct DecisionService {
  Spot spot;
  std::string name;
  std::string type_ref;
  std::vector<std::string> outputs;
  std::vector<std::string> encapsulated;
  std::vector<std::string> input_decisions;
  std::vector<std::string> input_data;
};

struct Import {
  Spot spot;
  std::string name;
  std::string target;  // the imported model's namespace
};

struct Model {
  std::string name;
  std::string target;  // its own namespace
  std::vector<Import> imports;
  std::vector<ItemDefinition> items;
  std::vector<InputData> inputs;
  std::vector<Decision> decisions;
  std::vector<KnowledgeModel> knowledge_models;
  std::vector<DecisionService> services;
};

}  // namespace puhui::dmn
