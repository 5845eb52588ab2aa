#include "applications/lending/contract.h"

#include <gtest/gtest.h>

#include "applications/lending/loan_examples.h"

namespace puhui::lending {
namespace {

Product small_product() {
  Product product;
  product.name = "small";
  product.amount = {100'000, 1'000'000, 10'000};
  product.terms_months = {6, 12};
  product.costs.floor = Rate::from_percent(4);
  product.costs.cap = Rate::from_percent(24);
  return product;
}

Offer good_offer() {
  return {.loan = LoanId({1, 1}),
          .borrower = BorrowerId({1, 2}),
          .principal_minor = 500'000,
          .rate = Rate::from_percent(10),
          .term_months = 12,
          .opened_on = examples::day("2025-03-31")};
}

TEST(Contract, TakesItsTermsFromTheProductVersion) {
  const Product product = small_product();
  const auto contract = make_contract(product, good_offer());
  ASSERT_TRUE(contract.has_value()) << contract.error().text();
  EXPECT_EQ(contract->product_hash, product.hash());
  EXPECT_EQ(contract->terms, product.terms);
  EXPECT_EQ(contract->instalments, 12);
  EXPECT_EQ(contract->first_due, examples::day("2025-04-30"));
}

TEST(Contract, AnOfferOutsideTheProductNamesEveryFault) {
  Offer offer = good_offer();
  offer.principal_minor = 1'005'000;
  offer.term_months = 7;
  offer.rate = Rate::from_percent(25);
  const auto contract = make_contract(small_product(), offer);
  ASSERT_FALSE(contract.has_value());
  EXPECT_EQ(contract.error().faults.size(), 3u) << contract.error().text();
  offer = good_offer();
  offer.principal_minor = 505'000;
  EXPECT_EQ(make_contract(small_product(), offer).error().faults.at(0).where, "principal_minor");
}

TEST(Contract, SurvivesItsBytes) {
  for (uint64_t row = 0; row < 300; ++row) {
    RandomStream random(Random(1), 0, row);
    const Contract contract = examples::random_contract(random);
    const std::string bytes = encode(contract);
    EXPECT_LE(bytes.size(), 160u);
    const auto back = decode_contract(bytes);
    ASSERT_TRUE(back.has_value()) << "row " << row << ": " << back.error().text();
    ASSERT_EQ(*back, contract) << "row " << row;
  }
}

TEST(Contract, CutOrChangedBytesAreCorruptOrAnotherSoundContract) {
  const std::string bytes = encode(examples::line_of_credit());
  for (size_t cut = 0; cut < bytes.size(); ++cut) {
    EXPECT_EQ(decode_contract(bytes.substr(0, cut)).error().code, ErrorCode::corrupt) << cut;
  }
  EXPECT_EQ(decode_contract(bytes + "x").error().code, ErrorCode::corrupt);
  size_t refused = 0;
  for (size_t at = 0; at < bytes.size(); ++at) {
    for (int value = 0; value < 256; value += 5) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(value);
      const auto contract = decode_contract(changed);
      if (!contract) {
        EXPECT_EQ(contract.error().code, ErrorCode::corrupt);
        refused += 1;
      } else {
        EXPECT_EQ(*decode_contract(encode(*contract)), *contract);
      }
    }
  }
  EXPECT_GT(refused, 500u);
}

}  // namespace
}  // namespace puhui::lending
