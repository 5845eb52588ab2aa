// An Engine as bytes: counts, then of each entity its keys from the least recently updated on, each with its tiles; windows are
// not written: they are sums of tiles, and their first event makes them anew. At the end the graphs.
#include <algorithm>
#include <functional>

#include "ground/base/check.h"
#include "ground/base/hash.h"
#include "infrastructure/features/engine_state.h"

namespace puhui::features {

namespace {

constexpr uint8_t kVersion = 1;

std::array<uint64_t, 3> bounds_of(const EngineLimits& limits) {
  return {limits.keys_max, limits.tiles_max, limits.edges_max};
}

template <class Visit>
void each_count(EngineCounts& counts, WindowCounts& windows, Visit visit) {
  for (uint64_t* count : {&counts.events, &counts.late, &counts.labels, &counts.late_labels, &counts.keys_evicted,
                          &windows.tiles_merged, &windows.overflowed, &windows.estimated})
    visit(*count);
}

void write_wide(ByteWriter& out, Int128 value) {
  const auto bits = static_cast<unsigned __int128>(value);
  out.unsigned_varint(static_cast<uint64_t>(bits));
  out.unsigned_varint(static_cast<uint64_t>(bits >> 64));
}

Int128 read_wide(ByteReader& in) {
  const uint64_t low = in.unsigned_varint();
  return static_cast<Int128>(static_cast<unsigned __int128>(in.unsigned_varint()) << 64 | low);
}

void write_values(ByteWriter& out, const ValueSet* set) {
  if (set == nullptr) return out.unsigned_varint(0);
  if (set->is_sketch()) {
    out.unsigned_varint(kDistinctExactMax + 1);
    const auto registers = set->registers();
    return out.raw({reinterpret_cast<const char*>(registers.data()), registers.size()});
  }
  std::vector<uint64_t> hashes(set->hashes().begin(), set->hashes().end());
  std::ranges::sort(hashes);
  out.unsigned_varint(hashes.size());
  for (const uint64_t hash : hashes) out.u64(hash);
}

ValueSet* read_values(ByteReader& in, WordPool& pool) {
  const uint64_t count = in.unsigned_varint();
  if (count > kDistinctExactMax + 1) in.reject();
  if (!in.ok() || count == 0) return nullptr;
  if (count <= kDistinctExactMax) {
    std::vector<uint64_t> hashes(count);
    for (uint64_t& hash : hashes) hash = in.u64();
    if (std::ranges::adjacent_find(hashes, std::greater_equal()) != hashes.end()) in.reject();
    return in.ok() ? read_hashes(hashes, pool) : nullptr;
  }
  const std::string_view raw = in.raw(DistinctSketch::kRegisters);
  const auto* registers = reinterpret_cast<const uint8_t*>(raw.data());
  if (in.ok() && std::ranges::any_of(raw, [](char rank) { return static_cast<uint8_t>(rank) > 55; })) in.reject();
  if (!in.ok()) return nullptr;
  return read_registers(std::span<const uint8_t, DistinctSketch::kRegisters>(registers, DistinctSketch::kRegisters),
                        pool);
}

// Starts in hops from the tile before; all else as it stands.
void write_tile(ByteWriter& out, const uint64_t* tile, const PlannedSeries& series, int64_t& before_us) {
  const TileLayout& layout = series.tile;
  out.signed_varint((start_of_tile(tile) - before_us) / series.hop_us);
  before_us = start_of_tile(tile);
  out.unsigned_varint(events_of(tile));
  if (series.has_labels) out.unsigned_varint(bad_of(tile));
  const auto word = [&](size_t i) { out.signed_varint(static_cast<int64_t>(tile[i])); };
  if (layout.sum != 0) word(layout.sum);
  if (layout.squares != 0) write_wide(out, load_wide(tile + layout.squares));
  if (layout.extremes != 0) word(layout.extremes), word(layout.extremes + 1u);
  if (layout.last != 0) word(layout.last), word(layout.last + 1u);
  if (layout.first != 0) word(layout.first);
  if (layout.values != 0) write_values(out, values_of(tile, layout));
}

// Of a number of events between kEventTimeMin and kEventTimeMax.
bool plausible(const uint64_t* tile, const TileLayout& layout) {
  const auto events = static_cast<Int128>(events_of(tile));
  const auto value = [&](size_t i) { return static_cast<int64_t>(tile[i]); };
  const auto in_time = [](int64_t at_us) {
    return at_us >= kEventTimeMin.microseconds && at_us <= kEventTimeMax.microseconds;
  };
  bool holds = events > 0 && bad_of(tile) <= events_of(tile);
  if (layout.sum != 0)
    holds = holds && value(layout.sum) <= events * kValueMax && value(layout.sum) >= -events * kValueMax;
  if (layout.squares != 0) {
    const Int128 squares = load_wide(tile + layout.squares);
    holds = holds && squares >= 0 && squares <= events * (Int128{kValueMax} * kValueMax);
  }
  if (layout.extremes != 0)
    holds = holds && value(layout.extremes) >= -kValueMax && value(layout.extremes) <= value(layout.extremes + 1u) &&
            value(layout.extremes + 1u) <= kValueMax;
  if (layout.last != 0)
    holds = holds && in_time(value(layout.last)) && value(layout.last + 1u) >= -kValueMax &&
            value(layout.last + 1u) <= kValueMax;
  if (layout.first != 0) holds = holds && in_time(value(layout.first));
  if (layout.values != 0) holds = holds && tile[layout.values] != 0;
  return holds;
}

void read_tile(ByteReader& in, const PlannedSeries& series, Tiles& tiles, WordPool& pool, int64_t& before_us) {
  const TileLayout& layout = series.tile;
  int64_t start_us = 0;
  if (__builtin_mul_overflow(in.signed_varint(), series.hop_us, &start_us) ||
      __builtin_add_overflow(start_us, before_us, &start_us) || start_us > kEventTimeMax.microseconds ||
      start_us < kEventTimeMin.microseconds - series.hop_us || (tiles.count() > 0 && start_us < before_us))
    in.reject();
  if (!in.ok()) return;
  before_us = start_us;
  uint64_t* tile = tiles.insert(tiles.count(), start_us);
  const uint64_t events = in.unsigned_varint(), bad = series.has_labels ? in.unsigned_varint() : 0;
  if (events > UINT32_MAX || bad > events) in.reject();
  tile[1] = in.ok() ? events | bad << 32 : 0;
  const auto word = [&](size_t i) { tile[i] = static_cast<uint64_t>(in.signed_varint()); };
  if (layout.sum != 0) word(layout.sum);
  if (layout.squares != 0) store_wide(tile + layout.squares, read_wide(in));
  if (layout.extremes != 0) word(layout.extremes), word(layout.extremes + 1u);
  if (layout.last != 0) word(layout.last), word(layout.last + 1u);
  if (layout.first != 0) word(layout.first);
  if (layout.values != 0) tile[layout.values] = reinterpret_cast<uint64_t>(read_values(in, pool));
  if (!in.ok() || !plausible(tile, layout)) in.reject();
}

void write_ring(ByteWriter& out, const PlannedSeries& series, Ring& ring, WordPool& pool) {
  const Tiles tiles(ring, series.tile, pool);
  out.unsigned_varint(tiles.count());
  if (tiles.count() == 0) return;
  out.u8(static_cast<uint8_t>(ring.has_merged));
  if (ring.has_merged != 0) out.signed_varint(ring.merged_from_us / series.hop_us);
  int64_t before_us = 0;
  for (uint32_t i = 0; i < tiles.count(); ++i) write_tile(out, tiles[i], series, before_us);
}

void read_ring(ByteReader& in, const PlannedSeries& series, Ring& ring, WordPool& pool) {
  Tiles tiles(ring, series.tile, pool);
  const size_t count = in.count(2);
  if (count == 0) return;
  const uint8_t has_merged = in.u8();
  int64_t merged_from_us = 0;
  if (has_merged > 1) in.reject();
  if (has_merged == 1 && __builtin_mul_overflow(in.signed_varint(), series.hop_us, &merged_from_us)) in.reject();
  int64_t before_us = 0;
  for (size_t i = 0; i < count && in.ok(); ++i) read_tile(in, series, tiles, pool, before_us);
  if (!in.ok()) return;
  if (has_merged == 1 && merged_from_us > tiles.start(0)) in.reject();
  ring.has_merged = has_merged;
  ring.merged_from_us = merged_from_us;
}

}  // namespace

void Engine::State::write(ByteWriter& out) {
  out.u8(kVersion);
  out.digest(set->digest());
  for (const uint64_t bound : bounds_of(limits)) out.unsigned_varint(bound);
  each_count(counts, window_counts, [&](uint64_t count) { out.unsigned_varint(count); });
  out.u8(any_event ? 1 : 0);
  if (any_event) out.signed_varint(watermark_us);
  for (Entity& entity : entities) {
    out.unsigned_varint(entity.keys.size());
    entity.keys.each_from_oldest([&](uint64_t* block) {
      KeyWindows key(block, entity.plan, pool);
      out.u64(block[0]);
      out.u64(block[1]);
      for (const PlannedSeries& series : entity.plan.series) {
        key.settle(series, bounds());  // so that equal engines have equal bytes, whenever they last tidied up
        write_ring(out, series, key.ring(series), pool);
      }
    });
  }
  graphs.write(out);
}

void Engine::State::read_keys(ByteReader& in, Entity& entity) {
  constexpr size_t kHashBytes = 16;
  const size_t count = in.count(kHashBytes);
  if (count > limits.keys_max) in.reject();
  const auto forget = [](uint64_t*) { CHECK(false, "the limit was asked before"); };
  for (size_t i = 0; i < count && in.ok(); ++i) {
    KeyHash key;
    key.high = in.u64();
    key.low = in.u64();
    if (!in.ok() || entity.keys.find(key) != nullptr) return in.reject();
    uint64_t* block = entity.keys.touch(key, forget);
    KeyWindows windows(block, entity.plan, pool);
    windows.begin_new();
    for (const PlannedSeries& series : entity.plan.series) {
      if (in.ok()) read_ring(in, series, windows.ring(series), pool);
    }
  }
}

void Engine::State::read(ByteReader& in) {
  if (in.u8() != kVersion || in.digest() != set->digest()) in.reject();
  for (const uint64_t bound : bounds_of(limits)) {
    if (in.unsigned_varint() != bound) in.reject();
  }
  each_count(counts, window_counts, [&](uint64_t& count) { count = in.unsigned_varint(); });
  const uint8_t any = in.u8();
  if (any > 1) in.reject();
  any_event = any == 1;
  if (any_event) watermark_us = in.signed_varint();
  if (watermark_us < kEventTimeMin.microseconds || watermark_us > kEventTimeMax.microseconds) in.reject();
  for (Entity& entity : entities) {
    if (in.ok()) read_keys(in, entity);
  }
  if (in.ok()) graphs.read(in);
}

std::string Engine::snapshot() const {
  ByteWriter out;
  state_->write(out);
  out.digest(sha256(out.bytes()));
  return out.take();
}

Result<Engine> Engine::restore(std::shared_ptr<const FeatureSet> set, EngineLimits limits, std::string_view bytes) {
  constexpr size_t kDigestBytes = 32;
  const std::string_view body = bytes.substr(0, bytes.size() - std::min(bytes.size(), kDigestBytes));
  if (bytes.size() < kDigestBytes || sha256(body).view() != bytes.substr(body.size()))
    return fail(ErrorCode::corrupt, "engine snapshot",
                "its bytes are not those that were written; rebuild it from the log");
  Engine engine(std::move(set), limits);
  ByteReader in(body);
  engine.state_->read(in);
  TRY(in.finish("an engine snapshot"));
  return engine;
}

}  // namespace puhui::features
