#include <unicode/basictz.h>
#include <unicode/strenum.h>

#include <mutex>

#include "infrastructure/feel/temporal_math.h"

namespace puhui::feel {
namespace {

// What the offsets of one zone are asked of; never changed after the table is made, so threads share it freely.
struct NamedZone {
  std::string name;
  std::unique_ptr<const icu::BasicTimeZone> rules;
  int32_t standard_offset = 0;  // seconds; for times without a date
};

// ICU also knows three-letter names that other tables read otherwise ("BST", "IST"): those that mean one zone stay.
bool is_unambiguous(std::string_view name) {
  static constexpr std::string_view kShort[] = {"CET", "EET", "EST", "GMT", "HST", "MET", "MST",
                                                "PRC", "ROC", "ROK", "UCT", "UTC", "WET"};
  if (name.starts_with("SystemV/") || name == "Factory" || name == "Etc/Unknown") return false;
  return name.size() != 3 || std::ranges::find(kShort, name) != std::end(kShort);
}

std::vector<NamedZone> read_zones() {
  std::vector<NamedZone> zones;
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::StringEnumeration> names(
      icu::TimeZone::createTimeZoneIDEnumeration(UCAL_ZONE_TYPE_ANY, nullptr, nullptr, status));
  if (names == nullptr) return zones;
  for (const char* name = names->next(nullptr, status); name != nullptr; name = names->next(nullptr, status)) {
    if (!is_unambiguous(name)) continue;
    std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(name)));
    const auto* rules = dynamic_cast<const icu::BasicTimeZone*>(zone.get());
    if (rules == nullptr) continue;
    zone.release();
    zones.push_back({name, std::unique_ptr<const icu::BasicTimeZone>(rules), rules->getRawOffset() / 1000});
  }
  std::ranges::sort(zones, {}, &NamedZone::name);
  return zones;
}

// Read once, by the first text that names a zone; a few milliseconds.
const std::vector<NamedZone>& zones() {
  static const std::vector<NamedZone> kZones = read_zones();
  return kZones;
}

// ICU counts milliseconds in doubles, which are exact for 285,000 years. Rules of today repeat with the calendar,
// every 400 years; before there were rules the sun's own time held.
double milliseconds_of(int64_t second) {
  constexpr int64_t kRulesRepeatFrom = 13'569'465'600;  // 2400-01-01
  constexpr int64_t kSecondsPerEra = 146'097 * kSecondsPerDay;
  constexpr int64_t kBeforeAllRules = -10'000'000'000;  // 1653
  if (second > kRulesRepeatFrom) second = kRulesRepeatFrom + (second - kRulesRepeatFrom) % kSecondsPerEra;
  return static_cast<double>(std::max(second, kBeforeAllRules)) * 1000;
}

}  // namespace

std::optional<Zone> Zone::named(std::string_view name) {
  const auto at = std::ranges::lower_bound(zones(), name, {}, &NamedZone::name);
  if (at == zones().end() || at->name != name) return std::nullopt;
  return Zone(kNamedMin + static_cast<int32_t>(at - zones().begin()));
}

std::string_view Zone::name() const { return zones()[static_cast<size_t>(code_ - kNamedMin)].name; }
size_t Zone::index() const { return static_cast<size_t>(code_ - kNamedMin); }

std::string zone_data_version() {
  UErrorCode status = U_ZERO_ERROR;
  const char* version = icu::TimeZone::getTZDataVersion(status);
  return U_SUCCESS(status) ? version : "unknown";
}

int32_t offset_at(const Zone& zone, int64_t local_second) {
  if (!zone.is_named()) return zone.is_offset() ? zone.offset_seconds() : 0;
  int32_t standard = 0;
  int32_t saving = 0;
  UErrorCode status = U_ZERO_ERROR;
  // A wall time that comes twice is the first one; one that never comes counts on from before the gap.
  zones()[zone.index()].rules->getOffsetFromLocal(milliseconds_of(local_second), UCAL_TZ_LOCAL_FORMER,
                                                  UCAL_TZ_LOCAL_FORMER, standard, saving, status);
  return (standard + saving) / 1000;
}

int32_t offset_at_instant(const Zone& zone, int64_t second) {
  if (!zone.is_named()) return zone.is_offset() ? zone.offset_seconds() : 0;
  int32_t standard = 0;
  int32_t saving = 0;
  UErrorCode status = U_ZERO_ERROR;
  zones()[zone.index()].rules->getOffset(milliseconds_of(second), false, standard, saving, status);
  return (standard + saving) / 1000;
}

int32_t offset_of_time(const Zone& zone) {
  if (zone.is_named()) return zones()[zone.index()].standard_offset;
  return zone.is_offset() ? zone.offset_seconds() : 0;
}

}  // namespace puhui::feel
