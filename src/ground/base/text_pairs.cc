#include "ground/base/text_pairs.h"

#include <algorithm>

#include "ground/base/text.h"

namespace puhui {

namespace {

using Kind = InputField::Kind;
constexpr int64_t kNoMin = std::numeric_limits<int64_t>::min(), kNoMax = std::numeric_limits<int64_t>::max();

// Walks a scratch input and notes each field once.
class FieldLister : public Shape {
 public:
  std::vector<InputField> take() { return std::move(fields_); }

 protected:
  bool open_field(std::string_view name, const Note& note, bool required, bool present) override {
    if (inside_list_ > 0) return false;
    const bool all_required = required && (open_.empty() || fields_[open_.back()].required);
    InputField field{.path = open_.empty() ? std::string(name) : fields_[open_.back()].path + "." + std::string(name),
                     .required = all_required,
                     .help = std::string(note.help),
                     .example = std::string(note.example)};
    if (note.min != kNoMin) field.min = note.min;
    if (note.max != kNoMax) field.max = note.max;
    open_.push_back(fields_.size());
    fields_.push_back(std::move(field));
    has_standard_.push_back(!required && present);
    return true;
  }
  void close_field() override {
    open_.pop_back();
    has_standard_.pop_back();
  }
  void open_object() override {
    if (!open_.empty()) note_kind(Kind::object, "JSON object");
  }
  void close_object() override {}
  size_t open_list(size_t) override {
    if (!open_.empty() && inside_list_ == 0) fields_[open_.back()].list = true;
    if (!open_.empty() && inside_list_ == 1) note_kind(Kind::any, "JSON list");
    return inside_list_ == 0 ? 1 : 0;
  }
  void open_item(size_t) override { ++inside_list_; }
  void close_item() override { --inside_list_; }
  void close_list() override {}
  void boolean(bool& v) override { note_kind(Kind::boolean, "true or false", v ? "true" : "false"); }
  void integer(int64_t& v, int64_t, int64_t) override { note_kind(Kind::integer, "whole number", std::to_string(v)); }
  void real(double& v) override { note_kind(Kind::real, "number", format_double(v)); }
  void text(std::string& v) override { note_kind(Kind::text, "text", v); }
  void coded(const TextForm& form, void* v) override {
    note_kind(Kind::text, form.name, has_standard() ? form.print(v) : "");
    if (!open_.empty() && fields_[open_.back()].example.empty()) fields_[open_.back()].example = form.example;
  }
  void choice(int64_t& index, std::span<const std::string_view> names) override {
    note_kind(Kind::choice, "choice", std::string(names[static_cast<size_t>(index)]));
    if (!open_.empty()) fields_[open_.back()].choices.assign(names.begin(), names.end());
  }
  void any(Json&) override { note_kind(Kind::any, "JSON"); }

 private:
  bool has_standard() const { return !has_standard_.empty() && has_standard_.back() && inside_list_ == 0; }
  void note_kind(Kind kind, std::string_view type, std::string standard = "") {
    if (open_.empty()) return;
    InputField& field = fields_[open_.back()];
    field.kind = kind;
    field.type = type;
    if (has_standard()) field.standard = std::move(standard);
  }

  std::vector<InputField> fields_;
  std::vector<size_t> open_;  // indices into fields_
  std::vector<bool> has_standard_;
  int inside_list_ = 0;
};

std::string shown(std::string_view text) {
  constexpr size_t kShownMax = 60;
  return "'" + std::string(cut_utf8(text, kShownMax)) + "'";
}

// The grammar of RFC 8259: what is kept as a Json::Number must print as JSON again.
bool is_json_number(std::string_view text) {
  size_t i = 0;
  const auto digits = [&] {
    const size_t from = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    return i - from;
  };
  if (i < text.size() && text[i] == '-') ++i;
  const bool zero_first = i < text.size() && text[i] == '0';
  const size_t whole = digits();
  if (whole == 0 || (zero_first && whole > 1)) return false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (digits() == 0) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (digits() == 0) return false;
  }
  return i == text.size();
}

Result<Json> typed(const InputField& field, const std::string& text) {
  if (const auto bad = first_invalid_utf8(text)) {
    return fail(ErrorCode::invalid, "expected UTF-8, came another byte at offset " + std::to_string(*bad));
  }
  switch (field.kind) {
    case Kind::boolean:
      if (text == "true" || text == "false") return Json(text == "true");
      return fail(ErrorCode::invalid, "expected true or false, came " + shown(text));
    case Kind::integer:
    case Kind::real:
      if (is_json_number(text)) return Json(Json::Number{text});
      return fail(ErrorCode::invalid, "expected a " + field.type + ", came " + shown(text));
    case Kind::text:
    case Kind::choice: return Json(text);
    case Kind::object: return parse_json(text);
    case Kind::any: {
      auto parsed = parse_json(text);
      return parsed ? *std::move(parsed) : Json(text);  // a bare word is a text
    }
  }
  return Json(text);
}

std::string slashed(std::string path) {
  std::replace(path.begin(), path.end(), '.', '/');
  return path;
}

// The pairs of one call as they are set, with the faults found on the way.
class Setter {
 public:
  Setter(std::span<const InputField> fields, Json start) : fields_(fields), root_(std::move(start)) {
    if (root_.is_null()) root_ = Json::Object{};
  }

  void set(const TextPair& pair) {
    const auto field = std::find_if(fields_.begin(), fields_.end(), [&](const auto& f) { return f.path == pair.name; });
    if (field == fields_.end()) return unknown(pair.name);
    const bool again = std::find(set_.begin(), set_.end(), pair.name) != set_.end();
    if (!again) set_.push_back(pair.name);
    if (again && !field->list) return fault(*field, "stands more than once; give one value");
    Json* place = place_of(field->path);
    if (place == nullptr) return;
    if (!field->list) {
      *place = value_of(*field, pair.value);
      return;
    }
    if (!again || !place->list()) *place = Json::List{};
    add_items(*field, pair.value, *place);
  }

  // The faults found here come first; of the Shape's, those of other places follow.
  Result<Json> finish(const ShapeWalk& input) && {
    JsonReader reader(root_);
    input(reader);
    auto read = std::move(reader).result();
    if (faults_.none() && read) return std::move(root_);
    if (!read) {
      for (Fault& f : read.error().faults) {
        if (!is_faulty(f.where)) faults_.add(f.where, f.message);
      }
    }
    TRY(std::move(faults_).result());
    return std::move(root_);
  }

 private:
  void fault(const InputField& field, std::string message) {
    places_.push_back(slashed(field.path));
    faults_.add(places_.back(), std::move(message));
  }

  // That place itself, or what it stands in, was found at fault already.
  bool is_faulty(std::string_view where) const {
    return std::any_of(places_.begin(), places_.end(), [&](const std::string& place) {
      return where == place || (where.starts_with(place) && where.substr(place.size()).starts_with('/'));
    });
  }

  void unknown(const std::string& name) {
    std::vector<std::string> names;
    for (const InputField& field : fields_) names.push_back(field.path);
    const std::string meant = nearest(name, names);
    faults_.add(std::string(cut_utf8(name, 60)),
                "is not a known field" + (meant.empty() ? "" : "; did you mean '" + meant + "'?"));
  }

  Json value_of(const InputField& field, const std::string& text) {
    auto value = typed(field, text);
    if (value) return *std::move(value);
    for (Fault& f : value.error().faults) fault(field, (f.where.empty() ? "" : f.where + ": ") + f.message);
    return Json(text);
  }

  void add_items(const InputField& field, const std::string& text, Json& list) {
    if (!text.starts_with('[') || !text.ends_with(']')) return list.push(value_of(field, text));
    auto items = parse_json(text);
    if (!items || !items->list()) return fault(field, "expected a JSON list, came " + shown(text));
    for (Json& item : *items->list()) list.push(std::move(item));
  }

  // Makes the objects on the way; nullptr (with a fault) when something else stands there.
  Json* place_of(std::string_view path) {
    Json* at = &root_;
    for (const std::string_view name : split(path, '.')) {
      if (!at->is_null() && !at->object()) {
        faults_.add(slashed(std::string(path)), "expected an object around it, came " + std::string(at->kind()));
        return nullptr;
      }
      if (!at->find(name)) at->set(name, Json());
      at = const_cast<Json*>(at->find(name));  // of our own root
    }
    return at;
  }

  std::span<const InputField> fields_;
  Json root_;
  std::vector<std::string> set_, places_;
  Faults faults_;
};

}  // namespace

std::vector<InputField> input_fields(const ShapeWalk& input) {
  FieldLister lister;
  input(lister);
  return lister.take();
}

Result<Json> json_of_pairs(const ShapeWalk& input, std::span<const InputField> fields, std::span<const TextPair> pairs,
                           Json start) {
  Setter setter(fields, std::move(start));
  for (const TextPair& pair : pairs) setter.set(pair);
  return std::move(setter).finish(input);
}

}  // namespace puhui
