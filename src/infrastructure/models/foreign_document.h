// ForeignDocument: the tree of values that XGBoost saves, read from JSON or from Universal Binary JSON (UBJ). Lists of
// numbers stay packed; a number may be NaN or infinite, as the library writes what it does not use. No memory is taken for a count before its bytes are there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ground/base/result.h"

namespace puhui::models {

constexpr size_t kForeignMembersMax = 1000;  // of one object
constexpr size_t kForeignDocumentDepthMax = 64;
constexpr size_t kForeignValuesMax = 64'000'000;

class ForeignDocument {
 public:
  enum class Kind : uint8_t { null, number, text, numbers, list, object };
  Kind kind = Kind::null;
  double number = 0;
  std::string text;
  std::vector<double> numbers;
  std::vector<ForeignDocument> list;  // of an object: its members' values
  std::vector<std::string> names;     // of an object: its members' names

  // `invalid` says the place: line and column of JSON, the byte of UBJ.
  static Result<ForeignDocument> parse(std::string_view bytes);
  const ForeignDocument* find(std::string_view name) const;
  // Through members; nullptr where one is not there.
  const ForeignDocument* at(std::initializer_list<std::string_view> path) const;
  // A number, or a text that spells one.
  std::optional<double> as_number() const;
};

bool looks_like_ubj(std::string_view bytes);

}  // namespace puhui::models
