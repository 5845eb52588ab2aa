#include "governance/inventory/inventory.h"

#include <gmock/gmock.h>

#include "governance/incidents/switches.h"
#include "governance/incidents/verbs_for_test.h"
#include "governance/inventory/inventory_verbs.h"
#include "governance/inventory/production.h"
#include "infrastructure/kernel/kernel_for_test.h"

namespace puhui::inventory {
namespace {

using kernel::TestProposal;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

constexpr int64_t kDayUs = 86'400'000'000;
const std::string kUseCase(kernel::kTestUseCase);

std::vector<Migration> tables() {
  std::vector<Migration> out = incidents::migrations();
  for (Migration& migration : migrations()) out.push_back(std::move(migration));
  return out;
}

class InventoryTest : public kernel::KernelTest {
 protected:
  InventoryTest() : KernelTest(tables()), needs_{*store_, *log_, *kernel_, clock_}, verbs_(inventory_verbs(&needs_)) {}

  Digest grant_cap(const std::string& cap, models::ModelKind model = models::ModelKind::scorecard) {
    clock_.advance_us(1'000'000);
    TestProposal proposal;
    proposal.cap = cap;
    proposal.model = model;
    proposal.valid_us = 1000 * kDayUs;
    return grant(proposal)->digest();
  }
  Json ask(std::string_view words, const std::string& json) {
    auto answer = incidents::ask(verbs_, words, "anna", json);
    EXPECT_TRUE(answer) << words << ": " << answer.error().text();
    return answer ? *answer : Json();
  }
  std::vector<std::string> titles(const std::string& json) {
    std::vector<std::string> out;
    const Json answer = ask("inventory list", json);
    for (const Json& item : *answer.find("items")->list()) {
      out.push_back(incidents::text_at(item, "kind") + ": " + incidents::text_at(item, "title"));
    }
    return out;
  }
  std::vector<Production> production_at(Timestamp at) {
    std::vector<Production> out;
    EXPECT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
      out = TRY(production(reader, at, ""));
      return {};
    }));
    return out;
  }
  std::vector<incidents::OpenAlert> alerts() {
    std::vector<incidents::OpenAlert> out;
    EXPECT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
      out = TRY(incidents::open_alerts(reader));
      return {};
    }));
    return out;
  }

  InventoryNeeds needs_;
  std::vector<Verb> verbs_;
};

TEST_P(InventoryTest, it_is_read_from_permits_policies_and_models) {
  grant_cap("0.30");
  EXPECT_THAT(titles(R"({"status": "in_use"})"),
              UnorderedElementsAre("use_case: Approval", "policy: policy of " + kUseCase, "model: pd of " + kUseCase,
                                   "feature: income", "feature: late"));
  EXPECT_EQ(titles(R"({"kind": "permit"})").size(), 1u);
}

TEST_P(InventoryTest, what_is_replaced_is_retired_and_the_past_stays_asked_for) {
  grant_cap("0.30");
  const Timestamp then = clock_.now();
  grant_cap("0.30", models::ModelKind::boosting);
  EXPECT_EQ(titles(R"({"kind": "model", "status": "in_use"})").size(), 1u);
  EXPECT_EQ(titles(R"({"kind": "model", "status": "retired"})").size(), 1u);
  EXPECT_EQ(titles(R"({"kind": "model", "at": ")" + text_of(then) + R"("})").size(), 1u);
  EXPECT_EQ(titles(R"({"kind": "model", "at": "2020-01-01T00:00:00Z"})").size(), 0u);
}

TEST_P(InventoryTest, lineage_goes_from_the_feature_to_the_use_case) {
  grant_cap("0.30");
  const auto all = catalogue(needs_, clock_.now());
  ASSERT_TRUE(all);
  const auto up = lineage(*all, ItemKind::feature, "income");
  ASSERT_TRUE(up);
  EXPECT_EQ(up->nodes.size(), 5u) << "feature, model, policy, permit, use case; not the other feature";
  EXPECT_EQ(up->edges.size(), 4u);
  const auto down = lineage(*all, ItemKind::use_case, kUseCase);
  ASSERT_TRUE(down);
  EXPECT_EQ(down->nodes.size(), 6u);
  EXPECT_FALSE(lineage(*all, ItemKind::feature, "shoe size"));
}

TEST_P(InventoryTest, production_of_a_past_moment_is_what_decided_then) {
  const Timestamp before = clock_.now();
  const Digest first = grant_cap("0.10");
  const Timestamp middle = clock_.now();
  const Digest second = grant_cap("0.20");
  EXPECT_TRUE(production_at(before).empty());
  ASSERT_EQ(production_at(middle).size(), 1u);
  EXPECT_EQ(production_at(middle)[0].permit, first);
  EXPECT_EQ(production_at(middle)[0].thresholds[0].value, "0.10");
  EXPECT_THAT(production_at(middle)[0].signed_by, ::testing::ElementsAre("anna", "bo"));
  EXPECT_EQ(production_at(clock_.now())[0].permit, second);
  EXPECT_TRUE(production_at({clock_.now().microseconds + 2000 * kDayUs})[0].expired);
}

TEST_P(InventoryTest, stops_and_challengers_of_a_moment_are_told) {
  grant_cap("0.10");
  TestProposal rival;
  rival.cap = "0.20";
  rival.valid_us = 1000 * kDayUs;
  const auto permit = signed_permit(manifest_of(rival));
  ASSERT_TRUE(kernel_->admit(permit, "anna"));
  clock_.advance_us(1'000'000);
  ASSERT_TRUE(kernel_->challenge({kUseCase, permit.manifest.digest()}, "anna"));
  incidents::Switches switches({*store_, *log_, *kernel_, clock_});
  ASSERT_TRUE(switches.stop({kernel::StopScope::use_case, kUseCase, "too many refusals", "anna", {}}));
  const Timestamp during = clock_.now();
  clock_.advance_us(1'000'000);
  ASSERT_TRUE(kernel_->withdraw_challenger(kUseCase, "anna", "no better"));
  ASSERT_TRUE(switches.lift({kernel::StopScope::use_case, kUseCase, "fine", "anna"}));
  ASSERT_TRUE(switches.lift({kernel::StopScope::use_case, kUseCase, "fine", "bo"}));
  Challengers challengers;
  kernel::Follower follower(*store_, *log_, *kernel_);
  ASSERT_TRUE(follower.add(challengers));
  incidents::QuietProgress progress;
  ASSERT_TRUE(follower.catch_up(progress));
  ASSERT_EQ(production_at(during)[0].stops.size(), 1u);
  EXPECT_THAT(production_at(during)[0].stops[0], HasSubstr("stopped by anna"));
  ASSERT_EQ(production_at(during)[0].challengers.size(), 1u);
  EXPECT_THAT(production_at(during)[0].challengers[0], HasSubstr(permit.manifest.digest().hex() + ": shadow"));
  EXPECT_TRUE(production_at(clock_.now())[0].stops.empty());
  EXPECT_TRUE(production_at(clock_.now())[0].challengers.empty());
}

TEST_P(InventoryTest, a_validation_holds_by_tier_and_an_overdue_one_is_an_alert) {
  grant_cap("0.30");
  EXPECT_TRUE(titles(R"({"overdue": true})").empty());
  clock_.advance_us(kFirstValidationDays * kDayUs + 1);
  EXPECT_EQ(titles(R"({"overdue": true})").size(), 3u) << "use case, policy and model";
  ASSERT_TRUE(watch_validations(needs_));
  EXPECT_EQ(alerts().size(), 3u);
  const Json models = ask("inventory list", R"({"kind": "model"})");
  const std::string name = incidents::text_at(models.find("items")->list()->front(), "name");
  const std::string of = R"({"kind": "model", "name": ")" + name + R"(")";
  const Json validated = ask("inventory validate", of + R"(, "outcome": "passed", "note": "stable"})");
  EXPECT_EQ(incidents::text_at(validated, "overdue"), "false");
  EXPECT_EQ(incidents::text_at(validated, "validated_by"), "anna");
  ASSERT_TRUE(watch_validations(needs_));
  EXPECT_EQ(alerts().size(), 2u);
  clock_.advance_us(366 * kDayUs);
  EXPECT_EQ(incidents::text_at(*ask("inventory show", of + "}").find("item"), "overdue"), "true") << "tier 1: a year";
  ask("inventory declare", of + R"(, "validation_months": 24})");
  EXPECT_EQ(incidents::text_at(*ask("inventory show", of + "}").find("item"), "overdue"), "false");
  clock_.advance_us(1);
  EXPECT_EQ(incidents::text_at(ask("inventory validate", of + R"(, "outcome": "failed"})"), "overdue"), "true");
}

TEST_P(InventoryTest, what_is_declared_stands_until_it_is_declared_otherwise) {
  grant_cap("0.30");
  ask("inventory declare", R"({"kind": "feature", "name": "income", "owner": "data office", "purpose": "monthly"})");
  clock_.advance_us(1'000'000);
  const Json item = ask("inventory declare", R"({"kind": "feature", "name": "income", "purpose": "monthly net",
                                                 "documents": [{"title": "Dictionary", "link": "https://x/d"}]})");
  EXPECT_EQ(incidents::text_at(item, "owner"), "data office");
  EXPECT_EQ(incidents::text_at(item, "purpose"), "monthly net");
  EXPECT_EQ(item.find("documents")->list()->size(), 1u);
  const Json prompt = ask("inventory declare", R"({"kind": "prompt", "name": "greeting", "owner": "service"})");
  EXPECT_EQ(incidents::text_at(prompt, "status"), "declared");
}

TEST_P(InventoryTest, lists_page_to_the_end) {
  grant_cap("0.30");
  std::vector<std::string> seen;
  std::string after;
  for (int page = 0; page < 10; ++page) {
    const Json answer =
        ask("inventory list", R"({"limit": 2)" + (after.empty() ? "" : R"(, "after": ")" + after + R"(")") + "}");
    for (const Json& item : *answer.find("items")->list()) seen.push_back(incidents::text_at(item, "name"));
    if (!answer.find("next")) break;
    after = incidents::text_at(answer, "next");
  }
  EXPECT_EQ(seen.size(), titles("{}").size());
}

INSTANTIATE_TEST_SUITE_P(Engines, InventoryTest, ::testing::ValuesIn(test_engines()));

}  // namespace
}  // namespace puhui::inventory
