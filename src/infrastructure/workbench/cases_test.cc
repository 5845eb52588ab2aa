#include "infrastructure/workbench/cases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "infrastructure/workbench/workbench_for_test.h"

namespace puhui::workbench {
namespace {

using testing::HasSubstr;

std::string case_of(const std::string& id, int score, const std::string& grade) {
  return "<testCase id=\"" + id + "\"><inputNode name=\"score\"><value xsi:type=\"xsd:decimal\">" +
         std::to_string(score) +
         "</value></inputNode><resultNode name=\"Grade\"><expected><value xsi:type=\"xsd:string\">" + grade +
         "</value></expected></resultNode></testCase>";
}

std::string cases_of(const std::string& model, const std::string& cases) {
  return "<testCases xmlns=\"http://www.omg.org/spec/DMN/20160719/testcase\" "
         "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><modelName>" +
         model + "</modelName>" + cases + "</testCases>";
}

TestRequest testing_of(const std::string& cases) {
  TestRequest request;
  request.source.text = graded();
  request.cases_text = cases_of("graded.dmn", cases);
  return request;
}

TEST(Cases, those_that_pass_tell_what_they_covered) {
  Desk desk;
  const auto one = test(desk.far, testing_of(case_of("1", 650, "A")), {});
  ASSERT_TRUE(one) << one.error().text();
  EXPECT_EQ(tell(*one), "Grade: no case hit rule 2 of 2\ncovered 1 of 2 rules\npassed 1 of 1\n");
  const auto both = test(desk.far, testing_of(case_of("1", 650, "A") + case_of("2", 599, "B")), {});
  ASSERT_TRUE(both) << both.error().text();
  EXPECT_EQ(tell(*both), "covered 2 of 2 rules\npassed 2 of 2\n");
}

TEST(Cases, those_that_fail_are_an_error_with_each_of_them) {
  Desk desk;
  const auto failed =
      test(desk.far, testing_of(case_of("1", 650, "A") + case_of("2", 599, "A") + case_of("3", 1, "C")), {});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::invalid);
  EXPECT_THAT(failed.error().text(), HasSubstr("case 2, Grade: expected \"A\", came \"B\""));
  EXPECT_THAT(failed.error().text(), HasSubstr("case 3, Grade: expected \"C\", came \"B\""));
  EXPECT_THAT(failed.error().text(), HasSubstr("passed 1 of 3"));
}

TEST(Cases, a_kit_is_run_folder_by_folder_and_its_table_written) {
  Desk desk;
  for (const char* folder : {"kit/level-2/0001-grade", "kit/non-compliant/0002-odd", "kit/level-3/0003-broken"}) {
    ASSERT_TRUE(desk.files.make_folder(folder));
  }
  ASSERT_TRUE(desk.files.write("kit/level-2/0001-grade/graded.dmn", graded()));
  const std::string two_nodes = case_of("002", 599,
                                        "B</value></expected></resultNode><resultNode name=\"Grade\"><expected>"
                                        "<value xsi:type=\"xsd:string\">\"quoted\"");
  ASSERT_TRUE(desk.files.write("kit/level-2/0001-grade/0001-grade-test-01.xml",
                               cases_of("graded.dmn", case_of("001", 600, "A") + two_nodes)));
  ASSERT_TRUE(desk.files.write("kit/non-compliant/0002-odd/graded.dmn", graded()));
  ASSERT_TRUE(desk.files.write("kit/non-compliant/0002-odd/odd.xml", cases_of("graded.dmn", case_of("1", 1, "A"))));
  ASSERT_TRUE(desk.files.write("kit/level-3/0003-broken/graded.dmn", "<definitions"));
  ASSERT_TRUE(desk.files.write("kit/level-3/0003-broken/broken.xml", cases_of("graded.dmn", case_of("1", 1, "B"))));
  ASSERT_TRUE(desk.files.write("kit/level-3/0003-broken/notes.xml", "<notes/>"));
  const auto ran = run_kit(desk.near, {"kit", "out.csv"}, {});
  ASSERT_TRUE(ran) << ran.error().text();
  EXPECT_THAT(tell(*ran), testing::EndsWith("not scored by the kit: passed 0 of 1\npassed 1 of 3\n"));
  const std::string table = *desk.files.read("out.csv", 1 << 20);
  EXPECT_THAT(table, HasSubstr("\"level-2/0001-grade\",\"0001-grade-test-01\",\"001\",\"SUCCESS\",\"\"\n"));
  EXPECT_THAT(table, HasSubstr("\"level-2/0001-grade\",\"0001-grade-test-01\",\"002\",\"ERROR\",\"Grade: expected "));
  EXPECT_THAT(table, HasSubstr("\"level-3/0003-broken\",\"broken\",\"1\",\"ERROR\",\"Grade: expected a value, came "
                               "graded.dmn was refused"));
}

// A ratchet: what passed once keeps passing.
TEST(Cases, every_case_of_the_kit_at_hand_passes) {
  const char* data = std::getenv("PUHUI_DATA");
  const std::string kit = std::string(data == nullptr ? "../shared/data" : data) + "/dmn-tck";
  DiskFiles disk;
  if (!disk.exists(kit)) GTEST_SKIP() << "skipped: no data";
  Desk desk;
  const std::string csv = testing::TempDir() + "/puhui_kit_" + std::to_string(::getpid()) + ".csv";
  const auto ran = run_kit(VerbCall{desk.caller, desk.progress, &disk}, {kit, csv}, {});
  EXPECT_TRUE(disk.remove(csv));
  ASSERT_TRUE(ran) << ran.error().text();
  EXPECT_GT(ran->total, 2000);
  EXPECT_EQ(ran->passed, ran->total) << tell(*ran);
  EXPECT_GE(ran->unscored_passed, 31) << tell(*ran);
}

TEST(Cases, two_cases_of_one_id_are_two_cases) {
  Desk desk;
  ASSERT_TRUE(desk.files.make_folder("kit"));
  ASSERT_TRUE(desk.files.write("kit/graded.dmn", graded()));
  ASSERT_TRUE(
      desk.files.write("kit/twice.xml", cases_of("graded.dmn", case_of("1", 600, "A") + case_of("1", 599, "A"))));
  const auto ran = run_kit(desk.near, {"kit", "out.csv"}, {});
  ASSERT_TRUE(ran) << ran.error().text();
  EXPECT_EQ(ran->total, 2);
  EXPECT_EQ(ran->passed, 1);
}

TEST(Cases, a_folder_without_cases_is_not_found) {
  Desk desk;
  ASSERT_TRUE(desk.files.make_folder("empty"));
  EXPECT_EQ(run_kit(desk.near, {"empty", "out.csv"}, {}).error().code, ErrorCode::not_found);
  EXPECT_EQ(run_kit(desk.near, {"nowhere", "out.csv"}, {}).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace puhui::workbench
