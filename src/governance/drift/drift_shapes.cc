#include "governance/drift/drift_shapes.h"

#include <cstdio>

namespace puhui::drift {

std::span<const std::string_view> names_of(const Verdict*) {
  static constexpr std::string_view kNames[] = {"stable", "watch", "shifted", "too_few"};
  return kNames;
}

std::span<const std::string_view> names_of(const FieldKind*) {
  static constexpr std::string_view kNames[] = {"fact", "probability", "score", "outcome"};
  return kNames;
}

void fields(Shape& shape, ShowRequest& request) {
  shape.field("use_case", request.use_case,
              {.help = "with its scope", .max = 256, .example = "lending.approval/person_revolving"});
  shape.field("permit", request.permit, {.help = "of the version; the one in force when absent"});
  shape.field("from", request.from, {.help = "first day (UTC); 30 days back when absent"});
  shape.field("to", request.to, {.help = "last day (UTC); today when absent"});
  shape.field("field", request.field, {.help = "only this field; all when empty", .max = 256, .optional = true});
}

void fields(Shape& shape, BinView& bin) {
  shape.field("label", bin.label, {.help = "a range, a known value, 'other' or 'absent'"});
  shape.field("rows_then", bin.rows_then, {.help = "decisions of the reference"});
  shape.field("rows_now", bin.rows_now, {.help = "decisions of the days asked for"});
  shape.field("share_then", bin.share_then, {.help = "of the reference, 0 to 1"});
  shape.field("share_now", bin.share_now, {.help = "of the days asked for, 0 to 1"});
}

void fields(Shape& shape, DayView& day) {
  shape.field("day", day.day, {.help = "UTC"});
  shape.field("rows", day.rows, {.help = "decisions of the day"});
  shape.field("psi", day.psi, {.help = "population stability index of the day alone"});
  shape.field("null_limit", day.null_limit, {.help = "what chance exceeds once in twenty with so many rows"});
  shape.field("missing_share", day.missing_share, {.help = "absent, 0 to 1"});
}

void fields(Shape& shape, FieldView& field) {
  shape.field("field", field.field, {.help = "a fact, MODEL.probability, MODEL.score or Outcome"});
  shape.field("kind", field.kind);
  shape.field("verdict", field.verdict);
  shape.field("psi", field.psi, {.help = "population stability index over the frozen bins"});
  shape.field("null_limit", field.null_limit, {.help = "the PSI that chance alone exceeds once in twenty"});
  shape.field("smallest_visible_psi", field.smallest_visible_psi,
              {.help = "the smallest true PSI that is seen four times in five with so many rows"});
  shape.field("p_value", field.p_value, {.help = "of so much by chance alone, for all fields together (Holm)"});
  shape.field("rows_then", field.rows_then, {.help = "decisions of the reference"});
  shape.field("rows_now", field.rows_now, {.help = "decisions of the days asked for"});
  shape.field("missing_then", field.missing_then, {.help = "share absent in the reference, 0 to 1"});
  shape.field("missing_now", field.missing_now, {.help = "share absent now, 0 to 1"});
  shape.field("bins", field.bins);
  shape.field("days", field.days, {.help = "days with decisions, the oldest first"});
}

void fields(Shape& shape, ReferenceView& reference) {
  shape.field("digest", reference.digest, {.help = "SHA-256 of the frozen edges and counts; they never move"});
  shape.field("frozen_at", reference.frozen_at);
  shape.field("rows", reference.rows, {.help = "decisions it was taken from: the first of the version"});
  shape.field("first_day", reference.first_day, {.help = "of those decisions, UTC"});
  shape.field("last_day", reference.last_day);
}

void fields(Shape& shape, ShowAnswer& answer) {
  shape.field("use_case", answer.use_case);
  shape.field("permit", answer.permit, {.help = "of the version"});
  shape.field("verdict", answer.verdict, {.help = "of the worst field"});
  shape.field("worst_field", answer.worst_field, {.optional = true});
  shape.field("from", answer.from, {.help = "first day looked at, UTC"});
  shape.field("to", answer.to);
  shape.field("rows_now", answer.rows_now, {.help = "decisions of these days, those of the reference left out"});
  shape.field("reference", answer.reference, {.help = "absent until enough decisions were taken"});
  shape.field("rows_waiting", answer.rows_waiting, {.help = "decisions gathered towards a reference"});
  shape.field("rows_needed", answer.rows_needed, {.help = "at so many it freezes by itself"});
  shape.field("fields", answer.fields_seen, {.help = "the most moved first"});
  shape.field("at", answer.at, {.help = "the moment this was measured"});
}

void fields(Shape& shape, RunRequest& request) {
  shape.field("days", request.days,
              {.help = "how many days back are measured", .min = 1, .max = kWindowDaysMax, .optional = true});
}

void fields(Shape& shape, StandingView& standing) {
  shape.field("use_case", standing.use_case);
  shape.field("permit", standing.permit);
  shape.field("verdict", standing.verdict);
  shape.field("worst_field", standing.worst_field, {.optional = true});
  shape.field("worst_psi", standing.worst_psi, {.help = "population stability index"});
  shape.field("rows_now", standing.rows_now, {.help = "decisions measured"});
  shape.field("fields_measured", standing.fields_measured);
  shape.field("fields_moved", standing.fields_moved, {.help = "watch or shifted"});
  shape.field("frozen", standing.frozen, {.help = "there is a reference"});
}

void fields(Shape& shape, RunAnswer& answer) {
  shape.field("use_cases", answer.use_cases);
  shape.field("from", answer.from, {.help = "first day measured, UTC"});
  shape.field("to", answer.to);
  shape.field("at", answer.at, {.help = "the moment this was measured"});
}

void fields(Shape& shape, FreezeRequest& request) {
  shape.field("use_case", request.use_case,
              {.help = "with its scope", .max = 256, .example = "lending.approval/person_revolving"});
  shape.field("permit", request.permit, {.help = "of the version; the one in force when absent"});
  shape.field("rows", request.rows,
              {.help = "from the version's first so many decisions; 0: all so far", .min = 0, .optional = true});
}

void fields(Shape& shape, FreezeAnswer& answer) {
  shape.field("use_case", answer.use_case);
  shape.field("permit", answer.permit);
  shape.field("reference", answer.reference);
}

namespace {

std::string fixed(double value, int places) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", places, value);
  return text;
}

std::string_view word(Verdict verdict) { return names_of(&verdict)[static_cast<size_t>(verdict)]; }

}  // namespace

std::string tell(const ShowAnswer& answer) {
  std::string out = answer.use_case + ", permit " + answer.permit.short_hex() + ", " + answer.from.text() + " to " +
                    answer.to.text() + ": " + std::string(word(answer.verdict)) + "\n";
  if (!answer.reference) {
    return out + "No reference yet: " + std::to_string(answer.rows_waiting) + " of " +
           std::to_string(answer.rows_needed) + " decisions gathered.\n";
  }
  out += std::to_string(answer.rows_now) + " decisions against the first " + std::to_string(answer.reference->rows) +
         " (reference " + answer.reference->digest.short_hex() + ")\n\n";
  char line[256];
  std::snprintf(line, sizeof line, "%-32s %-8s %8s %8s %8s %9s %9s\n", "field", "verdict", "PSI", "by chance",
                "visible", "missing", "then");
  out += line;
  for (const FieldView& field : answer.fields_seen) {
    std::snprintf(line, sizeof line, "%-32s %-8s %8s %8s %8s %8s%% %8s%%\n", field.field.c_str(),
                  std::string(word(field.verdict)).c_str(), fixed(field.psi, 4).c_str(),
                  fixed(field.null_limit, 4).c_str(), fixed(field.smallest_visible_psi, 4).c_str(),
                  fixed(100 * field.missing_now, 2).c_str(), fixed(100 * field.missing_then, 2).c_str());
    out += line;
  }
  return out;
}

std::string tell(const RunAnswer& answer) {
  std::string out;
  for (const StandingView& standing : answer.use_cases) {
    out += standing.use_case + ": " + std::string(word(standing.verdict));
    out += standing.frozen
               ? ", " + std::to_string(standing.rows_now) + " decisions, " + std::to_string(standing.fields_moved) +
                     " of " + std::to_string(standing.fields_measured) + " fields moved"
               : ", no reference yet";
    if (!standing.worst_field.empty()) out += "; most: " + standing.worst_field + " " + fixed(standing.worst_psi, 4);
    out += "\n";
  }
  return out.empty() ? "Nothing is in force.\n" : out;
}

}  // namespace puhui::drift
