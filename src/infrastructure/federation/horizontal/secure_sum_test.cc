// Secure sums: exact for any clients, whoever goes away when, and refused wherever more than the sum would be told.
#include <gtest/gtest.h>

#include "infrastructure/federation/horizontal/secure_sum_for_test.h"
#include "infrastructure/federation/horizontal/secure_sum_wire.h"

namespace puhui::federation {
namespace {

constexpr SecureSumPhase kAllPhases[] = {SecureSumPhase::keys, SecureSumPhase::shares, SecureSumPhase::masked,
                                         SecureSumPhase::agreed, SecureSumPhase::opened};

std::set<size_t> first(size_t count) {
  std::set<size_t> out;
  for (size_t i = 0; i < count; ++i) out.insert(i);
  return out;
}

TEST(SecretShares, AnyThresholdOfThemGiveTheSecretAndFewerAnother) {
  SecureSumSecret secret{};
  for (size_t i = 0; i < secret.size(); ++i) secret[i] = static_cast<uint8_t>(7 * i + 1);
  const std::vector<uint8_t> places = {1, 2, 3, 200, 255};
  for (size_t threshold = 1; threshold <= places.size(); ++threshold) {
    const auto shares = secret_shares(secret, places, threshold);
    for (size_t begin = 0; begin + threshold <= places.size(); ++begin) {
      EXPECT_EQ(joined_secret(std::span(shares).subspan(begin, threshold)), secret) << threshold << " from " << begin;
    }
    if (threshold == 1) continue;
    EXPECT_NE(joined_secret(std::span(shares).first(threshold - 1)), secret) << threshold;
  }
}

TEST(SecureSum, IsExactForAnyNumberOfClients) {
  for (const size_t count : {3, 4, 8}) {
    const SecureSumParties all(count);
    const auto sum = relay(all);
    ASSERT_TRUE(sum) << sum.error().text();
    EXPECT_EQ(sum->sums, all.sum_of(first(count)));
    EXPECT_EQ(sum->survivors.size(), count);
  }
}

TEST(SecureSum, CoversMoreThanABlockOfMasks) {
  const SecureSumParties all(3, 9001);
  const auto sum = relay(all);
  ASSERT_TRUE(sum) << sum.error().text();
  EXPECT_EQ(sum->sums, all.sum_of(first(3)));
}

TEST(SecureSum, HidesEveryWordOfAClientBehindFreshMasks) {
  const SecureSumParties all(3);
  std::vector<std::string> masked;
  for (int round = 0; round < 2; ++round) {
    SecureSumTampering watch;
    watch.said = [&](SecureSumPhase phase, size_t party, std::string& bytes) {
      if (phase == SecureSumPhase::masked && party == 1) masked.push_back(bytes);
      return true;
    };
    ASSERT_TRUE(relay(all, watch));
  }
  const auto one = read_words(masked[0], 5), two = read_words(masked[1], 5);
  for (size_t j = 0; j < 5; ++j) {
    EXPECT_NE((*one)[j], all.inputs[1][j]);
    EXPECT_NE((*one)[j], (*two)[j]);
  }
}

TEST(SecureSum, SurvivesAClientThatGoesAwayInAnyPhase) {
  const SecureSumParties all(5);  // four are enough
  for (const SecureSumPhase lost_in : kAllPhases) {
    for (const size_t lost : {size_t{1}, size_t{4}}) {
      SecureSumTampering going;
      going.said = [&](SecureSumPhase phase, size_t party, std::string&) { return phase != lost_in || party != lost; };
      const auto sum = relay(all, going);
      ASSERT_TRUE(sum) << sum.error().text();
      std::set<size_t> summed = first(5);
      if (lost_in <= SecureSumPhase::masked) summed.erase(lost);  // later its vector was there already
      EXPECT_EQ(sum->sums, all.sum_of(summed)) << static_cast<int>(lost_in) << " " << lost;
    }
  }
}

TEST(SecureSum, UnmasksNothingForTooFewClients) {
  for (const SecureSumPhase lost_in : kAllPhases) {
    const SecureSumParties all(4);  // three are enough
    SecureSumTampering going;
    going.said = [&](SecureSumPhase phase, size_t party, std::string&) { return phase != lost_in || party < 2; };
    const auto sum = relay(all, going);
    ASSERT_FALSE(sum);
    EXPECT_EQ(sum.error().code, ErrorCode::unavailable) << sum.error().text();
  }
  EXPECT_FALSE(relay(SecureSumParties(2)));
}

TEST(SecureSum, RefusesKeysThatTheHubMadeUp) {
  const SecureSumParties all(4);
  SecureSumTampering lying;
  lying.answered = [&](SecureSumPhase phase, size_t party, std::string& bytes) {
    if (phase != SecureSumPhase::keys || party != 2) return;
    auto keys = *read_keys(bytes, 4);
    keys[1].mask[3] ^= 1;
    bytes = written(keys);
  };
  const auto sum = relay(all, lying);
  ASSERT_FALSE(sum);
  EXPECT_EQ(sum.error().code, ErrorCode::forbidden) << sum.error().text();
}

// The hub would have the own mask of client 4 opened by some and its pairwise key by others.
TEST(SecureSum, RefusesAHubThatTellsTwoListsOfSurvivors) {
  for (const bool signatures_of_the_others_too : {false, true}) {
    const SecureSumParties all(6);  // four are enough
    SecureSumTampering lying;
    std::map<uint8_t, std::string> left;
    lying.answered = [&](SecureSumPhase phase, size_t party, std::string& bytes) {
      if (phase == SecureSumPhase::masked && party < 3) bytes.pop_back();
      if (phase != SecureSumPhase::agreed || signatures_of_the_others_too) return;
      auto signatures = *read_signatures(bytes, 6);
      std::erase_if(signatures, [&](const auto& one) { return (one.first < 3) != (party < 3); });
      bytes = written(signatures);
    };
    const auto sum = relay(all, lying);
    ASSERT_FALSE(sum);
    EXPECT_EQ(sum.error().code, signatures_of_the_others_too ? ErrorCode::forbidden : ErrorCode::unavailable)
        << sum.error().text();
  }
}

TEST(SecureSum, FindsAClientThatOpensAWrongShare) {
  const SecureSumParties all(3);
  SecureSumTampering wrong;
  wrong.said = [](SecureSumPhase phase, size_t party, std::string& bytes) {
    if (phase == SecureSumPhase::opened && party == 2) bytes[40] ^= 1;
    return true;
  };
  const auto sum = relay(all, wrong);
  ASSERT_FALSE(sum);
  EXPECT_EQ(sum.error().code, ErrorCode::corrupt) << sum.error().text();
}

TEST(SecureSum, AnswersCutOrLengthenedBytesWithAnError) {
  for (const SecureSumPhase phase : kAllPhases) {
    for (const bool from_hub : {false, true}) {
      if (from_hub && phase == SecureSumPhase::opened) continue;
      for (const size_t kept : {size_t{0}, size_t{1}, size_t{33}, SIZE_MAX}) {
        const auto cut = [&](SecureSumPhase at, size_t party, std::string& bytes) {
          if (at != phase || party != 1) return;
          if (kept == SIZE_MAX)
            bytes += "\x7f";
          else
            bytes.resize(std::min(bytes.size() - 1, kept));
        };
        SecureSumTampering tampering;
        if (from_hub)
          tampering.answered = cut;
        else
          tampering.said = [&](SecureSumPhase at, size_t party, std::string& bytes) {
            return cut(at, party, bytes), true;
          };
        EXPECT_FALSE(relay(SecureSumParties(3), tampering)) << static_cast<int>(phase) << from_hub << kept;
      }
    }
  }
}

TEST(SecureSum, NeedsMoreThanHalfOfTheOtherClientsBesideTheHub) {
  for (size_t clients = 3; clients <= 64; ++clients) {
    const size_t threshold = secure_sum_threshold(clients, 3);
    EXPECT_GT(2 * (threshold - 1), clients - 1) << clients;
    EXPECT_LE(threshold, clients);
  }
  EXPECT_EQ(secure_sum_threshold(10, 9), 9u);
}

}  // namespace
}  // namespace puhui::federation
