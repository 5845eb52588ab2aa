#include "infrastructure/federation/node.h"

#include <algorithm>

#include "infrastructure/channel/dial.h"

namespace puhui::federation {

namespace {

constexpr size_t kKeyFileBytesMax = 16 << 10;

// Away must be known soon: a decision waits.
constexpr int64_t kScoringConnectMs = 2'000;

}  // namespace

Result<std::vector<channel::Pinned>> pinned_partners(const Office& office) {
  std::vector<channel::Pinned> out;
  for (const PartnerView& partner : TRY(office.partners("", kPartnersMax))) {
    out.push_back(TRY(office.pinned(partner.name)));  // certificates() also has those that were dropped
  }
  return out;
}

Node::Node(const NodeNeeds& needs)
    : needs_(needs),
      questions_(needs.store, needs.clock),
      shelf_(needs.office),
      answering_({[this](const Digest& job, const std::string& partner) { return shelf_.find(job, partner); },
                  [this](const Digest& job, const std::string& partner, int64_t subjects, int64_t subjects_max) {
                    return questions_.count(job, partner, subjects, subjects_max);
                  },
                  [this](const Digest& job, const std::string& partner, int64_t known, int64_t bits) {
                    return questions_.told(job, partner, known, bits);
                  }}),
      asking_([this](const Digest& job, const std::string& party) { return dial(job, party); }) {}

Result<channel::Identity> Node::identity() const {
  const auto self = TRY(needs_.office.self());
  const std::string key = TRY(needs_.files.read(self.key_file, kKeyFileBytesMax));
  auto identity = channel::Identity::parse(self.certificate.pem, key);
  if (!identity) return fail(at(self.key_file, std::move(identity).error()));
  return *std::move(identity);
}

Result<void> Node::open() {
  const auto self = needs_.office.self();
  if (!self && self.error().code == ErrorCode::not_found) return {};
  if (!self) return fail(self.error());
  if (self->address.empty()) return {};
  const std::scoped_lock lock(mutex_);
  auto pinned = TRY(pinned_partners(needs_.office));
  if (listener_) {
    listener_->pin(std::move(pinned));
    return {};
  }
  channel::ListenerOptions options;
  options.address = self->address;
  options.peers = std::move(pinned);
  options.purposes = {std::string(kForJob), std::string(kForScoring)};
  const auto refused = [this](const channel::Refusal& refusal) {
    needs_.log.warning("federation_refused", {{"why", Json(refusal.error.text())}});
  };
  listener_ = TRY(channel::Listener::start(
      TRY(identity()), options,
      {needs_.clock, [this](std::unique_ptr<channel::Connection> connection) { arrived(std::move(connection)); },
       refused}));
  needs_.log.info("federation_open", {{"address", Json(self->address)}});
  return {};
}

bool Node::is_open() const {
  const std::scoped_lock lock(mutex_);
  return listener_ != nullptr;
}

void Node::arrived(std::unique_ptr<channel::Connection> connection) {
  if (connection->purpose() == kForScoring) {
    answering_.serve(std::move(connection));
  } else {
    arrivals_.put(std::move(connection));
  }
}

Result<std::unique_ptr<channel::Connection>> Node::accept(const std::string& partner, int64_t wait_ms) {
  return arrivals_.take(partner, wait_ms);
}

Result<std::unique_ptr<channel::Connection>> Node::dial(const Digest& job, const std::string& party) const {
  const KeptJob kept = TRY(needs_.office.find_job(job.hex()));
  const auto place = party_of(kept.job, party);
  if (!place) return fail(ErrorCode::not_found, "job '" + kept.job.name + "' has no party '" + party + "'");
  const auto pinned = TRY(pinned_partners(needs_.office));
  const auto partner = std::ranges::find(pinned, party, &channel::Pinned::party);
  if (partner == pinned.end()) {
    return fail(ErrorCode::forbidden, "'" + party + "' is no partner of this house any more");
  }
  channel::DialOptions options;
  options.address = kept.job.parties[*place].address;
  options.peer = *partner;
  options.purpose = std::string(kForScoring);
  options.connect_max_ms = options.handshake_max_ms = kScoringConnectMs;
  return channel::dial(TRY(identity()), needs_.clock, options);
}

void Node::close() {
  std::unique_ptr<channel::Listener> listener;
  {
    const std::scoped_lock lock(mutex_);
    listener = std::move(listener_);
  }
  if (listener) listener->stop();
  asking_.stop();
  answering_.stop();
  arrivals_.close("this house stops");
}

}  // namespace puhui::federation
