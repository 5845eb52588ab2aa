#include "applications/lending/proposal.h"

namespace puhui::lending {

namespace {
constexpr size_t kPolicyBytesMax = 16 << 20, kTextBytesMax = 4 << 20;
constexpr int64_t kDayMicroseconds = 86'400'000'000;
constexpr int kValidDaysMax = 3 * 366;
}  // namespace

std::string use_case_of(std::string_view product) {
  std::string out(kApprovalUseCase);
  out += '/';
  return out += product;
}

Result<ProductFolder> read_product_folder(const Files& files, const std::string& folder) {
  ProductFolder out;
  Faults faults;
  const auto read = [&](const char* name, size_t bytes_max, std::string& to) {
    auto text = files.read(folder + "/" + name, bytes_max);
    if (text) {
      to = *std::move(text);
    } else {
      faults.add("", std::move(text).error());
    }
  };
  read("policy.dmn", kPolicyBytesMax, out.policy);
  read("facts.json", kTextBytesMax, out.facts);
  read("reasons.json", kTextBytesMax, out.reasons);
  read("product.json", kProductBytesMax, out.product_text);
  TRY(std::move(faults).result());
  auto product = parse_product(out.product_text);
  if (!product) return fail(at(folder + "/product.json", std::move(product).error()));
  out.product = *std::move(product);
  return out;
}

Result<evidence::Manifest> propose(kernel::Kernel& kernel, const ProductFolder& folder, const Proposal& proposal,
                                   Timestamp now) {
  if (proposal.valid_days < 1 || proposal.valid_days > kValidDaysMax) {
    return fail(
        ErrorCode::invalid, "valid_days",
        "expected 1 to " + std::to_string(kValidDaysMax) + " days, came " + std::to_string(proposal.valid_days));
  }
  const std::string use_case = use_case_of(folder.product.name);
  evidence::Manifest manifest;
  manifest.use_case = use_case;
  manifest.tier = 1;
  const std::pair<std::string_view, const std::string*> parts[] = {{kernel::kFactsArtefact, &folder.facts},
                                                                   {kernel::kPolicyArtefact, &folder.policy},
                                                                   {kProductArtefact, &folder.product_text},
                                                                   {kernel::kReasonsArtefact, &folder.reasons}};
  for (const auto& [name, bytes] : parts) {
    manifest.artefacts.push_back({std::string(name), TRY(kernel.put_artefact(name, *bytes))});
  }
  for (const evidence::NamedDigest& model : proposal.models) {
    TRY(kernel.artefact(model.digest));
    manifest.artefacts.push_back({std::string(kernel::kModelPrefix) + model.name, model.digest});
  }
  for (const auto& [name, value] : policy_inputs(folder.product)) {
    manifest.thresholds.push_back({name, value.number() ? value.number()->text : *value.text()});
  }
  manifest.build = kernel.build();
  manifest.author = proposal.author;
  manifest.made_at = now;
  manifest.expires_at = {now.microseconds + proposal.valid_days * kDayMicroseconds};
  manifest.conditions = proposal.conditions;
  TRY(kernel.rehearse(manifest));
  return manifest;
}

}  // namespace puhui::lending
