#include "infrastructure/kernel/follower.h"

#include <algorithm>

#include "infrastructure/kernel/kernel.h"

namespace puhui::kernel {

namespace {

constexpr uint64_t kRecordsAtOnce = 2048;  // decoded outside the store's writer, written inside it
constexpr uint16_t kNode = 0;

// What a projection without the right to sealed facts gets of a record's facts.
std::vector<evidence::FactValue> without_sealed(std::vector<evidence::FactValue> facts, const Version& version) {
  const auto& specs = version.facts().facts;
  for (size_t i = 0; i < facts.size() && i < specs.size(); ++i) {
    if (specs[i].sealed) facts[i] = std::monostate();
  }
  return facts;
}

}  // namespace

Result<uint64_t> followed_to(Reader& reader, std::string_view projection) {
  const auto sequence = TRY(reader.integer("SELECT sequence FROM kernel_follower WHERE name = ?", {projection}));
  return static_cast<uint64_t>(sequence.value_or(0));
}

Result<void> Follower::add(Projection& projection) {
  Fed fed{&projection, 0};
  TRY(store_.read([&](Reader& reader) -> Result<void> {
    fed.cursor = TRY(followed_to(reader, projection.name()));
    return {};
  }));
  fed_.push_back(fed);
  return {};
}

uint64_t Follower::behind() const {
  uint64_t out = 0;
  for (const Fed& fed : fed_) out = std::max(out, evidence_.records() - std::min(evidence_.records(), fed.cursor));
  return out;
}

Result<uint64_t> Follower::follow(uint64_t records_max, Progress& progress) {
  uint64_t read = 0;
  while (read < records_max && !fed_.empty() && !progress.stop_requested()) {
    const uint64_t start = std::min_element(fed_.begin(), fed_.end(), [](const Fed& a, const Fed& b) {
                             return a.cursor < b.cursor;
                           })->cursor;
    std::vector<evidence::StoredRecord> records;
    std::optional<evidence::RecordId> after;
    if (start > 0) after = evidence::RecordId::make({}, kNode, start);
    TRY(evidence_.each(after, std::min(kRecordsAtOnce, records_max - read),
                       [&](const evidence::StoredRecord& record) -> Result<void> {
                         records.push_back(record);
                         return {};
                       }));
    if (records.empty()) break;
    std::vector<Fed*> hungry;
    for (Fed& fed : fed_) {
      if (fed.cursor < records.back().id.sequence()) hungry.push_back(&fed);
    }
    TRY(feed(hungry, records));
    read += records.size();
    progress.step("evidence followed", records.back().id.sequence(), evidence_.records());
  }
  return read;
}

Result<void> Follower::catch_up(Progress& progress) {
  constexpr uint64_t kRecordsARound = uint64_t{1} << 20;
  while (TRY(follow(kRecordsARound, progress)) > 0) {
  }
  return {};
}

Result<void> Follower::feed(std::span<Fed*> hungry, std::span<const evidence::StoredRecord> records) {
  std::shared_ptr<const Version> version;  // of the record before: mostly of the next too
  for (const evidence::StoredRecord& record : records) {
    const auto circumstances = TRY(evidence::decode_circumstances(record.circumstances));
    const bool judged = record.kind == evidence::RecordKind::decision || record.kind == evidence::RecordKind::shadow;
    if (!judged) {
      for (Fed* fed : hungry) {
        if (record.id.sequence() > fed->cursor) fed->projection->see_act(record, circumstances);
      }
      continue;
    }
    const auto judgement = TRY(evidence::decode_judgement(record.judgement));
    if (!version || version->digest() != judgement.permit)
      version = kernel_.find_version(judgement.permit).value_or(nullptr);
    std::vector<evidence::FactValue> all, open;
    if (record.kind == evidence::RecordKind::decision && record.facts) {
      all = std::move(TRY(evidence::decode_facts(*record.facts)).facts);
      if (version) open = without_sealed(all, *version);
    }
    for (Fed* fed : hungry) {
      if (record.id.sequence() <= fed->cursor) continue;
      const auto& facts = fed->projection->reads_sealed() && version ? all : open;
      fed->projection->see({record, judgement, circumstances, version.get(), facts});
    }
  }
  const auto last = static_cast<int64_t>(records.back().id.sequence());
  for (Fed* fed : hungry) {
    const auto written = store_.write([&](Transaction& tx) -> Result<void> {
      TRY(fed->projection->flush(tx));
      TRY(
          tx.execute("INSERT INTO kernel_follower (name, sequence) VALUES (?, ?) "
                     "ON CONFLICT (name) DO UPDATE SET sequence = excluded.sequence",
                     {fed->projection->name(), last}));
      return {};
    });
    if (!written) {
      fed->projection->dropped();
      for (Fed* other : hungry) {
        if (other > fed) other->projection->dropped();
      }
      return fail(at("projection " + std::string(fed->projection->name()), written.error()));
    }
    fed->projection->settled();
    fed->cursor = static_cast<uint64_t>(last);
  }
  return {};
}

}  // namespace puhui::kernel
