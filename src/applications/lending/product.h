// Product: what the bank offers, as data. A JSON file becomes this struct; its canonical print is
// hashed, and a contract names the product by that hash. The business changes the file, not the
// code.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "applications/lending/terms.h"
#include "ground/base/hash.h"
#include "ground/base/json.h"

namespace puhui::lending {

inline constexpr size_t kProductBytesMax = 64 << 10;
inline constexpr size_t kProductNameBytesMax = 64;
inline constexpr size_t kBucketEdges = 7;  // the first days past due of M1 … M6 and M6+

enum class ProductKind : uint8_t { revolving, term };
enum class BorrowerKind : uint8_t { person, firm };

struct AmountRange {
  int64_t min_minor = 0;
  int64_t max_minor = 0;
  int64_t step_minor = 1;
  bool operator==(const AmountRange&) const = default;
};

// The days past due at which each bucket begins, strictly rising; below the first is M0.
using BucketEdges = std::array<int, kBucketEdges>;
inline constexpr BucketEdges kMonthlyBuckets = {1, 31, 61, 91, 121, 151, 181};

// When a loan's expected loss is counted over its life (IFRS 9, 5.5.3 to 5.5.11 and B5.5.37).
struct StageRule {
  int stage2_days = 30;                     // more days past due than this: stage 2
  int stage3_days = 90;                     // this many days past due: stage 3
  Rate pd_ratio = Rate::from_percent(200);  // probability of default against that at opening: stage 2
  bool operator==(const StageRule&) const = default;
};

// What a loan costs and must earn, a year, as fractions of the amount (see price.h).
struct CostRates {
  Rate funding, operating, capital, hurdle, margin;
  Rate floor,
      cap;      // bounds of the price; the cap is the legal or the bank's own, whichever is lower
  Rate pd_max;  // above it no price is offered
  bool operator==(const CostRates&) const = default;
};

// How many of those refused for their score are let pass at random, to see what selection hides; both 0: nobody.
struct Exploration {
  Rate rate;              // share of them
  int64_t daily_max = 0;  // at most so many a day
  bool operator==(const Exploration&) const = default;
};

struct Product {
  std::string name;   // lower_case_words, as contracts and policies say it
  std::string title;  // for people
  ProductKind kind = ProductKind::term;
  BorrowerKind borrower = BorrowerKind::person;
  Currency currency;
  AmountRange amount;
  std::vector<int> terms_months;  // rising; each a multiple of terms.period_months
  int billing_day = 0;            // 1 to 28: instalments fall due on it; 0: on the day of opening
  int first_period_days_min = 1;  // a first due date nearer than this moves one period on
  Terms terms;
  Rate drawdown_fee;  // share of each drawdown, charged as a fee
  BucketEdges bucket_edges = kMonthlyBuckets;
  int charge_off_days = 180;
  StageRule stages;
  Rate lgd;                                       // loss given default
  Rate pd_year_factor = Rate::from_percent(100);  // each later year's default rate against the year before
  CostRates costs;
  std::optional<Exploration> exploration;  // absent: the policy knows no such thing
  bool operator==(const Product&) const = default;

  // Of the canonical print: equal content, equal hash, however the file was laid out.
  Digest hash() const;
  // The first due date of a loan opened that day.
  Date first_due(Date opened_on) const;
};

// The product of a JSON text, or every fault it has with its place ("terms/grace_days").
Result<Product> parse_product(std::string_view json_text);
Json to_json(const Product& product);
std::string print_product(const Product& product);  // canonical: fixed order, all members, one form a value

std::string_view name_of(ProductKind);
std::string_view name_of(BorrowerKind);

// The cost parameters under the names a policy takes them by ("product funding rate"), and those of exploration; amounts
// in minor units, rates as fractions.
std::vector<std::pair<std::string, Json>> policy_inputs(const Product& product);

}  // namespace puhui::lending
