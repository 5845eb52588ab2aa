// Proposal: a product's folder (policy, facts, reasons, product) and its models become a manifest for people to sign.
#pragma once

#include <string>
#include <vector>

#include "applications/lending/product.h"
#include "ground/base/files.h"
#include "infrastructure/kernel/kernel.h"

namespace puhui::lending {

inline constexpr std::string_view kApprovalUseCase = "lending.approval";
inline constexpr std::string_view kProductArtefact = "product";
std::string use_case_of(std::string_view product);  // "lending.approval/person_revolving"

// The files as they lie in the folder, and the product read from its one.
struct ProductFolder {
  std::string policy, facts, reasons, product_text;
  Product product;
};
Result<ProductFolder> read_product_folder(const Files& files, const std::string& folder);

struct Proposal {
  std::vector<evidence::NamedDigest> models;  // by the policy's name for them: {"pd", digest}
  std::string author;
  int valid_days = 365;
  std::string conditions;
};
// Stores the artefacts and answers a manifest that loads: nobody is asked to sign what could not run. The models must
// be in the store already: not_found.
Result<evidence::Manifest> propose(kernel::Kernel& kernel, const ProductFolder& folder, const Proposal& proposal,
                                   Timestamp now);

}  // namespace puhui::lending
