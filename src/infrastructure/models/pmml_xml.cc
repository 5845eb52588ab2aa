#include "infrastructure/models/pmml_xml.h"

#include <algorithm>

#include "ground/base/text.h"

namespace puhui::models {

std::string_view local_name(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

Result<std::unique_ptr<const XmlFile>> XmlFile::load(std::string_view bytes) {
  if (bytes.size() > kPmmlBytesMax) {
    return fail(ErrorCode::exhausted, "expected at most " + std::to_string(kPmmlBytesMax) + " bytes of PMML, came " +
                                          std::to_string(bytes.size()));
  }
  const auto tags = static_cast<size_t>(std::count(bytes.begin(), bytes.end(), '<'));
  const auto attributes = static_cast<size_t>(std::count(bytes.begin(), bytes.end(), '='));
  if (tags > kPmmlTagsMax || attributes > kPmmlAttributesMax) {
    return fail(ErrorCode::exhausted, "expected at most " + std::to_string(kPmmlTagsMax) + " tags and " +
                                          std::to_string(kPmmlAttributesMax) + " attributes");
  }
  auto file = std::make_unique<XmlFile>();
  file->bytes_ = bytes;
  Mark mark;
  for (size_t at = 0; at < bytes.size(); ++at) {
    if (at % kStride == 0) file->marks_.push_back(mark);
    if (bytes[at] == '\n') mark = {mark.line + 1, static_cast<uint32_t>(at + 1)};
  }
  const auto parsed = file->document_.load_buffer(bytes.data(), bytes.size(), pugi::parse_default | pugi::parse_doctype,
                                                  pugi::encoding_utf8);
  if (!parsed) {
    return fail(ErrorCode::invalid, file->line_of(static_cast<size_t>(std::max<ptrdiff_t>(parsed.offset, 0))),
                std::string("expected well-formed XML: ") + parsed.description());
  }
  TRY(file->check_shape());
  return std::unique_ptr<const XmlFile>(std::move(file));
}

// Goes through the whole tree without recursion.
Result<void> XmlFile::check_shape() const {
  size_t depth = 0;
  pugi::xml_node at = document_;
  while (true) {
    if (at.type() == pugi::node_doctype) {
      return fail(ErrorCode::invalid, "expected no document type declaration: entities are refused");
    }
    if (depth > kPmmlDepthMax) {
      return fail(ErrorCode::exhausted, place(at),
                  "expected at most " + std::to_string(kPmmlDepthMax) + " elements inside each other");
    }
    if (at.first_child()) {
      at = at.first_child();
      ++depth;
      continue;
    }
    while (at != document_ && !at.next_sibling()) at = at.parent(), --depth;
    if (at == document_) return {};
    at = at.next_sibling();
  }
}

std::string XmlFile::line_of(size_t offset) const {
  if (marks_.empty()) return "line 1, column 1";
  offset = std::min(offset, bytes_.size() - 1);
  Mark mark = marks_[offset / kStride];
  for (size_t at = offset / kStride * kStride; at < offset; ++at) {
    if (bytes_[at] == '\n') mark = {mark.line + 1, static_cast<uint32_t>(at + 1)};
  }
  return "line " + std::to_string(mark.line) + ", column " + std::to_string(offset - mark.begin + 1);
}

std::string XmlFile::place(const pugi::xml_node& node) const {
  std::string out = "element " + std::string(local_name(node));
  for (const char* attribute : {"name", "field", "modelName", "id", "function"}) {
    if (const auto named = node.attribute(attribute)) {
      out += " '" + std::string(cut_utf8(named.value(), 80)) + "'";
      break;
    }
  }
  // pugixml gives the place of the name, behind the '<'.
  return out + ", " + line_of(static_cast<size_t>(std::max<ptrdiff_t>(node.offset_debug() - 1, 0)));
}

std::string_view XmlReader::text(const pugi::xml_node& node, const char* attribute, std::string_view otherwise) {
  const auto given = node.attribute(attribute);
  return given ? given.value() : otherwise;
}

std::string_view XmlReader::required(const pugi::xml_node& node, const char* attribute) {
  const auto given = node.attribute(attribute);
  if (!given) fault(node, "expected the attribute '" + std::string(attribute) + "'");
  return given.value();
}

std::optional<double> XmlReader::number_if(const pugi::xml_node& node, const char* attribute) {
  const auto given = node.attribute(attribute);
  if (!given) return std::nullopt;
  const auto number = parse_double(trim(given.value()));
  if (!number) {
    fault(node, "expected a finite number in '" + std::string(attribute) + "', came '" +
                    std::string(cut_utf8(given.value(), 60)) + "'");
  }
  return number;
}

double XmlReader::number(const pugi::xml_node& node, const char* attribute, double otherwise) {
  return number_if(node, attribute).value_or(otherwise);
}

double XmlReader::required_number(const pugi::xml_node& node, const char* attribute) {
  if (required(node, attribute).empty() && !has(node, attribute)) return 0;
  return number_if(node, attribute).value_or(0);
}

XmlReader::Flag XmlReader::flag(const pugi::xml_node& node, const char* attribute, Flag otherwise) {
  const std::string_view given = text(node, attribute);
  if (given.empty()) return otherwise;
  if (given == "true" || given == "1") return Flag::yes;
  if (given == "false" || given == "0") return Flag::no;
  fault(node, "expected true or false in '" + std::string(attribute) + "', came '" + std::string(given) + "'");
  return otherwise;
}

void XmlReader::unknown_choice(const pugi::xml_node& node, const char* attribute,
                               const std::vector<std::string>& names) {
  fault(node, "expected '" + std::string(attribute) + "' to be one of " + join(names, ", ") + "; came '" +
                  std::string(cut_utf8(node.attribute(attribute).value(), 60)) + "'");
}

pugi::xml_node XmlReader::child(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_node& at : node.children()) {
    if (at.type() == pugi::node_element && local_name(at) == name) return at;
  }
  return {};
}

pugi::xml_node XmlReader::required_child(const pugi::xml_node& node, std::string_view name) {
  const pugi::xml_node found = child(node, name);
  if (!found) fault(node, "expected a <" + std::string(name) + "> inside");
  return found;
}

pugi::xml_node XmlReader::first_element(const pugi::xml_node& node) {
  for (const pugi::xml_node& at : node.children()) {
    if (at.type() == pugi::node_element && local_name(at) != "Extension") return at;
  }
  return {};
}

std::vector<std::string> XmlReader::array(const pugi::xml_node& node) {
  const std::string_view text = node.text().get();
  std::vector<std::string> out;
  for (size_t at = 0; at < text.size();) {
    if (std::isspace(static_cast<unsigned char>(text[at])) != 0) {
      ++at;
      continue;
    }
    const bool quoted = text[at] == '"';
    if (quoted) ++at;
    std::string token;
    bool closed = !quoted;
    for (; at < text.size(); ++at) {
      if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] == '"') {
        token += text[++at];
      } else if (quoted && text[at] == '"') {
        closed = true;
        ++at;
        break;
      } else if (!quoted && std::isspace(static_cast<unsigned char>(text[at])) != 0) {
        break;
      } else {
        token += text[at];
      }
    }
    if (!closed) fault(node, "expected a closing quote in the array");
    out.push_back(std::move(token));
  }
  if (const auto count = node.attribute("n"); count && parse_int64(count.value()) != static_cast<int64_t>(out.size())) {
    fault(node, "expected n=\"" + std::string(count.value()) + "\" values, came " + std::to_string(out.size()));
  }
  return out;
}

}  // namespace puhui::models
