#include "infrastructure/features/stream_snapshot.h"

#include <algorithm>

#include "ground/base/bytes.h"
#include "ground/base/check.h"

namespace puhui::features {

namespace {

struct Stored {
  uint64_t seq = 0;
  bool whole = false;  // all parts are there
};

// Newest first.
Result<std::vector<Stored>> list(Reader& reader, const std::string& stream, const Digest& variant) {
  std::vector<Stored> out;
  TRY(
      reader.each("SELECT seq, parts, COUNT(*) FROM features_snapshot WHERE stream = ? AND variant = ? "
                  "GROUP BY seq, parts ORDER BY seq DESC",
                  {stream, BytesView{variant.view()}}, [&](const Row& row) -> Result<void> {
                    out.push_back({static_cast<uint64_t>(row.integer(0)), row.integer(1) == row.integer(2)});
                    return {};
                  }));
  return out;
}

Result<Engine> read_one(Reader& reader, const std::string& stream, std::shared_ptr<const FeatureSet> set,
                        const EngineLimits& limits, const Digest& variant, uint64_t seq) {
  std::string bytes;
  TRY(reader.each("SELECT bytes FROM features_snapshot WHERE stream = ? AND variant = ? AND seq = ? ORDER BY part",
                  {stream, BytesView{variant.view()}, static_cast<int64_t>(seq)}, [&](const Row& row) -> Result<void> {
                    bytes += row.bytes(0);
                    return {};
                  }));
  constexpr size_t kDigestBytes = 32;
  if (bytes.size() < kDigestBytes) return fail(ErrorCode::corrupt, "features_snapshot", "too short");
  const std::string_view body = std::string_view(bytes).substr(0, bytes.size() - kDigestBytes);
  if (sha256(body).view() != std::string_view(bytes).substr(body.size())) {
    return fail(ErrorCode::corrupt, "features_snapshot", "its bytes are not what was written");
  }
  return Engine::restore(std::move(set), limits, body);
}

}  // namespace

Digest variant_of(const Digest& set, const EngineLimits& limits) {
  ByteWriter bytes;
  for (const size_t limit : {limits.keys_max, limits.tiles_max, limits.edges_max}) bytes.u64(limit);
  return sha256(set.view(), bytes.bytes());
}

Result<Restored> restore_newest(Reader& reader, const std::string& stream, std::shared_ptr<const FeatureSet> set,
                                const EngineLimits& limits, uint64_t head, Log& log) {
  const Digest variant = variant_of(set->digest(), limits);
  for (const Stored& stored : TRY(list(reader, stream, variant))) {
    if (!stored.whole || stored.seq > head) continue;
    auto engine = read_one(reader, stream, set, limits, variant, stored.seq);
    if (engine) return Restored{*std::move(engine), stored.seq};
    if (engine.error().code != ErrorCode::corrupt) return fail(std::move(engine).error());
    log.warning("features_snapshot_passed_over", {{"stream", stream}, {"why", engine.error().text()}});
  }
  return Restored{Engine(std::move(set), limits), 0};
}

void replay(const LogEntry& entry, Engine& onto, std::vector<FeatureValue>& scratch) {
  if (entry.is_label) {
    onto.label(entry.event, entry.before, entry.bad);
  } else {
    scratch.resize(onto.set().features.size());
    (void)onto.observe(entry.event, scratch);
  }
}

Result<bool> replay_page(Reader& reader, const std::string& stream, const LogDecoder& decoder, Restored& onto) {
  std::vector<FeatureValue> scratch;
  const uint64_t seen =
      TRY(read_log(reader, stream, decoder, onto.seq, kLogRowsPerPage, [&](const LogEntry& entry) -> Result<void> {
        replay(entry, onto.engine, scratch);
        return {};
      }));
  return std::exchange(onto.seq, seen) != seen;
}

Result<void> write_snapshot(Store& store, const std::string& stream, const Digest& variant, uint64_t seq,
                            std::string_view bytes) {
  const Digest digest = sha256(bytes);
  std::string all(bytes);
  all += digest.view();
  const size_t parts = (all.size() + kSnapshotPartBytesMax - 1) / kSnapshotPartBytesMax;
  for (size_t first = 0; first < parts; first += kSnapshotPartsPerCommit) {
    TRY(store.write([&](Transaction& tx) -> Result<void> {
      for (size_t part = first; part < std::min(parts, first + kSnapshotPartsPerCommit); ++part) {
        const std::string_view piece =
            std::string_view(all).substr(part * kSnapshotPartBytesMax, kSnapshotPartBytesMax);
        TRY(tx.execute("DELETE FROM features_snapshot WHERE stream = ? AND variant = ? AND seq = ? AND part = ?",
                       {stream, BytesView{variant.view()}, static_cast<int64_t>(seq), static_cast<int64_t>(part)}));
        TRY(tx.execute(
            "INSERT INTO features_snapshot (stream, variant, seq, part, parts, bytes) VALUES (?, ?, ?, ?, ?, ?)",
            {stream, BytesView{variant.view()}, static_cast<int64_t>(seq), static_cast<int64_t>(part),
             static_cast<int64_t>(parts), BytesView{piece}}));
      }
      return {};
    }));
  }
  return store.write([&](Transaction& tx) -> Result<void> {
    size_t kept = 0;
    for (const Stored& stored : TRY(list(tx, stream, variant))) {
      if (stored.whole && kept < kSnapshotsKept) {
        ++kept;
        continue;
      }
      TRY(tx.execute("DELETE FROM features_snapshot WHERE stream = ? AND variant = ? AND seq = ?",
                     {stream, BytesView{variant.view()}, static_cast<int64_t>(stored.seq)}));
    }
    return {};
  });
}

Result<uint64_t> newest_snapshot(Reader& reader, const std::string& stream, const Digest& variant) {
  for (const Stored& stored : TRY(list(reader, stream, variant))) {
    if (stored.whole) return stored.seq;
  }
  return 0;
}

Result<void> drop_other_snapshots(Transaction& tx, const std::string& stream, const Digest& keep, const Digest& also) {
  TRY(tx.execute("DELETE FROM features_snapshot WHERE stream = ? AND variant <> ? AND variant <> ?",
                 {stream, BytesView{keep.view()}, BytesView{also.view()}}));
  return {};
}

}  // namespace puhui::features
