#include "tests/story.h"

#include <regex>

#include "ground/base/text.h"

namespace puhui::stories {

namespace {

constexpr std::string_view kAnyText = "[..]", kAnyLines = "[...]";

bool begins_step(std::string_view line) {
  return line.size() > 2 && line[1] == ' ' && std::string_view("$&>%").find(line[0]) != std::string_view::npos;
}

// Headers and body of the request above; its first line names a method.
bool continues(const Step& step, const std::string& line) {
  static const std::regex kFirst("> (GET|POST|PUT|DELETE) /.*");
  return step.kind == '>' && step.expected.lines.empty() && line.starts_with("> ") && !std::regex_match(line, kFirst);
}

std::string without_variables(std::string line) {
  static const std::regex kVariable(
      "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  // ids
      "|\\b[0-9a-f]{128}\\b|\\b[0-9a-f]{64}\\b|\\b[0-9a-f]{12}\\b"    // signatures, digests and their short form
      "|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z"                         // moments
      "|127\\.0\\.0\\.1:[0-9]+"                                       // ports
      "|process [0-9]+ on [^ ]+"
      "|[0-9]+ us\\b");  // durations
  return std::regex_replace(line, kVariable, std::string(kAnyText));
}

}  // namespace

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  for (const std::string_view line : split(text, '\n')) {
    if (!trim(line).empty()) out.emplace_back(line.substr(0, line.find_last_not_of(" \r\t") + 1));
  }
  return out;
}

Result<Story> parse_story(std::string_view text) {
  Story story;
  for (const std::string_view line : split(text, '\n')) story.text.emplace_back(line);
  if (!story.text.empty() && story.text.back().empty()) story.text.pop_back();
  for (size_t i = 0; i < story.text.size(); ++i) {
    const std::string& line = story.text[i];
    if (trim(line).empty() || line.starts_with('#')) continue;
    Step* last = story.steps.empty() ? nullptr : &story.steps.back();
    if (last && continues(*last, line)) {
      last->input.push_back(line.substr(2));
    } else if (begins_step(line)) {
      story.steps.push_back({i, line[0], {line.substr(2)}, {}});
    } else if (last && line.starts_with("  ")) {
      last->expected.lines.push_back(line.substr(2));
    } else if (const auto code = line.starts_with("? ") ? parse_int64(line.substr(2)) : std::nullopt; last && code) {
      last->expected.code = static_cast<int>(*code);
    } else {
      return fail(ErrorCode::invalid, "line " + std::to_string(i + 1), "is no step and no answer: " + line);
    }
  }
  return story;
}

bool matches(std::string_view pattern, std::string_view line) {
  const size_t hole = pattern.find(kAnyText);
  if (hole == std::string_view::npos) return pattern == line;
  const std::string_view head = pattern.substr(0, hole), rest = pattern.substr(hole + kAnyText.size());
  if (!line.starts_with(head)) return false;
  for (size_t skip = head.size(); skip <= line.size(); ++skip) {
    if (matches(rest, line.substr(skip))) return true;
  }
  return false;
}

bool matches(const std::vector<std::string>& patterns, const std::vector<std::string>& lines) {
  // reach[j]: the patterns so far can have taken the first j lines.
  std::vector<char> reach(lines.size() + 1, 0);
  reach[0] = 1;
  for (const std::string& pattern : patterns) {
    std::vector<char> next(lines.size() + 1, 0);
    for (size_t j = 0; j <= lines.size(); ++j) {
      if (!reach[j]) continue;
      if (trim(pattern) == kAnyLines) {
        std::fill(next.begin() + static_cast<std::ptrdiff_t>(j), next.end(), 1);
        break;
      }
      if (j < lines.size() && matches(pattern, lines[j])) next[j + 1] = 1;
    }
    reach = std::move(next);
  }
  return reach[lines.size()] != 0;
}

std::string rewritten(const Story& story, const std::vector<Answer>& answers) {
  std::string out;
  size_t line = 0;
  for (size_t s = 0; s < story.steps.size(); ++s) {
    const Step& step = story.steps[s];
    const size_t first_answer = step.line + step.input.size();
    for (; line < first_answer; ++line) out += story.text[line] + "\n";
    const bool kept = matches(step.expected.lines, answers[s].lines);
    size_t pattern = 0;
    for (const std::string& came : kept ? step.expected.lines : answers[s].lines) {
      std::string written = kept ? came : without_variables(came);
      for (size_t p = pattern; !kept && p < step.expected.lines.size(); ++p) {
        if (!matches(step.expected.lines[p], came)) continue;
        written = step.expected.lines[p];
        pattern = p + 1;
        break;
      }
      out += "  " + written + "\n";
    }
    if (answers[s].code != 0) out += "? " + std::to_string(answers[s].code) + "\n";
    const auto is_answer = [&](const std::string& text) { return text.starts_with("  ") || text.starts_with("? "); };
    while (line < story.text.size() && is_answer(story.text[line])) ++line;
  }
  for (; line < story.text.size(); ++line) out += story.text[line] + "\n";
  return out;
}

}  // namespace puhui::stories
