#include "infrastructure/federation/boosting/guest.h"

#include "ground/base/check.h"

namespace puhui::federation {

namespace {

constexpr size_t kPreparedMax = size_t{1} << 18;  // obfuscators made ahead: 128 MiB at 2048 bits

cipher::Scheme scheme_of(const Job& job) {
  return job.cipher.scheme == "okamoto_uchiyama" ? cipher::Scheme::okamoto_uchiyama : cipher::Scheme::paillier;
}

}  // namespace

Result<std::unique_ptr<BoostingGuest>> BoostingGuest::make(const StageNeeds& needs) {
  BoostingObjective objective = TRY(BoostingObjective::make(needs.job.boosting, needs.data.labels));
  BoostingColumns columns =
      TRY(cut_columns(needs.data.values, objective.rows(), static_cast<size_t>(needs.job.boosting.bins_max)));
  return std::unique_ptr<BoostingGuest>(new BoostingGuest(needs, std::move(objective), std::move(columns)));
}

BoostingGuest::BoostingGuest(const StageNeeds& needs, BoostingObjective objective, BoostingColumns columns)
    : needs_(needs),
      objective_(std::move(objective)),
      columns_(std::move(columns)),
      plan_(needs.job.boosting),
      rule_(needs.job.boosting, objective_.gradient_scale()),
      margins_(objective_.first_margins()),
      next_(margins_) {
  part_.job = needs.job.name, part_.objective = needs.job.boosting.objective;
  part_.scale = objective_.scale(), part_.bases = objective_.bases();
  for (const JobParty& party : needs.job.parties) part_.parties.push_back(party.name);
  part_.columns = needs.job.parties[0].columns;
  part_.host_splits.assign(hosts(), 0);
  if (!needs.job.boosting.hide_feature_names) part_.told_columns.resize(hosts());
}

Result<void> BoostingGuest::step(Conversation& with) {
  CHECK(!finished(), "a step is asked for while there is one");
  if (step_ == 0) {
    TRY(make_key());
    const std::string key = key_->public_key().bytes();
    for (size_t host = 1; host <= hosts(); ++host) TRY(with.send(host, kBoostingKey, key));
    for (size_t host = 1; host <= hosts(); ++host) TRY(with.receive(host, kBoostingReady));
  } else {
    const BoostingStep step = plan_.at(step_);
    needs_.progress.step("tree", step.tree, plan_.trees());
    if (step.level == 0) begin_tree(step);
    if (step.guest_only) grow_alone();
    TRY(grow_level(with, step));
    if (step.last_of_tree) end_tree(step);
  }
  ++step_;
  return {};
}

Result<void> BoostingGuest::make_key() {
  key_.reset();
  key_.emplace(TRY(cipher::SecretKey::make(scheme_of(needs_.job), static_cast<size_t>(needs_.job.cipher.key_bits),
                                           TRY(cipher::chosen_kernel()))));
  return {};
}

void BoostingGuest::begin_tree(const BoostingStep& step) {
  gradients_ = objective_.gradients(margins_, step.output);
  sample_ = sample_rows(needs_.job.boosting, step.tree, gradients_);
  growth_.emplace(rule_, gradients_, static_cast<size_t>(needs_.job.boosting.depth_max));
  hosts_have_gradients_ = false;
}

void BoostingGuest::end_tree(const BoostingStep& step) {
  part_.trees.push_back(growth_->tree(step.output, objective_.scale()));
  growth_->add_to(part_.trees.back(), next_[step.output]);
  if (step.last_of_round) margins_ = next_;
  growth_.reset();
}

ChosenSplit BoostingGuest::own_split(const OpenNode& node, const SplitCandidate& candidate) {
  const auto number = static_cast<uint32_t>(part_.splits.size());
  part_.splits.push_back(as_part_split(columns_, candidate));
  return {0, number,
          row_bits(node.rows.size(), [&](size_t i) { return goes_left(columns_, candidate, node.rows[i]); })};
}

std::vector<BoostingGuest::NodeChoice> BoostingGuest::own_choices() const {
  std::vector<NodeChoice> out;
  for (const OpenNode& node : growth_->open()) {
    NodeChoice choice{.own = best_split(columns_, node.grown_on, gradients_, node.total, rule_)};
    if (choice.own) choice.gain = choice.own->gain;
    out.push_back(std::move(choice));
  }
  return out;
}

void BoostingGuest::grow_alone() {
  while (!growth_->finished()) {
    std::vector<std::optional<ChosenSplit>> chosen;
    const std::vector<NodeChoice> choices = own_choices();
    for (size_t i = 0; i < choices.size(); ++i) {
      chosen.emplace_back();
      if (choices[i].own) chosen.back() = own_split(growth_->open()[i], choices[i].own->candidate);
    }
    growth_->go_down(chosen);
  }
}

Result<void> BoostingGuest::grow_level(Conversation& with, const BoostingStep& step) {
  const size_t open_nodes = growth_->open().size();
  const bool new_key = open_nodes > 0 && !key_, gradients = open_nodes > 0 && !hosts_have_gradients_;
  if (new_key) TRY(make_key());
  TRY(send_order(with, step, gradients, new_key, open_nodes));
  if (open_nodes == 0) {
    for (size_t host = 1; host <= hosts(); ++host) TRY(with.receive(host, kBoostingReady));
    return {};
  }
  if (gradients) TRY(send_gradients(with));
  std::vector<NodeChoice> choices = own_choices();
  // The hosts are adding up: time for the next tree's obfuscators.
  if (step.level == 0 && step.tree + 1 < plan_.trees()) {
    const size_t wanted = std::min(kPreparedMax, sample_.rows.size());
    if (key_->prepared() < wanted) key_->prepare(wanted - key_->prepared());
  }
  TRY(weigh_hosts(with, choices));
  TRY(tell_choices(with, choices));
  const auto chosen = TRY(settle(with, choices));
  std::vector<size_t> node_rows;
  for (const OpenNode& node : growth_->open()) node_rows.push_back(node.rows.size());
  const std::vector<OpenedChildren> opened = growth_->go_down(chosen);
  if (step.last_of_tree) return {};
  return tell_memberships(with, node_rows, chosen, opened);
}

Result<void> BoostingGuest::send_order(Conversation& with, const BoostingStep& step, bool send_gradients, bool new_key,
                                       size_t open_nodes) {
  LevelOrder order{.tree = step.tree, .level = step.level, .new_key = new_key, .gradients = send_gradients};
  order.open_nodes = open_nodes;
  order.all_rows = sample_.all;
  if (send_gradients) {
    order.slot_bits = static_cast<uint32_t>(slots_for(objective_.gradient_scale(), sample_.rows.size()).width_bits());
    if (!sample_.all) order.sampled = row_bits(objective_.rows(), [&](size_t row) { return gradients_[row].h > 0; });
  }
  const std::string bytes = encode(order), key = new_key ? key_->public_key().bytes() : "";
  for (size_t host = 1; host <= hosts(); ++host) {
    TRY(with.send(host, kBoostingOrder, bytes));
    if (new_key) TRY(with.send(host, kBoostingKey, key));
    if (!order.sampled.empty())
      needs_.leakage.tell(needs_.job.parties[host].name, "sampled_rows", static_cast<int64_t>(sample_.rows.size()));
  }
  return {};
}

// Block by block, so that the hosts add up one while the next is encrypted.
Result<void> BoostingGuest::send_gradients(Conversation& with) {
  const GradientSlots slots = slots_for(objective_.gradient_scale(), sample_.rows.size());
  std::vector<GradientSum> block;
  for (size_t begin = 0; begin < sample_.rows.size(); begin += kGradientBlockRows) {
    block.clear();
    const size_t end = std::min(begin + kGradientBlockRows, sample_.rows.size());
    for (size_t i = begin; i < end; ++i) block.push_back(gradients_[sample_.rows[i]]);
    std::string bytes;
    key_->public_key().write(key_->encrypt(as_integers(block, slots)), bytes);
    for (size_t host = 1; host <= hosts(); ++host) TRY(with.send(host, kBoostingGradients, bytes));
  }
  hosts_have_gradients_ = true;
  return {};
}

// Node by node: while one is decrypted, the hosts prepare the next.
Result<void> BoostingGuest::weigh_hosts(Conversation& with, std::vector<NodeChoice>& choices) {
  for (size_t i = 0; i < choices.size(); ++i) {
    for (size_t host = 1; host <= hosts(); ++host) {
      const std::string message = TRY(with.receive(host, kBoostingCandidates));
      if (auto weighed = weigh(message, growth_->open()[i], host, choices[i]); !weighed)
        return fail(at(host_name(host), std::move(weighed).error()));
    }
  }
  return {};
}

Result<void> BoostingGuest::weigh(std::string_view message, const OpenNode& node, size_t host, NodeChoice& choice) {
  const cipher::PublicKey& key = key_->public_key();
  const GradientSlots slots = slots_for(objective_.gradient_scale(), sample_.rows.size());
  const size_t group = slots.group(key.plaintext_bits());
  const uint64_t of_column = 2 * static_cast<uint64_t>(needs_.job.boosting.bins_max);
  const NodeCandidates candidates = TRY(
      decode_candidates(message, {needs_.job.parties[host].columns.size() * of_column, key.ciphertext_bytes(), group}));
  if (candidates.count == 0) return {};
  const size_t bits = slots.width_bits() * group;
  const cipher::Integers packed = TRY(key_->decrypt(TRY(key.read(candidates.packed)), (bits + 64) / 64, bits));
  const std::vector<GradientSum> sums = TRY(as_sums(packed, slots, group, candidates.count));
  for (size_t i = 0; i < sums.size(); ++i) {
    if (sums[i].h > node.total.h) {
      return fail(ErrorCode::corrupt, "candidate sums",
                  "expected sums over some of the node's rows; number " + std::to_string(i) +
                      " is more than that over all of them");
    }
    const auto gain = rule_.gain(sums[i], node.total);
    if (!gain || *gain < choice.gain || (*gain == choice.gain && choice.host != host)) continue;
    if (*gain > choice.gain) choice.gain = *gain, choice.host = host, choice.numbers.clear(), choice.sums.clear();
    choice.numbers.push_back(static_cast<uint32_t>(i));
    choice.sums.push_back(sums[i]);
  }
  return {};
}

Result<void> BoostingGuest::tell_choices(Conversation& with, const std::vector<NodeChoice>& choices) {
  for (size_t host = 1; host <= hosts(); ++host) {
    NodeChoices numbers;
    for (const NodeChoice& choice : choices)
      numbers.push_back(choice.host == host ? choice.numbers : std::vector<uint32_t>());
    TRY(with.send(host, kBoostingChoice, encode(numbers)));
  }
  return {};
}

Result<std::vector<std::optional<ChosenSplit>>> BoostingGuest::settle(Conversation& with,
                                                                      const std::vector<NodeChoice>& choices) {
  std::vector<std::vector<NodePartition>> partitions(hosts() + 1);
  for (size_t host = 1; host <= hosts(); ++host) {
    std::vector<size_t> rows;
    for (size_t i = 0; i < choices.size(); ++i) {
      if (choices[i].host == host) rows.push_back(growth_->open()[i].rows.size());
    }
    if (rows.empty()) continue;
    auto decoded = decode_partitions(TRY(with.receive(host, kBoostingPartition)), rows);
    if (!decoded) return fail(at(host_name(host), std::move(decoded).error()));
    partitions[host] = *std::move(decoded);
  }
  std::vector<std::optional<ChosenSplit>> out(choices.size());
  std::vector<size_t> taken(hosts() + 1, 0);
  for (size_t i = 0; i < choices.size(); ++i) {
    const OpenNode& node = growth_->open()[i];
    const size_t host = choices[i].host;
    if (host == 0) {
      if (choices[i].own) out[i] = own_split(node, choices[i].own->candidate);
    } else {
      out[i] = TRY(host_split(node, choices[i], std::move(partitions[host][taken[host]++])));
    }
  }
  return out;
}

// The rows it sends left must have one of the sums it told, or the tree would be another than the one that was weighed.
Result<ChosenSplit> BoostingGuest::host_split(const OpenNode& node, const NodeChoice& choice, NodePartition partition) {
  GradientSum left;
  for (size_t i = 0; i < node.rows.size(); ++i) {
    if (row_bit(partition.left, i)) left += gradients_[node.rows[i]];
  }
  const auto fits = [&](GradientSum sum) { return sum == left || node.total - sum == left; };
  if (std::none_of(choice.sums.begin(), choice.sums.end(), fits)) {
    return fail(ErrorCode::corrupt, host_name(choice.host),
                "expected it to part the rows as its candidate's sum says; the rows it sends left have another sum");
  }
  const bool told = !part_.told_columns.empty();
  if (told != partition.column.has_value() ||
      (told && *partition.column >= needs_.job.parties[choice.host].columns.size())) {
    return fail(ErrorCode::corrupt, host_name(choice.host),
                told ? "expected the column of its split, as the job says"
                     : "expected no column with its split, as the job says");
  }
  if (told) part_.told_columns[choice.host - 1].push_back(*partition.column);
  return ChosenSplit{static_cast<uint32_t>(choice.host), part_.host_splits[choice.host - 1]++,
                     std::move(partition.left)};
}

Result<void> BoostingGuest::tell_memberships(Conversation& with, std::span<const size_t> node_rows,
                                             std::span<const std::optional<ChosenSplit>> chosen,
                                             std::span<const OpenedChildren> opened) {
  for (size_t host = 1; host <= hosts(); ++host) {
    std::vector<NodeMembership> memberships;
    int64_t rows_told = 0;
    for (size_t i = 0; i < chosen.size(); ++i) {
      memberships.push_back({opened[i], ""});
      if (!chosen[i] || chosen[i]->party == host || (!opened[i].left && !opened[i].right)) continue;
      memberships.back().left = chosen[i]->left;
      rows_told += static_cast<int64_t>(node_rows[i]);
    }
    TRY(with.send(host, kBoostingMembership, encode(memberships)));
    if (rows_told > 0) needs_.leakage.tell(needs_.job.parties[host].name, "row_partition", rows_told);
  }
  return {};
}

}  // namespace puhui::federation
