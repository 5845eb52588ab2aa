#include "doors/cli/cli.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "doors/cli/arguments.h"
#include "doors/cli/exit_code.h"
#include "doors/cli/help.h"
#include "doors/cli/progress_bar.h"
#include "ground/base/check.h"
#include "ground/base/text.h"

namespace puhui::cli {

namespace {

constexpr size_t kInputBytesMax = 64 << 20;

Result<std::string> read_stdin(std::FILE* from) {
  std::string text;
  char part[65536];
  while (const size_t count = std::fread(part, 1, sizeof part, from)) {
    text.append(part, count);
    if (text.size() > kInputBytesMax) {
      return fail(ErrorCode::exhausted, "--input -",
                  "expected at most " + std::to_string(kInputBytesMax) + " bytes of JSON");
    }
  }
  return text;
}

// What --input names: a file, "-", or an object's text itself.
Result<std::string> input_text(const std::string& name, const Needs& needs) {
  if (name.starts_with('{')) return name;
  return name == "-" ? read_stdin(needs.in) : needs.files.read(name, kInputBytesMax);
}

Result<Json> read_input(const std::string& name, const Needs& needs) {
  if (name.empty()) return Json(Json::Object{});
  auto json = parse_json(TRY(input_text(name, needs)), {.bytes_max = kInputBytesMax});
  if (!json) return fail(at("--input " + name, std::move(json).error()));
  if (!json->object()) {
    return fail(ErrorCode::invalid, "--input " + name, "expected a JSON object, came " + std::string(json->kind()));
  }
  return json;
}

// Flags and file together; every fault of both.
Result<Json> input_of(const Verb& verb, const Arguments& arguments, const Needs& needs) {
  const auto known = input_fields(verb.input);
  const bool is_field = std::any_of(known.begin(), known.end(), [](const InputField& f) { return f.path == kInput; });
  Json start = TRY(read_input(is_field ? "" : arguments.input, needs));
  FlagPairs flags = pairs_of(arguments.flags, known, verb.words);
  if (is_field && !arguments.input.empty()) {
    flags.pairs.push_back({std::string(kInput), TRY(input_text(arguments.input, needs))});
  }
  auto json = json_of_pairs(verb.input, known, flags.pairs, std::move(start));
  if (flags.faults.empty()) return json;
  Error error{ErrorCode::invalid, std::move(flags.faults)};
  // A flag that stands without its value is not missing as well.
  for (const Fault& fault : json ? std::vector<Fault>{} : json.error().faults) {
    const std::string place = place_of(fault.where, known);
    const bool known_already =
        std::any_of(error.faults.begin(), error.faults.end(), [&](const Fault& f) { return f.where == place; });
    if (!known_already) error.faults.push_back(fault);
  }
  return fail(std::move(error));
}

}  // namespace

Cli::Cli(Needs needs) : needs_(std::move(needs)) {
  for (const Verb& verb : needs_.described) {
    for (const InputField& field : input_fields(verb.input)) {
      const bool taken = std::find(kGlobalNames.begin(), kGlobalNames.end(), field.path) != kGlobalNames.end();
      CHECK(!taken, "a field has not the name of an option of every command");
    }
  }
}

int Cli::run(int argc, const char* const* argv) {
  return run(argc > 1 ? std::vector<std::string>(argv + 1, argv + argc) : std::vector<std::string>{});
}

int Cli::run(const std::vector<std::string>& words) {
  Arguments arguments;
  arguments.globals.store = needs_.store;
  auto code = serve(words, arguments);
  if (code && std::fflush(needs_.out) != 0) {
    code = fail(ErrorCode::unavailable, std::string("cannot write the answer: ") + std::strerror(errno));
  }
  if (code) return *code;
  complain(code.error(), arguments);
  return exit_code_of(code.error().code);
}

// "table export" is a verb of two words, the second of which was taken for the verb's own.
void Cli::join_verb(Arguments& arguments) const {
  if (arguments.flags.empty() || find(arguments.noun, arguments.verb) != nullptr) return;
  const std::string both = arguments.verb + " " + arguments.flags.front();
  if (find(arguments.noun, both) == nullptr) return;
  arguments.verb = both;
  arguments.flags.erase(arguments.flags.begin());
}

const Verb* Cli::find(std::string_view noun, std::string_view verb) const {
  for (const Verb& each : needs_.described) {
    if (each.noun == noun && each.verb == verb) return &each;
  }
  return nullptr;
}

Result<int> Cli::serve(const std::vector<std::string>& words, Arguments& arguments) {
  TRY(take_apart(words, arguments));
  if (arguments.noun == "help") {  // "help lending apply" is "lending apply --help"
    arguments.help = true;
    arguments.noun = std::exchange(arguments.verb, "");
    if (!arguments.flags.empty()) {
      arguments.verb = arguments.flags.front();
      arguments.flags.erase(arguments.flags.begin());
    }
  }
  join_verb(arguments);
  const auto print = [this](const std::string& text) { return std::fputs(text.c_str(), needs_.out), kExitDone; };
  if (arguments.version) return print(needs_.program + " " + needs_.version + "\n");
  if (arguments.noun.empty()) return print(help_of_all(needs_));
  std::vector<std::string> nouns, verbs;
  for (const Verb& each : needs_.described) {
    nouns.push_back(each.noun);
    if (each.noun == arguments.noun) verbs.push_back(each.noun + " " + each.verb);
  }
  const auto unknown = [](const std::string& word, const std::string& meant, const std::string& see) {
    return fail(ErrorCode::invalid, std::string(cut_utf8(word, 60)),
                "is no command; " + (meant.empty() ? "see " + see : "did you mean '" + meant + "'?"));
  };
  if (verbs.empty()) return unknown(arguments.noun, nearest(arguments.noun, nouns), needs_.program + " help");
  const Verb* verb = find(arguments.noun, arguments.verb);
  if (verb == nullptr && !arguments.verb.empty()) {
    const std::string came = arguments.noun + " " + arguments.verb;
    return unknown(came, nearest(came, verbs), needs_.program + " " + arguments.noun);
  }
  if (verb == nullptr) return print(help_of_noun(needs_, arguments.noun));
  if (arguments.help) return print(help_of_verb(needs_, *verb));
  return run_verb(*verb, arguments);
}

Result<int> Cli::run_verb(const Verb& described, const Arguments& arguments) {
  const Json input = TRY(input_of(described, arguments, needs_));
  const bool json = arguments.globals.json, bar = needs_.err_is_terminal;
  const bool silent = arguments.globals.quiet || (json && !bar);
  ProgressBar progress(silent ? ProgressForm::none
                       : bar  ? ProgressForm::bar
                              : ProgressForm::lines,
                       needs_.err, needs_.now_ns);
  try {
    std::vector<Verb> opened;
    if (!described.storeless) opened = TRY(needs_.open(arguments.globals));
    const auto found = std::find_if(opened.begin(), opened.end(), [&](const Verb& v) {
      return v.noun == described.noun && v.verb == described.verb;
    });
    if (!described.storeless && found == opened.end()) {
      return fail(ErrorCode::internal, described.permission(), "is described but was not opened; a defect of ours");
    }
    const Verb* verb = described.storeless ? &described : &*found;
    const Json answer = TRY(verb->run(VerbCall{needs_.caller, progress, &needs_.files}, input));
    progress.end_bar();
    std::string text = json ? print_json(answer) : verb->tell ? verb->tell(answer) : print_json_pretty(answer);
    if (!text.ends_with('\n')) text += '\n';
    std::fputs(text.c_str(), needs_.out);
    return kExitDone;
  } catch (const std::exception& e) {  // the wall: what a library throws ends as an error with its exit code
    return fail(ErrorCode::internal, std::string("a defect of ours, thrown: ") + e.what());
  }
}

void Cli::complain(const Error& error, const Arguments& arguments) {
  const Verb* verb = find(arguments.noun, arguments.verb);
  const auto known = verb != nullptr ? input_fields(verb->input) : std::vector<InputField>{};
  if (arguments.globals.json) {
    Json::List faults;
    for (const Fault& fault : error.faults) {
      faults.push_back(Json::Object{{"where", Json(fault.where)}, {"message", Json(fault.message)}});
    }
    Json problem;
    problem.set("code", name_of(error.code));
    problem.set("exit_code", exit_code_of(error.code));
    problem.set("faults", std::move(faults));
    std::fprintf(needs_.err, "%s\n", print_json(problem).c_str());
    return;
  }
  const std::string command = verb != nullptr ? command_of(needs_, *verb) : needs_.program;
  std::string text = command + ": " + std::string(name_of(error.code)) + "\n";
  for (const Fault& fault : error.faults) {
    const std::string place = place_of(fault.where, known);
    text += "  " + place + (place.empty() ? "" : ": ") + fault.message + "\n";
  }
  if (error.code == ErrorCode::invalid && verb != nullptr) text += "See " + command + " --help\n";
  std::fputs(text.c_str(), needs_.err);
}

}  // namespace puhui::cli
