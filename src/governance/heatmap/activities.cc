#include "governance/heatmap/activities.h"

#include "ground/base/cpu_account.h"

namespace puhui::heatmap {

Named words_of_activity(std::string_view account) {
  static constexpr std::pair<std::string_view, Named> kWords[] = {
      {"store", {"Store: waiting and housekeeping", "存储：等待与维护"}},
      {"http", {"HTTP door", "HTTP 入口"}},
      {"start", {"Starting", "启动"}},
      {"stop", {"Stopping", "停止"}},
      {"metering", {"Metering", "用量计量"}},
      {"compute", {"Job dispatch", "任务调度"}},
      {"follow", {"Following the evidence", "证据跟踪"}},
      {"other", {"Accounts beyond the limit", "超出上限的账户"}},
      {"lending.replay", {"Replay of applications", "申请回放"}},
      {"lending.day-end", {"Day-end", "日终"}},
  };
  if (!account.starts_with(kActivityPrefix)) return {account, account};
  const std::string_view name = account.substr(kActivityPrefix.size());
  for (const auto& [known, words] : kWords) {
    if (known == name) return words;
  }
  return {name, name};
}

}  // namespace puhui::heatmap
