// All parties of a job in one process: a thread each, and between the hub and every other party two queues in memory.
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "ground/base/check.h"
#include "infrastructure/evidence/signing.h"
#include "infrastructure/federation/stage.h"

namespace puhui::federation {

namespace {

constexpr size_t kWaitingBytesMax = size_t{64} << 20;  // in one queue before its sender waits

struct Message {
  uint16_t kind = 0;
  std::string bytes;
};

// One direction between two parties.
class Queue {
 public:
  Result<void> put(Message message) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || waiting_bytes_ == 0 || waiting_bytes_ < kWaitingBytesMax; });
    if (closed_) return fail(ErrorCode::unavailable, "the other party ended");
    waiting_bytes_ += message.bytes.size();
    messages_.push_back(std::move(message));
    changed_.notify_all();
    return {};
  }

  Result<std::string> take(uint16_t kind) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || !messages_.empty(); });
    if (messages_.empty()) return fail(ErrorCode::unavailable, "the other party ended");
    Message message = std::move(messages_.front());
    messages_.pop_front();
    waiting_bytes_ -= message.bytes.size();
    changed_.notify_all();
    if (message.kind != kind) {
      return fail(ErrorCode::corrupt, "expected a message of kind " + std::to_string(kind) + ", came " +
                                          std::to_string(message.kind) + "; the parties are not at the same step");
    }
    return std::move(message.bytes);
  }

  // What was put before can still be taken.
  void close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Message> messages_;
  size_t waiting_bytes_ = 0;
  bool closed_ = false;
};

// The queues between the hub and every other party.
struct Star {
  explicit Star(size_t parties) : from_hub(parties), to_hub(parties) {}
  std::vector<Queue> from_hub, to_hub;  // by the other party
  Queue& queue(size_t from, size_t to) {
    CHECK((from == 0) != (to == 0), "the hub speaks to all, the others to the hub alone");
    return from == 0 ? from_hub[to] : to_hub[from];
  }
  void close_all() {
    for (auto* queues : {&from_hub, &to_hub}) {
      for (Queue& queue : *queues) queue.close();
    }
  }
};

class TogetherConversation final : public Conversation {
 public:
  TogetherConversation(Star& star, size_t self, size_t parties) : star_(star), self_(self), parties_(parties) {}
  size_t self() const override { return self_; }
  size_t parties() const override { return parties_; }

  Result<void> send(size_t to, uint16_t kind, std::initializer_list<std::string_view> parts) override {
    Message message{kind, {}};
    for (const std::string_view part : parts) message.bytes += part;
    return star_.queue(self_, to).put(std::move(message));
  }
  Result<std::string> receive(size_t from, uint16_t kind) override { return star_.queue(from, self_).take(kind); }
  Result<void> receive(size_t from, uint16_t kind, const std::function<Result<void>(std::string_view)>& take) override {
    return take(TRY(receive(from, kind)));
  }
  bool is_present(size_t) const override { return true; }

 private:
  Star& star_;
  size_t self_, parties_;
};

// Keys that live as long as the run.
class TogetherSignatory final : public Signatory {
 public:
  TogetherSignatory(const std::vector<evidence::SigningKey>& keys, size_t self) : keys_(keys), self_(self) {}
  std::string sign(std::string_view bytes) const override {
    const evidence::Signature signature = keys_[self_].sign(bytes);
    return {signature.bytes.begin(), signature.bytes.end()};
  }
  bool verifies(size_t party, std::string_view bytes, std::string_view signature) const override {
    evidence::Signature read;
    if (party >= keys_.size() || signature.size() != read.bytes.size()) return false;
    std::ranges::copy(signature, read.bytes.begin());
    return evidence::verifies(keys_[party].public_key(), bytes, read);
  }

 private:
  const std::vector<evidence::SigningKey>& keys_;
  size_t self_;
};

// Steps are one party's business to tell; the others run silently.
class Silent final : public Progress {
 public:
  explicit Silent(const Progress& asked) : asked_(asked) {}
  void step(std::string_view, uint64_t, uint64_t) override {}
  bool stop_requested() const override { return asked_.stop_requested(); }

 private:
  const Progress& asked_;
};

// One party from where its stage stands to the end, or to `steps_max` steps done.
Result<uint64_t> run_party(Stage& stage, Conversation& with, uint64_t done, std::optional<uint64_t> steps_max) {
  while (!stage.finished() && (!steps_max || done < *steps_max)) {
    TRY(stage.step(with));
    ++done;
  }
  return done;
}

// The cause, when one party's error made the others' queues close.
bool is_consequence(const Error& error) { return error.code == ErrorCode::unavailable; }

}  // namespace

Result<std::vector<StageResult>> run_together(const RunTogether& run, const StageMaker& maker,
                                              std::vector<LeakageBook>& leakage, Progress& progress) {
  const size_t parties = run.job.parties.size();
  CHECK(run.data.size() == parties, "one data set a party");
  leakage.resize(parties);
  Silent silent(progress);
  std::vector<evidence::SigningKey> keys;
  for (size_t i = 0; i < parties; ++i) keys.push_back(evidence::SigningKey::make());
  std::vector<TogetherSignatory> signatories;
  for (size_t i = 0; i < parties; ++i) signatories.emplace_back(keys, i);
  std::vector<StageNeeds> needs;
  std::vector<std::unique_ptr<Stage>> stages;
  for (size_t i = 0; i < parties; ++i) {
    const std::string folder = run.work_folder + "/" + run.job.parties[i].name;
    TRY(run.files.make_folder(folder));
    needs.push_back({run.job, *run.data[i], i, run.files, folder, leakage[i],
                     i == 0 ? progress : static_cast<Progress&>(silent), &signatories[i]});
  }
  for (size_t i = 0; i < parties; ++i) stages.push_back(TRY(maker(needs[i])));

  // All parties on a thread each, until `steps_max`. The first error that is no consequence of another is the answer's.
  const auto go = [&](std::optional<uint64_t> steps_max) -> Result<void> {
    Star star(parties);
    std::vector<Result<uint64_t>> ends(parties, uint64_t{0});
    std::vector<std::thread> threads;
    for (size_t i = 0; i < parties; ++i) {
      threads.emplace_back([&, i] {
        TogetherConversation with(star, i, parties);
        ends[i] = run_party(*stages[i], with, 0, steps_max);
        if (!ends[i]) star.close_all();
      });
    }
    for (std::thread& thread : threads) thread.join();
    const Result<uint64_t>* cause = nullptr;
    for (const auto& end : ends) {
      if (!end && (!cause || is_consequence(cause->error()))) cause = &end;
    }
    if (cause) return fail(cause->error());
    for (const auto& end : ends) CHECK(*end == ends[0], "all parties go the same number of steps");
    return {};
  };

  if (run.break_after) {
    TRY(go(run.break_after));
    for (size_t i = 0; i < parties; ++i) {
      const std::string state = stages[i]->state();
      stages[i] = TRY(maker(needs[i]));
      TRY(stages[i]->restore(state));
    }
  }
  TRY(go(std::nullopt));
  std::vector<StageResult> results;
  for (auto& stage : stages) results.push_back(TRY(stage->result()));
  return results;
}

}  // namespace puhui::federation
