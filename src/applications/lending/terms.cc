#include "applications/lending/terms.h"

#include <string>

namespace puhui::lending {

namespace {

constexpr Named<RepaymentMethod> kMethods[] = {{RepaymentMethod::equal_instalment, "equal_instalment"},
                                               {RepaymentMethod::equal_principal, "equal_principal"},
                                               {RepaymentMethod::interest_only_bullet, "interest_only_bullet"},
                                               {RepaymentMethod::free_repayment, "free_repayment"}};
constexpr Named<DueRule> kDueRules[] = {{DueRule::same_day, "same_day"}, {DueRule::end_of_month, "end_of_month"}};
constexpr Named<PenaltyBase> kPenaltyBases[] = {{PenaltyBase::overdue_principal, "overdue_principal"},
                                                {PenaltyBase::overdue_instalment, "overdue_instalment"}};
constexpr Named<PrepaymentRule> kPrepaymentRules[] = {{PrepaymentRule::reduce_term, "reduce_term"},
                                                      {PrepaymentRule::reduce_instalment, "reduce_instalment"}};
constexpr Named<Residue> kResidues[] = {{Residue::own, "own"}, {Residue::partner, "partner"}};
constexpr Named<Component> kComponentNames[] = {{Component::penalty, "penalty"},
                                                {Component::fee, "fee"},
                                                {Component::principal, "principal"},
                                                {Component::interest, "interest"}};
constexpr Named<Timing> kTimings[] = {
    {Timing::past_due, "past_due"}, {Timing::due, "due"}, {Timing::in_advance, "in_advance"}};
constexpr Named<DayCount> kDayCounts[] = {{DayCount::actual_365_fixed, "actual_365_fixed"},
                                          {DayCount::actual_360, "actual_360"},
                                          {DayCount::thirty_360, "thirty_360"},
                                          {DayCount::thirty_e_360, "thirty_e_360"},
                                          {DayCount::actual_actual, "actual_actual"}};
constexpr Named<Rounding> kRoundings[] = {
    {Rounding::half_even, "half_even"}, {Rounding::half_up, "half_up"}, {Rounding::down, "down"}, {Rounding::up, "up"}};

// A stored enumeration: its values are 0, 1, 2 … in the order of the names.
template <class E>
E decode_value(ByteReader& in) {
  const uint8_t value = in.u8();
  if (value >= values_of<E>().size()) {
    in.reject();
    return E{};
  }
  return static_cast<E>(value);
}

void encode_rate(Rate rate, ByteWriter& out) { out.unsigned_varint(static_cast<uint64_t>(rate.ppb)); }

Rate decode_rate(ByteReader& in) {
  const uint64_t ppb = in.unsigned_varint();
  if (ppb > static_cast<uint64_t>(kRateMax.ppb)) in.reject();
  return in.ok() ? Rate{static_cast<int64_t>(ppb)} : Rate{};
}

int decode_int(ByteReader& in) {
  const uint64_t value = in.unsigned_varint();
  if (value > 100'000) in.reject();
  return in.ok() ? static_cast<int>(value) : 0;
}

void check_between(std::string_view where, int64_t value, int64_t min, int64_t max, Faults& faults) {
  if (value >= min && value <= max) return;
  faults.add(std::string(where),
             "expected " + std::to_string(min) + " to " + std::to_string(max) + ", came " + std::to_string(value));
}

void check_rate(std::string_view where, Rate rate, Rate max, Faults& faults) {
  if (rate.ppb >= 0 && rate <= max) return;
  faults.add(std::string(where), "expected a rate of 0 to " + max.text() + ", came " + rate.text());
}

}  // namespace

template <>
std::span<const Named<RepaymentMethod>> values_of() {
  return kMethods;
}
template <>
std::span<const Named<DueRule>> values_of() {
  return kDueRules;
}
template <>
std::span<const Named<PenaltyBase>> values_of() {
  return kPenaltyBases;
}
template <>
std::span<const Named<PrepaymentRule>> values_of() {
  return kPrepaymentRules;
}
template <>
std::span<const Named<Residue>> values_of() {
  return kResidues;
}
template <>
std::span<const Named<Component>> values_of() {
  return kComponentNames;
}
template <>
std::span<const Named<Timing>> values_of() {
  return kTimings;
}
template <>
std::span<const Named<DayCount>> values_of() {
  return kDayCounts;
}
template <>
std::span<const Named<Rounding>> values_of() {
  return kRoundings;
}

std::string_view name_of(RepaymentMethod value) { return kMethods[static_cast<size_t>(value)].name; }
std::string_view name_of(DueRule value) { return kDueRules[static_cast<size_t>(value)].name; }
std::string_view name_of(PenaltyBase value) { return kPenaltyBases[static_cast<size_t>(value)].name; }
std::string_view name_of(PrepaymentRule value) { return kPrepaymentRules[static_cast<size_t>(value)].name; }
std::string_view name_of(Residue value) { return kResidues[static_cast<size_t>(value)].name; }
std::string_view name_of(Component value) { return kComponentNames[static_cast<size_t>(value)].name; }
std::string_view name_of(Timing value) { return kTimings[static_cast<size_t>(value)].name; }
std::string_view name_of(DayCount value) { return kDayCounts[static_cast<size_t>(value)].name; }
std::string_view name_of(Rounding value) { return kRoundings[static_cast<size_t>(value)].name; }

AllocationOrder default_allocation() {
  constexpr Component kOrder[] = {Component::penalty, Component::fee, Component::interest, Component::principal};
  AllocationOrder out;
  size_t at = 0;
  for (const Timing timing : {Timing::past_due, Timing::due, Timing::in_advance}) {
    for (const Component component : kOrder) out[at++] = {timing, component};
  }
  return out;
}

bool is_permutation_of_pairs(const AllocationOrder& order) {
  unsigned seen = 0;
  for (const Pair& pair : order) {
    if (pair.index() >= kPairs) return false;
    seen |= 1u << pair.index();
  }
  return seen == (1u << kPairs) - 1;
}

void check(const Terms& terms, Faults& faults) {
  check_between("repayment/period_months", terms.period_months, 1, 12, faults);
  check_between("repayment/principal_grace_terms", terms.principal_grace_terms, 0, kTermsMax - 1, faults);
  check_rate("repayment/minimum_principal", terms.minimum_principal, {Rate::kOne}, faults);
  check_between("late/grace_days", terms.grace_days, 0, kGraceDaysMax, faults);
  check_rate("late/penalty_over", terms.penalty_over, kRateMax, faults);
  check_rate("prepayment/fee_rate", terms.prepayment.fee_rate, {Rate::kOne}, faults);
  check_rate("partner/share", terms.partner.share, {Rate::kOne}, faults);
  if (!is_permutation_of_pairs(terms.allocation)) {
    faults.add("allocation",
               "expected each of the twelve pairs of past_due, due, in_advance and penalty, fee, "
               "principal, interest once");
  }
  if (terms.minimum_principal.ppb != 0 && terms.method != RepaymentMethod::free_repayment) {
    faults.add("repayment/minimum_principal",
               "expected 0 with the method " + std::string(name_of(terms.method)) + "; only free_repayment has one");
  }
}

void encode(const Terms& terms, ByteWriter& out) {
  out.u8(static_cast<uint8_t>(terms.method));
  out.u8(static_cast<uint8_t>(terms.day_count));
  out.u8(static_cast<uint8_t>(terms.rounding));
  out.u8(static_cast<uint8_t>(terms.due_rule));
  out.unsigned_varint(static_cast<uint64_t>(terms.period_months));
  out.unsigned_varint(static_cast<uint64_t>(terms.principal_grace_terms));
  encode_rate(terms.minimum_principal, out);
  out.unsigned_varint(static_cast<uint64_t>(terms.grace_days));
  encode_rate(terms.penalty_over, out);
  out.u8(static_cast<uint8_t>(terms.penalty_base));
  for (size_t i = 0; i < kPairs; i += 2) {
    out.u8(static_cast<uint8_t>(terms.allocation[i].index() | terms.allocation[i + 1].index() << 4));
  }
  out.u8(terms.prepayment.allowed ? 1 : 0);
  out.u8(static_cast<uint8_t>(terms.prepayment.rule));
  encode_rate(terms.prepayment.fee_rate, out);
  encode_rate(terms.partner.share, out);
  out.u8(static_cast<uint8_t>(terms.partner.residue));
}

Terms decode_terms(ByteReader& in) {
  Terms terms;
  terms.method = decode_value<RepaymentMethod>(in);
  terms.day_count = decode_value<DayCount>(in);
  terms.rounding = decode_value<Rounding>(in);
  terms.due_rule = decode_value<DueRule>(in);
  terms.period_months = decode_int(in);
  terms.principal_grace_terms = decode_int(in);
  terms.minimum_principal = decode_rate(in);
  terms.grace_days = decode_int(in);
  terms.penalty_over = decode_rate(in);
  terms.penalty_base = decode_value<PenaltyBase>(in);
  for (size_t i = 0; i < kPairs; i += 2) {
    const uint8_t two = in.u8();
    if ((two & 15) >= kPairs || two >> 4 >= static_cast<int>(kPairs)) {
      in.reject();
      return terms;
    }
    terms.allocation[i] = Pair::at(two & 15);
    terms.allocation[i + 1] = Pair::at(two >> 4);
  }
  const uint8_t allowed = in.u8();
  if (allowed > 1) in.reject();
  terms.prepayment.allowed = allowed == 1;
  terms.prepayment.rule = decode_value<PrepaymentRule>(in);
  terms.prepayment.fee_rate = decode_rate(in);
  terms.partner.share = decode_rate(in);
  terms.partner.residue = decode_value<Residue>(in);
  Faults faults;
  if (in.ok()) check(terms, faults);
  if (!faults.none()) in.reject();
  return terms;
}

}  // namespace puhui::lending
