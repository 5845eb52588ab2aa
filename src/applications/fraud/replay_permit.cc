#include "applications/fraud/replay_permit.h"

#include "infrastructure/kernel/replay_permit.h"

namespace puhui::fraud {

Result<std::shared_ptr<const kernel::Version>> replay_version(const kernel::Kernel& kernel, const Scheme& scheme) {
  const auto current = kernel.in_force(scheme.scope());
  if (!current) return nullptr;
  const std::string& author = (*current)->permit().manifest.author;
  if (author == kReplayAuthor) return *current;
  return fail(
      ErrorCode::conflict, "store",
      "a permit by '" + author + "' decides for '" + scheme.name +
          "' in this store; a replay decides on payments of its own, so give it a store of its own: --store FOLDER");
}

Result<Digest> grant_for_replay(Store& store, kernel::Kernel& kernel, const SchemeFolder& folder,
                                const std::vector<evidence::NamedDigest>& models, const std::string& run,
                                Timestamp now) {
  evidence::Manifest manifest =
      TRY(propose(kernel, folder, {models, std::string(kReplayAuthor), 30, "for a replay only"}, now));
  return kernel::grant_for_replay(store, kernel, std::move(manifest), "replay-" + run, now);
}

}  // namespace puhui::fraud
