#include "infrastructure/federation/transcript.h"

#include <algorithm>

#include "ground/base/check.h"
#include "ground/base/text.h"

namespace puhui::federation {

namespace {

// The line of an entry: what its link is made over, and what lies in the store.
std::string line_of(int64_t number, Timestamp at, std::string_view kind, const Json& body) {
  return print_json(Json::Object{{"number", number}, {"at", text_of(at)}, {"kind", kind}, {"body", body}});
}

Digest first_link(const Digest& job) { return sha256("puhui federation transcript of " + job.hex()); }

struct Line {
  int64_t number = 0;
  Timestamp at;
  std::string kind;
  Json body;
};

void fields(Shape& shape, Line& line) {
  shape.field("number", line.number);
  shape.field("at", line.at);
  shape.field("kind", line.kind);
  shape.field("body", line.body);
}

// Names and short values stay, so that a reader sees what was cut.
Json cut(const Json& body) {
  constexpr size_t kShort = 256;
  Json out = Json::Object{{"cut", true}};
  if (const Json::Object* members = body.object()) {
    for (const auto& [name, value] : *members) {
      const bool is_short = print_json(value).size() <= kShort;
      out.set(name, is_short ? value : Json("sha256 " + sha256(print_json(value)).hex()));
    }
  }
  if (print_json(out).size() > kEntryBytesMax)
    return Json::Object{{"cut", true}, {"sha256", sha256(print_json(body)).hex()}};
  return out;
}

}  // namespace

void fields(Shape& shape, Entry& entry) {
  shape.field("number", entry.number, {.help = "from 1"});
  shape.field("at", entry.at, {.help = "when"});
  shape.field("kind", entry.kind, {.help = "what is told"});
  shape.field("body", entry.body, {.help = "the telling"});
  shape.field("link", entry.link, {.help = "SHA-256 of the link before and this entry's line"});
}

void fields(Shape& shape, HeadSignature& signature) {
  shape.field("party", signature.party, {.help = "whose transcript", .max = 64});
  shape.field("by", signature.by, {.help = "who signed", .max = 64});
  shape.field("entries", signature.entries, {.help = "how long it was then", .min = 0, .max = kEntriesMax});
  shape.field("head", signature.head, {.help = "its last link then"});
  shape.field("certificate", signature.certificate, {.help = "fingerprint of the signer's", .max = 64});
  shape.field("signature", signature.signature, {.help = "Ed25519, 128 hex digits", .max = 128});
}

void fields(Shape& shape, TranscriptReport& report) {
  shape.field("entries", report.entries, {.help = "how many were walked"});
  shape.field("head", report.head, {.help = "the last link"});
  shape.field("first_break", report.first_break, {.help = "where the chain fails first; empty: it is whole"});
  shape.field("signatures", report.signatures, {.help = "that stand under it, this party's and its peers'"});
  shape.field("faults", report.faults, {.help = "signatures that do not hold"});
}

std::string head_bytes(const Digest& job, std::string_view party, const Head& head) {
  return "puhui federation transcript 1\njob: " + job.hex() + "\nparty: " + std::string(party) +
         "\nentries: " + std::to_string(head.entries) + "\nhead: " + head.link.hex() + "\n";
}

Result<Transcript> Transcript::open(Store& store, const Clock& clock, const Digest& job) {
  Transcript out(store, clock, job);
  out.head_.link = first_link(job);
  TRY(store.read([&](Reader& reader) {
    return reader.each("SELECT number, link FROM federation_entry WHERE job = ? ORDER BY number DESC LIMIT 1",
                       {job.hex()}, [&](const Row& row) -> Result<void> {
                         const auto link = Digest::parse(row.text(1));
                         if (!link) return fail(ErrorCode::corrupt, "transcript", "the newest link is no digest");
                         out.head_ = {row.integer(0), *link};
                         return {};
                       });
  }));
  return out;
}

Result<void> Transcript::add(std::string_view kind, Json body, const Store::Closure& also) {
  if (head_.entries >= kEntriesMax) {
    return fail(ErrorCode::exhausted, "transcript", "holds " + std::to_string(kEntriesMax) + " entries, its limit");
  }
  const int64_t number = head_.entries + 1;
  std::string line = line_of(number, clock_->now(), kind, body);
  if (line.size() > kEntryBytesMax) line = line_of(number, clock_->now(), kind, cut(body));
  const Digest link = sha256(head_.link.view(), line);
  TRY(store_->write([&](Transaction& tx) -> Result<void> {
    TRY(tx.execute("INSERT INTO federation_entry (job, number, line, link) VALUES (?, ?, ?, ?)",
                   {job_.hex(), number, line, link.hex()}));
    return also ? also(tx) : Result<void>();
  }));
  head_ = {number, link};
  return {};
}

Result<std::vector<Entry>> read_entries(Reader& reader, const Digest& job, int64_t after, int64_t limit) {
  std::vector<Entry> out;
  TRY(reader.each("SELECT line, link FROM federation_entry WHERE job = ? AND number > ? ORDER BY number LIMIT ?",
                  {job.hex(), after, limit}, [&](const Row& row) -> Result<void> {
                    Line line = TRY(read_json<Line>(TRY(parse_json(row.text(0)))));
                    const auto link = Digest::parse(row.text(1));
                    if (!link) return fail(ErrorCode::corrupt, "transcript", "a link is no digest");
                    out.push_back({line.number, line.at, std::move(line.kind), std::move(line.body), *link});
                    return {};
                  }));
  return out;
}

Result<void> put_head_signature(Transaction& tx, const Digest& job, const HeadSignature& s) {
  TRY(
      tx.execute("INSERT INTO federation_head (job, party, signer, entries, head, certificate, signature) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (job, party, signer) DO UPDATE SET "
                 "entries = excluded.entries, head = excluded.head, certificate = excluded.certificate, "
                 "signature = excluded.signature",
                 {job.hex(), s.party, s.by, s.entries, s.head.hex(), s.certificate, s.signature}));
  return {};
}

Result<std::vector<HeadSignature>> read_head_signatures(Reader& reader, const Digest& job) {
  std::vector<HeadSignature> out;
  TRY(
      reader.each("SELECT party, signer, entries, head, certificate, signature FROM federation_head WHERE job = ? "
                  "ORDER BY party, signer",
                  {job.hex()}, [&](const Row& row) -> Result<void> {
                    const auto head = Digest::parse(row.text(3));
                    if (!head) return fail(ErrorCode::corrupt, "transcript", "a signed head is no digest");
                    out.push_back({std::string(row.text(0)), std::string(row.text(1)), row.integer(2), *head,
                                   std::string(row.text(4)), std::string(row.text(5))});
                    return {};
                  }));
  return out;
}

namespace {

// The links as they should be, compared with those that stand; links[n] is the head of n entries.
Result<std::vector<Digest>> walk(Reader& reader, const Digest& job, TranscriptReport& report) {
  std::vector<Digest> links = {first_link(job)};
  TRY(reader.each("SELECT number, line, link FROM federation_entry WHERE job = ? ORDER BY number", {job.hex()},
                  [&](const Row& row) -> Result<void> {
                    const auto expected = static_cast<int64_t>(links.size());
                    const Digest link = sha256(links.back().view(), row.text(1));
                    const std::string entry = "entry " + std::to_string(row.integer(0));
                    if (report.first_break.empty() && row.integer(0) != expected) {
                      report.first_break = entry + ": expected entry " + std::to_string(expected);
                    } else if (report.first_break.empty() && link.hex() != row.text(2)) {
                      report.first_break = entry + ": its link is not that of what it says";
                    }
                    links.push_back(link);
                    return {};
                  }));
  report.entries = static_cast<int64_t>(links.size()) - 1;
  report.head = links.back();
  return links;
}

std::string fault_of(const HeadSignature& signature, const Digest& job, const std::string& self,
                     const std::vector<Digest>& links, const std::vector<channel::Certificate>& certificates) {
  const auto known = std::ranges::find_if(certificates, [&](const channel::Certificate& one) {
    return one.fingerprint.hex() == signature.certificate && one.party == signature.by;
  });
  if (known == certificates.end()) return "its certificate " + signature.certificate + " is not known here";
  const Head head{signature.entries, signature.head};
  const auto bytes = from_hex(signature.signature);
  if (!bytes || !known->verifies(head_bytes(job, signature.party, head), *bytes)) return "is not a signature of it";
  if (signature.party != self) return "";
  const auto entries = static_cast<size_t>(signature.entries);
  if (entries >= links.size() || links[entries] != signature.head) {
    return "is over another transcript of " + std::to_string(signature.entries) + " entries than the one that stands";
  }
  return "";
}

}  // namespace

Result<TranscriptReport> verify_transcript(Reader& reader, const Digest& job, const std::string& self,
                                           const std::vector<channel::Certificate>& certificates) {
  TranscriptReport report;
  const std::vector<Digest> links = TRY(walk(reader, job, report));
  report.signatures = TRY(read_head_signatures(reader, job));
  for (const HeadSignature& signature : report.signatures) {
    const std::string fault = fault_of(signature, job, self, links, certificates);
    if (!fault.empty()) {
      report.faults.push_back("the signature of " + signature.by + " under the transcript of " + signature.party + " " +
                              fault);
    }
  }
  return report;
}

}  // namespace puhui::federation
