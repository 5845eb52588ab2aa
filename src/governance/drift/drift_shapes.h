// What the drift verbs ask and answer: how far each field of a use case has moved from what was frozen.
#pragma once

#include "ground/base/shape.h"

namespace puhui::drift {

inline constexpr int64_t kWindowDaysMax = 366, kWindowDaysUsual = 30;

enum class Verdict : uint8_t {
  stable,
  watch,    // moved beyond chance, and a PSI of .1 or more
  shifted,  // moved beyond chance, and a PSI of .25 or more
  too_few,  // too few rows to see a shift that would matter
};
std::span<const std::string_view> names_of(const Verdict*);

// What a field is of a decision.
enum class FieldKind : uint8_t { fact, probability, score, outcome };
std::span<const std::string_view> names_of(const FieldKind*);

// ---- drift show

struct ShowRequest {
  std::string use_case;
  std::optional<Digest> permit;  // the one in force when absent
  std::optional<Date> from, to;  // both days included
  std::string field;             // only this one
};
void fields(Shape& shape, ShowRequest& request);

struct BinView {
  std::string label;  // "(12000, 15000]", "36", "other", "absent"
  int64_t rows_then = 0, rows_now = 0;
  double share_then = 0, share_now = 0;
};
void fields(Shape& shape, BinView& bin);

struct DayView {
  Date day;
  int64_t rows = 0;
  double psi = 0, null_limit = 0;  // of that day alone
  double missing_share = 0;
};
void fields(Shape& shape, DayView& day);

struct FieldView {
  std::string field;
  FieldKind kind = FieldKind::fact;
  Verdict verdict = Verdict::too_few;
  double psi = 0, null_limit = 0, smallest_visible_psi = 0;
  double p_value = 1;  // of so much by chance, for all fields together (Holm)
  int64_t rows_then = 0, rows_now = 0;
  double missing_then = 0, missing_now = 0;
  std::vector<BinView> bins;
  std::vector<DayView> days;
};
void fields(Shape& shape, FieldView& field);

// What a version is held against; its edges never move once frozen.
struct ReferenceView {
  Digest digest;  // of the artefact
  Timestamp frozen_at;
  int64_t rows = 0;
  Date first_day, last_day;
};
void fields(Shape& shape, ReferenceView& reference);

struct ShowAnswer {
  std::string use_case;
  Digest permit;
  Verdict verdict = Verdict::too_few;
  std::string worst_field;
  Date from, to;
  int64_t rows_now = 0;
  std::optional<ReferenceView> reference;
  int64_t rows_waiting = 0, rows_needed = 0;  // until a reference is frozen
  std::vector<FieldView> fields_seen;         // the most moved first
  Timestamp at;
};
void fields(Shape& shape, ShowAnswer& answer);
std::string tell(const ShowAnswer& answer);

// ---- drift run, drift list

struct RunRequest {
  int64_t days = kWindowDaysUsual;
};
void fields(Shape& shape, RunRequest& request);

struct StandingView {
  std::string use_case;
  Digest permit;
  Verdict verdict = Verdict::too_few;
  std::string worst_field;
  double worst_psi = 0;
  int64_t rows_now = 0, fields_measured = 0, fields_moved = 0;
  bool frozen = false;
};
void fields(Shape& shape, StandingView& standing);

struct RunAnswer {
  std::vector<StandingView> use_cases;
  Date from, to;
  Timestamp at;
};
void fields(Shape& shape, RunAnswer& answer);
std::string tell(const RunAnswer& answer);

// ---- drift freeze

struct FreezeRequest {
  std::string use_case;
  std::optional<Digest> permit;
  int64_t rows = 0;  // 0: all that were decided so far
};
void fields(Shape& shape, FreezeRequest& request);

struct FreezeAnswer {
  std::string use_case;
  Digest permit;
  ReferenceView reference;
};
void fields(Shape& shape, FreezeAnswer& answer);

}  // namespace puhui::drift
