// What a partner sends when houses score together: questions and answers, whatever the bytes. What reads is written back the same.
#include "ground/base/check.h"
#include "infrastructure/federation/scoring/question.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace puhui::federation;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto question = decode_question(bytes)) {
    CHECK(decode_question(encode(*question))->ids == question->ids, "a question reads back");
  }
  if (const auto answer = decode_answer(bytes)) {
    CHECK(decode_answer(encode(*answer))->answers == answer->answers, "an answer reads back");
  }
  return 0;
}
