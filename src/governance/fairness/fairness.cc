#include "governance/fairness/fairness.h"

#include <algorithm>

#include "governance/incidents/alert.h"
#include "infrastructure/statistics/proportion.h"

namespace puhui::fairness {

namespace {

using ByAttribute = std::map<std::string, std::map<std::string, Group>>;  // sealed fact → value → counts

constexpr uint64_t kOutcomesWhenShown = 50'000;  // a page must not wait for more; every night counts all

struct Months {
  int first = 0, last = 0;
};

Result<ByAttribute> read_groups(Reader& reader, const std::string& use_case, Months months) {
  ByAttribute out;
  const std::initializer_list<Param> params{use_case, months.first, months.last};
  TRY(reader.each(
      "SELECT attribute, member, CAST(SUM(decided) AS BIGINT), CAST(SUM(approved) AS BIGINT) FROM fairness_count "
      "WHERE use_case = ? AND month >= ? AND month <= ? GROUP BY attribute, member",
      params, [&](const Row& row) -> Result<void> {
        Group& group = out[std::string(row.text(0))][std::string(row.text(1))];
        group.decided = row.integer(2), group.approved = row.integer(3);
        return {};
      }));
  TRY(reader.each(
      "SELECT attribute, member, CAST(SUM(good_approved) AS BIGINT), CAST(SUM(bad_approved) AS BIGINT), "
      "CAST(SUM(good_refused) AS BIGINT), CAST(SUM(bad_refused) AS BIGINT), CAST(SUM(predicted_rows) AS BIGINT), "
      "CAST(SUM(predicted_bad) AS BIGINT), CAST(SUM(predicted_ppb) AS BIGINT) FROM fairness_label "
      "WHERE use_case = ? AND month >= ? AND month <= ? GROUP BY attribute, member",
      params, [&](const Row& row) -> Result<void> {
        const auto attribute = out.find(std::string(row.text(0)));
        if (attribute == out.end()) return {};
        const auto group = attribute->second.find(std::string(row.text(1)));
        if (group == attribute->second.end()) return {};
        group->second.labels = {row.integer(2), row.integer(3), row.integer(4), row.integer(5),
                                row.integer(6), row.integer(7), row.integer(8)};
        return {};
      }));
  return out;
}

void add(Group& to, const Group& from) {
  to.decided += from.decided, to.approved += from.approved;
  to.labels.good_approved += from.labels.good_approved, to.labels.bad_approved += from.labels.bad_approved;
  to.labels.good_refused += from.labels.good_refused, to.labels.bad_refused += from.labels.bad_refused;
  to.labels.predicted_rows += from.labels.predicted_rows, to.labels.predicted_bad += from.labels.predicted_bad;
  to.labels.predicted_ppb += from.labels.predicted_ppb;
}

std::vector<Group> banded(const std::map<std::string, Group>& groups, const std::vector<int64_t>& bands) {
  std::map<std::string, Group> by_band;
  for (const auto& [name, group] : groups) {
    Group& band = by_band[band_of(name, bands)];
    add(band, group);
  }
  std::vector<Group> out;
  for (auto& [name, group] : by_band) {
    group.name = name;
    out.push_back(group);
  }
  return out;
}

GroupView view_of(const Group& group) {
  GroupView out;
  out.group = group.name;
  out.decided = group.decided, out.approved = group.approved;
  const statistics::Share share{static_cast<uint64_t>(group.approved), static_cast<uint64_t>(group.decided)};
  const auto interval = statistics::wilson(share);
  out.approval_rate = share.value();
  out.approval_rate_low = interval.low, out.approval_rate_high = interval.high;
  const LabelCounts& labels = group.labels;
  out.labelled = labels.good_approved + labels.bad_approved + labels.good_refused + labels.bad_refused;
  out.bad = labels.bad_approved + labels.bad_refused;
  if (labels.predicted_rows > 0) {
    const auto rows = static_cast<double>(labels.predicted_rows);
    out.bad_rate = static_cast<double>(labels.predicted_bad) / rows;
    out.predicted_bad_rate = static_cast<double>(labels.predicted_ppb) * 1e-9 / rows;
  }
  return out;
}

int rank(Verdict verdict) { return verdict == Verdict::beyond ? 2 : verdict == Verdict::insufficient_evidence ? 1 : 0; }

// The sample of the version in force, with the facts of each still kept.
struct Sample {
  std::shared_ptr<const kernel::Version> version;
  std::vector<std::vector<evidence::FactValue>> rows;
};

Result<Sample> read_sample(const MeasureNeeds& needs, const std::string& use_case) {
  Sample out;
  const auto version = needs.kernel.in_force(use_case);
  if (!version) return out;
  out.version = *version;
  std::vector<evidence::RecordId> records;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    return reader.each(
        "SELECT sequence, id_high FROM fairness_sample WHERE permit = ? ORDER BY sequence",
        {BytesView{out.version->digest().view()}}, [&](const Row& row) -> Result<void> {
          records.emplace_back(Id128{static_cast<uint64_t>(row.integer(1)), static_cast<uint64_t>(row.integer(0))});
          return {};
        });
  }));
  for (const evidence::RecordId& id : records) {
    const auto record = TRY(needs.evidence.find(id));
    if (!record.facts) continue;
    auto facts = TRY(evidence::decode_facts(*record.facts)).facts;
    if (facts.size() == out.version->facts().facts.size()) out.rows.push_back(std::move(facts));
  }
  return out;
}

std::vector<ProxyView> proxies_of(const Sample& sample, const std::string& sealed, const std::vector<int64_t>& bands) {
  if (!sample.version) return {};
  const auto& specs = sample.version->facts().facts;
  const auto at = sample.version->facts().find(sealed);
  if (!at) return {};
  std::vector<std::string> names;
  for (const evidence::FactSpec& spec : specs) {
    if (!spec.sealed) names.push_back(spec.name);
  }
  std::vector<ProxyRow> rows;
  for (const auto& facts : sample.rows) {
    ProxyRow row{band_of(group_of(facts[*at]), bands), {}};
    for (size_t i = 0; i < specs.size(); ++i) {
      if (!specs[i].sealed) row.facts.push_back(facts[i]);
    }
    rows.push_back(std::move(row));
  }
  return proxies(names, rows);
}

AttributeView attribute_of(const AttributeRule& rule, const Rules& rules, const std::string& sealed,
                           const ByAttribute& counts, const Sample& sample) {
  AttributeView out;
  out.attribute = rule.attribute;
  out.verdict = Verdict::within;
  std::vector<Group> groups = banded(counts.at(sealed), rule.bands);
  out.groups_withheld = withhold_small(groups);
  for (const Group& group : groups) out.groups.push_back(view_of(group));
  for (const MeasureRule& measure : rules.measures) {
    out.measures.push_back(compare(measure, groups));
    if (rank(out.measures.back().verdict) > rank(out.verdict)) out.verdict = out.measures.back().verdict;
  }
  out.proxies = proxies_of(sample, sealed, rule.bands);
  return out;
}

RulesView view_of(const Jurisdiction& jurisdiction, const Rules& rules) {
  RulesView out{jurisdiction.name,   rules.title, rules.source, rules.effective_from, {},
                jurisdiction.digest, rules.duties};
  if (const Rules* next = jurisdiction.after(rules)) out.next_from = next->effective_from;
  return out;
}

enum class Proxies { sought, left_out };

Result<ShowAnswer> show_by(const MeasureNeeds& needs, const Jurisdiction& jurisdiction, const ShowRequest& request,
                           Proxies sought) {
  ShowAnswer out;
  out.use_case = request.use_case;
  out.jurisdiction = jurisdiction.name;
  out.at = needs.clock.now();
  const Date today = date_of(out.at), day = request.at.value_or(today);
  const Rules* rules = jurisdiction.at(day);
  if (rules == nullptr) {
    return fail(ErrorCode::invalid, "at",
                "no rules of '" + jurisdiction.name + "' on " + day.text() + "; the first hold from " +
                    jurisdiction.versions.front().effective_from.text());
  }
  out.rules = view_of(jurisdiction, *rules);
  // Rules to come are tried on what was decided up to now.
  Months months;
  months.last = month_of(start_of(std::min(day, today)));
  months.first = months.last - static_cast<int>(request.months) + 1;
  out.from_month = text_of_month(months.first), out.to_month = text_of_month(months.last);
  ByAttribute counts;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    counts = TRY(read_groups(reader, request.use_case, months));
    return {};
  }));
  Sample sample;
  if (sought == Proxies::sought && !counts.empty()) sample = TRY(read_sample(needs, request.use_case));
  out.verdict = Verdict::within;
  for (const AttributeRule& rule : rules->attributes) {
    const auto sealed = std::find_if(rule.facts.begin(), rule.facts.end(),
                                     [&](const std::string& fact) { return counts.contains(fact); });
    if (sealed == rule.facts.end()) {
      out.attributes_missing.push_back(rule.attribute);
      continue;
    }
    out.attributes.push_back(attribute_of(rule, *rules, *sealed, counts, sample));
    if (rank(out.attributes.back().verdict) > rank(out.verdict)) out.verdict = out.attributes.back().verdict;
  }
  for (const auto& [name, groups] : counts) {
    int64_t decided = 0;
    for (const auto& [value, group] : groups) decided += group.decided;
    out.decided = std::max(out.decided, decided);
  }
  if (out.attributes.empty()) out.verdict = Verdict::insufficient_evidence;
  return out;
}

// The worst measure of the worst attribute.
StandingView standing_of(const ShowAnswer& answer) {
  StandingView out{answer.use_case, answer.jurisdiction, answer.rules.effective_from, answer.verdict};
  for (const AttributeView& attribute : answer.attributes) {
    for (const MeasureView& measure : attribute.measures) {
      if (measure.verdict != answer.verdict || measure.comparisons.empty() || out.value) continue;
      const ComparisonView& worst = measure.comparisons.front();
      out.attribute = attribute.attribute;
      out.measure = names_of(static_cast<const Measure*>(nullptr))[static_cast<size_t>(measure.measure)];
      out.worst_group = worst.group, out.worst_against = worst.against;
      out.value = worst.value, out.low = worst.low, out.high = worst.high;
    }
  }
  return out;
}

incidents::Alert alert_of(const ShowAnswer& answer, const AttributeView& attribute, const Rules& rules, int tier) {
  incidents::Alert out{"fairness", answer.use_case, answer.jurisdiction + "/" + attribute.attribute, 3, {}, {}};
  for (size_t i = 0; i < attribute.measures.size(); ++i) {
    const MeasureView& measure = attribute.measures[i];
    if (measure.verdict != Verdict::beyond) continue;
    if (rules.measures[i].binding) out.severity = tier == 1 ? 1 : 2;
    if (!out.en.empty()) continue;
    const std::string by = answer.jurisdiction + ", rules of " + answer.rules.effective_from.text();
    out.en =
        "Groups of " + attribute.attribute + " are treated apart beyond the limit (" + by + "): " + measure.why + ".";
    out.zh = "按 " + attribute.attribute + " 分组的结果差异超出限值（" + answer.jurisdiction + "，" +
             answer.rules.effective_from.text() + " 起的规则）：" + measure.why + "。";
  }
  return out;
}

struct Alerts {
  std::vector<incidents::Alert> raised;
  std::vector<std::pair<std::string, std::string>> settled;  // use case, subject
};

void gather(const ShowAnswer& answer, const Rules& rules, int tier, Alerts& out) {
  for (const AttributeView& attribute : answer.attributes) {
    if (attribute.verdict == Verdict::beyond) {
      out.raised.push_back(alert_of(answer, attribute, rules, tier));
    } else if (attribute.verdict == Verdict::within) {
      out.settled.emplace_back(answer.use_case, answer.jurisdiction + "/" + attribute.attribute);
    }
  }
}

Result<std::vector<Jurisdiction>> asked_for(const MeasureNeeds& needs, const RunRequest& request) {
  std::vector<Jurisdiction> out;
  if (!request.jurisdiction.empty()) {
    out.push_back(TRY(read_jurisdiction(needs.files, needs.folder, request.jurisdiction)));
    return out;
  }
  out = TRY(read_jurisdictions(needs.files, needs.folder));
  std::erase_if(out, [](const Jurisdiction& each) { return !each.measured_nightly; });
  return out;
}

}  // namespace

Result<ShowAnswer> show(const MeasureNeeds& needs, const ShowRequest& request, Progress& progress) {
  const Jurisdiction jurisdiction = TRY(read_jurisdiction(needs.files, needs.folder, request.jurisdiction));
  TRY(count_labels({needs.store, needs.evidence, needs.kernel}, progress, kOutcomesWhenShown));
  bool decided = false;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    decided =
        TRY(reader.integer("SELECT 1 FROM fairness_count WHERE use_case = ? LIMIT 1", {request.use_case})).has_value();
    return {};
  }));
  if (!decided && !needs.kernel.in_force(request.use_case)) {
    return fail(ErrorCode::not_found, "use_case", "'" + request.use_case + "' has decided nothing and is not in force");
  }
  return show_by(needs, jurisdiction, request, Proxies::sought);
}

Result<RunAnswer> measure_all(const MeasureNeeds& needs, const RunRequest& request, Progress& progress) {
  RunAnswer out;
  out.at = needs.clock.now();
  const auto jurisdictions = TRY(asked_for(needs, request));
  TRY(count_labels({needs.store, needs.evidence, needs.kernel}, progress));
  Alerts alerts;
  for (const auto& version : needs.kernel.all_in_force()) {
    const evidence::Manifest& manifest = version->permit().manifest;
    for (const Jurisdiction& jurisdiction : jurisdictions) {
      const Rules* rules = jurisdiction.at(date_of(out.at));
      if (rules == nullptr) continue;
      ShowRequest of;
      of.use_case = manifest.use_case;
      const ShowAnswer answer = TRY(show_by(needs, jurisdiction, of, Proxies::left_out));
      out.standings.push_back(standing_of(answer));
      gather(answer, *rules, manifest.tier, alerts);
    }
  }
  TRY(needs.store.write([&](Transaction& tx) -> Result<void> {
    for (const incidents::Alert& alert : alerts.raised) TRY(incidents::raise(tx, alert, out.at));
    for (const auto& [use_case, subject] : alerts.settled) {
      TRY(incidents::settle(tx, "fairness", use_case, subject, out.at));
    }
    return {};
  }));
  return out;
}

std::vector<Verb> verbs(const VerbNeeds* needs) {
  std::vector<Verb> out;
  out.push_back(make_verb<ShowRequest, ShowAnswer>(
      {.noun = "fairness",
       .verb = "show",
       .help = "Compare a use case's groups under a jurisdiction's rules of a day: intervals, verdicts, proxies.",
       .words = {"use_case"}},
      [needs](const VerbCall& call, const ShowRequest& request) -> Result<ShowAnswer> {
        TRY(needs->follow(call.progress));
        return show(needs->measure, request, call.progress);
      },
      tell));
  out.push_back(make_verb<RunRequest, RunAnswer>(
      {.noun = "fairness",
       .verb = "run",
       .help = "Compare the groups of every use case in force; raise and settle the alerts of fairness.",
       .effect = Effect::write},
      [needs](const VerbCall& call, const RunRequest& request) -> Result<RunAnswer> {
        TRY(needs->follow(call.progress));
        return measure_all(needs->measure, request, call.progress);
      },
      tell));
  return out;
}

}  // namespace puhui::fairness
