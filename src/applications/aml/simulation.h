// Simulation: a bank's transfers over half a year: ordinary life, patterns of laundering laid into it, and as many legitimate
// look-alikes of each. docs/population_aml.md says how hard each is made. The same request gives the same bytes.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "applications/aml/typology.h"
#include "ground/base/result.h"

namespace puhui::aml {

struct SimulationRequest {
  uint64_t seed = 1;
  uint64_t transfers = 300'000;  // of ordinary life, about
  uint32_t accounts = 10'000;
  uint32_t injections = 40;  // patterns of each typology, and look-alikes of each
};

inline constexpr int64_t kSimulatedDays = 180;
inline constexpr int64_t kFirstInjectionDay = 80;  // before it everybody's habits can be learnt
inline constexpr int64_t kReportingThresholdMinor = 5'000'000;
inline constexpr Timestamp kSimulationStart{1'767'225'600'000'000};  // 2026-01-01

struct SimulatedTransfer {
  int64_t at_us = 0;
  uint32_t from = 0, to = 0;  // account_name() names them
  int64_t amount_minor = 0;
  uint32_t order = 0;  // of its making: breaks ties of time
};

enum class TruthKind : uint8_t {
  injected,   // the pattern itself: one row for each account it is about
  contained,  // another typology's shape that the pattern has by construction: a scatter is a fan-out too
  decoy,      // legitimate, looks like it
};
std::span<const std::string_view> names_of(const TruthKind*);

struct TruthRow {
  uint32_t pattern = 0;
  TruthKind kind = TruthKind::injected;
  Typology typology = Typology::structuring;
  std::string account;
  Timestamp from, to;  // its first and last transfer
  std::string what;    // "wedding", "payroll of a new firm": of a decoy; else how the pattern was made
};

struct Simulation {
  std::vector<SimulatedTransfer> transfers;  // in time order
  std::vector<TruthRow> truth;
  uint32_t accounts = 0;
};
Simulation simulate(const SimulationRequest& request);
std::string account_name(uint32_t account);

// As CSV with a header, in pieces of about a megabyte.
using Sink = std::function<Result<void>(std::string_view)>;
Result<void> write_transfers(const Simulation& simulation, const Sink& sink);
Result<void> write_truth(const Simulation& simulation, const Sink& sink);

}  // namespace puhui::aml
