// Predictor: one face for every model file a bank brings: our own models, PMML 4.0 to 4.4, XGBoost (JSON, UBJ),
// LightGBM text, and our part of a federated model. A policy calls it by field names. For training and explaining see model.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ground/base/hash.h"
#include "ground/base/result.h"

namespace puhui::models {

constexpr size_t kForeignBytesMax = size_t{256} << 20;  // of one model file
constexpr size_t kPredictorTextMax = 4096;              // bytes of one text value given to a model

enum class ModelFormat : uint8_t { puhui, pmml, xgboost, lightgbm, federated };
std::string_view name_of(ModelFormat format);

// What a field holds. A date is a text in ISO form ("2026-11-22").
enum class FieldType : uint8_t { number, text, boolean, date };
std::string_view name_of(FieldType type);

// A value given to a model: nothing (missing), a number, a text (categories, dates) or a boolean. NaN is missing.
using PredictorValue = std::variant<std::monostate, double, std::string_view, bool>;

// A number on its way out: `double` stays inside models. The double was rounded half to even at the ninth decimal.
struct ModelNumber {
  __int128 billionths = 0;
  // nullopt when it is not finite or not below 1e24 in size, where nine decimals are no longer to be had.
  static std::optional<ModelNumber> from_double(double value);
  double as_double() const { return static_cast<double>(billionths) / 1e9; }
  std::string text() const;  // plain digits without trailing zeros: "-0.25"
  bool operator==(const ModelNumber&) const = default;
};
using OutputValue = std::variant<std::monostate, ModelNumber, std::string_view, bool>;

struct PredictorInput {
  std::string name;
  FieldType type = FieldType::number;
  bool required = false;             // a missing value is refused (PMML 4.4 missingValueTreatment returnInvalid)
  std::vector<std::string> allowed;  // a category's valid values, in the file's order; empty: not listed
};

struct PredictorOutput {
  std::string name;
  FieldType type = FieldType::number;
  bool is_primary = false;  // the answer itself; exactly one output is
};

// Another house whose answer the model needs: it comes in as the text of an input, which that house gave beforehand.
struct PredictorPeer {
  std::string input;
  std::string party;
  Digest job;  // by which the model was trained together
};

// One answer. Reuse it: after the first calls predict allocates nothing, but for texts that a model's functions make.
// Texts live until its next use or as long as the predictor, whichever ends first.
class Prediction {
 public:
  std::vector<OutputValue> values;             // one an output, in their order
  std::vector<std::string_view> reason_codes;  // the most adverse first (PMML Scorecard); else empty
  std::string texts;                           // where computed texts lie; fixed in size before any view is made
};

class PredictorForm;  // what is inside: predictor_form.h

// Immutable; safe on any number of threads, one Prediction each.
class Predictor {
 public:
  // Tells the format by the bytes. `model_name` picks one model of a PMML file that holds several; empty: its first.
  // Errors list every fault found, with element, line and column (PMML), path (XGBoost) or line (LightGBM);
  // `exhausted` when a named limit is passed. A PMML file whose ModelVerification fails is refused.
  static Result<Predictor> parse(std::string_view bytes, std::string_view model_name = {});
  Predictor(Predictor&&) noexcept;
  Predictor& operator=(Predictor&&) noexcept;
  ~Predictor();

  ModelFormat format() const;
  const std::string& name() const;                      // modelName; may be empty
  const std::vector<std::string>& model_names() const;  // of all models in the file
  const std::vector<PredictorInput>& inputs() const;
  const std::vector<PredictorOutput>& outputs() const;
  const std::vector<PredictorPeer>& peers() const;  // of a federated model; else none
  std::optional<size_t> input_named(std::string_view name) const;

  // `in` has one value an input, in their order; CHECKs the length. An unknown category, an invalid or missing value
  // is treated as the file says; where it says "return invalid" this is `invalid`, naming field and value. A number
  // for a text field is read as its shortest text, a text for a number field as the number it spells.
  Result<void> predict(std::span<const PredictorValue> in, Prediction& out) const;

 private:
  explicit Predictor(std::unique_ptr<const PredictorForm> form);
  static Result<Predictor> named(std::unique_ptr<const PredictorForm> form, std::string_view model_name);
  std::unique_ptr<const PredictorForm> form_;
};

}  // namespace puhui::models
