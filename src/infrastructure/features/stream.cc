#include "infrastructure/features/stream.h"

#include <condition_variable>
#include <thread>
#include <unordered_map>

#include "ground/base/check.h"
#include "ground/base/date.h"
#include "infrastructure/features/stream_log.h"
#include "infrastructure/features/stream_snapshot.h"

namespace puhui::features {

namespace {

constexpr uint64_t kLastStretchEntries = 4'096;  // of an adoption: what the writer replays while events wait

// One set in use: all that hangs on it.
struct Adopted {
  std::shared_ptr<const FeatureSet> set;
  Digest digest, variant;
  int64_t ahead_us = 0;
  uint32_t layout = 0;
  std::vector<Layout> layouts;  // with its own
  std::shared_ptr<const LogDecoder> decoder;
};

Result<Adopted> adopted_of(std::vector<Layout> layouts, std::shared_ptr<const FeatureSet> set,
                           const EngineLimits& limits) {
  TRY(check_layouts(layouts, *set));
  Adopted out{.set = set, .digest = set->digest()};
  out.variant = variant_of(out.digest, limits);
  out.ahead_us = parse_duration(set->ahead).value_or(0);
  out.layout = static_cast<uint32_t>(layouts.size());
  for (const Layout& layout : layouts) {
    if (same_layout(layout.set.fields, set->fields)) out.layout = layout.number;
  }
  if (out.layout == layouts.size()) {
    Layout own{.number = out.layout};
    own.set.name = set->name;
    own.set.fields = set->fields;
    layouts.push_back(std::move(own));
  }
  out.layouts = std::move(layouts);
  out.decoder = std::make_shared<const LogDecoder>(out.layouts, std::move(set));
  return out;
}

}  // namespace

std::vector<Migration> migrations() {
  return {{"features", 1,
           "CREATE TABLE features_layout (stream {text} NOT NULL, layout {int} NOT NULL, fields {text} NOT NULL, "
           "PRIMARY KEY (stream, layout));"
           "CREATE TABLE features_log (stream {text} NOT NULL, seq {int} NOT NULL, entries {int} NOT NULL, "
           "labels {int} NOT NULL, events_through {int} NOT NULL, at_min {int}, at_max {int}, bytes {bytes} NOT NULL, "
           "PRIMARY KEY (stream, seq));"
           "CREATE TABLE features_snapshot (stream {text} NOT NULL, variant {bytes} NOT NULL, seq {int} NOT NULL, "
           "part {int} NOT NULL, parts {int} NOT NULL, bytes {bytes} NOT NULL, "
           "PRIMARY KEY (stream, variant, seq, part))"}};
}

// Invariant, with `mutex` held and not `dirty`: the engine has seen exactly the log's entries up to head.entries and then
// those of `batch`.
struct Stream::State {
  EngineLimits limits;
  uint64_t entries_per_snapshot = 0;
  std::mutex adopting, snapshotting;  // one at a time; taken before `mutex`

  mutable std::mutex mutex;
  std::condition_variable settled;  // no batch is open
  std::optional<Adopted> in_use;
  std::optional<Engine> engine;
  LogHead head;  // durable
  LogBatch batch;
  size_t closure_start = 0;
  bool dirty = false;  // the engine saw what never came to be
  std::vector<FeatureValue> scratch;
  uint64_t rebuilt = 0;

  // A set on its way in: an engine that has seen the durable log, taken over when its batch is committed.
  struct Incoming {
    Adopted adopted;
    Restored restored;
    bool broken = false;
  };
  std::shared_ptr<Incoming> incoming;
  bool incoming_in_closure = false;

  // Automatic snapshots.
  std::thread worker;
  std::condition_variable wanted;
  uint64_t snapshot_seq = 0;  // seen by the newest one
  bool due = false, stopping = false;

  Result<void> rebuild(Reader& reader, const StreamNeeds& needs, const std::string& name);
  Result<void> check_by(const FeatureSet& by, const std::string& name) const;
  void take_over();
};

Result<void> Stream::State::check_by(const FeatureSet& by, const std::string& name) const {
  if (!in_use)
    return fail(ErrorCode::unavailable, name, "this stream has no features yet: grant a scheme that declares them");
  if (&by == in_use->set.get() || by.digest() == in_use->digest) return {};
  return fail(ErrorCode::unavailable, name, "another feature set was adopted meanwhile: read the event again");
}

// From the newest snapshot and the log behind it, then what this batch gathered.
Result<void> Stream::State::rebuild(Reader& reader, const StreamNeeds& needs, const std::string& name) {
  Restored again = TRY(restore_newest(reader, name, in_use->set, limits, head.entries, needs.log));
  while (TRY(replay_page(reader, name, *in_use->decoder, again))) {
  }
  for (const LogBatch::PackedRow& row : batch.rows(in_use->layout)) {
    // Rows of this batch that the reader sees already were committed meanwhile, and counted.
    const uint64_t first = head.entries + 1 + row.before;
    TRY(in_use->decoder->each(row.bytes, first, again.seq, [&](const LogEntry& entry) -> Result<void> {
      replay(entry, again.engine, scratch);
      return {};
    }));
  }
  engine.emplace(std::move(again.engine));
  dirty = false;
  ++rebuilt;
  needs.log.info("features_rebuilt", {{"stream", name}, {"entries", static_cast<int64_t>(head.entries)}});
  return {};
}

Stream::Stream(StreamNeeds needs, std::string name, EngineLimits limits, uint64_t entries_per_snapshot)
    : needs_(needs), name_(std::move(name)), state_(std::make_unique<State>()) {
  state_->limits = limits;
  state_->entries_per_snapshot = entries_per_snapshot;
  needs_.store.join(*this);
}

Stream::~Stream() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wanted.notify_all();
  if (state_->worker.joinable()) state_->worker.join();
}

std::shared_ptr<const FeatureSet> Stream::set() const {
  const std::lock_guard lock(state_->mutex);
  return state_->in_use ? state_->in_use->set : nullptr;
}

Result<void> Stream::adopt(std::shared_ptr<const FeatureSet> set, Progress& progress) {
  const std::lock_guard one_at_a_time(state_->adopting);
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->in_use && state_->in_use->digest == set->digest()) return {};
  }
  std::vector<Layout> layouts;
  LogHead head;
  std::optional<Restored> restored;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    layouts = TRY(read_layouts(reader, name_));
    head = TRY(read_head(reader, name_));
    restored.emplace(TRY(restore_newest(reader, name_, set, state_->limits, head.entries, needs_.log)));
    return {};
  }));
  const size_t layouts_before = layouts.size();
  auto incoming = std::make_shared<State::Incoming>(
      State::Incoming{TRY(adopted_of(std::move(layouts), set, state_->limits)), *std::move(restored)});
  const uint64_t snapshot_seq = incoming->restored.seq;
  while (incoming->restored.seq + kLastStretchEntries < head.entries) {
    TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
      TRY(replay_page(reader, name_, *incoming->adopted.decoder, incoming->restored));
      head = TRY(read_head(reader, name_));
      return {};
    }));
    progress.step("events of " + name_, incoming->restored.seq, head.entries);
    if (progress.stop_requested()) return fail(ErrorCode::unavailable, name_, "asked to end; adopt it again");
  }
  return needs_.store.write([&](Transaction& tx) -> Result<void> {
    if (incoming->broken) return fail(ErrorCode::unavailable, name_, "its log could not be read; adopt it again");
    incoming->broken = true;  // half a page may have been seen
    while (TRY(replay_page(tx, name_, *incoming->adopted.decoder, incoming->restored))) {
    }
    incoming->broken = false;
    if (incoming->adopted.layout == layouts_before) {
      TRY(write_layout(tx, name_, incoming->adopted.layouts.back()));
    }
    const LogHead durable = TRY(read_head(tx, name_));
    const std::lock_guard lock(state_->mutex);
    if (state_->in_use) {
      TRY(drop_other_snapshots(tx, name_, incoming->adopted.variant, state_->in_use->variant));
    }
    state_->head = durable;
    state_->snapshot_seq = snapshot_seq;
    state_->incoming = incoming;
    state_->incoming_in_closure = true;
    return {};
  });
}

// Its batch is durable: gives the incoming engine what the batch added, and makes it the one in use.
void Stream::State::take_over() {
  Incoming& in = *incoming;
  Restored& restored = in.restored;
  if (in_use) {
    const LogDecoder from_batch(in_use->layouts, in.adopted.set);
    for (const LogBatch::PackedRow& row : batch.rows(in_use->layout)) {
      const auto read = from_batch.each(row.bytes, head.entries + 1 + row.before, restored.seq,
                                        [&](const LogEntry& entry) -> Result<void> {
                                          replay(entry, restored.engine, scratch);
                                          return {};
                                        });
      CHECK(read.has_value(), "what was just written reads");
    }
  }
  in_use = std::move(in.adopted);
  engine.emplace(std::move(restored.engine));
  dirty = false;
  incoming.reset();
}

Result<Observation> Stream::observe(Transaction& tx, const FeatureSet& by, const Event& event,
                                    std::span<FeatureValue> out) {
  State& state = *state_;
  const std::lock_guard lock(state.mutex);
  TRY(state.check_by(by, name_));
  const Timestamp now = needs_.clock.now();
  if (event.at.microseconds > now.microseconds + state.in_use->ahead_us) {
    return fail(ErrorCode::invalid, "at",
                "expected a time at most " + state.in_use->set->ahead + " beyond the clock (" + text_of(now) +
                    "), came " + text_of(event.at) + ": it would make all others late");
  }
  if (state.dirty) TRY(state.rebuild(tx, needs_, name_));
  Observation seen;
  state.dirty = true;  // should memory run out between the two
  seen.standing = state.engine->observe(event, out);
  state.batch.add_event(*state.in_use->set, event);
  state.dirty = false;
  seen.seq = state.head.entries + state.batch.size();
  return seen;
}

Result<void> Stream::label(Transaction& tx, const FeatureSet& by, const Event& event, std::optional<bool> before,
                           bool bad, Timestamp known_at) {
  State& state = *state_;
  const std::lock_guard lock(state.mutex);
  TRY(state.check_by(by, name_));
  if (state.dirty) TRY(state.rebuild(tx, needs_, name_));
  state.dirty = true;
  state.engine->label(event, before, bad);
  state.batch.add_label(*state.in_use->set, event, before, bad, known_at);
  state.dirty = false;
  return {};
}

// Nobody waits for one of the store's readers while holding `mutex`: who reads already may be waiting for that.
Result<void> Stream::with_engine(const std::function<Result<void>()>& visit) const {
  State& state = *state_;
  {
    const std::lock_guard lock(state.mutex);
    if (!state.in_use || !state.dirty) return visit();
  }
  return needs_.store.read([&](Reader& reader) -> Result<void> {
    const std::lock_guard lock(state.mutex);
    if (state.dirty) TRY(state.rebuild(reader, needs_, name_));
    return visit();
  });
}

Result<std::vector<FeatureValue>> Stream::peek(const FeatureSet& by, const Event& event) const {
  std::vector<FeatureValue> out;
  TRY(with_engine([&]() -> Result<void> {
    TRY(state_->check_by(by, name_));
    out.resize(state_->in_use->set->features.size());
    state_->engine->peek(event, out);
    return {};
  }));
  return out;
}

EngineCounts Stream::counts() const {
  const std::lock_guard lock(state_->mutex);
  return state_->engine ? state_->engine->counts() : EngineCounts{};
}

StreamStanding Stream::standing() const {
  const std::lock_guard lock(state_->mutex);
  StreamStanding out{state_->head.entries, state_->head.events, state_->snapshot_seq, state_->rebuilt, {}, {}};
  if (!state_->engine) return out;
  out.watermark = state_->engine->watermark();
  out.digest = state_->in_use->digest;
  return out;
}

uint64_t Stream::events() const {
  const std::lock_guard lock(state_->mutex);
  return state_->head.events;
}

Result<std::string> Stream::engine_bytes(uint64_t& seq) const {
  State& state = *state_;
  std::optional<std::string> out;
  while (!out) {
    TRY(with_engine([&]() -> Result<void> {
      if (!state.in_use) return fail(ErrorCode::unavailable, name_, "this stream has no features yet");
      if (state.batch.size() > 0) return {};
      seq = state.head.entries;
      out = state.engine->snapshot();
      return {};
    }));
    std::unique_lock lock(state.mutex);
    if (!out) state.settled.wait(lock, [&] { return state.batch.size() == 0; });
  }
  return *std::move(out);
}

Result<void> Stream::snapshot() {
  State& state = *state_;
  const std::lock_guard one_at_a_time(state.snapshotting);
  Digest variant;
  {
    const std::lock_guard lock(state.mutex);
    if (!state.in_use || state.head.entries == state.snapshot_seq) return {};
    variant = state.in_use->variant;
  }
  uint64_t seq = 0;
  const std::string bytes = TRY(engine_bytes(seq));
  TRY(write_snapshot(needs_.store, name_, variant, seq, bytes));
  const std::lock_guard lock(state.mutex);
  if (state.in_use->variant == variant) state.snapshot_seq = std::max(state.snapshot_seq, seq);
  return {};
}

// An engine of its own, from the last snapshot and the log: costs its memory for a while, and the writer nothing.
Result<void> Stream::snapshot_behind() {
  State& state = *state_;
  const std::lock_guard one_at_a_time(state.snapshotting);
  std::shared_ptr<const FeatureSet> set;
  std::shared_ptr<const LogDecoder> decoder;
  Digest variant;
  uint64_t head = 0;
  {
    const std::lock_guard lock(state.mutex);
    set = state.in_use->set, decoder = state.in_use->decoder, variant = state.in_use->variant;
    head = state.head.entries;
  }
  std::optional<Restored> restored;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    restored.emplace(TRY(restore_newest(reader, name_, set, state.limits, head, needs_.log)));
    return {};
  }));
  for (bool more = true; more && restored->seq < head;) {
    TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
      more = TRY(replay_page(reader, name_, *decoder, *restored));
      return {};
    }));
    const std::lock_guard lock(state.mutex);
    if (state.stopping) return {};
  }
  TRY(write_snapshot(needs_.store, name_, variant, restored->seq, restored->engine.snapshot()));
  const std::lock_guard lock(state.mutex);
  if (state.in_use->variant == variant) state.snapshot_seq = std::max(state.snapshot_seq, restored->seq);
  return {};
}

void Stream::work() {
  State& state = *state_;
  for (;;) {
    {
      std::unique_lock lock(state.mutex);
      state.wanted.wait(lock, [&] { return state.due || state.stopping; });
      if (state.stopping) return;
    }
    auto written = snapshot_behind();
    const std::lock_guard lock(state.mutex);
    state.due = false;
    if (written || state.stopping) continue;
    // Not lost: a start replays more of the log. Tried again after as many events.
    state.snapshot_seq = state.head.entries;
    needs_.log.warning("features_snapshot_failed", {{"stream", name_}, {"why", written.error().text()}});
  }
}

void Stream::begin_closure() {
  const std::lock_guard lock(state_->mutex);
  state_->closure_start = state_->batch.size();
  state_->incoming_in_closure = false;
}

void Stream::undo_closure() {
  const std::lock_guard lock(state_->mutex);
  if (state_->batch.size() > state_->closure_start) {
    state_->dirty = true;
    state_->batch.truncate(state_->closure_start);
  }
  if (state_->incoming_in_closure) state_->incoming.reset();
}

Result<void> Stream::flush(Transaction& tx) {
  const std::lock_guard lock(state_->mutex);
  if (state_->batch.size() == 0) return {};
  return append_rows(tx, name_, state_->head, state_->batch, state_->in_use->layout);
}

void Stream::committed() {
  State& state = *state_;
  const std::lock_guard lock(state.mutex);
  if (state.incoming) state.take_over();
  state.head.entries += state.batch.size();
  state.head.events += state.batch.events();
  state.batch.clear();
  state.settled.notify_all();
  if (!state.in_use || state.due || state.stopping) return;
  if (state.head.entries - state.snapshot_seq < state.entries_per_snapshot) return;
  state.due = true;
  if (!state.worker.joinable()) state.worker = std::thread([this] { work(); });
  state.wanted.notify_one();
}

void Stream::aborted() {
  State& state = *state_;
  const std::lock_guard lock(state.mutex);
  if (state.batch.size() > 0) state.dirty = true;
  state.batch.clear();
  state.incoming.reset();
  state.settled.notify_all();
}

Result<std::vector<BatchEvent>> Stream::history(Reader& reader, Timestamp from, Timestamp to,
                                                Timestamp known_by) const {
  std::shared_ptr<const LogDecoder> decoder;
  {
    const std::lock_guard lock(state_->mutex);
    if (!state_->in_use) return fail(ErrorCode::unavailable, name_, "this stream has no features yet");
    decoder = state_->in_use->decoder;
  }
  std::vector<BatchEvent> out;
  std::unordered_map<Id128, size_t, IdHash> places;
  const auto take = [&](const LogEntry& entry) -> Result<void> {
    if (!entry.is_label) {
      if (entry.event.at < from || entry.event.at >= to) return {};
      places.try_emplace(entry.event.id, out.size());
      out.push_back({entry.event});
      return {};
    }
    const auto place = places.find(entry.event.id);
    if (place == places.end() || entry.known_at > known_by) return {};
    out[place->second].bad = entry.bad;
    out[place->second].label_at = entry.known_at;
    return {};
  };
  TRY(read_log_between(reader, name_, *decoder, from, to, take));
  return out;
}

const EngineLimits& Stream::limits() const { return state_->limits; }

Result<void> Stream::each_logged(Reader& reader, uint64_t until,
                                 const std::function<Result<void>(const LogEntry&)>& visit) const {
  std::shared_ptr<const LogDecoder> decoder;
  {
    const std::lock_guard lock(state_->mutex);
    if (!state_->in_use) return fail(ErrorCode::unavailable, name_, "this stream has no features yet");
    decoder = state_->in_use->decoder;
  }
  const auto visit_until = [&](const LogEntry& entry) { return entry.seq <= until ? visit(entry) : Result<void>(); };
  for (uint64_t seen = 0; seen < until;) {
    const uint64_t next = TRY(read_log(reader, name_, *decoder, seen, kLogRowsPerPage, visit_until));
    if (next == seen) return fail(ErrorCode::corrupt, name_, "its log ends before entry " + std::to_string(until));
    seen = next;
  }
  return {};
}

}  // namespace puhui::features
