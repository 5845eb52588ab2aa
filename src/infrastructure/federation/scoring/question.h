// Questions and their answers on the wire, between houses that score together. A question names the job whose model it is
// for and the subjects; an answer says one text a subject, or why there is none.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ground/base/hash.h"
#include "ground/base/result.h"
#include "infrastructure/federation/conversation.h"

namespace puhui::federation {

inline constexpr uint16_t kQuestionKind = kScoringKinds + 1, kAnswerKind = kScoringKinds + 2;
inline constexpr size_t kSubjectsAskedMax = 10'000;  // in one question
inline constexpr size_t kSubjectIdBytesMax = 256, kAnswerTextBytesMax = 16 << 10;
inline constexpr size_t kQuestionBytesMax = 4 << 20, kAnswerBytesMax = size_t{192} << 20;

struct SubjectsQuestion {
  Digest job;
  std::vector<std::string> ids;
};
std::string encode(const SubjectsQuestion& question);
Result<SubjectsQuestion> decode_question(std::string_view bytes);  // `corrupt`, whatever the bytes

struct SubjectsAnswer {
  std::string refused;                              // why nothing is answered; else empty, and
  std::vector<std::optional<std::string>> answers;  // one an id; nullopt: the subject is not known
};
std::string encode(const SubjectsAnswer& answer);
Result<SubjectsAnswer> decode_answer(std::string_view bytes);

}  // namespace puhui::federation
