#include "ground/base/shape.h"

#include <algorithm>

#include "ground/base/text.h"

namespace puhui {

namespace {

template <class T>
const T& as(const void* value) {
  return *static_cast<const T*>(value);
}

std::string quoted(std::string_view text) {
  constexpr size_t kShownMax = 60;
  return "'" + std::string(cut_utf8(text, kShownMax)) + "'";
}

template <class T>
Result<void> assign(Result<T> parsed, void* value) {
  *static_cast<T*>(value) = TRY(std::move(parsed));
  return {};
}

template <class T>
Result<void> assign(const std::optional<T>& parsed, void* value, std::string_view expected, std::string_view text) {
  if (!parsed) return fail(ErrorCode::invalid, "expected " + std::string(expected) + ", came " + quoted(text));
  *static_cast<T*>(value) = *parsed;
  return {};
}

}  // namespace

const TextForm& form_of(const Id128*) {
  static constexpr TextForm form{
      "id", "0193a5c2-7b1e-7c3d-8f00-5a1b2c3d4e5f", [](const void* v) { return as<Id128>(v).text(); },
      [](std::string_view text, void* v) {
        return assign(Id128::parse(text), v, "an id of 32 hex digits such as '0193a5c2-7b1e-7c3d-8f00-5a1b2c3d4e5f'",
                      text);
      }};
  return form;
}

const TextForm& form_of(const Money*) {
  static constexpr TextForm form{"money", "1200.00 CNY", [](const void* v) { return as<Money>(v).text(); },
                                 [](std::string_view text, void* v) { return assign(Money::parse(text), v); }};
  return form;
}

const TextForm& form_of(const Currency*) {
  static constexpr TextForm form{"currency", "CNY", [](const void* v) { return std::string(as<Currency>(v).code()); },
                                 [](std::string_view text, void* v) {
                                   return assign(Currency::parse(text), v, "a currency code such as 'CNY'", text);
                                 }};
  return form;
}

const TextForm& form_of(const Rate*) {
  static constexpr TextForm form{"rate", "0.24", [](const void* v) { return as<Rate>(v).text(); },
                                 [](std::string_view text, void* v) { return assign(Rate::parse(text), v); }};
  return form;
}

const TextForm& form_of(const Date*) {
  static constexpr TextForm form{"date", "2026-02-28", [](const void* v) { return as<Date>(v).text(); },
                                 [](std::string_view text, void* v) { return assign(Date::parse(text), v); }};
  return form;
}

const TextForm& form_of(const Timestamp*) {
  static constexpr TextForm form{"date-time", "2026-11-22T03:48:29Z",
                                 [](const void* v) { return text_of(as<Timestamp>(v)); },
                                 [](std::string_view text, void* v) { return assign(parse_timestamp(text), v); }};
  return form;
}

const TextForm& form_of(const Digest*) {
  static constexpr TextForm form{"sha256", "e3b0c442…", [](const void* v) { return as<Digest>(v).hex(); },
                                 [](std::string_view text, void* v) {
                                   return assign(Digest::parse(text), v, "64 hex digits of a SHA-256", text);
                                 }};
  return form;
}

// ---- JsonReader

std::string JsonReader::path() const { return join(path_, "/"); }

void JsonReader::wrong_kind(std::string_view expected) {
  fault("expected " + std::string(expected) + ", came " + std::string(at_.back()->kind()));
}

bool JsonReader::open_field(std::string_view name, const Note& note, bool required, bool) {
  if (!names_.empty()) names_.back().emplace_back(name);
  const Json* member = at_.back()->find(name);
  if (member == nullptr || member->is_null()) {
    if (required && at_.back()->object()) {
      faults_.add(path_.empty() ? std::string(name) : path() + "/" + std::string(name),
                  "is required" + (note.help.empty() ? "" : ": " + std::string(note.help)));
    }
    return false;
  }
  at_.push_back(member);
  path_.emplace_back(name);
  notes_.push_back(note);
  return true;
}

void JsonReader::close_field() {
  at_.pop_back();
  path_.pop_back();
  notes_.pop_back();
}

void JsonReader::open_object() {
  names_.emplace_back();
  if (!at_.back()->object()) wrong_kind("an object");
}

void JsonReader::close_object() {
  if (const auto* members = at_.back()->object()) {
    for (const auto& [name, value] : *members) {
      if (std::find(names_.back().begin(), names_.back().end(), name) != names_.back().end()) continue;
      const std::string meant = nearest(name, names_.back());
      faults_.add(path_.empty() ? name : path() + "/" + name,
                  "is not a known field" + (meant.empty() ? "" : "; did you mean '" + meant + "'?"));
    }
  }
  names_.pop_back();
}

size_t JsonReader::open_list(size_t) {
  const Note bounds = notes_.empty() ? Note{} : notes_.back();
  notes_.emplace_back();  // a list's bounds are not its items'
  const auto* items = at_.back()->list();
  if (!items) {
    wrong_kind("a list");
    return 0;
  }
  const auto size = static_cast<int64_t>(items->size());
  if (size < bounds.min) {
    fault("expected at least " + std::to_string(bounds.min) + " items, came " + std::to_string(size));
  }
  if (size > bounds.max) {
    fault("expected at most " + std::to_string(bounds.max) + " items, came " + std::to_string(size));
    return 0;
  }
  return items->size();
}

void JsonReader::close_list() { notes_.pop_back(); }

void JsonReader::open_item(size_t index) {
  at_.push_back(&(*at_.back()->list())[index]);
  path_.push_back(std::to_string(index));
}

void JsonReader::close_item() {
  at_.pop_back();
  path_.pop_back();
}

void JsonReader::boolean(bool& v) {
  if (const bool* b = at_.back()->boolean()) {
    v = *b;
  } else {
    wrong_kind("true or false");
  }
}

void JsonReader::integer(int64_t& v, int64_t type_min, int64_t type_max) {
  if (!at_.back()->number()) return wrong_kind("a whole number");
  const Note note = notes_.empty() ? Note{} : notes_.back();
  const int64_t min = std::max(type_min, note.min), max = std::min(type_max, note.max);
  const auto whole = at_.back()->as_int64();
  if (!whole || *whole < min || *whole > max) {
    fault("expected a whole number from " + std::to_string(min) + " to " + std::to_string(max) + ", came " +
          std::string(cut_utf8(at_.back()->number()->text, 40)));
    return;
  }
  v = *whole;
}

void JsonReader::real(double& v) {
  const auto number = at_.back()->as_double();
  if (!at_.back()->number()) return wrong_kind("a number");
  const Note note = notes_.empty() ? Note{} : notes_.back();
  const bool above_min = note.min == Note{}.min || (number && *number >= static_cast<double>(note.min));
  const bool below_max = note.max == Note{}.max || (number && *number <= static_cast<double>(note.max));
  if (!number || !above_min || !below_max) {
    const std::string low = note.min == Note{}.min ? "-1.8e308" : std::to_string(note.min);
    const std::string high = note.max == Note{}.max ? "1.8e308" : std::to_string(note.max);
    return fault("expected a number from " + low + " to " + high + ", came " +
                 std::string(cut_utf8(at_.back()->number()->text, 40)));
  }
  v = *number;
}

void JsonReader::text(std::string& v) {
  const std::string* t = at_.back()->text();
  if (!t) return wrong_kind("a text");
  if (!notes_.empty()) {
    const auto size = static_cast<int64_t>(t->size());
    if (size > notes_.back().max) {
      return fault("expected at most " + std::to_string(notes_.back().max) + " bytes, came " + std::to_string(size));
    }
    if (size < notes_.back().min) {
      return fault("expected at least " + std::to_string(notes_.back().min) + " bytes, came " + std::to_string(size));
    }
  }
  v = *t;
}

void JsonReader::coded(const TextForm& form, void* v) {
  const std::string* t = at_.back()->text();
  if (!t) return wrong_kind("a text such as '" + std::string(form.example) + "'");
  if (auto parsed = form.parse(*t, v); !parsed) faults_.add(path(), std::move(parsed).error());
}

void JsonReader::choice(int64_t& index, std::span<const std::string_view> names) {
  const std::string* t = at_.back()->text();
  if (!t) return wrong_kind("a text");
  const auto found = std::find(names.begin(), names.end(), *t);
  if (found != names.end()) {
    index = found - names.begin();
    return;
  }
  fault("expected one of " + join({names.begin(), names.end()}, ", ") + ", came " + quoted(*t));
}

// ---- JsonWriter

bool JsonWriter::open_field(std::string_view name, const Note&, bool, bool present) {
  if (present) names_.emplace_back(name);
  return present;
}

void JsonWriter::place(Json value) {
  if (open_.empty()) {
    root_ = std::move(value);
  } else if (auto* members = open_.back().object()) {
    members->emplace_back(std::move(names_.back()), std::move(value));
    names_.pop_back();
  } else {
    open_.back().push(std::move(value));
  }
}

void JsonWriter::close() {
  Json done = std::move(open_.back());
  open_.pop_back();
  place(std::move(done));
}

}  // namespace puhui
