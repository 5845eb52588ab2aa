// What a guest writes down between steps, and what it has to show in the end.
#include <cmath>

#include "infrastructure/federation/boosting/guest.h"
#include "infrastructure/federation/boosting/quality.h"

namespace puhui::federation {

namespace {

constexpr std::string_view kStateMark = "puhui.boosting.guest.state/1";
constexpr int64_t kMarginMax = int64_t{1} << 62;

void write_margins(ByteWriter& out, const Margins& margins) {
  for (const auto& list : margins) {
    for (const int64_t margin : list) out.signed_varint(margin);
  }
}

void read_margins(ByteReader& in, Margins& margins) {
  for (auto& list : margins) {
    for (int64_t& margin : list) {
      if (!in.ok()) return;
      margin = in.signed_varint();
      if (margin > kMarginMax || margin < -kMarginMax) in.reject();
    }
  }
}

}  // namespace

std::string BoostingGuest::state() const {
  ByteWriter out;
  out.text(kStateMark);
  out.unsigned_varint(step_);
  out.text(part_bytes(part_));
  write_margins(out, margins_);
  if (next_.size() > 1) write_margins(out, next_);
  out.u8(growth_ ? 1 : 0);
  if (growth_) growth_->write(out);
  return out.take();
}

Result<void> BoostingGuest::restore(std::string_view state) {
  ByteReader in(state);
  if (in.text() != kStateMark) in.reject();
  const uint64_t step = in.unsigned_varint();
  if (step > plan_.steps()) in.reject();
  const std::string_view bytes = in.text();
  if (!in.ok()) return in.finish("a guest's state of a vertical boosting");
  GuestPart part = TRY(read_guest_part(bytes));
  if (part.job != part_.job || part.parties != part_.parties || part.columns != part_.columns ||
      part.bases != part_.bases || part.scale != part_.scale || part.objective != part_.objective ||
      part.told_columns.size() != part_.told_columns.size()) {
    return fail(ErrorCode::corrupt, "a guest's state of a vertical boosting",
                "expected the state of this job with these rows");
  }
  read_margins(in, margins_);
  if (next_.size() > 1) {
    read_margins(in, next_);
  } else {
    next_ = margins_;
  }
  const bool within = step > 0 && step < plan_.steps() && plan_.at(step).level > 0;
  const uint8_t growing = in.u8();
  if (growing != (within ? 1 : 0)) in.reject();
  const uint64_t trees = step == 0 ? 0 : (step == plan_.steps() ? plan_.trees() : plan_.at(step).tree);
  if (part.trees.size() != trees) in.reject();
  growth_.reset(), key_.reset();
  hosts_have_gradients_ = false;
  if (in.ok() && growing == 1) {
    begin_tree(plan_.at(step));
    growth_->read(in, static_cast<size_t>(plan_.at(step).level));
  }
  TRY(in.finish("a guest's state of a vertical boosting"));
  part_ = std::move(part);
  step_ = step;
  return {};
}

Result<StageResult> BoostingGuest::result() {
  StageResult out;
  out.model_part = part_bytes(part_);
  out.measures =
      boosting_measures(needs_.job.boosting.objective, objective_.scale(), margins_, needs_.data.labels, part_);
  return out;
}

}  // namespace puhui::federation
