#include "governance/audit/make_pack.h"

namespace puhui::audit {

namespace {

struct Nothing {};
void fields(Shape&, Nothing&) {}

std::string tell(const PackAnswer& answer) { return answer.content; }

std::string tell(const PackListAnswer& answer) {
  std::string out;
  for (const PackCount& count : answer.packs) {
    out += std::string(names_of(&count.kind)[static_cast<size_t>(count.kind)]) + " of " + count.use_case + ": " +
           std::to_string(count.filled) + " filled, " + std::to_string(count.missing) + " missing\n";
    for (const std::string& field : count.missing_fields) out += "    " + field + "\n";
  }
  return out.empty() ? "No use case has a permit in force.\n" : out;
}

}  // namespace

std::vector<Verb> pack_verbs(const AuditNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<PackRequest, PackAnswer>(
      {.noun = "pack",
       .verb = "make",
       .help = "Make an evidence pack of one use case from what the bank holds; what it does not hold says missing.",
       .words = {"kind", "use_case"}},
      [needs](const VerbCall& call, const PackRequest& request) -> Result<PackAnswer> {
        TRY(catch_up(*needs, call.progress));
        return make_pack(*needs, request);
      },
      tell));
  verbs.push_back(make_verb<Nothing, PackListAnswer>(
      {.noun = "pack", .verb = "list", .help = "Count what each evidence pack of each use case still misses."},
      [needs](const VerbCall& call, const Nothing&) -> Result<PackListAnswer> {
        TRY(catch_up(*needs, call.progress));
        return list_packs(*needs);
      },
      tell));
  return verbs;
}

}  // namespace puhui::audit
