// What the replay verbs are asked and answer: one decision, many on several threads and in batches, a night.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ground/base/shape.h"

namespace puhui::audit {

inline constexpr int64_t kReplayThreadsMax = 64, kReplayBatchMax = 4096;
inline constexpr size_t kDifferencesToldMax = 20;

struct ReplayOneRequest {
  Id128 id;
};
void fields(Shape& shape, ReplayOneRequest& request);

struct ReplayOneAnswer {
  Id128 id;
  bool identical = false, erased = false;
  std::string difference, words;
  Timestamp at;
};
void fields(Shape& shape, ReplayOneAnswer& answer);

struct ReplayRequest {
  int64_t sample = 0;
  int64_t seed = 1;
  int64_t threads = 1;
  int64_t batch = 256;
  std::string use_case;
  std::optional<Timestamp> from, to;
  bool declines_only = false;
};
void fields(Shape& shape, ReplayRequest& request);

struct ReplayDifference {
  Id128 id;
  std::string difference;
};
void fields(Shape& shape, ReplayDifference& difference);

// Says nothing of threads, batches or time: it must be the same for all of them.
struct ReplayReport {
  int64_t decisions = 0, replayed = 0, identical = 0, different = 0, erased = 0;
  Digest digest;                              // over the replayed judgements' bytes in the order of their records
  std::vector<ReplayDifference> differences;  // the first kDifferencesToldMax
  bool operator==(const ReplayReport&) const;
};
void fields(Shape& shape, ReplayReport& report);

struct NightRow {
  Timestamp at;
  std::string build;
  bool good = false, chain_whole = false;
  std::string chain_break;
  int64_t records = 0;
  Digest chain_head;
  bool whole_build = false;  // the program changed since the night before: every decision was taken again
  int64_t declines = 0, sampled = 0;
  ReplayReport replay;
};
void fields(Shape& shape, NightRow& row);

struct NightsRequest {
  int64_t limit = 50;
  std::string after;
};
void fields(Shape& shape, NightsRequest& request);

struct NightsAnswer {
  std::vector<NightRow> nights;
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, NightsAnswer& answer);

}  // namespace puhui::audit
