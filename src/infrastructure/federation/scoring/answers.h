// Answers: what a host says about one subject, made from its part of a model and its row: which way the row goes at each of
// its splits, or its partial score; never a value of the row. A text, because in a decision it is a fact.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "infrastructure/federation/party_data.h"

namespace puhui::federation {

class Answers {
 public:
  // `part`: the host's part of a model of `job`; `data`: its rows with the job's columns. `corrupt` when the part is none.
  static Result<std::shared_ptr<const Answers>> make(const Job& job, std::string_view part, PartyData data);
  virtual ~Answers() = default;

  // nullopt: no such subject here. `invalid` when the id is none.
  Result<std::optional<std::string>> about(std::string_view id) const;
  size_t bits_each() const { return bits_each_; }  // what one answer tells
  size_t subjects() const { return rows_.size(); }

 protected:
  Answers(const Job& job, PartyData data, size_t bits_each);
  virtual std::string answer(std::span<const float> row) const = 0;

 private:
  std::vector<std::string> normalise_;
  PartyData data_;
  size_t bits_each_;
  std::unordered_map<std::string_view, uint32_t> rows_;  // views into data_
};

}  // namespace puhui::federation
