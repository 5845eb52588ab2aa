#include "infrastructure/federation/scoring/answers.h"

#include "ground/base/text.h"
#include "infrastructure/federation/boosting/predict.h"
#include "infrastructure/federation/logistic/predict.h"
#include "infrastructure/models/federated_model.h"

namespace puhui::federation {

namespace {

constexpr size_t kPartialScoreBits = 64;  // what one partial score tells at most

class BoostedAnswers final : public Answers {
 public:
  BoostedAnswers(const Job& job, HostPart part, PartyData data)
      : Answers(job, std::move(data), part.splits.size()), part_(std::move(part)) {}

 private:
  std::string answer(std::span<const float> row) const override {
    return models::answer_text(split_answer(part_, row));
  }
  HostPart part_;
};

class LogisticAnswers final : public Answers {
 public:
  LogisticAnswers(const Job& job, LogisticModelPart part, PartyData data)
      : Answers(job, std::move(data), kPartialScoreBits), part_(std::move(part)) {}

 private:
  std::string answer(std::span<const float> row) const override {
    return models::answer_text(partial_score(part_, row));
  }
  LogisticModelPart part_;
};

// Columns come as the job declares them; a part of that job was made on the same.
Result<void> check_columns(const std::vector<std::string>& of_part, const PartyData& data) {
  if (of_part == data.columns) return {};
  return fail(ErrorCode::invalid, "columns",
              "expected the model's " + join(of_part, ", ") + "; came " + join(data.columns, ", "));
}

}  // namespace

Answers::Answers(const Job& job, PartyData data, size_t bits_each)
    : normalise_(job.intersection.normalise), data_(std::move(data)), bits_each_(bits_each) {
  for (uint32_t row = 0; row < data_.ids.size(); ++row) rows_.emplace(data_.ids[row], row);
}

Result<std::shared_ptr<const Answers>> Answers::make(const Job& job, std::string_view part, PartyData data) {
  if (job.kind == JobKind::vertical_boosting) {
    HostPart host = TRY(read_host_part(part));
    TRY(check_columns(host.columns, data));
    return std::make_shared<const BoostedAnswers>(job, std::move(host), std::move(data));
  }
  if (job.kind != JobKind::vertical_logistic) {
    return fail(ErrorCode::invalid, "a job of this kind leaves no model that asks partners");
  }
  LogisticModelPart host = TRY(read_logistic_part(part));
  std::vector<std::string> columns;
  for (const LogisticColumn& column : host.columns) columns.push_back(column.name);
  TRY(check_columns(columns, data));
  return std::make_shared<const LogisticAnswers>(job, std::move(host), std::move(data));
}

Result<std::optional<std::string>> Answers::about(std::string_view id) const {
  const std::string normal = TRY(normalised(id, normalise_));
  const auto found = rows_.find(normal);
  if (found == rows_.end()) return std::nullopt;
  std::vector<float> row;
  for (const auto& column : data_.values) row.push_back(column[found->second]);
  return answer(row);
}

}  // namespace puhui::federation
