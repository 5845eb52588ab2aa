// TlsConnection: a Connection over a TlsSocket. A thread of its own moves frames both ways, sends heartbeats, and notices when the
// peer is gone, whatever the protocol's threads do meanwhile.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "infrastructure/channel/framed_connection.h"
#include "infrastructure/channel/mailbox.h"
#include "infrastructure/channel/tls_socket.h"

namespace puhui::channel {

class TlsConnection : public FramedConnection {
 public:
  // `held` is let go when the connection is destroyed: whoever counts connections counts by it.
  static Result<std::unique_ptr<TlsConnection>> start(std::unique_ptr<TlsSocket> socket,
                                                      const ConnectionOptions& options,
                                                      std::shared_ptr<void> held = nullptr);
  ~TlsConnection() override;
  // Until the peer's first frame: only then has a caller's certificate been accepted for sure.
  Result<void> wait_until_heard(int64_t wait_max_ms);
  void goodbye(std::string_view reason) override;
  void interrupt() override;

 protected:
  Result<void> put(std::string frame) override;
  Result<Frame> take() override;
  Traffic traffic_below() const override;

 private:
  struct Outgoing {  // frames that go to the socket in one piece
    std::string bytes;
    uint64_t frames = 0;
  };
  struct Leaving {
    std::string reason;
    int64_t deadline_ms = 0;
  };

  TlsConnection(std::unique_ptr<TlsSocket> socket, const ConnectionOptions& options, std::shared_ptr<void> held);

  // All below: the connection's own thread.
  void run();
  bool read_some();
  void take_in(std::string_view bytes);
  void arrive(Frame frame);
  bool has_room();
  void came_to_end(const TlsSocket::Step& step);
  bool write_some();
  bool next_outgoing();
  void sent_one();
  void keep_time();
  void wait();
  bool leave();
  void leave_because(Error why, int64_t wait_max_ms);
  void finish(Error why);

  void wake_locked();

  const ConnectionOptions options_;
  std::shared_ptr<void> held_;  // shared: the listener counts, whoever destroys first
  std::unique_ptr<TlsSocket> socket_;
  Signal signal_;

  mutable std::mutex mutex_;
  std::condition_variable arrived_, room_, done_changed_;
  Mailbox mailbox_;
  std::deque<Outgoing> outgoing_;
  size_t outgoing_bytes_ = 0, outgoing_peak_ = 0;
  std::optional<Leaving> leaving_;
  bool heard_ = false, done_ = false, asleep_ = false, paused_ = false;
  Traffic below_;

  // The connection's own thread's.
  FrameReader reader_;
  std::vector<char> buffer_;
  std::vector<Frame> frames_;
  Outgoing sending_;
  size_t sent_of_it_ = 0;
  uint64_t sequence_on_wire_ = 0, bytes_under_key_ = 0;
  int64_t last_sent_ms_ = 0, last_heard_ms_ = 0;
  short read_events_ = 0, write_events_ = 0;
  enum class Writing : uint8_t { open, goodbye, ended, broken } writing_ = Writing::open;
  std::thread thread_;
};

// A thread, or `exhausted` where the system gives none.
Result<std::thread> start_thread(std::function<void()> work);

}  // namespace puhui::channel
