#include "infrastructure/kernel/decision.h"

#include "ground/base/text.h"

namespace puhui::kernel {

using evidence::Judgement;
using evidence::Number;

std::string_view outcome_of(const Judgement& judgement) {
  const auto* value = judgement.output(kOutcomeDecision);
  const auto* text = value ? std::get_if<std::string>(value) : nullptr;
  return text ? std::string_view(*text) : std::string_view();
}

namespace {

Result<Number> number_of(const Judgement& judgement, std::string_view output) {
  const auto* value = judgement.output(output);
  const auto* number = value ? std::get_if<Number>(value) : nullptr;
  if (!number) {
    return fail(ErrorCode::invalid, std::string(output),
                "expected a number from the policy, came " +
                    (value ? evidence::text_of(*value) : std::string("no such decision")));
  }
  return *number;
}

}  // namespace

Result<Rate> rate_of(const Judgement& judgement, std::string_view output) {
  const auto parsed = Rate::parse(TRY(number_of(judgement, output)).text());
  if (!parsed) return fail(at(output, parsed.error()));
  return *parsed;
}

Result<int64_t> whole_of(const Judgement& judgement, std::string_view output) {
  const Number number = TRY(number_of(judgement, output));
  if (number.places != 0)
    return fail(ErrorCode::invalid, std::string(output), "expected a whole number, came " + number.text());
  return number.coefficient;
}

bool Draft::approves() const { return outcome_of(judgement_) == kApprove; }
std::string_view Decision::outcome() const { return outcome_of(judgement_); }
Result<Rate> Decision::rate(std::string_view output) const { return rate_of(judgement_, output); }
Result<int64_t> Decision::whole(std::string_view output) const { return whole_of(judgement_, output); }

}  // namespace puhui::kernel
