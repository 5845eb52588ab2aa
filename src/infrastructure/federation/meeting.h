// Meeting: what parties show each other before every run of steps, and what they agree on. Everything here comes from outside:
// readers have limits, checks name both values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "infrastructure/channel/identity.h"
#include "infrastructure/federation/conversation.h"
#include "infrastructure/federation/job.h"
#include "infrastructure/federation/transcript.h"

namespace puhui::federation {

inline constexpr int64_t kFederationVersion = 1;  // of the runner's and the stages' messages
inline constexpr size_t kHelloBytesMax = 64 << 10, kAgreementBytesMax = 4 << 20, kEndingBytesMax = 4 << 20;

enum : uint16_t {
  kHello = kRunnerKinds + 1,  // both ways
  kAgreement,                 // hub → spoke: where to go on from, and everybody's hello
  kAgreed,                    // spoke → hub: it stands there
  kDone,                      // spoke → hub: the step is done and written down
  kGoOn,                      // hub → spoke: all have done it
  kPart,                      // spoke → hub: the digest of its part
  kParts,                     // hub → spoke: everybody's
  kConfirm,                   // spoke → hub: the same model; its transcript's head, signed
  kConfirmed,                 // hub → spoke: all confirmed; everybody's heads
  kKept,                      // spoke → hub: its part is registered; the heads, countersigned
  kFarewell,                  // hub → spoke: everybody's countersignatures; the job is done
};

// Where a checkpoint stands. `attempt`: of the meeting under which it was written; steps of different ones are not mixed.
struct Point {
  int64_t stage = 0, step = 0, attempt = 0;
  bool operator==(const Point&) const = default;
  bool is_start() const { return stage == 0 && step == 0; }
  bool is_before(const Point& other) const { return stage != other.stage ? stage < other.stage : step < other.step; }
  std::string text() const { return "stage " + std::to_string(stage + 1) + ", step " + std::to_string(step); }
};
void fields(Shape& shape, Point& point);

// A house says that two people of it signed the job: how many, and digests of their keys instead of their names.
struct Statement {
  int64_t signers = 0;
  Digest maker, checker;  // SHA-256 of the public keys
  std::string signature;  // by the house's certificate, over statement_bytes(), hex
};
void fields(Shape& shape, Statement& statement);
std::string statement_bytes(const Digest& job, std::string_view house, const Statement& statement);

struct Hello {
  int64_t version = kFederationVersion;
  std::string build, kernel;  // the program's; what its arithmetic runs on: told, may differ
  Digest job;
  std::string party, certificate;  // PEM
  Statement approvals;
  int64_t attempt = 0;        // of the newest meeting it knows
  std::vector<Point> points;  // it could go on from, beside the start
  int64_t rows_padded = 0;    // its rows, rounded up to a power of two
};
void fields(Shape& shape, Hello& hello);
Result<Hello> read_hello(std::string_view bytes);
// Every difference, naming both values; of other parties' approvals too.
Result<void> check_hello(const Hello& hello, const Job& job, const Digest& hash, size_t party);

struct Agreement {
  int64_t attempt = 0;
  Point from;
  std::vector<std::string> given_up;  // parties that are waited for no longer
  std::vector<Hello> hellos;          // of all present ones, the hub's first
};
void fields(Shape& shape, Agreement& agreement);
Result<Agreement> read_agreement(std::string_view bytes);
// By a spoke: the others' hellos as its own check would have them, an attempt that is new, a point it has.
Result<void> check_agreement(const Agreement& agreement, const Job& job, const Digest& hash, const Hello& own);

// The newest that all have; the start when there is none.
Point newest_common(const std::vector<Hello>& hellos);

// How a job ends, in six messages; each is a part of this.
struct Ending {
  std::vector<Digest> parts;              // by party; zero: none, or given up
  std::optional<Digest> model;            // over them
  std::vector<HeadSignature> signatures;  // of heads
};
void fields(Shape& shape, Ending& ending);
Result<Ending> read_ending(std::string_view bytes);
// SHA-256 over the parts' digests in the parties' order (zero: an empty part); zero when no party has one.
Digest model_hash(const std::vector<Digest>& parts);

std::string step_bytes(const Point& point);
// corrupt: another step, naming both.
Result<void> check_step(std::string_view bytes, const Point& expected, std::string_view party);

int64_t padded(int64_t rows);

}  // namespace puhui::federation
