#include "ground/base/cpu_use.h"

namespace puhui {

CpuUseReader::Reading CpuUseReader::read() {
  Reading out;
  read_.clear();
  for (const CpuAccount* account : accounts_.settled()) {
    const CpuUse use = difference(*account);
    if (use.calls != 0 || use.errors != 0 || use.tokens != 0 || use.cpu_ns != 0) out.uses.push_back(use);
  }
  read_process_ns_ = accounts_.process_ns();
  out.process_ns = read_process_ns_ - kept_process_ns_;
  return out;
}

void CpuUseReader::keep() {
  for (auto& [account, mark] : read_) kept_[account] = std::move(mark);
  read_.clear();
  kept_process_ns_ = read_process_ns_;
}

// Calls are counted before their latency is: a call between the two readings is in the next one's quantiles.
CpuUse CpuUseReader::difference(const CpuAccount& account) {
  const Mark& before = kept_[&account];
  CpuUse out{.account = &account,
             .calls = static_cast<int64_t>(account.calls()) - before.calls,
             .errors = static_cast<int64_t>(account.errors()) - before.errors,
             .tokens = static_cast<int64_t>(account.tokens()) - before.tokens,
             .cpu_ns = account.cpu_ns() - before.cpu_ns};
  if (out.calls == 0 && out.errors == 0 && out.tokens == 0 && out.cpu_ns == 0) return out;
  Mark& now = read_[&account];
  now = before;
  now.calls += out.calls;
  now.errors += out.errors;
  now.tokens += out.tokens;
  now.cpu_ns += out.cpu_ns;
  if (out.calls == 0) return out;
  now.latency = account.latency().counts();
  Histogram::Counts between;
  for (size_t i = 0; i < between.size(); ++i) between[i] = now.latency[i] - before.latency[i];
  out.latency_p50_ns = static_cast<int64_t>(Histogram::quantile_of(between, 0.5));
  out.latency_p99_ns = static_cast<int64_t>(Histogram::quantile_of(between, 0.99));
  return out;
}

}  // namespace puhui
