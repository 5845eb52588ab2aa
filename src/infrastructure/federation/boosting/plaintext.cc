#include "infrastructure/federation/boosting/plaintext.h"

#include "infrastructure/federation/boosting/growth.h"
#include "infrastructure/federation/boosting/plan.h"

namespace puhui::federation {

namespace {

struct Clear {
  const Job& job;
  std::vector<BoostingColumns> columns;  // one a party
  ClearModel model;

  std::vector<PartSplit>& splits(size_t party) {
    return party == 0 ? model.guest.splits : model.hosts[party - 1].splits;
  }

  // The best over all parties, the first of equals; its number is the holder's next.
  std::optional<ChosenSplit> choose(const OpenNode& node, std::span<const GradientSum> gradients, const GainRule& rule,
                                    size_t parties) {
    std::optional<BestSplit> best;
    size_t holder = 0;
    for (size_t party = 0; party < parties; ++party) {
      const auto found = best_split(columns[party], node.grown_on, gradients, node.total, rule);
      if (found && (!best || found->gain > best->gain)) best = found, holder = party;
    }
    if (!best) return std::nullopt;
    const auto number = static_cast<uint32_t>(splits(holder).size());
    splits(holder).push_back(as_part_split(columns[holder], best->candidate));
    if (holder > 0 && !model.guest.told_columns.empty())
      model.guest.told_columns[holder - 1].push_back(best->candidate.column);
    return ChosenSplit{static_cast<uint32_t>(holder), number, row_bits(node.rows.size(), [&](size_t i) {
                         return goes_left(columns[holder], best->candidate, node.rows[i]);
                       })};
  }

  void grow(const BoostingStep& step, const BoostingObjective& objective, const GainRule& rule, Margins& next) {
    std::vector<GradientSum> gradients = objective.gradients(model.margins, step.output);
    sample_rows(job.boosting, step.tree, gradients);
    TreeGrowth growth(rule, gradients, static_cast<size_t>(job.boosting.depth_max));
    while (!growth.finished()) {
      std::vector<std::optional<ChosenSplit>> chosen;
      for (const OpenNode& node : growth.open())
        chosen.push_back(choose(node, gradients, rule, step.guest_only ? 1 : columns.size()));
      growth.go_down(chosen);
    }
    model.guest.trees.push_back(growth.tree(step.output, objective.scale()));
    growth.add_to(model.guest.trees.back(), next[step.output]);
  }
};

}  // namespace

Result<ClearModel> grow_in_the_clear(const Job& job, std::span<const PartyData* const> data) {
  if (data.size() != job.parties.size() || data.empty())
    return fail(ErrorCode::invalid, "data", "expected one party's data for each party of the job");
  const BoostingObjective objective = TRY(BoostingObjective::make(job.boosting, data[0]->labels));
  Clear clear{job, {}, {}};
  for (size_t party = 0; party < data.size(); ++party) {
    if (data[party]->values.size() != job.parties[party].columns.size())
      return fail(ErrorCode::invalid, "data of " + job.parties[party].name, "expected the columns of the job");
    clear.columns.push_back(
        TRY(cut_columns(data[party]->values, objective.rows(), static_cast<size_t>(job.boosting.bins_max))));
    clear.model.guest.parties.push_back(job.parties[party].name);
    if (party > 0) clear.model.hosts.push_back({job.name, job.parties[party].name, job.parties[party].columns, {}});
  }
  GuestPart& guest = clear.model.guest;
  guest.job = job.name, guest.objective = job.boosting.objective;
  guest.scale = objective.scale(), guest.bases = objective.bases();
  guest.columns = job.parties[0].columns;
  if (!job.boosting.hide_feature_names) guest.told_columns.resize(data.size() - 1);
  clear.model.margins = objective.first_margins();
  const GainRule rule(job.boosting, objective.gradient_scale());
  const BoostingPlan plan(job.boosting);
  Margins next = clear.model.margins;
  for (uint64_t step = 1; step < plan.steps(); ++step) {
    const BoostingStep at = plan.at(step);
    if (at.level == 0) clear.grow(at, objective, rule, next);
    if (at.last_of_round) clear.model.margins = next;
  }
  for (const HostPart& host : clear.model.hosts) guest.host_splits.push_back(static_cast<uint32_t>(host.splits.size()));
  return std::move(clear.model);
}

}  // namespace puhui::federation
