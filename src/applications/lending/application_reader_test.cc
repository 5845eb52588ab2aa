#include "applications/lending/application_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "applications/lending/population.h"
#include "applications/lending/shipped_examples.h"

namespace puhui::lending {
namespace {

using evidence::FactSchema;
using evidence::FactType;
using evidence::FactValue;
using evidence::Number;
using testing::HasSubstr;

FactSchema schema() {
  FactSchema out;
  out.facts = {{.name = "amount_minor", .required = true},
               {.name = "months", .required = true},
               {.name = "income"},
               {.name = "city", .type = FactType::text},
               {.name = "member", .type = FactType::boolean},
               {.name = "age", .sealed = true}};
  return out;
}

Mapping mapping() {
  Mapping out;
  out.product = "example";
  out.applicant_id = "id";
  out.missing = {"NA"};
  out.target = TargetSource{.column = "end", .bad = "bad", .good = "good"};
  out.requested_amount_minor = "amount_minor";
  out.term_months = "months";
  out.facts = {{.fact = "amount_minor", .column = "amount", .multiplier = "100"}, {.fact = "months", .constant = "12"}};
  out.model.features = {"income", "city", "member"};
  return out;
}

constexpr std::string_view kHeader = "id,amount,income,city,member,age,end\n";

struct Reading {
  FactSchema schema_ = schema();
  Mapping mapping_ = mapping();
  Result<ApplicationReader> open(std::string_view rows, models::BadRows bad_rows = models::BadRows::refuse) {
    return ApplicationReader::open(models::from_text(std::string(kHeader) + std::string(rows)), mapping_, schema_,
                                   {.bad_rows = bad_rows, .csv = {}});
  }
};

TEST(ApplicationReader, ARowBecomesTypedFactsInSchemaOrder) {
  Reading reading;
  auto reader = reading.open("a7,1250.5,3000,\"Wuhan, Hubei\",true,44,bad\n");
  ASSERT_TRUE(reader.has_value()) << reader.error().text();
  Application application;
  ASSERT_TRUE(*reader->next(application));
  EXPECT_EQ(application.row, 1u);
  EXPECT_EQ(application.applicant_id, "a7");
  EXPECT_EQ(application.requested_amount_minor, 125'050);
  EXPECT_EQ(application.term_months, 12);
  EXPECT_EQ(application.bad, true);
  EXPECT_EQ(application.row_hash, models::row_hash("a7,1250.5,3000,\"Wuhan, Hubei\",true,44,bad"));
  const std::vector<FactValue> facts = {
      Number::whole(125'050), Number::whole(12), Number::whole(3000), std::string("Wuhan, Hubei"), true,
      Number::whole(44)};
  EXPECT_EQ(application.facts, facts);
  EXPECT_FALSE(*reader->next(application));
  EXPECT_EQ(reader->row_count(), 1u);
}

TEST(ApplicationReader, WhatARowLacksIsAbsentAndNotLeftFromTheRowBefore) {
  Reading reading;
  auto reader = reading.open("1,10,3000,Wuhan,true,44,bad\n2,20,,NA,,,\n");
  Application application;
  ASSERT_TRUE(*reader->next(application));
  ASSERT_TRUE(*reader->next(application));
  for (size_t i = 2; i < 6; ++i) EXPECT_EQ(application.facts[i], FactValue()) << i;
  EXPECT_EQ(application.bad, std::nullopt);
}

TEST(ApplicationReader, ABadRowRefusesTheFileWithEveryBadRow) {
  Reading reading;
  auto reader = reading.open(
      "1,10,3000,Wuhan,true,44,good\n"
      "2,ten,NaN,Wuhan,maybe,44,good\n"
      "3,10,3000,Wuhan\n"
      ",10.001,1,Wuhan,true,44,so-so\n"
      "5,10,3000,Wuhan,true,44,good\n");
  Application application;
  ASSERT_TRUE(*reader->next(application));
  const auto end = reader->next(application);
  ASSERT_FALSE(end.has_value());
  EXPECT_EQ(end.error().code, ErrorCode::invalid);
  const std::string faults = end.error().text();
  EXPECT_THAT(faults, HasSubstr("row 2 (line 3), column amount: expected a number of at most 18 digits, came 'ten'"));
  EXPECT_THAT(faults, HasSubstr("row 2 (line 3), column income: expected a number of at most 18 digits, came 'NaN'"));
  EXPECT_THAT(faults, HasSubstr("row 2 (line 3), column member: expected true or false, came 'maybe'"));
  EXPECT_THAT(faults, HasSubstr("row 3 (line 4)"));
  EXPECT_THAT(faults, HasSubstr("row 4 (line 5), column id: expected the applicant's id"));
  EXPECT_THAT(faults, HasSubstr("row 4 (line 5), column amount: expected a whole number"));
  EXPECT_THAT(faults, HasSubstr("row 4 (line 5), column end: expected 'bad' or 'good'"));
  EXPECT_THAT(faults, HasSubstr("3 bad rows"));
  EXPECT_EQ(reader->row_count(), 1u);
}

TEST(ApplicationReader, SkippingGivesTheGoodRowsAndListsTheOthers) {
  Reading reading;
  auto reader =
      reading.open("1,10,1,a,true,4,good\n2,-10,1,a,true,4,good\n3,10,1,a,true,4,bad\n", models::BadRows::skip);
  const auto seen = scan(*reader);
  ASSERT_TRUE(seen.has_value()) << seen.error().text();
  EXPECT_EQ(seen->rows, 2u);
  EXPECT_EQ(seen->labelled, 2u);
  EXPECT_EQ(seen->bad, 1u);
  EXPECT_EQ(seen->skipped_count, 1u);
  ASSERT_EQ(seen->skipped.size(), 1u);
  EXPECT_EQ(seen->skipped[0].where, "row 2 (line 3), column amount");
}

TEST(ApplicationReader, AMillionFaultsAreCountedNotKept) {
  Reading reading;
  std::string rows;
  for (int i = 0; i < 1000; ++i) rows += "1,none,1,a,true,4,good\n";
  auto reader = reading.open(rows);
  const auto end = scan(*reader);
  ASSERT_FALSE(end.has_value());
  EXPECT_EQ(end.error().faults.size(), kBadRowsListedMax + 2);
  EXPECT_THAT(end.error().text(), HasSubstr("1000 bad rows"));
}

TEST(ApplicationReader, ColumnsThatAreNotThereAreAllNamedAtOnce) {
  Reading reading;
  reading.mapping_.applicant_id = "idd";
  reading.mapping_.facts[0].column = "amuont";
  reading.mapping_.target->column = "outcome";
  reading.mapping_.model.features.push_back("age");
  const auto reader = ApplicationReader::open(models::from_text("id,amount,income,town,member,age,end\n"),
                                              reading.mapping_, reading.schema_);
  ASSERT_FALSE(reader.has_value());
  const std::string faults = reader.error().text();
  EXPECT_THAT(faults, HasSubstr("mapping: facts/0: the file has no column 'amuont'; did you mean 'amount'?"));
  EXPECT_THAT(faults, HasSubstr("mapping: applicant_id: the file has no column 'idd'; did you mean 'id'?"));
  EXPECT_THAT(faults, HasSubstr("the file has no column 'outcome'"));
  EXPECT_THAT(faults, HasSubstr("city is not mapped, so its own column is read"));
  EXPECT_THAT(faults, HasSubstr("mapping: model/features/3: 'age' is sealed"));
}

TEST(ApplicationReader, AProductThatOverflowsIsABadCell) {
  Reading reading;
  auto reader = reading.open("1,99999999999999999,1,a,true,4,good\n");
  const auto end = scan(*reader);
  ASSERT_FALSE(end.has_value());
  EXPECT_THAT(end.error().text(), HasSubstr("column amount: times 100 expected at most 18 digits"));
}

TEST(ApplicationReader, TheTrainingTableHoldsLabelledRowsAndNothingSealed) {
  Reading reading;
  auto reader = reading.open("1,10,3,b,true,4,good\n2,10,,a,,4,\n3,10,5,a,false,4,bad\n");
  const auto training = training_table(*reader, reading.schema_);
  ASSERT_TRUE(training.has_value()) << training.error().text();
  EXPECT_EQ(training->scan.rows, 3u);
  EXPECT_EQ(training->scan.labelled, 2u);
  const models::Table& table = training->table;
  ASSERT_EQ(table.row_count(), 2u);
  EXPECT_EQ(table.find("age"), nullptr);
  EXPECT_THAT(table.find("income")->values, testing::ElementsAre(3, 5));
  EXPECT_THAT(table.find("city")->categories, testing::ElementsAre("a", "b"));
  EXPECT_THAT(table.find("city")->values, testing::ElementsAre(1, 0));
  EXPECT_THAT(table.find("member")->values, testing::ElementsAre(1, 0));
  EXPECT_THAT(table.find(kLabelColumn)->values, testing::ElementsAre(0, 1));
  EXPECT_EQ(table.row_hash(1), models::row_hash("3,10,5,a,false,4,bad"));
}

TEST(ApplicationReader, TheSimulatedTablesAreReadWholeByTheirMappings) {
  for (const PopulationKind kind : {PopulationKind::person_revolving, PopulationKind::firm_term}) {
    const auto name = names_of(&kind)[static_cast<size_t>(kind)];
    const auto facts = *parse_facts(examples::shipped_file(name, "facts.json"));
    const auto map = *parse_mapping(examples::shipped_file(name, "mapping.json"));
    std::string text;
    const Sink keep = [&](std::string_view piece) -> Result<void> { return text += piece, Result<void>{}; };
    ASSERT_TRUE(write_population({.kind = kind}, {.rows = 5'000}, keep).has_value());
    auto reader = ApplicationReader::open(models::from_text(text), map, facts);
    ASSERT_TRUE(reader.has_value()) << reader.error().text();
    const auto seen = scan(*reader);
    ASSERT_TRUE(seen.has_value()) << seen.error().text();
    EXPECT_EQ(seen->rows, 5'000u);
    EXPECT_EQ(seen->labelled, 5'000u);
  }
}

TEST(ApplicationReader, TheUciTableIsReadWholeByItsMapping) {
  const char* data = std::getenv("PUHUI_DATA");
  const std::string path =
      std::string(data != nullptr ? data : "../shared/data") + "/credit/uci_default_credit_card_30k.csv.gz";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "skipped: no data";
  const auto facts = *parse_facts(examples::shipped_file("uci_credit_card", "facts.json"));
  const auto map = *parse_mapping(examples::shipped_file("uci_credit_card", "mapping.json"));
  auto reader = ApplicationReader::open(*models::open_file(path), map, facts);
  ASSERT_TRUE(reader.has_value()) << reader.error().text();
  const auto training = training_table(*reader, facts);
  ASSERT_TRUE(training.has_value()) << training.error().text();
  EXPECT_EQ(training->scan.rows, 30'000u);
  EXPECT_EQ(training->scan.bad, 6'636u);
  EXPECT_EQ(training->table.find("requested_amount_minor")->values[0], 2'000'000);
  EXPECT_EQ(training->table.find("SEX"), nullptr);
}

}  // namespace
}  // namespace puhui::lending
