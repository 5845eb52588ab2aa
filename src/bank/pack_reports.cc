#include "bank/pack_reports.h"

#include <algorithm>

#include "ground/base/text.h"

namespace puhui {

namespace {

struct Quiet : Progress {
  void step(std::string_view, uint64_t, uint64_t) override {}
};

struct Asked {
  const Verb* verb = nullptr;
  Json answer;
};

std::optional<Asked> ask(const std::vector<Verb>& verbs, std::string_view noun, Json input) {
  const auto verb =
      std::find_if(verbs.begin(), verbs.end(), [&](const Verb& one) { return one.noun == noun && one.verb == "show"; });
  if (verb == verbs.end()) return std::nullopt;
  const Caller caller{"evidence pack", {"*"}};
  Quiet progress;
  auto answer = verb->run({caller, progress, nullptr}, input);
  if (!answer) return std::nullopt;
  return Asked{&*verb, *std::move(answer)};
}

// The verb's own words, where the member that counts what it speaks of is above 0.
std::optional<std::string> told(const std::optional<Asked>& asked, std::string_view counted) {
  if (!asked || !asked->verb->tell) return std::nullopt;
  const Json* rows = asked->answer.find(counted);
  if (!rows || rows->as_int64().value_or(0) <= 0) return std::nullopt;
  return std::string(trim(asked->verb->tell(asked->answer)));
}

std::string text_of_member(const Json& of, std::string_view name) {
  const Json* member = of.find(name);
  return member && member->text() ? *member->text() : "";
}

std::string documents_of(const Json& item) {
  std::vector<std::string> lines;
  const Json* documents = item.find("documents");
  if (!documents || !documents->list()) return "";
  for (const Json& one : *documents->list()) {
    lines.push_back(text_of_member(one, "title") + ": " + text_of_member(one, "link"));
  }
  return join(lines, "\n");
}

std::optional<std::string> of_inventory(const std::vector<Verb>& verbs, std::string_view what,
                                        std::string_view use_case) {
  const auto asked = ask(verbs, "inventory", Json::Object{{"kind", "use_case"}, {"name", use_case}});
  const Json* item = asked ? asked->answer.find("item") : nullptr;
  if (!item) return std::nullopt;
  std::string out;
  if (what == "purpose") out = text_of_member(*item, "purpose");
  if (what == "documents") out = documents_of(*item);
  if (what == "validation" && !text_of_member(*item, "validated_at").empty()) {
    out = text_of_member(*item, "validated_at") + ", " + text_of_member(*item, "validated_by") + ": " +
          text_of_member(*item, "validation_outcome");
  }
  return out.empty() ? std::nullopt : std::optional(out);
}

}  // namespace

std::optional<std::string> pack_report(const std::vector<Verb>& verbs, std::string_view source,
                                       std::string_view use_case) {
  const size_t dot = source.find('.');
  const std::string_view module = source.substr(0, dot), what = source.substr(dot + 1);
  if (module == "inventory") return of_inventory(verbs, what, use_case);
  if (module == "drift") return told(ask(verbs, "drift", Json::Object{{"use_case", use_case}}), "rows_now");
  if (module == "fairness") {
    const Json input = Json::Object{{"use_case", use_case}, {"jurisdiction", what}};
    return told(ask(verbs, "fairness", input), "decided");
  }
  return std::nullopt;
}

}  // namespace puhui
