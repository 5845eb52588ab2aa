#include "applications/aml/account_features.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>

#include "applications/aml/account_verbs.h"
#include "ground/base/random.h"
#include "infrastructure/models/table.h"

namespace puhui::aml {
namespace {

const BookColumns kColumns{.from = "from", .to = "to", .amount = "amount", .at = "time"};

AccountBook book_of(const std::string& rows) {
  auto book = read_book(models::from_text("from,to,amount,time\n" + rows), kColumns);
  EXPECT_TRUE(book.has_value()) << book.error().text();
  book->close(AccountFeatureSettings{}.near_ppm);
  return *std::move(book);
}

// Looks a number up by column and account.
class TableOf {
 public:
  TableOf(const AccountBook& book, std::span<const Known> known = {}, const AccountFeatureSettings& settings = {})
      : book_(book), columns_(account_features(book, known, settings)) {}
  double operator()(const std::string& column, std::string_view account) const {
    for (const AccountColumn& each : columns_) {
      if (each.name == column) return each.values[book_.names.find(account).value()];
    }
    ADD_FAILURE() << "no column " << column;
    return NAN;
  }
  const AccountColumns& columns() const { return columns_; }

 private:
  const AccountBook& book_;
  AccountColumns columns_;
};

TEST(AccountBook, NamesEveryBadRow) {
  const auto book =
      read_book(models::from_text("from,to,amount,time\na,b,1.00,1\n,b,1,1\na,b,x,1\na,b,-1,soon\na,b,1.001,1\n"
                                  "a,b,1,9000000000000000000\n"),
                kColumns);
  ASSERT_FALSE(book.has_value());
  EXPECT_EQ(book.error().code, ErrorCode::invalid);
  EXPECT_EQ(book.error().faults.size(), 6u);
  EXPECT_EQ(book.error().faults[0].where, "row 2 (line 3)");
}

TEST(AccountBook, NamesEveryMissingColumn) {
  const auto book = read_book(models::from_text("payer,to,sum,time\n"), kColumns);
  ASSERT_FALSE(book.has_value());
  EXPECT_EQ(book.error().faults.size(), 2u);
}

TEST(AccountBook, CountsTransfersToOneselfAndKeepsThemOut) {
  const AccountBook book = book_of("a,a,1,1\na,b,1,1\n");
  EXPECT_EQ(book.self_transfers, 1u);
  EXPECT_EQ(book.transfers.size(), 1u);
}

TEST(AccountFeatures, CountsAndSumsWhatCameInAndWentOut) {
  const AccountBook book = book_of("a,b,1.50,3\nc,b,4,1\nb,a,2,2\n");
  const TableOf table(book);
  EXPECT_EQ(table("in_count", "b"), 2);
  EXPECT_EQ(table("in_sum", "b"), 550);
  EXPECT_EQ(table("in_mean", "b"), 275);
  EXPECT_EQ(table("in_min", "b"), 150);
  EXPECT_EQ(table("in_max", "b"), 400);
  EXPECT_EQ(table("out_count", "b"), 1);
  EXPECT_EQ(table("in_count", "c"), 0);
  EXPECT_TRUE(std::isnan(table("in_mean", "c")));
  EXPECT_EQ(table("both_ways", "b"), 1);
  EXPECT_EQ(table("both_ways", "c"), 0);
}

TEST(AccountFeatures, TellsRepeatedPaymentsFromManyCounterparties) {
  const AccountBook book = book_of("a,b,100,1\na,b,90,2\na,b,10,3\na,c,100,4\na,d,100,40\n");
  const TableOf table(book);
  EXPECT_EQ(table("out_counterparties", "a"), 3);
  EXPECT_EQ(table("out_most_with_one", "a"), 3);
  EXPECT_EQ(table("out_repeated_with", "a"), 1);
  EXPECT_EQ(table("out_near_repeats", "a"), 1);
  EXPECT_EQ(table("in_near_repeats", "b"), 1);
  EXPECT_EQ(table("out_burst_transfers", "a"), 4);
  EXPECT_EQ(table("out_burst_counterparties", "a"), 2);
  EXPECT_EQ(table("repeated_component", "a"), 2);
  EXPECT_EQ(table("component", "a"), 4);
}

TEST(AccountFeatures, CountsWhatIsPassedOnInTimeAndNearlyWhole) {
  const AccountBook book =
      book_of("a,m,100,1\nm,b,90,5\na,m,100,100\nm,b,90,131\na,m,100,200\nm,b,60,201\nm,a,100,202\n");
  const TableOf table(book);
  EXPECT_EQ(table("passed_on", "m"), 1);  // too late, too little, and only back
  EXPECT_DOUBLE_EQ(table("passed_on_share", "m"), 1.0 / 3);
}

TEST(AccountFeatures, CountsEachAccountOfACycleByLengthAndShrinking) {
  const AccountBook book =
      book_of("a,b,100,1\nb,c,90,2\nc,d,80,3\nd,a,70,4\nx,y,10,1\ny,z,20,2\nz,x,30,3\np,q,1,1\nq,r,1,2\nr,p,1,50\n");
  const TableOf table(book);
  for (const char* account : {"a", "b", "c", "d"}) {
    EXPECT_EQ(table("cycles_4", account), 1);
    EXPECT_EQ(table("shrinking_cycles_4", account), 1);
    EXPECT_EQ(table("cycles_3", account), 0);
  }
  EXPECT_EQ(table("cycles_3", "x"), 1);
  EXPECT_EQ(table("shrinking_cycles_3", "x"), 0);
  EXPECT_EQ(table("cycles_3", "p"), 0);
}

TEST(AccountFeatures, KnowsCoresStandingsAndScatterGather) {
  const AccountBook book = book_of("a,m1,1,1\na,m2,1,1\na,m3,1,1\nm1,z,1,2\nm2,z,1,2\nm3,z,1,2\nz,tail,1,3\n");
  const TableOf table(book);
  EXPECT_EQ(table("scatter", "a"), 3);
  EXPECT_EQ(table("gather", "z"), 3);
  EXPECT_EQ(table("scatter_gather_middle", "m2"), 3);
  EXPECT_EQ(table("scatter", "m1"), 1);
  EXPECT_EQ(table("core", "a"), 2);
  EXPECT_EQ(table("core", "tail"), 1);
  EXPECT_GT(table("standing_paid", "tail"), table("standing_paid", "a"));
  double sum = 0;
  for (const char* account : {"a", "m1", "m2", "m3", "z", "tail"}) sum += table("standing_paid", account);
  EXPECT_NEAR(sum, 6, 1e-9);
}

// Random transfers of few accounts, so that all are near each other.
std::string random_rows(uint64_t seed, size_t transfers, uint64_t accounts) {
  RandomStream draws(Random(seed), 1, 1);
  std::string out;
  for (size_t i = 0; i < transfers; ++i) {
    out += "a" + std::to_string(draws.below(accounts)) + ",a" + std::to_string(draws.below(accounts)) + "," +
           std::to_string(1 + draws.below(500)) + "," + std::to_string(draws.below(100)) + "\n";
  }
  return out;
}

std::vector<Known> random_known(uint64_t seed, size_t accounts) {
  RandomStream draws(Random(seed), 2, 1);
  std::vector<Known> out;
  for (size_t i = 0; i < accounts; ++i) out.push_back(static_cast<Known>(draws.below(3)));
  return out;
}

TEST(AccountFeatures, PutNothingKnownOfAnAccountIntoItsOwnRow) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const AccountBook book = book_of(random_rows(seed, 120, 25));
    std::vector<Known> known = random_known(seed, book.accounts());
    const AccountColumns before = account_features(book, known);
    bool others_changed = false;
    for (uint32_t account = 0; account < book.accounts(); ++account) {
      const Known was = known[account];
      for (const Known instead : {Known::nothing, Known::good, Known::bad}) {
        known[account] = instead;
        const AccountColumns after = account_features(book, known);
        for (size_t c = 0; c < after.size(); ++c) {
          const double a = before[c].values[account], b = after[c].values[account];
          ASSERT_TRUE(a == b || (std::isnan(a) && std::isnan(b))) << after[c].name;
          others_changed |= before[c].values != after[c].values && after[c].kind == AccountColumnKind::known_bad;
        }
      }
      known[account] = was;
    }
    EXPECT_TRUE(others_changed);
  }
}

TEST(AccountFeatures, CountKnownBadAccountsTwoStepsAwayAsTheListOfTransfersDoes) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const AccountBook book = book_of(random_rows(seed, 80, 20));
    const std::vector<Known> known = random_known(seed, book.accounts());
    const TableOf table(book, known);
    const auto near = [&](uint32_t account, bool paid) {
      std::set<uint32_t> out;
      for (const BookTransfer& t : book.transfers) {
        if ((paid ? t.from : t.to) == account) out.insert(paid ? t.to : t.from);
      }
      return out;
    };
    const std::pair<bool, const char*> steps[] = {{false, "payers"}, {true, "payees"}};
    for (uint32_t account = 0; account < book.accounts(); ++account) {
      for (const auto& [first, first_name] : steps) {
        for (const auto& [then, then_name] : steps) {
          double most = 0;
          for (const uint32_t middle : near(account, first)) {
            double bad = 0;
            for (const uint32_t other : near(middle, then)) bad += other != account && known[other] == Known::bad;
            most = std::max(most, bad);
          }
          const std::string column = "known_bad_" + std::string(then_name) + "_of_" + first_name + "_most";
          ASSERT_EQ(table(column, book.names.name(account)), most) << column;
        }
      }
    }
  }
}

class Silent : public Progress {
 public:
  void step(std::string_view, uint64_t, uint64_t) override {}
};

class AccountsVerb : public testing::Test {
 protected:
  AccountsVerb() : folder(std::filesystem::temp_directory_path() / ("puhui_accounts_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder);
  }
  ~AccountsVerb() override { std::filesystem::remove_all(folder); }
  std::string file(const std::string& name, const std::string& text = {}) const {
    const std::string path = (folder / name).string();
    if (!text.empty()) std::ofstream(path) << text;
    return path;
  }
  static Result<Json> run(const std::string& input) {
    const Caller caller{"tester", {"*"}};
    Silent progress;
    return account_verbs().front().run({caller, progress}, *parse_json(input));
  }
  std::filesystem::path folder;
};

TEST_F(AccountsVerb, WritesATableThatReadsBack) {
  const std::string transfers = file("t.csv", "payer,payee,value,step\na,\"b, c\",1.5,1\na,d,2,2\n");
  const std::string nodes = file("n.csv", "account,bad\na,1\n\"b, c\",0\nlonely,\nd,\n");
  const std::string out = file("out.csv");
  const auto answer = run(R"({"transactions":")" + transfers + R"(","nodes":")" + nodes + R"(","out":")" + out +
                          R"(","from":"payer","to":"payee","amount":"value","time":"step","known_bad":"bad"})");
  ASSERT_TRUE(answer.has_value()) << answer.error().text();
  const auto read = models::read_table(models::open_file(out).value());
  ASSERT_TRUE(read.has_value()) << read.error().text();
  ASSERT_EQ(read->table.row_count(), 4u);
  EXPECT_EQ(read->table.find("account")->categories, (std::vector<std::string>{"a", "b, c", "d", "lonely"}));
  EXPECT_EQ(read->table.find("out_sum")->values[0], 350);
  EXPECT_EQ(read->table.find("known_bad_payers")->values[1], 1);
  EXPECT_TRUE(std::isnan(read->table.find("in_mean")->values[3]));
}

TEST_F(AccountsVerb, SaysWhichFileIsWrong) {
  const std::string transfers = file("t.csv", "from,to,amount,time\na,b,1,1\n");
  const std::string nodes = file("n.csv", "account,bad\na,yes\n");
  const auto answer = run(R"({"transactions":")" + transfers + R"(","nodes":")" + nodes +
                          R"(","out":"/nowhere/out.csv","known_bad":"bad"})");
  ASSERT_FALSE(answer.has_value());
  EXPECT_NE(answer.error().text().find("n.csv"), std::string::npos);
  EXPECT_NE(answer.error().text().find("'yes'"), std::string::npos);
  const auto unwritten = run(R"({"transactions":")" + transfers + R"(","out":"/nowhere/out.csv"})");
  ASSERT_FALSE(unwritten.has_value());
  EXPECT_EQ(unwritten.error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace puhui::aml
