// Any bytes as a spreadsheet file, put into a small table: read or refused, and what is accepted compiles and comes
// back unchanged when it is taken out and put in again.
#include "infrastructure/workbench/sheet.h"
#include "infrastructure/workbench/sheet_zip.h"

namespace {

constexpr std::string_view kPolicy = R"(<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="p" name="p" namespace="urn:p">
  <inputData id="i" name="age"><variable name="age" typeRef="number"/></inputData>
  <decision id="d" name="Grade">
    <variable name="Grade"/>
    <informationRequirement><requiredInput href="#i"/></informationRequirement>
    <decisionTable id="t" hitPolicy="FIRST">
      <input id="t_i"><inputExpression typeRef="number"><text>age</text></inputExpression></input>
      <output id="t_o" name="grade" typeRef="string"/>
      <annotation name="why"/>
      <rule id="r1">
        <inputEntry><text>&lt; 18</text></inputEntry>
        <outputEntry><text>"young"</text></outputEntry>
        <annotationEntry><text>too young</text></annotationEntry>
      </rule>
    </decisionTable>
  </decision>
</definitions>
)";

constexpr puhui::workbench::SheetLimits kLimits = {.bytes_max = 1 << 20,
                                                   .zip_entries_max = 64,
                                                   .unpacked_bytes_max = 1 << 20,
                                                   .xml_depth_max = 32,
                                                   .rows_max = 200,
                                                   .columns_max = 32,
                                                   .cells_max = 2'000,
                                                   .cell_bytes_max = 4'096,
                                                   .text_bytes_max = 1 << 20};

void put_in(std::string_view bytes, puhui::workbench::SheetFormat format) {
  using namespace puhui::workbench;
  const auto made = import_table(kPolicy, "Grade", bytes, format, kLimits);
  dmn_of_sheet(bytes, format, "Grade", kLimits);
  if (!made) return;
  const auto out = export_table(*made, "Grade", format);
  if (!out) return;  // a text longer than a cell
  const auto again = import_table(*made, "Grade", *out, format);
  if (!again || *again != *made) __builtin_trap();
}

}  // namespace

// The first byte chooses: a csv file, an xlsx file, or the parts of one, which a fuzzer would not zip by itself.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace puhui::workbench;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 3 == 0) {
    put_in(text, SheetFormat::csv);
  } else if (data[0] % 3 == 1) {
    put_in(text, SheetFormat::xlsx);
  } else {
    const std::string_view relation = R"(<Relationship Id="a" Type="/officeDocument" Target="w/w.xml"/>)";
    const std::string_view parts =
        R"(<Relationship Id="s" Type="/worksheet" Target="s.xml"/><Relationship Id="t" Type="/sharedStrings" )"
        R"(Target="t.xml"/><Relationship Id="y" Type="/styles" Target="t.xml"/>)";
    const size_t half = text.find("<!---->");
    const std::string_view first = text.substr(0, half);
    const std::string_view second = half == std::string_view::npos ? first : text.substr(half + 7);
    put_in(zip_of({{"_rels/.rels", "<R>" + std::string(relation) + "</R>"},
                   {"w/w.xml", R"(<w><sheets><sheet name="Grade" id="s"/></sheets></w>)"},
                   {"w/_rels/w.xml.rels", "<R>" + std::string(parts) + "</R>"},
                   {"w/s.xml", std::string(first)},
                   {"w/t.xml", std::string(second)}}),
           SheetFormat::xlsx);
  }
  return 0;
}
