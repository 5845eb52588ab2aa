#include "infrastructure/screening/screener.h"

#include <algorithm>
#include <map>

#include "ground/base/bytes.h"
#include "ground/base/check.h"
#include "ground/base/text.h"
#include "infrastructure/screening/candidates.h"
#include "infrastructure/screening/comparison.h"

namespace puhui::screening {

struct Screener::Index {
  std::shared_ptr<const NameIndex> names;
  Postings postings;
};

std::span<const std::string_view> names_of(const PartyKind*) {
  static constexpr std::string_view kNames[] = {"unknown", "person", "organisation", "vessel", "aircraft"};
  return kNames;
}

std::string encode(const ListEntry& entry) {
  ByteWriter out;
  out.text(entry.list);
  out.text(entry.id);
  out.u8(static_cast<uint8_t>(entry.kind));
  const auto texts = [&out](const std::vector<std::string>& all) {
    out.unsigned_varint(all.size());
    for (const std::string& one : all) out.text(one);
  };
  texts(entry.names);
  texts(entry.countries);
  out.u8(entry.born ? 1 : 0);
  out.signed_varint(entry.born ? entry.born->days : 0);
  out.u8(entry.born_year_only ? 1 : 0);
  out.text(entry.programme);
  out.text(entry.remarks);
  return out.take();
}

Result<ListEntry> decode_entry(std::string_view bytes) {
  ByteReader from(bytes);
  ListEntry out;
  out.list = from.text();
  out.id = from.text();
  const uint8_t kind = from.u8();
  if (kind >= names_of(static_cast<const PartyKind*>(nullptr)).size()) from.reject();
  out.kind = static_cast<PartyKind>(kind);
  const auto texts = [&from](std::vector<std::string>& all) {
    for (size_t left = from.count(); left > 0; --left) all.emplace_back(from.text());
  };
  texts(out.names);
  texts(out.countries);
  const bool born = from.u8() != 0;
  const auto days = static_cast<int32_t>(from.signed_varint());
  if (born) out.born = Date{days};
  out.born_year_only = from.u8() != 0;
  out.programme = from.text();
  out.remarks = from.text();
  TRY(from.finish("a list's entry"));
  return out;
}

Digest ListEntry::digest() const { return sha256(encode(*this)); }

namespace {

constexpr size_t kNamesPerEntryMax = 1000;
constexpr double kSlack = 0.01;  // of rounding in bounds, in log-odds

std::optional<std::string> fault_of(std::string_view name) {
  if (name.size() > kNameBytesMax) {
    return "expected at most " + std::to_string(kNameBytesMax) + " bytes, came " + std::to_string(name.size());
  }
  if (const auto place = first_invalid_utf8(name)) {
    return "expected UTF-8, byte " + std::to_string(*place) + " is not";
  }
  return std::nullopt;
}

Result<void> check(const std::vector<ListEntry>& entries) {
  if (entries.size() > kEntriesMax) {
    return fail(ErrorCode::exhausted, "entries",
                "expected at most " + std::to_string(kEntriesMax) + ", came " + std::to_string(entries.size()));
  }
  Faults faults;
  for (size_t i = 0; i < entries.size(); ++i) {
    const ListEntry& entry = entries[i];
    const auto where = [&] { return "entry " + std::to_string(i + 1) + " (" + entry.list + " " + entry.id + ")"; };
    if (entry.names.size() > kNamesPerEntryMax) {
      faults.add(where(), "expected at most " + std::to_string(kNamesPerEntryMax) + " names, came " +
                              std::to_string(entry.names.size()));
      continue;
    }
    bool has_word = false;
    for (const std::string& name : entry.names) {
      if (auto fault = fault_of(name)) {
        faults.add(where() + ", a name", *std::move(fault));
      } else {
        has_word = has_word || !words_of(name, 1).empty();
      }
    }
    if (!has_word) faults.add(where(), "expected a name with a letter or a digit, has none");
  }
  return std::move(faults).result();
}

// The query's words; every limit by its name.
Result<std::vector<Word>> words_of_query(const Query& query) {
  if (auto fault = fault_of(query.name)) return fail(ErrorCode::invalid, "name", *std::move(fault));
  std::vector<Word> words = words_of(query.name, kTokensMax + 1);
  if (words.empty()) return fail(ErrorCode::invalid, "name", "expected a name with a letter or a digit, has none");
  if (words.size() > kTokensMax) {
    return fail(ErrorCode::invalid, "name",
                "expected at most " + std::to_string(kTokensMax) + " words, has more; screen its parts");
  }
  return words;
}

// One name that may match, as far as it is known when the best are chosen.
struct Scored {
  uint32_t name = 0, entry = 0;
  double log_odds = 0, name_log_odds = 0;
};

void keep_best(std::vector<Scored>& all, size_t matches_max) {
  // Each entry by its best name; its first where two are as good.
  std::ranges::sort(all, [](const Scored& a, const Scored& b) {
    return std::tuple(a.entry, -a.log_odds, a.name) < std::tuple(b.entry, -b.log_odds, b.name);
  });
  const auto doubles = std::ranges::unique(all, {}, &Scored::entry);
  all.erase(doubles.begin(), doubles.end());
  std::ranges::sort(all, [](const Scored& a, const Scored& b) {
    return std::tuple(-a.log_odds, a.entry) < std::tuple(-b.log_odds, b.entry);
  });
  if (all.size() > matches_max) all.resize(matches_max);
}

std::vector<MatchedPart> parts_of(const Comparison& comparison, const std::vector<Agreement>& agreements,
                                  std::string_view query, std::string_view entry) {
  const std::vector<Word> theirs = words_of(entry, kTokensMax);
  std::vector<MatchedPart> out;
  for (const Agreement& one : agreements) {
    MatchedPart part;
    part.query_begin = comparison.words()[one.query_begin].begin;
    part.query_end = comparison.words()[one.query_end - 1u].end;
    part.entry_begin = theirs[one.entry_begin].begin;
    part.entry_end = theirs[one.entry_end - 1u].end;
    part.likeness_ppm = std::llround(static_cast<double>(one.likeness) * 1e6);
    // The same characters of another script are simply the same.
    const bool same = query.substr(part.query_begin, part.query_end - part.query_begin) ==
                      entry.substr(part.entry_begin, part.entry_end - part.entry_begin);
    const How how = one.how == How::same && theirs[one.entry_begin].foreign ? How::romanised : one.how;
    part.how = name_of(same ? How::same : how);
    out.push_back(std::move(part));
  }
  return out;
}

Match match_of(const NameIndex& index, const Comparison& comparison, const Query& query, const Scored& scored) {
  const NameRow& row = index.names[scored.name];
  const ListEntry& entry = index.entries[row.entry];
  std::vector<Agreement> agreements;
  const NameFeatures features = comparison.compare(row, agreements);
  Match out;
  out.entry = row.entry;
  out.name = row.place;
  out.name_ppm = ppm_of_log_odds(scored.name_log_odds);
  out.posterior_ppm = ppm_of_log_odds(scored.log_odds);
  out.parts = parts_of(comparison, agreements, query.name, entry.names[row.place]);
  Evidence evidence = evidence_of(query, entry);
  out.for_it = std::move(evidence.for_it);
  out.against_it = std::move(evidence.against_it);
  constexpr double kNearlyAll = 0.999;
  if (features.entry_share > kNearlyAll && features.query_share > kNearlyAll) out.for_it.emplace_back("name_same");
  int words_found = 0;
  for (const Agreement& one : agreements) words_found += one.entry_end - one.entry_begin;
  if (words_found < row.words) out.against_it.emplace_back("words_missing");
  return out;
}

std::vector<Match> matches_of(const NameIndex& index, const Comparison& comparison, std::span<const uint32_t> names,
                              const Query& query, const ScreenOptions& options, Comparison::Lookup lookup) {
  std::vector<Scored> all;
  std::vector<Agreement> agreements;
  const double needed = log_odds_of_ppm(options.posterior_min_ppm) - evidence_max(query) - kSlack;
  for (const uint32_t name : names) {
    const NameRow& row = index.names[name];
    if (lookup == Comparison::Lookup::indexed && comparison.bound(row) < needed) continue;
    const double name_odds = name_log_odds(comparison.compare(row, agreements));
    // Initials alone are no match, whatever day somebody was born on.
    if (std::ranges::all_of(agreements, [](const Agreement& one) { return one.how == How::initial; })) continue;
    const double odds = name_odds + evidence_log_odds(query, index.entries[row.entry]);
    if (ppm_of_log_odds(odds) >= options.posterior_min_ppm) all.push_back({name, row.entry, odds, name_odds});
  }
  keep_best(all, options.matches_max);
  std::vector<Match> out;
  for (const Scored& one : all) out.push_back(match_of(index, comparison, query, one));
  return out;
}

}  // namespace

Screener::Screener(std::shared_ptr<const Index> index) : index_(std::move(index)) {}
Screener::Screener(Screener&&) noexcept = default;
Screener& Screener::operator=(Screener&&) noexcept = default;
Screener::~Screener() = default;

Result<Screener> Screener::build(std::vector<ListEntry> entries) {
  TRY(check(entries));
  auto index = std::make_shared<Index>();
  index->names = std::make_shared<const NameIndex>(NameIndex::build(std::move(entries)));
  index->postings = Postings::build(*index->names, nullptr);
  return Screener(std::move(index));
}

Screener Screener::only(std::span<const uint32_t> chosen) const {
  std::vector<bool> wanted(index_->names->entries.size());
  for (const uint32_t entry : chosen) {
    CHECK(entry < wanted.size(), "chosen are places in entries()");
    wanted[entry] = true;
  }
  auto index = std::make_shared<Index>();
  index->names = index_->names;
  index->postings = Postings::build(*index_->names, &wanted);
  return Screener(std::move(index));
}

std::span<const ListEntry> Screener::entries() const { return index_->names->entries; }

size_t Screener::index_bytes() const {
  return index_->names->bytes() + (index_->postings.starts.capacity() + index_->postings.names.capacity()) * 4;
}

Result<std::vector<Match>> Screener::screen(const Query& query, const ScreenOptions& options) const {
  const std::vector<Word> words = TRY(words_of_query(query));
  const NameIndex& index = *index_->names;
  const Comparison comparison(index, words, Comparison::Lookup::indexed);
  const double needed = log_odds_of_ppm(options.posterior_min_ppm) - evidence_max(query);
  return matches_of(index, comparison, candidates(index, index_->postings, comparison, needed), query, options,
                    Comparison::Lookup::indexed);
}

Result<std::vector<Match>> Screener::screen_by_scan(const Query& query, const ScreenOptions& options) const {
  const std::vector<Word> words = TRY(words_of_query(query));
  const NameIndex& index = *index_->names;
  const Comparison comparison(index, words, Comparison::Lookup::scanned);
  std::vector<bool> wanted(index.names.size());
  for (const uint32_t name : index_->postings.names) wanted[name] = true;
  std::vector<uint32_t> all;
  for (uint32_t name = 0; name < wanted.size(); ++name) {
    if (wanted[name]) all.push_back(name);
  }
  return matches_of(index, comparison, all, query, options, Comparison::Lookup::scanned);
}

}  // namespace puhui::screening
