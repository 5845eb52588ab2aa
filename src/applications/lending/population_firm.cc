// Small firms that ask for a term loan. Their health and their strain are hidden; books, taxes, the account and the
// owner's own record show a little of each. docs/population.md has the tables.
#include <algorithm>
#include <array>

#include "applications/lending/population_draws.h"

namespace puhui::lending {

namespace {

constexpr std::string_view kColumns[] = {"applicant_id",
                                         "applied_on",
                                         "channel",
                                         "purpose",
                                         "requested_amount_minor",
                                         "term_months",
                                         "licence_valid",
                                         "identity_verified",
                                         "on_watch_list",
                                         "enforcement_record",
                                         "industry",
                                         "legal_form",
                                         "firm_age_months",
                                         "employees",
                                         "revenue_year_minor",
                                         "revenue_prior_year_minor",
                                         "profit_year_minor",
                                         "assets_minor",
                                         "debt_minor",
                                         "tax_grade",
                                         "tax_arrears",
                                         "invoiced_months_12",
                                         "largest_buyer_share",
                                         "account_inflow_month_minor",
                                         "account_inflow_variation",
                                         "account_overdrafts_6m",
                                         "has_credit_record",
                                         "credit_record_months",
                                         "credit_lines_open",
                                         "debt_service_month_minor",
                                         "late_payments_12m",
                                         "worst_days_late_24m",
                                         "credit_enquiries_6m",
                                         "owner_late_payments_12m",
                                         "court_cases_24m",
                                         "collateral_minor",
                                         "guaranteed",
                                         "owner_sex",
                                         "owner_age",
                                         "owner_region_group",
                                         "default"};

struct Region {
  std::string_view name;
  double share, log_revenue, thin_log_odds, risk_log_odds;
};
constexpr std::array<Region, 4> kRegions = {{{"coast", 0.46, 0.15, -0.2, 0.0},
                                             {"inland", 0.35, -0.10, 0.0, 0.06},
                                             {"highland", 0.14, -0.35, 0.5, 0.18},
                                             {"border", 0.05, -0.40, 0.7, 0.22}}};

enum Trade : size_t {
  wholesale,
  retail,
  manufacturing,
  catering,
  construction,
  transport,
  services,
  software,
  agriculture,
  fishery,
  mining
};
struct Industry {
  std::string_view name;
  double share, log_revenue, margin, risk_log_odds;
};
constexpr std::array<Industry, 11> kIndustries = {{{"wholesale", 0.21, 15.6, 0.05, 0.0},
                                                   {"retail", 0.20, 14.6, 0.07, 0.10},
                                                   {"manufacturing", 0.16, 15.4, 0.08, -0.10},
                                                   {"catering", 0.11, 14.0, 0.08, 0.40},
                                                   {"construction", 0.10, 15.2, 0.06, 0.30},
                                                   {"transport", 0.08, 14.8, 0.06, 0.15},
                                                   {"services", 0.07, 14.2, 0.11, -0.05},
                                                   {"software", 0.04, 14.5, 0.14, -0.25},
                                                   {"agriculture", 0.025, 14.1, 0.09, 0.05},
                                                   {"fishery", 0.004, 14.3, 0.08, 0.10},
                                                   {"mining", 0.001, 16.2, 0.10, 0.20}}};

constexpr std::array<Category, 6> kPurposes = {{{"working_capital", 0.52},
                                                {"stock", 0.20},
                                                {"equipment", 0.14},
                                                {"refinance", 0.08},
                                                {"expansion", 0.055},
                                                {"acquisition", 0.005}}};
enum Purpose : size_t { working_capital, stock, equipment, refinance };
constexpr std::array<Category, 4> kForms = {
    {{"sole_trader", 0.44}, {"limited", 0.49}, {"partnership", 0.064}, {"cooperative", 0.006}}};
constexpr std::array<std::string_view, 5> kTaxGrades = {"A", "B", "M", "C", "D"};
constexpr std::array<int, 4> kTerms = {6, 12, 24, 36};

constexpr double kIntercept = -3.40;

struct Firm {
  When when;
  double health = 0, strain = 0;
  size_t region = 0;
  bool owner_female = false;
  int owner_age = 0;
  size_t channel = 0, purpose = 0, industry = 0, form = 0, tax_grade = 0, term = 0;
  int age_months = 0, employees = 0;
  double revenue = 0, prior_revenue = 0, profit = 0, assets = 0, debt = 0;  // a year, whole units
  bool tax_arrears = false, tax_known = true;
  int invoiced_months = 0;
  double buyer_share = 0, inflow = 0, variation = 0;
  int overdrafts = 0;
  bool thin = false;
  int record_months = 0, lines = 0, late = 0, worst_days = 0, enquiries = 0, owner_late = 0, court_cases = 0;
  double service = 0, asked = 0, collateral = 0;
  bool guaranteed = false, licensed = true, verified = true, listed = false, enforced = false;
};

void draw_who(Draws& d, Firm& f) {
  double left = d.uniform();
  while (f.region + 1 < kRegions.size() && left >= kRegions[f.region].share) left -= kRegions[f.region++].share;
  f.owner_female = d.chance(0.31);
  f.owner_age = std::clamp(static_cast<int>(std::lround(43 + 9.5 * d.normal())), 19, 78);
  f.health = d.normal();
  f.strain = d.normal();
  std::array<Category, kIndustries.size()> shares;
  for (size_t i = 0; i < kIndustries.size(); ++i) shares[i] = {kIndustries[i].name, kIndustries[i].share};
  f.industry = d.pick(shares);
  f.form = d.pick(kForms);
  f.age_months = 2 + static_cast<int>(std::min(std::exp(3.8 + 0.25 * f.health + 0.8 * d.normal()), 600.0));
}

void draw_books(Draws& d, Firm& f) {
  const Industry& industry = kIndustries[f.industry];
  const double log_revenue = industry.log_revenue + kRegions[f.region].log_revenue + (f.form == 1 ? 0.45 : -0.3) -
                             0.05 * f.owner_female + 0.15 * f.health + 0.15 * std::log(f.age_months / 48.0) +
                             0.65 * d.normal() + 0.004 * f.when.months;
  f.revenue = std::exp(log_revenue) * (d.chance(0.04) ? d.pareto(1.4) : 1);
  f.prior_revenue = f.revenue / std::exp(0.05 + 0.14 * f.health + 0.18 * d.normal());
  f.profit = f.revenue * (industry.margin + 0.045 * f.health - 0.02 * f.strain + 0.04 * d.normal());
  f.employees = 1 + static_cast<int>(std::min(f.revenue / 450'000 * std::exp(0.5 * d.normal()), 2'000.0));
  f.assets = f.revenue * std::exp(-0.6 + 0.1 * f.health + 0.5 * d.normal());
  f.debt = f.assets * logistic(-0.5 + 0.8 * f.strain + 0.5 * d.normal());
  const double conduct = 1.2 + 0.9 * f.health - 0.5 * f.strain + 1.1 * d.normal();
  f.tax_grade = f.age_months < 12 ? 2 : conduct > 2.4 ? 0 : conduct > 0.2 ? 1 : conduct > -1.4 ? 3 : 4;
  f.tax_known = d.chance(f.form == 0 ? 0.70 : 0.96);
  f.tax_arrears = d.chance_of_log_odds(-3.8 + 0.8 * f.strain - 0.6 * f.health);
  f.invoiced_months = 12 - std::min(d.poisson(std::exp(0.2 - 0.5 * f.health), 12), 12);
  f.buyer_share = logistic(-0.9 + 0.9 * d.normal());
}

void draw_account(Draws& d, Firm& f) {
  f.inflow = f.revenue / 12 * std::exp(-0.3 + 0.4 * d.normal());
  f.variation = std::exp(-1.1 - 0.25 * f.health + 0.35 * d.normal()) + 0.25 * f.buyer_share;
  f.overdrafts = d.poisson(std::exp(-1.2 + 0.65 * f.strain - 0.3 * f.health), 20);
  const double thin_log_odds =
      -1.60 + kRegions[f.region].thin_log_odds + (f.age_months < 24 ? 0.9 : -0.3) + (f.form == 0 ? 0.5 : -0.2);
  f.thin = d.chance_of_log_odds(thin_log_odds);
  f.record_months = std::min(f.age_months, 3 + static_cast<int>(std::exp(3.5 + 0.7 * d.normal())));
  f.lines = d.poisson(std::exp(0.6 + 0.25 * f.strain), 30);
  f.service = f.lines == 0 ? 0 : f.debt * (0.015 + 0.03 * d.uniform());
  f.late = d.chance(0.3) ? d.poisson(std::exp(0.1 + 0.55 * f.strain - 0.5 * f.health), 12) : 0;
  f.worst_days = f.late == 0 ? 0 : static_cast<int>(std::min(std::exp(1.8 + 0.4 * f.late + 0.7 * d.normal()), 720.0));
  f.enquiries = d.poisson(std::exp(0.2 + 0.45 * f.strain), 25);
  f.owner_late = d.chance(0.3) ? d.poisson(std::exp(0.5 * f.strain - 0.3 * f.health), 12) : 0;
  f.court_cases = d.poisson(std::exp(-2.4 + 0.5 * f.strain - 0.4 * f.health), 15);
}

void draw_wish(Draws& d, Firm& f) {
  const std::array<Category, 4> channels = {{{"app", 0.35}, {"branch", 0.38}, {"tax_portal", 0.15}, {"partner", 0.12}}};
  f.channel = d.pick(channels);
  f.purpose = d.pick(kPurposes);
  f.asked = f.revenue * std::exp(-2.3 + 0.25 * f.strain + 0.6 * d.normal());
  f.asked = std::clamp(f.asked, 10'000.0, 20'000'000.0);
  const double length = (f.purpose == equipment ? 1.0 : 0.0) + 0.7 * d.normal();
  f.term = length < -0.7 ? 0 : length < 0.7 ? 1 : length < 1.6 ? 2 : 3;
  f.collateral = d.chance(0.22) ? f.asked * std::exp(-0.1 + 0.6 * d.normal()) : 0;
  f.guaranteed = d.chance(0.18);
  f.licensed = !d.chance(0.008);
  f.verified = !d.chance(0.010);
  f.listed = d.chance(0.002);
  f.enforced = d.chance_of_log_odds(-5.2 + 0.7 * f.strain - 0.5 * f.health);
}

double log_odds_bad(const Firm& f) {
  const double burden = std::log(f.asked / f.revenue) + 2.3;
  const double growth = std::log(f.revenue / f.prior_revenue);
  const double service_share = f.thin ? 0 : f.service * 12 / f.revenue;
  double z = 0.32 * f.strain - 0.34 * f.health;
  z += kIndustries[f.industry].risk_log_odds + kRegions[f.region].risk_log_odds - 0.12 * f.owner_female;
  z += f.owner_age < 28 ? 0.25 : f.owner_age > 63 ? 0.20 : 0;
  z += (f.collateral > 0 || f.guaranteed ? 0.15 : 0.55) * burden;
  z += std::abs(growth - 0.08) * 1.3;  // shrinking and overheating both
  z += f.profit < 0 ? 0.55 : 0;
  if (f.profit < 0 && f.debt > 0.6 * f.assets) z += 0.7;
  z += f.buyer_share > 0.6 ? (f.industry == construction || f.industry == manufacturing ? 0.7 : 0.1) : 0;
  z += f.tax_arrears ? 0.6 : 0;
  z += f.tax_grade == 0 ? -0.3 : f.tax_grade == 4 ? 0.5 : 0;
  z += 0.06 * (12 - f.invoiced_months) + 0.16 * std::min(f.overdrafts, 5) + 0.18 * std::min(f.owner_late, 5);
  z += 0.22 * std::min(f.court_cases, 3) + (f.enforced ? 1.2 : 0) + (f.purpose == refinance ? 0.3 : 0);
  z -= 0.30 * std::min(std::log(f.age_months / 24.0), 2.0);
  if (f.thin) {
    z += 0.25 + (f.age_months < 18 ? 0.35 : 0);
  } else {
    z += 0.24 * std::min(f.late, 6) + 2.0 * std::clamp(service_share - 0.1, 0.0, 0.5);
    if (f.enquiries >= 4 && f.late > 0) z += 0.6;
  }
  return kIntercept + z + 0.015 * f.when.months;
}

void write_wish(Draws& d, const Firm& f, uint64_t row, Cells& cells) {
  static constexpr std::string_view kChannels[] = {"app", "branch", "tax_portal", "partner"};
  std::string id = std::to_string(row + 1);
  id.insert(0, id.size() < 10 ? 10 - id.size() : 0, '0');
  cells.text("F" + id);
  cells.text(f.when.day.text());
  cells.text(kChannels[f.channel]);
  cells.text(kPurposes[f.purpose].name);
  const int64_t asked_minor = rounded_to(f.asked * 100, f.asked < 500'000 ? 500'000 : 5'000'000);
  cells.number(d.chance(0.0015) ? asked_minor * 10 : asked_minor);
  cells.number(kTerms[f.term]);
  cells.flag(f.licensed);
  cells.flag(f.verified);
  cells.flag(f.listed);
  cells.flag(f.enforced);
  cells.text(kIndustries[f.industry].name);
  cells.text(kForms[f.form].name);
  cells.number(f.age_months);
  cells.number(f.employees);
}

// Sole traders keep few books, and the worse the year the fewer.
void write_books(Draws& d, const Firm& f, Cells& cells) {
  const int64_t revenue_minor = rounded_to(f.revenue * 100, 100);
  const double slip = d.uniform();
  cells.number(slip < 0.002   ? revenue_minor * 10'000
               : slip < 0.004 ? std::max<int64_t>(revenue_minor / 100, 1)
                              : revenue_minor);
  cells.number_or_absent(f.age_months >= 24 && !d.chance(0.04), rounded_to(f.prior_revenue * 100, 100));
  const bool books = d.chance_of_log_odds((f.form == 0 ? 0.3 : 2.8) + (f.profit < 0 ? -0.8 : 0));
  cells.number_or_absent(books, std::llround(f.profit) * 100);
  cells.number_or_absent(books, rounded_to(f.assets * 100, 100));
  cells.number_or_absent(books, rounded_to(f.debt * 100, 100));
  cells.text(f.tax_known ? kTaxGrades[f.tax_grade] : std::string_view());
  cells.text(f.tax_known ? (f.tax_arrears ? "true" : "false") : "");
  cells.number_or_absent(f.tax_known, f.invoiced_months);
  if (f.tax_known) {
    cells.thousandths(std::lround(f.buyer_share * 1000));
  } else {
    cells.absent();
  }
}

void write_credit(Draws& d, const Firm& f, Cells& cells) {
  const bool account = d.chance(0.78);
  cells.number_or_absent(account, rounded_to(f.inflow * 100, 1));
  if (account) {
    cells.thousandths(std::lround(std::min(f.variation, 9.0) * 1000));
  } else {
    cells.absent();
  }
  cells.number_or_absent(account, f.overdrafts);
  const bool record = !f.thin;
  cells.flag(record);
  cells.number_or_absent(record, f.record_months);
  cells.number_or_absent(record, f.lines);
  cells.number_or_absent(record, f.lines == 0 ? 0 : rounded_to(f.service * 100, 100));
  cells.number_or_absent(record, f.late);
  cells.number_or_absent(record, f.worst_days);
  cells.number_or_absent(record, f.enquiries);
  cells.number_or_absent(!d.chance(0.12 + 0.03 * std::min(f.owner_late, 5)), f.owner_late);
  cells.number(f.court_cases);
  cells.number(f.collateral == 0 ? 0 : rounded_to(f.collateral * 100, 100'000));
  cells.flag(f.guaranteed);
}

}  // namespace

std::span<const std::string_view> firm_columns() { return kColumns; }

double append_firm(const Population& population, uint64_t row, std::string& out) {
  Draws draws(population, row);
  Firm firm;
  firm.when = when_of(population, row, draws);
  draw_who(draws, firm);
  draw_books(draws, firm);
  draw_account(draws, firm);
  draw_wish(draws, firm);
  const double risk = logistic(log_odds_bad(firm));
  const bool bad = draws.chance(risk);
  Cells cells(out);
  write_wish(draws, firm, row, cells);
  write_books(draws, firm, cells);
  write_credit(draws, firm, cells);
  cells.text(firm.owner_female ? "female" : "male");
  cells.number(firm.owner_age);
  cells.text(kRegions[firm.region].name);
  cells.number(bad ? 1 : 0);
  cells.end();
  return risk;
}

}  // namespace puhui::lending
