#include <unordered_map>

#include "ground/base/text.h"
#include "infrastructure/dmn/reader.h"
#include "infrastructure/dmn/table.h"

namespace puhui::dmn {
namespace {

using feel::Type;
using feel::Value;

class TableCompiler {
 public:
  TableCompiler(Build& build, const Boxed& boxed, const feel::Scope& scope, feel::Layout& layout)
      : build_(build),
        boxed_(boxed),
        source_(boxed.table),
        scope_(scope),
        layout_(layout),
        table_(build.tables.emplace_back()) {}

  Piece compile() {
    CompiledTable& table = table_;
    table.id = boxed_.spot.id;
    table.owner = build_.owner;
    table.source = &source_;
    table.hit_policy = source_.hit_policy;
    table.aggregation = source_.aggregation;
    table.rules = source_.rules.size();
    table.first_rule = static_cast<uint32_t>(build_.rules.size());
    if (source_.aggregation != Aggregation::none && source_.outputs.size() != 1) {
      return build_.fault(boxed_.spot, "an aggregation expects exactly one output");
    }
    for (size_t i = 0; i < source_.rules.size(); ++i) {
      build_.rules.push_back({source_.rules[i].spot.id, boxed_.spot.id, build_.owner, static_cast<uint32_t>(i + 1)});
    }
    inputs();
    cells();
    outputs();
    const feel::Place place = build_.place_of(boxed_.spot);
    const Type* type = result_type();
    return {std::make_unique<TableNode>(place, table), type};
  }

 private:
  void inputs();
  void cells();
  Cell allowed_cell(const Text& given, const feel::Symbol& tested);
  static void domain(CompiledTable::Input& input, std::span<const Cell> cells, const Cell& allowed);
  void outputs();
  const Type* result_type();
  const Type* allowed_type(const Text& tests, const Type* base);
  std::vector<Value> priority(const TableOutput& output, const Type* type);

  Build& build_;
  const Boxed& boxed_;
  const Table& source_;
  const feel::Scope& scope_;
  feel::Layout& layout_;
  CompiledTable& table_;
  std::vector<const feel::Symbol*> tested_;
  std::vector<const Type*> output_types_;
  const Type* single_ = nullptr;  // of an output without a declared type, when all entries agree
};

// The base type narrowed to the tests, or null without tests.
const Type* TableCompiler::allowed_type(const Text& tests, const Type* base) {
  if (!tests.given || trim(tests.text).empty()) return nullptr;
  feel::Layout layout;
  const feel::Symbol* tested = build_.unit.make_symbol("?", base, layout);
  const auto parsed = parse_unary_tests(build_.source_of(tests), build_.unit, scope_, layout, *tested);
  if (!parsed) {
    build_.fault(tests.spot, parsed.error());
    return nullptr;
  }
  Type* narrowed = build_.unit.types.make();
  *narrowed = *base;
  build_.kept_nodes.push_back(feel::compile(*parsed->expr, build_.unit, layout));
  narrowed->any = false;
  if (base->any) narrowed->any = true;
  narrowed->allowed = build_.kept_nodes.back().get();
  narrowed->allowed_slots = layout.slots;
  narrowed->constrained = true;
  if (base->any) narrowed->name = "the input values";
  return narrowed;
}

void TableCompiler::inputs() {
  for (const TableInput& source : source_.inputs) {
    CompiledTable::Input& input = table_.inputs.emplace_back();
    Piece value = build_.expression(source.expression, scope_, layout_);
    const Type* declared = build_.type_named(source.type_ref, source.expression.spot);
    const Type* type = declared->any ? value.type : declared;
    tested_.push_back(build_.unit.make_symbol("?", type, layout_));
    input.slot = tested_.back()->slot;
    input.value = std::move(value.node);
    input.label = std::string(trim(source.expression.text));
    input.allowed = allowed_type(source.allowed, type);
    if (input.allowed == nullptr && !declared->any && value.type != declared) input.allowed = declared;
  }
}

// The column's input values, or those of its type, as a cell.
Cell TableCompiler::allowed_cell(const Text& given, const feel::Symbol& tested) {
  const Text* text = given.given && !trim(given.text).empty() ? &given : build_.allowed_text(*tested.type);
  if (text != nullptr && !trim(text->text).empty()) return read_cell(build_, *text, scope_, tested);
  Cell any;
  any.any = true;
  return any;
}

void TableCompiler::domain(CompiledTable::Input& input, std::span<const Cell> cells, const Cell& allowed) {
  const Interval all = input.keys.domain();
  const auto held = input.keys.intervals(allowed);
  input.is_domain_exact = held.has_value();
  for (const Interval& interval : held.value_or(kAnyKey)) {
    const Interval clipped{std::max(interval.low, all.low), std::min(interval.high, all.high)};
    if (clipped.low <= clipped.high) input.domain.push_back(clipped);
  }
  input.speaks_of_null = std::ranges::any_of(cells, &Cell::speaks_of_null);
}

// Price lists say the same few things thousands of times: each text of a column is read once.
void TableCompiler::cells() {
  const size_t rules = source_.rules.size();
  std::vector<std::vector<Intervals>> keys(source_.inputs.size());
  std::vector<std::vector<feel::NodePtr>> general(rules);
  for (size_t c = 0; c < source_.inputs.size(); ++c) {
    std::unordered_map<std::string_view, uint32_t> known;
    std::vector<Cell> read;
    std::vector<uint32_t> read_at;
    for (const TableRule& rule : source_.rules) {
      const auto [at, is_new] = known.try_emplace(rule.inputs[c].text, static_cast<uint32_t>(read.size()));
      if (is_new) read.push_back(read_cell(build_, rule.inputs[c], scope_, *tested_[c]));
      read_at.push_back(at->second);
    }
    // Values that are allowed but in no rule need keys too: they are gaps.
    const Cell allowed = allowed_cell(source_.inputs[c].allowed, *tested_[c]);
    read.push_back(allowed);
    KeyMap& map = table_.inputs[c].keys;
    map = KeyMap(read, *tested_[c]->type);
    read.pop_back();
    domain(table_.inputs[c], read, allowed);
    std::vector<std::optional<Intervals>> intervals;
    for (const Cell& cell : read) intervals.push_back(map.intervals(cell));
    keys[c].reserve(rules);
    for (size_t r = 0; r < rules; ++r) {
      const auto& held = intervals[read_at[r]];
      keys[c].push_back(held ? *held : kAnyKey);
      if (held) continue;
      general[r].push_back(compile_cell(build_, source_.rules[r].inputs[c], scope_, layout_, *tested_[c]));
    }
  }
  for (size_t r = 0; r < rules; ++r) {
    table_.general_from.push_back(static_cast<uint32_t>(table_.general.size()));
    for (feel::NodePtr& test : general[r]) table_.general.push_back({static_cast<uint32_t>(r), std::move(test)});
  }
  table_.general_from.push_back(static_cast<uint32_t>(table_.general.size()));
  const bool first = table_.hit_policy == HitPolicy::first && table_.general.empty();
  table_.matcher = Matcher(rules, keys, build_.strategy, first ? Matcher::Wanted::first : Matcher::Wanted::all);
}

// The order of PRIORITY and OUTPUT ORDER: the output values as listed, or the type's allowed values.
std::vector<Value> TableCompiler::priority(const TableOutput& output, const Type* type) {
  if (source_.hit_policy != HitPolicy::priority && source_.hit_policy != HitPolicy::output_order) return {};
  std::vector<Value> listed;
  Text list = output.allowed;
  if (!list.given || trim(list.text).empty()) {
    if (const auto* texts = build_.allowed_text(*type)) list = *texts;
  }
  if (!list.given) return listed;
  list.text = "[" + list.text + "]";
  feel::Layout layout;
  const Piece values = build_.expression(list, scope_, layout);
  const Value* constant = values.node->constant();
  if (constant == nullptr || constant->kind() != feel::Kind::list) {
    build_.fault(list.spot, "the order of outputs expects a list of constants");
    return listed;
  }
  listed.assign(constant->as_list().begin(), constant->as_list().end());
  return listed;
}

void TableCompiler::outputs() {
  for (const TableOutput& source : source_.outputs) {
    CompiledTable::Output& output = table_.outputs.emplace_back();
    output.name = build_.unit.keep(source.name);
    const Type* type = build_.type_named(source.type_ref, boxed_.spot);
    output_types_.push_back(type);
    if (!type->any) output.type = type;
    output.priority = priority(source, type);
    const bool given = source.otherwise.given && !trim(source.otherwise.text).empty();
    if (given) output.otherwise = build_.expression(source.otherwise, scope_, layout_).node;
    if (source_.outputs.size() > 1 && source.name.empty()) {
      build_.fault(boxed_.spot, "expected a name for each of several outputs");
    }
  }
  for (const TableRule& rule : source_.rules) {
    for (size_t o = 0; o < source_.outputs.size(); ++o) {
      if (trim(rule.outputs[o].text).empty()) {
        table_.entries.push_back(feel::fault_node(build_.place_of(rule.spot), build_.unit, feel::CauseCode::literal,
                                                  "the rule's output is empty"));
        continue;
      }
      Piece entry = build_.expression(rule.outputs[o], scope_, layout_);
      if (output_types_[o]->any && source_.outputs.size() == 1) {
        single_ = single_ == nullptr || single_ == entry.type ? entry.type : build_.unit.types.any();
      }
      table_.entries.push_back(std::move(entry.node));
    }
  }
}

const Type* TableCompiler::result_type() {
  const Type* row = nullptr;
  if (source_.outputs.size() == 1) {
    row = output_types_[0]->any && single_ != nullptr ? single_ : output_types_[0];
  } else {
    Type* context = build_.unit.types.make();
    context->any = false;
    context->kind = feel::Kind::context;
    context->name = "context";
    for (size_t o = 0; o < source_.outputs.size(); ++o) {
      context->fields.push_back({source_.outputs[o].name, output_types_[o]});
    }
    row = context;
  }
  const bool lists = source_.hit_policy == HitPolicy::rule_order || source_.hit_policy == HitPolicy::output_order ||
                     (source_.hit_policy == HitPolicy::collect && source_.aggregation == Aggregation::none);
  if (source_.aggregation != Aggregation::none && source_.aggregation != Aggregation::min &&
      source_.aggregation != Aggregation::max) {
    return build_.unit.types.of(feel::Kind::number);
  }
  return lists ? build_.unit.types.list_of(row) : row;
}

}  // namespace

std::string_view name_of(HitPolicy policy, Aggregation aggregation) {
  static constexpr std::string_view kCollect[] = {"COLLECT", "COLLECT SUM", "COLLECT COUNT", "COLLECT MIN",
                                                  "COLLECT MAX"};
  switch (policy) {
    case HitPolicy::unique: return "UNIQUE";
    case HitPolicy::first: return "FIRST";
    case HitPolicy::priority: return "PRIORITY";
    case HitPolicy::any: return "ANY";
    case HitPolicy::collect: return kCollect[static_cast<size_t>(aggregation)];
    case HitPolicy::rule_order: return "RULE ORDER";
    case HitPolicy::output_order: return "OUTPUT ORDER";
  }
  return "";
}

TableInfo info_of(const CompiledTable& table) {
  TableInfo info{.id = table.id,
                 .owner = table.owner,
                 .hit_policy = std::string(name_of(table.hit_policy, table.aggregation)),
                 .inputs = {},
                 .outputs = {},
                 .first_rule = table.first_rule,
                 .rules = table.rules,
                 .general_cells = table.general.size(),
                 .strategy = std::string(name_of(table.matcher.strategy()))};
  for (const CompiledTable::Input& input : table.inputs) info.inputs.push_back(input.label);
  for (const CompiledTable::Output& output : table.outputs) info.outputs.emplace_back(output.name);
  return info;
}

Piece compile_table(Build& build, const Boxed& boxed, const feel::Scope& scope, feel::Layout& layout) {
  return TableCompiler(build, boxed, scope, layout).compile();
}

}  // namespace puhui::dmn
