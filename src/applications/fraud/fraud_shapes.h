// Wire structs of fraud: what its verbs take and answer. Amounts are in minor units of the scheme's currency.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "applications/fraud/scheme.h"
#include "ground/base/clock.h"
#include "ground/base/json.h"
#include "ground/base/shape.h"

namespace puhui::fraud {

struct ReasonLine {
  std::string code, en, zh;
};
void fields(Shape& shape, ReasonLine& line);

struct PaymentKey {
  std::string scheme, key;
};
void fields(Shape& shape, PaymentKey& of);

struct JudgeRequest {
  std::string scheme, key;
  std::optional<Timestamp> at;
  Json fields;
};
void fields(Shape& shape, JudgeRequest& request);

struct JudgeAnswer {
  std::string scheme, key;
  Action action = Action::approve;
  std::optional<Rate> probability;
  std::vector<ReasonLine> reasons;
  Id128 decision;
  std::optional<Timestamp> deadline;
  bool late = false, repeated = false;
};
void fields(Shape& shape, JudgeAnswer& answer);
std::string tell(const JudgeAnswer& answer);

enum class ChallengeResult : uint8_t { passed, failed };
std::span<const std::string_view> names_of(const ChallengeResult*);
enum class ReleaseAction : uint8_t { approve, block };
std::span<const std::string_view> names_of(const ReleaseAction*);

struct ChallengeRequest {
  std::string scheme, key;
  ChallengeResult result = ChallengeResult::passed;
};
void fields(Shape& shape, ChallengeRequest& request);

struct ReleaseRequest {
  std::string scheme, key;
  ReleaseAction action = ReleaseAction::approve;
  std::string why;
};
void fields(Shape& shape, ReleaseRequest& request);

// Of answer and release: how the payment stands now.
struct SettledAnswer {
  std::string scheme, key;
  Action action = Action::approve;
  std::string by, why;
  Timestamp at;
};
void fields(Shape& shape, SettledAnswer& answer);

struct HoldsRequest {
  std::optional<std::string> scheme, after;
  int64_t limit = 50;
};
void fields(Shape& shape, HoldsRequest& request);

struct HoldLine {
  std::string scheme, key, subject, owner, currency;
  Id128 decision;
  Timestamp held_at, deadline;
  Action then = Action::block;
  int64_t amount_minor = 0, expected_loss_minor = 0;
  std::optional<Rate> probability;
  std::vector<ReasonLine> reasons;
};
void fields(Shape& shape, HoldLine& line);

struct HoldsAnswer {
  std::vector<HoldLine> holds;
  int64_t amount_minor = 0;
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, HoldsAnswer& answer);

enum class Labelled : uint8_t { fraud, good, none };
std::span<const std::string_view> names_of(const Labelled*);

struct PaymentsRequest {
  std::optional<std::string> scheme, subject, after;
  std::optional<Action> action;
  std::optional<Timestamp> from, to;
  std::optional<Labelled> labelled;
  int64_t limit = 50;
};
void fields(Shape& shape, PaymentsRequest& request);

struct PaymentLine {
  std::string scheme, key, subject, currency;
  Timestamp at, judged_at;
  int64_t amount_minor = 0;
  Action action = Action::approve;   // as it was judged
  std::optional<Action> settled_as;  // of a hold or a challenge that was answered
  std::optional<Rate> probability;
  Id128 decision;
  bool late = false;
  std::optional<bool> fraud;
};
void fields(Shape& shape, PaymentLine& line);

struct PaymentsAnswer {
  std::vector<PaymentLine> payments;
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, PaymentsAnswer& answer);

struct FactLine {
  std::string name, help, value;
  std::string shown;  // plain, masked, sealed
};
void fields(Shape& shape, FactLine& line);

struct LabelLine {
  bool fraud = false;
  Timestamp known_at, said_at;
  std::string by;
};
void fields(Shape& shape, LabelLine& line);

struct GraphNode {
  std::string id, kind, label;
  Rate risk;  // of a subject: the highest probability of its payments looked at
};
void fields(Shape& shape, GraphNode& node);
struct GraphEdge {
  std::string from, to, kind;
  int64_t count = 0;
};
void fields(Shape& shape, GraphEdge& edge);
struct Neighbourhood {
  std::vector<GraphNode> nodes;  // the subject first
  std::vector<GraphEdge> edges;
  bool cut = false;  // there is more than is shown
};
void fields(Shape& shape, Neighbourhood& graph);

struct PaymentView {
  PaymentLine payment;
  std::vector<FactLine> fields, features;
  std::string facts_state;
  std::vector<ReasonLine> reasons;
  std::vector<std::string> rules_hit, typologies;
  std::string hold_state, owner, answered_by, why;  // of a hold or challenge: open, answered, overdue
  std::optional<Timestamp> deadline;
  std::optional<Id128> alert, in_case;
  std::vector<LabelLine> labels;
  Neighbourhood graph;
  Timestamp read_at;
};
void fields(Shape& shape, PaymentView& view);

struct LabelRequest {
  std::string scheme, key;
  bool fraud = false;
  std::optional<Timestamp> known_at;
};
void fields(Shape& shape, LabelRequest& request);

struct LabelsRequest {
  std::string scheme, file;
  std::string key_column = "key", fraud_column = "fraud";
  std::optional<std::string> known_at_column;
  bool skip_bad_rows = false;
};
void fields(Shape& shape, LabelsRequest& request);

struct LabelsAnswer {
  int64_t rows = 0, labelled = 0, unknown = 0, bad_rows = 0;
  std::vector<std::string> faults;  // the first of them
};
void fields(Shape& shape, LabelsAnswer& answer);

struct ActionCount {
  Action action = Action::approve;
  int64_t payments = 0, amount_minor = 0;
};
void fields(Shape& shape, ActionCount& count);

struct SchemeLine {
  std::string scheme, title, use_case, currency;
  Digest permit, features;
  Timestamp expires_at;
  std::vector<ActionCount> last_day;
  int64_t open_holds = 0, events = 0, late = 0, keys = 0, memory_bytes = 0;
  bool has_model = false, has_shadow = false;
};
void fields(Shape& shape, SchemeLine& line);

struct SchemesAnswer {
  std::vector<SchemeLine> schemes;
  Timestamp at;
};
void fields(Shape& shape, SchemesAnswer& answer);

struct ProposeRequest {
  std::string folder, author, out, conditions, policy = "policy.dmn";
  std::vector<std::string> model;
  int valid_days = 365;
};
void fields(Shape& shape, ProposeRequest& request);

}  // namespace puhui::fraud
