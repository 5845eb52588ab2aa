#include "infrastructure/workbench/sheet_check.h"

#include "ground/base/text.h"
#include "infrastructure/dmn/policy.h"

namespace puhui::workbench {
namespace {

std::vector<Fault> faults_of(std::string_view xml) {
  const dmn::NoFunctions host;
  dmn::CompileOptions options;
  options.on_fault = dmn::CompileOptions::OnFault::null_with_cause;
  const auto policy = dmn::Policy::compile(xml, host, options);
  if (!policy) return policy.error().faults;
  return {policy->faults().begin(), policy->faults().end()};
}

// The line that stands for the faults beyond the number that is kept: no fault of its own.
bool is_count_of_more(const Fault& fault) {
  return fault.where.empty() && fault.message.starts_with("and ") && fault.message.ends_with(" more faults");
}

// "element d_rate, line 12, column 7": the engine's own way to say a place.
struct Place {
  std::string without_line;
  std::optional<size_t> line;
  size_t column = 0;
};

Place place_of(std::string_view where) {
  constexpr std::string_view kLine = "line ";
  constexpr std::string_view kColumn = ", column ";
  const size_t line = where.rfind(kLine);
  const size_t column = where.rfind(kColumn);
  if (line == std::string_view::npos || column == std::string_view::npos || column < line) {
    return {std::string(where), std::nullopt, 0};
  }
  const size_t begin = line + kLine.size();
  const auto line_number = parse_int64(where.substr(begin, column - begin));
  const auto column_number = parse_int64(where.substr(column + kColumn.size()));
  if (!line_number || !column_number || *line_number < 1 || *column_number < 1) {
    return {std::string(where), std::nullopt, 0};
  }
  return {std::string(where.substr(0, line)), static_cast<size_t>(*line_number), static_cast<size_t>(*column_number)};
}

size_t offset_of(std::string_view xml, const Place& place) {
  size_t at = 0;
  for (size_t line = 1; line < *place.line; ++line) {
    const size_t end = xml.find('\n', at);
    if (end == std::string_view::npos) return xml.size();
    at = end + 1;
  }
  return std::min(at + place.column - 1, xml.size());
}

struct CellSpan {
  XmlSpan span;
  std::string cell;
};

// Which bytes of the made text came from which cell. Inner parts stand before what they are part of.
std::vector<CellSpan> cell_spans(const XmlElement& table, const SheetTable& sheet, const SheetCells& cells) {
  const SheetPlaces& places = sheet.places;
  std::vector<CellSpan> spans;
  const auto add = [&](const XmlElement* element, size_t row, size_t column) {
    if (element != nullptr && row != SheetPlaces::npos) spans.push_back({element->whole, cells.place(row, column)});
  };
  const auto add_clauses = [&](std::string_view name, const std::vector<size_t>& columns) {
    const auto elements = table.all(name);
    for (size_t at = 0; at < std::min(elements.size(), columns.size()); ++at) {
      for (const std::string_view values : {"inputValues", "outputValues"}) {
        add(elements[at]->child(values), places.allowed_row, columns[at]);
      }
      add(elements[at]->child("defaultOutputEntry"), places.default_row, columns[at]);
      add(elements[at], places.name_row, columns[at]);
    }
  };
  add_clauses("input", places.input_columns);
  add_clauses("output", places.output_columns);
  const auto rules = table.all("rule");
  for (size_t rule = 0; rule < std::min(rules.size(), places.rule_rows.size()); ++rule) {
    const auto add_entries = [&](std::string_view name, const std::vector<size_t>& columns) {
      const auto entries = rules[rule]->all(name);
      for (size_t at = 0; at < std::min(entries.size(), columns.size()); ++at) {
        add(entries[at], places.rule_rows[rule], columns[at]);
      }
    };
    add_entries("inputEntry", places.input_columns);
    add_entries("outputEntry", places.output_columns);
    add(rules[rule], places.rule_rows[rule], 0);
  }
  if (places.hit_policy_row != SheetPlaces::npos) {
    spans.push_back({table.whole, cells.place(places.hit_policy_row, 1)});
  }
  return spans;
}

Result<void> told_by_cell(const std::vector<Fault>& faults, std::string_view made, const XmlElement& table,
                          const SheetTable& sheet, const SheetCells& cells) {
  if (faults.empty()) return {};
  const auto spans = cell_spans(table, sheet, cells);
  Faults told;
  for (const Fault& fault : faults) {
    const Place place = place_of(fault.where);
    auto found = spans.end();
    if (place.line) {
      const size_t offset = offset_of(made, place);
      found = std::ranges::find_if(spans,
                                   [&](const CellSpan& at) { return offset >= at.span.begin && offset < at.span.end; });
    }
    told.add(found == spans.end() ? fault.where : found->cell, fault.message);
  }
  return std::move(told).result();
}

}  // namespace

Result<void> check_edited(const DmnText& before, const TableFound& table, std::string_view made,
                          const SheetTable& sheet, const SheetCells& cells) {
  const auto number = static_cast<size_t>(&table - before.tables().data());
  const DmnText after = TRY(DmnText::read(made));
  std::multiset<std::pair<std::string, std::string>> known;
  for (const Fault& fault : faults_of(before.xml())) known.emplace(place_of(fault.where).without_line, fault.message);
  std::vector<Fault> fresh;
  for (Fault& fault : faults_of(made)) {
    if (is_count_of_more(fault)) continue;
    const auto same = known.find({place_of(fault.where).without_line, fault.message});
    if (same != known.end())
      known.erase(same);
    else
      fresh.push_back(std::move(fault));
  }
  return told_by_cell(fresh, made, *after.tables()[number].element, sheet, cells);
}

Result<void> check_made(std::string_view made, const SheetTable& sheet, const SheetCells& cells) {
  const DmnText after = TRY(DmnText::read(made));
  return told_by_cell(faults_of(made), made, *TRY(after.table(""))->element, sheet, cells);
}

}  // namespace puhui::workbench
