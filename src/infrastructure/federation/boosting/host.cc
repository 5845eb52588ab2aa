#include "infrastructure/federation/boosting/host.h"

#include <sodium.h>

#include <algorithm>

#include "ground/base/bytes.h"
#include "ground/base/check.h"

namespace puhui::federation {

namespace {

constexpr std::string_view kStateMark = "puhui.boosting.host.state/1";
constexpr size_t kCellsBytesMax = size_t{1}
                                  << 30;  // kept from level to level; more, and each node is added up by itself

// A secret order of `count` places, from the system's randomness.
std::vector<uint32_t> secret_order(size_t count) {
  std::vector<uint32_t> out(count);
  for (size_t i = 0; i < count; ++i) out[i] = static_cast<uint32_t>(i);
  for (size_t i = count; i > 1; --i) std::swap(out[i - 1], out[randombytes_uniform(static_cast<uint32_t>(i))]);
  return out;
}

std::unexpected<Error> off_course(std::string what) {
  return fail(ErrorCode::corrupt, "the guest's order for a tree level", std::move(what));
}

}  // namespace

Result<std::unique_ptr<BoostingHost>> BoostingHost::make(const StageNeeds& needs) {
  TRY(check_boosting_terms(needs.job.boosting));
  BoostingColumns columns =
      TRY(cut_columns(needs.data.values, needs.data.row_count(), static_cast<size_t>(needs.job.boosting.bins_max)));
  return std::unique_ptr<BoostingHost>(new BoostingHost(needs, std::move(columns)));
}

BoostingHost::BoostingHost(const StageNeeds& needs, BoostingColumns columns)
    : needs_(needs), columns_(std::move(columns)), plan_(needs.job.boosting) {
  const JobParty& self = needs.job.parties[needs.self];
  part_ = {needs.job.name, self.name, self.columns, {}};
}

Result<void> BoostingHost::step(Conversation& with) {
  CHECK(!finished(), "a step is asked for while there is one");
  if (step_ == 0) {
    TRY(receive_key(with));
    TRY(with.send(0, kBoostingReady, ""));
  } else {
    TRY(grow_level(with, plan_.at(step_)));
  }
  ++step_;
  return {};
}

Result<void> BoostingHost::receive_key(Conversation& with) {
  sums_.reset();  // it holds on to the key it was made with
  cipher::PublicKey key =
      TRY(cipher::PublicKey::parse(TRY(with.receive(0, kBoostingKey)), TRY(cipher::chosen_kernel())));
  const bool asked_ou = needs_.job.cipher.scheme == "okamoto_uchiyama";
  if ((key.scheme() == cipher::Scheme::okamoto_uchiyama) != asked_ou ||
      key.bits() != static_cast<size_t>(needs_.job.cipher.key_bits)) {
    return fail(ErrorCode::corrupt, "the guest's key",
                "expected " + needs_.job.cipher.scheme + " of " + std::to_string(needs_.job.cipher.key_bits) +
                    " bits, as the job says; came another scheme or size, of " + std::to_string(key.bits()) + " bits");
  }
  key_ = std::move(key);
  return {};
}

Result<void> BoostingHost::check_order(const LevelOrder& order, const BoostingStep& step) const {
  if (order.tree != step.tree || order.level != step.level) {
    return off_course("expected tree " + std::to_string(step.tree) + " level " + std::to_string(step.level) +
                      ", came tree " + std::to_string(order.tree) + " level " + std::to_string(order.level));
  }
  const size_t open = step.level == 0 ? 1 : open_.size();
  const bool may_be_none = step.level == 0;
  if (order.open_nodes != open && !(may_be_none && order.open_nodes == 0))
    return off_course("expected " + std::to_string(open) + " open nodes, came " + std::to_string(order.open_nodes));
  if (step.guest_only && order.open_nodes != 0)
    return off_course("expected no open nodes: this tree is the guest's alone");
  if (order.open_nodes == 0) {
    return order.gradients || order.new_key ? off_course("expected nothing to follow where no node is open")
                                            : Result<void>();
  }
  if (!order.new_key && !key_) return off_course("expected a key, for this host was restored");
  if (!order.gradients && (step.level == 0 || !sums_)) return off_course("expected the gradients of the tree");
  return {};
}

Result<void> BoostingHost::grow_level(Conversation& with, const BoostingStep& step) {
  const LevelOrder order = TRY(decode_order(TRY(with.receive(0, kBoostingOrder)), columns_.rows));
  TRY(check_order(order, step));
  if (order.open_nodes == 0) {
    open_.clear();
    return with.send(0, kBoostingReady, "");
  }
  if (order.new_key) TRY(receive_key(with));
  if (order.gradients) TRY(receive_gradients(with, order, step.level == 0));
  std::vector<Sent> sent;
  for (Node& node : open_) sent.push_back(TRY(send_candidates(with, node)));
  const auto won = TRY(answer_choices(with, sent));
  if (!step.last_of_tree) return go_down(with, won);
  open_.clear();
  sums_.reset();
  return {};
}

std::vector<uint32_t> BoostingHost::grown_on(std::span<const uint32_t> rows) const {
  std::vector<uint32_t> out;
  for (const uint32_t row : rows) {
    if (sampled_[row] != 0) out.push_back(row);
  }
  return out;
}

Result<void> BoostingHost::receive_gradients(Conversation& with, const LevelOrder& order, bool at_root) {
  slot_bits_ = order.slot_bits;
  std::vector<uint32_t> all(columns_.rows);
  for (size_t row = 0; row < all.size(); ++row) all[row] = static_cast<uint32_t>(row);
  sampled_.assign(columns_.rows, 1);
  for (size_t row = 0; !order.all_rows && row < all.size(); ++row) sampled_[row] = row_bit(order.sampled, row) ? 1 : 0;
  const std::vector<uint32_t> rows = grown_on(all);
  // Fewer than the job says, and sums over them would speak of single rows.
  const size_t expected_rows = sampled_count(needs_.job.boosting, columns_.rows);
  if (rows.empty() || rows.size() != expected_rows) {
    return off_course("expected " + std::to_string(expected_rows) +
                      " rows that the tree is grown on, as the job says, came " + std::to_string(rows.size()));
  }
  sums_.emplace(*key_, columns_, rows);
  std::optional<cipher::Ciphertexts> cells;
  if (at_root) cells = sums_->no_cells();
  while (sums_->rows_here() < rows.size()) {
    const size_t expected = std::min(kGradientBlockRows, rows.size() - sums_->rows_here());
    const std::string bytes = TRY(with.receive(0, kBoostingGradients));
    if (bytes.size() != expected * key_->ciphertext_bytes()) {
      return fail(ErrorCode::corrupt, "the guest's gradients",
                  "expected " + std::to_string(expected) + " ciphertexts of " +
                      std::to_string(key_->ciphertext_bytes()) + " bytes, came " + std::to_string(bytes.size()) +
                      " bytes");
    }
    sums_->take(TRY(key_->read(bytes)), cells ? &*cells : nullptr);
  }
  if (at_root) {
    open_.clear();
    open_.push_back({std::move(all), rows, std::move(cells)});
  } else {
    for (Node& node : open_) node.grown_on = grown_on(node.rows), node.cells.reset();
  }
  return {};
}

Result<BoostingHost::Sent> BoostingHost::send_candidates(Conversation& with, Node& node) {
  Sent sent;
  sent.candidates = split_candidates(columns_, count_bins(columns_, node.grown_on),
                                     static_cast<size_t>(needs_.job.boosting.leaf_rows_min));
  sent.order = secret_order(sent.candidates.size());
  std::string ciphertexts;
  if (!sent.candidates.empty()) {
    const bool kept = node.cells.has_value();
    const cipher::Ciphertexts made = kept ? cipher::Ciphertexts() : sums_->cells_of(node.grown_on);
    const cipher::Ciphertexts sums = sums_->candidate_sums(kept ? *node.cells : made, sent.candidates);
    cipher::Ciphertexts packed =
        key_->pack_together(taken(sums, sent.order), key_->plaintext_bits() / slot_bits_, slot_bits_);
    key_->refresh(packed);
    key_->write(packed, ciphertexts);
  }
  TRY(with.send(0, kBoostingCandidates, {encode_candidates_head(sent.candidates.size()), ciphertexts}));
  needs_.leakage.tell(needs_.job.parties[0].name, "candidate_sums", static_cast<int64_t>(sent.candidates.size()));
  return sent;
}

// Of equal candidates the first in this party's own order wins, which the guest does not know.
Result<std::vector<std::optional<ChosenSplit>>> BoostingHost::answer_choices(Conversation& with,
                                                                             std::span<const Sent> sent) {
  std::vector<uint64_t> counts;
  for (const Sent& of_node : sent) counts.push_back(of_node.candidates.size());
  const NodeChoices choices = TRY(decode_choices(TRY(with.receive(0, kBoostingChoice)), counts));
  std::vector<std::optional<ChosenSplit>> out(sent.size());
  std::vector<NodePartition> partitions;
  int64_t rows_told = 0;
  for (size_t i = 0; i < sent.size(); ++i) {
    if (choices[i].empty()) continue;
    uint32_t first = sent[i].order[choices[i][0]];
    for (const uint32_t number : choices[i]) first = std::min(first, sent[i].order[number]);
    const SplitCandidate& candidate = sent[i].candidates[first];
    const std::vector<uint32_t>& rows = open_[i].rows;
    NodePartition partition;
    partition.left = row_bits(rows.size(), [&](size_t r) { return goes_left(columns_, candidate, rows[r]); });
    if (!needs_.job.boosting.hide_feature_names) partition.column = candidate.column;
    out[i] =
        ChosenSplit{static_cast<uint32_t>(needs_.self), static_cast<uint32_t>(part_.splits.size()), partition.left};
    part_.splits.push_back(as_part_split(columns_, candidate));
    partitions.push_back(std::move(partition));
    rows_told += static_cast<int64_t>(rows.size());
  }
  if (!partitions.empty()) {
    TRY(with.send(0, kBoostingPartition, encode(partitions)));
    needs_.leakage.tell(needs_.job.parties[0].name, "split_sides", rows_told);
  }
  return out;
}

Result<void> BoostingHost::go_down(Conversation& with, std::span<const std::optional<ChosenSplit>> won) {
  std::vector<size_t> rows_unknown;
  for (size_t i = 0; i < open_.size(); ++i) rows_unknown.push_back(won[i] ? 0 : open_[i].rows.size());
  const auto memberships = TRY(decode_memberships(TRY(with.receive(0, kBoostingMembership)), rows_unknown));
  std::vector<Node> next;
  for (size_t i = 0; i < open_.size(); ++i) {
    const OpenedChildren opened = memberships[i].opened;
    if (!opened.left && !opened.right) continue;
    const std::string& bits = won[i] ? won[i]->left : memberships[i].left;
    std::vector<Node> children(2);
    for (size_t r = 0; r < open_[i].rows.size(); ++r)
      children[row_bit(bits, r) ? 0 : 1].rows.push_back(open_[i].rows[r]);
    for (Node& child : children) child.grown_on = grown_on(child.rows);
    TRY(check_children(children, opened));
    const Node smaller = children[children[0].grown_on.size() <= children[1].grown_on.size() ? 0 : 1];
    if (!opened.right) children.pop_back();
    if (!opened.left) children.erase(children.begin());
    if ((next.size() + children.size()) * sums_->cells_bytes() <= kCellsBytesMax)
      add_cells(open_[i], children, smaller);
    for (Node& child : children) next.push_back(std::move(child));
  }
  open_ = std::move(next);
  return {};
}

// A node that goes on has rows enough for two leaves: the guest asks for no sums over fewer.
Result<void> BoostingHost::check_children(std::span<const Node> children, OpenedChildren opened) const {
  const auto rows_min = 2 * static_cast<size_t>(needs_.job.boosting.leaf_rows_min);
  for (const size_t side : {0, 1}) {
    const size_t rows = children[side].grown_on.size();
    if (!(side == 0 ? opened.left : opened.right) || rows >= rows_min) continue;
    return fail(
        ErrorCode::corrupt, "the guest's rows of the next level",
        "expected " + std::to_string(rows_min) + " or more in a node that goes on, came " + std::to_string(rows));
  }
  return {};
}

// Adds up the smaller child's rows alone; the other is what is left of the parent.
void BoostingHost::add_cells(const Node& parent, std::span<Node> children, const Node& smaller) const {
  const cipher::Ciphertexts of_smaller = sums_->cells_of(smaller.grown_on);
  for (Node& child : children) {
    if (child.rows == smaller.rows) {
      child.cells = of_smaller;
    } else if (parent.cells) {
      child.cells = parent.cells;
      const auto subtracted = key_->subtract(*child.cells, of_smaller);
      CHECK(subtracted.has_value(), "what the guest sent was checked to be units, and so are their products");
    }
  }
}

std::string BoostingHost::state() const {
  ByteWriter out;
  out.text(kStateMark);
  out.unsigned_varint(step_);
  out.text(part_bytes(part_));
  out.unsigned_varint(open_.size());
  for (const Node& node : open_) {
    out.unsigned_varint(node.rows.size());
    uint32_t before = 0;
    for (const uint32_t row : node.rows) {
      out.unsigned_varint(row - before);
      before = row;
    }
  }
  return out.take();
}

Result<void> BoostingHost::restore(std::string_view state) {
  ByteReader in(state);
  if (in.text() != kStateMark) in.reject();
  const uint64_t step = in.unsigned_varint();
  if (step > plan_.steps()) in.reject();
  const std::string_view bytes = in.text();
  if (!in.ok()) return in.finish("a host's state of a vertical boosting");
  HostPart part = TRY(read_host_part(bytes));
  if (part.job != part_.job || part.party != part_.party || part.columns != part_.columns)
    return fail(ErrorCode::corrupt, "a host's state of a vertical boosting",
                "expected the state of this job and party");
  std::vector<Node> open;
  for (size_t nodes = in.count(); nodes > 0 && in.ok(); --nodes) {
    Node node;
    uint64_t row = 0;
    const size_t rows = in.count();
    for (size_t i = 0; i < rows && in.ok(); ++i) {
      const uint64_t gap = in.unsigned_varint();
      if ((i > 0 && gap == 0) || gap >= columns_.rows || (row += gap) >= columns_.rows) in.reject();
      node.rows.push_back(static_cast<uint32_t>(row));
    }
    open.push_back(std::move(node));
  }
  TRY(in.finish("a host's state of a vertical boosting"));
  sums_.reset(), key_.reset();
  step_ = step, part_ = std::move(part), open_ = std::move(open);
  return {};
}

Result<StageResult> BoostingHost::result() {
  StageResult out;
  out.model_part = part_bytes(part_);
  out.measures.set("rows", Json(static_cast<int64_t>(columns_.rows)));
  out.measures.set("splits_own", Json(static_cast<int64_t>(part_.splits.size())));
  return out;
}

}  // namespace puhui::federation
