// Arguments: the words of a command line taken apart: global options, noun, verb, and the verb's own flags as pairs.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doors/cli/cli.h"
#include "ground/base/text_pairs.h"

namespace puhui::cli {

// Names that no field of a verb may have: they are options of every command.
constexpr std::array<std::string_view, 5> kGlobalNames = {"store", "json", "quiet", "help", "version"};
// --input is the whole input of a verb, or the field of that name where the verb has one.
constexpr std::string_view kInput = "input";

struct Arguments {
  GlobalOptions globals;
  bool help = false, version = false;
  std::string input;  // --input FILE, "-" for stdin, or JSON itself; empty: none
  std::string noun, verb;
  std::vector<std::string> flags;  // what is left for the verb
};

// Takes out what needs no knowledge of the verb. `--json` and its like may stand anywhere; the first word is the noun,
// the second, when nothing stands between them but those, the verb.
Result<void> take_apart(const std::vector<std::string>& words, Arguments& into);

// "--requested-amount" of "requested_amount".
std::string flag_of(std::string_view path);
// The flag of the field at "terms/rate", or that place itself when it is none of them.
std::string place_of(std::string_view where, const std::vector<InputField>& known);

// The verb's flags as pairs: `--name value`, `--name=value`, `--flag`, `--no-flag`, and words without a flag, which are
// the fields named in `words` one after the other. Reports every unknown name.
struct FlagPairs {
  std::vector<TextPair> pairs;
  std::vector<Fault> faults;
};
FlagPairs pairs_of(const std::vector<std::string>& flags, const std::vector<InputField>& known,
                   const std::vector<std::string>& words = {});

}  // namespace puhui::cli
