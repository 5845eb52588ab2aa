// How likely two names are of one party: a logistic function of what their common words prove and of what is left over in each, fitted on
// generated errors against other people's names; and what birth, country and kind add to it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "infrastructure/screening/screener.h"

namespace puhui::screening {

// What a comparison of two names comes to.
struct NameFeatures {
  double proven = 0;       // natural logarithm of how unlikely the common words are by chance
  double shared = 0;       // weight of the words that agree, however they are written
  bool all_found = false;  // no word of the entry's name is left over
  int words = 0;           // that agree, initials not counted
  double entry_share = 0;  // of the entry's name that was found in the query, by weight, 0 to 1
  double query_share = 0;  // and of the query's in the entry's
};

// Rises with each of them.
double name_log_odds(const NameFeatures& features);
double proven_needed(double log_odds);  // below which no name comes to these log-odds
// Never 0 and never 1 000 000.
int64_t ppm_of_log_odds(double log_odds);
double log_odds_of_ppm(int64_t ppm);  // below which ppm_of_log_odds() answers less

struct Evidence {
  double log_odds = 0;
  std::vector<std::string> for_it, against_it;
};
Evidence evidence_of(const Query& query, const ListEntry& entry);
double evidence_log_odds(const Query& query, const ListEntry& entry);  // the same sum without words
double evidence_max(const Query& query);                               // the most evidence_of can come to

}  // namespace puhui::screening
