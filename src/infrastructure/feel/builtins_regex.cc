#include "infrastructure/feel/builtins.h"
#include "infrastructure/feel/regex.h"

namespace puhui::feel {
namespace {

using Args = std::span<const Value>;

// The regular expression of arguments 1 and `flags`; nullopt, with the answer in `failure`, when it is none.
std::optional<Regex> regex_of(Run& run, Args args, size_t flags, const Place& place, Value& failure) {
  std::string_view letters;
  if (given(args, flags) && !args[flags].is_null()) {
    if (!args[flags].is_string()) {
      failure = wrong_argument(run, place, {"expected flags as a string"});
      return std::nullopt;
    }
    letters = args[flags].as_string();
  }
  auto regex = Regex::compile(args[1].as_string(), letters);
  constexpr size_t kInstructionsAStep = 8;
  if (regex && !run.charge(place, regex->size() / kInstructionsAStep)) {
    failure = Value::null(run.stopped);
    return std::nullopt;
  }
  if (regex) return *std::move(regex);
  failure = wrong_argument(run, place, {regex.error().faults.front().message});
  return std::nullopt;
}

// A regular expression's steps count among the evaluation's own, so that many patterns stop where one does.
struct Budget {
  Budget(Run& of, const Place& at)
      : run(of), place(at), given(std::min<uint64_t>(kRegexStepsMax, of.steps_left)), left(given) {}
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;
  ~Budget() { run.charge(place, given - left); }
  Run& run;
  const Place& place;
  size_t given;
  size_t left;
};

Value matches(Run& run, Args args, const Place& place) {
  Value failure;
  const auto regex = regex_of(run, args, 2, place, failure);
  if (!regex) return failure;
  Regex::Match match;
  Budget steps(run, place);
  const auto outcome = regex->search(args[0].as_string(), 0, match, steps.left);
  if (outcome == Regex::Outcome::exhausted) return run.stop(place, "steps of a regular expression");
  return Value::boolean(outcome == Regex::Outcome::found);
}

// "$1", "$0", "\$" and "\\"; nullopt when the replacement is badly written.
bool append_replacement(std::string& out, std::string_view replacement, const Regex& regex, std::string_view text,
                        const Regex::Match& match) {
  if (regex.is_literal()) {
    out += replacement;
    return true;
  }
  for (size_t at = 0; at < replacement.size(); ++at) {
    const char c = replacement[at];
    if (c == '\\') {
      if (++at >= replacement.size() || (replacement[at] != '\\' && replacement[at] != '$')) return false;
      out += replacement[at];
    } else if (c == '$') {
      if (++at >= replacement.size() || replacement[at] < '0' || replacement[at] > '9') return false;
      auto group = static_cast<size_t>(replacement[at] - '0');
      while (at + 1 < replacement.size() && replacement[at + 1] >= '0' && replacement[at + 1] <= '9') {
        const size_t longer = group * 10 + static_cast<size_t>(replacement[at + 1] - '0');
        if (longer > regex.groups()) break;
        group = longer;
        ++at;
      }
      const bool took_part = group <= regex.groups() && match.begin[group] != std::string_view::npos;
      if (took_part) out += text.substr(match.begin[group], match.end[group] - match.begin[group]);
    } else {
      out += c;
    }
  }
  return true;
}

Value replace(Run& run, Args args, const Place& place) {
  Value failure;
  const auto regex = regex_of(run, args, 3, place, failure);
  if (!regex) return failure;
  const std::string_view text = args[0].as_string();
  std::string out;
  Regex::Match match;
  Budget steps(run, place);
  size_t at = 0;
  while (at <= text.size()) {
    const auto outcome = regex->search(text, at, match, steps.left);
    if (outcome == Regex::Outcome::exhausted) return run.stop(place, "steps of a regular expression");
    if (outcome == Regex::Outcome::not_found) break;
    if (match.begin[0] == match.end[0]) {
      return wrong_argument(run, place, {"replace expects a pattern that does not match the empty string"});
    }
    out += text.substr(at, match.begin[0] - at);
    if (!append_replacement(out, args[2].as_string(), *regex, text, match)) {
      return wrong_argument(run, place, {"expected '$' with a group's number, '\\$' or '\\\\' in the replacement"});
    }
    at = match.end[0];
    if (out.size() > kStringBytesMax) return run.stop(place, "bytes in one string");
  }
  out += text.substr(std::min(at, text.size()));
  return run.string(out, place);
}

Value split(Run& run, Args args, const Place& place) {
  Value failure;
  const auto regex = regex_of(run, args, 2, place, failure);
  if (!regex) return failure;
  const std::string_view text = args[0].as_string();
  std::vector<Value> parts;
  Regex::Match match;
  Budget steps(run, place);
  size_t at = 0;
  while (true) {
    const auto outcome = regex->search(text, at, match, steps.left);
    if (outcome == Regex::Outcome::exhausted) return run.stop(place, "steps of a regular expression");
    if (outcome == Regex::Outcome::not_found) break;
    if (match.begin[0] == match.end[0]) {
      return wrong_argument(run, place, {"split expects a delimiter that does not match the empty string"});
    }
    parts.push_back(Value::string(text.substr(at, match.begin[0] - at)));
    at = match.end[0];
  }
  parts.push_back(Value::string(text.substr(at)));
  return run.list(parts, place);
}

constexpr Builtin kRows[] = {
    {"matches", "input/s,pattern/s,flags/z", 2, 'b', matches},
    {"replace", "input/s,pattern/s,replacement/s,flags/z", 3, 's', replace},
    {"split", "string/s,delimiter/s", 2, 'l', split},
};

}  // namespace

std::span<const Builtin> regex_builtins() { return kRows; }

}  // namespace puhui::feel
