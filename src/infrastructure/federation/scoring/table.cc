#include "infrastructure/federation/scoring/table.h"

#include <cmath>

#include "infrastructure/federation/boosting/predict.h"
#include "infrastructure/federation/logistic/predict.h"
#include "infrastructure/federation/scoring/answers.h"
#include "infrastructure/models/federated_model.h"

namespace puhui::federation {

struct TableScorer::Form {
  std::vector<std::string> parties;
  std::optional<GuestPart> trees;
  std::optional<LogisticModelPart> linear;

  Result<ScoredRow> walk(std::span<const float> row, std::span<const std::string> answers) const {
    std::vector<std::string> bits;
    for (const std::string& answer : answers) bits.push_back(TRY(models::bits_of_answer(answer)));
    const std::vector<std::string_view> views(bits.begin(), bits.end());
    const PartMargins margins = TRY(part_margins(*trees, row, views));
    const PartReasons reasons = TRY(part_reasons(*trees, row, views));
    ScoredRow out;
    for (const Rate rate : probabilities_of(*trees, margins)) out.answers.push_back(rate.as_double());
    if (trees->objective == Objective::regression) out.answers.push_back(regression_value(*trees, margins));
    for (const int64_t moved : reasons.by_party) {
      out.moved_by.push_back(std::ldexp(static_cast<double>(moved), -trees->scale));
    }
    return out;
  }

  Result<ScoredRow> weigh(std::span<const float> row, std::span<const std::string> answers) const {
    const int64_t host_score = TRY(models::partial_score_of_answer(answers[0]));
    const LogisticAnswer answer = TRY(predict_logistic(*linear, row, host_score));
    int64_t own = 0;
    for (const int64_t contribution : answer.contributions) own += contribution;
    const auto real = [](int64_t amount) { return std::ldexp(static_cast<double>(amount), -kWeightBits); };
    return ScoredRow{{answer.probability}, {real(own), real(answer.host)}};
  }
};

Result<TableScorer> TableScorer::make(const Job& job, std::string_view part) {
  auto form = std::make_shared<Form>();
  for (const JobParty& party : job.parties) form->parties.push_back(party.name);
  if (job.kind == JobKind::vertical_boosting) {
    form->trees = TRY(read_guest_part(part));
  } else if (job.kind == JobKind::vertical_logistic) {
    form->linear = TRY(read_logistic_part(part));
    if (form->linear->role != Role::guest)
      return fail(ErrorCode::invalid, "part", "expected the guest's, came the host's");
  } else {
    return fail(ErrorCode::invalid, "kind", "expected a vertical model: those of other jobs need no partner to score");
  }
  return TableScorer(std::move(form));
}

std::vector<std::string> TableScorer::header() const {
  std::vector<std::string> out;
  if (form_->trees && form_->trees->objective == Objective::regression) {
    out.emplace_back("value");
  } else if (form_->trees && form_->trees->objective == Objective::multi_class) {
    for (size_t c = 0; c < form_->trees->outputs(); ++c) out.push_back("probability_" + std::to_string(c));
  } else {
    out.emplace_back("probability");
  }
  for (const std::string& party : form_->parties) out.push_back("moved_by_" + party);
  return out;
}

Result<ScoredRow> TableScorer::score(std::span<const float> row,
                                     std::span<const std::optional<std::string>> answers) const {
  std::vector<std::string> known;
  for (const auto& answer : answers) {
    if (!answer) return ScoredRow{};
    known.push_back(*answer);
  }
  if (known.size() + 1 != form_->parties.size()) {
    return fail(ErrorCode::invalid, "answers",
                "expected one of each of " + std::to_string(form_->parties.size() - 1) + " hosts, came " +
                    std::to_string(known.size()));
  }
  return form_->trees ? form_->walk(row, known) : form_->weigh(row, known);
}

std::string scored_csv(const TableScorer& scorer, const std::vector<std::string>& ids,
                       const std::vector<ScoredRow>& rows) {
  const std::vector<std::string> header = scorer.header();
  std::string out = "id";
  for (const std::string& name : header) out += "," + name;
  out += '\n';
  for (size_t i = 0; i < rows.size(); ++i) {
    out += ids[i];
    std::vector<double> cells = rows[i].answers;
    cells.insert(cells.end(), rows[i].moved_by.begin(), rows[i].moved_by.end());
    for (size_t c = 0; c < header.size(); ++c) {
      out += ',';
      if (c >= cells.size()) continue;
      char text[48];
      const int length = std::snprintf(text, sizeof text, "%.9f", cells[c]);
      out.append(text, static_cast<size_t>(length));
    }
    out += '\n';
  }
  return out;
}

}  // namespace puhui::federation
