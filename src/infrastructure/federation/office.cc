// Who we are and whom we know.
#include "infrastructure/federation/office.h"

#include <algorithm>
#include <map>

#include "ground/base/check.h"
#include "ground/base/text.h"
#include "infrastructure/federation/office_rows.h"

namespace puhui::federation {

namespace {

constexpr std::string_view kPartnerColumns =
    "name, fingerprint, address, pinned_by, pinned_at, last_contact FROM federation_partner ";

PartnerView partner_of(const Row& row) {
  PartnerView out{std::string(row.text(0)),
                  std::string(row.text(1)),
                  std::string(row.text(2)),
                  std::string(row.text(3)),
                  {row.integer(4)}};
  if (!row.is_null(5)) out.last_contact = Timestamp{row.integer(5)};
  return out;
}

Result<std::optional<PartnerView>> find_partner(Reader& reader, const std::string& name) {
  std::optional<PartnerView> out;
  TRY(reader.each("SELECT " + std::string(kPartnerColumns) + "WHERE name = ? AND dropped = 0", {name},
                  [&](const Row& row) -> Result<void> {
                    out = partner_of(row);
                    return {};
                  }));
  return out;
}

Result<void> add_history(Reader& reader, PartnerView& partner) {
  TRY(
      reader.each("SELECT COUNT(DISTINCT job), CAST(SUM(bytes_sent) AS BIGINT), CAST(SUM(bytes_received) AS BIGINT) "
                  "FROM federation_traffic WHERE partner = ?",
                  {partner.name}, [&](const Row& row) -> Result<void> {
                    partner.jobs = row.integer(0);
                    partner.bytes_sent = row.integer(1);
                    partner.bytes_received = row.integer(2);
                    return {};
                  }));
  partner.leakage = TRY(read_leakage(reader, partner.name));
  return {};
}

}  // namespace

Result<void> keep_certificate(Transaction& tx, const channel::Certificate& certificate) {
  TRY(
      tx.execute("INSERT INTO federation_certificate (fingerprint, name, pem) VALUES (?, ?, ?) "
                 "ON CONFLICT (fingerprint) DO NOTHING",
                 {certificate.fingerprint.hex(), certificate.party, certificate.pem}));
  return {};
}

namespace {

Result<std::optional<Office::Self>> read_self(Reader& reader) {
  std::optional<Office::Self> out;
  TRY(reader.each("SELECT certificate, address, key_file FROM federation_self WHERE place = 1", {},
                  [&](const Row& row) -> Result<void> {
                    out.emplace(TRY(channel::Certificate::parse(row.text(0))), std::string(row.text(1)),
                                std::string(row.text(2)));
                    return {};
                  }));
  return out;
}

}  // namespace

void Office::record(std::string words, std::string_view by) const {
  evidence::Circumstances circumstances;
  circumstances.at = needs_.clock.now();
  circumstances.caller = by;
  circumstances.human = by == kRunnerName ? evidence::HumanRole::none : evidence::HumanRole::in_the_loop;
  needs_.evidence.append_act(evidence::RecordKind::federation, std::move(words), circumstances);
}

// ---- self

Result<void> Office::make_self(const channel::Certificate& certificate, const std::string& address,
                               const std::string& key_file, std::string_view by) {
  return needs_.store.write([&](Transaction& tx) -> Result<void> {
    if (const auto known = TRY(read_self(tx))) {
      return fail(ErrorCode::conflict, "name",
                  "this house is '" + known->certificate.party + "' already, with fingerprint " +
                      known->certificate.fingerprint.hex() + "; partners have pinned that");
    }
    TRY(tx.execute("INSERT INTO federation_self (place, certificate, address, key_file) VALUES (1, ?, ?, ?)",
                   {certificate.pem, address, key_file}));
    TRY(keep_certificate(tx, certificate));
    record("party '" + certificate.party + "' made; fingerprint " + certificate.fingerprint.hex(), by);
    return {};
  });
}

Result<Office::Self> Office::self() const {
  std::optional<Self> out;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    out = TRY(read_self(reader));
    return {};
  }));
  if (!out) {
    return fail(ErrorCode::not_found,
                "this house is no party yet: run 'puhui federation init --name NAME --key-file "
                "FILE'");
  }
  return *std::move(out);
}

// ---- partners

Result<PartnerView> Office::accept(const Invitation& invitation, const std::string& fingerprint, std::string_view by) {
  const channel::Certificate certificate = TRY(channel::Certificate::parse(invitation.certificate));
  const std::string own = certificate.fingerprint.hex();
  Faults faults;
  if (to_lower_ascii(trim(fingerprint)) != own) {
    faults.add("fingerprint",
               "the certificate's is " + own + ", given was '" + fingerprint +
                   "': somebody may have changed the invitation on its way; ask for a new one, and compare "
                   "by voice");
  }
  if (certificate.party != invitation.name) {
    faults.add("invitation/name",
               "expected the certificate's '" + certificate.party + "', came '" + invitation.name + "'");
  }
  const Self self = TRY(this->self());
  if (certificate.party == self.certificate.party) {
    faults.add("invitation/name",
               "'" + certificate.party + "' is this house's own name; partners have names of their own");
  }
  TRY(std::move(faults).result());
  return pin(certificate, invitation.address, by);
}

Result<PartnerView> Office::pin(const channel::Certificate& certificate, const std::string& address,
                                std::string_view by) {
  const std::string name = certificate.party, fingerprint = certificate.fingerprint.hex();
  std::optional<PartnerView> out;
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    const auto known = TRY(find_partner(tx, name));
    if (known && known->fingerprint != fingerprint) {
      return fail(ErrorCode::conflict, "invitation",
                  "'" + name + "' is pinned with fingerprint " + known->fingerprint + ", this is " + fingerprint +
                      "; 'federation drop' it first if it really has a new certificate");
    }
    if (TRY(tx.integer("SELECT COUNT(*) FROM federation_partner")).value_or(0) >= kPartnersMax) {
      return fail(ErrorCode::exhausted, "expected at most " + std::to_string(kPartnersMax) + " partners");
    }
    TRY(keep_certificate(tx, certificate));
    TRY(
        tx.execute("INSERT INTO federation_partner (name, fingerprint, address, pinned_by, pinned_at, dropped, "
                   "last_contact) VALUES (?, ?, ?, ?, ?, 0, NULL) ON CONFLICT (name) DO UPDATE SET "
                   "fingerprint = excluded.fingerprint, address = excluded.address, pinned_by = excluded.pinned_by, "
                   "pinned_at = excluded.pinned_at, dropped = 0",
                   {name, fingerprint, address, by, needs_.clock.now().microseconds}));
    out = TRY(find_partner(tx, name));
    TRY(add_history(tx, *out));
    record("partner '" + name + "' pinned; fingerprint " + fingerprint, by);
    return {};
  }));
  return *std::move(out);
}

Result<PartnerView> Office::drop(const std::string& name, std::string_view by) {
  std::optional<PartnerView> out;
  TRY(needs_.store.write([&](Transaction& tx) -> Result<void> {
    out = TRY(find_partner(tx, name));
    if (!out) return fail(ErrorCode::not_found, "name", "no partner '" + name + "' is pinned");
    TRY(add_history(tx, *out));
    TRY(tx.execute("UPDATE federation_partner SET dropped = 1 WHERE name = ?", {name}));
    record("partner '" + name + "' dropped; fingerprint " + out->fingerprint, by);
    return {};
  }));
  return *std::move(out);
}

Result<std::vector<PartnerView>> Office::partners(const std::string& after, int64_t limit) const {
  std::vector<PartnerView> out;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    TRY(reader.each("SELECT " + std::string(kPartnerColumns) + "WHERE dropped = 0 AND name > ? ORDER BY name LIMIT ?",
                    {after, limit}, [&](const Row& row) -> Result<void> {
                      out.push_back(partner_of(row));
                      return {};
                    }));
    for (PartnerView& one : out) TRY(add_history(reader, one));
    return {};
  }));
  return out;
}

Result<std::vector<channel::Certificate>> Office::certificates() const {
  std::vector<channel::Certificate> out;
  TRY(needs_.store.read([&](Reader& reader) {
    return reader.each("SELECT pem FROM federation_certificate ORDER BY fingerprint", {},
                       [&](const Row& row) -> Result<void> {
                         out.push_back(TRY(channel::Certificate::parse(row.text(0))));
                         return {};
                       });
  }));
  return out;
}

Result<channel::Pinned> Office::pinned(const std::string& name) const {
  std::optional<PartnerView> found;
  TRY(needs_.store.read([&](Reader& reader) -> Result<void> {
    found = TRY(find_partner(reader, name));
    return {};
  }));
  if (!found) {
    return fail(ErrorCode::not_found, name,
                "is not pinned here; ask it for an invitation and 'puhui federation accept' it");
  }
  const auto fingerprint = Digest::parse(found->fingerprint);
  if (!fingerprint) return fail(ErrorCode::corrupt, name, "its pinned fingerprint is no digest");
  return channel::Pinned{found->name, *fingerprint};
}

}  // namespace puhui::federation
