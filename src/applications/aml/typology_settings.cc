#include "applications/aml/typology_settings.h"

#include <algorithm>

#include "ground/base/money.h"

namespace puhui::aml {

namespace {

constexpr int64_t kPpm = 1'000'000, kDaysMax = 60, kAmountMax = 1'000'000'000'000'000, kCountMax = 10'000;
constexpr int64_t kRatioMax = 1000 * kPpm, kRateMax = 1'000'000'000'000;

Note days(std::string_view help) { return {.help = help, .min = 1, .max = kDaysMax}; }
Note share(std::string_view help) { return {.help = help, .min = 0, .max = kPpm}; }
Note ratio(std::string_view help) { return {.help = help, .min = 0, .max = kRatioMax}; }
Note amount(std::string_view help) { return {.help = help, .min = 1, .max = kAmountMax}; }
Note count(std::string_view help) { return {.help = help, .min = 1, .max = kCountMax}; }

}  // namespace

void fields(Shape& shape, CurrencyRate& rate) {
  shape.field("currency", rate.currency, {.help = "ISO 4217", .min = 3, .max = 3});
  shape.field("rate_ppm", rate.rate_ppm,
              {.help = "millionths of the settings' minor unit that one of its is worth", .min = 1, .max = kRateMax});
}

void fields(Shape& shape, HistorySettings& settings) {
  shape.field("warm_up_days", settings.warm_up_days, days("of the stream: before it nobody's habits are known"));
  shape.field("known_after_days", settings.known_after_days, days("a counterparty of longer ago than this is known"));
  shape.field("hub_transfers_week", settings.hub_transfers_week,
              count("an account usually paid this often is a shop, a school, a broker"));
}

void fields(Shape& shape, StructuringSettings& settings) {
  shape.field("threshold_minor", settings.threshold_minor, amount("from this amount on a transfer is reported"));
  shape.field("band_ppm", settings.band_ppm, share("amounts from this share of the threshold to below it count"));
  shape.field("window_days", settings.window_days, days("how far apart at most"));
  shape.field("transfers_min", settings.transfers_min, count("how many at least"));
  shape.field("open_share_ppm", settings.open_share_ppm,
              share("as many at or above the threshold, of those that count: nobody is hiding"));
  shape.field("mixed_share_ppm", settings.mixed_share_ppm,
              ratio("as many from a quarter of the threshold to the band, of those that count: amounts of every size"));
  shape.field("usual_ratio_ppm", settings.usual_ratio_ppm, ratio("beyond the usual number in as long a time"));
  shape.field("business_income_minor", settings.business_income_minor,
              amount("with this usual income a week an account is a business: only new counterparties count"));
}

void fields(Shape& shape, FanSettings& settings) {
  shape.field("window_days", settings.window_days, days("how far apart at most"));
  shape.field("counterparties_min", settings.counterparties_min, count("new counterparties at least"));
  shape.field("new_share_ppm", settings.new_share_ppm, share("of the window's counterparties are new"));
  shape.field("usual_ratio_ppm", settings.usual_ratio_ppm, ratio("beyond the usual number of new ones"));
  shape.field("amount_min_minor", settings.amount_min_minor, amount("together"));
  shape.field("mean_min_minor", settings.mean_min_minor, amount("of each new counterparty"));
  shape.field("turnover_ratio_ppm", settings.turnover_ratio_ppm, ratio("beyond what usually comes in a week"));
  shape.field("other_income_ppm", settings.other_income_ppm,
              ratio("of what each counterparty usually gets in a week, or it is nothing unusual for it"));
}

void fields(Shape& shape, CycleSettings& settings) {
  shape.field("window_days", settings.window_days, days("first to last transfer"));
  shape.field("amount_min_minor", settings.amount_min_minor, amount("that comes back at least"));
  shape.field("keep_ppm", settings.keep_ppm, share("of each transfer reaches the next"));
  shape.field("gap_hours_max", settings.gap_hours_max, {.help = "between two of them", .min = 1, .max = kDaysMax * 24});
  shape.field("known_share_ppm", settings.known_share_ppm,
              share("at most this share of its pairs are old acquaintances"));
}

void fields(Shape& shape, ScatterGatherSettings& settings) {
  shape.field("window_days", settings.window_days, days("first to last transfer"));
  shape.field("middles_min", settings.middles_min, count("accounts between"));
  shape.field("amount_min_minor", settings.amount_min_minor, amount("together"));
  shape.field("each_min_minor", settings.each_min_minor, amount("of one transfer"));
  shape.field("keep_ppm", settings.keep_ppm, share("of what a middle got reaches the sink"));
}

void fields(Shape& shape, PassThroughSettings& settings) {
  shape.field("hours_max", settings.hours_max,
              {.help = "from the first in to the out that empties it", .min = 1, .max = kDaysMax * 24});
  shape.field("window_days", settings.window_days, days("first to last round"));
  shape.field("rounds_min", settings.rounds_min, count("how often at least"));
  shape.field("round_min_minor", settings.round_min_minor, amount("of one round"));
  shape.field("amount_min_minor", settings.amount_min_minor, amount("together"));
  shape.field("passed_ppm", settings.passed_ppm, share("of what came goes out again"));
  shape.field("new_share_ppm", settings.new_share_ppm, share("of the window's counterparties are new"));
  shape.field("usual_ratio_ppm", settings.usual_ratio_ppm, ratio("beyond the usual number of rounds"));
  shape.field("turnover_ratio_ppm", settings.turnover_ratio_ppm, ratio("beyond what usually comes in a week"));
}

void fields(Shape& shape, DormantSettings& settings) {
  shape.field("silent_days", settings.silent_days, {.help = "before its awakening", .min = 7, .max = 3650});
  shape.field("window_days", settings.window_days, days("from its awakening"));
  shape.field("amount_min_minor", settings.amount_min_minor, amount("moved in it"));
  shape.field("peak_ratio_ppm", settings.peak_ratio_ppm, ratio("beyond the most it ever moved in a week"));
  shape.field("passed_ppm", settings.passed_ppm, share("of what came goes out again"));
  shape.field("payees_min", settings.payees_min, count("new ones, hubs not counted"));
}

void fields(Shape& shape, TypologySettings& settings) {
  shape.field("currency", settings.currency, {.help = "of all amounts here", .min = 3, .max = 3});
  shape.field("rates", settings.rates, {.help = "other currencies that are taken", .max = 64});
  shape.field("lateness_hours", settings.lateness_hours,
              {.help = "how far out of order transfers may come", .min = 0, .max = 24 * 14});
  shape.field("history", settings.history);
  shape.field("structuring", settings.structuring);
  shape.field("fan_in", settings.fan_in);
  shape.field("fan_out", settings.fan_out);
  shape.field("cycle", settings.cycle);
  shape.field("scatter_gather", settings.scatter_gather);
  shape.field("pass_through", settings.pass_through);
  shape.field("dormant", settings.dormant);
  std::vector<int64_t> precisions(settings.precision_ppm.begin(), settings.precision_ppm.end());
  shape.field("precision_ppm", precisions,
              {.help = "share of each typology's alerts that proved laundering, in the order of their names",
               .min = kTypologies,
               .max = kTypologies});
  if (precisions.size() == kTypologies) std::copy(precisions.begin(), precisions.end(), settings.precision_ppm.begin());
}

Result<TypologySettings> TypologySettings::parse(std::string_view json) {
  if (json.size() > kTypologiesBytesMax) {
    return fail(
        ErrorCode::exhausted, "typologies.json",
        "expected at most " + std::to_string(kTypologiesBytesMax) + " bytes, came " + std::to_string(json.size()));
  }
  const Json parsed = TRY(parse_json(json));
  const auto out = TRY(read_json<TypologySettings>(parsed));
  Faults faults;
  for (size_t i = 0; i < kTypologies; ++i) {
    if (out.precision_ppm[i] < 0 || out.precision_ppm[i] > kPpm) {
      faults.add("precision_ppm/" + std::to_string(i),
                 "expected 0 to 1000000, came " + std::to_string(out.precision_ppm[i]));
    }
  }
  if (!Currency::parse(out.currency)) faults.add("currency", "'" + out.currency + "' is no ISO 4217 code known here");
  for (size_t i = 0; i < out.rates.size(); ++i) {
    const std::string where = "rates/" + std::to_string(i) + "/currency";
    if (!Currency::parse(out.rates[i].currency)) {
      faults.add(where, "'" + out.rates[i].currency + "' is no ISO 4217 code known here");
    }
    if (out.rates[i].currency == out.currency) faults.add(where, "the settings' own currency needs no rate");
  }
  TRY(std::move(faults).result());
  return out;
}

int64_t TypologySettings::horizon_us() const {
  const int64_t days_longest =
      std::max({structuring.window_days, fan_in.window_days, fan_out.window_days, cycle.window_days,
                scatter_gather.window_days, pass_through.window_days, dormant.window_days});
  return (days_longest * 24 + lateness_hours) * 3'600'000'000;
}

Result<int64_t> TypologySettings::base_amount(int64_t amount_minor, std::string_view currency_code) const {
  if (currency_code == currency) return amount_minor;
  const auto rate = std::ranges::find(rates, currency_code, &CurrencyRate::currency);
  if (rate == rates.end()) {
    return fail(ErrorCode::invalid, "currency",
                "expected " + currency + " or a currency with a rate in typologies.json, came '" +
                    std::string(currency_code) + "'");
  }
  const __int128 worth = static_cast<__int128>(amount_minor) * rate->rate_ppm;
  if (worth / kPpm > INT64_MAX / 2) return fail(ErrorCode::invalid, "amount_minor", "is more than can be counted");
  return std::max<int64_t>(1, divide(worth, kPpm, Rounding::half_even));
}

}  // namespace puhui::aml
