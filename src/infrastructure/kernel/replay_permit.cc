#include "infrastructure/kernel/replay_permit.h"

namespace puhui::kernel {

Result<Digest> grant_for_replay(Store& store, Kernel& kernel, evidence::Manifest manifest, const std::string& signers,
                                Timestamp now) {
  evidence::Permit permit;
  permit.manifest = std::move(manifest);
  for (const char* who : {"checker-1", "checker-2"}) {
    const auto key = evidence::SigningKey::make();
    const evidence::Person person{signers + "-" + who, key.public_key(), true};
    TRY(store.write([&](Transaction& tx) { return evidence::add_person(tx, person, now); }));
    permit.approvals.push_back(evidence::approve(permit.manifest, person.name, now, key));
  }
  TRY(kernel.grant(permit, permit.manifest.author));
  return permit.manifest.digest();
}

}  // namespace puhui::kernel
