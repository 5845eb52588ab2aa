// Any bytes are a graph that survives its own bytes and goes on, or a clean fault. The first byte chooses the graph.
#include "ground/base/check.h"
#include "infrastructure/features/sharing_graph.h"
#include "infrastructure/features/transfer_graph.h"

namespace puhui::features {
namespace {

constexpr int64_t kHorizonUs = 1'000;

void try_transfers(std::string_view bytes) {
  const TransferGraphLimits limits{.edges_max = 8, .accounts_max = 4, .cycle_steps_max = 20};
  auto graph = TransferGraph::restore(kHorizonUs, limits, bytes);
  if (!graph) return;
  const std::string again = graph->snapshot();
  auto twin = TransferGraph::restore(kHorizonUs, limits, again);
  CHECK(twin.has_value() && twin->snapshot() == again, "a graph survives its bytes");
  for (uint64_t seq = 1; seq <= 6; ++seq) {
    for (TransferGraph* each : {&*graph, &*twin}) {
      const uint32_t from = each->number_of(std::to_string(seq % 3)), to = each->number_of(std::to_string(seq % 5));
      const TransferEdge edge{from, to, static_cast<int64_t>(seq * 300), 100, seq};
      each->add(edge);
      each->cycle_closed_by(edge, {.window_us = 900});
      each->into(to, edge.at_us, 500);
    }
  }
  CHECK(graph->snapshot() == twin->snapshot(), "equal graphs go on equally");
  CHECK(graph->counts().edges <= limits.edges_max && graph->counts().accounts <= limits.accounts_max, "limits hold");
}

void try_sharing(std::string_view bytes) {
  const SharingLimits limits{.ties_max = 8, .reach_steps_max = 10, .hub_max = 3, .lateness_us = 500};
  auto graph = SharingGraph::restore(kHorizonUs, limits, bytes);
  if (!graph) return;
  const std::string again = graph->snapshot();
  auto twin = SharingGraph::restore(kHorizonUs, limits, again);
  CHECK(twin.has_value() && twin->snapshot() == again, "a graph survives its bytes");
  for (int64_t i = 0; i < 8; ++i) {
    for (SharingGraph* each : {&*graph, &*twin}) {
      const std::string entity = std::to_string(i % 3), link = std::to_string(i % 4);
      each->tie(entity, 0, link, i * 200);
      each->sharers(entity, 0, link, i * 200, 700);
      each->component(entity);
      each->neighbours(entity, 3);
    }
  }
  CHECK(graph->snapshot() == twin->snapshot(), "equal graphs go on equally");
  CHECK(graph->counts().ties <= limits.ties_max, "limits hold");
}

}  // namespace
}  // namespace puhui::features

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  data[0] % 2 == 0 ? puhui::features::try_transfers(bytes) : puhui::features::try_sharing(bytes);
  return 0;
}
