// A small policy with one table, its sheet's rows and columns by name, and the ways tests take it out and put it in.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "infrastructure/workbench/sheet.h"
#include "infrastructure/workbench/sheet_cells.h"

namespace puhui::workbench {

inline constexpr SheetFormat kFormats[] = {SheetFormat::csv, SheetFormat::xlsx};

inline constexpr std::string_view kPolicy = R"(<?xml version="1.0" encoding="UTF-8"?>
<!-- kept -->
<dmn:definitions xmlns:dmn="https://www.omg.org/spec/DMN/20230324/MODEL/" id="p" name="p" namespace="urn:p">
  <dmn:inputData id="i" name="age"><dmn:variable name="age" typeRef="number"/></dmn:inputData>
  <dmn:inputData id="j" name="city"><dmn:variable name="city" typeRef="string"/></dmn:inputData>
  <dmn:decision id="d" name="Grade" >
    <dmn:variable name="Grade"/>
    <dmn:informationRequirement><dmn:requiredInput href="#i"/></dmn:informationRequirement>
    <dmn:informationRequirement><dmn:requiredInput href="#j"/></dmn:informationRequirement>
    <dmn:decisionTable id="t" hitPolicy='FIRST' preferredOrientation="Rule-as-Row">
      <dmn:input id="t_age" label='Age &quot;now&quot;'>
        <dmn:inputExpression typeRef="number">
          <dmn:text>age</dmn:text>
        </dmn:inputExpression>
        <dmn:inputValues><dmn:text>[0..150]</dmn:text></dmn:inputValues>
      </dmn:input>
      <dmn:output id="t_out" name="grade" typeRef="string"/>
      <dmn:annotation name="why"/>
      <!-- the young -->
      <dmn:rule id="r1">
        <dmn:inputEntry id="r1_i"><dmn:text>&lt; 18</dmn:text></dmn:inputEntry>
        <dmn:outputEntry><dmn:text><![CDATA["C"]]></dmn:text></dmn:outputEntry>
        <dmn:annotationEntry><dmn:text>too  young</dmn:text></dmn:annotationEntry>
      </dmn:rule>
      <!-- the old -->
      <dmn:rule id="r2">
        <dmn:inputEntry id="r2_i"><dmn:text>-</dmn:text></dmn:inputEntry>
        <dmn:outputEntry><dmn:text>"A"</dmn:text></dmn:outputEntry>
        <dmn:annotationEntry><dmn:text/></dmn:annotationEntry>
      </dmn:rule>
    </dmn:decisionTable>
  </dmn:decision>
</dmn:definitions>
)";
// Rows and columns of its sheet.
enum : size_t { kTable, kHitPolicy, kKind, kLabel, kName, kType, kAllowed, kDefault, kRule1, kRule2 };
enum : size_t { kTitle, kAge, kGrade, kWhy, kId };

inline SheetCells cells_of(std::string_view dmn, std::string_view table = "") {
  const auto sheet = export_table(dmn, table, SheetFormat::csv);
  EXPECT_TRUE(sheet) << sheet.error().text();
  return cells_of_csv(*sheet, {}).value();
}

inline Result<std::string> put_in(std::string_view dmn, const SheetCells& cells, SheetFormat format) {
  const std::string bytes = format == SheetFormat::csv ? csv_of(cells) : xlsx_of(cells).value();
  return import_table(dmn, "", bytes, format);
}

inline std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out(text);
  const size_t at = out.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return out.replace(at, from.size(), to);
}

}  // namespace puhui::workbench
