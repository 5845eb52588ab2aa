#include "applications/fraud/shadow.h"

namespace puhui::fraud {

namespace {

constexpr int64_t kMinuteUs = 60'000'000, kDayUs = 1440 * kMinuteUs;
constexpr int64_t kOffsetUs = int64_t{kUtcOffsetMinutes} * kMinuteUs;

struct Pair {
  std::string scheme, champion, shadow;  // digests as bytes
  bool operator<(const Pair& other) const {
    return std::tie(scheme, champion, shadow) < std::tie(other.scheme, other.champion, other.shadow);
  }
};

struct CellKey {
  int64_t day = 0;
  Action champion = Action::approve, shadow = Action::approve;
  auto operator<=>(const CellKey&) const = default;
};
struct Totals {
  int64_t payments = 0, amount_minor = 0;
};

// A batch's payments of one pair.
struct Gathered {
  Timestamp first, last;
  int64_t failed = 0;
  std::map<CellKey, Totals> cells;
  std::vector<ShadowedPayment> differing;

  void add(const ShadowedPayment& payment) {
    const PaymentRow& row = *payment.row;
    if (cells.empty() && failed == 0) first = row.judged_at;
    first = std::min(first, row.judged_at);
    last = std::max(last, row.judged_at);
    if (!payment.shadowed->action) {
      ++failed;
      return;
    }
    const int64_t day = date_of(row.judged_at, kUtcOffsetMinutes).days;
    Totals& cell = cells[{day, row.action, *payment.shadowed->action}];
    ++cell.payments;
    cell.amount_minor += row.amount_minor;
    if (row.action != *payment.shadowed->action) differing.push_back(payment);
  }
};

Result<void> write_run(Transaction& tx, const Pair& pair, const Gathered& gathered) {
  TRY(
      tx.execute("INSERT INTO fraud_shadow_run (scheme, champion, shadow, first_at, last_at, failed, differing) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (scheme, champion, shadow) DO UPDATE SET "
                 "last_at = excluded.last_at, failed = fraud_shadow_run.failed + excluded.failed, "
                 "differing = fraud_shadow_run.differing + excluded.differing",
                 {pair.scheme, BytesView{pair.champion}, BytesView{pair.shadow}, gathered.first.microseconds,
                  gathered.last.microseconds, gathered.failed, static_cast<int64_t>(gathered.differing.size())}));
  for (const auto& [of, totals] : gathered.cells) {
    TRY(tx.execute(
        "INSERT INTO fraud_shadow_day (scheme, champion, shadow, day, champion_action, shadow_action, payments, "
        "amount_minor) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (scheme, champion, shadow, day, "
        "champion_action, shadow_action) DO UPDATE SET payments = fraud_shadow_day.payments + "
        "excluded.payments, amount_minor = fraud_shadow_day.amount_minor + excluded.amount_minor",
        {pair.scheme, BytesView{pair.champion}, BytesView{pair.shadow}, of.day, static_cast<int64_t>(of.champion),
         static_cast<int64_t>(of.shadow), totals.payments, totals.amount_minor}));
  }
  return {};
}

// The oldest beyond what is kept; what is said of labels begins where they begin.
Result<void> forget_oldest(Transaction& tx, const Pair& pair) {
  const auto kept =
      TRY(tx.integer("SELECT differing FROM fraud_shadow_run WHERE scheme = ? AND champion = ? AND shadow = ?",
                     {pair.scheme, BytesView{pair.champion}, BytesView{pair.shadow}}));
  constexpr int64_t kSlack = kDifferingKeptMax / 10;  // so that it is seldom
  if (kept.value_or(0) <= kDifferingKeptMax + kSlack) return {};
  std::optional<int64_t> seq, at;
  TRY(
      tx.each("SELECT seq, at FROM fraud_shadow_differing WHERE scheme = ? AND champion = ? AND shadow = ? "
              "ORDER BY seq DESC LIMIT 1 OFFSET ?",
              {pair.scheme, BytesView{pair.champion}, BytesView{pair.shadow}, kDifferingKeptMax},
              [&](const Row& row) -> Result<void> {
                seq = row.integer(0);
                at = row.integer(1);
                return {};
              }));
  if (!seq) return {};
  const int64_t gone =
      TRY(tx.execute("DELETE FROM fraud_shadow_differing WHERE scheme = ? AND champion = ? AND shadow = ? "
                     "AND seq <= ?",
                     {pair.scheme, BytesView{pair.champion}, BytesView{pair.shadow}, *seq}));
  TRY(tx.execute(
      "UPDATE fraud_shadow_run SET first_at = ?, differing = differing - ? WHERE scheme = ? AND champion = ? "
      "AND shadow = ?",
      {*at + 1, gone, pair.scheme, BytesView{pair.champion}, BytesView{pair.shadow}}));
  return {};
}

Result<void> write_differing(Transaction& tx, const Pair& pair, std::span<const ShadowedPayment> differing) {
  for (const ShadowedPayment& payment : differing) {
    const PaymentRow& row = *payment.row;
    const std::string reasons = pack_reasons(payment.shadowed->reasons);
    TRY(
        tx.execute("INSERT INTO fraud_shadow_differing (scheme, champion, shadow, seq, at, shadow_action, reasons) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?)",
                   {pair.scheme, BytesView{pair.champion}, BytesView{pair.shadow}, static_cast<int64_t>(row.seq),
                    row.judged_at.microseconds, static_cast<int64_t>(*payment.shadowed->action), BytesView{reasons}}));
  }
  return {};
}

}  // namespace

std::optional<Action> action_of_outcome(std::string_view outcome) {
  if (outcome == kernel::kRefer) return Action::hold;  // automatic decisions are stopped
  const auto names = names_of(static_cast<const Action*>(nullptr));
  const auto found = std::ranges::find(names, outcome);
  if (found == names.end()) return std::nullopt;
  return static_cast<Action>(found - names.begin());
}

std::optional<Shadowed> shadowed_of(const kernel::Draft& draft) {
  const evidence::Judgement* shadow = draft.shadow();
  if (shadow == nullptr) return std::nullopt;
  return Shadowed{draft.judgement().permit, shadow->permit, action_of_outcome(kernel::outcome_of(*shadow)),
                  shadow->reasons};
}

Result<void> add_shadowed(Transaction& tx, std::string_view scheme, std::span<const ShadowedPayment> payments) {
  std::map<Pair, Gathered> pairs;
  for (const ShadowedPayment& payment : payments) {
    pairs[{std::string(scheme), std::string(payment.shadowed->champion.view()),
           std::string(payment.shadowed->shadow.view())}]
        .add(payment);
  }
  for (const auto& [pair, gathered] : pairs) {
    TRY(write_run(tx, pair, gathered));
    TRY(write_differing(tx, pair, gathered.differing));
    if (!gathered.differing.empty()) TRY(forget_oldest(tx, pair));
  }
  return {};
}

namespace {

class ShadowWalk {
 public:
  ShadowWalk(Reader& reader, const ShadowRequest& request) : reader_(reader), request_(request) {}

  Result<ShadowReading> run() {
    out_.answer.scheme = request_.scheme;
    if (!TRY(find_newest())) return std::move(out_);
    TRY(add_cells());
    TRY(add_labels());
    TRY(add_differences());
    return std::move(out_);
  }

 private:
  // Whole days as their judging counted them; the moments they span.
  int64_t first_day() const { return request_.from ? request_.from->days : std::numeric_limits<int32_t>::min(); }
  int64_t last_day() const { return request_.to ? request_.to->days : std::numeric_limits<int32_t>::max(); }
  int64_t from_us() const { return request_.from ? std::max(first_at_, first_day() * kDayUs - kOffsetUs) : first_at_; }
  int64_t to_us() const {
    return request_.to ? std::min(last_at_ + 1, (last_day() + 1) * kDayUs - kOffsetUs) : last_at_ + 1;
  }

  Result<bool> find_newest() {
    bool found = false;
    TRY(
        reader_.each("SELECT champion, shadow, first_at, last_at, failed FROM fraud_shadow_run WHERE scheme = ? "
                     "ORDER BY last_at DESC LIMIT 1",
                     {request_.scheme}, [&](const Row& row) -> Result<void> {
                       found = true;
                       champion_ = row.bytes(0);
                       shadow_ = row.bytes(1);
                       first_at_ = row.integer(2);
                       last_at_ = row.integer(3);
                       out_.answer.failed = row.integer(4);
                       return {};
                     }));
    if (!found) return false;
    out_.answer.champion.emplace().permit = TRY(digest_of(champion_));
    out_.answer.shadow.emplace().permit = TRY(digest_of(shadow_));
    return true;
  }

  static Result<Digest> digest_of(const std::string& bytes) {
    const auto digest = Digest::from_bytes(bytes);
    if (!digest) return fail(ErrorCode::corrupt, "fraud_shadow_run", "a permit's digest has 32 bytes");
    return *digest;
  }

  ShadowCell& cell(Action champion, Action shadow) {
    for (ShadowCell& one : out_.answer.cells) {
      if (one.champion == champion && one.shadow == shadow) return one;
    }
    ShadowCell& added = out_.answer.cells.emplace_back();
    added.champion = champion;
    added.shadow = shadow;
    return added;
  }

  Result<void> add_cells() {
    return reader_.each(
        "SELECT champion_action, shadow_action, CAST(SUM(payments) AS BIGINT), CAST(SUM(amount_minor) AS BIGINT) "
        "FROM fraud_shadow_day WHERE scheme = ? AND champion = ? AND shadow = ? AND day >= ? AND day <= ? "
        "GROUP BY champion_action, shadow_action ORDER BY champion_action, shadow_action",
        {request_.scheme, BytesView{champion_}, BytesView{shadow_}, first_day(), last_day()},
        [&](const Row& row) -> Result<void> {
          ShadowCell& one = cell(TRY(stored_action(row.integer(0))), TRY(stored_action(row.integer(1))));
          one.payments = row.integer(2);
          one.amount_minor = row.integer(3);
          out_.answer.payments += one.payments;
          if (one.champion != one.shadow) out_.answer.differing += one.payments;
          if (one.champion == Action::approve) out_.answer.champion->approved += one.payments;
          if (one.shadow == Action::approve) out_.answer.shadow->approved += one.payments;
          return {};
        });
  }

  static void count(ShadowSide& side, Action action, bool fraud, const Totals& totals) {
    if (fraud) {
      const bool caught = action != Action::approve;
      (caught ? side.caught : side.missed) += totals.payments;
      (caught ? side.caught_minor : side.missed_minor) += totals.amount_minor;
    } else if (action != Action::approve) {
      side.disturbed += totals.payments;
      side.disturbed_minor += totals.amount_minor;
    }
  }

  // A labelled payment of those days that is not among the differing ones was answered alike.
  Result<void> add_labels() {
    return reader_.each(
        "SELECT p.action, COALESCE(d.shadow_action, p.action), l.fraud, COUNT(*), CAST(SUM(p.amount_minor) AS BIGINT) "
        "FROM fraud_label l JOIN fraud_payment p ON p.scheme = l.scheme AND p.seq = l.seq "
        "LEFT JOIN fraud_shadow_differing d ON d.scheme = l.scheme AND d.champion = ? AND d.shadow = ? AND d.seq = "
        "l.seq "
        "WHERE l.scheme = ? AND p.judged_at >= ? AND p.judged_at < ? AND p.event IS NULL "
        "GROUP BY p.action, COALESCE(d.shadow_action, p.action), l.fraud",
        {BytesView{champion_}, BytesView{shadow_}, request_.scheme, from_us(), to_us()},
        [&](const Row& row) -> Result<void> {
          const Action by_champion = TRY(stored_action(row.integer(0))), by_shadow = TRY(stored_action(row.integer(1)));
          const bool fraud = row.integer(2) != 0;
          const Totals totals{row.integer(3), row.integer(4)};
          ShadowCell& one = cell(by_champion, by_shadow);
          (fraud ? one.frauds : one.good) += totals.payments;
          if (fraud) one.fraud_minor += totals.amount_minor;
          count(*out_.answer.champion, by_champion, fraud, totals);
          count(*out_.answer.shadow, by_shadow, fraud, totals);
          return {};
        });
  }

  Result<void> add_differences() {
    int64_t before = std::numeric_limits<int64_t>::max();
    if (request_.after) {
      const auto number = evidence::Number::parse(*request_.after);
      if (!number || number->places != 0) {
        return fail(ErrorCode::invalid, "after",
                    "expected the 'next' of the page before, came '" + *request_.after + "'");
      }
      before = number->coefficient;
    }
    int64_t last = 0;
    TRY(reader_.each(
        "SELECT p.key, p.judged_at, p.decision, p.action, d.shadow_action, p.amount_minor, p.reasons, d.reasons, "
        "l.fraud, "
        "p.seq FROM fraud_shadow_differing d JOIN fraud_payment p ON p.scheme = d.scheme AND p.seq = d.seq "
        "LEFT JOIN fraud_label l ON l.scheme = d.scheme AND l.seq = d.seq "
        "WHERE d.scheme = ? AND d.champion = ? AND d.shadow = ? AND d.at >= ? AND d.at < ? AND d.seq < ? "
        "ORDER BY d.seq DESC LIMIT ?",
        {request_.scheme, BytesView{champion_}, BytesView{shadow_}, from_us(), to_us(), before, request_.limit},
        [&](const Row& row) -> Result<void> {
          ShadowDifference& one = out_.answer.differences.emplace_back();
          one.key = row.text(0);
          one.at = {row.integer(1)};
          one.decision = row.id(2);
          one.champion = TRY(stored_action(row.integer(3)));
          one.shadow = TRY(stored_action(row.integer(4)));
          one.amount_minor = row.integer(5);
          out_.champion_reasons.push_back(TRY(unpack_reasons(row.bytes(6))));
          out_.shadow_reasons.push_back(TRY(unpack_reasons(row.bytes(7))));
          if (!row.is_null(8)) one.fraud = row.integer(8) != 0;
          last = row.integer(9);
          return {};
        }));
    if (static_cast<int64_t>(out_.answer.differences.size()) == request_.limit) out_.answer.next = std::to_string(last);
    return {};
  }

  Reader& reader_;
  const ShadowRequest& request_;
  ShadowReading out_;
  std::string champion_, shadow_;
  int64_t first_at_ = 0, last_at_ = 0;
};

}  // namespace

Result<ShadowReading> read_shadow(Reader& reader, const ShadowRequest& request) {
  return ShadowWalk(reader, request).run();
}

}  // namespace puhui::fraud
