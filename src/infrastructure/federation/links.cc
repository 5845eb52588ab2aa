#include "infrastructure/federation/links.h"

#include <algorithm>

#include "ground/base/check.h"

namespace puhui::federation {

namespace {

constexpr ErrorCode kCodes[] = {ErrorCode::invalid,  ErrorCode::not_found, ErrorCode::forbidden,
                                ErrorCode::conflict, ErrorCode::exhausted, ErrorCode::unavailable,
                                ErrorCode::corrupt,  ErrorCode::internal};

}  // namespace

ErrorCode code_told(std::string_view text) {
  for (const std::string_view mark : {kEndedMark, kRefusedMark}) {
    const size_t place = text.rfind(mark);
    if (place == std::string_view::npos) continue;
    const std::string_view reason = text.substr(place + mark.size());
    for (const ErrorCode code : kCodes) {
      const std::string name = std::string(name_of(code)) + ": ";
      if (reason.starts_with(name) && code != ErrorCode::unavailable) return code;
    }
  }
  return ErrorCode::conflict;
}

bool Links::Broken::is_refusal() const {
  return error.code == ErrorCode::unavailable && error.text().find(kRefusedMark) != std::string::npos;
}

// A connection that found a peer's bytes wrong says goodbye with that error's text: it begins with its code.
bool Links::Broken::is_end() const {
  if (error.code != ErrorCode::unavailable) return true;
  constexpr std::string_view kSaid = "said goodbye: ";
  const std::string text = error.text();
  if (text.find(kEndedMark) != std::string::npos) return true;
  const size_t said = text.find(kSaid);
  if (said == std::string::npos || text.find("this side said goodbye") != std::string::npos) return false;
  const std::string_view reason = std::string_view(text).substr(said + kSaid.size());
  return std::ranges::any_of(
      std::initializer_list<ErrorCode>{ErrorCode::invalid, ErrorCode::corrupt, ErrorCode::conflict},
      [&](ErrorCode code) { return reason.starts_with(std::string(name_of(code)) + ": "); });
}

void Links::put(size_t party, std::unique_ptr<channel::Connection> connection) {
  close(party, "a newer connection took its place");
  links_[party] = std::move(connection);
  traffic_[party] = {};
}

void Links::close(size_t party, std::string_view reason) {
  if (!links_[party]) return;
  links_[party]->goodbye(reason);
  count(party);
  links_[party].reset();
}

void Links::close(std::string_view reason) {
  for (size_t party = 0; party < links_.size(); ++party) close(party, reason);
  broken_.reset();
}

std::vector<std::string> Links::given_up() const {
  std::vector<std::string> out;
  for (size_t party = 0; party < links_.size(); ++party) {
    if (given_up_[party]) out.push_back(job_.parties[party].name);
  }
  return out;
}

std::vector<size_t> Links::peers() const {
  std::vector<size_t> out;
  for (size_t party = 0; party < links_.size(); ++party) {
    const bool speaks = party != self_ && (self_ == 0 || party == 0);
    if (speaks && !given_up_[party]) out.push_back(party);
  }
  return out;
}

// What the connection counts beyond what was told of it already.
void Links::count(size_t party) {
  const channel::Traffic now = links_[party]->traffic();
  const auto sent = now.bytes_sent - traffic_[party].bytes_sent;
  const auto received = now.bytes_received - traffic_[party].bytes_received;
  traffic_[party] = now;
  if (sent == 0 && received == 0) return;
  sent_ += sent;
  received_ += received;
  const std::string& name = job_.parties[party].name;
  auto found = std::ranges::find(more_, name, &TrafficView::partner);
  if (found == more_.end()) found = more_.insert(more_.end(), TrafficView{name});
  found->bytes_sent += static_cast<int64_t>(sent);
  found->bytes_received += static_cast<int64_t>(received);
}

std::vector<TrafficView> Links::take_traffic() {
  for (const size_t party : peers()) {
    if (links_[party]) count(party);
  }
  return std::exchange(more_, {});
}

Result<channel::Connection*> Links::link(size_t party) {
  CHECK(party < links_.size() && party != self_, "a stage speaks with the job's other parties");
  CHECK(self_ == 0 || party == 0, "the hub reaches all, the others the hub alone");
  if (given_up_[party]) {
    return fail(ErrorCode::unavailable, "party " + job_.parties[party].name, "was given up after the job's patience");
  }
  if (!links_[party]) {
    return fail(note(party, {ErrorCode::unavailable, {{"party " + job_.parties[party].name, "is not connected"}}}));
  }
  return links_[party].get();
}

Error Links::fail_with(size_t party, Error error) {
  error.code = ErrorCode::unavailable;
  return note(party, std::move(error));
}

Error Links::note(size_t party, Error error) {
  if (!broken_) broken_ = Broken{party, error};
  return error;
}

Result<void> Links::send(size_t to, uint16_t kind, std::initializer_list<std::string_view> parts) {
  CHECK(to < links_.size(), "a stage speaks with the job's parties");
  if (given_up_[to]) return {};
  channel::Connection* connection = TRY(link(to));
  if (auto sent = connection->send(kind, parts); !sent) return fail(note(to, std::move(sent).error()));
  return {};
}

Result<std::string> Links::receive(size_t from, uint16_t kind, size_t bytes_max) {
  channel::Connection* connection = TRY(link(from));
  auto received = connection->receive(kind, bytes_max);
  if (!received) return fail(note(from, std::move(received).error()));
  return received;
}

Result<std::string> Links::receive(size_t from, uint16_t kind) {
  return receive(from, kind, channel::kWholeMessageBytesMax);
}

Result<void> Links::receive(size_t from, uint16_t kind,
                            const std::function<Result<void>(std::string_view piece)>& take) {
  channel::Connection* connection = TRY(link(from));
  // An error of `take` is the stage's own: it is no absence of the peer.
  bool taken = true;
  auto received = connection->receive(kind, [&](std::string_view piece) -> Result<void> {
    auto done = take(piece);
    taken = done.has_value();
    return done;
  });
  if (!received && taken) return fail(note(from, std::move(received).error()));
  return received;
}

}  // namespace puhui::federation
