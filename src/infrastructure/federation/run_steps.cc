// Steps: stage after stage, step after step; after each everybody writes down where it stands before anybody goes on.
#include <algorithm>

#include "ground/base/check.h"
#include "infrastructure/federation/run.h"

namespace puhui::federation {

// Told to whoever watches this process at once, to the tables once a second: a step's end is written there anyway.
void Run::say(std::string doing) {
  constexpr int64_t kSaidEveryUs = 1'000'000;
  const uint64_t total = stage_ ? stage_->steps_total() : 0;
  needs_.progress.step(doing, static_cast<uint64_t>(at_.step), total);
  const bool is_new = doing != doing_;
  doing_ = std::move(doing);
  if (!is_new || (said_at_ && now().microseconds - said_at_->microseconds < kSaidEveryUs)) return;
  said_at_ = now();
  if (const auto kept = needs_.office.keep(kept_.hash, number_, progressed()); !kept) {
    needs_.log.warning("federation.state", {{"why", kept.error().text()}});
  }
}

Office::Progressed Run::progressed() {
  Office::Progressed out;
  out.state.stage = stage_ ? std::string(stage_->name()) : done_.empty() ? "" : done_.back().first;
  out.state.stage_number = std::min(at_.stage + 1, static_cast<int64_t>(makers_.size()));
  out.state.stages = static_cast<int64_t>(makers_.size());
  out.state.step = at_.step;
  out.state.steps = stage_ ? static_cast<int64_t>(stage_->steps_total()) : 0;
  out.state.attempt = attempt_;
  out.state.doing = doing_;
  out.state.last_error = last_error_;
  out.more = links_.take_traffic();
  out.leakage = leakage_.sums();
  return out;
}

Result<void> Run::make_stage() {
  stage_.reset();
  const auto place = static_cast<size_t>(at_.stage);
  if (place >= makers_.size()) return fail(ErrorCode::corrupt, "the job has no " + at_.text());
  const std::string folder = request_.work_folder + "/stage-" + std::to_string(place + 1);
  TRY(needs_.files.make_folder(folder));
  stage_needs_.reset(new StageNeeds{job_, rows_.empty() ? request_.data : common_, self_, needs_.files, folder,
                                    leakage_, needs_.progress, &signatory_});
  stage_needs_->house_folder = request_.house_folder;
  stage_needs_->epoch = static_cast<uint64_t>(needs_.clock.now().microseconds / 1'000'000 / kEpochSeconds);
  auto made = makers_[place](*stage_needs_);
  if (!made) {
    is_fatal_ = true;
    return fail(std::move(made).error());
  }
  stage_ = *std::move(made);
  return transcript_->add("stage", Json::Object{{"stage", stage_->name()},
                                                {"number", at_.stage + 1},
                                                {"rows", static_cast<int64_t>(stage_needs_->data.row_count())}});
}

Result<void> Run::step_all() {
  while (at_.stage < static_cast<int64_t>(makers_.size())) {
    if (!stage_) TRY(make_stage());
    while (!stage_->finished()) TRY(one_step());
    TRY(finish_stage());
  }
  return {};
}

Result<void> Run::one_step() {
  if (stopping()) return fail(ErrorCode::unavailable, "asked to stop");
  say(std::string(stage_->name()) + ", step " + std::to_string(at_.step + 1) +
      (stage_->steps_total() > 0 ? " of " + std::to_string(stage_->steps_total()) : std::string()));
  if (auto stepped = stage_->step(links_); !stepped) {
    // Our disk, or whatever else may be well again later, ends nothing; wrong numbers do.
    const ErrorCode code = stepped.error().code;
    is_fatal_ = code != ErrorCode::unavailable && code != ErrorCode::exhausted;
    return stepped;
  }
  ++at_.step;
  at_.attempt = attempt_;
  TRY(write_checkpoint());
  TRY(barrier());
  meetings_in_vain_ = 0;
  return keep_step();
}

Result<void> Run::write_checkpoint() {
  Checkpoint checkpoint;
  checkpoint.point = at_;
  checkpoint.rows = rows_;
  checkpoint.given_up = links_.given_up();
  checkpoint.leakage = leakage_.sums();
  checkpoint.done = done_;
  checkpoint.part = part_;
  checkpoint.state = stage_->state();
  return checkpoints_->put(checkpoint);
}

// All have written it down: from here on the step before is never asked for again, but for a damaged file.
Result<void> Run::barrier() {
  const auto check = [&](size_t peer, const std::string& bytes) -> Result<void> {
    auto same = check_step(bytes, at_, party(peer).name);
    if (!same) is_fatal_ = true;
    return same;
  };
  const std::string done = step_bytes(at_);
  if (self_ != 0) {
    TRY(links_.send(0, kDone, done));
    return check(0, TRY(links_.receive(0, kGoOn, kHelloBytesMax)));
  }
  for (const size_t peer : links_.peers()) TRY(check(peer, TRY(links_.receive(peer, kDone, kHelloBytesMax))));
  for (const size_t peer : links_.peers()) TRY(links_.send(peer, kGoOn, done));
  return {};
}

Result<void> Run::keep_step() {
  const Office::Progressed how = progressed();
  Json::List traffic, leaks;
  for (const TrafficView& more : how.more) traffic.push_back(to_json(more));
  for (const Leak& leak : how.leakage) {
    leaks.push_back(Json::Object{{"to", leak.to}, {"code", leak.code}, {"amount", leak.amount}});
  }
  Json body = Json::Object{{"stage", stage_->name()},
                           {"step", at_.step},
                           {"attempt", attempt_},
                           {"traffic", std::move(traffic)},
                           {"leakage", std::move(leaks)}};
  return transcript_->add("step", std::move(body),
                          [&](Transaction& tx) { return Office::keep(tx, needs_.clock, kept_.hash, number_, how); });
}

Result<void> Run::finish_stage() {
  auto result = stage_->result();
  if (!result) {
    is_fatal_ = true;
    return fail(std::move(result).error());
  }
  done_.emplace_back(stage_->name(), print_json(result->measures));
  if (!result->rows.empty() && rows_.empty()) {
    rows_ = std::move(result->rows);
    common_ = rows_of(request_.data, rows_);
  }
  if (!result->model_part.empty()) part_ = std::move(result->model_part);
  TRY(transcript_->add("stage_done",
                       Json::Object{{"stage", stage_->name()}, {"measures", std::move(result->measures)}}));
  stage_.reset();
  ++at_.stage;
  at_.step = 0;
  return {};
}

}  // namespace puhui::federation
