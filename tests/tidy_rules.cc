#include "tests/tidy_rules.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
#include <sstream>

namespace puhui::tidy {

namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

constexpr size_t kFileLinesMax = 600, kHeaderLinesMax = 250, kFunctionLinesMax = 70;
constexpr size_t kDecisionLinesMax = 60, kArchitectureLinesMax = 300, kStyleLinesMax = 150;

// Longer than the limit because they are tables; the reason stands beside each.
const std::map<std::string, std::string> kLongFiles = {};
// Functions that are one table or one switch over a closed set: "path:name of the function's first line".
const std::set<std::string> kLongFunctions = {};

// Names that the field's own standard gives: DMN's functions `get value` and `get entries`.
const std::set<std::string> kNamesOfAStandard = {"get_value", "get_entries"};

// A heavy header, and the only places that may include it (path prefixes).
const std::vector<std::pair<std::string, Words>> kWalls = {
    {"boost/beast", {"src/doors/http/server.cc", "src/doors/http/client.cc"}},
    {"boost/asio", {"src/doors/http/server.cc", "src/doors/http/client.cc"}},
    {"boost/json", {"src/ground/base/json.cc"}},
    {"soci/", {"src/ground/store/"}},
    {"libpq", {"src/ground/store/", "src/infrastructure/ledger/peer_postgres.h", "bench/"}},
    {"xgboost/", {"src/infrastructure/models/boosting", "src/infrastructure/models/bench", "bench/", "tests/"}},
};

bool is_code(std::string_view path) { return path.ends_with(".h") || path.ends_with(".cc"); }
bool is_source(std::string_view path) { return path.starts_with("src/") && is_code(path); }
bool is_beside_code(std::string_view path) { return path.ends_with("_test.cc") || path.ends_with("_bench.cc"); }

Words lines_of(std::string_view text) {
  Words out;
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find('\n', start), text.size());
    out.emplace_back(text.substr(start, end - start));
    start = end + 1;
  }
  return out;
}

std::string place(const std::string& path, size_t line) { return path + ":" + std::to_string(line); }

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

// Calls `complain` for each line of `text` that `pattern` finds something in.
void each_match(const std::string& text, const std::regex& pattern,
                const std::function<void(size_t line, const std::string& found)>& complain) {
  const Words lines = lines_of(text);
  for (size_t i = 0; i < lines.size(); ++i) {
    std::smatch match;
    if (std::regex_search(lines[i], match, pattern)) complain(i + 1, match[0]);
  }
}

struct Include {
  size_t line;
  std::string name;
  bool quoted;
};

std::vector<Include> includes_of(const std::string& text) {
  static const std::regex pattern(R"(^\s*#\s*include\s*(["<])([^">]+)[">])");
  std::vector<Include> out;
  const Words lines = lines_of(text);
  for (size_t i = 0; i < lines.size(); ++i) {
    std::smatch match;
    if (std::regex_search(lines[i], match, pattern)) out.push_back({i + 1, match[2], match[1] == "\""});
  }
  return out;
}

}  // namespace

Tree read_tree(const std::string& root) {
  constexpr std::string_view kFolders[] = {"src", "tests", "bench", "docs", "console", "cmake", "policies", ".ci"};
  const std::set<std::string> skipped = {"node_modules", "dist", "build"};
  const std::set<std::string> kinds = {".h",  ".cc",  ".md",    ".cmake", ".txt", ".sh",   ".json",
                                       ".ts", ".tsx", ".story", ".dmn",   ".css", ".html", ""};
  Tree tree;
  const auto take = [&](const fs::path& path) {
    const std::string name = path.lexically_relative(root).generic_string();
    if (path.extension() == ".png") tree[name] = "";  // a picture is a place that pages link to, nothing to read
    if (!kinds.contains(path.extension().string())) return;
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    tree[name] = text.str();
  };
  for (const auto& entry : fs::directory_iterator(root)) {
    if (entry.is_regular_file() && entry.path().filename() != "LICENSE" &&
        !entry.path().filename().string().starts_with("."))
      take(entry.path());
  }
  for (const std::string_view folder : kFolders) {
    if (!fs::exists(fs::path(root) / folder)) continue;
    for (fs::recursive_directory_iterator at(fs::path(root) / folder), end; at != end; ++at) {
      if (at->is_directory() && skipped.contains(at->path().filename().string())) at.disable_recursion_pending();
      if (at->is_regular_file()) take(at->path());
    }
  }
  return tree;
}

namespace {

// Where the literal or comment that starts at `at` ends; `at` itself when none starts there.
size_t end_of_quiet(std::string_view text, size_t at) {
  const auto after = [&](std::string_view mark, size_t from) {
    const size_t found = text.find(mark, from);
    return found == std::string_view::npos ? text.size() : found + mark.size();
  };
  const bool after_word = at > 0 && (std::isalnum(static_cast<unsigned char>(text[at - 1])) || text[at - 1] == '_');
  if (text.substr(at).starts_with("//")) return std::min(text.find('\n', at), text.size());
  if (text.substr(at).starts_with("/*")) return after("*/", at + 2);
  if (text.substr(at).starts_with("R\"") && !after_word) {
    const size_t open = text.find('(', at);
    if (open == std::string_view::npos) return text.size();
    return after(")" + std::string(text.substr(at + 2, open - at - 2)) + "\"", open);
  }
  if (text[at] == '"' || (text[at] == '\'' && !after_word)) {  // after a word ' separates digits
    size_t end = at + 1;
    while (end < text.size() && text[end] != text[at] && text[end] != '\n') end += text[end] == '\\' ? 2 : 1;
    return std::min(end + 1, text.size());
  }
  return at;
}

}  // namespace

std::string code_only(std::string_view text) {
  std::string out(text);
  const auto blank = [&](size_t from, size_t to) {
    for (size_t i = from; i < to; ++i) {
      if (out[i] != '\n') out[i] = ' ';
    }
  };
  bool line_is_empty_so_far = true;
  for (size_t at = 0; at < text.size();) {
    if (line_is_empty_so_far && text[at] == '#') {
      size_t end = at;
      while (end < text.size() && (text[end] != '\n' || text[end - 1] == '\\')) ++end;
      blank(at, end);
      at = end;
      continue;
    }
    if (const size_t end = end_of_quiet(text, at); end > at) {
      blank(at, end);
      at = end;
      continue;
    }
    if (text[at] == '\n')
      line_is_empty_so_far = true;
    else if (text[at] != ' ' && text[at] != '\t')
      line_is_empty_so_far = false;
    ++at;
  }
  return out;
}

Floors floors_of(const Tree& tree) {
  Floors floors;
  const auto file = tree.find("src/floors.cmake");
  if (file == tree.end()) return floors;
  std::string law;
  for (const std::string& line : lines_of(file->second)) law += line.substr(0, line.find('#')) + "\n";
  static const std::regex pattern(R"(module\(\s*([^\s)]+)([^)]*)\))");
  for (std::sregex_iterator it(law.begin(), law.end(), pattern), end; it != end; ++it) {
    const std::string module = (*it)[1];
    std::set<std::string> sees = {module};
    std::istringstream words((*it)[2]);
    bool seeing = false;
    for (std::string word; words >> word;) {
      if (word == "SEES" || word == "USES") {
        seeing = word == "SEES";
      } else if (seeing) {
        for (const auto& [other, others_sees] : floors.sees) {
          if (other == word || other.starts_with(word + "/")) sees.insert(other);
        }
      }
    }
    floors.sees[module] = sees;
  }
  return floors;
}

std::string Floors::module_of(std::string_view path) const {
  std::string best;
  for (const auto& [module, seen] : sees) {
    if (path.starts_with("src/" + module + "/") && module.size() > best.size()) best = module;
  }
  return best;
}

Complaints includes_obey_the_floors(const Tree& tree) {
  Complaints out;
  const Floors floors = floors_of(tree);
  for (const auto& [path, text] : tree) {
    if (!is_source(path)) continue;
    const std::string from = floors.module_of(path);
    if (from.empty()) continue;  // every_folder_is_a_listed_module says so
    for (const Include& include : includes_of(text)) {
      if (!include.quoted) continue;
      if (!tree.contains("src/" + include.name)) {
        out.push_back(place(path, include.line) + ": includes \"" + include.name +
                      "\", which is no file under src; write the path from src, or <> for a library's");
        continue;
      }
      const std::string to = floors.module_of("src/" + include.name);
      if (!floors.sees.at(from).contains(to)) {
        out.push_back(place(path, include.line) + ": " + from + " does not see " + to +
                      " (src/floors.cmake); move the code to where both may see it, not the rule");
      }
    }
  }
  return out;
}

Complaints heavy_headers_stay_behind_their_walls(const Tree& tree) {
  Complaints out;
  for (const auto& [path, text] : tree) {
    if (!is_code(path)) continue;
    for (const Include& include : includes_of(text)) {
      for (const auto& [header, walls] : kWalls) {
        if (!include.name.starts_with(header)) continue;
        const bool allowed =
            std::any_of(walls.begin(), walls.end(), [&](const auto& wall) { return path.starts_with(wall); });
        const bool peer_of_a_test = header == "xgboost/" && is_beside_code(path);
        if (allowed || peer_of_a_test) continue;
        out.push_back(place(path, include.line) + ": <" + include.name +
                      "> costs every file that sees it; it stays in " + walls.front() +
                      ": call that module's own face");
      }
    }
  }
  return out;
}

Complaints no_file_includes_itself_in_a_circle(const Tree& tree) {
  enum class State { unseen, open, done };
  std::map<std::string, State> states;
  Words trail;
  Complaints out;
  const std::function<void(const std::string&)> visit = [&](const std::string& path) {
    states[path] = State::open;
    trail.push_back(path);
    for (const Include& include : includes_of(tree.at(path))) {
      const std::string next = "src/" + include.name;
      if (!include.quoted || !tree.contains(next) || states[next] == State::done) continue;
      if (states[next] == State::unseen) {
        visit(next);
        continue;
      }
      std::string circle;
      for (auto at = std::find(trail.begin(), trail.end(), next); at != trail.end(); ++at) circle += *at + " → ";
      out.push_back(circle + next + ": a circle of includes; move what both need into a file of its own");
    }
    trail.pop_back();
    states[path] = State::done;
  };
  for (const auto& [path, text] : tree) {
    if (is_source(path) && states[path] == State::unseen) visit(path);
  }
  return out;
}

Complaints every_folder_is_a_listed_module(const Tree& tree) {
  Complaints out;
  const Floors floors = floors_of(tree);
  std::set<std::string> homeless, built;
  for (const auto& [path, text] : tree) {
    if (!is_source(path)) continue;
    const std::string module = floors.module_of(path);
    if (module.empty())
      homeless.insert(folder_of(path));
    else if (path.ends_with(".cc"))
      built.insert(module);
  }
  for (const std::string& folder : homeless) {
    out.push_back(folder + ": holds code but is on no line of src/floors.cmake; add its line, or move the code");
  }
  for (const auto& [module, sees] : floors.sees) {
    if (!built.contains(module))
      out.push_back("src/" + module + ": is listed in src/floors.cmake and is empty; delete the line");
  }
  return out;
}

Complaints only_the_bank_names_the_bank(const Tree& tree) {
  static const std::regex pattern(R"(\bBank\b|\bbank::)");
  Complaints out;
  for (const auto& [path, text] : tree) {
    if (!is_source(path) || path.starts_with("src/bank/")) continue;
    each_match(code_only(text), pattern, [&](size_t line, const std::string& found) {
      out.push_back(place(path, line) + ": names " + found +
                    "; take what is needed by reference in a Needs struct instead");
    });
  }
  return out;
}

Complaints the_world_comes_in_from_outside(const Tree& tree) {
  static const std::regex pattern(
      R"(\bsystem_clock::now\b|\brandom_device\b|\bstd::rand\b|\bsrand\b|\bgettimeofday\b|\btime\((nullptr|NULL|0)\))");
  Complaints out;
  for (const auto& [path, text] : tree) {
    if (!is_source(path) || path == "src/ground/base/clock.cc" || path.starts_with("src/bank/")) continue;
    each_match(code_only(text), pattern, [&](size_t line, const std::string& found) {
      out.push_back(place(path, line) + ": " + found +
                    " cannot be replayed; take a Clock or a Random in the constructor (ground/base)");
    });
  }
  return out;
}

Complaints no_folder_of_helpers(const Tree& tree) {
  static const std::regex pattern(R"(^(.*_)?(utils?|common|misc|helpers?|managers?)(_test)?$)");
  Complaints out;
  for (const auto& [path, text] : tree) {
    for (const fs::path& part : fs::path(path)) {
      if (!std::regex_match(part.stem().string(), pattern)) continue;
      out.push_back(path + ": '" + part.string() + "' says nothing of what is inside; name it by its one idea");
      break;
    }
  }
  return out;
}

Complaints a_bare_noun_reads(const Tree& tree) {
  static const std::regex pattern(R"((^|[\s*&(!])get_[a-z0-9_]+\s*\()");
  Complaints out;
  for (const auto& [path, text] : tree) {
    if (!is_code(path)) continue;
    each_match(code_only(text), pattern, [&](size_t line, const std::string& found) {
      const size_t from = found.find("get_");
      const std::string name = found.substr(from, found.find_first_of(" (", from) - from);
      if (path.starts_with("src/infrastructure/feel/") && kNamesOfAStandard.contains(name)) return;
      out.push_back(place(path, line) + ": a function named " + name +
                    "; a bare noun reads: balance(), not get_balance()");
    });
  }
  return out;
}

Complaints files_are_short(const Tree& tree) {
  const std::set<std::string> counted = {".h", ".cc", ".ts", ".tsx", ".sh", ".cmake", ".css"};
  Complaints out;
  for (const auto& [path, text] : tree) {
    size_t lines_max = counted.contains(fs::path(path).extension().string()) ? kFileLinesMax : 0;
    if (path.ends_with(".h")) lines_max = kHeaderLinesMax;
    if (path == "ARCHITECTURE.md") lines_max = kArchitectureLinesMax;
    if (path == "STYLE.md") lines_max = kStyleLinesMax;
    if (path.starts_with("docs/decisions/")) lines_max = kDecisionLinesMax;
    const size_t lines = static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
    if (lines_max == 0 || lines <= lines_max || kLongFiles.contains(path)) continue;
    out.push_back(path + ": " + std::to_string(lines) + " lines, at most " + std::to_string(lines_max) +
                  "; split it by idea (a table may stay: name it and why in kLongFiles of tests/tidy_rules.cc)");
  }
  return out;
}

namespace {

enum class Block { scope, function, data };

// What an opening brace starts, told by the text since the last ; { or }.
Block block_of(const std::string& head) {
  static const std::regex scope(R"(^\s*(inline\s+)?(namespace|struct|class|union|enum|extern)\b)");
  static const std::regex template_head(R"(^\s*template\s*<)");
  std::string rest = head;
  while (std::regex_search(rest, template_head)) {
    size_t at = rest.find('<');
    for (int depth = 0; at < rest.size(); ++at) {
      if (rest[at] == '<') ++depth;
      if (rest[at] == '>' && --depth == 0) break;
    }
    rest.erase(0, std::min(at + 1, rest.size()));
  }
  if (std::regex_search(rest, scope)) return Block::scope;
  return rest.find('(') != std::string::npos ? Block::function : Block::data;
}

std::string first_line_of(const std::string& head) {
  const auto from = head.find_first_not_of(" \n\t");
  if (from == std::string::npos) return "";
  const auto to = head.find('\n', from);
  std::string line = head.substr(from, to - from);
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

Complaints functions_are_short(const Tree& tree) {
  Complaints out;
  for (const auto& [path, text] : tree) {
    if (!is_code(path)) continue;
    const std::string code = code_only(text);
    std::string head;
    size_t line = 1, opened_at = 0;
    int inside = 0;  // braces open within a function or a table
    Block kind = Block::scope;
    std::string name;
    for (const char c : code) {
      if (c == '\n') ++line;
      if (inside > 0) {
        inside += c == '{' ? 1 : c == '}' ? -1 : 0;
        const size_t lines = line - opened_at + 1;
        if (inside == 0 && kind == Block::function && lines > kFunctionLinesMax &&
            !kLongFunctions.contains(path + ":" + name)) {
          out.push_back(place(path, opened_at) + ": '" + name + "' is " + std::to_string(lines) + " lines, at most " +
                        std::to_string(kFunctionLinesMax) + "; name its parts as functions");
        }
      } else if (c == '{') {
        kind = block_of(head);
        name = first_line_of(head);
        opened_at = line;
        inside = kind == Block::scope ? 0 : 1;
      }
      if (c == ';' || c == '{' || c == '}')
        head.clear();
      else
        head += c;
    }
  }
  return out;
}

Complaints headers_open_with_what_they_are_for(const Tree& tree) {
  static const std::regex using_namespace(R"(^\s*using\s+namespace\b)");
  Complaints out;
  for (const auto& [path, text] : tree) {
    if (!is_code(path) || !path.ends_with(".h")) continue;
    if (!text.starts_with("// ")) {
      out.push_back(path + ": opens without a comment; say in one to three lines what it is and when to use it");
    }
    if (text.find("\n#pragma once\n") == std::string::npos) {
      out.push_back(path + ": has no '#pragma once'; put it after the opening comment");
    }
    each_match(code_only(text), using_namespace, [&](size_t line, const std::string&) {
      out.push_back(place(path, line) +
                    ": 'using namespace' in a header reaches every file that sees it; name what is used");
    });
  }
  return out;
}

Complaints nothing_is_left_for_later(const Tree& tree) {
  static const std::regex pattern(
      "\\b(FIX"
      "ME|TO"
      "DO|X"
      "XX)\\b");
  Complaints out;
  for (const auto& [path, text] : tree) {
    each_match(text, pattern, [&](size_t line, const std::string& found) {
      out.push_back(place(path, line) + ": " + found + "; do it, or say as a fact what is not there and why");
    });
  }
  return out;
}

Complaints no_path_of_one_machine(const Tree& tree) {
  static const std::regex pattern(
      "(^|[\\s\"'=:(<`])/(ho"
      "me|ro"
      "ot|wo"
      "rk|Us"
      "ers)/");
  Complaints out;
  for (const auto& [path, text] : tree) {
    each_match(text, pattern, [&](size_t line, const std::string& found) {
      out.push_back(place(path, line) + ": '" + found +
                    "…' stands on one machine only; use a path from the repository's root");
    });
  }
  return out;
}

Complaints decisions_are_one_page_each(const Tree& tree) {
  static const std::regex name(R"(^docs/decisions/(\d{4})-[a-z0-9-]+\.md$)");
  Complaints out;
  std::map<std::string, std::string> numbered;
  for (const auto& [path, text] : tree) {
    if (!path.starts_with("docs/decisions/")) continue;
    std::smatch match;
    if (!std::regex_match(path, match, name)) {
      out.push_back(path + ": expected a name such as docs/decisions/0007-own-json-value.md");
      continue;
    }
    const auto [other, fresh] = numbered.emplace(match[1], path);
    if (!fresh) out.push_back(path + ": has the number of " + other->second + "; take the next free one");
    for (const char* heading :
         {"# ", "## Question", "## Answer", "## Alternatives", "## What would make us take it back"}) {
      if (("\n" + text).find("\n" + std::string(heading)) != std::string::npos) continue;
      out.push_back(path + ": lacks the heading '" + heading + "'; a decision is a title and four headings");
    }
  }
  return out;
}

Complaints links_in_pages_lead_somewhere(const Tree& tree) {
  static const std::regex pattern(R"(\]\(([^)#:]+)(#[^)]*)?\))");
  std::set<std::string> places;
  for (const auto& [path, text] : tree) {
    for (std::string at = path; !at.empty(); at = folder_of(at)) places.insert(at);
  }
  places.insert("LICENSE");
  Complaints out;
  for (const auto& [path, text] : tree) {
    if (!path.ends_with(".md")) continue;
    for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) {
      std::string target = (fs::path(folder_of(path)) / (*it)[1].str()).lexically_normal().generic_string();
      while (target.ends_with('/')) target.pop_back();
      if (!places.contains(target))
        out.push_back(path + ": links to " + (*it)[1].str() + ", which is not there; mend the link");
    }
  }
  return out;
}

}  // namespace puhui::tidy
