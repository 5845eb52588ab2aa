// Any bytes as a row of a stream's log: read or refused, never more; what is read and packed again reads the same.
#include "ground/base/bytes.h"
#include "ground/base/check.h"
#include "infrastructure/features/stream_log.h"

using namespace puhui;
using namespace puhui::features;

namespace {

std::vector<LogEntry> read(const LogDecoder& decoder, std::string_view row, bool& well) {
  std::vector<LogEntry> out;
  well = decoder
             .each(row, 1, 0,
                   [&](const LogEntry& entry) -> Result<void> {
                     out.push_back(entry);
                     return {};
                   })
             .has_value();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const FeatureSet set = *FeatureSet::parse(
      R"({"name": "s", "event": "e", "fields": [{"name": "k", "type": "key"}, {"name": "n", "type": "number", "places": 2},
          {"name": "t", "type": "text"}, {"name": "b", "type": "boolean"}], "features": []})");
  static const std::vector<Layout> layouts = {{0, set}};
  static const LogDecoder decoder(layouts, std::make_shared<const FeatureSet>(set));
  // Both as it is, and with the hash that belongs to it, so that what lies behind the hash is reached.
  const std::string_view plain(reinterpret_cast<const char*>(data), size);
  ByteWriter hashed;
  hashed.raw(plain);
  hashed.u64(hash64(plain));
  for (const std::string_view row : {plain, std::string_view(hashed.bytes())}) {
    bool well = false;
    const std::vector<LogEntry> entries = read(decoder, row, well);
    if (!well || entries.empty()) continue;
    LogBatch batch;
    for (const LogEntry& entry : entries) {
      if (entry.is_label) batch.add_label(set, entry.event, entry.before, entry.bad, entry.known_at);
      if (!entry.is_label) batch.add_event(set, entry.event);
    }
    size_t at = 0;
    for (const LogBatch::PackedRow& packed : batch.rows(0)) {
      for (const LogEntry& again : read(decoder, packed.bytes, well)) {
        CHECK(again.event == entries[at].event && again.is_label == entries[at].is_label, "reads as it was packed");
        CHECK(again.before == entries[at].before && again.known_at == entries[at].known_at, "with its label");
        ++at;
      }
      CHECK(well, "what was packed reads");
    }
    CHECK(at == entries.size(), "nothing is lost");
  }
  return 0;
}
