#include "applications/fraud/replay_compare.h"

#include "infrastructure/features/batch_table.h"
#include "infrastructure/features/stream_log.h"

namespace puhui::fraud {

namespace {

constexpr uint64_t kRecordsPerPage = 4096, kTellEvery = 16'384;

struct Log {
  std::vector<features::BatchEvent> events;
  std::vector<features::BatchLabel> labels;
};

Result<Log> read_whole_log(Store& store, const features::Stream& stream) {
  Log out;
  std::map<Id128, uint32_t> places;
  TRY(store.read([&](Reader& reader) {
    return stream.each_logged(reader, stream.standing().entries, [&](const features::LogEntry& entry) -> Result<void> {
      const auto next = static_cast<uint32_t>(out.events.size());
      if (!entry.is_label) {
        places.try_emplace(entry.event.id, next);
        out.events.push_back({entry.event});
        return {};
      }
      const auto place = places.find(entry.event.id);
      if (place == places.end()) {
        return fail(ErrorCode::corrupt, stream.name(), "its log labels an event that it does not hold");
      }
      out.labels.push_back({place->second, next, entry.bad});
      return {};
    });
  }));
  // Labels that no event is after: nothing was decided with them.
  std::erase_if(out.labels, [&](const features::BatchLabel& label) { return label.before >= out.events.size(); });
  return out;
}

// The decisions' records in the order of the chain, a page at a time.
class Records {
 public:
  explicit Records(const evidence::EvidenceLog& evidence) : evidence_(evidence) {}
  // The record of that id, which comes after those asked for before.
  Result<const evidence::StoredRecord*> next(const evidence::RecordId& id) {
    for (;;) {
      while (at_ < page_.size()) {
        const evidence::StoredRecord& record = page_[at_++];
        if (record.id == id) return &record;
      }
      if (TRY(read_page()) == 0) return fail(ErrorCode::corrupt, "evidence", "a decision's record is missing");
    }
  }

 private:
  Result<size_t> read_page() {
    page_.clear();
    at_ = 0;
    TRY(evidence_.each(last_, kRecordsPerPage, [&](const evidence::StoredRecord& record) -> Result<void> {
      page_.push_back(record);
      return {};
    }));
    if (!page_.empty()) last_ = page_.back().id;
    return page_.size();
  }

  const evidence::EvidenceLog& evidence_;
  std::optional<evidence::RecordId> last_;
  std::vector<evidence::StoredRecord> page_;
  size_t at_ = 0;
};

// Which fact of a version is which feature of the set.
struct Bound {
  std::vector<std::pair<size_t, size_t>> facts;
};

class Comparison {
 public:
  Comparison(const kernel::Kernel& kernel, const features::FeatureSet& set) : kernel_(kernel), set_(set) {}
  OnlineOffline out;

  Result<void> add(const Fed& fed, const evidence::StoredRecord& record,
                   std::span<const features::FeatureValue> batch) {
    if (record.kind != evidence::RecordKind::decision) return {};  // held for a person without a judgement
    if (!record.facts) return {};
    const auto judgement = TRY(evidence::decode_judgement(record.judgement));
    const Bound& bound = *TRY(bound_of(judgement.permit));
    const auto payload = TRY(evidence::decode_facts(*record.facts));
    for (const auto& [fact, feature] : bound.facts) {
      ++out.values;
      const evidence::FactValue expected = features::fact_of(batch[feature]);
      if (fact < payload.facts.size() && payload.facts[fact] == expected) continue;
      out.equal = false;
      if (out.first_difference) continue;
      const std::string recorded = fact < payload.facts.size() ? evidence::text_of(payload.facts[fact]) : "nothing";
      out.first_difference = "row " + std::to_string(fed.row) + ", " + set_.features[feature].name + ": decided on " +
                             recorded + ", the batch says " + evidence::text_of(expected);
    }
    ++out.rows;
    return {};
  }

 private:
  Result<const Bound*> bound_of(const Digest& permit) {
    const auto found = bound_.find(permit);
    if (found != bound_.end()) return &found->second;
    const auto version = TRY(kernel_.find_version(permit));
    Bound bound;
    const auto& facts = version->facts().facts;
    for (size_t i = 0; i < facts.size(); ++i) {
      if (const auto feature = set_.find_feature(facts[i].name)) bound.facts.emplace_back(i, *feature);
    }
    return &bound_.emplace(permit, std::move(bound)).first->second;
  }

  const kernel::Kernel& kernel_;
  const features::FeatureSet& set_;
  std::map<Digest, Bound> bound_;
};

}  // namespace

Result<OnlineOffline> compare_with_batch(const ReplayNeeds& needs, const std::string& scheme,
                                         const std::deque<Fed>& fed, Progress& progress) {
  const features::Stream& stream = *needs.desk.stream(scheme);
  const auto set = stream.set();
  progress.step("reading the stream's log", 0, 0);
  Log log = TRY(read_whole_log(needs.store, stream));
  progress.step("computing in batch", 0, 0);
  auto batch = TRY(features::BatchTable::prepare(*set, log.events, std::move(log.labels), progress));
  Records records(needs.evidence);
  Comparison comparison(needs.kernel, *set);
  std::vector<features::FeatureValue> seen(set->features.size());
  size_t next = 0;
  for (const Fed& one : fed) {
    if (one.how != Fed::How::decided && one.how != Fed::How::observed) continue;
    if (next == log.events.size())
      return fail(ErrorCode::corrupt, stream.name(), "its log ends before the replay's payments");
    if (log.events[next].event.at != one.at) {
      return fail(ErrorCode::corrupt, stream.name(),
                  "its log holds another payment in the place of row " + std::to_string(one.row));
    }
    batch.next(seen);
    if (one.how == Fed::How::decided) TRY(comparison.add(one, *TRY(records.next(one.decision)), seen));
    if (++next % kTellEvery == 0) progress.step("decisions compared with the batch", next, log.events.size());
  }
  return std::move(comparison.out);
}

}  // namespace puhui::fraud
