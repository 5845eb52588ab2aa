// Scope: the names an expression may use. FEEL names hold spaces and operators, so the parser must know them: the
// longest known name that matches the text wins, inner scopes before outer ones.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "infrastructure/feel/ast.h"
#include "infrastructure/feel/function.h"

namespace puhui::feel {

// "Pre-bureau risk" is Pre, -, bureau, risk: spaces between the pieces do not count.
std::vector<std::string_view> name_pieces(std::string_view name);
// One space between words, none at the ends: the form names are kept in.
std::string normalized_name(std::string_view name);

class Scope {
 public:
  explicit Scope(const Scope* outer = nullptr) : outer_(outer) {}
  const Scope* outer() const { return outer_; }
  // The last declared of a name wins. The symbol must outlive the scope.
  void declare(const Symbol* symbol);
  const Symbol* find(std::string_view normalized) const;  // this scope only
  // Calls visit(symbol) for every name that begins with that piece.
  template <class Visit>
  void each_starting(std::string_view piece, Visit visit) const {
    const auto at = by_first_piece_.find(piece);
    if (at == by_first_piece_.end()) return;
    for (auto symbol = at->second.rbegin(); symbol != at->second.rend(); ++symbol) visit(**symbol);
  }
  // Inside a filter: the item whose entries are names too.
  const Symbol* item = nullptr;

 private:
  const Scope* outer_;
  std::unordered_map<std::string_view, std::vector<const Symbol*>> by_first_piece_;
};

// Types from outside the language: item definitions.
class TypeNames {
 public:
  virtual ~TypeNames() = default;
  virtual const Type* find_type(std::string_view normalized) const = 0;
};

// What parsing and compiling one unit (a policy) share; owns symbols, constants and types.
struct Unit {
  Types types;
  Arena constants{1 << 30};
  std::deque<Symbol> symbols;
  const TypeNames* type_names = nullptr;
  const Externals* externals = nullptr;  // null: none are known
  // What computing constants beforehand may take in all: a file must not make its loading long.
  uint64_t fold_steps_left = 20'000'000;

  Symbol* make_symbol(std::string name, const Type* type, Layout& layout) {
    return &symbols.emplace_back(Symbol{std::move(name), type, &layout, layout.slots++});
  }
  std::string_view keep(std::string_view text) { return constants.copy(text); }
  // As a C string that lives as long as the unit: for Place::element.
  const char* keep_name(std::string_view text);
};

}  // namespace puhui::feel
