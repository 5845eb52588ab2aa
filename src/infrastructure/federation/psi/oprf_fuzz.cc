// What lies in a house's folder and what a peer of an oblivious function sends: keys, tags, points, whatever the bytes. What reads is
// written back the same.
#include <sodium.h>

#include "ground/base/check.h"
#include "infrastructure/federation/psi/oprf_matching.h"
#include "infrastructure/federation/psi/oprf_probes.h"

namespace puhui::federation {
namespace {

class NoProgress final : public Progress {
  void step(std::string_view, uint64_t, uint64_t) override {}
};

// Every message that is asked for is the next piece of the input, of one byte's length and some more.
class FuzzConversation final : public Conversation {
 public:
  explicit FuzzConversation(std::string_view bytes) : bytes_(bytes) {}
  size_t self() const override { return 0; }
  size_t parties() const override { return 2; }
  Result<void> send(size_t, uint16_t, std::initializer_list<std::string_view>) override { return {}; }
  Result<std::string> receive(size_t, uint16_t) override {
    if (bytes_.empty()) return fail(ErrorCode::unavailable, "the other party ended");
    const size_t length = static_cast<uint8_t>(bytes_[0]) * size_t{8};
    bytes_.remove_prefix(1);
    std::string out(bytes_.substr(0, length));
    bytes_.remove_prefix(out.size());
    return out;
  }
  Result<void> receive(size_t from, uint16_t kind, const std::function<Result<void>(std::string_view)>& take) override {
    return take(TRY(receive(from, kind)));
  }
  bool is_present(size_t) const override { return true; }

 private:
  std::string_view bytes_;
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
  FuzzConversation with(bytes);
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
