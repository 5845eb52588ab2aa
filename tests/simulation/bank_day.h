// BankDay: one bank under test, in one process, driven by a seed: people apply, pay and try again, permits are swapped,
// the clock jumps, the store fails at any step and the process dies. It keeps what the bank acknowledged, and after
// every step holds the bank to it: nothing acknowledged is lost, nothing is done twice, the books balance, the evidence
// chain is whole, and every decision taken again gives the same bytes.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "bank/bank.h"
#include "ground/store/test_store.h"
#include "infrastructure/evidence/signing.h"

namespace puhui::simulation {

// The store's steps counted; one of them fails, or all from one on (a power cut).
class Faults : public StoreFaults {
 public:
  Result<void> before(Step step) override;
  void disarm();
  void fail_after(uint64_t steps);  // that one step, counted from now
  void die_after(uint64_t steps);   // that step and every later one
  uint64_t steps() const;
  bool struck() const;  // a fault was injected since it was armed
  // An error that comes of an injected fault says so.
  static bool is_injected(const Error& error);

 private:
  mutable std::mutex mutex_;
  uint64_t steps_ = 0, at_ = UINT64_MAX;
  bool for_good_ = false, struck_ = false;
};

// What a client knows of one request of its own.
struct Request {
  std::string verb;  // "lending.apply"
  Json input;
  std::optional<Json> answer;  // acknowledged
};

class BankDay {
 public:
  BankDay(const std::string& engine, uint64_t seed);
  ~BankDay();
  BankDay(const BankDay&) = delete;
  BankDay& operator=(const BankDay&) = delete;

  // One step by the seed, then all checks.
  void step();
  // A new application, faults as armed; then it is sent again until the bank answers. For tests that place one fault.
  void apply_once();
  void pay_once();
  void day_end_once();
  // Does it with the store's steps dead from `steps` on: when that hits, the process "dies", comes back and is asked again.
  void die_during(void (BankDay::*work)(), uint64_t steps);

  // Opens the bank in a child process that works until it is killed after `ms`; what the child was told is kept here.
  void work_in_a_child_and_kill_it(int ms);

  void check();  // adds gtest failures that name the seed
  size_t acknowledged() const { return applications_.size() + events_.size(); }
  size_t loans() const { return loans_.size(); }
  Faults& faults() { return faults_; }

 private:
  Result<Json> call(std::string_view verb, const Json& input);
  Json must(std::string_view verb, const Json& input);
  void open();
  void close();
  void found_the_bank();  // people, a model, a first permit
  void grant();
  // Sends until it is answered, through faults; keeps the answer. Any error that is no fault must be `allowed`.
  void send(Request& request, bool may_be_refused);
  void arm_some_fault();
  void after_a_fault();
  void die_and_come_back();

  Json new_application();
  void try_a_repeat();
  void try_another_body();
  void try_wrong_facts();
  void jump_the_clock();
  void swap_the_permit();
  void expire_the_permit();
  void acknowledge(Request request);
  void check_counts(int64_t decisions);
  std::string told() const {
    return "seed " + std::to_string(seed_) + ", step " + std::to_string(steps_) + ": " + doing_;
  }

  TestStore place_;
  uint64_t seed_;
  RandomStream random_;
  std::filesystem::path folder_;  // keys, permits and tables
  ManualClock clock_;
  DiskFiles files_;
  std::FILE* nowhere_;
  Log log_;
  Metrics metrics_;
  Faults faults_;
  std::unique_ptr<Bank> bank_;

  uint64_t steps_ = 0, named_ = 0;
  bool dies_ = false;  // a fault is the end of the process
  std::string doing_ = "founding the bank", model_;
  std::map<std::string, Request> applications_;  // acknowledged, by key
  std::map<std::string, Request> events_;        // acknowledged, by loan and key
  std::vector<std::string> loans_;
  int64_t unsettled_ = 0;  // asked by a process that was killed before it could tell: may have happened, once
  Date day_;               // the last day-end
};

}  // namespace puhui::simulation
