#include "applications/lending/replay_permit.h"

namespace puhui::lending {

Result<Digest> grant_for_replay(Store& store, kernel::Kernel& kernel, const ProductFolder& folder, const Digest& model,
                                std::string_view run, Timestamp now) {
  const auto current = kernel.in_force(use_case_of(folder.product.name));
  if (current && (*current)->permit().manifest.author != kReplayAuthor) {
    return fail(ErrorCode::conflict, "store",
                "a permit by '" + (*current)->permit().manifest.author + "' decides for '" + folder.product.name +
                    "' in this store; a replay books loans, so give it a store of its own: --store FOLDER");
  }
  evidence::Permit permit;
  permit.manifest =
      TRY(propose(kernel, folder, {{{"pd", model}}, std::string(kReplayAuthor), 30, "for a replay only"}, now));
  for (const char* who : {"checker-1", "checker-2"}) {
    const auto key = evidence::SigningKey::make();
    const evidence::Person person{"replay-" + std::string(run) + "-" + who, key.public_key(), true};
    TRY(store.write([&](Transaction& tx) { return evidence::add_person(tx, person, now); }));
    permit.approvals.push_back(evidence::approve(permit.manifest, person.name, now, key));
  }
  TRY(kernel.grant(permit, kReplayAuthor));
  return permit.manifest.digest();
}

}  // namespace puhui::lending
