// Screener: a name against lists of sanctioned people, firms and vessels. Finds candidates by words weighted by rarity, compares
// word by word over spellings, joined and split words and romanisations, and answers a calibrated posterior with the parts that matched.
// In memory, immutable once built: a changed list is a new Screener. What a bank does with a hit is the application's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/date.h"
#include "ground/base/hash.h"
#include "ground/base/result.h"

namespace puhui::screening {

inline constexpr size_t kNameBytesMax = 512, kTokensMax = 32, kEntriesMax = 5'000'000;

enum class PartyKind : uint8_t { unknown, person, organisation, vessel, aircraft };
std::span<const std::string_view> names_of(const PartyKind*);

struct ListEntry {
  std::string list;  // "ofac_sdn"
  std::string id;    // the list's own, "36"
  PartyKind kind = PartyKind::unknown;
  std::vector<std::string> names;      // the first is the main one; any script
  std::vector<std::string> countries;  // ISO 3166 alpha-2 where known, else as written
  std::optional<Date> born;            // with born_year_only: only its year counts
  bool born_year_only = false;
  std::string programme, remarks;
  bool operator==(const ListEntry&) const = default;
  Digest digest() const;  // of all of it: what a remembered false positive and a delta are about
};

struct Query {
  std::string name;
  PartyKind kind = PartyKind::unknown;
  std::optional<Date> born;
  std::string country;  // empty: not known
};

// As a list keeps it; its SHA-256 is the digest.
std::string encode(const ListEntry& entry);
Result<ListEntry> decode_entry(std::string_view bytes);

// Where in both names a part matched, in bytes of the names as given.
struct MatchedPart {
  uint32_t query_begin = 0, query_end = 0, entry_begin = 0, entry_end = 0;
  int64_t likeness_ppm = 0;  // 1 000 000: the same letters
  std::string how;           // "same", "spelling", "joined", "split", "romanised", "initial", "sound"
  bool operator==(const MatchedPart&) const = default;
};

struct Match {
  uint32_t entry = 0;         // place in entries()
  uint32_t name = 0;          // which of its names
  int64_t posterior_ppm = 0;  // that it is the same party
  int64_t name_ppm = 0;       // of the name alone
  std::vector<MatchedPart> parts;
  std::vector<std::string> for_it, against_it;  // "born_same_day", "country_differs", …
  bool operator==(const Match&) const = default;
};

struct ScreenOptions {
  int64_t posterior_min_ppm = 250'000;  // below it nothing is answered
  size_t matches_max = 20;
};

class Screener {
 public:
  // invalid: an entry without a name that has a letter, too many; every fault named. Of a name's words the first kTokensMax count.
  static Result<Screener> build(std::vector<ListEntry> entries);
  Screener(Screener&&) noexcept;
  Screener& operator=(Screener&&) noexcept;
  ~Screener();
  std::span<const ListEntry> entries() const;
  // Most likely first, each entry once by its best name; ties by entry. invalid: no letter in the name, more than kTokensMax words, no
  // UTF-8, or longer than kNameBytesMax. Thread-safe.
  Result<std::vector<Match>> screen(const Query& query, const ScreenOptions& options = {}) const;
  // The same answer by comparing with every name: slow, what tests hold screen() against.
  Result<std::vector<Match>> screen_by_scan(const Query& query, const ScreenOptions& options = {}) const;
  // One that looks only at the chosen entries (places in entries()) and weighs words as this one does, so it answers what this one would
  // of them: for a list that changed a little. Shares what this one holds.
  Screener only(std::span<const uint32_t> chosen) const;
  size_t index_bytes() const;  // of memory beside the entries

 private:
  struct Index;
  explicit Screener(std::shared_ptr<const Index> index);
  std::shared_ptr<const Index> index_;
};

// The two letters of a country by its English or Chinese name or its code; as written when it is none.
std::string country_code(std::string_view country);

// A name as it is compared: romanised (Chinese by pinyin without tones), folded to A–Z and digits, in tokens, with where each token
// stood in the original. For tests and the page that marks the parts.
struct NameToken {
  std::string text;
  uint32_t begin = 0, end = 0;  // bytes of the original
};
std::vector<NameToken> tokens_of(std::string_view name);

}  // namespace puhui::screening
