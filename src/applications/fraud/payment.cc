#include "applications/fraud/payment.h"

#include "ground/base/bytes.h"

namespace puhui::fraud {

using evidence::Reason;
using evidence::ReasonSource;

namespace {

constexpr int64_t kKeysAtOnce = 20'000;
constexpr int64_t kHourUs = 3'600'000'000;

// Params are views: these keep the bytes alive for one statement.
struct IdBytes {
  explicit IdBytes(const Id128& id) : bytes(id.bytes()) {}
  operator Param() const { return BytesView{bytes}; }
  std::string bytes;
};

int64_t number_of(uint64_t seq) { return static_cast<int64_t>(seq); }

}  // namespace

std::string pack_reasons(const std::vector<Reason>& reasons) {
  ByteWriter to;
  for (const Reason& reason : reasons) {
    to.text(reason.code);
    to.u8(static_cast<uint8_t>(reason.source));
    to.signed_varint(reason.amount);
  }
  return to.take();
}

Result<std::vector<Reason>> unpack_reasons(std::string_view bytes) {
  ByteReader from(bytes);
  std::vector<Reason> out;
  while (from.ok() && from.remaining() > 0) {
    Reason& reason = out.emplace_back();
    reason.code = from.text();
    const uint8_t source = from.u8();
    if (source > static_cast<uint8_t>(ReasonSource::model)) from.reject();
    reason.source = static_cast<ReasonSource>(source);
    reason.amount = from.signed_varint();
  }
  TRY(from.finish("a payment's reasons"));
  return out;
}

Result<Action> stored_action(int64_t number) {
  if (number < 0 || number > static_cast<int64_t>(Action::block)) {
    return fail(ErrorCode::corrupt, "fraud_payment", "its action is none of ours");
  }
  return static_cast<Action>(number);
}

Id128 id_from(std::string_view domain, std::string_view text) {
  return *Id128::from_bytes(sha256(domain, text).view().substr(0, 16));
}

Id128 entity_of(std::string_view subject) { return id_from("fraud subject\n", subject); }

int64_t hour_of(Timestamp at) {
  return at.microseconds >= 0 ? at.microseconds / kHourUs : (at.microseconds - kHourUs + 1) / kHourUs;
}

Result<void> append_payments(Transaction& tx, std::span<const PaymentRow* const> rows) {
  static const AppendTable kTable{"fraud_payment",
                                  {"scheme", "seq", "key", "content", "at", "judged_at", "entity", "amount_minor",
                                   "action", "probability_ppb", "late", "deadline", "decision", "reasons", "event"}};
  constexpr size_t kIds = 3;
  std::vector<std::string> ids, reasons;
  ids.reserve(rows.size() * kIds);
  reasons.reserve(rows.size());
  std::vector<Param> cells;
  cells.reserve(rows.size() * kTable.columns.size());
  for (const PaymentRow* row : rows) {
    const auto id = [&](const Id128& value) { return Param(BytesView{ids.emplace_back(value.bytes())}); };
    const Param content = id(row->content), entity = id(row->entity), decision = id(row->decision);
    const std::string_view packed = reasons.emplace_back(pack_reasons(row->reasons));
    cells.insert(cells.end(), {Param(row->scheme), Param(number_of(row->seq)), Param(row->key), content,
                               Param(row->at.microseconds), Param(row->judged_at.microseconds), entity,
                               Param(row->amount_minor), Param(static_cast<int64_t>(row->action)),
                               row->has_probability ? Param(row->probability_ppb) : Param(), Param(int64_t{row->late}),
                               row->deadline ? Param(row->deadline->microseconds) : Param(), decision,
                               Param(BytesView{packed}), row->is_decided() ? Param() : Param(BytesView{row->event})});
  }
  return tx.append(kTable, cells);
}

Result<PaymentRow> read_payment(const Row& row) {
  PaymentRow out;
  out.scheme = row.text(0);
  out.seq = static_cast<uint64_t>(row.integer(1));
  out.key = row.text(2);
  out.content = row.id(3);
  out.at = {row.integer(4)};
  out.judged_at = {row.integer(5)};
  out.entity = row.id(6);
  out.amount_minor = row.integer(7);
  out.action = TRY(stored_action(row.integer(8)));
  out.has_probability = !row.is_null(9);
  out.probability_ppb = row.integer(9);
  out.late = row.integer(10) != 0;
  if (!row.is_null(11)) out.deadline = Timestamp{row.integer(11)};
  out.decision = evidence::RecordId(row.id(12));
  out.reasons = TRY(unpack_reasons(row.bytes(13)));
  out.event = row.bytes(14);
  return out;
}

Result<std::optional<PaymentRow>> find_payment(Reader& reader, std::string_view scheme, uint64_t seq) {
  static const std::string kSql =
      "SELECT " + std::string(kPaymentColumns) + " FROM fraud_payment p WHERE p.scheme = ? AND p.seq = ?";
  std::optional<PaymentRow> out;
  TRY(reader.each(kSql, {scheme, number_of(seq)}, [&](const Row& row) -> Result<void> {
    out = TRY(read_payment(row));
    return {};
  }));
  return out;
}

Result<void> each_key(Reader& reader, std::string_view scheme, uint64_t after,
                      const std::function<Result<void>(uint64_t, std::string_view)>& visit) {
  for (;;) {
    int64_t rows = 0;
    TRY(reader.each("SELECT seq, key FROM fraud_payment WHERE scheme = ? AND seq > ? ORDER BY seq LIMIT ?",
                    {scheme, number_of(after), kKeysAtOnce}, [&](const Row& row) -> Result<void> {
                      ++rows;
                      after = static_cast<uint64_t>(row.integer(0));
                      return visit(after, row.text(1));
                    }));
    if (rows < kKeysAtOnce) return {};
  }
}

Result<std::optional<Settled>> find_settled(Reader& reader, std::string_view scheme, uint64_t seq) {
  std::optional<Settled> out;
  TRY(reader.each(
      "SELECT action, by_whom, why, at FROM fraud_settled WHERE scheme = ? AND seq = ?", {scheme, number_of(seq)},
      [&](const Row& row) -> Result<void> {
        out = Settled{
            TRY(stored_action(row.integer(0))), std::string(row.text(1)), std::string(row.text(2)), {row.integer(3)}};
        return {};
      }));
  return out;
}

Result<void> insert_waiting(Transaction& tx, const PaymentRow& row) {
  TRY(tx.execute("INSERT INTO fraud_waiting (scheme, deadline, seq, action) VALUES (?, ?, ?, ?)",
                 {row.scheme, row.deadline->microseconds, number_of(row.seq), static_cast<int64_t>(row.action)}));
  return {};
}

Result<void> insert_settled(Transaction& tx, const PaymentRow& row, const Settled& settled) {
  TRY(tx.execute("INSERT INTO fraud_settled (scheme, seq, action, by_whom, why, at) VALUES (?, ?, ?, ?, ?, ?)",
                 {row.scheme, number_of(row.seq), static_cast<int64_t>(settled.action), settled.by, settled.why,
                  settled.at.microseconds}));
  if (!row.deadline) return {};
  TRY(tx.execute("DELETE FROM fraud_waiting WHERE scheme = ? AND deadline = ? AND seq = ?",
                 {row.scheme, row.deadline->microseconds, number_of(row.seq)}));
  return {};
}

Result<std::vector<Waiting>> overdue(Reader& reader, std::string_view scheme, Timestamp now, int64_t limit) {
  std::vector<Waiting> out;
  TRY(
      reader.each("SELECT seq, deadline FROM fraud_waiting WHERE scheme = ? AND deadline <= ? "
                  "ORDER BY deadline, seq LIMIT ?",
                  {scheme, now.microseconds, limit}, [&](const Row& row) -> Result<void> {
                    out.push_back({std::string(scheme), static_cast<uint64_t>(row.integer(0)), {row.integer(1)}});
                    return {};
                  }));
  return out;
}

namespace {

Label label_of(const Row& row) {
  return {row.integer(0) != 0, {row.integer(1)}, {row.integer(2)}, std::string(row.text(3)), row.integer(4)};
}

}  // namespace

Result<std::optional<Label>> find_label(Reader& reader, std::string_view scheme, uint64_t seq) {
  std::optional<Label> out;
  TRY(reader.each("SELECT fraud, known_at, said_at, by_whom, said_times FROM fraud_label WHERE scheme = ? AND seq = ?",
                  {scheme, number_of(seq)}, [&](const Row& row) -> Result<void> {
                    out = label_of(row);
                    return {};
                  }));
  return out;
}

Result<std::vector<Label>> labels_of(Reader& reader, std::string_view scheme, uint64_t seq) {
  std::vector<Label> out;
  TRY(reader.each(
      "SELECT fraud, known_at, said_at, by_whom, said_times FROM fraud_label_said WHERE scheme = ? AND seq = ? "
      "ORDER BY said_times",
      {scheme, number_of(seq)}, [&](const Row& row) -> Result<void> {
        out.push_back(label_of(row));
        return {};
      }));
  return out;
}

Result<void> put_label(Transaction& tx, std::string_view scheme, uint64_t seq, const Label& label) {
  TRY(
      tx.execute("INSERT INTO fraud_label (scheme, seq, fraud, known_at, said_at, by_whom, said_times) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (scheme, seq) DO UPDATE SET fraud = excluded.fraud, "
                 "known_at = excluded.known_at, said_at = excluded.said_at, by_whom = excluded.by_whom, "
                 "said_times = excluded.said_times",
                 {scheme, number_of(seq), int64_t{label.fraud}, label.known_at.microseconds, label.said_at.microseconds,
                  label.by, label.said_times}));
  TRY(
      tx.execute("INSERT INTO fraud_label_said (scheme, seq, said_times, fraud, known_at, said_at, by_whom) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?)",
                 {scheme, number_of(seq), label.said_times, int64_t{label.fraud}, label.known_at.microseconds,
                  label.said_at.microseconds, label.by}));
  return {};
}

Result<void> add_counts(Transaction& tx, std::string_view scheme, std::span<const HourCount> counts) {
  for (const HourCount& count : counts) {
    TRY(tx.execute(
        "INSERT INTO fraud_hour (scheme, hour, action, payments, amount_minor) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (scheme, hour, action) DO UPDATE SET payments = fraud_hour.payments + excluded.payments, "
        "amount_minor = fraud_hour.amount_minor + excluded.amount_minor",
        {scheme, count.hour, static_cast<int64_t>(count.action), count.payments, count.amount_minor}));
  }
  return {};
}

Result<std::vector<HourCount>> counts_by_action(Reader& reader, std::string_view scheme, int64_t from_hour) {
  std::vector<HourCount> out;
  TRY(
      reader.each("SELECT action, CAST(SUM(payments) AS BIGINT), CAST(SUM(amount_minor) AS BIGINT) FROM fraud_hour "
                  "WHERE scheme = ? AND hour >= ? GROUP BY action ORDER BY action",
                  {scheme, from_hour}, [&](const Row& row) -> Result<void> {
                    out.push_back({from_hour, TRY(stored_action(row.integer(0))), row.integer(1), row.integer(2)});
                    return {};
                  }));
  return out;
}

}  // namespace puhui::fraud
