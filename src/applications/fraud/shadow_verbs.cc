// What another version would have answered on live traffic.
#include "applications/fraud/reading.h"
#include "applications/fraud/shadow.h"
#include "applications/fraud/verbs.h"

namespace puhui::fraud {

namespace {

std::vector<ReasonLine> lines_of(const kernel::Version* version, std::span<const evidence::Reason> reasons) {
  std::vector<ReasonLine> out;
  for (const evidence::Reason& reason : reasons) {
    kernel::ReasonText text = words_of(version, reason.code);
    out.push_back({reason.code, std::move(text.en), std::move(text.zh)});
  }
  return out;
}

Result<ShadowAnswer> shadow(const VerbNeeds& needs, const ShadowRequest& request) {
  const auto scheme = TRY(needs.desk.scheme(request.scheme));
  ShadowReading read;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    read = TRY(read_shadow(reader, request));
    return {};
  }));
  ShadowAnswer answer = std::move(read.answer);
  answer.currency = scheme->currency;
  answer.at = needs.clock.now();
  if (!answer.champion) return answer;
  const auto champion = needs.kernel.find_version(answer.champion->permit);
  const auto other = needs.kernel.find_version(answer.shadow->permit);
  for (size_t i = 0; i < answer.differences.size(); ++i) {
    answer.differences[i].champion_reasons = lines_of(champion ? champion->get() : nullptr, read.champion_reasons[i]);
    answer.differences[i].shadow_reasons = lines_of(other ? other->get() : nullptr, read.shadow_reasons[i]);
  }
  return answer;
}

}  // namespace

std::vector<Verb> shadow_verbs(const VerbNeeds* needs) {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<ShadowRequest, ShadowAnswer>(
      {.noun = "fraud",
       .verb = "shadow",
       .help = "Compare the version in force with the one that judges beside it, on live payments and what became "
               "known of them."},
      [needs](const VerbCall&, const ShadowRequest& request) { return shadow(*needs, request); }));
  return verbs;
}

}  // namespace puhui::fraud
