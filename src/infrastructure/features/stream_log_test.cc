#include "infrastructure/features/stream_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "infrastructure/features/features_for_test.h"

namespace puhui::features {
namespace {

using ::testing::HasSubstr;

class StreamLog : public ::testing::Test {
 protected:
  std::shared_ptr<const FeatureSet> set_ = test_set("[]");
  std::vector<Layout> layouts_ = {{0, *set_}};
  LogDecoder decoder_{layouts_, set_};

  static std::string fault_of(const LogDecoder& decoder, std::string_view row) {
    const auto read = decoder.each(row, 1, 0, [](const LogEntry&) -> Result<void> { return {}; });
    if (read) return "";
    EXPECT_EQ(read.error().code, ErrorCode::corrupt);
    return read.error().text();
  }
};

TEST_F(StreamLog, reads_events_and_labels_as_they_were_gathered) {
  const auto events = random_stream(4, {.events = 50});
  LogBatch batch;
  for (const BatchEvent& one : events) {
    batch.add_event(*set_, one.event);
    if (one.label_at)
      batch.add_label(*set_, one.event, one.bad ? std::optional(false) : std::nullopt, one.bad, *one.label_at);
  }
  const auto rows = batch.rows(0);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].events, events.size());
  std::vector<LogEntry> entries;
  ASSERT_TRUE(decoder_.each(rows[0].bytes, 7, 0, [&](const LogEntry& entry) -> Result<void> {
    entries.push_back(entry);
    return {};
  }));
  ASSERT_EQ(entries.size(), batch.size());
  size_t at = 0;
  for (const BatchEvent& one : events) {
    EXPECT_EQ(entries[at].seq, 7 + at);
    EXPECT_FALSE(entries[at].is_label);
    EXPECT_EQ(entries[at++].event, one.event);
    if (!one.label_at) continue;
    EXPECT_TRUE(entries[at].is_label);
    EXPECT_EQ(entries[at].event, one.event);
    EXPECT_EQ(entries[at].bad, one.bad);
    EXPECT_EQ(entries[at].before, one.bad ? std::optional(false) : std::nullopt);
    EXPECT_EQ(entries[at++].known_at, *one.label_at);
  }
}

TEST_F(StreamLog, says_corrupt_of_every_row_with_a_byte_changed_or_missing) {
  const auto events = random_stream(4, {.events = 3});
  LogBatch batch;
  for (const BatchEvent& one : events) batch.add_event(*set_, one.event);
  const std::string row = batch.rows(0)[0].bytes;
  ASSERT_EQ(fault_of(decoder_, row), "");
  for (size_t i = 0; i < row.size(); ++i) {
    std::string changed = row;
    changed[i] = static_cast<char>(changed[i] ^ 0x20);
    EXPECT_NE(fault_of(decoder_, changed), "") << i;
    EXPECT_NE(fault_of(decoder_, std::string_view(row).substr(0, i)), "") << i;
  }
  EXPECT_THAT(fault_of(decoder_, LogBatch(batch).rows(3)[0].bytes), HasSubstr("names a layout that is not known"));
}

TEST_F(StreamLog, cuts_a_large_batch_into_rows_of_bounded_size_and_forgets_what_is_cut_off) {
  LogBatch batch;
  auto event = random_stream(4, {.events = 1})[0].event;
  event.values[3] = text_value(std::string(200, 'x'));
  for (size_t i = 0; i < 8'000; ++i) {
    event.id.low = i;
    batch.add_event(*set_, event);
  }
  const auto rows = batch.rows(0);
  ASSERT_GT(rows.size(), 1u);
  size_t entries = 0;
  for (const auto& row : rows) {
    EXPECT_LE(row.bytes.size(), kLogRowBytesMax);
    EXPECT_EQ(row.before, entries);
    EXPECT_EQ(row.at_min, event.at.microseconds);
    entries += row.entries;
  }
  EXPECT_EQ(entries, batch.size());
  batch.truncate(5);
  EXPECT_EQ(batch.size(), 5u);
  EXPECT_EQ(batch.rows(0).at(0).entries, 5u);
  batch.clear();
  EXPECT_TRUE(batch.rows(0).empty());
}

}  // namespace
}  // namespace puhui::features
