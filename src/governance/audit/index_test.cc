#include "governance/audit/index.h"

#include "governance/audit/audit_for_test.h"

namespace puhui::audit {
namespace {

TEST(PlacesTest, are_read_as_written_whether_few_or_many) {
  for (const uint32_t step : {1u, 2u, 15u, 16u, 17u, 4095u}) {
    Places places;
    for (uint32_t place = 0; place < kBlockRecords; place += step) places.add(place);
    const std::string bytes = places.encode();
    EXPECT_LE(bytes.size(), 512u);
    const auto again = Places::decode(bytes);
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(*again, places) << "every " << step;
  }
}

TEST(PlacesTest, refuses_bytes_that_none_wrote) {
  EXPECT_FALSE(Places::decode("abc"));
  EXPECT_FALSE(Places::decode(std::string(514, 'a')));
  EXPECT_FALSE(Places::decode(std::string("\xff\xff", 2)));
}

TEST(PlacesTest, come_from_the_highest_down) {
  Places places;
  for (const uint32_t place : {0u, 63u, 64u, 4095u}) places.add(place);
  std::vector<uint32_t> seen;
  places.each_down([&](uint32_t place) { seen.push_back(place); });
  EXPECT_EQ(seen, (std::vector<uint32_t>{4095, 64, 63, 0}));
}

class IndexTest : public AuditTest {
 protected:
  FindAnswer found(const DecisionFilter& filter, int64_t limit = 1000, std::string after = "") {
    auto answer = find(*needs_, {filter, limit, std::move(after)});
    EXPECT_TRUE(answer) << answer.error().text();
    return answer ? *answer : FindAnswer{};
  }
  std::vector<Id128> ids(const DecisionFilter& filter) {
    std::vector<Id128> out;
    for (const DecisionRow& row : found(filter).decisions) out.push_back(row.id);
    return out;
  }
  // The slow reference: every record looked at.
  std::vector<Id128> ids_by_hand(
      const std::function<bool(const evidence::Judgement&, const evidence::Circumstances&)>& is) {
    std::vector<Id128> out;
    for (const auto& record : decisions()) {
      if (is(*evidence::decode_judgement(record.judgement), *evidence::decode_circumstances(record.circumstances))) {
        out.insert(out.begin(), record.id);
      }
    }
    return out;
  }
};

TEST_P(IndexTest, finds_what_a_walk_through_the_evidence_finds) {
  const auto first = grant(table_proposal());
  decide(first, 150);
  const auto second = grant(table_proposal(models::ModelKind::boosting));
  decide(second, 150);
  follow();
  const auto outcome_is = [](std::string_view outcome) {
    return [outcome](const evidence::Judgement& j, const evidence::Circumstances&) {
      return kernel::outcome_of(j) == outcome;
    };
  };
  EXPECT_EQ(ids({.outcome = "refuse"}), ids_by_hand(outcome_is("refuse")));
  EXPECT_EQ(ids({.outcome = "approve"}), ids_by_hand(outcome_is("approve")));
  EXPECT_EQ(ids({.use_case = "lending.approval"}).size(), 300u);
  EXPECT_EQ(ids({.use_case = std::string(kernel::kTestUseCase)}).size(), 300u);
  EXPECT_TRUE(ids({.use_case = "lending.approval/other"}).empty());
  const auto permit = first->digest();
  EXPECT_EQ(ids({.permit = permit}), ids_by_hand([&](const auto& j, const auto&) { return j.permit == permit; }));
  const auto model = *second->permit().manifest.artefact("model:pd");
  EXPECT_EQ(ids({.model = model}),
            ids_by_hand([&](const auto& j, const auto&) { return j.permit == second->digest(); }));
  const auto late = [](const auto& j, const auto&) {
    return std::any_of(j.reasons.begin(), j.reasons.end(), [](const auto& r) { return r.code == "often_late"; });
  };
  EXPECT_FALSE(ids({.reason = "often_late"}).empty());
  EXPECT_EQ(ids({.reason = "often_late"}), ids_by_hand(late));
  EXPECT_EQ(ids({.rule = "Admission, rule 1"}), ids_by_hand(late));
  EXPECT_EQ(ids({.outcome = "approve", .reason = "often_late"}), std::vector<Id128>{});
}

TEST_P(IndexTest, finds_by_entity_and_moment) {
  decide(grant(table_proposal()), 300);
  follow();
  const auto seventh = ids({.entity = Id128{7, 7}});
  ASSERT_EQ(seventh.size(), 1u);
  const auto all = decisions();
  EXPECT_EQ(seventh[0], all[6].id);
  const auto at = [&](size_t i) { return evidence::decode_circumstances(all[i].circumstances)->at; };
  EXPECT_EQ(ids({.from = at(10), .to = at(13)}), (std::vector<Id128>{all[12].id, all[11].id, all[10].id}));
  EXPECT_EQ(ids({.to = at(1)}), std::vector<Id128>{all[0].id});
  EXPECT_EQ(ids({.from = at(299)}), std::vector<Id128>{all[299].id});
  EXPECT_TRUE(ids({.entity = Id128{7, 7}, .from = at(7)}).empty());
}

TEST_P(IndexTest, pages_meet_without_gap_or_overlap) {
  decide(grant(table_proposal()), 257);
  follow();
  const auto all = ids({.outcome = "refuse"});
  std::vector<Id128> paged;
  std::string after;
  for (bool more = true; more;) {
    const auto page = found({.outcome = "refuse"}, 10, after);
    EXPECT_EQ(page.matches, static_cast<int64_t>(all.size()));
    for (const DecisionRow& row : page.decisions) paged.push_back(row.id);
    more = page.next.has_value();
    after = page.next.value_or("");
  }
  EXPECT_EQ(paged, all);
}

TEST_P(IndexTest, grows_by_few_at_a_time_as_by_many_at_once_and_says_what_it_does_not_hold_yet) {
  const auto version = grant(table_proposal());
  for (int round = 0; round < 30; ++round) {
    decide(version, 3);
    EXPECT_EQ(found({}).behind, round == 0 ? 4 : 3);  // the first time the permit's act too
    follow();
    if (round == 20) reopen();
    ASSERT_TRUE(round != 20 || found({}).behind == 0);
  }
  EXPECT_EQ(found({}).matches, 90);
  EXPECT_EQ(ids({}), ids_by_hand([](const auto&, const auto&) { return true; }));
}

TEST_P(IndexTest, a_cursor_that_is_none_is_refused) {
  const auto answer = find(*needs_, {{}, 10, "x"});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::invalid);
}

INSTANTIATE_TEST_SUITE_P(Engines, IndexTest, ::testing::ValuesIn(test_engines()));

}  // namespace
}  // namespace puhui::audit
