// ProgressBar: how far a long verb has come, on stderr: a bar that moves on a terminal, else a line every few seconds.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>

#include "ground/base/verb.h"

namespace puhui::cli {

enum class ProgressForm { none, lines, bar };

class ProgressBar : public Progress {
 public:
  ProgressBar(ProgressForm form, std::FILE* to, std::function<int64_t()> now_ns);
  ~ProgressBar() override { end_bar(); }
  void step(std::string_view what, uint64_t done, uint64_t total) override;
  // Leaves a finished bar on a line of its own; before anything else is written.
  void end_bar();

 private:
  void begin(std::string_view what, uint64_t done);
  void print();

  const ProgressForm form_;
  std::FILE* const to_;
  const std::function<int64_t()> now_ns_;
  std::string what_;
  uint64_t first_ = 0, done_ = 0, total_ = 0;
  int64_t began_ns_ = 0, printed_ns_ = 0;
  bool on_line_ = false;
};

// "12 s", "3 min 20 s", "1 h 05 min"
std::string duration_text(uint64_t seconds);

}  // namespace puhui::cli
