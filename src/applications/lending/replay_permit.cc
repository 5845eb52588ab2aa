#include "applications/lending/replay_permit.h"

#include "infrastructure/kernel/replay_permit.h"

namespace puhui::lending {

Result<Digest> grant_for_replay(Store& store, kernel::Kernel& kernel, const ProductFolder& folder, const Digest& model,
                                std::string_view run, Timestamp now) {
  const auto current = kernel.in_force(use_case_of(folder.product.name));
  if (current && (*current)->permit().manifest.author != kReplayAuthor) {
    return fail(ErrorCode::conflict, "store",
                "a permit by '" + (*current)->permit().manifest.author + "' decides for '" + folder.product.name +
                    "' in this store; a replay books loans, so give it a store of its own: --store FOLDER");
  }
  evidence::Manifest manifest =
      TRY(propose(kernel, folder, {{{"pd", model}}, std::string(kReplayAuthor), 30, "for a replay only"}, now));
  return kernel::grant_for_replay(store, kernel, std::move(manifest), "replay-" + std::string(run), now);
}

}  // namespace puhui::lending
