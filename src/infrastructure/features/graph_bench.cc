// Both graphs on a random stream in time order: what one event costs, on 20,000 and on 1,000,000 entities.
//   graph_bench [events]
#include <chrono>
#include <cstdio>
#include <string>

#include "ground/base/check.h"
#include "ground/base/random.h"
#include "ground/base/text.h"
#include "infrastructure/features/sharing_graph.h"
#include "infrastructure/features/transfer_graph.h"

namespace puhui::features {
namespace {

constexpr int64_t kDayUs = 86'400'000'000;

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Pace {
  const char* what;
  double seconds = 0;
  size_t events = 0;
  void print(const char* bar) const {
    std::printf("  %-44s %10s /s %8.2f us each%s\n", what,
                with_thousands(static_cast<int64_t>(static_cast<double>(events) / seconds)).c_str(),
                seconds * 1e6 / static_cast<double>(events), bar);
  }
};

struct Drawn {
  std::string from, to;
  int64_t amount_minor = 0;
};

// One account in a thousand is used in one transfer of ten: shops, employers.
std::vector<Drawn> draw(size_t events, uint64_t accounts) {
  std::vector<Drawn> out(events);
  RandomStream draws(Random(1), 1, accounts);
  for (Drawn& drawn : out) {
    const auto name = [&] {
      const uint64_t number = draws.chance(.1) ? draws.below(accounts / 1'000) : draws.below(accounts);
      return "62220200000" + std::to_string(1'000'000 + number);
    };
    drawn = {name(), name(), 10'000 + static_cast<int64_t>(draws.below(1'000'000))};
  }
  return out;
}

// `per_day`: transfers of one account in a day, both ways.
void transfers(size_t events, uint64_t accounts, double per_day) {
  const std::vector<Drawn> drawn = draw(events, accounts);
  const double step_us = static_cast<double>(kDayUs) / (static_cast<double>(accounts) * per_day / 2);
  std::printf("transfers: %s accounts, %.1f a day each, windows of 3 days\n",
              with_thousands(static_cast<int64_t>(accounts)).c_str(), per_day);
  struct Work {
    const char* what;
    const char* bar;
    TransferGraph::CycleRule rule;
  };
  const Work works[] = {{"add", "", {}},
                        {"add, any cycle of 2 to 6", "  (bar: about 5 us)", {.window_us = 3 * kDayUs}},
                        {"add, cycle of 3 to 6 that loses at most 10 %",
                         "  (bar: about 5 us)",
                         {.window_us = 3 * kDayUs, .length_min = 3, .keep_ppm = 900'000, .grow_ppm = 1}}};
  for (const Work& work : works) {
    TransferGraph graph(5 * kDayUs);
    uint64_t found = 0;
    const double begin = seconds_now();
    for (size_t i = 0; i < drawn.size(); ++i) {
      TransferEdge edge{.at_us = static_cast<int64_t>(static_cast<double>(i) * step_us)};
      edge.amount_minor = drawn[i].amount_minor;
      edge.seq = i;
      edge.from = graph.number_of(drawn[i].from);
      edge.to = graph.number_of(drawn[i].to);
      graph.add(edge);
      if (work.rule.window_us > 0) found += graph.cycle_closed_by(edge, work.rule).empty() ? 0 : 1;
    }
    Pace{work.what, seconds_now() - begin, events}.print(work.bar);
    const auto counts = graph.counts();
    std::printf("    %s edges kept, %s cycles, %s searches cut, %s MB\n",
                with_thousands(static_cast<int64_t>(counts.edges)).c_str(),
                with_thousands(static_cast<int64_t>(found)).c_str(),
                with_thousands(static_cast<int64_t>(counts.searches_cut)).c_str(),
                with_thousands(static_cast<int64_t>(counts.bytes >> 20)).c_str());
  }
}

// Everybody has a device, a phone and an address; one in ten uses one of a neighbour's; one event in a hundred a shop's.
void sharing(size_t events, uint64_t entities) {
  std::printf("sharing: %s entities, 3 kinds of links, horizon 90 days\n",
              with_thousands(static_cast<int64_t>(entities)).c_str());
  SharingGraph graph(90 * kDayUs);
  RandomStream draws(Random(2), 1, entities);
  uint64_t sharers = 0, reach = 0, component = 0;
  const double begin = seconds_now();
  for (size_t i = 0; i < events; ++i) {
    const uint64_t who = draws.below(entities);
    const auto kind = static_cast<uint8_t>(draws.below(3));
    const uint64_t whose = draws.chance(.01) ? who / 1'000 * 1'000 : (draws.chance(.1) ? who / 4 * 4 : who);
    const std::string entity = "customer " + std::to_string(who), link = "link " + std::to_string(whose);
    const int64_t at = static_cast<int64_t>(i) * (180 * kDayUs / static_cast<int64_t>(events));
    graph.tie(entity, kind, link, at);
    sharers += graph.sharers(entity, kind, link, at, 30 * kDayUs);
    reach += graph.reach(entity, 2);
    component += graph.component(entity);
  }
  Pace{"tie, sharers, reach of 2, component", seconds_now() - begin, events}.print("");
  const auto counts = graph.counts();
  const double each = 1.0 / static_cast<double>(events);
  std::printf("    means: %.2f sharers, %.2f in reach, %.2f in the component; %s ties, %s answers cut, %s MB\n",
              static_cast<double>(sharers) * each, static_cast<double>(reach) * each,
              static_cast<double>(component) * each, with_thousands(static_cast<int64_t>(counts.ties)).c_str(),
              with_thousands(static_cast<int64_t>(counts.answers_cut)).c_str(),
              with_thousands(static_cast<int64_t>(counts.bytes >> 20)).c_str());
}

}  // namespace
}  // namespace puhui::features

int main(int count, char** texts) {
  using namespace puhui::features;
  const auto events = puhui::parse_int64(count > 1 ? texts[1] : "1000000");
  CHECK(events && *events > 0, "a number of events");
  for (const uint64_t accounts : {20'000u, 1'000'000u}) transfers(static_cast<size_t>(*events), accounts, 1);
  transfers(static_cast<size_t>(*events), 20'000, 3);
  for (const uint64_t entities : {20'000u, 1'000'000u}) sharing(static_cast<size_t>(*events), entities);
  return 0;
}
