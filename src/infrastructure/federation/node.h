// Node: this house on the wire while the program runs. One listener for its partners: those who come for a job wait to be taken by its
// run, those who ask about subjects are answered. And the asking side, for decisions that need what a partner knows.
#pragma once

#include <memory>

#include "ground/base/log.h"
#include "infrastructure/channel/arrivals.h"
#include "infrastructure/channel/listener.h"
#include "infrastructure/federation/office.h"
#include "infrastructure/federation/scoring/answering.h"
#include "infrastructure/federation/scoring/asking.h"
#include "infrastructure/federation/scoring/question_book.h"
#include "infrastructure/federation/scoring/shelf.h"

namespace puhui::federation {

// What a caller comes for, said in the handshake (ALPN).
inline constexpr std::string_view kForJob = "puhui-job/1", kForScoring = "puhui-scoring/1";

struct NodeNeeds {
  Office& office;
  Store& store;
  Files& files;
  const Clock& clock;
  Log& log;
};

class Node final : public kernel::Inquirer {
 public:
  explicit Node(const NodeNeeds& needs);
  ~Node() override { close(); }

  // Listens at this house's address. Nothing to do for a house without identity or address; again: looks whether partners changed.
  Result<void> open();
  bool is_open() const;
  void close();  // safe to call twice

  // The partner's next call for a job, while the node is open.
  Result<std::unique_ptr<channel::Connection>> accept(const std::string& partner, int64_t wait_ms);

  Result<std::string> ask(const kernel::Question& question) override { return asking_.ask(question); }
  Asking& asking() { return asking_; }
  QuestionBook& questions() { return questions_; }

 private:
  Result<channel::Identity> identity() const;
  Result<std::unique_ptr<channel::Connection>> dial(const Digest& job, const std::string& party) const;
  void arrived(std::unique_ptr<channel::Connection> connection);

  NodeNeeds needs_;
  QuestionBook questions_;
  AnswerShelf shelf_;
  channel::Arrivals arrivals_;
  Answering answering_;
  Asking asking_;
  mutable std::mutex mutex_;  // guards the listener
  std::unique_ptr<channel::Listener> listener_;
};

// The partners as a listener and a dial pin them.
Result<std::vector<channel::Pinned>> pinned_partners(const Office& office);

}  // namespace puhui::federation
