#include "infrastructure/channel/pair.h"

#include <array>
#include <condition_variable>
#include <mutex>

#include "ground/base/check.h"
#include "infrastructure/channel/framed_connection.h"
#include "infrastructure/channel/mailbox.h"

namespace puhui::channel {

namespace {

// What one side sends on its way to the other's mailbox.
struct Way {
  PairFaults faults;
  FrameReader reader;
  uint64_t frames = 0, messages = 0, bytes = 0;
  std::string held_back;  // by `swap_frame`
};

// All that both ends share; one lock, as nothing here is worth two.
class Link {
 public:
  explicit Link(const PairOptions& options) : names_{options.first, options.second}, options_(options.connection) {
    ways_[0].faults = options.from_first;
    ways_[1].faults = options.from_second;
  }

  Result<void> put(size_t from, std::string frame);
  Result<Frame> take(size_t side);
  void goodbye(size_t from, std::string_view reason);
  void interrupt(size_t side);
  Traffic traffic(size_t side) const;

 private:
  Result<void> wait_for_room(std::unique_lock<std::mutex>& lock, size_t from, size_t bytes);
  void end_with_goodbye(size_t from, std::string_view reason);
  void deliver(size_t from, std::string_view bytes);
  void cut(size_t from, std::string_view at_sender);
  const std::string& peer_of(size_t side) const { return names_[1 - side]; }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::array<std::string, 2> names_;
  ConnectionOptions options_;
  std::array<Way, 2> ways_;           // from the first, from the second
  std::array<Mailbox, 2> mailboxes_;  // of the first, of the second
};

// Also ends when the connection is over.
Result<void> Link::wait_for_room(std::unique_lock<std::mutex>& lock, size_t from, size_t bytes) {
  const Mailbox& own = mailboxes_[from];
  const Mailbox& other = mailboxes_[1 - from];
  const auto fits = [&](const Mailbox& mailbox, size_t more) {
    return mailbox.bytes() == 0 || mailbox.bytes() + more + kFrameCostBytes <= options_.waiting_bytes_max;
  };
  const auto ready = [&] { return own.over() != nullptr || fits(other, bytes); };
  uint64_t moved = 0;
  while (!changed_.wait_for(lock, std::chrono::milliseconds(options_.stuck_max_ms), ready)) {
    const uint64_t moved_before = std::exchange(moved, ways_[0].frames + ways_[1].frames);
    if (fits(own, kChunkBytesMax + kFrameHeaderBytes) || moved != moved_before) continue;
    Error stuck = both_are_stuck(peer_of(from), options_.waiting_bytes_max);
    end_with_goodbye(from, stuck.text());
    return fail(std::move(stuck));
  }
  return {};
}

Result<void> Link::put(size_t from, std::string frame) {
  std::unique_lock lock(mutex_);
  const Mailbox& own = mailboxes_[from];
  TRY(wait_for_room(lock, from, frame.size()));
  if (own.over() != nullptr) return fail(*own.over());
  Way& way = ways_[from];
  const PairFaults& faults = way.faults;
  if (faults.cut_after_messages == way.messages) {
    cut(from, "the connection was cut");
    return fail(*own.over());
  }
  const uint64_t index = way.frames++;
  way.bytes += frame.size();
  const Result<FrameHeader> header = parse_header(std::string_view(frame).substr(0, kFrameHeaderBytes));
  CHECK(header.has_value(), "we read what we write");
  if (header->has(kLastFlag)) ++way.messages;
  if (faults.lose_frame == index) return {};
  if (faults.swap_frame == index) {
    way.held_back = std::move(frame);
    return {};
  }
  if (faults.truncate_frame == index) {
    deliver(from, std::string_view(frame).substr(0, frame.size() / 2));
    cut(from, "the connection was cut within a frame");
    return {};
  }
  deliver(from, frame);
  if (faults.repeat_frame == index) deliver(from, frame);
  if (!way.held_back.empty()) deliver(from, std::exchange(way.held_back, {}));
  return {};
}

void Link::deliver(size_t from, std::string_view bytes) {
  std::vector<Frame> frames;
  Result<void> read = ways_[from].reader.add(bytes, frames);
  for (Frame& frame : frames) mailboxes_[1 - from].put(std::move(frame));
  if (!read) {
    mailboxes_[from].end(peer_said_goodbye(peer_of(from), read.error().text()));
    mailboxes_[1 - from].end(std::move(read).error());
  }
  changed_.notify_all();
}

void Link::cut(size_t from, std::string_view why) {
  mailboxes_[from].end(unavailable(peer_of(from), why));
  mailboxes_[1 - from].end(unavailable(peer_of(1 - from), why));
  changed_.notify_all();
}

Result<Frame> Link::take(size_t side) {
  std::unique_lock lock(mutex_);
  std::optional<Result<Frame>> next;
  changed_.wait(lock, [&] { return (next = mailboxes_[side].next()).has_value(); });
  changed_.notify_all();
  return *std::move(next);
}

void Link::goodbye(size_t from, std::string_view reason) {
  const std::lock_guard lock(mutex_);
  end_with_goodbye(from, reason);
}

void Link::end_with_goodbye(size_t from, std::string_view reason) {
  mailboxes_[1 - from].end(peer_said_goodbye(peer_of(1 - from), reason));
  mailboxes_[from].stop(said_goodbye(peer_of(from), reason));
  changed_.notify_all();
}

void Link::interrupt(size_t side) {
  const std::lock_guard lock(mutex_);
  mailboxes_[side].stop(was_interrupted(peer_of(side)));
  changed_.notify_all();
}

Traffic Link::traffic(size_t side) const {
  const std::lock_guard lock(mutex_);
  return {.bytes_sent = ways_[side].bytes,
          .bytes_received = ways_[1 - side].bytes,
          .repeats_dropped = ways_[1 - side].reader.repeats_dropped(),
          .waiting_received_peak = mailboxes_[side].bytes_peak()};
}

class PairEnd : public FramedConnection {
 public:
  PairEnd(std::shared_ptr<Link> link, size_t side, const std::string& peer, const std::string& purpose)
      : FramedConnection(peer, sha256(peer), purpose), link_(std::move(link)), side_(side) {}
  ~PairEnd() override { link_->goodbye(side_, {}); }
  void goodbye(std::string_view reason) override { link_->goodbye(side_, reason); }
  void interrupt() override { link_->interrupt(side_); }

 protected:
  Result<void> put(std::string frame) override { return link_->put(side_, std::move(frame)); }
  Result<Frame> take() override { return link_->take(side_); }
  Traffic traffic_below() const override { return link_->traffic(side_); }

 private:
  std::shared_ptr<Link> link_;  // shared: either end may go first
  size_t side_;
};

}  // namespace

Pair connected_pair(const PairOptions& options) {
  CHECK(options.connection.waiting_bytes_max >= kWaitingBytesMin, "some frames must find room");
  auto link = std::make_shared<Link>(options);
  return {std::make_unique<PairEnd>(link, 0, options.second, options.purpose),
          std::make_unique<PairEnd>(link, 1, options.first, options.purpose)};
}

}  // namespace puhui::channel
