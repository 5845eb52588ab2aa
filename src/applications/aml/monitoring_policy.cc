#include "applications/aml/monitoring_policy.h"

#include "applications/aml/detector_math.h"

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

evidence::FactValue whole(int64_t value) { return evidence::Number::whole(value); }

evidence::FactValue millionths(int64_t ppm) {
  const auto number = evidence::Number::parse(std::to_string(ppm) + "e-6");
  return number ? evidence::FactValue(*number) : evidence::FactValue();
}

}  // namespace

evidence::UseCase monitoring_use_case() {
  return {std::string(kMonitoringUseCase),
          "Decide whether a pattern of transfers is shown to a person as possible laundering",
          1,
          6,
          'A',
          "compliance",
          std::string(kLaunderingOutcome)};
}

Result<std::vector<evidence::FactValue>> facts_of(const evidence::FactSchema& schema, const Finding& finding,
                                                  const FindingHistory& history) {
  const auto typology = names_of(static_cast<const Typology*>(nullptr))[static_cast<size_t>(finding.typology)];
  const std::pair<std::string_view, evidence::FactValue> known[] = {
      {"typology", std::string(typology)},
      {"strength", millionths(finding.strength_ppm)},
      {"amount_minor", whole(finding.amount_minor)},
      {"counterparties", whole(finding.counterparties)},
      {"transfers", whole(finding.transfers)},
      {"hours", whole((finding.to.microseconds - finding.from.microseconds) / kHour)},
      {"account_age_days", whole(finding.account_age_days)},
      {"times_usual", finding.beyond_usual_ppm == 0 ? evidence::FactValue() : millionths(finding.beyond_usual_ppm)},
      {"prior_alerts", whole(history.prior_alerts)},
      {"false_positives", whole(history.false_positives)},
      {"grown", finding.refreshes}};
  std::vector<evidence::FactValue> out;
  Faults faults;
  for (const evidence::FactSpec& spec : schema.facts) {
    const auto fact = std::ranges::find(known, spec.name, [](const auto& one) { return one.first; });
    if (fact == std::end(known)) {
      faults.add("facts/" + spec.name, "is no fact of a finding");
      continue;
    }
    const evidence::FactType type = spec.name == "typology" ? evidence::FactType::text
                                    : spec.name == "grown"  ? evidence::FactType::boolean
                                                            : evidence::FactType::number;
    if (spec.type != type) faults.add("facts/" + spec.name, "is of another type");
    out.push_back(fact->second);
  }
  TRY(std::move(faults).result());
  return out;
}

Result<MonitoringFolder> read_monitoring_folder(const Files& files, const std::string& folder) {
  MonitoringFolder out;
  Faults faults;
  const auto read = [&](const char* name, size_t bytes_max, std::string& to) {
    auto text = files.read(folder + "/" + name, bytes_max);
    if (text) {
      to = *std::move(text);
    } else {
      faults.add("", std::move(text).error());
    }
  };
  std::string thresholds;
  read("policy.dmn", kPolicyBytesMax, out.policy);
  read("facts.json", kTextBytesMax, out.facts);
  read("reasons.json", kTextBytesMax, out.reasons);
  read("typologies.json", kTypologiesBytesMax, out.typologies);
  read("thresholds.json", kTextBytesMax, thresholds);
  TRY(std::move(faults).result());
  if (auto settings = TypologySettings::parse(out.typologies); !settings) {
    return fail(at(folder + "/typologies.json", std::move(settings).error()));
  }
  auto named = read_json<Thresholds>(TRY(parse_json(thresholds)));
  if (!named) return fail(at(folder + "/thresholds.json", std::move(named).error()));
  out.thresholds = std::move(named->thresholds);
  auto schema = read_json<evidence::FactSchema>(TRY(parse_json(out.facts)));
  if (!schema) return fail(at(folder + "/facts.json", std::move(schema).error()));
  TRY(schema->check());
  TRY(facts_of(*schema, Finding(), {}));
  return out;
}

Result<evidence::Manifest> propose(kernel::Kernel& kernel, const MonitoringFolder& folder,
                                   const MonitoringProposal& proposal, Timestamp now) {
  if (proposal.valid_days < 1 || proposal.valid_days > kValidDaysMax) {
    return fail(
        ErrorCode::invalid, "valid_days",
        "expected 1 to " + std::to_string(kValidDaysMax) + " days, came " + std::to_string(proposal.valid_days));
  }
  evidence::Manifest manifest;
  manifest.use_case = kMonitoringScope;
  manifest.tier = 1;
  const std::pair<std::string_view, const std::string*> parts[] = {{kernel::kFactsArtefact, &folder.facts},
                                                                   {kernel::kPolicyArtefact, &folder.policy},
                                                                   {kernel::kReasonsArtefact, &folder.reasons},
                                                                   {kTypologiesArtefact, &folder.typologies}};
  for (const auto& [name, bytes] : parts) {
    manifest.artefacts.push_back({std::string(name), TRY(kernel.put_artefact(name, *bytes))});
  }
  manifest.thresholds = folder.thresholds;
  manifest.build = kernel.build();
  manifest.author = proposal.author;
  manifest.made_at = now;
  manifest.expires_at = {now.microseconds + proposal.valid_days * kDayMicroseconds};
  manifest.conditions = proposal.conditions;
  TRY(kernel.rehearse(manifest));
  return manifest;
}

}  // namespace puhui::aml
