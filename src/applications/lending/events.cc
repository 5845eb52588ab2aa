#include "applications/lending/events.h"

#include <numeric>

namespace puhui::lending {

namespace {

constexpr uint8_t kVersion = 1;  // of the bytes

constexpr std::string_view kNames[kEventKinds] = {"rate_change", "drawdown", "fee",         "waiver",
                                                  "repayment",   "recovery", "prepayment",  "chargeback",
                                                  "refund",      "re_age",   "re_amortise", "charge_off"};

bool moves_money(EventKind kind) {
  switch (kind) {
    case EventKind::rate_change:
    case EventKind::re_age:
    case EventKind::re_amortise:
    case EventKind::charge_off: return false;
    default: return true;
  }
}

void check_amount(const Event& event, Faults& faults) {
  const int64_t min = moves_money(event.kind) ? 1 : 0, max = moves_money(event.kind) ? kAmountMinorMax : 0;
  if (event.amount_minor < min || event.amount_minor > max) {
    faults.add("amount_minor", "expected " + std::to_string(min) + " to " + std::to_string(max) + " of a " +
                                   std::string(name_of(event.kind)) + ", came " + std::to_string(event.amount_minor));
  }
}

void check_parts(const Event& event, Faults& faults) {
  int64_t sum = 0;
  bool sensible = true;
  for (const int64_t part : event.parts) {
    sensible = sensible && part >= 0 && part <= kAmountMinorMax;
    if (sensible) sum += part;
  }
  const int64_t sum_max = event.kind == EventKind::chargeback ? event.amount_minor : 0;
  if (!sensible || sum > sum_max) {
    faults.add("parts", "expected parts of 0 or more that sum to at most " + std::to_string(sum_max) +
                            ", came a sum of " + std::to_string(sum));
  }
}

}  // namespace

std::string_view name_of(EventKind kind) { return kNames[static_cast<size_t>(kind)]; }

template <>
std::span<const Named<EventKind>> values_of() {
  static const auto kKinds = [] {
    std::array<Named<EventKind>, kEventKinds> out;
    for (size_t i = 0; i < kEventKinds; ++i) out[i] = {static_cast<EventKind>(i), kNames[i]};
    return out;
  }();
  return kKinds;
}

Result<void> check(const Contract& contract, const Event& event) {
  Faults faults;
  if (event.id.is_zero()) faults.add("id", "expected an id chosen by the client, came zero");
  if (event.date < contract.opened_on || event.date > contract.opened_on.plus_days(100 * 366)) {
    faults.add("date", "expected a day from the opening on " + contract.opened_on.text() + " on");
  }
  check_amount(event, faults);
  check_parts(event, faults);
  if (event.rate.ppb < 0 || event.rate > kRateMax || (event.kind != EventKind::rate_change && event.rate.ppb != 0)) {
    faults.add("rate",
               "expected a rate of 0 to " + kRateMax.text() + ", and only in a rate_change, came " + event.rate.text());
  }
  const bool re_age = event.kind == EventKind::re_age;
  if (re_age ? event.first_due <= event.date || event.first_due > event.date.plus_days(366)
             : event.first_due != Date{}) {
    faults.add("first_due", "expected a day within a year after the event, and only of a re_age");
  }
  const bool has_terms = re_age || event.kind == EventKind::re_amortise;
  if (event.terms < (re_age ? 1 : 0) || event.terms > (has_terms ? kTermsMax : 0)) {
    faults.add("terms", "expected a number of instalments to " + std::to_string(kTermsMax) +
                            ", and only of a re_age or re_amortise, came " + std::to_string(event.terms));
  }
  return std::move(faults).result();
}

std::string encode(const Event& event) {
  ByteWriter out;
  out.u8(kVersion);
  out.u8(static_cast<uint8_t>(event.kind));
  out.id(event.id);
  out.signed_varint(event.date.days);
  if (moves_money(event.kind)) out.unsigned_varint(static_cast<uint64_t>(event.amount_minor));
  if (event.kind == EventKind::waiver) out.u8(static_cast<uint8_t>(event.component));
  if (event.kind == EventKind::chargeback) {
    for (const int64_t part : event.parts) out.unsigned_varint(static_cast<uint64_t>(part));
  }
  if (event.kind == EventKind::rate_change) out.unsigned_varint(static_cast<uint64_t>(event.rate.ppb));
  if (event.kind == EventKind::re_age) out.signed_varint(event.first_due.days);
  if (event.kind == EventKind::re_age || event.kind == EventKind::re_amortise) {
    out.unsigned_varint(static_cast<uint64_t>(event.terms));
  }
  return out.take();
}

Result<Event> decode_event(std::string_view bytes) {
  ByteReader in(bytes);
  Event event;
  if (in.u8() != kVersion) in.reject();
  const uint8_t kind = in.u8();
  if (kind >= kEventKinds) in.reject();
  if (in.ok()) event.kind = static_cast<EventKind>(kind);
  event.id = EventId(in.id());
  const auto within = [&](int64_t value, int64_t min, int64_t max) {
    if (value < min || value > max) in.reject();
    return in.ok() ? value : 0;
  };
  const auto day = [&] { return Date{static_cast<int32_t>(within(in.signed_varint(), -100'000, 200'000))}; };
  const auto amount = [&] { return within(static_cast<int64_t>(in.unsigned_varint()), 0, kAmountMinorMax); };
  event.date = day();
  if (moves_money(event.kind)) event.amount_minor = amount();
  if (event.kind == EventKind::waiver) event.component = static_cast<Component>(within(in.u8(), 0, kComponents - 1));
  if (event.kind == EventKind::chargeback) {
    for (int64_t& part : event.parts) part = amount();
  }
  if (event.kind == EventKind::rate_change)
    event.rate = {within(static_cast<int64_t>(in.unsigned_varint()), 0, kRateMax.ppb)};
  if (event.kind == EventKind::re_age) event.first_due = day();
  if (event.kind == EventKind::re_age || event.kind == EventKind::re_amortise) {
    event.terms = static_cast<int>(within(static_cast<int64_t>(in.unsigned_varint()), 0, kTermsMax));
  }
  TRY(in.finish("a loan event"));
  return event;
}

}  // namespace puhui::lending
