#include "applications/aml/simulation.h"

#include <map>

#include "applications/aml/simulation_town.h"
#include "ground/base/date.h"

namespace puhui::aml {

namespace {
constexpr size_t kPieceBytes = size_t{1} << 20;
constexpr int64_t kDormantDays = 60;
}  // namespace

std::span<const std::string_view> names_of(const TruthKind*) {
  static constexpr std::string_view kNames[] = {"injected", "contained", "decoy"};
  return kNames;
}

std::string account_name(uint32_t account) {
  std::string digits = std::to_string(account);
  return "a" + std::string(digits.size() < 8 ? 8 - digits.size() : 0, '0') + digits;
}

namespace {

// A pattern laid on an account that had been silent for long awakens it: that it is dormant too is a fact, not an intention.
void mark_awakened(Simulation& simulation) {
  std::map<std::string, std::vector<TruthRow*>> subjects;
  for (TruthRow& row : simulation.truth) {
    if (row.kind == TruthKind::injected && row.typology != Typology::dormant) subjects[row.account].push_back(&row);
  }
  std::map<const TruthRow*, int64_t> last_before;
  for (const SimulatedTransfer& transfer : simulation.transfers) {
    for (const uint32_t account : {transfer.from, transfer.to}) {
      const auto rows = subjects.find(account_name(account));
      if (rows == subjects.end()) continue;
      for (const TruthRow* row : rows->second) {
        if (transfer.at_us < row->from.microseconds) last_before[row] = transfer.at_us;
      }
    }
  }
  std::vector<TruthRow> more;
  for (const auto& [row, last] : last_before) {
    if (row->from.microseconds - last < kDormantDays * kDayUs) continue;
    more.push_back(
        {row->pattern, TruthKind::contained, Typology::dormant, row->account, row->from, row->to, "awakened"});
  }
  std::sort(more.begin(), more.end(), [](const TruthRow& a, const TruthRow& b) {
    return a.pattern != b.pattern ? a.pattern < b.pattern : a.account < b.account;
  });
  simulation.truth.insert(simulation.truth.end(), more.begin(), more.end());
}

}  // namespace

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
  mark_awakened(town.out);
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
