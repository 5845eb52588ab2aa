#include "ground/base/log.h"

#include "ground/base/date.h"

namespace puhui {

std::string masked(std::string_view personal) {
  constexpr size_t kShownEachEnd = 2;
  if (personal.size() < 4 * kShownEachEnd) return "****";
  std::string out(personal);
  for (size_t i = kShownEachEnd; i + kShownEachEnd < out.size(); ++i) out[i] = '*';
  return out;
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
