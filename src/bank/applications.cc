// The applications of this bank. A new one is one line in each list here and one in floors.cmake.
#include "applications/aml/account_verbs.h"
#include "applications/fraud/replay.h"
#include "applications/fraud/scheme.h"
#include "applications/lending/use_case.h"
#include "bank/house.h"

namespace puhui {

namespace {

void add(std::vector<Verb>& to, std::vector<Verb> verbs) {
  for (Verb& verb : verbs) to.push_back(std::move(verb));
}

}  // namespace

std::vector<evidence::UseCase> application_use_cases() {
  std::vector<evidence::UseCase> out = {lending::approval_use_case()};
  for (evidence::UseCase& use_case : fraud::use_cases()) out.push_back(std::move(use_case));
  out.push_back(aml::monitoring_use_case());
  out.push_back(aml::screening_use_case());
  return out;
}

std::vector<Migration> application_migrations() {
  std::vector<Migration> out = lending::migrations();
  for (auto& more :
       {fraud::migrations(), fraud::replay_migrations(), aml::monitoring_migrations(), aml::screening_migrations()}) {
    out.insert(out.end(), more.begin(), more.end());
  }
  return out;
}

std::vector<Verb> application_verbs(const ApplicationVerbNeeds& needs) {
  std::vector<Verb> verbs;
  add(verbs, lending::origination_verbs(needs.lending));
  add(verbs, lending::servicing_verbs(needs.lending));
  add(verbs, lending::day_end_verbs(needs.lending));
  add(verbs, lending::browse_verbs(needs.lending));
  add(verbs, lending::replay_verbs(needs.lending));
  add(verbs, fraud::payment_verbs(needs.fraud));
  add(verbs, fraud::browse_verbs(needs.fraud));
  add(verbs, fraud::shadow_verbs(needs.fraud));
  add(verbs, fraud::replay_verbs(needs.fraud));
  add(verbs, aml::monitoring_verbs(needs.monitoring));
  add(verbs, aml::monitoring_replay_verbs(needs.monitoring));
  add(verbs, aml::report_verbs(needs.monitoring));
  add(verbs, aml::account_verbs());
  add(verbs, aml::screening_verbs(needs.screening));
  add(verbs, aml::list_verbs(needs.screening));
  add(verbs, aml::match_verbs(needs.screening));
  return verbs;
}

Result<void> Bank::House::open_applications() {
  loan_book = std::make_unique<lending::LoanBook>(*ledger);
  origination = std::make_unique<lending::Origination>(*store, *kernel, *loan_book, products, needs.clock);
  lending_verbs.emplace(lending::VerbNeeds{*store, *evidence, *kernel, *ledger, *loan_book, *origination, products,
                                           needs.files, needs.clock});
  fraud_desk = TRY(fraud::Desk::open({*store, *evidence, *kernel, *cases, needs.clock, needs.log}));
  fraud_verbs.emplace(fraud::VerbNeeds{*store, *evidence, *kernel, *fraud_desk, needs.files, needs.clock});
  monitor =
      std::make_unique<aml::Monitor>(aml::MonitorNeeds{*store, *evidence, *kernel, *cases, needs.clock, needs.log});
  monitoring_verbs.emplace(aml::MonitoringVerbNeeds{*store, *evidence, *kernel, *monitor, needs.files, needs.clock});
  screening = TRY(aml::ScreeningDesk::open({*store, *evidence, *kernel, *cases, needs.clock, needs.log}));
  screening_verbs.emplace(aml::ScreeningVerbNeeds{*store, *evidence, *kernel, *screening, needs.files, needs.clock});
  return {};
}

// Of each application that keeps streams, its own.
std::vector<features::Stream*> Bank::House::streams() const {
  std::vector<features::Stream*> out;
  for (const std::string& scheme : fraud_desk->schemes()) out.push_back(fraud_desk->stream(scheme));
  return out;
}

}  // namespace puhui
