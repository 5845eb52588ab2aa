// The kernel's permits: granted, admitted, reinstated.
#include "infrastructure/kernel/kernel.h"

namespace puhui::kernel {

using evidence::Permit;

// Signatures, tier and content: what may be put in force now.
Result<std::shared_ptr<const Version>> Kernel::checked_version(const Permit& permit) const {
  const evidence::Manifest& manifest = permit.manifest;
  const evidence::UseCase* use_case = declared(manifest.use_case);
  if (!use_case) {
    return fail(ErrorCode::not_found, "use_case", "no application declares '" + manifest.use_case + "'");
  }
  if (manifest.tier > use_case->tier) {
    return fail(ErrorCode::forbidden, "tier",
                "the use case is of tier " + std::to_string(use_case->tier) + "; a permit may not say a lower risk (" +
                    std::to_string(manifest.tier) + ")");
  }
  std::vector<evidence::Person> people;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    people = TRY(evidence::read_people(reader));
    return {};
  }));
  TRY(evidence::check(permit, people, needs_.clock.now(), needs_.build));
  return load_version(permit);
}

Result<void> Kernel::keep(Transaction& tx, const Permit& permit, Standing standing) const {
  const evidence::Manifest& manifest = permit.manifest;
  const Digest digest = manifest.digest();
  const int64_t now_us = needs_.clock.now().microseconds;
  // The last one granted is in force, also when the clock stepped back since the one before.
  const auto last =
      TRY(tx.integer("SELECT MAX(granted_at) FROM kernel_permit WHERE use_case = ?", {manifest.use_case}));
  const int64_t granted_at = std::max(now_us, last.value_or(now_us - 1) + 1);
  TRY(tx.execute("INSERT INTO kernel_permit (use_case, granted_at, digest, permit, standing) VALUES (?, ?, ?, ?, ?)",
                 {manifest.use_case, granted_at, BytesView{digest.view()}, print_json(to_json(permit)),
                  int64_t{standing == Standing::champion}}));
  return {};
}

Result<void> Kernel::put_in_force(const Permit& permit, std::string_view caller, std::string words) {
  const std::lock_guard change(change_);
  auto version = TRY(checked_version(permit));
  TRY(act([&](Transaction& tx) { return keep(tx, permit, Standing::champion); }, evidence::RecordKind::permit,
          std::move(words), caller));
  {
    const std::unique_lock lock(mutex_);
    in_force_[permit.manifest.use_case] = std::move(version);
    refused_.erase(permit.manifest.use_case);
  }
  return refresh_routes();
}

Result<void> Kernel::grant(const Permit& permit, std::string_view caller) {
  return put_in_force(permit, caller,
                      "permit " + permit.manifest.digest().hex() + " of " + permit.manifest.use_case + " granted");
}

Result<void> Kernel::admit(const Permit& permit, std::string_view caller) {
  const std::lock_guard change(change_);
  TRY(checked_version(permit));
  const Digest digest = permit.manifest.digest();
  return act(
      [&](Transaction& tx) -> Result<void> {
        if (TRY(tx.integer("SELECT 1 FROM kernel_permit WHERE use_case = ? AND digest = ?",
                           {permit.manifest.use_case, BytesView{digest.view()}}))) {
          return {};
        }
        return keep(tx, permit, Standing::admitted);
      },
      evidence::RecordKind::permit,
      "permit " + digest.hex() + " of " + permit.manifest.use_case + " admitted, deciding nothing yet", caller);
}

Result<void> Kernel::reinstate(const Digest& permit, std::string_view caller, std::string_view why) {
  const Permit stored = TRY(stored_permit(permit));
  return put_in_force(
      stored, caller,
      "permit " + permit.hex() + " of " + stored.manifest.use_case + " reinstated: " + std::string(why));
}

Result<Permit> Kernel::stored_permit(const Digest& digest) const {
  std::optional<std::string> text;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    text = TRY(reader.text("SELECT permit FROM kernel_permit WHERE digest = ?", {BytesView{digest.view()}}));
    return {};
  }));
  if (!text) return fail(ErrorCode::not_found, "permit " + digest.short_hex(), "was never granted in this store");
  Permit stored = TRY(read_json<Permit>(TRY(parse_json(*text))));
  if (stored.manifest.digest() != digest) {
    return fail(ErrorCode::corrupt, "permit " + digest.short_hex(), "its stored text gives another digest");
  }
  return stored;
}

}  // namespace puhui::kernel
