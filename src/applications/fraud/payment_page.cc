// One payment on one page: what came, what was known, what was answered and why, what became of it.
#include "applications/fraud/book.h"
#include "applications/fraud/neighbourhood.h"
#include "applications/fraud/reading.h"
#include "ground/base/log.h"
#include "ground/base/text.h"
#include "infrastructure/cases/reading.h"

namespace puhui::fraud {

namespace {

constexpr std::string_view kPersonalPermission = "evidence.personal";

kernel::PersonalFacts personal_for(const Caller& caller) {
  return caller.may(kPersonalPermission) ? kernel::PersonalFacts::shown : kernel::PersonalFacts::masked;
}

// What the tables hold of it.
struct Kept {
  PaymentRow row;
  std::optional<Settled> settled;
  std::vector<Label> labels;
  std::vector<cases::Alert> alerts;
  std::string owner;
};

Result<Kept> read_kept(const ReadingNeeds& needs, const PaymentKey& of) {
  Kept out;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    out = {};
    out.row = TRY(needs.desk.find(reader, of.scheme, of.key));
    out.settled = TRY(find_settled(reader, of.scheme, out.row.seq));
    out.labels = TRY(labels_of(reader, of.scheme, out.row.seq));
    out.alerts = TRY(cases::alerts_about(reader, kApplicationName, reference_of(out.row)));
    if (!out.alerts.empty()) out.owner = TRY(cases::read_page(reader, out.alerts.back().in_case)).one.owner;
    return {};
  }));
  return out;
}

// The event's own fields and what the desk filled apart from what the stream knew.
void add_facts(const kernel::Version& version, const kernel::DecisionView& decision, const features::FeatureSet* set,
               kernel::PersonalFacts personal, PaymentView& view) {
  const auto& specs = version.facts().facts;
  for (size_t i = 0; i < std::min(specs.size(), decision.facts.size()); ++i) {
    const bool masked_here = specs[i].personal && personal == kernel::PersonalFacts::masked;
    FactLine line{specs[i].name, specs[i].help, decision.facts[i].value,
                  specs[i].sealed ? "sealed"
                  : masked_here   ? "masked"
                                  : "plain"};
    const bool is_feature = set != nullptr && set->find_feature(line.name).has_value();
    (is_feature ? view.features : view.fields).push_back(std::move(line));
  }
}

Result<void> add_decision(const ReadingNeeds& needs, const PaymentRow& row, const Caller& caller, PaymentView& view) {
  const auto record = TRY(needs.evidence.find(row.decision));
  const auto judgement = TRY(evidence::decode_judgement(record.judgement));
  const auto version = TRY(needs.kernel.find_version(judgement.permit));
  const kernel::DecisionView decision = TRY(kernel::view_of(record, *version, personal_for(caller)));
  view.facts_state = decision.facts_state;
  view.rules_hit = decision.rules_hit;
  for (const kernel::ReasonView& reason : decision.reasons) view.reasons.push_back({reason.code, reason.en, reason.zh});
  if (const auto* found = judgement.output("Typologies")) {
    const auto* text = std::get_if<std::string>(found);
    for (const std::string_view name : split(text ? *text : "", ' ')) {
      if (!name.empty()) view.typologies.emplace_back(name);
    }
  }
  const auto set = needs.desk.book(row.scheme)->adopted().set;
  if (record.facts) add_facts(*version, decision, set.get(), personal_for(caller), view);
  return {};
}

// Of a payment that could not be judged only its own fields are kept.
Result<void> add_event(const ReadingNeeds& needs, const PaymentRow& row, const Caller& caller, PaymentView& view) {
  view.facts_state = "kept";
  view.reasons = reason_lines(needs, "", row.reasons);
  const auto set = needs.desk.book(row.scheme)->adopted().set;
  if (!set) return {};
  const auto event = TRY(needs.desk.event_of(row, *set));
  for (size_t i = 0; i < set->fields.size(); ++i) {
    const features::Field& field = set->fields[i];
    const std::string value = evidence::text_of(features::fact_of(field, event.values[i]));
    const bool masked_here = field.personal && personal_for(caller) == kernel::PersonalFacts::masked;
    view.fields.push_back({field.name, field.help,
                           field.sealed  ? "sealed"
                           : masked_here ? masked(value)
                                         : value,
                           field.sealed  ? "sealed"
                           : masked_here ? "masked"
                                         : "plain"});
  }
  return {};
}

}  // namespace

Result<PaymentView> show_payment(const ReadingNeeds& needs, const PaymentKey& of, const Caller& caller) {
  const Kept kept = TRY(read_kept(needs, of));
  const PaymentRow& row = kept.row;
  PaymentView view;
  view.read_at = needs.clock.now();
  view.payment = line_of(row);
  view.payment.subject = subject_for(needs, row, caller);
  const auto scheme = needs.desk.scheme(row.scheme);
  if (scheme) view.payment.currency = (*scheme)->currency;
  TRY(row.is_decided() ? add_decision(needs, row, caller, view) : add_event(needs, row, caller, view));
  if (row.deadline) {
    view.deadline = row.deadline;
    view.owner = kept.owner.empty() && scheme && row.action == Action::hold ? (*scheme)->hold.queue : kept.owner;
    view.hold_state = !kept.settled ? "open" : kept.settled->by == kDeadlineName ? "overdue" : "answered";
  }
  if (kept.settled) {
    view.payment.settled_as = kept.settled->action;
    view.answered_by = kept.settled->by;
    view.why = kept.settled->why;
  }
  for (const Label& label : kept.labels) view.labels.push_back({label.fraud, label.known_at, label.said_at, label.by});
  if (!view.labels.empty()) view.payment.fraud = view.labels.back().fraud;
  if (!kept.alerts.empty()) {
    view.alert = kept.alerts.back().id;
    view.in_case = kept.alerts.back().in_case;
  }
  view.graph = neighbourhood_of(needs, row, caller);
  return view;
}

}  // namespace puhui::fraud
