// For tests only: asks a verb by its words as a door would, as a named caller.
#pragma once

#include <gtest/gtest.h>

#include "ground/base/check.h"
#include "ground/base/json.h"
#include "ground/base/verb.h"

namespace puhui::incidents {

class QuietProgress : public Progress {
 public:
  void step(std::string_view, uint64_t, uint64_t) override {}
};

// The answer, or the error's text after "refused: ".
inline Result<Json> ask(const std::vector<Verb>& verbs, std::string_view words, const std::string& who,
                        const std::string& json) {
  for (const Verb& verb : verbs) {
    if (verb.noun + " " + verb.verb != words) continue;
    const Caller caller{who, {"*"}};
    QuietProgress progress;
    return verb.run({caller, progress, nullptr}, TRY(parse_json(json)));
  }
  return fail(ErrorCode::internal, "no verb '" + std::string(words) + "'");
}

inline std::string text_at(const Json& json, std::string_view name) {
  const Json* found = json.find(name);
  if (!found) return "(absent)";
  return found->text() ? *found->text() : print_json(*found);
}

}  // namespace puhui::incidents
