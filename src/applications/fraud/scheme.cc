#include "applications/fraud/scheme.h"

namespace puhui::fraud {

std::span<const std::string_view> names_of(const Action*) {
  static constexpr std::string_view kNames[] = {"approve", "challenge", "hold", "block"};
  return kNames;
}

std::vector<evidence::UseCase> use_cases() {
  return {{std::string(kPaymentUseCase), "Decide whether a payment is let through, challenged, held or blocked", 1, 5,
           'A', "fraud control", std::string(kFraudOutcome)},
          {std::string(kApplicationUseCase), "Decide whether an application is what it says it is", 1, 5, 'A',
           "fraud control", std::string(kFraudOutcome)}};
}

std::string Scheme::scope() const { return use_case + "/" + name; }

}  // namespace puhui::fraud
