// ShapeGenerator: fills any struct that has `fields` with random values its notes allow, so that a property can be
// asked of many: what is written reads back, a schema admits what a reader takes. Repeatable from its stream.
#pragma once

#include "ground/base/random.h"
#include "ground/base/shape.h"

namespace puhui {

class ShapeGenerator : public Shape {
 public:
  explicit ShapeGenerator(RandomStream random) : random_(random) {}

 protected:
  bool is_reader() const override { return true; }
  bool open_field(std::string_view name, const Note& note, bool required, bool present) override;
  void close_field() override { notes_.pop_back(); }
  void open_object() override {}
  void close_object() override {}
  size_t open_list(size_t) override;
  void open_item(size_t) override {}
  void close_item() override {}
  void close_list() override { notes_.pop_back(); }
  void boolean(bool& v) override { v = random_.chance(0.5); }
  void integer(int64_t& v, int64_t type_min, int64_t type_max) override;
  void real(double& v) override;
  void text(std::string& v) override;
  void coded(const TextForm& form, void* v) override;
  void choice(int64_t& index, std::span<const std::string_view> names) override;
  void any(Json& v) override;

 private:
  Note note() const { return notes_.empty() ? Note{} : notes_.back(); }
  int64_t between(int64_t min, int64_t max);  // often an edge: faults live there
  std::string coded_text(std::string_view form);
  RandomStream random_;
  std::vector<Note> notes_;
};

template <class T>
T generate(RandomStream random) {
  T out{};
  ShapeGenerator(random).value(out);
  return out;
}

}  // namespace puhui
