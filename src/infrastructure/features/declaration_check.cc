#include "infrastructure/features/declaration_check.h"

#include <set>

#include "ground/base/check.h"
#include "ground/base/text.h"
#include "infrastructure/evidence/fact.h"
#include "infrastructure/features/formulas.h"

namespace puhui::features {

namespace {

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > 64) return false;
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (!letter(text.front())) return false;
  return std::ranges::all_of(text, [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

bool is_reserved(std::string_view name) {
  constexpr std::string_view kWords[] = {"id",   "at",      "hour", "weekday",  "if",        "then",   "else",
                                         "for",  "in",      "some", "every",    "satisfies", "return", "and",
                                         "or",   "between", "not",  "null",     "true",      "false",  "function",
                                         "item", "of",      "is",   "instance", "external"};
  return std::ranges::find(kWords, name) != std::end(kWords);
}

std::string quoted(std::string_view text) { return "'" + std::string(cut_utf8(text, 60)) + "'"; }

class Checker {
 public:
  explicit Checker(const FeatureSet& set) : set_(set) {}

  Result<void> result() {
    check_names();
    check_set();
    for (size_t i = 0; i < set_.features.size(); ++i) check_feature(i);
    TRY(std::move(faults_).result());
    if (auto formulas = Formulas::compile(set_); !formulas) return fail(std::move(formulas).error());
    return {};
  }

 private:
  void check_names();
  void check_set();
  void check_graph_fields();
  void check_feature(size_t i);
  void check_windowed(const Feature& feature);
  void check_of(const Feature& feature);
  void check_timing(const Feature& feature);
  void check_hop(const Feature& feature, int64_t window_us);
  void check_graph(const Feature& feature);
  void refuse_window_parts(const Feature& feature, std::string_view why);
  void take_entity(const Feature& feature);

  void fault(std::string_view part, std::string message) {
    faults_.add(place_ + "/" + std::string(part), std::move(message));
  }
  void unwanted(std::string_view part, bool given, std::string_view why) {
    if (given) fault(part, "is not of " + std::string(why) + "; leave it out");
  }
  std::vector<std::string> names_of_type(FieldType type) const {
    std::vector<std::string> out;
    for (const Field& field : set_.fields) {
      if (field.type == type && !field.sealed) out.push_back(field.name);
    }
    return out;
  }
  const Field* named(std::string_view name) const {
    const auto found = set_.find_field(name);
    return found ? &set_.fields[*found] : nullptr;
  }
  // The field of that name, of that type and not sealed; else a fault.
  const Field* expect(std::string_view part, const std::string& name, FieldType type);
  // Microseconds, or 0 and a fault.
  int64_t duration(std::string_view part, const std::string& text, bool may_be_all, bool may_be_zero);

  const FeatureSet& set_;
  Faults faults_;
  std::string place_;
  std::set<std::string_view> entities_;
};

void Checker::check_names() {
  std::set<std::string_view> seen;
  const auto take = [&](const std::string& place, const std::string& name) {
    if (!is_name(name)) {
      faults_.add(place, "expected a name of letters, digits and _ that begins with a letter, came " + quoted(name));
    } else if (is_reserved(name)) {
      faults_.add(place, quoted(name) + " means something else in FEEL or in events; choose another name");
    } else if (!seen.insert(name).second) {
      faults_.add(place, quoted(name) + " stands twice; fields and features share one row of names");
    }
  };
  for (size_t i = 0; i < set_.fields.size(); ++i) {
    const Field& field = set_.fields[i];
    const std::string place = "fields/" + std::to_string(i);
    take(place + "/name", field.name);
    if (field.places != 0 && field.type != FieldType::number) faults_.add(place + "/places", "is of a number alone");
    if (field.sealed && field.required)
      faults_.add(place + "/required", "is sealed; no event may hang on a sealed field");
  }
  for (size_t i = 0; i < set_.features.size(); ++i)
    take("features/" + std::to_string(i) + "/name", set_.features[i].name);
}

int64_t Checker::duration(std::string_view part, const std::string& text, bool may_be_all, bool may_be_zero) {
  const auto us = parse_duration(text);
  const bool all = us == std::optional<int64_t>(INT64_MAX);
  if (us && (!all || may_be_all) && (*us != 0 || may_be_zero)) return *us;
  const std::string where = place_.empty() ? std::string(part) : place_ + "/" + std::string(part);
  faults_.add(where, "expected a duration such as 90s, 10m, 1h or 7d" + std::string(may_be_all ? ", or all" : "") +
                         std::string(may_be_zero ? "" : ", above 0") + ", at most 36525d, came " + quoted(text));
  return 0;
}

const Field* Checker::expect(std::string_view part, const std::string& name, FieldType type) {
  const std::string where = place_.empty() ? std::string(part) : place_ + "/" + std::string(part);
  const std::string kind(names_of(&type)[static_cast<size_t>(type)]);
  const Field* field = named(name);
  if (name.empty()) {
    faults_.add(where, "is required: the name of a " + kind + " field");
  } else if (field == nullptr) {
    const std::string meant = nearest(name, names_of_type(type));
    faults_.add(where, quoted(name) + " is no field of this set" +
                           (meant.empty() ? std::string() : "; did you mean " + quoted(meant) + "?"));
  } else if (field->sealed) {
    faults_.add(where, quoted(name) + " is sealed: for fairness alone, no feature reads it");
  } else if (field->type != type) {
    faults_.add(where, "expected a " + kind + " field, " + quoted(name) + " is a " +
                           std::string(names_of(&field->type)[static_cast<size_t>(field->type)]));
  } else {
    return field;
  }
  return nullptr;
}

void Checker::check_set() {
  if (!is_name(set_.name)) faults_.add("name", "expected letters, digits and _, came " + quoted(set_.name));
  duration("lateness", set_.lateness, false, true);
  duration("ahead", set_.ahead, false, true);
  check_graph_fields();
}

void Checker::check_graph_fields() {
  const bool transfers = !set_.counterparty.empty() || !set_.amount.empty();
  if (transfers) {
    expect("counterparty", set_.counterparty, FieldType::key);
    expect("amount", set_.amount, FieldType::number);
  }
  if (transfers || !set_.links.empty() || !set_.account.empty()) expect("account", set_.account, FieldType::key);
  if (!set_.counterparty.empty() && set_.counterparty == set_.account)
    faults_.add("counterparty", "expected another field than account");
  std::set<std::string_view> seen;
  for (size_t i = 0; i < set_.links.size(); ++i) {
    const std::string where = "links/" + std::to_string(i);
    expect(where, set_.links[i], FieldType::key);
    if (set_.links[i] == set_.account) faults_.add(where, "expected another field than account");
    if (!seen.insert(set_.links[i]).second) faults_.add(where, quoted(set_.links[i]) + " stands twice");
  }
}

void Checker::check_feature(size_t i) {
  const Feature& feature = set_.features[i];
  place_ = "features/" + std::to_string(i);
  if (feature.empty && !evidence::Number::parse(*feature.empty))
    fault("empty", "expected a number of at most 18 digits, came " + quoted(*feature.empty));
  unwanted("expression", feature.aggregate != Aggregate::expression && !feature.expression.empty(), "this aggregate");
  unwanted("measure", feature.aggregate != Aggregate::graph && feature.measure != GraphMeasure::none, "this aggregate");
  unwanted("link", feature.measure != GraphMeasure::sharers && !feature.link.empty(), "this aggregate");
  unwanted("half_life", feature.aggregate != Aggregate::ewma && !feature.half_life.empty(), "this aggregate");
  if (feature.aggregate == Aggregate::expression) {
    if (feature.expression.empty()) fault("expression", "is required: FEEL over the event's fields");
    unwanted("entity", !feature.entity.empty(), "an expression");
    unwanted("window", !feature.window.empty(), "an expression");
    refuse_window_parts(feature, "an expression");
  } else if (feature.aggregate == Aggregate::graph) {
    check_graph(feature);
  } else {
    check_windowed(feature);
  }
  place_.clear();
}

void Checker::refuse_window_parts(const Feature& feature, std::string_view why) {
  unwanted("of", !feature.of.empty(), why);
  unwanted("where", !feature.where.empty(), why);
  unwanted("hop", !feature.hop.empty(), why);
  unwanted("exact", feature.exact, why);
  unwanted("delay", !feature.delay.empty(), why);
  unwanted("includes_current", !feature.includes_current, why);
}

void Checker::take_entity(const Feature& feature) {
  const Field* field = expect("entity", feature.entity, FieldType::key);
  if (field == nullptr) return;
  entities_.insert(field->name);
  if (entities_.size() > kEntitiesMax)
    fault("entity", "expected at most " + std::to_string(kEntitiesMax) + " different entities in a set");
}

void Checker::check_windowed(const Feature& feature) {
  take_entity(feature);
  check_of(feature);
  check_timing(feature);
}

void Checker::check_of(const Feature& feature) {
  switch (feature.aggregate) {
    case Aggregate::count:
      if (!feature.of.empty()) {
        const Field* field = named(feature.of);
        expect("of", feature.of, field != nullptr ? field->type : FieldType::number);
      }
      return;
    case Aggregate::distinct: {
      const Field* field = named(feature.of);
      expect("of", feature.of, field != nullptr && field->type == FieldType::text ? FieldType::text : FieldType::key);
      return;
    }
    case Aggregate::time_since:
    case Aggregate::first_seen:
    case Aggregate::risk:
    case Aggregate::bad: unwanted("of", !feature.of.empty(), "this aggregate"); return;
    default: {
      const Field* field = named(feature.of);
      const bool flag = field != nullptr && field->type == FieldType::boolean;
      expect("of", feature.of, flag ? FieldType::boolean : FieldType::number);
    }
  }
}

void Checker::check_timing(const Feature& feature) {
  if (feature.window.empty() && feature.aggregate != Aggregate::first_seen) {
    fault("window", "is required: 60s, 10m, 1h, 7d or all");
    return;
  }
  const int64_t window = feature.window.empty() ? INT64_MAX : duration("window", feature.window, true, false);
  if (feature.aggregate == Aggregate::first_seen && window != 0 && window != INT64_MAX)
    fault("window", "of first_seen is all, came " + quoted(feature.window));
  if (!feature.delay.empty()) duration("delay", feature.delay, false, true);
  if (feature.aggregate == Aggregate::ewma) {
    if (feature.half_life.empty()) fault("half_life", "is required: how old an event counts half");
    if (feature.exact) fault("exact", "is not of an ewma, whose ages go by tiles; give a hop");
  }
  const bool half_life_wrong =
      !feature.half_life.empty() && duration("half_life", feature.half_life, false, false) == 0;
  if (window != 0 && !half_life_wrong) check_hop(feature, window);
}

void Checker::check_hop(const Feature& feature, int64_t window_us) {
  if (feature.exact) {
    unwanted("hop", !feature.hop.empty(), "an exact window");
    return;
  }
  if (!feature.hop.empty()) {
    const int64_t hop = duration("hop", feature.hop, false, false);
    if (hop == 0) return;
    if (hop > window_us) {
      fault("hop", "expected at most the window " + quoted(feature.window) + ", came " + quoted(feature.hop));
      return;
    }
  }
  if (feature.aggregate != Aggregate::ewma || feature.half_life.empty()) return;
  const auto half_life = parse_duration(feature.half_life);
  const auto hop =
      feature.hop.empty()
          ? std::max<int64_t>((window_us == INT64_MAX ? *half_life : window_us) / 60'000'000 * 1'000'000, 1'000'000)
          : *parse_duration(feature.hop);
  constexpr int64_t kHalfLivesSeen = 41;  // see ewma_weight
  if (std::min(window_us / hop, kHalfLivesSeen * *half_life / hop) > kAgesMax)
    fault("hop", "expected at most " + std::to_string(kAgesMax) +
                     " tiles in the window or in 41 half lives; give a longer hop");
}

void Checker::check_graph(const Feature& feature) {
  refuse_window_parts(feature, "a graph measure");
  if (feature.window.empty()) {
    fault("window", "is required: 60s, 10m, 1h, 7d or all");
  } else {
    duration("window", feature.window, true, false);
  }
  const bool sharing = feature.measure == GraphMeasure::sharers || feature.measure == GraphMeasure::reach ||
                       feature.measure == GraphMeasure::component;
  if (feature.measure == GraphMeasure::none) {
    fault("measure", "is required: what of the graph");
  } else if (sharing && set_.links.empty()) {
    fault("measure", "needs links: the set names no key field that ties accounts together");
  } else if (!sharing && set_.counterparty.empty()) {
    fault("measure", "needs account, counterparty and amount of the set");
  }
  const bool either = feature.measure == GraphMeasure::fan_in || feature.measure == GraphMeasure::fan_out ||
                      feature.measure == GraphMeasure::pass_through;
  if (feature.entity != set_.account && !(either && feature.entity == set_.counterparty))
    fault("entity", "expected " + quoted(set_.account) + (either ? " or " + quoted(set_.counterparty) : std::string()) +
                        ", whose graph it is, came " + quoted(feature.entity));
  if (feature.measure == GraphMeasure::sharers && std::ranges::find(set_.links, feature.link) == set_.links.end())
    fault("link", "expected one of the set's links, came " + quoted(feature.link));
}

}  // namespace

Result<void> check(const FeatureSet& set) { return Checker(set).result(); }

}  // namespace puhui::features
