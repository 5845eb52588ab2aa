#include "infrastructure/federation/told.h"

#include <cmath>

#include "ground/base/text.h"

namespace puhui::federation {

namespace {

std::string name_of_state(JobState state) { return std::string(names_of(&state)[static_cast<size_t>(state)]); }

std::string bytes(int64_t sent, int64_t received) {
  return with_thousands(sent) + " bytes sent, " + with_thousands(received) + " received";
}

std::string told_signers(const JobView& job) {
  std::vector<std::string> signers;
  for (const SignedBy& one : job.approvals) {
    signers.push_back(one.person + " (" + std::string(names_of(&one.role)[static_cast<size_t>(one.role)]) + ")");
  }
  std::string out = signers.empty() ? "signed by nobody" : "signed by " + join(signers, " and ");
  if (job.state != JobState::proposed) return out;
  return out + "; it runs once " + (signers.empty() ? "a maker and a checker" : "a checker") +
         " signed it too: 'puhui federation approve'";
}

// "auc 0.8269": a number or a word; nothing for what is a list or an object.
std::string told_value(const std::string& name, const Json& value) {
  if (value.text()) return name + " " + *value.text();
  if (const auto whole = value.as_int64()) return name + " " + with_thousands(*whole);
  constexpr double kPlaces = 10'000;
  if (const auto real = value.as_double()) return name + " " + format_double(std::round(*real * kPlaces) / kPlaces);
  return {};
}

}  // namespace

std::string moment(Timestamp at) { return std::string(form_of(&at).print(&at)); }

std::string told(const SelfView& self) {
  return "this house is '" + self.name + "'" +
         (self.address.empty() ? ", which listens nowhere" : ", listening at " + self.address) + "\n  fingerprint " +
         self.fingerprint + "\n  certificate until " + moment(self.until) + "\n";
}

std::string told(const PartnerView& partner) {
  std::string out = partner.name + (partner.address.empty() ? "" : " at " + partner.address) + "\n  fingerprint " +
                    partner.fingerprint + ", pinned by " + partner.pinned_by + " " + moment(partner.pinned_at) + "\n";
  if (partner.jobs == 0) return out + "  no job with it yet\n";
  out += "  " + with_thousands(partner.jobs) + " jobs, " + bytes(partner.bytes_sent, partner.bytes_received) + "\n";
  return out + (partner.leakage.empty() ? "" : told(partner.leakage));
}

std::string told(const JobView& job) {
  return "job '" + job.name + "', " + name_of_state(job.state) + (job.why.empty() ? "" : ": " + job.why) + "\n  hash " +
         job.hash.hex() + "\n  " + job.kind + " of " + join(job.parties, ", ") + "; this house is " + job.self +
         "\n  " + told_signers(job) + "\n";
}

std::string told(const RunView& run) {
  std::string out = "  run " + std::to_string(run.number) + ", " + name_of_state(run.state) + ", begun " +
                    moment(run.began_at) + (run.ended_at ? ", ended " + moment(*run.ended_at) : "") + "\n";
  const bool is_done = run.state == JobState::done;
  if (!run.stage.empty() && !is_done) {
    out += "    stage " + std::to_string(run.stage_number) + " of " + std::to_string(run.stages) + " (" + run.stage +
           "), step " + std::to_string(run.step) + (run.steps > 0 ? " of " + std::to_string(run.steps) : "") + "\n";
  }
  if (!run.doing.empty() && !is_done) out += "    " + run.doing + "\n";
  if (!run.last_error.empty() && !is_done) out += "    last break: " + run.last_error + "\n";
  return out + "    " + bytes(run.bytes_sent, run.bytes_received) + "\n";
}

std::string told(const std::vector<LeakageView>& leakage) {
  if (leakage.empty()) return "  nothing beyond results was told to anybody\n";
  std::string out = "  told beyond results:\n";
  for (const LeakageView& one : leakage) {
    out += "    to " + one.to + ", " + with_thousands(one.amount) + " " + one.unit + ": " + one.english + "\n";
  }
  return out;
}

std::string told_measures(const Json& by_stage) {
  std::string out;
  const Json::Object* stages = by_stage.object();
  if (stages == nullptr) return out;
  for (const auto& [stage, measures] : *stages) {
    std::vector<std::string> values;
    if (const Json::Object* named = measures.object()) {
      for (const auto& [name, value] : *named) {
        if (std::string one = told_value(name, value); !one.empty()) values.push_back(std::move(one));
      }
    }
    out += "  " + stage + (values.empty() ? "" : ": " + join(values, ", ")) + "\n";
  }
  return out;
}

std::string told(const JobPage& page) {
  std::string out = told(page.job);
  for (const Sentence& sentence : page.in_words) out += "  - " + sentence.english + "\n";
  if (page.runs.empty()) return out + "  it did not run here yet\n";
  for (const RunView& run : page.runs) out += told(run);
  if (page.model) out += "  model " + page.model->hex() + "\n";
  if (page.measures) out += told_measures(*page.measures);
  return out + told(page.leakage);
}

std::string told(const ModelView& model) {
  return "model " + model.model.hex() + "\n  " + model.kind + " of " + join(model.parties, ", ") + ", by job '" +
         model.job_name + "', made " + moment(model.made_at) + "\n  learnt from " + with_thousands(model.rows) +
         " rows; this house, " + model.self + ", holds " + with_thousands(model.part_bytes) + " bytes of it\n" +
         told_measures(model.measures);
}

}  // namespace puhui::federation
