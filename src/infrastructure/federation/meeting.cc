#include "infrastructure/federation/meeting.h"

#include <algorithm>
#include <bit>

#include "ground/base/bytes.h"
#include "ground/base/check.h"
#include "ground/base/text.h"

namespace puhui::federation {

namespace {

constexpr int64_t kCountMax = int64_t{1} << 48;
constexpr int64_t kPointsMax = 2;

std::string quoted(std::string_view text) { return "'" + std::string(cut_utf8(text, 200)) + "'"; }

}  // namespace

void fields(Shape& shape, Point& point) {
  shape.field("stage", point.stage, {.min = 0, .max = 1000});
  shape.field("step", point.step, {.min = 0, .max = kCountMax});
  shape.field("attempt", point.attempt, {.min = 0, .max = kCountMax});
}

void fields(Shape& shape, Statement& statement) {
  shape.field("signers", statement.signers, {.min = 0, .max = 1000});
  shape.field("maker", statement.maker);
  shape.field("checker", statement.checker);
  shape.field("signature", statement.signature, {.max = 128});
}

void fields(Shape& shape, Hello& hello) {
  shape.field("version", hello.version, {.min = 0, .max = 1'000'000});
  shape.field("build", hello.build, {.max = 256});
  shape.field("kernel", hello.kernel, {.max = 256});
  shape.field("job", hello.job);
  shape.field("party", hello.party, {.max = 64});
  shape.field("certificate", hello.certificate, {.max = 16384});
  shape.field("approvals", hello.approvals);
  shape.field("attempt", hello.attempt, {.min = 0, .max = std::numeric_limits<uint32_t>::max() - 1});
  shape.field("points", hello.points, {.max = kPointsMax});
  shape.field("rows_padded", hello.rows_padded, {.min = 0, .max = kCountMax});
}

void fields(Shape& shape, Agreement& agreement) {
  shape.field("attempt", agreement.attempt, {.min = 1, .max = std::numeric_limits<uint32_t>::max()});
  shape.field("from", agreement.from);
  shape.field("given_up", agreement.given_up, {.max = static_cast<int64_t>(kPartiesMax)});
  shape.field("hellos", agreement.hellos, {.max = static_cast<int64_t>(kPartiesMax)});
}

void fields(Shape& shape, Ending& ending) {
  shape.field("parts", ending.parts, {.max = static_cast<int64_t>(kPartiesMax), .optional = true});
  shape.field("model", ending.model);
  shape.field("signatures", ending.signatures,
              {.max = static_cast<int64_t>(kPartiesMax * kPartiesMax), .optional = true});
}

namespace {

template <class T>
Result<T> read_message(std::string_view bytes, size_t bytes_max, std::string_view what) {
  auto read = [&]() -> Result<T> {
    return read_json<T>(TRY(parse_json(bytes, {.bytes_max = bytes_max, .depth_max = 8})));
  }();
  if (read) return read;
  Error error = at(what, std::move(read).error());
  error.code = ErrorCode::corrupt;  // a peer's bytes, not a caller's input
  return fail(std::move(error));
}

}  // namespace

Result<Hello> read_hello(std::string_view bytes) { return read_message<Hello>(bytes, kHelloBytesMax, "hello"); }
Result<Agreement> read_agreement(std::string_view bytes) {
  return read_message<Agreement>(bytes, kAgreementBytesMax, "agreement");
}
Result<Ending> read_ending(std::string_view bytes) { return read_message<Ending>(bytes, kEndingBytesMax, "ending"); }

std::string statement_bytes(const Digest& job, std::string_view house, const Statement& statement) {
  return "puhui federation approvals 1\njob: " + job.hex() + "\nhouse: " + std::string(house) +
         "\nsigners: " + std::to_string(statement.signers) + "\nmaker: " + statement.maker.hex() +
         "\nchecker: " + statement.checker.hex() + "\n";
}

namespace {

void check_approvals(const Hello& hello, const channel::Certificate& certificate, Faults& faults) {
  const Statement& says = hello.approvals;
  if (says.signers < 2) {
    faults.add("approvals", "expected two people of " + quoted(hello.party) + " to have signed the job, came " +
                                std::to_string(says.signers));
  } else if (says.maker == says.checker) {
    faults.add("approvals", "maker and checker of " + quoted(hello.party) + " signed with one key");
  }
  const auto signature = from_hex(says.signature);
  if (!signature || !certificate.verifies(statement_bytes(hello.job, hello.party, says), *signature)) {
    faults.add("approvals", "the statement of " + quoted(hello.party) + " is not signed by its certificate");
  }
}

}  // namespace

Result<void> check_hello(const Hello& hello, const Job& job, const Digest& hash, size_t party) {
  const JobParty& expected = job.parties[party];
  Faults faults;
  if (hello.version != kFederationVersion) {
    faults.add("version", "ours is " + std::to_string(kFederationVersion) + ", that of " + quoted(expected.name) +
                              " is " + std::to_string(hello.version) + "; both must run the same");
  }
  if (hello.job != hash) {
    faults.add("job", "ours is " + hash.hex() + ", that of " + quoted(expected.name) + " is " + hello.job.hex() +
                          "; both must hold the same file, byte for byte");
  }
  if (hello.party != expected.name) {
    faults.add("party", "expected " + quoted(expected.name) + ", came " + quoted(hello.party));
  }
  const auto certificate = channel::Certificate::parse(hello.certificate);
  if (!certificate) {
    faults.add("certificate of " + expected.name, certificate.error());
  } else if (certificate->fingerprint.hex() != expected.certificate) {
    faults.add("certificate of " + expected.name,
               "expected fingerprint " + expected.certificate + ", came " + certificate->fingerprint.hex());
  } else if (certificate->party != expected.name) {
    faults.add("certificate of " + expected.name, "it is made out to " + quoted(certificate->party));
  } else {
    check_approvals(hello, *certificate, faults);
  }
  return std::move(faults).result(ErrorCode::conflict);
}

Result<void> check_agreement(const Agreement& agreement, const Job& job, const Digest& hash, const Hello& own) {
  const auto wrong = [](std::string message) { return fail(ErrorCode::corrupt, "agreement", std::move(message)); };
  if (agreement.attempt <= own.attempt) {
    return wrong("expected an attempt after " + std::to_string(own.attempt) + ", came " +
                 std::to_string(agreement.attempt));
  }
  for (const std::string& name : agreement.given_up) {
    const auto party = party_of(job, name);
    if (!is_horizontal(job) || !party || *party == 0 || name == own.party) {
      return wrong("expected clients of this job that may be given up, came " + quoted(name));
    }
  }
  std::vector<bool> came(job.parties.size(), false);
  for (const Hello& hello : agreement.hellos) {
    const auto party = party_of(job, hello.party);
    if (!party || came[*party]) return wrong("expected every party once, came " + quoted(hello.party));
    came[*party] = true;
    TRY(check_hello(hello, job, hash, *party));
  }
  for (size_t i = 0; i < came.size(); ++i) {
    const std::string& name = job.parties[i].name;
    const bool away = std::ranges::find(agreement.given_up, name) != agreement.given_up.end();
    if (came[i] == away) return wrong("expected " + quoted(name) + " to be either present or given up");
  }
  const bool known = std::ranges::find(own.points, agreement.from) != own.points.end();
  if (!agreement.from.is_start() && !known) {
    return wrong("expected a step that is kept here, came " + agreement.from.text() + " of attempt " +
                 std::to_string(agreement.from.attempt));
  }
  return {};
}

Point newest_common(const std::vector<Hello>& hellos) {
  CHECK(!hellos.empty(), "parties meet");
  Point newest;
  for (const Point& point : hellos.front().points) {
    const bool all = std::ranges::all_of(
        hellos, [&](const Hello& hello) { return std::ranges::find(hello.points, point) != hello.points.end(); });
    if (all && newest.is_before(point)) newest = point;
  }
  return newest;
}

Digest model_hash(const std::vector<Digest>& parts) {
  std::string joined;
  for (const Digest& part : parts) joined += part.view();
  const bool none = std::ranges::all_of(parts, [](const Digest& part) { return part == Digest{}; });
  return none ? Digest{} : sha256(joined);
}

std::string step_bytes(const Point& point) {
  ByteWriter to;
  to.unsigned_varint(static_cast<uint64_t>(point.stage));
  to.unsigned_varint(static_cast<uint64_t>(point.step));
  return to.take();
}

Result<void> check_step(std::string_view bytes, const Point& expected, std::string_view party) {
  ByteReader from(bytes);
  const uint64_t stage = from.unsigned_varint(), step = from.unsigned_varint();
  TRY(from.finish("the end of a step"));
  if (stage != static_cast<uint64_t>(expected.stage) || step != static_cast<uint64_t>(expected.step)) {
    return fail(ErrorCode::corrupt, "party " + std::string(party),
                "expected the end of " + expected.text() + ", came that of stage " + std::to_string(stage + 1) +
                    ", step " + std::to_string(step));
  }
  return {};
}

int64_t padded(int64_t rows) {
  return rows <= 0 ? 0 : static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(rows)));
}

}  // namespace puhui::federation
