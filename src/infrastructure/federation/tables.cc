// The tables of federation. A job's hash is text (64 hex digits), so that people may name it by a prefix.
#include "infrastructure/federation/office.h"

namespace puhui::federation {

std::vector<Migration> migrations() {
  return {
      {"federation", 1,
       "CREATE TABLE federation_self (place {int} NOT NULL PRIMARY KEY, certificate {text} NOT NULL, "
       "address {text} NOT NULL, key_file {text} NOT NULL);"
       "CREATE TABLE federation_partner (name {text} NOT NULL PRIMARY KEY, fingerprint {text} NOT NULL, "
       "address {text} NOT NULL, pinned_by {text} NOT NULL, pinned_at {int} NOT NULL, dropped {int} NOT NULL, "
       "last_contact {int});"
       // Every certificate that was ever pinned, and our own: old transcripts are checked by them.
       "CREATE TABLE federation_certificate (fingerprint {text} NOT NULL PRIMARY KEY, name {text} NOT NULL, "
       "pem {text} NOT NULL);"
       "CREATE TABLE federation_job (hash {text} NOT NULL PRIMARY KEY, name {text} NOT NULL, file {text} NOT NULL, "
       "state {int} NOT NULL, registered_at {int} NOT NULL, why {text} NOT NULL, data_path {text} NOT NULL, "
       "work_folder {text} NOT NULL, attempt {int} NOT NULL, stop_asked {int} NOT NULL, "
       "model {text} NOT NULL);"
       "CREATE INDEX federation_job_name ON federation_job (name, registered_at);"
       "CREATE INDEX federation_job_registered ON federation_job (registered_at, hash);"
       "CREATE TABLE federation_approval (job {text} NOT NULL, person {text} NOT NULL, role {int} NOT NULL, "
       "signed_at {int} NOT NULL, key_hex {text} NOT NULL, signature {text} NOT NULL, PRIMARY KEY (job, person));"
       "CREATE TABLE federation_run (job {text} NOT NULL, number {int} NOT NULL, began_at {int} NOT NULL, "
       "ended_at {int}, state {int} NOT NULL, body {text} NOT NULL, PRIMARY KEY (job, number));"
       "CREATE TABLE federation_traffic (job {text} NOT NULL, number {int} NOT NULL, partner {text} NOT NULL, "
       "bytes_sent {int} NOT NULL, bytes_received {int} NOT NULL, PRIMARY KEY (job, number, partner)) {clustered};"
       "CREATE TABLE federation_leak (job {text} NOT NULL, partner {text} NOT NULL, code {text} NOT NULL, "
       "amount {int} NOT NULL, PRIMARY KEY (job, partner, code)) {clustered};"
       "CREATE TABLE federation_entry (job {text} NOT NULL, number {int} NOT NULL, line {text} NOT NULL, "
       "link {text} NOT NULL, PRIMARY KEY (job, number));"
       "CREATE TABLE federation_head (job {text} NOT NULL, party {text} NOT NULL, signer {text} NOT NULL, "
       "entries {int} NOT NULL, head {text} NOT NULL, certificate {text} NOT NULL, signature {text} NOT NULL, "
       "PRIMARY KEY (job, party, signer)) {clustered};"
       "CREATE TABLE federation_model (job {text} NOT NULL PRIMARY KEY, model {text} NOT NULL, part {text} NOT NULL, "
       "made_at {int} NOT NULL, card {text} NOT NULL, bytes {bytes} NOT NULL);"
       "CREATE INDEX federation_model_model ON federation_model (model)"}};
}

}  // namespace puhui::federation
