// Answering: the host's side of federated scoring. One thread a connection reads questions and answers them, within what the
// partner may ask in a day, and counts what that tells.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "infrastructure/channel/connection.h"
#include "infrastructure/federation/scoring/answers.h"
#include "infrastructure/federation/scoring/question.h"

namespace puhui::federation {

inline constexpr size_t kAskersMax = 64;  // connections at once

// What a partner may ask about a job's model.
struct OfferedAnswers {
  std::shared_ptr<const Answers> answers;
  int64_t subjects_max = 0;  // in a day
};

struct AnsweringNeeds {
  // The answers to questions about that job's model by that partner. not_found, forbidden: told to the asker.
  std::function<Result<OfferedAnswers>(const Digest& job, const std::string& partner)> answers;
  // Counts subjects asked for against the partner's day. exhausted: nothing is answered.
  std::function<Result<void>(const Digest& job, const std::string& partner, int64_t subjects, int64_t subjects_max)>
      count;
  // How many were known, and the bits that told. What fails here is not answered either.
  std::function<Result<void>(const Digest& job, const std::string& partner, int64_t known, int64_t bits)> told;
};

class Answering {
 public:
  explicit Answering(AnsweringNeeds needs) : needs_(std::move(needs)) {}
  ~Answering() { stop(); }
  // Serves it until it ends. One beyond kAskersMax is told so and sent away.
  void serve(std::unique_ptr<channel::Connection> connection);
  void stop();  // ends all; safe to call twice

  // What one question is answered; apart from connections, for tests.
  SubjectsAnswer answer(const SubjectsQuestion& question, const std::string& partner) const;

 private:
  struct Asker {
    std::unique_ptr<channel::Connection> connection;
    std::thread thread;
    bool ended = false;  // under mutex_
  };
  void keep_answering(Asker& asker);
  void clear_ended();  // with the lock

  AnsweringNeeds needs_;
  std::mutex mutex_;
  std::list<Asker> askers_;
  bool stopping_ = false;
};

}  // namespace puhui::federation
