#include "governance/audit/export.h"

#include "ground/base/text.h"

namespace puhui::audit {

std::span<const std::string_view> names_of(const ExportFormat*) {
  static constexpr std::string_view kNames[] = {"csv", "jsonl"};
  return kNames;
}

void fields(Shape& shape, ExportRequest& request) {
  filter_fields(shape, request.filter);
  shape.field("format", request.format, {.help = "csv, or one JSON object a line; csv when absent", .optional = true});
  shape.field("out", request.out, {.help = "the file to write", .min = 1, .max = 4096});
}

void fields(Shape& shape, ExportAnswer& answer) {
  shape.field("out", answer.out, {.help = "the file written"});
  shape.field("decisions", answer.decisions, {.help = "rows in it, the first recorded first"});
  shape.field("bytes", answer.bytes, {.help = "its length"});
  shape.field("digest", answer.digest, {.help = "SHA-256 of the file"});
  shape.field("at", answer.at, {.help = "the moment the index was read"});
}

std::string tell(const ExportAnswer& answer) {
  return answer.out + " written: " + with_thousands(answer.decisions) + " decisions, " + with_thousands(answer.bytes) +
         " bytes, SHA-256 " + answer.digest.hex() + "\n";
}

std::string csv_cell(std::string_view text) {
  constexpr std::string_view kRun = "=+-@\t\r\n";
  std::string out;
  if (!text.empty() && kRun.find(text[0]) != std::string_view::npos && !parse_double(text)) out = "'";
  out += text;
  if (out.find_first_of(",\"\r\n") == std::string::npos) return out;
  std::string quoted = "\"";
  for (const char c : out) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

namespace {

constexpr std::string_view kHeader = "id,at,use_case,outcome,entity,reasons,human,caller,permit,probability\n";

std::string csv_line(const DecisionRow& row) {
  const std::string cells[] = {row.id.text(),     text_of(row.at),
                               row.use_case,      row.outcome,
                               row.entity.text(), join(row.reasons, ";"),
                               row.human,         row.caller,
                               row.permit.hex(),  row.probability ? format_fixed(row.probability->ppb, 9) : ""};
  std::string out;
  for (const std::string& cell : cells) out += (out.empty() ? "" : ",") + csv_cell(cell);
  return out + "\n";
}

}  // namespace

Result<ExportAnswer> export_decisions(const AuditNeeds& needs, const VerbCall& call, const ExportRequest& request) {
  ExportAnswer answer;
  answer.out = request.out;
  answer.at = needs.clock.now();
  std::vector<uint64_t> places;
  TRY(needs.store.read([&](Reader& reader) -> Result<void> {
    places = TRY(find_all_places(reader, request.filter, kExportRowsMax));
    return {};
  }));
  const bool csv = request.format == ExportFormat::csv;
  std::string bytes(csv ? kHeader : "");
  for (const uint64_t place : places) {
    const DecisionRow row = TRY(row_of(TRY(record_numbered(needs.evidence, place))));
    bytes += csv ? csv_line(row) : print_json(to_json(row)) + "\n";
    if (++answer.decisions % 4096 == 0) {
      call.progress.step("decisions exported", static_cast<uint64_t>(answer.decisions), places.size());
    }
  }
  TRY(call.files->write(request.out, bytes));
  answer.bytes = static_cast<int64_t>(bytes.size());
  answer.digest = sha256(bytes);
  return answer;
}

}  // namespace puhui::audit
