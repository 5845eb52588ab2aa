#include "governance/drift/measure.h"

#include <algorithm>

#include "governance/drift/drift_book.h"
#include "governance/incidents/alert.h"
#include "ground/base/text.h"
#include "infrastructure/statistics/multiple.h"
#include "infrastructure/statistics/stability.h"

namespace puhui::drift {

namespace {

using Counts = std::vector<uint64_t>;

uint64_t sum(const Counts& counts) {
  uint64_t out = 0;
  for (const uint64_t count : counts) out += count;
  return out;
}

double share(uint64_t part, uint64_t of) { return of == 0 ? 0 : static_cast<double>(part) / static_cast<double>(of); }

// What the days asked for hold of each field: in all, and day by day.
struct Window {
  std::vector<Counts> now;                     // by field
  std::map<Date, std::vector<Counts>> by_day;  // decisions after the reference and of it
  uint64_t rows = 0;
};

Result<Window> read_window(Reader& reader, const Reference& reference, Days days) {
  const auto empty = [&] {
    std::vector<Counts> out;
    for (const Frame& frame : reference.frames) out.emplace_back(frame.bins());
    return out;
  };
  Window out;
  out.now = empty();
  TRY(each_count(reader, reference.permit, days, [&](const Counted& counted) {
    if (counted.field >= out.now.size() || counted.bin >= out.now[counted.field].size()) return;
    auto& day = out.by_day[counted.day];
    if (day.empty()) day = empty();
    day[counted.field][counted.bin] += counted.rows;
    if (counted.part == Part::after) out.now[counted.field][counted.bin] += counted.rows;
  }));
  for (const Counts& counts : out.now) out.rows = std::max(out.rows, sum(counts));
  return out;
}

DayView day_of(Date day, const Frame& frame, const Counts& counts) {
  DayView out;
  out.day = day;
  out.rows = static_cast<int64_t>(sum(counts));
  if (out.rows == 0 || sum(frame.rows) == 0) return out;
  const auto stability = statistics::stability(frame.rows, counts);
  out.psi = stability.psi;
  out.null_limit = stability.null_limit;
  out.missing_share = share(counts.back(), sum(counts));
  return out;
}

FieldView field_of(const Frame& frame, size_t at, const Window& window) {
  const Counts& now = window.now[at];
  FieldView out;
  out.field = frame.field.name;
  out.kind = frame.field.kind;
  out.rows_then = static_cast<int64_t>(sum(frame.rows));
  out.rows_now = static_cast<int64_t>(sum(now));
  out.missing_then = share(frame.rows.back(), sum(frame.rows));
  out.missing_now = share(now.back(), sum(now));
  for (size_t bin = 0; bin < frame.bins(); ++bin) {
    out.bins.push_back({frame.label(bin), static_cast<int64_t>(frame.rows[bin]), static_cast<int64_t>(now[bin]),
                        share(frame.rows[bin], sum(frame.rows)), share(now[bin], sum(now))});
  }
  for (const auto& [day, counts] : window.by_day) out.days.push_back(day_of(day, frame, counts[at]));
  if (out.rows_then == 0 || out.rows_now == 0) return out;
  const auto stability = statistics::stability(frame.rows, now);
  out.psi = stability.psi;
  out.null_limit = stability.null_limit;
  out.smallest_visible_psi = stability.smallest_visible;
  out.p_value = stability.p_value;
  return out;
}

// From what is of no account to what must be looked at.
int rank(Verdict verdict) {
  switch (verdict) {
    case Verdict::stable: return 0;
    case Verdict::too_few: return 1;
    case Verdict::watch: return 2;
    case Verdict::shifted: return 3;
  }
  return 0;
}

// Sets the verdicts, most moved first.
void judge(std::vector<FieldView>& fields) {
  std::vector<double> p_values;
  for (const FieldView& field : fields) p_values.push_back(field.p_value);
  const std::vector<double> adjusted = statistics::holm(p_values);
  for (size_t i = 0; i < fields.size(); ++i) {
    FieldView& field = fields[i];
    field.p_value = adjusted[i];
    if (field.rows_then == 0 || field.rows_now == 0) continue;  // too few, as it stands
    field.verdict = verdict_of(field.psi, field.p_value, field.smallest_visible_psi);
  }
  std::stable_sort(fields.begin(), fields.end(), [](const FieldView& a, const FieldView& b) {
    return rank(a.verdict) != rank(b.verdict) ? rank(a.verdict) > rank(b.verdict) : a.psi > b.psi;
  });
}

Result<Digest> permit_of(const MeasureNeeds& needs, const ShowRequest& request) {
  if (request.permit) return *request.permit;
  auto version = needs.kernel.in_force(request.use_case);
  if (!version) {
    return fail(ErrorCode::not_found, "use_case",
                "'" + request.use_case + "' has no version in force; name a permit, or one of what is in force");
  }
  return (*version)->digest();
}

Result<Days> days_of(const MeasureNeeds& needs, const ShowRequest& request) {
  const Date to = request.to.value_or(date_of(needs.clock.now()));
  const Date from = request.from.value_or(to.plus_days(1 - static_cast<int>(kWindowDaysUsual)));
  if (from > to) return fail(ErrorCode::invalid, "from", "expected a day not after 'to', " + to.text());
  if (days_between(from, to) >= kWindowDaysMax) {
    return fail(ErrorCode::invalid, "from", "expected at most " + std::to_string(kWindowDaysMax) + " days");
  }
  return Days{from, to};
}

Result<ShowAnswer> show(const MeasureNeeds& needs, Reader& reader, const ShowRequest& request) {
  ShowAnswer out;
  out.use_case = request.use_case;
  out.permit = TRY(permit_of(needs, request));
  const Days days = TRY(days_of(needs, request));
  out.from = days.first, out.to = days.last;
  out.at = needs.clock.now();
  out.rows_needed = kReferenceRows;
  const auto stored = TRY(find_reference(reader, out.permit));
  if (!stored) {
    out.rows_waiting = static_cast<int64_t>(TRY(waiting_rows(reader, out.permit)));
    return out;
  }
  const Reference& reference = stored->reference;
  if (!request.use_case.empty() && reference.use_case != request.use_case) {
    return fail(ErrorCode::not_found, "permit", "it is of " + reference.use_case + ", not of " + request.use_case);
  }
  out.reference = ReferenceView{stored->digest, reference.frozen_at, static_cast<int64_t>(reference.rows),
                                reference.first_day, reference.last_day};
  const Window window = TRY(read_window(reader, reference, days));
  out.rows_now = static_cast<int64_t>(window.rows);
  for (size_t i = 0; i < reference.frames.size(); ++i) {
    out.fields_seen.push_back(field_of(reference.frames[i], i, window));
  }
  judge(out.fields_seen);
  if (!out.fields_seen.empty()) {
    out.verdict = out.fields_seen[0].verdict;
    out.worst_field = out.fields_seen[0].field;
  }
  return out;
}

std::string words_of(const ShowAnswer& answer) {
  std::vector<std::string> words;
  for (const FieldView& field : answer.fields_seen) {
    if (rank(field.verdict) < rank(Verdict::watch) || words.size() == 3) break;
    words.push_back(field.field + " " + format_fixed(static_cast<int64_t>(field.psi * 1000 + 0.5), 3));
  }
  return join(words, ", ");
}

incidents::Alert alert_of(const ShowAnswer& answer, int tier) {
  const bool shifted = answer.verdict == Verdict::shifted;
  const auto moved = std::count_if(answer.fields_seen.begin(), answer.fields_seen.end(),
                                   [](const FieldView& field) { return rank(field.verdict) >= rank(Verdict::watch); });
  const std::string words = words_of(answer), count = std::to_string(moved);
  incidents::Alert out{"drift", answer.use_case, "", shifted ? (tier == 1 ? 1 : 2) : 3, {}, {}};
  out.en = count + (moved == 1 ? " field has" : " fields have") +
           " moved beyond chance since the reference (PSI): " + words + ".";
  out.zh = "自参照基准冻结以来，有 " + count + " 个字段的分布偏移超出随机波动（PSI）：" + words + "。";
  return out;
}

StandingView standing_of(const ShowAnswer& answer) {
  StandingView out;
  out.use_case = answer.use_case;
  out.permit = answer.permit;
  out.verdict = answer.verdict;
  out.worst_field = answer.worst_field;
  out.rows_now = answer.rows_now;
  out.frozen = answer.reference.has_value();
  out.fields_measured = static_cast<int64_t>(answer.fields_seen.size());
  if (!answer.fields_seen.empty()) out.worst_psi = answer.fields_seen[0].psi;
  for (const FieldView& field : answer.fields_seen) {
    if (rank(field.verdict) >= rank(Verdict::watch)) ++out.fields_moved;
  }
  return out;
}

}  // namespace

Verdict verdict_of(double psi, double p_value, double smallest_visible_psi) {
  const bool moved = p_value < kMovedAlpha;
  if (moved && psi >= kShiftedPsi) return Verdict::shifted;
  if (moved && psi >= kWatchPsi) return Verdict::watch;
  return smallest_visible_psi > kWatchPsi ? Verdict::too_few : Verdict::stable;
}

Result<ShowAnswer> show(const MeasureNeeds& needs, const ShowRequest& request) {
  ShowAnswer out;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    out = TRY(show(needs, reader, request));
    return {};
  }));
  if (request.field.empty() || !out.reference) return out;
  // The verdicts stay those of all fields together.
  std::vector<std::string> names;
  for (const FieldView& field : out.fields_seen) names.push_back(field.field);
  std::erase_if(out.fields_seen, [&](const FieldView& field) { return field.field != request.field; });
  if (out.fields_seen.empty()) {
    const std::string meant = nearest(request.field, names);
    return fail(ErrorCode::not_found, "field",
                "'" + request.field + "' is not watched" + (meant.empty() ? "" : "; did you mean '" + meant + "'?"));
  }
  return out;
}

Result<RunAnswer> measure_all(const MeasureNeeds& needs, int64_t days) {
  RunAnswer out;
  out.at = needs.clock.now();
  out.to = date_of(out.at);
  out.from = out.to.plus_days(1 - static_cast<int>(days));
  std::vector<incidents::Alert> raised;
  std::vector<std::string> settled;
  for (const auto& version : needs.kernel.all_in_force()) {
    const evidence::Manifest& manifest = version->permit().manifest;
    ShowRequest request;
    request.use_case = manifest.use_case;
    request.permit = version->digest();
    request.from = out.from, request.to = out.to;
    const ShowAnswer answer = TRY(show(needs, request));
    out.use_cases.push_back(standing_of(answer));
    if (rank(answer.verdict) >= rank(Verdict::watch)) {
      raised.push_back(alert_of(answer, manifest.tier));
    } else if (answer.verdict == Verdict::stable || !answer.reference) {
      settled.push_back(answer.use_case);  // a version too new to tell is not the one that had moved
    }
  }
  TRY(needs.store.write([&](Transaction& tx) -> Result<void> {
    for (const incidents::Alert& alert : raised) TRY(incidents::raise(tx, alert, out.at));
    for (const std::string& use_case : settled) TRY(incidents::settle(tx, "drift", use_case, "", out.at));
    return {};
  }));
  return out;
}

}  // namespace puhui::drift
