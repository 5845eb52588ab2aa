// Small PMML documents for tests, and one answer of a predictor as text.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "infrastructure/models/predictor.h"

namespace puhui::models {

// `fields` are DataFields, `model` is a whole model element.
inline std::string pmml_document(std::string_view fields, std::string_view model, std::string_view transformations = "",
                                 std::string_view version = "4.4") {
  std::string out = "<PMML version=\"" + std::string(version) + "\" xmlns=\"http://www.dmg.org/PMML-4_" +
                    std::string(version.substr(2, 1)) + "\">\n<Header/>\n<DataDictionary>\n";
  out += fields;
  out += "\n</DataDictionary>\n";
  if (!transformations.empty()) {
    out += "<TransformationDictionary>\n" + std::string(transformations) + "\n</TransformationDictionary>\n";
  }
  return out + std::string(model) + "\n</PMML>\n";
}

inline std::string number_field(std::string_view name) {
  return "<DataField name=\"" + std::string(name) + "\" optype=\"continuous\" dataType=\"double\"/>\n";
}
inline std::string text_field(std::string_view name, const std::vector<std::string>& values = {}) {
  std::string out = "<DataField name=\"" + std::string(name) + "\" optype=\"categorical\" dataType=\"string\">";
  for (const auto& value : values) out += "<Value value=\"" + value + "\"/>";
  return out + "</DataField>\n";
}

inline Predictor parsed(const std::string& bytes) {
  auto predictor = Predictor::parse(bytes);
  EXPECT_TRUE(predictor.has_value()) << predictor.error().text() << "\n" << bytes;
  if (!predictor) std::abort();
  return *std::move(predictor);
}

// Every fault of a file that must not load; empty when it did.
inline std::string refusal(const std::string& bytes) {
  const auto predictor = Predictor::parse(bytes);
  return predictor ? "" : predictor.error().text();
}

inline std::string text_of(const OutputValue& value) {
  if (const auto* number = std::get_if<ModelNumber>(&value)) return number->text();
  if (const auto* text = std::get_if<std::string_view>(&value)) return std::string(*text);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  return "missing";
}

using Given = std::vector<std::pair<std::string, PredictorValue>>;

// The named output, or the primary one; "missing"; or the error. Inputs not given are missing.
inline std::string ask(const Predictor& predictor, const Given& given, std::string_view output = "") {
  std::vector<PredictorValue> in(predictor.inputs().size());
  for (const auto& [name, value] : given) {
    const auto place = predictor.input_named(name);
    EXPECT_TRUE(place.has_value()) << name;
    if (place) in[*place] = value;
  }
  Prediction out;
  if (const auto result = predictor.predict(in, out); !result) return result.error().text();
  for (size_t i = 0; i < predictor.outputs().size(); ++i) {
    const PredictorOutput& spec = predictor.outputs()[i];
    if (output.empty() ? spec.is_primary : spec.name == output) return text_of(out.values[i]);
  }
  return "no such output";
}

inline std::vector<std::string> reasons_of(const Predictor& predictor, const Given& given) {
  std::vector<PredictorValue> in(predictor.inputs().size());
  for (const auto& [name, value] : given) in[predictor.input_named(name).value()] = value;
  Prediction out;
  EXPECT_TRUE(predictor.predict(in, out).has_value());
  return {out.reason_codes.begin(), out.reason_codes.end()};
}

}  // namespace puhui::models
