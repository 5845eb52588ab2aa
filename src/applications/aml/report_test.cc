#include "applications/aml/report.h"

#include <gmock/gmock.h>

#include <type_traits>

#include "applications/aml/monitor_for_test.h"

namespace puhui::aml {
namespace {

static_assert(!std::is_default_constructible_v<Cited>, "a sentence stands on something");

class AmlReport : public MonitorTest {
 protected:
  Result<ReportView> draft(const Id128& in_case) { return draft_report(*verbs_, in_case, "dan"); }
  const Caller sees_{"sees", {"*"}}, blind_{"blind", {"aml.*"}};
};
INSTANTIATE_TEST_SUITE_P(Engines, AmlReport, ::testing::ValuesIn(test_engines()));

std::vector<ReportSentence> of_part(const ReportView& view, std::string_view part) {
  std::vector<ReportSentence> out;
  for (const ReportSentence& one : view.sentences) {
    if (one.part == part) out.push_back(one);
  }
  return out;
}

TEST_P(AmlReport, every_citation_exists_and_its_figures_stand_in_the_sentence) {
  const FindingRow found = structure();
  ASSERT_TRUE(office_->note(cases::CaseId(*found.line.in_case), "called the branch", "anna"));
  const auto drafted = draft(*found.line.in_case);
  ASSERT_TRUE(drafted) << drafted.error().text();
  const ReportView view = view_for(sees_, *drafted);
  const auto events = page(*found.line.in_case).events;
  size_t transfers = 0;
  for (const ReportSentence& sentence : view.sentences) {
    EXPECT_FALSE(sentence.citations.empty()) << sentence.en;
    EXPECT_FALSE(sentence.en.empty());
    EXPECT_FALSE(sentence.zh.empty());
    for (const Citation& citation : sentence.citations) {
      switch (citation.kind) {
        case CitationKind::finding: EXPECT_EQ(citation.id, found.line.id.text()); break;
        case CitationKind::decision: {
          EXPECT_TRUE(log_->find(evidence::RecordId(*Id128::parse(citation.id))));
          break;
        }
        case CitationKind::note: {
          const size_t number = std::stoul(citation.id.substr(citation.id.find('/') + 1));
          ASSERT_LE(number, events.size());
          EXPECT_THAT(sentence.en, ::testing::HasSubstr(events[number - 1].words));
          break;
        }
        case CitationKind::transfer: {
          const uint64_t seq[] = {std::stoull(citation.id)};
          std::vector<TransferLine> lines;
          ASSERT_TRUE(store_->read([&](Reader& reader) -> Result<void> {
            lines = TRY(find_transfers(reader, seq));
            return {};
          }));
          ASSERT_EQ(lines.size(), 1u);
          if (sentence.part != "transfers") break;
          ++transfers;
          EXPECT_THAT(sentence.en, ::testing::HasSubstr(Money{lines[0].amount_minor, Currency()}.text()));
          EXPECT_THAT(sentence.zh, ::testing::HasSubstr(Money{lines[0].amount_minor, Currency()}.text()));
          EXPECT_THAT(sentence.en, ::testing::HasSubstr(lines[0].from));
          EXPECT_THAT(sentence.en, ::testing::HasSubstr(lines[0].to));
          break;
        }
      }
    }
  }
  EXPECT_EQ(transfers, 4u);
  ASSERT_EQ(of_part(view, "pattern").size(), 1u);
  EXPECT_THAT(of_part(view, "pattern")[0].en, ::testing::HasSubstr("195000.03 CNY in all"));
  EXPECT_EQ(of_part(view, "review").size(), 1u);
  EXPECT_FALSE(of_part(view, "suspicion").empty());
  EXPECT_EQ(of_part(view, "missing").size(), 2u);  // purposes, and who holds the account
}

TEST_P(AmlReport, what_is_missing_is_said_to_be_missing) {
  const FindingRow found = structure();
  const ReportView view = view_for(sees_, *draft(*found.line.in_case));
  const auto missing = of_part(view, "missing");
  ASSERT_EQ(missing.size(), 3u);
  EXPECT_THAT(missing[0].en, ::testing::HasSubstr("the purpose of 4 of the 4 transfers"));
  EXPECT_EQ(missing[0].citations.size(), 4u);
  EXPECT_THAT(missing[2].en, ::testing::HasSubstr("nobody has noted"));
}

TEST_P(AmlReport, accounts_are_masked_for_whom_may_not_see_them) {
  const FindingRow found = structure();
  const auto stored = draft(*found.line.in_case);
  const ReportView view = view_for(blind_, *stored);
  EXPECT_EQ(view.report.subject, "***ice");
  for (const ReportSentence& sentence : view.sentences) {
    EXPECT_THAT(sentence.en, ::testing::Not(::testing::HasSubstr("alice")));
    EXPECT_THAT(sentence.zh, ::testing::Not(::testing::HasSubstr("alice")));
    EXPECT_EQ(sentence.en.find('\x01'), std::string::npos);
  }
}

TEST_P(AmlReport, who_drafts_or_submits_does_not_approve_and_what_is_approved_stays) {
  const FindingRow found = structure();
  const Id128 id = draft(*found.line.in_case)->report.id;
  EXPECT_EQ(approve_report(*verbs_, id, "eve").error().code, ErrorCode::conflict);
  ASSERT_TRUE(submit_report(*verbs_, id, "fay"));
  EXPECT_EQ(submit_report(*verbs_, id, "fay").error().code, ErrorCode::conflict);
  EXPECT_EQ(approve_report(*verbs_, id, "dan").error().code, ErrorCode::forbidden);
  EXPECT_EQ(approve_report(*verbs_, id, "fay").error().code, ErrorCode::forbidden);
  const auto approved = approve_report(*verbs_, id, "eve");
  ASSERT_TRUE(approved) << approved.error().text();
  ASSERT_TRUE(approved->report.digest);
  EXPECT_EQ(approve_report(*verbs_, id, "eve").error().code, ErrorCode::conflict);
  bool in_evidence = false;
  ASSERT_TRUE(log_->each(std::nullopt, 1000, [&](const evidence::StoredRecord& record) -> Result<void> {
    in_evidence |= record.kind == evidence::RecordKind::review &&
                   record.judgement.find(approved->report.digest->hex()) != std::string::npos;
    return {};
  }));
  EXPECT_TRUE(in_evidence);
  ASSERT_TRUE(store_->write([&](Transaction& tx) -> Result<void> {
    TRY(tx.execute("UPDATE aml_report SET body = '{\"sentences\": []}'"));
    return {};
  }));
  EXPECT_EQ(find_report(*verbs_, id).error().code, ErrorCode::corrupt);
}

TEST_P(AmlReport, a_case_without_patterns_has_nothing_to_report) {
  EXPECT_EQ(draft(Id128{1, 2}).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace puhui::aml
