#include "applications/fraud/replay_feed.h"

#include "ground/base/check.h"

namespace puhui::fraud {

namespace {

constexpr size_t kObservedPerCommit = 1000;

std::string place_of(const Fed& fed) { return "row " + std::to_string(fed.row); }

}  // namespace

Fed& Feed::begin_payment(const features::MappedEvent& payment, uint32_t scenario) {
  const features::Event& event = payment.event.event;
  const auto number = static_cast<uint32_t>(customers_.size());
  const uint32_t customer = customers_.try_emplace(event.values[needs_.subject].text, number).first->second;
  const std::lock_guard lock(mutex_);
  counts_.out_of_order += latest_ && event.at < *latest_;
  Fed& out = fed_.emplace_back();
  out.row = payment.row;
  out.at = event.at;
  out.scenario = scenario;
  out.amount_minor = event.values[needs_.amount].number;
  out.labelled = payment.event.label_at.has_value();
  out.bad = payment.event.bad;
  out.customer = customer;
  return out;
}

// By the stream's own rule, as a run that goes on does not hear again what the stream said.
bool Feed::is_late(Timestamp at) {
  const int64_t lateness_us = features::parse_duration(needs_.set->lateness).value_or(0);
  const bool late = latest_ && at.microseconds < latest_->microseconds - lateness_us;
  latest_ = latest_ ? std::max(*latest_, at) : at;
  return late;
}

// Frauds alone are told, as customers do: what nobody complained of is good.
void Feed::expect_label(const features::MappedEvent& payment, std::shared_ptr<const features::Event> event) {
  if (!payment.event.bad || !payment.event.label_at) return;
  labels_.push({*payment.event.label_at, fed_.size() - 1, std::string(payment.key), std::move(event)});
}

Result<void> Feed::judge(const features::MappedEvent& payment, uint32_t scenario) {
  TRY(label_until(payment.event.event.at));
  TRY(flush_observed());
  Fed& fed = begin_payment(payment, scenario);
  const bool again = !keys_.insert(payment.event.event.id).second;
  if (fed.amount_minor < 0 && !needs_.negative_allowed) {
    const std::lock_guard lock(mutex_);
    ++counts_.negative;
    fed.how = Fed::How::failed;
    return {};
  }
  is_late(fed.at);
  if (!again) expect_label(payment, nullptr);
  auto guard = needs_.desk.guard(needs_.scheme, entity_of(payment.event.event.values[needs_.subject].text));
  if (!guard) return fail(std::move(guard).error());
  acquire();
  const int64_t started_ns = monotonic_ns();
  needs_.desk.judge_later(*guard, payment.event.event, std::string(payment.key), needs_.caller, needs_.clock.now(),
                          [this, place = fed_.size() - 1, again, started_ns](Result<Answered> answer) {
                            answered(place, again, started_ns, std::move(answer));
                          });
  return {};
}

void Feed::answered(size_t place, bool again, int64_t started_ns, Result<Answered> answer) {
  {
    const std::lock_guard lock(mutex_);
    Fed& fed = fed_[place];
    if (!answer) {
      fed.how = Fed::How::failed;
      if (again) {
        ++counts_.duplicates;
      } else {
        note_failure(fed, answer.error());
      }
    } else if (again) {
      fed.how = Fed::How::failed;  // no payment of its own
      ++counts_.duplicates;
    } else {
      if (answer->repeated) {
        ++counts_.resumed;
      } else {
        latency_.record(static_cast<uint64_t>(monotonic_ns() - started_ns));
      }
      ++counts_.decided;
      counts_.late += answer->late;
      fed.how = Fed::How::decided;
      fed.late = answer->late;
      fed.action = answer->action;
      fed.has_probability = answer->has_probability;
      fed.probability_ppb = answer->probability_ppb;
      fed.decision = answer->decision;
    }
  }
  release({});
}

void Feed::note_failure(const Fed& fed, const Error& error) {
  ++counts_.failed;
  if (failures_.size() < kReplayFailuresMax) failures_.push_back(place_of(fed) + ": " + error.text());
}

Result<void> Feed::observe(const features::MappedEvent& payment, uint32_t scenario) {
  TRY(label_until(payment.event.event.at));
  Fed& fed = begin_payment(payment, scenario);
  if (!keys_.insert(payment.event.event.id).second || (fed.amount_minor < 0 && !needs_.negative_allowed)) {
    const std::lock_guard lock(mutex_);
    ++(fed.amount_minor < 0 ? counts_.negative : counts_.duplicates);
    fed.how = Fed::How::failed;
    return {};
  }
  const auto event = std::make_shared<const features::Event>(payment.event.event);
  fed.how = Fed::How::observed;
  fed.late = is_late(fed.at);
  if (!fed.late) expect_label(payment, event);
  ++observed_;
  {
    const std::lock_guard lock(mutex_);
    ++counts_.observed;
    counts_.late += fed.late;
    counts_.resumed += observed_ <= cursor_.observed;
  }
  if (observed_ <= cursor_.observed) return {};
  cursor_.observed = observed_;
  batch_.push_back({event, false, {}});
  return batch_.size() < kObservedPerCommit ? Result<void>{} : flush_observed();
}

Result<void> Feed::label_until(Timestamp at) {
  while (!labels_.empty() && labels_.top().known_at <= at) {
    Label label = labels_.top();
    labels_.pop();
    TRY(tell(std::move(label)));
  }
  return {};
}

Result<void> Feed::tell(Label label) {
  ++labels_told_;
  {
    const std::lock_guard lock(mutex_);
    ++counts_.labels;
  }
  if (labels_told_ <= cursor_.labels) return {};
  cursor_.labels = labels_told_;
  if (label.event) {
    batch_.push_back({label.event, true, label.known_at});
    return batch_.size() < kObservedPerCommit ? Result<void>{} : flush_observed();
  }
  TRY(flush_observed());
  acquire();
  needs_.store.write_later(
      [this, label, cursor = cursor_](Transaction& tx) -> Result<void> {
        // Before the label: a stream whose closure fails afterwards is built anew.
        TRY(move_cursor(tx, needs_.scheme, cursor));
        const auto said = needs_.desk.label(tx, needs_.scheme, label.key, true, label.known_at, "replay");
        if (!said && said.error().code != ErrorCode::not_found) return fail(said.error());
        return {};  // of a payment that failed nobody can tell anything
      },
      [this](Result<void> result) { release(std::move(result)); });
  return {};
}

Result<void> Feed::take_batch(Transaction& tx, const std::vector<Observed>& batch) {
  TRY(move_cursor(tx, needs_.scheme, cursor_));
  features::Stream& stream = *needs_.desk.stream(needs_.scheme);
  std::vector<features::FeatureValue> seen(needs_.set->features.size());
  for (const Observed& step : batch) {
    if (step.is_label) {
      TRY(stream.label(tx, *needs_.set, *step.event, std::nullopt, true, step.known_at));
    } else {
      TRY(stream.observe(tx, *needs_.set, *step.event, seen));
    }
  }
  return {};
}

Result<void> Feed::flush_observed() {
  if (batch_.empty()) return {};
  // In order with what was handed in before: the store runs closures one after the other.
  const auto batch = std::exchange(batch_, {});
  return needs_.store.write([&](Transaction& tx) { return take_batch(tx, batch); });
}

void Feed::acquire() {
  std::unique_lock lock(mutex_);
  if (pending_ >= needs_.in_flight) {
    room_.wait(lock, [&] { return pending_ <= needs_.in_flight / 2; });
  }
  ++pending_;
}

void Feed::release(Result<void> result) {
  const std::lock_guard lock(mutex_);
  if (!result && !error_) error_ = std::move(result).error();
  --pending_;
  // Once half of the room is free, not for each place: waking costs more than judging.
  if (pending_ == needs_.in_flight / 2 || pending_ == 0) room_.notify_all();
}

void Feed::drain() {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [&] { return pending_ == 0; });
}

Result<void> Feed::finish() {
  TRY(flush_observed());
  drain();
  if (error_) return fail(*error_);
  return {};
}

}  // namespace puhui::fraud
