#include "infrastructure/screening/posterior.h"

#include <algorithm>
#include <cmath>

#include "infrastructure/screening/calibration.h"

namespace puhui::screening {

namespace {

// Natural logarithms of likelihood ratios, below what the shares of birthdays and countries would give: lists are often wrong about both.
constexpr double kBornSameDay = 5.0, kBornSameYear = 1.5, kBornNear = -0.5, kBornDiffers = -4.0;
constexpr double kCountrySame = 0.8, kCountryDiffers = -0.7;
constexpr double kKindDiffers = -4.0;

// What two names share must be rarer than a word of one name in 900 where it is one word, of one in 90 where it is several: CORP, ALI or
// MOHAMMED alone is no match whatever lists hold.
// Where a word of the entry's name is left over, what is found must be rarer still: BANK CORP is not the First Bank Corp.
constexpr double kSharedAloneMin = 6.8, kSharedMin = 4.5, kSharedPartMin = 9.5, kTooCommon = 8.0;

double shared_min(const NameFeatures& features) {
  if (!features.all_found) return kSharedPartMin;
  return features.words > 1 ? kSharedMin : kSharedAloneMin;
}

struct Told {
  double log_odds;
  const char* what;
};

Told born_told(Date query, const ListEntry& entry) {
  const Date born = *entry.born;
  const int years = std::abs(query.year() - born.year());
  if (entry.born_year_only) {
    if (years == 0) return {kBornSameYear, "born_same_year"};
    return years <= 2 ? Told{kBornNear, "born_near"} : Told{kBornDiffers, "born_differs"};
  }
  if (query == born) return {kBornSameDay, "born_same_day"};
  if (years == 0) return {kBornSameYear, "born_same_year"};
  return years == 1 ? Told{kBornNear, "born_near"} : Told{kBornDiffers, "born_differs"};
}

bool same_country(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(x) == lower(y);
  });
}

template <class Tell>
void each_told(const Query& query, const ListEntry& entry, const Tell& tell) {
  if (query.born && entry.born) tell(born_told(*query.born, entry));
  if (!query.country.empty() && !entry.countries.empty()) {
    const bool same = std::ranges::any_of(entry.countries,
                                          [&](const std::string& other) { return same_country(other, query.country); });
    tell(same ? Told{kCountrySame, "country_same"} : Told{kCountryDiffers, "country_differs"});
  }
  if (query.kind != PartyKind::unknown && entry.kind != PartyKind::unknown && query.kind != entry.kind) {
    tell(Told{kKindDiffers, "kind_differs"});
  }
}

}  // namespace

double name_log_odds(const NameFeatures& features) {
  return kFit.constant + kFit.proven * std::log1p(std::max(0.0, features.proven)) +
         (features.words > 1 ? kFit.several : 0) - kTooCommon * std::max(0.0, shared_min(features) - features.shared) -
         kFit.entry_left_over * (1 - features.entry_share) - kFit.query_left_over * (1 - features.query_share);
}

double proven_needed(double log_odds) { return std::expm1((log_odds - kFit.constant - kFit.several) / kFit.proven); }

int64_t ppm_of_log_odds(double log_odds) {
  const double probability = 1 / (1 + std::exp(-log_odds));
  return std::clamp<int64_t>(std::llround(probability * 1e6), 1, 999'999);
}

double evidence_log_odds(const Query& query, const ListEntry& entry) {
  double out = 0;
  each_told(query, entry, [&out](Told told) { out += told.log_odds; });
  return out;
}

double log_odds_of_ppm(int64_t ppm) {
  const double probability = (static_cast<double>(std::clamp<int64_t>(ppm, 1, 999'999)) - 0.5) * 1e-6;
  return std::log(probability / (1 - probability));
}

Evidence evidence_of(const Query& query, const ListEntry& entry) {
  Evidence out;
  each_told(query, entry, [&out](Told told) {
    out.log_odds += told.log_odds;
    (told.log_odds > 0 ? out.for_it : out.against_it).emplace_back(told.what);
  });
  return out;
}

double evidence_max(const Query& query) {
  return (query.born ? kBornSameDay : 0) + (query.country.empty() ? 0 : kCountrySame);
}

}  // namespace puhui::screening
