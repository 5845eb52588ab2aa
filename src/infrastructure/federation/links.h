// Links: a run's connections by party, and the conversation that stages have over them. Remembers the first thing that went wrong
// on one of them, so that the runner knows a peer's absence from a protocol's own error.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "infrastructure/channel/connection.h"
#include "infrastructure/federation/conversation.h"
#include "infrastructure/federation/job.h"
#include "infrastructure/federation/office_shapes.h"

namespace puhui::federation {

// What a goodbye begins with when the job is over for all, not only this connection.
inline constexpr std::string_view kEndedMark = "ended the job: ";
// And when what the peer showed at the meeting does not fit: nothing is lost, people have to look at it.
inline constexpr std::string_view kRefusedMark = "refused to meet: ";

// The code of the error that a goodbye told behind its mark; `conflict` when it says none.
ErrorCode code_told(std::string_view text);

class Links final : public Conversation {
 public:
  struct Broken {
    size_t party = 0;
    Error error;
    bool is_end() const;      // the peer ended the job, or its bytes are not to be trusted
    bool is_refusal() const;  // the peer would not meet; neither: it is only away
  };

  Links(const Job& job, size_t self) : job_(job), self_(self), links_(job.parties.size()) {
    given_up_.resize(job.parties.size());
    traffic_.resize(job.parties.size());
  }

  // ---- the runner's
  void put(size_t party, std::unique_ptr<channel::Connection> connection);
  bool has(size_t party) const { return links_[party] != nullptr; }
  channel::Connection& at(size_t party) { return *links_[party]; }
  // Says why to all and forgets them.
  void close(std::string_view reason);
  void close(size_t party, std::string_view reason);
  const std::optional<Broken>& broken() const { return broken_; }
  // A break of our own making: as if that peer had gone.
  Error fail_with(size_t party, Error error);
  void give_up(size_t party) { given_up_[party] = true; }
  void forget_given_up() { given_up_.assign(given_up_.size(), false); }
  std::vector<std::string> given_up() const;
  std::vector<size_t> peers() const;        // that this party speaks with and that are not given up
  std::vector<TrafficView> take_traffic();  // since the last call, by partner
  uint64_t bytes_sent() const { return sent_; }
  uint64_t bytes_received() const { return received_; }

  // ---- a stage's
  size_t self() const override { return self_; }
  size_t parties() const override { return links_.size(); }
  using Conversation::send;
  Result<void> send(size_t to, uint16_t kind, std::initializer_list<std::string_view> parts) override;
  Result<std::string> receive(size_t from, uint16_t kind) override;
  Result<std::string> receive(size_t from, uint16_t kind, size_t bytes_max);
  Result<void> receive(size_t from, uint16_t kind,
                       const std::function<Result<void>(std::string_view piece)>& take) override;
  bool is_present(size_t party) const override { return !given_up_[party]; }

 private:
  Result<channel::Connection*> link(size_t party);
  Error note(size_t party, Error error);
  void count(size_t party);

  const Job& job_;
  size_t self_;
  std::vector<std::unique_ptr<channel::Connection>> links_;  // by party; null: none
  std::vector<bool> given_up_;
  std::vector<channel::Traffic> traffic_;  // of the connection that stands, as told already
  std::vector<TrafficView> more_;
  uint64_t sent_ = 0, received_ = 0;
  std::optional<Broken> broken_;
};

}  // namespace puhui::federation
