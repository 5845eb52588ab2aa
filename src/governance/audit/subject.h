// Rights of the subject (PIPL 24, 44 to 50; GDPR 12, 15, 17, 22): what is held about a person, why it was decided so, and a
// request with its deadline. Every step is an act in the evidence.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "governance/audit/page.h"
#include "governance/audit/review.h"
#include "ground/base/shape.h"

namespace puhui::audit {

enum class RequestKind : uint8_t { explanation, human_review, data, erasure };
std::span<const std::string_view> names_of(const RequestKind*);
enum class Law : uint8_t { pipl, gdpr };
std::span<const std::string_view> names_of(const Law*);
enum class RequestAnswer : uint8_t { granted, refused };
std::span<const std::string_view> names_of(const RequestAnswer*);

inline constexpr int kPiplAnswerDays = 30;   // GB/T 35273-2020, 8.7: within thirty days
inline constexpr int kGdprAnswerMonths = 1;  // GDPR 12(3): within one month of receipt
inline constexpr size_t kSubjectDecisionsMax = 1000;

struct SubjectDataRequest {
  Id128 entity;
};
void fields(Shape& shape, SubjectDataRequest& request);

struct SubjectDecision {
  Id128 id;
  Timestamp at;
  std::string use_case, outcome, human;
  std::vector<PageReason> reasons;
  std::vector<PageFact> facts;
  std::string facts_state;
  std::vector<PageOutput> outputs;
  std::vector<PageLabel> labels;
};
void fields(Shape& shape, SubjectDecision& decision);

struct SubjectRequestRow {
  Id128 id;
  Id128 entity;
  std::optional<Id128> decision;
  RequestKind kind = RequestKind::explanation;
  Law law = Law::pipl;
  std::string words;
  Timestamp opened_at;
  std::string opened_by;
  Timestamp due_at;
  bool open = true, overdue = false;
  std::optional<RequestAnswer> answer;
  std::optional<Timestamp> answered_at;
  std::string answered_by, answer_words;
};
void fields(Shape& shape, SubjectRequestRow& row);

struct SubjectData {
  Id128 entity;
  std::vector<SubjectDecision> decisions;
  std::vector<SubjectRequestRow> requests;
  Timestamp at;
};
void fields(Shape& shape, SubjectData& data);

struct ExplainRequest {
  Id128 decision;
  Language language = Language::zh;
};
void fields(Shape& shape, ExplainRequest& request);

struct Letter {
  Id128 decision;
  Language language = Language::zh;
  std::string text;
  Timestamp at;
};
void fields(Shape& shape, Letter& letter);

struct OpenRequest {
  Id128 entity;
  std::optional<Id128> decision;
  RequestKind kind = RequestKind::explanation;
  Law law = Law::pipl;
  std::string words;
};
void fields(Shape& shape, OpenRequest& request);

struct AnswerRequest {
  Id128 request;
  RequestAnswer answer = RequestAnswer::granted;
  std::string words;
};
void fields(Shape& shape, AnswerRequest& request);

struct RequestListRequest {
  bool open = false;
  int64_t limit = 50;
  std::string after;
};
void fields(Shape& shape, RequestListRequest& request);

// `review list`: what waits for a person, and what people have said.
struct ReviewListAnswer {
  std::vector<ReviewRow> reviews;
  std::vector<SubjectRequestRow> requests;
  std::optional<std::string> next;
  Timestamp at;
};
void fields(Shape& shape, ReviewListAnswer& answer);

}  // namespace puhui::audit
