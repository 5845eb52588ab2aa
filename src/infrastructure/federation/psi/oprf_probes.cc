#include "infrastructure/federation/psi/oprf_probes.h"

#include <algorithm>

#include "ground/base/bytes.h"
#include "infrastructure/federation/psi/oprf_tags.h"

namespace puhui::federation {

namespace {

constexpr std::string_view kMagic = "PuhuiOprfProbes1";
constexpr size_t kFileBytesMax = 256;

uint64_t limit_of(const Job& job, uint64_t places_of_job) {
  return kEpochDays * std::max(static_cast<uint64_t>(std::max<int64_t>(job.intersection.probes_max, 0)), places_of_job);
}

}  // namespace

std::string written(const OprfProbes& probes) {
  ByteWriter out;
  out.raw(kMagic);
  out.u64(probes.epoch);
  out.u64(probes.asked);
  out.digest(sha256(out.bytes()));
  return out.take();
}

Result<OprfProbes> read_oprf_probes(std::string_view bytes) {
  ByteReader in(bytes);
  if (in.raw(kMagic.size()) != kMagic) in.reject();
  OprfProbes out;
  out.epoch = in.u64();
  out.asked = in.u64();
  const std::string_view before = bytes.substr(0, bytes.size() - in.remaining());
  if (in.digest() != sha256(before)) in.reject();
  TRY(in.finish("the count of what a partner asked"));
  return out;
}

Result<void> count_probes(const StageNeeds& needs, size_t partner, uint64_t places, uint64_t places_of_job) {
  if (needs.house_folder.empty()) return {};
  const std::string path = oprf_folder(needs, partner) + "/asked";
  OprfProbes probes{.epoch = needs.epoch, .asked = 0};
  if (needs.files.exists(path)) {
    const auto kept = read_oprf_probes(TRY(needs.files.read(path, kFileBytesMax)));
    if (!kept) return fail(at(path + ", remove it once you know why", kept.error()));
    if (kept->epoch == needs.epoch) probes = *kept;
  }
  const uint64_t limit = limit_of(needs.job, places_of_job);
  if (places > limit || probes.asked > limit - places) {
    return fail(ErrorCode::exhausted, needs.job.parties[partner].name,
                "expected at most " + std::to_string(limit) + " ids asked in an epoch of this key, came " +
                    std::to_string(probes.asked) + " before and " + std::to_string(places) +
                    " now; wait for the next epoch, or agree on a higher intersection.probes_max");
  }
  probes.asked += places;
  return needs.files.write(path, written(probes), Privacy::secret);
}

}  // namespace puhui::federation
