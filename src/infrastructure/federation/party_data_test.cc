#include "infrastructure/federation/party_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <cmath>

namespace puhui::federation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Job job_of(JobKind kind = JobKind::vertical_boosting) {
  Job job;
  job.name = "test";
  job.kind = kind;
  job.label = "y";
  job.parties = {
      {.name = "lender", .role = Role::guest, .certificate = "", .address = "", .columns = {"income", "age"}},
      {.name = "registry", .role = Role::host, .certificate = "", .address = "", .columns = {"invoices"}}};
  return job;
}

Result<PartyData> read(const std::string& text, const Job& job, size_t party) {
  return read_party_data(models::from_text(text), job, party);
}

std::string faults_of(const std::string& text, const Job& job, size_t party) {
  const auto data = read(text, job, party);
  EXPECT_FALSE(data.has_value());
  return data ? "" : data.error().text();
}

TEST(PartyData, KeepsTheDeclaredColumnsInTheJobsOrderAndLeavesTheOthersAside) {
  const auto data = read("age,id,y,secret,income\n30,a,1,x,1.5\n40,b,0,x,\n", job_of(), 0);
  ASSERT_TRUE(data) << data.error().text();
  EXPECT_THAT(data->ids, ElementsAre("a", "b"));
  EXPECT_THAT(data->columns, ElementsAre("income", "age"));
  EXPECT_EQ(data->values[0][0], 1.5F);
  EXPECT_TRUE(std::isnan(data->values[0][1]));
  EXPECT_THAT(data->values[1], ElementsAre(30.F, 40.F));
  EXPECT_THAT(data->labels, ElementsAre(1., 0.));
}

TEST(PartyData, AHostHasNoLabels) {
  const auto data = read("id,invoices\na,3\n", job_of(), 1);
  ASSERT_TRUE(data) << data.error().text();
  EXPECT_TRUE(data->labels.empty());
}

TEST(PartyData, EveryMissingColumnIsNamedWithTheNearestOne) {
  const std::string faults = faults_of("id,incom,y\na,1,1\n", job_of(), 0);
  EXPECT_THAT(faults, HasSubstr("income: no such column"));
  EXPECT_THAT(faults, HasSubstr("did you mean 'incom'"));
  EXPECT_THAT(faults, HasSubstr("age: no such column"));
}

TEST(PartyData, EveryBadCellIsTold) {
  const std::string faults = faults_of("id,income,age,y\n,1,1,1\nb,zwei,1e39,0\nc,1,nan,2\nd,1,1,\ne,1\n", job_of(), 0);
  EXPECT_THAT(faults, HasSubstr("row 1 (line 2), column id: expected an id, came nothing"));
  EXPECT_THAT(faults, HasSubstr("row 2 (line 3), column income: expected a number"));
  EXPECT_THAT(faults, HasSubstr("row 2 (line 3), column age: expected a number"));
  EXPECT_THAT(faults, HasSubstr("row 3 (line 4), column age: expected a number"));
  EXPECT_THAT(faults, HasSubstr("row 3 (line 4), column y: expected a whole number from 0 to 1 as a label, came '2'"));
  EXPECT_THAT(faults,
              HasSubstr("row 4 (line 5), column y: expected a whole number from 0 to 1 as a label, came nothing"));
  EXPECT_THAT(faults, HasSubstr("row 5 (line 6)"));
}

TEST(PartyData, LabelsFollowTheObjective) {
  Job job = job_of();
  job.boosting.objective = Objective::multi_class;
  job.boosting.classes = 4;
  EXPECT_TRUE(read("id,income,age,y\na,1,1,3\n", job, 0));
  EXPECT_THAT(faults_of("id,income,age,y\na,1,1,4\n", job, 0), HasSubstr("from 0 to 3"));
  EXPECT_THAT(faults_of("id,income,age,y\na,1,1,0.5\n", job, 0), HasSubstr("from 0 to 3"));
  job.boosting.objective = Objective::regression;
  EXPECT_TRUE(read("id,income,age,y\na,1,1,-0.5\n", job, 0));
}

TEST(PartyData, RepeatsAreRefusedWithBothLinesAlsoWhenOnlyNormalisingMakesThem) {
  const std::string faults = faults_of("id,invoices\na,1\nb,2\n a ,3\nb,4\na,5\n", job_of(), 1);
  EXPECT_THAT(faults, HasSubstr("line 4: the id 'a' stands on line 2 already"));
  EXPECT_THAT(faults, HasSubstr("line 5: the id 'b' stands on line 3 already"));
  EXPECT_THAT(faults, HasSubstr("line 6: the id 'a' stands on line 2 already"));
}

TEST(PartyData, TheFirstOfRepeatsIsKeptWhenTheJobSaysSo) {
  Job job = job_of();
  job.intersection.duplicates = Duplicates::first;
  const auto data = read("id,invoices\na,1\nb,2\n a ,3\nc,4\nb,5\n", job, 1);
  ASSERT_TRUE(data) << data.error().text();
  EXPECT_THAT(data->ids, ElementsAre("a", "b", "c"));
  EXPECT_THAT(data->values[0], ElementsAre(1.F, 2.F, 4.F));
  EXPECT_EQ(data->repeats_dropped, 2u);
  EXPECT_EQ(data->changed_by_normalising, 1u);
}

TEST(PartyData, AtMostAHundredRepeatsAreListedAndTheirNumberTold) {
  std::string text = "id,invoices\n";
  for (int i = 0; i < 300; ++i) text += "same,1\n";
  const auto data = read(text, job_of(), 1);
  ASSERT_FALSE(data);
  EXPECT_EQ(data.error().faults.size(), 101u);
  EXPECT_EQ(data.error().faults.back().message, "and 199 more faults");
}

TEST(PartyData, AHorizontalJobNeedsNoIds) {
  Job job = job_of(JobKind::horizontal_logistic);
  job.parties[0].role = Role::client;
  const auto data = read("income,age,y\n1,2,0\n3,4,1\n", job, 0);
  ASSERT_TRUE(data) << data.error().text();
  EXPECT_EQ(data->row_count(), 2u);
}

TEST(PartyData, AConversionJobJoinsByItsOwnKey) {
  const Job job = job_of(JobKind::conversion);
  const auto data = read("click,invoices\nk1,2\n", job, 1);
  ASSERT_TRUE(data) << data.error().text();
  EXPECT_THAT(data->ids, ElementsAre("k1"));
}

TEST(PartyData, AFileOfAHeaderAloneHasNoRows) {
  const auto data = read("id,invoices\n", job_of(), 1);
  ASSERT_TRUE(data);
  EXPECT_EQ(data->row_count(), 0u);
  EXPECT_THAT(faults_of("", job_of(), 1), HasSubstr("expected a header"));
}

std::string gzipped(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(1000, '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(PartyData, CompressedBytesReadAlikeAndHaveTheSameContentHash) {
  const std::string text = "id,invoices\na,1\nb,2\n";
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
  const auto plain = read(text, job_of(), 1), zstd = read(packed, job_of(), 1), gzip = read(gzipped(text), job_of(), 1);
  ASSERT_TRUE(plain && zstd && gzip);
  EXPECT_EQ(plain->ids, zstd->ids);
  EXPECT_EQ(plain->ids, gzip->ids);
  EXPECT_EQ(plain->content, zstd->content);
  EXPECT_EQ(plain->content, gzip->content);
  EXPECT_NE(plain->content, read("id,invoices\na,1\nb,3\n", job_of(), 1)->content);
  packed.resize(packed.size() - 3);
  const auto cut = read(packed, job_of(), 1);
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().code, ErrorCode::corrupt);
}

TEST(PartyData, RowsComeInTheOrderAskedFor) {
  const auto data = read("id,income,age,y\na,1,4,0\nb,2,5,1\nc,3,6,0\n", job_of(), 0);
  ASSERT_TRUE(data);
  const uint32_t rows[] = {2, 0};
  const PartyData some = rows_of(*data, rows);
  EXPECT_THAT(some.ids, ElementsAre("c", "a"));
  EXPECT_THAT(some.values[1], ElementsAre(6.F, 4.F));
  EXPECT_THAT(some.labels, ElementsAre(0., 0.));
  EXPECT_EQ(some.columns, data->columns);
}

TEST(Normalised, StepsGoInTheirOrder) {
  EXPECT_EQ(normalised(" Ab-12\t", {"trim"}), "Ab-12");
  EXPECT_EQ(normalised(" Ab-12\t", {"lower", "trim"}), "ab-12");
  EXPECT_EQ(normalised("+86 138-0013", {"digits"}), "861380013");
  EXPECT_EQ(normalised("\xE3\x80\x80张三 ", {"trim"}), "张三");
  EXPECT_EQ(normalised("１２３", {"nfkc", "digits"}), "123");
  EXPECT_EQ(normalised("１２３", {"digits", "nfkc"}), "");
  EXPECT_EQ(normalised("ÄÖ", {"lower"}), "äö");
  EXPECT_EQ(normalised("e\xCC\x81", {"nfkc"}), "é");
  EXPECT_EQ(normalised("as it is ", {}), "as it is ");
}

TEST(Normalised, RefusesWhatIsNoTextTooLongOrNoStep) {
  EXPECT_THAT(normalised("a\xFF", {"trim"}).error().text(), HasSubstr("expected UTF-8, byte 2 is none"));
  EXPECT_THAT(normalised(std::string(257, 'a'), {"trim"}).error().text(), HasSubstr("at most 256 bytes, came 257"));
  EXPECT_THAT(normalised("a", {"upper"}).error().text(), HasSubstr("came 'upper'"));
}

}  // namespace
}  // namespace puhui::federation
