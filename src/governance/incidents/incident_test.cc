#include <gmock/gmock.h>

#include "governance/incidents/incident_verbs.h"
#include "governance/incidents/verbs_for_test.h"
#include "infrastructure/kernel/kernel_for_test.h"

namespace puhui::incidents {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class IncidentTest : public kernel::KernelTest {
 protected:
  IncidentTest() : KernelTest(migrations()) { open_verbs(); }
  void open_verbs() {
    needs_.emplace(IncidentNeeds{*store_, *log_, *kernel_, clock_});
    verbs_ = alert_verbs(&*needs_);
    for (Verb& verb : incident_verbs(&*needs_)) verbs_.push_back(std::move(verb));
  }
  Json ask(std::string_view words, const std::string& who, const std::string& json) {
    clock_.advance_us(1'000'000);
    auto answer = incidents::ask(verbs_, words, who, json);
    EXPECT_TRUE(answer) << words << ": " << answer.error().text();
    return answer ? *answer : Json();
  }
  std::string refusal(std::string_view words, const std::string& json) {
    const auto answer = incidents::ask(verbs_, words, "anna", json);
    return answer ? "answered" : answer.error().text();
  }
  std::string open_one() {
    return text_at(ask("incident open", "anna", R"({"severity": 2, "use_case": "lending.approval/test",
                                                    "what_happened": "Twice as many refusals as usual."})"),
                   "id");
  }
  // Words of every act in the evidence, with who did it.
  std::vector<std::string> acts() {
    std::vector<std::string> out;
    EXPECT_TRUE(log_->each(std::nullopt, 1000, [&](const evidence::StoredRecord& record) -> Result<void> {
      const auto circumstances = TRY(evidence::decode_circumstances(record.circumstances));
      EXPECT_EQ(record.kind, evidence::RecordKind::incident);
      out.push_back(circumstances.caller + ": " + record.judgement);
      return {};
    }));
    return out;
  }

  std::optional<IncidentNeeds> needs_;
  std::vector<Verb> verbs_;
};

TEST_P(IncidentTest, an_incident_goes_from_opened_to_closed_and_every_step_is_an_act) {
  const std::string id = open_one(), of = R"({"id": ")" + id + R"(")";
  ask("incident assign", "anna", of + R"(, "person": "bo"})");
  ask("incident note", "bo", of + R"(, "text": "A feed was late.", "root_cause": "The income feed was empty."})");
  const Json closed = ask("incident close", "bo", of + R"(, "measure": "The feed is checked before the day begins."})");
  EXPECT_EQ(text_at(closed, "closed_by"), "bo");
  const Json shown = ask("incident show", "anna", of + "}");
  EXPECT_EQ(text_at(shown, "assigned_to"), "bo");
  EXPECT_EQ(text_at(shown, "root_cause"), "The income feed was empty.");
  EXPECT_EQ(shown.find("notes")->list()->size(), 1u);
  EXPECT_THAT(acts(), ElementsAre(HasSubstr("anna: incident " + id + " of lending.approval/test opened, severity 2"),
                                  HasSubstr("anna: incident " + id + " of lending.approval/test assigned to bo"),
                                  HasSubstr("bo: incident " + id + " of lending.approval/test noted"),
                                  HasSubstr("bo: incident " + id + " of lending.approval/test closed")));
}

TEST_P(IncidentTest, it_closes_only_with_root_cause_and_measure) {
  const std::string id = open_one();
  const std::string refused = refusal("incident close", R"({"id": ")" + id + R"("})");
  EXPECT_THAT(refused, HasSubstr("root_cause"));
  EXPECT_THAT(refused, HasSubstr("measure"));
  EXPECT_EQ(acts().size(), 1u) << "a refused step leaves no act";
}

TEST_P(IncidentTest, a_closed_one_takes_nothing_more) {
  const std::string of = R"({"id": ")" + open_one() + R"(")";
  ask("incident close", "anna", of + R"(, "root_cause": "a", "measure": "b"})");
  EXPECT_THAT(refusal("incident note", of + R"(, "text": "more"})"), HasSubstr("was closed by anna"));
  EXPECT_THAT(refusal("incident close", of + R"(, "root_cause": "a", "measure": "b"})"), HasSubstr("conflict"));
}

TEST_P(IncidentTest, the_same_key_opens_one_and_another_text_under_it_is_refused) {
  const std::string request = R"({"severity": 1, "what_happened": "x", "key": "k1"})";
  const std::string first = text_at(ask("incident open", "anna", request), "id");
  EXPECT_EQ(text_at(ask("incident open", "anna", request), "id"), first);
  EXPECT_THAT(refusal("incident open", R"({"severity": 1, "what_happened": "y", "key": "k1"})"),
              HasSubstr("this key opened another incident"));
  EXPECT_NE(text_at(ask("incident open", "bo", request), "id"), first) << "keys are each caller's own";
}

TEST_P(IncidentTest, lists_filter_and_page) {
  for (int i = 0; i < 5; ++i) open_one();
  ask("incident open", "anna", R"({"severity": 1, "what_happened": "another place"})");
  const Json page = ask("incident list", "anna", R"({"use_case": "lending.approval/test", "limit": 3})");
  EXPECT_EQ(page.find("incidents")->list()->size(), 3u);
  const Json rest =
      ask("incident list", "anna",
          R"({"use_case": "lending.approval/test", "limit": 3, "after": ")" + text_at(page, "next") + R"("})");
  EXPECT_EQ(rest.find("incidents")->list()->size(), 2u);
  EXPECT_EQ(rest.find("next"), nullptr);
  EXPECT_EQ(ask("incident list", "anna", R"({"open": false})").find("incidents")->list()->size(), 0u);
}

TEST_P(IncidentTest, an_alert_is_acknowledged_in_its_callers_name_and_opens_one_incident) {
  ASSERT_TRUE(store_->write([&](Transaction& tx) {
    return raise(tx, {"drift", "lending.approval/test", "income", 1, "Income moved.", "收入漂移。"}, clock_.now());
  }));
  const Json listed = ask("alert list", "anna", R"({"open": true})");
  const std::string id = text_at(listed.find("alerts")->list()->front(), "id");
  EXPECT_EQ(text_at(ask("alert acknowledge", "anna", R"({"id": ")" + id + R"("})"), "acknowledged_by"), "anna");
  std::vector<IncidentId> opened;
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(store_->write([&](Transaction& tx) -> Result<void> {
      const auto alert = TRY(find_alert(tx, AlertId(*Id128::parse(id))));
      opened.push_back(TRY(open_from_alert(tx, *alert, {*log_, "anna", clock_.now()})).id);
      return {};
    }));
  }
  EXPECT_EQ(opened[0], opened[1]);
  EXPECT_THAT(acts(), ElementsAre(HasSubstr("anna: alert " + id), HasSubstr("opened, severity 1")));
}

TEST_P(IncidentTest, a_write_that_fails_leaves_neither_incident_nor_act) {
  EXPECT_THAT(refusal("incident open", R"({"severity": 1, "what_happened": "x",
                                           "alert": "00000000-0000-0000-0000-000000000001"})"),
              HasSubstr("no alert"));
  EXPECT_EQ(log_->records(), 0u);
  EXPECT_EQ(ask("incident list", "anna", "{}").find("incidents")->list()->size(), 0u);
}

INSTANTIATE_TEST_SUITE_P(Engines, IncidentTest, ::testing::ValuesIn(test_engines()));

}  // namespace
}  // namespace puhui::incidents
