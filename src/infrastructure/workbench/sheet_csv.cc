#include "ground/base/text.h"
#include "infrastructure/workbench/sheet_cells.h"

namespace puhui::workbench {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A number that a spreadsheet program writes back as it reads it: "12", "0.5", "1000"; not "007", "1.50", "1e5".
bool is_plain_number(std::string_view text) {
  constexpr size_t kDigitsMax = 15;
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view part = point == std::string_view::npos ? "" : text.substr(point + 1);
  if (whole.empty() || text.size() > kDigitsMax || !std::ranges::all_of(whole, is_digit)) return false;
  if (whole.size() > 1 && whole.front() == '0') return false;
  if (point == std::string_view::npos) return true;
  // Small fractions are shown as 1E-05.
  return part.size() <= 4 && !part.empty() && std::ranges::all_of(part, is_digit) && part.back() != '0';
}

bool begins_with_month(std::string_view lower) {
  for (const std::string_view month :
       {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}) {
    if (lower.starts_with(month)) return true;
  }
  return false;
}

// Would a spreadsheet program keep the text as it is when it opens the file? False for what it would run as a
// formula, and for what it would rewrite as a number, a date or a truth value.
bool stays_text(std::string_view text) {
  if (text.empty() || text == "-") return true;  // a lone "-" is every other cell of a decision table, and harmless
  if (std::string_view("=+-@'\t\r\n ").contains(text.front())) return false;
  if (static_cast<unsigned char>(text.front()) >= 0xC2) {
    // Full-width signs begin formulas in some editions: U+FF0B, U+FF0D, U+FF1D, U+FF20.
    for (const std::string_view sign : {"\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\x9D", "\xEF\xBC\xA0"}) {
      if (text.starts_with(sign)) return false;
    }
  }
  const bool has_digit = std::ranges::any_of(text, is_digit);
  if (is_digit(text.front())) return is_plain_number(text);
  if (has_digit && std::string_view(".($%").contains(text.front())) return false;
  const std::string lower = to_lower_ascii(text);
  if (has_digit && begins_with_month(lower)) return false;
  return trim(lower) != "true" && trim(lower) != "false";
}

void append_field(std::string& out, std::string_view text) {
  const std::string_view mark = stays_text(text) ? "" : "'";
  if (text.find_first_of(",;\t\"\r\n") == std::string_view::npos) {
    out.append(mark).append(text);
    return;
  }
  out.append("\"").append(mark);
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::string meaning_of(std::string field) {
  if (field == "TRUE") return "true";
  if (field == "FALSE") return "false";
  if (field.starts_with('\'')) field.erase(0, 1);
  return field;
}

class CsvText {
 public:
  CsvText(std::string_view text, const SheetLimits& limits) : text_(text), limits_(limits) { find_separator(); }

  Result<void> read(SheetCells& out) {
    while (at_ < text_.size()) {
      if (out.rows.size() >= limits_.rows_max) {
        return fail(ErrorCode::exhausted, "expected at most " + std::to_string(limits_.rows_max) + " rows");
      }
      TRY(read_row(out));
    }
    return {};
  }

 private:
  // What follows the first field; "sep=;" on a line of its own, as Excel writes it, says so outright.
  void find_separator() {
    if (text_.starts_with("sep=") && text_.size() > 4) {
      separator_ = text_[4];
      const size_t end = text_.find('\n');
      at_ = end == std::string_view::npos ? text_.size() : end + 1;
      return;
    }
    size_t at = 0;
    if (text_.starts_with('"')) at = std::min(text_.find('"', 1), text_.size());
    const size_t end = text_.find_first_of(",;\t\r\n", at);
    if (end != std::string_view::npos && text_[end] != '\r' && text_[end] != '\n') separator_ = text_[end];
  }

  Result<void> read_row(SheetCells& out) {
    const size_t row = out.rows.size();
    std::vector<std::string>& fields = out.rows.emplace_back();
    while (true) {
      const std::string place = out.place(row, fields.size());
      if (fields.size() >= limits_.columns_max || ++cells_ > limits_.cells_max) {
        return fail(ErrorCode::exhausted, place,
                    "expected at most " + std::to_string(limits_.columns_max) + " columns and " +
                        std::to_string(limits_.cells_max) + " cells");
      }
      std::string field = TRY(read_field(place));
      if (field.size() > limits_.cell_bytes_max) {
        return fail(ErrorCode::exhausted, place,
                    "expected at most " + std::to_string(limits_.cell_bytes_max) + " bytes in a cell, came " +
                        std::to_string(field.size()));
      }
      fields.push_back(meaning_of(std::move(field)));
      if (at_ < text_.size() && text_[at_] == separator_) {
        ++at_;
        continue;
      }
      if (at_ < text_.size() && text_[at_] == '\r') ++at_;
      if (at_ < text_.size() && text_[at_] == '\n') ++at_;
      return {};
    }
  }

  bool at_end_of_field() const {
    return at_ >= text_.size() || text_[at_] == separator_ || text_[at_] == '\n' || text_[at_] == '\r';
  }

  Result<std::string> read_field(const std::string& place) {
    std::string field;
    if (at_ < text_.size() && text_[at_] == '"') {
      ++at_;
      while (true) {
        const size_t quote = text_.find('"', at_);
        if (quote == std::string_view::npos) {
          return fail(ErrorCode::invalid, place, "expected a closing quotation mark, came the end of the file");
        }
        field += text_.substr(at_, quote - at_);
        at_ = quote + 1;
        if (at_ >= text_.size() || text_[at_] != '"') break;
        field += '"';
        ++at_;
      }
      if (!at_end_of_field()) {
        return fail(ErrorCode::invalid, place,
                    "expected a separator after the closing quotation mark, came '" + std::string(1, text_[at_]) +
                        "'; a quotation mark inside a quoted cell is written twice");
      }
      return field;
    }
    const size_t begin = at_;
    while (!at_end_of_field()) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string_view text_;
  const SheetLimits& limits_;
  char separator_ = ',';
  size_t at_ = 0;
  size_t cells_ = 0;
};

}  // namespace

std::string csv_of(const SheetCells& cells) {
  std::string out(kByteOrderMark);  // without it Excel takes UTF-8 for the machine's old code page
  for (const auto& row : cells.rows) {
    for (size_t column = 0; column < row.size(); ++column) {
      if (column > 0) out += ',';
      append_field(out, row[column]);
    }
    out += "\r\n";
  }
  return out;
}

Result<SheetCells> cells_of_csv(std::string_view bytes, const SheetLimits& limits) {
  if (bytes.size() > limits.bytes_max) {
    return fail(ErrorCode::exhausted, "expected at most " + std::to_string(limits.bytes_max) + " bytes, came " +
                                          std::to_string(bytes.size()));
  }
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  if (const auto wrong = first_invalid_utf8(bytes)) {
    return fail(ErrorCode::invalid, "byte " + std::to_string(*wrong),
                "expected UTF-8; save the file as 'CSV UTF-8', or as .xlsx");
  }
  SheetCells out;
  TRY(CsvText(bytes, limits).read(out));
  return out;
}

}  // namespace puhui::workbench
