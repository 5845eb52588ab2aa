// Schemes as data: what ships reads and fits together, and every fault of one is named.
#include "applications/fraud/scheme.h"

#include <gtest/gtest.h>

#include "ground/base/check.h"
#include "ground/base/text.h"
#include "infrastructure/dmn/policy.h"
#include "infrastructure/kernel/reasons.h"

namespace puhui::fraud {
namespace {

// A folder in memory: the shipped one with some of its text replaced.
class FolderFiles : public DiskFiles {
 public:
  explicit FolderFiles(std::string folder) : folder_(std::move(folder)) {}
  Result<std::string> read(const std::string& path, size_t bytes_max) const override {
    const std::string name = path.substr(path.rfind('/') + 1);
    std::string text = TRY(DiskFiles::read("policies/" + folder_ + "/" + name, bytes_max));
    if (const auto found = changes_.find(name); found != changes_.end()) {
      const auto& [from, to] = found->second;
      const size_t at = text.find(from);
      CHECK(at != std::string::npos, from.c_str());
      text.replace(at, from.size(), to);
    }
    return text;
  }
  void change(const std::string& file, std::string from, std::string to) {
    changes_[file] = {std::move(from), std::move(to)};
  }

 private:
  std::string folder_;
  std::map<std::string, std::pair<std::string, std::string>> changes_;
};

std::string refusal(FolderFiles& files) {
  const auto read = read_scheme_folder(files, "policies/x");
  return read ? "read" : read.error().text();
}

std::string fault_of(const std::string& file, const std::string& from, const std::string& to) {
  FolderFiles files("card_payment");
  files.change(file, from, to);
  return refusal(files);
}

TEST(Scheme, what_ships_reads_with_and_without_its_model) {
  for (const std::string folder : {"card_payment", "loan_application"}) {
    for (const std::string policy : {"policy.dmn", "policy_rules.dmn"}) {
      const FolderFiles files(folder);
      const auto read = read_scheme_folder(files, "policies/" + folder, policy);
      ASSERT_TRUE(read) << folder << ": " << read.error().text();
      EXPECT_EQ(read->scheme.name, folder);
      EXPECT_EQ(read->features->name, folder);
    }
  }
}

TEST(Scheme, the_two_policies_of_a_folder_have_the_same_rules_and_thresholds) {
  const FolderFiles files("card_payment");
  const auto with = read_scheme_folder(files, "policies/card_payment", "policy.dmn");
  const auto without = read_scheme_folder(files, "policies/card_payment", "policy_rules.dmn");
  ASSERT_TRUE(with && without);
  const auto part = [](const std::string& text, const std::string& decision) {
    const size_t from = text.find("<decision id=\"" + decision + "\"");
    return text.substr(from, text.find("</decision>", from) - from);
  };
  for (const std::string decision : {"decision_rules", "decision_action", "decision_typologies_found",
                                     "decision_rule_probability", "decision_highest_share"}) {
    EXPECT_EQ(part(with->policy, decision), part(without->policy, decision));
    EXPECT_GT(part(with->policy, decision).size(), 100u);
  }
}

TEST(Scheme, every_rule_and_typology_that_ships_has_its_sentence_in_both_languages) {
  for (const std::string folder : {"card_payment", "loan_application"}) {
    const FolderFiles files(folder);
    const auto read = read_scheme_folder(files, "policies/" + folder);
    ASSERT_TRUE(read);
    const auto reasons = kernel::ReasonCatalogue::parse(read->reasons);
    ASSERT_TRUE(reasons) << reasons.error().text();
    size_t codes = 0;
    for (size_t at = 0; (at = read->policy.find("_out_1\"><text>\"", at)) != std::string::npos; ++codes) {
      at += std::string_view("_out_1\"><text>\"").size();
      const std::string code = read->policy.substr(at, read->policy.find('"', at) - at);
      if (code == "approve" || code == "challenge" || code == "hold" || code == "block") continue;
      EXPECT_NE(reasons->find(code), nullptr) << code;
    }
    EXPECT_GT(codes, 25u);
    for (const evidence::Threshold& threshold : read->scheme.thresholds) {
      constexpr std::string_view kSuffix = "_threshold";
      if (!threshold.name.ends_with(kSuffix)) continue;
      const std::string typology = threshold.name.substr(0, threshold.name.size() - kSuffix.size());
      EXPECT_NE(reasons->find(typology), nullptr) << typology;
    }
    for (const features::Feature& feature : read->features->features) {
      EXPECT_NE(reasons->find("feature:" + feature.name), nullptr) << feature.name;
    }
  }
}

TEST(Scheme, a_hold_must_be_answered_one_way_or_the_other) {
  EXPECT_NE(fault_of("scheme.json", R"("then": "block")", R"("then": "hold")").find("hold/then"), std::string::npos);
  EXPECT_NE(fault_of("scheme.json", R"("minutes": 30)", R"("minutes": 0)").find("hold/minutes"), std::string::npos);
}

TEST(Scheme, facts_are_the_events_fields_and_features_of_their_types) {
  EXPECT_NE(
      fault_of("facts.json", R"("name": "night")", R"("name": "nights")").find("facts/nights: is neither a field"),
      std::string::npos);
  EXPECT_NE(fault_of("facts.json", R"("name": "night")", R"("name": "nights")").find("feature 'night' is missing"),
            std::string::npos);
  EXPECT_NE(fault_of("facts.json", R"("name": "night", "type": "number")", R"("name": "night", "type": "text")")
                .find("facts/night: expected type number"),
            std::string::npos);
}

TEST(Scheme, what_is_sealed_for_the_stream_is_sealed_for_the_policy) {
  EXPECT_NE(fault_of("facts.json", R"("name": "age", "type": "number", "personal": true, "sealed": true)",
                     R"("name": "age", "type": "number", "personal": true)")
                .find("facts/age: is sealed in one"),
            std::string::npos);
}

TEST(Scheme, a_policy_that_never_asks_whether_an_event_is_late_is_refused) {
  FolderFiles files("card_payment");
  files.change("policy.dmn", R"(<inputData id="input_event_late" name="event_late">)",
               R"(<inputData id="input_event_late" name="event_lost">)");
  EXPECT_NE(refusal(files).find("event_late"), std::string::npos);
}

TEST(Scheme, its_subject_and_amount_are_fields_that_every_event_has) {
  EXPECT_NE(
      fault_of("scheme.json", R"("subject": "customer")", R"("subject": "device")").find("'device' must be required"),
      std::string::npos);
  EXPECT_NE(fault_of("scheme.json", R"("amount": "amount_minor")", R"("amount": "country")").find("is no number field"),
            std::string::npos);
  EXPECT_NE(fault_of("scheme.json", R"("value": "0.9")", R"("value": "high")").find("expected a number"),
            std::string::npos);
}

}  // namespace
}  // namespace puhui::fraud
