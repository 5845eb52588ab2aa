// Shape: each wire struct names its fields once, in `void fields(Shape&, T&)`; reader, writer, JSON Schema,
// command-line flags, CSV and the property-test generator are back ends that walk the same function.
//
//   struct Repayment { LoanId loan; Money amount; std::optional<Date> on; };
//   void fields(Shape& s, Repayment& r) {
//     s.field("loan", r.loan, {.help = "the loan that is repaid"});
//     s.field("amount", r.amount, {.help = "what was paid"});
//     s.field("on", r.on, {.help = "value date; today when absent"});
//   }
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "ground/base/date.h"
#include "ground/base/hash.h"
#include "ground/base/id.h"
#include "ground/base/json.h"
#include "ground/base/money.h"
#include "ground/base/rate.h"
#include "ground/base/result.h"

namespace puhui {

// What a person and a schema need to know of a field beside its type.
struct Note {
  std::string_view help;
  int64_t min = std::numeric_limits<int64_t>::min();  // of a number; of a text its bytes; of a list its items
  int64_t max = std::numeric_limits<int64_t>::max();
  bool optional = false;  // may be absent: the struct's own default stays
  bool personal = false;  // personal data: masked in logs
  std::string_view example;
};

// How a value type is written as one text.
struct TextForm {
  std::string_view name;     // "date", for schemas and messages
  std::string_view example;  // "2026-02-28"
  std::string (*print)(const void* value);
  Result<void> (*parse)(std::string_view text, void* value);
};

const TextForm& form_of(const Id128*);
const TextForm& form_of(const Money*);
const TextForm& form_of(const Currency*);
const TextForm& form_of(const Rate*);
const TextForm& form_of(const Date*);
const TextForm& form_of(const Timestamp*);
const TextForm& form_of(const Digest*);

template <class T>
concept HasTextForm = requires(const T* v) {
  form_of(v);
};
// An enum is a choice when `std::span<const std::string_view> names_of(const E*)` names its values 0, 1, 2 …
template <class T>
concept Choice = std::is_enum_v<T> && requires(const T* v) {
  names_of(v);
};
template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};
template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};

class Shape {
 public:
  virtual ~Shape() = default;

  template <class T>
  void field(std::string_view name, T& v, const Note& note = {}) {
    if constexpr (is_optional<T>::value) {
      if (!open_field(name, note, /*required=*/false, v.has_value())) {
        if (is_reader()) v.reset();
        return;
      }
      if (!v) v.emplace();
      value(*v);
    } else {
      if (!open_field(name, note, !note.optional, /*present=*/true)) return;
      value(v);
    }
    close_field();
  }

  template <class T>
  void value(T& v) {
    if constexpr (std::same_as<T, bool>) {
      boolean(v);
    } else if constexpr (std::integral<T>) {
      int64_t whole = static_cast<int64_t>(v);
      integer(
          whole, static_cast<int64_t>(std::numeric_limits<T>::min()),
          sizeof(T) == 8 ? std::numeric_limits<int64_t>::max() : static_cast<int64_t>(std::numeric_limits<T>::max()));
      v = static_cast<T>(whole);
    } else if constexpr (std::same_as<T, double>) {
      real(v);
    } else if constexpr (std::same_as<T, std::string>) {
      text(v);
    } else if constexpr (std::same_as<T, Json>) {
      any(v);
    } else if constexpr (Choice<T>) {
      int64_t index = static_cast<int64_t>(v);
      choice(index, names_of(static_cast<const T*>(nullptr)));
      v = static_cast<T>(index);
    } else if constexpr (HasTextForm<T>) {
      coded(form_of(static_cast<const T*>(nullptr)), &v);
    } else if constexpr (is_vector<T>::value) {
      v.resize(open_list(v.size()));
      for (size_t i = 0; i < v.size(); ++i) {
        open_item(i);
        value(v[i]);
        close_item();
      }
      close_list();
    } else {
      open_object();
      fields(*this, v);
      close_object();
    }
  }

 protected:
  // A reader fills the struct from outside; all other back ends leave it as it is.
  virtual bool is_reader() const { return false; }
  // False: there is nothing to visit; then close_field is not called.
  virtual bool open_field(std::string_view name, const Note& note, bool required, bool present) = 0;
  virtual void close_field() = 0;
  virtual void open_object() = 0;
  virtual void close_object() = 0;
  virtual size_t open_list(size_t size) = 0;  // answers how many items to visit
  virtual void open_item(size_t index) = 0;
  virtual void close_item() = 0;
  virtual void close_list() = 0;
  virtual void boolean(bool& v) = 0;
  virtual void integer(int64_t& v, int64_t type_min, int64_t type_max) = 0;
  virtual void real(double& v) = 0;
  virtual void text(std::string& v) = 0;
  virtual void coded(const TextForm& form, void* v) = 0;
  virtual void choice(int64_t& index, std::span<const std::string_view> names) = 0;
  virtual void any(Json& v) = 0;
};

// Reads a Json into a struct; every fault is kept: missing and unknown names, wrong types, values out of bounds.
class JsonReader : public Shape {
 public:
  explicit JsonReader(const Json& from) { at_.push_back(&from); }
  Result<void> result() && { return std::move(faults_).result(); }

 protected:
  bool is_reader() const override { return true; }
  bool open_field(std::string_view name, const Note& note, bool required, bool present) override;
  void close_field() override;
  void open_object() override;
  void close_object() override;
  size_t open_list(size_t size) override;
  void open_item(size_t index) override;
  void close_item() override;
  void close_list() override;
  void boolean(bool& v) override;
  void integer(int64_t& v, int64_t type_min, int64_t type_max) override;
  void real(double& v) override;
  void text(std::string& v) override;
  void coded(const TextForm& form, void* v) override;
  void choice(int64_t& index, std::span<const std::string_view> names) override;
  void any(Json& v) override { v = *at_.back(); }

 private:
  std::string path() const;
  void fault(std::string message) { faults_.add(path(), std::move(message)); }
  void wrong_kind(std::string_view expected);

  std::vector<const Json*> at_;
  std::vector<std::string> path_;
  std::vector<std::vector<std::string>> names_;  // per open object: the names its struct has
  std::vector<Note> notes_;
  Faults faults_;
};

// Writes a struct as a Json; absent optionals are left out.
class JsonWriter : public Shape {
 public:
  Json take() { return std::move(root_); }

 protected:
  bool open_field(std::string_view name, const Note& note, bool required, bool present) override;
  void close_field() override {}
  void open_object() override { open_.emplace_back(Json::Object{}); }
  void close_object() override { close(); }
  size_t open_list(size_t size) override { return open_.emplace_back(Json::List{}), size; }
  void open_item(size_t) override {}
  void close_item() override {}
  void close_list() override { close(); }
  void boolean(bool& v) override { place(Json(v)); }
  void integer(int64_t& v, int64_t, int64_t) override { place(Json(v)); }
  void real(double& v) override { place(Json(v)); }
  void text(std::string& v) override { place(Json(v)); }
  void coded(const TextForm& form, void* v) override { place(Json(form.print(v))); }
  void choice(int64_t& index, std::span<const std::string_view> names) override {
    place(Json(names[static_cast<size_t>(index)]));
  }
  void any(Json& v) override { place(v); }

 private:
  void place(Json value);
  void close();
  Json root_;
  std::vector<Json> open_;
  std::vector<std::string> names_;
};

template <class T>
Result<T> read_json(const Json& from) {
  T out{};
  JsonReader reader(from);
  reader.value(out);
  TRY(std::move(reader).result());
  return out;
}

template <class T>
Json to_json(const T& from) {
  JsonWriter writer;
  writer.value(const_cast<T&>(from));  // a writer leaves it as it is
  return writer.take();
}

}  // namespace puhui
