// A scheme's folder becomes a manifest for people to sign.
#include "applications/fraud/scheme.h"
#include "infrastructure/dmn/policy.h"

namespace puhui::fraud {

namespace {

constexpr size_t kPolicyBytesMax = 16 << 20, kTextBytesMax = 4 << 20;
constexpr int64_t kDayMicroseconds = 86'400'000'000;
constexpr int kValidDaysMax = 3 * 366;

// Before a model exists: its calls are nulls, and only the inputs are looked at.
class NoModels final : public dmn::Functions {
 public:
  const dmn::HostFunction* find_model(std::string_view, std::string_view) const override { return nullptr; }
};

// A late event has no features, so a policy that never asks whether it is late would take it for a customer of no history.
Result<void> check_reads_late(std::string_view policy) {
  const NoModels none;
  dmn::CompileOptions options;
  options.on_fault = dmn::CompileOptions::OnFault::null_with_cause;
  const auto compiled = dmn::Policy::compile(policy, none, options);
  if (!compiled) return fail(at("policy", compiled.error()));
  if (compiled->input(kLateFact)) return {};
  return fail(ErrorCode::invalid, "policy",
              "expected a rule on '" + std::string(kLateFact) + "': an event too far out of order has no features");
}

Result<void> check_folder(const SchemeFolder& folder) {
  auto schema = read_json<evidence::FactSchema>(TRY(parse_json(folder.facts)));
  if (!schema) return fail(at("facts.json", std::move(schema).error()));
  TRY(schema->check());
  TRY(plan_facts(folder.scheme, *folder.features, *schema));
  return check_reads_late(folder.policy);
}

}  // namespace

Result<SchemeFolder> read_scheme_folder(const Files& files, const std::string& folder, const std::string& policy) {
  SchemeFolder out;
  Faults faults;
  const auto read = [&](const std::string& name, size_t bytes_max, std::string& to) {
    auto text = files.read(folder + "/" + name, bytes_max);
    if (text) {
      to = *std::move(text);
    } else {
      faults.add("", std::move(text).error());
    }
  };
  read(policy, kPolicyBytesMax, out.policy);
  read("facts.json", kTextBytesMax, out.facts);
  read("reasons.json", kTextBytesMax, out.reasons);
  read("features.json", features::kDeclarationBytesMax, out.features_text);
  read("scheme.json", kTextBytesMax, out.scheme_text);
  TRY(std::move(faults).result());
  auto scheme = Scheme::parse(out.scheme_text);
  if (!scheme) return fail(at(folder + "/scheme.json", std::move(scheme).error()));
  out.scheme = *std::move(scheme);
  auto set = features::FeatureSet::parse(out.features_text);
  if (!set) return fail(at(folder + "/features.json", std::move(set).error()));
  out.features = std::make_shared<const features::FeatureSet>(*std::move(set));
  if (auto checked = check_folder(out); !checked) return fail(at(folder, std::move(checked).error()));
  return out;
}

Result<evidence::Manifest> propose(kernel::Kernel& kernel, const SchemeFolder& folder, const Proposal& proposal,
                                   Timestamp now) {
  if (proposal.valid_days < 1 || proposal.valid_days > kValidDaysMax) {
    return fail(
        ErrorCode::invalid, "valid_days",
        "expected 1 to " + std::to_string(kValidDaysMax) + " days, came " + std::to_string(proposal.valid_days));
  }
  evidence::Manifest manifest;
  manifest.use_case = folder.scheme.scope();
  manifest.tier = 1;
  const std::pair<std::string_view, const std::string*> parts[] = {{kernel::kFactsArtefact, &folder.facts},
                                                                   {kFeaturesArtefact, &folder.features_text},
                                                                   {kernel::kPolicyArtefact, &folder.policy},
                                                                   {kernel::kReasonsArtefact, &folder.reasons},
                                                                   {kSchemeArtefact, &folder.scheme_text}};
  for (const auto& [name, bytes] : parts) {
    manifest.artefacts.push_back({std::string(name), TRY(kernel.put_artefact(name, *bytes))});
  }
  for (const evidence::NamedDigest& model : proposal.models) {
    TRY(kernel.artefact(model.digest));
    manifest.artefacts.push_back({std::string(kernel::kModelPrefix) + model.name, model.digest});
  }
  manifest.thresholds = folder.scheme.thresholds;
  manifest.build = kernel.build();
  manifest.author = proposal.author;
  manifest.made_at = now;
  manifest.expires_at = {now.microseconds + proposal.valid_days * kDayMicroseconds};
  manifest.conditions = proposal.conditions;
  TRY(kernel.rehearse(manifest));
  return manifest;
}

}  // namespace puhui::fraud
