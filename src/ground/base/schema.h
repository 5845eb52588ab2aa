// JSON Schema (draft 2020-12, as OpenAPI 3.1 takes it) made from a struct's `fields`.
#pragma once

#include "ground/base/shape.h"

namespace puhui {

class SchemaWriter : public Shape {
 public:
  Json take() { return std::move(open_.front().schema); }
  SchemaWriter() { open_.emplace_back(); }

 protected:
  bool open_field(std::string_view name, const Note& note, bool required, bool present) override;
  void close_field() override;
  void open_object() override;
  void close_object() override;
  size_t open_list(size_t) override;
  void open_item(size_t) override { open_.emplace_back(); }
  void close_item() override;
  void close_list() override {}
  void boolean(bool&) override { type("boolean"); }
  void integer(int64_t&, int64_t type_min, int64_t type_max) override;
  void real(double&) override;
  void text(std::string&) override;
  void coded(const TextForm& form, void*) override;
  void choice(int64_t&, std::span<const std::string_view> names) override;
  void any(Json&) override {}

 private:
  struct Open {
    std::string name;
    Note note;
    Json schema = Json::Object{};
  };
  void type(std::string_view name) { open_.back().schema.set("type", name); }
  std::vector<Open> open_;
};

template <class T>
Json schema_of() {
  T scratch{};
  SchemaWriter writer;
  writer.value(scratch);
  return writer.take();
}

}  // namespace puhui
