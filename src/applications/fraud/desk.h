// Desk: judges payments and applications of one scheme after the other, keeps those it holds until somebody answers, and takes labels.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "applications/fraud/payment.h"
#include "applications/fraud/scheme.h"
#include "ground/base/log.h"
#include "ground/store/store.h"
#include "infrastructure/cases/office.h"
#include "infrastructure/features/stream.h"

namespace puhui::fraud {

std::vector<Migration> migrations();

inline constexpr std::string_view kApplicationName = "fraud";  // as cases call it
inline constexpr std::string_view kDeadlineName = cases::kDeadlineName;
inline constexpr size_t kPaymentKeyBytesMax = 128, kWhyBytesMax = 1000;
// Why a person decides where the policy came to nothing; every scheme knows its sentence.
inline constexpr std::string_view kNotJudgedReason = "not_judged";

struct DeskNeeds {
  Store& store;
  evidence::EvidenceLog& evidence;
  kernel::Kernel& kernel;
  cases::Office& cases;
  const Clock& clock;
  Log& log;
};

// One payment as it comes. `key` is the client's own for it, for good.
struct Submission {
  std::string scheme, key;
  std::optional<Timestamp> at;  // now when absent
  Json fields;
};

struct Answered {
  evidence::RecordId decision;
  Action action = Action::approve;
  bool late = false;                  // too far out of order: judged without features
  std::optional<Timestamp> deadline;  // of a hold or a challenge
  int64_t probability_ppb = 0;        // the policy's, or its model's
  bool has_probability = false;
  std::vector<evidence::Reason> reasons;
  bool repeated = false;  // this key was answered before; this is that answer
};

class Book;
struct Shadowed;

// What a scheme's version and stream are, for one judgement: looked up once, valid for its permit.
struct Guard {
  std::shared_ptr<const Scheme> scheme;
  std::shared_ptr<const features::FeatureSet> features;
  std::shared_ptr<const FactPlan> plan;
  features::Stream* stream = nullptr;
  kernel::Choice choice;
  Book* book = nullptr;
  bool unfit = false;  // its version was signed with other features than the stream computes: a person decides
};

class Desk {
 public:
  // Opens a stream for every scheme ever granted here, ready as it was when the last run ended.
  static Result<std::unique_ptr<Desk>> open(DeskNeeds needs);
  ~Desk();

  // By whom a payment of this subject is judged; a scheme's first guard opens its stream. Not from the writer's thread.
  Result<Guard> guard(std::string_view scheme, const Id128& entity);
  Result<Answered> judge(const Submission& submission, std::string_view caller);
  // The same for one whose fields were read already (replays): queues the closure; `done` comes on the writer thread.
  // conflict in it: the key stands for another payment.
  void judge_later(const Guard& guard, features::Event event, std::string key, std::string caller, Timestamp now,
                   std::function<void(Result<Answered>)> done);

  // In a store closure: the payment proved fraud or good. The same again changes nothing; with another value it replaces the
  // first. Answers what was said before. not_found: no payment of that key.
  Result<std::optional<bool>> label(Transaction& tx, std::string_view scheme, std::string_view key, bool fraud,
                                    Timestamp known_at, std::string_view by);
  // A person lets a held payment go or blocks it. conflict: it was answered already, or does not wait.
  Result<Settled> release(std::string_view scheme, std::string_view key, Action action, std::string_view why,
                          std::string_view by);
  // What became of a challenge; failed: it is blocked and an alert raised. The same again answers the same.
  Result<Settled> answer(std::string_view scheme, std::string_view key, bool passed, std::string_view by);
  // Holds and challenges whose deadline passed are answered as their scheme declares. Answers how many. A chore, each second.
  Result<uint64_t> sweep();

  // Reading. not_found: no such scheme was ever granted, no payment of that key.
  Result<PaymentRow> find(Reader& reader, std::string_view scheme, std::string_view key) const;
  Result<std::shared_ptr<const Scheme>> scheme(std::string_view name) const;  // as in force
  std::vector<std::string> schemes() const;                                   // ever granted, by name
  features::Stream* stream(std::string_view scheme) const;                    // null: never granted
  Book* book(std::string_view scheme) const;
  // Its event by the fields of `set`. unavailable: its facts were erased.
  Result<features::Event> event_of(const PaymentRow& row, const features::FeatureSet& set) const;
  Result<std::string> subject_of(const PaymentRow& row) const;

 private:
  struct State;
  struct Submitted;
  struct Loaded;
  explicit Desk(DeskNeeds needs);

  // desk.cc
  Result<Book*> open_book(std::string_view scheme, std::string_view use_case);
  Result<std::shared_ptr<const Loaded>> load(const kernel::Version& version) const;
  Result<std::string> use_case_of(std::string_view scheme) const;
  Result<Submitted> read(const Submission& submission, std::string_view caller);
  // judge.cc
  Result<Answered> judge_in(Transaction& tx, const Submitted& submitted);
  std::optional<Shadowed> decide(Transaction& tx, const Submitted& submitted, std::vector<evidence::FactValue> facts,
                                 PaymentRow& row);
  std::vector<evidence::FactValue> facts_of(const Submitted& submitted, features::Standing standing) const;
  Result<void> raise_alert(Transaction& tx, const Submitted& submitted, const PaymentRow& row);
  // settle.cc
  Result<void> settle_in(Transaction& tx, const PaymentRow& row, const Settled& settled);
  Result<void> overdue_in(Transaction& tx, const PaymentRow& row, Timestamp now);
  Result<void> judged(Transaction& tx, const cases::Alert& alert, cases::Verdict verdict, std::string_view by);
  Result<void> alert_overdue(Transaction& tx, const cases::Alert& alert);
  Result<std::optional<PaymentRow>> payment_of(Transaction& tx, std::string_view reference) const;
  Result<void> fail_challenge(Transaction& tx, const PaymentRow& row, std::string_view subject);
  // label.cc
  Result<void> tell_stream(Transaction& tx, const PaymentRow& row, std::optional<bool> before, const Label& label);
  Result<std::optional<bool>> label_row(Transaction& tx, const PaymentRow& row, bool fraud, Timestamp known_at,
                                        std::string_view by);

  DeskNeeds needs_;
  std::unique_ptr<State> state_;
};

// "card_payment/pay-17": what an alert of a payment refers to.
std::string reference_of(const PaymentRow& row);
// The sentence of a reason's code; those that the desk itself gives are known to every scheme.
kernel::ReasonText words_of(const kernel::Version* version, std::string_view code);

}  // namespace puhui::fraud
