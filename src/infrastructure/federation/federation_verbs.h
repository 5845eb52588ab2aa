// The verbs of federation: parties, jobs and their approvals, runs, transcripts, models, leakage.
#pragma once

#include <functional>

#include "ground/base/log.h"
#include "ground/base/verb.h"
#include "infrastructure/federation/office.h"

namespace puhui::federation {

class Node;

// Parties
//   init {name, address?, key_file} → self            local; makes certificate and key
//   self {} → self
//   invite {out} → invitation                         local; writes it
//   accept {invitation (file), fingerprint} → partner local
//   partners {limit, after?} → {partners, next?, at};  drop {name} → partner
// Approvals (maker and checker apart)
//   approve {job (file), person, key_file} → job      local; keeps the job, adds a signature
//   propose {file (its very text)} → job              the same over HTTP, without a signature
//   bytes {hash} → {bytes, hash}                      what the caller signs
//   sign {hash, person?, signature} → job;  reject {hash, why} → job
// Runs (`job`: path of the job's file, its hash or a prefix of it, or its name)
//   run {job, data, work_folder?, out?, afresh?} → {job, name, stages, model, part, measures, rows, bytes_sent, bytes_received, seconds,
//     leakage, transcript {entries, link}}             local, blocks
//   resume {job} → the same, with the data of the run before or those offered; over HTTP too
//   offer {job, data} → job                            local; says where its data lie
//   stop {job} → {job, name, asked}                    a running one parks after its step
//   status {job?} → {jobs: [{job, run}], at}
// Looking
//   jobs {state?, limit, after?} → {jobs, next?, at};  job {hash} → page
//   transcript {job, after?, limit, verify?} → {entries, next?, report?, at}
//   leakage {partner?} → {leakage, at}
//   models {limit, after?} → {models, next?, at};  model {hash} → model
struct VerbNeeds {
  Office& office;
  Files& files;
  const Clock& clock;
  Log& log;
  std::string_view build;
  std::string work_folder;                // where jobs keep their checkpoints unless told otherwise
  std::function<void(int64_t ms)> pause;  // between two tries to reach a party
  Node* node = nullptr;                   // of a serving bank: it listens for all jobs
};
// `needs` outlives the verbs. With nullptr they can be described but not run.
std::vector<Verb> verbs(const VerbNeeds* needs);      // all of them
std::vector<Verb> run_verbs(const VerbNeeds* needs);  // run_verbs.cc

}  // namespace puhui::federation
