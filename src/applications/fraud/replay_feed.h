// Feed: hands a replay's payments and labels to the desk in event time, some at once, and keeps what came of each.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <queue>
#include <unordered_map>
#include <unordered_set>

#include "applications/fraud/replay.h"
#include "applications/fraud/replay_cursor.h"
#include "ground/base/metric.h"
#include "infrastructure/features/mapping.h"

namespace puhui::fraud {

// What is kept of one payment of the file.
struct Fed {
  enum class How : uint8_t { pending, failed, observed, decided };
  uint64_t row = 0;
  Timestamp at;
  uint32_t customer = 0, scenario = 0;
  int64_t amount_minor = 0;
  bool labelled = false, bad = false;
  How how = How::pending;
  bool late = false, has_probability = false;
  Action action = Action::approve;
  int64_t probability_ppb = 0;
  evidence::RecordId decision;
};

// What a payment had not as usual; counted, none dropped silently.
struct FeedCounts {
  int64_t decided = 0, observed = 0, resumed = 0, late = 0, out_of_order = 0, duplicates = 0, negative = 0, failed = 0;
  int64_t labels = 0;
};

struct FeedNeeds {
  Store& store;
  Desk& desk;
  const Clock& clock;
  std::string scheme, caller;
  std::shared_ptr<const features::FeatureSet> set;
  size_t subject = 0, amount = 0;  // fields
  bool negative_allowed = false;
  size_t in_flight = 64;
};

class Feed {
 public:
  Feed(FeedNeeds needs, ReplayCursor cursor) : needs_(std::move(needs)), cursor_(cursor) {}
  ~Feed() { drain(); }

  // Labels that are known by then, then the payment. An error is the store's own; what is wrong with a payment is counted.
  Result<void> judge(const features::MappedEvent& payment, uint32_t scenario);
  // The same without a decision, many to a commit.
  Result<void> observe(const features::MappedEvent& payment, uint32_t scenario);
  // Labels known by then. judge and observe do so themselves.
  Result<void> label_until(Timestamp at);
  // Waits until all that was handed in is durable. The first error of the store, if one came.
  Result<void> finish();

  const std::deque<Fed>& fed() const { return fed_; }  // after finish()
  FeedCounts counts() const { return counts_; }        // after finish()
  const std::vector<std::string>& failures() const { return failures_; }
  int64_t quantile_us(double share) const { return static_cast<int64_t>(latency_.quantile_ns(share) / 1000); }

 private:
  struct Label {
    Timestamp known_at;
    size_t fed = 0;
    std::string key;
    std::shared_ptr<const features::Event> event;  // of a payment that was only observed
    bool operator>(const Label& other) const {
      return known_at != other.known_at ? known_at > other.known_at : fed > other.fed;
    }
  };
  struct Observed {  // one step of the batch under way
    std::shared_ptr<const features::Event> event;
    bool is_label = false;
    Timestamp known_at;
  };

  Fed& begin_payment(const features::MappedEvent& payment, uint32_t scenario);
  void expect_label(const features::MappedEvent& payment, std::shared_ptr<const features::Event> event);
  Result<void> tell(Label label);
  Result<void> flush_observed();
  Result<void> take_batch(Transaction& tx, const std::vector<Observed>& batch);
  bool is_late(Timestamp at);
  void answered(size_t fed, bool again, int64_t started_ns, Result<Answered> answer);
  void acquire();
  void release(Result<void> result);
  void drain();
  void note_failure(const Fed& fed, const Error& error);  // under mutex_

  FeedNeeds needs_;
  ReplayCursor cursor_;
  std::deque<Fed> fed_;  // grown under mutex_
  struct IdHash {
    size_t operator()(const Id128& id) const { return static_cast<size_t>(id.low); }
  };
  std::unordered_set<Id128, IdHash> keys_;
  std::unordered_map<std::string, uint32_t> customers_;
  std::priority_queue<Label, std::vector<Label>, std::greater<>> labels_;
  std::vector<Observed> batch_;
  std::optional<Timestamp> latest_;  // of all payments so far
  int64_t labels_told_ = 0, observed_ = 0;
  Histogram latency_;

  std::mutex mutex_;  // guards what follows; `done` comes on the writer's thread
  std::condition_variable room_;
  size_t pending_ = 0;
  std::optional<Error> error_;
  FeedCounts counts_;
  std::vector<std::string> failures_;
};

}  // namespace puhui::fraud
