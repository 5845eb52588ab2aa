// The verbs that run jobs.
#include <cmath>

#include "ground/base/text.h"
#include "infrastructure/federation/federation_verbs.h"
#include "infrastructure/federation/job_file.h"
#include "infrastructure/federation/runner.h"
#include "infrastructure/federation/tls_reach.h"
#include "infrastructure/federation/told.h"

namespace puhui::federation {

namespace {

constexpr size_t kKeyFileBytesMax = 16 << 10;
constexpr int64_t kJobsOfAStatusMax = 50;
constexpr std::string_view kNoun = "federation";

struct RunAsked {
  std::string job, data;
  std::optional<std::string> work_folder, out;
  bool afresh = false;
};
void fields(Shape& shape, RunAsked& asked) {
  shape.field("job", asked.job, {.help = "the job's file, hash or name", .min = 1, .max = 4096});
  shape.field("data", asked.data, {.help = "this house's rows: CSV, also .gz or .zst", .min = 1, .max = 4096});
  shape.field("work_folder", asked.work_folder, {.help = "where checkpoints lie; private to this job", .max = 4096});
  shape.field("out", asked.out, {.help = "where the common ids are written, one a line", .max = 4096});
  shape.field("afresh", asked.afresh, {.help = "forget the checkpoints; all begin again", .optional = true});
}

struct OfJob {
  std::string job;
};
void fields(Shape& shape, OfJob& of) {
  shape.field("job", of.job, {.help = "the job's file, hash or name", .min = 1, .max = 4096});
}

struct Offer {
  std::string job, data;
};
void fields(Shape& shape, Offer& offer) {
  shape.field("job", offer.job, {.help = "the job's file, hash or name", .min = 1, .max = 4096});
  shape.field("data", offer.data, {.help = "this house's rows: CSV, also .gz or .zst", .min = 1, .max = 4096});
}

struct HeadView {
  int64_t entries = 0;
  Digest link;
};
void fields(Shape& shape, HeadView& view) {
  shape.field("entries", view.entries, {.help = "how many"});
  shape.field("link", view.link, {.help = "the last one's"});
}

struct RunAnswer {
  Digest job;
  std::string name;
  std::vector<std::string> stages;
  Digest model, part;
  Json measures;
  int64_t rows = 0, bytes_sent = 0, bytes_received = 0;
  double seconds = 0;
  std::vector<LeakageView> leakage;
  HeadView transcript;
};
void fields(Shape& shape, RunAnswer& answer) {
  shape.field("job", answer.job, {.help = "its hash"});
  shape.field("name", answer.name, {.help = "for people"});
  shape.field("stages", answer.stages, {.help = "first to last"});
  shape.field("model", answer.model, {.help = "SHA-256 over all parties' parts; zeros: the job leaves none"});
  shape.field("part", answer.part, {.help = "of this party's part"});
  shape.field("measures", answer.measures, {.help = "by stage"});
  shape.field("rows", answer.rows, {.help = "that took part here"});
  shape.field("bytes_sent", answer.bytes_sent, {.help = "in this run"});
  shape.field("bytes_received", answer.bytes_received, {.help = "in this run"});
  shape.field("seconds", answer.seconds, {.help = "of this run, waiting too"});
  shape.field("leakage", answer.leakage, {.help = "what this house told whom"});
  shape.field("transcript", answer.transcript, {.help = "its head"});
}

std::string tell(const RunAnswer& answer) {
  constexpr double kTenths = 10;
  std::string out = "job '" + answer.name + "' is done, over " + with_thousands(answer.rows) + " rows here, " +
                    format_double(std::round(answer.seconds * kTenths) / kTenths) + " s\n";
  if (answer.model != Digest{}) out += "  model " + answer.model.hex() + "\n";
  return out + told_measures(answer.measures) + "  " + with_thousands(answer.bytes_sent) + " bytes sent, " +
         with_thousands(answer.bytes_received) + " received\n" + told(answer.leakage) + "  transcript of " +
         std::to_string(answer.transcript.entries) + " entries, head " + answer.transcript.link.hex() + "\n";
}

RunAnswer answer_of(const KeptJob& kept, RunOutcome outcome) {
  RunAnswer out;
  out.job = kept.hash;
  out.name = kept.job.name;
  out.stages = std::move(outcome.stages);
  out.model = outcome.model;
  out.part = outcome.part;
  out.measures = std::move(outcome.measures);
  out.rows = static_cast<int64_t>(outcome.rows);
  out.bytes_sent = static_cast<int64_t>(outcome.bytes_sent);
  out.bytes_received = static_cast<int64_t>(outcome.bytes_received);
  out.seconds = outcome.seconds;
  for (const Leak& leak : outcome.leakage) out.leakage.push_back(view_of(leak));
  out.transcript = {outcome.transcript.entries, outcome.transcript.link};
  return out;
}

Result<channel::Identity> identity_of(const VerbNeeds& needs, const Office::Self& self) {
  const std::string key = TRY(needs.files.read(self.key_file, kKeyFileBytesMax));
  auto identity = channel::Identity::parse(self.certificate.pem, key);
  if (!identity) return fail(at(self.key_file, std::move(identity).error()));
  return identity;
}

Result<PartyData> rows_for(const KeptJob& kept, const std::string& path, size_t self) {
  auto read = read_party_data(TRY(models::open_file(path)), kept.job, self);
  if (!read) return fail(at(path, std::move(read).error()));
  return read;
}

Result<void> write_common(Files& files, const std::string& path, const KeptJob& kept, const PartyData& data,
                          const RunOutcome& outcome) {
  if (outcome.common.empty()) {
    return fail(ErrorCode::conflict, "out",
                "there are no common ids to write: the job matches none, or it was done before; run it --afresh");
  }
  std::string text = kept.job.intersection.id_column + "\n";
  for (const uint32_t row : outcome.common) text += data.ids[row] + "\n";
  return files.write(path, text, Privacy::secret);
}

Result<RunAnswer> run(const VerbNeeds& needs, const VerbCall& call, const RunAsked& asked) {
  const KeptJob kept = TRY(known_job(needs.office, needs.files, asked.job));
  TRY(needs.office.check_approved(kept.hash));
  const Office::Self own = TRY(needs.office.self());
  const auto self = party_of(kept.job, own.certificate.party);
  if (!self) return fail(ErrorCode::invalid, "job", "does not name this house, '" + own.certificate.party + "'");
  const channel::Identity identity = TRY(identity_of(needs, own));
  call.progress.step("reads " + asked.data, 0, 0);
  const PartyData data = TRY(rows_for(kept, asked.data, *self));
  const std::string folder = asked.work_folder.value_or(needs.work_folder + "/" + kept.hash.short_hex());
  TRY(needs.office.keep_places(kept.hash, asked.data, folder));
  TlsReach reach({needs.office, identity, needs.clock, needs.log, needs.node}, kept.job, *self);
  const RunnerNeeds runner{needs.office,  needs.files, needs.clock, needs.log,
                           call.progress, identity,    reach,       std::string(needs.build),
                           stages_of,     needs.pause};
  RunRequest request{kept.hash, data, folder, asked.afresh};
  request.house_folder = needs.work_folder + "/house";
  TRY(needs.files.make_folder(request.house_folder));
  RunOutcome outcome = TRY(run_job(runner, request));
  if (asked.out) TRY(write_common(needs.files, *asked.out, kept, data, outcome));
  return answer_of(kept, std::move(outcome));
}

Result<RunAnswer> resume(const VerbNeeds& needs, const VerbCall& call, const OfJob& of) {
  // From far away no path is looked at: what lies where on this machine is nobody's to ask.
  const KeptJob kept =
      TRY(call.files != nullptr ? known_job(needs.office, needs.files, of.job) : needs.office.find_job(of.job));
  if (kept.data_path.empty()) {
    return fail(ErrorCode::not_found, "job",
                "'" + kept.job.name + "' has no data here yet: 'puhui federation run' or 'offer' it with --data");
  }
  RunAsked asked{kept.hash.hex(), kept.data_path, std::nullopt, std::nullopt, false};
  if (!kept.work_folder.empty()) asked.work_folder = kept.work_folder;
  return run(needs, call, asked);
}

// ---- status

struct StatusAsked {
  std::optional<std::string> job;
};
void fields(Shape& shape, StatusAsked& asked) {
  shape.field("job", asked.job, {.help = "its hash or name; absent: all that run or were stopped", .max = 4096});
}

struct JobStatus {
  JobView job;
  std::optional<RunView> run;
};
void fields(Shape& shape, JobStatus& status) {
  shape.field("job", status.job);
  shape.field("run", status.run, {.help = "the newest"});
}

struct StatusAnswer {
  std::vector<JobStatus> jobs;
  Timestamp at;
};
void fields(Shape& shape, StatusAnswer& answer) {
  shape.field("jobs", answer.jobs, {.help = "running ones first"});
  shape.field("at", answer.at);
}

std::string tell(const StatusAnswer& answer) {
  if (answer.jobs.empty()) return "no job runs or was stopped; 'puhui federation jobs' lists all\n";
  std::string out;
  for (const JobStatus& one : answer.jobs) {
    out += told(one.job) + (one.run ? told(*one.run) : "  it did not run here yet\n");
  }
  return out;
}
std::string tell(const JobView& job) { return told(job); }

Result<JobStatus> status_of(const Office& office, const Digest& job) {
  JobPage page = TRY(office.page(job));
  JobStatus out{std::move(page.job), std::nullopt};
  if (!page.runs.empty()) out.run = std::move(page.runs.front());
  return out;
}

Result<StatusAnswer> status(const VerbNeeds& needs, const StatusAsked& asked) {
  StatusAnswer out;
  out.at = needs.clock.now();
  if (asked.job) {
    const KeptJob kept = TRY(needs.office.find_job(*asked.job));
    out.jobs.push_back(TRY(status_of(needs.office, kept.hash)));
    return out;
  }
  for (const JobState state : {JobState::running, JobState::stopped}) {
    for (const JobView& job : TRY(needs.office.jobs(state, "", kJobsOfAStatusMax))) {
      out.jobs.push_back(TRY(status_of(needs.office, job.hash)));
    }
  }
  return out;
}

VerbHead head(std::string verb, std::string help, Effect effect) {
  VerbHead out{.noun = std::string(kNoun), .verb = std::move(verb), .help = std::move(help), .effect = effect};
  out.words = {"job"};
  return out;
}

}  // namespace

Result<KeptJob> known_job(const Office& office, const Files& files, const std::string& named) {
  if (!files.exists(named)) return office.find_job(named);
  auto file = files.read(named, kJobFileBytesMax);
  if (!file) return office.find_job(named);  // a folder of the job's name, say
  const Digest hash = job_hash(*file);
  auto known = office.find_job(hash.hex());
  if (known || known.error().code != ErrorCode::not_found) return known;
  std::string signed_one;
  if (const auto job = parse_job(*file)) {
    if (const auto same_name = office.find_job(job->name)) {
      signed_one =
          ", the '" + job->name + "' that is known here has " + same_name->hash.hex() + ": was the file changed since";
    }
  }
  return fail(ErrorCode::not_found, named,
              "nobody signed this file here (its hash is " + hash.hex() + signed_one +
                  "); 'puhui federation approve' it first");
}

std::vector<Verb> run_verbs(const VerbNeeds* needs) {
  std::vector<Verb> verbs;
  VerbHead running = head("run", "Run an approved job with its other parties, to the end.", Effect::write);
  running.local_only = true;
  verbs.push_back(make_verb<RunAsked, RunAnswer>(
      std::move(running), [needs](const VerbCall& call, const RunAsked& asked) { return run(*needs, call, asked); },
      tell));
  verbs.push_back(make_verb<OfJob, RunAnswer>(
      head("resume", "Go on with a job where it stopped, or begin it, with the data that this house has for it.",
           Effect::write),
      [needs](const VerbCall& call, const OfJob& of) { return resume(*needs, call, of); }, tell));
  VerbHead offering = head("offer", "Say where this house's data for a job lie.", Effect::write);
  offering.local_only = true;
  verbs.push_back(make_verb<Offer, JobView>(
      std::move(offering),
      [needs](const VerbCall& call, const Offer& offer) -> Result<JobView> {
        const KeptJob kept = TRY(known_job(needs->office, needs->files, offer.job));
        if (!needs->files.exists(offer.data)) return fail(ErrorCode::not_found, "data", "no file " + offer.data);
        return needs->office.offer(kept.hash, offer.data, call.caller.name);
      },
      tell));
  verbs.push_back(make_verb<OfJob, JobView>(
      head("stop", "Ask a running job to stop after its step; it can be resumed.", Effect::write),
      [needs](const VerbCall& call, const OfJob& of) -> Result<JobView> {
        return needs->office.ask_to_stop(TRY(needs->office.find_job(of.job)).hash, call.caller.name);
      },
      tell));
  verbs.push_back(make_verb<StatusAsked, StatusAnswer>(
      head("status", "Show how far jobs are, and what they wait for.", Effect::read),
      [needs](const VerbCall&, const StatusAsked& asked) { return status(*needs, asked); }, tell));
  return verbs;
}

}  // namespace puhui::federation
