#include "applications/aml/screening_policy.h"

#include <algorithm>

namespace puhui::aml {

namespace {

constexpr size_t kPolicyBytesMax = 16 << 20, kTextBytesMax = 4 << 20;
constexpr int64_t kDayMicroseconds = 86'400'000'000;
constexpr int kValidDaysMax = 3 * 366;

struct Thresholds {
  std::vector<evidence::Threshold> thresholds;
};
void fields(Shape& shape, Thresholds& thresholds) {
  shape.field("thresholds", thresholds.thresholds, {.help = "numbers that the policy compares with", .max = 64});
}

evidence::FactValue millionths(int64_t ppm) {
  const auto number = evidence::Number::parse(std::to_string(ppm) + "e-6");
  return number ? evidence::FactValue(*number) : evidence::FactValue();
}

std::string kind_name(screening::PartyKind kind) {
  return std::string(names_of(static_cast<const screening::PartyKind*>(nullptr))[static_cast<size_t>(kind)]);
}

// "born_same_day" says same_day of born.
evidence::FactValue said_of(const MatchView* match, std::string_view prefix) {
  if (match == nullptr) return {};
  for (const auto* words : {&match->for_it, &match->against_it}) {
    for (const std::string& word : *words) {
      if (word.starts_with(prefix)) return word.substr(prefix.size());
    }
  }
  return {};
}

}  // namespace

evidence::UseCase screening_use_case() {
  return {std::string(kScreeningUseCase),
          "Decide whether a name is let through, shown to a person or blocked as one on a list of sanctioned parties",
          1,
          6,
          'C',
          "compliance",
          std::string(kTrueMatchOutcome)};
}

Result<std::vector<evidence::FactValue>> screening_facts_of(const evidence::FactSchema& schema,
                                                            const ScreeningFacts& known) {
  const MatchView* best = known.best;
  using evidence::FactValue;
  const auto whole = [](int64_t value) { return FactValue(evidence::Number::whole(value)); };
  const std::pair<std::string_view, FactValue> facts[] = {
      {"posterior", best ? millionths(best->posterior_ppm) : FactValue()},
      {"name_likeness", best ? millionths(best->name_ppm) : FactValue()},
      {"matches", whole(known.matches)},
      {"dismissed", whole(known.dismissed)},
      {"confirmed", known.confirmed},
      {"list", best ? FactValue(best->list) : FactValue()},
      {"entry", best ? FactValue(best->entry) : FactValue()},
      {"entry_kind", best ? FactValue(kind_name(best->kind)) : FactValue()},
      {"kind", kind_name(known.kind)},
      {"born", said_of(best, "born_")},
      {"country", said_of(best, "country_")}};
  std::vector<FactValue> out;
  Faults faults;
  for (const evidence::FactSpec& spec : schema.facts) {
    const auto fact = std::ranges::find(facts, spec.name, [](const auto& one) { return one.first; });
    if (fact == std::end(facts)) {
      faults.add("facts/" + spec.name, "is no fact of a screening");
      continue;
    }
    out.push_back(fact->second);
  }
  TRY(std::move(faults).result());
  return out;
}

Result<evidence::Manifest> propose_screening(kernel::Kernel& kernel, const Files& files,
                                             const ScreeningProposal& proposal, Timestamp now) {
  if (proposal.valid_days < 1 || proposal.valid_days > kValidDaysMax) {
    return fail(
        ErrorCode::invalid, "valid_days",
        "expected 1 to " + std::to_string(kValidDaysMax) + " days, came " + std::to_string(proposal.valid_days));
  }
  Faults faults;
  const auto read = [&](const char* name, size_t bytes_max) {
    auto text = files.read(proposal.folder + "/" + name, bytes_max);
    if (!text) faults.add("", std::move(text).error());
    return text ? *std::move(text) : std::string();
  };
  const std::string policy = read("policy.dmn", kPolicyBytesMax), facts = read("facts.json", kTextBytesMax),
                    reasons = read("reasons.json", kTextBytesMax), thresholds = read("thresholds.json", kTextBytesMax);
  TRY(std::move(faults).result());
  // Nobody is asked to sign what this program could not fill in.
  const auto schema = TRY(read_json<evidence::FactSchema>(TRY(parse_json(facts))));
  TRY(screening_facts_of(schema, {}));
  evidence::Manifest manifest;
  manifest.use_case = kScreeningScope;
  manifest.tier = 1;
  const std::pair<std::string_view, const std::string*> parts[] = {
      {kernel::kFactsArtefact, &facts}, {kernel::kPolicyArtefact, &policy}, {kernel::kReasonsArtefact, &reasons}};
  for (const auto& [name, bytes] : parts) {
    manifest.artefacts.push_back({std::string(name), TRY(kernel.put_artefact(name, *bytes))});
  }
  manifest.thresholds = TRY(read_json<Thresholds>(TRY(parse_json(thresholds)))).thresholds;
  manifest.build = kernel.build();
  manifest.author = proposal.author;
  manifest.made_at = now;
  manifest.expires_at = {now.microseconds + proposal.valid_days * kDayMicroseconds};
  manifest.conditions = proposal.conditions;
  TRY(kernel.rehearse(manifest));
  return manifest;
}

}  // namespace puhui::aml
