// The page at '/start', and at '/' until the console is built: what this bank can be asked, for a person with a browser. Self-contained: no script, no link outside.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ground/base/json.h"
#include "ground/base/verb.h"

namespace puhui::http {

enum class Console { built, not_built };
std::string start_page(const std::vector<const Verb*>& verbs, const Json& summary, Console console);
std::string html_text(std::string_view text);  // with &, <, >, quotes escaped

}  // namespace puhui::http
