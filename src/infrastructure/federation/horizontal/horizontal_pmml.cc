#include "infrastructure/federation/horizontal/horizontal_pmml.h"

#include <string_view>

#include "ground/base/text.h"

namespace puhui::federation {

namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\t':
      case '\n':
      case '\r': out += "&#" + std::to_string(static_cast<int>(c)) + ";"; break;
      default: out += c;
    }
  }
  return out + "\"";
}
std::string quoted(double number) { return "\"" + format_double(number) + "\""; }

}  // namespace

std::string regression_pmml(const HorizontalRegression& model) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += "<PMML version=\"4.4\" xmlns=\"http://www.dmg.org/PMML-4_4\">\n<Header/>\n<DataDictionary>\n";
  const auto field = [&](const std::string& name) {
    out += "<DataField name=" + quoted(name) + " optype=\"continuous\" dataType=\"double\"/>\n";
  };
  for (const auto& column : model.columns) field(column.name);
  field(model.label);
  out += "</DataDictionary>\n<RegressionModel modelName=" + quoted(model.name) +
         " functionName=\"regression\" normalizationMethod=\"logit\">\n<MiningSchema>\n";
  for (const auto& column : model.columns) {
    out += "<MiningField name=" + quoted(column.name) + " missingValueReplacement=" + quoted(column.mean) +
           " outliers=\"asExtremeValues\" lowValue=" + quoted(column.low) + " highValue=" + quoted(column.high) +
           "/>\n";
  }
  out += "<MiningField name=" + quoted(model.label) + " usageType=\"target\"/>\n</MiningSchema>\n";
  out += "<RegressionTable intercept=" + quoted(model.intercept) + ">\n";
  for (const auto& column : model.columns) {
    out += "<NumericPredictor name=" + quoted(column.name) + " coefficient=" + quoted(column.weight) + "/>\n";
  }
  return out + "</RegressionTable>\n</RegressionModel>\n</PMML>\n";
}

}  // namespace puhui::federation
