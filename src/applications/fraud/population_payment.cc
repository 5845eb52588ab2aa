// Card payments: customers with habits, terminals with a trade, and four frauds. docs/population_fraud.md has the numbers.
#include <array>

#include "applications/fraud/population_makers.h"
#include "ground/base/text.h"

namespace puhui::fraud {

namespace {

constexpr double kPaymentsPerCustomerDay = 1.9;
constexpr uint64_t kFavourites = 8;
constexpr std::array<std::string_view, 10> kCategories = {"5411", "5812", "5541", "5912", "5651",
                                                          "4111", "5732", "7995", "6012", "5999"};
constexpr std::array<double, 10> kCategoryShares = {.26, .19, .09, .07, .10, .12, .04, .01, .02, .10};
constexpr std::array<std::string_view, 5> kAbroad = {"HK", "SG", "TH", "US", "RU"};

struct Customer {
  double mean_minor = 0, rate = 0, evening = 0, online = 0;
  uint64_t home = 0, household = 0;
  int device_days = 0;  // how long a device is kept
};

struct Payment {
  int64_t second = 0;
  uint64_t customer = 0, terminal = 0;
  int64_t amount_minor = 0;
  std::string device, beneficiary;
  std::string_view country = "CN", channel = "shop";
  std::string_view scenario;  // empty: good
};

class Payments {
 public:
  explicit Payments(const Population& population)
      : population_(population),
        per_day_(static_cast<double>(population.rows) / population.days),
        terminals_(std::max<uint64_t>(60, static_cast<uint64_t>(per_day_ / kPaymentsPerCustomerDay * 2))) {
    const auto count = std::max<uint64_t>(30, static_cast<uint64_t>(per_day_ / kPaymentsPerCustomerDay));
    for (uint64_t i = 0; i < count; ++i) {
      customers_.push_back(customer(i));
      weights_.push_back((weights_.empty() ? 0 : weights_.back()) + customers_.back().rate);
    }
  }

  std::vector<DayRow> day(int day, uint64_t rows) const {
    std::vector<Payment> payments;
    add_stolen_cards(day, payments);
    add_takeovers(day, payments);
    add_card_testing(day, payments);
    if (payments.size() > rows / 10) payments.resize(rows / 10);  // a tiny population keeps its fraud share
    const auto compromised = compromised_terminals(day);
    for (uint64_t k = 0; payments.size() < rows; ++k) payments.push_back(usual(day, k, compromised));
    std::vector<DayRow> out;
    for (uint64_t i = 0; i < payments.size(); ++i) {
      out.push_back({payments[i].second, i, {}});
      write(payments[i], out.back().text);
    }
    return out;
  }

 private:
  uint64_t customer_count() const { return customers_.size(); }
  // So many begin on a day, for each ten thousand customers.
  double rate_of(double per_ten_thousand) const {
    return per_ten_thousand * static_cast<double>(customer_count()) / 10'000;
  }

  Customer customer(uint64_t i) const {
    auto random = stream_of(population_, Draw::person, i);
    Customer out;
    out.mean_minor = std::clamp(log_normal(random, 5500, 0.7), 600.0, 80'000.0);
    out.rate = std::clamp(log_normal(random, 1.6, 0.6), 0.1, 8.0);
    out.evening = random.uniform();
    out.online = 0.15 + 0.5 * random.uniform();
    out.home = random.below(terminals_);
    out.household = random.chance(0.4) ? i / 3 : 1'000'000 + i;
    out.device_days = 150 + static_cast<int>(random.below(400));
    return out;
  }

  // Most of a customer's payments are made at a few terminals near home.
  uint64_t terminal_of(const Customer& customer, RandomStream& random) const {
    if (random.chance(0.12)) return random.below(terminals_);
    const double skewed = random.uniform();
    const auto favourite = static_cast<uint64_t>(skewed * skewed * static_cast<double>(kFavourites));
    return (customer.home + favourite * 7) % terminals_;
  }

  std::string device_of(uint64_t customer, int day) const {
    const Customer& of = customers_[customer];
    const int number = (day + static_cast<int>(customer % 500)) / of.device_days;
    return "d" + std::to_string(customer) + "-" + std::to_string(number);
  }

  Payment usual(int day, uint64_t k, const std::vector<uint64_t>& compromised) const {
    auto random = stream_of(population_, Draw::payment, campaign(day, 0) * 1000 + k);
    const double at = random.uniform() * weights_.back();
    Payment out;
    out.customer = static_cast<uint64_t>(std::upper_bound(weights_.begin(), weights_.end(), at) - weights_.begin());
    out.customer = std::min(out.customer, customer_count() - 1);
    const Customer& customer = customers_[out.customer];
    out.second = second_of(random, customer.evening);
    out.amount_minor = amount_near(random, customer.mean_minor);
    if (random.chance(customer.online)) {
      out.device = device_of(out.customer, day);
      out.channel = random.chance(0.6) ? "online" : "app";
      if (out.channel == "app" && random.chance(0.3)) out.beneficiary = friend_of(out.customer, random);
    }
    out.terminal = terminal_of(customer, random);
    if (random.chance(0.01)) out.country = kAbroad[random.below(kAbroad.size())];
    if (std::binary_search(compromised.begin(), compromised.end(), out.terminal) && random.chance(0.9)) {
      out.scenario = "compromised_terminal";
    }
    return out;
  }

  std::string friend_of(uint64_t customer, RandomStream& random) const {
    return "b" + std::to_string((customer * 31 + random.below(4)) % customer_count());
  }

  static int64_t second_of(RandomStream& random, double evening) {
    const double hour = (random.uniform() < evening ? 19.0 : 12.5) + 3.0 * random.normal();
    const double wrapped = hour - 24 * std::floor(hour / 24);
    return std::min(static_cast<int64_t>(wrapped * 3600), kDaySeconds - 1);
  }

  static int64_t amount_near(RandomStream& random, double mean_minor) {
    const double drawn = mean_minor * (1 + 0.5 * random.normal());
    return std::max<int64_t>(100, static_cast<int64_t>(drawn > 0 ? drawn : mean_minor * 2 * random.uniform()));
  }

  // A card in wrong hands for up to three days: shops far from home, several times what its owner pays.
  void add_stolen_cards(int day, std::vector<Payment>& out) const {
    for (int begin = std::max(0, day - 2); begin <= day; ++begin) {
      for (uint64_t k = begun(population_, Draw::stolen_card, begin, rate_of(12)); k-- > 0;) {
        auto random = stream_of(population_, Draw::stolen_card, campaign(begin, k));
        const uint64_t victim = random.below(customer_count());
        const auto days = 1 + static_cast<int>(random.below(3));
        const double times = 2.5 + 4 * random.uniform();
        const bool abroad = random.chance(0.4);
        if (day - begin >= days) continue;
        auto today =
            stream_of(population_, Draw::stolen_card_day, campaign(begin, k) * 4 + static_cast<uint64_t>(day - begin));
        for (uint64_t n = 2 + today.below(4); n-- > 0;) {
          Payment payment{static_cast<int64_t>(today.below(kDaySeconds)), victim, today.below(terminals_), 0, {}, {}};
          payment.amount_minor = amount_near(today, customers_[victim].mean_minor * times);
          if (abroad) payment.country = kAbroad[today.below(kAbroad.size())];
          payment.scenario = "stolen_card";
          out.push_back(std::move(payment));
        }
      }
    }
  }

  // Somebody signs in as a customer from a device of their own and empties the account to a mule.
  void add_takeovers(int day, std::vector<Payment>& out) const {
    for (uint64_t k = begun(population_, Draw::takeover, day, rate_of(8)); k-- > 0;) {
      auto random = stream_of(population_, Draw::takeover, campaign(day, k));
      const uint64_t victim = random.below(customer_count());
      const std::string gang = std::to_string(day / 5) + "-" + std::to_string(random.below(4));
      int64_t second = static_cast<int64_t>(random.below(kDaySeconds - 7200));
      for (uint64_t n = 2 + random.below(4); n-- > 0;) {
        Payment payment{second, victim, random.below(terminals_), 0, "x" + gang, "m" + gang};
        payment.amount_minor = amount_near(random, customers_[victim].mean_minor * 6);
        payment.channel = "app";
        payment.scenario = "account_takeover";
        second += 60 + static_cast<int64_t>(random.below(1200));
        out.push_back(std::move(payment));
      }
    }
  }

  // A list of cards tried with a few fen each at one online shop within minutes; those that work pay for more.
  void add_card_testing(int day, std::vector<Payment>& out) const {
    for (uint64_t k = begun(population_, Draw::card_testing, day, rate_of(3)); k-- > 0;) {
      auto random = stream_of(population_, Draw::card_testing, campaign(day, k));
      const uint64_t shop = random.below(terminals_);
      int64_t second = static_cast<int64_t>(random.below(kDaySeconds - 10'800));
      const std::string bot = "t" + std::to_string(day) + "-" + std::to_string(k);
      for (uint64_t n = 8 + random.below(12); n-- > 0;) {
        Payment payment{second, random.below(customer_count()), shop, 0, bot, {}};
        payment.amount_minor = 1 + static_cast<int64_t>(random.below(500));
        payment.channel = "online";
        payment.scenario = "card_testing";
        const bool works = random.chance(0.25);
        out.push_back(payment);
        if (works) {
          payment.second += 1800 + static_cast<int64_t>(random.below(7200));
          payment.terminal = random.below(terminals_);
          payment.amount_minor = amount_near(random, customers_[payment.customer].mean_minor * 4);
          out.push_back(payment);
        }
        second += 5 + static_cast<int64_t>(random.below(40));
      }
    }
  }

  // Terminals that copy cards, two to four weeks each; sorted.
  std::vector<uint64_t> compromised_terminals(int day) const {
    std::vector<uint64_t> out;
    for (int begin = std::max(0, day - 27); begin <= day; ++begin) {
      for (uint64_t k = begun(population_, Draw::compromised_terminal, begin, rate_of(5)); k-- > 0;) {
        auto random = stream_of(population_, Draw::compromised_terminal, campaign(begin, k));
        const uint64_t terminal = random.below(terminals_);
        if (day - begin < 14 + static_cast<int>(random.below(15))) out.push_back(terminal);
      }
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  std::string_view category_of(uint64_t terminal) const {
    auto random = stream_of(population_, Draw::terminal, terminal);
    double left = random.uniform();
    for (size_t i = 0; i + 1 < kCategories.size(); ++i) {
      left -= kCategoryShares[i];
      if (left < 0) return kCategories[i];
    }
    return kCategories.back();
  }

  void write(const Payment& payment, std::string& out) const {
    const bool far = !payment.device.empty();
    const Customer& customer = customers_[payment.customer];
    const std::string phone = far ? "p" + std::to_string(payment.customer) : "";
    const std::string address = far && payment.beneficiary.empty() ? "a" + std::to_string(customer.household) : "";
    out =
        join({"c" + std::to_string(payment.customer), "t" + std::to_string(payment.terminal),
              std::to_string(payment.amount_minor), payment.device, phone, address, payment.beneficiary,
              std::string(payment.country), std::string(payment.channel), std::string(category_of(payment.terminal)),
              payment.scenario.empty() ? "0" : "1", payment.scenario.empty() ? "none" : std::string(payment.scenario)},
             ",");
  }

  Population population_;
  double per_day_;
  uint64_t terminals_;
  std::vector<Customer> customers_;
  std::vector<double> weights_;  // running sums of the customers' rates
};

}  // namespace

std::string_view payment_header() {
  return "tx_id,t,customer,terminal,amount_cents,device,phone,address,beneficiary,country,channel,merchant_category,"
         "fraud,"
         "scenario\n";
}

DayMaker payment_days(const Population& population) {
  return [payments = std::make_shared<const Payments>(population)](int day, uint64_t rows) {
    return payments->day(day, rows);
  };
}

}  // namespace puhui::fraud
