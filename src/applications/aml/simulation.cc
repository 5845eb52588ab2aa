#include "applications/aml/simulation.h"

#include "applications/aml/simulation_town.h"
#include "ground/base/date.h"

namespace puhui::aml {

namespace {
constexpr size_t kPieceBytes = size_t{1} << 20;
}

std::span<const std::string_view> names_of(const TruthKind*) {
  static constexpr std::string_view kNames[] = {"injected", "contained", "decoy"};
  return kNames;
}

std::string account_name(uint32_t account) {
  std::string digits = std::to_string(account);
  return "a" + std::string(digits.size() < 8 ? 8 - digits.size() : 0, '0') + digits;
}

Simulation simulate(const SimulationRequest& request) {
  Town town(request);
  live(town);
  inject_patterns(town);
  add_decoys(town);
  std::sort(town.out.transfers.begin(), town.out.transfers.end(),
            [](const SimulatedTransfer& a, const SimulatedTransfer& b) {
              return a.at_us != b.at_us ? a.at_us < b.at_us : a.order < b.order;
            });
  town.out.accounts = town.accounts();
  return std::move(town.out);
}

Result<void> write_transfers(const Simulation& simulation, const Sink& sink) {
  std::string piece = "key,at,from,to,amount_minor,currency\n";
  for (const SimulatedTransfer& transfer : simulation.transfers) {
    piece += "t";
    piece += std::to_string(transfer.order);
    piece += ',';
    piece += text_of(Timestamp{transfer.at_us});
    piece += ',';
    piece += account_name(transfer.from);
    piece += ',';
    piece += account_name(transfer.to);
    piece += ',';
    piece += std::to_string(transfer.amount_minor);
    piece += ",CNY\n";
    if (piece.size() < kPieceBytes) continue;
    TRY(sink(piece));
    piece.clear();
  }
  return sink(piece);
}

Result<void> write_truth(const Simulation& simulation, const Sink& sink) {
  std::string piece = "pattern,kind,typology,account,from,to,what\n";
  for (const TruthRow& row : simulation.truth) {
    piece += std::to_string(row.pattern);
    piece += ',';
    piece += names_of(static_cast<const TruthKind*>(nullptr))[static_cast<size_t>(row.kind)];
    piece += ',';
    piece += names_of(static_cast<const Typology*>(nullptr))[static_cast<size_t>(row.typology)];
    piece += ',';
    piece += row.account;
    piece += ',';
    piece += text_of(row.from);
    piece += ',';
    piece += text_of(row.to);
    piece += ',';
    piece += row.what;
    piece += '\n';
    if (piece.size() < kPieceBytes) continue;
    TRY(sink(piece));
    piece.clear();
  }
  return sink(piece);
}

}  // namespace puhui::aml
