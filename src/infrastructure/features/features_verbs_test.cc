#include "infrastructure/features/features_verbs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "ground/store/test_store.h"
#include "infrastructure/features/features_for_test.h"

namespace puhui::features {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class FeatureVerbs : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    auto opened = open_store(place_.where(), migrations(), {clock_, nullptr});
    ASSERT_TRUE(opened) << opened.error().text();
    store_ = *std::move(opened);
    stream_ = std::make_unique<Stream>(StreamNeeds{*store_, clock_, log_}, "cards");
    other_ = std::make_unique<Stream>(StreamNeeds{*store_, clock_, log_}, "loans");
    ASSERT_TRUE(stream_->adopt(set_, progress_));
    needs_.emplace(FeatureVerbNeeds{*store_, clock_, [this] { return std::vector{other_.get(), stream_.get()}; }});
    verbs_ = feature_verbs(&*needs_);
  }
  ~FeatureVerbs() override {
    if (store_) store_->close();
    stream_.reset();
    other_.reset();
    std::fclose(nowhere_);
  }

  // Events and, once known, their labels, as a desk gives them.
  void pay(std::span<const BatchEvent> events) {
    for (const BatchEvent& one : events) {
      Observation seen;
      std::vector<FeatureValue> out(set_->features.size());
      ASSERT_TRUE(store_->write([&](Transaction& tx) -> Result<void> {
        seen = TRY(stream_->observe(tx, *set_, one.event, out));
        if (one.label_at && seen.standing == Standing::accepted) {
          TRY(stream_->label(tx, *set_, one.event, std::nullopt, one.bad, *one.label_at));
        }
        return {};
      }));
    }
  }
  Result<Json> call(std::string_view verb, const std::string& input, std::vector<std::string> may = {"*"}) {
    const Caller caller{"x", std::move(may)};
    for (const Verb& one : verbs_) {
      if (one.verb == verb) return one.run({caller, progress_}, *parse_json(input));
    }
    return fail(ErrorCode::not_found, "no such verb");
  }

  TestStore place_{GetParam()};
  ManualClock clock_{{kTestStreamStart + int64_t{10} * 86'400'000'000}};
  std::FILE* nowhere_ = std::fopen("/dev/null", "w");
  Log log_{clock_, nowhere_};
  NoProgress progress_;
  std::shared_ptr<const FeatureSet> set_ = test_set();
  std::unique_ptr<Store> store_;
  std::unique_ptr<Stream> stream_, other_;
  std::optional<FeatureVerbNeeds> needs_;
  std::vector<Verb> verbs_;
};

TEST_P(FeatureVerbs, list_streams_by_name_and_page_by_page) {
  pay(random_stream(8, {.events = 60}));
  const auto first = call("list", R"({"limit": 1})");
  ASSERT_TRUE(first) << first.error().text();
  EXPECT_EQ(*first->find("next")->text(), "cards");
  const Json& cards = first->find("streams")->list()->at(0);
  EXPECT_EQ(*cards.find("set")->text(), "card");
  EXPECT_EQ(cards.find("events")->as_int64(), 60);
  EXPECT_GT(*cards.find("late")->as_int64(), 0);
  EXPECT_GT(*cards.find("keys")->as_int64(), 0);
  const auto second = call("list", R"({"limit": 1, "after": "cards"})");
  EXPECT_EQ(*second->find("streams")->list()->at(0).find("stream")->text(), "loans");
  EXPECT_EQ(second->find("next"), nullptr);
  const auto shown = call("show", R"({"stream": "cards"})");
  EXPECT_EQ(shown->find("features")->list()->size(), set_->features.size());
  EXPECT_EQ(shown->find("keys_max")->as_int64(), static_cast<int64_t>(EngineLimits{}.keys_max));
  EXPECT_THAT(call("show", R"({"stream": "card"})").error().text(), HasSubstr("did you mean 'cards'?"));
}

TEST_P(FeatureVerbs, read_what_an_event_would_see_and_personal_keys_only_by_right) {
  pay(random_stream(8, {.events = 60}));
  const std::string asked = R"({"stream": "cards", "fields": {"customer": "c1", "terminal": "t1", "amount": 5}})";
  const auto read = call("read", asked);
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(*read->find("features")->list()->at(0).find("name")->text(), "count_1h");
  EXPECT_NE(read->find("features")->list()->at(0).find("value"), nullptr);
  const auto refused = call("read", asked, {"features.read"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::forbidden);
  EXPECT_THAT(refused.error().text(), HasSubstr("fields/customer: it is personal"));
  EXPECT_TRUE(call("read", R"({"stream": "cards", "fields": {"terminal": "t1"}})", {"features.read"}));
  EXPECT_TRUE(call("read", asked, {"features.read", "evidence.personal"}));
  EXPECT_THAT(call("read", R"({"stream": "loans", "fields": {}})").error().text(), HasSubstr("no features yet"));
}

TEST_P(FeatureVerbs, verify_that_online_is_offline_for_the_whole_log) {
  pay(random_stream(9, {.events = 400}));
  const auto said = call("verify", R"({"stream": "cards"})");
  ASSERT_TRUE(said) << said.error().text();
  EXPECT_EQ(said->find("events")->as_int64(), 400);
  EXPECT_GT(*said->find("labels")->as_int64(), 50);
  EXPECT_TRUE(*said->find("engine_equal")->boolean());
  EXPECT_TRUE(*said->find("bit_equal")->boolean()) << print_json(*said);
  EXPECT_EQ(said->find("values")->as_int64(), 400 * static_cast<int64_t>(set_->features.size()));
}

TEST_P(FeatureVerbs, verify_finds_a_log_that_is_not_what_the_engine_saw) {
  const auto events = random_stream(9, {.events = 100});
  pay(events);
  // Another's row in the place of one of its own, with its hash in order: only computing it again can tell.
  ASSERT_TRUE(store_->write([&](Transaction& tx) -> Result<void> {
    std::string row;
    TRY(tx.each("SELECT bytes FROM features_log WHERE seq = 1", {}, [&](const Row& one) -> Result<void> {
      row = one.bytes(0);
      return {};
    }));
    int64_t last = *TRY(tx.integer(
        "SELECT MAX(seq) FROM features_log WHERE entries = (SELECT entries FROM features_log WHERE seq = 1)"));
    TRY(tx.execute("UPDATE features_log SET bytes = ? WHERE seq = ?", {BytesView{row}, last}));
    return {};
  }));
  const auto said = call("verify", R"({"stream": "cards"})");
  ASSERT_TRUE(said) << said.error().text();
  EXPECT_FALSE(*said->find("engine_equal")->boolean());
}

INSTANTIATE_TEST_SUITE_P(engines, FeatureVerbs, ::testing::ValuesIn(test_engines()),
                         [](const auto& engine) { return engine.param; });

// The handbook's 15 features against its own table, as a user would ask; the engine against the batch on every event.
TEST(HandbookFeatures, are_equal_to_the_handbooks_own_and_online_is_offline) {
  const char* given = std::getenv("PUHUI_DATA");
  const std::string oracle =
      std::string(given == nullptr ? "../shared/data" : given) + "/fraud/window_features_2018-08-08_14.csv.zst";
  if (!std::filesystem::exists(oracle)) GTEST_SKIP() << "skipped: no data";
  const std::string set = "policies/card_payment/features_handbook.json";
  if (!std::filesystem::exists(set)) GTEST_SKIP() << "skipped: run it from the checkout's folder";
  DiskFiles files;
  NoProgress progress;
  const Caller caller{"x", {"*"}};
  const auto verbs = feature_file_verbs();
  const auto said = verbs[0].run({caller, progress, &files}, *parse_json(R"({"against": ")" + oracle + R"("})"));
  ASSERT_TRUE(said) << said.error().text();
  EXPECT_EQ(said->find("rows_compared")->as_int64(), 67'080);
  EXPECT_EQ(said->find("events")->as_int64(), 1'303'778);
  EXPECT_EQ(said->find("columns")->list()->size(), 15u);
  EXPECT_TRUE(*said->find("bit_equal")->boolean());
  EXPECT_GT(*said->find("restored_after")->as_int64(), 600'000);
  std::printf("%s\n", verbs[0].tell(*said).c_str());
  std::printf("engine %.0f events/s, batch %.1f s\n", *said->find("engine_events_per_second")->as_double(),
              *said->find("batch_seconds")->as_double());
}

}  // namespace
}  // namespace puhui::features
