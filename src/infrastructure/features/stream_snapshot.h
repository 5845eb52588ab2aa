// Snapshots of a stream's engine in its store: the bytes in parts, one set's apart from another's. A snapshot that lacks a part
// (its writer was killed) or does not read is passed over: the log says the same, only slower.
#pragma once

#include <memory>
#include <string>

#include "ground/base/log.h"
#include "ground/store/store.h"
#include "infrastructure/features/engine.h"
#include "infrastructure/features/stream_log.h"

namespace puhui::features {

inline constexpr size_t kSnapshotPartBytesMax = size_t{1} << 20;
inline constexpr size_t kSnapshotPartsPerCommit = 4;
inline constexpr size_t kSnapshotsKept = 2;  // of one set and limits
inline constexpr size_t kLogRowsPerPage = 64;

// An engine and how much of the log it has seen.
struct Restored {
  Engine engine;
  uint64_t seq = 0;
};

// Whose snapshots: a set and the engine's limits, since both shape its bytes.
Digest variant_of(const Digest& set, const EngineLimits& limits);

// The engine of the newest snapshot that reads and is no newer than the log's `head`; an empty one when none is.
Result<Restored> restore_newest(Reader& reader, const std::string& stream, std::shared_ptr<const FeatureSet> set,
                                const EngineLimits& limits, uint64_t head, Log& log);
// Gives one page of the log behind it to the engine; false at the log's end.
Result<bool> replay_page(Reader& reader, const std::string& stream, const LogDecoder& decoder, Restored& onto);
void replay(const LogEntry& entry, Engine& onto, std::vector<FeatureValue>& scratch);

// In several commits, none of them long; then drops what is older than the last kSnapshotsKept. From any thread but the writer's.
Result<void> write_snapshot(Store& store, const std::string& stream, const Digest& variant, uint64_t seq,
                            std::string_view bytes);
// How much of the log the newest whole snapshot has seen; 0 without one.
Result<uint64_t> newest_snapshot(Reader& reader, const std::string& stream, const Digest& variant);
// Forgets all of other sets but these two.
Result<void> drop_other_snapshots(Transaction& tx, const std::string& stream, const Digest& keep, const Digest& also);

}  // namespace puhui::features
