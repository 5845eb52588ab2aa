#include "infrastructure/workbench/application_rows.h"

#include <algorithm>
#include <deque>

#include "ground/base/text.h"

namespace puhui::workbench {

using feel::Kind;
using feel::Value;

std::string_view RowChunk::cell(size_t row, size_t column) const {
  const size_t at = row * columns + column;
  const size_t begin = at == 0 ? 0 : ends[at - 1];
  return std::string_view(bytes).substr(begin, ends[at] - begin);
}

std::vector<std::span<const Value>> InputColumns::spans() const { return {values.begin(), values.end()}; }

namespace {

template <class T>
std::optional<Value> made(const std::optional<T>& read, Value (*make)(T)) {
  return read ? std::optional(make(*read)) : std::nullopt;
}

std::optional<Value> truth_of(std::string_view text) {
  if (text == "true" || text == "1") return Value::boolean(true);
  if (text == "false" || text == "0") return Value::boolean(false);
  return std::nullopt;
}

}  // namespace

std::optional<Value> value_of_text(std::string_view text, Kind kind) {
  if (text.empty()) return Value::missing();
  switch (kind) {
    case Kind::string: return Value::string(text);
    case Kind::boolean: return truth_of(text);
    case Kind::date: return made<feel::CivilDate>(feel::parse_date(text), Value::date);
    case Kind::time: return made<feel::TimeOfDay>(feel::parse_time(text), Value::time);
    case Kind::date_time: return made<feel::DateTime>(feel::parse_date_time(text), Value::date_time);
    case Kind::years_months: return made<int64_t>(feel::parse_months(text), Value::months);
    case Kind::days_time: return made<feel::Duration>(feel::parse_duration(text), Value::duration);
    case Kind::number:
    case Kind::null: {
      const auto number = feel::Decimal::parse(text);
      if (number) return Value::number(*number);
      return kind == Kind::null ? std::optional(Value::string(text)) : std::nullopt;
    }
    default: return std::nullopt;
  }
}

ApplicationRows::ApplicationRows(models::CsvReader reader)
    : reader_(std::make_unique<models::CsvReader>(std::move(reader))) {}

Result<ApplicationRows> ApplicationRows::open(const std::string& path) {
  auto source = TRY(models::open_file(path));
  return ApplicationRows(TRY(models::CsvReader::open(TRY(models::decompressed(std::move(source))))));
}

Result<size_t> ApplicationRows::read_column(std::string_view name) {
  const size_t column = TRY(reader_->column(name));
  const auto known = std::ranges::find(columns_, column);
  if (known == columns_.end()) columns_.push_back(column);
  return static_cast<size_t>(std::ranges::find(columns_, column) - columns_.begin());
}

namespace {

// "name=value" as its two parts; the policy must have an input of that name.
Result<std::pair<size_t, std::string>> pair_of(const dmn::Policy& policy, const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos) {
    return fail(ErrorCode::invalid, "", "expected INPUT=…, came '" + text + "'");
  }
  std::vector<std::string> names;
  for (const dmn::Variable& input : policy.inputs()) names.push_back(input.name);
  const std::string name = text.substr(0, equals);
  const auto input = policy.input(name);
  if (!input) {
    const std::string meant = nearest(name, names);
    return fail(ErrorCode::invalid, "",
                "the policy has no input '" + name + "'" + (meant.empty() ? "" : "; did you mean '" + meant + "'?"));
  }
  return std::pair(*input, text.substr(equals + 1));
}

}  // namespace

Result<std::vector<InputSource>> ApplicationRows::sources(const dmn::Policy& policy,
                                                          const std::vector<std::string>& renamed,
                                                          const std::vector<std::string>& constants) {
  using From = InputSource::From;
  std::vector<InputSource> out(policy.inputs().size());
  Faults faults;
  for (const std::string& text : renamed) {
    const auto pair = pair_of(policy, text);
    if (!pair) {
      faults.add("column", pair.error());
      continue;
    }
    const auto column = read_column(pair->second);
    if (!column) faults.add("column", column.error());
    out[pair->first] = {From::column, column.value_or(0), {}};
  }
  for (const std::string& text : constants) {
    const auto pair = pair_of(policy, text);
    if (!pair) {
      faults.add("set", pair.error());
      continue;
    }
    const dmn::Variable& input = policy.inputs()[pair->first];
    constants_.push_back(std::make_unique<std::string>(pair->second));
    const auto value = value_of_text(*constants_.back(), input.kind);
    if (!value)
      faults.add("set", "expected a " + input.type + " for '" + input.name + "', came '" + pair->second + "'");
    out[pair->first] = {From::constant, 0, value.value_or(Value())};
  }
  for (size_t i = 0; i < out.size(); ++i) {
    const std::string& name = policy.inputs()[i].name;
    if (out[i].from != From::nothing || std::ranges::find(header(), name) == header().end()) continue;
    out[i] = {From::column, TRY(read_column(name)), {}};
  }
  TRY(std::move(faults).result());
  return out;
}

Result<bool> ApplicationRows::next(RowChunk& chunk, Faults& faults) {
  chunk.bytes.clear();
  chunk.ends.clear();
  chunk.lines.clear();
  chunk.columns = columns_.size();
  models::CsvRow row;
  while (chunk.rows() < kChunkRows) {
    if (!TRY(reader_->next(row))) break;
    if (row.fault) {
      faults.add(row.fault->where, row.fault->message);
      continue;
    }
    for (const size_t column : columns_) {
      chunk.bytes += row.fields[column];
      chunk.ends.push_back(chunk.bytes.size());
    }
    chunk.lines.push_back(row.line);
  }
  return chunk.rows() > 0;
}

InputColumns input_columns(const RowChunk& chunk, const dmn::Policy& policy, std::span<const InputSource> sources,
                           Faults& faults) {
  InputColumns out;
  out.values.resize(sources.size());
  for (size_t i = 0; i < sources.size(); ++i) {
    const InputSource& source = sources[i];
    if (source.from == InputSource::From::nothing) continue;
    out.values[i].resize(chunk.rows(), source.constant);
    if (source.from == InputSource::From::constant) continue;
    const dmn::Variable& input = policy.inputs()[i];
    for (size_t row = 0; row < chunk.rows(); ++row) {
      const std::string_view text = chunk.cell(row, source.column);
      const auto value = value_of_text(text, input.kind);
      if (!value) {
        faults.add(
            "line " + std::to_string(chunk.lines[row]) + ", input " + input.name,
            "expected a " + std::string(name_of(input.kind)) + ", came '" + std::string(cut_utf8(text, 60)) + "'");
        out.bad.push_back(row);
      }
      out.values[i][row] = value.value_or(Value::missing());
    }
  }
  std::ranges::sort(out.bad);
  return out;
}

}  // namespace puhui::workbench
