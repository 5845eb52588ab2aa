// For tests only: the small lender of the kernel's tests with drift's tables, and many decisions at once.
#pragma once

#include <cmath>

#include "governance/drift/decay_book.h"
#include "governance/drift/drift_book.h"
#include "governance/drift/measure.h"
#include "governance/incidents/alert.h"
#include "infrastructure/kernel/kernel_for_test.h"

namespace puhui::drift {

class Silent : public Progress {
  void step(std::string_view, uint64_t, uint64_t) override {}
};

inline std::vector<Migration> tables_for_test() {
  std::vector<Migration> out = incidents::migrations();
  for (Migration& migration : migrations()) out.push_back(std::move(migration));
  return out;
}

// One applicant; what is not set is absent.
struct Applicant {
  std::optional<int64_t> income, late;
  std::string phone;
};

class DriftTest : public kernel::KernelTest {
 protected:
  DriftTest() : KernelTest(tables_for_test()) {}
  // Decides on `more` instead.
  explicit DriftTest(const evidence::UseCase& more) : KernelTest(tables_for_test(), {more}), use_case_(more.name) {}
  ~DriftTest() override { close_books(); }

  static constexpr int64_t kDay = 86'400'000'000;

  std::shared_ptr<const kernel::Version> grant_for_long(std::string cap = "0.30") {
    kernel::TestProposal proposal;
    proposal.valid_us = 4000 * kDay;
    proposal.cap = std::move(cap);
    proposal.use_case = use_case_;
    return grant(proposal);
  }

  // `make(i)` for each of them, all at this moment, in few commits.
  void decide(int count, const std::function<Applicant(int)>& make) {
    const auto version = *kernel_->in_force(use_case_);
    kernel::Workspace workspace;
    for (int done = 0; done < count;) {
      std::vector<kernel::Draft> drafts;
      for (; done < count && drafts.size() < 500; ++done) {
        const Applicant applicant = make(done);
        const auto number = [](std::optional<int64_t> value) {
          return value ? evidence::FactValue(evidence::Number::whole(*value)) : evidence::FactValue();
        };
        const auto phone = applicant.phone.empty() ? evidence::FactValue() : evidence::FactValue(applicant.phone);
        kernel::Request request{version,
                                {1, static_cast<uint64_t>(done)},
                                {number(applicant.income), number(applicant.late), phone, evidence::Number::whole(41)},
                                "test",
                                clock_.now()};
        auto draft = kernel_->judge(std::move(request), workspace);
        CHECK(draft.has_value(), draft ? "" : draft.error().text().c_str());
        drafts.push_back(*std::move(draft));
      }
      const auto written = store_->write([&](Transaction& tx) -> Result<void> {
        for (const kernel::Draft& draft : drafts) kernel_->record(tx, draft);
        return {};
      });
      CHECK(written.has_value(), "the decisions are kept");
    }
  }
  // Incomes are lognormal around `median`, late payments 0 to 5.
  void decide_usual(int count, RandomStream& stream, double median = 4000) {
    decide(count, [&](int) {
      Applicant out;
      out.income = static_cast<int64_t>(std::lround(median * std::exp(stream.normal())));
      out.late = static_cast<int64_t>(stream.below(6));
      out.phone = std::to_string(13'800'000'000 + stream.below(100'000'000));
      return out;
    });
  }

  void open_books() {
    close_books();
    auto book = DriftBook::open(*store_, *log_, *kernel_);
    CHECK(book.has_value(), book ? "" : book.error().text().c_str());
    book_ = *std::move(book);
    decay_ = std::make_unique<DecayBook>();
    follower_ = std::make_unique<kernel::Follower>(*store_, *log_, *kernel_);
    CHECK(follower_->add(*book_).has_value() && follower_->add(*decay_).has_value(), "the books are fed");
  }
  void close_books() { follower_.reset(), decay_.reset(), book_.reset(); }
  void follow() {
    if (!follower_) open_books();
    const auto followed = follower_->catch_up(silent_);
    CHECK(followed.has_value(), followed ? "" : followed.error().text().c_str());
  }

  MeasureNeeds needs() { return {*store_, *kernel_, clock_}; }
  ShowAnswer shown(ShowRequest request = {}) {
    if (request.use_case.empty()) request.use_case = kernel::kTestUseCase;
    const auto answer = show(needs(), request);
    EXPECT_TRUE(answer) << (answer ? "" : answer.error().text());
    return answer.value_or(ShowAnswer{});
  }
  static FieldView field(const ShowAnswer& answer, std::string_view name) {
    for (const FieldView& each : answer.fields_seen) {
      if (each.field == name) return each;
    }
    ADD_FAILURE() << "no field " << name;
    return {};
  }
  std::vector<incidents::OpenAlert> alerts() {
    std::vector<incidents::OpenAlert> out;
    const auto read = store_->read([&](Reader& reader) -> Result<void> {
      out = TRY(incidents::open_alerts(reader));
      return {};
    });
    EXPECT_TRUE(read);
    return out;
  }

  const std::string use_case_ = std::string(kernel::kTestUseCase);
  Silent silent_;
  std::unique_ptr<DriftBook> book_;
  std::unique_ptr<DecayBook> decay_;
  std::unique_ptr<kernel::Follower> follower_;
};

}  // namespace puhui::drift
