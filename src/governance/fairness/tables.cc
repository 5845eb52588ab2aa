#include "governance/fairness/fairness_book.h"

namespace puhui::fairness {

std::vector<Migration> migrations() {
  return {{"fairness", 1,
           "CREATE TABLE fairness_count (use_case {text} NOT NULL, permit {bytes} NOT NULL, month {int} NOT NULL, "
           "attribute {text} NOT NULL, member {text} NOT NULL, decided {int} NOT NULL, approved {int} NOT NULL, "
           "PRIMARY KEY (use_case, permit, month, attribute, member)) {clustered};"
           "CREATE TABLE fairness_label (use_case {text} NOT NULL, permit {bytes} NOT NULL, month {int} NOT NULL, "
           "attribute {text} NOT NULL, member {text} NOT NULL, good_approved {int} NOT NULL, "
           "bad_approved {int} NOT NULL, good_refused {int} NOT NULL, bad_refused {int} NOT NULL, "
           "predicted_rows {int} NOT NULL, predicted_bad {int} NOT NULL, predicted_ppb {int} NOT NULL, "
           "PRIMARY KEY (use_case, permit, month, attribute, member)) {clustered};"
           // Which labels are counted already, and as what.
           "CREATE TABLE fairness_labelled (node {int} NOT NULL, sequence {int} NOT NULL, value {int} NOT NULL, "
           "PRIMARY KEY (node, sequence)) {clustered};"
           "CREATE TABLE fairness_sample (permit {bytes} NOT NULL, sequence {int} NOT NULL, id_high {int} NOT NULL, "
           "PRIMARY KEY (permit, sequence)) {clustered}"}};
}

}  // namespace puhui::fairness
