// Where the elements of an XML text stand, and edits of that text that leave every other byte as it is. Only for texts
// that a real XML reader has accepted before.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"

namespace puhui::workbench {

struct XmlSpan {
  size_t begin = 0;
  size_t end = 0;
  std::string_view of(std::string_view xml) const { return xml.substr(begin, end - begin); }
};

struct XmlAttribute {
  std::string_view name;
  XmlSpan whole;  // with the white space before it and the closing quotation mark
  XmlSpan value;  // between the quotation marks, as written
};

struct XmlElement {
  std::string_view name;  // as written, with its prefix
  XmlSpan whole;
  XmlSpan content;  // between the tags
  bool self_closing = false;
  size_t attributes_end = 0;  // where one more attribute goes
  size_t lead_begin = 0;      // the end of the element before it, or the parent's content's begin
  std::vector<XmlAttribute> attributes;
  std::vector<XmlElement> children;

  std::string_view local_name() const;
  const XmlElement* child(std::string_view local_name) const;  // the first of that name, or null
  std::vector<const XmlElement*> all(std::string_view local_name) const;
};

// The root element. Views into `xml`.
Result<XmlElement> scan_xml(std::string_view xml);

// Values as a reader sees them; "" where there is none.
std::string attribute_of(std::string_view xml, const XmlElement& element, std::string_view name);
std::string text_of(std::string_view xml, const XmlElement* element);

std::string escaped_text(std::string_view text);
std::string escaped_attribute(std::string_view text);

// The line break and indentation before a place, "" when it does not begin a line.
std::string indent_before(std::string_view xml, size_t at);

// Edits of one element's bytes. Each place is edited at most once.
class XmlEdit {
 public:
  XmlEdit(std::string_view xml, const XmlElement& element) : xml_(xml), element_(element) {}

  // nullopt takes the attribute away.
  void set_attribute(std::string_view name, const std::optional<std::string>& value);
  void set_text(std::string_view text);
  void replace(XmlSpan span, std::string bytes) { changes_.push_back({span, std::move(bytes)}); }
  void remove(const XmlElement& child) { replace({child.lead_begin, child.whole.end}, ""); }
  // Behind the last child that has one of these local names, before all others.
  void insert_after(std::span<const std::string_view> names, std::string bytes);

  // The white space that belongs before one more child.
  std::string child_lead() const;
  std::string result() const;

 private:
  struct Change {
    XmlSpan span;
    std::string bytes;
  };
  std::string_view xml_;
  const XmlElement& element_;
  std::vector<Change> changes_;
  std::string opened_;  // children of an element that was self-closing
};

}  // namespace puhui::workbench
