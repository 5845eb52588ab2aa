#include "doors/cli/progress_bar.h"

#include <algorithm>

#include "ground/base/text.h"

namespace puhui::cli {

namespace {
constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kBarEveryNs = kSecondNs / 10, kLineEveryNs = 5 * kSecondNs;
constexpr size_t kBarWidth = 24;
}  // namespace

std::string duration_text(uint64_t seconds) {
  const auto two = [](uint64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); };
  if (seconds < 60) return std::to_string(seconds) + " s";
  if (seconds < 3600) return std::to_string(seconds / 60) + " min " + two(seconds % 60) + " s";
  return std::to_string(seconds / 3600) + " h " + two(seconds / 60 % 60) + " min";
}

ProgressBar::ProgressBar(ProgressForm form, std::FILE* to, std::function<int64_t()> now_ns)
    : form_(form), to_(to), now_ns_(std::move(now_ns)) {}

void ProgressBar::begin(std::string_view what, uint64_t done) {
  end_bar();
  what_ = what;
  first_ = done;
  began_ns_ = now_ns_();
  printed_ns_ = form_ == ProgressForm::bar ? began_ns_ - kBarEveryNs : began_ns_;
}

void ProgressBar::step(std::string_view what, uint64_t done, uint64_t total) {
  if (form_ == ProgressForm::none) return;
  if (what != what_) begin(what, done);
  done_ = done;
  total_ = total;
  const int64_t every_ns = form_ == ProgressForm::bar ? kBarEveryNs : kLineEveryNs;
  const bool last = form_ == ProgressForm::bar && total > 0 && done >= total;
  if (last || now_ns_() - printed_ns_ >= every_ns) print();
}

void ProgressBar::print() {
  printed_ns_ = now_ns_();
  const double seconds = static_cast<double>(printed_ns_ - began_ns_) / static_cast<double>(kSecondNs);
  const double rate = seconds > 0 ? static_cast<double>(done_ - first_) / seconds : 0;
  std::string text = what_ + "  ";
  if (total_ > 0) {
    const double share = static_cast<double>(std::min(done_, total_)) / static_cast<double>(total_);
    if (form_ == ProgressForm::bar) {
      const auto filled = static_cast<size_t>(share * kBarWidth);
      text += "[" + std::string(filled, '#') + std::string(kBarWidth - filled, '.') + "]  ";
    }
    text += std::to_string(static_cast<int>(share * 100)) + " %  ";
  }
  text += with_thousands(static_cast<int64_t>(done_));
  if (total_ > 0) text += " of " + with_thousands(static_cast<int64_t>(total_));
  if (rate > 0) text += "  " + with_thousands(static_cast<int64_t>(rate)) + "/s";
  if (rate > 0 && total_ > done_) {
    text += "  " + duration_text(static_cast<uint64_t>(static_cast<double>(total_ - done_) / rate)) + " left";
  }
  if (form_ == ProgressForm::bar) {
    std::fprintf(to_, "\r%s\x1b[K", text.c_str());
    on_line_ = true;
  } else {
    std::fprintf(to_, "%s\n", text.c_str());
  }
  std::fflush(to_);
}

void ProgressBar::end_bar() {
  if (on_line_) std::fputs("\n", to_);
  on_line_ = false;
}

}  // namespace puhui::cli
