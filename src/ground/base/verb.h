// Verb: one thing a caller can ask the bank, declared once. The HTTP door makes a route and its OpenAPI entry
// of it, the CLI door a command, the console a form.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/cpu_account.h"
#include "ground/base/files.h"
#include "ground/base/schema.h"
#include "ground/base/shape.h"

namespace puhui {

// Who asks. The door that authenticated them says so; nothing in the request can.
struct Caller {
  std::string name;                      // "ops-anna", "cli"
  std::vector<std::string> permissions;  // "lending.apply", "lending.*" or "*"
  std::string session = {};              // of a person at a browser; empty: a key, or the command line
  bool may(std::string_view permission) const;
};

// Told how far a long verb has come. Called from one thread at a time.
class Progress {
 public:
  virtual ~Progress() = default;
  virtual void step(std::string_view what, uint64_t done, uint64_t total) = 0;  // total 0: not known
  // Asked to end early: a long verb that looks between two steps ends with `unavailable`, and may be run again.
  virtual bool stop_requested() const { return false; }
};

struct VerbCall {
  const Caller& caller;
  Progress& progress;
  Files* files = nullptr;  // the caller's own disk; none when the caller is far away
};

enum class Effect {
  read,   // changes nothing: GET
  write,  // POST
};

struct VerbHead {
  std::string noun;  // "lending"
  std::string verb;  // "apply"; the permission is "lending.apply". Of two words: "table export", "policy.table.export"
  std::string help;  // one sentence
  Effect effect = Effect::read;
  std::string repeat_key;   // the field whose value makes a repeat harmless; HTTP fills it from Idempotency-Key
  bool storeless = false;   // needs nothing behind it: the command line runs it without opening a store
  bool local_only = false;  // reads or writes the caller's files: the command line has it, HTTP does not
  std::vector<std::string> words = {};  // fields the command line takes without their flags too, in this order
};

struct Verb : VerbHead {
  std::string permission() const;
  std::function<void(Shape&)> input;  // walks a scratch input: for schema and flags
  std::function<void(Shape&)> output;
  std::function<Result<Json>(const VerbCall&, const Json&)> run;
  // Prints an answer for a person; none: the JSON, indented.
  std::function<std::string(const Json&)> tell;
};

template <class In, class Out, class Handler>
Verb make_verb(VerbHead head, Handler handler, std::string (*tell)(const Out&) = nullptr) {
  Verb verb{std::move(head), {}, {}, {}, {}};
  verb.input = [](Shape& shape) {
    In scratch{};
    shape.value(scratch);
  };
  verb.output = [](Shape& shape) {
    Out scratch{};
    shape.value(scratch);
  };
  verb.run = [handler = std::move(handler)](const VerbCall& call, const Json& input) -> Result<Json> {
    const In in = TRY(read_json<In>(input));
    const Out out = TRY(Result<Out>(handler(call, in)));
    return to_json(out);
  };
  if (tell != nullptr) {
    verb.tell = [tell](const Json& answer) {
      const auto out = read_json<Out>(answer);
      return out ? tell(*out) : print_json_pretty(answer) + "\n";
    };
  }
  return verb;
}

// From here on each verb's run is a call of the account "activity:NOUN.VERB", unless a use case is charged already.
// The accounts outlive the verbs.
void charge_to(CpuAccounts& accounts, std::vector<Verb>& verbs);

}  // namespace puhui
