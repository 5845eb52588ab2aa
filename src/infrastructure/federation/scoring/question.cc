#include "infrastructure/federation/scoring/question.h"

#include "ground/base/bytes.h"
#include "ground/base/text.h"

namespace puhui::federation {

namespace {

constexpr uint8_t kQuestionForm = 1;
constexpr size_t kRefusalBytesMax = 1024;
enum : uint8_t { kUnknown = 0, kKnown = 1 };

}  // namespace

std::string encode(const SubjectsQuestion& question) {
  ByteWriter out;
  out.u8(kQuestionForm);
  out.digest(question.job);
  out.unsigned_varint(question.ids.size());
  for (const std::string& id : question.ids) out.text(id);
  return out.take();
}

Result<SubjectsQuestion> decode_question(std::string_view bytes) {
  ByteReader in(bytes);
  SubjectsQuestion out;
  if (in.u8() != kQuestionForm) in.reject();
  out.job = in.digest();
  const size_t count = in.count();
  if (count == 0 || count > kSubjectsAskedMax) in.reject();
  for (size_t i = 0; in.ok() && i < count; ++i) {
    const std::string_view id = in.text();
    if (id.size() > kSubjectIdBytesMax) in.reject();
    out.ids.emplace_back(id);
  }
  TRY(in.finish("a question about subjects"));
  return out;
}

std::string encode(const SubjectsAnswer& answer) {
  ByteWriter out;
  out.u8(kQuestionForm);
  out.text(cut_utf8(answer.refused, kRefusalBytesMax));
  out.unsigned_varint(answer.answers.size());
  for (const auto& one : answer.answers) {
    out.u8(one ? kKnown : kUnknown);
    if (one) out.text(*one);
  }
  return out.take();
}

Result<SubjectsAnswer> decode_answer(std::string_view bytes) {
  ByteReader in(bytes);
  SubjectsAnswer out;
  if (in.u8() != kQuestionForm) in.reject();
  out.refused = in.text();
  if (out.refused.size() > kRefusalBytesMax) in.reject();
  const size_t count = in.count();
  if (count > kSubjectsAskedMax) in.reject();
  for (size_t i = 0; in.ok() && i < count; ++i) {
    const uint8_t known = in.u8();
    if (known > kKnown) in.reject();
    out.answers.emplace_back();
    if (known != kKnown) continue;
    out.answers.back() = std::string(in.text());
    if (out.answers.back()->size() > kAnswerTextBytesMax) in.reject();
  }
  TRY(in.finish("an answer about subjects"));
  return out;
}

}  // namespace puhui::federation
