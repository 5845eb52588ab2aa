#include "applications/fraud/scheme.h"

#include "ground/base/text.h"

namespace puhui::fraud {

namespace {

constexpr size_t kSchemeBytesMax = 1 << 20;

bool is_name(std::string_view text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, fits);
}

}  // namespace

std::span<const std::string_view> names_of(const Action*) {
  static constexpr std::string_view kNames[] = {"approve", "challenge", "hold", "block"};
  return kNames;
}

// Frauds are reported, good payments are not: after so long a silence governance takes an approved one as good.
constexpr int kOutcomeDelayDays = 7;

std::vector<evidence::UseCase> use_cases() {
  return {{std::string(kPaymentUseCase), "Decide whether a payment is let through, challenged, held or blocked", 1, 5,
           'A', "fraud control", std::string(kFraudOutcome), kOutcomeDelayDays},
          {std::string(kApplicationUseCase), "Decide whether an application is what it says it is", 1, 5, 'A',
           "fraud control", std::string(kFraudOutcome), kOutcomeDelayDays}};
}

void fields(Shape& shape, HoldRule& rule) {
  shape.field("minutes", rule.minutes, {.help = "until it is answered by itself", .min = 1, .max = 30 * 24 * 60});
  shape.field("queue", rule.queue, {.help = "its first owner", .min = 1, .max = 64, .example = "queue:fraud"});
  shape.field("then", rule.then, {.help = "approve or block, when nobody answered in time"});
}

void fields(Shape& shape, Scheme& scheme) {
  shape.field("name", scheme.name, {.help = "the scope of its use case", .min = 1, .max = 64});
  shape.field("title", scheme.title, {.help = "for people", .min = 1, .max = 200});
  shape.field("use_case", scheme.use_case, {.help = "fraud.payment or fraud.application"});
  shape.field("subject", scheme.subject, {.help = "key field whose alerts gather in one case", .max = 64});
  shape.field("amount", scheme.amount, {.help = "number field at stake, in minor units", .max = 64});
  shape.field("currency", scheme.currency, {.help = "of the amount", .min = 3, .max = 3});
  shape.field("negative_allowed", scheme.negative_allowed, {.help = "an amount may be a refund", .optional = true});
  shape.field("hold", scheme.hold, {.help = "of payments that wait for a person"});
  shape.field("challenge_minutes", scheme.challenge_minutes,
              {.help = "a challenge not answered by then has failed", .min = 1, .max = 24 * 60, .optional = true});
  shape.field("label_delay_days", scheme.label_delay_days,
              {.help = "after it a payment without a label counts as good", .min = 0, .max = 366, .optional = true});
  shape.field("thresholds", scheme.thresholds,
              {.help = "numbers that the policy compares with", .max = 64, .optional = true});
}

std::string Scheme::scope() const { return use_case + "/" + name; }

Result<Scheme> Scheme::parse(std::string_view json) {
  if (json.size() > kSchemeBytesMax) return fail(ErrorCode::invalid, "scheme", "expected at most 1 MiB");
  Scheme scheme = TRY(read_json<Scheme>(TRY(parse_json(json))));
  Faults faults;
  if (!is_name(scheme.name)) {
    faults.add("name", "expected lower-case letters, digits and '_', came '" + scheme.name + "'");
  }
  if (scheme.use_case != kPaymentUseCase && scheme.use_case != kApplicationUseCase) {
    faults.add("use_case", "expected fraud.payment or fraud.application, came '" + scheme.use_case + "'");
  }
  if (scheme.hold.then != Action::approve && scheme.hold.then != Action::block) {
    faults.add("hold/then", "expected approve or block: at its deadline a held payment is answered");
  }
  for (size_t i = 0; i < scheme.thresholds.size(); ++i) {
    const evidence::Threshold& threshold = scheme.thresholds[i];
    if (!evidence::Number::parse(threshold.value)) {
      faults.add("thresholds/" + std::to_string(i) + "/value", "expected a number, came '" + threshold.value + "'");
    }
  }
  TRY(std::move(faults).result());
  return scheme;
}

}  // namespace puhui::fraud
