// The counts of drift: exactly those of the evidence, over chunks, failures and restarts; edges that never move.
#include <gtest/gtest.h>

#include "governance/drift/drift_for_test.h"
#include "governance/drift/drift_verbs.h"

namespace puhui::drift {
namespace {

using CountKey = std::tuple<int32_t, int64_t, size_t, size_t>;  // day, part, field, bin

class DriftBookTest : public DriftTest {
 protected:
  std::optional<StoredReference> reference(const Digest& permit) {
    std::optional<StoredReference> out;
    const auto read = store_->read([&](Reader& reader) -> Result<void> {
      out = TRY(find_reference(reader, permit));
      return {};
    });
    EXPECT_TRUE(read) << (read ? "" : read.error().text());
    return out;
  }

  std::map<CountKey, uint64_t> stored_counts(const Digest& permit) {
    std::map<CountKey, uint64_t> out;
    EXPECT_TRUE(store_->read([&](Reader& reader) {
      return each_count(reader, permit, {{0}, {100'000}}, [&](const Counted& counted) {
        out[{counted.day.days, static_cast<int64_t>(counted.part), counted.field, counted.bin}] += counted.rows;
      });
    }));
    return out;
  }

  // Straight from the evidence, record by record.
  std::map<CountKey, uint64_t> recounted(const Digest& permit, const Reference& reference) {
    const auto version = *kernel_->find_version(permit);
    std::map<CountKey, uint64_t> out;
    EXPECT_TRUE(log_->each(std::nullopt, 1'000'000, [&](const evidence::StoredRecord& record) -> Result<void> {
      if (record.kind != evidence::RecordKind::decision) return {};
      const auto judgement = TRY(evidence::decode_judgement(record.judgement));
      if (judgement.permit != permit) return {};
      const auto at = TRY(evidence::decode_circumstances(record.circumstances)).at;
      const auto facts = TRY(evidence::decode_facts(*record.facts)).facts;
      const Values values = values_of(*version, judgement, facts);
      const int64_t part = record.id.sequence() <= reference.last_record ? 0 : 1;
      for (size_t i = 0; i < values.size(); ++i) {
        ++out[{date_of(at).days, part, i, reference.frames[i].bin_of(*values[i])}];
      }
      return {};
    }));
    return out;
  }
};

TEST_P(DriftBookTest, TheCountsAreThoseOfTheEvidenceOverChunksAndRestarts) {
  const auto version = grant_for_long();
  RandomStream stream(Random(1), 1, 1);
  open_books();
  for (int round = 0; round < 6; ++round) {
    clock_.advance_us(kDay / 2);
    decide(1100, [&](int i) {
      Applicant out;
      out.income = static_cast<int64_t>(1000 + stream.below(9000));
      if (i % 7 != 0) out.late = static_cast<int64_t>(stream.below(6));
      return out;
    });
    while (follower_->behind() > 0) ASSERT_TRUE(follower_->follow(1 + stream.below(700), silent_));
    if (round % 2 == 1) {
      close_books();
      open();
      open_books();
    }
  }
  const auto stored = reference(version->digest());
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->reference.rows, kReferenceRows);
  EXPECT_EQ(stored_counts(version->digest()), recounted(version->digest(), stored->reference));
  EXPECT_EQ(sha256(stored->reference.bytes()), stored->digest);
}

// Passes everything on, and fails to write when told.
class Failing : public kernel::Projection {
 public:
  explicit Failing(DriftBook& book) : book_(book) {}
  std::string_view name() const override { return book_.name(); }
  void see(const kernel::Seen& seen) override { book_.see(seen); }
  void see_act(const evidence::StoredRecord& record, const evidence::Circumstances& at) override {
    book_.see_act(record, at);
  }
  Result<void> flush(Transaction& tx) override {
    TRY(book_.flush(tx));
    if (fail_next) return fail(ErrorCode::unavailable, "the disk is full");
    return {};
  }
  void settled() override { book_.settled(); }
  void dropped() override { book_.dropped(); }
  bool fail_next = false;

 private:
  DriftBook& book_;
};

TEST_P(DriftBookTest, AWriteThatFailsLeavesNothingCountedTwice) {
  const auto version = grant_for_long();
  RandomStream stream(Random(2), 1, 1);
  decide_usual(5600, stream);
  auto book = DriftBook::open(*store_, *log_, *kernel_);
  ASSERT_TRUE(book);
  Failing failing(**book);
  kernel::Follower follower(*store_, *log_, *kernel_);
  ASSERT_TRUE(follower.add(failing));
  while (follower.behind() > 0) {
    failing.fail_next = !failing.fail_next;
    EXPECT_EQ(follower.follow(900, silent_).has_value(), !failing.fail_next);
  }
  const auto stored = reference(version->digest());
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored_counts(version->digest()), recounted(version->digest(), stored->reference));
}

TEST_P(DriftBookTest, ThePlaceOfAnEdgeNeverMovesOnceFrozen) {
  const auto version = grant_for_long();
  RandomStream stream(Random(3), 1, 1);
  decide_usual(5100, stream);
  follow();
  const auto before = reference(version->digest());
  ASSERT_TRUE(before);
  decide_usual(3000, stream, 40'000);
  follow();
  EXPECT_EQ(reference(version->digest())->digest, before->digest);
  EXPECT_EQ(shown().reference->digest, before->digest);
  EXPECT_EQ(shown().rows_now, 3100);
}

// design: incomes 42 % higher. Frozen deciles see it; fields that did not move are left alone.
TEST_P(DriftBookTest, IncomesFortyTwoPercentHigherAreSeenAndTheirAlertIsSettledWhenTheyFallBack) {
  grant_for_long();
  RandomStream stream(Random(4), 1, 1);
  decide_usual(5000, stream);
  follow();
  clock_.advance_us(40 * kDay);
  decide_usual(5000, stream, 4000 * 1.42);
  follow();
  const auto measured = measure_all(needs());
  ASSERT_TRUE(measured) << measured.error().text();
  EXPECT_EQ(measured->use_cases[0].verdict, Verdict::watch);
  EXPECT_EQ(measured->use_cases[0].worst_field, "income");
  const FieldView income = field(shown(), "income");
  EXPECT_GT(income.psi, 0.1);
  EXPECT_LT(income.null_limit, 0.01);
  EXPECT_LT(income.smallest_visible_psi, 0.01);
  EXPECT_EQ(field(shown(), "late").verdict, Verdict::stable);
  ASSERT_EQ(alerts().size(), 1u);
  EXPECT_EQ(alerts()[0].kind, "drift");
  EXPECT_EQ(alerts()[0].use_case, kernel::kTestUseCase);
  EXPECT_NE(alerts()[0].en.find("income 0.1"), std::string::npos) << alerts()[0].en;

  clock_.advance_us(40 * kDay);
  decide_usual(5000, stream);
  follow();
  ASSERT_TRUE(measure_all(needs()));
  EXPECT_EQ(shown().verdict, Verdict::stable);
  EXPECT_TRUE(alerts().empty());
}

TEST_P(DriftBookTest, AFactThatGoesMissingIsShiftedAndItsShareIsTold) {
  grant_for_long();
  RandomStream stream(Random(5), 1, 1);
  decide_usual(5000, stream);
  follow();
  decide(2000, [&](int i) {
    Applicant out;
    out.income = static_cast<int64_t>(std::lround(4000 * std::exp(stream.normal())));
    if (i % 2 == 0) out.late = static_cast<int64_t>(stream.below(6));
    return out;
  });
  follow();
  const FieldView late = field(shown(), "late");
  EXPECT_EQ(late.verdict, Verdict::shifted);
  EXPECT_EQ(late.missing_then, 0);
  EXPECT_EQ(late.missing_now, 0.5);
  EXPECT_EQ(late.bins.back().label, "absent");
  EXPECT_EQ(late.days.size(), 1u);
}

TEST_P(DriftBookTest, AHundredDecisionsAreTooFewToCallStable) {
  grant_for_long();
  RandomStream stream(Random(6), 1, 1);
  decide_usual(5100, stream);
  follow();
  EXPECT_EQ(shown().verdict, Verdict::too_few);
  EXPECT_GT(field(shown(), "income").smallest_visible_psi, kWatchPsi);
}

TEST_P(DriftBookTest, SealedFactsAndRarePersonalTextsStandInNoReference) {
  const auto version = grant_for_long();
  RandomStream stream(Random(7), 1, 1);
  decide_usual(5000, stream);
  follow();
  const auto stored = reference(version->digest());
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->reference.bytes().find("13800"), std::string::npos);
  EXPECT_EQ(stored->reference.bytes().find("\"age\""), std::string::npos);
}

TEST_P(DriftBookTest, PeopleMayFreezeEarlierOnceAndTheAskingIsInTheEvidence) {
  grant_for_long();
  RandomStream stream(Random(8), 1, 1);
  decide_usual(700, stream);
  open_books();
  const VerbNeeds verb_needs{needs(), *log_, [&](Progress& progress) { return follower_->catch_up(progress); }};
  const auto all = verbs(&verb_needs);
  const auto freeze = std::find_if(all.begin(), all.end(), [](const Verb& verb) { return verb.verb == "freeze"; });
  const Caller caller{"anna", {"*"}};
  const auto ask = [&](int64_t rows) {
    Json input;
    input.set("use_case", kernel::kTestUseCase);
    input.set("rows", rows);
    return freeze->run({caller, silent_}, input);
  };
  EXPECT_EQ(ask(50).error().code, ErrorCode::invalid);
  EXPECT_EQ(ask(701).error().code, ErrorCode::invalid);
  const auto frozen = ask(600);
  ASSERT_TRUE(frozen) << frozen.error().text();
  EXPECT_EQ(ask(600).error().code, ErrorCode::conflict);
  EXPECT_EQ(shown().reference->rows, 600);
  EXPECT_EQ(shown().rows_now, 100);
  int acts = 0;
  ASSERT_TRUE(log_->each(std::nullopt, 10'000, [&](const evidence::StoredRecord& record) -> Result<void> {
    acts += record.kind == evidence::RecordKind::note && record.judgement.find("reference") != std::string::npos;
    return {};
  }));
  EXPECT_EQ(acts, 1);
}

TEST_P(DriftBookTest, WhatIsAskedWronglyIsRefusedWithWhatToDo) {
  const auto nothing = show(needs(), {.use_case = "lending.approval/none"});
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().code, ErrorCode::not_found);
  grant_for_long();
  RandomStream stream(Random(9), 1, 1);
  decide_usual(5000, stream);
  follow();
  ShowRequest request{.use_case = std::string(kernel::kTestUseCase), .field = "incom"};
  const auto misspelt = show(needs(), request);
  ASSERT_FALSE(misspelt);
  EXPECT_NE(misspelt.error().text().find("did you mean 'income'"), std::string::npos);
  request.field.clear(), request.from = Date{1}, request.to = Date{900};
  EXPECT_EQ(show(needs(), request).error().code, ErrorCode::invalid);
}

INSTANTIATE_TEST_SUITE_P(Engines, DriftBookTest, ::testing::ValuesIn(test_engines()));

}  // namespace
}  // namespace puhui::drift
