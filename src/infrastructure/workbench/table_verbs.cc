// A decision table as a spreadsheet file, through a door: sheet.h does the work.
#include "ground/base/base64.h"
#include "infrastructure/workbench/policy_source.h"
#include "infrastructure/workbench/policy_verbs.h"
#include "infrastructure/workbench/sheet.h"

namespace puhui::workbench {

std::span<const std::string_view> names_of(const SheetFormat*);  // found by Shape
std::span<const std::string_view> names_of(const SheetFormat*) {
  static constexpr std::string_view kNames[] = {"xlsx", "csv"};
  return kNames;
}

namespace {

constexpr size_t kPolicyBytesMax = dmn::Limits{}.xml_bytes_max;

std::string stem_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  return name.substr(0, name.rfind('.'));
}

// The policy's file or text; nothing when neither is given.
Result<std::optional<std::string>> policy_text(const VerbCall& call, const std::string& file, const std::string& text) {
  if (!file.empty() && !text.empty()) {
    return fail(ErrorCode::invalid, "policy", "expected a DMN file or its text, came both");
  }
  if (!text.empty()) return text;
  if (file.empty()) return std::nullopt;
  return TRY(read_callers_file(call, "policy", file, kPolicyBytesMax));
}

// ---- export

struct ExportRequest {
  std::string sheet, policy, policy_text, table;
  SheetFormat format = SheetFormat::xlsx;
};
void fields(Shape& shape, ExportRequest& request) {
  shape.field("sheet", request.sheet,
              {.help = "the spreadsheet file to write, .xlsx or .csv", .max = 4096, .optional = true});
  shape.field("policy", request.policy, {.help = "the DMN file", .max = 4096, .optional = true});
  shape.field("policy_text", request.policy_text, {.help = "the DMN itself, instead of a file", .optional = true});
  shape.field("table", request.table,
              {.help = "the table's id, or its decision's name; the only one when absent", .optional = true});
  shape.field("format", request.format, {.help = "without a sheet file: what the answer holds", .optional = true});
}

struct ExportAnswer {
  std::string sheet;
  int64_t bytes = 0;
  std::string base64;
};
void fields(Shape& shape, ExportAnswer& answer) {
  shape.field("sheet", answer.sheet, {.help = "the file written", .optional = true});
  shape.field("bytes", answer.bytes);
  shape.field("base64", answer.base64, {.help = "the file itself, where none was written", .optional = true});
}
std::string tell(const ExportAnswer& answer) {
  return answer.sheet.empty() ? answer.base64 + "\n"
                              : answer.sheet + " written: edit it, then bring it back with 'policy table import'\n";
}

Result<ExportAnswer> export_sheet(const VerbCall& call, const ExportRequest& request) {
  const auto xml = TRY(policy_text(call, request.policy, request.policy_text));
  if (!xml) return fail(ErrorCode::invalid, "policy", "is required: the DMN file with the table");
  if (request.sheet.empty()) {
    const std::string bytes = TRY(export_table(*xml, request.table, request.format));
    return ExportAnswer{"", static_cast<int64_t>(bytes.size()), to_base64(bytes)};
  }
  if (call.files == nullptr) {
    return fail(ErrorCode::forbidden, "sheet", "names a file of yours, which is not here; leave it out");
  }
  const std::string bytes = TRY(export_table(*xml, request.table, TRY(sheet_format_of(request.sheet))));
  TRY(call.files->write(request.sheet, bytes));
  return ExportAnswer{request.sheet, static_cast<int64_t>(bytes.size()), ""};
}

// ---- import

struct ImportRequest {
  std::string sheet, base64, policy, policy_text, table, out;
  SheetFormat format = SheetFormat::xlsx;
};
void fields(Shape& shape, ImportRequest& request) {
  shape.field("sheet", request.sheet, {.help = "the spreadsheet file, .xlsx or .csv", .max = 4096, .optional = true});
  shape.field("base64", request.base64, {.help = "the spreadsheet itself, instead of a file", .optional = true});
  shape.field("format", request.format, {.help = "of base64", .optional = true});
  shape.field("policy", request.policy,
              {.help = "the DMN file whose table it is; absent: a new one is made of the sheet",
               .max = 4096,
               .optional = true});
  shape.field("policy_text", request.policy_text, {.help = "the DMN itself, instead of a file", .optional = true});
  shape.field("table", request.table,
              {.help = "the table's id, or its decision's name; the only one when absent", .optional = true});
  shape.field("out", request.out,
              {.help = "the DMN file to write; the policy itself when absent", .max = 4096, .optional = true});
}

struct ImportAnswer {
  std::string out;
  bool changed = false;
  std::string text;
};
void fields(Shape& shape, ImportAnswer& answer) {
  shape.field("out", answer.out, {.help = "the file written", .optional = true});
  shape.field("changed", answer.changed, {.help = "false: the table is as it was, byte for byte"});
  shape.field("text", answer.text, {.help = "the DMN, where no file was written", .optional = true});
}
std::string tell(const ImportAnswer& answer) {
  if (answer.out.empty()) return answer.text;
  return answer.out +
         (answer.changed ? " written; see it with 'policy check'\n" : " is as it was: the sheet changed nothing\n");
}

struct SheetBytes {
  std::string bytes;
  SheetFormat format;
};

Result<SheetBytes> sheet_of(const VerbCall& call, const ImportRequest& request) {
  if (request.sheet.empty() == request.base64.empty()) {
    return fail(ErrorCode::invalid, "sheet",
                "expected a spreadsheet file or its bytes in base64, came " +
                    std::string(request.sheet.empty() ? "neither" : "both"));
  }
  if (request.sheet.empty()) {
    auto bytes = from_base64(request.base64);
    if (!bytes) return fail(at("base64", std::move(bytes).error()));
    return SheetBytes{*std::move(bytes), request.format};
  }
  const SheetFormat format = TRY(sheet_format_of(request.sheet));
  return SheetBytes{TRY(read_callers_file(call, "sheet", request.sheet, SheetLimits{}.bytes_max)), format};
}

Result<ImportAnswer> import_sheet(const VerbCall& call, const ImportRequest& request) {
  const SheetBytes sheet = TRY(sheet_of(call, request));
  const auto xml = TRY(policy_text(call, request.policy, request.policy_text));
  const std::string name = request.table.empty() ? stem_of(request.sheet) : request.table;
  auto made = xml ? import_table(*xml, request.table, sheet.bytes, sheet.format)
                  : dmn_of_sheet(sheet.bytes, sheet.format, name.empty() ? "Decision" : name);
  if (!made) return fail(at(request.sheet, std::move(made).error()));
  ImportAnswer answer{request.out.empty() ? request.policy : request.out, !xml || *made != *xml, ""};
  if (answer.out.empty()) {
    answer.text = *std::move(made);
    return answer;
  }
  if (call.files == nullptr) return fail(ErrorCode::forbidden, "out", "names a file of yours, which is not here");
  const bool same_file = answer.out == request.policy;
  if (answer.changed || !same_file) TRY(call.files->write(answer.out, *made));
  return answer;
}

}  // namespace

std::vector<Verb> table_verbs() {
  std::vector<Verb> verbs;
  verbs.push_back(make_verb<ExportRequest, ExportAnswer>(
      {.noun = "policy",
       .verb = "table export",
       .help = "Write a decision table as a spreadsheet that business people edit.",
       .storeless = true,
       .words = {"sheet"}},
      [](const VerbCall& call, const ExportRequest& request) { return export_sheet(call, request); }, tell));
  verbs.push_back(make_verb<ImportRequest, ImportAnswer>(
      {.noun = "policy",
       .verb = "table import",
       .help = "Bring an edited spreadsheet back into its policy, or make a new policy of one.",
       .storeless = true,
       .words = {"sheet"}},
      [](const VerbCall& call, const ImportRequest& request) { return import_sheet(call, request); }, tell));
  return verbs;
}

}  // namespace puhui::workbench
