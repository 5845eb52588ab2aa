// NameTable: names and small numbers for them, both ways. A number is given anew after its name was removed; the smallest free
// one first, so that the numbers are a function of what was added and removed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace puhui::features {

class NameTable {
 public:
  std::optional<uint32_t> find(std::string_view name) const;
  uint32_t add(std::string_view name);  // not there yet
  void remove(uint32_t number);
  void place(uint32_t number,
             std::string_view name);  // for restoring: that name at that number; in the end none may be missing

  bool holds(uint32_t number) const { return number < names_.size() && used_[number] != 0; }
  std::string_view name(uint32_t number) const { return names_[number]; }
  size_t size() const { return size_; }                                      // names
  uint32_t numbers() const { return static_cast<uint32_t>(names_.size()); }  // one beyond the greatest ever given
  uint64_t text_bytes() const { return text_bytes_; }

 private:
  struct Slot {
    uint32_t mark = 0;  // of the hash; compared before the name is
    uint32_t number = 0;
    bool taken() const { return number != 0; }  // kept as number + 1
  };
  size_t slot_of(std::string_view name, uint64_t hash) const;  // where it is or would go
  void put(uint32_t number, uint64_t hash);
  void grow();
  void fill(uint32_t number, std::string_view name);

  std::vector<std::string> names_;
  std::vector<uint8_t> used_;
  std::vector<uint32_t> free_;  // a heap, the smallest on top
  std::vector<Slot> slots_;     // a power of two, at most half taken
  size_t size_ = 0;
  uint64_t text_bytes_ = 0;
};

}  // namespace puhui::features
