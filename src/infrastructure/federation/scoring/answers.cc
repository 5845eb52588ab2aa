#include "infrastructure/federation/scoring/answers.h"

#include <charconv>

#include "ground/base/base64.h"
#include "ground/base/text.h"
#include "infrastructure/federation/boosting/predict.h"
#include "infrastructure/federation/logistic/predict.h"

namespace puhui::federation {

namespace {

constexpr char kBits = 't', kPartial = 's';
constexpr size_t kPartialScoreBits = 64;  // what one partial score tells at most

class BoostedAnswers final : public Answers {
 public:
  BoostedAnswers(const Job& job, HostPart part, PartyData data)
      : Answers(job, std::move(data), part.splits.size()), part_(std::move(part)) {}

 private:
  std::string answer(std::span<const float> row) const override { return answer_text(split_answer(part_, row)); }
  HostPart part_;
};

class LogisticAnswers final : public Answers {
 public:
  LogisticAnswers(const Job& job, LogisticModelPart part, PartyData data)
      : Answers(job, std::move(data), kPartialScoreBits), part_(std::move(part)) {}

 private:
  std::string answer(std::span<const float> row) const override { return answer_text(partial_score(part_, row)); }
  LogisticModelPart part_;
};

// Columns come as the job declares them; a part of that job was made on the same.
Result<void> check_columns(const std::vector<std::string>& of_part, const PartyData& data) {
  if (of_part == data.columns) return {};
  return fail(ErrorCode::invalid, "columns",
              "expected the model's " + join(of_part, ", ") + "; came " + join(data.columns, ", "));
}

}  // namespace

std::string answer_text(std::string_view bits) { return kBits + to_base64(bits); }
std::string answer_text(int64_t partial_score) { return kPartial + std::to_string(partial_score); }

Result<std::string> bits_of_answer(std::string_view text) {
  if (text.empty() || text.front() != kBits) {
    return fail(ErrorCode::corrupt, "expected an answer of splits ('t' and base64), came another");
  }
  auto bits = from_base64(text.substr(1));
  if (!bits) return fail(ErrorCode::corrupt, "expected base64 behind the answer's 't'");
  return *std::move(bits);
}

Result<int64_t> partial_score_of_answer(std::string_view text) {
  int64_t out = 0;
  const char* end = text.data() + text.size();
  if (text.size() > 1 && text.front() == kPartial) {
    const auto [rest, error] = std::from_chars(text.data() + 1, end, out);
    if (error == std::errc() && rest == end) return out;
  }
  return fail(ErrorCode::corrupt, "expected a partial score ('s' and a whole number), came another answer");
}

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
