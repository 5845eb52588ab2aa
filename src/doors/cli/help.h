// Help: what the commands are and what each takes, made of the verbs' shapes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "doors/cli/cli.h"

namespace puhui::cli {

std::string help_of_all(const Needs& needs);
std::string help_of_noun(const Needs& needs, std::string_view noun);
std::string help_of_verb(const Needs& needs, const Verb& verb);

// "puhui lending apply", "puhui serve".
std::string command_of(const Needs& needs, const Verb& verb);

}  // namespace puhui::cli
