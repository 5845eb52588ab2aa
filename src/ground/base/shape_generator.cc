#include "ground/base/shape_generator.h"

#include <algorithm>

#include "ground/base/check.h"

namespace puhui {

namespace {

constexpr int64_t kItemsMore = 4, kBytesMore = 24;         // beyond the least a note asks for
constexpr int64_t kDaysMin = -719162, kDaysMax = 2932896;  // years 0001 to 9999

// min + span, not beyond max.
int64_t up_to(int64_t min, int64_t span, int64_t max) { return max - min < span ? max : min + span; }

}  // namespace

bool ShapeGenerator::open_field(std::string_view, const Note& note, bool required, bool) {
  if (!required && random_.chance(0.3)) return false;
  notes_.push_back(note);
  return true;
}

size_t ShapeGenerator::open_list(size_t) {
  const int64_t min = std::max<int64_t>(note().min, 0), max = std::max<int64_t>(note().max, 0);
  notes_.emplace_back();  // a list's bounds are not its items'
  return static_cast<size_t>(between(min, up_to(min, kItemsMore, max)));
}

int64_t ShapeGenerator::between(int64_t min, int64_t max) {
  CHECK(min <= max, "a note's least is not above its most");
  if (random_.chance(0.1)) return min;
  if (random_.chance(0.1)) return max;
  const uint64_t span = static_cast<uint64_t>(max) - static_cast<uint64_t>(min) + 1;  // 0: all of 64 bits
  const uint64_t offset = span == 0 ? random_.next() : random_.below(span);
  return static_cast<int64_t>(static_cast<uint64_t>(min) + offset);
}

void ShapeGenerator::integer(int64_t& v, int64_t type_min, int64_t type_max) {
  const int64_t min = std::max(type_min, note().min), max = std::min(type_max, note().max);
  v = random_.chance(0.5) ? between(min, max) : std::clamp(between(-100, 100), min, max);
}

void ShapeGenerator::real(double& v) {
  constexpr double kSizes[] = {0, 1e-300, 1e-9, 1, 1e6, 1e300};
  v = (random_.uniform() - 0.5) * kSizes[random_.below(std::size(kSizes))];
  if (note().min != Note{}.min) v = std::max(v, static_cast<double>(note().min));
  if (note().max != Note{}.max) v = std::min(v, static_cast<double>(note().max));
}

void ShapeGenerator::text(std::string& v) {
  constexpr std::string_view kPieces[] = {"a",  "Z",    "0", " ",  "\"", "\\", "/",
                                          "\n", "\x01", "é", "普", "惠", "𝄞",  "\u2028"};
  const int64_t min = std::max<int64_t>(note().min, 0);
  const int64_t most = up_to(min, kBytesMore, std::max<int64_t>(note().max, 0));
  const auto size = static_cast<size_t>(between(min, most));
  v.clear();
  while (v.size() < size) {
    const std::string_view piece = kPieces[random_.below(std::size(kPieces))];
    v += v.size() + piece.size() <= size ? piece : "x";
  }
}

std::string ShapeGenerator::coded_text(std::string_view form) {
  constexpr std::string_view kCurrencies[] = {"CNY", "JPY", "KWD", "USD"};
  const auto currency = *Currency::parse(kCurrencies[random_.below(std::size(kCurrencies))]);
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min(), kMax = std::numeric_limits<int64_t>::max();
  if (form == "id") return Id128{random_.next(), random_.next()}.text();
  if (form == "money") return Money{between(kMin, kMax), currency}.text();
  if (form == "currency") return std::string(currency.code());
  if (form == "rate") return Rate{between(kMin, kMax)}.text();
  if (form == "date") return Date{static_cast<int32_t>(between(kDaysMin, kDaysMax))}.text();
  if (form == "date-time") return text_of({between(kDaysMin * 86'400'000'000, (kDaysMax + 1) * 86'400'000'000 - 1)});
  if (form == "sha256") return sha256(std::to_string(random_.next())).hex();
  CHECK(false, "the generator knows every text form: add the new one beside these");
}

void ShapeGenerator::coded(const TextForm& form, void* v) {
  CHECK(form.parse(coded_text(form.name), v), "a text form reads what its values print");
}

void ShapeGenerator::choice(int64_t& index, std::span<const std::string_view> names) {
  index = static_cast<int64_t>(random_.below(names.size()));
}

void ShapeGenerator::any(Json& v) {
  std::string words;
  text(words);
  const Json leaves[] = {Json(true), Json(between(-9, 9)), Json(words), Json(Json::List{})};
  v = leaves[random_.below(std::size(leaves))];
  if (random_.chance(0.3)) v = Json(Json::Object{{words, std::move(v)}});
}

}  // namespace puhui
