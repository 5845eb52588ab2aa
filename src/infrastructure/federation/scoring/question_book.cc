#include "infrastructure/federation/scoring/question_book.h"

namespace puhui::federation {

std::vector<Migration> question_migrations() {
  return {{"federation_question", 1,
           "CREATE TABLE federation_question (partner {text} NOT NULL, day {int} NOT NULL, job {text} NOT NULL, "
           "subjects {int} NOT NULL, known {int} NOT NULL, bits {int} NOT NULL, "
           "PRIMARY KEY (partner, day, job)) {clustered}"}};
}

void fields(Shape& shape, QuestionsView& view) {
  shape.field("partner", view.partner, {.help = "who asked"});
  shape.field("day", view.day, {.help = "UTC"});
  shape.field("job", view.job, {.help = "whose model it was for"});
  shape.field("subjects", view.subjects, {.help = "asked about"});
  shape.field("known", view.known, {.help = "of them known here, and answered"});
  shape.field("bits", view.bits, {.help = "that the answers held at most"});
}

Result<void> QuestionBook::count(const Digest& job, const std::string& partner, int64_t subjects,
                                 int64_t subjects_max) {
  const int64_t day = date_of(clock_.now()).days;
  return store_.write([&](Transaction& tx) -> Result<void> {
    int64_t before = 0;
    TRY(tx.each("SELECT subjects FROM federation_question WHERE partner = ? AND day = ?", {partner, day},
                [&](const Row& row) -> Result<void> {
                  before += row.integer(0);
                  return {};
                }));
    if (before + subjects > subjects_max) {
      return fail(ErrorCode::exhausted, "probes_max",
                  "expected at most " + std::to_string(subjects_max) + " subjects a day of '" + partner + "'; came " +
                      std::to_string(before) + " and now " + std::to_string(subjects) + " more; try again tomorrow");
    }
    TRY(tx.execute(
        "INSERT INTO federation_question (partner, day, job, subjects, known, bits) VALUES (?, ?, ?, ?, 0, 0) "
        "ON CONFLICT (partner, day, job) DO UPDATE SET subjects = federation_question.subjects + excluded.subjects",
        {partner, day, job.hex(), subjects}));
    return {};
  });
}

Result<void> QuestionBook::told(const Digest& job, const std::string& partner, int64_t known, int64_t bits) {
  const int64_t day = date_of(clock_.now()).days;
  return store_.write([&](Transaction& tx) -> Result<void> {
    TRY(tx.execute(
        "INSERT INTO federation_question (partner, day, job, subjects, known, bits) VALUES (?, ?, ?, 0, ?, ?) "
        "ON CONFLICT (partner, day, job) DO UPDATE SET known = federation_question.known + excluded.known, "
        "bits = federation_question.bits + excluded.bits",
        {partner, day, job.hex(), known, bits}));
    return {};
  });
}

Result<std::vector<QuestionsView>> QuestionBook::days(const std::string& partner, int64_t limit) const {
  std::vector<QuestionsView> out;
  TRY(store_.read([&](Reader& reader) -> Result<void> {
    const auto take = [&](const Row& row) -> Result<void> {
      const auto job = Digest::parse(row.text(2));
      if (!job) return fail(ErrorCode::corrupt, "expected a job's hash in federation_question");
      out.push_back({std::string(row.text(0)), Date{static_cast<int32_t>(row.integer(1))}, *job, row.integer(3),
                     row.integer(4), row.integer(5)});
      return {};
    };
    const std::string select = "SELECT partner, day, job, subjects, known, bits FROM federation_question ";
    const std::string order = "ORDER BY day DESC, partner, job LIMIT " + std::to_string(limit);
    if (partner.empty()) return reader.each(select + order, {}, take);
    return reader.each(select + "WHERE partner = ? " + order, {partner}, take);
  }));
  return out;
}

}  // namespace puhui::federation
