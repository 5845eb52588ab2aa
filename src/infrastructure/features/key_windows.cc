#include "infrastructure/features/key_windows.h"

#include "infrastructure/features/window_reading.h"

namespace puhui::features {

namespace {

// What the event is to a series, before any window is looked at.
struct ToSeries {
  bool counts = false;
  int64_t start_us = 0;  // of its tile
  CurrentEvent current;
};

ToSeries to_series(const PlannedSeries& series, SeenEvent& seen) {
  ToSeries out;
  out.current.at_us = seen.at_us;
  out.start_us = tile_start(seen.at_us, series.hop_us);
  out.counts = true;
  if (series.of) {
    const FieldValue& value = seen.event->values[*series.of];
    out.counts = value.present && !(series.of_text && value.text.empty());
    if (value.present) out.current.value = value.number;
    if (out.counts && series.tile.values != 0) out.current.hash = seen.hash_of(*series.of);
  }
  out.counts = out.counts && seen.passes(series.filter);
  return out;
}

bool may_change(const uint64_t* tile, int bad_change) {
  return bad_change == 0 || (bad_change > 0 ? bad_of(tile) < events_of(tile) : bad_of(tile) > 0);
}

}  // namespace

void KeyWindows::prefetch() const {
  for (const PlannedSeries& series : entity_.series) {
    const Ring& at = ring(series);
    if (at.count == 0) continue;
    const size_t words = series.tile.words;
    __builtin_prefetch(at.words + size_t{at.begin + at.count - 1} * words);
    for (const PlannedWindow& window : series.windows)
      __builtin_prefetch(at.words + (at.begin + static_cast<uint32_t>(block_[window.at_word])) * words);
  }
}

void KeyWindows::read(SeenEvent& seen, std::span<FeatureValue> out, WindowCounts& counts) {
  const int64_t at_us = seen.at_us;
  const bool in_order = at_us >= cursor_us();
  for (const PlannedSeries& series : entity_.series) {
    ToSeries event = to_series(series, seen);
    const Tiles all = tiles(series);
    for (const PlannedWindow& window : series.windows) {
      const int64_t low_us = window.low_us(at_us), high_us = window.high_us(at_us);
      event.current.counts = event.counts && event.start_us <= high_us;
      if (in_order) {
        WindowSums here = sums(series, window);
        here.advance(all, low_us, high_us);
        read_features(series, window, all, here, event.current, pool_, out, counts);
        continue;
      }
      uint64_t words[16] = {};
      WindowSums apart(words, window, series.tile, pool_);
      apart.start_at(all, low_us);
      apart.advance(all, low_us, high_us);
      read_features(series, window, all, apart, event.current, pool_, out, counts);
      apart.clear();
    }
  }
  if (in_order) set_cursor(at_us);
}

void KeyWindows::peek(SeenEvent& seen, std::span<FeatureValue> out) const {
  WindowCounts not_counted;
  const int64_t at_us = seen.at_us;
  for (const PlannedSeries& series : entity_.series) {
    ToSeries event = to_series(series, seen);
    const Tiles all = tiles(series);
    for (const PlannedWindow& window : series.windows) {
      const int64_t low_us = window.low_us(at_us), high_us = window.high_us(at_us);
      event.current.counts = event.counts && event.start_us <= high_us;
      uint64_t words[16] = {};
      WindowSums apart(words, window, series.tile, pool_);
      if (at_us >= cursor_us() && window.sums.values == 0) {
        std::memcpy(words, block_ + window.at_word, window.sums.words * sizeof(uint64_t));
      } else {
        apart.start_at(all, low_us);
      }
      apart.advance(all, low_us, high_us);
      read_features(series, window, all, apart, event.current, pool_, out, not_counted);
      apart.clear();
    }
  }
}

void KeyWindows::add(SeenEvent& seen, const WindowBounds& bounds, WindowCounts& counts) {
  for (const PlannedSeries& series : entity_.series) {
    const ToSeries event = to_series(series, seen);
    if (!event.counts) continue;
    add_to(series, {.at_us = seen.at_us, .value = event.current.value.value_or(0), .hash = event.current.hash}, bounds,
           counts);
  }
}

void KeyWindows::add_to(const PlannedSeries& series, const Mark& mark, const WindowBounds& bounds,
                        WindowCounts& counts) {
  Tiles all = tiles(series);
  if (all.is_full()) settle(series, bounds);
  const int64_t start_us = tile_start(mark.at_us, series.hop_us);
  uint32_t i = all.count();
  if (i > 0 && all.start(i - 1) > start_us) i = all.first_after(start_us);
  const bool stands = i > 0 && all.start(i - 1) == start_us && fits(all[i - 1], series.tile, mark);
  if (stands) {
    --i;
  } else {
    all.insert(i, start_us);
    for (const PlannedWindow& window : series.windows)
      sums(series, window).tile_inserted(start_us, window.low_us(cursor_us()), window.high_us(cursor_us()));
  }
  features::add(all[i], series.tile, mark);
  for (const PlannedWindow& window : series.windows) {
    WindowSums here = sums(series, window);
    if (here.holds(i)) here.add(mark);
  }
  if (series.tile.values != 0) add_value(series, i, mark.hash);
  if (all.count() <= bounds.tiles_max) return;
  settle(series, bounds);
  while (all.count() > bounds.tiles_max && all.count() > 1 && all.first_two_fit()) {
    merge_oldest(series);
    ++counts.tiles_merged;
  }
}

void KeyWindows::add_value(const PlannedSeries& series, uint32_t i, uint64_t hash) {
  uint64_t* tile = tiles(series)[i];
  ValueSet* set = values_of(tile, series.tile);
  const auto each_inside = [&](auto change) {
    for (const PlannedWindow& window : series.windows) {
      WindowSums here = sums(series, window);
      if (here.has_values() && here.holds(i)) change(here);
    }
  };
  if (set != nullptr && set->holds(hash)) return;
  const bool becomes_sketch = set != nullptr && !set->is_sketch() && set->is_full();
  const bool is_sketch = set != nullptr && set->is_sketch();
  if (becomes_sketch) each_inside([&](WindowSums& here) { leave(here.values(), set); });
  set = with_value(set, hash, pool_);
  tile[series.tile.values] = reinterpret_cast<uint64_t>(set);
  each_inside([&](WindowSums& here) {
    if (is_sketch) {
      enter_sketched(here.values(), hash);
    } else if (becomes_sketch) {
      here.set_values(enter(here.values(), set, pool_));
    } else {
      here.set_values(enter(here.values(), hash, pool_));
    }
  });
}

void KeyWindows::settle(const PlannedSeries& series, const WindowBounds& bounds) {
  Tiles all = tiles(series);
  const int64_t limit_us = bounds.kept_from_us - series.reach_us;
  if (series.unbounded) {
    while (all.count() > 1 && all.start(1) <= limit_us && all.first_two_fit()) merge_oldest(series);
    return;
  }
  const uint32_t gone = all.first_after(limit_us);
  if (gone == 0) return;
  // Windows behind their time (the key's last events came late) let go of what goes.
  std::array<bool, kFeaturesMax> stale{};
  for (size_t w = 0; w < series.windows.size(); ++w) {
    WindowSums here = sums(series, series.windows[w]);
    for (uint32_t i = here.first(); i < gone && i < here.behind(); ++i) stale[w] |= here.give_out(all[i]);
    here.first_tiles_go(gone);
  }
  for (uint32_t i = 0; i < gone; ++i) all.drop_first();
  for (size_t w = 0; w < series.windows.size(); ++w) {
    if (stale[w]) sums(series, series.windows[w]).refresh_extremes(all);
  }
}

void KeyWindows::merge_oldest(const PlannedSeries& series) {
  Tiles all = tiles(series);
  std::array<bool, kFeaturesMax> stays_inside{}, stale{};
  for (size_t w = 0; w < series.windows.size(); ++w) {
    WindowSums here = sums(series, series.windows[w]);
    stays_inside[w] = here.holds(1);
    if (here.holds(0)) stale[w] |= here.give_out(all[0]);
    if (here.holds(1)) stale[w] |= here.give_out(all[1]);
  }
  all.merge_first_two();
  for (size_t w = 0; w < series.windows.size(); ++w) {
    WindowSums here = sums(series, series.windows[w]);
    here.first_tiles_go(1);
    if (stays_inside[w]) here.take_in(all[0]);
    if (stale[w]) here.refresh_extremes(all);
  }
}

KeyWindows::Labelled KeyWindows::label(SeenEvent& seen, int bad_change, const WindowBounds& bounds) {
  Labelled out = Labelled::nowhere_asked;
  for (const PlannedSeries& series : entity_.series) {
    if (!series.has_labels || !to_series(series, seen).counts) continue;
    if (out == Labelled::nowhere_asked) out = Labelled::not_kept;
    settle(series, bounds);
    const Tiles all = tiles(series);
    const int64_t start_us = tile_start(seen.at_us, series.hop_us);
    const bool merged = all.count() > 0 && all.merged_over(start_us);
    const uint32_t end = std::max<uint32_t>(all.first_after(start_us), merged ? 1 : 0);
    uint32_t i = merged ? 0 : all.first_from(start_us);
    // A tile is never more bad than it has events: labels of events it never saw change nothing.
    while (i < end && !may_change(all[i], bad_change)) ++i;
    if (i == end) continue;
    out = Labelled::changed;
    all[i][1] += static_cast<uint64_t>(int64_t{bad_change} * (int64_t{1} << 32));
    for (const PlannedWindow& window : series.windows) {
      WindowSums here = sums(series, window);
      if (here.holds(i)) here.add_bad(bad_change);
    }
  }
  return out;
}

void KeyWindows::clear() {
  for (const PlannedSeries& series : entity_.series) {
    for (const PlannedWindow& window : series.windows) sums(series, window).clear();
    tiles(series).clear();
  }
  std::memset(block_, 0, entity_.block_words * sizeof(uint64_t));
}

}  // namespace puhui::features
