#include "infrastructure/dmn/java_format.h"

#include "ground/base/text.h"

namespace puhui::dmn {
namespace {

using feel::Value;

struct Specifier {
  size_t argument = 0;  // 1-based; 0: the next
  std::string flags;
  size_t width = 0;
  std::optional<size_t> precision;
  char conversion = 0;
  bool has(char flag) const { return flags.find(flag) != std::string::npos; }
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

size_t take_digits(std::string_view pattern, size_t& at) {
  size_t value = 0;
  while (at < pattern.size() && is_digit(pattern[at]) && value <= kFormatWidthMax) {
    value = value * 10 + static_cast<size_t>(pattern[at++] - '0');
  }
  return value;
}

// After the '%'; nullopt when it is none of ours.
std::optional<Specifier> take_specifier(std::string_view pattern, size_t& at) {
  Specifier out;
  const size_t start = at;
  const size_t number = take_digits(pattern, at);
  if (number > 0 && at < pattern.size() && pattern[at] == '$') {
    out.argument = number;
    ++at;
  } else {
    at = start;
  }
  while (at < pattern.size() && std::string_view("-0+, ").find(pattern[at]) != std::string_view::npos) {
    out.flags += pattern[at++];
  }
  out.width = take_digits(pattern, at);
  if (at < pattern.size() && pattern[at] == '.') out.precision = take_digits(pattern, ++at);
  if (at >= pattern.size() || out.width > kFormatWidthMax || out.precision.value_or(0) > kFormatWidthMax) {
    return std::nullopt;
  }
  out.conversion = pattern[at++];
  return out;
}

// Thousands apart by commas.
std::string grouped(const std::string& digits) {
  std::string out;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

std::optional<std::string> number_text(const Specifier& spec, const Value& value) {
  if (!value.is_number()) return std::nullopt;
  const bool whole = spec.conversion == 'd';
  if (whole && !value.as_number().is_integer()) return std::nullopt;
  const size_t places = whole ? 0 : spec.precision.value_or(6);
  const auto rounded = round_to(value.as_number().magnitude(), static_cast<int>(places), feel::RoundingMode::half_up);
  if (!rounded || (whole && spec.precision)) return std::nullopt;
  const std::string text = rounded->text();
  if (text.find('E') != std::string::npos) return std::nullopt;
  const size_t point = std::min(text.find('.'), text.size());
  std::string digits = text.substr(0, point);
  std::string fraction = text.substr(std::min(point + 1, text.size()));
  if (places > 0) fraction.resize(std::max(places, fraction.size()), '0');
  if (spec.has(',')) digits = grouped(digits);
  if (places > 0) digits.append(1, '.').append(fraction);
  std::string sign;
  if (value.as_number().is_negative()) {
    sign = "-";
  } else if (spec.has('+') || spec.has(' ')) {
    sign = spec.has('+') ? '+' : ' ';
  }
  if (spec.has('0') && !spec.has('-') && sign.size() + digits.size() < spec.width) {
    digits.insert(0, spec.width - sign.size() - digits.size(), '0');
  }
  return sign + digits;
}

std::optional<std::string> converted(const Specifier& spec, const Value& value) {
  switch (spec.conversion) {
    case 's': return string_of(value);
    case 'b': {
      const bool truth = value.kind() == feel::Kind::boolean ? value.as_boolean() : !value.is_null();
      return string_of(Value::boolean(truth));
    }
    case 'c': return value.is_string() ? std::optional(string_of(value)) : std::nullopt;
    case 'd':
    case 'f': return number_text(spec, value);
    default: return std::nullopt;
  }
}

std::string padded(const Specifier& spec, std::string text) {
  if (spec.conversion == 's' && spec.precision) text.resize(std::min(text.size(), *spec.precision));
  if (text.size() >= spec.width) return text;
  text.insert(spec.has('-') ? text.size() : 0, spec.width - text.size(), ' ');
  return text;
}

}  // namespace

Result<std::string> java_format(std::string_view pattern, std::span<const Value> args) {
  std::string out;
  size_t next = 0;
  for (size_t at = 0; at < pattern.size();) {
    const char c = pattern[at++];
    if (c != '%') {
      out += c;
      continue;
    }
    const auto spec = take_specifier(pattern, at);
    if (spec && (spec->conversion == '%' || spec->conversion == 'n')) {
      out += spec->conversion == '%' ? '%' : '\n';
      continue;
    }
    const size_t argument = spec && spec->argument != 0 ? spec->argument - 1 : next++;
    if (!spec || argument >= args.size())
      return fail(ErrorCode::invalid, "expected an argument for each of %s, %d, %f");
    const auto text = converted(*spec, args[argument]);
    if (!text) {
      std::string message = "'%' does not take ";
      message.insert(2, 1, spec->conversion);
      return fail(ErrorCode::invalid, message + text_of(args[argument]));
    }
    out += padded(*spec, *text);
    if (out.size() > kFormatBytesMax) return fail(ErrorCode::exhausted, "the formatted text is too long");
  }
  return out;
}

}  // namespace puhui::dmn
