#include "infrastructure/federation/tls_reach.h"

#include "infrastructure/channel/dial.h"

namespace puhui::federation {

TlsReach::~TlsReach() {
  if (listener_) listener_->stop();
  arrivals_.close("the run ended");
}

Result<std::unique_ptr<channel::Connection>> TlsReach::dial(size_t party) {
  channel::DialOptions options;
  options.address = job_.parties[party].address;
  options.peer = TRY(needs_.office.pinned(job_.parties[party].name));
  options.purpose = std::string(kForJob);
  return channel::dial(needs_.identity, needs_.clock, options);
}

Result<void> TlsReach::listen() {
  channel::ListenerOptions options;
  options.address = job_.parties[self_].address;
  options.peers = {TRY(needs_.office.pinned(job_.parties[0].name))};
  options.purposes = {std::string(kForJob)};
  const auto refused = [this](const channel::Refusal& refusal) {
    needs_.log.warning("federation.refused", {{"why", refusal.error.text()}});
  };
  const auto arrived = [this](std::unique_ptr<channel::Connection> connection) {
    arrivals_.put(std::move(connection));
  };
  auto started = channel::Listener::start(needs_.identity, options, {needs_.clock, arrived, refused});
  if (!started) return fail(at("listening at " + options.address, std::move(started).error()));
  listener_ = *std::move(started);
  return {};
}

Result<std::unique_ptr<channel::Connection>> TlsReach::accept(int64_t wait_ms) {
  const std::string& hub = job_.parties[0].name;
  if (needs_.node != nullptr && needs_.node->is_open()) return needs_.node->accept(hub, wait_ms);
  if (!listener_) TRY(listen());
  return arrivals_.take(hub, wait_ms);
}

}  // namespace puhui::federation
