#include "applications/lending/origination.h"

#include "applications/lending/servicing.h"

namespace puhui::lending {

namespace {
constexpr std::string_view kTermFact = "term_months";
constexpr std::string_view kLimitDecision = "Limit", kRateDecision = "Rate", kPdDecision = "Probability of default";
}  // namespace

Result<Offerings> Origination::offerings(std::string_view product) {
  return offerings_of(TRY(kernel_.in_force(use_case_of(product))));
}

Result<Offerings> Origination::offerings(std::string_view product, const BorrowerId& borrower) {
  kernel::Choice choice = TRY(kernel_.choose(use_case_of(product), borrower));
  Offerings out = TRY(offerings_of(std::move(choice.version)));
  out.to_human = choice.to_human;
  out.shadow = std::move(choice.shadow);
  return out;
}

Result<Offerings> Origination::offerings_of(std::shared_ptr<const kernel::Version> version) {
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = by_permit_.find(version->digest()); found != by_permit_.end()) return found->second;
  }
  const Digest* digest = version->permit().manifest.artefact(kProductArtefact);
  if (!digest) return fail(ErrorCode::invalid, "artefacts", "the manifest names no 'product'");
  Offerings out;
  out.product = std::make_shared<const Product>(TRY(parse_product(TRY(kernel_.artefact(*digest)))));
  out.product_hash = out.product->hash();
  const auto term = version->facts().find(kTermFact);
  if (!term)
    return fail(ErrorCode::invalid, "facts", "have no fact '" + std::string(kTermFact) + "', which a contract needs");
  out.term_fact = *term;
  // Before the first contract of it, so that every loan finds its product whatever is in force later.
  TRY(products_.keep(store_, *out.product));
  out.version = std::move(version);
  const std::unique_lock lock(mutex_);
  return by_permit_.emplace(out.version->digest(), out).first->second;
}

Result<Judged> Origination::judge(const Offerings& offerings, Submission application, std::string caller, Timestamp at,
                                  kernel::Workspace& workspace) const {
  const auto* term = std::get_if<evidence::Number>(&application.facts[offerings.term_fact]);
  const int term_months = term && term->places == 0 && term->coefficient > 0 && term->coefficient <= kTermsMax
                              ? static_cast<int>(term->coefficient)
                              : 0;
  kernel::Request request;
  request.version = offerings.version;
  request.entity = application.borrower;
  request.facts = std::move(application.facts);
  request.caller = std::move(caller);
  request.at = at;
  request.to_human = offerings.to_human;
  request.shadow = offerings.shadow;
  Judged out{TRY(kernel_.judge(std::move(request), workspace)), std::nullopt};
  if (out.draft.approves()) {
    out.booking = TRY(prepare(offerings, application, term_months, out.draft.judgement()));
  }
  return out;
}

Result<Booking> Origination::prepare(const Offerings& offerings, const Submission& application, int term_months,
                                     const evidence::Judgement& judgement) const {
  Offer offer;
  offer.borrower = application.borrower;
  offer.principal_minor = TRY(kernel::whole_of(judgement, kLimitDecision));
  offer.rate = TRY(kernel::rate_of(judgement, kRateDecision));
  offer.term_months = term_months;
  offer.opened_on = application.opened_on;
  auto contract = make_contract(*offerings.product, offerings.product_hash, offer);
  if (!contract) return fail(at("the policy approved what the product does not offer", std::move(contract).error()));

  Booking out;
  out.contract = *std::move(contract);
  out.schedule = pack(schedule_of(out.contract));
  out.standing.state = open(out.contract);
  out.standing.pd = TRY(kernel::rate_of(judgement, kPdDecision));
  out.drawdown.kind = EventKind::drawdown;
  out.drawdown.date = out.contract.opened_on;
  out.drawdown.amount_minor = out.contract.principal_minor;
  out.drawdown.id = EventId(Id128{0, 1});  // until book() gives it the decision's; the state keeps it to tell order
  TRY(lending::apply(out.contract, out.drawdown, out.standing.state));
  out.fee = drawdown_fee(*offerings.product, out.drawdown);
  if (out.fee) TRY(lending::apply(out.contract, *out.fee, out.standing.state));
  out.postings = postings({}, own_books_of(out.contract, out.standing));
  return out;
}

Result<Origination::Booked> Origination::book(Transaction& tx, const Submission& application, const Judged& judged) {
  const kernel::Decision decision = kernel_.record(tx, judged.draft);
  Booked out{decision.id(), std::nullopt};
  if (judged.booking) {
    // One decision makes one loan, so the loan bears the decision's number.
    Booking booking = *judged.booking;
    const LoanId loan(decision.id());
    const Timestamp at = decision.circumstances().at;
    const BookKey key{booking.contract.product, booking.contract.currency};
    booking.contract.loan = loan;
    booking.drawdown.id = EventId(decision.id());
    booking.standing.state.last_event = order_of(booking.drawdown);
    if (booking.fee) {
      booking.fee->id = drawdown_fee_id(booking.drawdown.id);
      booking.standing.state.last_event = order_of(*booking.fee);
    }
    TRY(book_.ready(tx, key, at));
    TRY(book_.open_loan(tx, loan, booking.contract.currency, at));
    TRY(insert_loan(tx, booking.contract, booking.standing, booking.schedule));
    TRY(insert_event(tx, loan, booking.drawdown));
    if (booking.fee) TRY(insert_event(tx, loan, *booking.fee));
    TRY(book_.post(tx, key, loan, booking.postings, booking.drawdown.id, at));
    out.loan = loan;
  }
  TRY(insert_application(tx, {application_key(application.key), application.request, out.decision, out.loan}));
  return out;
}

Result<std::optional<Origination::Booked>> Origination::earlier(std::string_view key, const Digest& request) const {
  std::optional<ApplicationRow> row;
  TRY(store_.read([&](Reader& reader) -> Result<void> {
    row = TRY(find_application(reader, application_key(key)));
    return {};
  }));
  if (!row) return std::nullopt;
  if (row->request != request) {
    return fail(ErrorCode::conflict, "application",
                "this key stands for another request already; choose a new key for a new application");
  }
  return Booked{row->decision, row->loan};
}

Result<Origination::Booked> Origination::apply(const Offerings& offerings, Submission application, std::string caller) {
  thread_local kernel::Workspace workspace;
  const CpuScope charged(offerings.version->account());
  const Judged judged = TRY(judge(offerings, application, std::move(caller), clock_.now(), workspace));
  Booked out;
  auto written = store_.write([&](Transaction& tx) -> Result<void> {
    out = TRY(book(tx, application, judged));
    return {};
  });
  if (!written && written.error().code == ErrorCode::conflict) {
    // It came before, or twice at once: then the first one's answer is the answer.
    if (auto before = TRY(earlier(application.key, application.request))) return *before;
  }
  TRY(std::move(written));
  return out;
}

}  // namespace puhui::lending
