#include "infrastructure/workbench/sheet_edit.h"

#include "ground/base/text.h"
#include "infrastructure/workbench/sheet_match.h"

namespace puhui::workbench {
namespace {

using Names = std::span<const std::string_view>;

// The order in which the standard wants children: a new one goes behind all that come first.
constexpr std::string_view kTableOrder[] = {"description", "extensionElements", "input",
                                            "output",      "annotation",        "rule"};
constexpr std::string_view kRuleOrder[] = {"description", "extensionElements", "inputEntry", "outputEntry",
                                           "annotationEntry"};
constexpr std::string_view kInputOrder[] = {"description", "extensionElements", "inputExpression"};
constexpr std::string_view kOutputOrder[] = {"description", "extensionElements", "typeRef", "outputValues"};

// The names of an order up to this one.
template <size_t count>
Names up_to(const std::string_view (&order)[count], std::string_view name) {
  return Names(std::begin(order), std::ranges::find(order, name) + 1);
}

// One element of a list as it shall be: an old one (its bytes changed or not), or a new one.
struct Piece {
  std::optional<size_t> source;
  std::string bytes;
};

struct Columns {
  Sources inputs;
  Sources outputs;
  Sources annotations;
};

// The white space of the table's rules, taken from one that is there.
struct RuleStyle {
  std::string rule;
  std::string entry;
  std::string text;
  std::string entry_close;
  std::string rule_close;
};

class TableEditor {
 public:
  TableEditor(const DmnText& dmn, const TableFound& table, const SheetTable& sheet, const SheetCells& cells)
      : xml_(dmn.xml()),
        dmn_(dmn),
        table_(table),
        element_(*table.element),
        old_(content_of(dmn.xml(), table)),
        made_(sheet.content),
        places_(sheet.places),
        cells_(cells) {}

  Result<std::string> run();

 private:
  void match_columns();
  void keep_what_sheet_does_not_say(std::vector<TableClause>& made, const std::vector<TableClause>& old,
                                    const Sources& sources) const;
  void name_rules();
  void collect_ids(const XmlElement& at);
  RuleStyle style_of_rules(const XmlEdit& edit) const;

  void edit_hit_policy(XmlEdit& edit) const;
  void edit_clauses(XmlEdit& edit) const;
  void edit_rules(XmlEdit& edit) const;
  void rewrite_list(XmlEdit& edit, const std::vector<const XmlElement*>& old, std::vector<Piece> pieces,
                    const std::string& lead, Names after) const;
  void edit_type(XmlEdit& edit, const XmlElement& element, const std::string& type) const;
  void edit_label(XmlEdit& edit, const XmlElement& element, const std::string& label) const;
  void edit_wrapped(XmlEdit& edit, const XmlElement& parent, std::string_view name, Names after,
                    const std::string& text) const;
  std::string edited_entry(const XmlElement& entry, const std::string& text) const;
  std::string edited_input(const XmlElement& input, const TableClause& made) const;
  std::string edited_output(const XmlElement& output, const TableClause& made) const;
  std::string edited_rule(const XmlElement& rule, const TableLine& made) const;
  void edit_entries(XmlEdit& edit, const XmlElement& rule, std::string_view name, const Sources& sources,
                    const std::vector<std::string>& texts, Names after) const;

  std::string tag(std::string_view local) const { return prefix_ + std::string(local); }
  std::string wrapped(std::string_view name, const std::string& text) const {
    return "<" + tag(name) + "><" + tag("text") + ">" + escaped_text(text) + "</" + tag("text") + "></" + tag(name) +
           ">";
  }
  std::string new_input(const TableClause& made, const std::string& lead) const;
  std::string new_output(const TableClause& made, const std::string& lead) const;
  std::string new_entry(std::string_view name, const std::string& text) const;
  std::string new_rule(const TableLine& made) const;

  std::string_view xml_;
  const DmnText& dmn_;
  const TableFound& table_;
  const XmlElement& element_;
  TableContent old_;
  TableContent made_;
  const SheetPlaces& places_;
  const SheetCells& cells_;
  std::string prefix_;
  Columns columns_;
  Sources rules_;
  RuleStyle style_;
  std::set<std::string> ids_;
  Faults faults_;
};

void TableEditor::keep_what_sheet_does_not_say(std::vector<TableClause>& made, const std::vector<TableClause>& old,
                                               const Sources& sources) const {
  for (size_t at = 0; at < made.size(); ++at) {
    if (!sources[at]) continue;
    const TableClause& was = old[*sources[at]];
    if (places_.label_row == SheetPlaces::npos) made[at].label = was.label;
    if (places_.type_row == SheetPlaces::npos) made[at].type_ref = was.type_ref;
    if (places_.allowed_row == SheetPlaces::npos) made[at].allowed = was.allowed;
    if (places_.default_row == SheetPlaces::npos) made[at].otherwise = was.otherwise;
  }
}

void TableEditor::match_columns() {
  columns_.inputs = match_clauses(old_.inputs, made_.inputs);
  columns_.outputs = match_clauses(old_.outputs, made_.outputs);
  columns_.annotations = match_clauses(old_.annotations, made_.annotations);
  keep_what_sheet_does_not_say(made_.inputs, old_.inputs, columns_.inputs);
  keep_what_sheet_does_not_say(made_.outputs, old_.outputs, columns_.outputs);
}

void TableEditor::collect_ids(const XmlElement& at) {
  if (std::string id = attribute_of(xml_, at, "id"); !id.empty()) ids_.insert(std::move(id));
  for (const XmlElement& child : at.children) collect_ids(child);
}

bool is_xml_name(std::string_view text) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
  };
  const auto inside = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
  return !text.empty() && letter(text.front()) && std::ranges::all_of(text, inside);
}

// New rules get an id of their own unless the table's rules have none: reasons and traces name them by it.
void TableEditor::name_rules() {
  collect_ids(dmn_.root());
  const bool has_ids =
      old_.rules.empty() || std::ranges::any_of(old_.rules, [](const TableLine& line) { return !line.id.empty(); });
  const std::string& base = !table_.own_id.empty() ? table_.own_id : table_.nearest_id;
  std::set<std::string> old_rule_ids;
  for (const TableLine& line : old_.rules) old_rule_ids.insert(line.id);
  size_t number = old_.rules.size();
  for (size_t at = 0; at < made_.rules.size(); ++at) {
    std::string& id = made_.rules[at].id;
    if (rules_[at]) continue;
    if (!id.empty() && !old_rule_ids.contains(id)) {
      const std::string place = cells_.place(places_.rule_rows[at], places_.id_column.value_or(0));
      if (!is_xml_name(id)) {
        faults_.add(place, "expected an id of letters, digits, '_', '-' and '.', beginning with a letter, came '" + id +
                               "'; leave it empty for a new one");
      } else if (!ids_.insert(id).second) {
        faults_.add(
            place, "expected an id that nothing else in the file has, came '" + id + "'; leave it empty for a new one");
      }
      continue;
    }
    id.clear();
    while (has_ids && id.empty()) {
      std::string candidate = (base.empty() ? "rule" : base + "_rule") + "_" + std::to_string(++number);
      if (ids_.insert(candidate).second) id = std::move(candidate);
    }
  }
}

RuleStyle TableEditor::style_of_rules(const XmlEdit& edit) const {
  const auto rules = element_.all("rule");
  if (rules.empty() || rules.back()->children.empty()) {
    const std::string lead = edit.child_lead();
    return {lead, lead.empty() ? "" : lead + "  ", "", "", lead};
  }
  const XmlElement& rule = *rules.back();
  RuleStyle style;
  style.rule = indent_before(xml_, rule.whole.begin);
  const XmlElement& entry = rule.children.back();
  style.entry = indent_before(xml_, entry.whole.begin);
  style.rule_close = indent_before(xml_, rule.content.end);
  if (const XmlElement* text = entry.child("text")) {
    style.text = indent_before(xml_, text->whole.begin);
    style.entry_close = indent_before(xml_, entry.content.end);
  }
  return style;
}

void TableEditor::edit_hit_policy(XmlEdit& edit) const {
  if (made_.hit_policy.empty() || made_.hit_policy == old_.hit_policy) return;
  std::string policy = made_.hit_policy;
  std::optional<std::string> aggregation;
  for (const std::string_view known : {"SUM", "COUNT", "MIN", "MAX"}) {
    if (!policy.ends_with(" " + std::string(known))) continue;
    aggregation = known;
    policy.resize(policy.size() - known.size() - 1);
  }
  std::string was = attribute_of(xml_, element_, "hitPolicy");
  if (was.empty()) was = "UNIQUE";
  if (was != policy) edit.set_attribute("hitPolicy", policy);
  if (aggregation.value_or("") != attribute_of(xml_, element_, "aggregation")) {
    edit.set_attribute("aggregation", aggregation);
  }
}

void TableEditor::rewrite_list(XmlEdit& edit, const std::vector<const XmlElement*>& old, std::vector<Piece> pieces,
                               const std::string& lead, Names after) const {
  // What stands before an element (its line's indentation, a comment) goes where the element goes.
  const auto lead_of = [&](const Piece& piece) {
    if (!piece.source) return lead;
    const XmlElement& source = *old[*piece.source];
    return std::string(XmlSpan{source.lead_begin, source.whole.begin}.of(xml_));
  };
  std::string appended;
  for (size_t at = 0; at < std::max(old.size(), pieces.size()); ++at) {
    if (at >= pieces.size()) {
      edit.remove(*old[at]);
    } else if (at >= old.size()) {
      appended += lead_of(pieces[at]) + pieces[at].bytes;
    } else if (pieces[at].source == at) {
      if (old[at]->whole.of(xml_) != pieces[at].bytes) edit.replace(old[at]->whole, pieces[at].bytes);
    } else {
      edit.replace({old[at]->lead_begin, old[at]->whole.end}, lead_of(pieces[at]) + pieces[at].bytes);
    }
  }
  if (!appended.empty()) edit.insert_after(after, std::move(appended));
}

std::string TableEditor::edited_entry(const XmlElement& entry, const std::string& text) const {
  if (entry_text(xml_, &entry) == text) return std::string(entry.whole.of(xml_));
  XmlEdit edit(xml_, entry);
  const std::string element = "<" + tag("text") + ">" + escaped_text(text) + "</" + tag("text") + ">";
  if (const XmlElement* old = entry.child("text")) {
    XmlEdit inside(xml_, *old);
    inside.set_text(text);
    edit.replace(old->whole, inside.result());
  } else {
    edit.insert_after(up_to(kRuleOrder, "extensionElements"), element);
  }
  return edit.result();
}

void TableEditor::edit_label(XmlEdit& edit, const XmlElement& element, const std::string& label) const {
  if (attribute_of(xml_, element, "label") == label) return;
  edit.set_attribute("label", label.empty() ? std::nullopt : std::optional(label));
}

void TableEditor::edit_type(XmlEdit& edit, const XmlElement& element, const std::string& type) const {
  const std::string attribute = attribute_of(xml_, element, "typeRef");
  const XmlElement* child = element.child("typeRef");
  if ((attribute.empty() ? text_of(xml_, child) : attribute) == type) return;
  if (!attribute.empty() || child == nullptr) {
    edit.set_attribute("typeRef", type.empty() ? std::nullopt : std::optional(type));
  }
  if (child == nullptr) return;
  if (type.empty() || !attribute.empty()) {
    edit.remove(*child);
    return;
  }
  XmlEdit inside(xml_, *child);
  inside.set_text(type);
  edit.replace(child->whole, inside.result());
}

void TableEditor::edit_wrapped(XmlEdit& edit, const XmlElement& parent, std::string_view name, Names after,
                               const std::string& text) const {
  const XmlElement* child = parent.child(name);
  if (entry_text(xml_, child) == text) return;
  if (child == nullptr)
    edit.insert_after(after, edit.child_lead() + wrapped(name, text));
  else if (text.empty())
    edit.remove(*child);
  else
    edit.replace(child->whole, edited_entry(*child, text));
}

std::string TableEditor::edited_input(const XmlElement& input, const TableClause& made) const {
  XmlEdit edit(xml_, input);
  edit_label(edit, input, made.label);
  if (const XmlElement* expression = input.child("inputExpression")) {
    XmlEdit inside(xml_, *expression);
    edit_type(inside, *expression, made.type_ref);
    const XmlElement* text = expression->child("text");
    if (text != nullptr && text_of(xml_, text) != made.name) {
      XmlEdit innermost(xml_, *text);
      innermost.set_text(made.name);
      inside.replace(text->whole, innermost.result());
    }
    edit.replace(expression->whole, inside.result());
  }
  edit_wrapped(edit, input, "inputValues", kInputOrder, made.allowed);
  return edit.result();
}

std::string TableEditor::edited_output(const XmlElement& output, const TableClause& made) const {
  XmlEdit edit(xml_, output);
  edit_label(edit, output, made.label);
  if (attribute_of(xml_, output, "name") != made.name) {
    edit.set_attribute("name", made.name.empty() ? std::nullopt : std::optional(made.name));
  }
  edit_type(edit, output, made.type_ref);
  edit_wrapped(edit, output, "outputValues", up_to(kOutputOrder, "typeRef"), made.allowed);
  edit_wrapped(edit, output, "defaultOutputEntry", kOutputOrder, made.otherwise);
  return edit.result();
}

std::string attribute_text(std::string_view name, const std::string& value) {
  return value.empty() ? "" : " " + std::string(name) + "=\"" + escaped_attribute(value) + "\"";
}

std::string TableEditor::new_input(const TableClause& made, const std::string& lead) const {
  const std::string inner = lead.empty() ? "" : lead + "  ";
  return "<" + tag("input") + attribute_text("label", made.label) + ">" + inner + "<" + tag("inputExpression") +
         attribute_text("typeRef", made.type_ref) + "><" + tag("text") + ">" + escaped_text(made.name) + "</" +
         tag("text") + "></" + tag("inputExpression") + ">" +
         (made.allowed.empty() ? "" : inner + wrapped("inputValues", made.allowed)) + lead + "</" + tag("input") + ">";
}

std::string TableEditor::new_output(const TableClause& made, const std::string& lead) const {
  const std::string inner = lead.empty() ? "" : lead + "  ";
  const std::string open = "<" + tag("output") + attribute_text("label", made.label) +
                           attribute_text("name", made.name) + attribute_text("typeRef", made.type_ref);
  if (made.allowed.empty() && made.otherwise.empty()) return open + "/>";
  return open + ">" + (made.allowed.empty() ? "" : inner + wrapped("outputValues", made.allowed)) +
         (made.otherwise.empty() ? "" : inner + wrapped("defaultOutputEntry", made.otherwise)) + lead + "</" +
         tag("output") + ">";
}

void TableEditor::edit_clauses(XmlEdit& edit) const {
  const std::string lead = edit.child_lead();
  const auto rewrite = [&](std::string_view name, const std::vector<TableClause>& made, const Sources& sources,
                           Names after, auto edited_one, auto new_one) {
    const auto elements = element_.all(name);
    std::vector<Piece> pieces;
    for (size_t at = 0; at < made.size(); ++at) {
      // A file may have annotation entries without the clause that names them.
      const bool there = sources[at] && *sources[at] < elements.size();
      pieces.push_back({there ? sources[at] : std::nullopt,
                        there ? edited_one(*elements[*sources[at]], made[at]) : new_one(made[at])});
    }
    while (name == "annotation" && !pieces.empty() && !pieces.back().source && made[pieces.size() - 1].name.empty()) {
      pieces.pop_back();
    }
    rewrite_list(edit, elements, std::move(pieces), lead, after);
  };
  rewrite(
      "input", made_.inputs, columns_.inputs, up_to(kTableOrder, "input"),
      [&](const XmlElement& at, const TableClause& made) { return edited_input(at, made); },
      [&](const TableClause& made) { return new_input(made, lead); });
  rewrite(
      "output", made_.outputs, columns_.outputs, up_to(kTableOrder, "output"),
      [&](const XmlElement& at, const TableClause& made) { return edited_output(at, made); },
      [&](const TableClause& made) { return new_output(made, lead); });
  rewrite(
      "annotation", made_.annotations, columns_.annotations, up_to(kTableOrder, "annotation"),
      [&](const XmlElement& at, const TableClause& made) {
        XmlEdit inside(xml_, at);
        if (attribute_of(xml_, at, "name") != made.name) inside.set_attribute("name", made.name);
        return inside.result();
      },
      [&](const TableClause& made) {
        return "<" + tag("annotation") + " name=\"" + escaped_attribute(made.name) + "\"/>";
      });
}

std::string TableEditor::new_entry(std::string_view name, const std::string& text) const {
  return "<" + tag(name) + ">" + style_.text + "<" + tag("text") + ">" + escaped_text(text) + "</" + tag("text") + ">" +
         style_.entry_close + "</" + tag(name) + ">";
}

std::string TableEditor::new_rule(const TableLine& made) const {
  std::string out = "<" + tag("rule") + attribute_text("id", made.id) + ">";
  if (!made.description.empty()) {
    out += style_.entry + "<" + tag("description") + ">" + escaped_text(made.description) + "</" + tag("description") +
           ">";
  }
  for (const std::string& text : made.inputs) out += style_.entry + new_entry("inputEntry", text);
  for (const std::string& text : made.outputs) out += style_.entry + new_entry("outputEntry", text);
  for (const std::string& text : made.annotations) out += style_.entry + new_entry("annotationEntry", text);
  return out + style_.rule_close + "</" + tag("rule") + ">";
}

void TableEditor::edit_entries(XmlEdit& edit, const XmlElement& rule, std::string_view name, const Sources& sources,
                               const std::vector<std::string>& texts, Names after) const {
  const auto elements = rule.all(name);
  std::vector<Piece> pieces;
  for (size_t at = 0; at < texts.size(); ++at) {
    const bool there = sources[at] && *sources[at] < elements.size();
    pieces.push_back({there ? sources[at] : std::nullopt,
                      there ? edited_entry(*elements[*sources[at]], texts[at]) : new_entry(name, texts[at])});
  }
  while (name == "annotationEntry" && !pieces.empty() && !pieces.back().source && texts[pieces.size() - 1].empty()) {
    pieces.pop_back();
  }
  const std::string lead = rule.children.empty() ? "" : indent_before(xml_, rule.children.back().whole.begin);
  rewrite_list(edit, elements, std::move(pieces), lead, after);
}

std::string TableEditor::edited_rule(const XmlElement& rule, const TableLine& made) const {
  XmlEdit edit(xml_, rule);
  const XmlElement* description = rule.child("description");
  if (made_.has_descriptions && text_of(xml_, description) != made.description) {
    if (description == nullptr) {
      edit.insert_after({}, edit.child_lead() + "<" + tag("description") + ">" + escaped_text(made.description) + "</" +
                                tag("description") + ">");
    } else if (made.description.empty()) {
      edit.remove(*description);
    } else {
      XmlEdit inside(xml_, *description);
      inside.set_text(made.description);
      edit.replace(description->whole, inside.result());
    }
  }
  edit_entries(edit, rule, "inputEntry", columns_.inputs, made.inputs, up_to(kRuleOrder, "inputEntry"));
  edit_entries(edit, rule, "outputEntry", columns_.outputs, made.outputs, up_to(kRuleOrder, "outputEntry"));
  edit_entries(edit, rule, "annotationEntry", columns_.annotations, made.annotations,
               up_to(kRuleOrder, "annotationEntry"));
  return edit.result();
}

void TableEditor::edit_rules(XmlEdit& edit) const {
  const auto elements = element_.all("rule");
  std::vector<Piece> pieces;
  for (size_t at = 0; at < made_.rules.size(); ++at) {
    pieces.push_back(
        {rules_[at], rules_[at] ? edited_rule(*elements[*rules_[at]], made_.rules[at]) : new_rule(made_.rules[at])});
  }
  rewrite_list(edit, elements, std::move(pieces), style_.rule, up_to(kTableOrder, "rule"));
}

Result<std::string> TableEditor::run() {
  const std::string_view name = element_.name;
  const size_t colon = name.find(':');
  if (colon != std::string_view::npos) prefix_ = name.substr(0, colon + 1);
  match_columns();
  rules_ = match_rules(old_, made_);
  name_rules();
  TRY(std::move(faults_).result());
  XmlEdit edit(xml_, element_);
  style_ = style_of_rules(edit);
  edit_hit_policy(edit);
  edit_clauses(edit);
  edit_rules(edit);
  return std::string(xml_.substr(0, element_.whole.begin)) + edit.result() +
         std::string(xml_.substr(element_.whole.end));
}

}  // namespace

Result<std::string> edited(const DmnText& dmn, const TableFound& table, const SheetTable& sheet,
                           const SheetCells& cells) {
  return TableEditor(dmn, table, sheet, cells).run();
}

}  // namespace puhui::workbench
