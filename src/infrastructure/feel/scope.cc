#include "infrastructure/feel/scope.h"

#include "infrastructure/feel/characters.h"

namespace puhui::feel {

std::vector<std::string_view> name_pieces(std::string_view name) {
  std::vector<std::string_view> pieces;
  size_t at = 0;
  while (at < name.size()) {
    if (const size_t space = space_length(name, at); space != 0) {
      at += space;
      continue;
    }
    size_t end = at;
    while (end < name.size()) {
      const size_t part = name_part_length(name, end);
      if (part == 0) break;
      end += part;
    }
    if (end == at) ++end;
    pieces.push_back(name.substr(at, end - at));
    at = end;
  }
  return pieces;
}

std::string normalized_name(std::string_view name) {
  std::string normal;
  bool space_before = false;
  size_t at = 0;
  while (at < name.size()) {
    if (const size_t space = space_length(name, at); space != 0) {
      space_before = !normal.empty();
      at += space;
      continue;
    }
    if (space_before) normal += ' ';
    space_before = false;
    normal += name[at++];
  }
  return normal;
}

void Scope::declare(const Symbol* symbol) {
  const auto pieces = name_pieces(symbol->name);
  if (!pieces.empty()) by_first_piece_[pieces.front()].push_back(symbol);
}

const Symbol* Scope::find(std::string_view normalized) const {
  const auto pieces = name_pieces(normalized);
  const Symbol* found = nullptr;
  if (pieces.empty()) return nullptr;
  each_starting(pieces.front(), [&](const Symbol& symbol) {
    if (found == nullptr && symbol.name == normalized) found = &symbol;
  });
  return found;
}

const char* Unit::keep_name(std::string_view text) {
  auto* copy = constants.array<char>(text.size() + 1);
  if (copy == nullptr) return "";
  std::ranges::copy(text, copy);
  copy[text.size()] = '\0';
  return copy;
}

}  // namespace puhui::feel
