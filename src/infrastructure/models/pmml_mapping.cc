#include "infrastructure/models/pmml_mapping.h"

#include <algorithm>

#include "ground/base/text.h"

namespace puhui::models {

namespace {

struct LinearNorm {
  double orig = 0, norm = 0;
};

// Piecewise linear between the given points; beyond them as `outliers` says.
class NormContinuous final : public Expression {
 public:
  NormContinuous(ExpressionPtr field, std::vector<LinearNorm> points, Outliers outliers, Cell map_missing_to)
      : field_(std::move(field)), points_(std::move(points)), outliers_(outliers), map_missing_to_(map_missing_to) {}
  Cell evaluate(Machine& machine) const override {
    const Cell cell = field_->evaluate(machine);
    if (cell.is_missing()) return map_missing_to_;
    const auto x = number_in(cell);
    if (!x) return Cell::invalid();
    const bool is_low = *x<points_.front().orig, is_high = *x> points_.back().orig;
    if ((is_low || is_high) && outliers_ == Outliers::as_missing) return map_missing_to_;
    if ((is_low || is_high) && outliers_ == Outliers::as_extreme) {
      return Cell::of(is_low ? points_.front().norm : points_.back().norm);
    }
    auto after = std::ranges::upper_bound(points_, *x, {}, &LinearNorm::orig);
    after = std::clamp(after, points_.begin() + 1, points_.end() - 1);
    const LinearNorm &a = *(after - 1), &b = *after;
    return Cell::of(a.norm + (*x - a.orig) / (b.orig - a.orig) * (b.norm - a.norm));
  }

 private:
  ExpressionPtr field_;
  std::vector<LinearNorm> points_;
  Outliers outliers_;
  Cell map_missing_to_;
};

class NormDiscrete final : public Expression {
 public:
  NormDiscrete(ExpressionPtr field, Cell value, Cell map_missing_to)
      : field_(std::move(field)), value_(value), map_missing_to_(map_missing_to) {}
  Cell evaluate(Machine& machine) const override {
    const Cell cell = field_->evaluate(machine);
    return cell.is_missing() ? map_missing_to_ : Cell::of(equal(cell, value_) ? 1 : 0);
  }

 private:
  ExpressionPtr field_;
  Cell value_, map_missing_to_;
};

struct Bin {
  Interval interval;
  Cell value;
};

// The first bin whose interval holds the number.
class Discretize final : public Expression {
 public:
  Discretize(ExpressionPtr field, std::vector<Bin> bins, Cell map_missing_to, Cell default_value)
      : field_(std::move(field)), bins_(std::move(bins)), map_missing_to_(map_missing_to), default_(default_value) {}
  Cell evaluate(Machine& machine) const override {
    const Cell cell = field_->evaluate(machine);
    if (cell.is_missing()) return map_missing_to_;
    const auto x = number_in(cell);
    if (!x) return Cell::invalid();
    const auto found = std::ranges::find_if(bins_, [&](const Bin& bin) { return bin.interval.contains(*x); });
    return found == bins_.end() ? default_ : found->value;
  }

 private:
  ExpressionPtr field_;
  std::vector<Bin> bins_;
  Cell map_missing_to_, default_;
};

// A table of rows: the values of the first fields decide which row gives its output. Rows are found by a hash of their
// inputs; of equal rows the first counts.
class MapValues final : public Expression {
 public:
  struct Row {
    std::vector<Cell> inputs;
    Cell output;
  };
  MapValues(std::vector<ExpressionPtr> fields, std::vector<Row> rows, Cell map_missing_to, Cell default_value)
      : fields_(std::move(fields)), rows_(std::move(rows)), map_missing_to_(map_missing_to), default_(default_value) {
    for (uint32_t i = 0; i < rows_.size(); ++i) places_.emplace(hash_of_row(rows_[i].inputs), i);
  }
  Cell evaluate(Machine& machine) const override {
    const size_t begin = machine.arguments.size();
    bool some_missing = false;
    for (const auto& field : fields_) {
      const Cell cell = field->evaluate(machine);
      some_missing |= cell.is_missing();
      machine.arguments.push_back(cell);
    }
    const Cell out = some_missing ? map_missing_to_ : looked_up(std::span(machine.arguments).subspan(begin));
    machine.arguments.resize(begin);
    return out;
  }

 private:
  static uint64_t hash_of_row(std::span<const Cell> inputs) {
    uint64_t hash = 0;
    for (const Cell& cell : inputs) hash = hash * 0x100'0000'01B3u + puhui::models::hash_of(cell);
    return hash;
  }
  Cell looked_up(std::span<const Cell> inputs) const {
    uint32_t first = UINT32_MAX;
    const auto [begin, end] = places_.equal_range(hash_of_row(inputs));
    for (auto at = begin; at != end; ++at) {
      if (std::ranges::equal(rows_[at->second].inputs, inputs, equal)) first = std::min(first, at->second);
    }
    return first == UINT32_MAX ? default_ : rows_[first].output;
  }
  std::vector<ExpressionPtr> fields_;
  std::vector<Row> rows_;
  std::unordered_multimap<uint64_t, uint32_t> places_;
  Cell map_missing_to_, default_;
};

Cell attribute_cell(PmmlCompiler& compiler, const pugi::xml_node& node, const char* attribute, PmmlType type) {
  if (!XmlReader::has(node, attribute)) return {};
  return compiler.constant(node, XmlReader::text(node, attribute), type);
}

}  // namespace

Typed compile_norm_continuous(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node) {
  static constexpr std::pair<std::string_view, Outliers> kOutliers[] = {
      {"asIs", Outliers::as_is}, {"asMissingValues", Outliers::as_missing}, {"asExtremeValues", Outliers::as_extreme}};
  Typed field = compile_reference(compiler, scope, node, "field");
  std::vector<LinearNorm> points;
  XmlReader::each(node, "LinearNorm", [&](const pugi::xml_node& point) {
    points.push_back({compiler.xml.required_number(point, "orig"), compiler.xml.required_number(point, "norm")});
    if (points.size() > 1 && !(points[points.size() - 2].orig < points.back().orig)) {
      compiler.xml.fault(point, "expected orig to rise from point to point");
    }
  });
  if (points.size() < 2) {
    compiler.xml.fault(node, "expected at least two LinearNorm inside");
    points.assign(2, {});
  }
  return {std::make_unique<NormContinuous>(std::move(field.expression), std::move(points),
                                           compiler.xml.choice(node, "outliers", kOutliers),
                                           attribute_cell(compiler, node, "mapMissingTo", {})),
          {}};
}

Typed compile_norm_discrete(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node) {
  Typed field = compile_reference(compiler, scope, node, "field");
  const Cell value = compiler.constant(node, compiler.xml.required(node, "value"), field.type);
  return {std::make_unique<NormDiscrete>(std::move(field.expression), value,
                                         attribute_cell(compiler, node, "mapMissingTo", {})),
          {}};
}

Typed compile_discretize(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node, PmmlType type) {
  type = compiler.type_of(node, "dataType", type);
  Typed field = compile_reference(compiler, scope, node, "field");
  std::vector<Bin> bins;
  XmlReader::each(node, "DiscretizeBin", [&](const pugi::xml_node& bin) {
    const Cell value = compiler.constant(bin, compiler.xml.required(bin, "binValue"), type);
    const pugi::xml_node interval = compiler.xml.required_child(bin, "Interval");
    bins.push_back({interval ? read_interval(compiler, interval) : Interval{}, value});
  });
  return {std::make_unique<Discretize>(std::move(field.expression), std::move(bins),
                                       attribute_cell(compiler, node, "mapMissingTo", type),
                                       attribute_cell(compiler, node, "defaultValue", type)),
          type};
}

Typed compile_map_values(PmmlCompiler& compiler, PmmlScope& scope, const pugi::xml_node& node, PmmlType type) {
  type = compiler.type_of(node, "dataType", type);
  std::vector<ExpressionPtr> fields;
  std::vector<PmmlType> types;
  std::vector<std::string_view> columns;
  XmlReader::each(node, "FieldColumnPair", [&](const pugi::xml_node& pair) {
    Typed field = compile_reference(compiler, scope, pair, "field");
    fields.push_back(std::move(field.expression));
    types.push_back(field.type);
    columns.push_back(compiler.xml.required(pair, "column"));
  });
  if (fields.empty()) compiler.xml.fault(node, "expected at least one FieldColumnPair inside");
  const std::string_view output = compiler.xml.required(node, "outputColumn");
  std::vector<MapValues::Row> rows;
  const auto column_of = [&](const pugi::xml_node& row, std::string_view column) {
    const size_t colon = column.find(':');
    return XmlReader::child(row, colon == std::string_view::npos ? column : column.substr(colon + 1));
  };
  XmlReader::each(compiler.xml.required_child(node, "InlineTable"), "row", [&](const pugi::xml_node& row) {
    MapValues::Row out;
    for (size_t i = 0; i < columns.size(); ++i) {
      const pugi::xml_node cell = column_of(row, columns[i]);
      if (!cell) {
        compiler.xml.fault(row, "expected the column '" + std::string(columns[i]) + "'");
        return;
      }
      out.inputs.push_back(compiler.constant(cell, cell.text().get(), types[i]));
    }
    const pugi::xml_node cell = column_of(row, output);
    if (cell) out.output = compiler.constant(cell, cell.text().get(), type);
    if (!cell) compiler.xml.fault(row, "expected the output column '" + std::string(output) + "'");
    rows.push_back(std::move(out));
  });
  return {std::make_unique<MapValues>(std::move(fields), std::move(rows),
                                      attribute_cell(compiler, node, "mapMissingTo", type),
                                      attribute_cell(compiler, node, "defaultValue", type)),
          type};
}

}  // namespace puhui::models
