#include "infrastructure/workbench/sheet_xml.h"

#include "ground/base/check.h"

namespace puhui::workbench {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

bool is_space(char c) { return kSpace.contains(c); }

class Scanner {
 public:
  explicit Scanner(std::string_view xml) : xml_(xml) {}

  Result<XmlElement> root() {
    while (true) {
      at_ = xml_.find('<', at_);
      if (at_ == std::string_view::npos) return refuse("a root element");
      if (TRY(skip_other())) continue;
      return element(0);
    }
  }

 private:
  std::unexpected<Error> refuse(const std::string& expected) const {
    return fail(ErrorCode::invalid, "byte " + std::to_string(std::min(at_, xml_.size())),
                "expected well-formed XML: " + expected);
  }

  Result<void> skip_past(std::string_view end) {
    const size_t found = xml_.find(end, at_);
    if (found == std::string_view::npos) return refuse(std::string(end));
    at_ = found + end.size();
    return {};
  }

  // Comments, instructions, character data: true when one was passed over.
  Result<bool> skip_other() {
    const std::string_view rest = xml_.substr(at_);
    if (rest.starts_with("<!--")) {
      at_ += 4;
      TRY(skip_past("-->"));
    } else if (rest.starts_with("<![CDATA[")) {
      TRY(skip_past("]]>"));
    } else if (rest.starts_with("<?")) {
      TRY(skip_past("?>"));
    } else if (rest.starts_with("<!")) {
      return refuse("no document type declaration");
    } else {
      return false;
    }
    return true;
  }

  Result<void> attributes(XmlElement& out) {
    while (true) {
      const size_t before = at_;
      at_ = std::min(xml_.find_first_not_of(kSpace, at_), xml_.size());
      if (at_ >= xml_.size()) return refuse("the end of a tag");
      if (xml_[at_] == '>' || xml_[at_] == '/') return {};
      XmlAttribute attribute;
      const size_t equals = xml_.find('=', at_);
      if (equals == std::string_view::npos) return refuse("'=' and an attribute's value");
      attribute.name = xml_.substr(at_, equals - at_);
      while (!attribute.name.empty() && is_space(attribute.name.back())) attribute.name.remove_suffix(1);
      at_ = std::min(xml_.find_first_not_of(kSpace, equals + 1), xml_.size());
      if (at_ >= xml_.size() || (xml_[at_] != '"' && xml_[at_] != '\'')) return refuse("an attribute's value");
      const size_t end = xml_.find(xml_[at_], at_ + 1);
      if (end == std::string_view::npos) return refuse("the end of an attribute's value");
      attribute.value = {at_ + 1, end};
      attribute.whole = {before, end + 1};
      out.attributes.push_back(attribute);
      at_ = out.attributes_end = end + 1;
    }
  }

  Result<XmlElement> element(size_t depth) {
    constexpr size_t kDepthMax = 128;
    if (depth > kDepthMax) return refuse("a depth of at most " + std::to_string(kDepthMax));
    XmlElement out;
    out.whole.begin = at_;
    const size_t name_end = xml_.find_first_of(" \t\r\n/>", at_ + 1);
    if (name_end == std::string_view::npos) return refuse("the end of a tag");
    out.name = xml_.substr(at_ + 1, name_end - at_ - 1);
    at_ = out.attributes_end = name_end;
    TRY(attributes(out));
    if (xml_[at_] == '/') {
      TRY(skip_past(">"));
      out.self_closing = true;
      out.whole.end = at_;
      out.content = {at_, at_};
      return out;
    }
    ++at_;
    out.content.begin = at_;
    TRY(children(out, depth));
    return out;
  }

  Result<void> children(XmlElement& out, size_t depth) {
    size_t lead_begin = at_;
    while (true) {
      at_ = xml_.find('<', at_);
      if (at_ == std::string_view::npos) return refuse("</" + std::string(out.name) + ">");
      if (xml_.substr(at_).starts_with("</")) {
        out.content.end = at_;
        TRY(skip_past(">"));
        out.whole.end = at_;
        return {};
      }
      if (TRY(skip_other())) continue;
      out.children.push_back(TRY(element(depth + 1)));
      out.children.back().lead_begin = lead_begin;
      lead_begin = at_;
    }
  }

  std::string_view xml_;
  size_t at_ = 0;
};

void append_utf8(std::string& out, uint32_t point) {
  const auto put = [&](uint32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0 | (point >> 6));
    put(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    put(0xE0 | (point >> 12));
    put(0x80 | ((point >> 6) & 0x3F));
    put(0x80 | (point & 0x3F));
  } else {
    put(0xF0 | (point >> 18));
    put(0x80 | ((point >> 12) & 0x3F));
    put(0x80 | ((point >> 6) & 0x3F));
    put(0x80 | (point & 0x3F));
  }
}

// "&lt;", "&#10;": appends what it means and answers its length; 0 when it is no reference XML knows.
size_t append_reference(std::string_view text, std::string& out) {
  static constexpr std::pair<std::string_view, char> kNamed[] = {
      {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
  for (const auto& [name, meaning] : kNamed) {
    if (!text.starts_with(name)) continue;
    out += meaning;
    return name.size();
  }
  if (!text.starts_with("&#")) return 0;
  const bool hex = text.size() > 2 && text[2] == 'x';
  uint32_t point = 0;
  const char* begin = text.data() + (hex ? 3 : 2);
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), point, hex ? 16 : 10);
  if (error != std::errc() || end == text.data() + text.size() || *end != ';' || point > 0x10FFFF) return 0;
  append_utf8(out, point);
  return static_cast<size_t>(end - text.data()) + 1;
}

enum class Part { text, character_data, attribute };

void append_meaning(std::string_view raw, Part part, std::string& out) {
  for (size_t at = 0; at < raw.size();) {
    const char c = raw[at];
    if (c == '&' && part != Part::character_data) {
      const size_t length = append_reference(raw.substr(at), out);
      if (length > 0) {
        at += length;
        continue;
      }
    }
    if (c == '\r') {  // line ends are one character, whatever the file has
      out += part == Part::attribute ? ' ' : '\n';
      at += raw.substr(at).starts_with("\r\n") ? 2 : 1;
      continue;
    }
    out += part == Part::attribute && (c == '\n' || c == '\t') ? ' ' : c;
    ++at;
  }
}

}  // namespace

std::string_view XmlElement::local_name() const {
  const size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

const XmlElement* XmlElement::child(std::string_view wanted) const {
  const auto found = std::ranges::find(children, wanted, &XmlElement::local_name);
  return found == children.end() ? nullptr : &*found;
}

std::vector<const XmlElement*> XmlElement::all(std::string_view wanted) const {
  std::vector<const XmlElement*> out;
  for (const XmlElement& at : children) {
    if (at.local_name() == wanted) out.push_back(&at);
  }
  return out;
}

Result<XmlElement> scan_xml(std::string_view xml) { return Scanner(xml).root(); }

std::string attribute_of(std::string_view xml, const XmlElement& element, std::string_view name) {
  std::string out;
  const auto found = std::ranges::find(element.attributes, name, &XmlAttribute::name);
  if (found != element.attributes.end()) append_meaning(found->value.of(xml), Part::attribute, out);
  return out;
}

std::string text_of(std::string_view xml, const XmlElement* element) {
  std::string out;
  if (element == nullptr) return out;
  const std::string_view content = element->content.of(xml);
  for (size_t at = 0; at < content.size();) {
    const size_t tag = std::min(content.find('<', at), content.size());
    append_meaning(content.substr(at, tag - at), Part::text, out);
    if (tag == content.size()) break;
    const std::string_view rest = content.substr(tag);
    size_t length = std::string_view::npos;
    if (rest.starts_with("<![CDATA[")) {
      length = rest.find("]]>") + 3;
      append_meaning(rest.substr(9, length - 12), Part::character_data, out);
    } else if (rest.starts_with("<!--")) {
      length = rest.find("-->", 4) + 3;
    } else if (rest.starts_with("<?")) {
      length = rest.find("?>") + 2;
    } else {
      for (const XmlElement& child : element->children) {
        if (child.whole.begin == element->content.begin + tag) length = child.whole.end - child.whole.begin;
      }
    }
    CHECK(length != std::string_view::npos, "the scanner has seen every '<' of an element's content");
    at = tag + length;
  }
  return out;
}

std::string escaped_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '\r': out += "&#13;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string escaped_attribute(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&apos;"; break;  // whichever quotation mark the file uses
      case '\r': out += "&#13;"; break;
      case '\n': out += "&#10;"; break;
      case '\t': out += "&#9;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string indent_before(std::string_view xml, size_t at) {
  size_t begin = at;
  while (begin > 0 && (xml[begin - 1] == ' ' || xml[begin - 1] == '\t')) --begin;
  if (begin == 0 || xml[begin - 1] != '\n') return "";
  --begin;
  if (begin > 0 && xml[begin - 1] == '\r') --begin;
  return std::string(xml.substr(begin, at - begin));
}

void XmlEdit::set_attribute(std::string_view name, const std::optional<std::string>& value) {
  const auto found = std::ranges::find(element_.attributes, name, &XmlAttribute::name);
  if (found == element_.attributes.end()) {
    if (!value) return;
    const size_t at = element_.attributes_end;
    replace({at, at}, " " + std::string(name) + "=\"" + escaped_attribute(*value) + "\"");
  } else if (value) {
    replace(found->value, escaped_attribute(*value));
  } else {
    replace(found->whole, "");
  }
}

void XmlEdit::set_text(std::string_view text) {
  if (element_.self_closing)
    opened_ += escaped_text(text);
  else
    replace(element_.content, escaped_text(text));
}

void XmlEdit::insert_after(std::span<const std::string_view> names, std::string bytes) {
  if (element_.self_closing) {
    opened_ += bytes;
    return;
  }
  size_t at = element_.content.begin;
  for (const XmlElement& child : element_.children) {
    if (std::ranges::find(names, child.local_name()) != names.end()) at = child.whole.end;
  }
  replace({at, at}, std::move(bytes));
}

std::string XmlEdit::child_lead() const {
  if (!element_.children.empty()) return indent_before(xml_, element_.children.front().whole.begin);
  const std::string own = indent_before(xml_, element_.whole.begin);
  return own.empty() ? "" : own + "  ";
}

std::string XmlEdit::result() const {
  std::vector<size_t> order(changes_.size());
  std::iota(order.begin(), order.end(), size_t{0});
  // What is put in at a place comes before what replaces the bytes behind it, else in the order it was asked for.
  std::ranges::sort(order, {}, [&](size_t number) {
    const XmlSpan& span = changes_[number].span;
    return std::tuple(span.begin, span.end > span.begin, number);
  });
  std::string out;
  size_t at = element_.whole.begin;
  for (const size_t number : order) {
    const Change& change = changes_[number];
    CHECK(change.span.begin >= at && change.span.end <= element_.whole.end, "edits do not overlap");
    out += xml_.substr(at, change.span.begin - at);
    out += change.bytes;
    at = change.span.end;
  }
  out += xml_.substr(at, element_.whole.end - at);
  if (opened_.empty()) return out;
  out.resize(out.rfind('/'));
  while (!out.empty() && is_space(out.back())) out.pop_back();
  // Children on lines of their own: so is the closing tag.
  const std::string close_lead = opened_.starts_with('\n') || opened_.starts_with('\r')
                                     ? indent_before(xml_, element_.whole.begin)
                                     : std::string();
  return out + ">" + opened_ + close_lead + "</" + std::string(element_.name) + ">";
}

}  // namespace puhui::workbench
