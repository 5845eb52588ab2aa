#include "applications/lending/servicing.h"

#include "applications/lending/allocation.h"
#include "applications/lending/journal.h"
#include "applications/lending/loan_outcome.h"

namespace puhui::lending {

namespace {

EventId id_of(std::string_view domain, std::string_view of) {
  return EventId(*Id128::from_bytes(sha256(domain, of).view().substr(0, 16)));
}

bool is_payment(EventKind kind) {
  return kind == EventKind::repayment || kind == EventKind::prepayment || kind == EventKind::recovery;
}

}  // namespace

EventId event_id(const LoanId& loan, std::string_view key) {
  return id_of("lending event\n", loan.bytes() + std::string(key));
}

EventId drawdown_fee_id(const EventId& drawdown) { return id_of("lending drawdown fee\n", drawdown.bytes()); }

std::optional<Event> drawdown_fee(const Product& product, const Event& drawdown) {
  Event fee;
  fee.id = drawdown_fee_id(drawdown.id);
  fee.kind = EventKind::fee;
  fee.date = drawdown.date;
  fee.amount_minor = multiply_divide(drawdown.amount_minor, product.drawdown_fee.ppb, Rate::kOne, Rounding::half_even);
  if (fee.amount_minor == 0) return std::nullopt;
  return fee;
}

Id128 posting_act(const EventId& event, Timestamp at) {
  return {static_cast<uint64_t>(at.microseconds / 1000) << 16, event.low};
}

namespace {

// ---- the answer, kept for repeats

constexpr uint8_t kAnswerVersion = 1;

std::string encode_answer(const Happened& happened) {
  ByteWriter out;
  out.u8(kAnswerVersion);
  for (const int64_t part : happened.allocated) out.unsigned_varint(static_cast<uint64_t>(part));
  out.unsigned_varint(static_cast<uint64_t>(happened.credit_minor));
  const Standing& standing = happened.standing;
  out.u8(static_cast<uint8_t>(standing.stage));
  out.u8(static_cast<uint8_t>(standing.bucket));
  out.signed_varint(standing.allowance_minor);
  out.text(encode(happened.contract, standing.state));
  return out.take();
}

Result<void> decode_answer(std::string_view bytes, Happened& happened) {
  ByteReader in(bytes);
  if (in.u8() != kAnswerVersion) in.reject();
  for (int64_t& part : happened.allocated) part = static_cast<int64_t>(in.unsigned_varint());
  happened.credit_minor = static_cast<int64_t>(in.unsigned_varint());
  Standing& standing = happened.standing;
  const uint8_t stage = in.u8(), bucket = in.u8();
  if (stage < 1 || stage > kStages || bucket >= kBuckets) in.reject();
  standing.allowance_minor = in.signed_varint();
  const std::string_view state = in.text();
  TRY(in.finish("the answer to an event"));
  standing.stage = static_cast<Stage>(stage);
  standing.bucket = bucket;
  standing.state = TRY(decode_state(happened.contract, state));
  return {};
}

Result<void> keep_answer(Transaction& tx, const Happened& happened) {
  const std::string loan = happened.contract.loan.bytes(), event = happened.event.id.bytes(),
                    body = encode_answer(happened);
  TRY(tx.execute("INSERT INTO lending_answer (loan, event, body) VALUES (?, ?, ?)",
                 {BytesView{loan}, BytesView{event}, BytesView{body}}));
  return {};
}

// ---- living on

struct Lived {
  State state;
  Outcome outcome;  // of the first of the events
};

Result<Lived> replay_all(const Contract& contract, std::span<const Event> events, const EventId& watched, Date until) {
  Lived out{open(contract), {}};
  for (const Event& event : events) {
    auto outcome = apply(contract, event, out.state);
    if (!outcome && event.id != watched)
      return fail(at("a later event of the loan would no longer be possible", std::move(outcome).error()));
    if (!outcome) return fail(std::move(outcome).error());
    if (event.id == watched) out.outcome = *std::move(outcome);
  }
  if (out.state.date() < until) advance(contract, until, out.state);
  return out;
}

// Applies the events to the loan. When the first lies before where the loan stands, its whole life is lived again with
// them in their places, to the day the loan has reached.
Result<Lived> live_on(Reader& reader, const Loan& loan, std::span<const Event> events) {
  const State& now = loan.standing.state;
  const Event& first = events.front();
  if (first.date >= now.date() && now.last_event < order_of(first)) {
    Lived out{now, {}};
    out.outcome = TRY(apply(loan.contract, first, out.state));
    for (const Event& event : events.subspan(1)) TRY(apply(loan.contract, event, out.state));
    return out;
  }
  std::vector<Event> all = TRY(events_of(reader, loan.contract.loan));
  if (all.size() + events.size() > kEventsMax) {
    return fail(ErrorCode::exhausted, "loan", "expected at most " + std::to_string(kEventsMax) + " events of one loan");
  }
  const auto as_stored = replay_all(loan.contract, all, first.id, now.date());
  if (!as_stored || as_stored->state != now) {
    return fail(ErrorCode::corrupt, "loan " + loan.contract.loan.text(),
                "its stored events do not lead to its stored state: nothing can be booked before its last event");
  }
  for (const Event& event : events) {
    TRY(check(loan.contract, event));
    all.insert(std::ranges::upper_bound(all, order_of(event), {}, order_of), event);
  }
  return replay_all(loan.contract, all, first.id, now.date());
}

// ---- faults of an instruction

void check_amount(const Instruction& instruction, const Contract& contract, Faults& faults) {
  if (instruction.currency && *instruction.currency != contract.currency) {
    faults.add("amount", "expected " + std::string(contract.currency.code()) + ", the contract's currency, came " +
                             std::string(instruction.currency->code()));
  }
  if (instruction.currency && instruction.event.amount_minor <= 0) {
    faults.add("amount",
               "expected more than 0, came " + Money{instruction.event.amount_minor, *instruction.currency}.text());
  }
}

void check_day(const Contract& contract, Date on, Date business_day, Faults& faults) {
  if (on < contract.opened_on)
    faults.add("on", "expected a day from the opening on " + contract.opened_on.text() + " on, came " + on.text());
  if (on > business_day)
    faults.add("on", "expected a day to the business day " + business_day.text() + ", came " + on.text());
}

void check_open(const Loan& loan, EventKind kind, Faults& faults) {
  const Status status = loan.standing.state.status;
  const bool of_a_closed_one = kind == EventKind::chargeback || kind == EventKind::refund || kind == EventKind::fee;
  if (status == Status::paid_off && !of_a_closed_one)
    faults.add("loan",
               "is paid off: it takes a chargeback, a refund or a fee only, came a " + std::string(name_of(kind)));
}

// Money beyond all that is owed has no place in the loan: it is the borrower's, and is refused before it is taken.
Result<void> check_not_beyond(const Instruction& instruction, const Contract& contract, const Lived& lived) {
  if (!is_payment(instruction.event.kind) || lived.outcome.credit_minor == 0) return {};
  if (sum_of(owed(lived.state)) != 0) return {};
  return fail(ErrorCode::invalid, "amount",
              "expected at most " +
                  Money{instruction.event.amount_minor - lived.outcome.credit_minor, contract.currency}.text() +
                  ", all that is owed, came " + Money{instruction.event.amount_minor, contract.currency}.text());
}

Result<void> check_waived(const Instruction& instruction, const Contract& contract, const Lived& lived) {
  if (instruction.event.kind != EventKind::waiver) return {};
  const int64_t waived = sum_of(lived.outcome.allocated);
  if (waived == instruction.event.amount_minor) return {};
  return fail(ErrorCode::invalid, "amount",
              "expected at most " + Money{waived, contract.currency}.text() + " of " +
                  std::string(name_of(instruction.event.component)) + ", all that is owed of it, came " +
                  Money{instruction.event.amount_minor, contract.currency}.text());
}

// A chargeback takes a payment back as it was applied, in all that came before it.
Result<void> fill_chargeback(Reader& reader, const Instruction& instruction, const Contract& contract, Event& event) {
  const EventId payment = event_id(contract.loan, instruction.payment);
  const std::vector<Event> events = TRY(events_of(reader, contract.loan));
  const auto found = std::ranges::find(events, payment, &Event::id);
  if (found == events.end() || !is_payment(found->kind)) {
    return fail(ErrorCode::not_found, "payment", "this loan has no payment of the key '" + instruction.payment + "'");
  }
  event.amount_minor = found->amount_minor;
  const std::span upto(events.data(), static_cast<size_t>(found - events.begin()) + 1);
  const Lived lived = TRY(replay_all(contract, upto, payment, contract.opened_on));
  event.parts = {};
  for (size_t i = 0; i < kPairs; ++i)
    event.parts[static_cast<size_t>(Pair::at(i).component)] += lived.outcome.allocated[i];
  return {};
}

}  // namespace

Result<Date> Servicing::business_day(Reader& reader) const {
  const Date today = date_of(needs_.clock.now(), needs_.utc_offset_minutes);
  const auto finished = TRY(last_finished_day(reader));
  return finished ? std::max(today, finished->plus_days(1)) : today;
}

Result<Happened> Servicing::perform(const Instruction& instruction) {
  Happened out;
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    out = TRY(perform(tx, instruction));
    return {};
  }));
  return out;
}

// True when the event stands already: then `happened` is what was answered.
Result<bool> Servicing::is_repeat(Reader& reader, const Instruction& instruction, Happened& happened) const {
  const auto stored = TRY(find_event(reader, instruction.loan, happened.event.id));
  if (!stored) return false;
  Event asked = instruction.event;
  asked.id = stored->id;
  asked.date = instruction.on.value_or(stored->date);
  if (asked.kind == EventKind::chargeback) asked.amount_minor = stored->amount_minor, asked.parts = stored->parts;
  const std::string loan = instruction.loan.bytes(), event = stored->id.bytes();
  const auto answer = TRY(reader.bytes("SELECT body FROM lending_answer WHERE loan = ? AND event = ?",
                                       {BytesView{loan}, BytesView{event}}));
  if (asked != *stored || !answer) {
    return fail(ErrorCode::conflict, "event",
                "this key stands for another event of the loan already (a " + std::string(name_of(stored->kind)) +
                    " on " + stored->date.text() + "); choose a new key for a new event");
  }
  happened.event = *stored;
  happened.repeated = true;
  TRY(decode_answer(*answer, happened));
  return true;
}

Result<Happened> Servicing::perform(Transaction& tx, const Instruction& instruction) {
  const Loan loan = TRY(find_loan(tx, instruction.loan));
  const Contract& contract = loan.contract;
  Happened out;
  out.contract = contract;
  out.product = TRY(needs_.products.find(tx, contract.product_hash));
  out.standing = loan.standing;
  out.event = instruction.event;
  const bool chargeback = instruction.event.kind == EventKind::chargeback;
  // A payment is taken back once, whatever key the second one comes with.
  out.event.id = event_id(contract.loan, chargeback ? "chargeback of\n" + instruction.payment : instruction.key);
  if (TRY(is_repeat(tx, instruction, out))) return out;

  const Date business = TRY(business_day(tx));
  out.event.date = instruction.on.value_or(business);
  Faults faults;
  check_amount(instruction, contract, faults);
  check_day(contract, out.event.date, business, faults);
  check_open(loan, out.event.kind, faults);
  TRY(std::move(faults).result());
  if (chargeback) TRY(fill_chargeback(tx, instruction, contract, out.event));

  std::vector<Event> events = {out.event};
  if (out.event.kind == EventKind::drawdown) {
    if (const auto fee = drawdown_fee(*out.product, out.event)) events.push_back(*fee);
  }
  const Lived lived = TRY(live_on(tx, loan, events));
  TRY(check_not_beyond(instruction, contract, lived));
  TRY(check_waived(instruction, contract, lived));
  out.standing.state = lived.state;
  out.allocated = lived.outcome.allocated;
  out.credit_minor = lived.outcome.credit_minor;
  assess(*out.product, contract, out.standing);
  TRY(book(tx, loan, events, out));
  return out;
}

Result<void> Servicing::book(Transaction& tx, const Loan& before, std::span<const Event> events, Happened& happened) {
  const Contract& contract = before.contract;
  const Timestamp at = needs_.clock.now();
  const Books books_before = own_books_of(contract, before.standing);
  const bool written_off =
      before.standing.state.status != Status::charged_off && happened.standing.state.status == Status::charged_off;
  if (written_off) {
    Tallies tallies;
    tallies.charge_off(contract, books_before[AccountKind::loan_principal], happened.event.date, happened.standing);
    TRY(tallies.write(tx));
  }
  for (const Event& event : events) TRY(insert_event(tx, contract.loan, event));
  TRY(update_standing(tx, contract, before.standing, happened.standing));
  TRY(report_outcome(tx, contract.loan, before.standing, happened.standing, at));
  TRY(needs_.book.post(tx, {contract.product, contract.currency}, contract.loan,
                       postings(books_before, own_books_of(contract, happened.standing)),
                       posting_act(happened.event.id, at), at));
  return keep_answer(tx, happened);
}

Result<Servicing::Told> Servicing::tell(Reader& reader, const LoanId& id, Date on) {
  Told out{TRY(find_loan(reader, id)), nullptr, {}};
  const Contract& contract = out.loan.contract;
  out.product = TRY(needs_.products.find(reader, contract.product_hash));
  if (on < contract.opened_on) {
    return fail(ErrorCode::invalid, "on",
                "expected a day from the opening on " + contract.opened_on.text() + " on, came " + on.text());
  }
  if (on > contract.opened_on.plus_days(kDaysToldMax)) {
    return fail(ErrorCode::invalid, "on", "expected a day within 100 years of the opening, came " + on.text());
  }
  out.events = TRY(events_of(reader, id));
  Standing& standing = out.loan.standing;
  if (on == standing.state.date()) return out;
  if (on > standing.state.date()) {
    advance(contract, on, standing.state);
  } else {
    std::erase_if(out.events, [&](const Event& event) { return event.date > on; });
    standing.state = TRY(replay_all(contract, out.events, {}, on)).state;
  }
  assess(*out.product, contract, standing);
  return out;
}

}  // namespace puhui::lending
