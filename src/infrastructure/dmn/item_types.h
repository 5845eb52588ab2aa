// ItemTypes: item definitions as FEEL types, with their allowed values compiled. Names of imported models carry the
// import's name: "rates.tRate".
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "infrastructure/dmn/build.h"

namespace puhui::dmn {

class ItemTypes final : public feel::TypeNames {
 public:
  ItemTypes(Build& build, size_t depth_max) : build_(build), depth_max_(depth_max) {}
  // `prefix` is "" or "import.": what the names of this model are called by in the importing one.
  void declare(const Model& model, const std::string& prefix);
  // Resolves all and compiles their allowed values. Needs every model declared.
  void resolve_all();
  const feel::Type* find_type(std::string_view normalized) const override;
  // The constants its allowed values list, in their order; empty when they are no such list.
  std::vector<std::string> allowed_texts(const feel::Type& type) const;
  // The text of its allowed values, or nullptr. Points into the model.
  const Text* allowed_text(const feel::Type& type) const;

 private:
  struct Entry {
    const ItemDefinition* definition;
    std::string prefix;
    feel::Type* type = nullptr;
    enum class State { waiting, resolving, done } state = State::waiting;
  };
  const feel::Type* resolve(Entry& entry);
  void fill(feel::Type& type, const ItemDefinition& definition, const std::string& prefix, const std::string& name);
  const feel::Type* reference(const std::string& name, const std::string& prefix, const Spot& spot);
  void wait(feel::Type* type, const Text* tests);
  void constrain(feel::Type& type, const Text& tests);

  Build& build_;
  size_t depth_max_;
  size_t depth_ = 0;
  std::map<std::string, Entry, std::less<>> entries_;
  std::map<const feel::Type*, std::vector<std::string>> allowed_;
  std::map<std::string, const Text*> texts_;  // by the type's name: copies of a type share it
  std::vector<std::pair<feel::Type*, const Text*>> waiting_;
  std::map<const feel::Type*, std::vector<const Text*>> tests_of_;  // the same by type
  std::vector<feel::Type*> made_;
};

}  // namespace puhui::dmn
