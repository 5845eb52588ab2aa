#include "infrastructure/evidence/evidence_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "ground/store/test_store.h"
#include "infrastructure/evidence/people.h"

namespace puhui::evidence {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr Timestamp kStart{1'767'225'600'000'000};

class Quiet : public Progress {
 public:
  void step(std::string_view, uint64_t, uint64_t) override {}
};

// Fails one step of the store when told to.
class OneFault : public StoreFaults {
 public:
  Result<void> before(Step step) override {
    if (step != armed_ || !on_.exchange(false)) return {};
    return fail(ErrorCode::unavailable, "injected");
  }
  void arm(Step step) {
    armed_ = step;
    on_ = true;
  }

 private:
  std::atomic<Step> armed_ = Step::begin;
  std::atomic<bool> on_ = false;
};

class EvidenceLogTest : public ::testing::TestWithParam<std::string> {
 protected:
  EvidenceLogTest() { open(); }
  void open() {
    log_.reset();
    store_.reset();
    auto store = open_store(place_.where(), migrations(), {clock_, &faults_});
    CHECK(store.has_value(), store ? "" : store.error().text().c_str());
    store_ = *std::move(store);
    auto log = EvidenceLog::open(*store_);
    CHECK(log.has_value(), log ? "" : log.error().text().c_str());
    log_ = *std::move(log);
  }
  ~EvidenceLogTest() override {
    if (store_) store_->close();
  }

  Circumstances now() {
    clock_.advance_us(1'000'000);
    Circumstances out;
    out.at = clock_.now();
    out.entity = {9, 9};
    out.caller = "test";
    return out;
  }
  static std::string facts_of(int number) {
    FactsPayload payload;
    payload.salt[0] = static_cast<uint8_t>(number);
    payload.facts = {Number::whole(number)};
    return encode(payload);
  }
  static std::string judgement_of(int number) {
    Judgement judgement;
    judgement.use_case = "test";
    judgement.outputs = {{"Outcome", Number::whole(number)}};
    return encode(judgement);
  }
  RecordId append(int number) {
    RecordId id;
    auto written = store_->write([&](Transaction&) -> Result<void> {
      id = log_->append_decision(judgement_of(number), now(), facts_of(number));
      return {};
    });
    EXPECT_TRUE(written) << written.error().text();
    return id;
  }
  std::vector<RecordId> append_many(int count) {
    std::vector<RecordId> ids;
    for (int i = 1; i <= count; ++i) ids.push_back(append(i));
    return ids;
  }
  // Changes the tables behind the log's back, as somebody with the database's password would.
  void tamper(std::string_view sql, std::initializer_list<Param> params = {}) {
    auto written = store_->write([&](Transaction& tx) -> Result<void> {
      TRY(tx.execute(sql, params));
      return {};
    });
    ASSERT_TRUE(written) << written.error().text();
  }
  ChainReport verify() {
    Quiet quiet;
    auto report = log_->verify(quiet);
    EXPECT_TRUE(report) << report.error().text();
    return report ? *report : ChainReport{};
  }
  // "number: what" of the first break, or "whole".
  std::string first_break() {
    const ChainReport report = verify();
    if (!report.first_break) return "whole";
    return std::to_string(report.first_break->id.sequence()) + ": " + report.first_break->what;
  }

  TestStore place_{GetParam()};
  ManualClock clock_{kStart};
  OneFault faults_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<EvidenceLog> log_;
};

TEST_P(EvidenceLogTest, a_record_is_found_as_it_was_appended) {
  const auto ids = append_many(3);
  const auto found = log_->find(ids[1]);
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_EQ(found->id, ids[1]);
  EXPECT_EQ(found->kind, RecordKind::decision);
  EXPECT_EQ(found->judgement, judgement_of(2));
  EXPECT_EQ(found->facts, facts_of(2));
  EXPECT_EQ(found->facts_digest, sha256(facts_of(2)));
  EXPECT_EQ(decode_circumstances(found->circumstances)->caller, "test");
  EXPECT_EQ(log_->find(RecordId::make(kStart, 0, 99)).error().code, ErrorCode::not_found);
  EXPECT_EQ(log_->find(RecordId::make(kStart, 0, 2)).error().code, ErrorCode::not_found)
      << "the right place at another time is another record";
}

TEST_P(EvidenceLogTest, ids_count_up_without_a_gap_and_tell_the_time) {
  const auto ids = append_many(5);
  for (size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(ids[i].sequence(), i + 1);
    EXPECT_EQ(made_at(ids[i]).microseconds, kStart.microseconds + static_cast<int64_t>(i + 1) * 1'000'000);
  }
  EXPECT_EQ(log_->records(), 5u);
  EXPECT_EQ(first_break(), "whole");
  EXPECT_EQ(verify().records, 5u);
}

TEST_P(EvidenceLogTest, walks_in_chain_order_from_any_record) {
  const auto ids = append_many(5);
  std::vector<uint64_t> seen;
  const auto visit = [&](const StoredRecord& record) -> Result<void> {
    seen.push_back(record.id.sequence());
    return {};
  };
  ASSERT_TRUE(log_->each(std::nullopt, 2, visit));
  ASSERT_TRUE(log_->each(ids[2], 100, visit));
  EXPECT_EQ(seen, (std::vector<uint64_t>{1, 2, 4, 5}));
}

TEST_P(EvidenceLogTest, many_callers_make_one_chain) {
  std::vector<std::jthread> callers;
  for (int t = 0; t < 4; ++t) {
    callers.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        const auto written = store_->write([&](Transaction&) -> Result<void> {
          Circumstances at;
          at.at = kStart;
          log_->append_decision(judgement_of(t * 100 + i), at, facts_of(i));
          return {};
        });
        EXPECT_TRUE(written);
      }
    });
  }
  callers.clear();
  EXPECT_EQ(verify().records, 100u);
  EXPECT_EQ(first_break(), "whole");
}

TEST_P(EvidenceLogTest, a_closure_that_fails_leaves_no_record_and_no_gap) {
  append(1);
  const auto failed = store_->write([&](Transaction&) -> Result<void> {
    log_->append_decision(judgement_of(2), now(), facts_of(2));
    log_->append_act(RecordKind::note, "two of them", now());
    return fail(ErrorCode::invalid, "the act that goes with it failed");
  });
  EXPECT_FALSE(failed);
  EXPECT_EQ(append(3).sequence(), 2u);
  EXPECT_EQ(verify().records, 2u);
  EXPECT_EQ(first_break(), "whole");
}

TEST_P(EvidenceLogTest, a_batch_that_fails_at_any_step_leaves_no_record_and_no_gap) {
  append(1);
  for (const auto step :
       {StoreFaults::Step::begin, StoreFaults::Step::closure, StoreFaults::Step::flush, StoreFaults::Step::commit}) {
    faults_.arm(step);
    const auto failed = store_->write([&](Transaction&) -> Result<void> {
      log_->append_decision(judgement_of(2), now(), facts_of(2));
      return {};
    });
    EXPECT_FALSE(failed) << static_cast<int>(step);
    EXPECT_EQ(verify().records, 1u);
    EXPECT_EQ(first_break(), "whole");
  }
  EXPECT_EQ(append(3).sequence(), 2u);
}

TEST_P(EvidenceLogTest, opened_again_it_goes_on_where_it_was) {
  append_many(3);
  open();
  EXPECT_EQ(log_->records(), 3u);
  EXPECT_EQ(append(4).sequence(), 4u);
  EXPECT_EQ(verify().records, 4u);
  EXPECT_EQ(first_break(), "whole");
}

TEST_P(EvidenceLogTest, two_nodes_keep_two_chains_in_one_store) {
  append_many(2);
  auto other = EvidenceLog::open(*store_, 7);
  ASSERT_TRUE(other);
  const auto written = store_->write([&](Transaction&) -> Result<void> {
    EXPECT_EQ((*other)->append_decision(judgement_of(8), now(), facts_of(8)).node(), 7);
    return {};
  });
  ASSERT_TRUE(written);
  EXPECT_EQ(verify().records, 3u);
  tamper("UPDATE evidence_record SET judgement = ? WHERE node = 7", {BytesView{"changed"}});
  EXPECT_EQ(verify().first_break->id.node(), 7);
  EXPECT_THAT(first_break(), HasSubstr("1: its id, kind, judgement"));
  tamper("DELETE FROM evidence_head WHERE node = 7");
  EXPECT_THAT(first_break(), HasSubstr("node 7 has records, but its head is gone"));
  store_->close();
}

TEST_P(EvidenceLogTest, a_changed_column_breaks_the_chain_at_that_record) {
  constexpr std::string_view kChanged = "its id, kind, judgement, circumstances, facts digest or link was changed";
  const std::string other(32, 'x');
  const struct {
    const char* column;
    std::string value;
    std::string_view expected;
  } kColumns[] = {{"judgement", judgement_of(99), kChanged},
                  {"circumstances", encode(Circumstances{}), kChanged},
                  {"facts", facts_of(99), "its facts differ from those it was decided on"},
                  {"facts_digest", other, "its facts differ from those it was decided on"},
                  {"link", other, kChanged},
                  {"link", "short", "its kind or a digest is not what was written"},
                  {"facts_digest", "", "its kind or a digest is not what was written"}};
  append_many(5);
  for (const auto& column : kColumns) {
    std::string kept;
    ASSERT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
      kept = *TRY(reader.bytes("SELECT " + std::string(column.column) + " FROM evidence_record WHERE sequence = 3"));
      return {};
    }));
    const std::string sql = "UPDATE evidence_record SET " + std::string(column.column) + " = ? WHERE sequence = 3";
    tamper(sql, {BytesView{column.value}});
    EXPECT_EQ(first_break(), "3: " + std::string(column.expected)) << column.column;
    tamper(sql, {BytesView{kept}});
    EXPECT_EQ(first_break(), "whole");
  }
}

TEST_P(EvidenceLogTest, a_changed_kind_time_or_place_breaks_the_chain_at_that_record) {
  append_many(5);
  tamper("UPDATE evidence_record SET kind = 4 WHERE sequence = 3");
  EXPECT_THAT(first_break(), HasSubstr("3: its id, kind, judgement"));
  tamper("UPDATE evidence_record SET kind = " + std::to_string(kRecordKindMax + 1) + " WHERE sequence = 3");
  EXPECT_THAT(first_break(), HasSubstr("3: its kind or a digest"));
  tamper("UPDATE evidence_record SET kind = 1, id_high = id_high + 65536 WHERE sequence = 3");
  EXPECT_THAT(first_break(), HasSubstr("3: its id, kind, judgement"));
  tamper("UPDATE evidence_record SET id_high = id_high - 65536 WHERE sequence = 3");
  EXPECT_EQ(first_break(), "whole");
  tamper("UPDATE evidence_record SET node = 3 WHERE sequence = 3");
  EXPECT_THAT(first_break(), HasSubstr("node 3 has records, but its head is gone"));
}

TEST_P(EvidenceLogTest, a_digest_changed_with_its_facts_breaks_the_chain_too) {
  append_many(4);
  const std::string facts = facts_of(77);
  tamper("UPDATE evidence_record SET facts = ?, facts_digest = ? WHERE sequence = 2",
         {BytesView{facts}, BytesView{sha256(facts).view()}});
  EXPECT_THAT(first_break(), HasSubstr("2: its id, kind, judgement"));
}

TEST_P(EvidenceLogTest, a_removed_record_is_missed_at_the_next) {
  append_many(5);
  tamper("DELETE FROM evidence_record WHERE sequence = 3");
  EXPECT_THAT(first_break(), HasSubstr("4: expected record 3 of node 0, came 4: records are missing"));
}

TEST_P(EvidenceLogTest, a_cut_tail_is_missed_by_the_head) {
  append_many(5);
  tamper("DELETE FROM evidence_record WHERE sequence >= 4");
  EXPECT_EQ(first_break(), "4: the chain ends after 3 records, its head says 5");
  tamper("DELETE FROM evidence_record");
  EXPECT_EQ(first_break(), "1: the chain ends after 0 records, its head says 5");
}

TEST_P(EvidenceLogTest, a_head_that_was_moved_or_removed_is_found) {
  append_many(3);
  tamper("UPDATE evidence_head SET sequence = 2");
  EXPECT_EQ(first_break(), "4: the chain ends after 3 records, its head says 2");
  tamper("UPDATE evidence_head SET sequence = 3, link = ?", {BytesView{std::string_view("not a digest")}});
  EXPECT_THAT(first_break(), HasSubstr("4: the chain ends after 3 records"));
  tamper("DELETE FROM evidence_head");
  EXPECT_THAT(first_break(), HasSubstr("node 0 has records, but its head is gone"));
}

TEST_P(EvidenceLogTest, swapped_records_are_found_at_the_first_of_them) {
  append_many(5);
  tamper("UPDATE evidence_record SET sequence = -1 WHERE sequence = 2");
  tamper("UPDATE evidence_record SET sequence = 2 WHERE sequence = 3");
  tamper("UPDATE evidence_record SET sequence = 3 WHERE sequence = -1");
  EXPECT_THAT(first_break(), HasSubstr("2: its id, kind, judgement"));
}

TEST_P(EvidenceLogTest, retention_erases_old_facts_and_says_so_in_an_unbroken_chain) {
  const auto ids = append_many(5);
  Circumstances by = now();
  by.caller = "retention officer";
  const auto erased = log_->erase_facts({kStart.microseconds + 3'500'000}, by);
  ASSERT_TRUE(erased) << erased.error().text();
  EXPECT_EQ(*erased, 3u);
  EXPECT_EQ(first_break(), "whole");
  EXPECT_EQ(verify().facts_erased, 3u);
  EXPECT_FALSE(log_->find(ids[2])->facts);
  EXPECT_EQ(log_->find(ids[2])->judgement, judgement_of(3));
  EXPECT_EQ(log_->find(ids[3])->facts, facts_of(4));
  std::vector<StoredRecord> last;
  ASSERT_TRUE(log_->each(ids[4], 10, [&](const StoredRecord& record) -> Result<void> {
    last.push_back(record);
    return {};
  }));
  ASSERT_EQ(last.size(), 1u);
  EXPECT_EQ(last[0].kind, RecordKind::erasure);
  EXPECT_THAT(last[0].judgement, AllOf(HasSubstr("facts of 3 decisions"), HasSubstr("erased by retention")));
  EXPECT_EQ(decode_circumstances(last[0].circumstances)->caller, "retention officer");

  EXPECT_EQ(*log_->erase_facts({kStart.microseconds + 3'500'000}, now()), 0u) << "nothing is left to erase";
  EXPECT_EQ(log_->records(), 6u) << "and nothing is recorded of it";
}

TEST_P(EvidenceLogTest, a_subjects_right_erases_the_facts_of_the_decisions_it_names_in_an_unbroken_chain) {
  const auto ids = append_many(5);
  uint64_t erased = 0;
  ASSERT_TRUE(store_->write([&](Transaction& tx) -> Result<void> {
    erased = TRY(log_->erase_facts_of(tx, std::vector{ids[1], ids[3]}, now()));
    return {};
  }));
  EXPECT_EQ(erased, 2u);
  EXPECT_EQ(first_break(), "whole");
  EXPECT_EQ(verify().facts_erased, 2u);
  EXPECT_FALSE(log_->find(ids[1])->facts);
  EXPECT_TRUE(log_->find(ids[2])->facts);
  tamper("UPDATE evidence_record SET facts = NULL WHERE sequence = 3");
  EXPECT_EQ(first_break(), "3: its facts are gone, and no act of retention says that they were erased");
}

TEST_P(EvidenceLogTest, facts_that_are_gone_without_an_act_of_retention_are_found) {
  append_many(5);
  tamper("UPDATE evidence_record SET facts = NULL WHERE sequence IN (2, 4)");
  EXPECT_EQ(first_break(), "2: its facts are gone, and no act of retention says that they were erased");
  ASSERT_TRUE(log_->erase_facts({kStart.microseconds + 3'500'000}, now()));
  EXPECT_EQ(first_break(), "4: its facts are gone, and no act of retention says that they were erased");
  tamper("UPDATE evidence_record SET facts = NULL WHERE kind = 3");
  EXPECT_THAT(first_break(), HasSubstr("6: it is an act"));
}

TEST_P(EvidenceLogTest, a_person_keeps_one_name_and_one_key) {
  const auto key = [](uint8_t number) {
    std::array<uint8_t, 32> seed{};
    seed.fill(number);
    return SigningKey::from_seed(seed).public_key();
  };
  const auto add = [&](const Person& person) {
    return store_->write([&](Transaction& tx) { return add_person(tx, person, kStart); });
  };
  ASSERT_TRUE(add({"bo", key(1), true}));
  ASSERT_TRUE(add({"anna", key(2), false}));
  const auto same_name = add({"bo", key(3), true});
  ASSERT_FALSE(same_name);
  EXPECT_EQ(same_name.error().text(), "conflict: name: 'bo' is known already");
  const auto same_key = add({"carl", key(2), true});
  ASSERT_FALSE(same_key);
  EXPECT_EQ(same_key.error().text(), "conflict: key: is that of 'anna'; one key, one person");
  EXPECT_EQ(add({"", key(4), true}).error().code, ErrorCode::invalid);
  EXPECT_EQ(add({std::string(65, 'x'), key(4), true}).error().code, ErrorCode::invalid);
  ASSERT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
    const auto people = TRY(read_people(reader));
    EXPECT_EQ(people.size(), 2u);
    EXPECT_EQ(people[0].name, "anna");
    EXPECT_FALSE(people[0].may_approve);
    EXPECT_EQ(people[1].key, key(1));
    return {};
  }));
}

INSTANTIATE_TEST_SUITE_P(Engines, EvidenceLogTest, ::testing::ValuesIn(test_engines()),
                         [](const auto& engine) { return engine.param; });

}  // namespace
}  // namespace puhui::evidence
