#include "applications/lending/product.h"

#include "infrastructure/kernel/routing.h"

namespace puhui::lending {

std::string_view name_of(ProductKind kind) { return kind == ProductKind::revolving ? "revolving" : "term"; }
std::string_view name_of(BorrowerKind kind) { return kind == BorrowerKind::person ? "person" : "firm"; }

Digest Product::hash() const { return sha256(print_product(*this)); }

Date Product::first_due(Date opened_on) const {
  const int periods_before = terms.period_months - 1;
  const Date earliest = opened_on.plus_months(periods_before).plus_days(first_period_days_min);
  if (terms.due_rule == DueRule::end_of_month) return earliest.end_of_month();
  if (billing_day == 0) return opened_on.plus_months(terms.period_months);
  const Date in_month = *Date::from_civil(earliest.year(), earliest.month(), billing_day);
  return in_month >= earliest ? in_month : in_month.plus_months(1);
}

std::string print_product(const Product& product) { return print_json_pretty(to_json(product)) + "\n"; }

namespace {

Json rate_json(Rate rate) { return Json(rate.text()); }

Json repayment_json(const Product& product) {
  const Terms& terms = product.terms;
  return Json::Object{{"method", name_of(terms.method)},
                      {"day_count", name_of(terms.day_count)},
                      {"rounding", name_of(terms.rounding)},
                      {"due_rule", name_of(terms.due_rule)},
                      {"billing_day", product.billing_day},
                      {"first_period_days_min", product.first_period_days_min},
                      {"period_months", terms.period_months},
                      {"principal_grace_terms", terms.principal_grace_terms},
                      {"minimum_principal", rate_json(terms.minimum_principal)}};
}

Json allocation_json(const AllocationOrder& order) {
  Json::List out;
  for (const Pair& pair : order) {
    out.push_back(std::string(name_of(pair.timing)) + " " + std::string(name_of(pair.component)));
  }
  return out;
}

Json delinquency_json(const Product& product) {
  Json::List edges;
  for (const int edge : product.bucket_edges) edges.push_back(edge);
  return Json::Object{{"bucket_edges", std::move(edges)}, {"charge_off_days", product.charge_off_days}};
}

Json costs_json(const CostRates& costs) {
  return Json::Object{{"funding", rate_json(costs.funding)}, {"operating", rate_json(costs.operating)},
                      {"capital", rate_json(costs.capital)}, {"hurdle", rate_json(costs.hurdle)},
                      {"margin", rate_json(costs.margin)},   {"floor", rate_json(costs.floor)},
                      {"cap", rate_json(costs.cap)},         {"pd_max", rate_json(costs.pd_max)}};
}

Json partner_json(const Partner& partner) {
  if (partner.share.ppb == 0) return nullptr;
  return Json::Object{{"share", rate_json(partner.share)}, {"residue", name_of(partner.residue)}};
}

Json exploration_json(const Exploration& exploration) {
  return Json::Object{{"rate", rate_json(exploration.rate)}, {"daily_max", exploration.daily_max}};
}

}  // namespace

Json to_json(const Product& product) {
  const Terms& terms = product.terms;
  Json::List months;
  for (const int term : product.terms_months) months.push_back(term);
  Json out = Json::Object{
      {"name", product.name},
      {"title", product.title},
      {"kind", name_of(product.kind)},
      {"borrower", name_of(product.borrower)},
      {"currency", product.currency.code()},
      {"amount_minor",
       Json::Object{
           {"min", product.amount.min_minor}, {"max", product.amount.max_minor}, {"step", product.amount.step_minor}}},
      {"terms_months", std::move(months)},
      {"repayment", repayment_json(product)},
      {"late", Json::Object{{"grace_days", terms.grace_days},
                            {"penalty_over", rate_json(terms.penalty_over)},
                            {"penalty_base", name_of(terms.penalty_base)}}},
      {"drawdown_fee", rate_json(product.drawdown_fee)},
      {"allocation", allocation_json(terms.allocation)},
      {"prepayment", Json::Object{{"allowed", terms.prepayment.allowed},
                                  {"rule", name_of(terms.prepayment.rule)},
                                  {"fee_rate", rate_json(terms.prepayment.fee_rate)}}},
      {"partner", partner_json(terms.partner)},
      {"delinquency", delinquency_json(product)},
      {"stages", Json::Object{{"stage2_days", product.stages.stage2_days},
                              {"stage3_days", product.stages.stage3_days},
                              {"pd_ratio", rate_json(product.stages.pd_ratio)}}},
      {"loss", Json::Object{{"lgd", rate_json(product.lgd)}, {"pd_year_factor", rate_json(product.pd_year_factor)}}},
      {"costs", costs_json(product.costs)},
  };
  if (product.exploration) out.set("exploration", exploration_json(*product.exploration));
  return out;
}

std::vector<std::pair<std::string, Json>> policy_inputs(const Product& product) {
  const auto rate = [](Rate value) { return Json(Json::Number{value.text()}); };
  const CostRates& costs = product.costs;
  std::vector<std::pair<std::string, Json>> out = {{"product funding rate", rate(costs.funding)},
                                                   {"product operating rate", rate(costs.operating)},
                                                   {"product capital rate", rate(costs.capital)},
                                                   {"product hurdle rate", rate(costs.hurdle)},
                                                   {"product lgd", rate(product.lgd)},
                                                   {"product margin rate", rate(costs.margin)},
                                                   {"product rate floor", rate(costs.floor)},
                                                   {"product rate cap", rate(costs.cap)},
                                                   {"product pd max", rate(costs.pd_max)},
                                                   {"product amount min", product.amount.min_minor},
                                                   {"product amount max", product.amount.max_minor},
                                                   {"product amount step", product.amount.step_minor}};
  if (product.exploration) {
    out.emplace_back(kernel::kExplorationRateThreshold, rate(product.exploration->rate));
    out.emplace_back(kernel::kExplorationDailyMaxThreshold, product.exploration->daily_max);
  }
  return out;
}

}  // namespace puhui::lending
