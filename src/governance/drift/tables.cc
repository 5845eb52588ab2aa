#include "governance/drift/drift_book.h"

namespace puhui::drift {

std::vector<Migration> migrations() {
  return {{"drift", 1,
           "CREATE TABLE drift_reference (permit {bytes} NOT NULL PRIMARY KEY, digest {bytes} NOT NULL, "
           "use_case {text} NOT NULL, frozen_at {int} NOT NULL);"
           // part: 0 of the reference, 1 after it
           "CREATE TABLE drift_count (permit {bytes} NOT NULL, day {int} NOT NULL, part {int} NOT NULL, "
           "field {int} NOT NULL, bin {int} NOT NULL, decisions {int} NOT NULL, "
           "PRIMARY KEY (permit, day, part, field, bin)) {clustered};"
           "CREATE TABLE drift_waiting (permit {bytes} NOT NULL, sequence {int} NOT NULL, id_high {int} NOT NULL, "
           "PRIMARY KEY (permit, sequence)) {clustered};"
           // Scores of a month's decisions, packed as decay_book.cc says: one row a batch of the evidence.
           "CREATE TABLE drift_score (permit {bytes} NOT NULL, month {int} NOT NULL, first_sequence {int} NOT NULL, "
           "decisions {int} NOT NULL, packed {bytes} NOT NULL, PRIMARY KEY (permit, month, first_sequence))"}};
}

}  // namespace puhui::drift
