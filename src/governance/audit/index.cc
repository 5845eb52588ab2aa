#include "governance/audit/index.h"

#include <algorithm>
#include <optional>
#include <set>

#include "ground/base/bytes.h"
#include "infrastructure/kernel/decision.h"

namespace puhui::audit {

namespace {

enum class TermKind : uint8_t { use_case, outcome, permit, model, reason, rule };

// 63 bits of a SHA-256: a dictionary of terms would be one more table to keep in step, and among a million terms two
// of the same number are less likely than one in ten million.
int64_t term_of(TermKind kind, std::string_view text) {
  const Digest digest = sha256(std::string(1, static_cast<char>(kind)), text);
  return static_cast<int64_t>(ByteReader(digest.view()).u64() >> 1);
}

std::string_view without_scope(std::string_view use_case) { return use_case.substr(0, use_case.find('/')); }

std::vector<int64_t> terms_of(const kernel::Seen& seen) {
  const evidence::Judgement& judgement = seen.judgement;
  std::set<int64_t> out;
  out.insert(term_of(TermKind::use_case, judgement.use_case));
  out.insert(term_of(TermKind::use_case, without_scope(judgement.use_case)));
  out.insert(term_of(TermKind::outcome, kernel::outcome_of(judgement)));
  out.insert(term_of(TermKind::permit, judgement.permit.view()));
  for (const evidence::Reason& reason : judgement.reasons) out.insert(term_of(TermKind::reason, reason.code));
  if (seen.version) {
    for (const evidence::NamedDigest& artefact : seen.version->permit().manifest.artefacts) {
      const bool model = artefact.name.starts_with(kernel::kModelPrefix);
      if (model) out.insert(term_of(TermKind::model, artefact.digest.view()));
    }
    const auto rules = seen.version->policy().rules();
    for (const uint32_t rule : judgement.rules_hit) {
      if (rule < rules.size()) out.insert(term_of(TermKind::rule, rule_name(rules[rule].owner, rules[rule].number)));
    }
  }
  return {out.begin(), out.end()};
}

std::vector<int64_t> terms_of(const DecisionFilter& filter) {
  std::vector<int64_t> out;
  if (!filter.use_case.empty()) out.push_back(term_of(TermKind::use_case, filter.use_case));
  if (!filter.outcome.empty()) out.push_back(term_of(TermKind::outcome, filter.outcome));
  if (filter.permit) out.push_back(term_of(TermKind::permit, filter.permit->view()));
  if (filter.model) out.push_back(term_of(TermKind::model, filter.model->view()));
  if (!filter.reason.empty()) out.push_back(term_of(TermKind::reason, filter.reason));
  if (!filter.rule.empty()) out.push_back(term_of(TermKind::rule, filter.rule));
  return out;
}

// The decisions of one block and their moments, in the order of their places.
struct Block {
  Places decisions;
  std::vector<int64_t> times;

  std::string encoded_times() const {
    ByteWriter to;
    int64_t last = 0;
    for (const int64_t time : times) to.signed_varint(time - last), last = time;
    return to.take();
  }
  Result<void> read_times(std::string_view bytes) {
    ByteReader from(bytes);
    times.resize(decisions.count());
    int64_t last = 0;
    for (int64_t& time : times) time = last += from.signed_varint();
    return from.finish("the moments of a block of decisions");
  }
};

Result<Block> read_block(Reader& reader, uint64_t block) {
  Block out;
  TRY(reader.each("SELECT decisions, times FROM audit_block WHERE node = ? AND block = ?",
                  {int64_t{kIndexNode}, static_cast<int64_t>(block)}, [&](const Row& row) -> Result<void> {
                    out.decisions = TRY(Places::decode(row.bytes(0)));
                    return out.read_times(row.bytes(1));
                  }));
  return out;
}

Result<void> write_block(Transaction& tx, uint64_t number, const Block& block) {
  const auto [first, last] = std::minmax_element(block.times.begin(), block.times.end());
  const std::string decisions = block.decisions.encode(), times = block.encoded_times();
  TRY(tx.execute(
      "INSERT INTO audit_block (node, block, decisions, times, first_at, last_at) VALUES (?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (node, block) DO UPDATE SET decisions = excluded.decisions, times = excluded.times, "
      "first_at = excluded.first_at, last_at = excluded.last_at",
      {int64_t{kIndexNode}, static_cast<int64_t>(number), BytesView{decisions}, BytesView{times}, *first, *last}));
  return {};
}

Result<void> add_posting(Transaction& tx, int64_t term, uint64_t block, Places places) {
  const auto stands = TRY(tx.bytes("SELECT places FROM audit_posting WHERE node = ? AND term = ? AND block = ?",
                                   {int64_t{kIndexNode}, term, static_cast<int64_t>(block)}));
  if (stands) places |= TRY(Places::decode(*stands));
  const std::string bytes = places.encode();
  TRY(
      tx.execute("INSERT INTO audit_posting (node, term, block, places) VALUES (?, ?, ?, ?) "
                 "ON CONFLICT (node, term, block) DO UPDATE SET places = excluded.places",
                 {int64_t{kIndexNode}, term, static_cast<int64_t>(block), BytesView{bytes}}));
  return {};
}

}  // namespace

std::string rule_name(std::string_view owner, uint32_t number) {
  return std::string(owner) + ", rule " + std::to_string(number);
}

void DecisionIndex::see(const kernel::Seen& seen) {
  if (seen.record.kind != evidence::RecordKind::decision) return;
  gathered_.push_back({seen.record.id.sequence(), seen.circumstances.at, seen.circumstances.entity, terms_of(seen)});
}

Result<void> DecisionIndex::flush(Transaction& tx) {
  static const AppendTable entity_table{"audit_entity", {"entity", "node", "sequence"}};
  std::map<uint64_t, Block> blocks;
  std::map<std::pair<int64_t, uint64_t>, Places> postings;
  std::vector<std::string> entities;
  entities.reserve(gathered_.size());
  std::vector<Param> cells;
  for (const Entry& entry : gathered_) {
    const uint64_t number = block_of(entry.sequence);
    auto block = blocks.find(number);
    if (block == blocks.end()) block = blocks.emplace(number, TRY(read_block(tx, number))).first;
    block->second.decisions.add(place_of(entry.sequence));
    block->second.times.push_back(entry.at.microseconds);
    for (const int64_t term : entry.terms) postings[{term, number}].add(place_of(entry.sequence));
    entities.push_back(entry.entity.bytes());
    cells.insert(cells.end(), {Param(BytesView{entities.back()}), Param(int64_t{kIndexNode}),
                               Param(static_cast<int64_t>(entry.sequence))});
  }
  for (const auto& [number, block] : blocks) TRY(write_block(tx, number, block));
  for (const auto& [key, places] : postings) TRY(add_posting(tx, key.first, key.second, places));
  if (!cells.empty()) TRY(tx.append(entity_table, cells));
  return {};
}

namespace {

using Candidates = PlacesByBlock;

Result<Candidates> read_candidates(Reader& reader, std::string_view sql, std::span<const Param> params) {
  Candidates out;
  TRY(reader.each(sql, params, [&](const Row& row) -> Result<void> {
    out.emplace(static_cast<uint64_t>(row.integer(0)), TRY(Places::decode(row.bytes(1))));
    return {};
  }));
  return out;
}

Result<Candidates> of_term(Reader& reader, int64_t term) {
  const Param params[] = {int64_t{kIndexNode}, term};
  return read_candidates(reader, "SELECT block, places FROM audit_posting WHERE node = ? AND term = ?", params);
}

Result<Candidates> of_all(Reader& reader) {
  const Param params[] = {int64_t{kIndexNode}};
  return read_candidates(reader, "SELECT block, decisions FROM audit_block WHERE node = ?", params);
}

Result<Candidates> of_entity(Reader& reader, const Id128& entity) {
  Candidates out;
  const std::string bytes = entity.bytes();
  TRY(reader.each("SELECT sequence FROM audit_entity WHERE entity = ? AND node = ?",
                  {BytesView{bytes}, int64_t{kIndexNode}}, [&](const Row& row) -> Result<void> {
                    const auto sequence = static_cast<uint64_t>(row.integer(0));
                    out[block_of(sequence)].add(place_of(sequence));
                    return {};
                  }));
  return out;
}

void keep_both(Candidates& left, const Candidates& right) {
  for (auto it = left.begin(); it != left.end();) {
    const auto other = right.find(it->first);
    const bool gone = other == right.end() || (it->second &= other->second).empty();
    it = gone ? left.erase(it) : std::next(it);
  }
}

// Blocks wholly inside the range need no look at their moments.
Result<void> keep_between(Reader& reader, std::optional<Timestamp> from, std::optional<Timestamp> to,
                          Candidates& candidates) {
  const int64_t first = from ? from->microseconds : INT64_MIN, end = to ? to->microseconds : INT64_MAX;
  std::map<uint64_t, bool> overlapping;  // block → wholly inside
  TRY(reader.each("SELECT block, first_at, last_at FROM audit_block WHERE node = ? AND last_at >= ? AND first_at < ?",
                  {int64_t{kIndexNode}, first, end}, [&](const Row& row) -> Result<void> {
                    overlapping[static_cast<uint64_t>(row.integer(0))] =
                        row.integer(1) >= first && row.integer(2) < end;
                    return {};
                  }));
  for (auto it = candidates.begin(); it != candidates.end();) {
    const auto overlap = overlapping.find(it->first);
    if (overlap == overlapping.end()) {
      it = candidates.erase(it);
      continue;
    }
    if (!overlap->second) {
      const Block block = TRY(read_block(reader, it->first));
      size_t rank = block.times.size();
      block.decisions.each_down([&](uint32_t place) {
        const int64_t at = block.times[--rank];
        if (at < first || at >= end) it->second.drop(place);
      });
    }
    it = it->second.empty() ? candidates.erase(it) : std::next(it);
  }
  return {};
}

}  // namespace

Result<PlacesByBlock> places_of(Reader& reader, const DecisionFilter& filter) {
  std::optional<Candidates> out;
  const auto narrow = [&](Candidates by) {
    if (out) {
      keep_both(*out, by);
    } else {
      out = std::move(by);
    }
  };
  if (filter.entity) narrow(TRY(of_entity(reader, *filter.entity)));
  for (const int64_t term : terms_of(filter)) narrow(TRY(of_term(reader, term)));
  if (!out) out = TRY(of_all(reader));
  if (filter.from || filter.to) TRY(keep_between(reader, filter.from, filter.to, *out));
  return *std::move(out);
}

bool holds(const PlacesByBlock& places, uint64_t sequence) {
  const auto block = places.find(block_of(sequence));
  return block != places.end() && block->second.has(place_of(sequence));
}

Result<FoundPlaces> find_places(Reader& reader, const DecisionFilter& filter, uint64_t before, size_t limit) {
  const Candidates candidates = TRY(places_of(reader, filter));
  FoundPlaces out;
  for (const auto& [block, places] : candidates) {
    out.matches += places.count();
    if (out.more || (before != 0 && block > block_of(before))) continue;
    places.each_down([&](uint32_t place) {
      const uint64_t sequence = block * kBlockRecords + place;
      if (before != 0 && sequence >= before) return;
      if (out.sequences.size() < limit) {
        out.sequences.push_back(sequence);
      } else {
        out.more = true;
      }
    });
  }
  return out;
}

Result<std::vector<uint64_t>> find_all_places(Reader& reader, const DecisionFilter& filter, size_t at_most) {
  const FoundPlaces found = TRY(find_places(reader, filter, 0, at_most));
  if (found.more) {
    return fail(ErrorCode::exhausted, "expected at most " + std::to_string(at_most) + " decisions, came " +
                                          std::to_string(found.matches) + ": narrow the filters");
  }
  return std::vector<uint64_t>(found.sequences.rbegin(), found.sequences.rend());
}

}  // namespace puhui::audit
