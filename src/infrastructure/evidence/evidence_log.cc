#include "infrastructure/evidence/evidence_log.h"

#include <set>

#include "ground/base/check.h"
#include "ground/base/text.h"

namespace puhui::evidence {

namespace {

// kind · id · SHA-256 of judgement, circumstances, facts: what a link is made over.
std::string header_of(RecordKind kind, RecordId id, std::string_view judgement, std::string_view circumstances,
                      const Digest& facts) {
  ByteWriter to;
  to.u8(static_cast<uint8_t>(kind));
  to.id(id);
  to.digest(sha256(judgement));
  to.digest(sha256(circumstances));
  to.digest(facts);
  return to.take();
}

Digest first_link(uint16_t node) { return sha256("puhui evidence chain of node " + std::to_string(node)); }

const AppendTable& record_table() {
  static const AppendTable table{
      "evidence_record",
      {"node", "sequence", "id_high", "kind", "judgement", "circumstances", "facts", "facts_digest", "link"}};
  return table;
}

// What the act of an erasure says; verify() reads from it which facts may be gone.
constexpr std::string_view kErasedBefore = " decisions before ", kErasedBy = " erased by retention";

std::string erasure_words(int64_t erased, Timestamp before) {
  return "facts of " + std::to_string(erased) + std::string(kErasedBefore) + text_of(before) + std::string(kErasedBy);
}

std::optional<Timestamp> erased_before(std::string_view words) {
  const size_t start = words.find(kErasedBefore);
  if (start == std::string_view::npos || !words.ends_with(kErasedBy)) return std::nullopt;
  words.remove_prefix(start + kErasedBefore.size());
  words.remove_suffix(kErasedBy.size());
  const auto before = parse_timestamp(words);
  return before ? std::optional(*before) : std::nullopt;
}

constexpr std::string_view kErasedBySubject = " decisions erased by a right of the subject: ";

std::string erasure_words(int64_t erased, std::span<const RecordId> decisions) {
  std::string out = "facts of " + std::to_string(erased) + std::string(kErasedBySubject);
  for (size_t i = 0; i < decisions.size(); ++i) out += (i == 0 ? "" : " ") + decisions[i].text();
  return out;
}

// Those an act names as erased by a right of their subject; empty for any other act.
std::set<Id128> erased_by_subject(std::string_view words) {
  const size_t start = words.find(kErasedBySubject);
  std::set<Id128> out;
  if (start == std::string_view::npos) return out;
  for (const std::string_view id : split(words.substr(start + kErasedBySubject.size()), ' ')) {
    if (const auto parsed = Id128::parse(id)) out.insert(*parsed);
  }
  return out;
}

// Ids below it are of moments before `before`, to the millisecond.
uint64_t id_high_bound(Timestamp before) { return static_cast<uint64_t>(before.microseconds / 1000) << 16; }

constexpr std::string_view kColumns =
    "node, sequence, id_high, kind, judgement, circumstances, facts, facts_digest, link";

Result<StoredRecord> read_record(const Row& row) {
  StoredRecord out;
  out.id = RecordId(Id128{static_cast<uint64_t>(row.integer(2)), static_cast<uint64_t>(row.integer(1))});
  const auto kind = row.integer(3);
  const auto facts_digest = Digest::from_bytes(row.bytes(7)), link = Digest::from_bytes(row.bytes(8));
  if (!facts_digest || !link || kind < 1 || kind > kRecordKindMax) {
    return fail(ErrorCode::corrupt, "record " + out.id.text(), "its kind or a digest is not what was written");
  }
  out.kind = static_cast<RecordKind>(kind);
  out.judgement = row.bytes(4);
  out.circumstances = row.bytes(5);
  if (!row.is_null(6)) out.facts = row.bytes(6);
  out.facts_digest = *facts_digest;
  out.link = *link;
  return out;
}

}  // namespace

std::vector<Migration> migrations() {
  return {{"evidence", 1,
           "CREATE TABLE evidence_record (node {int} NOT NULL, sequence {int} NOT NULL, id_high {int} NOT NULL, "
           "kind {int} NOT NULL, judgement {bytes} NOT NULL, circumstances {bytes} NOT NULL, facts {bytes}, "
           "facts_digest {bytes} NOT NULL, link {bytes} NOT NULL, PRIMARY KEY (node, sequence)) {clustered};"
           "CREATE TABLE evidence_head (node {int} NOT NULL PRIMARY KEY, sequence {int} NOT NULL, "
           "link {bytes} NOT NULL);"
           "CREATE TABLE evidence_person (name {text} NOT NULL PRIMARY KEY, public_key {text} NOT NULL, "
           "may_approve {int} NOT NULL, added_at {int} NOT NULL)"},
          {"evidence", 2,
           "CREATE TABLE evidence_outcome (node {int} NOT NULL, sequence {int} NOT NULL, name {text} NOT NULL, "
           "id_high {int} NOT NULL, value {int} NOT NULL, known_at {int} NOT NULL, "
           "PRIMARY KEY (node, sequence, name)) {clustered}"}};
}

Result<std::unique_ptr<EvidenceLog>> EvidenceLog::open(Store& store, uint16_t node) {
  std::unique_ptr<EvidenceLog> log(new EvidenceLog(store, node));
  log->head_ = first_link(node);
  TRY(store.read([&](Reader& reader) {
    return reader.each("SELECT sequence, link FROM evidence_head WHERE node = ?", {int64_t{node}},
                       [&](const Row& row) -> Result<void> {
                         const auto link = Digest::from_bytes(row.bytes(1));
                         if (!link) return fail(ErrorCode::corrupt, "evidence_head", "its link is not 32 bytes");
                         log->next_sequence_ = static_cast<uint64_t>(row.integer(0)) + 1;
                         log->head_ = *link;
                         return {};
                       });
  }));
  log->flushed_head_ = log->head_;
  log->next_ = log->next_sequence_;
  store.join(*log);
  return log;
}

RecordId EvidenceLog::append(RecordKind kind, std::string judgement, const Circumstances& circumstances,
                             std::string facts) {
  const RecordId id = RecordId::make(circumstances.at, node_, next_sequence_ + pending_.size());
  pending_.push_back({id, kind, std::move(judgement), encode(circumstances), std::move(facts)});
  return id;
}

RecordId EvidenceLog::append_decision(std::string judgement, const Circumstances& circumstances, std::string facts) {
  return append(RecordKind::decision, std::move(judgement), circumstances, std::move(facts));
}

RecordId EvidenceLog::append_act(RecordKind kind, std::string words, const Circumstances& circumstances) {
  CHECK(kind != RecordKind::decision, "a decision is appended with its facts");
  return append(kind, std::move(words), circumstances, "");
}

void EvidenceLog::begin_closure() { closure_start_ = pending_.size(); }

void EvidenceLog::undo_closure() { pending_.resize(closure_start_, Pending{}); }

Result<void> EvidenceLog::flush(Transaction& tx) {
  flushed_head_ = head_;
  if (pending_.empty()) return {};
  std::vector<Digest> digests;  // facts digest and link of each, alive until append returns
  digests.reserve(pending_.size() * 2);
  std::vector<Param> cells;
  cells.reserve(pending_.size() * record_table().columns.size());
  for (const Pending& record : pending_) {
    const Digest& facts = digests.emplace_back(sha256(record.facts));
    flushed_head_ =
        sha256(flushed_head_.view(), header_of(record.kind, record.id, record.judgement, record.circumstances, facts));
    const Digest& link = digests.emplace_back(flushed_head_);
    for (Param cell : {Param(int64_t{node_}), Param(static_cast<int64_t>(record.id.low)),
                       Param(static_cast<int64_t>(record.id.high)), Param(static_cast<int64_t>(record.kind)),
                       Param(BytesView{record.judgement}), Param(BytesView{record.circumstances}),
                       Param(BytesView{record.facts}), Param(BytesView{facts.view()}), Param(BytesView{link.view()})}) {
      cells.push_back(cell);
    }
  }
  TRY(tx.append(record_table(), cells));
  const int64_t last = static_cast<int64_t>(pending_.back().id.low);
  const auto updated = TRY(tx.execute("UPDATE evidence_head SET sequence = ?, link = ? WHERE node = ?",
                                      {last, BytesView{flushed_head_.view()}, int64_t{node_}}));
  if (updated == 0) {
    TRY(tx.execute("INSERT INTO evidence_head (node, sequence, link) VALUES (?, ?, ?)",
                   {int64_t{node_}, last, BytesView{flushed_head_.view()}}));
  }
  return {};
}

void EvidenceLog::committed() {
  head_ = flushed_head_;
  next_sequence_ += pending_.size();
  pending_.clear();
  next_.store(next_sequence_, std::memory_order_relaxed);
}

void EvidenceLog::aborted() {
  pending_.clear();
  flushed_head_ = head_;
}

Result<StoredRecord> EvidenceLog::find(RecordId id) const {
  std::optional<StoredRecord> found;
  TRY(store_.read([&](Reader& reader) {
    return reader.each("SELECT " + std::string(kColumns) + " FROM evidence_record WHERE node = ? AND sequence = ?",
                       {int64_t{id.node()}, static_cast<int64_t>(id.sequence())}, [&](const Row& row) -> Result<void> {
                         found = TRY(read_record(row));
                         return {};
                       });
  }));
  if (!found || found->id != id) return fail(ErrorCode::not_found, "no evidence record has the id " + id.text());
  return *std::move(found);
}

Result<void> EvidenceLog::each(std::optional<RecordId> after, uint64_t limit,
                               const std::function<Result<void>(const StoredRecord&)>& visit) const {
  const int64_t node = after ? after->node() : node_;
  const int64_t sequence = after ? static_cast<int64_t>(after->sequence()) : 0;
  return store_.read([&](Reader& reader) {
    return reader.each("SELECT " + std::string(kColumns) +
                           " FROM evidence_record WHERE node = ? AND sequence > ? ORDER BY sequence LIMIT ?",
                       {node, sequence, static_cast<int64_t>(std::min<uint64_t>(limit, INT64_MAX))},
                       [&](const Row& row) -> Result<void> { return visit(TRY(read_record(row))); });
  });
}

namespace {

// Follows one node's chain record by record. Facts may be gone only where a later act says that they were erased.
class ChainWalk {
 public:
  explicit ChainWalk(uint16_t node) : node_(node), link_(first_link(node)) {}

  void step(const StoredRecord& record, ChainReport& report) {
    if (report.first_break) return;
    ++report.records;
    const auto broken = [&](std::string what) { report.first_break = ChainReport::Break{record.id, std::move(what)}; };
    if (record.id.sequence() != expected_) {
      return broken("expected record " + std::to_string(expected_) + " of node " + std::to_string(node_) + ", came " +
                    std::to_string(record.id.sequence()) + ": records are missing");
    }
    ++expected_;
    if (!record.facts) {
      if (record.kind != RecordKind::decision) return broken("it is an act, and what goes with it is gone");
      ++report.facts_erased;
      unexplained_.push_back(record.id);
    } else if (sha256(*record.facts) != record.facts_digest) {
      return broken("its facts differ from those it was decided on");
    }
    link_ = sha256(link_.view(),
                   header_of(record.kind, record.id, record.judgement, record.circumstances, record.facts_digest));
    if (link_ != record.link) {
      return broken("its id, kind, judgement, circumstances, facts digest or link was changed");
    }
    if (record.kind != RecordKind::erasure) return;
    if (const auto before = erased_before(record.judgement)) {
      std::erase_if(unexplained_, [&](const RecordId& id) { return id.high < id_high_bound(*before); });
    } else if (const auto named = erased_by_subject(record.judgement); !named.empty()) {
      std::erase_if(unexplained_, [&](const RecordId& id) { return named.contains(id); });
    }
  }

  void finish(uint64_t head_sequence, const Digest& head, ChainReport& report) const {
    if (report.first_break) return;
    if (head_sequence + 1 != expected_ || head != link_) {
      report.first_break = ChainReport::Break{RecordId::make({}, node_, expected_),
                                              "the chain ends after " + std::to_string(expected_ - 1) +
                                                  " records, its head says " + std::to_string(head_sequence)};
    } else if (!unexplained_.empty()) {
      report.first_break = ChainReport::Break{unexplained_.front(),
                                              "its facts are gone, and no act of retention says that they were erased"};
    }
  }

 private:
  uint16_t node_;
  uint64_t expected_ = 1;
  Digest link_;
  std::vector<RecordId> unexplained_;  // facts gone, no act seen yet that says so
};

struct Head {
  uint16_t node;
  uint64_t sequence;
  Digest link;
};

// A node with records has a head: looks for one without, skipping from node to node.
Result<void> find_headless(Reader& reader, const std::vector<Head>& heads, ChainReport& report) {
  int64_t node = -1;
  while (const auto next = TRY(reader.integer("SELECT MIN(node) FROM evidence_record WHERE node > ?", {node}))) {
    node = *next;
    if (std::any_of(heads.begin(), heads.end(), [&](const Head& head) { return head.node == node; })) continue;
    report.first_break = ChainReport::Break{RecordId::make({}, static_cast<uint16_t>(node), 1),
                                            "node " + std::to_string(node) + " has records, but its head is gone"};
    return {};
  }
  return {};
}

}  // namespace

Result<ChainReport> EvidenceLog::verify(Progress& progress) const {
  ChainReport report;
  TRY(store_.read([&](Reader& reader) -> Result<void> {
    std::vector<Head> heads;
    uint64_t total = 0;
    TRY(reader.each("SELECT node, sequence, link FROM evidence_head ORDER BY node", {},
                    [&](const Row& row) -> Result<void> {
                      heads.push_back({static_cast<uint16_t>(row.integer(0)), static_cast<uint64_t>(row.integer(1)),
                                       Digest::from_bytes(row.bytes(2)).value_or(Digest{})});
                      total += heads.back().sequence;
                      return {};
                    }));
    TRY(find_headless(reader, heads, report));
    for (const Head& head : heads) {
      ChainWalk walk(head.node);
      TRY(reader.each(
          "SELECT " + std::string(kColumns) + " FROM evidence_record WHERE node = ? ORDER BY sequence",
          {int64_t{head.node}}, [&](const Row& row) -> Result<void> {
            auto record = read_record(row);
            if (record) {
              walk.step(*record, report);
            } else if (!report.first_break) {
              report.first_break = ChainReport::Break{
                  RecordId(Id128{static_cast<uint64_t>(row.integer(2)), static_cast<uint64_t>(row.integer(1))}),
                  record.error().faults.front().message};
            }
            if (report.records % 8192 == 0) progress.step("records verified", report.records, total);
            return {};
          }));
      walk.finish(head.sequence, head.link, report);
    }
    progress.step("records verified", report.records, total);
    return {};
  }));
  return report;
}

Result<uint64_t> EvidenceLog::erase_facts(Timestamp before, const Circumstances& by) {
  uint64_t erased = 0;
  const auto high_bound = static_cast<int64_t>(id_high_bound(before));
  TRY(store_.write([&](Transaction& tx) -> Result<void> {
    const int64_t changed = TRY(tx.execute(
        "UPDATE evidence_record SET facts = NULL WHERE node = ? AND id_high < ? AND kind = ? AND facts IS NOT NULL",
        {int64_t{node_}, high_bound, static_cast<int64_t>(RecordKind::decision)}));
    erased = static_cast<uint64_t>(changed);
    if (erased > 0) {
      append_act(RecordKind::erasure, erasure_words(changed, before), by);
    }
    return {};
  }));
  return erased;
}

Result<uint64_t> EvidenceLog::erase_facts_of(Transaction& tx, std::span<const RecordId> decisions,
                                             const Circumstances& by) {
  if (decisions.size() > kErasedAtOnceMax) {
    return fail(ErrorCode::exhausted, "expected at most " + std::to_string(kErasedAtOnceMax) +
                                          " decisions at once, came " + std::to_string(decisions.size()));
  }
  int64_t erased = 0;
  for (const RecordId& id : decisions) {
    if (id.node() != node_) return fail(ErrorCode::invalid, "record " + id.text(), "lies in another node's chain");
    erased += TRY(tx.execute(
        "UPDATE evidence_record SET facts = NULL WHERE node = ? AND sequence = ? AND kind = ? AND facts IS NOT NULL",
        {int64_t{node_}, static_cast<int64_t>(id.sequence()), static_cast<int64_t>(RecordKind::decision)}));
  }
  if (erased > 0) append_act(RecordKind::erasure, erasure_words(erased, decisions), by);
  return static_cast<uint64_t>(erased);
}

}  // namespace puhui::evidence
