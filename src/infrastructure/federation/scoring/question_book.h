// QuestionBook: how many subjects each partner asked about on each day, and what our answers told: the limit on probing, and
// the leakage of scoring.
#pragma once

#include <string>
#include <vector>

#include "ground/base/date.h"
#include "ground/base/shape.h"
#include "ground/store/store.h"

namespace puhui::federation {

std::vector<Migration> question_migrations();

struct QuestionsView {
  std::string partner;
  Date day;
  Digest job;
  int64_t subjects = 0;  // asked about
  int64_t known = 0;     // of them answered
  int64_t bits = 0;      // that the answers held: split bits, or 64 a partial score
};
void fields(Shape& shape, QuestionsView& view);

class QuestionBook {
 public:
  QuestionBook(Store& store, const Clock& clock) : store_(store), clock_(clock) {}
  // Durable before anything is answered. exhausted: with these the partner's day would go over `subjects_max`; nothing is counted.
  Result<void> count(const Digest& job, const std::string& partner, int64_t subjects, int64_t subjects_max);
  Result<void> told(const Digest& job, const std::string& partner, int64_t known, int64_t bits);
  // The newest day first; of one partner, or of all.
  Result<std::vector<QuestionsView>> days(const std::string& partner, int64_t limit) const;

 private:
  Store& store_;
  const Clock& clock_;
};

}  // namespace puhui::federation
