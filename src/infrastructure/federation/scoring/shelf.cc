#include "infrastructure/federation/scoring/shelf.h"

#include <filesystem>

namespace puhui::federation {

namespace {

// Changes when the file does.
std::string stamp_of(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  const auto time = std::filesystem::last_write_time(path, error);
  return error ? "" : std::to_string(size) + " " + std::to_string(time.time_since_epoch().count());
}

// This house's place in the job, when the partner may ask about it.
Result<size_t> place_for(const KeptJob& kept, const std::string& self, const std::string& partner) {
  const auto place = party_of(kept.job, self);
  if (!place || *place == 0 || kept.job.parties.front().name != partner) {
    return fail(ErrorCode::forbidden, "'" + partner + "' is not the guest of job '" + kept.job.name + "'");
  }
  if (kept.state != JobState::done) {
    return fail(ErrorCode::not_found, "job '" + kept.job.name + "' has left no model here");
  }
  if (kept.data_path.empty()) {
    return fail(ErrorCode::not_found, "no rows are offered for job '" + kept.job.name + "'; there: federation offer");
  }
  return *place;
}

}  // namespace

Result<OfferedAnswers> AnswerShelf::find(const Digest& job, const std::string& partner) {
  const KeptJob kept = TRY(office_.find_job(job.hex()));
  const auto self = TRY(office_.self());
  const size_t place = TRY(place_for(kept, self.certificate.party, partner));
  const std::string stamp = stamp_of(kept.data_path);
  const std::scoped_lock lock(mutex_);  // one reads the file, the others wait for it
  Kept& shelf = kept_[job];
  if (!shelf.answers || shelf.path != kept.data_path || shelf.stamp != stamp) {
    const auto model = TRY(office_.page(job)).model;
    if (!model) return fail(ErrorCode::not_found, "job '" + kept.job.name + "' has left no model here");
    const std::string part = TRY(office_.model_part(*model));
    PartyData data = TRY(read_party_data(TRY(models::open_file(kept.data_path)), kept.job, place));
    shelf = {kept.data_path, stamp, TRY(Answers::make(kept.job, part, std::move(data)))};
  }
  return OfferedAnswers{shelf.answers, kept.job.intersection.probes_max};
}

}  // namespace puhui::federation
