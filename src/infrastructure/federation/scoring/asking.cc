#include "infrastructure/federation/scoring/asking.h"

#include <chrono>

namespace puhui::federation {

namespace {

using SteadyClock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

}  // namespace

// One partner's line for one job: a queue, and the thread that empties it into questions.
class Asking::Line {
 public:
  Line(Dial dial, const Digest& job, std::string party, const AskingOptions& options)
      : dial_(std::move(dial)), job_(job), party_(std::move(party)), options_(options), thread_([this] { keep(); }) {}
  ~Line() { stop(); }

  Result<std::string> ask(std::string_view id) {
    auto wanted = std::make_shared<Wanted>();
    wanted->id = std::string(id);
    std::unique_lock lock(mutex_);
    if (stopping_) return fail(ErrorCode::unavailable, "this house stops");
    if (SteadyClock::now() < away_until_) return fail(ErrorCode::unavailable, party_ + " is away: " + away_why_);
    if (queue_.size() >= options_.waiting_max) {
      return fail(ErrorCode::unavailable, "too many wait for " + party_ + " already");
    }
    queue_.push_back(wanted);
    changed_.notify_all();
    const auto settled = [&] { return wanted->settled || stopping_; };
    if (!changed_.wait_for(lock, Milliseconds(options_.answer_max_ms), settled)) {
      return fail(ErrorCode::unavailable,
                  party_ + " did not answer within " + std::to_string(options_.answer_max_ms) + " ms");
    }
    if (!wanted->settled) return fail(ErrorCode::unavailable, "this house stops");
    return std::move(wanted->answer);
  }

  Result<std::vector<std::optional<std::string>>> ask_all(std::span<const std::string> ids) {
    std::unique_lock lock(speaking_);
    std::vector<std::optional<std::string>> out;
    for (size_t first = 0; first < ids.size(); first += kSubjectsAskedMax) {
      const auto part = ids.subspan(first, std::min(kSubjectsAskedMax, ids.size() - first));
      auto answers = TRY(question({part.begin(), part.end()}));
      for (auto& answer : answers) out.push_back(std::move(answer));
    }
    return out;
  }

  void stop() {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
      if (connection_) connection_->interrupt();
      changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
  }

 private:
  struct Wanted {
    std::string id;
    bool settled = false;
    Result<std::string> answer = fail(ErrorCode::unavailable, "not answered");
  };
  using Batch = std::vector<std::shared_ptr<Wanted>>;

  void keep() {
    for (;;) {
      Batch batch;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
        if (stopping_) return;
        while (!queue_.empty() && batch.size() < kSubjectsAskedMax) {
          batch.push_back(std::move(queue_.front()));
          queue_.pop_front();
        }
      }
      std::vector<std::string> ids;
      for (const auto& wanted : batch) ids.push_back(wanted->id);
      Result<std::vector<std::optional<std::string>>> answers = [&] {
        const std::scoped_lock lock(speaking_);
        return question(std::move(ids));
      }();
      settle(batch, answers);
    }
  }

  void settle(const Batch& batch, const Result<std::vector<std::optional<std::string>>>& answers) {
    const std::scoped_lock lock(mutex_);
    for (size_t i = 0; i < batch.size(); ++i) {
      Wanted& wanted = *batch[i];
      wanted.settled = true;
      if (!answers) {
        wanted.answer = fail(ErrorCode::unavailable, answers.error().text());
      } else if ((*answers)[i]) {
        wanted.answer = *(*answers)[i];
      } else {
        wanted.answer = fail(ErrorCode::not_found, party_ + " does not know this subject");
      }
    }
    if (!answers) {
      away_until_ = SteadyClock::now() + Milliseconds(options_.away_pause_ms);
      away_why_ = answers.error().text();
    }
    changed_.notify_all();
  }

  // With speaking_. A connection that fails is dropped; one that stood before may have gone stale, so that is tried once anew.
  Result<std::vector<std::optional<std::string>>> question(std::vector<std::string> ids) {
    const SubjectsQuestion question{job_, std::move(ids)};
    const bool stood = connection_ != nullptr;
    auto answered = exchange(question);
    if (!answered && stood && answered.error().code == ErrorCode::unavailable) answered = exchange(question);
    if (!answered) return fail(std::move(answered).error());
    if (!answered->refused.empty()) return fail(ErrorCode::forbidden, party_ + " refuses: " + answered->refused);
    if (answered->answers.size() != question.ids.size()) {
      return fail(ErrorCode::corrupt, "expected " + std::to_string(question.ids.size()) + " answers of " + party_ +
                                          ", came " + std::to_string(answered->answers.size()));
    }
    return std::move(answered->answers);
  }

  Result<SubjectsAnswer> exchange(const SubjectsQuestion& question) {
    if (!connection_) {
      auto dialled = TRY(dial_(job_, party_));
      const std::scoped_lock lock(mutex_);
      if (stopping_) return fail(ErrorCode::unavailable, "this house stops");
      connection_ = std::move(dialled);
    }
    auto answer = [&]() -> Result<SubjectsAnswer> {
      TRY(connection_->send(kQuestionKind, encode(question)));
      return decode_answer(TRY(connection_->receive(kAnswerKind, kAnswerBytesMax)));
    }();
    if (answer) return answer;
    const std::scoped_lock lock(mutex_);
    connection_.reset();
    return answer;
  }

  Dial dial_;
  Digest job_;
  std::string party_;
  AskingOptions options_;
  std::mutex speaking_;  // one question at a time
  std::mutex mutex_;     // guards what follows
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Wanted>> queue_;
  std::unique_ptr<channel::Connection> connection_;  // changed with both
  SteadyClock::time_point away_until_{};
  std::string away_why_;
  bool stopping_ = false;
  std::thread thread_;  // last: it sees all of the above
};

Asking::Asking(Dial dial, AskingOptions options) : dial_(std::move(dial)), options_(options) {}
Asking::~Asking() { stop(); }

Result<std::shared_ptr<Asking::Line>> Asking::line_to(const Digest& job, std::string_view party) {
  const std::scoped_lock lock(mutex_);
  if (stopped_) return fail(ErrorCode::unavailable, "this house stops");
  auto& line = lines_[{job, std::string(party)}];
  if (!line) line = std::make_shared<Line>(dial_, job, std::string(party), options_);
  return line;
}

Result<std::string> Asking::ask(const kernel::Question& question) {
  return TRY(line_to(question.job, question.party))->ask(question.id);
}

Result<std::vector<std::optional<std::string>>> Asking::ask_all(const Digest& job, std::string_view party,
                                                                std::span<const std::string> ids) {
  return TRY(line_to(job, party))->ask_all(ids);
}

void Asking::stop() {
  std::map<std::pair<Digest, std::string>, std::shared_ptr<Line>> lines;
  {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
    lines.swap(lines_);
  }
  for (auto& [name, line] : lines) line->stop();
}

}  // namespace puhui::federation
