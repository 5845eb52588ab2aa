#include "infrastructure/evidence/record.h"

#include <gtest/gtest.h>

#include "ground/base/random.h"

namespace puhui::evidence {
namespace {

std::string drawn_text(RandomStream& stream, uint64_t bytes_max) {
  std::string out;
  for (uint64_t i = stream.below(bytes_max + 1); i > 0; --i) out += static_cast<char>(stream.below(256));
  return out;
}

FactValue drawn_fact(RandomStream& stream) {
  switch (stream.below(5)) {
    case 0: return std::monostate();
    case 1: return stream.chance(0.5);
    case 2: return Date{static_cast<int32_t>(stream.next())};
    case 3: return drawn_text(stream, 20);
    default: return Number::whole(static_cast<int64_t>(stream.next()) / 100);
  }
}

Judgement drawn_judgement(RandomStream& stream) {
  Judgement out;
  for (uint8_t& byte : out.permit.bytes) byte = static_cast<uint8_t>(stream.next());
  out.use_case = drawn_text(stream, 30);
  out.outputs.resize(stream.below(12));
  for (Output& output : out.outputs) output = {drawn_text(stream, 12), drawn_fact(stream)};
  out.reasons.resize(stream.below(6));
  for (Reason& reason : out.reasons) {
    reason = {drawn_text(stream, 12), stream.chance(0.5) ? ReasonSource::policy : ReasonSource::model,
              static_cast<int64_t>(stream.next())};
  }
  out.models.resize(stream.below(3));
  for (ModelScore& model : out.models) {
    model = {drawn_text(stream, 6), static_cast<int64_t>(stream.next()), static_cast<int64_t>(stream.next())};
  }
  out.rules_hit.resize(stream.below(9));
  for (uint32_t& rule : out.rules_hit) rule = static_cast<uint32_t>(stream.next());
  return out;
}

Circumstances drawn_circumstances(RandomStream& stream) {
  Circumstances out;
  out.at = {static_cast<int64_t>(stream.next())};
  out.entity = {stream.next(), stream.next()};
  out.caller = drawn_text(stream, 20);
  out.human = static_cast<HumanRole>(stream.below(3));
  out.cpu_ns = static_cast<int64_t>(stream.next());
  out.overhead_ns = static_cast<int64_t>(stream.next());
  return out;
}

FactsPayload drawn_payload(RandomStream& stream) {
  FactsPayload out;
  for (uint8_t& byte : out.salt) byte = static_cast<uint8_t>(stream.next());
  out.facts.resize(stream.below(40));
  for (FactValue& fact : out.facts) fact = drawn_fact(stream);
  return out;
}

TEST(Record, every_part_comes_back_as_it_was_written) {
  for (uint64_t seed = 1; seed <= 2'000; ++seed) {
    RandomStream stream(Random(seed), 1, 1);
    const Judgement judgement = drawn_judgement(stream);
    const auto judged = decode_judgement(encode(judgement));
    ASSERT_TRUE(judged) << "seed " << seed << ": " << judged.error().text();
    EXPECT_EQ(*judged, judgement) << "seed " << seed;
    const Circumstances circumstances = drawn_circumstances(stream);
    const auto circumstanced = decode_circumstances(encode(circumstances));
    ASSERT_TRUE(circumstanced) << "seed " << seed;
    EXPECT_EQ(*circumstanced, circumstances) << "seed " << seed;
    const FactsPayload payload = drawn_payload(stream);
    const auto facts = decode_facts(encode(payload));
    ASSERT_TRUE(facts) << "seed " << seed;
    EXPECT_EQ(facts->salt, payload.salt) << "seed " << seed;
    EXPECT_EQ(facts->facts, payload.facts) << "seed " << seed;
  }
}

// What a decoder takes for good is what an encoder writes: bytes and values are one to one.
void expect_corrupt_or_exact(const std::string& bytes, uint64_t seed) {
  if (const auto read = decode_judgement(bytes)) {
    EXPECT_EQ(encode(*read), bytes) << "seed " << seed;
  } else {
    EXPECT_EQ(read.error().code, ErrorCode::corrupt);
  }
  if (const auto read = decode_circumstances(bytes)) {
    EXPECT_EQ(encode(*read), bytes) << "seed " << seed;
  } else {
    EXPECT_EQ(read.error().code, ErrorCode::corrupt);
  }
  if (const auto read = decode_facts(bytes)) {
    EXPECT_EQ(encode(*read), bytes) << "seed " << seed;
  } else {
    EXPECT_EQ(read.error().code, ErrorCode::corrupt);
  }
}

TEST(Record, hostile_bytes_are_corrupt_and_nothing_worse) {
  for (uint64_t seed = 1; seed <= 4'000; ++seed) {
    RandomStream stream(Random(seed), 2, 1);
    std::string bytes = stream.chance(0.5)   ? encode(drawn_judgement(stream))
                        : stream.chance(0.5) ? encode(drawn_circumstances(stream))
                                             : encode(drawn_payload(stream));
    for (uint64_t change = stream.below(4); change > 0; --change) {
      if (bytes.empty()) break;
      switch (stream.below(3)) {
        case 0: bytes[stream.below(bytes.size())] = static_cast<char>(stream.next()); break;
        case 1: bytes.resize(stream.below(bytes.size())); break;
        default: bytes.insert(stream.below(bytes.size()), 1, static_cast<char>(stream.next()));
      }
    }
    expect_corrupt_or_exact(bytes, seed);
    expect_corrupt_or_exact(drawn_text(stream, 80), seed);
  }
}

TEST(Record, cut_anywhere_it_is_corrupt) {
  RandomStream stream(Random(5), 3, 1);
  const std::string bytes = encode(drawn_judgement(stream));
  for (size_t length = 0; length < bytes.size(); ++length) {
    const auto read = decode_judgement(std::string_view(bytes).substr(0, length));
    ASSERT_FALSE(read) << length;
    EXPECT_EQ(read.error().code, ErrorCode::corrupt);
  }
}

TEST(Record, an_unknown_format_or_a_rule_beyond_any_policy_is_corrupt) {
  std::string bytes = encode(Judgement{});
  bytes[0] = 2;
  EXPECT_FALSE(decode_judgement(bytes));
  std::string rules = encode(Judgement{});
  rules.pop_back();  // no rules
  ByteWriter to;
  to.unsigned_varint(1);
  to.unsigned_varint(uint64_t{1} << 32);
  EXPECT_FALSE(decode_judgement(rules + to.bytes()));
}

TEST(RecordId, says_when_and_where_the_record_lies) {
  const RecordId id = RecordId::make({1'767'225'600'123'456}, 7, 42);
  EXPECT_EQ(id.node(), 7);
  EXPECT_EQ(id.sequence(), 42u);
  EXPECT_EQ(made_at(id).microseconds, 1'767'225'600'123'000);
  EXPECT_LT(id, RecordId::make({1'767'225'600'124'000}, 0, 1)) << "a later moment sorts later";
}

}  // namespace
}  // namespace puhui::evidence
