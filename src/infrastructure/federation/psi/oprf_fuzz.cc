// What lies in a house's folder and what a peer of an oblivious function sends: keys, tags, points, whatever the bytes. What reads is
// written back the same.
#include <sodium.h>

#include "ground/base/check.h"
#include "infrastructure/federation/conversation_for_fuzz.h"
#include "infrastructure/federation/psi/oprf_matching.h"
#include "infrastructure/federation/psi/oprf_probes.h"

namespace puhui::federation {
namespace {

class NoProgress final : public Progress {
  void step(std::string_view, uint64_t, uint64_t) override {}
};

void speak(std::string_view bytes, size_t self) {
  static const std::vector<std::string> kIds = {"a", "b", "c"};
  static const std::vector<uint32_t> kRows = {0, 1, 2}, kOrder = {3, 1, 0, 2};
  Job job;
  job.parties = {{.name = "guest", .role = Role::guest}, {.name = "host", .role = Role::host}};
  PartyData data;
  data.ids = kIds;
  MemoryFiles files;
  LeakageBook book;
  NoProgress progress;
  const StageNeeds needs{job, data, self, files, "work", book, progress};
  OprfMatching matching(needs, *cipher::chosen_kernel());
  const Bucket bucket{.number = 0,
                      .buckets = 1,
                      .peer = 1 - self,
                      .salt = {},
                      .ids = kIds,
                      .rows = kRows,
                      .order = kOrder,
                      .peer_places = 4};
  FuzzConversation with(bytes, self);
  if (self == 0) {
    if (const auto matches = matching.ask(bucket, with)) {
      for (const Match& match : *matches) CHECK(match.row < 3 && match.place < 4, "a row and a place that there are");
    }
  } else {
    [[maybe_unused]] const auto answered = matching.answer(bucket, with);
  }
}

// The digest at a file's end would keep chance out: it is put right.
std::string sealed(std::string_view bytes) { return std::string(bytes) + std::string(sha256(bytes).view()); }

void read(std::string_view bytes) {
  if (const auto key = read_oprf_key(bytes)) CHECK(written(*key) == bytes, "a key reads back");
  if (const auto probes = read_oprf_probes(bytes)) CHECK(written(*probes) == bytes, "a count reads back");
  OprfKey key;
  key.epoch = 1;
  key.scalar = cipher::Scalar::from_bytes({7});
  if (const auto tags = read_oprf_tags(bytes, key, Digest{}, 2)) {
    CHECK(written(key, Digest{}, *tags) == bytes, "tags read back");
  }
}

}  // namespace
}  // namespace puhui::federation

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace puhui::federation;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 4 == 0) speak(bytes, 0);
  if (data[0] % 4 == 1) speak(bytes, 1);
  if (data[0] % 4 == 2) read(bytes);
  if (data[0] % 4 == 3) read(sealed(bytes));
  return 0;
}
