#include "infrastructure/ledger/verbs.h"

namespace puhui::ledger {

static std::span<const std::string_view> names_of(const Limit*) {
  static constexpr std::string_view kNames[] = {"none", "debits_must_not_exceed_credits",
                                                "credits_must_not_exceed_debits"};
  return kNames;
}

namespace {

struct Nothing {};
void fields(Shape&, Nothing&) {}

// ---- open

struct OpenRequest {
  AccountId id;
  Currency currency;
  uint32_t code = 0;
  Limit limit = Limit::none;
};
void fields(Shape& shape, OpenRequest& request) {
  shape.field("id", request.id, {.help = "chosen by you, for good"});
  shape.field("currency", request.currency, {.help = "of all its amounts"});
  shape.field("code", request.code, {.help = "what kind of account it is in your chart of accounts", .optional = true});
  shape.field("limit", request.limit, {.help = "what it may never do", .optional = true});
}

struct OutcomeView {
  std::string outcome, sentence;
};
void fields(Shape& shape, OutcomeView& view) {
  shape.field("outcome", view.outcome, {.help = "ok, exists, or why not"});
  shape.field("sentence", view.sentence, {.help = "the same in words"});
}

// ---- transfer

struct TransferRequest {
  TransferId id;
  AccountId debit, credit;
  std::optional<Money> amount;
  uint32_t code = 0;
  std::optional<Id128> user_data;
  bool linked = false, pending = false, post_pending = false, void_pending = false;
  bool balancing_debit = false, balancing_credit = false;
  std::optional<TransferId> pending_id;
  uint32_t timeout_s = 0;
};
void fields(Shape& shape, TransferRequest& request) {
  shape.field("id", request.id, {.help = "chosen by you: for ever the key under which it is done once"});
  shape.field("debit", request.debit, {.help = "the account that gives"});
  shape.field("credit", request.credit, {.help = "the account that receives"});
  shape.field("amount", request.amount, {.help = "absent with post_pending: all that is pending"});
  shape.field("code", request.code, {.help = "why: your number", .optional = true});
  shape.field("user_data", request.user_data, {.help = "whose: a contract, an order"});
  shape.field("linked", request.linked, {.help = "succeeds or fails with the next one of the list", .optional = true});
  shape.field("pending", request.pending, {.help = "reserves until posted, voided or expired", .optional = true});
  shape.field("post_pending", request.post_pending, {.help = "posts pending_id", .optional = true});
  shape.field("void_pending", request.void_pending, {.help = "releases pending_id", .optional = true});
  shape.field("balancing_debit", request.balancing_debit,
              {.help = "at most what the debit account has", .optional = true});
  shape.field("balancing_credit", request.balancing_credit,
              {.help = "at most what the credit account owes", .optional = true});
  shape.field("pending_id", request.pending_id, {.help = "the pending transfer to post or void"});
  shape.field("timeout_s", request.timeout_s, {.help = "of a pending one, seconds; 0 never expires", .optional = true});
}

struct TransferList {
  std::vector<TransferRequest> transfers;
};
void fields(Shape& shape, TransferList& list) {
  shape.field("transfers", list.transfers, {.help = "applied in order, all in one commit", .min = 1, .max = 8192});
}

struct OutcomeList {
  std::vector<OutcomeView> outcomes;
};
void fields(Shape& shape, OutcomeList& list) {
  shape.field("outcomes", list.outcomes, {.help = "one a transfer, in order"});
}

Transfer transfer_of(const TransferRequest& request) {
  Transfer out;
  out.id = request.id;
  out.debit = request.debit;
  out.credit = request.credit;
  if (request.amount) {
    out.amount_minor = request.amount->minor;
    out.currency = request.amount->currency;
  }
  out.code = request.code;
  out.user_data = request.user_data.value_or(Id128{});
  out.flags = {request.linked,       request.pending,         request.post_pending,
               request.void_pending, request.balancing_debit, request.balancing_credit};
  out.pending_id = request.pending_id.value_or(TransferId());
  out.timeout_s = request.timeout_s;
  return out;
}

Result<OutcomeList> transfer(Ledger& ledger, const TransferList& request) {
  std::vector<Transfer> transfers;
  for (const TransferRequest& one : request.transfers) {
    Transfer transfer = transfer_of(one);
    if (!one.amount) {
      // Without an amount there is no currency either: a post or a void has that of its pending transfer.
      if (const auto account = ledger.account(one.debit)) transfer.currency = account->account.currency;
    }
    transfers.push_back(transfer);
  }
  OutcomeList out;
  for (const Outcome outcome : TRY(ledger.transfer(transfers))) {
    out.outcomes.push_back({std::string(name_of(outcome)), std::string(sentence_of(outcome))});
  }
  return out;
}

// ---- account, history

struct AccountRequest {
  AccountId id;
  std::optional<Timestamp> at;
};
void fields(Shape& shape, AccountRequest& request) {
  shape.field("id", request.id);
  shape.field("at", request.at, {.help = "balances as of that moment; now when absent"});
}

struct AccountView {
  AccountId id;
  Currency currency;
  uint32_t code = 0;
  bool closed = false;
  Money debits_posted, credits_posted, debits_pending, credits_pending;
};
void fields(Shape& shape, AccountView& view) {
  shape.field("id", view.id);
  shape.field("currency", view.currency);
  shape.field("code", view.code);
  shape.field("closed", view.closed);
  shape.field("debits_posted", view.debits_posted);
  shape.field("credits_posted", view.credits_posted);
  shape.field("debits_pending", view.debits_pending);
  shape.field("credits_pending", view.credits_pending);
}

Result<AccountView> account(const Ledger& ledger, const AccountRequest& request) {
  const auto now = ledger.account(request.id);
  if (!now) return fail(ErrorCode::not_found, "id", "no account has the id " + request.id.text());
  const Balances balances = request.at ? TRY(ledger.balance_at(request.id, *request.at)) : now->balances;
  const auto money = [&](int64_t minor) { return Money{minor, now->account.currency}; };
  return AccountView{request.id,
                     now->account.currency,
                     now->account.code,
                     now->closed,
                     money(balances.debits_posted),
                     money(balances.credits_posted),
                     money(balances.debits_pending),
                     money(balances.credits_pending)};
}

struct HistoryRequest {
  AccountId id;
  int64_t rows = 100;
  int64_t before = 0;
};
void fields(Shape& shape, HistoryRequest& request) {
  shape.field("id", request.id);
  shape.field("rows", request.rows, {.help = "at most", .min = 1, .max = kHistoryRowsMax, .optional = true});
  shape.field("before", request.before,
              {.help = "the sequence last seen, for the next page", .min = 0, .optional = true});
}

struct PostingView {
  int64_t sequence = 0;
  Timestamp at;
  std::string kind;
  TransferId id;
  AccountId debit, credit;
  Money amount;
  uint32_t code = 0;
  Id128 user_data;
};
void fields(Shape& shape, PostingView& view) {
  shape.field("sequence", view.sequence, {.help = "its place in the log"});
  shape.field("at", view.at);
  shape.field("kind", view.kind, {.help = "transfer, expiry, closing or reopening"});
  shape.field("id", view.id);
  shape.field("debit", view.debit);
  shape.field("credit", view.credit);
  shape.field("amount", view.amount);
  shape.field("code", view.code);
  shape.field("user_data", view.user_data);
}

struct History {
  std::vector<PostingView> postings;
};
void fields(Shape& shape, History& history) { shape.field("postings", history.postings, {.help = "newest first"}); }

Result<History> history(const Ledger& ledger, const HistoryRequest& request) {
  constexpr std::string_view kKinds[] = {"transfer", "expiry", "closing", "reopening"};
  History out;
  for (const Posting& posting :
       TRY(ledger.history(request.id, static_cast<size_t>(request.rows), static_cast<uint64_t>(request.before)))) {
    const Transfer& t = posting.transfer;
    out.postings.push_back({static_cast<int64_t>(posting.sequence), posting.at,
                            std::string(kKinds[static_cast<size_t>(posting.kind)]), t.id, t.debit, t.credit,
                            Money{t.amount_minor, t.currency}, t.code, t.user_data});
  }
  return out;
}

// ---- verify

struct TotalView {
  Currency currency;
  int64_t accounts = 0;
  std::string debits_minor, credits_minor;
  bool balanced = false;
};
void fields(Shape& shape, TotalView& view) {
  shape.field("currency", view.currency);
  shape.field("accounts", view.accounts);
  shape.field("debits_minor", view.debits_minor, {.help = "sum of all debits ever posted, minor units"});
  shape.field("credits_minor", view.credits_minor);
  shape.field("balanced", view.balanced);
}

struct VerifyView {
  bool whole = true;
  int64_t postings = 0, accounts = 0;
  std::vector<TotalView> totals;
};
void fields(Shape& shape, VerifyView& view) {
  shape.field("whole", view.whole, {.help = "every balance follows from the log, and debits equal credits"});
  shape.field("postings", view.postings);
  shape.field("accounts", view.accounts);
  shape.field("totals", view.totals, {.help = "by currency"});
}

// 128 bits, for sums that may leave 64.
std::string digits_of(__int128 value) {
  std::string out;
  const bool negative = value < 0;
  for (auto rest = negative ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value); rest > 0;
       rest /= 10) {
    out.insert(out.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
  }
  if (out.empty()) out = "0";
  return negative ? "-" + out : out;
}

// Books that do not hold are an error, not an answer, so that whoever runs it every night hears of it.
Result<VerifyView> verify(Ledger& ledger) {
  const VerifyReport report = TRY(ledger.verify());
  Faults faults;
  for (const std::string& fault : report.faults) faults.add("", fault);
  VerifyView out{true, static_cast<int64_t>(report.postings), static_cast<int64_t>(report.accounts), {}};
  for (const Totals& total : report.totals) {
    const std::string debits = digits_of(total.debits_posted), credits = digits_of(total.credits_posted);
    if (!total.balanced()) {
      faults.add(std::string(total.currency.code()), "expected debits equal to credits, came " + debits + " and " +
                                                         credits + " minor units (or what is pending differs)");
    }
    out.totals.push_back({total.currency, static_cast<int64_t>(total.accounts), debits, credits, total.balanced()});
  }
  TRY(std::move(faults).result(ErrorCode::corrupt));
  return out;
}

}  // namespace

std::vector<Verb> verbs(const VerbNeeds* needs) {
  std::vector<Verb> out;
  out.push_back(make_verb<OpenRequest, OutcomeView>(
      {.noun = "ledger", .verb = "open", .help = "Open an account.", .effect = Effect::write},
      [needs](const VerbCall&, const OpenRequest& request) -> Result<OutcomeView> {
        const Account account{request.id, request.currency, request.code, request.limit};
        const auto outcome = TRY(needs->ledger.open_accounts(std::span(&account, 1))).front();
        return OutcomeView{std::string(name_of(outcome)), std::string(sentence_of(outcome))};
      }));
  out.push_back(make_verb<TransferList, OutcomeList>(
      {.noun = "ledger",
       .verb = "transfer",
       .help = "Move money between accounts; each transfer answers what came of it.",
       .effect = Effect::write},
      [needs](const VerbCall&, const TransferList& request) { return transfer(needs->ledger, request); }));
  out.push_back(make_verb<AccountRequest, AccountView>(
      {.noun = "ledger", .verb = "account", .help = "Show an account's balances, now or as of a moment."},
      [needs](const VerbCall&, const AccountRequest& request) { return account(needs->ledger, request); }));
  out.push_back(make_verb<HistoryRequest, History>(
      {.noun = "ledger", .verb = "history", .help = "List an account's postings, newest first."},
      [needs](const VerbCall&, const HistoryRequest& request) { return history(needs->ledger, request); }));
  out.push_back(
      make_verb<Nothing, VerifyView>({.noun = "ledger",
                                      .verb = "verify",
                                      .help = "Recompute every balance from the log and hold debits against credits."},
                                     [needs](const VerbCall&, const Nothing&) { return verify(needs->ledger); }));
  return out;
}

}  // namespace puhui::ledger
