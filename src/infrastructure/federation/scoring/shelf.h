// AnswerShelf: the answers this house can give, by job: made from its part of the model and the rows it offered, read when
// first asked for and again when the file changed.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "infrastructure/federation/office.h"
#include "infrastructure/federation/scoring/answering.h"

namespace puhui::federation {

class AnswerShelf {
 public:
  explicit AnswerShelf(Office& office) : office_(office) {}
  // For a partner that is the guest of that job. not_found: no such model, or no rows were offered for it; forbidden: not the guest's.
  Result<OfferedAnswers> find(const Digest& job, const std::string& partner);

 private:
  struct Kept {
    std::string path, stamp;  // size and time of the file
    std::shared_ptr<const Answers> answers;
  };
  Office& office_;
  std::mutex mutex_;
  std::map<Digest, Kept> kept_;
};

}  // namespace puhui::federation
