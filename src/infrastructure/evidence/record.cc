#include "infrastructure/evidence/record.h"

namespace puhui::evidence {

namespace {
constexpr uint8_t kJudgementFormat = 1, kCircumstancesFormat = 1;

void expect_format(ByteReader& from, uint8_t format) {
  if (from.u8() != format) from.reject();
}

template <class E>
E choice(ByteReader& from) {
  const uint8_t value = from.u8();
  if (value >= names_of(static_cast<const E*>(nullptr)).size()) from.reject();
  return static_cast<E>(value);
}
}  // namespace

RecordId RecordId::make(Timestamp at, uint16_t node, uint64_t sequence) {
  return RecordId(Id128{static_cast<uint64_t>(at.microseconds / 1000) << 16 | node, sequence});
}

std::span<const std::string_view> names_of(const ReasonSource*) {
  static constexpr std::string_view kNames[] = {"policy", "model"};
  return kNames;
}

std::span<const std::string_view> names_of(const HumanRole*) {
  static constexpr std::string_view kNames[] = {"none", "in_the_loop", "on_the_loop"};
  return kNames;
}

std::span<const std::string_view> names_of(const RecordKind*) {
  static constexpr std::string_view kNames[] = {"none",     "decision", "permit", "erasure", "note",      "stop",
                                                "incident", "shadow",   "review", "access",  "promotion", "federation"};
  return kNames;
}

const FactValue* Judgement::output(std::string_view name) const {
  for (const Output& output : outputs) {
    if (output.name == name) return &output.value;
  }
  return nullptr;
}

std::string encode(const Judgement& judgement) {
  ByteWriter to;
  to.u8(kJudgementFormat);
  to.digest(judgement.permit);
  to.text(judgement.use_case);
  to.unsigned_varint(judgement.outputs.size());
  for (const Output& output : judgement.outputs) {
    to.text(output.name);
    write(to, output.value);
  }
  to.unsigned_varint(judgement.reasons.size());
  for (const Reason& reason : judgement.reasons) {
    to.text(reason.code);
    to.u8(static_cast<uint8_t>(reason.source));
    to.signed_varint(reason.amount);
  }
  to.unsigned_varint(judgement.models.size());
  for (const ModelScore& model : judgement.models) {
    to.text(model.name);
    to.signed_varint(model.probability_ppb);
    to.signed_varint(model.score);
  }
  to.unsigned_varint(judgement.rules_hit.size());
  for (const uint32_t rule : judgement.rules_hit) to.unsigned_varint(rule);
  return to.take();
}

Result<Judgement> decode_judgement(std::string_view bytes) {
  ByteReader from(bytes);
  Judgement out;
  expect_format(from, kJudgementFormat);
  out.permit = from.digest();
  out.use_case = from.text();
  out.outputs.resize(from.count(2));
  for (Output& output : out.outputs) {
    output.name = from.text();
    output.value = read_fact(from);
  }
  out.reasons.resize(from.count(3));
  for (Reason& reason : out.reasons) {
    reason.code = from.text();
    reason.source = choice<ReasonSource>(from);
    reason.amount = from.signed_varint();
  }
  out.models.resize(from.count(3));
  for (ModelScore& model : out.models) {
    model.name = from.text();
    model.probability_ppb = from.signed_varint();
    model.score = from.signed_varint();
  }
  out.rules_hit.resize(from.count(1));
  for (uint32_t& rule : out.rules_hit) {
    const uint64_t number = from.unsigned_varint();
    if (number > UINT32_MAX) from.reject();
    rule = static_cast<uint32_t>(number);
  }
  TRY(from.finish("a judgement"));
  return out;
}

std::string encode(const Circumstances& circumstances) {
  ByteWriter to;
  to.u8(kCircumstancesFormat);
  to.signed_varint(circumstances.at.microseconds);
  to.id(circumstances.entity);
  to.text(circumstances.caller);
  to.u8(static_cast<uint8_t>(circumstances.human));
  to.signed_varint(circumstances.cpu_ns);
  to.signed_varint(circumstances.overhead_ns);
  return to.take();
}

Result<Circumstances> decode_circumstances(std::string_view bytes) {
  ByteReader from(bytes);
  Circumstances out;
  expect_format(from, kCircumstancesFormat);
  out.at.microseconds = from.signed_varint();
  out.entity = from.id();
  out.caller = from.text();
  out.human = choice<HumanRole>(from);
  out.cpu_ns = from.signed_varint();
  out.overhead_ns = from.signed_varint();
  TRY(from.finish("the circumstances of a decision"));
  return out;
}

std::string encode(const FactsPayload& payload) {
  ByteWriter to;
  to.raw({reinterpret_cast<const char*>(payload.salt.data()), payload.salt.size()});
  to.unsigned_varint(payload.facts.size());
  for (const FactValue& fact : payload.facts) write(to, fact);
  return to.take();
}

Result<FactsPayload> decode_facts(std::string_view bytes) {
  ByteReader from(bytes);
  FactsPayload out;
  const std::string_view salt = from.raw(out.salt.size());
  std::copy(salt.begin(), salt.end(), out.salt.begin());
  out.facts.resize(from.count(1));
  for (FactValue& fact : out.facts) fact = read_fact(from);
  TRY(from.finish("the facts of a decision"));
  return out;
}

}  // namespace puhui::evidence
