// What a peer of an intersection or of an aggregate says, and what lies in their checkpoints: refused or taken, whatever the bytes.
#include <algorithm>

#include "ground/base/check.h"
#include "infrastructure/federation/conversation_for_fuzz.h"
#include "infrastructure/federation/psi/common_rows.h"
#include "infrastructure/federation/psi/ecdh_matching.h"
#include "infrastructure/federation/psi/matching_terms.h"
#include "infrastructure/federation/psi/wire.h"

namespace puhui::federation {
namespace {

class NoProgress final : public Progress {
  void step(std::string_view, uint64_t, uint64_t) override {}
};

struct House {
  House() {
    job.parties = {{.name = "guest", .role = Role::guest}, {.name = "host", .role = Role::host}};
    job.conversion.epsilon = 0;
    data.ids = {"a", "b", "c"};
    CHECK(files.make_folder("work"), "a folder in memory");
  }
  StageNeeds needs(size_t self) { return {job, data, self, files, "work", book, progress}; }
  Job job;
  PartyData data;
  MemoryFiles files;
  LeakageBook book;
  NoProgress progress;
};

void read(std::string_view bytes) {
  if (const auto offer = read_offer(bytes)) CHECK(read_offer(written(*offer)), "an offer is written back");
  for (const size_t hosts : {0, 1, 2}) {
    const auto rows = read_common_rows(bytes, hosts, 1000);
    if (!rows) continue;
    const auto again = read_common_rows(written(*rows), hosts, 1000);
    CHECK(again && again->rows == rows->rows && again->places == rows->places, "rows are written back");
  }
}

// These bytes as a checkpoint.
void restore(std::string_view bytes, const StageMaker& maker) {
  for (const size_t self : {0, 1}) {
    House house;
    auto stage = maker(house.needs(self));
    CHECK(stage, "the job is well");
    if (!(*stage)->restore(bytes)) continue;
    if ((*stage)->finished()) {
      if (const auto result = (*stage)->result()) {
        CHECK(std::ranges::all_of(result->rows, [](uint32_t row) { return row < 3; }), "rows are the party's own");
      }
    }
  }
}

void begin(std::string_view bytes, const StageMaker& maker) {
  for (const size_t self : {0, 1}) {
    House house;
    auto stage = maker(house.needs(self));
    CHECK(stage, "the job is well");
    FuzzConversation with(bytes, self);
    while (!(*stage)->finished() && (*stage)->step(with)) {
    }
  }
}

void match(std::string_view bytes) {
  static const std::vector<std::string> kIds = {"a", "b", "c"};
  static const std::vector<uint32_t> kRows = {0, 1, 2}, kOrder = {3, 1, 0, 2};
  EcdhMatching matching(*cipher::chosen_kernel());
  for (const size_t self : {0, 1}) {
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
      (void)matching.ask(bucket, with);
    } else {
      (void)matching.answer(bucket, with);
    }
  }
}

}  // namespace
}  // namespace puhui::federation

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace puhui::federation;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 5) {
    case 0: read(bytes); break;
    case 1: restore(bytes, make_ecdh_stage); break;
    case 2: restore(bytes, make_aggregate_stage); break;
    case 3: begin(bytes, data[0] % 2 == 0 ? make_ecdh_stage : make_aggregate_stage); break;
    default: match(bytes); break;
  }
  return 0;
}
