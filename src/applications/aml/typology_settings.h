// TypologySettings: the bounds that detectors look by, as data (policies/aml_transfers/typologies.json), named by the permit of
// `aml.monitoring/transfers` as its artefact "typologies". Every member is required: no bound is a default nobody wrote down.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "applications/aml/typology.h"
#include "ground/base/hash.h"

namespace puhui::aml {

inline constexpr std::string_view kTypologiesArtefact = "typologies";
inline constexpr size_t kTypologiesBytesMax = 64 << 10;

// How much one minor unit of a currency is in the settings' own.
struct CurrencyRate {
  std::string currency;
  int64_t rate_ppm = 0;
};
void fields(Shape& shape, CurrencyRate& rate);

// What is known of an account's own past, and when it counts as known.
struct HistorySettings {
  int64_t warm_up_days = 30;        // of the stream: before it nobody's habits are known
  int64_t known_after_days = 14;    // a counterparty first paid longer ago than this is known
  int64_t hub_transfers_week = 10;  // an account usually paid this often is a shop, a school, a broker
};
void fields(Shape& shape, HistorySettings& settings);

struct StructuringSettings {
  int64_t threshold_minor = 0;
  int64_t band_ppm = 0;  // from this share of the threshold to below it
  int64_t window_days = 0;
  int64_t transfers_min = 0;
  int64_t open_share_ppm = 0;         // as many amounts at or above the threshold: nobody is hiding
  int64_t mixed_share_ppm = 0;        // as many just below the band: amounts of every size
  int64_t usual_ratio_ppm = 0;        // beyond the account's usual number of such amounts in as long a time
  int64_t business_income_minor = 0;  // an account with this usual income a week: only new counterparties count
};
void fields(Shape& shape, StructuringSettings& settings);

struct FanSettings {
  int64_t window_days = 0;
  int64_t counterparties_min = 0;  // new ones
  int64_t new_share_ppm = 0;       // of the window's counterparties
  int64_t usual_ratio_ppm = 0;     // beyond the usual number of new ones in as long a time
  int64_t amount_min_minor = 0;    // together
  int64_t mean_min_minor = 0;      // from or to each
  int64_t turnover_ratio_ppm = 0;  // beyond what usually comes in a week
  int64_t other_income_ppm = 0;    // of what each counterparty usually gets in a week, or it is nothing unusual for it
};
void fields(Shape& shape, FanSettings& settings);

struct CycleSettings {
  int64_t window_days = 0;
  int64_t amount_min_minor = 0;
  int64_t keep_ppm = 0;         // of each transfer arrives at the next
  int64_t gap_hours_max = 0;    // between two of them
  int64_t known_share_ppm = 0;  // at most this share of its pairs have paid each other for long
};
void fields(Shape& shape, CycleSettings& settings);

struct ScatterGatherSettings {
  int64_t window_days = 0;
  int64_t middles_min = 0;
  int64_t amount_min_minor = 0;  // together
  int64_t each_min_minor = 0;    // of one transfer
  int64_t keep_ppm = 0;          // of what a middle got reaches the sink
};
void fields(Shape& shape, ScatterGatherSettings& settings);

struct PassThroughSettings {
  int64_t hours_max = 0;  // from the first in to the out that empties it
  int64_t window_days = 0;
  int64_t rounds_min = 0;
  int64_t round_min_minor = 0;
  int64_t amount_min_minor = 0;    // of the rounds together
  int64_t passed_ppm = 0;          // share that goes out again
  int64_t new_share_ppm = 0;       // of the window's counterparties
  int64_t usual_ratio_ppm = 0;     // beyond its usual rounds in as long a time
  int64_t turnover_ratio_ppm = 0;  // beyond what usually comes in a week
};
void fields(Shape& shape, PassThroughSettings& settings);

struct DormantSettings {
  int64_t silent_days = 0;
  int64_t window_days = 0;  // from its awakening
  int64_t amount_min_minor = 0;
  int64_t peak_ratio_ppm = 0;  // beyond the most it ever moved in a week
  int64_t passed_ppm = 0;      // what comes goes out again, or nothing came
  int64_t payees_min = 0;      // new, and no hubs
};
void fields(Shape& shape, DormantSettings& settings);

struct TypologySettings {
  std::string currency;  // amounts below are in its minor units
  std::vector<CurrencyRate> rates;
  int64_t lateness_hours = 0;  // how far out of order transfers may come
  HistorySettings history;
  StructuringSettings structuring;
  FanSettings fan_in, fan_out;
  CycleSettings cycle;
  ScatterGatherSettings scatter_gather;
  PassThroughSettings pass_through;
  DormantSettings dormant;
  // What share of a typology's alerts proved laundering, where it was measured: what an alert's expected loss is made of.
  std::array<int64_t, kTypologies> precision_ppm{};

  static Result<TypologySettings> parse(std::string_view json);  // every fault, with its place
  int64_t horizon_us() const;                                    // the longest window, and the lateness
  // An amount in the settings' currency, half even, at least one minor unit; invalid: a currency without a rate.
  Result<int64_t> base_amount(int64_t amount_minor, std::string_view currency_code) const;
};
void fields(Shape& shape, TypologySettings& settings);

}  // namespace puhui::aml
