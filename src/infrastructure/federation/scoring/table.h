// Scoring a table: every row of the guest's by its part of the model and what its partners answer about the ids.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "infrastructure/federation/party_data.h"

namespace puhui::federation {

struct ScoredRow {
  std::vector<double> answers;  // a probability, one a class, or a value; empty: a partner does not know the subject
  std::vector<double>
      moved_by;  // of each party in the job's order, in the margin's unit (log-odds); first class of several
};

class TableScorer {
 public:
  // `part`: the guest's of that job.
  static Result<TableScorer> make(const Job& job, std::string_view part);
  std::vector<std::string> header() const;  // "probability" or "probability_0" … or "value"; then "moved_by_PARTY"
  // `answers`: one text a host, as they answered; nullopt: not known there. An answer that is none of this model's is `corrupt`.
  Result<ScoredRow> score(std::span<const float> row, std::span<const std::optional<std::string>> answers) const;

 private:
  struct Form;
  explicit TableScorer(std::shared_ptr<const Form> form) : form_(std::move(form)) {}
  std::shared_ptr<const Form> form_;
};

// id, what the header says; an empty cell where a partner does not know the subject. Numbers with nine decimals.
std::string scored_csv(const TableScorer& scorer, const std::vector<std::string>& ids,
                       const std::vector<ScoredRow>& rows);

}  // namespace puhui::federation
