// Cli: the command-line door. `puhui <noun> <verb> --field value` from the same verbs that HTTP serves.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ground/base/clock.h"
#include "ground/base/files.h"
#include "ground/base/verb.h"

namespace puhui::cli {

// What stands beside a verb's own flags, before or after it.
struct GlobalOptions {
  std::string store;   // --store FOLDER|postgresql://…, else Needs::store
  bool json = false;   // --json: one line of JSON on stdout, problems as JSON on stderr
  bool quiet = false;  // --quiet: no progress
};

struct Needs {
  Files& files;  // for `--input FILE`, and for verbs that read what the caller names
  std::string program = "puhui";
  std::string about;  // one sentence over the list of commands
  std::string version;
  std::string store = "./puhui-store";  // where --store is absent: main puts PUHUI_STORE of the environment here
  // All verbs, for help and for reading flags; `run` is called only on storeless ones, so nothing need stand behind. A verb
  // with an empty `verb` is a command of one word: `puhui serve`.
  std::vector<Verb> described;
  // Called once, when a verb is about to run and its flags were read without a fault: opens the store and makes the
  // verbs that work. What they stand on must live as long as they do.
  std::function<Result<std::vector<Verb>>(const GlobalOptions&)> open;
  Caller caller{"cli", {"*"}};
  std::FILE* in = stdin;  // for `--input -`
  std::FILE* out = stdout;
  std::FILE* err = stderr;
  bool err_is_terminal = false;  // a progress bar that moves; else a line every few seconds
  std::function<int64_t()> now_ns = monotonic_ns;
};

class Cli {
 public:
  // CHECKs that no verb has a field with the name of a global option (kGlobalNames).
  explicit Cli(Needs needs);
  // Answers the exit code: exit_code.h, also told by `puhui help`.
  int run(int argc, const char* const* argv);
  int run(const std::vector<std::string>& words);  // without the program's name

 private:
  Result<int> serve(const std::vector<std::string>& words, struct Arguments& arguments);
  Result<int> run_verb(const Verb& described, const struct Arguments& arguments);
  void join_verb(struct Arguments& arguments) const;
  const Verb* find(std::string_view noun, std::string_view verb) const;
  void complain(const Error& error, const struct Arguments& arguments);

  Needs needs_;
};

}  // namespace puhui::cli
