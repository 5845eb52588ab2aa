// Trace: which rules hit, which models were called. Numbers while it runs; turned into words only when asked.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "infrastructure/feel/value.h"

namespace puhui::dmn {

// Static: a rule of a table of the policy.
struct RuleInfo {
  std::string id;  // the rule element's, or "" when it has none
  std::string table_id;
  std::string owner;    // the decision or business knowledge model the table belongs to
  uint32_t number = 0;  // 1-based, as people count rows
};

struct Trace {
  // Indices into Policy::rules(), in the order they hit. What a table returned is in these rules' outputs.
  std::vector<uint32_t> hits;
  // The answers of host functions, in the order they were called (a view into the scratch's arena).
  std::vector<feel::Value> calls;
  void clear() { hits.clear(), calls.clear(); }
};

// What a host keeps of its calls in a batch, by row; the host knows what it is (functions.h).
class RowCalls {
 public:
  virtual ~RowCalls() = default;
  // The calls to come are of rows [first, first + rows) of the batch, counted from `first` as 0. What was kept of them
  // before is void: a chunk that reached a limit is evaluated again row by row.
  virtual void begin(size_t first, size_t rows) = 0;
};

// Of a batch: every hit with its row.
struct BatchTrace : Trace {
  std::vector<uint32_t> rows;  // [hit]
  RowCalls* kept_calls = nullptr;
};

}  // namespace puhui::dmn
