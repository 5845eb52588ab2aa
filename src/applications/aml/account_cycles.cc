// Columns of cycles: in how many does an account stand, by length, of any amounts and of amounts that shrink.
#include <algorithm>

#include "applications/aml/account_features.h"
#include "infrastructure/features/transfer_graph.h"

namespace puhui::aml {

namespace {

using features::TransferGraph;

// One column a length from 3 on: each transfer's shortest cycle counts once for each of its accounts.
void count_cycles(const AccountBook& book, const TransferGraph::CycleRule& rule, size_t first, AccountColumns& out) {
  TransferGraph graph(rule.window_us, {.edges_max = std::max<size_t>(book.transfers.size(), 1),
                                       .accounts_max = std::max<size_t>(book.accounts(), 2),
                                       .cycle_steps_max = 20'000});
  // Numbers are given in order, so the graph's are the book's.
  for (uint32_t account = 0; account < book.accounts(); ++account) graph.number_of(book.names.name(account));
  for (size_t i = 0; i < book.transfers.size(); ++i) {
    const BookTransfer& transfer = book.transfers[i];
    const features::TransferEdge edge{transfer.from, transfer.to, transfer.at, transfer.amount_minor, i};
    graph.add(edge);
    const auto cycle = graph.cycle_closed_by(edge, rule);
    for (const features::TransferEdge& each : cycle) ++out[first + cycle.size() - 3].values[each.from];
  }
}

}  // namespace

void add_cycle_columns(const AccountBook& book, const AccountFeatureSettings& settings, AccountColumns& out) {
  for (const bool shrinking : {false, true}) {
    const size_t first = out.size();
    for (size_t length = 3; length <= features::kCycleLengthMax; ++length) {
      const std::string name = (shrinking ? "shrinking_cycles_" : "cycles_") + std::to_string(length);
      std::ranges::fill(add_column(out, name, AccountColumnKind::graph, book), 0.0);
    }
    TransferGraph::CycleRule rule{.window_us = settings.window, .length_min = 3};
    if (shrinking) rule.keep_ppm = 1'000'000 - settings.loss_ppm, rule.grow_ppm = 1;
    count_cycles(book, rule, first, out);
  }
}

}  // namespace puhui::aml
