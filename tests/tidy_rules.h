// The rules of STYLE.md that a machine can keep: each looks at a tree of files and names what breaks it, with what to
// do. tidy_test.cc asks them of this repository and, so that none is blind, of small trees that break each.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace puhui::tidy {

// Path from the repository's root ("src/ground/base/id.h") to the file's text.
using Tree = std::map<std::string, std::string>;
// One line each: place, what is wrong, what to do. Empty when the rule is kept.
using Complaints = std::vector<std::string>;

// The files people write: src, tests, bench, docs, console, cmake, policies and the root's own.
Tree read_tree(const std::string& root);

// The text without comments, the insides of string and character literals and preprocessor lines; lines stay lines.
std::string code_only(std::string_view text);

// src/floors.cmake: each module and all modules it may include, itself among them.
struct Floors {
  std::map<std::string, std::set<std::string>> sees;
  // The listed module a path under src belongs to; empty when none.
  std::string module_of(std::string_view path) const;
};
Floors floors_of(const Tree& tree);

// Places
Complaints includes_obey_the_floors(const Tree& tree);
Complaints heavy_headers_stay_behind_their_walls(const Tree& tree);
Complaints no_file_includes_itself_in_a_circle(const Tree& tree);
Complaints every_folder_is_a_listed_module(const Tree& tree);
Complaints only_the_bank_names_the_bank(const Tree& tree);
Complaints the_world_comes_in_from_outside(const Tree& tree);
// Names
Complaints no_folder_of_helpers(const Tree& tree);
Complaints a_bare_noun_reads(const Tree& tree);
// Sizes
Complaints files_are_short(const Tree& tree);
Complaints functions_are_short(const Tree& tree);
// Words
Complaints headers_open_with_what_they_are_for(const Tree& tree);
Complaints nothing_is_left_for_later(const Tree& tree);
Complaints no_path_of_one_machine(const Tree& tree);
Complaints decisions_are_one_page_each(const Tree& tree);
Complaints links_in_pages_lead_somewhere(const Tree& tree);

}  // namespace puhui::tidy
