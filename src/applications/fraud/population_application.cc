// Loan applications: people with one device, telephone, address and employer each, and three frauds that show in what they share.
// docs/population_fraud.md has the numbers.
#include <array>

#include "applications/fraud/population_makers.h"
#include "ground/base/text.h"

namespace puhui::fraud {

namespace {

constexpr std::array<std::string_view, 4> kChannels = {"app", "agent", "branch", "partner"};
constexpr std::array<double, 4> kChannelShares = {.62, .18, .12, .08};

struct Application {
  int64_t second = 0;
  std::string applicant, device, phone, address, employer, account;
  int64_t amount_minor = 0, income_minor = 0, form_seconds = 0;
  bool verified = true;
  std::string agent;
  std::string_view channel = "app", scenario;  // empty: good
};

std::string numbered(std::string_view prefix, uint64_t number) { return std::string(prefix) + std::to_string(number); }

class Applications {
 public:
  explicit Applications(const Population& population)
      : population_(population), per_day_(static_cast<double>(population.rows) / population.days) {}

  std::vector<DayRow> day(int day, uint64_t rows) const {
    std::vector<Application> applications;
    add_rings(day, applications);
    add_mixes(day, applications);
    add_bursts(day, applications);
    if (applications.size() > rows / 5) applications.resize(rows / 5);  // a tiny population keeps its fraud share
    for (uint64_t k = 0; applications.size() < rows; ++k) applications.push_back(usual(person_number(day, k)));
    std::vector<DayRow> out;
    for (uint64_t i = 0; i < applications.size(); ++i) {
      out.push_back({applications[i].second, i, {}});
      write(applications[i], out.back().text);
    }
    return out;
  }

 private:
  // So many begin on a day, for each thousand applications.
  double rate_of(double per_thousand) const { return per_thousand * per_day_ / 1000; }

  // One in twelve applies again; the others are new to the bank.
  uint64_t person_number(int day, uint64_t k) const {
    auto random = stream_of(population_, Draw::application, campaign(day, 0) * 1000 + k);
    const auto fresh = static_cast<uint64_t>(day) * 10'000'000 + k;
    if (day < 3 || !random.chance(1.0 / 12)) return fresh;
    const auto back = 1 + random.below(static_cast<uint64_t>(std::min(day, 60)));
    return (static_cast<uint64_t>(day) - back) * 10'000'000 +
           random.below(std::max<uint64_t>(1, quota(population_, day)));
  }

  Application usual(uint64_t person) const {
    auto random = stream_of(population_, Draw::person, person);
    Application out;
    out.second = static_cast<int64_t>(std::clamp(14 + 4 * random.normal(), 0.0, 23.9) * 3600);
    const bool couple = random.chance(0.25);  // couples share an address, few a device
    out.applicant = numbered("i", person);
    out.device = couple && random.chance(0.12) ? numbered("dh", person / 2) : numbered("d", person);
    out.phone = numbered("p", person);
    out.address = couple ? numbered("ah", person / 2) : numbered("a", person);
    // Employers as firms are: a few large ones, many small.
    const double size = random.uniform();
    out.employer = numbered("e", static_cast<uint64_t>(size * size * size * 20'000));
    out.account = numbered("k", person);
    out.income_minor = static_cast<int64_t>(log_normal(random, 620'000, 0.45));
    out.amount_minor = rounded(static_cast<double>(out.income_minor) * log_normal(random, 2.2, 0.6));
    out.channel = channel_of(random);
    if (out.channel == "agent" || out.channel == "partner") out.agent = numbered("g", random.below(40));
    out.form_seconds = static_cast<int64_t>(log_normal(random, 420, 0.5));
    out.verified = random.chance(0.985);
    if (random.chance(0.1)) out.device.clear();  // at a counter
    return out;
  }

  static std::string_view channel_of(RandomStream& random) {
    double left = random.uniform();
    for (size_t i = 0; i + 1 < kChannels.size(); ++i) {
      left -= kChannelShares[i];
      if (left < 0) return kChannels[i];
    }
    return kChannels.back();
  }

  static void go_online(Application& one) {
    one.channel = "app";
    one.agent.clear();
  }

  static int64_t rounded(double amount_minor) {
    return std::max<int64_t>(1, static_cast<int64_t>(amount_minor / 100'000)) * 100'000;
  }

  // Six to twenty made-up people over up to five days, who share devices, telephones, an address and an employer.
  void add_rings(int day, std::vector<Application>& out) const {
    for (int begin = std::max(0, day - 4); begin <= day; ++begin) {
      for (uint64_t k = begun(population_, Draw::ring, begin, rate_of(1.2)); k-- > 0;) {
        const uint64_t ring = campaign(begin, k);
        auto random = stream_of(population_, Draw::ring, ring);
        const uint64_t devices = 1 + random.below(3), phones = 2 + random.below(4);
        for (uint64_t n = 6 + random.below(15), member = 0; member < n; ++member) {
          Application one = usual(9'000'000'000 + ring * 100 + member);
          const auto on = begin + static_cast<int>(random.below(5));
          one.device = numbered("dr" + std::to_string(ring) + "-", random.below(devices));
          if (random.chance(0.6)) one.phone = numbered("pr" + std::to_string(ring) + "-", random.below(phones));
          if (random.chance(0.7)) one.address = numbered("ar", ring);
          if (random.chance(0.8)) one.employer = numbered("er", ring);
          one.income_minor = one.income_minor * 14 / 10;
          one.amount_minor = rounded(static_cast<double>(one.amount_minor) * 1.5);
          one.form_seconds /= 3;  // filled in from a list
          go_online(one);
          one.scenario = "ring";
          if (on == day) out.push_back(std::move(one));
        }
      }
    }
  }

  // A name that is new with a telephone and an address of two other people and an account of nobody's.
  void add_mixes(int day, std::vector<Application>& out) const {
    for (uint64_t k = begun(population_, Draw::mix, day, rate_of(6)); k-- > 0;) {
      const uint64_t mix = campaign(day, k);
      auto random = stream_of(population_, Draw::mix, mix);
      Application one = usual(8'000'000'000 + mix);
      one.phone = usual(person_number(std::max(0, day - 1), random.below(1000))).phone;
      one.address = usual(person_number(std::max(0, day - 2), random.below(1000))).address;
      one.amount_minor = rounded(static_cast<double>(one.amount_minor) * 1.8);
      one.second = static_cast<int64_t>(random.below(kDaySeconds));
      if (random.chance(0.2)) one.verified = false;
      one.scenario = "identity_mix";
      out.push_back(std::move(one));
    }
  }

  // One device, one telephone, four to nine applications within the hour under as many names.
  void add_bursts(int day, std::vector<Application>& out) const {
    for (uint64_t k = begun(population_, Draw::burst, day, rate_of(1.5)); k-- > 0;) {
      const uint64_t burst = campaign(day, k);
      auto random = stream_of(population_, Draw::burst, burst);
      int64_t second = static_cast<int64_t>(random.below(kDaySeconds - 3600));
      for (uint64_t n = 4 + random.below(6), i = 0; i < n; ++i) {
        Application one = usual(7'000'000'000 + burst * 100 + i);
        one.device = numbered("db", burst);
        if (i % 2 == 1) one.phone = numbered("pb", burst);
        one.second = second;
        second += 30 + static_cast<int64_t>(random.below(360));
        one.form_seconds = 20 + one.form_seconds / 6;
        go_online(one);
        one.scenario = "velocity";
        out.push_back(std::move(one));
      }
    }
  }

  static void write(const Application& application, std::string& out) {
    const bool good = application.scenario.empty();
    out = join({application.applicant, std::to_string(application.amount_minor), application.device, application.phone,
                application.address, application.employer, application.account, "person_revolving",
                std::string(application.channel), application.agent, std::to_string(application.income_minor),
                std::to_string(application.form_seconds), application.verified ? "true" : "false", good ? "0" : "1",
                good ? "none" : std::string(application.scenario)},
               ",");
  }

  Population population_;
  double per_day_;
};

}  // namespace

std::string_view application_header() {
  return "application_id,t,applicant,requested_amount_minor,device,phone,address,employer,bank_account,product,channel,"
         "agent,"
         "income_month_minor,form_seconds,identity_verified,fraud,scenario\n";
}

DayMaker application_days(const Population& population) {
  return [applications = std::make_shared<const Applications>(population)](int day, uint64_t rows) {
    return applications->day(day, rows);
  };
}

}  // namespace puhui::fraud
