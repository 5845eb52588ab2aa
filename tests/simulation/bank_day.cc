#include "tests/simulation/bank_day.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "applications/lending/population.h"
#include "infrastructure/evidence/permit.h"

namespace puhui::simulation {

namespace {

constexpr Timestamp kStart{1'772'420'400'000'000};  // 2026-03-02, in the bank's morning
constexpr int64_t kHourMicroseconds = 3'600'000'000;
constexpr std::string_view kInjected = "injected by the simulation";
constexpr std::string_view kProduct = "person_revolving";

class Quiet : public Progress {
 public:
  void step(std::string_view, uint64_t, uint64_t) override {}
};

evidence::SigningKey key_of(uint8_t number) {
  std::array<uint8_t, 32> seed{};
  seed.fill(number);
  return evidence::SigningKey::from_seed(seed);
}

std::string text_at(const Json& json, std::string_view name) {
  const Json* value = json.find(name);
  return value && value->text() ? *value->text() : "";
}

int64_t number_at(const Json& json, std::string_view name) {
  const Json* value = json.find(name);
  return value ? value->as_int64().value_or(-1) : -1;
}

// One message of the child: verb, input and answer, a line each.
bool write_line(int to, const std::string& line) {
  const std::string whole = line + "\n";
  return ::write(to, whole.data(), whole.size()) == static_cast<ssize_t>(whole.size());
}

}  // namespace

Result<void> Faults::before(Step step) {
  const std::lock_guard lock(mutex_);
  const uint64_t now = steps_++;
  if (now != at_ && !(for_good_ && now > at_)) return {};
  struck_ = true;
  return fail(ErrorCode::unavailable,
              std::string(kInjected) + " at step kind " + std::to_string(static_cast<int>(step)));
}

void Faults::disarm() {
  const std::lock_guard lock(mutex_);
  at_ = UINT64_MAX;
  for_good_ = struck_ = false;
}

void Faults::fail_after(uint64_t steps) {
  const std::lock_guard lock(mutex_);
  at_ = steps_ + steps;
  for_good_ = struck_ = false;
}

void Faults::die_after(uint64_t steps) {
  fail_after(steps);
  const std::lock_guard lock(mutex_);
  for_good_ = true;
}

uint64_t Faults::steps() const {
  const std::lock_guard lock(mutex_);
  return steps_;
}

bool Faults::struck() const {
  const std::lock_guard lock(mutex_);
  return struck_;
}

bool Faults::is_injected(const Error& error) { return error.text().find(kInjected) != std::string::npos; }

BankDay::BankDay(const std::string& engine, uint64_t seed)
    : place_(engine),
      seed_(seed),
      random_(Random(seed), 1, 1),
      clock_(kStart),
      nowhere_(std::fopen("/dev/null", "w")),
      log_(clock_, nowhere_) {
  static int made = 0;
  folder_ = std::filesystem::temp_directory_path() /
            ("puhui_bank_day_" + std::to_string(::getpid()) + "_" + std::to_string(++made));
  std::filesystem::create_directories(folder_);
  open();
  found_the_bank();
}

BankDay::~BankDay() {
  close();
  std::fclose(nowhere_);
  std::filesystem::remove_all(folder_);
}

void BankDay::open() {
  // A server may need a moment to notice that the last writer was killed.
  for (int attempt = 0;; ++attempt) {
    auto bank = Bank::open(place_.where(), {clock_, files_, log_, metrics_, sha256("salt"), &faults_});
    if (!bank && bank.error().code == ErrorCode::unavailable && attempt < 200) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      continue;
    }
    CHECK(bank.has_value(), bank ? "" : (told() + ": " + bank.error().text()).c_str());
    bank_ = *std::move(bank);
    return;
  }
}

void BankDay::close() { bank_.reset(); }

Result<Json> BankDay::call(std::string_view verb, const Json& input) {
  const Caller caller{"simulation", {"*"}};
  Quiet quiet;
  for (const Verb& each : bank_->verbs()) {
    if (each.permission() == verb) return each.run({caller, quiet}, input);
  }
  return fail(ErrorCode::internal, std::string(verb) + " is no verb");
}

Json BankDay::must(std::string_view verb, const Json& input) {
  auto answer = call(verb, input);
  CHECK(answer.has_value(), answer ? "" : (told() + ": " + std::string(verb) + ": " + answer.error().text()).c_str());
  return *std::move(answer);
}

void BankDay::found_the_bank() {
  const auto path = [&](std::string_view name) { return (folder_ / name).string(); };
  const char* people[] = {"chen", "wang", "li"};
  for (uint8_t i = 0; i < 3; ++i) {
    std::ofstream(path(people[i])) << key_of(i).seed_hex();
    must("person.add", Json::Object{{"name", people[i]}, {"key_file", path(people[i])}, {"may_approve", i > 0}});
  }
  std::ofstream table(path("history.csv"));
  const auto written = lending::write_population({.seed = 11}, {0, 2500}, [&](std::string_view text) -> Result<void> {
    table << text;
    return {};
  });
  table.close();
  CHECK(written.has_value(), "the history is written");
  const std::string product = "policies/" + std::string(kProduct);
  model_ = text_at(must("lending.train", Json::Object{{"applications", path("history.csv")},
                                                      {"mapping", product + "/mapping.json"},
                                                      {"model", "scorecard"}}),
                   "model");
  grant();
}

void BankDay::grant() {
  const std::string file = (folder_ / "permit.json").string();
  must("lending.propose", Json::Object{{"folder", "policies/" + std::string(kProduct)},
                                       {"model", Json::List{Json(model_)}},
                                       {"author", "chen"},
                                       {"out", file},
                                       {"conditions", "number " + std::to_string(++named_)}});
  for (const char* who : {"wang", "li"}) {
    must("permit.sign", Json::Object{{"permit", file}, {"person", who}, {"key_file", (folder_ / who).string()}});
  }
  must("permit.grant", Json::Object{{"file", file}});
}

Json BankDay::new_application() {
  const auto whole = [&](int64_t from, int64_t to) {
    return Json(from + static_cast<int64_t>(random_.below(static_cast<uint64_t>(to - from))));
  };
  constexpr int64_t kTerms[] = {12, 24, 36};
  const bool known = random_.chance(0.8);
  Json facts = Json::Object{{"applied_on", "2026-03-01"},
                            {"channel", random_.chance(0.5) ? "app" : "branch"},
                            {"requested_amount_minor", Json(whole(5, 100).as_int64().value_or(5) * 10'000)},
                            {"term_months", Json(kTerms[random_.below(3)])},
                            {"of_legal_age", true},
                            {"identity_verified", random_.chance(0.95)},
                            {"on_watch_list", false},
                            {"enforcement_record", random_.chance(0.05)},
                            {"employment", "employed"},
                            {"employment_months", whole(0, 200)},
                            {"residence", "owner"},
                            {"income_month_minor", whole(300'000, 3'000'000)},
                            {"has_credit_record", known},
                            {"account_balance_minor", whole(0, 5'000'000)},
                            {"account_months", whole(1, 100)},
                            {"sex", "female"},
                            {"age", whole(18, 70)}};
  if (known) {
    facts.set("credit_record_months", whole(6, 200));
    facts.set("credit_lines_open", whole(0, 6));
    facts.set("credit_utilisation", Json(Json::Number{"0." + std::to_string(random_.below(99))}));
    facts.set("debt_service_month_minor", whole(0, 200'000));
    facts.set("late_payments_12m", whole(0, 2));
    facts.set("worst_days_late_24m", whole(0, 20));
    facts.set("credit_enquiries_6m", whole(0, 4));
  }
  Json request = Json::Object{{"application", "app-" + std::to_string(++named_)},
                              {"product", kProduct},
                              {"borrower", "borrower-" + std::to_string(random_.below(20))},
                              {"facts", facts}};
  if (random_.chance(0.5)) request.set("opened_on", date_of(clock_.now(), 480).text());
  return request;
}

void BankDay::acknowledge(Request request) {
  if (request.verb == "lending.apply") {
    if (const Json* contract = request.answer->find("contract")) loans_.push_back(text_at(*contract, "loan"));
    applications_[text_at(request.input, "application")] = std::move(request);
  } else {
    events_[text_at(request.input, "loan") + text_at(request.input, "event")] = std::move(request);
  }
}

void BankDay::send(Request& request, bool may_be_refused) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    auto answer = call(request.verb, request.input);
    if (answer) {
      request.answer = *std::move(answer);
      return acknowledge(request);
    }
    const Error& error = answer.error();
    if (Faults::is_injected(error)) {  // in doubt: the client cannot know; it asks again
      after_a_fault();
      continue;
    }
    const bool refusal =
        error.code == ErrorCode::conflict || error.code == ErrorCode::forbidden || error.code == ErrorCode::invalid;
    EXPECT_TRUE(may_be_refused && refusal) << told() << ": " << print_json(request.input) << ": " << error.text();
    return;
  }
  ADD_FAILURE() << told() << ": one fault made more than one attempt fail";
}

void BankDay::apply_once() {
  doing_ = "an application";
  Request request{"lending.apply", new_application(), {}};
  send(request, false);
}

void BankDay::pay_once() {
  if (loans_.empty()) return;
  doing_ = "a payment";
  const std::string amount =
      std::to_string(1 + random_.below(400)) + "." + std::to_string(10 + random_.below(90)) + " CNY";
  Request request{random_.chance(0.8) ? "lending.repay" : "lending.prepay",
                  Json::Object{{"loan", loans_[random_.below(loans_.size())]},
                               {"event", "pay-" + std::to_string(++named_)},
                               {"amount", amount}},
                  {}};
  send(request, true);
}

void BankDay::day_end_once() {
  doing_ = "a day-end";
  day_ = std::max(day_.plus_days(1), date_of(clock_.now(), 480));
  const Json input = Json::Object{{"date", day_.text()}, {"ahead", true}};
  for (int attempt = 0; attempt < 3; ++attempt) {
    const auto ended = call("lending.day-end", input);
    if (ended) return;
    EXPECT_TRUE(Faults::is_injected(ended.error())) << told() << ": " << ended.error().text();
    after_a_fault();
  }
}

void BankDay::try_a_repeat() {
  if (applications_.empty()) return;
  doing_ = "a repeat";
  auto chosen = applications_.begin();
  std::advance(chosen, static_cast<std::ptrdiff_t>(random_.below(applications_.size())));
  const Request& request = chosen->second;
  const auto again = call(request.verb, request.input);
  if (!again) {
    EXPECT_TRUE(Faults::is_injected(again.error())) << told() << ": " << again.error().text();
    return;
  }
  EXPECT_EQ(print_json(*again), print_json(*request.answer)) << told();
}

void BankDay::try_another_body() {
  if (applications_.empty()) return;
  doing_ = "a key with another body";
  Json input = applications_.begin()->second.input;
  input.set("borrower", "somebody else");
  const auto answer = call("lending.apply", input);
  ASSERT_FALSE(answer) << told();
  EXPECT_TRUE(answer.error().code == ErrorCode::conflict || Faults::is_injected(answer.error()))
      << told() << answer.error().text();
}

void BankDay::try_wrong_facts() {
  doing_ = "wrong facts";
  Json input = new_application();
  input.set("facts", Json::Object{{"income_month_minor", "much"}, {"no such fact", 1}});
  const auto answer = call("lending.apply", input);
  ASSERT_FALSE(answer) << told();
  EXPECT_TRUE(answer.error().code == ErrorCode::invalid || Faults::is_injected(answer.error()))
      << told() << answer.error().text();
}

void BankDay::jump_the_clock() {
  doing_ = "a clock jump";
  clock_.advance_us((static_cast<int64_t>(random_.below(120)) - 48) * kHourMicroseconds);
}

void BankDay::swap_the_permit() {
  doing_ = "a new permit";
  faults_.disarm();
  grant();
}

// After its year a permit decides no more, and what was decided is still answered.
void BankDay::expire_the_permit() {
  doing_ = "an expired permit";
  faults_.disarm();
  const Timestamp before = clock_.now();
  clock_.advance_us(int64_t{400} * 24 * kHourMicroseconds);
  const auto refused = call("lending.apply", new_application());
  EXPECT_TRUE(!refused && refused.error().code == ErrorCode::forbidden) << told();
  try_a_repeat();
  clock_.set(before);
}

void BankDay::die_and_come_back() {
  if (!faults_.struck()) faults_.die_after(0);
  close();  // whatever it still wants to write fails: as if the process had died before
  faults_.disarm();
  open();
}

void BankDay::after_a_fault() {
  if (dies_) {
    die_and_come_back();
  } else {
    faults_.disarm();
  }
}

void BankDay::die_during(void (BankDay::*work)(), uint64_t steps) {
  faults_.die_after(steps);
  dies_ = true;
  (this->*work)();
  dies_ = false;
  faults_.disarm();
}

void BankDay::arm_some_fault() {
  faults_.disarm();
  if (random_.chance(0.4)) faults_.fail_after(random_.below(12));
}

void BankDay::step() {
  ++steps_;
  arm_some_fault();
  const uint64_t kind = random_.below(100);
  if (kind < 40) {
    apply_once();
  } else if (kind < 58) {
    pay_once();
  } else if (kind < 66) {
    day_end_once();
  } else if (kind < 74) {
    try_a_repeat();
  } else if (kind < 78) {
    try_another_body();
  } else if (kind < 82) {
    try_wrong_facts();
  } else if (kind < 88) {
    jump_the_clock();
  } else if (kind < 91) {
    swap_the_permit();
  } else if (kind < 93) {
    expire_the_permit();
  } else if (kind < 98) {
    doing_ = "a power cut";
    die_during(random_.chance(0.7) ? &BankDay::apply_once : &BankDay::pay_once, random_.below(12));
  } else {
    doing_ = "a restart";
    faults_.disarm();
    close();
    open();
  }
  faults_.disarm();
  check();
}

void BankDay::check() {
  const auto books = call("ledger.verify", Json::Object{});
  EXPECT_TRUE(books) << told() << ": " << books.error().text();
  const auto chain = call("evidence.verify", Json::Object{});
  EXPECT_TRUE(chain) << told() << ": " << chain.error().text();
  const auto replayed = call("evidence.replay", Json::Object{});
  ASSERT_TRUE(replayed) << told() << ": " << replayed.error().text();
  EXPECT_EQ(number_at(*replayed, "identical"), number_at(*replayed, "decisions")) << told();
  check_counts(number_at(*replayed, "decisions"));
  std::map<std::string, int> loans_by_decision;
  for (const auto* known : {&applications_, &events_}) {
    for (const auto& [key, request] : *known) {
      const auto again = call(request.verb, request.input);
      ASSERT_TRUE(again) << told() << ": lost " << key << ": " << again.error().text();
      EXPECT_EQ(print_json(*again), print_json(*request.answer)) << told() << ": another answer to " << key;
      if (const std::string decision = text_at(*again, "decision"); !decision.empty()) {
        EXPECT_EQ(++loans_by_decision[decision], 1) << told() << ": two applications share a decision";
      }
    }
  }
  const auto after = call("evidence.replay", Json::Object{});
  ASSERT_TRUE(after) << told();
  EXPECT_EQ(number_at(*after, "decisions"), number_at(*replayed, "decisions"))
      << told() << ": a repeat was decided anew";
}

// As many decisions and events as were acknowledged, not one more.
void BankDay::check_counts(int64_t decisions) {
  const auto expect_count = [&](int64_t count, size_t acknowledged, const char* of) {
    EXPECT_GE(count, static_cast<int64_t>(acknowledged)) << told() << ": lost " << of;
    EXPECT_LE(count, static_cast<int64_t>(acknowledged) + unsettled_) << told() << ": done twice: " << of;
  };
  expect_count(decisions, applications_.size(), "decisions");
  int64_t payments = 0;
  for (const std::string& loan : loans_) {
    // As of a day after all, for the clock may stand before what has happened.
    const Json view = must("lending.loan", Json::Object{{"loan", loan}, {"on", "2030-01-01"}});
    for (const Json& event : *view.find("events")->list()) payments += text_at(event, "kind").ends_with("payment");
  }
  expect_count(payments, events_.size(), "payments");
}

void BankDay::work_in_a_child_and_kill_it(int ms) {
  doing_ = "a killed process";
  close();
  int pipe[2];
  CHECK(::pipe(pipe) == 0, "a pipe");
  const pid_t child = ::fork();
  CHECK(child >= 0, "a child");
  if (child == 0) {
    ::close(pipe[0]);
    open();
    const auto report = [&](const Request& request) {
      if (!request.answer) return;
      if (!write_line(pipe[1], request.verb) || !write_line(pipe[1], print_json(request.input)) ||
          !write_line(pipe[1], print_json(*request.answer))) {
        ::_exit(0);
      }
    };
    for (;;) {
      Request application{"lending.apply", new_application(), {}};
      send(application, false);
      report(application);
      if (loans_.empty()) continue;
      Request payment{"lending.repay",
                      Json::Object{{"loan", loans_[random_.below(loans_.size())]},
                                   {"event", "pay-" + std::to_string(++named_)},
                                   {"amount", "12.34 CNY"}},
                      {}};
      send(payment, true);
      report(payment);
    }
  }
  ::close(pipe[1]);
  std::string told_us;
  const int64_t until_ns = monotonic_ns() + int64_t{ms} * 1'000'000;
  bool killed = false;
  for (char bytes[65536];;) {
    if (!killed && (monotonic_ns() >= until_ns)) killed = ::kill(child, SIGKILL) == 0;
    pollfd ready{pipe[0], POLLIN, 0};
    if (::poll(&ready, 1, 1) == 0) continue;
    const ssize_t count = ::read(pipe[0], bytes, sizeof bytes);
    if (count <= 0) break;
    told_us.append(bytes, static_cast<size_t>(count));
  }
  ::close(pipe[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << told() << ": the child ended by itself";
  ++unsettled_;
  named_ += 1'000'000;  // keys that the child used are not ours to use again
  for (size_t start = 0;;) {
    std::string lines[3];
    size_t at = start;
    int got = 0;
    for (; got < 3; ++got) {
      const size_t end = told_us.find('\n', at);
      if (end == std::string::npos) break;
      lines[got] = told_us.substr(at, end - at);
      at = end + 1;
    }
    if (got < 3) break;
    start = at;
    acknowledge({lines[0], *parse_json(lines[1]), *parse_json(lines[2])});
  }
  open();
}

}  // namespace puhui::simulation
