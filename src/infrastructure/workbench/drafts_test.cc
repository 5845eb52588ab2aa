#include "infrastructure/workbench/drafts.h"

#include <gtest/gtest.h>

#include "ground/store/test_store.h"

namespace puhui::workbench {
namespace {

class DraftsTest : public ::testing::TestWithParam<std::string> {
 protected:
  DraftsTest() : store_(open_store(place_.where(), migrations(), {clock_, nullptr}).value()) {}
  ~DraftsTest() override { store_->close(); }

  Draft draft(std::string name = "tighter") {
    Draft out;
    out.name = std::move(name);
    out.use_case = "lending.approval/test";
    out.policy = "<definitions/>";
    out.cases = {{"poor", Json::Object{{"income", Json(100)}}, Json::Object{{"Outcome", Json("refuse")}}}};
    out.base = sha256("permit");
    out.saved_by = "anna";
    out.saved_at = clock_.now();
    return out;
  }
  Result<Draft> save(const Draft& one) {
    clock_.advance_us(1000);
    Result<Draft> saved = fail(ErrorCode::internal, "nothing was saved");
    const auto written = store_->write([&](Transaction& tx) -> Result<void> {
      saved = save_draft(tx, one);
      if (!saved) return fail(saved.error());
      return {};
    });
    return written ? saved : fail(written.error());
  }
  Result<Draft> read(const Id128& id) {
    std::optional<Draft> found;
    const auto read = store_->read([&](Reader& reader) -> Result<void> {
      found = TRY(read_draft(reader, id));
      return {};
    });
    if (!read) return fail(read.error());
    return *found;
  }
  DraftPage list(size_t limit, std::optional<std::string> after = {}, std::optional<std::string> use_case = {}) {
    DraftPage page;
    EXPECT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
      page = TRY(list_drafts(reader, use_case, limit, after));
      return {};
    }));
    return page;
  }

  TestStore place_{GetParam()};
  ManualClock clock_{Timestamp{1'767'225'600'000'000}};
  std::unique_ptr<Store> store_;
};

TEST_P(DraftsTest, what_was_saved_is_opened_as_it_was) {
  const Draft saved = save(draft()).value();
  const Draft opened = read(saved.id).value();
  EXPECT_EQ(opened.revision, 1);
  EXPECT_EQ(opened.name, "tighter");
  EXPECT_EQ(opened.policy, "<definitions/>");
  EXPECT_EQ(opened.cases, draft().cases);
  EXPECT_EQ(opened.base, sha256("permit"));
  EXPECT_EQ(opened.saved_by, "anna");
}

TEST_P(DraftsTest, a_stale_revision_does_not_write_over_a_newer_one_and_hears_whose_it_is) {
  Draft mine = save(draft()).value();
  Draft theirs = mine;
  theirs.saved_by = "bo";
  theirs.policy = "<definitions name='b'/>";
  ASSERT_EQ(save(theirs).value().revision, 2);
  mine.policy = "<definitions name='a'/>";
  const auto refused = save(mine);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_NE(refused.error().text().find("saved by bo"), std::string::npos) << refused.error().text();
  EXPECT_EQ(read(mine.id).value().policy, theirs.policy);
}

TEST_P(DraftsTest, saving_the_same_again_is_no_new_revision) {
  const Draft saved = save(draft()).value();
  EXPECT_EQ(save(saved).value().revision, 1);
}

TEST_P(DraftsTest, a_dropped_draft_is_gone_and_a_stale_drop_is_refused) {
  Draft saved = save(draft()).value();
  Draft changed = saved;
  changed.name = "other";
  ASSERT_TRUE(save(changed));
  const auto drop = [&](int64_t revision) {
    return store_->write([&](Transaction& tx) { return drop_draft(tx, saved.id, revision); });
  };
  ASSERT_EQ(drop(1).error().code, ErrorCode::conflict);
  ASSERT_TRUE(drop(2));
  EXPECT_EQ(read(saved.id).error().code, ErrorCode::not_found);
}

TEST_P(DraftsTest, pages_give_every_draft_once_the_last_saved_first) {
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(save(draft("draft " + std::to_string(i))));
  std::vector<std::string> names;
  std::optional<std::string> after;
  do {
    const DraftPage page = list(3, after);
    EXPECT_LE(page.drafts.size(), 3u);
    for (const DraftEntry& entry : page.drafts) names.push_back(entry.name);
    after = page.next;
  } while (after);
  EXPECT_EQ(names,
            (std::vector<std::string>{"draft 6", "draft 5", "draft 4", "draft 3", "draft 2", "draft 1", "draft 0"}));
  EXPECT_TRUE(list(10, {}, "lending.approval/other").drafts.empty());
}

TEST_P(DraftsTest, every_fault_of_a_draft_is_named) {
  Draft bad = draft("");
  bad.policy = std::string(kDraftPolicyBytesMax + 1, 'x');
  bad.cases.push_back({"no object", Json("text"), Json::Object{}});
  const auto refused = save(bad);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().faults.size(), 3u) << refused.error().text();
}

INSTANTIATE_TEST_SUITE_P(Engines, DraftsTest, ::testing::ValuesIn(test_engines()));

}  // namespace
}  // namespace puhui::workbench
