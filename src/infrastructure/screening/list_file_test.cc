#include "infrastructure/screening/list_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace puhui::screening {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kSdn =
    "36,\"AEROCARIBBEAN AIRLINES\",-0- ,\"CUBA\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n"
    "7,\"PETROV, Maksim\",\"individual\",\"X\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"DOB 14 Jun 1975; nationality Iran; "
    "a.k.a. 'MAX'.\"\r\n";

TEST(ListFiles, OfacsThreeFilesBecomeEntries) {
  const auto read =
      read_ofac("sdn", kSdn, "36,12,\"aka\",\"AERO-CARIBBEAN\",-0- \n", "36,25,-0- ,\"Havana\",\"Cuba\",-0- \n");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->rows_bad, 0u);
  ASSERT_EQ(read->entries.size(), 2u);
  EXPECT_THAT(read->entries[0].names, ElementsAre("AEROCARIBBEAN AIRLINES", "AERO-CARIBBEAN"));
  EXPECT_EQ(read->entries[0].kind, PartyKind::organisation);
  EXPECT_THAT(read->entries[0].countries, ElementsAre("CU"));
  EXPECT_THAT(read->entries[1].names, ElementsAre("PETROV, Maksim", "MAX"));
  EXPECT_EQ(read->entries[1].born, Date::from_civil(1975, 6, 14));
  EXPECT_THAT(read->entries[1].countries, ElementsAre("IR"));
}

TEST(ListFiles, BadRowsAreNamedAndTheOthersRead) {
  const auto read = read_ofac(
      "sdn", std::string(kSdn).append("1,short\n36,\"TWICE\",a,b,c,d,e,f,g,h,i,j\n9,\"!!\",a,b,c,d,e,f,g,h,i,j\n"),
      "99,1,\"aka\",\"NOBODY\",-0-\n", "");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->entries.size(), 2u);
  EXPECT_EQ(read->rows_bad, 4u);
  std::string all;
  for (const Fault& fault : read->bad) all += fault.where + ": " + fault.message + "\n";
  EXPECT_THAT(all, HasSubstr("list, line 3: expected 12 columns, came 2"));
  EXPECT_THAT(all, HasSubstr("the id '36' stands twice"));
  EXPECT_THAT(all, HasSubstr("expected a name with a letter"));
  EXPECT_THAT(all, HasSubstr("there is no entry '99'"));
}

TEST(ListFiles, OurCsvReadsAliasesCountriesAndYears) {
  const auto read = read_list_csv("own",
                                  "id,name,kind,aliases,born,countries\n1,\"Doe, Jane\",person,J. Doe;Jane "
                                  "D,1980,Russia;中国\n2,X Y,ship,,,\n3,Y Z,,,14 June,\n");
  ASSERT_TRUE(read);
  ASSERT_EQ(read->entries.size(), 1u);
  EXPECT_THAT(read->entries[0].names, ElementsAre("Doe, Jane", "J. Doe", "Jane D"));
  EXPECT_THAT(read->entries[0].countries, ElementsAre("CN", "RU"));
  EXPECT_TRUE(read->entries[0].born_year_only);
  EXPECT_EQ(read->rows_bad, 2u);
}

TEST(ListFiles, AHeaderThatIsNoneRefusesTheFile) {
  EXPECT_FALSE(read_list_csv("own", ""));
  const auto wrong = read_list_csv("own", "id,title\n1,x\n");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().faults.size(), 2u);
}

TEST(ListFiles, JsonReadsEntriesAndNamesWhatIsWrong) {
  const auto read = read_list_json(
      "own",
      R"({"entries": [{"id": "1", "names": ["A B"], "born": "1975-06-14"}, {"id": "2"}, {"id": "3", "names": ["C D"], "born": "soon"}]})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->entries.size(), 1u);
  EXPECT_EQ(read->rows_bad, 2u);
  EXPECT_FALSE(read_list_json("own", "{"));
  EXPECT_FALSE(read_list_json("own", "7"));
}

TEST(ListFiles, AQuoteNeverClosedIsOneFault) {
  const auto read = read_list_csv("own", "id,name\n1,\"open\n2,x y\n");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->rows_bad, 1u);
}

}  // namespace
}  // namespace puhui::screening
