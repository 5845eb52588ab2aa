// What became known of a payment, and the event it was, for that.
#include "applications/fraud/desk_state.h"
#include "ground/base/check.h"
#include "infrastructure/evidence/outcome.h"

namespace puhui::fraud {

using evidence::FactValue;
using features::Field;
using features::FieldType;
using features::FieldValue;

namespace {

// A number as the integer of its field's unit.
Result<int64_t> scaled(const Field& field, evidence::Number number) {
  for (; number.places < field.places; ++number.places) {
    if (__builtin_mul_overflow(number.coefficient, 10, &number.coefficient)) {
      return fail(ErrorCode::corrupt, field.name, "expected a number of 18 digits at most");
    }
  }
  if (number.places == field.places) return number.coefficient;
  return fail(ErrorCode::corrupt, field.name, "came with more decimals than the field has");
}

Result<FieldValue> field_of(const Field& field, const FactValue& fact) {
  FieldValue out;
  if (std::holds_alternative<std::monostate>(fact)) return out;
  out.present = true;
  const auto* number = std::get_if<evidence::Number>(&fact);
  const auto* boolean = std::get_if<bool>(&fact);
  const auto* text = std::get_if<std::string>(&fact);
  if (field.type == FieldType::number && number != nullptr) {
    out.number = TRY(scaled(field, *number));
  } else if (field.type == FieldType::boolean && boolean != nullptr) {
    out.number = *boolean ? 1 : 0;
  } else if ((field.type == FieldType::key || field.type == FieldType::text) && text != nullptr) {
    out.text = *text;
  } else {
    return fail(ErrorCode::corrupt, field.name, "its recorded fact is of another type");
  }
  return out;
}

}  // namespace

// Its event again, from the facts that its decision keeps: by name, so the set may have been replaced since.
Result<features::Event> Desk::event_of(const PaymentRow& row, const features::FeatureSet& set) const {
  if (!row.is_decided()) return features::decode_event(set, row.event);
  const auto record = TRY(needs_.evidence.find(row.decision));
  if (!record.facts) {
    return fail(ErrorCode::unavailable, row.key, "its facts were erased by retention: its features cannot learn of it");
  }
  const auto judgement = TRY(evidence::decode_judgement(record.judgement));
  const auto payload = TRY(evidence::decode_facts(*record.facts));
  const auto version = TRY(needs_.kernel.find_version(judgement.permit));
  features::Event out;
  out.id = id_from("fraud payment\n", reference_of(row));
  out.at = row.at;
  for (const Field& field : set.fields) {
    const auto fact = version->facts().find(field.name);
    const bool kept = fact && *fact < payload.facts.size();
    out.values.push_back(kept ? TRY(field_of(field, payload.facts[*fact])) : FieldValue());
  }
  return out;
}

Result<std::string> Desk::subject_of(const PaymentRow& row) const {
  const Book* const of = book(row.scheme);
  const auto scheme = TRY(this->scheme(row.scheme));
  if (const Read* added = of->added_event(row.seq)) {
    const auto place = added->set->find_field(scheme->subject);
    return place ? added->event.values[*place].text : std::string();
  }
  const auto set = of->adopted().set;
  if (!set) return fail(ErrorCode::unavailable, row.scheme, "no permit is in force for it");
  const auto event = TRY(event_of(row, *set));
  const auto place = set->find_field(scheme->subject);
  return place ? event.values[*place].text : std::string();
}

Result<std::optional<bool>> Desk::label(Transaction& tx, std::string_view scheme, std::string_view key, bool fraud,
                                        Timestamp known_at, std::string_view by) {
  const Book* const of = book(scheme);
  if (of == nullptr) return fail(ErrorCode::not_found, "scheme", "there is no scheme '" + std::string(scheme) + "'");
  const auto row = TRY(of->find_in_closure(tx, key));
  if (!row) return fail(ErrorCode::not_found, "key", "no payment of " + std::string(scheme) + " has that key");
  return label_row(tx, *row, fraud, known_at, by);
}

Result<std::optional<bool>> Desk::label_row(Transaction& tx, const PaymentRow& row, bool fraud, Timestamp known_at,
                                            std::string_view by) {
  const auto before = TRY(find_label(tx, row.scheme, row.seq));
  const std::optional<bool> was = before ? std::optional(before->fraud) : std::nullopt;
  if (was == fraud) return was;
  Label label{fraud, known_at, needs_.clock.now(), std::string(by), 1};
  if (known_at < row.at) {
    return fail(ErrorCode::invalid, "known_at",
                "expected a moment after the payment of " + text_of(row.at) + ", came " + text_of(known_at));
  }
  if (before) {
    // The later word holds, also where it tells of an earlier moment.
    label.known_at = std::max(known_at, Timestamp{before->known_at.microseconds + 1});
    label.said_times = before->said_times + 1;
  }
  if (row.is_decided()) {
    TRY(evidence::put_outcome(tx, {row.decision, std::string(kFraudOutcome), int64_t{fraud}, label.known_at}));
  }
  TRY(put_label(tx, row.scheme, row.seq, label));
  TRY(tell_stream(tx, row, was, label));
  return was;
}

// Last, because a stream whose closure fails afterwards is built anew. A late event is in no feature.
Result<void> Desk::tell_stream(Transaction& tx, const PaymentRow& row, std::optional<bool> before, const Label& label) {
  if (row.late) return {};
  Book& of = *book(row.scheme);
  if (const Read* added = of.added_event(row.seq)) {
    return of.stream().label(tx, *added->set, added->event, before, label.fraud, label.known_at);
  }
  const auto set = of.stream().set();
  if (!set) {
    return fail(ErrorCode::unavailable, row.scheme, "its stream computes nothing: no permit is in force for it");
  }
  const auto event = event_of(row, *set);
  if (!event && event.error().code == ErrorCode::unavailable) {
    needs_.log.warning("fraud_label_without_features", {{"payment", reference_of(row)}, {"why", event.error().text()}});
    return {};
  }
  if (!event) return fail(event.error());
  return of.stream().label(tx, *set, *event, before, label.fraud, label.known_at);
}

}  // namespace puhui::fraud
