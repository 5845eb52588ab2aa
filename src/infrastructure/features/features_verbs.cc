#include "infrastructure/features/features_verbs.h"

#include <algorithm>

#include "ground/base/date.h"
#include "ground/base/text.h"
#include "infrastructure/features/comparison.h"
#include "infrastructure/features/stream_log.h"

namespace puhui::features {

namespace {

// ---- list, show

struct StreamView {
  std::string stream, set, digest;
  int64_t events = 0, entries = 0, snapshot = 0, rebuilt = 0;
  std::optional<Timestamp> watermark;
  int64_t late = 0, labels = 0, late_labels = 0, keys = 0, tiles = 0, edges = 0, keys_evicted = 0, tiles_merged = 0,
          edges_evicted = 0, overflowed = 0, estimated = 0, memory_bytes = 0;
};
void fields(Shape& shape, StreamView& view) {
  shape.field("stream", view.stream, {.help = "its name"});
  shape.field("set", view.set, {.help = "the feature set in use; empty: none yet"});
  shape.field("digest", view.digest, {.help = "of the set"});
  shape.field("events", view.events, {.help = "in its log"});
  shape.field("entries", view.entries, {.help = "events and labels in its log"});
  shape.field("snapshot", view.snapshot, {.help = "how many entries the newest snapshot has seen"});
  shape.field("rebuilt", view.rebuilt,
              {.help = "how often a write that failed made the engine be built anew since the start"});
  shape.field("watermark", view.watermark, {.help = "the latest time of an accepted event"});
  shape.field("late", view.late, {.help = "events beyond the lateness: counted, without features"});
  shape.field("labels", view.labels);
  shape.field("late_labels", view.late_labels, {.help = "labels of what is no longer kept"});
  shape.field("keys", view.keys, {.help = "kept"});
  shape.field("tiles", view.tiles, {.help = "kept"});
  shape.field("edges", view.edges, {.help = "of the graphs, kept"});
  shape.field("keys_evicted", view.keys_evicted, {.help = "forgotten at the limit: the longest silent first"});
  shape.field("tiles_merged", view.tiles_merged, {.help = "at the limit: the two oldest of a key"});
  shape.field("edges_evicted", view.edges_evicted, {.help = "forgotten at the limit"});
  shape.field("overflowed", view.overflowed, {.help = "values that leave 18 digits: absent"});
  shape.field("estimated", view.estimated, {.help = "distinct counts too large to be exact"});
  shape.field("memory_bytes", view.memory_bytes, {.help = "held, about"});
}

StreamView view_of(const Stream& stream) {
  const StreamStanding standing = stream.standing();
  const EngineCounts counts = stream.counts();
  const auto set = stream.set();
  StreamView out;
  out.stream = stream.name();
  out.events = static_cast<int64_t>(standing.events);
  out.entries = static_cast<int64_t>(standing.entries);
  out.snapshot = static_cast<int64_t>(standing.snapshot_seq);
  out.rebuilt = static_cast<int64_t>(standing.rebuilt);
  if (!set) return out;
  out.set = set->name;
  out.digest = standing.digest.hex();
  if (standing.events > 0) out.watermark = standing.watermark;
  const std::pair<int64_t*, uint64_t> figures[] = {
      {&out.late, counts.late},
      {&out.labels, counts.labels},
      {&out.late_labels, counts.late_labels},
      {&out.keys, counts.keys},
      {&out.tiles, counts.tiles},
      {&out.edges, counts.edges},
      {&out.keys_evicted, counts.keys_evicted},
      {&out.tiles_merged, counts.tiles_merged},
      {&out.edges_evicted, counts.edges_evicted},
      {&out.overflowed, counts.overflowed},
      {&out.estimated, counts.estimated},
      {&out.memory_bytes, counts.bytes},
  };
  for (const auto& [to, from] : figures) *to = static_cast<int64_t>(from);
  return out;
}

std::string line_of(const StreamView& view) {
  return view.stream + "  set " + (view.set.empty() ? "none" : view.set) + " " + view.digest.substr(0, 12) + "  " +
         with_thousands(view.events) + " events, " + with_thousands(view.late) + " late, to " +
         (view.watermark ? text_of(*view.watermark) : "never") + "; " + with_thousands(view.keys) + " keys, " +
         with_thousands(view.tiles) + " tiles, " + with_thousands(view.memory_bytes) + " bytes; evicted " +
         with_thousands(view.keys_evicted) + " keys\n";
}

struct ListRequest {
  int64_t limit = 50;
  std::optional<std::string> after;
};
void fields(Shape& shape, ListRequest& request) {
  shape.field("limit", request.limit, {.help = "how many at most", .min = 1, .max = 1000, .optional = true});
  shape.field("after", request.after, {.help = "`next` of the page before", .max = 256});
}

struct ListAnswer {
  std::vector<StreamView> streams;
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, ListAnswer& answer) {
  shape.field("streams", answer.streams);
  shape.field("next", answer.next, {.help = "where the next page begins"});
  shape.field("at", answer.at);
}

std::string tell(const ListAnswer& answer) {
  std::string out;
  for (const StreamView& view : answer.streams) out += line_of(view);
  return out.empty() ? "No stream yet: grant a scheme that declares features.\n" : out;
}

std::vector<Stream*> sorted(const FeatureVerbNeeds& needs) {
  std::vector<Stream*> out = needs.streams();
  std::ranges::sort(out, {}, [](const Stream* stream) { return stream->name(); });
  return out;
}

Result<ListAnswer> list(const FeatureVerbNeeds& needs, const ListRequest& request) {
  ListAnswer out;
  out.at = needs.clock.now();
  for (const Stream* stream : sorted(needs)) {
    if (request.after && stream->name() <= *request.after) continue;
    if (static_cast<int64_t>(out.streams.size()) == request.limit) {
      out.next = out.streams.back().stream;
      break;
    }
    out.streams.push_back(view_of(*stream));
  }
  return out;
}

struct OfStream {
  std::string stream;
};
void fields(Shape& shape, OfStream& of) {
  shape.field("stream", of.stream, {.help = "its name, as `features list` has it", .min = 1, .max = 256});
}

Result<Stream*> find(const FeatureVerbNeeds& needs, const std::string& name) {
  std::vector<std::string> names;
  for (Stream* stream : sorted(needs)) {
    if (stream->name() == name) return stream;
    names.push_back(stream->name());
  }
  const std::string meant = nearest(name, names);
  return fail(ErrorCode::not_found, "stream",
              "there is no stream '" + name + "'" +
                  (meant.empty() ? "; `features list` names them" : "; did you mean '" + meant + "'?"));
}

struct FeatureView {
  std::string name, aggregate, entity, of, window, help;
};
void fields(Shape& shape, FeatureView& view) {
  shape.field("name", view.name);
  shape.field("aggregate", view.aggregate);
  shape.field("entity", view.entity);
  shape.field("of", view.of, {.help = "the field aggregated"});
  shape.field("window", view.window);
  shape.field("help", view.help);
}

struct ShowAnswer {
  StreamView stream;
  int64_t keys_max = 0, tiles_max = 0, edges_max = 0;
  std::vector<FeatureView> features;
  Timestamp at;
};
void fields(Shape& shape, ShowAnswer& answer) {
  shape.field("stream", answer.stream);
  shape.field("keys_max", answer.keys_max, {.help = "of an entity; beyond it the longest silent is forgotten"});
  shape.field("tiles_max", answer.tiles_max, {.help = "of a key and series; beyond it the two oldest become one"});
  shape.field("edges_max", answer.edges_max, {.help = "of each graph; beyond it the oldest are forgotten"});
  shape.field("features", answer.features);
  shape.field("at", answer.at);
}

std::string tell(const ShowAnswer& answer) {
  std::string out = line_of(answer.stream);
  for (const FeatureView& feature : answer.features) {
    out += "  " + feature.name + "  " + feature.aggregate + (feature.of.empty() ? "" : " of " + feature.of) +
           (feature.entity.empty() ? "" : " by " + feature.entity) +
           (feature.window.empty() ? "" : ", " + feature.window) + "\n";
  }
  return out;
}

Result<ShowAnswer> show(const FeatureVerbNeeds& needs, const OfStream& of) {
  const Stream* stream = TRY(find(needs, of.stream));
  ShowAnswer out{.stream = view_of(*stream), .at = needs.clock.now()};
  const EngineLimits& limits = stream->limits();
  out.keys_max = static_cast<int64_t>(limits.keys_max);
  out.tiles_max = static_cast<int64_t>(limits.tiles_max);
  out.edges_max = static_cast<int64_t>(limits.edges_max);
  const auto set = stream->set();
  if (!set) return out;
  for (const Feature& one : set->features) {
    out.features.push_back({one.name, std::string(names_of(&one.aggregate)[static_cast<size_t>(one.aggregate)]),
                            one.entity, one.of, one.window, one.help});
  }
  return out;
}

// ---- read

struct ReadRequest {
  std::string stream;
  Json event;
  std::optional<Timestamp> when;
};
void fields(Shape& shape, ReadRequest& request) {
  shape.field("stream", request.stream, {.help = "its name", .min = 1, .max = 256});
  shape.field("fields", request.event,
              {.help = "of the event, by name; personal ones need evidence.personal", .personal = true});
  shape.field("when", request.when, {.help = "when it would happen; now when absent"});
}

struct ReadValue {
  std::string name;
  std::optional<std::string> value;
  std::string help;
};
void fields(Shape& shape, ReadValue& value) {
  shape.field("name", value.name);
  shape.field("value", value.value, {.help = "a number; absent: nothing is known"});
  shape.field("help", value.help);
}

struct ReadAnswer {
  std::string stream, digest;
  std::vector<ReadValue> features;
  Timestamp at;
};
void fields(Shape& shape, ReadAnswer& answer) {
  shape.field("stream", answer.stream);
  shape.field("digest", answer.digest, {.help = "of the set"});
  shape.field("features", answer.features);
  shape.field("at", answer.at);
}

std::string tell(const ReadAnswer& answer) {
  std::string out;
  for (const ReadValue& value : answer.features) out += value.name + "  " + value.value.value_or("absent") + "\n";
  return out;
}

// The windows of a personal key say what its owner did: whoever may not see that may not ask for one key after the other.
Result<void> check_right(const FeatureSet& set, const Event& event, const Caller& caller) {
  if (caller.may(kPersonalPermission)) return {};
  Faults faults;
  for (size_t i = 0; i < set.fields.size(); ++i) {
    if (!set.fields[i].personal || !event.values[i].present) continue;
    faults.add("fields/" + set.fields[i].name,
               "it is personal: to ask for it needs " + std::string(kPersonalPermission));
  }
  return std::move(faults).result(ErrorCode::forbidden);
}

Result<ReadAnswer> read(const FeatureVerbNeeds& needs, const VerbCall& call, const ReadRequest& request) {
  const Stream* stream = TRY(find(needs, request.stream));
  const auto set = stream->set();
  if (!set) return fail(ErrorCode::unavailable, request.stream, "this stream has no features yet");
  Event event = TRY(read_event(*set, request.event));
  TRY(check_right(*set, event, call.caller));
  const Timestamp now = needs.clock.now();
  event.at = request.when.value_or(now);
  const auto values = TRY(stream->peek(*set, event));
  ReadAnswer out{stream->name(), stream->standing().digest.hex(), {}, now};
  for (size_t i = 0; i < values.size(); ++i) {
    ReadValue& value = out.features.emplace_back();
    value.name = set->features[i].name;
    value.help = set->features[i].help;
    if (values[i].present) value.value = values[i].number.text();
  }
  return out;
}

// ---- verify

struct VerifyAnswer {
  std::string stream, digest;
  int64_t events = 0, labels = 0, late = 0, values = 0, unequal = 0;
  bool engine_equal = false, bit_equal = false, forgot = false;
  std::optional<std::string> first;
  Timestamp at;
};
void fields(Shape& shape, VerifyAnswer& answer) {
  shape.field("stream", answer.stream);
  shape.field("digest", answer.digest, {.help = "of the set"});
  shape.field("events", answer.events, {.help = "of the log, computed again"});
  shape.field("labels", answer.labels);
  shape.field("late", answer.late, {.help = "events beyond the set's lateness"});
  shape.field("engine_equal", answer.engine_equal, {.help = "an engine from the log alone has the live one's bytes"});
  shape.field("values", answer.values, {.help = "held against each other, one an event and feature"});
  shape.field("unequal", answer.unequal, {.help = "where online and offline differ"});
  shape.field("bit_equal", answer.bit_equal, {.help = "online = offline, every one"});
  shape.field("forgot", answer.forgot, {.help = "the engine reached a limit, so that it may know less than the batch"});
  shape.field("first", answer.first, {.help = "the first difference"});
  shape.field("at", answer.at);
}

std::string tell(const VerifyAnswer& answer) {
  std::string out = with_thousands(answer.events) + " events and " + with_thousands(answer.labels) + " labels of " +
                    answer.stream + " computed again: the engine is " +
                    (answer.engine_equal ? "the same to the byte" : "ANOTHER ONE") + "; ";
  if (answer.bit_equal) return out + "online = offline, " + with_thousands(answer.values) + " values bit-equal\n";
  out += with_thousands(answer.unequal) + " of " + with_thousands(answer.values) + " values differ offline, first " +
         answer.first.value_or("");
  return out + (answer.forgot ? "; the engine had reached a limit and forgot\n" : "\n");
}

struct Logged {
  std::vector<BatchEvent> events;
  std::vector<BatchLabel> labels;
};

Result<Logged> read_logged(const FeatureVerbNeeds& needs, const Stream& stream, uint64_t until) {
  Logged out;
  std::unordered_map<Id128, uint32_t, IdHash> places;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    return stream.each_logged(reader, until, [&](const LogEntry& entry) -> Result<void> {
      const auto here = static_cast<uint32_t>(out.events.size());
      if (entry.is_label) {
        const auto place = places.find(entry.event.id);
        if (place != places.end()) out.labels.push_back({place->second, here, entry.bad});
        return {};
      }
      if (out.events.size() >= kVerifiedEventsMax) {
        return fail(ErrorCode::exhausted, stream.name(),
                    "expected at most " + std::to_string(kVerifiedEventsMax) + " events to be verified at once");
      }
      places.try_emplace(entry.event.id, here);
      out.events.push_back({entry.event});
      return {};
    });
  }));
  return out;
}

Result<VerifyAnswer> verify(const FeatureVerbNeeds& needs, const VerbCall& call, const OfStream& of) {
  const Stream* stream = TRY(find(needs, of.stream));
  const auto set = stream->set();
  uint64_t seq = 0;
  const std::string live = TRY(stream->engine_bytes(seq));
  call.progress.step("the log read", 0, seq);
  const Logged logged = TRY(read_logged(needs, *stream, seq));
  const EngineAgainstBatch run =
      TRY(compare({set, stream->limits(), false}, logged.events, logged.labels, call.progress,
                  [](size_t, std::span<const FeatureValue>) -> Result<void> { return {}; }));
  if (stream->set() != set)
    return fail(ErrorCode::unavailable, of.stream, "another set was adopted meanwhile: ask again");
  VerifyAnswer out{stream->name(), set->digest().hex()};
  out.events = static_cast<int64_t>(run.events);
  out.labels = static_cast<int64_t>(logged.labels.size());
  out.late = static_cast<int64_t>(run.late);
  out.values = static_cast<int64_t>(run.values);
  out.unequal = static_cast<int64_t>(run.unequal);
  out.engine_equal = run.snapshot == live;
  out.bit_equal = run.unequal == 0;
  out.forgot = run.forgot();
  if (run.first) {
    out.first = "event " + std::to_string(run.first->event + 1) + ", " + run.first->feature + ": online " +
                run.first->online + ", offline " + run.first->offline;
  }
  out.at = needs.clock.now();
  return out;
}

}  // namespace

std::vector<Verb> feature_verbs(const FeatureVerbNeeds* needs) {
  std::vector<Verb> out = feature_file_verbs();
  out.push_back(make_verb<ListRequest, ListAnswer>(
      {.noun = "features",
       .verb = "list",
       .help = "The streams of this bank: their features, how far they are, what they hold and forgot."},
      [needs](const VerbCall&, const ListRequest& request) { return list(*needs, request); }, tell));
  out.push_back(make_verb<OfStream, ShowAnswer>(
      {.noun = "features",
       .verb = "show",
       .help = "One stream: its figures, its limits and its features.",
       .words = {"stream"}},
      [needs](const VerbCall&, const OfStream& of) { return show(*needs, of); }, tell));
  out.push_back(make_verb<ReadRequest, ReadAnswer>(
      {.noun = "features", .verb = "read", .help = "What an event with these fields would see now; nothing is added."},
      [needs](const VerbCall& call, const ReadRequest& request) { return read(*needs, call, request); }, tell));
  out.push_back(make_verb<OfStream, VerifyAnswer>(
      {.noun = "features",
       .verb = "verify",
       .help =
           "Computes a stream's whole log again, by a new engine and by the batch, and says whether all is bit-equal.",
       .words = {"stream"}},
      [needs](const VerbCall& call, const OfStream& of) { return verify(*needs, call, of); }, tell));
  return out;
}

}  // namespace puhui::features
