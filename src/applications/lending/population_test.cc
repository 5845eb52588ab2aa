#include "applications/lending/population.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "applications/lending/mapping.h"
#include "applications/lending/shipped_examples.h"
#include "ground/base/text.h"

namespace puhui::lending {
namespace {

constexpr PopulationKind kKinds[] = {PopulationKind::person_revolving, PopulationKind::firm_term};

std::string csv(const Population& population, Slice slice) {
  std::string out;
  EXPECT_TRUE(write_population(population, slice, [&](std::string_view piece) -> Result<void> {
                out += piece;
                return {};
              }).has_value());
  return out;
}

// A population as columns of text, to count in.
class Sample {
 public:
  Sample(const Population& population, Slice slice) {
    const std::string header = header_of(population.kind);
    names_ = {};
    for (const auto name : split(trim(header), ',')) names_.emplace_back(name);
    std::string row;
    for (uint64_t i = 0; i < slice.rows; ++i) {
      row.clear();
      append_row(population, slice.first_row + i, row);
      EXPECT_EQ(row.back(), '\n');
      row.pop_back();
      std::vector<std::string> cells;
      for (const auto cell : split(row, ',')) cells.emplace_back(cell);
      EXPECT_EQ(cells.size(), names_.size());
      rows_.push_back(std::move(cells));
    }
  }

  size_t column(std::string_view name) const {
    const auto found = std::ranges::find(names_, name);
    EXPECT_NE(found, names_.end()) << name;
    return static_cast<size_t>(found - names_.begin());
  }
  // Share of the rows that hold, among those that count.
  template <class Holds, class Counts>
  double share(Holds holds, Counts counts) const {
    double all = 0, held = 0;
    for (const auto& row : rows_) {
      if (!counts(row)) continue;
      all += 1;
      held += holds(row) ? 1 : 0;
    }
    EXPECT_GT(all, 50);
    return held / all;
  }
  auto is(std::string_view name, std::string_view value) const {
    return [at = column(name), value = std::string(value)](const auto& row) { return row[at] == value; };
  }
  auto any() const {
    return [](const auto&) { return true; };
  }
  double bad_rate() const { return share(is("default", "1"), any()); }
  template <class Counts>
  double bad_rate(Counts counts) const {
    return share(is("default", "1"), counts);
  }
  auto between(std::string_view name, double low, double high) const {
    return [at = column(name), low, high](const auto& row) {
      const auto value = parse_double(row[at]);
      return value && *value >= low && *value < high;
    };
  }
  std::vector<double> sorted(std::string_view name) const {
    std::vector<double> out;
    for (const auto& row : rows_) {
      if (const auto value = parse_double(row[column(name)])) out.push_back(*value);
    }
    std::ranges::sort(out);
    return out;
  }

 private:
  std::vector<std::string> names_;
  std::vector<std::vector<std::string>> rows_;
};

const Sample& people() {
  static const Sample sample({.kind = PopulationKind::person_revolving}, {.rows = 40'000});
  return sample;
}
const Sample& firms() {
  static const Sample sample({.kind = PopulationKind::firm_term}, {.rows = 40'000});
  return sample;
}
const Sample& sample_of(PopulationKind kind) { return kind == PopulationKind::person_revolving ? people() : firms(); }

double area_under_curve(const Population& population, uint64_t rows, const Sample& sample) {
  std::vector<std::pair<double, bool>> risks;
  std::string row;
  for (uint64_t i = 0; i < rows; ++i) {
    row.clear();
    append_row(population, i, row);
    risks.emplace_back(true_risk_of(population, i), row[row.size() - 2] == '1');
  }
  EXPECT_GT(sample.bad_rate(), 0);
  std::ranges::sort(risks);
  double ranks = 0, bad = 0;
  for (size_t i = 0; i < risks.size(); ++i) {
    if (!risks[i].second) continue;
    ranks += static_cast<double>(i + 1);
    bad += 1;
  }
  return (ranks - bad * (bad + 1) / 2) / (bad * (static_cast<double>(rows) - bad));
}

TEST(Population, ARowIsAFunctionOfSeedAndNumberAlone) {
  for (const PopulationKind kind : kKinds) {
    const Population population{.kind = kind, .seed = 42};
    const std::string whole = csv(population, {.first_row = 0, .rows = 3'000});
    EXPECT_EQ(whole, csv(population, {.first_row = 0, .rows = 3'000}));
    std::string joined;
    for (uint64_t first = 0; first < 3'000; first += 750) joined += csv(population, {.first_row = first, .rows = 750});
    EXPECT_EQ(whole, joined);
    EXPECT_NE(whole, csv({.kind = kind, .seed = 43}, {.first_row = 0, .rows = 3'000}));
  }
}

TEST(Population, ItsColumnsAreTheFactsThatShip) {
  for (const PopulationKind kind : kKinds) {
    const auto schema = *parse_facts(examples::shipped_file(names_of(&kind)[static_cast<size_t>(kind)], "facts.json"));
    std::vector<std::string> expected = {"applicant_id"};
    for (const auto& spec : schema.facts) {
      if (spec.name != "exploration_draw") expected.push_back(spec.name);  // nobody brings it: the kernel draws
    }
    expected.push_back("default");
    EXPECT_EQ(trim(header_of(kind)), join(expected, ","));
  }
}

TEST(Population, ApplicantsAreAllDifferent) {
  const size_t id = people().column("applicant_id");
  std::set<std::string> seen;
  for (uint64_t row = 0; row < 2'000; ++row) {
    std::string text;
    append_row({}, row, text);
    EXPECT_TRUE(seen.insert(std::string(split(text, ',')[id])).second);
  }
}

TEST(Population, EightToTwelvePercentEndBadly) {
  for (const PopulationKind kind : kKinds) {
    EXPECT_GT(sample_of(kind).bad_rate(), 0.08);
    EXPECT_LT(sample_of(kind).bad_rate(), 0.12);
  }
}

TEST(Population, AboutAFifthHaveNoCreditRecordAndThenNoneOfItsFacts) {
  for (const PopulationKind kind : kKinds) {
    const Sample& sample = sample_of(kind);
    const auto thin = sample.is("has_credit_record", "false");
    EXPECT_NEAR(sample.share(thin, sample.any()), 0.195, 0.015);
    for (const auto fact : {"credit_record_months", "credit_lines_open", "late_payments_12m", "credit_enquiries_6m"}) {
      EXPECT_EQ(sample.share(sample.is(fact, ""), thin), 1.0) << fact;
      EXPECT_EQ(sample.share(sample.is(fact, ""), sample.is("has_credit_record", "true")), 0.0) << fact;
    }
  }
}

TEST(Population, TheBestAnyModelCanDoLeavesRoomForAModelOfSomeUse) {
  for (const PopulationKind kind : kKinds) {
    const double auc = area_under_curve({.kind = kind}, 40'000, sample_of(kind));
    EXPECT_GT(auc, 0.80);
    EXPECT_LT(auc, 0.85);
  }
}

TEST(Population, RiskRisesWithWhatALenderWouldExpect) {
  const Sample& p = people();
  EXPECT_LT(p.bad_rate(p.between("late_payments_12m", 0, 1)), p.bad_rate(p.between("late_payments_12m", 1, 3)));
  EXPECT_LT(p.bad_rate(p.between("late_payments_12m", 1, 3)), p.bad_rate(p.between("late_payments_12m", 3, 99)));
  EXPECT_LT(p.bad_rate(p.between("credit_utilisation", 0, 0.3)), p.bad_rate(p.between("credit_utilisation", 0.3, 0.7)));
  EXPECT_LT(p.bad_rate(p.between("credit_utilisation", 0.3, 0.7)),
            p.bad_rate(p.between("credit_utilisation", 0.7, 1.1)));
  EXPECT_LT(p.bad_rate(p.is("employment", "public_service")), p.bad_rate(p.is("employment", "gig_worker")));
  EXPECT_GT(p.bad_rate(p.is("enforcement_record", "true")), 2 * p.bad_rate());
  const Sample& f = firms();
  EXPECT_LT(f.bad_rate(f.is("tax_grade", "A")), f.bad_rate(f.is("tax_grade", "B")));
  EXPECT_LT(f.bad_rate(f.is("tax_grade", "B")), f.bad_rate(f.is("tax_grade", "C")));
  EXPECT_LT(f.bad_rate(f.is("tax_grade", "C")), f.bad_rate(f.is("tax_grade", "D")));
  EXPECT_LT(f.bad_rate(f.between("firm_age_months", 60, 999)), f.bad_rate(f.between("firm_age_months", 0, 24)));
}

TEST(Population, ValuesAreMissingWhereTheyWouldLookBad) {
  const Sample& p = people();
  const double self_employed = p.share(p.is("income_month_minor", ""), p.is("employment", "self_employed"));
  const double employed = p.share(p.is("income_month_minor", ""), p.is("employment", "employed"));
  EXPECT_GT(self_employed, 2 * employed);
  EXPECT_NEAR(p.share(p.is("income_month_minor", ""), p.any()), 0.13, 0.02);
  const Sample& f = firms();
  EXPECT_GT(f.bad_rate(f.is("profit_year_minor", "")), f.bad_rate());
}

TEST(Population, IncomesAndTurnoversHaveHeavyTailsAndSlipsOfScale) {
  const auto incomes = people().sorted("income_month_minor");
  const auto at = [](const std::vector<double>& values, double share) {
    return values[static_cast<size_t>(share * static_cast<double>(values.size() - 1))];
  };
  EXPECT_GT(at(incomes, 0.999) / at(incomes, 0.5), 8);  // a normal logarithm of the same middle would give about 5
  EXPECT_LT(at(incomes, 0.001), 30'000);                // told in hundreds: below 300 a month
  const auto revenues = firms().sorted("revenue_year_minor");
  EXPECT_GT(at(revenues, 0.9995) / at(revenues, 0.5), 500);
}

TEST(Population, RareCategoriesOccurAndAreRare) {
  const Sample& p = people();
  for (const auto& [name, value] :
       std::map<std::string, std::string>{{"employment", "clergy"}, {"purpose", "litigation"}, {"residence", "boat"}}) {
    const double share = p.share(p.is(name, value), p.any());
    EXPECT_GT(share, 0) << value;
    EXPECT_LT(share, 0.005) << value;
  }
}

TEST(Population, SealedGroupsDifferInRiskAndInWhatTheyShow) {
  const Sample& p = people();
  EXPECT_LT(p.bad_rate(p.is("sex", "female")), p.bad_rate(p.is("sex", "male")));
  EXPECT_LT(p.bad_rate(p.is("region_group", "coast")), p.bad_rate(p.is("region_group", "highland")));
  EXPECT_GT(p.bad_rate(p.between("age", 18, 24)), p.bad_rate(p.between("age", 30, 50)));
  const auto thin = p.is("has_credit_record", "false");
  EXPECT_GT(p.share(thin, p.is("region_group", "border")), p.share(thin, p.is("region_group", "coast")));
}

TEST(Population, TheWorldDriftsFromMonthToMonthOnlyWhenAsked) {
  for (const PopulationKind kind : kKinds) {
    const Sample early({.kind = kind, .rows_per_month = 500}, {.first_row = 0, .rows = 15'000});
    const Sample late({.kind = kind, .rows_per_month = 500}, {.first_row = 45'000, .rows = 15'000});
    EXPECT_GT(late.bad_rate(), 1.2 * early.bad_rate());
    const Sample still({.kind = kind, .rows_per_month = 500, .drift = 0}, {.first_row = 45'000, .rows = 15'000});
    EXPECT_NEAR(still.bad_rate(), sample_of(kind).bad_rate(), 0.01);
    std::string row;
    append_row({.kind = kind, .rows_per_month = 500}, 500 * 14 + 3, row);
    EXPECT_EQ(split(row, ',')[1].substr(0, 7), "2027-03");
  }
}

TEST(Population, ASinkThatFailsStopsIt) {
  int pieces = 0;
  const auto result = write_population({}, {.rows = 100'000}, [&](std::string_view) -> Result<void> {
    if (++pieces == 3) return fail(ErrorCode::unavailable, "disk full");
    return {};
  });
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::unavailable);
  EXPECT_EQ(pieces, 3);
}

TEST(Population, MoreRowsThanThereAreIsRefused) {
  const auto result =
      write_population({}, {.rows = kPopulationRowsMax + 1}, [](std::string_view) { return Result<void>{}; });
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::exhausted);
}

}  // namespace
}  // namespace puhui::lending
