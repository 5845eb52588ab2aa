// Asking: the guest's side of federated scoring. One line a partner: a thread that keeps the connection, gathers what is asked at
// the same time into one question, and gives up for a while on a partner that does not answer, so that decisions do not queue behind it.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "infrastructure/channel/connection.h"
#include "infrastructure/federation/scoring/question.h"
#include "infrastructure/kernel/inquiry.h"

namespace puhui::federation {

struct AskingOptions {
  int64_t answer_max_ms = 800;    // a decision waits so long
  int64_t away_pause_ms = 5'000;  // after a failure nobody tries for so long: answers are `unavailable` at once
  size_t waiting_max = 10'000;    // questions waiting of one partner
};

class Asking final : public kernel::Inquirer {
 public:
  // Connects to the party of that job; called on the line's own thread.
  using Dial = std::function<Result<std::unique_ptr<channel::Connection>>(const Digest& job, const std::string& party)>;
  explicit Asking(Dial dial, AskingOptions options = {});
  ~Asking() override;

  // not_found: the partner does not know the subject. unavailable: it is away, or too slow, or refuses.
  Result<std::string> ask(const kernel::Question& question) override;
  // Many at once, of one job and party, waited for as long as they take; for scoring tables.
  Result<std::vector<std::optional<std::string>>> ask_all(const Digest& job, std::string_view party,
                                                          std::span<const std::string> ids);
  void stop();  // whoever waits gets `unavailable`; safe to call twice

 private:
  class Line;
  Result<std::shared_ptr<Line>> line_to(const Digest& job, std::string_view party);

  Dial dial_;
  AskingOptions options_;
  std::mutex mutex_;
  bool stopped_ = false;
  std::map<std::pair<Digest, std::string>, std::shared_ptr<Line>> lines_;
};

}  // namespace puhui::federation
