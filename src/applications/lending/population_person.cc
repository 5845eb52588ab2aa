// People who ask for a revolving micro-loan. Two things nobody sees drive them: how steady their life is, and how
// stretched they are; every column shows a little of the one or the other. docs/population.md has the tables.
#include <algorithm>
#include <array>

#include "applications/lending/population_draws.h"

namespace puhui::lending {

namespace {

constexpr std::string_view kColumns[] = {"applicant_id",
                                         "applied_on",
                                         "channel",
                                         "applied_hour",
                                         "purpose",
                                         "requested_amount_minor",
                                         "term_months",
                                         "of_legal_age",
                                         "identity_verified",
                                         "on_watch_list",
                                         "enforcement_record",
                                         "employment",
                                         "employment_months",
                                         "education",
                                         "residence",
                                         "residence_months",
                                         "dependants",
                                         "income_month_minor",
                                         "has_credit_record",
                                         "credit_record_months",
                                         "credit_lines_open",
                                         "credit_debt_minor",
                                         "credit_utilisation",
                                         "debt_service_month_minor",
                                         "late_payments_12m",
                                         "worst_days_late_24m",
                                         "credit_enquiries_6m",
                                         "account_months",
                                         "account_balance_minor",
                                         "account_inflow_month_minor",
                                         "account_overdrafts_6m",
                                         "phone_months",
                                         "phone_bills_late_12m",
                                         "sex",
                                         "age",
                                         "marital_status",
                                         "region_group",
                                         "default"};

struct Region {
  std::string_view name;
  double share, log_income, thin_log_odds, risk_log_odds;
};
constexpr std::array<Region, 4> kRegions = {{{"coast", 0.42, 0.12, -0.2, 0.0},
                                             {"inland", 0.36, -0.12, 0.0, 0.05},
                                             {"highland", 0.17, -0.32, 0.5, 0.18},
                                             {"border", 0.05, -0.38, 0.7, 0.22}}};

enum Work : size_t {
  employed,
  public_service,
  self_employed,
  gig_worker,
  farmer,
  retired,
  student,
  unemployed,
  seafarer,
  clergy
};
struct WorkKind {
  std::string_view name;
  double share, log_income, income_missing, risk_log_odds;
};
constexpr std::array<WorkKind, 10> kWork = {{{"employed", 0.50, 8.75, 0.03, -0.05},
                                             {"public_service", 0.07, 8.90, 0.01, -0.55},
                                             {"self_employed", 0.17, 8.80, 0.20, 0.15},
                                             {"gig_worker", 0.12, 8.45, 0.15, 0.30},
                                             {"farmer", 0.07, 8.10, 0.28, 0.05},
                                             {"retired", 0.03, 8.20, 0.05, -0.25},
                                             {"student", 0.02, 7.40, 0.40, 0.20},
                                             {"unemployed", 0.015, 7.20, 0.55, 0.70},
                                             {"seafarer", 0.0030, 9.10, 0.05, -0.10},
                                             {"clergy", 0.0015, 8.30, 0.10, -0.40}}};

constexpr std::array<Category, 11> kPurposes = {{{"consumption", 0.38},
                                                 {"renovation", 0.14},
                                                 {"business", 0.12},
                                                 {"refinance", 0.11},
                                                 {"education", 0.07},
                                                 {"medical", 0.06},
                                                 {"travel", 0.05},
                                                 {"wedding", 0.04},
                                                 {"other", 0.025},
                                                 {"funeral", 0.004},
                                                 {"litigation", 0.001}}};
enum Purpose : size_t { consumption, renovation, business, refinance, schooling };

constexpr std::array<std::string_view, 6> kEducation = {"none",       "primary",  "secondary",
                                                        "vocational", "bachelor", "postgraduate"};
constexpr std::array<Category, 5> kResidence = {
    {{"owner", 0.38}, {"family", 0.30}, {"rent", 0.27}, {"dormitory", 0.048}, {"boat", 0.002}}};
constexpr std::array<int, 3> kTerms = {12, 24, 36};

constexpr double kIntercept = -3.23;
constexpr double kSpread = 1.20;  // of everything that is not the intercept

struct Person {
  When when;
  // nobody sees
  double steadiness = 0, strain = 0;
  // sealed
  size_t region = 0;
  bool female = false;
  int age = 0;
  size_t marital = 0;
  // told or found
  size_t channel = 0, purpose = 0, work = 0, education = 0, residence = 0;
  int hour = 0, employment_months = 0, residence_months = 0, dependants = 0;
  double income = 0;  // true, a month, in whole units
  double asked = 0;
  size_t term = 0;
  bool verified = true, listed = false, enforced = false;
  bool thin = false;
  int record_months = 0, lines = 0, late = 0, worst_days = 0, enquiries = 0;
  double debt = 0, service = 0, utilisation = 0;
  bool customer = false;
  int account_months = 0, overdrafts = 0;
  double balance = 0, inflow = 0;
  int phone_months = 0, phone_late = 0;
};

void draw_who(Draws& d, Person& p) {
  double left = d.uniform();
  while (p.region + 1 < kRegions.size() && left >= kRegions[p.region].share) left -= kRegions[p.region++].share;
  p.female = d.chance(0.47);
  const double span = std::exp(2.62 + 0.55 * d.normal());
  p.age = std::clamp(static_cast<int>(std::lround(19 + span)), 18, 82);
  if (d.chance(0.0015)) p.age = 16 + d.whole(0, 1);
  const double settled = logistic(0.16 * (p.age - 29));
  p.marital = d.chance(settled) ? (d.chance(0.10) ? 2 : d.chance(0.002 * std::max(p.age - 35, 0)) ? 3 : 1) : 0;
  p.steadiness = d.normal() + 0.02 * (p.age - 36);
  p.strain = d.normal();
}

void draw_work(Draws& d, Person& p) {
  std::array<Category, kWork.size()> shares;
  for (size_t i = 0; i < kWork.size(); ++i) shares[i] = {kWork[i].name, kWork[i].share};
  if (p.age >= 60) shares[retired].share = 1.5;
  if (p.age < 24) shares[student].share = 0.25;
  if (p.region >= 2) shares[farmer].share = 0.18;
  p.work = d.pick(shares);
  const double schooling_level =
      2.4 + 0.5 * p.steadiness - 0.03 * (p.age - 35) - 0.3 * (p.region >= 2) + 1.1 * d.normal();
  p.education = static_cast<size_t>(std::clamp(static_cast<int>(std::lround(schooling_level)), 0, 5));
  const int working_months = std::max(p.age - 18, 0) * 12;
  p.employment_months =
      std::min(working_months, static_cast<int>(std::exp(3.3 + 0.55 * p.steadiness + 0.8 * d.normal())));
  const double log_income = kWork[p.work].log_income + kRegions[p.region].log_income - 0.10 * p.female +
                            0.11 * (static_cast<double>(p.education) - 2.4) - 0.0006 * (p.age - 44) * (p.age - 44) +
                            0.08 * p.steadiness + 0.36 * d.normal() + 0.006 * p.when.months;
  p.income = std::exp(log_income) * (d.chance(0.03) ? d.pareto(1.7) : 1);
  p.residence = d.pick(kResidence);
  p.residence_months = std::min(p.age * 12, static_cast<int>(std::exp(3.6 + 0.4 * p.steadiness + 0.9 * d.normal())));
  p.dependants = d.poisson(p.marital == 0 ? 0.2 : 1.3, 7);
}

void draw_credit(Draws& d, Person& p) {
  const double thin_log_odds = -1.66 + kRegions[p.region].thin_log_odds + (p.age < 25 ? 1.2 : 0) +
                               (p.work == farmer || p.work == student || p.work == clergy ? 1.0 : 0) -
                               0.25 * (p.education >= 4) + 0.004 * p.when.months;
  p.thin = d.chance_of_log_odds(thin_log_odds);
  const int adult_months = std::max((p.age - 18) * 12, 3);
  p.record_months = std::min(adult_months, 3 + static_cast<int>(std::exp(3.7 + 0.3 * p.steadiness + 0.7 * d.normal())));
  p.lines = d.poisson(std::exp(0.75 + 0.22 * p.strain), 25);
  p.utilisation = p.lines == 0 ? 0 : logistic(-0.7 + 1.0 * p.strain + 0.7 * d.normal() + 0.01 * p.when.months);
  p.debt = p.lines == 0 ? 0 : p.income * p.lines * (0.4 + 3.2 * p.utilisation) * std::exp(0.5 * d.normal());
  p.service = p.debt * (0.025 + 0.04 * d.uniform());
  p.late = d.chance(0.35) ? d.poisson(std::exp(0.1 + 0.55 * p.strain - 0.5 * p.steadiness), 12) : 0;
  p.worst_days = p.late == 0 ? 0 : static_cast<int>(std::min(std::exp(1.9 + 0.35 * p.late + 0.7 * d.normal()), 720.0));
  p.enquiries = d.poisson(std::exp(-0.1 + 0.45 * p.strain + 0.004 * p.when.months), 20);
}

void draw_account(Draws& d, Person& p) {
  p.customer = d.chance(p.region >= 2 ? 0.55 : 0.68);
  p.account_months = 1 + static_cast<int>(std::exp(3.1 + 0.3 * p.steadiness + 0.9 * d.normal()));
  p.balance = p.income * std::exp(-0.6 + 0.45 * p.steadiness - 0.55 * p.strain + 0.9 * d.normal());
  p.inflow = p.income * std::exp(-0.15 + 0.35 * d.normal());
  p.overdrafts = d.poisson(std::exp(-1.3 + 0.6 * p.strain - 0.3 * p.steadiness), 12);
  p.phone_months = 1 + static_cast<int>(std::exp(3.6 + 0.4 * p.steadiness + 0.7 * d.normal()));
  p.phone_late = d.poisson(std::exp(-1.1 - 0.6 * p.steadiness + 0.35 * p.strain), 12);
}

void draw_wish(Draws& d, Person& p) {
  const double app_share = std::min(0.55 + 0.005 * p.when.months, 0.9);
  const std::array<Category, 4> channels = {{{"app", app_share}, {"branch", 0.20}, {"agent", 0.14}, {"partner", 0.11}}};
  p.channel = d.pick(channels);
  p.hour = d.chance(logistic(-2.6 + 0.5 * p.strain)) ? d.whole(0, 5) : d.whole(7, 22);
  p.purpose = d.pick(kPurposes);
  p.asked = p.income * std::exp(0.75 + 0.25 * p.strain + 0.65 * d.normal());
  p.asked = std::clamp(p.asked, 500.0, 500'000.0);
  const double length = std::log(p.asked / p.income) + 0.6 * d.normal();
  p.term = length < 1.0 ? 0 : length < 1.9 ? 1 : 2;
  p.verified = !d.chance(0.012);
  p.listed = d.chance(0.0025);
  p.enforced = d.chance_of_log_odds(-5.6 + 0.7 * p.strain - 0.4 * p.steadiness);
}

// What the two hidden drives and the visible facts make of a borrower. Thresholds and products are on purpose: a
// sum of bins cannot express them, trees can.
double log_odds_bad(const Person& p) {
  const double burden = std::log(std::max(p.asked / p.income, 0.1));
  const double service_share = p.thin ? 0 : p.service / p.income;
  const bool irregular = p.work == self_employed || p.work == gig_worker || p.work == farmer;
  double z = 0.30 * p.strain - 0.28 * p.steadiness;
  z += (irregular ? 0.62 : 0.18) * (burden - 0.8);
  z += kWork[p.work].risk_log_odds + kRegions[p.region].risk_log_odds - 0.14 * p.female;
  z += p.age < 24 ? 0.35 : p.age > 62 ? 0.18 : 0;
  z += 0.20 * (p.hour < 6) - 0.10 * (p.education >= 4);
  z += p.purpose == refinance ? 0.25 : p.purpose == schooling ? -0.25 : 0;
  if (p.purpose == business) z += p.work == self_employed ? -0.45 : 0.35;
  if (p.enforced) z += 1.3;
  if (!p.thin) {
    z += 1.1 * std::max(p.utilisation - 0.35, 0.0) + 0.26 * std::min(p.late, 6);
    z += 1.4 * std::clamp(service_share - 0.30, 0.0, 0.8);
    if (p.utilisation > 0.7 && p.enquiries >= 3) z += 0.8;
    if (p.late > 0 && p.record_months < 24) z += 0.45;
    z -= 0.15 * std::min(p.record_months, 120) / 60.0;
  } else {
    z += 0.60 + 0.30 * std::min(p.phone_late, 5) - 0.25 * std::min(p.phone_months, 96) / 48.0;
  }
  if (p.customer) {
    z += 0.16 * std::min(p.overdrafts, 4) - 0.12 * std::clamp(std::log(p.balance / p.income), -3.0, 2.0) - 0.1;
  } else {
    z += 0.12;
  }
  return kIntercept + kSpread * z + 0.015 * p.when.months;
}

// What people say their income is: round figures, sometimes in the wrong unit, sometimes nothing, the less the more.
void write_income(Draws& d, const Person& p, Cells& cells) {
  const WorkKind& work = kWork[p.work];
  const double low = std::clamp(0.8 * (8.5 - std::log(p.income)), -1.5, 1.5);
  const double missing = work.income_missing;
  const bool absent = d.chance_of_log_odds(std::log(missing / (1 - missing)) + low);
  const int64_t step_minor = d.chance(0.7) ? 50'000 : 1'000;
  const int64_t minor = rounded_to(p.income * 100, step_minor);
  const double slip = d.uniform();
  const int64_t told = slip < 0.002 ? minor * 100 : slip < 0.004 ? std::max<int64_t>(minor / 100, 1) : minor;
  cells.number_or_absent(!absent, told);
}

void write_wish(Draws& d, const Person& p, uint64_t row, Cells& cells) {
  static constexpr std::string_view kChannels[] = {"app", "branch", "agent", "partner"};
  std::string id = std::to_string(row + 1);
  id.insert(0, id.size() < 10 ? 10 - id.size() : 0, '0');
  cells.text("P" + id);
  cells.text(p.when.day.text());
  cells.text(kChannels[p.channel]);
  cells.number_or_absent(p.channel != 2, p.hour);  // agents hand in by the batch
  cells.text(kPurposes[p.purpose].name);
  const int64_t asked_minor = rounded_to(p.asked * 100, p.asked < 10'000 ? 10'000 : 100'000);
  cells.number(d.chance(0.0015) ? asked_minor * 10 : asked_minor);
  cells.number(kTerms[p.term]);
  cells.flag(p.age >= 18);
  cells.flag(p.verified);
  cells.flag(p.listed);
  cells.flag(p.enforced);
}

void write_life(Draws& d, const Person& p, Cells& cells) {
  cells.text(kWork[p.work].name);
  const bool works = p.work != retired && p.work != student && p.work != unemployed;
  cells.number_or_absent(works && !d.chance(0.03), p.employment_months);
  if (d.chance(0.06)) {
    cells.absent();
  } else {
    cells.text(kEducation[p.education]);
  }
  cells.text(kResidence[p.residence].name);
  cells.number_or_absent(!d.chance(0.05), p.residence_months);
  cells.number(p.dependants);
  write_income(d, p, cells);
}

void write_credit(Draws& d, const Person& p, Cells& cells) {
  const bool record = !p.thin;
  cells.flag(record);
  cells.number_or_absent(record, p.record_months);
  cells.number_or_absent(record, p.lines);
  cells.number_or_absent(record, p.lines == 0 ? 0 : rounded_to(p.debt * 100, 100));
  if (record && p.lines > 0) {
    cells.thousandths(std::lround(p.utilisation * 1000));
  } else {
    cells.absent();
  }
  cells.number_or_absent(record, p.lines == 0 ? 0 : rounded_to(p.service * 100, 100));
  cells.number_or_absent(record, p.late);
  cells.number_or_absent(record, p.worst_days);
  cells.number_or_absent(record, p.enquiries);
  cells.number_or_absent(p.customer, p.account_months);
  cells.number_or_absent(p.customer, rounded_to(p.balance * 100, 1));
  cells.number_or_absent(p.customer, rounded_to(p.inflow * 100, 1));
  cells.number_or_absent(p.customer, p.overdrafts);
  // Who pays late is less ready to show it.
  const bool shows_phone = d.chance_of_log_odds((p.channel == 0 ? 1.6 : -0.2) - 0.35 * p.phone_late);
  cells.number_or_absent(shows_phone, p.phone_months);
  cells.number_or_absent(shows_phone, p.phone_late);
}

void write_sealed(const Person& p, Cells& cells) {
  static constexpr std::string_view kMarital[] = {"single", "married", "divorced", "widowed"};
  cells.text(p.female ? "female" : "male");
  cells.number(p.age);
  cells.text(kMarital[p.marital]);
  cells.text(kRegions[p.region].name);
}

}  // namespace

std::span<const std::string_view> person_columns() { return kColumns; }

double append_person(const Population& population, uint64_t row, std::string& out) {
  Draws draws(population, row);
  Person person;
  person.when = when_of(population, row, draws);
  draw_who(draws, person);
  draw_work(draws, person);
  draw_credit(draws, person);
  draw_account(draws, person);
  draw_wish(draws, person);
  const double risk = logistic(log_odds_bad(person));
  const bool bad = draws.chance(risk);
  Cells cells(out);
  write_wish(draws, person, row, cells);
  write_life(draws, person, cells);
  write_credit(draws, person, cells);
  write_sealed(person, cells);
  cells.number(bad ? 1 : 0);
  cells.end();
  return risk;
}

}  // namespace puhui::lending
