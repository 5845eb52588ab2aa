// BatchWorkspace: one thread's working memory for judging many rows of one version at once. Who judges one applicant at a
// time has a Workspace.
#pragma once

#include <vector>

#include "infrastructure/dmn/batch.h"
#include "infrastructure/kernel/version.h"

namespace puhui::kernel {

class BatchWorkspace {
 public:
  explicit BatchWorkspace(std::shared_ptr<const Version> version);

 private:
  friend class Version;
  std::shared_ptr<const Version> version_;
  ModelRowCalls calls_;
  dmn::Batch batch_;                               // after calls_: it tells them
  std::vector<std::vector<feel::Value>> columns_;  // [policy input][row]; empty of a threshold until its rows are known
  std::vector<std::span<const feel::Value>> inputs_;
  std::vector<feel::Value> row_;
};

}  // namespace puhui::kernel
