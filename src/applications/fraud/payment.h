// PaymentRow: what is kept of one judged payment beside its evidence, and how it lies in the store: rows in the order of the
// scheme's stream, what waits for an answer, what was answered, what became known.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "applications/fraud/scheme.h"
#include "ground/store/store.h"
#include "infrastructure/evidence/record.h"

namespace puhui::fraud {

struct PaymentRow {
  std::string scheme;
  uint64_t seq = 0;  // its place in the scheme's stream
  std::string key;   // the client's own
  Id128 content;     // of its fields, to tell a repeat from another payment under the same key
  Timestamp at, judged_at;
  Id128 entity;  // its subject's
  int64_t amount_minor = 0;
  Action action = Action::approve;
  int64_t probability_ppb = 0;
  bool has_probability = false;
  bool late = false;
  std::optional<Timestamp> deadline;  // of a hold or challenge
  evidence::RecordId decision;        // or the note that says why there is none
  std::vector<evidence::Reason> reasons;
  std::string event;  // encoded, where no decision keeps its facts; else empty
  bool is_decided() const { return event.empty(); }
};

// A field's text as an id: of a subject, a key. `domain` ends with a newline.
Id128 id_from(std::string_view domain, std::string_view text);
Id128 entity_of(std::string_view subject);

Result<void> append_payments(Transaction& tx, std::span<const PaymentRow* const> rows);
Result<std::optional<PaymentRow>> find_payment(Reader& reader, std::string_view scheme, uint64_t seq);
Result<PaymentRow> read_payment(const Row& row);  // of the columns below
inline constexpr std::string_view kPaymentColumns =
    "p.scheme, p.seq, p.key, p.content, p.at, p.judged_at, p.entity, p.amount_minor, p.action, p.probability_ppb, "
    "p.late, "
    "p.deadline, p.decision, p.reasons, p.event";
std::string pack_reasons(const std::vector<evidence::Reason>& reasons);
Result<std::vector<evidence::Reason>> unpack_reasons(std::string_view bytes);  // corrupt
Result<Action> stored_action(int64_t number);                                  // corrupt
// Seqs and keys from `after` on, in order, for the index.
Result<void> each_key(Reader& reader, std::string_view scheme, uint64_t after,
                      const std::function<Result<void>(uint64_t seq, std::string_view key)>& visit);

// How a hold or challenge was answered.
struct Settled {
  Action action = Action::approve;
  std::string by, why;
  Timestamp at;
};
Result<std::optional<Settled>> find_settled(Reader& reader, std::string_view scheme, uint64_t seq);
Result<void> insert_waiting(Transaction& tx, const PaymentRow& row);
Result<void> insert_settled(Transaction& tx, const PaymentRow& row, const Settled& settled);
struct Waiting {
  std::string scheme;
  uint64_t seq = 0;
  Timestamp deadline;
};
// Those whose deadline passed, the longest overdue first.
Result<std::vector<Waiting>> overdue(Reader& reader, std::string_view scheme, Timestamp now, int64_t limit);

// What is known of it now; said_times: how often it was said otherwise or for the first time.
struct Label {
  bool fraud = false;
  Timestamp known_at, said_at;
  std::string by;
  int64_t said_times = 0;
};
Result<std::optional<Label>> find_label(Reader& reader, std::string_view scheme, uint64_t seq);
Result<std::vector<Label>> labels_of(Reader& reader, std::string_view scheme, uint64_t seq);  // oldest first
Result<void> put_label(Transaction& tx, std::string_view scheme, uint64_t seq, const Label& label);

// By hour and action, so that a day's counts cost no walk over its payments.
struct HourCount {
  int64_t hour = 0;  // since 1970
  Action action = Action::approve;
  int64_t payments = 0, amount_minor = 0;
};
Result<void> add_counts(Transaction& tx, std::string_view scheme, std::span<const HourCount> counts);
Result<std::vector<HourCount>> counts_by_action(Reader& reader, std::string_view scheme, int64_t from_hour);
int64_t hour_of(Timestamp at);

}  // namespace puhui::fraud
