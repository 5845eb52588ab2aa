// Reads a product file. Every member is wanted by name, so that no rule of a loan is a default
// nobody wrote down.
#include <set>

#include "applications/lending/product.h"
#include "ground/base/text.h"

namespace puhui::lending {

template <>
std::span<const Named<ProductKind>> values_of() {
  static constexpr Named<ProductKind> kKinds[] = {{ProductKind::revolving, "revolving"}, {ProductKind::term, "term"}};
  return kKinds;
}
template <>
std::span<const Named<BorrowerKind>> values_of() {
  static constexpr Named<BorrowerKind> kKinds[] = {{BorrowerKind::person, "person"}, {BorrowerKind::firm, "firm"}};
  return kKinds;
}

namespace {

// The members of one object of the file, taken by name; `close` faults those that nothing took.
class Members {
 public:
  Members(const Json* json, std::string path, Faults& faults) : path_(std::move(path)), faults_(faults) {
    if (json != nullptr && json->object() != nullptr) {
      object_ = json->object();
    } else if (json != nullptr) {
      faults_.add(path_.empty() ? "product" : path_, "expected an object, came " + std::string(json->kind()));
    }
  }

  const Json* take(std::string_view name) {
    names_.emplace_back(name);
    if (object_ == nullptr) return nullptr;
    for (const auto& [key, value] : *object_) {
      if (key == name) return &value;
    }
    faults_.add(place(name), "is missing");
    return nullptr;
  }

  // nullptr without a fault where there is none.
  const Json* take_if_there(std::string_view name) {
    const bool there = object_ != nullptr && std::ranges::find(*object_, name, [](const auto& member) {
                                               return std::string_view(member.first);
                                             }) != object_->end();
    if (there) return take(name);
    names_.emplace_back(name);
    return nullptr;
  }

  std::string text(std::string_view name, size_t bytes_max) {
    const Json* json = take(name);
    if (json == nullptr) return {};
    if (json->text() == nullptr || json->text()->empty() || json->text()->size() > bytes_max) {
      faults_.add(place(name), "expected a text of 1 to " + std::to_string(bytes_max) + " bytes");
      return {};
    }
    return *json->text();
  }

  int64_t integer(std::string_view name, int64_t min, int64_t max) {
    const Json* json = take(name);
    return json == nullptr ? min : integer_of(place(name), *json, min, max);
  }

  int64_t integer_of(const std::string& where, const Json& json, int64_t min, int64_t max) {
    const auto value = json.as_int64();
    if (value && *value >= min && *value <= max) return *value;
    faults_.add(where, "expected a whole number of " + std::to_string(min) + " to " + std::to_string(max) + ", came " +
                           (value ? std::to_string(*value) : std::string(json.kind())));
    return min;
  }

  bool boolean(std::string_view name) {
    const Json* json = take(name);
    if (json == nullptr) return false;
    if (json->boolean() != nullptr) return *json->boolean();
    faults_.add(place(name), "expected true or false, came " + std::string(json->kind()));
    return false;
  }

  Rate rate(std::string_view name, Rate max) {
    const Json* json = take(name);
    if (json == nullptr) return {};
    if (json->text() == nullptr) {
      faults_.add(place(name), "expected a rate as a text such as \"0.24\", came " + std::string(json->kind()));
      return {};
    }
    const auto rate = Rate::parse(*json->text());
    if (!rate) {
      faults_.add(place(name), rate.error());
    } else if (rate->ppb < 0 || *rate > max) {
      faults_.add(place(name), "expected a rate of 0 to " + max.text() + ", came " + rate->text());
    } else {
      return *rate;
    }
    return {};
  }

  template <class E>
  E choice(std::string_view name) {
    const Json* json = take(name);
    if (json == nullptr) return E{};
    if (json->text() != nullptr) {
      if (const auto value = parse_name<E>(*json->text())) return *value;
    }
    std::vector<std::string> names;
    for (const Named<E>& named : values_of<E>()) names.emplace_back(named.name);
    faults_.add(place(name),
                "expected one of " + join(names, ", ") + "; came " +
                    (json->text() ? "'" + std::string(cut_utf8(*json->text(), 40)) + "'" : std::string(json->kind())));
    return E{};
  }

  const Json::List* list(std::string_view name, size_t items_max) {
    const Json* json = take(name);
    if (json == nullptr) return nullptr;
    if (json->list() != nullptr && !json->list()->empty() && json->list()->size() <= items_max) return json->list();
    faults_.add(place(name), "expected a list of 1 to " + std::to_string(items_max) + " items");
    return nullptr;
  }

  Members object(std::string_view name) { return Members(take(name), place(name), faults_); }
  void fault(std::string_view name, std::string message) { faults_.add(place(name), std::move(message)); }
  std::string place(std::string_view name) const {
    return path_.empty() ? std::string(name) : path_ + "/" + std::string(name);
  }

  void close() {
    if (object_ == nullptr) return;
    for (const auto& [key, value] : *object_) {
      if (std::ranges::find(names_, key) != names_.end()) continue;
      const std::string near = nearest(key, names_);
      faults_.add(place(cut_utf8(key, 60)),
                  "is not a member known here; " + (near.empty() ? "remove it" : "did you mean '" + near + "'?"));
    }
  }

 private:
  const Json::Object* object_ = nullptr;
  std::string path_;
  Faults& faults_;
  std::vector<std::string> names_;
};

constexpr Rate kWhole = {Rate::kOne};

void read_repayment(Members in, Product& product) {
  Terms& terms = product.terms;
  terms.method = in.choice<RepaymentMethod>("method");
  terms.day_count = in.choice<DayCount>("day_count");
  terms.rounding = in.choice<Rounding>("rounding");
  terms.due_rule = in.choice<DueRule>("due_rule");
  product.billing_day = static_cast<int>(in.integer("billing_day", 0, 28));
  product.first_period_days_min = static_cast<int>(in.integer("first_period_days_min", 1, 31));
  terms.period_months = static_cast<int>(in.integer("period_months", 1, 12));
  terms.principal_grace_terms = static_cast<int>(in.integer("principal_grace_terms", 0, kTermsMax - 1));
  terms.minimum_principal = in.rate("minimum_principal", kWhole);
  if (product.billing_day != 0 && terms.due_rule == DueRule::end_of_month) {
    in.fault("billing_day", "expected 0 with the due rule end_of_month, came " + std::to_string(product.billing_day));
  }
  in.close();
}

void read_late(Members in, Terms& terms) {
  terms.grace_days = static_cast<int>(in.integer("grace_days", 0, kGraceDaysMax));
  terms.penalty_over = in.rate("penalty_over", kRateMax);
  terms.penalty_base = in.choice<PenaltyBase>("penalty_base");
  in.close();
}

void read_prepayment(Members in, Prepayment& prepayment) {
  prepayment.allowed = in.boolean("allowed");
  prepayment.rule = in.choice<PrepaymentRule>("rule");
  prepayment.fee_rate = in.rate("fee_rate", kWhole);
  in.close();
}

// "past_due interest"
std::optional<Pair> parse_pair(const Json& json) {
  if (json.text() == nullptr) return std::nullopt;
  const auto words = split(*json.text(), ' ');
  if (words.size() != 2) return std::nullopt;
  const auto timing = parse_name<Timing>(words[0]);
  const auto component = parse_name<Component>(words[1]);
  if (!timing || !component) return std::nullopt;
  return Pair{*timing, *component};
}

void read_allocation(Members& in, AllocationOrder& order) {
  const Json::List* list = in.list("allocation", kPairs);
  if (list == nullptr) return;
  const size_t faults_wanted = kPairs;
  std::set<size_t> seen;
  for (size_t i = 0; i < list->size(); ++i) {
    const auto pair = parse_pair((*list)[i]);
    const std::string where = "allocation/" + std::to_string(i);
    if (!pair) {
      in.fault(where, "expected a timing and a component such as 'past_due interest'");
    } else if (!seen.insert(pair->index()).second) {
      in.fault(where, "this pair stands earlier already");
    } else {
      order[i] = *pair;
    }
  }
  if (seen.size() != faults_wanted) {
    in.fault("allocation", "expected all twelve pairs once, came " + std::to_string(seen.size()) + " of them");
    order = default_allocation();
  }
}

void read_terms_months(Members& in, Product& product) {
  const Json::List* list = in.list("terms_months", kTermsMax);
  if (list == nullptr) return;
  for (size_t i = 0; i < list->size(); ++i) {
    const std::string where = "terms_months/" + std::to_string(i);
    const int months = static_cast<int>(in.integer_of(where, (*list)[i], 1, kTermsMax));
    if (!product.terms_months.empty() && months <= product.terms_months.back()) {
      in.fault(where, "expected more than the term before, came " + std::to_string(months));
    }
    product.terms_months.push_back(months);
  }
}

void read_delinquency(Members in, Product& product) {
  if (const Json::List* list = in.list("bucket_edges", kBucketEdges)) {
    if (list->size() != kBucketEdges) in.fault("bucket_edges", "expected 7 first days: of M1 to M6 and M6+");
    for (size_t i = 0; i < std::min(list->size(), kBucketEdges); ++i) {
      const int64_t min = i == 0 ? 1 : product.bucket_edges[i - 1] + 1;
      product.bucket_edges[i] =
          static_cast<int>(in.integer_of(in.place("bucket_edges/" + std::to_string(i)), (*list)[i], min, 10'000));
    }
  }
  product.charge_off_days = static_cast<int>(in.integer("charge_off_days", 1, 3'650));
  in.close();
}

void read_stages(Members in, StageRule& stages) {
  stages.stage2_days = static_cast<int>(in.integer("stage2_days", 0, 3'650));
  stages.stage3_days = static_cast<int>(in.integer("stage3_days", 1, 3'650));
  stages.pd_ratio = in.rate("pd_ratio", kRateMax);
  if (stages.stage3_days <= stages.stage2_days) {
    in.fault("stage3_days", "expected more than stage2_days, came " + std::to_string(stages.stage3_days));
  }
  if (stages.pd_ratio.ppb <= Rate::kOne) in.fault("pd_ratio", "expected more than 1, came " + stages.pd_ratio.text());
  in.close();
}

void read_costs(Members in, CostRates& costs) {
  costs.funding = in.rate("funding", kRateMax);
  costs.operating = in.rate("operating", kRateMax);
  costs.capital = in.rate("capital", kRateMax);
  costs.hurdle = in.rate("hurdle", kRateMax);
  costs.margin = in.rate("margin", kRateMax);
  costs.floor = in.rate("floor", kRateMax);
  costs.cap = in.rate("cap", kRateMax);
  costs.pd_max = in.rate("pd_max", {Rate::kOne - 1});
  if (costs.cap < costs.floor)
    in.fault("cap", "expected at least the floor " + costs.floor.text() + ", came " + costs.cap.text());
  in.close();
}

void read_amount(Members in, AmountRange& amount) {
  amount.min_minor = in.integer("min", 1, kAmountMinorMax);
  amount.max_minor = in.integer("max", 1, kAmountMinorMax);
  amount.step_minor = in.integer("step", 1, kAmountMinorMax);
  if (amount.max_minor < amount.min_minor)
    in.fault("max", "expected at least min, came " + std::to_string(amount.max_minor));
  in.close();
}

void read_partner(Members& in, Faults& faults, Partner& partner) {
  const Json* json = in.take("partner");
  if (json == nullptr || json->is_null()) return;
  Members members(json, "partner", faults);
  partner.share = members.rate("share", kWhole);
  partner.residue = members.choice<Residue>("residue");
  members.close();
}

void read_exploration(Members& in, Faults& faults, std::optional<Exploration>& exploration) {
  constexpr int64_t kDailyMax = 100'000;
  const Json* json = in.take_if_there("exploration");
  if (json == nullptr) return;
  Members members(json, "exploration", faults);
  exploration.emplace();
  exploration->rate = members.rate("rate", Rate::from_percent(10));
  exploration->daily_max = members.integer("daily_max", 0, kDailyMax);
  if (exploration->rate.ppb > 0 && exploration->daily_max == 0) {
    members.fault("daily_max", "expected more than 0 with a rate above 0: a share is let pass only under a daily cap");
  }
  members.close();
}

// What no member shows alone.
void check_whole(Members& in, const Product& product) {
  const Terms& terms = product.terms;
  const bool line = terms.method == RepaymentMethod::free_repayment;
  if (line != (product.kind == ProductKind::revolving)) {
    in.fault("repayment/method", "expected free_repayment for a revolving product and only there, came " +
                                     std::string(name_of(terms.method)));
  }
  if (terms.minimum_principal.ppb != 0 && !line) {
    in.fault("repayment/minimum_principal", "expected 0: only free_repayment has one");
  }
  for (size_t i = 0; i < product.terms_months.size(); ++i) {
    const int months = product.terms_months[i];
    if (months % terms.period_months != 0) {
      in.fault("terms_months/" + std::to_string(i), "expected a multiple of period_months " +
                                                        std::to_string(terms.period_months) + ", came " +
                                                        std::to_string(months));
    } else if (months / terms.period_months <= terms.principal_grace_terms) {
      in.fault("terms_months/" + std::to_string(i), "expected more periods than principal_grace_terms, came " +
                                                        std::to_string(months / terms.period_months));
    }
  }
  const std::string_view name = product.name;
  if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") != name.npos) {
    in.fault("name", "expected lower-case letters, digits and '_', came '" + std::string(cut_utf8(name, 60)) + "'");
  }
}

}  // namespace

Result<Product> parse_product(std::string_view json_text) {
  const Json json = TRY(parse_json(json_text, {.bytes_max = kProductBytesMax, .depth_max = 8}));
  Faults faults;
  Members in(&json, "", faults);
  Product product;
  product.name = in.text("name", kProductNameBytesMax);
  product.title = in.text("title", 200);
  product.kind = in.choice<ProductKind>("kind");
  product.borrower = in.choice<BorrowerKind>("borrower");
  const std::string code = in.text("currency", 3);
  if (const auto currency = Currency::parse(code)) {
    product.currency = *currency;
  } else if (!code.empty()) {
    in.fault("currency", "expected a known ISO 4217 code such as CNY, came '" + code + "'");
  }
  read_amount(in.object("amount_minor"), product.amount);
  read_terms_months(in, product);
  read_repayment(in.object("repayment"), product);
  read_late(in.object("late"), product.terms);
  product.drawdown_fee = in.rate("drawdown_fee", kWhole);
  read_allocation(in, product.terms.allocation);
  read_prepayment(in.object("prepayment"), product.terms.prepayment);
  read_partner(in, faults, product.terms.partner);
  read_delinquency(in.object("delinquency"), product);
  read_stages(in.object("stages"), product.stages);
  Members loss = in.object("loss");
  product.lgd = loss.rate("lgd", kWhole);
  product.pd_year_factor = loss.rate("pd_year_factor", kRateMax);
  loss.close();
  read_costs(in.object("costs"), product.costs);
  read_exploration(in, faults, product.exploration);
  in.close();
  if (json.object() != nullptr) check_whole(in, product);
  TRY(std::move(faults).result());
  return product;
}

}  // namespace puhui::lending
