#include "governance/drift/reference.h"

#include <algorithm>
#include <map>

#include "ground/base/check.h"
#include "ground/base/text.h"
#include "infrastructure/kernel/decision.h"
#include "infrastructure/statistics/stability.h"

namespace puhui::drift {

namespace {

using evidence::FactType;
using evidence::FactValue;

constexpr size_t kReferenceBytesMax = size_t{8} << 20;

bool is_number(const Field& field) { return field.type == FactType::number || field.type == FactType::date; }

// Numbers and dates on one scale; nullopt for what is neither.
std::optional<double> number_of(const FactValue& value) {
  if (const auto* number = std::get_if<evidence::Number>(&value)) return number->as_double();
  if (const auto* date = std::get_if<Date>(&value)) return date->days;
  return std::nullopt;
}

std::string text_of_number(const Field& field, double value) {
  return field.type == FactType::date ? Date{static_cast<int32_t>(value)}.text() : format_double(value);
}

void freeze_numbers(Frame& frame, const std::vector<double>& values) {
  std::map<double, uint64_t> counts;
  for (const double value : values) {
    if (counts.size() <= kDistinctNumbersMax || counts.contains(value)) ++counts[value];
  }
  frame.by_value = counts.size() <= kDistinctNumbersMax;
  if (!frame.by_value) {
    frame.edges = statistics::frozen_edges(values, kNumberBins);
    return;
  }
  for (const auto& [value, rows] : counts) {
    if (rows >= kKnownValueRowsMin) frame.numbers.push_back(value);
  }
}

void freeze_texts(Frame& frame, const std::map<std::string, uint64_t>& counts) {
  frame.by_value = true;
  std::vector<std::pair<uint64_t, std::string>> common;
  for (const auto& [text, rows] : counts) {
    if (rows >= kKnownValueRowsMin) common.emplace_back(rows, text);
  }
  std::stable_sort(common.begin(), common.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  if (common.size() > kKnownValuesMax) common.resize(kKnownValuesMax);
  for (auto& [rows, text] : common) frame.texts.push_back(std::move(text));
  std::sort(frame.texts.begin(), frame.texts.end());
}

Frame freeze(const Field& field, size_t at, std::span<const Values* const> decisions) {
  Frame frame;
  frame.field = field;
  std::vector<double> numbers;
  std::map<std::string, uint64_t> texts;
  for (const Values* values : decisions) {
    const auto& value = (*values)[at];
    if (!value || std::holds_alternative<std::monostate>(*value)) continue;
    if (!is_number(field)) {
      ++texts[evidence::text_of(*value)];
    } else if (const auto number = number_of(*value)) {
      numbers.push_back(*number);
    }
  }
  if (is_number(field)) {
    freeze_numbers(frame, numbers);
  } else {
    freeze_texts(frame, texts);
  }
  frame.rows.resize(frame.bins());
  for (const Values* values : decisions) {
    if ((*values)[at]) ++frame.rows[frame.bin_of(*(*values)[at])];
  }
  return frame;
}

}  // namespace

std::vector<Field> fields_of(const kernel::Version& version) {
  std::vector<Field> out;
  for (const evidence::FactSpec& spec : version.facts().facts) {
    if (!spec.sealed) out.push_back({spec.name, FieldKind::fact, spec.type});
  }
  for (const auto& model : version.models()) {
    out.push_back({model.name + ".probability", FieldKind::probability, FactType::number});
    out.push_back({model.name + ".score", FieldKind::score, FactType::number});
  }
  out.push_back({std::string(kernel::kOutcomeDecision), FieldKind::outcome, FactType::text});
  return out;
}

Values values_of(const kernel::Version& version, const evidence::Judgement& judgement,
                 std::span<const FactValue> facts) {
  Values out;
  const auto& specs = version.facts().facts;
  for (size_t i = 0; i < specs.size(); ++i) {
    if (specs[i].sealed) continue;
    if (i < facts.size()) {
      out.emplace_back(facts[i]);
    } else {
      out.emplace_back(std::nullopt);
    }
  }
  for (const auto& model : version.models()) {
    const auto called = std::find_if(judgement.models.begin(), judgement.models.end(),
                                     [&](const evidence::ModelScore& score) { return score.name == model.name; });
    if (called == judgement.models.end()) {  // the policy decided without it
      out.insert(out.end(), {FactValue(), FactValue()});
    } else {
      out.emplace_back(evidence::Number{called->probability_ppb, 9});
      out.emplace_back(evidence::Number::whole(called->score));
    }
  }
  out.emplace_back(FactValue(std::string(kernel::outcome_of(judgement))));
  return out;
}

size_t Frame::bins() const {
  return by_value ? (is_number(field) ? numbers.size() : texts.size()) + 2 : edges.size() + 2;
}

size_t Frame::bin_of(const FactValue& value) const {
  const size_t absent = bins() - 1;
  if (std::holds_alternative<std::monostate>(value)) return absent;
  const size_t other = absent - 1;
  if (!is_number(field)) {
    const auto* text = std::get_if<std::string>(&value);
    const std::string other_text = text != nullptr ? std::string() : evidence::text_of(value);
    const std::string_view seek = text != nullptr ? std::string_view(*text) : other_text;
    const auto at = std::lower_bound(texts.begin(), texts.end(), seek);
    return at != texts.end() && *at == seek ? static_cast<size_t>(at - texts.begin()) : other;
  }
  const auto number = number_of(value);
  if (!number) return other;
  if (!by_value) return statistics::bin_of(edges, *number);
  const auto at = std::lower_bound(numbers.begin(), numbers.end(), *number);
  return at != numbers.end() && *at == *number ? static_cast<size_t>(at - numbers.begin()) : other;
}

std::string Frame::label(size_t bin) const {
  if (bin + 1 == bins()) return "absent";
  if (by_value) {
    if (bin + 2 == bins()) return "other";
    return is_number(field) ? text_of_number(field, numbers[bin]) : texts[bin];
  }
  const std::string low = bin == 0 ? "" : text_of_number(field, edges[bin - 1]);
  const std::string high = bin < edges.size() ? text_of_number(field, edges[bin]) : "";
  if (low.empty() && high.empty()) return "any";
  if (low.empty()) return "up to " + high;
  return high.empty() ? "above " + low : "(" + low + ", " + high + "]";
}

std::vector<Frame> freeze(const std::vector<Field>& fields, std::span<const Values* const> decisions) {
  std::vector<Frame> out;
  for (size_t i = 0; i < fields.size(); ++i) out.push_back(freeze(fields[i], i, decisions));
  return out;
}

namespace {

// The artefact's shape.
struct FrameForm {
  Frame frame;
};

void fields(Shape& shape, FrameForm& form) {
  Frame& frame = form.frame;
  shape.field("field", frame.field.name);
  shape.field("kind", frame.field.kind);
  shape.field("type", frame.field.type);
  shape.field("by_value", frame.by_value);
  shape.field("edges", frame.edges, {.optional = true});
  shape.field("numbers", frame.numbers, {.optional = true});
  shape.field("texts", frame.texts, {.optional = true});
  shape.field("rows", frame.rows);
}

struct ReferenceForm {
  int64_t format = 1;
  Reference reference;
  std::vector<FrameForm> frames;
};

void fields(Shape& shape, ReferenceForm& form) {
  Reference& reference = form.reference;
  shape.field("format", form.format, {.min = 1, .max = 1});
  shape.field("permit", reference.permit);
  shape.field("use_case", reference.use_case);
  shape.field("rows", reference.rows);
  shape.field("first_record", reference.first_record);
  shape.field("last_record", reference.last_record);
  shape.field("frozen_at", reference.frozen_at);
  shape.field("first_day", reference.first_day);
  shape.field("last_day", reference.last_day);
  shape.field("frames", form.frames);
}

}  // namespace

std::string Reference::bytes() const {
  ReferenceForm form{1, *this, {}};
  for (const Frame& frame : frames) form.frames.push_back({frame});
  return print_json(to_json(form));
}

Result<Reference> Reference::parse(std::string_view bytes) {
  const Json json = TRY(parse_json(bytes, {.bytes_max = kReferenceBytesMax}));
  ReferenceForm form = TRY(read_json<ReferenceForm>(json));
  Reference out = std::move(form.reference);
  for (FrameForm& each : form.frames) {
    if (each.frame.rows.size() != each.frame.bins()) {
      return fail(ErrorCode::corrupt, "field " + each.frame.field.name, "its counts do not fit its bins");
    }
    out.frames.push_back(std::move(each.frame));
  }
  return out;
}

}  // namespace puhui::drift
