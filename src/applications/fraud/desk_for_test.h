// For tests only: a desk with the shipped scheme of card payments in force, on a fresh store of each engine.
#pragma once

#include <future>

#include "applications/fraud/book.h"
#include "applications/fraud/verbs.h"
#include "infrastructure/cases/reading.h"
#include "infrastructure/evidence/outcome.h"
#include "infrastructure/kernel/kernel_for_test.h"

namespace puhui::fraud {

inline std::vector<Migration> tables_for_test() {
  std::vector<Migration> out = features::migrations();
  for (auto& more : {cases::migrations(), fraud::migrations()}) out.insert(out.end(), more.begin(), more.end());
  return out;
}

class DeskTest : public kernel::KernelTest {
 protected:
  static constexpr int64_t kSecondUs = 1'000'000, kMinuteUs = 60 * kSecondUs, kDayUs = 1440 * kMinuteUs;

  DeskTest() : KernelTest(tables_for_test(), use_cases()) {
    open_desk();
    grant_scheme(folder());
  }
  ~DeskTest() override { close_desk(); }

  void open_desk() {
    office_ = std::make_unique<cases::Office>(cases::OfficeNeeds{*store_, *log_, clock_});
    auto desk = Desk::open({*store_, *log_, *kernel_, *office_, clock_, words_});
    CHECK(desk.has_value(), desk ? "" : desk.error().text().c_str());
    desk_ = *std::move(desk);
    verb_needs_.emplace(VerbNeeds{*store_, *log_, *kernel_, *desk_, files_, clock_});
  }
  void close_desk() {
    if (store_) store_->close();
    verb_needs_.reset();
    desk_.reset();
    office_.reset();
  }
  // As after a restart.
  void reopen() {
    close_desk();
    open();
    open_desk();
  }

  SchemeFolder folder(const std::string& name = "card_payment") {
    auto read = read_scheme_folder(files_, "policies/" + name, "policy_rules.dmn");
    CHECK(read.has_value(), read ? "" : read.error().text().c_str());
    return *std::move(read);
  }
  evidence::Permit permit_of(const SchemeFolder& folder) {
    clock_.advance_us(1);
    auto manifest = propose(*kernel_, folder, {{}, "author", 365, ""}, clock_.now());
    CHECK(manifest.has_value(), manifest ? "" : manifest.error().text().c_str());
    return signed_permit(*manifest);
  }
  void grant_scheme(const SchemeFolder& folder) {
    const auto granted = kernel_->grant(permit_of(folder), "test");
    CHECK(granted.has_value(), granted ? "" : granted.error().text().c_str());
  }
  static std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const size_t at = text.find(from);
    CHECK(at != std::string::npos, from.c_str());
    return text.replace(at, from.size(), to);
  }

  static Json payment(const std::string& customer, int64_t amount_minor, Json::Object more = {}) {
    Json::Object out{{"customer", customer}, {"amount_minor", amount_minor}};
    for (auto& member : more) out.push_back(std::move(member));
    return out;
  }
  Result<Answered> try_judge(const std::string& key, const Json& fields, std::optional<Timestamp> at = {}) {
    return desk_->judge({"card_payment", key, at, fields}, "till");
  }
  Answered judge(const std::string& key, const Json& fields, std::optional<Timestamp> at = {}) {
    auto answered = try_judge(key, fields, at);
    EXPECT_TRUE(answered) << answered.error().text();
    return answered.value_or(Answered{});
  }
  std::string refusal(const std::string& key, const Json& fields, std::optional<Timestamp> at = {}) {
    const auto answered = try_judge(key, fields, at);
    return answered ? "answered" : answered.error().text();
  }
  // Too many of 5 yuan or less within the hour: at 200 yuan and more held, below challenged.
  Answered judge_suspicious(const std::string& key, int64_t amount_minor) {
    for (int i = 0; i < 4; ++i) judge(key + "-small" + std::to_string(i), payment("c-" + key, 100));
    for (int i = 0; i < 4; ++i) judge(key + "-more" + std::to_string(i), payment("c-" + key, 3000));
    return judge(key, payment("c-" + key, amount_minor));
  }
  Answered hold(const std::string& key) {
    const Answered out = judge_suspicious(key, 40'000);
    EXPECT_EQ(out.action, Action::hold);
    return out;
  }
  Answered challenge(const std::string& key) {
    const Answered out = judge_suspicious(key, 4000);
    EXPECT_EQ(out.action, Action::challenge);
    return out;
  }

  Json must(const std::string& verb, const Json& input, Caller caller = {"anna", {"*"}}) {
    for (auto& verbs : {payment_verbs(&*verb_needs_), browse_verbs(&*verb_needs_)}) {
      for (const Verb& one : verbs) {
        if (one.verb != verb) continue;
        auto answer = one.run({caller, unwatched_, &files_}, input);
        EXPECT_TRUE(answer) << answer.error().text();
        return answer ? *answer : Json();
      }
    }
    ADD_FAILURE() << "no verb " << verb;
    return {};
  }
  PaymentView page(const std::string& key) {
    return read_json<PaymentView>(must("payment", Json::Object{{"scheme", "card_payment"}, {"key", key}})).value();
  }
  std::string feature(const std::string& key, const std::string& name) {
    for (const FactLine& line : page(key).features) {
      if (line.name == name) return line.value;
    }
    return "none";
  }
  Result<std::optional<bool>> label(const std::string& key, bool fraud) {
    Result<std::optional<bool>> before = std::optional<bool>();
    const auto written = store_->write([&](Transaction& tx) -> Result<void> {
      before = desk_->label(tx, "card_payment", key, fraud, clock_.now(), "chargeback");
      if (!before) return fail(before.error());
      return {};
    });
    if (!written) return fail(written.error());
    return before;
  }
  std::vector<cases::Alert> alerts(const std::string& key) {
    std::vector<cases::Alert> out;
    EXPECT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
      out = TRY(cases::alerts_about(reader, kApplicationName, "card_payment/" + key));
      return {};
    }));
    return out;
  }
  std::optional<evidence::Outcome> outcome(const Answered& answered) {
    std::optional<evidence::Outcome> out;
    EXPECT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
      out = TRY(evidence::find_outcome(reader, answered.decision, kFraudOutcome));
      return {};
    }));
    return out;
  }
  // Words of the acts that hold `text`.
  std::vector<std::string> acts(const std::string& text) {
    std::vector<std::string> out;
    EXPECT_TRUE(log_->each(std::nullopt, 100'000, [&](const evidence::StoredRecord& record) -> Result<void> {
      const bool act = record.kind == evidence::RecordKind::note || record.kind == evidence::RecordKind::review;
      if (act && record.judgement.find(text) != std::string::npos) out.push_back(record.judgement);
      return {};
    }));
    return out;
  }

  class Nobody : public Progress {
    void step(std::string_view, uint64_t, uint64_t) override {}
  } unwatched_;
  DiskFiles files_;
  std::unique_ptr<cases::Office> office_;
  std::unique_ptr<Desk> desk_;
  std::optional<VerbNeeds> verb_needs_;
};

}  // namespace puhui::fraud
