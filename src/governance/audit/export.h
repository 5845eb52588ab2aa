// Exporting decisions to a file of the caller's own machine, as CSV that no spreadsheet takes for formulas, or as lines of
// JSON.
#pragma once

#include "governance/audit/audit.h"

namespace puhui::audit {

inline constexpr size_t kExportRowsMax = 500'000;

enum class ExportFormat : uint8_t { csv, jsonl };
std::span<const std::string_view> names_of(const ExportFormat*);

struct ExportRequest {
  DecisionFilter filter;
  ExportFormat format = ExportFormat::csv;
  std::string out;
};
void fields(Shape& shape, ExportRequest& request);

struct ExportAnswer {
  std::string out;
  int64_t decisions = 0, bytes = 0;
  Digest digest;  // of the file
  Timestamp at;
};
void fields(Shape& shape, ExportAnswer& answer);
std::string tell(const ExportAnswer& answer);

Result<ExportAnswer> export_decisions(const AuditNeeds& needs, const VerbCall& call, const ExportRequest& request);

// A cell as RFC 4180 quotes it; one that a spreadsheet would run (= + - @ tab or line end in front) gets an apostrophe
// before it, but a plain number stays one.
std::string csv_cell(std::string_view text);

}  // namespace puhui::audit
