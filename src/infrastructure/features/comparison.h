// Online against offline: the engine and the batch over the same events and labels, value by value; and either against a table
// that somebody else computed.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "ground/base/verb.h"
#include "infrastructure/features/batch_table.h"
#include "infrastructure/features/engine.h"
#include "infrastructure/features/mapping.h"

namespace puhui::features {

struct Difference {
  uint64_t event = 0;  // its place
  std::string feature, online, offline;
};

struct EngineAgainstBatch {
  uint64_t events = 0, late = 0, values = 0, unequal = 0;
  std::optional<Difference> first;
  uint64_t restored_after =
      0;  // events after which the engine was replaced by one restored from its snapshot; 0: never
  uint64_t snapshot_bytes = 0;  // of that snapshot
  int64_t engine_ns = 0, batch_ns = 0;
  EngineCounts counts;
  std::string snapshot;  // the engine's at the end
  // Whether the engine had to forget what the batch remembers.
  bool forgot() const { return counts.keys_evicted + counts.tiles_merged + counts.edges_evicted > 0; }
};

struct ComparisonPlan {
  std::shared_ptr<const FeatureSet> set;
  EngineLimits limits;
  bool restore_in_the_middle = false;
};

// `visit` is given each event's place and what the engine said of it.
using RowVisit = std::function<Result<void>(size_t event, std::span<const FeatureValue> online)>;
Result<EngineAgainstBatch> compare(const ComparisonPlan& plan, std::span<const BatchEvent> events,
                                   const std::vector<BatchLabel>& labels, Progress& progress, const RowVisit& visit);

inline constexpr size_t kOracleRowsMax = 50'000'000;
inline constexpr size_t kDifferingRowsToldMax = 10;

struct ColumnResult {
  std::string feature, column;
  uint64_t compared = 0, unequal = 0;  // beyond the tolerance
  double worst = 0;                    // largest difference, beyond what the oracle's rounding explains
};
void fields(Shape& shape, ColumnResult& column);

struct DifferingCell {
  std::string id, feature, ours, oracle;
};
void fields(Shape& shape, DifferingCell& cell);

// A table by somebody else, in memory, held against our values of its events.
class Oracle {
 public:
  // Every bad row by number; a key twice is one.
  static Result<Oracle> read(const std::string& path, const OracleMapping& mapping, const FeatureSet& set);

  size_t rows() const { return keys_.size(); }
  std::optional<size_t> find(std::string_view key) const;
  const FeatureValue& value(size_t row, size_t column) const { return values_[row * columns_.size() + column]; }
  void compare(size_t row, std::string_view key, std::span<const FeatureValue> ours);
  const std::vector<ColumnResult>& columns() const { return results_; }
  const std::vector<DifferingCell>& differing() const { return differing_; }
  uint64_t rows_compared() const { return compared_; }
  uint64_t unequal() const;

 private:
  struct Column {
    size_t feature = 0;
    long double divisor = 1, tolerance = 0;
  };
  Oracle(const OracleMapping& mapping, const FeatureSet& set);
  void check(size_t column, std::string_view key, const FeatureValue& ours, const FeatureValue& theirs);

  int64_t digits_ = 0;
  std::vector<Column> columns_;
  std::unordered_map<std::string, size_t> keys_;
  std::vector<FeatureValue> values_;  // row after row
  std::vector<ColumnResult> results_;
  std::vector<DifferingCell> differing_;
  uint64_t compared_ = 0;
};

std::string text_of(const FeatureValue& value);  // "absent" or the number

}  // namespace puhui::features
