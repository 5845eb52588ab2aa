// Log: one JSON object a line on a stream. Personal data goes through `masked`, secrets never go in.
#pragma once

#include <cstdio>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>

#include "ground/base/clock.h"
#include "ground/base/json.h"

namespace puhui {

// "13800138000" as "13****00": enough to tell two apart, not enough to know either, nor how long it is. Of fewer than
// eight characters nothing is shown.
std::string masked(std::string_view personal);

class Log {
 public:
  enum class Level { debug, info, warning, error };
  struct Field {
    std::string_view name;
    Json value;
  };
  // `to` stays the caller's. Lines below `least` are not written.
  Log(const Clock& clock, std::FILE* to, Level least = Level::info) : clock_(clock), to_(to), least_(least) {}

  void debug(std::string_view event, std::initializer_list<Field> fields = {}) { line(Level::debug, event, fields); }
  void info(std::string_view event, std::initializer_list<Field> fields = {}) { line(Level::info, event, fields); }
  void warning(std::string_view event, std::initializer_list<Field> fields = {}) {
    line(Level::warning, event, fields);
  }
  void error(std::string_view event, std::initializer_list<Field> fields = {}) { line(Level::error, event, fields); }

 private:
  void line(Level level, std::string_view event, std::initializer_list<Field> fields);
  const Clock& clock_;
  std::FILE* to_;
  Level least_;
  std::mutex mutex_;
};

}  // namespace puhui
