// Newest: the condition of a list that is filtered and paged, the newest first. Lives until its query was asked.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ground/store/store.h"

namespace puhui::incidents {

class Newest {
 public:
  void only(std::string_view column, const std::string& value) {
    if (value.empty()) return;
    where_ += " AND " + std::string(column) + " = ?";
    params_.push_back(value);
  }
  // Rows are open while `ended_column` is null.
  void open(std::optional<bool> open, std::string_view ended_column) {
    if (open) where_ += " AND " + std::string(ended_column) + (*open ? " IS NULL" : " IS NOT NULL");
  }
  void page(const std::optional<Id128>& after, int64_t limit) {
    if (after) {
      after_ = after->bytes();
      where_ += " AND id < ?";
      params_.push_back(BytesView{after_});
    }
    params_.push_back(limit);
  }
  std::string where() const { return where_ + " ORDER BY id DESC LIMIT ?"; }
  const std::vector<Param>& params() const { return params_; }

 private:
  std::string where_ = "WHERE 1 = 1", after_;
  std::vector<Param> params_;
};

}  // namespace puhui::incidents
