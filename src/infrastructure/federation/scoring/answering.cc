#include "infrastructure/federation/scoring/answering.h"

namespace puhui::federation {

SubjectsAnswer Answering::answer(const SubjectsQuestion& question, const std::string& partner) const {
  const auto refuse = [](const Error& error) { return SubjectsAnswer{error.text(), {}}; };
  const auto offered = needs_.answers(question.job, partner);
  if (!offered) return refuse(offered.error());
  const auto subjects = static_cast<int64_t>(question.ids.size());
  if (const auto counted = needs_.count(question.job, partner, subjects, offered->subjects_max); !counted) {
    return refuse(counted.error());
  }
  SubjectsAnswer out;
  int64_t known = 0;
  for (const std::string& id : question.ids) {
    auto one = offered->answers->about(id);
    if (!one) return refuse(one.error());
    if (*one) ++known;
    out.answers.push_back(*std::move(one));
  }
  const int64_t bits = known * static_cast<int64_t>(offered->answers->bits_each());
  if (const auto kept = needs_.told(question.job, partner, known, bits); !kept) return refuse(kept.error());
  return out;
}

void Answering::keep_answering(Asker& asker) {
  channel::Connection& connection = *asker.connection;
  for (;;) {
    const auto bytes = connection.receive(kQuestionKind, kQuestionBytesMax);
    if (!bytes) break;  // gone, or speaking of something else: the connection says so itself
    const auto question = decode_question(*bytes);
    if (!question) {
      connection.goodbye(question.error().text());
      break;
    }
    if (!connection.send(kAnswerKind, encode(answer(*question, connection.peer())))) break;
  }
  const std::scoped_lock lock(mutex_);
  asker.ended = true;
}

void Answering::clear_ended() {
  for (auto asker = askers_.begin(); asker != askers_.end();) {
    if (!asker->ended) {
      ++asker;
      continue;
    }
    asker->thread.join();  // it has left the lock behind, and returns
    asker = askers_.erase(asker);
  }
}

void Answering::serve(std::unique_ptr<channel::Connection> connection) {
  const std::scoped_lock lock(mutex_);
  clear_ended();
  if (stopping_ || askers_.size() >= kAskersMax) {
    connection->goodbye(stopping_ ? "this house stops" : "too many ask at once; try again later");
    return;
  }
  Asker& asker = askers_.emplace_back();
  asker.connection = std::move(connection);
  asker.thread = std::thread([this, &asker] { keep_answering(asker); });
}

void Answering::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    for (Asker& asker : askers_) asker.connection->interrupt();
  }
  for (Asker& asker : askers_) {
    if (asker.thread.joinable()) asker.thread.join();
  }
  askers_.clear();
}

}  // namespace puhui::federation
