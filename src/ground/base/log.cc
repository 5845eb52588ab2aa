#include "ground/base/log.h"

#include <vector>

#include "ground/base/date.h"

namespace puhui {

std::string masked(std::string_view personal) {
  constexpr size_t kShownEachEnd = 2;
  std::vector<size_t> starts;  // of characters: half a character would not be UTF-8
  for (size_t i = 0; i < personal.size(); ++i) {
    if ((static_cast<uint8_t>(personal[i]) & 0xC0) != 0x80) starts.push_back(i);
  }
  if (starts.size() < 4 * kShownEachEnd) return "****";
  return std::string(personal.substr(0, starts[kShownEachEnd])) + "****" +
         std::string(personal.substr(starts[starts.size() - kShownEachEnd]));
}

void Log::line(Level level, std::string_view event, std::initializer_list<Field> fields) {
  if (level < least_) return;
  constexpr std::string_view kNames[] = {"debug", "info", "warning", "error"};
  Json out;
  out.set("at", text_of(clock_.now()));
  out.set("level", kNames[static_cast<size_t>(level)]);
  out.set("event", event);
  for (const Field& field : fields) out.set(field.name, field.value);
  const std::string text = print_json(out) + "\n";
  const std::lock_guard lock(mutex_);
  std::fwrite(text.data(), 1, text.size(), to_);
  std::fflush(to_);
}

}  // namespace puhui
