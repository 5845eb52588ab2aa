// The tables of audit: its index, reviews, requests of subjects, nights.
#include "governance/audit/index.h"

namespace puhui::audit {

std::vector<Migration> migrations() {
  return {{"audit", 1,
           "CREATE TABLE audit_block (node {int} NOT NULL, block {int} NOT NULL, decisions {bytes} NOT NULL, "
           "times {bytes} NOT NULL, first_at {int} NOT NULL, last_at {int} NOT NULL, PRIMARY KEY (node, block));"
           "CREATE TABLE audit_posting (node {int} NOT NULL, term {int} NOT NULL, block {int} NOT NULL, "
           "places {bytes} NOT NULL, PRIMARY KEY (node, term, block)) {clustered};"
           "CREATE TABLE audit_entity (entity {id} NOT NULL, node {int} NOT NULL, sequence {int} NOT NULL, "
           "PRIMARY KEY (entity, node, sequence)) {clustered};"
           "CREATE TABLE audit_review (node {int} NOT NULL, sequence {int} NOT NULL, number {int} NOT NULL, "
           "id_high {int} NOT NULL, at {int} NOT NULL, by_whom {text} NOT NULL, verdict {int} NOT NULL, "
           "outcome {text} NOT NULL, why {text} NOT NULL, is_open {int} NOT NULL, "
           "PRIMARY KEY (node, sequence, number)) {clustered};"
           "CREATE TABLE audit_request (entity {id} NOT NULL, id {id} NOT NULL, decision {id}, "
           "kind {int} NOT NULL, law {int} NOT NULL, words {text} NOT NULL, opened_at {int} NOT NULL, "
           "opened_by {text} NOT NULL, due_at {int} NOT NULL, answer {int}, answered_at {int}, "
           "answered_by {text} NOT NULL, answer_words {text} NOT NULL, PRIMARY KEY (entity, id));"
           "CREATE TABLE audit_night (at {int} NOT NULL PRIMARY KEY, build {text} NOT NULL, good {int} NOT NULL, "
           "chain_head {bytes} NOT NULL, result {text} NOT NULL)"}};
}

}  // namespace puhui::audit
