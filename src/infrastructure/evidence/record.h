// DecisionRecord: all that is needed to explain one decision and to take it again to the same bytes.
// It has three parts: the judgement (deterministic), its circumstances (when, by whom, at what cost), and the
// facts, kept apart so that retention may erase them while the chain stays whole.
#pragma once

#include <string>
#include <vector>

#include "ground/base/bytes.h"
#include "ground/base/clock.h"
#include "ground/base/hash.h"
#include "ground/base/id.h"
#include "infrastructure/evidence/fact.h"

namespace puhui::evidence {

// 48 bits of milliseconds, 16 bits of node, 64 bits of the record's number on that node: the id says where the
// record lies, so finding it needs no index.
struct RecordId : Id<struct RecordTag> {
  using Id::Id;
  uint16_t node() const { return static_cast<uint16_t>(high & 0xFFFF); }
  uint64_t sequence() const { return low; }
  static RecordId make(Timestamp at, uint16_t node, uint64_t sequence);
};

enum class ReasonSource : uint8_t { policy, model };
std::span<const std::string_view> names_of(const ReasonSource*);

// Why, most important first. The code names a sentence in the use case's reasons.json.
struct Reason {
  std::string code;
  ReasonSource source = ReasonSource::policy;
  int64_t amount = 0;  // of a model: what it cost the applicant, in the model's integer units; policy: 0
  bool operator==(const Reason&) const = default;
};

// One named result of the policy: its outcome, grade, limit, rate …
struct Output {
  std::string name;
  FactValue value;
  bool operator==(const Output&) const = default;
};

// One model that the policy called.
struct ModelScore {
  std::string name;  // as the manifest calls it: "pd"
  int64_t probability_ppb = 0;
  int64_t score = 0;  // points, or micro log-odds
  bool operator==(const ModelScore&) const = default;
};

enum class HumanRole : uint8_t { none, in_the_loop, on_the_loop };  // who else had a say
std::span<const std::string_view> names_of(const HumanRole*);

// The deterministic part: the same facts and permit give the same bytes, always.
struct Judgement {
  Digest permit;                // pins policy, models, thresholds, schema and build
  std::string use_case;         // "lending.approval/person_revolving"
  std::vector<Output> outputs;  // in the policy's order
  std::vector<Reason> reasons;
  std::vector<ModelScore> models;
  std::vector<uint32_t> rules_hit;  // numbers of the policy's rules, in the order they fired
  bool operator==(const Judgement&) const = default;

  const FactValue* output(std::string_view name) const;
};
std::string encode(const Judgement& judgement);
Result<Judgement> decode_judgement(std::string_view bytes);

struct Circumstances {
  Timestamp at;
  Id128 entity;  // the applicant, the card, the document decided on
  std::string caller;
  HumanRole human = HumanRole::none;
  int64_t cpu_ns = 0;       // thread CPU of policy and models
  int64_t overhead_ns = 0;  // of kernel and evidence beside them
  bool operator==(const Circumstances&) const = default;
};
std::string encode(const Circumstances& circumstances);
Result<Circumstances> decode_circumstances(std::string_view bytes);

// Facts in schema order, sealed ones included; `salt` keeps a guess at the facts from being tested on the digest.
struct FactsPayload {
  std::array<uint8_t, 16> salt{};
  std::vector<FactValue> facts;
};
std::string encode(const FactsPayload& payload);
Result<FactsPayload> decode_facts(std::string_view bytes);

// What the hash chain holds besides decisions: the acts that bear on them.
enum class RecordKind : uint8_t {
  decision = 1,
  permit = 2,   // proposed, approved, rejected, granted, scheduled, rolled back
  erasure = 3,  // facts erased by retention or by a subject's right
  note = 4,
  stop = 5,         // a kill switch thrown, lifted or drilled; a fallback declared
  incident = 6,     // opened, noted, closed
  shadow = 7,       // the judgement of a version that decides nothing, beside the decision before it
  review = 8,       // a person looked at a decision again, or a subject asked for a right
  access = 9,       // sign-ins, refusals, users, roles, sessions
  promotion = 10,   // a challenger's stage, its looks, its rollback
  federation = 11,  // partners pinned and dropped, a job's approvals, its begin and its end
};
inline constexpr int64_t kRecordKindMax = 11;
std::span<const std::string_view> names_of(const RecordKind*);

}  // namespace puhui::evidence
