// Story: text in, text out, through a door. A *.story file is a list of steps, each with what it must answer:
//
//   # what the story is about
//   $ puhui permit list            a shell command in the story's own folder, its stdout and stderr
//     permits [..]                 two spaces in front: what comes; [..] stands for anything in a line,
//     [...]                        a line of [...] for any lines; empty lines do not count
//   ? 4                            the exit code, where it is not 0
//   & serve --workers 4            opens the HTTP door on a free port; `& stop` closes it and answers what it said
//   > POST /v1/lending/apply       a request: the line, headers, then a body that begins with { [ " or @FILE
//   > Idempotency-Key: $(cat key)  $(…) is run by the shell
//   > {"product": "p"}
//     200 application/json         status and type, then the body (also in .answer), JSON in its long form
//                                  and a cookie that is set in .cookie
//   % puhui-store UPDATE …         SQL on a store's SQLite file, behind the program's back
//
// PUHUI_STORIES_REWRITE=1 writes what came into the file, keeping lines that matched.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ground/base/result.h"

namespace puhui::stories {

struct Answer {
  std::vector<std::string> lines;  // without empty ones
  int code = 0;
};

struct Step {
  size_t line = 0;                 // where it begins in its file
  char kind = '$';                 // $ & > %
  std::vector<std::string> input;  // without the mark; one line but for '>'
  Answer expected;
};

struct Story {
  std::vector<std::string> text;  // the whole file
  std::vector<Step> steps;
};

// invalid names the line that is none of the above.
Result<Story> parse_story(std::string_view text);

std::vector<std::string> lines_of(std::string_view text);  // without empty ones
bool matches(std::string_view pattern, std::string_view line);
bool matches(const std::vector<std::string>& patterns, const std::vector<std::string>& lines);

// The file with `answers` (one a step) in place of what was expected; a pattern that still fits its line stays, and
// what differs from run to run (ids, digests, moments, ports) becomes [..].
std::string rewritten(const Story& story, const std::vector<Answer>& answers);

}  // namespace puhui::stories
