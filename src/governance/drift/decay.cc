// Decay: the models' probabilities held against labels that came late, vintage by vintage.
#include <algorithm>
#include <cmath>

#include "governance/drift/concept.h"
#include "governance/drift/decay_book.h"
#include "governance/drift/measure.h"
#include "governance/incidents/alert.h"
#include "ground/base/text.h"
#include "infrastructure/evidence/outcome.h"
#include "infrastructure/statistics/calibration.h"
#include "infrastructure/statistics/proportion.h"
#include "infrastructure/statistics/roc.h"
#include "infrastructure/statistics/stability.h"

namespace puhui::drift {

namespace {

constexpr uint64_t kLabelsMin = 30;        // bad ones, and good ones: fewer make no verdict
constexpr double kMaturedShareMin = 0.80;  // of the approved: bad labels come before good ones, so early is worse
constexpr double kDecayedAuc = 0.03;       // below what was expected by more than this: decayed
constexpr int kAgesMonths[] = {1, 2, 3, 6, 9, 12, 18, 24, 36};
constexpr uint64_t kOutcomesAtOnce = 65'536;
constexpr uint16_t kNode = 0;

struct Labelled {
  Scored scored;
  bool known = false, bad = false;
  int64_t known_at_seconds = 0;
};

struct Subject {
  std::shared_ptr<const kernel::Version> version;
  size_t model = 0;
  std::string model_name;
  std::optional<double> validation_auc;
  std::string outcome;
  int outcome_delay_days = 0;
};

Result<Subject> subject_of(const MeasureNeeds& needs, const DecayShowRequest& request) {
  Subject out;
  auto version = request.permit ? needs.kernel.find_version(*request.permit) : needs.kernel.in_force(request.use_case);
  if (!version) return fail(at("use_case " + request.use_case, version.error()));
  out.version = *std::move(version);
  const std::string& use_case = out.version->permit().manifest.use_case;
  if (use_case != request.use_case) {
    return fail(ErrorCode::not_found, "permit", "it is of " + use_case + ", not of " + request.use_case);
  }
  const auto& declared = needs.kernel.use_cases();
  out.outcome = request.outcome.empty() ? evidence::outcome_name_of(declared, use_case) : request.outcome;
  const evidence::UseCase* known = evidence::find_use_case(declared, use_case);
  if (known != nullptr && known->outcome == out.outcome) out.outcome_delay_days = known->outcome_delay_days;
  const auto& models = out.version->models();
  if (models.empty() && request.model.empty()) return out;
  std::vector<std::string> names;
  for (const auto& model : models) names.push_back(model.name);
  const auto found = request.model.empty() ? names.begin() : std::find(names.begin(), names.end(), request.model);
  if (found == names.end()) {
    return fail(
        ErrorCode::not_found, "model",
        "'" + request.model + "' is not called; this version calls " + (names.empty() ? "none" : join(names, ", ")));
  }
  out.model = static_cast<size_t>(found - names.begin());
  out.model_name = *found;
  if (const auto& model = models[out.model].model) {
    const Json* test = model->card().find("test");
    const Json* auc = test != nullptr ? test->find("auc") : nullptr;
    if (auc != nullptr) out.validation_auc = auc->as_double();
  }
  return out;
}

// Both lie in the order of the records.
Result<std::vector<Labelled>> read_labelled(Reader& reader, const Digest& permit, size_t model,
                                            const std::string& outcome) {
  const std::vector<Scored> scored = TRY(read_scored(reader, permit, model));
  std::vector<Labelled> out;
  out.reserve(scored.size());
  for (const Scored& each : scored) out.push_back({each});
  if (out.empty()) return out;
  const uint64_t last = out.back().scored.sequence;
  size_t at = 0;
  for (uint64_t after = out.front().scored.sequence - 1; after < last;) {
    uint64_t seen = 0;
    TRY(evidence::each_outcome(reader, outcome, kNode, after, kOutcomesAtOnce,
                               [&](const evidence::Outcome& known) -> Result<void> {
                                 ++seen;
                                 after = known.decision.sequence();
                                 while (at < out.size() && out[at].scored.sequence < after) ++at;
                                 if (at == out.size() || out[at].scored.sequence != after)
                                   return {};  // of another version
                                 out[at].known = true;
                                 out[at].bad = known.value != 0;
                                 out[at].known_at_seconds = known.known_at.microseconds / 1'000'000;
                                 return {};
                               }));
    if (seen < kOutcomesAtOnce) break;
  }
  return out;
}

// Of an outcome that is only reported when it is bad: silence says good, once it lasted long enough.
void take_silence_as_good(std::vector<Labelled>& rows, int outcome_delay_days, Timestamp now) {
  const int64_t delay_seconds = int64_t{outcome_delay_days} * 86'400;
  if (delay_seconds == 0) return;
  for (Labelled& row : rows) {
    const int64_t said_by = row.scored.at_seconds + delay_seconds;
    if (row.known || !row.scored.approved || said_by > now.microseconds / 1'000'000) continue;
    row.known = true;
    row.known_at_seconds = said_by;
  }
}

ConceptView measure_concept(std::span<const Labelled> rows, int outcome_delay_days, Timestamp now) {
  std::vector<ConceptRow> of;
  of.reserve(rows.size());
  for (const Labelled& row : rows) {
    of.push_back(
        {row.scored.at_seconds, row.scored.approved, row.scored.probability, row.known, row.bad, row.known_at_seconds});
  }
  return concept_of(of, outcome_delay_days, now);
}

// The worse of two, where too few says nothing.
DecayVerdict worse(DecayVerdict one, DecayVerdict other) {
  const auto rank = [](DecayVerdict verdict) {
    return verdict == DecayVerdict::too_few ? -1 : static_cast<int>(verdict);
  };
  return rank(other) > rank(one) ? other : one;
}

statistics::Share share_of(uint64_t events, uint64_t trials) { return {events, trials}; }

struct Scores {
  std::vector<double> probability;
  std::vector<uint8_t> bad;
};

void measure_ranking(const Scores& scores, Performance& out) {
  const auto auc = statistics::auc(scores.probability, scores.bad);
  out.auc = auc.auc, out.auc_low = auc.interval.low, out.auc_high = auc.interval.high;
  std::vector<double> good, bad;
  for (size_t i = 0; i < scores.bad.size(); ++i) (scores.bad[i] != 0 ? bad : good).push_back(scores.probability[i]);
  out.ks = statistics::kolmogorov_smirnov(std::move(good), std::move(bad)).distance;
  const auto line = statistics::calibration_line({scores.probability, scores.bad});
  if (line.found) out.calibration_intercept = line.intercept, out.calibration_slope = line.slope;
}

Performance performance_of(std::span<const Labelled* const> rows) {
  Performance out;
  Scores scores;
  uint64_t known = 0, bad = 0;
  for (const Labelled* row : rows) {
    if (!row->known) continue;
    ++known, bad += row->bad ? 1 : 0;
    if (!row->scored.probability) continue;
    scores.probability.push_back(*row->scored.probability);
    scores.bad.push_back(row->bad ? 1 : 0);
  }
  out.labelled = static_cast<int64_t>(known), out.bad = static_cast<int64_t>(bad);
  if (known == 0) return out;
  const auto interval = statistics::wilson(share_of(bad, known));
  out.bad_rate = share_of(bad, known).value();
  out.bad_rate_low = interval.low, out.bad_rate_high = interval.high;
  if (scores.bad.empty()) return out;
  double sum = 0;
  for (const double p : scores.probability) sum += p;
  out.predicted_bad_rate = sum / static_cast<double>(scores.bad.size());
  out.brier = statistics::brier({scores.probability, scores.bad});
  out.expected_auc = statistics::expected_auc(scores.probability);
  if (statistics::has_both_kinds(scores.bad)) measure_ranking(scores, out);
  return out;
}

// Held against the lower of what validation promised and what these rows can give: whom the policy lets through is a
// narrower group than the one validated on, and a narrower group ranks worse without any decay.
DecayVerdict verdict_of(const Performance& performance, std::optional<double> validation_auc, double matured_share) {
  const auto good = performance.labelled - performance.bad;
  if (!performance.auc || performance.bad < static_cast<int64_t>(kLabelsMin) ||
      good < static_cast<int64_t>(kLabelsMin) || matured_share < kMaturedShareMin) {
    return DecayVerdict::too_few;
  }
  const double expected = std::min(*performance.expected_auc, validation_auc.value_or(1));
  if (*performance.auc_high >= expected) return DecayVerdict::holding;
  return *performance.auc < expected - kDecayedAuc ? DecayVerdict::decayed : DecayVerdict::watch;
}

// Bad by this age of all who were approved; the others are not known bad by then.
AgeView age_of(std::span<const Labelled* const> rows, int age_months) {
  AgeView out;
  out.age_months = age_months;
  Scores scores;
  uint64_t approved = 0, bad = 0;
  for (const Labelled* row : rows) {
    if (!row->scored.approved) continue;
    const Date decided = date_of({row->scored.at_seconds * 1'000'000});
    const bool bad_by_then =
        row->known && row->bad && date_of({row->known_at_seconds * 1'000'000}) <= decided.plus_months(age_months);
    ++approved, bad += bad_by_then ? 1 : 0;
    if (!row->scored.probability) continue;
    scores.probability.push_back(*row->scored.probability);
    scores.bad.push_back(bad_by_then ? 1 : 0);
  }
  out.approved = static_cast<int64_t>(approved), out.bad = static_cast<int64_t>(bad);
  if (approved == 0) return out;
  const auto interval = statistics::wilson(share_of(bad, approved));
  out.bad_rate = share_of(bad, approved).value();
  out.bad_rate_low = interval.low, out.bad_rate_high = interval.high;
  if (statistics::has_both_kinds(scores.bad)) {
    const auto auc = statistics::auc(scores.probability, scores.bad);
    out.auc = auc.auc, out.auc_low = auc.interval.low, out.auc_high = auc.interval.high;
  }
  return out;
}

double matured_share(std::span<const Labelled* const> rows) {
  int64_t approved = 0, known = 0;
  for (const Labelled* row : rows) {
    if (row->scored.approved) ++approved, known += row->known ? 1 : 0;
  }
  return approved == 0 ? 0 : static_cast<double>(known) / static_cast<double>(approved);
}

VintageView vintage_of(int month, std::span<const Labelled* const> rows, const Subject& subject, Date today) {
  VintageView out;
  out.month = text_of_month(month);
  out.decided = static_cast<int64_t>(rows.size());
  for (const Labelled* row : rows) out.approved += row->scored.approved ? 1 : 0;
  out.matured_share = matured_share(rows);
  out.performance = performance_of(rows);
  out.verdict = verdict_of(out.performance, subject.validation_auc, out.matured_share);
  const Date last = Date::from_civil(month / 12, month % 12 + 1, 1)->end_of_month();
  for (const int age : kAgesMonths) {
    if (last.plus_months(age) <= today) out.ages.push_back(age_of(rows, age));
  }
  return out;
}

void judge_all(const std::map<int, std::vector<const Labelled*>>& vintages, const Subject& subject,
               DecayShowAnswer& out) {
  // Together only what has matured: a young vintage knows its bad ones first.
  std::vector<const Labelled*> matured, all;
  for (const auto& [month, rows] : vintages) {
    if (matured_share(rows) >= kMaturedShareMin) matured.insert(matured.end(), rows.begin(), rows.end());
    all.insert(all.end(), rows.begin(), rows.end());
  }
  for (const Labelled* row : all) {
    if (row->scored.approved) ++out.approved, out.labelled += row->known ? 1 : 0;
  }
  out.all = performance_of(matured.empty() ? all : matured);
  out.verdict = verdict_of(out.all, subject.validation_auc, matured.empty() ? 0 : 1);
}

DecayStandingView standing_of(const DecayShowAnswer& answer) {
  return {answer.use_case,      answer.model,   answer.permit,      answer.verdict,      answer.labelled,
          answer.approved,      answer.all.auc, answer.all.auc_low, answer.all.auc_high, answer.all.expected_auc,
          answer.validation_auc};
}

std::string three(const std::optional<double>& value) {
  return value ? format_fixed(static_cast<int64_t>(std::lround(*value * 1000)), 3) : "-";
}

std::string percent(const MeasureView& measure) {
  return format_fixed(static_cast<int64_t>(std::lround(measure.value * 1000)), 1) + "%";
}

// What changed, where the newest windows were held against the first ones.
void say_change(const DecayShowAnswer& answer, incidents::Alert& out) {
  if (!answer.concept_drift || !answer.concept_drift->current) return;
  const ConceptView& drift = *answer.concept_drift;
  if (drift.verdict != DecayVerdict::watch && drift.verdict != DecayVerdict::decayed) return;
  const ConceptWindowView &before = *drift.reference, &after = *drift.current;
  const std::string name = answer.model + " (" + answer.use_case + ")", since = date_of(after.from).text();
  const std::string share = format_fixed(static_cast<int64_t>(std::lround(drift.alert_share * 1000)), 1) + "%";
  out.en = "Since " + since + " " + name + " ranks '" + answer.outcome + "' with an AUC of " + three(after.auc->value) +
           ", it was " + three(before.auc->value) + "; looking at " + share + " finds " + percent(*after.detection) +
           " of them, it was " + percent(*before.detection) + " (" + std::to_string(after.bad) + " known).";
  out.zh = "自 " + since + " 起，" + name + " 对“" + answer.outcome + "”的 AUC 为 " + three(after.auc->value) +
           "，此前为 " + three(before.auc->value) + "；查看 " + share + " 可发现其中 " + percent(*after.detection) +
           "，此前为 " + percent(*before.detection) + "（已知 " + std::to_string(after.bad) + " 笔）。";
}

incidents::Alert alert_of(const DecayShowAnswer& answer, int tier) {
  incidents::Alert out{"decay",      answer.use_case,
                       answer.model, answer.verdict == DecayVerdict::decayed ? (tier == 1 ? 1 : 2) : 3,
                       {},           {}};
  const std::string found = three(answer.all.auc), low = three(answer.all.auc_low), high = three(answer.all.auc_high);
  const std::string expected = three(answer.all.expected_auc), validated = three(answer.validation_auc);
  out.en = "The AUC of " + answer.model + " on " + std::to_string(answer.all.labelled) + " labelled decisions is " +
           found + " (95 %: " + low + " to " + high + "); " + expected +
           " was to be expected of them, validation had " + validated + ".";
  out.zh = "模型 " + answer.model + " 在 " + std::to_string(answer.all.labelled) + " 笔已有结果的决策上 AUC 为 " +
           found + "（95% 区间 " + low + " 至 " + high + "）；按其概率应为 " + expected + "，验证时为 " + validated +
           "。";
  say_change(answer, out);
  return out;
}

}  // namespace

Result<DecayShowAnswer> show_decay(const MeasureNeeds& needs, const DecayShowRequest& request) {
  const Subject subject = TRY(subject_of(needs, request));
  DecayShowAnswer out;
  out.use_case = request.use_case;
  out.model = subject.model_name;
  out.outcome = subject.outcome;
  out.permit = subject.version->digest();
  out.validation_auc = subject.validation_auc;
  out.at = needs.clock.now();
  std::vector<Labelled> rows;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    rows = TRY(read_labelled(reader, out.permit, subject.model, out.outcome));
    return {};
  }));
  take_silence_as_good(rows, subject.outcome_delay_days, out.at);
  std::map<int, std::vector<const Labelled*>> vintages;
  for (const Labelled& row : rows) vintages[month_of({row.scored.at_seconds * 1'000'000})].push_back(&row);
  for (const auto& [month, of_month] : vintages) {
    out.vintages.push_back(vintage_of(month, of_month, subject, date_of(out.at)));
  }
  judge_all(vintages, subject, out);
  if (subject.outcome_delay_days > 0) {
    out.concept_drift = measure_concept(rows, subject.outcome_delay_days, out.at);
    out.verdict = worse(out.verdict, out.concept_drift->verdict);
  }
  return out;
}

Result<DecayRunAnswer> measure_decay(const MeasureNeeds& needs) {
  DecayRunAnswer out;
  out.at = needs.clock.now();
  std::vector<incidents::Alert> raised;
  std::vector<std::pair<std::string, std::string>> settled;
  for (const auto& version : needs.kernel.all_in_force()) {
    const evidence::Manifest& manifest = version->permit().manifest;
    for (const auto& model : version->models()) {
      DecayShowRequest request;
      request.use_case = manifest.use_case;
      request.permit = version->digest();
      request.model = model.name;
      const DecayShowAnswer answer = TRY(show_decay(needs, request));
      out.use_cases.push_back(standing_of(answer));
      if (answer.verdict == DecayVerdict::watch || answer.verdict == DecayVerdict::decayed) {
        raised.push_back(alert_of(answer, manifest.tier));
      } else {
        settled.emplace_back(answer.use_case, answer.model);
      }
    }
  }
  TRY(needs.store.write([&](Transaction& tx) -> Result<void> {
    for (const incidents::Alert& alert : raised) TRY(incidents::raise(tx, alert, out.at));
    for (const auto& [use_case, model] : settled) TRY(incidents::settle(tx, "decay", use_case, model, out.at));
    return {};
  }));
  return out;
}

}  // namespace puhui::drift
