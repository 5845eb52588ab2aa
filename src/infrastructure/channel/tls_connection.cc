#include "infrastructure/channel/tls_connection.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "ground/base/check.h"

namespace puhui::channel {

namespace {

constexpr size_t kReadBytes = 64 << 10;
constexpr size_t kJoinBytesMax = 16 << 10;  // small frames go together in one TLS record
constexpr int kStepsAtOnce = 16;            // before the other direction has its turn
constexpr int64_t kLastWordsMs = 1'000;     // for a peer that may not hear them

// What one more read can add to the mailbox: the frame it completes, and as many empty ones as fit into it.
constexpr size_t kRoomForARead = kChunkBytesMax + kFrameCostBytes * (1 + kReadBytes / kFrameHeaderBytes);
static_assert(2 * kRoomForARead < kWaitingBytesMin);

}  // namespace

Result<std::thread> start_thread(std::function<void()> work) {
  try {
    return std::thread(std::move(work));
  } catch (const std::system_error& error) {
    return fail(ErrorCode::exhausted, "thread", std::string("the system gives no more: ") + error.what());
  }
}

TlsConnection::TlsConnection(std::unique_ptr<TlsSocket> socket, const ConnectionOptions& options,
                             std::shared_ptr<void> held)
    : FramedConnection(socket->peer().party, socket->peer().fingerprint, socket->purpose()),
      options_(options),
      held_(std::move(held)),
      socket_(std::move(socket)),
      buffer_(kReadBytes) {
  CHECK(options_.waiting_bytes_max >= kWaitingBytesMin, "some frames must find room");
}

Result<std::unique_ptr<TlsConnection>> TlsConnection::start(std::unique_ptr<TlsSocket> socket,
                                                            const ConnectionOptions& options,
                                                            std::shared_ptr<void> held) {
  std::unique_ptr<TlsConnection> out(new TlsConnection(std::move(socket), options, std::move(held)));
  out->thread_ = TRY(start_thread([connection = out.get()] { connection->run(); }));
  return out;
}

TlsConnection::~TlsConnection() {
  if (!thread_.joinable()) return;  // it never started
  goodbye({});
  thread_.join();
}

// ---- the protocol's threads

Result<void> TlsConnection::put(std::string frame) {
  std::unique_lock lock(mutex_);
  const auto ready = [&] {
    return mailbox_.over() != nullptr || outgoing_bytes_ + frame.size() <= options_.waiting_bytes_max;
  };
  uint64_t moved = 0;
  while (!room_.wait_for(lock, std::chrono::milliseconds(options_.stuck_max_ms), ready)) {
    const uint64_t moved_before = std::exchange(moved, below_.bytes_sent + below_.bytes_received);
    if (!paused_ || moved != moved_before) continue;
    lock.unlock();
    Error stuck = both_are_stuck(peer(), options_.waiting_bytes_max);
    goodbye(stuck.text());
    return fail(std::move(stuck));
  }
  if (mailbox_.over() != nullptr) return fail(*mailbox_.over());
  outgoing_bytes_ += frame.size();
  outgoing_peak_ = std::max(outgoing_peak_, outgoing_bytes_);
  if (!outgoing_.empty() && outgoing_.back().bytes.size() + frame.size() <= kJoinBytesMax) {
    outgoing_.back().bytes += frame;
    ++outgoing_.back().frames;
  } else {
    outgoing_.push_back({std::move(frame), 1});
  }
  wake_locked();
  return {};
}

Result<Frame> TlsConnection::take() {
  std::unique_lock lock(mutex_);
  std::optional<Result<Frame>> next;
  arrived_.wait(lock, [&] { return (next = mailbox_.next()).has_value(); });
  // Half empty: reading on at every frame would wake the thread for each.
  if (paused_ && mailbox_.bytes() <= options_.waiting_bytes_max / 2) wake_locked();
  return *std::move(next);
}

Result<void> TlsConnection::wait_until_heard(int64_t wait_max_ms) {
  std::unique_lock lock(mutex_);
  const bool in_time = arrived_.wait_for(lock, std::chrono::milliseconds(wait_max_ms),
                                         [&] { return heard_ || mailbox_.over() != nullptr; });
  if (heard_) return {};
  if (in_time) return fail(*mailbox_.over());
  return fail(unavailable(peer(), "no word within " + std::to_string(wait_max_ms) + " ms after the handshake"));
}

void TlsConnection::goodbye(std::string_view reason) {
  std::unique_lock lock(mutex_);
  if (mailbox_.over() == nullptr || (mailbox_.is_stopped() && !leaving_)) {
    if (!leaving_) leaving_ = {std::string(reason), now_ms() + options_.goodbye_max_ms};
    mailbox_.stop(said_goodbye(peer(), reason));
    arrived_.notify_all();
    room_.notify_all();
    wake_locked();
  }
  done_changed_.wait(lock, [&] { return done_; });
}

void TlsConnection::interrupt() {
  const std::lock_guard lock(mutex_);
  if (done_) return;
  mailbox_.stop(was_interrupted(peer()));
  if (!leaving_) {
    for (const Outgoing& dropped : outgoing_) outgoing_bytes_ -= dropped.bytes.size();
    outgoing_.clear();
  }
  arrived_.notify_all();
  room_.notify_all();
  wake_locked();
}

Traffic TlsConnection::traffic_below() const {
  const std::lock_guard lock(mutex_);
  Traffic out = below_;
  out.waiting_sent_peak = outgoing_peak_;
  out.waiting_received_peak = mailbox_.bytes_peak();
  return out;
}

void TlsConnection::wake_locked() {
  if (!std::exchange(asleep_, false)) return;
  signal_.raise();
}

// ---- the connection's own thread

void TlsConnection::run() {
  last_heard_ms_ = now_ms();
  sending_ = {heartbeat_frame(0), 0};  // at once: it tells the peer that its certificate was accepted
  while (true) {
    const bool read = read_some();
    const bool written = write_some();
    keep_time();
    if (leave()) break;
    if (!read && !written) wait();
  }
  const std::lock_guard lock(mutex_);
  socket_.reset();
  done_ = true;
  done_changed_.notify_all();
}

bool TlsConnection::has_room() {
  const std::lock_guard lock(mutex_);
  // Who leaves reads on to see the other end close; what comes is dropped.
  const bool room = mailbox_.over() != nullptr || mailbox_.bytes() + kRoomForARead <= options_.waiting_bytes_max;
  if (room && paused_) last_heard_ms_ = now_ms();  // while nobody listened, nobody was silent
  paused_ = !room;
  return room;
}

bool TlsConnection::read_some() {
  read_events_ = 0;
  for (int i = 0; i < kStepsAtOnce; ++i) {
    if (!has_room()) return i > 0;
    const TlsSocket::Step step = socket_->read(buffer_);
    if (step.outcome == TlsSocket::Outcome::blocked) {
      read_events_ = socket_->wanted_events();
      return i > 0;
    }
    if (step.outcome != TlsSocket::Outcome::some) {
      came_to_end(step);
      return true;
    }
    take_in(std::string_view(buffer_.data(), step.bytes));
  }
  return true;
}

void TlsConnection::take_in(std::string_view bytes) {
  last_heard_ms_ = now_ms();
  const Result<void> read = reader_.add(bytes, frames_);
  {
    const std::lock_guard lock(mutex_);
    below_.bytes_received += bytes.size();
    below_.repeats_dropped = reader_.repeats_dropped();
    if (!frames_.empty()) heard_ = true;
  }
  for (Frame& frame : frames_) arrive(std::move(frame));
  frames_.clear();
  arrived_.notify_all();
  if (!read) leave_because(read.error(), options_.goodbye_max_ms);
}

void TlsConnection::arrive(Frame frame) {
  if (frame.header.has(kGoodbyeFlag)) {
    finish(peer_said_goodbye(peer(), frame.payload));
  } else if (frame.header.is_message()) {
    const std::lock_guard lock(mutex_);
    mailbox_.put(std::move(frame));
  }
}

void TlsConnection::came_to_end(const TlsSocket::Step& step) {
  Error why = step.outcome == TlsSocket::Outcome::failed
                  ? socket_->failure()
                  : unavailable(peer(), "closed the connection without a goodbye");
  if (!reader_.between_frames()) why.faults.push_back({"party " + peer(), "the connection ended within a frame"});
  if (why.faults.front().where == "connection") why.faults.front().where = "party " + peer();
  finish(std::move(why));
}

bool TlsConnection::write_some() {
  write_events_ = 0;
  if (writing_ == Writing::broken) return false;
  bool moved = false;
  for (int i = 0; i < kStepsAtOnce; ++i) {
    if (sent_of_it_ == sending_.bytes.size() && !next_outgoing()) break;
    const TlsSocket::Step step = socket_->write(std::string_view(sending_.bytes).substr(sent_of_it_));
    if (step.outcome == TlsSocket::Outcome::blocked) break;
    if (step.outcome != TlsSocket::Outcome::some) {
      came_to_end(step);
      return true;
    }
    moved = true;
    sent_of_it_ += step.bytes;
    bytes_under_key_ += step.bytes;
    last_sent_ms_ = now_ms();
    const std::lock_guard lock(mutex_);
    below_.bytes_sent += step.bytes;
  }
  if (socket_->flush().outcome == TlsSocket::Outcome::some) return moved;
  write_events_ = socket_->wanted_events();
  // The wire takes no more for good; what the peer said last is still to be read.
  if (write_events_ == 0) writing_ = Writing::broken;
  return moved && write_events_ == 0;
}

// What goes out after a piece that has gone out whole: what waits; a heartbeat when it is time; at last the goodbye.
bool TlsConnection::next_outgoing() {
  if (writing_ != Writing::open) return false;
  const std::lock_guard lock(mutex_);
  sequence_on_wire_ += sending_.frames;
  outgoing_bytes_ -= sending_.frames > 0 ? sending_.bytes.size() : 0;
  if (sending_.frames > 0) room_.notify_all();
  sending_ = {};
  sent_of_it_ = 0;
  if (bytes_under_key_ >= options_.key_bytes_max && socket_->renew_key()) {
    bytes_under_key_ = 0;
    ++below_.keys_renewed;
  }
  if (!outgoing_.empty()) {
    sending_ = std::move(outgoing_.front());
    outgoing_.pop_front();
  } else if (leaving_) {
    sending_.bytes = goodbye_frame(sequence_on_wire_, leaving_->reason);
    writing_ = Writing::goodbye;
  } else if (now_ms() - last_sent_ms_ >= options_.heartbeat_ms) {
    sending_.bytes = heartbeat_frame(sequence_on_wire_);
  }
  return !sending_.bytes.empty();
}

void TlsConnection::keep_time() {
  if (writing_ == Writing::goodbye && sent_of_it_ == sending_.bytes.size() && write_events_ == 0) {
    socket_->end_writing();
    writing_ = Writing::ended;
  }
  const bool listens = [&] {
    const std::lock_guard lock(mutex_);
    return !paused_ && !leaving_;
  }();
  if (listens && now_ms() - last_heard_ms_ >= options_.silence_max_ms)
    leave_because(unavailable(peer(), "silent for " + std::to_string(options_.silence_max_ms) +
                                          " ms: its program stopped, or the network between broke"),
                  kLastWordsMs);
}

// Whether the thread's work is done.
bool TlsConnection::leave() {
  const std::lock_guard lock(mutex_);
  return done_ || (leaving_ && (writing_ == Writing::broken || now_ms() >= leaving_->deadline_ms));
}

// Our own reason to end it: the peer is told.
void TlsConnection::leave_because(Error why, int64_t wait_max_ms) {
  const std::lock_guard lock(mutex_);
  if (mailbox_.over() != nullptr && !mailbox_.is_stopped()) return;
  if (!leaving_) leaving_ = {why.text(), now_ms() + std::min(wait_max_ms, options_.goodbye_max_ms)};
  mailbox_.end(std::move(why));
  for (const Outgoing& dropped : outgoing_) outgoing_bytes_ -= dropped.bytes.size();
  outgoing_.clear();
  arrived_.notify_all();
  room_.notify_all();
}

// Nothing is left to be said.
void TlsConnection::finish(Error why) {
  const std::lock_guard lock(mutex_);
  mailbox_.end(std::move(why));
  done_ = true;
  arrived_.notify_all();
  room_.notify_all();
}

void TlsConnection::wait() {
  const bool may_write = write_events_ == 0 && writing_ == Writing::open;
  int64_t until_ms = (may_write ? last_sent_ms_ : now_ms()) + options_.heartbeat_ms;
  {
    const std::lock_guard lock(mutex_);
    const bool can_write = may_write && (!outgoing_.empty() || leaving_);
    const bool can_read = paused_ && mailbox_.bytes() <= options_.waiting_bytes_max / 2;
    if (can_write || can_read) return;
    if (!paused_) until_ms = std::min(until_ms, last_heard_ms_ + options_.silence_max_ms);
    if (leaving_) until_ms = std::min(until_ms, leaving_->deadline_ms);
    asleep_ = true;
  }
  // A descriptor of which nothing is wanted is left out: its hang-up would wake this thread for ever.
  const short events = static_cast<short>(read_events_ | write_events_);
  std::array<pollfd, 2> polled{{{events != 0 ? socket_->fd() : -1, events, 0}, {signal_.fd(), POLLIN, 0}}};
  const int64_t wait_ms = std::clamp<int64_t>(until_ms - now_ms(), 0, 60'000);
  ::poll(polled.data(), polled.size(), static_cast<int>(wait_ms) + 1);
  const std::lock_guard lock(mutex_);
  asleep_ = false;
  if (polled[1].revents != 0) signal_.clear();
}

}  // namespace puhui::channel
