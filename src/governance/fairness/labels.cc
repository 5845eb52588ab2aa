// Labels that came late, counted into the groups of their decisions. The groups are read from the evidence then and
// not kept, so a decision whose facts were erased belongs to no group from then on.
#include <algorithm>
#include <set>

#include "governance/fairness/fairness_book.h"
#include "infrastructure/evidence/outcome.h"
#include "infrastructure/kernel/decision.h"

namespace puhui::fairness {

namespace {

constexpr uint64_t kOutcomesAtOnce = 16'384;
constexpr size_t kLabelsACommit = 2048;
constexpr uint16_t kNode = 0;

struct Labelled {
  evidence::RecordId record;
  int64_t value = 0;
  bool own = true;  // false: the decision's use case is measured by another outcome
  bool approved = false;
  int64_t probability_ppb = -1;  // none
  std::vector<GroupKey> groups;
};

// Those of a page that are not counted yet, or counted as another value.
Result<uint64_t> read_page(Reader& reader, std::string_view name, uint64_t& after,
                           std::vector<evidence::Outcome>& fresh) {
  std::vector<evidence::Outcome> page;
  TRY(evidence::each_outcome(reader, name, kNode, after, kOutcomesAtOnce,
                             [&](const evidence::Outcome& outcome) -> Result<void> {
                               page.push_back(outcome);
                               return {};
                             }));
  if (page.empty()) return uint64_t{0};
  std::map<uint64_t, int64_t> counted;
  TRY(reader.each("SELECT sequence, value FROM fairness_labelled WHERE node = ? AND sequence > ? AND sequence <= ?",
                  {int64_t{kNode}, static_cast<int64_t>(after), static_cast<int64_t>(page.back().decision.sequence())},
                  [&](const Row& row) -> Result<void> {
                    counted[static_cast<uint64_t>(row.integer(0))] = row.integer(1);
                    return {};
                  }));
  for (const evidence::Outcome& outcome : page) {
    const auto found = counted.find(outcome.decision.sequence());
    if (found == counted.end() || found->second != outcome.value) fresh.push_back(outcome);
  }
  after = page.back().decision.sequence();
  return page.size();
}

Result<Labelled> look_up(const LabelNeeds& needs, const evidence::Outcome& outcome) {
  Labelled out{outcome.decision, outcome.value};
  const auto record = needs.evidence.find(outcome.decision);
  if (!record || record->kind != evidence::RecordKind::decision || !record->facts) return out;
  const auto judgement = TRY(evidence::decode_judgement(record->judgement));
  if (evidence::outcome_name_of(needs.kernel.use_cases(), judgement.use_case) != outcome.name) {
    out.own = false;
    return out;
  }
  const auto circumstances = TRY(evidence::decode_circumstances(record->circumstances));
  const auto facts = TRY(evidence::decode_facts(*record->facts)).facts;
  const auto version = needs.kernel.find_version(judgement.permit);
  if (!version) return out;
  out.approved = kernel::outcome_of(judgement) == kernel::kApprove;
  if (!judgement.models.empty()) out.probability_ppb = judgement.models.front().probability_ppb;
  const auto& specs = (*version)->facts().facts;
  for (size_t i = 0; i < specs.size() && i < facts.size(); ++i) {
    if (!specs[i].sealed) continue;
    out.groups.push_back(
        {judgement.use_case, judgement.permit, month_of(circumstances.at), specs[i].name, group_of(facts[i])});
  }
  return out;
}

void add(LabelCounts& to, const Labelled& labelled, int64_t value, int64_t sign) {
  int64_t& cell = labelled.approved ? (value != 0 ? to.bad_approved : to.good_approved)
                                    : (value != 0 ? to.bad_refused : to.good_refused);
  cell += sign;
  if (!labelled.approved || labelled.probability_ppb < 0) return;
  to.predicted_rows += sign;
  to.predicted_bad += value != 0 ? sign : 0;
  to.predicted_ppb += sign * labelled.probability_ppb;
}

Result<void> write_counts(Transaction& tx, const GroupKey& key, const LabelCounts& counts) {
  TRY(
      tx.execute("INSERT INTO fairness_label (use_case, permit, month, attribute, member, good_approved, bad_approved, "
                 "good_refused, bad_refused, predicted_rows, predicted_bad, predicted_ppb) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (use_case, permit, month, attribute, member) "
                 "DO UPDATE SET "
                 "good_approved = fairness_label.good_approved + excluded.good_approved, "
                 "bad_approved = fairness_label.bad_approved + excluded.bad_approved, "
                 "good_refused = fairness_label.good_refused + excluded.good_refused, "
                 "bad_refused = fairness_label.bad_refused + excluded.bad_refused, "
                 "predicted_rows = fairness_label.predicted_rows + excluded.predicted_rows, "
                 "predicted_bad = fairness_label.predicted_bad + excluded.predicted_bad, "
                 "predicted_ppb = fairness_label.predicted_ppb + excluded.predicted_ppb",
                 {key.use_case, BytesView{key.permit.view()}, key.month, key.attribute, key.group, counts.good_approved,
                  counts.bad_approved, counts.good_refused, counts.bad_refused, counts.predicted_rows,
                  counts.predicted_bad, counts.predicted_ppb}));
  return {};
}

// Asks again in the transaction what is counted, so that two who count at once count once.
Result<void> write(Transaction& tx, std::span<const Labelled> batch) {
  std::map<GroupKey, LabelCounts> changes;
  for (const Labelled& labelled : batch) {
    const auto sequence = static_cast<int64_t>(labelled.record.sequence());
    const auto counted = TRY(
        tx.integer("SELECT value FROM fairness_labelled WHERE node = ? AND sequence = ?", {int64_t{kNode}, sequence}));
    if (counted && *counted == labelled.value) continue;
    for (const GroupKey& group : labelled.groups) {
      if (counted) add(changes[group], labelled, *counted, -1);
      add(changes[group], labelled, labelled.value, 1);
    }
    TRY(
        tx.execute("INSERT INTO fairness_labelled (node, sequence, value) VALUES (?, ?, ?) "
                   "ON CONFLICT (node, sequence) DO UPDATE SET value = excluded.value",
                   {int64_t{kNode}, sequence, labelled.value}));
  }
  for (const auto& [key, counts] : changes) TRY(write_counts(tx, key, counts));
  return {};
}

}  // namespace

namespace {

// `looked_through` counts over all names.
Result<uint64_t> count_of(const LabelNeeds& needs, std::string_view name, Progress& progress, uint64_t outcomes_max,
                          uint64_t& looked_through) {
  uint64_t after = 0, counted = 0;
  for (bool more = true; more && looked_through < outcomes_max; looked_through += kOutcomesAtOnce) {
    std::vector<evidence::Outcome> fresh;
    TRY(needs.store.read([&](Reader& reader) -> Result<void> {
      more = TRY(read_page(reader, name, after, fresh)) == kOutcomesAtOnce;
      return {};
    }));
    for (size_t begin = 0; begin < fresh.size(); begin += kLabelsACommit) {
      std::vector<Labelled> batch;
      for (size_t i = begin; i < std::min(fresh.size(), begin + kLabelsACommit); ++i) {
        Labelled labelled = TRY(look_up(needs, fresh[i]));
        if (labelled.own) batch.push_back(std::move(labelled));
      }
      TRY(needs.store.write([&](Transaction& tx) { return write(tx, batch); }));
      counted += batch.size();
    }
    progress.step("labels counted", after, needs.evidence.records());
  }
  return counted;
}

}  // namespace

Result<uint64_t> count_labels(const LabelNeeds& needs, Progress& progress, uint64_t outcomes_max) {
  std::set<std::string, std::less<>> names{std::string(evidence::kDefaultOutcome)};  // also of what is declared no more
  for (const evidence::UseCase& use_case : needs.kernel.use_cases()) names.insert(use_case.outcome);
  uint64_t counted = 0, looked_through = 0;
  for (const std::string& name : names) counted += TRY(count_of(needs, name, progress, outcomes_max, looked_through));
  return counted;
}

}  // namespace puhui::fairness
