// XmlFile and XmlReader: a PMML file's elements behind named limits, each with its line and column, and attribute
// readers that note every fault. Document types, and with them entities, are refused.
#pragma once

#include <memory>
#include <optional>
#include <pugixml.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ground/base/result.h"

namespace puhui::models {

constexpr size_t kPmmlBytesMax = size_t{128} << 20;
constexpr size_t kPmmlDepthMax = 512;       // elements inside elements
constexpr size_t kPmmlTagsMax = 8'000'000;  // counted before anything is built of them
constexpr size_t kPmmlAttributesMax = 16'000'000;

std::string_view local_name(const pugi::xml_node& node);  // without a namespace's prefix

class XmlFile {
 public:
  // `bytes` outlive the file: places are counted in them.
  static Result<std::unique_ptr<const XmlFile>> load(std::string_view bytes);
  pugi::xml_node root() const { return document_.document_element(); }
  // "element MiningField 'age', line 7, column 5".
  std::string place(const pugi::xml_node& node) const;

 private:
  std::string line_of(size_t offset) const;
  Result<void> check_shape() const;
  static constexpr size_t kStride = 1024;
  // The line in which every kStride-th byte stands, and where that line begins.
  struct Mark {
    uint32_t line = 1, begin = 0;
  };
  pugi::xml_document document_;
  std::string_view bytes_;
  std::vector<Mark> marks_;
};

// Reads attributes and children of one file; what is wrong is added to `faults` and a neutral value returned.
class XmlReader {
 public:
  explicit XmlReader(const XmlFile& file) : file_(file) {}
  Faults faults;
  void fault(const pugi::xml_node& node, std::string message) { faults.add(file_.place(node), std::move(message)); }
  std::string place(const pugi::xml_node& node) const { return file_.place(node); }

  static bool has(const pugi::xml_node& node, const char* attribute) { return node.attribute(attribute); }
  static std::string_view text(const pugi::xml_node& node, const char* attribute, std::string_view otherwise = {});
  std::string_view required(const pugi::xml_node& node, const char* attribute);
  double number(const pugi::xml_node& node, const char* attribute, double otherwise);
  std::optional<double> number_if(const pugi::xml_node& node, const char* attribute);
  double required_number(const pugi::xml_node& node, const char* attribute);
  enum class Flag : uint8_t { no, yes };
  Flag flag(const pugi::xml_node& node, const char* attribute, Flag otherwise);
  // One of `choices`; absent: the first of them.
  template <class E, size_t N>
  E choice(const pugi::xml_node& node, const char* attribute, const std::pair<std::string_view, E> (&choices)[N]) {
    const auto given = node.attribute(attribute);
    if (!given) return choices[0].second;
    std::vector<std::string> names;
    for (const auto& [name, value] : choices) {
      if (name == given.value()) return value;
      names.emplace_back(name);
    }
    unknown_choice(node, attribute, names);
    return choices[0].second;
  }

  static pugi::xml_node child(const pugi::xml_node& node, std::string_view name);
  pugi::xml_node required_child(const pugi::xml_node& node, std::string_view name);
  // The first child element that is no Extension.
  static pugi::xml_node first_element(const pugi::xml_node& node);
  template <class Visit>
  static void each(const pugi::xml_node& node, std::string_view name, Visit visit) {
    for (const pugi::xml_node& at : node.children()) {
      if (at.type() == pugi::node_element && local_name(at) == name) visit(at);
    }
  }
  template <class Visit>
  static void each_element(const pugi::xml_node& node, Visit visit) {
    for (const pugi::xml_node& at : node.children()) {
      if (at.type() == pugi::node_element && local_name(at) != "Extension") visit(at);
    }
  }
  // A PMML Array: tokens apart by blanks; "…" may hold blanks, \" is a quote inside.
  std::vector<std::string> array(const pugi::xml_node& node);

 private:
  void unknown_choice(const pugi::xml_node& node, const char* attribute, const std::vector<std::string>& names);
  const XmlFile& file_;
};

}  // namespace puhui::models
